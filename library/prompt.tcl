# prompt: what weirsh needs at a terminal (generic/shell/repl.c and editor.c).
namespace eval ::weir::prompt {
    namespace path ::weir
    variable historyEntries 1000
    variable lastEntry ""
}

# The index files of tclreadline: looked for by its folder's name, because a search of all
# packages takes longer than all else of a start.
proc ::weir::prompt::indexes {} {
    set found {}
    foreach dir $::auto_path {
        lappend found {*}[glob -nocomplain -directory $dir tclreadline*/pkgIndex.tcl \
            */tclreadline*/pkgIndex.tcl]
    }
    lsort -unique $found
}

# The history as it was kept: a list of commands, whose newlines are within them.  Where it
# cannot be kept, an empty one.
proc ::weir::prompt::entries {} {
    variable history ""
    try {
        lassign [OpenHistory] history entries
        return $entries
    } on error {} {}
}

# $XDG_STATE_HOME/weir/history, a private file, and its last entries.  A line that begins
# with a tab goes on with the command of the line before.
proc ::weir::prompt::OpenHistory {} {
    global env
    variable historyEntries
    set state [expr {[info exists env(XDG_STATE_HOME)] && $env(XDG_STATE_HOME) ne ""
        ? $env(XDG_STATE_HOME) : [file join $env(HOME) .local state]}]
    set path [file join $state weir history]
    file mkdir [file dirname $path]
    set channel [Open $path {RDWR CREAT}]
    set isLocked [Locked $channel]
    try {
        set text [string map {\0 ""} [read $channel]]
        set entries [lmap entry [split [string map {\n\t \0} $text] \n] {
            if {[string trim $entry] eq ""} continue
            string map {\0 \n} $entry
        }]
        if {$isLocked && [llength $entries] > 2 * $historyEntries} {
            set entries [lrange $entries end-[expr {$historyEntries - 1}] end]
            seek $channel 0
            foreach entry $entries {Put $channel $entry}
            chan truncate $channel [tell $channel]
        }
    } finally {
        close $channel
    }
    list $path $entries
}

# In Tcl 9 a damaged file would be an error, as it is none in 8.6.
proc ::weir::prompt::Open {path access} {
    set channel [open $path $access 0600]
    fconfigure $channel -encoding utf-8
    catch {fconfigure $channel -profile replace}
    return $channel
}

# Whether no other shell writes the file until the channel is closed; one that holds it for
# longer than a second is not waited for.
proc ::weir::prompt::Locked {channel} {
    for {set i 0} {$i < 100} {incr i} {
        if {[Lock $channel]} {
            return 1
        }
        after 10
    }
    return 0
}

proc ::weir::prompt::Put {channel entry} {
    puts $channel [string map {\n \n\t} [string trim $entry]]
}

# Append what was entered to the history file, at once: several shells may write it, and
# none loses what it had when it is killed.
proc ::weir::prompt::remember {entry} {
    variable history
    variable lastEntry
    if {$history eq "" || [string trim $entry] in [list "" $lastEntry]} {
        return
    }
    set lastEntry [string trim $entry]
    try {
        set channel [Open $history a]
        try {
            Locked $channel
            Put $channel $entry
        } finally {
            close $channel
        }
    } on error {} {
        # The disk is full, or the folder went away: the session goes on without.
    }
}

# Text whose sentences go on in the next line between words, not where the terminal ends; one
# that stands behind a key, below itself.  Tables are left as they are.
proc ::weir::prompt::Fitted {text} {
    set width [lindex [TerminalSize] 0]
    if {$width eq ""} {
        return $text
    }
    join [lmap line [split $text \n] {
        if {[string length $line] <= $width
                || ![regexp {^(\S+  +)?(\S+(?: \S+)+)$} $line -> key sentence]
                || 2 * [string length $key] > $width} {
            set line
        } else {
            set margin [string repeat " " [string length $key]]
            string cat $key [join [Wrapped $sentence [expr {$width - [string length $key]}]] \n$margin]
        }
    }] \n
}

# A dict as rows of keys and values, a list that is longer than a line in columns or as a
# line for each element; anything else as it is.  What was made as a list or dict is one:
# the text alone would not tell.
proc ::weir::prompt::Readable {value} {
    set kind [lindex [::tcl::unsupported::representation $value] 3]
    set width [lindex [TerminalSize] 0]
    if {$width eq ""} {set width 80}
    if {$kind eq "dict" && [dict size $value] > 0} {
        set left [tcl::mathfunc::max {*}[lmap key [dict keys $value] {string length $key}]]
        return [Fitted [join [lmap {key item} $value {
            format "%-*s  %s" $left $key $item
        }] \n]]
    }
    if {$kind ne "list" || [llength $value] > 20000 || [string length $value] < $width} {
        return $value
    }
    set column [expr {2 + [tcl::mathfunc::max {*}[lmap item $value {string length $item}]]}]
    set count [expr {$column > 40 ? 1 : max(1, $width / $column)}]
    set lines {}
    for {set i 0} {$i < [llength $value]} {incr i $count} {
        lappend lines [string trimright [join [lmap item [lrange $value $i [expr {$i + $count - 1}]] {
            format %-*s $column $item
        }] ""]]
    }
    join $lines \n
}

# A result as it is printed: long ones cut, with a word on how to see the rest.
proc ::weir::prompt::show {value} {
    set most 200
    set text [shown $value]
    set text [if {$text eq $value} {Readable $value} else {Fitted $text}]
    set lines [split $text \n]
    set count [llength $lines]
    if {$count > $most} {
        set text [join [lrange $lines 0 $most-1] \n]
        append text "\n... [expr {$count - $most}] more lines: puts \$_ prints all"
    }
    if {[string length $text] > 20000} {
        set length [string length $text]
        set text [string range $text 0 19999]
        append text "\n... [expr {$length - 20000}] more characters: puts \$_ prints all"
    }
    return $text
}

::weir::shown "" ;# from now on results have a text for people
