# A flow whose rate climbs in steps and whose packets then shrink, by a schedule that the
# flow carries out itself; beside it one that a script changes by hand.  Four seconds on
# loopback, then what changed when, and a picture of what arrived and what was asked.
# Needs no privileges and no display.
#
#   ./build.sh run examples/steps.tcl ?DIRECTORY?
#
# Results go to DIRECTORY, or to ./weir-steps.

package require weir
namespace import -force ::weir::*

set results [file normalize [lindex [concat $argv weir-steps] 0]]
file mkdir $results
set received [file join $results received.log]
set sent [file join $results sent.log]

receiver create sink -listen 127.0.0.1:0 -log $received -logformat weir
sink start
set common [list -to 127.0.0.1:0 -signal [dict get [sink stats] listen] -duration 4s \
    -seed 2026 -log $sent -logformat weir]

# The rate doubles each second, then the packets become small.
flow create steps {*}$common -rate 250pps -ps 1000
flow schedule steps {
    1s {-rate 500pps}
    2s {-rate 1kpps}
    3s {-rate 2kpps -ps {uniform 64 128}}
}

# This one is changed from here, when a timer of the event loop says so.
flow create byHand {*}$common -rate 1500pps -ps 200 -command told
proc told {name event details} {
    if {$event eq "changed"} {
        puts [format "%s: %s after %.3f s" $name [dict get $details options] \
            [dict get $details time]]
    }
}

after 1500 {byHand configure -idt {exponential 0.005}}
flow start
flow wait
sink stop

puts "\n[flow stats -format text]"
puts "\n[log summary $sent -format text]"

# The packet rate over time, and the steps as they were asked for.
plot create figure -title "Rates that change while flows run" -xlabel time -xunit s
figure panel 1 -ylabel "packet rate" -yunit pkt/s -ymin 0
foreach series [dict get [log series $received -interval 100ms -format dict] flows] {
    set name [lindex {- steps byHand} [dict get $series id]]
    set middles [lmap time [dict get $series time] {expr {$time + 0.05}}]
    figure add -label $name -x $middles -y [dict get $series packetRate]
}
figure add -label "steps, asked" -x {0 1 1 2 2 3 3 4} \
    -y {250 250 500 500 1000 1000 2000 2000}
puts "\nPicture: [figure export [file join $results steps.png]]"
