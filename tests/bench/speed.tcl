# The most that one flow of 64-byte datagrams can send, and 100,000 packets/s with both logs.
#
#   weirsh tests/bench/speed.tcl ?-seconds 2? ?-long 10? ?-rounds 3?
#          ?-variants {NAME {FLOW OPTIONS} ...}?
#
# Unlogged, weir, itg, mgen and the bare sendmmsg loop send to one and the same plain sink, so
# that only the senders differ; iperf3 and nuttcp know their own servers only.  With logs each
# tool has its own receiver, and 100,000 packets/s must all be in the receiver's log.
source [file join [file dirname [info script]] lib.tcl]
source [file join [file dirname [info script]] traffic.tcl]
bench::begin {-seconds 2 -long 10}

set seconds [bench::option -seconds]
set max "max UDP 64 B"
set steady "100k pps, [bench::option -long] s"
bench::round {
    foreach tool {bare weir itg mgen} {
        bench::sample 3 $max $tool \
            [bench::traffic $tool [dict create seconds $seconds sink bare]]
    }
    foreach tool {iperf3 nuttcp} {
        bench::sample 3 $max $tool [bench::traffic $tool [dict create seconds $seconds]]
    }
    foreach tool {weir itg} {
        foreach {logs what} {0 "own receiver" 1 "both logs"} {
            bench::sample 3 "$max, $what" $tool \
                [bench::traffic $tool [dict create seconds $seconds logs $logs]]
        }
    }
}
foreach tool {weir itg mgen iperf3 nuttcp} {
    bench::sample 4 $steady $tool \
        [bench::traffic $tool [dict create rate 100000 seconds [bench::option -long] logs 1]]
}

bench::check 3a "$max: weir of bare sendmmsg" [bench::ratio 3 $max weir bare pps] >= 0.9
bench::check 3b "$max: weir of iperf3" [bench::ratio 3 $max weir iperf3 pps] >= 1.2
bench::check 3c "$max: weir of ITGSend" [bench::ratio 3 $max weir itg pps] >= 1.2
bench::check 3d "$max: weir with both logs of weir without" \
    [bench::quotient [bench::figure 3 "$max, both logs" weir pps] \
        [bench::figure 3 "$max, own receiver" weir pps]] >= 0.8
bench::check 4 "$steady, both logs: weir's loss in percent" \
    [bench::figure 4 $steady weir lossPercent] <= 0
bench::end
