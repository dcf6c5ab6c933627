# All benchmarks one after the other, then one table with the verdicts, and bench.json.
#
#   weirsh tests/bench/suite.tcl ?-rounds N? ?-quick 1? ?-only {NAME ...}? ?-run 0?
#
# -quick is one round of each; -run 0 prints the table of what is in build/bench already.
# Exit status 1: a benchmark failed.  (A target that is missed is a result, not a failure.)
source [file join [file dirname [info script]] lib.tcl]
set names {pacing flows speed tcp decode poll honest plot window rtt ending}
set options [dict create -rounds "" -quick 0 -only $names -run 1]
if {[catch {dict merge $options $argv} options] || [dict size $options] != 4} {
    puts stderr "usage: suite.tcl ?-rounds N? ?-quick 1? ?-only {NAME ...}? ?-run 0?"
    exit 2
}
set words [list -table 0 -quick [dict get $options -quick]]
if {[dict get $options -rounds] ne ""} {
    lappend words -rounds [dict get $options -rounds]
}

set rows {}
set failed 0
foreach name [dict get $options -only] {
    set script [file join [file dirname [file normalize [info script]]] $name.tcl]
    if {[dict get $options -run] && [catch {
        exec [info nameofexecutable] $script {*}$words >@stdout 2>@stderr
    }]} {
        set failed 1
    }
    set json [file join $bench::results $name.json]
    if {[file exists $json]} {
        lappend rows {*}[bench::readJson $json]
    }
}
bench::printAll $rows
bench::writeJson [file join $bench::results bench.json] $rows
puts "\nAll of it: [file join $bench::results bench.json]"
exit $failed
