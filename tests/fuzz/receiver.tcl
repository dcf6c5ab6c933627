# Throws garbage at a receiver's signalling and data ports and then asks it to serve a flow.
#
#   weirsh tests/fuzz/receiver.tcl ?-seconds 60? ?-seed N?
#
# A fresh itgrecv and the attack run in namespaces of their own.  Sessions are made of real
# TSP messages with bytes changed, cut off, repeated or replaced; their data ports get random
# datagrams and streams.  Exit status 0: the receiver lived, kept no session or descriptor and
# served a flow in full.  With a sanitized build its findings end the receiver and are shown.
array set options {-seconds 60 -seed "" -inside ""}
if {[catch {array set options $argv}] || [array size options] != 3} {
    puts stderr "usage: receiver.tcl ?-seconds N? ?-seed N?"
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

# --- Messages ---------------------------------------------------------------------------------

# The usual value of a field, or once in twenty times an odd one.
proc usual {values odd} {
    pick [expr {[below 20] ? $values : $odd}]
}

proc sendFlow {} {
    set v6 [pick {0 0 1}]
    set address [expr {$v6 ? [binary format x15c 1] : [usual {\x7f\0\0\1 \0\0\0\0} {\x0a\1\2\3}]}]
    binary format ccccccIca10sa* 3 [usual {1 2 2} {3 4 5 0 9}] [usual 0 {1 7 255}] \
        [usual {1 1 2} {0 3}] [below 256] [usual [expr {$v6 ? 6 : 4}] {4 6 0 255}] \
        [usual {1 1 2 3} {0 -1 2147483647}] [usual {0 0 1 2} {3 255}] \
        [usual noSerial {ttyS0 {} 0123456789abcdef}] \
        [usual {8999 8990 8991 9001 0} {9000 1 -1}] $address
}

proc nameLog {} {
    set name [pick {recv.log ../up.log /etc/passwd . .. {} a/b/c .hidden con\ trol %s%n%s}]
    if {[below 4] == 0} {
        set name [bytes 250]
    }
    binary format ca200 [usual 19 12] $name
}

proc message {} {
    switch [usual {flow flow flow name close} {release connect other junk}] {
        flow    {return [sendFlow]}
        name    {return [nameLog]}
        close   {return [binary format cI [usual 4 17] [usual {1 2 3} 77]]}
        release {return \x0b}
        connect {return \x01}
        other   {return [binary format ca* [below 30] [bytes [below 12]]]}
        junk    {return [bytes [below 300]]}
    }
}

# A session's bytes: mostly well-formed, then spoiled.
proc session {} {
    set text \x01
    for {set n [below 12]} {$n > 0} {incr n -1} {
        append text [message]
    }
    for {set n [pick {0 0 0 0 0 1 3}]} {$n > 0} {incr n -1} {
        set at [below [string length $text]]
        set text [string replace $text $at $at [bytes 1]]
    }
    if {[below 8] == 0} {
        set text [string range $text 0 [below [string length $text]]]
    }
    if {[below 10] == 0} {
        set text [bytes [below 2000]]
    }
    return $text
}

# --- The attack ----------------------------------------------------------------------------------

# Open a connection and send; half are left open for a while.
proc attack {port text} {
    global open count
    if {[catch {socket 127.0.0.1 $port} channel]} return
    incr count
    fconfigure $channel -translation binary -blocking 0
    fileevent $channel readable [list swallow $channel]
    set open($channel) 1
    while {$text ne ""} {
        set piece [below 400]
        if {[catch {puts -nonewline $channel [string range $text 0 $piece]; flush $channel}]} {
            break
        }
        set text [string range $text $piece+1 end]
    }
    if {[below 2]} {
        drop $channel
    } else {
        after [below 300] [list drop $channel]
    }
}

proc swallow channel {
    if {[catch {read $channel}] || [eof $channel]} {
        drop $channel
    }
}

proc drop channel {
    global open
    if {[info exists open($channel)]} {
        unset open($channel)
        catch {close $channel}
    }
}

proc listening {} {
    set channel [open /proc/self/net/tcp6]
    set table [read $channel]
    close $channel
    regexp {:2328 [0-9A-F]+:0000 0A} $table
}

proc wait ms {
    after $ms {set ::woken 1}
    vwait ::woken
}

# Datagrams: random ones, and headers of flows 1 to 3 with random numbers and times.
set datagrams {
    while :; do
        port=$((8990 + RANDOM % 12))
        head -c $((RANDOM % 1500)) /dev/urandom > /dev/udp/127.0.0.1/$port
        printf "\\0\\0\\0\\$((RANDOM % 4))$(printf '\\%o' $((RANDOM % 256)) $((RANDOM % 256)) \
            $((RANDOM % 256)) $((RANDOM % 256)) 0 0 $((RANDOM % 256)) $((RANDOM % 256)) \
            0 $((RANDOM % 256)) $((RANDOM % 256)) $((RANDOM % 256)))" \
            > /dev/udp/127.0.0.1/$port
    done
}

set weir [file join [file dirname [info nameofexecutable]] weir]
set receiver [exec $weir itgrecv > recv.out 2>@1 &]
while {![listening]} {
    wait 20
}
# All that is opened once, by a first flow, is no leak.
exec $weir itgsend -rp 7777 -z 10 2>@1
wait 300
set descriptors [llength [glob /proc/$receiver/fd/*]]
exec bash -c $datagrams >& /dev/null &
set count 0
set end [expr {[clock milliseconds] + 1000 * $options(-seconds)}]
while {[clock milliseconds] < $end && ![catch {exec sh -c "kill -0 $receiver"}]} {
    for {set n [below 10]} {$n >= 0} {incr n -1} {
        attack 9000 [session]
        attack [pick {8999 8990 9001}] [bytes [below 3000]]
    }
    wait [below 20]
}
foreach channel [array names open] {
    drop $channel
}

# --- Is it well? ----------------------------------------------------------------------------------

proc fail {message} {
    puts "$message\n[exec tail -n 60 recv.out]"
    exit 1
}

wait 1500
if {[catch {exec sh -c "kill -0 $receiver"}]} {
    fail "the receiver died after $count connections"
}
set left [expr {[llength [glob /proc/$receiver/fd/*]] - $descriptors}]
if {[catch {exec $weir itgsend -rp 7777 -C 1000 -z 200 -l send.log 2>@1} message]} {
    fail "after $count connections a flow was not served: $message"
}
exec sh -c "kill -INT $receiver"
while {![catch {exec sh -c "kill -0 $receiver"}]} {
    wait 20
}
if {![string match "*Finish with CTRL-C!*" [exec tail -n 5 recv.out]]} {
    fail "the receiver did not end well"
}
if {[glob -nocomplain ../up.log] ne ""} {
    fail "a log was written outside the directory"
}
if {$left > 0} {
    fail "$left descriptors were left open after $count connections"
}
puts "$count connections, the receiver is well"
exit 0
