# The application models side by side: for each how many packets and bits a second it sends, and
# how its gaps and sizes are distributed - by formula, and in a thousand packets that a flow of it
# would send.  Nothing is sent.
#
#   ./build.sh run examples/models.tcl ?DIRECTORY?
#
# Results go to DIRECTORY, or to ./weir-models.

package require weir
namespace import -force ::weir::*

set results [file normalize [lindex [concat $argv weir-models] 0]]
file mkdir $results

# The points of a cumulative distribution: a quantile for each half percent.
proc points {spec} {
    set xs {}
    set ys {}
    for {set p 0.005} {$p < 1} {set p [expr {$p + 0.005}]} {
        lappend xs [dist quantile $spec $p]
        lappend ys $p
    }
    list $xs $ys
}

proc differences {times} {
    lmap before [lrange $times 0 end-1] after [lrange $times 1 end] {expr {$after - $before}}
}

foreach {file title label unit scale} {
    gaps  "Time between packets" gap  s log
    sizes "Packet sizes"         size B linear
} {
    plot create $file -title $title -xlabel $label -xunit $unit -xscale $scale
    $file panel 1 -ylabel "share (formula)" -ymin 0 -ymax 1
    $file panel 2 -ylabel "share (1000 packets)" -ymin 0 -ymax 1
}
gaps configure -xmin 1e-4 -xmax 10
sizes configure -xmin 0

puts [format "%-8s %12s %10s %10s" model packets/s bytes kbit/s]
foreach name [flow model] {
    set model [flow model $name]
    flow create f -to 127.0.0.1 -seed 2026 -duration 0 {*}$model
    set preview [flow preview f 1000]
    f destroy
    set between [differences [dict get $preview time]]
    set sizes [dict get $preview size]
    set rate [expr {[llength $between] / [tcl::mathop::+ {*}$between]}]
    set bytes [expr {[tcl::mathop::+ {*}$sizes] / double([llength $sizes])}]
    puts [format "%-8s %12.2f %10.1f %10.2f" $name $rate $bytes [expr {8e-3 * $rate * $bytes}]]
    foreach {figure option values} [list gaps -idt $between sizes -ps $sizes] {
        lassign [points [dict get $model $option]] xs ys
        $figure add -panel 1 -label $name -x $xs -y $ys
        lassign [points [list empirical $values]] xs ys
        $figure add -panel 2 -label $name -x $xs -y $ys
    }
}
foreach figure {gaps sizes} {
    puts "Picture: [$figure export [file join $results $figure.png]]"
}
