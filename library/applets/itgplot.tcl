# itgplot: D-ITG's ITGplot over the family plot: draws what itgdec -b -d -j -p -c -x writes.
source [file join [file dirname [info script]] .. itgopts.tcl]

namespace eval ::weir::itg {
    # What the files hold, by the beginning of their name: what to multiply values with, and
    # options of the panel.
    variable plotKinds {
        bitrate    {1000 -ylabel Bitrate -yunit bit/s -ymin 0}
        delay      {1 -ylabel Delay -yunit s}
        eachdelay  {1 -ylabel Delay -yunit s}
        jitter     {1 -ylabel Jitter -yunit s -ymin 0}
        eachjitter {1 -ylabel Jitter -yunit s -ymin 0}
        packetloss {1 -ylabel "Packet loss" -yunit pkt -ymin 0}
    }
    # The columns of a combined file.
    variable combinedKinds {bitrate delay jitter packetloss}
    variable plotFormats {eps png svg pdf}
}

# Draw FILE into a file in the current folder, named like it with a capital letter: Bitrate.eps.
# The other words, in any order: which columns, in Octave's notation ("2:4", "[1 3 5]"), and
# another format (png, svg, pdf) or file name.
# Errors: {WEIR ITGPLOT ARG|PARSE|POSIX} and those of `plot save`.
proc ::weir::itgplot args {
    if {[lindex $args 0] in {-h -help --help}} {
        puts [itg::Usage itgplot]
        return
    }
    if {[llength $args] ni {1 2 3} || [lindex $args 0] eq ""} {
        throw {WEIR ITGPLOT ARG} "wrong words: use itgplot FILE ?COLUMNS? ?FORMAT|OUT?"
    }
    set words [lassign $args file]
    set table [itg::PlotRead $file]
    set names [lrange [dict get $table names] 1 end]
    lassign [itg::PlotWords $file $words [llength $names]] columns out
    set options [itg::PlotSeries $file $table $columns]
    if {[info exists ::env(DITG_PLOT_TITLE)]} {
        lappend options -title $::env(DITG_PLOT_TITLE)
    }
    plot save $out {*}$options
    puts "Done!"
}

# The columns to draw, from 1, and the file to draw into.
proc ::weir::itg::PlotWords {file words count} {
    variable plotFormats
    set columns [Range 1 1 $count]
    set base [string totitle [lindex [split [file tail $file] .] 0] 0 0]
    set out $base.eps
    foreach word $words {
        if {[regexp {^[][\d\s:,;+-]*$} $word]} {
            set columns [PlotSet $word $count]
        } elseif {$word in $plotFormats} {
            set out $base.$word
        } else {
            set out $word
        }
    }
    if {[file extension $out] eq $out} {
        throw {WEIR ITGPLOT ARG} "\"$file\" has no name to call the plot after: add the name\
            of a file to draw into"
    }
    return [list $columns $out]
}

# Numbers from 1 to COUNT out of a set in Octave's notation, in order and each once.  A range
# may lack its ends, such as 2: or : for all.
proc ::weir::itg::PlotSet {text count} {
    set numbers {}
    regsub -all {\s*:\s*} [string map {\[ { } \] { } , { } {;} { }} $text] : parts
    foreach part $parts {
        if {[regexp {^([+-]?\d*):([+-]?\d*)$} $part -> first last]} {
            set part [expr {$first eq "" ? 1 : $first}]:[expr {$last eq "" ? $count : $last}]
        }
        if {![regexp {^[+-]?\d+(:[+-]?\d+){0,2}$} $part]} {
            throw {WEIR ITGPLOT ARG} "\"$text\" is no set of columns: use one like 2:4,\
                1:2:9 or \[1 3 5\]"
        }
        set ends [lmap end [split $part :] {scan $end %lld}]
        switch [llength $ends] {
            1 {lappend numbers $ends}
            2 {lappend numbers {*}[Range [lindex $ends 0] 1 [lindex $ends 1] $count]}
            3 {lappend numbers {*}[Range {*}$ends $count]}
        }
    }
    set chosen [lmap number [lsort -integer -unique $numbers] {
        if {$number < 1 || $number > $count} continue
        set number
    }]
    if {$chosen eq ""} {
        throw {WEIR ITGPLOT ARG} "\"$text\" selects nothing: the columns are 1 to $count"
    }
    return $chosen
}

