# Runs every tests/*.test, each in its own process, and ends with the line
# "N passed, N failed, N skipped".  Names of skipped tests are printed with their reason.
# tests/vm/all.tcl, which tcltest finds by itself, adds what ran in a guest to the totals
# (-asidefromdir vm leaves it out).
#
# .ci/run runs the tests several times: WEIR_QUICK=1 leaves out those that take minutes and
# the guest, WEIR_QUICK=guest only the former.
package require Tcl 8.6-
package require tcltest 2.5

set srcdir [expr {[info exists env(WEIR_SRCDIR)] ? $env(WEIR_SRCDIR) : [file dirname [file dirname [file normalize [info script]]]]}]
set builddir [expr {[info exists env(WEIR_BUILDDIR)] ? $env(WEIR_BUILDDIR) : [pwd]}]
set options [dict merge [list -testdir [file join $srcdir tests] \
    -tmpdir [file join $builddir testtmp] -singleproc 0] $argv]
if {[info exists env(WEIR_QUICK)] && $env(WEIR_QUICK) ne "guest"} {
    dict set options -asidefromdir vm
}
file mkdir [dict get $options -tmpdir]
tcltest::configure {*}$options

proc tcltest::cleanupTestsHook {} {
    variable numTests
    array set ::totals [array get numTests]
}
array set totals {Total 0 Passed 0 Skipped 0 Failed 0}
set failed [tcltest::runAllTests]
if {$failed && $totals(Failed) == 0} {
    set totals(Failed) 1 ;# a file that crashed
}
puts "$totals(Passed) passed, $totals(Failed) failed, $totals(Skipped) skipped"
exit [expr {$totals(Failed) || $totals(Total) == 0}]
