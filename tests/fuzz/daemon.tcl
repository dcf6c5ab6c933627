# Throws garbage at a sender's daemon and then commands a flow.
#
#   weirsh tests/fuzz/daemon.tcl ?-seconds 60? ?-seed N?
#
# A fresh daemon, a receiver and the attack run in namespaces of their own.  Commands are
# made of every option with usual and odd values, then spoiled, cut off, doubled or replaced
# by random bytes; they come from several ports, and from ::1, which may not.  The
# daemon holds each flow to a quarter of a second, so that flows come and go.  Exit status 0:
# the daemon lived, kept no descriptor, wrote nothing but its log of whole records, took a
# last command, and ended in order.  With a sanitized build its findings end the daemon and
# are shown.
array set options {-seconds 60 -seed "" -inside ""}
if {[catch {array set options $argv}] || [array size options] != 3} {
    puts stderr "usage: daemon.tcl ?-seconds N? ?-seed N?"
    exit 2
}
if {$options(-inside) eq ""} {
    set dir [file join [expr {[info exists env(TMPDIR)] ? $env(TMPDIR) : "/tmp"}] fuzz[pid]]
    file mkdir $dir
    set failed [catch {
        exec unshare -n -m -p -f --kill-child --mount-proc [info nameofexecutable] \
            [file normalize [info script]] {*}$argv -inside $dir >@stdout 2>@stderr
    }]
    file delete -force $dir
    exit $failed
}
cd $options(-inside)
exec ip link set lo up
if {$options(-seed) eq ""} {
    set options(-seed) [expr {[clock microseconds] % 1000000}]
}
expr {srand($options(-seed))}
puts "seed $options(-seed)"

# --- Random things -------------------------------------------------------------------------

proc below n {
    expr {int(rand() * $n)}
}

proc pick list {
    lindex $list [below [llength $list]]
}

proc bytes n {
    set out ""
    for {set i 0} {$i < $n} {incr i} {
        append out [binary format c [below 256]]
    }
    return $out
}

# The usual value of a word, or once in ten times an odd one.
proc usual values {
    pick [expr {[below 10] ? $values : {0 -1 1 1e9 1e308 nan 99999999999999999999 {} x -z %n%s \
        ::1 [exit] $argv ../../etc/passwd /dev/zero 0x10 1.5 65536 fe80::1%lo}}]
}

# --- Commands --------------------------------------------------------------------------------

# Each option with the usual values of its words.
set table {
    -a {127.0.0.1 ::1 127.0.0.2} -rp {8999 9001 0} -sa {127.0.0.1 ::1} -sp {0 7001} -i lo
    -T {UDP TCP ICMP} -m {owdm rttm} -p {0 1 2} -b {0 16 255} -f {0 1 64} -D {} -t {1 100 1000}
    -z {1 5 100} -k {1 2} -d {0 10} -s {0.5 0.1} -poll {} -j {0 1} -Sda 127.0.0.1
    -Sdp {9000 9000 9000 9} -Ssa 127.0.0.1 -Ssp {0 7000} -H {} -q 10 -h {} -Q {} -X {}
    -C {100 1000} -E {100 1000} -O {10 100} -c {10 512 64000} -e 512 -o 512
    -Fp {payload plan missing} -Ft {plan payload} -Fs {plan payload}
    -l stolen.log -x stolen.log -L 127.0.0.1 -sk ttyS0 -rk noSerial
}
set pairs {-U -u -N -n -V -v -Y -y -G -g -W -w}
set models {VoIP Telnet DNS Quake3 CSa CSi {VoIP -x G.711.2 -h RTP -VAD} {-B C 100 C 100}
    {-T SCTP 1 1} {-T DCCP} {-T ICMP 8}}

proc command {} {
    global table pairs models
    set words {-a 127.0.0.1 -z 5 -C 1000}
    for {set n [below 5]} {$n > 0} {incr n -1} {
        switch [below 8] {
            0       {lappend words {*}[pick $models]}
            1       {lappend words [pick $pairs] [usual {1 10 500}] [usual {2 20 600}]}
            default {
                set option [pick [dict keys $table]]
                lappend words $option
                if {[dict get $table $option] ne "" && [below 30]} {
                    lappend words [usual [dict get $table $option]]
                }
            }
        }
    }
    return [spoil [join $words [pick {{ } {  } \t}]]]
}