# Octave's FIRST:STEP:LAST, as far as it lies within 1 to MOST.
proc ::weir::itg::Range {first step last {most Inf}} {
    set numbers {}
    if {$step > 0 && $first < 1} {
        incr first [expr {(-$first + $step) / $step * $step}]
    } elseif {$step < 0 && $first > $most} {
        incr first [expr {($first - $most - $step - 1) / -$step * $step}]
    }
    for {} {$step != 0 && $first >= 1 && $first <= $most
        && ($step > 0 ? $first <= $last : $first >= $last)} {incr first $step} {
        lappend numbers $first
    }
    return $numbers
}

# Read a file of itgdec: a dict with names (of all columns, the first is Time), kinds (of
# those after the first; "" is the file's own), columns (a list of values for each).
proc ::weir::itg::PlotRead file {
    variable combinedKinds
    set rows [split [string trimright [ReadFile ITGPLOT $file]] \n]
    set head [lindex $rows 0]
    if {[string match "Time *" $head]} {
        # Addresses of a text log have blanks before them.
        set names [split [regsub -all -- {- +} $head -]]
        set rows [lrange $rows 1 end]
        set kinds [lrepeat [expr {[llength $names] - 1}] ""]
    } elseif {[llength [split $head]] == 5} {
        set names [list Time {*}[lmap kind $combinedKinds {string totitle $kind 0 0}]]
        set kinds $combinedKinds
    } elseif {[llength [split $head]] == 1} {
        set names {Packet each}
        set kinds {{}}
        set rows [lmap row $rows {list [incr number] $row}]
    } else {
        set names {}
        set kinds {}
    }
    return [dict create names $names kinds $kinds \
        columns [PlotColumns $file $rows [llength $names]]]
}

proc ::weir::itg::PlotColumns {file rows count} {
    set columns [lrepeat $count {}]
    set names [lmap at [Range 1 1 $count] {string cat column $at}]
    set number 0
    foreach row $rows {
        set values [split $row]
        incr number
        if {[llength $values] != $count || $count < 2} {
            throw {WEIR ITGPLOT PARSE} "line $number of the values in \"$file\" is not what\
                itgdec writes: use a file of itgdec -b, -d, -j, -p, -c or -x"
        }
        lassign $values {*}$names
        foreach name $names value $values {
            if {![string is double -strict $value]} {
                throw {WEIR ITGPLOT PARSE} "line $number of the values in \"$file\" has\
                    \"$value\" for a number"
            }
            lappend all($name) [expr {[string match -nocase *nan* $value] ? "" : $value}]
        }
    }
    return [lmap name $names {expr {[info exists all($name)] ? $all($name) : ""}}]
}

# Options of `plot save` that draw the columns.
proc ::weir::itg::PlotSeries {file table columns} {
    variable plotKinds
    set own [PlotKind [file tail $file]]
    set options {-xlabel Time -xunit s}
    if {[lindex [dict get $table names] 0] eq "Packet"} {
        set options {-xlabel Packet}
    }
    # The sum comes first: a long legend leaves out what comes last.
    if {[lindex [dict get $table names] [lindex $columns end]] eq "Aggregate-Flow"} {
        set columns [list [lindex $columns end] {*}[lrange $columns 0 end-1]]
    }
    set times [lindex [dict get $table columns] 0]
    set panel 0
    foreach column $columns {
        set kind [lindex [dict get $table kinds] $column-1]
        set axis [lassign [expr {$kind eq "" ? $own : [dict get $plotKinds $kind]}] factor]
        if {$panel == 0 || $kind ne ""} {
            lappend options -panel [list [incr panel] {*}$axis]
        }
        set name [lindex [dict get $table names] $column]
        set values [lmap value [lindex [dict get $table columns] $column] {
            expr {$value eq "" ? "" : $value * $factor}
        }]
        lappend options -series [list [expr {$name eq "each" || $kind ne "" ? "" : $name}] \
            $times $values -panel $panel \
            -color [expr {$name eq "Aggregate-Flow" ? "#333333" : ""}]]
    }
    return $options
}

# The row of plotKinds that a file name begins with, or one made of the name.
proc ::weir::itg::PlotKind name {
    variable plotKinds
    dict for {kind row} $plotKinds {
        if {[string match -nocase $kind* $name]} {
            return $row
        }
    }
    return [list 1 -ylabel [string totitle [lindex [split $name .] 0] 0 0]]
}
