# Throws garbage at a sender's daemon: commands of every option with usual and odd values,
# then spoiled, cut off, doubled or replaced by random bytes, from several ports and from
# ::1, which may not command.  The daemon holds each flow to a quarter of a second, so that
# flows come and go; it may write nothing but its log.
source [file join [file dirname [info script]] lib.tcl]

# The usual value of a word, or once in ten times an odd one.
proc word values {
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
            1       {lappend words [pick $pairs] [word {1 10 500}] [word {2 20 600}]}
            default {
                set option [pick [dict keys $table]]
                lappend words $option
                if {[dict get $table $option] ne "" && [below 30]} {
                    lappend words [word [dict get $table $option]]
                }
            }
        }
    }
    disfigure [spoil [join $words [pick {{ } {  } \t}]]]
}

# The command cut off, doubled or followed by more; or none at all.
proc disfigure {text} {
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

# A client that wants a flow.  It asks again while the daemon is at work for others.
proc served {} {
    for {set try 1} 1 {incr try} {
        ::weir::flow remote create r -to 127.0.0.1 -answer 20s
        try {
            r send "-a 127.0.0.1 -z 5 -c 100"
            r wait -timeout 60
            return
        } on error message {
            if {$try == 30 || ![string match "*carries out 40 commands already*" $message]} {
                fail "a command was not carried out: $message"
            }
        } finally {
            r destroy
        }
        wait 1000
    }
}

file mkdir files
makeFile files/plan "1\n2\n3\n"
makeFile files/payload [bytes 300]
exec $weir itgrecv > recv.out 2>@1 &
until {[listening 9000]}
startVictim {
    flow daemon create d -listen {[::]:8998} -allow 127.0.0.0/8 -atonce 40 -files files \
        -flowoptions {-duration 250ms -delay 0 -passive 0 -log fuzz.log}
    d start
    oninterrupt {set end 1}
    puts [dict get [d stats] listen]
    flush stdout
    vwait end
    puts [d stats -format text]
    d stop
    puts "ended well"
}
served
remember
set files [lsort [glob * files/*]]
attack {
    for {set n [below 20]} {$n >= 0} {incr n -1} {
        nextCase
        datagram 8998 [command] [pick {127.0.0.1 127.0.0.1 127.0.0.1 ::1}] [below 4]
    }
    wait [below 20]
}
served
if {[lsort [glob * files/*]] ne $files} {
    fail "something was written: [glob * files/*]"
}
if {[file size fuzz.log] % 144} {
    fail "the log ends in the middle of a record"
}
judge
