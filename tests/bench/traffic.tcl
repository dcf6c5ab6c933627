# One run of one tool on loopback, watched from outside: what the kernel counted and what the
# tool's processes used during a window in the middle of the run.  No tool's own report is
# needed.
#
#   bench::traffic TOOL TEST    answers a dict of figures, {} when the tool is not here
#
# TEST is a dict:
#   proto    udp or tcp
#   rate     packets/s; 0: as fast as it goes
#   size     payload bytes of a packet, or of a write
#   seconds  how long to send
#   logs     1: both ends log every packet (weir, itg, mgen)
#   sink     own: the tool's receiver; bare: the plain loop `bare sink`, the same for weir,
#            itg, mgen and bare.  weir and itg then signal to a Weir receiver whose data port is
#            elsewhere, so that it sees none of the packets.
#   options  further options of `flow create`
#   prefix   words before the sender's, such as {taskset -c 0}
#   script   what Weir's sender runs; argv are these options and then `arguments`
#   idt      words of ITGSend and a distribution of Weir instead of the rate
#
# The tool weir:NAME is weir with the options that bench's -variants has for NAME.
namespace eval bench {
    variable unlimited 5000000 ;# packets/s, for tools that want a number
    variable defaults {
        proto udp rate 0 size 64 seconds 2 logs 0 sink own options {} prefix {} idt {}
        script {} arguments {}
    }
    variable programs {weir sh itg ITGSend iperf3 iperf3 nuttcp nuttcp mgen mgen bare sh bareGso sh}

    # A Weir at either end that does as its words say, and tells its figures at the end.
    variable sender {
        flow create f {*}$argv
        f start
        f wait
        puts [f stats -format dict]
    }
    variable receiver {
        receiver create r {*}$argv
        r start
        oninterrupt {set end 1}
        vwait end
        r stop
        puts [r stats -format dict]
    }
}

proc bench::here tool {
    variable programs
    set program [dict get $programs [lindex [split $tool :] 0]]
    expr {[auto_execok $program] ne ""}
}

proc bench::traffic {tool test} {
    variable defaults
    if {![here $tool]} {
        return {}
    }
    lassign [split $tool :] kind variant
    set test [dict merge $defaults $test]
    if {$variant ne ""} {
        dict set test options [dict get [option -variants] $variant]
    }
    set how [bench::Tool::$kind $test]
    file delete send.log recv.log
    set receivers [lmap {port words} [dict get $how receivers] {
        set pid [start receiver$port {*}$words]
        if {![until 5 {[Listening $port]}]} {
            error "$tool: nobody listens on $port: [slurp receiver$port.out]"
        }
        set pid
    }]
    set before [Counters]
    set pid [start sender {*}[dict get $test prefix] {*}[dict get $how sender]]
    set figures [Window $pid [lindex $receivers 0] $test $before]
    if {($kind eq "mgen" && ![dict get $test rate]) || ![until 3 {![alive $pid]}]} {
        stop $pid KILL ;# mgen that is asked too much never ends
    }
    after 100
    foreach receiver [lreverse $receivers] {
        stop $receiver
    }
    dict set figures lossPercent [Loss $before [Counters] $test]
    return $figures
}

# A port of TCP that is listened on, or of UDP that is bound.
proc bench::Listening port {
    foreach {table state} {tcp 0A tcp6 0A udp 07 udp6 07} {
        if {[regexp [format {:%04X [0-9A-F]+:0000 %s} $port $state] \
                [slurp /proc/self/net/$table]]} {
            return 1
        }
    }
    return 0
}

# Datagrams sent, and dropped at full buffers, in this network namespace since it was made,
# both families.  (A message that UDP_SEGMENT cuts counts once when it is sent, and as many
# datagrams when it has arrived.)
proc bench::Counters {} {
    set udp [lindex [regexp -all -inline -line {^Udp: .*} [slurp /proc/self/net/snmp]] 1]
    lassign $udp - in - - out drops
    foreach {name counter} {in Udp6InDatagrams out Udp6OutDatagrams drops Udp6RcvbufErrors} {
        regexp "$counter\\s+(\\d+)" [slurp /proc/self/net/snmp6] - count
        incr $name $count
    }
    dict create sent [expr {max($out, $in + $drops)}] dropped $drops
}

