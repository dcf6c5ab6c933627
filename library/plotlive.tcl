# plotlive: `plot live`: a figure that follows an object, a panel for each key.

namespace eval ::weir::plotwindow {
    # Keys that are more than a number of stats: title and unit of the panel, and its series,
    # each a label and options of `add`.
    variable liveKeys {
        rate    {"bit rate" bit/s {"" {-key bytes -rate 1 -factor 8}}}
        packets {"packet rate" pkt/s {"" {-key packets -rate 1}}}
        late    {"lateness of departures" s {mean {-key lateMean} "99 %" {-key lateP99}}}
        delay   {"one-way delay" s {"" {-key delayNow}}}
        loss    {"lost packets" % {"" {-key lossNow}}}
    }
    variable liveUsual {flow {rate late} receiver {rate delay loss}}
    variable live {} ;# a dict: what counts for a receiver, {TIME TOTALS STATS} at the last question
}

# plot live OBJECT ?KEY ...?, of the object's full name: the figure's name.  Without a display there is no window.
proc ::weir::plotwindow::live {object keys} {
    variable liveUsual
    CheckKeys $object $keys
    set family [dict get [objects] $object]
    if {$keys eq ""} {
        if {![dict exists $liveUsual $family]} {
            throw {WEIR PLOT ARG} "say what of $object is to be drawn: plot live $object KEY,\
                with keys of its stats"
        }
        set keys [dict get $liveUsual $family]
    }
    set name [namespace eval :: [list ::weir::plot create -xlabel time -xunit s \
        -title "$family [string trimleft $object :]"]]
    try {
        set panel 0
        foreach key $keys {
            AddLive $name [incr panel] $key \
                [if {[IsCounted $object $key]} {CountFor $name $object} else {Full $object}]
        }
    } on error {message how} {
        $name destroy
        return -options $how $message
    }
    try {
        open $name {}
    } trap {WEIR PLOT NODISPLAY} {} {
    } trap {WEIR PLOT NOSUPPORT} {} {
    }
    return $name
}

# The keys that `plot live OBJECT` takes.  NUMBERS answers those of its stats with numbers:
# numbersTold asks nobody.
proc ::weir::plotwindow::keysOf {object {numbers numbersTold}} {
    variable liveKeys
    set numbers [$numbers $object]
    set made [lmap {key row} $liveKeys {
        if {[lindex $row 2 1 1] ni $numbers && ![IsCounted $object $key]} continue
        set key
    }]
    concat $made [lmap key $numbers {if {$key in $made} continue; set key}]
}

# What the manual tells of the keys of an object's stats: {KEY IS-NUMBER ...}; of those alone
# that any object of its family has, or also of others.
proc ::weir::plotwindow::ToldKeys {object whose} {
    variable ::weir::libraryDir
    set call [list {*}[dict get [objects] $object] stats]
    set told {}
    foreach {command tag -} [source -encoding utf-8 [file join $libraryDir keys.tcl]] {
        if {[lrange $command 0 [llength $call]-1] ne $call} continue
        if {$whose eq "any" && $command ne $call} continue
        foreach {- names kind} [regexp -all -inline {([^()]+) \(([^()]+)\)} $tag] {
            foreach key [regexp -all -inline {\w+} $names] {
                dict set told $key [expr {$kind ni {word text list dict HOST:PORT}}]
            }
        }
    }
    return $told
}

# The keys with numbers of any such object, for completion: Tab runs no command, and stats
# is one.
proc ::weir::plotwindow::numbersTold {object} {
    dict keys [dict filter [ToldKeys $object any] value 1]
}

# The keys with numbers that an object's stats has now, and those that are empty as yet.
proc ::weir::plotwindow::numbersOf {object} {
    set texts [dict filter [ToldKeys $object all] value 0]
    lmap {key value} [[Full $object] stats] {
        if {[dict exists $texts $key] || ![string is double $value]} continue
        set key
    }
}

proc ::weir::plotwindow::CheckKeys {object keys} {
    set known [keysOf $object numbersOf]
    foreach key $keys {
        if {$key in $known} continue
        if {[dict exists [[Full $object] stats] $key]} {
            throw {WEIR PLOT ARG} "key \"$key\" of [string trimleft $object :] is no\
                number[expr {$known eq "" ? "" : ": use [join $known {, }]"}]"
        }
        UnknownWord PLOT key $key $known
    }
}

# A receiver's are counted over all of its flows.
proc ::weir::plotwindow::IsCounted {object key} {
    expr {[dict get [objects] $object] eq "receiver" && $key in {delay loss}}
}

proc ::weir::plotwindow::AddLive {name panel key source} {
    variable liveKeys
    set row [if {[dict exists $liveKeys $key]} {dict get $liveKeys $key} else {
        list $key "" [list "" [list -key $key]]
    }]
    lassign $row title unit series
    foreach {label options} $series {
        $name add -panel $panel -label $label -object $source {*}$options
    }
    $name panel $panel -ylabel $title -yunit $unit
}

# --- receivers ----------------------------------------------------------------------------------

# A command whose stats are those of a receiver with what happened to all its flows since the
# last question: delayNow, the mean in seconds, and lossNow, in percent.  It ends with the figure.
proc ::weir::plotwindow::CountFor {figure receiver} {
    set command ::weir::plotwindow::live.[string trimleft $figure :]
    if {[info commands $command] ne ""} {
        return $command
    }
    interp alias {} $command {} ::weir::plotwindow::Count $command [Full $receiver]
    trace add command [Full $figure] delete [list ::weir::plotwindow::EndCount $command]
    return $command
}

proc ::weir::plotwindow::EndCount {command args} {
    variable live
    interp alias {} $command {}
    dict unset live $command
}

proc ::weir::plotwindow::Count {command receiver method} {
    variable live
    set now [clock milliseconds]
    if {[dict exists $live $command]} {
        lassign [dict get $live $command] at totals stats
        if {$now - $at < 20} {
            return $stats ;# several keys are asked at once
        }
        lassign $totals packetsBefore lostBefore delayBefore
    } else {
        lassign {0 0 0} packetsBefore lostBefore delayBefore
    }
    lassign {0 0 0} packets lost delay
    foreach flow [$receiver flows] {
        set count [dict get $flow packets]
        incr packets $count
        incr lost [dict get $flow lost]
        if {$count > 0 && [dict get $flow delayMean] ne ""} {
            set delay [expr {$delay + $count * [dict get $flow delayMean]}]
        }
    }
    set came [expr {$packets - $packetsBefore}]
    set went [expr {$lost - $lostBefore}]
    set stats [dict merge [$receiver stats] [list \
        delayNow [expr {$came > 0 ? ($delay - $delayBefore) / $came : ""}] \
        lossNow [expr {$came + $went > 0 ? 100.0 * max(0, $went) / ($came + $went) : ""}]]]
    dict set live $command [list $now [list $packets $lost $delay] $stats]
    return $stats
}
