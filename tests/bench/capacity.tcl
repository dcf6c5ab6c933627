# How far this design goes on a larger machine: a calculation from constants, in ns of one
# core, that a run of the other benchmarks measured.
#
#   weirsh tests/bench/capacity.tcl ?-cores {16 64}? ?-gbit 100? ?-sendNs N? ...
#
# The constants come from the newest build/bench/NAME.json; where there is none, the values
# below hold, as they do for what belongs to the machine.  Each is an option.
source [file join [file dirname [info script]] lib.tcl]

# Option, its value when nothing was measured, and what measures it: benchmark, test, tool,
# figure.
set constants {
    sendNs      3000 {speed "max UDP 64 B" weir senderNs}
    receiveNs   1800 {speed "max UDP 64 B" weir receiverNs}
    bigNs       3400 {speed "max UDP 1472 B" weir senderNs}
    gsoNs       700  {speed "max UDP 64 B, same sink" bareGso senderNs}
    gsoBigNs    1200 {speed "max UDP 1472 B" bareGso senderNs}
    timedNs     35000 {pacing "10000 pps" weir senderNs}
    recordNs    60   {decode "write, itg" weir recordNs}
    startS      1    {flows "udp, 10000 flows x 10 pps" weir startS}
    senderKib   8    {flows "udp, 10000 flows x 10 pps" weir senderKib}
    receiverKib 8    {flows "udp, 10000 flows x 10 pps" weir receiverKib}
}
# What no benchmark here can measure.
set machine {
    -cores {16 64} -gbit 100 -sizes {64 512 1472 8972}
    -scaling 0.75
    -diskMBps 2000 -memoryGBps 100
}

proc measured {bench test tool figure} {
    set path [file join $bench::results $bench.json]
    if {![file exists $path]} {
        return ""
    }
    foreach row [bench::readJson $path] {
        if {[dict exists $row $figure] && [dict get $row test] eq $test
                && [dict get $row tool] eq $tool} {
            return [dict get $row $figure]
        }
    }
    return ""
}

set options $machine
foreach {name value source} $constants {
    set found [measured {*}$source]
    dict set options -$name [expr {$found eq "" ? $value : $found}]
}
set count [dict size $options]
if {[catch {dict merge $options $argv} options] || [dict size $options] != $count} {
    puts stderr "usage: capacity.tcl [join [lmap name [dict keys $options] {
        format "?%s N?" $name
    }]]"
    exit 2
}
dict for {name value} $options {
    set [string range $name 1 end] $value
}

# --- One core and one card ------------------------------------------------------------------

# Ns for a datagram: what the smallest costs and what each further byte does.
proc costNs {small big size} {
    expr {$small + max(0.0, ($big - $small) / (1472.0 - 64)) * ($size - 64)}
}

# Datagrams/s that fill a card: the payload and 66 bytes of UDP, IPv4, Ethernet, preamble
# and gap.
proc linePps size {
    expr {$::gbit * 1e9 / 8 / ($size + 66)}
}

# Of a card, what so many cores send, in Gbit/s on the wire.
proc reached {cores ns size} {
    expr {min($::gbit, $::gbit * $cores * $::scaling * 1e9 / $ns / [linePps $size])}
}

puts "constants: [join [lmap {name value source} $constants {
    format "%s %.4g" $name [set $name]
}] ", "]"
puts "assumed: scaling $scaling, disk $diskMBps MB/s, memory $memoryGBps GB/s\n"

set lines [list [list payload "card, Mpps" "ns/packet" "cores to fill it" \
    {*}[lmap n $cores {format "Gbit/s on %d" $n}] \
    "with GSO: ns" "cores" {*}[lmap n $cores {format "Gbit/s on %d" $n}]]]
foreach size $sizes {
    set line [list $size [format %.1f [expr {[linePps $size] / 1e6}]]]
    foreach {small big} [list $sendNs $bigNs $gsoNs $gsoBigNs] {
        set ns [costNs $small $big $size]
        lappend line [format %.0f $ns] \
            [format %.0f [expr {ceil([linePps $size] * $ns / 1e9 / $scaling)}]] \
            {*}[lmap n $cores {format %.0f [reached $n $ns $size]}]
    }
    lappend lines $line
}
bench::PrintAligned $lines 0

# --- What breaks first -------------------------------------------------------------------------

# Of a process with half of the cores for sending or receiving: packets/s of 64 bytes at
# which each part is full.
proc limits n {
    global sendNs receiveNs timedNs recordNs diskMBps memoryGBps scaling
    set half [expr {$n / 2.0 * $scaling}]
    list \
        "one reader of one port (no -readers)" [expr {1e9 / $receiveNs}] \
        "one writer of one D-ITG log" [expr {1e9 / $recordNs}] \
        "disk, D-ITG log (144 bytes)" [expr {$diskMBps * 1e6 / 144}] \
        "disk, Weir's log (28 bytes)" [expr {$diskMBps * 1e6 / 28}] \
        "senders, each packet with its own wake-up" [expr {$half * 1e9 / $timedNs}] \
        "senders, due packets together" [expr {$half * 1e9 / $sendNs}] \
        "readers, one per core (-readers)" [expr {$half * 1e9 / $receiveNs}] \
        "memory, 4 passes over 2 KiB per packet" [expr {$memoryGBps * 1e9 / 4 / 2048}]
}

puts "\nfull at so many million packets/s of 64 bytes, in the order in which it happens"
set lines [list [list "" {*}[lmap n $cores {format "%d cores" $n}]]]
set rows [lmap n $cores {limits $n}]
foreach what [lmap {what pps} [lindex $rows 0] {list $what $pps}] {
    lappend order [list [lindex $what 1] [lindex $what 0]]
}
foreach entry [lsort -real -index 0 $order] {
    set name [lindex $entry 1]
    lappend lines [list $name {*}[lmap row $rows {
        format %.2f [expr {[dict get $row $name] / 1e6}]
    }]]
}
bench::PrintAligned $lines 1

puts [format "\n100,000 flows: %.0f s to start them by one control worker,\
    %.1f GiB at the sender and %.1f GiB at the receiver" [expr {10 * $startS}] \
    [expr {1e5 * $senderKib / (1 << 20)}] [expr {1e5 * $receiverKib / (1 << 20)}]]
