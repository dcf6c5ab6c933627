# library: what is written in Tcl over the registered commands - applets first.
#
# This file is sourced when the package is loaded.
# In the build tree it is a link, so its folder is taken with the last link resolved.
namespace eval ::weir {
    variable libraryDir [file dirname [file dirname [file normalize [info script]/-]]]
    namespace export {[a-z]*}
}

# In weirsh the next Ctrl-C or SIGTERM runs the script (generic/shell/interrupt.h); another
# shell keeps its own way.
if {[info commands ::weir::oninterrupt] eq ""} {
    proc ::weir::oninterrupt {{script ""}} {}
}

# The applets: files of library/applets, each defining ::weir::NAME.
proc ::weir::appletNames {} {
    variable libraryDir
    lmap file [lsort [glob -nocomplain -directory [file join $libraryDir applets] *.tcl]] {
        file rootname [file tail $file]
    }
}

# A file is sourced when its applet is first called; it replaces this procedure.
apply {{} {
    foreach name [::weir::appletNames] {
        proc ::weir::$name args [format {
            variable libraryDir
            source [file join $libraryDir applets %1$s.tcl]
            tailcall ::weir::%1$s {*}$args
        } $name]
    }
}}

# Other commands that are read when they are first called.
apply {{} {
    foreach name {help watch} {
        proc ::weir::$name args [format {
            variable libraryDir
            source [file join $libraryDir %1$s.tcl]
            tailcall ::weir::%1$s {*}$args
        } $name]
    }
}}

# Windows of plots, for generic/plot/plotWindowCmd.c: read when the first one is wanted.
proc ::weir::PlotWindow args {
    variable libraryDir
    foreach file {plotwindow plotgesture plotpointer plotlook plotlive} {
        source -encoding utf-8 [file join $libraryDir $file.tcl]
    }
    tailcall ::weir::PlotWindow {*}$args
}

# Load Tk; INSTEAD is what the user can do where it cannot be.  Tk takes options out of argv,
# lets other programs of the display send it scripts, and reports errors in dialogues: none of
# that is wanted here.
proc ::weir::LoadTk {instead} {
    global argv argc env
    if {![info exists env(DISPLAY)] || $env(DISPLAY) eq ""} {
        throw {WEIR PLOT NODISPLAY} "there is no display for a window: DISPLAY is not set;\
            $instead"
    }
    set kept [list [if {[info exists argv]} {set argv}] [if {[info exists argc]} {set argc}]]
    lassign {"" 0} argv argc
    try {
        package require Tk 8.6-
        catch {package require weirtk} ;# it ends flows in order when the display goes away
    } on error message {
        if {[string match "*display*" $message]} {
            throw {WEIR PLOT NODISPLAY} "there is no display for a window: $message; $instead"
        }
        throw {WEIR PLOT NOSUPPORT} "windows want Tk, which cannot be loaded: $message; $instead"
    } finally {
        lassign $kept argv argc
    }
    catch {rename ::send ""}
    if {[info commands ::bgerror] eq ""} {
        proc ::bgerror {message} {
            puts stderr $::errorInfo
        }
    }
}

# A script that opened windows goes on until they are closed: the plots, when it was they that
# wanted Tk, or the main window.
proc ::weir::AwaitWindows {} {
    if {[info exists plotwindow::ownsTk] && $plotwindow::ownsTk} {
        PlotWindow wait {}
    }
    if {![catch {winfo exists .} exists] && $exists && [wm state .] ne "withdrawn"} {
        tkwait window .
    }
}

# Text cut into lines of so many characters, between words.
proc ::weir::Wrapped {text width} {
    set lines {}
    while {[string length $text] > $width} {
        set at [string last " " $text $width]
        if {$at <= 0} {set at [string first " " $text]}
        if {$at <= 0} break
        lappend lines [string range $text 0 $at-1]
        set text [string range $text $at+1 end]
    }
    lappend lines $text
}

# The message of an error as the shells print it: an unknown command with the one that was
# probably meant.
proc ::weir::ErrorSentence {message} {
    variable libraryDir
    if {![regexp {^invalid command name "([^"]*)"$} $message -> word]} {
        return $message
    }
    if {[info commands complete::commandWords] eq ""} {
        source [file join $libraryDir complete.tcl]
    }
    catch {UnknownWord HELP command $word [complete::commandWords ""]} nearest
    expr {[string match {*did you mean*} $nearest] ? $nearest : $message}
}

# weir APPLET ?ARG ...?: run one applet as a program.
proc ::weir::applet {{name ""} args} {
    if {$name eq "" || $name in {-h -help --help help}} {
        puts "usage: weir APPLET ?ARG ...?\napplets: [join [appletNames] {, }]"
        return
    }
    if {$name ni [appletNames]} {
        throw {WEIR APPLET ARG} \
            "there is no applet \"$name\": use one of [join [appletNames] {, }]"
    }
    tailcall ::weir::$name {*}$args
}

# The options of D-ITG's programs and of commands in Tcl are published as those in C are; their
# tables are read when they are first asked for.
apply {{} {
    foreach name {itgsend {itgsend daemon} {itgsend VoIP} itgrecv itglog itgdec} {
        ::weir::PublishOptions $name [list ::weir::ProgramOptions $name]
    }
}}

proc ::weir::ProgramOptions name {
    NeedTables
    itg::ProgramOptions $name
}

proc ::weir::NeedTables {} {
    variable libraryDir
    if {[info commands ::weir::itg::ProgramOptions] eq ""} {
        source [file join $libraryDir itgopts.tcl]
    }
}

# Options for `flow create` from a command to a daemon of `flow daemon`, which is in
# ITGSend's words; the files that it may name are in the directory FILES.
proc ::weir::CommandOptions {line files} {
    NeedTables
    itg::command $line $files
}

# What `wait` does inside a coroutine: the command RETRY is the same wait with a timeout of
# 0; yield until it no longer times out, at most TIMEOUTMS (negative: for ever).
proc ::weir::Await {retry timeoutMs} {
    set until [expr {[clock milliseconds] + $timeoutMs}]
    while 1 {
        try {
            return [uplevel #0 $retry]
        } trap {WEIR} {message options} {
            if {[lindex [dict get $options -errorcode] 2] ne "TIMEOUT"
                || ![string match "not done after*" $message]} {
                return -options $options $message
            }
            if {$timeoutMs >= 0 && [clock milliseconds] >= $until} {
                throw [dict get $options -errorcode] \
                    [format "not done after %g s" [expr {$timeoutMs / 1000.0}]]
            }
        }
        Pause 20
    }
}

# Yield for so many milliseconds, or less when somebody else resumes the coroutine.  The timer
# ends with the pause, and with the coroutine: neither a later yield nor another coroutine of the
# name is resumed by it.
proc ::weir::Pause {ms} {
    set coroutine [info coroutine]
    set timer [after $ms [list $coroutine]]
    set forget [list apply {{timer args} {after cancel $timer}} $timer]
    trace add command $coroutine delete $forget
    yield
    trace remove command $coroutine delete $forget
    after cancel $timer
}
