# itgsend: D-ITG's sender over the family flow.  The words are ITGSend's (../itgopts.tcl).
source [file join [file dirname [info script]] .. itgopts.tcl]
source [file join [file dirname [info script]] .. itgserve.tcl]

namespace eval ::weir::itg {
    variable interrupted 0
}

# Send the flows that the words ask for and return when all have ended.  The start and the
# end of each are printed as ITGSend prints them, and on stderr why a flow did not go as
# asked.  Ctrl-C ends the flows in an orderly way.
# Errors: those of ::weir::itg::sender and `flow create`; WEIR ITGSEND FLOW when flows failed
# on the way, once all have ended; WEIR ITGSEND INTERRUPTED.
proc ::weir::itgsend args {
    if {[lindex $args 0] in {-h -help --help}} {
        puts [itg::Usage itgsend]
        return
    }
    if {[lindex $args 0] eq "-Q"} {
        tailcall itg::RunDaemon [lrange $args 1 end]
    }
    set flows {}
    set itg::interrupted 0
    set itg::typed {}
    set id [itg::LastId]
    try {
        foreach options [itg::sender $args] {
            lappend flows [itg::CreateFlow [incr id] $options]
        }
        oninterrupt [list ::weir::itg::StopFlows $flows]
        itg::WithLetters [concat $itg::flowTable $itg::runTable] {flow start {*}$flows}
        set failures [itg::AwaitFlows $flows]
        itg::TellVerdicts $flows
    } finally {
        oninterrupt ""
        foreach flow $flows {
            $flow destroy
        }
    }
    if {$itg::interrupted} {
        throw {WEIR ITGSEND INTERRUPTED} "interrupted"
    }
    if {$failures ne ""} {
        throw {WEIR ITGSEND FLOW} [join $failures "; "]
    }
}

# Flows are numbered from 1, and in a process that has others after those.
proc ::weir::itg::LastId {} {
    tcl::mathfunc::max 0 {*}[lmap flow [::weir::flow names] {$flow cget -id}]
}

# ITGSend sends each flow's first packet at once.
proc ::weir::itg::CreateFlow {id options} {
    variable flowTable
    variable runTable
    try {
        ::weir::flow create {*}$options -phase zero -id $id \
            -command ::weir::itg::SenderEvent
    } trap WEIR {message details} {
        throw [dict get $details -errorcode] \
            "flow $id: [InLetters [concat $flowTable $runTable] $message]"
    }
}

proc ::weir::itg::SenderEvent {flow event details} {
    switch $event {
        started  {Say stdout "Started sending packets of flow ID: [dict get $details id]"}
        finished {Say stdout "Finished sending packets of flow ID: [dict get $details id]\n"}
    }
}

# A user who gets impatient would end the program with flows open, of which stock receivers die.
proc ::weir::itg::StopFlows flows {
    variable interrupted 1
    ::weir::flow stop {*}$flows
    if {[llength $flows] > 3} {
        puts stderr "closing [llength $flows] flows: a stock receiver takes a second for each"
    }
}

# Wait for all; answers one sentence for each flow that failed.
proc ::weir::itg::AwaitFlows flows {
    set failures {}
    foreach flow $flows {
        try {
            ::weir::flow wait $flow
        } trap {WEIR FLOW} message {
            lappend failures "flow [$flow cget -id]: $message"
        }
    }
    return $failures
}

# One sentence, with the cause, for a flow that did not go as asked; for the first five.
proc ::weir::itg::TellVerdicts flows {
    set told 0
    foreach flow $flows {
        set stats [$flow stats -format dict]
        if {[dict get $stats asAsked] eq 0 && [dict get $stats cause] ne "failed" \
                && [incr told] <= 5} {
            Say stderr "flow [dict get $stats id]: [dict get $stats verdict]"
        }
    }
    if {$told > 5} {
        Say stderr "[expr {$told - 5}] more flows did not go as asked"
    }
}

# --- The daemon -----------------------------------------------------------------------------

# Send the flows that others command until an interrupt, which is the normal end.
proc ::weir::itg::RunDaemon words {
    variable runTable
    variable daemonTable
    set options [daemon $words]
    set daemon [WithLetters [concat $runTable $daemonTable] {
        ::weir::flow daemon create {*}$options -command ::weir::itg::DaemonEvent
    }]
    Serve $daemon "Waiting for commands on LISTEN\nPress Ctrl-C to terminate" "Finish with CTRL-C!"
}

proc ::weir::itg::DaemonEvent {daemon event details} {
    SenderEvent $daemon $event $details
    dict with details {
        if {$event eq "failed"} {
            Say stderr "flow $id of $client ($command): $reason"
        } elseif {$event eq "finished" && $asAsked eq 0} {
            Say stderr "flow $id: $verdict"
        }
    }
}
