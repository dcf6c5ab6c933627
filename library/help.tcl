# help: what there is, from the tables of the commands, with an example for each family.
namespace eval ::weir::help {
    namespace path ::weir

    # Families and commands written in Tcl: a line each.
    variable lines {
        dist      {probability distributions as values: sample, mean, quantile, fit}
        flow      {traffic flows: any gaps and sizes, UDP, TCP, SCTP, DCCP, ICMP}
        receiver  {receivers of flows: delay, jitter, loss, from any number of senders}
        logserver {collects the records of senders and receivers on other hosts}
        log       {record files: summary, series, records, export}
        plot      {figures, in windows and as PNG, SVG, PDF and EPS}
        watch     {a table of all running objects, refreshed in place}
        help      {this; help COMMAND ?SUBCOMMAND?, help -search WORD}
    }
    variable usages {
        watch {?NAME ...? ?-interval 1s?}
        help  {?COMMAND ?SUBCOMMAND? ?-option?? | -search WORD}
    }
    variable keys [source -encoding utf-8 [file join $::weir::libraryDir keys.tcl]]
    variable examples [source [file join $::weir::libraryDir examples.tcl]]
}

# help ?COMMAND ?SUBCOMMAND ...? ?-option?? | -search WORD
proc ::weir::help args {
    if {$args eq ""} {
        return [help::overview]
    }
    if {[lindex $args 0] eq "-search"} {
        if {[llength $args] != 2} {
            throw {WEIR HELP ARG} "wrong number of words: use help -search WORD"
        }
        return [help::search [lindex $args 1]]
    }
    if {[string match -* [lindex $args 0]]} { ;# an option: of whatever has one
        if {[llength $args] > 1} {
            UnknownWord HELP option [lindex $args 0] -search
        }
        return [help::search [lindex $args 0]]
    }
    set object [uplevel 1 [list ::weir::objects [lindex $args 0]]]
    help::about {*}[lreplace $args 0 0 {*}[expr {
        $object eq "" ? [lrange $args 0 0] : [lindex $object 1]}]]
}

proc ::weir::help::lineWidth {} {
    set columns [lindex [TerminalSize] 0]
    expr {$columns eq "" ? 100 : max(40, min($columns, 120))}
}

# Rows of words as columns; the last one goes on below itself where the line ends.
proc ::weir::help::columns {rows {indent "  "}} {
    set width 0
    foreach row $rows {
        set length [string length [lindex $row 0]]
        if {$length > $width && $length <= 34} {set width $length}
    }
    set margin [string cat $indent [string repeat " " $width] "  "]
    set room [expr {max(20, [lineWidth] - [string length $margin] - 1)}]
    join [lmap row $rows {
        lassign $row left right
        set text [join [Wrapped $right $room] \n$margin]
        if {[string length $left] > $width} {
            string cat $indent [join [Wrapped $left [expr {[lineWidth] - 6}]] "\n$indent    "] \
                \n $margin $text
        } else {
            format "%s%-*s  %s" $indent $width $left $text
        }
    }] \n
}

proc ::weir::help::overview {} {
    variable lines
    set text "Commands\n[columns [lmap {name line} $lines {list $name $line}]]"
    append text "\n\nPrograms, with the options of D-ITG's (NAME -h tells them)\n  "
    append text [join [Wrapped [join [appletNames]] [expr {[lineWidth] - 3}]] "\n  "]\n\n
    append text [join [Wrapped "help COMMAND ?SUBCOMMAND? tells more, help -search WORD finds it;\
        Tab completes commands, options and their values." [expr {min(80, [lineWidth] - 1)}]] \n]
}

proc ::weir::help::example {name} {
    variable examples
    if {[dict exists $examples $name]} {
        return "\n\nExample\n  [string map {\n "\n  "} [dict get $examples $name]]"
    }
}

# An option as {-name: what it takes, help with its default}.
proc ::weir::help::optionRow {row} {
    dict with row {
        set notes {}
        if {$default ne ""} {lappend notes "default $default"}
        if {$unit ne ""} {lappend notes "in $unit"}
        list [string trim "$name $value"] \
            "$help[expr {$notes eq "" ? "" : " ([join $notes {, }])"}]"
    }
}

proc ::weir::help::callRows {rows} {
    lmap row $rows {list [string trim "[dict get $row name] [dict get $row args]"] [dict get $row help]}
}

proc ::weir::help::optionText {family} {
    return "\n\nOptions\n[columns [lmap row [options $family] {optionRow $row}]]"
}

