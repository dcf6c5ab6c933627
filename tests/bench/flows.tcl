# Many flows at once: one process sends them, another receives them.
#
#   weirsh tests/bench/flows.tcl ?-udp {{1000 100} {10000 10}}? ?-tcp {{1000 100} {5000 20}}?
#          ?-port 8999? ?-readers 1? ?-size 64? ?-seconds 5? ?-rounds 3?
#
# A case is a number of flows and the packets per second of each.  All flows go to one data
# port, or, with -port 0, each to a port of its own.  The figures:
#   sent %      packets that left, of those asked for
#   lost        packets that left and were not received
#   start s     from `flow start` until the flows run
#   close s     from the end of their duration until the last flow is closed in order
#   KiB/flow    growth of the process's memory from before the first flow to its largest,
#               divided by the flows, for sender and receiver; socket buffers are the
#               kernel's and not in it
#   CPU %       of sender and receiver while the flows run; 100 is one core
source [file join [file dirname [info script]] lib.tcl]
bench::begin {-udp {{1000 100} {10000 10}} -tcp {{1000 100} {5000 20}} -port 8999 -readers 1
    -size 64 -seconds 5}

# What both processes know: a figure in KiB of their memory, CPU seconds so far, the next line
# of their input while events are served, and an answer.
set common {
    proc kib {key} {
        set channel [open /proc/self/status]
        regexp "$key:\\s+(\\d+)" [read $channel][close $channel] - value
        return $value
    }
    proc cpu {} {
        set channel [open /proc/self/stat]
        regexp {\) (.*)} [read $channel][close $channel] - fields
        expr {([lindex $fields 11] + [lindex $fields 12]) / 100.0}
    }
    proc command {} {
        fileevent stdin readable {set ::line [gets stdin]}
        vwait ::line
        return $::line
    }
    proc answer {args} {
        puts $args
        flush stdout
    }
    proc seconds {} {
        expr {[clock microseconds] / 1e6}
    }
}
set receiverScript {
    receiver create r {*}[expr {$readers > 1 ? [list -readers $readers] : {}}]
    r start
    set base [kib VmRSS]
    answer ready
    set cpu0 [cpu]
    command
    answer {*}[r stats] cpu [expr {[cpu] - $cpu0}] kib [expr {[kib VmHWM] - $base}]
    command
}
set senderScript {
    flow create warm -to 127.0.0.1:$port -packets 1
    flow start warm
    flow wait warm
    warm destroy
    set base [kib VmRSS]
    for {set i 0} {$i < $flows} {incr i} {
        lappend names [flow create -to 127.0.0.1:$port -proto $proto -rate $pps -duration $seconds \
            -ps "constant $size"]
    }
    set start [seconds]
    flow start {*}$names
    while {[dict get [[lindex $names end] stats] state] in {connecting ready}} {
        after 5 {set go 1}
        vwait go
    }
    set running [seconds]
    set cpu0 [cpu]
    flow wait {*}$names
    set closed [seconds]
    set cpu [expr {[cpu] - $cpu0}]
    set kib [expr {[kib VmHWM] - $base}]
    set packets 0
    dict for {name stats} [flow stats] {
        incr packets [dict get $stats packets]
        lappend late [dict get $stats lateP99]
    }
    answer packets $packets start [expr {$running - $start}] \
        close [expr {$closed - $running - $seconds}] cpu $cpu \
        late [lindex [lsort -real $late] [expr {$flows / 2}]] kib $kib
    command
}

proc child {script variables} {
    global common
    set text $common
    foreach {name value} $variables {
        append text [list set $name $value] \n
    }
    open |[list timeout 120 [info nameofexecutable] -c $text$script 2>@stderr] r+
}

proc ask {channel} {
    if {[gets $channel line] < 0} {
        error "a process died: [catch {close $channel} message] $message"
    }
    return $line
}

proc tell {channel} {
    puts $channel go
    flush $channel
}

# One case: a dict of figures.
proc measure {proto flows pps} {
    global common receiverScript senderScript
    set seconds [bench::option -seconds]
    set receiver [child $receiverScript [list readers [bench::option -readers]]]
    ask $receiver
    set sender [child $senderScript [list flows $flows pps $pps port [bench::option -port] \
        proto $proto seconds $seconds size [bench::option -size]]]
    set sent [ask $sender]
    tell $receiver
    set received [ask $receiver]
    foreach channel [list $sender $receiver] {
        tell $channel
        catch {close $channel}
    }
    set packets [dict get $sent packets]
    dict create sentPercent [expr {100.0 * $packets / ($flows * $pps * $seconds)}] \
        lost [expr {$packets + 1 - [dict get $received packets]}] \
        startS [dict get $sent start] closeS [dict get $sent close] \
        lateP99Us [expr {1e6 * [dict get $sent late]}] \
        senderKib [expr {1.0 * [dict get $sent kib] / $flows}] \
        receiverKib [expr {1.0 * [dict get $received kib] / $flows}] \
        senderCpuPercent [expr {100.0 * [dict get $sent cpu] / $seconds}] \
        receiverCpuPercent [expr {100.0 * [dict get $received cpu] / $seconds}]
}

set tests {}
foreach proto {udp tcp} {
    foreach case [bench::option -$proto] {
        lassign $case flows pps
        dict set tests "$proto, $flows flows x $pps pps" [list $proto $flows $pps]
    }
}
bench::round {
    dict for {test case} $tests {
        bench::sample 2 $test weir [measure {*}$case]
    }
}
dict for {test -} $tests {
    bench::check 2 "$test: sent, percent" [bench::figure 2 $test weir sentPercent] >= 100
    bench::check 2 "$test: lost" [bench::figure 2 $test weir lost] <= 0
    foreach {figure who} {senderKib sender receiverKib receiver} {
        bench::check 2 "$test: KiB per flow of the $who" [bench::figure 2 $test weir $figure] <= 16
    }
}
bench::end
