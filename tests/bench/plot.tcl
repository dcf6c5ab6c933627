# How long a picture takes: 4 series of 5,000 points (aim: under 100 ms for a PNG), one of a
# million from a list to the first picture (under 300 ms), and what a window draws of a
# million points, and of four series of noise, at several zooms (20 a second or better).
#
#   weirsh tests/bench/plot.tcl ?-rounds 3?
source [file join [file dirname [info script]] lib.tcl]
bench::begin {}

# A random walk of `n` points as {xs ys}.
proc walk n {
    set y 0.0
    for {set i 0} {$i < $n} {incr i} {
        lappend xs [expr {$i * 0.001}]
        lappend ys [set y [expr {$y + rand() - 0.5}]]
    }
    return [list $xs $ys]
}

proc milliseconds script {
    expr {[lindex [uplevel 1 [list time $script]] 0] / 1e3}
}

expr {srand(1)}
weir::plot create small -title "4 series of 5,000 points" -xlabel time -xunit s
foreach label {one two three four} {
    lassign [walk 5000] xs ys
    small add -label $label -x $xs -y $ys
}
lassign [walk 1000000] xs ys
weir::plot create large -title "a million points" -xlabel time -xunit s
bench::sample - "1,000,000 points added" weir \
    [dict create milliseconds [milliseconds {large add -label walk -x $xs -y $ys}]]
weir::plot create cloud -title "a million points" -xlabel time -xunit s
cloud add -style points -x $xs -y $ys

bench::round {
    foreach {figure what} {
        small "4 x 5,000 points" large "1,000,000 points, line" cloud "1,000,000 points, dots"
    } {
        foreach format {png svg pdf eps} {
            set ms [milliseconds {$figure export plot.$format}]
            bench::sample - "$what, $format" weir \
                [dict create milliseconds $ms bytes [file size plot.$format]]
        }
    }
    set drawn [exec [file join $bench::build tests bench plotdraw]]
    foreach {share ms} [dict remove $drawn fill noise] {
        bench::sample - "1,000,000 points in memory, share $share" weir \
            [dict create milliseconds $ms]
    }
    bench::sample - "4 x 5,000 random points in memory" weir \
        [dict create milliseconds [dict get $drawn noise]]
}
set first [expr {[bench::figure - "1,000,000 points added" weir milliseconds]
    + [bench::figure - "1,000,000 points, line, png" weir milliseconds]}]
bench::check - "1,000,000 points from a list to the first picture: milliseconds" $first <= 300
foreach share {1 0.5 0.1 0.01 0.001} {
    bench::check - "1,000,000 points, share $share: pictures a second" [expr {1e3 /
        [bench::figure - "1,000,000 points in memory, share $share" weir milliseconds]}] >= 20
}
bench::check - "4 x 5,000 random points: milliseconds for a frame of a window" \
    [bench::figure - "4 x 5,000 random points in memory" weir milliseconds] <= 25
bench::check - "4 x 5,000 points, png: milliseconds" \
    [bench::figure - "4 x 5,000 points, png" weir milliseconds] <= 100
bench::end
