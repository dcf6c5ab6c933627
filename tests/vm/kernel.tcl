# Sourced by the tests of this folder after helpers.tcl: constraints by trying what a kernel
# can do.
proc unitProgram {name} {
    file join $::env(WEIR_BUILDDIR) tests unit $name
}

# Whether a queueing discipline can be put on the loopback interface of a new namespace.
proc hasQdisc {args} {
    expr {![catch {exec unshare -n sh -c "PATH=\$PATH:/usr/sbin:/sbin
        ip link set lo up && tc qdisc add dev lo root $args"}]}
}

testConstraint guest [info exists env(WEIR_GUEST)]
testConstraint sctp [expr {![catch {exec [unitProgram sctp_test] have}]}]
testConstraint dccp [expr {![catch {exec [unitProgram dccp_test] have}]}]
testConstraint netem [hasQdisc netem delay 1ms]
testConstraint prio [hasQdisc prio]
testConstraint tbf [hasQdisc tbf rate 1mbit burst 10k latency 50ms]