proc spoil {text} {
    for {set n [pick {0 0 0 0 1 3}]} {$n > 0} {incr n -1} {
        set at [below [string length $text]]
        set text [string replace $text $at $at [bytes 1]]
    }
    switch [below 40] {
        0 {set text [string range $text 0 [below [string length $text]]]}
        1 {append text "\n[bytes [below 50]]"}
        2 {set text [bytes [below 2000]]}
        3 {set text [string repeat "$text " [expr {1 + [below 400]}]]}
        4 {append text \0}
    }
    return $text
}

# --- The attack ----------------------------------------------------------------------------------

# Tcl has no datagrams: shells send them, each from a port and address of its own.  (They
# write a line at a time, so that a newline makes two datagrams of one.)
proc attacker address {
    open [list | bash -c {
        exec 3<>/dev/udp/$0/8998
        while read -r text; do printf %b "$text" >&3; done
    } $address 2> /dev/null] w
}

proc throw {channel text} {
    binary scan $text cu* codes
    set line ""
    foreach code $codes {
        append line \\0[format %03o $code]
    }
    puts $channel $line
    flush $channel
}

proc wait ms {
    after $ms {set ::woken 1}
    vwait ::woken
}

# A file's text; "" until it is there.
proc slurp path {
    if {![file exists $path]} return
    set channel [open $path]
    try {read $channel} finally {close $channel}
}

proc alive {} {
    expr {![catch {exec sh -c "kill -0 $::daemon"}]}
}

# A client that wants a flow; whether it was sent.
proc served {} {
    ::weir::flow remote create r -to 127.0.0.1 -answer 10s
    try {
        r send "-a 127.0.0.1 -z 5 -c 100"
        r wait -timeout 20
        return 1
    } on error message {
        puts $message
        return 0
    } finally {
        r destroy
    }
}

file mkdir files
set channel [open files/plan w]
puts $channel "1\n2\n3"
close $channel
set channel [open files/payload w]
puts -nonewline $channel [bytes 300]
close $channel
set channel [open daemon.tcl w]
puts $channel {
    flow daemon create d -listen {[::]:8998} -allow 127.0.0.0/8 -atonce 40 -files files \
        -flowoptions {-duration 250ms -delay 0 -log fuzz.log}
    d start
    oninterrupt {set end 1}
    puts [dict get [d stats] listen]
    flush stdout
    vwait end
    puts [d stats -format text]
    flush stdout
    d stop
    puts "ended well"
}
close $channel
set weirsh [info nameofexecutable]
set receiver [exec [file join [file dirname $weirsh] weir] itgrecv > recv.out 2>@1 &]
set daemon [exec sh -c "exec $weirsh daemon.tcl > daemon.out 2>&1" &]
while {[slurp daemon.out] eq "" || ![string match Listening* [slurp recv.out]]} {
    wait 20
}
# All that is opened once, by a first flow, is no leak.
served
wait 500
set descriptors [llength [glob /proc/$daemon/fd/*]]
set files [lsort [glob * files/*]]
set attackers [lmap address {127.0.0.1 127.0.0.1 ::1 127.0.0.1} {attacker $address}]
set count 0
set end [expr {[clock milliseconds] + 1000 * $options(-seconds)}]
while {[clock milliseconds] < $end && [alive]} {
    for {set n [below 20]} {$n >= 0} {incr n -1} {
        throw [pick $attackers] [command]
        incr count
    }
    wait [below 20]
}

# --- Is it well? ----------------------------------------------------------------------------------

proc fail {message} {
    puts "$message\n[exec tail -n 60 daemon.out]"
    exit 1
}

foreach channel $attackers {
    catch {close $channel}
}
wait 2000
if {![alive]} {
    fail "the daemon died after $count commands"
}
if {![served]} {
    fail "after $count commands one was not carried out"
}
wait 500
set left [expr {[llength [glob /proc/$daemon/fd/*]] - $descriptors}]
exec sh -c "kill -INT $daemon"
set end [expr {[clock milliseconds] + 60000}]
while {[alive] && [clock milliseconds] < $end} {
    wait 20
}
if {![string match "*ended well*" [slurp daemon.out]]} {
    fail "the daemon did not end well"
}
if {[lsort [glob * files/*]] ne $files} {
    fail "something was written: [glob * files/*]"
}
if {[file size fuzz.log] % 144} {
    fail "the log ends in the middle of a record"
}
if {$left > 0} {
    fail "$left descriptors were left open after $count commands"
}
puts "$count commands, the daemon is well\n[exec tail -n 11 daemon.out]"
exit 0
