# itgrecv: D-ITG's receiver over the family receiver.  The words are ITGRecv's
# (../itgopts.tcl).
source [file join [file dirname [info script]] .. itgopts.tcl]
source [file join [file dirname [info script]] .. itgserve.tcl]

# Receive until an interrupt, which is the normal end; with -H until the session is over.
# Errors: those of ::weir::itg::receiver, `receiver create` and `start`.
proc ::weir::itgrecv args {
    if {[lindex $args 0] in {-h -help --help}} {
        puts [itg::Usage itgrecv]
        return
    }
    set options [itg::receiver $args]
    set receiver [itg::WithLetters $itg::receiverTable {
        receiver create {*}$options -command ::weir::itg::ReceiverEvent
    }]
    set sender [$receiver cget -passive]
    set greeting [expr {$sender eq "" ? "Listening on LISTEN" : "Calling $sender"}]
    itg::Serve $receiver "$greeting for signalling\nPress Ctrl-C to terminate" \
        "Finish with CTRL-C!" ::weir::itg::TellIncomplete
}

# What a receiver lacks in the end.
proc ::weir::itg::TellIncomplete receiver {
    set totals [$receiver stats -format dict]
    if {[dict get $totals complete] eq "0"} {
        Say stderr [dict get $totals verdict]
    }
}

proc ::weir::itg::ReceiverEvent {receiver event details} {
    variable ended
    switch $event {
        flowstart {Say stderr "Listening [Place $details]\n"}
        flowend   {
            Say stdout "Finish [Place $details]"
            dict with details {
                if {$kernelDrops > 0} {
                    Say stderr "flow $id of $peer: the kernel dropped $kernelDrops packets,\
                        which came faster than they were read"
                }
                if {$reason ne ""} {
                    Say stderr "flow $id of $peer: $reason"
                }
            }
        }
        sessionclose {
            if {[dict get [$receiver stats -format dict] state] eq "idle"} {
                set ended over
            }
        }
        error     {Say stderr [dict get $details reason]}
    }
}

# Protocol and port of a flow, in ITGRecv's words.
proc ::weir::itg::Place flow {
    set port [lindex [split [dict get $flow destination] :] end]
    set proto [string toupper [dict get $flow proto]]
    expr {$proto eq "ICMP" ? "on ICMP" : "on $proto port : $port"}
}
