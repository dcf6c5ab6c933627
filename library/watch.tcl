# watch: a table of running objects, refreshed in place.
namespace eval ::weir::watch {
    namespace path ::weir
    variable ended ""
}

# watch ?NAME ...? ?-interval D?  Ends with q, Ctrl-C, or when nothing named exists any more;
# without a terminal it prints the table again and again, until nothing runs.
proc ::weir::watch args {
    set interval 1s
    set names {}
    for {set i 0} {$i < [llength $args]} {incr i} {
        set word [lindex $args $i]
        if {[string match -* $word]} {
            if {$word ne "-interval" || $i + 1 == [llength $args]} {
                UnknownWord WATCH option $word {{-interval DURATION}}
            }
            set interval [lindex $args [incr i]]
        } elseif {![dict exists [objects] $word]} {
            UnknownWord WATCH object $word [dict keys [objects]]
        } else {
            lappend names $word
        }
    }
    watch::Run $names [watch::Milliseconds $interval]
}

proc ::weir::watch::Milliseconds {text} {
    if {![regexp {^(\d*\.?\d+)(ms|s|m)?$} $text -> number unit] || $number <= 0} {
        throw {WEIR WATCH ARG} "option -interval: \"$text\" is not a duration: use 250ms or 10s"
    }
    expr {max(20, round($number * [dict get {ms 1 s 1000 "" 1000 m 60000} $unit]))}
}

proc ::weir::watch::Run {names interval} {
    variable ended
    set terminal [expr {![catch {fconfigure stdout -mode}] && ![catch {fconfigure stdin -mode}]}]
    set before [dict create]
    set lines 0
    set ended ""
    set handler [oninterrupt]
    oninterrupt {set ::weir::watch::ended interrupt}
    if {$terminal} {
        set settings [exec stty -g <@stdin]
        exec stty -icanon -echo min 0 <@stdin
        set readable [fileevent stdin readable]
        fileevent stdin readable ::weir::watch::Key
    }
    try {
        while {$ended eq ""} {
            set sample [Sample $names]
            set text [Table $sample $before]
            if {$lines > 0 && $terminal} {puts -nonewline "\x1b\[${lines}F\x1b\[J"}
            puts $text
            flush stdout
            set lines [llength [split $text \n]]
            set before $sample
            if {$sample eq "" || (!$terminal && ![Runs $sample])} break
            set timer [after $interval {set ::weir::watch::ended $::weir::watch::ended}]
            vwait ::weir::watch::ended
            after cancel $timer
        }
    } finally {
        if {$terminal} {
            fileevent stdin readable $readable
            exec stty $settings <@stdin
        }
        oninterrupt $handler
    }
    return
}

proc ::weir::watch::Key {} {
    if {[string match *q* [read stdin 1]]} {
        set ::weir::watch::ended key
    }
}

# Now: a dict of rows, each with what the table needs of it.
proc ::weir::watch::Sample {names} {
    set rows [dict create]
    dict for {name family} [objects] {
        if {$names ne "" && $name ni $names} continue
        if {$family eq "flow"} {
            Row rows $name [$name stats]
        } elseif {$family eq "receiver"} {
            set flows [$name flows]
            if {$flows eq ""} {Row rows $name [$name stats]}
            foreach flow $flows {
                Row rows "$name flow [dict get $flow id]" $flow
            }
        } elseif {$family ne "plot"} {
            Row rows $name [$name stats]
        }
    }
    return $rows
}

proc ::weir::watch::Row {rowsVar name stats} {
    upvar 1 $rowsVar rows
    set row [dict create at [clock microseconds]]
    foreach key {state packets bytes lossRatio delayMean lateP99} {
        dict set row $key [if {[dict exists $stats $key]} {dict get $stats $key}]
    }
    dict set rows $name $row
}

proc ::weir::watch::Runs {sample} {
    foreach row [dict values $sample] {
        if {[dict get $row state] in {running starting connecting sending active}} {
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

proc ::weir::watch::Cell {value scale decimals} {
    if {$value eq ""} {return -}
    format %.${decimals}f [expr {$value * $scale}]
}

proc ::weir::watch::Table {sample before} {
    set rows [list {name state pkt/s Mbit/s "lost %" "delay ms" "late p99 us"}]
    foreach name [dict keys $sample] {
        set row [dict get $sample $name]
        lappend rows [list $name [dict get $row state] \
            [Cell [Rate $name packets $sample $before] 1 1] \
            [Cell [Rate $name bytes $sample $before] 8e-6 3] \
            [Cell [dict get $row lossRatio] 100 2] \
            [Cell [dict get $row delayMean] 1e3 3] \
            [Cell [dict get $row lateP99] 1e6 0]]
    }
    if {[llength $rows] == 1} {
        return "there is no object to watch"
    }
    set widths [lmap index {0 1 2 3 4 5 6} {
        tcl::mathfunc::max {*}[lmap row $rows {string length [lindex $row $index]}]
    }]
    join [lmap row $rows {
        set cells [lmap cell $row width $widths index {0 1 2 3 4 5 6} {
            format [expr {$index < 2 ? "%-*s" : "%*s"}] $width $cell
        }]
        string trimright [join $cells "  "]
    }] \n
}