# Bytes that receivers of all TCP connections have got.
proc bench::Received {} {
    set total 0
    foreach {- bytes} [regexp -all -inline {bytes_received:(\d+)} [exec ss -tinH]] {
        incr total $bytes
    }
    return $total
}

# What has passed by now: packets or bytes, on processors, and when.
proc bench::Now {sender receiver test} {
    dict create passed [expr {[dict get $test proto] eq "udp"
            ? [dict get [Counters] sent] : [Received]}] \
        us [clock microseconds] sender [cpuNs $sender] receiver [cpuNs $receiver]
}

proc bench::Window {sender receiver test before} {
    set udp [expr {[dict get $test proto] eq "udp"}]
    set base [expr {$udp ? [dict get $before sent] + 50 : 100000}]
    if {![until 5 {[dict get [Now $sender $receiver $test] passed] > $base}]} {
        error "nothing is sent: [slurp sender.out]"
    }
    after 200
    set a [Now $sender $receiver $test]
    after [expr {int(1000 * [dict get $test seconds]) - 600}]
    set b [Now $sender $receiver $test]
    if {![alive $sender]} {
        error "the sender ended too early: [slurp sender.out]"
    }
    foreach key {passed us sender receiver} {
        set $key [expr {double([dict get $b $key] - [dict get $a $key])}]
    }
    if {!$udp} {
        set bytes $passed
        set passed [expr {$bytes / [dict get $test size]}]
        dict set figures goodputMbit [expr {8 * $bytes / $us}]
    }
    dict set figures pps [expr {1e6 * $passed / $us}]
    dict set figures senderCpuPercent [expr {$sender / $us / 10}]
    dict set figures receiverCpuPercent [expr {$receiver / $us / 10}]
    dict set figures senderNs [expr {$sender / $passed}]
    dict set figures receiverNs [expr {$receiver / $passed}]
}

# Percent of what was sent that a full socket buffer dropped, or that lacks in the receiver's
# log.
proc bench::Loss {before after test} {
    if {[dict get $test proto] ne "udp"} {
        return ""
    }
    set sent [expr {[dict get $after sent] - [dict get $before sent]}]
    set lost [expr {[dict get $after dropped] - [dict get $before dropped]}]
    if {[file exists send.log] && [file exists recv.log]} {
        set sent [Records send.log]
        set lost [expr {$sent - [Records recv.log]}]
    }
    expr {100.0 * $lost / max($sent, 1)}
}

# In D-ITG's format.
proc bench::Records path {
    expr {[file size $path] / 144}
}

# What a Weir sender said at its end: the value of its script's last line.
proc bench::said {} {
    lindex [split [string trim [slurp sender.out]] \n] end
}

# --- The sender's log, in D-ITG's format ----------------------------------------------------

# Departures in seconds of the day: hour and minute at offsets 16 and 20 of each record of 144
# bytes, seconds at 128.
proc bench::departures path {
    set log [slurp $path]
    set times {}
    for {set at 0} {$at + 144 <= [string length $log]} {incr at 144} {
        binary scan $log @${at}x16ii@[expr {$at + 128}]q hour minute second
        lappend times [expr {$hour * 3600 + $minute * 60 + $second}]
    }
    return $times
}

# Seconds between departures, on average.
proc bench::meanGap times {
    expr {([lindex $times end] - [lindex $times 0]) / ([llength $times] - 1)}
}

# How a constant rate was kept: achieved rate, its error, deviation of gaps from 1/rate.
proc bench::constancy {path rate} {
    set times [departures $path]
    set off {}
    set before [lindex $times 0]
    foreach now [lrange $times 1 end] {
        lappend off [expr {abs($now - $before - 1.0 / $rate)}]
        set before $now
    }
    set off [lsort -real $off]
    set achieved [expr {1 / [meanGap $times]}]
    dict create pps $achieved errorPercent [expr {100.0 * ($achieved / $rate - 1)}] \
        deviationP50Us [expr {1e6 * [percentile $off 0.5]}] \
        deviationP99Us [expr {1e6 * [percentile $off 0.99]}]
}

