# The most that one flow can send, and 100,000 packets/s with both logs.
#
#   weirsh tests/bench/speed.tcl ?-seconds 1.5? ?-long 10? ?-rounds 3?
#          ?-variants {NAME {FLOW OPTIONS} ...}?
#
# "same sink": weir, itg, mgen and the bare sendmmsg loop send to one and the same plain sink,
# so that only the senders differ.  Else each tool has its own receiver, which matters as much:
# a receiver that sleeps is woken by the sender, at the sender's cost.  (The bare loop then
# has the plain sink.)  bareGso is that loop with UDP_SEGMENT.  With both logs, 100,000
# packets/s for -long seconds (0: not) must all be in the receiver's log.
source [file join [file dirname [info script]] lib.tcl]
source [file join [file dirname [info script]] traffic.tcl]
bench::begin {-seconds 1.5 -long 10 -variants {gso {-gso 1}}}

proc maximum {test tools words} {
    set how [dict merge [dict create seconds [bench::option -seconds]] $words]
    foreach tool $tools {
        bench::sample 3 $test $tool [bench::traffic $tool $how]
    }
}

set max "max UDP 64 B"
set steady "100k pps, both logs"
set variants [lmap {name words} [bench::option -variants] {string cat weir: $name}]
bench::round {
    maximum "$max, same sink" {bare bareGso weir itg mgen} {sink bare}
    maximum $max [list weir {*}$variants iperf3 itg nuttcp mgen] {}
    maximum "$max, both logs" {weir itg mgen} {logs 1}
    maximum "max UDP 1472 B" [list weir {*}$variants bare bareGso iperf3] {size 1472}
}
foreach tool {weir itg mgen iperf3 nuttcp} {
    if {[bench::option -long] == 0} break
    bench::sample 4 $steady $tool \
        [bench::traffic $tool [dict create rate 100000 seconds [bench::option -long] logs 1]]
}

bench::check 3a "$max, same sink: weir of bare sendmmsg" \
    [bench::ratio 3 "$max, same sink" weir bare pps] >= 0.9
bench::check 3b "$max: weir of iperf3" [bench::ratio 3 $max weir iperf3 pps] >= 1.2
bench::check 3c "$max: weir of ITGSend" [bench::ratio 3 $max weir itg pps] >= 1.2
bench::check 3d "$max: weir with both logs of weir without" \
    [bench::quotient [bench::figure 3 "$max, both logs" weir pps] \
        [bench::figure 3 $max weir pps]] >= 0.8
bench::check 4 "$steady: weir's loss in percent" \
    [bench::figure 4 $steady weir lossPercent] <= 0
bench::end
