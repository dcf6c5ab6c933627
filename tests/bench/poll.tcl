# What being watched costs: 100 flows whose `flow stats` is asked for 50 times per second,
# beside the same flows unwatched and ITGSend's single flow.
#
#   weirsh tests/bench/poll.tcl ?-seconds 2? ?-rounds 3?
#
# 100 x 100: the rate is all flows' together, the percentiles are the worst flow's.
# 1 x 10k: one flow of 10,000 packets/s logs, and its log is judged as in pacing; the other 99
# send one packet per second.  CPU is the sender's with its Tcl thread.
source [file join [file dirname [info script]] lib.tcl]
source [file join [file dirname [info script]] traffic.tcl]
bench::begin {-seconds 2}

# Flow options, then a list of rates, the first flow's log, and milliseconds between polls.
set sender {
    set words [lassign [lreverse $argv] every log rates]
    set words [lreverse $words]
    foreach rate $rates {
        flow create {*}$words -rate $rate -log $log
        set log ""
    }
    proc poll {every} {
        after $every [list poll $every]
        flow stats -format dict
        incr ::polls
    }
    set polls 0
    flow start
    if {$every} {
        poll $every
    }
    flow wait
    puts [list $polls [flow stats -format dict]]
}

proc watched {rates log every} {
    set seconds [bench::option -seconds]
    set test [dict create seconds $seconds script $::sender arguments [list $rates $log $every]]
    set figures [bench::traffic weir $test]
    lassign [bench::said] polls flows
    set flows [dict values $flows]
    if {$log ne ""} {
        set figures [dict merge $figures [bench::constancy $log [lindex $rates 0]]]
    } else {
        set asked [tcl::mathop::+ {*}$rates]
        set pps [tcl::mathop::+ {*}[lmap flow $flows {dict get $flow packetRate}]]
        dict set figures pps $pps
        dict set figures errorPercent [expr {100.0 * ($pps / $asked - 1)}]
        foreach {figure key} {deviationP50Us idtDevP50 deviationP99Us idtDevP99} {
            set worst [tcl::mathfunc::max {*}[lmap flow $flows {dict get $flow $key}]]
            dict set figures $figure [expr {1e6 * $worst}]
        }
    }
    dict set figures pollsPerSecond [expr {$polls / double($seconds)}]
}

set many [lrepeat 100 100]
set one [list 10000 {*}[lrepeat 99 1]]
bench::round {
    foreach {tool every} {weir 0 "weir polled" 20} {
        bench::sample 7 "100 flows x 100 pps" $tool [watched $many "" $every]
    }
    foreach {tool every} {weir 0 "weir polled" 20} {
        bench::sample 7 "10k pps, 99 beside" $tool [watched $one send.log $every]
    }
    set figures [bench::traffic itg \
        [dict create rate 10000 logs 1 seconds [bench::option -seconds]]]
    if {$figures ne ""} {
        set figures [dict merge $figures [bench::constancy send.log 10000]]
    }
    bench::sample 7 "10k pps, 99 beside" itg $figures
}
foreach test {"100 flows x 100 pps" "10k pps, 99 beside"} {
    bench::check 7a "$test, polled: rate error in percent" \
        [expr {abs([bench::figure 7 $test "weir polled" errorPercent])}] <= 0.05
}
bench::check 7b "10k pps, polled: p99 of weir's gaps of ITGSend's" \
    [bench::ratio 7 "10k pps, 99 beside" "weir polled" itg deviationP99Us] <= 1
bench::end
