# library: what is written in Tcl over the registered commands - applets first.
#
# This file is sourced when the package is loaded.
namespace eval ::weir {
    variable libraryDir [file dirname [file normalize [info script]]]
    namespace export {[a-z]*}
}

# The applets: files of library/applets, each defining ::weir::NAME.
# A file is sourced when its applet is first called.
proc ::weir::appletNames {} {
    variable libraryDir
    lmap file [lsort [glob -nocomplain -directory [file join $libraryDir applets] *.tcl]] {
        file rootname [file tail $file]
    }
}

foreach ::weir::applet_ [::weir::appletNames] {
