# What the benchmarks share: options, namespaces of their own, processes and what they use of
# the processor, samples of interleaved rounds, the table, the verdicts and the JSON.
#
#   bench::begin {-seconds 2 ...}      options with defaults; the rest runs in namespaces
#   bench::round {...}                 a script, once per round, its tools one after the other
#   bench::sample ITEM TEST TOOL FIGURES    what one run of a tool gave
#   bench::check ITEM WHAT VALUE OP LIMIT   what the item asks, after all rounds
#   bench::end                         the table and the verdicts; NAME.json in build/bench
#
# All take -rounds N; -quick 1, which is one round; -more 1, which adds to the rounds of the
# run before.  ITEM is a number of the list in doc/performance.md.  FIGURES is a dict; its first key is
# the one that tools are compared by.  `columns` tells how each is printed; `texts` are no
# numbers, and a `verdict` is printed below the table.  In the table each figure is the median
# of the rounds, `weir x` the median of Weir's first figure divided by this tool's in the same
# round, `+- %` half the spread of the first figure.
package require weir

namespace eval bench {
    variable options
    variable build [file dirname [file normalize [info nameofexecutable]]]
    variable weirsh [file join $build weirsh]
    variable results [file join $build bench]
    variable samples {} ;# {ITEM TEST TOOL} -> list of figures, one per round
    variable checks {}  ;# list of dicts
    variable texts {verdict cause} ;# not numbers
    variable columns {
        pps         packets/s %.0f
        goodputMbit Mbit/s    %.0f
        errorPercent "error %" %.4f
        zScore      "std errors" %.2f
        deviationP50Us "p50 us" %.1f
        deviationP99Us "p99 us" %.1f
        lossPercent "loss %"  %.3f
        sentPercent "sent %"  %.3f
        lost        lost      %.0f
        startS      "start s" %.3f
        closeS      "close s" %.3f
        lateP99Us   "late p99 us" %.0f
        senderKib   KiB/flow  %.1f
        receiverKib "rx KiB/flow" %.1f
        senderCpuPercent   "CPU %"    %.0f
        receiverCpuPercent "rx CPU %" %.0f
        senderNs    "CPU ns/p"    %.0f
        receiverNs  "rx ns/p" %.0f
        recordsPerSecond "M records/s" {%.2f 1e-6}
        milliseconds ms %.1f
        bytes       "kB" {%.0f 1e-3}
        peakBytes   "peak MB" {%.1f 1e-6}
        rttAverageMs "mean ms" %.3f
        rttMinimumMs "min ms" %.3f
        rttMaximumMs "max ms" %.3f
        pollsPerSecond polls/s %.0f
        weirRatio "weir x" %.2f
        spreadPercent "+- %" %.0f
    }
}

# Take the options of the script with their defaults from argv, and go on in network, mount
# and process namespaces of our own, in an empty directory: the script is run again there,
# and what it started ends with it.
proc bench::begin defaults {
    variable options
    variable results
    variable samples
    set defaults [dict merge {-rounds 3 -quick 0 -more 0 -table 1 -inside ""} $defaults]
    if {[catch {dict merge $defaults $::argv} options]
            || [dict size $options] != [dict size $defaults]} {
        puts stderr "usage: [file tail $::argv0] [join [lmap {name value} $defaults {
            if {$name in {-inside -table}} continue
            format "?%s %s?" $name [list $value]
        }]]"
        exit 2
    }
    if {[dict get $options -quick]} {
        dict set options -rounds 1
    }
    if {[dict get $options -inside] ne ""} {
        cd [dict get $options -inside]
        exec ip link set lo up
        # Bbr, some machines' default, paces by estimates that loopback makes unsteady.
        catch {exec sysctl -q -w net.ipv4.tcp_congestion_control=cubic}
        if {[dict get $options -more] && [file exists [Saved]]} {
            set samples [slurp [Saved]]
        }
        return
    }
    file mkdir $results
    set top [expr {[info exists ::env(TMPDIR)] ? $::env(TMPDIR) : "/tmp"}]
    set dir [file join $top bench[pid]]
    file mkdir $dir
    set status [catch {
        exec unshare -n -m -p -f --mount-proc --kill-child [info nameofexecutable] \
            [file normalize [info script]] {*}$::argv -inside $dir >@stdout 2>@stderr
    } message]
    file delete -force $dir
    if {$status} {
        puts stderr "[Name]: $message"
    }
    exit $status
}

proc bench::option name {
    variable options
    dict get $options $name
}

proc bench::Name {} {
    file rootname [file tail $::argv0]
}

# Where the samples stay for a run with -more.
proc bench::Saved {} {
    file join $bench::results [Name].samples
}

