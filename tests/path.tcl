# A path of known delay out of the present network namespace (which must be one's own) into
# another, for kernels without netem: two veth pairs, and tests/delay.c between them.  Sourced
# in the child processes of netnsTest and by benchmarks.

# Make the path, so many milliseconds long each way: here is 10.0.0.1 and fd00::1, at its end
# 10.0.0.2 and fd00::2.
proc makePath {ms} {
    set ::pathEnd [exec unshare -n sleep 600 < /dev/null > /dev/null 2>@1 &]
    while {[file readlink /proc/$::pathEnd/ns/net] eq [file readlink /proc/self/ns/net]} {
        after 5
    }
    exec ip link add v0 type veth peer name v1
    exec ip link add w0 type veth peer name w1 netns $::pathEnd
    foreach {where interface} [list {} v0 {} v1 {} w0 [pathEnd] lo [pathEnd] w1] {
        exec {*}$where ip link set $interface up
    }
    foreach {where interface number} [list {} v0 1 [pathEnd] w1 2] {
        exec {*}$where ip address add 10.0.0.$number/24 dev $interface
        exec {*}$where ip address add fd00::$number/64 dev $interface nodad
    }
    set delay [open |[list [file join $::env(WEIR_BUILDDIR) tests delay] v1 w0 $ms 2>@1]]
    if {[gets $delay line] < 0 || $line ne "ready"} {
        error "no delay: $line"
    }
}

# The words before a command that run it at the end of the path.
proc pathEnd {} {
    list nsenter -t $::pathEnd -n
}
