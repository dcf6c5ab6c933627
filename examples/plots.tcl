# Every kind of figure, drawn of a simulated router: packets come at random, each needs its
# time, and who comes while another is served waits.  Histogram, distribution functions,
# error bands, bars with whiskers, markers, logarithmic axes, a time axis, a right axis; as
# PNG, SVG and PDF.  Nothing is sent, and one seed makes the same pictures each time.
#
#   ./build.sh run examples/plots.tcl ?DIRECTORY?
#
# Pictures go to DIRECTORY, or to ./weir-plots.

package require weir
namespace import -force ::weir::*

set results [file normalize [lindex [concat $argv weir-plots] 0]]
file mkdir $results
set service 0.001 ;# mean time that a packet needs, in seconds

# How long each of so many packets waits and is served when the router is busy for a share
# LOAD of the time.  Who comes sooner than the one before has left waits for the rest of it.
proc delays {load count seed} {
    global service
    set gaps [dist sample [list exponential [expr {$service / $load}]] $count -seed $seed]
    set needs [dist sample [list exponential $service] $count -seed $seed -stream service]
    set delay 0.0
    lmap gap $gaps need $needs {
        set delay [expr {max(0.0, $delay - $gap) + $need}]
    }
}

proc mean {values} {
    expr {[tcl::mathop::+ {*}$values] / [llength $values]}
}

# --- How delays are distributed: PNG --------------------------------------------------------

plot create distribution -title "Delay in a router" -subtitle "20000 packets at each load" \
    -xlabel delay -xunit s -xmin 0 -xmax 0.02
distribution panel 1 -ylabel "packets in 0.25 ms"
distribution panel 2 -ylabel "share up to"
distribution panel 3 -ylabel "share above" -yscale log -ymin 1e-4
for {set edge 0} {$edge <= 80} {incr edge} {
    lappend edges [expr {0.00025 * $edge}]
}
foreach load {0.5 0.8} {
    set label [format "load %.0f %%" [expr {100 * $load}]]
    set sample [delays $load 20000 1]
    distribution add -panel 1 -label $label -style histogram -bins $edges -y $sample
    distribution add -panel 2 -label $label -style cdf -y $sample
    distribution add -panel 3 -label $label -style survival -y $sample
}
puts "Distribution: [distribution export [file join $results distribution.png] -height 800]"

# --- How the delay grows with the load: SVG -------------------------------------------------

set loads {0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 0.95}
foreach load $loads {
    set runs {}
    for {set run 1} {$run <= 9} {incr run} {
        lappend runs [mean [delays $load 5000 $run]]
    }
    set runs [lsort -real $runs]
    lappend lowest [lindex $runs 0]
    lappend median [lindex $runs 4]
    lappend highest [lindex $runs end]
    lappend theory [expr {$service / (1 - $load)}]
}
plot create growth -title "Delay and load" -subtitle "nine runs of 5000 packets at each load" \
    -xlabel load -xmin 0 -xmax 1
growth panel 1 -ylabel "mean delay" -yunit s -yscale log
growth panel 2 -ylabel "mean delay" -yunit s
growth add -label "median, lowest to highest run" -x $loads -y $median \
    -ylow $lowest -yhigh $highest -marker circle
growth add -label "theory: 1 ms / (1 - load)" -x $loads -y $theory
growth add -panel 2 -label "median, lowest to highest run" -style bars \
    -x [lrange $loads 0 6] -y [lrange $median 0 6] \
    -ylow [lrange $lowest 0 6] -yhigh [lrange $highest 0 6]
puts "Growth: [growth export [file join $results growth.svg] -height 700]"

# --- A day: PDF, and a PNG for a dark screen of high resolution ------------------------------

set midnight [clock scan "2026-11-22 00:00" -gmt 1]
set noise [dist sample {normal 0 0.03} 96 -seed 3]
for {set quarter 0} {$quarter < 96} {incr quarter} {
    set hour [expr {$quarter / 4.0}]
    set load [expr {0.5 - 0.35 * cos(($hour - 3) * acos(-1) / 12) + [lindex $noise $quarter]}]
    lappend times [expr {$midnight + 900 * $quarter}]
    lappend rate [expr {10e6 * $load}]
    # From 10:00 to 11:00 nobody measured it: a gap.
    lappend delay [expr {$hour < 10 || $hour >= 11 ? $service / (1 - $load) : ""}]
}
plot create day -title "A link of 10 Mbit/s on a day" -xscale time -xlabel time -xzone utc \
    -xmin $midnight -xmax [expr {$midnight + 86400}]
day panel 1 -ylabel rate -yunit bit/s -ymin 0 -y2label delay -y2unit s -y2min 0
day add -label rate -style steps -x [concat $times [expr {$midnight + 86400}]] \
    -y [concat $rate [lindex $rate end]]
day add -label delay -axis right -marker circle -x $times -y $delay
puts "Day: [day export [file join $results day.pdf]]"
day configure -look dark
puts "Day, dark: [day export [file join $results day.png] -scale 2]"
