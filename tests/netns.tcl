# Sourced by the child processes of netnsTest (helpers.tcl): a weirsh in namespaces of its
# own.  Ports cannot collide with anything, and all programs that are started here end with
# this process.
exec ip link set lo up

# Run a script in a directory and leave {CODE RESULT} in the file "result" there.  What a
# sanitizer said of a program that was started is an error.
proc perform {dir script} {
    cd $dir
    set code [catch {uplevel #0 $script} result]
    foreach output [glob -nocomplain -directory $dir *.out] {
        if {[string match *Sanitizer:* [slurp $output]]} {
            set code 1
            set result [slurp $output]
        }
    }
    set path [file join $dir result]
    set channel [open $path.new w]
    puts -nonewline $channel [list $code $result]
    close $channel
    file rename $path.new $path
}

# Programs get back the signals that a test run in the background ignores; stock ones run
# without a sanitizer's library.
proc stock {name} {
    list env -u LD_PRELOAD --default-signal=INT,HUP $name
}

# Start a program in the background, its output in FILE.out; answers its process id.
proc start {file args} {
    exec {*}$args < /dev/null > $file.out 2>@1 &
}

# Run a program to its end: {STATUS OUTPUT}.  124 means that it took more than 60 s.
proc run {args} {
    set status 0
    if {[catch {exec timeout -k 1 60 {*}$args < /dev/null 2>@1} output options]} {
        lassign [dict get $options -errorcode] kind - status
        if {$kind ne "CHILDSTATUS"} {
            set status $kind
        }
        set output [regsub {\nchild process exited abnormally$} $output ""]
    }
    list $status $output
}

# Wait until SCRIPT is true; an error after so many seconds.
proc until {script {seconds 30}} {
    set end [expr {[clock milliseconds] + 1000 * $seconds}]
    while {![uplevel 1 [list expr $script]]} {
        if {[clock milliseconds] > $end} {
            error "waited $seconds s in vain for $script"
        }
        after 10 {set ::tick 1}
        vwait ::tick
    }
}

# Evaluate a script until it answers what is expected, at most three times, and answer what
# it did last.  For what a busy machine can spoil: stock programs that lose the last
# packets, a guest's processor that was away.
proc attempts {expected script} {
    foreach attempt {1 2 3} {
        file delete {*}[glob -nocomplain *.log]
        set code [catch {uplevel 1 $script} got options]
        if {$code == 0 && $got eq $expected} break
    }
    return -options $options $got
}

# Whether somebody listens on a TCP port, or has a UDP port.
proc listening {port {proto tcp}} {
    set state [dict get {tcp 0A udp 07} $proto]
    foreach table [list /proc/self/net/$proto /proc/self/net/${proto}6] {
        if {[regexp [format {:%04X [0-9A-F]+:0000 %s} $port $state] [slurp $table]]} {
            return 1
        }
    }
    return 0
}

proc slurp {path} {
    set channel [open $path r]
    try {read $channel} finally {close $channel}
}

# What a sender or receiver printed, without what it says of a busy machine.
proc printed {path} {
    regsub -all -line {^flow \d+: (not as asked|late): .*\n} [slurp $path] ""
}

# (The program kill is not everywhere, the shell's own is.)
proc alive {pid} {
    expr {![catch {exec sh -c "kill -0 $pid"}]}
}

# Send a signal and wait for the end of the process.
proc stop {pid {signal INT}} {
    exec sh -c "kill -$signal $pid"
    until {![alive $pid]}
}

# Receivers and senders of either kind, "stock" or "weir", with the words of D-ITG.  A
# stock receiver is good for one session: it sleeps a second for each flow that ends, and
# dies when sessions overlap.
proc startReceiver {kind args} {
    set program [dict get [list stock [stock ITGRecv] weir [applet itgrecv]] $kind]
    set pid [start recv {*}$program {*}$args]
    until {[listening 9000]}
    return $pid
}

# Answers the exit status; what the sender prints is in send.out.
proc send {kind args} {
    sendFrom {} $kind {*}$args
}

# The same with a command in front, such as `neighbour` answers.
proc sendFrom {place kind args} {
    set program [dict get [list stock [stock ITGSend] weir [applet itgsend]] $kind]
    lassign [run {*}$place {*}$program {*}$args] status text
    set channel [open send.out w]
    puts $channel $text
    close $channel
    return $status
}

proc applet {name} {
    list env --default-signal=INT,HUP [file join $::env(WEIR_BUILDDIR) weir] $name
}

# A second host on a wire to this one, which is 10.9.0.1 and fd09::1 there; the other is .2
# and ::2.  Answers what to put in front of a command to run it on the other.
proc neighbour {} {
    set pid [exec unshare -n sleep 100 &]
    until {[file readlink /proc/$pid/ns/net] ne [file readlink /proc/self/ns/net]}
    set there [list nsenter -t $pid -n]
    exec ip link add wire0 type veth peer name wire1 netns $pid
    foreach {place wire number} [list {} wire0 1 $there wire1 2] {
        exec {*}$place ip link set lo up
        exec {*}$place ip addr add 10.9.0.$number/24 dev $wire
        exec {*}$place ip addr add fd09::$number/64 dev $wire nodad
        exec {*}$place ip link set $wire up
    }
    return $there
}

# What stock ITGDec says of a log: a dict of flow ids, each {packets N bytes N dropped N
# delay AVERAGE from HOST:PORT}.
proc decode {path} {
    set flows {}
    set text [exec {*}[stock ITGDec] $path 2>/dev/null]
    foreach {- id body} [regexp -all -inline {Flow number: (\d+?)\n(.*?)Average loss} $text] {
        foreach {key label} {
            packets {Total packets} bytes {Bytes received} dropped {Packets dropped}
            delay {Average delay}
        } {
            regexp "$label *= *(\[-0-9.]+)" $body - value
            dict set flows $id $key $value
        }
        regexp {From (\S+)} $body - value
        dict set flows $id from $value
    }
    return $flows
}

# {PACKETS BYTES} of one flow in a log.
proc counted {path {id 1}} {
    set flow [dict get [decode $path] $id]
    list [dict get $flow packets] [dict get $flow bytes]
}

proc script {name lines} {
    set channel [open $name w]
    puts $channel [join $lines \n]
    close $channel
    return $name
}

# The packet sizes in a log, in its order.
proc sizes {path} {
    set text [exec {*}[stock ITGDec] $path -P 2>/dev/null]
    regexp -all -inline {\S+} [join [lrange [split $text \n] 2 end] " "]
}

# The number of records in a D-ITG log, which must be whole.
proc records {path} {
    set bytes [file size $path]
    if {$bytes % 144} {
        error "$path ends in the middle of a record"
    }
    expr {$bytes / 144}
}

# Let the event loop run for so many milliseconds.
proc pause {ms} {
    after $ms {set ::tick 1}
    vwait ::tick
}
