# How long a test goes on after its last packet: many flows to one port, both logs.  A stock
# receiver needs a second for each flow that ends.
#
#   weirsh tests/bench/ending.tcl ?-flows 100? ?-seconds 5? ?-stock 1? ?-rounds 1?
source [file join [file dirname [info script]] lib.tcl]
bench::begin {-flows 100 -seconds 5 -stock 1 -rounds 1}
set weir [file join $bench::build weir]

# The records of a D-ITG log: how many, and the latest departure in microseconds of the day.
proc log {file} {
    set data [bench::slurp $file]
    set latest 0
    for {set at 0} {$at < [string length $data]} {incr at 144} {
        binary scan $data "@[expr {$at + 16}]ii x104 q" hour minute second
        set latest [expr {max($latest, ($hour * 60 + $minute) * 60000000 + round($second * 1e6))}]
    }
    list [expr {[string length $data] / 144}] $latest
}

proc measure {sender receiver} {
    if {[auto_execok [lindex $sender 0]] eq ""} {
        return {}
    }
    set script [open flows w]
    puts -nonewline $script [string repeat "-C 100 -c 100 -t [expr {
        1000 * [bench::option -seconds]}]\n" [bench::option -flows]]
    close $script
    set pid [bench::start recv {*}$receiver -l recv.log]
    bench::until 5 {[string match *Press* [bench::slurp recv.out]]}
    exec {*}$sender flows -l send.log > send.out 2>@1
    set ended [expr {[clock microseconds] % 86400000000}]
    bench::stop $pid
    lassign [log send.log] sent last
    lassign [log recv.log] received
    dict create closeS [expr {($ended - $last) / 1e6}] lost [expr {$sent - $received}]
}

set test "[bench::option -flows] flows of [bench::option -seconds] s"
bench::round {
    bench::sample 10 $test weir [measure [list $weir itgsend] [list $weir itgrecv]]
    if {[bench::option -stock]} {
        bench::sample 10 $test itg [measure ITGSend ITGRecv]
    }
}
bench::check 10 "$test: from weir's last packet to its end, seconds" \
    [bench::figure 10 $test weir closeS] <= 1
bench::check 10 "$test: lost" [bench::figure 10 $test weir lost] <= 0
bench::end
