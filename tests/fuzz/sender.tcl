# A sender among malicious receivers: their answers are real TSP messages, spoiled, repeated,
# for other flows or at the wrong time; echoes and data connections likewise.  Some flows are
# passive, and callers of the same kind come.
source [file join [file dirname [info script]] lib.tcl]

# --- What a receiver would say ------------------------------------------------------------------

# The messages in a buffer: {TYPE ID PORT} each; the rest of the buffer stays.
proc messages {bufferName passive} {
    upvar 1 $bufferName buffer
    set found {}
    while {[binary scan $buffer cu type]} {
        set length [switch $type {
            3       {expr {[binary scan $buffer x5c version] && $version == 6
                        ? $passive ? 42 : 39 : 27}}
            4 - 17  {expr 5}
            5       {expr 5}
            12      {expr 212}
            19      {expr 201}
            default {expr 1}
        }]
        if {[string length $buffer] < $length} break
        set id 0
        set port 0
        if {$type == 3} {
            binary scan $buffer x6Iu id
            binary scan $buffer [expr {$passive ? "x24su" : "x21su"}] port
        } elseif {$type in {4 5 17}} {
            binary scan $buffer xIu id
        }
        lappend found [list $type $id $port]
        set buffer [string range $buffer $length end]
    }
    return $found
}

proc rightAnswer {type id port} {
    switch $type {
        1       {return \x02}
        3       {return [binary format cIS 5 $id [usual {8999 8998} {0 9 65535}]]}
        4       {return [binary format cI 6 $id]}
        8       {return \x09}
        11      {return \x07}
        12      {return \x0d}
        19      {return \x12}
        default {return ""}
    }
}

proc oddMessage {} {
    switch [below 6] {
        0       {return [string repeat \x08 [below 500]]}
        1       {return [binary format cI [pick {15 16 22 6 17}] [usual {1 2 3 4} {0 -1 99}]]}
        2       {return [binary format cIS 5 [usual {1 2 3 4} {0 -1 99}] [below 65536]]}
        3       {return [binary format c [pick {2 7 9 13 14 18 21}]]}
        4       {return [bytes [below 60]]}
        default {return [binary format c [below 256]]}
    }
}

# Answer what has come, mostly.
proc dialogue {passive channel} {
    global buffers
    if {[catch {read $channel} text] || [eof $channel]} {
        drop $channel
        return
    }
    append buffers($channel) $text
    foreach message [messages buffers($channel) $passive] {
        lassign $message type id port
        switch [below 12] {
            0       {write $channel [oddMessage]}
            1       {if {[below 4] == 0} {drop $channel; return}}
            2       {write $channel [spoil [rightAnswer {*}$message]][oddMessage]}
            default {write $channel [rightAnswer {*}$message]}
        }
        if {$passive && $type == 3} {
            after [below 50] [list hello $port]
        }
    }
}

proc accept {channel - -} {
    nextCase
    incr ::connections
    set ::buffers($channel) ""
    adopt $channel [list dialogue 0]
    switch [below 20] {
        0 {drop $channel}
        1 {fileevent $channel readable ""}
        2 {write $channel [oddMessage]}
    }
    after [expr {500 + [below 2500]}] [list drop $channel]
}

# --- Data -------------------------------------------------------------------------------------

# Connections to the data ports: echoes, spoiled.
proc acceptData {channel - -} {
    adopt $channel reflect
    if {[below 10] == 0} {
        drop $channel
    }
    after [expr {200 + [below 2000]}] [list drop $channel]
}

proc reflect channel {
    if {[catch {read $channel 100000} text] || [eof $channel]} {
        drop $channel
        return
    }
    switch [below 5] {
        0       {}
        1       {write $channel [bytes [below 300]]}
        2       {write $channel [spoil $text]}
        default {write $channel $text}
    }
}

# --- Callers of passive flows -------------------------------------------------------------------

proc call {} {
    set channel [connect 9100 [list dialogue 1]]
    if {$channel ne ""} {
        set ::buffers($channel) [pick [list "" "" "" [bytes 3]]]
        after [expr {500 + [below 2000]}] [list drop $channel]
    }
}

proc hello port {
    switch [below 3] {
        0 {datagram $port hello\0 127.0.0.1 [below 4]}
        1 {datagram $port [bytes [below 40]]}
        2 {
            set channel [connect $port reflect]
            if {$channel ne ""} {
                after [below 1500] [list drop $channel]
            }
        }
    }
}

# --- The sender ------------------------------------------------------------------------------------

foreach port {9000 9002 9003} {
    lappend servers [socket -server accept $port]
}
foreach port {8998 8999} {
    lappend servers [socket -server acceptData $port]
    lappend reflectors [open [list | $datagramProgram reflect $port $options(-seed) >@stdout] w]
}
startVictim "expr {srand(1 + $options(-seed))}\n[list eval {
    proc pick list {lindex $list [expr {int(rand() * [llength $list])}]}
    proc round {} {
        set count [pick {1 6 12}]
        for {set i 1} {$i <= $count} {incr i} {
            set words [list -id $i -proto [pick {udp udp tcp}] -meter [pick {owdm rttm}] \
                -payload [pick {standard standard short none}] -packets [pick {5 30}] \
                -rate [pick {100pps 2000pps}] -ps [pick {24 100 1400}] -remotelog [pick {{} a}]]
            if {[pick {0 0 0 1}]} {
                lappend words -passive 1 -signalbind :9100 -bind :0
            } else {
                lappend words -to 127.0.0.1:[pick {8999 8998}] \
                    -signal 127.0.0.[expr {1 + int(rand() * 30)}]:[pick {9000 9002 9003}]
            }
            catch {flow create {*}$words}
        }
        foreach flow [flow names] {
            catch {$flow start}
        }
        catch {flow wait -timeout [pick {100ms 500ms 1500ms}]}
        foreach flow [flow names] {
            incr ::states([dict get [$flow stats] state])
            $flow destroy
        }
        close [open round w]
    }
    receiver create honest -listen 127.0.0.1:9500
    honest start
    oninterrupt {set end 1}
    puts begun
    flush stdout
    while {![info exists end]} {
        if {[file exists last]} {
            flow create last -to 127.0.0.1:0 -signal 127.0.0.1:9500 -rate 1000pps -packets 200
            last start
            catch {last wait -timeout 20s}
            set channel [open served w]
            puts $channel [dict get [lindex [honest flows] end] packets]
            close $channel
            last destroy
            vwait end
        } else {
            round
        }
    }
    after 32000 {set settled 1} ;# flows that were let go wait for their receivers so long
    vwait settled
    parray states
    honest stop
    puts "ended well"
}]"
until {[file exists round]}
wait 5000
remember
attack {
    nextCase
    call
    wait [expr {20 + [below 60]}]
}
makeFile last ""
until {[slurp served] ne ""}
if {[slurp served] != 200} {
    fail "of 200 packets the honest receiver got [slurp served]"
}
# Nobody is left to wait for.
foreach channel $servers {
    close $channel
}
dropAll
judge
