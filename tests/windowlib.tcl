# What the tests of plot windows share: an X server, and real events on real widgets.
source [file join [file dirname [info script]] xvfb.tcl]

if {[info commands testConstraint] ne ""} { ;# not in the children of netnsTest
    testConstraint xvfb [xvfb::available]
    testConstraint tk [expr {[file exists [file join $env(WEIR_BUILDDIR) .libs \
        [expr {$tcl_version < 9 ? "libweirtk.so" : "libtcl9weirtk.so"}]]]}]
}

# Times of events: two presses within half a second at one place would be a double click.
set clicked 0

# Run the event loop until SCRIPT is true, at most so many seconds.
proc awaited {script {seconds 30}} {
    set end [expr {[clock milliseconds] + 1000 * $seconds}]
    while {![uplevel 1 [list expr $script]] && [clock milliseconds] < $end} {
        after 10 {set ::tick 1}
        vwait ::tick
    }
}

# Start the server.  It ends with this process, which must have closed its windows before: Tk
# ends a process that loses its display.
proc beginWindows {{size 1280x800} args} {
    if {[testConstraint xvfb] && [testConstraint tk]} {
        xvfb::start $size {*}$args
    }
}
proc endWindows {} {
    catch {destroy .}
}

# Figure `a`, x 0 to 30: `voice` and `video` in panel 1, `voice` in panel 2; and its window.
proc sample {args} {
    plot create a -xlabel time -xunit s
    a panel 1 -ylabel rate -yunit bit/s
    a panel 2 -ylabel delay -yunit s
    for {set i 0} {$i <= 30} {incr i} {
        lappend xs $i
        lappend ys [expr {1e6 + $i * 1e5}]
        lappend zs [expr {1e-3 + 1e-5 * $i}]
    }
    a add -label voice -x $xs -y $ys
    a add -label video -x $xs -y [lmap y $ys {expr {$y / 2}}]
    a add -panel 2 -label voice -x $xs -y $zs
    drawn [a window -geometry 820x600+0+0 {*}$args]
}

# Wait until a window is on the screen and drawn; its path.
proc drawn {top} {
    awaited {[winfo viewable $top.canvas] && [image width [imageOf $top]] == [winfo width \
        $top.canvas] && [image height [imageOf $top]] == [winfo height $top.canvas]} 20
    focus -force $top.canvas
    update
    return $top
}

proc imageOf {top} {
    $top.canvas itemcget figure -image
}

# The layout that the window shows.
proc seen {name top} {
    $name layout -width [winfo width $top.canvas] -height [winfo height $top.canvas]
}

# The pixel of the canvas where parts (0 to 1) of a panel's box are, from its lower left corner.
proc pixel {name top across up {panel 1}} {
    lassign [dict get [seen $name $top] panels $panel box] left above width height
    list [expr {round($left + $across * $width)}] [expr {round($above + (1 - $up) * $height)}]
}

# A press, the way and the release of a mouse button.
proc dragged {top from to {button 1} {state 0}} {
    lassign $from x y
    set mask [expr {$state | [dict get {1 256 2 512 3 1024} $button]}]
    event generate $top.canvas <ButtonPress-$button> -x $x -y $y -state $state -time [incr ::clicked 2000]
    lassign $to toX toY
    foreach part {0.3 0.7 1} {
        event generate $top.canvas <Motion> -state $mask \
            -x [expr {round($x + $part * ($toX - $x))}] -y [expr {round($y + $part * ($toY - $y))}]
    }
    event generate $top.canvas <ButtonRelease-$button> -x $toX -y $toY -state $mask -time [incr ::clicked 10]
    update
}

proc clicked {top at {count 1}} {
    lassign $at x y
    incr ::clicked 2000
    for {set i 0} {$i < $count} {incr i} {
        event generate $top.canvas <ButtonPress-1> -x $x -y $y -time [incr ::clicked 20]
        event generate $top.canvas <ButtonRelease-1> -x $x -y $y -state 256 -time [incr ::clicked 20]
    }
    update
}

# One notch of the wheel, as Tk 8.6 on X11 or Tk 9 tells it.
proc wheeled {top at direction {state 0}} {
    lassign $at x y
    if {[package vsatisfies [package provide Tk] 9.0-]} {
        event generate $top.canvas <MouseWheel> -delta [expr {120 * $direction}] -x $x -y $y -state $state
    } else {
        set button [expr {$direction > 0 ? 4 : 5}]
        event generate $top.canvas <ButtonPress-$button> -x $x -y $y -state $state
        event generate $top.canvas <ButtonRelease-$button> -x $x -y $y -state $state
    }
    update
}

# A key, which Tk gives to the window that has the focus.
proc key {top name} {
    focus -force $top.canvas
    update
    event generate $top.canvas <$name>
    update
}

proc pointed {top at} {
    lassign $at x y
    event generate $top.canvas <Motion> -x $x -y $y
    update
}

# Where the entry of a series is in the legend.
proc entryOf {name top series} {
    foreach row [dict get [seen $name $top] legend] {
        if {[dict get $row series] == $series} {
            lassign [dict get $row box] x y w h
            return [list [expr {round($x + $w / 2)}] [expr {round($y + $h / 2)}]]
        }
    }
}

# A range rounded, so that a pixel does not matter.
proc about {range {digits 0}} {
    lmap value $range {format %.${digits}f [expr {$value + 1e-9}]}
}

proc rangeX {name} {
    about [dict get [$name view] -x]
}

proc destroyFigures {} {
    foreach name [plot names] {$name destroy}
    update
}
