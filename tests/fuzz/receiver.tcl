# Throws garbage at a receiver's signalling and data ports.  Sessions are made of real TSP
# messages, spoiled; the data ports get streams and datagrams, real and random.
source [file join [file dirname [info script]] lib.tcl]

# --- Messages ---------------------------------------------------------------------------------

proc sendFlow {} {
    set v6 [pick {0 0 1}]
    set address [expr {$v6 ? [binary format x15c 1] : [usual {\x7f\0\0\1 \0\0\0\0} {\x0a\1\2\3}]}]
    binary format ccccccIca10sa* 3 [usual {1 2 2} {3 4 5 0 9}] [usual 0 {1 7 255}] \
        [usual {1 1 2} {0 3}] [below 256] [usual [expr {$v6 ? 6 : 4}] {4 6 0 255}] \
        [usual {1 1 2 3} {0 -1 2147483647}] [usual {0 0 1 2} {3 255}] \
        [usual noSerial {ttyS0 {} 0123456789abcdef}] \
        [usual {8999 8990 8991 9001 0} {9000 1 -1}] $address
}

# Asking for a log on a log server: this one is not there.
proc serverLog {} {
    binary format cIa4Sca200 12 [usual 2 {10 0 -1}] \x7f\0\0\1 9002 [usual {1 2} {0 3}] [logName]
}

proc message {} {
    switch [usual {flow flow flow name close} {release connect other junk server discover}] {
        flow     {return [sendFlow]}
        name     {return [binary format ca200 19 [logName]]}
        server   {return [serverLog]}
        close    {return [binary format cI [usual 4 17] [usual {1 2 3} 77]]}
        release  {return \x0b}
        connect  {return \x01}
        discover {return [pick {\x08 \x09}]}
        other    {return [binary format ca* [below 30] [bytes [below 12]]]}
        junk     {return [bytes [below 300]]}
    }
}

proc session {} {
    set text \x01
    for {set n [below 12]} {$n > 0} {incr n -1} {
        append text [message]
    }
    expr {[below 15] ? [spoil $text] : [bytes [below 2000]]}
}

# Packets of flows 1 to 3, with true or odd sizes.
proc packets stream {
    set text ""
    for {set n [below 8]} {$n >= 0} {incr n -1} {
        set size [usual {24 100 512} {0 1 19 20 65536 16777216 -1}]
        set packet [binary format III2 [usual {1 2 3} {0 -1 77}] [below 100] \
            [list [below 90000] [below 2000000]]]
        if {$stream} {
            append packet [binary format I $size]
        }
        append packet [string repeat x [expr {max(0, min($size, 600) - [string length $packet])}]]
        append text $packet
    }
    spoil $text
}

# --- The attack ----------------------------------------------------------------------------------

# Half of the connections are closed at once; others stay a while, some without reading.
proc send {port text} {
    set channel [connect $port swallow]
    if {$channel eq ""} return
    if {[below 20] == 0} {
        fileevent $channel readable ""
    }
    writePieces $channel $text [below 6]
    if {[below 2]} {
        drop $channel
    } else {
        after [below 300] [list drop $channel]
    }
}

# --- A stock-format session, served in full ------------------------------------------------------

proc answer {channel bytes expected} {
    puts -nonewline $channel $bytes
    set said [read $channel [string length $expected]]
    if {$said ne $expected} {
        fail "[binary encode hex $bytes] was answered [binary encode hex $said]"
    }
}

proc served {name} {
    set signal [socket 127.0.0.1 9000]
    fconfigure $signal -translation binary -buffering none
    answer $signal \x01 \x02
    answer $signal [binary format ca200 19 $name] \x12
    foreach {id protocol} {70001 2 70002 1} {
        answer $signal [binary format c6Ica10sc4 [list 3 $protocol 0 1 0 4] $id 0 noSerial 7777 \
            {127 0 0 1}] [binary format cIS 5 $id 7777]
    }
    set stream [socket 127.0.0.1 7777]
    fconfigure $stream -translation binary
    for {set seq 1} {$seq <= 150} {incr seq} {
        datagram 7777 [binary format I4x44 [list 70001 $seq 3600 0]]
        puts -nonewline $stream [binary format I5x40 [list 70002 $seq 3600 0 60]]
    }
    close $stream
    datagramsSent
    foreach id {70001 70002} {
        answer $signal [binary format cI 4 $id] [binary format cI 6 $id]
    }
    answer $signal \x0b \x07
    close $signal
    if {[file size logs/$name] != 144 * 300} {
        fail "[expr {[file size logs/$name] / 144}] of 300 records came into the log"
    }
}

makeTraps
startVictim [string map [list READERS [expr {1 + $options(-seed) % 2}]] {
    receiver create r -logdir logs -readers READERS -command {apply {{name event dict} {
        incr ::events($event)
    }}}
    r start
    oninterrupt {set end 1}
    puts [dict get [r stats] listen]
    flush stdout
    vwait end
    puts [r stats -format text]
    parray events
    r stop
    puts "ended well"
}]
served before.log
remember
attack {
    for {set n 10} {$n > 0} {incr n -1} {
        nextCase
        send 9000 [session]
        send [pick {8999 8990 9001}] [pick [list [packets 1] [bytes [below 3000]]]]
        datagram [pick {8999 8990 8991 9001}] [pick [list [packets 0] [bytes [below 1500]]]] \
            [pick {127.0.0.1 ::1}] [below 4]
    }
    wait 10
}
served after.log
judge
