# Sourced by every .test file: loads tcltest and the package, defines constraints by trying
# the thing, and the helpers that more than one file uses.
package require tcltest 2.5
namespace import -force ::tcltest::*
if {![info exists env(WEIR_BUILDDIR)]} {
    set env(WEIR_BUILDDIR) [file normalize build]
}
if {![info exists env(WEIR_SRCDIR)]} {
    set env(WEIR_SRCDIR) [file dirname [file dirname [file normalize [info script]]]]
}
lappend auto_path [file join $env(WEIR_BUILDDIR) library]
package require weir

set fixtures [file join $env(WEIR_SRCDIR) tests fixtures]
set weirsh [file join $env(WEIR_BUILDDIR) weirsh]
set weirProgram [file join $env(WEIR_BUILDDIR) weir]

testConstraint root [expr {![catch {exec id -u} uid] && $uid == 0}]
testConstraint procfs [file readable /proc/self/status]
testConstraint minutes [expr {![info exists env(WEIR_QUICK)]}] ;# .ci/run wants those once
testConstraint ditg [expr {[auto_execok ITGSend] ne ""}]
testConstraint netns [expr {![catch {exec unshare -n -m -p -f --mount-proc ip link set lo up}]}]
testConstraint pty [expr {![catch {exec script -qec true /dev/null}]}]
set sanitizer [expr {[info exists env(WEIR_SANITIZER)] ? $env(WEIR_SANITIZER) : ""}]
testConstraint unsanitized [expr {$sanitizer eq ""}]

# The error code and message of a script: {CODE MESSAGE}; {} when it did not fail.
proc failure {script} {
    if {[catch {uplevel 1 $script} message options]} {
        return [list [dict get $options -errorcode] $message]
    }
    return {}
}

# --- Flows on loopback --------------------------------------------------------------------
# For files that import ::weir::*.

# A listening receiver `r`; its signalling address in ::signal.
proc startReceiver {args} {
    receiver create r -listen 127.0.0.1:0 {*}$args
    r start
    set ::signal [dict get [r stats] listen]
}
# A flow to it; the receiver chooses the data port.
proc makeFlow {name args} {
    flow create $name -to 127.0.0.1:0 -signal $::signal -rate 1000pps -ps 100 {*}$args
}
# Remove all flows and receivers, and the logs that logFile named.
proc cleanUp {} {
    foreach name [concat [flow names] [receiver names]] {
        catch {$name destroy}
    }
    file delete {*}[glob -nocomplain -directory [temporaryDirectory] *.log]
}
proc logFile {name} {
    file join [temporaryDirectory] $name
}
# The signalling message SEND_FLOW for 127.0.0.1.
proc sendFlow {id protocol meter payload {port 0}} {
    binary format c6Ica10sc4 [list 3 [dict get {TCP 1 UDP 2} $protocol] 0 \
        [dict get {OWDM 1 RTTM 2} $meter] 0 4] $id \
        [lsearch {standard short none} $payload] noSerial $port {127 0 0 1}
}
# A signalling connection to the receiver `r`, past the greeting.
proc greet {} {
    set channel [socket {*}[split $::signal :]]
    fconfigure $channel -translation binary -buffering none
    puts -nonewline $channel \x01
    read $channel 1
    return $channel
}
# A port that nobody listens on now.
proc freePort {} {
    set channel [socket -server {} -myaddr 127.0.0.1 0]
    try {lindex [fconfigure $channel -sockname] 2} finally {close $channel}
}
# Run the event loop until SCRIPT is true, at most so many seconds.
proc untilTrue {script {seconds 30}} {
    set end [expr {[clock milliseconds] + 1000 * $seconds}]
    while {![uplevel 1 [list expr $script]] && [clock milliseconds] < $end} {
        after 10 {set ::tick 1}
        vwait ::tick
    }
}
# The values of some keys.
proc get {dict args} {
    lmap key $args {dict get $dict $key}
}

# --- Tests in namespaces --------------------------------------------------------------------
# `netnsTest NAME DESCRIPTION CONSTRAINTS SCRIPT RESULT` declares a test whose script runs in
# a weirsh in namespaces of its own (network, processes, mounts), with the commands of
# netns.tcl and an empty working directory.  `runNetnsTests`, once at the end of a file, runs
# them, a few side by side: most of their time is waiting.
namespace eval netns {
    variable declared {}
    variable waiting {}
    variable running 0
    variable atOnce 6
    variable seconds 120
    variable output
    variable done
}

proc netnsTest {name description constraints script result} {
    lappend netns::declared $name $description [concat netns $constraints] $script $result
}

proc runNetnsTests {} {
    foreach {name - constraints script -} $netns::declared {
        set wanted [lmap pattern [configure -match] {string match $pattern $name}]
        set possible [lmap constraint $constraints {testConstraint $constraint}]
        if {1 in $wanted && 0 ni $possible} {
            lappend netns::waiting $name $script
        }
    }
    foreach {name description constraints - result} $netns::declared {
        test $name $description -constraints $constraints -body [list netns::Outcome $name] \
            -result $result
    }
}

# What the test's script answered; its error is thrown.
proc netns::Outcome name {
    variable done
    StartMore
    while {![info exists done($name)]} {
        vwait netns::done
    }
    lassign $done($name) code result
    return -code $code $result
}

proc netns::StartMore {} {
    variable waiting
    variable running
    variable atOnce
    variable seconds
    while {$running < $atOnce && $waiting ne ""} {
        set waiting [lassign $waiting name script]
        set dir [file join [tcltest::temporaryDirectory] $name]
        file delete -force $dir
        file mkdir $dir
        set child [list source [file join $::env(WEIR_SRCDIR) tests netns.tcl]]\n
        append child [list perform $dir $script]
        set channel [open |[list timeout -k 1 $seconds unshare -n -m -p -f --mount-proc --kill-child \
            $::weirsh -c $child < /dev/null 2>@1] r]
        fconfigure $channel -blocking 0
        fileevent $channel readable [list netns::Gather $name $dir $channel]
        incr running
    }
}

proc netns::Gather {name dir channel} {
    variable output
    variable done
    variable running
    append output($name) [read $channel]
    if {![eof $channel]} return
    fconfigure $channel -blocking 1
    try {
        close $channel ;# the status tells what a sanitizer found at the end
        set file [open [file join $dir result]]
        set done($name) [read $file]
        close $file
        file delete -force $dir
    } on error message {
        set done($name) [list 1 "did not end well: $message\n$output($name)"]
    }
    incr running -1
    StartMore
}
