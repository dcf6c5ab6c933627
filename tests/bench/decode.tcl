# Decoding beside ITGDec: a log of two million records, written by Weir's own writer, is
# summarised by stock ITGDec and by `weir itgdec` in turns.  Prints the medians, their ratio
# (aim: at least 8), our peak memory (aim: under 32 MB), then all of it as JSON.
# Run: weirsh tests/bench/decode.tcl ?RECORDS? ?ROUNDS?
package require weir

lassign $argv records rounds
if {$records eq ""} {set records 2000000}
if {$rounds eq ""} {set rounds 5}
set build [expr {[info exists env(WEIR_BUILDDIR)] ? $env(WEIR_BUILDDIR) : [pwd]}]
set weir [file join $build weir]
set weirsh [file join $build weirsh]
set genlog [file join $build tests bench genlog]

# Wall time in seconds of a command whose output goes nowhere: ITGDec is twice as slow when
# it can show its progress.
proc seconds args {
    set start [clock microseconds]
    exec {*}$args >/dev/null 2>/dev/null
    return [expr {([clock microseconds] - $start) / 1e6}]
}

proc median numbers {
    lindex [lsort -real $numbers] [expr {[llength $numbers] / 2}]
}

# The largest resident size of a process that runs the applet, in bytes.
proc peakMemory file {
    set status [exec $::weirsh -c [format {
        itgdec %s
        set file [open /proc/self/status]
        puts [read $file]
    } [list $file]]]
    regexp {VmHWM:\s*(\d+) kB} $status - kB
    return [expr {$kB * 1024}]
}

# Time both on one log; returns a dict for the JSON.
proc compare {flows file} {
    exec $::genlog $file $::records $flows
    set stock {}
    set ours {}
    set peer [expr {[auto_execok ITGDec] ne ""}]
    seconds $::weir itgdec $file ;# the file is in memory from here on
    for {set i 0} {$i < $::rounds} {incr i} {
        if {$peer} {lappend stock [seconds ITGDec $file]}
        lappend ours [seconds $::weir itgdec $file]
    }
    set ourTime [median $ours]
    set peak [peakMemory $file]
    set result [dict create flows $flows records $::records weirSeconds $ourTime \
        weirRecordsPerSecond [expr {$::records / $ourTime}] weirPeakBytes $peak]
    set line [format "%3d flows  weir itgdec %6.3f s %6.1f M records/s %5.1f MB peak" \
        $flows $ourTime [expr {$::records / $ourTime / 1e6}] [expr {$peak / 1e6}]]
    if {$peer} {
        set stockTime [median $stock]
        set ratio [expr {$stockTime / $ourTime}]
        dict set result itgdecSeconds $stockTime
        dict set result ratio $ratio
        append line [format "  ITGDec %6.3f s  %.1f times faster" $stockTime $ratio]
    } else {
        append line "  (no ITGDec here to compare with)"
    }
    puts $line
    return $result
}

set folder [file join [pwd] decodebench-[pid]]
file mkdir $folder
try {
    set results [lmap flows {1 50} {compare $flows [file join $folder bench.log]}]
} finally {
    file delete -force $folder
}
puts "\[[join [lmap result $results {
    set members {}
    dict for {key value} $result {lappend members "\"$key\": $value"}
    format "{%s}" [join $members {, }]
}] ",\n "]\]"