# --- The tools: each answers the words of its receivers, {PORT WORDS ...}, and its sender

namespace eval bench::Tool {}

proc bench::Tool::bare {test {how send}} {
    variable ::bench::build
    set bare [file join $build tests bench bare]
    dict with test {}
    dict create receivers [BareSink] sender [list $bare $how 127.0.0.1 8999 $size $seconds]
}

proc bench::Tool::bareGso test {
    bare $test gso
}

proc bench::Tool::BareSink {} {
    list 8999 [list [file join $::bench::build tests bench bare] sink 127.0.0.1 8999]
}

proc bench::Tool::weir test {
    variable ::bench::sender
    variable ::bench::weirsh
    variable ::bench::unlimited
    dict with test {}
    set words [list -to 127.0.0.1 -proto $proto -ps $size -duration $seconds {*}$options]
    if {$idt ne ""} {
        lappend words -idt [dict get $idt weir]
    } elseif {$script eq ""} {
        lappend words -rate [expr {$rate ? $rate : $unlimited}]
    }
    if {$logs} {
        lappend words -log send.log
    }
    if {$script eq ""} {
        set script $sender
    }
    dict create receivers [WeirReceiver $test] \
        sender [list $weirsh -c $script {*}$words {*}$arguments]
}

# It listens to signalling on 9000.  The bare sink, if asked, has the data port.
proc bench::Tool::WeirReceiver test {
    variable ::bench::receiver
    variable ::bench::weirsh
    set words [list $weirsh -c $receiver]
    if {[dict get $test sink] eq "bare"} {
        return [list {*}[BareSink] 9000 [concat $words -bind 127.0.0.2]]
    }
    list 9000 [concat $words [expr {[dict get $test logs] ? {-log recv.log} : ""}]]
}

proc bench::Tool::itg test {
    variable ::bench::unlimited
    dict with test {}
    set words [list ITGSend -a 127.0.0.1 -T [string toupper $proto] -c $size \
        -t [expr {int(1000 * $seconds)}]]
    if {$idt ne ""} {
        lappend words {*}[dict get $idt itg]
    } else {
        lappend words -C [expr {$rate ? $rate : $unlimited}]
    }
    set receivers [list 9000 ITGRecv]
    if {$sink eq "bare"} {
        set receivers [WeirReceiver $test]
    } elseif {$logs} {
        lappend words -l send.log
        lset receivers 1 {ITGRecv -l recv.log}
    }
    dict create receivers $receivers sender $words
}

# One process is both ends' server; -b 0 is no limit, also of UDP.
proc bench::Tool::iperf3 test {
    dict with test {}
    set words [list iperf3 -c 127.0.0.1 -t [expr {int(ceil($seconds))}] -l $size]
    if {$proto eq "udp"} {
        lappend words -u -b [expr {$rate * $size * 8}]
    }
    dict create receivers {5201 {iperf3 -s -1}} sender $words
}

proc bench::Tool::nuttcp test {
    dict with test {}
    set words [list nuttcp -T[expr {int(ceil($seconds))}] -l$size]
    if {$proto eq "udp"} {
        lappend words -u -R[expr {$rate ? "${rate}p" : "u"}]
    }
    dict create receivers {5000 {nuttcp -S --nofork}} sender [concat $words 127.0.0.1]
}

# Its own log is text with a line per packet.
proc bench::Tool::mgen test {
    variable ::bench::unlimited
    dict with test {}
    set receivers [list 8999 \
        [list mgen port 8999 output [expr {$logs ? "mgen.log" : "/dev/null"}]]]
    if {$sink eq "bare"} {
        set receivers [BareSink]
    }
    set words [list mgen event "ON 1 UDP DST 127.0.0.1/8999 PERIODIC\
        \[[expr {$rate ? $rate : $unlimited}] $size\]" event "[format %.1f $seconds] OFF 1"]
    dict create receivers $receivers sender \
        [concat $words [expr {$logs ? {output mgensend.log txlog} : {output /dev/null}}]]
}
