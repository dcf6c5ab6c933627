# Throws garbage at both ends of passive mode: calls a sender that waits, and answers a
# receiver that calls.  Then each has to do its work with a good peer.
#
#   weirsh tests/fuzz/passive.tcl ?-seconds 60? ?-seed N?
#
# Both run in processes, and all in namespaces, of their own.  Exit status 0: both lived and
# worked.  With a sanitized build its findings end a process and are shown.
array set options {-seconds 60 -seed "" -inside ""}
if {[catch {array set options $argv}] || [array size options] != 3} {
    puts stderr "usage: passive.tcl ?-seconds N? ?-seed N?"
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

proc below n {
    expr {int(rand() * $n)}
}
proc pick list {
    lindex $list [below [llength $list]]
}
proc hex {bytes} {
    binary decode hex [string map {" " ""} $bytes]
}
# A message now and then cut off, or with a byte changed.
proc mutated message {
    if {[below 12] == 0} {
        return [string range $message 0 [below [string length $message]]]
    }
    if {[below 8] == 0} {
        set at [below [string length $message]]
        return [string replace $message $at $at [binary format c [below 256]]]
    }
    return $message
}
proc converse {channel messages} {
    fconfigure $channel -translation binary -buffering none -blocking 0
    catch {
        foreach message $messages {
            puts -nonewline $channel [mutated $message]
            after [below 4]
            read $channel
        }
    }
    after [below 60] [list close $channel]
}

# --- What a receiver says to a sender, and a sender to a receiver -------------------------------

proc receiverMessages {} {
    set messages [list [pick [list [hex 02] [hex 02] [hex 02] [hex 17]]]]
    for {set i [below 8]} {$i > 0} {incr i -1} {
        set id [pick {1 2 1 2 77}]
        lappend messages [pick [list [binary format cIS 5 $id 0] [binary format cIS 5 $id 0] \
            [binary format cI 6 $id] [hex 08] [hex 09] [hex 07] \
            [binary format cI [pick {15 16 22}] $id] [hex 12] [hex 15]]]
    }
    return $messages
}

proc senderMessages {} {
    set messages [list [hex 01]]
    for {set i [below 8]} {$i > 0} {incr i -1} {
        set id [pick {1 2 1 2 77}]
        set v6 [below 2]
        set address [expr {$v6 ? [hex [string repeat 00 16]] : [hex [pick {00000000 7f000001 0a010203}]]}]
        lappend messages [binary format ccccccIca10scsa* 3 [pick {1 2 2 1 3 4}] 0 [pick {1 1 2}] 0 \
            [expr {$v6 ? 6 : 4}] $id [pick {0 0 1 2}] noSerial [pick {8999 8998 0}] \
            [pick {0 -1}] [pick {8997 8996 9100 0}] $address] [binary format cI 5 $id]
        lappend messages [pick [list [binary format cI [pick {4 17}] $id] [hex 08] [hex 09] [hex 0b]]]
    }
    return $messages
}

# --- The processes under attack ------------------------------------------------------------------

proc start {name script} {
    exec [info nameofexecutable] -c $script < /dev/null > $name.out 2>@1 &
}
proc alive pid {
    expr {![catch {exec sh -c "kill -0 $pid"}]}
}

set sender [start sender {
    foreach {name proto id} {a udp 1 b tcp 2} {
        flow create $name -passive 1 -proto $proto -bind :[expr {8998 - $id}] -to :0 -id $id \
            -rate 1000 -packets 30 -meter rttm
    }
    while {![file exists done]} {
        flow start
        catch {flow wait -timeout [expr {[file exists last] ? "10s" : "200ms"}]}
        catch {flow stop}
        catch {flow wait -timeout 60s}
        set states [lmap name {a b} {dict get [$name stats] state}]
        if {[file exists last] && $states eq "done done" && [dict get [a stats] packets] == 30} {
            puts "the sender is well"
            exit
        }
    }
}]
set receiver [start receiver {
    receiver create r -passive 127.0.0.1:9100 -hellos 2 -logdir .
    while 1 {
        catch {r start}
        catch {r wait -flows 1000000 -timeout 1s}
        set flow [lindex [r flows] end]
        if {[file exists last] && $flow ne "" && [dict get $flow packets] == 20} {
            puts "the receiver is well"
            exit
        }
    }
}]

set calls 0
proc answer {channel - -} {
    incr ::calls
    converse $channel [senderMessages]
}
set listening [socket -server answer 9100]
set end [expr {[clock milliseconds] + 1000 * $options(-seconds)}]
while {[clock milliseconds] < $end && [alive $sender] && [alive $receiver]} {
    if {![catch {socket 127.0.0.1 9000} channel]} {
        incr calls
        converse $channel [receiverMessages]
    }
    if {[below 3] == 0 && ![catch {socket 127.0.0.1 8996} channel]} {
        converse $channel [list [string repeat [hex 00ff0102] 20]]
    }
    after [below 20] {set tick 1}
    vwait tick
}
close $listening

# --- Good peers ----------------------------------------------------------------------------------

close [open last w]
flow create good -passive 1 -signalbind :9100 -bind :0 -to :0 -rate 1000 -packets 20
good start
receiver create r -passive 127.0.0.1
set end [expr {[clock milliseconds] + 60000}]
while {([alive $sender] || [alive $receiver]) && [clock milliseconds] < $end} {
    catch {r start}
    if {[dict get [good stats] state] in {failed done}} {
        catch {good start}
    }
    after 20 {set tick 1}
    vwait tick
}
puts "$calls calls"
set wrong 0
foreach name {sender receiver} {
    set file [open $name.out]
    set text [read $file]
    close $file
    puts -nonewline $text
    incr wrong [expr {![string match "*the $name is well\n" $text]}]
}
exit $wrong
