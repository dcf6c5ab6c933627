# What the drivers of this directory share: namespaces, randomness that a seed repeats,
# connections, a program under attack, and whether it is well afterwards.
#
# Each driver is run as
#
#   weirsh tests/fuzz/NAME.tcl ?-seconds 60? ?-seed N?
#
# in namespaces and a file system of its own, and ends with status 0 when the program under
# attack lived, said nothing of a sanitizer, served a well-behaved peer in full, gave back
# its descriptors and memory and wrote where it may.  Case N of a seed is the same bytes in
# each run; when a program fails, the seed and the last case are printed.

# --- Beginning --------------------------------------------------------------------------------

array set options {-seconds 60 -seed "" -inside ""}
if {[catch {array set options $argv}] || [array size options] != 3} {
    puts stderr "usage: [file tail $argv0] ?-seconds N? ?-seed N?"
    exit 2
}
if {$options(-inside) eq ""} {
    set base [expr {[info exists env(TMPDIR)] ? $env(TMPDIR) : "/tmp"}]
    set dir [file join $base fuzz[pid]]
    file mkdir $dir
    set failed [catch {
        exec unshare -n -m -p -f --kill-child --mount-proc [info nameofexecutable] \
            [file normalize $argv0] {*}$argv -inside $dir >@stdout 2>@stderr
    }]
    file delete -force $dir
    exit $failed
}
exec mount -t tmpfs -o size=2g fuzz $options(-inside)
cd $options(-inside)
file mkdir logs
exec ip link set lo up
if {$options(-seed) eq ""} {
    set options(-seed) [expr {[clock microseconds] % 1000000}]
}
puts "seed $options(-seed)"
flush stdout
# A sanitizer that keeps freed memory for long would hide what leaks.
append env(ASAN_OPTIONS) :quarantine_size_mb=8:detect_leaks=1
set weirsh [info nameofexecutable]
set weir [file join [file dirname $weirsh] weir]
set datagramProgram [file join [file dirname $weirsh] tests fuzz datagrams]

# --- Random things -----------------------------------------------------------------------------

set case 0

# Each case draws from its own place in the sequence, whatever happened meanwhile.
proc nextCase {} {
    expr {srand(1 + ($::options(-seed) * 7919 + [incr ::case]) % 2147483646)}
    for {set i 0} {$i < 4} {incr i} {
        expr {rand()}
    }
}

proc below n {
    expr {int(rand() * $n)}
}

proc pick list {
    lindex $list [below [llength $list]]
}

# The usual value of a field, or once in twenty times an odd one.
proc usual {values odd} {
    pick [expr {[below 20] ? $values : $odd}]
}

proc bytes n {
    set codes {}
    for {set i 0} {$i < $n} {incr i} {
        lappend codes [below 256]
    }
    binary format c* $codes
}

# A valid text, most often: a few bytes are changed, or some removed, doubled, put in or
# replaced by a telling number; sometimes it ends early.
proc spoil {text} {
    for {set n [pick {0 0 0 0 0 1 3}]} {$n > 0} {incr n -1} {
        set at [below [string length $text]]
        set to [expr {$at + [below 8]}]
        switch [below 6] {
            0       {set text [string replace $text $at $to]}
            1       {set text [string replace $text $at $at [string range $text $at $to]x]}
            2       {set text [string replace $text $at $at [bytes [below 16]]]}
            3       {set text [string replace $text $at $at+3 [binary format I \
                        [pick {0 1 -1 2147483647 -2147483648 65535}]]]}
            default {set text [string replace $text $at $at [bytes 1]]}
        }
    }
    if {[below 12] == 0} {
        set text [string range $text 0 [below [string length $text]]]
    }
    return $text
}

# Names of logs: good ones, and such as lead elsewhere.  (makeTraps has made what they name.)
proc logName {} {
    set name [usual [list a.log b.log c.log [below 300].log /tmp/ITGRecv.log] [list \
        ../up.log ../../etc/x /etc/x /etc/passwd [pwd]/outside/x [pwd]/../x . .. / // {} a/b/c \
        .hidden "con\ntrol" "nul\0x" \x7f\xff %s%n%s link dirlink dirlink/x pipe dir dir/x \
        [string repeat n 199] [string repeat ../ 60]x note]]
    if {[below 30] == 0} {
        set name [bytes 250]
    }
    return $name
}

# --- What must stay as it is ------------------------------------------------------------------

proc makeTraps {} {
    file mkdir outside logs/dir
    exec ln -s ../outside/target logs/link
    exec ln -s ../outside logs/dirlink
    exec mkfifo logs/pipe
    set channel [open logs/note w]
    puts $channel "no log, and not to be overwritten"
    close $channel
    set ::traps [trapped]
}