# Run a script in the caller once per round.
proc bench::round script {
    for {set round 1} {$round <= [option -rounds]} {incr round} {
        puts stderr "[Name]: round $round of [option -rounds]"
        uplevel 1 $script
    }
}

# --- Processes ----------------------------------------------------------------------------

# Start a program in the background with its output in FILE.out; answers its process id.
# Programs get back the signals that a background job ignores.
proc bench::start {file args} {
    exec env --default-signal=INT,HUP {*}$args < /dev/null > $file.out 2>@1 &
}

proc bench::alive pid {
    # (Starting a program to ask would disturb what is measured.)
    expr {![catch {slurp /proc/$pid/stat} stat] && ![string match "*) Z *" $stat]}
}

# Wait until SCRIPT is true; 0 when it did not become so within so many seconds.
proc bench::until {seconds script} {
    set end [expr {[clock milliseconds] + 1000 * $seconds}]
    while {![uplevel 1 [list expr $script]]} {
        if {[clock milliseconds] > $end} {
            return 0
        }
        after 10
    }
    return 1
}

# Signal a process that we started and wait for its end, if need be with force.
proc bench::stop {pid {signal INT}} {
    catch {exec sh -c "kill -$signal $pid"}
    if {![until 3 {![alive $pid]}]} {
        catch {exec sh -c "kill -KILL $pid"}
        until 3 {![alive $pid]}
    }
}

proc bench::slurp path {
    set channel [open $path rb]
    try {read $channel} finally {close $channel}
}

# Nanoseconds on a processor of a process and what it started, all threads.
proc bench::cpuNs pid {
    set total 0
    foreach file [glob -nocomplain /proc/$pid/task/*/schedstat] {
        catch {incr total [lindex [slurp $file] 0]}
    }
    foreach file [glob -nocomplain /proc/$pid/task/*/children] {
        catch {
            foreach child [slurp $file] {
                incr total [cpuNs $child]
            }
        }
    }
    return $total
}

# --- Figures ------------------------------------------------------------------------------

proc bench::median values {
    set values [lsort -real $values]
    set n [llength $values]
    expr {([lindex $values [expr {($n - 1) / 2}]] + [lindex $values [expr {$n / 2}]]) / 2.0}
}

# Of a sorted list.
proc bench::percentile {sorted p} {
    lindex $sorted [expr {int($p * ([llength $sorted] - 1))}]
}

# Empty FIGURES: the tool is not here.
proc bench::sample {item test tool figures} {
    variable samples
    dict lappend samples [list $item $test $tool] $figures
}

# All that the rounds gave for one figure of a tool.
proc bench::values {item test tool figure} {
    variable samples
    if {![dict exists $samples [list $item $test $tool]]} {
        return {}
    }
    set values {}
    foreach figures [dict get $samples [list $item $test $tool]] {
        if {[dict exists $figures $figure] && [dict get $figures $figure] ne ""} {
            lappend values [dict get $figures $figure]
        }
    }
    return $values
}

# The median of a figure, empty when the tool was not here.
proc bench::figure {item test tool figure} {
    set values [values $item $test $tool $figure]
    expr {$values eq "" ? "" : [median $values]}
}

# A text of the last round.
proc bench::text {item test tool name} {
    variable samples
    dict get [lindex [dict get $samples [list $item $test $tool]] end] $name
}

# The median of what one tool has in a round divided by what the other has
# in the same round.
proc bench::ratio {item test tool other figure} {
    set ratios [lmap a [values $item $test $tool $figure] \
            b [values $item $test $other $figure] {
        if {$a eq "" || $b eq "" || $b == 0} continue
        expr {double($a) / $b}
    }]
    expr {$ratios eq "" ? "" : [median $ratios]}
}

# Of two figures; empty when one is.
proc bench::quotient {a b} {
    expr {$a eq "" || $b eq "" || $b == 0 ? "" : double($a) / $b}
}

# Hold a value to a limit: OP is >= or <=.  An empty value could not be measured.
proc bench::check {item what value op limit} {
    variable checks
    set met [expr {$value eq "" ? "" : [expr "\$value $op \$limit"]}]
    lappend checks [dict create bench [Name] item $item check $what value $value \
        target "$op $limit" met $met]
}

# --- The end ------------------------------------------------------------------------------

