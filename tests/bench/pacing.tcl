# How exactly a constant rate is kept: itgsend to itgrecv beside stock ITGSend to ITGRecv, the
# same words, turn by turn, in a network namespace of their own.
#
#   weirsh tests/bench/pacing.tcl ?-seconds 5? ?-rates {1000 10000 100000}? ?-rounds 1?
#          ?-options {-poll}?
#
# Each run sends 64-byte UDP packets with logs at both ends.  From the sender's log: the rate
# between the first and the last departure and its error; the deviation of each gap between
# departures from 1/rate, its median and 99th percentile.  From the receiver's log: loss.
# CPU is the user and system time of the sender's process in percent of the time asked for;
# it contains the start of the program.  With several rounds each figure is its median.  The
# last line is all of it as JSON.
array set options {-seconds 5 -rates {1000 10000 100000} -rounds 1 -options {} -inside ""}
if {[catch {array set options $argv} message] || [array size options] != 5} {
    puts stderr "usage: pacing.tcl ?-seconds N? ?-rates LIST? ?-rounds N? ?-options WORDS?"
    exit 2
}
if {$options(-inside) eq ""} {
    set dir [file join [expr {[info exists env(TMPDIR)] ? $env(TMPDIR) : "/tmp"}] pacing[pid]]
    file mkdir $dir
    set status [catch {
        exec unshare -n -m -p -f --kill-child [info nameofexecutable] \
            [file normalize [info script]] {*}$argv -inside $dir >@stdout 2>@stderr
    } message]
    file delete -force $dir
    if {$status} {
        puts stderr "pacing: $message"
    }
    exit $status
}

set weir [file join [file dirname [info nameofexecutable]] weir]
set receivers [list weir [list $weir itgrecv]]
set senders [list weir [list $weir itgsend]]
if {[auto_execok ITGSend] ne ""} {
    lappend receivers stock ITGRecv
    lappend senders stock ITGSend
}
cd $options(-inside)
exec ip link set lo up

proc slurp path {
    set channel [open $path rb]
    try {read $channel} finally {close $channel}
}

# Run one test; answers a dict of figures.
proc measure {kind rate} {
    global options senders receivers
    set receiver [exec {*}[dict get $receivers $kind] -l recv.log > recv.out 2>@1 &]
    while {![regexp {:2328 [0-9A-F]+:0000 0A} [slurp /proc/self/net/tcp6]]} {
        after 20
    }
    set words [list -a 127.0.0.1 -C $rate -c 64 -t [expr {int($options(-seconds) * 1000)}] \
        -l send.log {*}$options(-options)]
    set times [exec bash -c {TIMEFORMAT="%U %S"; time "$@" > send.out 2>&1} bash \
        {*}[dict get $senders $kind] {*}$words 2>@1]
    exec sh -c "kill -INT $receiver"
    while {![catch {exec sh -c "kill -0 $receiver"}]} {
        after 20
    }
    set figures [departures send.log $rate]
    set sent [dict get $figures packets]
    dict set figures loss [expr {100.0 * ($sent - [file size recv.log] / 144) / $sent}]
    lassign [lindex [split $times \n] end] user system
    dict set figures cpu [expr {100.0 * ($user + $system) / $options(-seconds)}]
    file delete send.log recv.log
    return $figures
}

# Rate, error and deviations from the departure stamps of a D-ITG log: hour and minute at
# offsets 16 and 20 of each record, seconds at 128.
proc departures {path rate} {
    set log [slurp $path]
    set packets [expr {[string length $log] / 144}]
    set gap [expr {1.0 / $rate}]
    set deviations {}
    set before ""
    for {set at 0} {$at < 144 * $packets} {incr at 144} {
        binary scan $log @${at}x16ii@[expr {$at + 128}]q hour minute second
        set now [expr {$hour * 3600 + $minute * 60 + $second}]
        if {$before eq ""} {
            set first $now
        } else {
            lappend deviations [expr {abs($now - $before - $gap)}]
        }
        set before $now
    }
    set deviations [lsort -real $deviations]
    set achieved [expr {($packets - 1) / ($now - $first)}]
    dict create packets $packets rate $achieved error [expr {100.0 * ($achieved / $rate - 1)}] \
        p50 [percentile $deviations 0.5] p99 [percentile $deviations 0.99]
}

# In microseconds, of a sorted list of seconds.
proc percentile {sorted p} {
    expr {1e6 * [lindex $sorted [expr {int($p * ([llength $sorted] - 1))}]]}
}

proc median values {
    lindex [lsort -real $values] [expr {([llength $values] - 1) / 2}]
}

set columns {rate error p50 p99 loss cpu}
puts "64-byte UDP for $options(-seconds) s, logs at both ends $options(-options)"
puts [format "%8s %-6s %10s %9s %9s %9s %8s %7s" asked sender achieved "error %" \
    "p50 us" "p99 us" "loss %" "CPU %"]
set json {}
foreach rate $options(-rates) {
    foreach round [lrepeat $options(-rounds) -] {
        foreach kind [dict keys $senders] {
            set figures [measure $kind $rate]
            foreach column $columns {
                lappend seen($kind,$rate,$column) [dict get $figures $column]
            }
        }
    }
    foreach kind [dict keys $senders] {
        set row [lmap column $columns {median $seen($kind,$rate,$column)}]
        puts [format "%8s %-6s %10.1f %9.3f %9.1f %9.1f %8.3f %7.1f" $rate $kind {*}$row]
        lappend json [format "{\"asked\":%s,\"sender\":\"%s\",\"rate\":%.3f,\"errorPercent\":%.5f,\
            \"deviationP50Us\":%.2f,\"deviationP99Us\":%.2f,\"lossPercent\":%.4f,\
            \"cpuPercent\":%.2f}" $rate $kind {*}$row]
    }
}
puts "\[[join $json ,]\]"
