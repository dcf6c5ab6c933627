# itgmanager: D-ITG's manager over `flow remote`: commands a sender's daemon.  The words are
# ITGManager's.
source [file join [file dirname [info script]] .. itgopts.tcl]
source [file join [file dirname [info script]] .. itgserve.tcl]

namespace eval ::weir::itg {
    variable managed    ;# why it ends: C, INPUT or INTERRUPT
    variable inputEnded
    variable unmanaged  ;# commands that failed
}

# Command what the words after the host say, and each line of the standard input that begins
# with "-"; a line that begins with C ends it, and so does the end of the input once every
# command has ended.  The daemon's notices are printed as ITGManager prints them.
# Errors: WEIR ITGMANAGER ARG; those of `flow remote create`; WEIR ITGMANAGER FLOW when
# commands failed; WEIR ITGMANAGER INTERRUPTED.
proc ::weir::itgmanager args {
    set settings [lassign $args host]
    if {$host in {-h -help --help}} {
        puts [itg::Usage itgmanager]
        return
    }
    if {$host eq "" || [string match -* $host]} {
        itg::Fail ITGMANAGER ARG "itgmanager wants the host of a daemon: see itgmanager -h"
    }
    set remote [flow remote create -to $host -command ::weir::itg::ManagerEvent]
    set blocking [fconfigure stdin -blocking]
    try {
        itg::Say stdout "ITGManager started. Press Ctrl-C to terminate"
        itg::Say stdout "Using \"$host\" as destination ITGSender"
        itg::Manage $remote [join $settings]
    } finally {
        oninterrupt ""
        fileevent stdin readable ""
        fconfigure stdin -blocking $blocking
        $remote destroy
    }
}

proc ::weir::itg::Manage {remote command} {
    variable managed ""
    variable inputEnded 0
    variable unmanaged 0
    oninterrupt [list set ::weir::itg::managed INTERRUPT]
    if {$command ne ""} {
        Command $remote $command
    }
    fconfigure stdin -blocking 0
    fileevent stdin readable [list ::weir::itg::ManagerInput $remote]
    vwait ::weir::itg::managed
    if {$managed eq "INTERRUPT"} {
        throw {WEIR ITGMANAGER INTERRUPTED} "interrupted; the flows go on"
    }
    if {$managed eq "C"} {
        Say stdout "Terminated by request"
    }
    if {$unmanaged > 0} {
        throw {WEIR ITGMANAGER FLOW} "$unmanaged of the commands failed"
    }
}

proc ::weir::itg::Command {remote line} {
    variable unmanaged
    try {
        $remote send $line
    } trap WEIR message {
        incr unmanaged
        Say stderr $message
    }
}

proc ::weir::itg::ManagerInput remote {
    variable managed
    variable inputEnded
    if {[gets stdin line] >= 0} {
        switch -glob $line {
            C* {set managed C}
            -* {Command $remote $line}
        }
    } elseif {[eof stdin]} {
        fileevent stdin readable ""
        set inputEnded 1
        EndWithInput $remote
    }
}

proc ::weir::itg::EndWithInput remote {
    variable managed
    variable inputEnded
    if {$inputEnded && [dict get [$remote stats] active] == 0} {
        set managed INPUT
    }
}

proc ::weir::itg::ManagerEvent {remote event details} {
    variable unmanaged
    set host [lindex [regexp -inline {^\[?(.*?)\]?:\d+$} [dict get [$remote stats] daemon]] 1]
    set command [dict get $details command]
    switch $event {
        started  {Say stdout "Received msg type 1   $host   $command"}
        finished {Say stdout "Received msg type 2   $host   $command"}
        failed   {
            incr unmanaged
            Say stderr "$command: [dict get $details reason]"
        }
    }
    EndWithInput $remote
}
