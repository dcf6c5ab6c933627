# prompt: what weirsh needs at a terminal (generic/shell/repl.c and editor.c).
namespace eval ::weir::prompt {
    namespace path ::weir
    variable historyLines 1000
    variable lastLine ""
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

# The file to read the history from.  Where it cannot be kept, an empty one.
proc ::weir::prompt::historyFile {} {
    variable history
    try {
        set history [OpenHistory]
    } on error {} {
        set history ""
        close [file tempfile name]
        after idle [list file delete $name]
        set name
    }
}

# $XDG_STATE_HOME/weir/history, with its last lines only; a private file.
proc ::weir::prompt::OpenHistory {} {
    global env
    variable historyLines
    set state [expr {[info exists env(XDG_STATE_HOME)] && $env(XDG_STATE_HOME) ne ""
        ? $env(XDG_STATE_HOME) : [file join $env(HOME) .local state]}]
    set path [file join $state weir history]
    file mkdir [file dirname $path]
    set channel [open $path {RDWR CREAT} 0600]
    fconfigure $channel -encoding utf-8
    set lines [split [string trimright [read $channel] \n] \n]
    if {[llength $lines] > 2 * $historyLines} {
        seek $channel 0
        puts $channel [join [lrange $lines end-[expr {$historyLines - 1}] end] \n]
        chan truncate $channel [tell $channel]
    }
    close $channel
    return $path
}

# Append a line to the history file, at once: several shells may write it, and none loses
# what it had when it is killed.
proc ::weir::prompt::remember {line} {
    variable history
    variable lastLine
    set line [string trimright $line]
    if {$history eq "" || $line eq "" || $line eq $lastLine} {
        return
    }
    set lastLine $line
    try {
        set channel [open $history a 0600]
        fconfigure $channel -encoding utf-8
        puts $channel $line
        close $channel
    } on error {} {
        # The disk is full, or the folder went away: the session goes on without.
    }
}

# A result as it is printed: long ones cut, with a word on how to see the rest.
proc ::weir::prompt::show {value} {
    set most 200
    set text [shown $value]
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
