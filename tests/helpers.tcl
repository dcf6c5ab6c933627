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

testConstraint root [expr {[file readable /proc/self/uid_map] && ![catch {exec id -u} uid] && $uid == 0}]
testConstraint ditg [expr {[auto_execok ITGSend] ne ""}]
testConstraint netns [expr {![catch {exec unshare -n true}]}]
testConstraint pty [expr {![catch {exec script -qec true /dev/null}]}]
testConstraint unsanitized [expr {![info exists env(WEIR_SANITIZED)]}]

# The error code and message of a script: {CODE MESSAGE}; {} when it did not fail.
proc failure {script} {
    if {[catch {uplevel 1 $script} message options]} {
        return [list [dict get $options -errorcode] $message]
    }
    return {}
}
