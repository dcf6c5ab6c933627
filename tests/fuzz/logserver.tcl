# Throws garbage at a log server's signalling and data ports.  Clients make real requests,
# spoiled; records, spoiled ones and random bytes go to the data ports by both transports.
source [file join [file dirname [info script]] lib.tcl]

# --- Messages ---------------------------------------------------------------------------------

proc request {} {
    binary format cca2a200 [usual {1 2} {0 3 -1}] [below 256] {} [logName]
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

# A client: its request in pieces, then records to the port that it is given.  What it will
# send is drawn before it begins.
proc client {} {
    set text [expr {[below 20] ? [spoil [request]] : [bytes [below 2000]]}]
    set data [list [batch] [pick [list [batch] [bytes [below 3000]]]]]
    set end [bytes [below 300]]
    set times [list [below 300] [below 400]]
    set channel [connect 9001 [list answered [string match \1* $text] $data [lindex $times 0]]]
    if {$channel ne ""} {
        writePieces $channel $text 2
        after [lindex $times 1] [list hangUp $channel $end]
    }
}

proc answered {stream data ms channel} {
    if {[catch {read $channel} text] || [eof $channel]} {
        drop $channel
        return
    }
    if {![binary scan [string range $text end-3 end] Iu port] || $port < 9003 || $port > 10003} {
        return
    }
    if {$stream} {
        set connection [connect $port swallow]
        foreach text $data {
            write $connection $text
        }
        after $ms [list drop $connection]
    } else {
        foreach text $data {
            datagram $port $text
        }
    }
}

# Some end their logs, with one byte or many; some just go.
proc hangUp {channel end} {
    write $channel $end
    drop $channel
}

# --- A well-behaved client ---------------------------------------------------------------------

proc served {name count} {
    set signal [socket 127.0.0.1 9001]
    fconfigure $signal -translation binary -buffering none
    read $signal 1
    puts -nonewline $signal [binary format cca2a200 1 0 {} $name]
    if {![binary scan [read $signal 4] Iu port]} {
        fail "a log was refused"
    }
    set data [socket 127.0.0.1 $port]
    fconfigure $data -translation binary
    puts -nonewline $data \
        [string repeat [binary format I9a46a46@144 {1 1 1 1 1 1 1 1 1} ::1 ::1] $count]
    close $data
    puts -nonewline $signal [string repeat \1 204]
    read $signal
    close $signal
    if {[file size logs/$name] != 144 * $count} {
        fail "of $count records, [file size logs/$name] bytes are in the log"
    }
}

makeTraps
startVictim {
    logserver create s -logdir logs -command {apply {{name event dict} {incr ::events($event)}}}
    s start
    oninterrupt {set end 1}
    puts [dict get [s stats] listen]
    flush stdout
    vwait end
    puts [s stats -format text]
    parray events
    s stop
    puts "ended well"
}
served before.log 10
remember
attack {
    for {set n 6} {$n > 0} {incr n -1} {
        nextCase
        client
    }
    datagram [expr {9003 + [below 1001]}] [bytes [below 1500]]
    wait 10
}
served after.log 500
judge