proc trapped {} {
    set found [lsort [glob -nocomplain outside/* outside/.* logs/dir/* ../x /etc/x ../up.log \
        up.log]]
    lappend found [file readlink logs/link] [file readlink logs/dirlink] [file size logs/note]
}

# --- Connections ---------------------------------------------------------------------------------

array set open {}
set connections 0

proc connect {port ready} {
    global open connections
    if {[catch {socket 127.0.0.1 $port} channel]} return
    incr connections
    adopt $channel $ready
    return $channel
}

proc adopt {channel ready} {
    fconfigure $channel -translation binary -blocking 0
    fileevent $channel readable [list {*}$ready $channel]
    set ::open($channel) 1
}

proc swallow channel {
    if {[catch {read $channel}] || [eof $channel]} {
        drop $channel
    }
}

proc write {channel text} {
    if {[info exists ::open($channel)]} {
        catch {puts -nonewline $channel $text; flush $channel}
    }
}

# In pieces, as the network may deliver it.
proc writePieces {channel text pieces} {
    for {} {$pieces > 1} {incr pieces -1} {
        set piece [below [expr {1 + [string length $text]}]]
        write $channel [string range $text 0 $piece-1]
        set text [string range $text $piece end]
    }
    write $channel $text
}

proc drop channel {
    if {[info exists ::open($channel)]} {
        unset ::open($channel)
        catch {close $channel}
    }
}

proc dropAll {} {
    foreach channel [array names ::open] {
        drop $channel
    }
}

proc listening port {
    set channel [open /proc/self/net/tcp6]
    set table [read $channel]
    close $channel
    set channel [open /proc/self/net/tcp]
    append table [read $channel]
    close $channel
    regexp [format {:%04X [0-9A-F]+:0000 0A} $port] $table
}

# Tcl has no datagrams: a program sends them (datagrams.c).
proc datagram {port text {address 127.0.0.1} {source 0}} {
    if {![info exists ::datagrams]} {
        set ::datagrams [open [list | $::datagramProgram] w]
        fconfigure $::datagrams -buffering line
    }
    puts $::datagrams "$source $address $port [binary encode hex $text]"
}

# Until all of them are with the kernel.
proc datagramsSent {} {
    close $::datagrams
    unset ::datagrams
}

proc wait ms {
    after $ms {set ::woken 1}
    vwait ::woken
}

# --- The program under attack ----------------------------------------------------------------------

# A file's text; "" until it is there.
proc slurp path {
    if {![file exists $path]} return
    set channel [open $path]
    fconfigure $channel -translation binary
    try {read $channel} finally {close $channel}
}

proc makeFile {path text} {
    set channel [open $path w]
    fconfigure $channel -translation binary
    puts -nonewline $channel $text
    close $channel
}

# Run a script under attack, until it prints a first line.
proc startVictim script {
    makeFile victim.tcl $script
    set ::victim [exec $::weirsh victim.tcl > victim.out 2>@1 &]
    until {[slurp victim.out] ne ""}
}

proc until {script {seconds 60}} {
    set end [expr {[clock milliseconds] + 1000 * $seconds}]
    while {![uplevel 1 [list expr $script]]} {
        if {[clock milliseconds] > $end} {
            fail "waited $seconds s in vain for: $script"
        }
        wait 20
    }
}

proc alive {} {
    expr {![catch {exec sh -c "kill -0 $::victim"}]}
}

proc descriptors {} {
    llength [glob -nocomplain /proc/$::victim/fd/*]
}

proc memoryKiB {} {
    regexp {VmRSS:\s+(\d+)} [slurp /proc/$::victim/status] - kib
    return $kib
}

# What is opened once, by a first use, is no leak.
proc remember {} {
    wait 500
    set ::descriptorsBefore [descriptors]
    set ::memoryBefore [memoryKiB]
}

proc fail message {
    puts "$message\n--- seed $::options(-seed), case $::case; the end of what it said:"
    puts [string range [slurp victim.out] end-4000 end]
    exit 1
}

# Run SCRIPT, one case or more each time, while time is left and the victim lives.
proc attack script {
    set end [expr {[clock milliseconds] + 1000 * $::options(-seconds)}]
    while {[clock milliseconds] < $end && [alive]} {
        uplevel 1 $script
    }
    dropAll
    wait 2000
    if {![alive]} {
        fail "it died after $::case cases"
    }
}

# Called when the peer of the end was served: ends the victim, and this program.
proc judge {} {
    global descriptorsBefore memoryBefore
    # Logs that are being closed and sessions that are timed out need a moment.
    for {set i 0} {$i < 100 && [descriptors] > $descriptorsBefore} {incr i} {
        wait 200
    }
    set left [expr {[descriptors] - $descriptorsBefore}]
    set kib [expr {[memoryKiB] - $memoryBefore}]
    exec sh -c "kill -INT $::victim"
    until {![alive]} 60
    if {[regexp {Sanitizer|runtime error} [slurp victim.out]]} {
        fail "a sanitizer spoke"
    }
    if {![string match "*ended well\n" [slurp victim.out]]} {
        fail "it did not end well"
    }
    if {$left > 0} {
        fail "$left descriptors were left open"
    }
    if {$kib > 300000} {
        fail "its memory grew by $kib KiB"
    }
    if {[info exists ::traps] && [trapped] ne $::traps} {
        fail "something was written outside the directory: [trapped], not $::traps"
    }
    foreach file [glob -nocomplain logs/*.log] {
        if {[file isfile $file] && [file size $file] % 144} {
            fail "$file ends in the middle of a record"
        }
    }
    puts "$::case cases, $::connections connections, memory +$kib KiB: well"
    exit 0
}