# A row per test and tool: a dict of medians.
proc bench::Rows {} {
    variable samples
    variable texts
    set rows {}
    dict for {key rounds} $samples {
        lassign $key item test tool
        set row [dict create bench [Name] item $item test $test tool $tool]
        set first ""
        foreach figure [dict keys [lindex $rounds 0]] {
            if {$figure in $texts} {
                dict set row $figure [text $item $test $tool $figure]
                continue
            }
            set value [figure $item $test $tool $figure]
            if {$value ne ""} {
                dict set row $figure $value
                if {$first eq ""} {
                    set first $figure
                    dict set row rounds [llength [values $item $test $tool $figure]]
                    dict set row spreadPercent [Spread [values $item $test $tool $figure]]
                    if {$figure ne "zScore"} {
                        dict set row weirRatio [ratio $item $test weir $tool $figure]
                    }
                }
            }
        }
        lappend rows $row
    }
    return $rows
}

proc bench::Spread values {
    set values [lsort -real $values]
    set middle [expr {abs([median $values])}]
    expr {$middle > 0 ? 50.0 * ([lindex $values end] - [lindex $values 0]) / $middle : 0}
}

proc bench::end {} {
    variable results
    variable samples
    variable checks
    set channel [open [Saved] w]
    puts $channel $samples
    close $channel
    set rows [Rows]
    writeJson [file join $results [Name].json] [concat $rows $checks]
    if {[option -table]} {
        printAll [concat $rows $checks]
    }
}

# A table per benchmark, then all verdicts.
proc bench::printAll rows {
    set checks {}
    set tables {}
    foreach row $rows {
        if {[dict exists $row check]} {
            lappend checks $row
        } else {
            dict lappend tables [dict get $row bench] $row
        }
    }
    dict for {name table} $tables {
        puts "\n== $name"
        PrintTable $table
    }
    puts ""
    foreach check $checks {
        PrintCheck $check
    }
}

# Rows of one benchmark under the heads of the figures that they have.
proc bench::PrintTable rows {
    variable columns
    set used {}
    foreach {figure head format} $columns {
        foreach row $rows {
            if {[dict exists $row $figure]} {
                lappend used $figure $head $format
                break
            }
        }
    }
    set lines [list [list item test tool {*}[lmap {figure head format} $used {set head}]]]
    foreach row $rows {
        set line [list [dict get $row item] [dict get $row test] [dict get $row tool]]
        foreach {figure head format} $used {
            lappend line [Cell $row $figure $format]
        }
        if {![dict exists $row rounds]} {
            lset line 3 "not installed"
        }
        lappend lines $line
    }
    PrintAligned $lines 3
    foreach row $rows {
        if {[dict exists $row verdict]} {
            puts "[dict get $row test], [dict get $row tool] says: [dict get $row verdict]"
        }
    }
}

proc bench::Cell {row figure format} {
    if {![dict exists $row $figure] || [dict get $row $figure] eq ""} {
        return ""
    }
    lassign $format format factor
    format $format [expr {[dict get $row $figure] * ($factor eq "" ? 1 : $factor)}]
}

# The first columns to the left, the others to the right.
proc bench::PrintAligned {lines left} {
    set widths [lmap - [lindex $lines 0] {expr 0}]
    foreach line $lines {
        set widths [lmap width $widths cell $line {expr {max($width, [string length $cell])}}]
    }
    foreach line $lines {
        set i 0
        set cells [lmap width $widths cell $line {
            format [expr {[incr i] <= $left ? "%-*s" : "%*s"}] $width $cell
        }]
        puts [string trimright [join $cells "  "]]
    }
}

proc bench::PrintCheck row {
    dict with row {
        set verdict [dict get {1 ok 0 MISSED "" "not measured"} $met]
        set shown [expr {$value eq "" ? "-" : [format %.4g $value]}]
        puts "$item  $check: $shown ($target) $verdict"
    }
}

# --- JSON: an array with one flat object per line -------------------------------------------

proc bench::writeJson {path rows} {
    set channel [open $path w]
    puts $channel "\[[join [lmap row $rows {JsonObject $row}] ,\n]\]"
    close $channel
}

proc bench::JsonObject row {
    set members {}
    dict for {key value} $row {
        if {$key eq "met"} {
            set value [dict get {1 true 0 false "" null} $value]
        } elseif {$value eq ""} {
            set value null
        } elseif {![string is double $value]} {
            set value "\"[string map {\\ \\\\ \" \\\" \n \\n} $value]\""
        }
        lappend members "\"$key\":$value"
    }
    return "{[join $members ,]}"
}

# Rows out of such a file again.
proc bench::readJson path {
    set rows {}
    foreach line [split [slurp $path] \n] {
        set row {}
        foreach {- key text value} [regexp -all -inline \
                {"(\w+)":(?:"((?:[^"\\]|\\.)*)"|([^,\}]*))} $line] {
            set value [expr {$text ne "" ? [string map {\\\\ \\ \\\" \"} $text]
                : [string map {true 1 false 0 null ""} $value]}]
            dict set row $key $value
        }
        if {$row ne ""} {
            lappend rows $row
        }
    }
    return $rows
}
