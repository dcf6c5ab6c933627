# Two senders commanded from one script.  Each runs a daemon, as `weir itgsend -Q` or
# D-ITG's `ITGSend -Q` on other hosts would; here both are in this process, on loopback.
# The script tells each what to send to one receiver, learns when it has ended or why it
# failed, and shows what arrived.  Three seconds.
# Needs no privileges and no display.
#
#   ./build.sh run examples/remote.tcl ?DIRECTORY?
#
# Logs go to DIRECTORY, or to ./weir-remote.

package require weir
namespace import -force ::weir::*

set results [file normalize [lindex [concat $argv weir-remote] 0]]
file mkdir $results

receiver create sink -listen 127.0.0.1:0
sink start
set signalPort [lindex [split [dict get [sink stats] listen] :] end]

# The hosts that send.  On another one: weir itgsend -Q -listen ADDRESS -allow OURS -l FILE.
foreach {host firstId} {east 1 west 101} {
    flow daemon create $host -listen 127.0.0.1:0 -firstid $firstId \
        -flowoptions [list -log [file join $results $host.log]]
    $host start
}

# The one that commands.
foreach {host remote} {east toEast west toWest} {
    flow remote create $remote -to [dict get [$host stats] listen] -command told
}
proc told {remote event command} {
    dict with command {
        puts [format "%-8s %-9s %s" $remote $event [string map [list "$::place " ""] $command]]
        if {$event eq "failed"} {
            puts "         $reason"
        }
    }
}

# ITGSend's words say what to send; with -rp 0 the receiver chooses the port.
set place "-a 127.0.0.1 -Sdp $signalPort -rp 0"
toEast send "$place -T UDP -C 100 -c 172 -t 2000"
toWest send "$place -T TCP -E 200 -c 1000 -t 1500 -d 500"
toWest send "$place -T UDP -C fast"
foreach remote {toEast toWest} {
    try {
        $remote wait -timeout 20
    } trap {WEIR FLOW PEER} message {
        puts "\n$remote: $message"
    }
}
foreach host {east west} {
    $host stop
}
sink stop

puts "\nAt the receiver\n[sink flows -format text]"
foreach host {east west} {
    puts "\n[log summary [file join $results $host.log] -format text]"
}
