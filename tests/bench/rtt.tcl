# Round trips through a path of 50 ms at 100 packets/s, so that five packets are under way at
# any time: what ITGDec finds in the sender's log of either.
#
#   weirsh tests/bench/rtt.tcl ?-seconds 5? ?-ms 50? ?-rounds 3?
source [file join [file dirname [info script]] lib.tcl]
bench::begin {-seconds 5 -ms 50}
set env(WEIR_BUILDDIR) $bench::build
source [file join [file dirname [info script]] .. path.tcl]
makePath [expr {[bench::option -ms] / 2.0}]

set weir [file join $bench::build weir]
set programs [dict create weir [list [list $weir itgsend] [list $weir itgrecv]] \
    itg {ITGSend ITGRecv}]

proc measure {tool words} {
    lassign [dict get $::programs $tool] sender receiver
    if {[auto_execok [lindex $sender 0]] eq "" || [auto_execok ITGDec] eq ""} {
        return {}
    }
    set pid [bench::start recv {*}[pathEnd] {*}$receiver]
    bench::until 5 {[string match *Press* [bench::slurp recv.out]]}
    exec {*}$sender -a 10.0.0.2 {*}$words -m rttm -C 100 -c 100 \
        -t [expr {1000 * [bench::option -seconds]}] -l send.log > send.out 2>@1
    bench::stop $pid
    set figures {rttAverageMs ""}
    foreach line [split [exec ITGDec send.log 2>/dev/null] \n] {
        if {[regexp {(Minimum|Average|Maximum) delay += +(\S+)} $line - what seconds]} {
            dict set figures rtt${what}Ms [expr {1e3 * $seconds}]
        }
    }
    dict set figures errorPercent [expr {
        100.0 * ([dict get $figures rttAverageMs] / [bench::option -ms] - 1)}]
}

bench::round {
    foreach tool {weir itg} {
        bench::sample 9 "round trip, UDP" $tool [measure $tool {-T UDP}]
        bench::sample 9 "round trip, TCP" $tool [measure $tool {-T TCP -D}]
    }
}
foreach proto {UDP TCP} {
    bench::check 9 "round trip, $proto: weir's error in percent" \
        [expr {abs([bench::figure 9 "round trip, $proto" weir errorPercent])}] <= 1
}
bench::end
