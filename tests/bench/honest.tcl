# What a run that cannot be as asked says of itself: too many packets asked for, and a core
# shared with a busy neighbour.
#
#   weirsh tests/bench/honest.tcl ?-seconds 3? ?-rounds 1?
#
# The verdict is the one of `flow stats`, which must name the cause.  The first case shows
# what a modest run says on this machine.
source [file join [file dirname [info script]] lib.tcl]
source [file join [file dirname [info script]] traffic.tcl]
bench::begin {-seconds 3 -rounds 1}

# The cause, as doc/flow.n names it; packets/s asked for; busy neighbours on the core.
set cases {
    "modest, 1k pps asked"    {""   1000    0}
    "saturated, 5M pps asked" {cpu  5000000 0}
    "busy, 100k pps asked"    {busy 100000  2}
}

proc judge {case rate neighbours} {
    set pids {}
    set prefix {}
    if {$neighbours > 0} {
        set prefix {taskset -c 0}
    }
    for {set i 0} {$i < $neighbours} {incr i} {
        lappend pids [bench::start neighbour taskset -c 0 sh -c {while :; do :; done}]
    }
    set figures [bench::traffic weir \
        [dict create rate $rate seconds [bench::option -seconds] prefix $prefix]]
    foreach pid $pids {
        bench::stop $pid TERM
    }
    set said [bench::said]
    dict set figures verdict [dict get $said verdict]
    dict set figures cause [dict get $said cause]
    dict set figures errorPercent [expr {100.0 * ([dict get $figures pps] / $rate - 1)}]
}

bench::round {
    dict for {case how} $cases {
        bench::sample 8 $case weir [judge $case {*}[lrange $how 1 end]]
    }
}
dict for {case how} $cases {
    set cause [lindex $how 0]
    if {$cause ne ""} {
        bench::check 8 "$case: the run says that the cause is \"$cause\"" \
            [expr {[bench::text 8 $case weir cause] eq $cause}] >= 1
    }
}
bench::end
