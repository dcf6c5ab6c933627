# Decoding beside ITGDec and beside a loop that only reads the file and adds up: a log of
# Weir's own writer, of one flow and of many, summarised in turns, and cut into the four files
# of figures for each second; and writing such a log.
#
#   weirsh tests/bench/decode.tcl ?-records 2100000? ?-flows {1 50}? ?-rounds 5?
#
# Times are of whole processes, from start to end, with the file in memory.
source [file join [file dirname [info script]] lib.tcl]
bench::begin {-records 2100000 -flows {1 50} -rounds 5}

# A command's run, its output going nowhere: ITGDec is twice as slow when it can show its
# progress.
proc run args {
    set start [clock microseconds]
    exec {*}$args >/dev/null 2>/dev/null
    set us [expr {[clock microseconds] - $start}]
    set records [bench::option -records]
    dict create recordsPerSecond [expr {1e6 * $records / $us}] milliseconds [expr {$us / 1e3}] \
        recordNs [expr {1e3 * $us / $records}]
}

# The largest resident size of a process that runs the applet, in bytes.
proc peakBytes file {
    set status [exec $bench::weirsh -c {
        itgdec [lindex $argv 0]
        puts [read [open /proc/self/status]]
    } $file]
    regexp {VmHWM:\s*(\d+) kB} $status - kB
    expr {$kB * 1024}
}

set programs [file join $bench::build tests bench]
set tools [dict create weir [list [file join $bench::build weir] itgdec] itg ITGDec \
    "bare sum" [list [file join $programs bare] sum]]
set genlog [list [file join $programs genlog]]
foreach flows [bench::option -flows] {
    exec {*}$genlog $flows.log [bench::option -records] $flows
}
bench::round {
    foreach format {itg weir} {
        bench::sample 6 "write, $format" weir \
            [run {*}$genlog written.log [bench::option -records] 1 $format]
    }
    foreach flows [bench::option -flows] {
        dict for {tool words} $tools {
            set figures {}
            if {[auto_execok [lindex $words 0]] ne ""} {
                set figures [run {*}$words $flows.log]
            }
            if {$tool eq "weir"} {
                dict set figures peakBytes [peakBytes $flows.log]
            }
            bench::sample 6 "decode, flows: $flows" $tool $figures
            if {$tool ne "bare sum" && $figures ne ""} {
                bench::sample 6 "-d -j -b -p, flows: $flows" $tool [run {*}$words $flows.log \
                    -d 1000 d.dat -j 1000 j.dat -b 1000 b.dat -p 1000 p.dat]
            }
        }
    }
}
foreach flows [bench::option -flows] {
    set test "decode, flows: $flows"
    bench::check 6a "$test: weir of ITGDec" \
        [bench::ratio 6 $test weir itg recordsPerSecond] >= 12
    bench::check 6a "-d -j -b -p, flows: $flows: weir of ITGDec" \
        [bench::ratio 6 "-d -j -b -p, flows: $flows" weir itg recordsPerSecond] >= 12
    bench::check 6b "$test: bare read-and-sum of weir" \
        [bench::ratio 6 $test "bare sum" weir recordsPerSecond] <= 4
}
bench::end
