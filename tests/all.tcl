# Runs every tests/*.test, each in its own process, and ends with the line
# "N passed, N failed, N skipped".  Names of skipped tests are printed with their reason.
package require Tcl 8.6-
package require tcltest 2.5

set srcdir [expr {[info exists env(WEIR_SRCDIR)] ? $env(WEIR_SRCDIR) : [file dirname [file dirname [file normalize [info script]]]]}]
set builddir [expr {[info exists env(WEIR_BUILDDIR)] ? $env(WEIR_BUILDDIR) : [pwd]}]
file mkdir [file join $builddir testtmp]
tcltest::configure -testdir [file join $srcdir tests] -tmpdir [file join $builddir testtmp] \
    -singleproc 0 {*}$argv

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
exit [expr {$failed || $totals(Total) == 0}]
