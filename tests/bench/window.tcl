# What a live window costs: a flow of 10,000 packets/s and its receiver in one weirsh, with a
# window of 1280 x 800 that follows them at 20 pictures a second, and without.  The Tcl thread,
# which draws and asks, may use 10 % of a core, and the rate stays within 0.1 % of what was
# asked.  Then a million points in a window: the first picture and zooms.
#
#   weirsh tests/bench/window.tcl ?-rounds 3? ?-seconds 12?
source [file join [file dirname [info script]] lib.tcl]
source [file join [file dirname [info script]] .. xvfb.tcl]
bench::begin {-seconds 12}
lappend bench::columns windowCpuPercent "Tcl CPU %" %.1f serverCpuPercent "X CPU %" %.1f \
    picturesPerSecond pictures/s %.1f
xvfb::start 1600x1000

# What all scripts begin with.
set common {
    # Nanoseconds on a processor of a process's first thread.
    proc cpuNs pid {
        set channel [open /proc/$pid/task/$pid/schedstat]
        try {lindex [gets $channel] 0} finally {close $channel}
    }
    # Until the X server has done all.
    proc settle {} {
        update
        winfo pointerx .
    }
    proc milliseconds script {
        expr {[lindex [uplevel 1 [list time $script]] 0] / 1e3}
    }
}

# A flow for so many seconds; in a window when SERVER, the X server's process, is not empty.
append live $common {
    lassign $argv seconds server
    receiver create r -listen 127.0.0.1:0
    r start
    flow create f -to 127.0.0.1:0 -signal [dict get [r stats] listen] -rate 10000pps \
        -duration ${seconds}s
    # The delay since the last question.
    lassign {0 0} count sum
    proc delays method {
        global count sum
        lassign [list $count $sum] countBefore sumBefore
        set row [lindex [r flows] 0]
        set count [dict get $row packets]
        set sum [expr {$count == 0 ? 0 : $count * [dict get $row delayMean]}]
        dict create delay [expr {$count == $countBefore ? "" :
            ($sum - $sumBefore) / ($count - $countBefore)}]
    }
    set pictures 0
    flow start f
    if {$server ne ""} {
        plot create live -title "10,000 packets/s" -xlabel time -xunit s
        live panel 1 -ylabel rate -yunit bit/s
        live panel 2 -ylabel delay -yunit s
        live add -label rate -object f -key bytes -rate 1 -factor 8 -every 50ms
        live add -label delay -panel 2 -object delays -key delay -every 50ms
        set top [live window -rate 20 -geometry 1280x800]
        rename weir::tk::draw drawn
        proc weir::tk::draw args {
            set isDrawn [drawn {*}$args]
            incr ::pictures $isDrawn
            return $isDrawn
        }
    }
    # Not the start, where Tk is loaded.
    after 1500 {set begun [list [clock microseconds] [cpuNs [pid]] $pictures \
        [expr {$server eq "" ? 0 : [cpuNs $server]}]]}
    f wait
    lassign $begun us ns before serverNs
    set us [expr {[clock microseconds] - $us}]
    set share [expr {0.1 / $us}]
    set stats [f stats]
    puts [dict create windowCpuPercent [expr {([cpuNs [pid]] - $ns) * $share}] \
        serverCpuPercent [expr {$server eq "" ? 0 : ([cpuNs $server] - $serverNs) * $share}] \
        picturesPerSecond [expr {($pictures - $before) * 1e6 / $us}] \
        pps [dict get $stats packetRate] \
        errorPercent [expr {abs([dict get $stats packetRate] / 1e4 - 1) * 100}]]
}

append large $common {
    set y 0.0
    for {set i 0} {$i < 1000000} {incr i} {
        lappend ys [set y [expr {$y + rand() - 0.5}]]
    }
    plot create small
    small window
    update
    plot create large -title "a million points"
    set result [list added [milliseconds {large add -label walk -y $ys}]]
    lappend result "first picture" [milliseconds {
        set top [large window -geometry 1280x800]
        update
        settle
    }]
    after 500 {set calm 1} ;# it opens
    vwait calm
    set image [$top.canvas itemcget figure -image]
    foreach share {1 0.5 0.1 0.01} {
        lappend result "zoom to $share" [expr {[milliseconds {
            for {set i 0} {$i < 20} {incr i} {
                set from [expr {(1 - $share) * $i * 5e4}]
                large view -x [list $from [expr {$from + $share * 1e6 + $i}]]
                weir::tk::draw large $image -width [winfo width $top.canvas] \
                    -height [winfo height $top.canvas]
                settle
            }
        }] / 20}]
    }
    puts $result
    exit
}

proc run {script args} {
    exec $bench::weirsh -c $script {*}$args 2>@stderr
}

bench::round {
    foreach {tool server} [list weir "" weir:window [xvfb::process]] {
        bench::sample - "10,000 packets/s" $tool [run "$live\nexit" [bench::option -seconds] $server]
    }
    dict for {what ms} [run $large] {
        bench::sample - "1,000,000 points: $what" weir [dict create milliseconds $ms]
    }
}
xvfb::stop
proc ask {figure} {
    bench::figure - "10,000 packets/s" weir:window $figure
}
bench::check - "live window: percent of a core of the Tcl thread" [ask windowCpuPercent] <= 10
bench::check - "live window: pictures a second" [ask picturesPerSecond] >= 19
bench::check - "live window: percent off the rate" [ask errorPercent] <= 0.1
bench::check - "1,000,000 points: milliseconds to the first picture" \
    [bench::figure - "1,000,000 points: first picture" weir milliseconds] <= 300
foreach share {1 0.5 0.1 0.01} {
    bench::check - "1,000,000 points, zoom to $share: pictures a second" [expr {1e3 /
        [bench::figure - "1,000,000 points: zoom to $share" weir milliseconds]}] >= 20
}
bench::end
