# Throws garbage at a log server's signalling and data ports and then asks it for a log.
#
#   weirsh tests/fuzz/logserver.tcl ?-seconds 60? ?-seed N?
#
# A fresh itglog and the attack run in namespaces of their own.  Clients make real requests
# with bytes changed, cut off or replaced; records, spoiled ones and random bytes go to the
# data ports by both transports.  Exit status 0: the server lived, kept no descriptor, wrote
# nothing outside its directory, only whole records inside it, and a last log in full.  With
# a sanitized build its findings end the server and are shown.
array set options {-seconds 60 -seed "" -inside ""}
if {[catch {array set options $argv}] || [array size options] != 3} {
    puts stderr "usage: logserver.tcl ?-seconds N? ?-seed N?"
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

proc spoil {text} {
    for {set n [pick {0 0 0 0 0 1 3}]} {$n > 0} {incr n -1} {
        set at [below [string length $text]]
        set text [string replace $text $at $at [bytes 1]]
    }
    if {[below 10] == 0} {
        set text [string range $text 0 [below [string length $text]]]
    }
    return $text
}

proc request {} {
    set name [usual {a.log b.log c.log /tmp/ITGSend.log} \
        {../up.log /etc/passwd . .. {} a/b/c .hidden con\ trol %s%n%s itglog.out}]
    if {[below 10] == 0} {
        set name [bytes 250]
    }
    binary format cca2a200 [usual {1 2} {0 3 -1}] [below 256] {} $name
}

proc record {} {
    set words {}
    foreach {values odd} {
        {1 2} -1  {1 2 3} -1  5000 70000  8999 -1  3600 90000  5 2000000
        {3600 3601} -1  7 -1  {100 512} -1
    } {
        lappend words [usual $values $odd]
    }
    binary format I9a46a46@144 $words [usual {127.0.0.1 ::1} {{} x %n}] \
        [usual {127.0.0.1 fe80::1%lo} [list [bytes 46]]]
}

proc batch {} {
    set text ""
    for {set n [below 60]} {$n >= 0} {incr n -1} {
        append text [record]
    }
    spoil $text
}

# --- The attack ----------------------------------------------------------------------------------

proc connect {port ready} {
    global open count
    if {[catch {socket 127.0.0.1 $port} channel]} return
    incr count
    fconfigure $channel -translation binary -blocking 0
    fileevent $channel readable [list {*}$ready $channel]
    set open($channel) 1
    return $channel
}

# A client: its request in pieces, then records to the port that it is given.
proc client {} {
    set channel [connect 9001 answered]
    if {$channel eq ""} return
    set text [spoil [request]]
    if {[below 20] == 0} {
        set text [bytes [below 2000]]
    }
    set tcp [string match \1* $text]
    set ::transport($channel) $tcp
    set cut [below 204]
    write $channel [string range $text 0 $cut-1]
    write $channel [string range $text $cut end]
    after [below 400] [list hangUp $channel]
}

proc write {channel text} {
    catch {puts -nonewline $channel $text; flush $channel}
}

proc answered channel {
    global transport
    if {[catch {read $channel} text] || [eof $channel]} {
        drop $channel
        return
    }
    if {[binary scan [string range $text end-3 end] Iu port] && $port > 9002 && $port < 10004} {
        if {$transport($channel)} {
            set data [connect $port swallow]
            if {$data ne ""} {
                write $data [batch]
                write $data [pick [list [batch] [bytes [below 3000]]]]
                after [below 300] [list drop $data]
            }
        } else {
            datagram $port [batch]
        }
    }
}

# Through a program: Tcl has no datagrams.
proc datagram {port text} {
    set file [open datagram w]
    fconfigure $file -translation binary
    puts -nonewline $file $text
    close $file
    catch {exec bash -c "dd if=datagram bs=65536 status=none > /dev/udp/127.0.0.1/$port"}
}

# Some end their logs, with one byte or many; some just go.
proc hangUp channel {
    global open
    if {[info exists open($channel)]} {
        write $channel [bytes [below 300]]
        drop $channel
    }
}

proc swallow channel {
    if {[catch {read $channel}] || [eof $channel]} {
        drop $channel
    }
}

proc drop channel {
    global open transport
    if {[info exists open($channel)]} {
        unset open($channel)
        unset -nocomplain transport($channel)
        catch {close $channel}
    }
}

proc listening {} {
    set channel [open /proc/self/net/tcp6]
    set table [read $channel]
    close $channel
    regexp {:2329 [0-9A-F]+:0000 0A} $table
}

proc wait ms {
    after $ms {set ::woken 1}
    vwait ::woken
}

# A well-behaved client; answers whether its records are in the file.
proc served {name count} {
    set signal [socket 127.0.0.1 9001]
    fconfigure $signal -translation binary -buffering none
    read $signal 1
    puts -nonewline $signal [binary format cca2a200 1 0 {} $name]
    binary scan [read $signal 4] Iu port
    set data [socket 127.0.0.1 $port]
    fconfigure $data -translation binary
    puts -nonewline $data [string repeat [binary format I9a46a46@144 {1 1 1 1 1 1 1 1 1} ::1 ::1] $count]
    close $data
    puts -nonewline $signal [string repeat \1 204]
    read $signal
    close $signal
    expr {[file size [file join logs $name]] == 144 * $count}
}

set weir [file join [file dirname [info nameofexecutable]] weir]
file mkdir logs
set server [exec sh -c "cd logs; exec $weir itglog > ../itglog.out 2>&1" &]
while {![listening]} {
    wait 20
}
# All that is opened once, by a first client, is no leak.
served first.log 10
wait 300
set descriptors [llength [glob /proc/$server/fd/*]]
set count 0
set end [expr {[clock milliseconds] + 1000 * $options(-seconds)}]
while {[clock milliseconds] < $end && ![catch {exec sh -c "kill -0 $server"}]} {
    for {set n [below 6]} {$n >= 0} {incr n -1} {
        client
    }
    datagram [expr {9003 + [below 1001]}] [bytes [below 1500]]
    wait [below 20]
}
foreach channel [array names open] {
    drop $channel
}

# --- Is it well? ----------------------------------------------------------------------------------

proc fail {message} {
    puts "$message\n[exec tail -n 60 itglog.out]"
    exit 1
}

wait 1500
if {[catch {exec sh -c "kill -0 $server"}]} {
    fail "the log server died after $count connections"
}
set left [expr {[llength [glob /proc/$server/fd/*]] - $descriptors}]
if {[catch {served last.log 500} whole] || !$whole} {
    fail "after $count connections a log was not served: $whole"
}
exec sh -c "kill -INT $server"
while {![catch {exec sh -c "kill -0 $server"}]} {
    wait 20
}
if {![string match "*Finish with CRTL-C!*" [exec tail -n 5 itglog.out]]} {
    fail "the log server did not end well"
}
if {[lsort [glob -nocomplain *]] ni {{datagram itglog.out logs} {itglog.out logs}}} {
    fail "something was written outside the directory: [glob *]"
}
foreach file [glob -nocomplain logs/*] {
    if {[file size $file] % 144} {
        fail "$file ends in the middle of a record"
    }
}
if {$left > 0} {
    fail "$left descriptors were left open after $count connections"
}
puts "$count connections, the log server is well"
exit 0
