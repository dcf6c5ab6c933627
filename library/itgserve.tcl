# itgserve: what itgrecv, itglog and itgsend -Q have in common: an object that serves until
# an interrupt, which is the normal end.
namespace eval ::weir::itg {
    variable ended "" ;# written by what ends the service
}

# Start the object and run until an interrupt, or until an event writes to `ended`; then stop
# it, let the command prefix `last` have a word about it, and destroy it.
#   greeting  printed at the start; LISTEN in it becomes the address
#   farewell  printed after an interrupt
proc ::weir::itg::Serve {object greeting farewell {last list}} {
    variable ended
    try {
        $object start
        puts [string map [list LISTEN [dict get [$object stats -format dict] listen]] $greeting]
        flush stdout
        ::weir::oninterrupt {set ::weir::itg::ended interrupted}
        vwait ::weir::itg::ended
        $object stop
        {*}$last $object
        if {$ended eq "interrupted"} {
            puts $farewell
        }
    } finally {
        ::weir::oninterrupt ""
        $object destroy
    }
}
