# How exactly packets leave: constant rates beside the other tools, random gaps beside their
# own mean.
#
#   weirsh tests/bench/pacing.tcl ?-seconds 1.5? ?-rates {1000 10000 100000}? ?-law 8?
#          ?-rounds 3? ?-variants {NAME {FLOW OPTIONS} ...}?
#
# Each run sends 64-byte datagrams.  weir and itg log at both ends, and the sender's log gives
# the rate between the first and the last departure, its error, and how far each gap between
# departures is from 1/rate (median and 99th percentile).  The others' rate is what the kernel
# counted in a window.  A variant is weir with further options of `flow create`.
#
# Random gaps run once, for -law seconds (0: not).  Their mean is held to the mean of the
# distribution in standard errors, which come from 64 stretches of the run, so that bursts,
# whose gaps depend on each other, are judged rightly as well.
source [file join [file dirname [info script]] lib.tcl]
source [file join [file dirname [info script]] traffic.tcl]
bench::begin {-seconds 1.5 -law 8 -rates {1000 10000 100000}
    -variants {realtime {-realtime 1 -spin 150us}}}

proc constant {tool rate} {
    set figures [bench::traffic $tool \
        [dict create rate $rate seconds [bench::option -seconds] logs 1]]
    if {$figures eq ""} {
        return {}
    }
    if {[file exists send.log]} {
        return [dict merge $figures [bench::constancy send.log $rate]]
    }
    dict set figures errorPercent [expr {100.0 * ([dict get $figures pps] / $rate - 1)}]
}

# --- Random gaps ---------------------------------------------------------------------------

# Gaps and the words of ITGSend for the same.  (Its bursts are others than these.)
set laws {
    exponential {itg {-E 10000}    weir {exponential 0.0001}}
    pareto      {itg {-V 2.5 0.06} weir {pareto 2.5 0.00006}}
    on/off      {itg {} weir {onoff {exponential 0.02} {exponential 0.02} {exponential 0.0001}}}
}

# The means of 64 stretches of the run, each of the same number of gaps.
proc stretches times {
    set n [expr {([llength $times] - 1) / 64}]
    set means {}
    for {set i 0} {$i < 64} {incr i} {
        lappend means [bench::meanGap [lrange $times [expr {$i * $n}] [expr {($i + 1) * $n}]]]
    }
    return $means
}

# How far the mean of all stretches is from the distribution's.
proc random {tool idt} {
    set test [dict create idt $idt seconds [bench::option -law] logs 1]
    if {[bench::traffic $tool $test] eq ""} {
        return {}
    }
    set means [stretches [bench::departures send.log]]
    set expected [weir::dist mean [dict get $idt weir]]
    set n [llength $means]
    set mean [expr {[tcl::mathop::+ {*}$means] / $n}]
    set squares [tcl::mathop::+ {*}[lmap m $means {expr {($m - $mean) ** 2}}]]
    dict create zScore [expr {abs($mean - $expected) / sqrt($squares / ($n - 1) / $n)}] \
        errorPercent [expr {100.0 * ($mean / $expected - 1)}] pps [expr {1 / $mean}]
}

set tools {weir}
foreach {name words} [bench::option -variants] {
    lappend tools weir:$name
}
bench::round {
    foreach rate [bench::option -rates] {
        foreach tool [concat $tools {itg iperf3 nuttcp mgen}] {
            bench::sample 1 "$rate pps" $tool [constant $tool $rate]
        }
    }
}
dict for {law idt} $laws {
    foreach tool {weir itg} {
        if {[dict get $idt $tool] eq "" || [bench::option -law] == 0} continue
        bench::sample 1 $law $tool [random $tool $idt]
    }
    bench::check 1a "$law: weir's mean gap, standard errors off" \
        [bench::figure 1 $law weir zScore] <= 3
}

foreach rate [bench::option -rates] {
    set error [bench::figure 1 "$rate pps" weir errorPercent]
    bench::check 1b "$rate pps: weir's rate error in percent" [expr {abs($error)}] <= 0.05
    bench::check 1c "$rate pps: p99 of weir's gaps of ITGSend's" \
        [bench::ratio 1 "$rate pps" weir itg deviationP99Us] <= 1
}
bench::check 1d "10000 pps: percent of a core of weir's sender" \
    [bench::figure 1 "10000 pps" weir senderCpuPercent] <= 50
bench::end
