# watch: a table of running objects, refreshed in place.
namespace eval ::weir::watch {
    namespace path ::weir
    variable ended ""
}

# watch ?NAME ...? ?-interval D?  Ends with q, Ctrl-C, or when nothing named exists any more;
# without a terminal it prints the table again and again, until nothing runs.
proc ::weir::watch args {
    lassign [uplevel 1 [list ::weir::watch::Words {*}$args]] names interval
    watch::Run $names $interval
}

proc ::weir::watch::Run {names interval} {
    variable ended ""
    set terminal [expr {![catch {fconfigure stdout -mode}] && ![catch {fconfigure stdin -mode}]}]
    set before [dict create]
    set shown {}
    if {$terminal} {
        set restore [list ::weir::watch::Restore [exec stty -g <@stdin]]
        trace add execution ::exit enter $restore ;# a callback may end the program
        exec stty -icanon -echo min 0 <@stdin
        set readable [fileevent stdin readable]
        fileevent stdin readable ::weir::watch::Key
    }
    set handler [oninterrupt]
    oninterrupt {set ::weir::watch::ended interrupt}
    try {
        while {$ended eq ""} {
            set sample [Sample $names]
            set shown [Refresh [Table $sample $before] $shown $terminal]
            set before $sample
            if {$sample eq "" || (!$terminal && ![Runs $sample])} break
            set timer [after $interval {set ::weir::watch::ended $::weir::watch::ended}]
            vwait ::weir::watch::ended
            after cancel $timer
        }
    } finally {
        if {$terminal} {
            fileevent stdin readable $readable
            trace remove execution ::exit enter $restore
            {*}$restore
        }
        oninterrupt $handler
    }
    return
}

proc ::weir::watch::Restore {settings args} {
    exec stty $settings <@stdin
}

proc ::weir::watch::Key {} {
    if {[string match *q* [read stdin 1]]} {
        set ::weir::watch::ended key
    }
}

# Print the rows in place of what was SHOWN: {COLUMNS LINES NUMBER}, the terminal's size and
# how many lines were printed.  Answers the same of now.  When the size has changed nobody
# knows where those lines are, and the screen is cleared.
proc ::weir::watch::Refresh {rows shown terminal} {
    if {!$terminal} {
        puts [join [Lines $rows 1000000] \n]
        flush stdout
        return
    }
    lassign [TerminalSize] columns lines
    if {$columns eq ""} {lassign {80 24} columns lines}
    set text [lmap line [Lines [Fitting $rows $lines] $columns] {
        string range $line 0 $columns-2
    }]
    if {$shown ne "" && [lrange $shown 0 1] ne [list $columns $lines]} {
        puts -nonewline "\x1b\[H\x1b\[2J"
    } elseif {$shown ne ""} {
        puts -nonewline "\x1b\[[lindex $shown 2]F\x1b\[J"
    }
    puts [join $text \n]
    flush stdout
    list $columns $lines [llength $text]
}

# --- what is measured ------------------------------------------------------------------------

# A method of an object, whose name is one of the global namespace.
proc ::weir::watch::Ask {name method args} {
    uplevel #0 [list $name $method {*}$args]
}

# Now: a dict of rows, each with what the table needs of it.
proc ::weir::watch::Sample {names} {
    set rows [dict create]
    dict for {name family} [objects] {
        if {$names ne "" && $name ni $names} continue
        switch $family {
            flow {
                Row rows $name sent [Ask $name stats] [FlowNote $name]
            }
            receiver {
                set flows [Ask $name flows]
                if {$flows eq ""} {Row rows $name "" [Ask $name stats] [Listens $name]}
                foreach flow $flows {
                    Row rows "$name flow [dict get $flow id]" received $flow \
                        "from [dict get $flow source]"
                }
            }
            {flow daemon} {
                Row rows $name "" [Ask $name stats] [Listens $name]
                foreach command [Ask $name commands] {
                    if {[dict get $command state] in {done failed}} continue
                    Row rows "$name flow [dict get $command id]" sent $command \
                        "for [dict get $command client]"
                }
            }
            {flow remote} {
                set stats [Ask $name stats]
                Row rows $name "" [dict create state [expr {[dict get $stats active] > 0
                    ? "active" : "idle"}]] "[Count $stats active command] to\
                    [dict get $stats daemon], [dict get $stats finished] finished,\
                    [dict get $stats failed] failed"
            }
            logserver {
                set stats [Ask $name stats]
                Row rows $name "" [dict create state [dict get $stats state]] \
                    "[Count $stats clientsActive client], [Count $stats records record]"
            }
        }
    }
    return $rows
}

proc ::weir::watch::Count {stats key what} {
    set count [dict get $stats $key]
    return "$count $what[expr {$count == 1 ? "" : "s"}]"
}

proc ::weir::watch::Listens {name} {
    set stats [Ask $name stats]
    if {[dict get $stats state] eq "listening"} {
        return "on [dict get $stats listen]"
    }
}

