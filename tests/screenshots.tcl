# Pictures of real plot windows, to be looked at: on a usual screen of 1280x800 and on a fine one
# of 2560x1600, light and dark.
#
#   ./build.sh run tests/screenshots.tcl ?DIRECTORY?
#
# They go to DIRECTORY/SIZE-LOOK-NAME.png.  What can be checked without eyes is checked: widgets
# and boxes within the window, nothing drawn on its edge; faults are printed and the status is 1.
# Needs Xvfb, and unshare, as the live picture wants traffic.
package require weir
set here [file dirname [file normalize [info script]]]
source [file join $here xvfb.tcl]

set screens {1280x800 96 2560x1600 192}

# --- what is shown --------------------------------------------------------------------------

proc show.live {} {
    weir::receiver create sink -listen 127.0.0.1:0
    sink start
    set options [list -to 127.0.0.1:0 -signal [dict get [sink stats] listen] -duration 6s]
    weir::flow create voice {*}$options -rate 200pps -ps 172
    weir::flow create video {*}$options -idt {exponential 0.002} -ps {uniform 200 1400}
    weir::plot create live -title "Two flows" -subtitle "as they are sent" -xlabel time -xunit s
    live panel 1 -ylabel "bit rate" -yunit bit/s
    live panel 2 -ylabel "lateness, 99 %" -yunit s
    foreach flow {voice video} {
        live add -label $flow -object $flow -key bytes -rate 1 -factor 8 -every 100ms
        live add -label $flow -object $flow -key lateP99 -panel 2 -every 100ms
    }
    weir::flow start
    return live
}

proc show.counted {} {
    weir::plot create counted -title "Delay of 20,000 packets" -xlabel delay -xunit s
    counted panel 1 -ylabel packets
    counted panel 2 -ylabel "share up to"
    foreach {label mean seed} {office 0.002 1 home 0.004 2} {
        set values [weir::dist sample "exponential $mean" 20000 -seed $seed]
        counted add -label $label -style histogram -y $values
        counted add -label $label -style cdf -y $values -panel 2
    }
    counted configure -xmax 0.02
    return counted
}

proc show.errors {} {
    weir::plot create errors -title "Rate and delay over distance" -xlabel distance -xunit m
    errors panel 1 -ylabel rate -yunit bit/s -y2label delay -y2unit s
    for {set i 0} {$i <= 20} {incr i} {
        set rate [expr {5.4e7 / (1 + exp(($i - 12) / 2.5))}]
        lappend xs [expr {$i * 10}]
        lappend ys $rate
        lappend low [expr {$rate * 0.85}]
        lappend high [expr {$rate * 1.1 + 1e6}]
        lappend ds [expr {1e-3 + 2e-4 * $i * $i / 10.0}]
    }
    errors add -label "rate, mean and 90 %" -x $xs -y $ys -ylow $low -yhigh $high
    errors add -label delay -axis right -x $xs -y $ds -marker circle
    return errors
}

proc show.day {} {
    weir::plot create day -title "A day of a link" -xscale time -xlabel time
    day panel 1 -ylabel rate -yunit bit/s
    set start [clock scan "2026-11-22 00:00:00" -gmt 1]
    foreach {label part phase} {in 1.0 0 out 0.4 1} {
        set xs {}
        set ys {}
        for {set i 0} {$i < 1440} {incr i 5} {
            lappend xs [expr {$start + 60 * $i}]
            lappend ys [expr {$part * 4e8 * (1.1 - cos(($i / 1440.0 - 0.1) * 6.283 + $phase))
                + 3e7 * sin($i * 1.7)}]
        }
        day add -label $label -style steps -x $xs -y $ys
    }
    return day
}

proc show.many {} {
    weir::plot create many -title "Fourteen paths with names as operators give them" \
        -xlabel time -xunit s
    many panel 1 -ylabel "round-trip time" -yunit s
    for {set n 1} {$n <= 14} {incr n} {
        set ys {}
        for {set i 0} {$i < 200} {incr i} {
            lappend ys [expr {0.002 * $n + 0.0006 * sin($i / (5.0 + $n))}]
        }
        many add -label "edge-router-$n.pop-[format %02d [expr {$n * 7 % 31}]].example.net -> core" -y $ys
    }
    return many
}

proc show.empty {} {
    weir::plot create empty -title "Nothing yet" -xlabel time -xunit s
    empty panel 1 -ylabel rate -yunit bit/s
    empty add -label voice
    return empty
}

# --- one screen, one look -------------------------------------------------------------------

# Run the event loop until SCRIPT is true, at most so many seconds.
proc until {script {seconds 20}} {
    set end [expr {[clock milliseconds] + 1000 * $seconds}]
    while {![uplevel 1 [list expr $script]] && [clock milliseconds] < $end} {
        after 20 {set ::tick 1}
        vwait ::tick
    }
}

