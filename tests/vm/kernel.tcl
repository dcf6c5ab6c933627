# Sourced by the tests of this folder after helpers.tcl: constraints by trying what a kernel
# can do.  (A process is expensive in a guest: one tries all queueing disciplines.)
proc unitProgram {name} {
    file join $::env(WEIR_BUILDDIR) tests unit $name
}

# Queueing disciplines that the loopback interface of a new namespace can have.
proc tryQdiscs {wanted} {
    set script "PATH=\$PATH:/usr/sbin:/sbin; ip link set lo up\n"
    foreach {name arguments} $wanted {
        append script "tc qdisc replace dev lo root $name $arguments 2>/dev/null && echo $name\n"
    }
    catch {exec unshare -n sh -c $script\ntrue} found
    foreach {name -} $wanted {
        testConstraint $name [expr {$name in $found}]
    }
}

testConstraint guest [info exists env(WEIR_GUEST)]
testConstraint sctp [expr {![catch {exec [unitProgram sctp_test] have}]}]
testConstraint dccp [expr {![catch {exec [unitProgram dccp_test] have}]}]
tryQdiscs {
    netem {delay 1ms}
    prio {}
    tbf {rate 1mbit burst 10k latency 50ms}
}
