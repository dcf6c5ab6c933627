# An X server without a screen, for tests and scripts that open windows.
#
#   xvfb::start ?WIDTHxHEIGHT ?OPTION ...??
#                start one on a free display, with options of Xvfb, and point env(DISPLAY) to it
#   xvfb::stop   end it
#   xvfb::alone  in a network namespace of one's own, before start: see no other server's sockets
#
# It ends by itself with the process that started it; one that opened windows itself leaves
# it at that, as Tk ends a process that loses its display.
namespace eval xvfb {
    variable server "" ;# the channel that the display's number came through
}

proc xvfb::available {} {
    expr {[auto_execok Xvfb] ne ""}
}

# From within such a namespace the sockets of others are only files, which a new server would
# replace: theirs could not be reached any more.  The compiled keymap, too, is named after the
# display: two servers of one number that start together spoil each other's.  Wants a namespace
# of mounts, too.
proc xvfb::alone {} {
    foreach directory {/tmp/.X11-unix /var/lib/xkb} {
        if {[file isdirectory $directory]} {
            exec mount -t tmpfs -o mode=1777 none $directory
        }
    }
}

proc xvfb::start {{size 1280x800} args} {
    variable server
    if {$server ne ""} {
        error "the X server runs already"
    }
    set server [open |[list setpriv --pdeathsig TERM Xvfb -displayfd 1 -nolisten tcp -noreset \
        -screen 0 ${size}x24 {*}$args 2>@1] r]
    while {[gets $server line] >= 0} {
        if {[string is digit -strict $line]} {
            set ::env(DISPLAY) :$line
            return
        }
        append said $line\n
    }
    Close
    error "Xvfb does not start: [expr {[info exists said] ? [string trim $said] : ""}]"
}

# The process, to ask what it uses of the processor.
proc xvfb::process {} {
    variable server
    pid $server
}

proc xvfb::stop {} {
    variable server
    if {$server ne ""} {
        exec kill [process]
        unset -nocomplain ::env(DISPLAY)
        Close
    }
}

proc xvfb::Close {} {
    variable server
    catch {close $server} ;# its end by a signal is an error
    set server ""
}