# The screen of Xvfb is a file in X's dump format, with 4 bytes for a pixel.
proc savePicture {dir path} {
    set channel [open [file join $dir Xvfb_screen0] rb]
    set dump [read $channel]
    close $channel
    binary scan $dump Iux12IuIux24Iux24Iu headerSize width height perLine colours
    set start [expr {$headerSize + 12 * $colours}]
    set rows ""
    for {set y 0} {$y < $height} {incr y} {
        binary scan $dump @${start}iu$width pixels
        incr start $perLine
        append rows \0
        foreach pixel $pixels {
            if {![info exists bytes($pixel)]} {
                set bytes($pixel) [binary format ccc [expr {$pixel >> 16}] [expr {$pixel >> 8}] $pixel]
            }
            append rows $bytes($pixel)
        }
    }
    set channel [open $path wb]
    puts -nonewline $channel \x89PNG\r\n\x1a\n
    foreach {type data} [list IHDR [binary format IIccccc $width $height 8 2 0 0 0] \
            IDAT [zlib compress $rows] IEND ""] {
        puts -nonewline $channel [binary format I [string length $data]]$type$data[binary format I \
            [zlib crc32 $type$data]]
    }
    close $channel
}

# Put the pointer beside a value of the first panel's right axis.
proc pointAt {name top scale x y} {
    set layout [$name layout -width [expr {round([winfo width $top.canvas] / $scale)}] \
        -height [expr {round([winfo height $top.canvas] / $scale)}]]
    lassign [dict get $layout panels 1 box] left above width height
    lassign [dict get $layout x] xLow xHigh
    lassign [dict get $layout panels 1 y2] yLow yHigh
    event generate $top.canvas <Motion> \
        -x [expr {round($scale * ($left + $width * ($x - $xLow) / ($xHigh - $xLow) + 5))}] \
        -y [expr {round($scale * ($above + $height * ($yHigh - $y) / ($yHigh - $yLow) + 8))}]
}

# What is wrong about a window, as far as a program can see it.
proc faults {name top scale} {
    set faults {}
    set canvas $top.canvas
    foreach child [concat [winfo children $top.bar] [winfo children $top.status]] {
        if {[winfo class $child] eq "Menu"} continue
        if {[winfo rootx $child] + [winfo width $child] > [winfo rootx $top] + [winfo width $top]
                || [winfo reqwidth $child] > [winfo width $child]
                || [winfo reqheight $child] > [winfo height $child]} {
            lappend faults "$child is cut off"
        }
    }
    set width [winfo width $canvas]
    set height [winfo height $canvas]
    set layout [$name layout -width [expr {round($width / $scale)}] \
        -height [expr {round($height / $scale)}]]
    foreach box [concat [lmap row [dict values [dict get $layout panels]] {dict get $row box}] \
            [lmap row [dict get $layout legend] {dict get $row box}]] {
        lassign $box x y w h
        if {$x < 0 || $y < 0 || ($x + $w) * $scale > $width || ($y + $h) * $scale > $height} {
            lappend faults "the box $box leaves the window"
        }
    }
    set image [$canvas itemcget figure -image]
    if {[image width $image] != $width || [image height $image] != $height} {
        lappend faults "the picture has another size than the window"
        return $faults
    }
    set paper [$image get 0 0]
    for {set i 0} {$i < max($width, $height)} {incr i} {
        set x [expr {min($i, $width - 1)}]
        set y [expr {min($i, $height - 1)}]
        foreach {px py} [list $x 0 $x [expr {$height - 1}] 0 $y [expr {$width - 1}] $y] {
            if {[$image get $px $py] ne $paper} {
                lappend faults "something is drawn on the edge, at $px $py"
                return $faults
            }
        }
    }
    return $faults
}

proc shoot {size dpi look names directory} {
    close [file tempfile frame]
    file delete $frame
    file mkdir $frame
    xvfb::start $size -dpi $dpi -fbdir $frame
    set status 0
    foreach name $names {
        set figure [show.$name]
        $figure configure -look $look
        set top [$figure window -geometry $size+0+0 {*}[if {$name eq "live"} {list -follow 3s}]]
        if {$name eq "live"} {
            until {[dict get [live stats] 1 points] >= 40}
        }
        until {[winfo viewable $top.canvas]
            && [image width [$top.canvas itemcget figure -image]] == [winfo width $top.canvas]
            && [image height [$top.canvas itemcget figure -image]] == [winfo height $top.canvas]}
        if {$name eq "errors"} {
            pointAt errors $top [expr {$dpi / 96.0}] 130 [expr {1e-3 + 2e-5 * 13 * 13}]
        }
        after 300 {set ::tick 1}
        vwait ::tick
        update
        foreach fault [faults $name $top [expr {$dpi / 96.0}]] {
            puts stderr "$size $look $name: $fault"
            set status 1
        }
        savePicture $frame [file join $directory $size-$look-$name.png]
        $figure destroy
    }
    destroy .
    file delete -force $frame
    return $status
}

# --- all of them, each server in a process and a network of its own --------------------------

if {[lindex $argv 0] eq "-screen"} {
    lassign $argv - size dpi look names directory
    exec ip link set lo up
    xvfb::alone
    exit [shoot $size $dpi $look $names $directory]
}
set directory [file normalize [lindex [concat $argv screenshots] 0]]
file mkdir $directory
set status 0
foreach {size dpi} $screens {
    foreach look {light dark} {
        if {[catch {exec unshare -n -m [info nameofexecutable] [info script] -screen $size $dpi $look \
                {live counted errors day many empty} $directory >@stdout 2>@stderr}]} {
            set status 1
        }
    }
}
puts "pictures are in $directory"
exit $status