# The time left and how much of it has passed, of a running flow that ends by time.
proc ::weir::watch::FlowNote {name} {
    set stats [Ask $name stats]
    set elapsed [dict get $stats elapsed]
    set duration [Seconds [Ask $name cget -duration]]
    if {[dict get $stats state] ne "running" || $elapsed eq "" || $duration <= 0} {
        return
    }
    set left [expr {max(0, $duration - $elapsed)}]
    format "%.*f s left, %.0f %%" [expr {$left < 10}] $left \
        [expr {min(100, 100 * $elapsed / $duration)}]
}

proc ::weir::watch::Row {rowsVar name direction stats note} {
    upvar 1 $rowsVar rows
    set row [dict create at [clock microseconds] direction $direction note $note]
    foreach key {state packets bytes lossRatio delayMean lateP99} {
        dict set row $key [if {[dict exists $stats $key]} {dict get $stats $key}]
    }
    if {$direction eq ""} {
        dict set row packets ""
        dict set row bytes ""
    }
    dict set rows $name $row
}

proc ::weir::watch::IsRunning {row} {
    expr {[dict get $row state] in {running starting connecting sending active}}
}

proc ::weir::watch::Runs {sample} {
    foreach row [dict values $sample] {
        if {[IsRunning $row]} {
            return 1
        }
    }
    return 0
}

# What grew per second since the sample before; "" when there is none.
proc ::weir::watch::Rate {name key sample before} {
    if {![dict exists $before $name]} {
        return
    }
    set now [dict get $sample $name $key]
    set was [dict get $before $name $key]
    set us [expr {[dict get $sample $name at] - [dict get $before $name at]}]
    if {$now ne "" && $was ne "" && $us > 0} {
        expr {($now - $was) * 1e6 / $us}
    }
}

# --- the table -------------------------------------------------------------------------------

proc ::weir::watch::Cell {value scale decimals} {
    if {$value eq ""} return
    format %.${decimals}f [expr {$value * $scale}]
}

# Rows of cells: the head, running objects, then others, then the sums as {SUM NAME ...}.
proc ::weir::watch::Table {sample before} {
    set running {}
    set others {}
    set sums [dict create]
    dict for {name row} $sample {
        set packets [Rate $name packets $sample $before]
        set bits [Rate $name bytes $sample $before]
        if {$packets ne "" && $bits ne "" && [IsRunning $row]} {
            set direction [dict get $row direction]
            lassign [expr {[dict exists $sums $direction] ? [dict get $sums $direction] : {0 0 0}}] \
                count allPackets allBits
            dict set sums $direction [list [incr count] [expr {$allPackets + $packets}] \
                [expr {$allBits + $bits}]]
        }
        lappend [expr {[IsRunning $row] ? "running" : "others"}] [list $name \
            [dict get $row state] [Cell $packets 1 1] [Cell $bits 8e-6 3] \
            [Cell [dict get $row lossRatio] 100 2] [Cell [dict get $row delayMean] 1e3 3] \
            [Cell [dict get $row lateP99] 1e6 0] [dict get $row note]]
    }
    set totals [lmap direction {sent received} {
        if {![dict exists $sums $direction]} continue
        lassign [dict get $sums $direction] count packets bits
        if {$count < 2} continue
        list "all $direction" "" [Cell $packets 1 1] [Cell $bits 8e-6 3] "" "" "" "$count flows"
    }]
    list [list name state pkt/s Mbit/s "lost %" "delay ms" "late p99 us" note] \
        [concat $running $others] $totals
}

# As many rows as the lines of a terminal allow, and a word on how many more there are.
proc ::weir::watch::Fitting {table lines} {
    lassign $table head rows totals
    set room [expr {max(1, $lines - 3 - [llength $totals])}]
    if {[llength $rows] > $room} {
        set more [expr {[llength $rows] - $room}]
        set rows [lrange $rows 0 $room-1]
        lappend totals [list "$more more"]
    }
    list $head $rows $totals
}

# The lines of the table; where they would not fit in the columns, names lose their middle, and
# then notes their end.
proc ::weir::watch::Lines {table columns} {
    lassign $table head rows totals
    if {$rows eq ""} {
        return [list "there is no object to watch"]
    }
    set all [concat [list $head] $rows $totals]
    set widths [lmap index {0 1 2 3 4 5 6 7} {
        tcl::mathfunc::max {*}[lmap row $all {string length [lindex $row $index]}]
    }]
    set figures [expr {[tcl::mathop::+ {*}[lrange $widths 1 6]] + 14}]
    set note [expr {min([lindex $widths 7], 20)}]
    lset widths 0 [expr {min([lindex $widths 0], max(8, $columns - $figures - $note - 1))}]
    lmap row $all {
        set cells [lmap index {0 1 2 3 4 5 6 7} width $widths {
            set cell [lindex $row $index]
            if {[string length $cell] > $width} {
                set begin [expr {($width - 1) / 2}]
                set cell [string range $cell 0 $begin-1]~[string range $cell \
                    end-[expr {$width - $begin - 2}] end]
            }
            format [expr {$index in {0 1 7} ? "%-*s" : "%*s"}] $width $cell
        }]
        string trimright [join $cells "  "]
    }
}
