# itglog: D-ITG's log server over the family logserver.  The words are ITGLog's.
source [file join [file dirname [info script]] .. itgopts.tcl]
source [file join [file dirname [info script]] .. itgserve.tcl]

# Collect logs in the current directory until an interrupt, which is the normal end.
# Errors: WEIR ITGLOG ARG; those of `logserver create` and `start`.
proc ::weir::itglog args {
    if {[lindex $args 0] in {-h -help --help}} {
        puts [itg::Usage itglog]
        return
    }
    itg::Parse ITGLOG $itg::logTable $args
    set server [logserver create -logdir [pwd] -command ::weir::itg::LogEvent]
    itg::Serve $server "Listening on LISTEN for signalling\nPress Ctrl-C to terminate!" \
        "Finish with CRTL-C! "
}

# The sentences on standard output are ITGLog's.
proc ::weir::itg::LogEvent {server event details} {
    switch $event {
        clientopen  {
            dict with details {
                Say stdout "Name Log File : $name \nProtocol used : $proto "
                Say stdout "Receiving data on port: $port "
                if {$name ne [file tail $file]} {
                    Say stderr "$name is written to $file"
                }
            }
        }
        clientclose {
            dict with details {
                set mark [expr {$proto eq "TCP" ? "!" : ""}]
                Say stdout "Data transmission ended on $proto channel$mark"
                TellLogFaults $details
            }
        }
        error       {Say stderr [dict get $details reason]}
    }
}

# What a log lacks, and why.
proc ::weir::itg::TellLogFaults client {
    dict with client {
        foreach {count what} [list \
            $kernelDrops {datagrams were dropped by the kernel: they came too fast} \
            $malformed   {records or datagrams were malformed} \
            $logDropped  {records were not written}] {
            if {$count > 0} {
                Say stderr "$file: $count $what"
            }
        }
        if {$reason ne ""} {
            Say stderr "$file: $reason"
        }
    }
}
