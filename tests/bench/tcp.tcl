# TCP: bulk in writes of 64,000 bytes, and small writes of 512 bytes, as fast as it goes.
#
#   weirsh tests/bench/tcp.tcl ?-seconds 1.5? ?-rounds 3?
#
# Goodput is what the receivers' sockets got, as the kernel counts it; packets/s are writes.
# Nothing is logged.  Weir and ITG put a number and a time into each packet and take them out
# again; iperf3 and nuttcp move bytes only.
source [file join [file dirname [info script]] lib.tcl]
source [file join [file dirname [info script]] traffic.tcl]
bench::begin {-seconds 1.5}

bench::round {
    foreach {size test tools} {
        64000 "TCP bulk, 64000 B"  {weir iperf3 nuttcp itg}
        512   "TCP small, 512 B"   {weir itg iperf3}
    } {
        foreach tool $tools {
            bench::sample 5 $test $tool [bench::traffic $tool \
                [dict create proto tcp size $size seconds [bench::option -seconds]]]
        }
    }
}
bench::check 5a "TCP bulk: weir of iperf3" \
    [bench::ratio 5 "TCP bulk, 64000 B" weir iperf3 goodputMbit] >= 1.0
bench::check 5b "TCP small writes: weir of ITGSend" \
    [bench::ratio 5 "TCP small, 512 B" weir itg goodputMbit] >= 3
bench::end
