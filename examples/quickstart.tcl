# A whole experiment on loopback: a receiver and three flows of different kinds for about
# five seconds, progress while they run, the summary of what arrived, and a picture.
# Needs no privileges and no display.
#
#   ./build.sh run examples/quickstart.tcl ?DIRECTORY?
#
# Results go to DIRECTORY, or to ./weir-quickstart.

package require weir
namespace import -force ::weir::*

set results [file normalize [lindex [concat $argv weir-quickstart] 0]]
file mkdir $results
set received [file join $results received.log]

# The receiver listens on a port of the kernel's choice and records every packet.
receiver create sink -listen 127.0.0.1:0 -log $received -logformat weir
sink start
set signal [dict get [sink stats] listen]

# Three flows.  Port 0 lets the receiver choose the data ports; one seed makes the run
# repeatable.  Inter-departure times are in seconds, sizes in bytes.
set common [list -to 127.0.0.1:0 -signal $signal -duration 5s -seed 2026]
flow create voice {*}$common -proto udp -rate 100pps -ps 172
flow create video {*}$common -proto udp -ps {normal 1100 150} \
    -idt {onoff {exponential 0.3} {exponential 0.2} {exponential 0.002}}
flow create web {*}$common -proto tcp -nodelay 1 -idt {exponential 0.01} \
    -ps {pareto 1.5 500}

flow start

proc progress {} {
    set line [format "%4.1f s" [expr {([clock milliseconds] - $::begun) / 1000.0}]]
    foreach name [flow names] {
        set stats [$name stats]
        append line [format "   %s %5d packets %7.3f Mbit/s" $name \
            [dict get $stats packets] [expr {[dict get $stats bitRate] / 1e6}]]
    }
    puts $line
    set ::ticking [after 1000 progress]
}
set begun [clock milliseconds]
set ticking [after 1000 progress]
flow wait
after cancel $ticking
sink stop

puts "\nSent:\n[flow stats -format text]"
puts "\nReceived:\n[log summary $received -format text]"

# Bit rate and delay over time, one line per flow.
plot create figure -title "Three flows on loopback" -xlabel time -xunit s
figure panel 1 -ylabel "bit rate" -yunit bit/s -ymin 0
figure panel 2 -ylabel "one-way delay" -yunit s -ymin 0
foreach {id name} {1 voice 2 video 3 web} {
    figure add -panel 1 -label $name -log $received -flow $id -key bitRate
    figure add -panel 2 -label $name -log $received -flow $id -key delay
}
puts "\nPicture: [figure export [file join $results quickstart.png]]"
puts "Records: $received"
