# A window that follows two flows while they run: the bit rate that each sends, and how much
# later than planned its packets leave.  One is a telephone call, the other bursts; half way
# the script doubles the rate of the call.
#
#   ./build.sh run examples/live.tcl ?-seconds N? ?-to DIRECTORY?
#
# At the end the picture goes to DIRECTORY, or to ./weir-live, and the script ends when the
# window is closed.  Without a display, or without Tk, the picture is all that is seen.

package require weir
namespace import -force ::weir::*

if {$argc % 2 == 1} {
    puts stderr "use live.tcl ?-seconds N? ?-to DIRECTORY?"
    exit 2
}
set options [dict merge {-seconds 10 -to weir-live} $argv]
set seconds [dict get $options -seconds]
set results [file normalize [dict get $options -to]]
file mkdir $results

receiver create sink -listen 127.0.0.1:0
sink start
set common [list -to 127.0.0.1:0 -signal [dict get [sink stats] listen] -duration $seconds]
flow create call {*}$common -rate 100pps -ps 172
flow create bursts {*}$common -ps 800 \
    -idt {onoff {exponential 0.4} {exponential 0.4} {exponential 0.005}}

plot create live -title "Two flows, live" -xlabel time -xunit s -xmin 0 -xmax $seconds
live panel 1 -ylabel "sent" -yunit bit/s -ymin 0
live panel 2 -ylabel "late, 99 % of the packets" -yunit s -ymin 0
foreach name {call bursts} {
    live add -label $name -object $name -key bytes -rate 1 -factor 8 -every 200ms
    live add -panel 2 -label $name -object $name -key lateP99
}
try {
    live window
} trap {WEIR PLOT} message {
    puts "No window: $message"
}

flow start
after [expr {round(500 * $seconds)}] {call configure -rate 200pps}
flow wait
sink stop
puts [flow stats -format text]
puts "\nPicture: [live export [file join $results live.png]]"
