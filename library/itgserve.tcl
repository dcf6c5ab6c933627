# itgserve: what the applets that talk have in common, and itgrecv, itglog and itgsend -Q: an
# object that serves until an interrupt, which is the normal end.
namespace eval ::weir::itg {
    variable ended "" ;# written by what ends the service
}

# Print a line on stdout or stderr.  A pipe that is closed or a disk that is full is no reason to
# end a flow or a service.
proc ::weir::itg::Say {channel text} {
    catch {
        puts $channel $text
        flush $channel
    }
}

# Start the object and run until an interrupt, or until an event writes to `ended`; then stop
# it, let the command prefix `last` have a word about it, and destroy it.
#   greeting  printed at the start; LISTEN in it becomes the address
#   farewell  printed after an interrupt
proc ::weir::itg::Serve {object greeting farewell {last list}} {
    variable ended
    try {
        $object start
        set listen [dict get [$object stats -format dict] listen]
        Say stdout [string map [list LISTEN $listen] $greeting]
        ::weir::oninterrupt {set ::weir::itg::ended interrupted}
        vwait ::weir::itg::ended
        $object stop
        {*}$last $object
        if {$ended eq "interrupted"} {
            Say stdout $farewell
        }
    } finally {
        ::weir::oninterrupt ""
        $object destroy
    }
}
