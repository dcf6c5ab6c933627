# complete: what may follow what was typed.  Everything comes from tables (weir::commands,
# methods, options, objects) and from what exists (commands, variables, files, interfaces);
# nothing that was typed is evaluated, and no variable is touched that has a trace.
namespace eval ::weir::complete {
    namespace path ::weir
}

# For a line editor: TEXT stands at START..END (bytes) of LINE and is to be completed.
# Answers {} when nothing fits, {WORD} or {WORD ""} for the one word that does (the second
# when no space is to follow), else the common beginning and all words.
proc ::weir::complete::line {text start end line} {
    set bytes [encoding convertto utf-8 $line]
    set before [encoding convertfrom utf-8 [string range $bytes 0 $end-1]]
    lassign [candidates $before] from words
    set from [string length [encoding convertto utf-8 [string range $before 0 $from-1]]]
    # The editor splits words in its own way: its word may begin before ours or after it.
    set lead [encoding convertfrom utf-8 [string range $bytes $start $from-1]]
    set skip [string length [encoding convertfrom utf-8 [string range $bytes $from $start-1]]]
    set words [lmap word [lsort -unique $words] {
        string cat $lead [string range $word $skip end]
    }]
    if {[llength $words] == 1} {
        lassign $words word
        return [if {[string match {*[/(:=]} $word]} {list $word ""} {list $word}]
    }
    if {$words eq ""} {
        return {}
    }
    linsert $words 0 [commonStart $words]
}

proc ::weir::complete::commonStart {words} {
    set common [lindex $words 0]
    foreach word $words {
        while {![string equal -length [string length $common] $common $word]} {
            set common [string range $common 0 end-1]
        }
    }
    return $common
}

# {FROM WORDS}: the words that may stand at the end of BEFORE, in place of what begins at
# the index FROM.
proc ::weir::complete::candidates {before} {
    lassign [innermost $before] words from outer
    set partial [string range $before $from end]
    set quote ""
    if {[string index $partial 0] eq "\""} {
        incr from
        set partial [string range $partial 1 end]
        set quote "\""
    }
    if {[regexp -indices {\$\{?([\w:]*|[\w:]+\([^()]*)$} $partial -> name]} {
        set begin [lindex $name 0]
        return [list [expr {$from + $begin}] [variables [string range $partial $begin end]]]
    }
    set plain [subst -nocommands -novariables $partial]
    set all [if {[lindex $words 0] eq "#"} {list} elseif {$words eq ""} {
        first $plain $outer
    } else {
        following $words $plain
    }]
    list $from [lmap word [beginning $plain $all] {quoted $word $quote}]
}

# A word as it is typed: what Tcl would take for something else has a backslash, within
# quotes less of that, and they are closed behind all that is no folder.
proc ::weir::complete::quoted {word quote} {
    if {$quote ne ""} {
        set word [string map {\\ \\\\ \" \\\" \$ \\$ \[ \\[} $word]
        return [if {[string match {*[/(:]} $word]} {set word} {string cat $word $quote}]
    }
    if {![regexp {[\s\\"$;\[\]]|^#|^\{.*[^\}]$} $word]} {
        return $word
    }
    string map {\\ \\\\ " " "\\ " \t \\\t \" \\\" \$ \\$ \; \\; \[ \\[ \] \\] \{ \\\{ \} \\\} # \\#} \
        $word
}

proc ::weir::complete::beginning {partial words} {
    lmap word $words {
        if {![string equal -length [string length $partial] $partial $word]} continue
        set word
    }
}

# The command that BEFORE ends within: {WORDS FROM OUTER}: its complete words, where the
# word that is being typed begins, and the words of the command around a brace.
proc ::weir::complete::innermost {before} {
    set stack {}
    lassign {script {} -1} kind words from ;# from -1: between words
    set length [string length $before]
    for {set i 0} {$i < $length} {incr i} {
        set char [string index $before $i]
        if {$char eq "\\"} {
            incr i
            if {$kind ne "quote" && [string index $before $i] eq "\n"} { ;# a space
                if {$from >= 0} {lappend words [string range $before $from $i-2]}
                set from -1
            } elseif {$from < 0} {
                set from [expr {$i - 1}]
            }
        } elseif {$char eq "\[" || ($kind ne "quote" && $from < 0 && $char in {\{ \"})} {
            if {$from < 0} {set from $i}
            lappend stack $kind $words $from
            set kind [dict get {\[ bracket \{ brace \" quote} $char]
            lassign [list {} [expr {$kind eq "quote" ? $i : -1}]] words from
        } elseif {$stack ne "" && $char eq [dict get {bracket \] brace \} quote \"} $kind]} {
            set kind [lindex $stack end-2]
            set words [lindex $stack end-1]
            set from [lindex $stack end]
            set stack [lrange $stack 0 end-3]
        } elseif {$kind eq "quote"} {
            continue
        } elseif {$char in {; \n} || [string is space $char]} {
            if {$from >= 0} {lappend words [string range $before $from $i-1]}
            set from -1
            if {$char eq "\n" || ($char eq ";" && [lindex $words 0] ne "#")} {set words {}}
        } elseif {$from < 0} {
            set from $i
            if {$char eq "#" && $words eq ""} {set words #}
        }
    }
    set outer [if {$kind eq "brace"} {lindex $stack end-1}]
    if {$kind eq "quote"} {
        set words [lindex $stack end-1]
    }
    list $words [expr {$from < 0 ? $length : $from}] $outer
}

# --- words --------------------------------------------------------------------------------

# The first word: of a command, or of a list that is an option's value.
proc ::weir::complete::first {partial outer} {
    if {$outer ne ""} {
        set option [openOption $outer]
        set row [lindex [called $outer] 0]
        if {($option ne "" && [dict get $option kind] eq "distribution")
                || ($row ne "" && [regexp {\mSPEC\M} [dict get $row args]])} {
            return [distributions]
        }
    }
    commandWords $partial
}

proc ::weir::complete::commandWords {partial} {
    set names [concat [uplevel #0 [list info commands [asPattern $partial]*]] \
        [namespaces $partial]]
    if {![string match *::* $partial]} {
        lappend names {*}[commandFamilies] {*}[appletNames]
    }
    lmap name $names {
        if {[string match *::* $name] && ![string match *::* $partial]} continue
        if {$name eq "unknown" || [string match {[a-z]*_[a-z]*} $name]
                || [string match auto_* $name]} continue
        set name
    }
}

proc ::weir::complete::commandFamilies {} {
    lmap family [commands] {if {[llength $family] > 1} continue; set family}
}

proc ::weir::complete::variables {partial} {
    if {[regexp {^([\w:]+)\((.*)$} $partial -> array]} {
        if {![untraced $array]} return
        return [beginning $partial [lmap name [uplevel #0 [list array names $array]] {
            string cat $array ( $name )
        }]]
    }
    set names [lmap name [uplevel #0 [list info vars [asPattern $partial]*]] {
        if {[untraced $name] && [uplevel #0 [list array exists $name]]} {
            string cat $name (
        } else {
            set name
        }
    }]
    concat $names [if {$partial ne ""} {beginning $partial [namespaces $partial]}]
}

# To ask for a variable or an array may run its traces.
proc ::weir::complete::untraced {name} {
    expr {![catch {uplevel #0 [list trace info variable $name]} traces] && $traces eq ""}
}

# The namespaces that a qualified word may go on with, each with its colons.
proc ::weir::complete::namespaces {partial} {
    regexp {^(.*::)?([^:]*)$} $partial -> parent tail
    set space [if {$parent eq ""} {string cat ::} {string cat :: [string trim $parent :]}]
    if {![namespace exists $space]} return
    lmap child [namespace children $space] {
        string cat $parent [namespace tail $child] ::
    }
}

proc ::weir::complete::asPattern {text} {
    string map {\\ \\\\ * \\* ? \\? \[ \\[ \] \\]} $text
}

# A word, or what is in the variable that it is.
proc ::weir::complete::valueOf {word} {
    if {[regexp {^\$\{?([\w:]+)\}?$} $word -> name] && [untraced $name]
            && [uplevel #0 [list info exists $name]]
            && ![uplevel #0 [list array exists $name]]} {
        return [uplevel #0 [list set $name]]
    }
    return $word
}

# The object that a word names: {NAME FAMILY}, or none.
proc ::weir::complete::objectOf {word} {
    uplevel #0 [list ::weir::objects [valueOf $word]]
}

# What a first word names: {KIND FAMILY}, KIND object, family or "".
proc ::weir::complete::meaning {word} {
    set object [objectOf $word]
    if {$object ne ""} {
        return [list object [lindex $object 1]]
    }
    set plain [regsub {^::(weir::)?} [valueOf $word] ""]
    if {$plain in [commands]} {
        return [list family $plain]
    }
}

# The table row that words call, as {ROW FAMILY COUNT}: COUNT words of them name it.  Without
# a row the answer is {{} FAMILY COUNT}: a subcommand or method is missing.
proc ::weir::complete::called {words} {
    lassign [meaning [lindex $words 0]] kind family
    if {$kind eq ""} {
        return {}
    }
    set row {}
    for {set count 1} {$count < [llength $words]} {incr count} {
        set rows [if {$kind eq "object"} {methods $family} {commands $family}]
        set row [named $rows [lindex $words $count]]
        if {$row eq ""} {
            return {}
        }
        set next [list {*}$family [dict get $row name]]
        if {$kind eq "object" || $next ni [commands]} {
            return [list $row $family [expr {$count + 1}]]
        }
        set family $next
        set row {}
    }
    list {} $family $count
}

# The row that a word names: exactly, or as the beginning of one only.
proc ::weir::complete::named {rows word} {
    set hits {}
    foreach row $rows {
        if {[dict get $row name] eq $word} {
            return $row
        }
        if {$word ne "" && [string equal -length [string length $word] $word [dict get $row name]]} {
            lappend hits $row
        }
    }
    if {[llength $hits] == 1} {lindex $hits 0}
}

# The options that a call takes: those of its table, and those that its argument form names.
proc ::weir::complete::optionsOf {row family} {
    set args [dict get $row args]
    set own [list {*}$family [dict get $row name]]
    set rows {}
    if {$own in [options]} {
        set rows [options $own]
    } elseif {[string match *-option* $args] && $family in [options]} {
        set rows [options $family]
    }
    foreach {- name value} [regexp -all -inline {(-[a-z]+) ([^?]+)\?} $args] {
        if {$name eq "-option" || [named $rows $name] ne ""} continue
        lappend rows [dict create name $name kind value names "" help "" \
            choices [if {[string match *|* $value]} {split $value |}]]
    }
    return $rows
}

# The option whose value comes next after these words; "": none.
proc ::weir::complete::openOption {words} {
    lassign [called $words] row family count
    if {$row eq "" || [llength $words] <= $count || [dict get $row args] eq "-option"
            || ![string match -* [lindex $words end]]} {
        return
    }
    named [optionsOf $row $family] [lindex $words end]
}

# The words that may follow.
proc ::weir::complete::following {words partial} {
    set name [regsub {^(::)?(weir::)?} [lindex $words 0] ""]
    if {$name in {help watch} || $name in [appletNames]} {
        return [ofLibrary [lreplace $words 0 0 $name] $partial]
    }
    if {$name in {set unset incr append lappend global parray vwait array} && [llength $words] < 3
            && ($name ne "array" || [llength $words] == 2)} {
        return [lmap name [variables $partial] {string trimright $name (}]
    }
    lassign [called $words] row family count
    if {$row ne ""} {
        if {[dict get $row args] eq "-option" && [llength $words] > $count} {
            return
        }
        set option [openOption $words]
        if {$option ne ""} {
            return [values $option $partial $words]
        }
        return [concat [freshOptions $row $family $words] \
            [places $row $family $words $count $partial]]
    }
    if {$family ne ""} {
        set rows [if {[lindex [meaning [lindex $words 0]] 0] eq "object"} {
            methods $family
        } else {
            commands $family
        }]
        return [lmap row $rows {dict get $row name}]
    }
    if {[llength $words] == 1 && [ensembleMap [lindex $words 0]] ne ""} {
        return [dict keys [ensembleMap [lindex $words 0]]]
    }
    files $partial
}

# The words after the commands that are written in Tcl.
proc ::weir::complete::ofLibrary {words partial} {
    lassign $words name
    if {$name ne "help"} {
        if {$name eq "itgmanager"} {set name itgsend} ;# behind the host, its words
        set rows [if {$name in [options]} {options $name}]
        set option [named $rows [lindex $words end]]
        set found {}
        if {[llength $words] > 1 && $option ne "" && [dict get $option value] ne ""} {
            set found [values $option $partial]
            if {![string match {\?*} [dict get $option value]]} { ;# it wants one
                return $found
            }
        }
        return [concat $found [lmap row $rows {dict get $row name}] \
            [if {$name eq "watch"} {objectsOf * $partial} {files $partial}] \
            [if {$name eq "itgplot" && [llength $words] > 1} {
                lrange [values [named [options {plot export}] -format] $partial] 1 end ;# no auto
            }]]
    }
    if {[llength $words] == 1} {
        return [concat -search [commandFamilies] [appletNames] help watch]
    }
    set family [lrange $words 1 end]
    set rows {}
    if {$family in [commands]} {lappend rows {*}[commands $family]}
    if {$family in [methods]} {lappend rows {*}[methods $family]}
    lmap row $rows {dict get $row name}
}

proc ::weir::complete::ensembleMap {command} {
    set command [uplevel #0 [list namespace which -command $command]]
    if {$command ne "" && [namespace ensemble exists $command]} {
        namespace ensemble configure $command -map
    }
}

# Options that were not given yet; cget and configure's questions too.
proc ::weir::complete::freshOptions {row family words} {
    lmap option [optionsOf $row $family] {
        set name [dict get $option name]
        if {$name in $words} continue
        set name
    }
}

# What may stand where the argument form has a word in capitals, behind COUNT words.
proc ::weir::complete::places {row family words count partial} {
    set args [dict get $row args]
    set found {}
    if {[regexp {\mNAME\M} $args] && [dict get $row name] ni {create model}} {
        lappend found {*}[objectsOf $family $partial]
    }
    if {[regexp {\mOBJECT\M} $args] && [llength $words] == $count} {
        lappend found {*}[objectsOf * $partial]
    } elseif {[regexp {\mKEY\M} $args]} {
        lappend found {*}[keysOf keysOf [lindex $words $count]]
    }
    if {[regexp {\m(FILE|OUT)\M} $args]} {
        lappend found {*}[files $partial]
    }
    if {[regexp {\m(SPEC|FAMILY)\M} $args]} {
        lappend found {*}[distributions]
    }
    return $found
}

# The keys of what an object's stats may answer, as VERB of PlotWindow tells them.
proc ::weir::complete::keysOf {verb word} {
    set object [objectOf $word]
    if {$object ne ""} {
        ::weir::PlotWindow $verb [lindex $object 0]
    }
}

# Objects of a family (*: of any), as they are typed: with colons before them or without.
proc ::weir::complete::objectsOf {family partial} {
    lmap {name of} [objects] {
        if {![string match $family $of]} continue
        if {[string match :* $partial]} {
            string cat :: [string trimleft $name :]
        } else {
            string trimleft $name :
        }
    }
}

# What may be an option's value, behind these words.
proc ::weir::complete::values {option partial {words {}}} {
    set choices [dict get $option choices]
    if {$choices ne ""} {
        return $choices
    }
    if {[dict get $option names] eq "interface"} {
        return [interfaces]
    }
    if {[dict get $option names] eq "file"} {
        return [files $partial]
    }
    switch [dict get $option kind] {
        boolean {return {0 1}}
        distribution {return [distributions]}
    }
    switch -- [dict get $option name] {
        -command {return [commandWords $partial]}
        -object {return [objectsOf * $partial]}
        -key {
            set at [lsearch -exact $words -object]
            return [if {$at >= 0} {keysOf numbersTold [lindex $words $at+1]}]
        }
    }
    if {[dict exists $option value] && [regexp {^[A-Z0-9.]+\|} [dict get $option value]]} {
        return [lmap {- word} [regexp -all -inline {(?:^|\|)([A-Z0-9.]+)} \
            [dict get $option value]] {set word}]
    }
}

# Of this process's network namespace; /sys has those of whoever mounted it.
proc ::weir::complete::interfaces {} {
    try {
        set channel [open /proc/net/dev]
    } on error {} {
        return {}
    }
    set text [read $channel]
    close $channel
    lmap {- name} [regexp -all -inline -line {^ *([^ :]+): *\d} $text] {set name}
}

proc ::weir::complete::distributions {} {
    lsort [::weir::dist names]
}

proc ::weir::complete::files {partial} {
    set pattern [string map {\{ \\\{ \} \\\}} [asPattern $partial]]
    lmap path [glob -nocomplain -- $pattern*] {
        if {[file isdirectory $path]} {string cat $path /} {set path}
    }
}
