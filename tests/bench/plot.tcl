# How long a picture takes: 4 series of 5,000 points (aim: under 100 ms for a PNG) and one of
# a million.  Run: weirsh tests/bench/plot.tcl
package require weir

# A random walk of `n` points as {xs ys}.
proc walk {n} {
    set y 0.0
    for {set i 0} {$i < $n} {incr i} {
        lappend xs [expr {$i * 0.001}]
        lappend ys [set y [expr {$y + rand() - 0.5}]]
    }
    return [list $xs $ys]
}

proc milliseconds {times script} {
    set us [lindex [uplevel 1 [list time $script $times]] 0]
    return [format %8.1f [expr {$us / 1000.0}]]
}

proc report {what figure times folder} {
    foreach format {png svg pdf eps} {
        set file [file join $folder plot.$format]
        $figure export $file
        puts "$what  $format [milliseconds $times {$figure export $file}] ms\
            [format %8d [file size $file]] bytes"
    }
}

set folder [file join [file normalize .] plotbench-[pid]]
file mkdir $folder
expr {srand(1)}
try {
    weir::plot create ::small -title "4 series of 5,000 points" -xlabel time -xunit s
    foreach label {one two three four} {
        lassign [walk 5000] xs ys
        small add -label $label -x $xs -y $ys
    }
    report "4 x 5,000 points     " ::small 10 $folder

    lassign [walk 1000000] xs ys
    weir::plot create ::large -title "a million points" -xlabel time -xunit s
    puts "1,000,000 points added   [milliseconds 1 {large add -label walk -x $xs -y $ys}] ms"
    report "1,000,000 points, line " ::large 3 $folder
    weir::plot create ::cloud -title "a million points" -xlabel time -xunit s
    cloud add -style points -x $xs -y $ys
    report "1,000,000 points, dots " ::cloud 1 $folder
} finally {
    file delete -force $folder
}
