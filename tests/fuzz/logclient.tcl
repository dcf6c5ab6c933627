# A client of malicious log servers: flows whose log is kept there, and a receiver's own.
# Greetings and ports are right, spoiled, late or missing; data ports are deaf, closed or
# talkative.  The flows themselves must not suffer: they go to an honest receiver.
source [file join [file dirname [info script]] lib.tcl]

proc accept {channel - -} {
    nextCase
    incr ::connections
    adopt $channel request
    set ::asked($channel) 0
    switch [below 12] {
        0       {drop $channel}
        1       {}
        2       {write $channel [bytes [below 20]]}
        3       {flood $channel}
        default {write $channel \1}
    }
    after [expr {500 + [below 4000]}] [list drop $channel]
}

# What never ends.
proc flood channel {
    write $channel [string repeat \1 1000]
    if {[info exists ::open($channel)]} {
        after 5 [list flood $channel]
    }
}

proc request channel {
    if {[catch {read $channel} text] || [eof $channel]} {
        drop $channel
        return
    }
    set first [expr {$::asked($channel) < 204}]
    incr ::asked($channel) [string length $text]
    if {$first && $::asked($channel) >= 204} {
        set port [binary format I [usual {9010 9010 9011 9999} {0 1 65536 -1 9001}]]
        switch [below 8] {
            0       {after [below 1500] [list write $channel $port]}
            1       {write $channel [spoil $port]}
            2       {flood $channel}
            default {write $channel $port}
        }
    }
}

# 9010 reads what comes, or does not; 9011 hangs up.
proc data {channel - -} {
    adopt $channel swallow
    switch [below 4] {
        0 {fileevent $channel readable ""}
        1 {flood $channel}
    }
    after [expr {500 + [below 3000]}] [list drop $channel]
}

set servers [list [socket -server accept 9001] [socket -server data 9010] \
    [socket -server {apply {{channel - -} {close $channel}}} 9011]]
startVictim "expr {srand(1 + $options(-seed))}\n[list eval {
    proc pick list {lindex $list [expr {int(rand() * [llength $list])}]}
    proc round {} {
        receiver create r -listen 127.0.0.1:0 -log r.log -logserver 127.0.0.1 \
            -logproto [pick {udp tcp}]
        catch {r start}
        for {set i 1} {$i <= 16} {incr i} {
            catch {flow create f$i -to 127.0.0.1:0 -signal 127.0.0.1:9500 -rate 2000pps \
                -packets [pick {5 200 2000}] -log x$i.log -logserver 127.0.0.1 \
                -logproto [pick {udp tcp}]}
        }
        foreach flow [flow names] {
            catch {$flow start}
        }
        catch {flow wait -timeout 1s}
        foreach flow [flow names] {
            incr ::states([dict get [$flow stats] state])
            $flow destroy
        }
        r destroy
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
    parray states
    honest stop
    puts "ended well"
}]"
until {[file exists round]}
wait 8000
remember
attack {
    wait 50
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
