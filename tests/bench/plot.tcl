# How long a picture takes: 4 series of 5,000 points (aim: under 100 ms for a PNG) and one of
# a million.
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
}
bench::check - "4 x 5,000 points, png: milliseconds" \
    [bench::figure - "4 x 5,000 points, png" weir milliseconds] <= 100
bench::end