# Help about a family, a subcommand, a method or a command of library/.
proc ::weir::help::about {args} {
    variable lines
    variable usages
    set words [lreplace $args 0 0 [regsub {^::(weir::)?} [lindex $args 0] ""]]
    set first [lindex $words 0]
    if {$words in [commands]} {
        return [family $words]
    }
    if {[dict exists $usages $first] && [llength $words] == 1} {
        set text "$first [dict get $usages $first]\n  [dict get $lines $first]"
        if {$first in [options]} {
            append text [optionText $first]
        }
        return $text[example $first]
    }
    if {$first in [appletNames] && [llength $words] == 1} {
        return [program $first]
    }
    set family [lrange $words 0 end-1]
    set name [lindex $words end]
    if {[string match -* $name] && [set table [optionTable $family]] ne ""} {
        foreach row [options $table] {
            if {[dict get $row name] eq $name} {
                return [join [optionRow $row] "\n  "]
            }
        }
        UnknownWord HELP option $name [lmap row [options $table] {dict get $row name}]
    }
    if {$family in [commands]} {
        return [call $family $name]
    }
    if {[llength $words] == 1 && [uplevel #0 [list namespace which -command $first]] ne ""} {
        return "$first: a command of Tcl's, or of yours; man n $first tells about Tcl's."
    }
    if {[llength $words] > 1 && $first in [commands]} {
        throw {WEIR HELP ARG} "nothing is said about \"$words\": help $first tells what there is"
    }
    UnknownWord HELP command $first [concat [dict keys $lines] [appletNames] [dict keys [objects]]]
}

proc ::weir::help::family {family} {
    variable lines
    set text $family
    if {[dict exists $lines $family]} {
        append text ": [dict get $lines $family]"
    } else {
        foreach row [commands [lrange $family 0 end-1]] {
            if {[dict get $row name] eq [lindex $family end]} {append text ": [dict get $row help]"}
        }
    }
    append text "\n\nSubcommands\n[columns [callRows [commands $family]]]"
    if {$family in [methods]} {
        append text "\n\nMethods of what $family create makes\n"
        append text [columns [callRows [methods $family]]]
    }
    append text [example $family]
    append text "\n\nhelp $family SUBCOMMAND tells options; man n [join $family ""] all."
}

# Where the options of a subcommand or method are: in a table of its own or its family's; "":
# it has none.
proc ::weir::help::optionTable {words} {
    if {$words in [options]} {
        return $words
    }
    set family [lrange $words 0 end-1]
    if {$family ni [options]} return
    foreach row [concat [commands $family] [if {$family in [methods]} {methods $family}]] {
        if {[dict get $row name] eq [lindex $words end] && [string match *-option* [dict get $row args]]} {
            return $family
        }
    }
}

# One subcommand or method with its options.
proc ::weir::help::call {family name} {
    set rows [concat [commands $family] [if {$family in [methods]} {methods $family}]]
    set hits [lsearch -all -inline -glob [lmap row $rows {dict get $row name}] $name*]
    if {[llength [lsort -unique $hits]] == 1} {
        set name [lindex $hits 0]
    }
    foreach row $rows {
        if {[dict get $row name] ne $name} continue
        set isMethod [expr {$row ni [commands $family]}]
        set usage "[expr {$isMethod ? "NAME" : $family}] [callUsage $row]"
        set text "[join [Wrapped $usage [lineWidth]] "\n    "]\n  [dict get $row help]"
        set table [optionTable [list {*}$family $name]]
        if {$table ne ""} {
            append text [optionText $table]
        }
        return $text[example [list {*}$family $name]]
    }
    UnknownWord HELP "subcommand or method" $name \
        [dict keys [join [lmap row $rows {list [dict get $row name] ""}]]]
}

proc ::weir::help::callUsage {row} {
    string trim "[dict get $row name] [dict get $row args]"
}

# What an applet prints for -h.
proc ::weir::help::program {name} {
    NeedTables
    return "[::weir::itg::Usage $name][example $name]\n\nman $name tells all."
}

# What answers keys: a command, with the part of its results or the kind of its objects.
proc ::weir::help::resultOf {words} {
    set count [expr {[lrange $words 0 1] in [commands] ? 3 : 2}]
    set part [lrange $words $count end]
    string cat [lrange $words 0 $count-1] [expr {$part eq "" ? "" : " ($part)"}]
}

# Every command, method, option and key of a result whose name or help has the word.
proc ::weir::help::search {word} {
    variable keys
    set found {}
    foreach family [commands] {
        foreach row [commands $family] {
            lappend found [list "$family [dict get $row name]" [dict get $row help]]
        }
    }
    foreach family [methods] {
        foreach row [methods $family] {
            lappend found [list "NAME [dict get $row name] ($family)" [dict get $row help]]
        }
    }
    foreach family [options] {
        foreach row [options $family] {
            lappend found [list "$family [dict get $row name]" [dict get $row help]]
        }
    }
    foreach {command tag text} $keys {
        lappend found [list [resultOf $command] \
            "[expr {[llength $tag] > 2 ? "keys" : "key"}] $tag: $text"]
    }
    set found [lmap row $found {
        if {[string first [string tolower $word] [string tolower $row]] < 0} continue
        set row
    }]
    if {$found eq ""} {
        return "nothing is said about \"$word\""
    }
    columns $found ""
}
