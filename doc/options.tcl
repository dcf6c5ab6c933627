# Writes into the manual pages what the tables of the commands know, so that no page can
# disagree with its parser:
#
#     weirsh doc/options.tcl ?PAGE ...?        (make manual: all pages)
#
# Comments in a page say what is written there; everything else is kept.
#
#     .\" synopsis FAMILY         from here to .fi: a line for each subcommand and method
#     .\" commands FAMILY         here begin the entries of its subcommands and methods
#     .\" options FAMILY          here begin the entries of its options
#     .\" command FAMILY NAME     behind .TP: the next line is the tag of a subcommand,
#     .\" method FAMILY NAME      of a method,
#     .\" option FAMILY -NAME ... or of options
#     .\" facts                   the next line has their default, range and unit
#
# Several families, with commas between, may share an entry.  What has no entry gets one,
# with the line of help from its table, behind the entry of what stands before it there.
# An entry of something that no table has is an error.
#
# What pages say of the keys of results, behind .\" keys COMMAND, goes the other way: into
# library/keys.tcl, for `help -search`.
namespace eval manual {}

# --- Text as nroff ------------------------------------------------------------------------

proc manual::escaped {text} {
    string map [list \\ \\e - \\-] $text
}

proc manual::bold {text} {
    return "\\fB[escaped $text]\\fR"
}

# How something is called: words in capitals and "option value" are placeholders, except
# names of protocols.
proc manual::call {text} {
    set out ""
    foreach token [regexp -all -inline -- {-option value|-+[a-z]\w*|\w:|\w[\w.]*|.} $text] {
        if {$token in {"-option value" -option value}
                || ([regexp {^[A-Z][A-Z0-9]*$} $token]
                    && $token ni {UDP TCP ICMP SCTP DCCP RTP CRTP})} {
            append out "\\fI[escaped $token]\\fR"
        } elseif {[regexp {^-*\w} $token]} {
            append out [bold $token]
        } else {
            append out [escaped $token]
        }
    }
    return $out
}

# --- What a row of a table says -----------------------------------------------------------

# What an option takes.
proc manual::value {row} {
    if {[dict get $row kind] eq "enum"} {
        return [join [lmap word [dict get $row choices] {bold $word}] |]
    }
    call [dict get $row value]
}

# A number of a range; those of a duration are in seconds.
proc manual::number {row number} {
    set unit ""
    if {[dict get $row kind] eq "duration" && $number != 0} {
        foreach {unit size} {s 1 ms 1e-3 us 1e-6} {
            if {$number >= $size} break
        }
        set number [expr {$number / $size}]
    }
    return [escaped [format %.12g $number]]$unit
}

# Default, range and unit as one sentence; empty where there are none.
proc manual::facts {row} {
    dict with row {}
    set facts {}
    set range ""
    if {[info exists min] && $max < ($kind eq "duration" ? 1e9 : 1e12)} {
        set range "[number $row $min] to [number $row $max]"
    } elseif {[info exists min] && $min > -1e12} {
        set range "at least [number $row $min]"
    }
    if {$kind eq "duration"} {
        set unit "" ;# the numbers have theirs
    }
    if {$range ne ""} {
        lappend facts [string trimright "$range $unit"]
    } elseif {$unit ne ""} {
        lappend facts "in [expr {$unit eq "s" ? "seconds" : $unit}]"
    }
    if {$default ne ""} {
        lappend facts "default [bold $default]"
    } elseif {$kind ni {integer number enum value} && ![info exists section]} {
        lappend facts "empty by default"
    }
    if {$once} {
        lappend facts "only at creation"
    }
    if {$facts ne ""} {
        return "[string toupper [join $facts "; "] 0 0]."
    }
}

# The rows NAMES of a family's table; an error when it lacks one.
proc manual::rows {kind family names} {
    lmap name $names {
        set found [lmap row [weir::${kind}s $family] {
            if {[dict get $row name] ne $name} continue
            set row
        }]
        if {$found eq ""} {
            error "weir::${kind}s $family has no $name"
        }
        lindex $found 0
    }
}

proc manual::tag {kind family row} {
    set name [dict get $row name]
    string trim [switch $kind {
        option  {string cat [bold $name] " " [value $row]}
        command {string cat [bold "$family $name"] " " [call [dict get $row args]]}
        method  {string cat "\\fINAME\\fR " [bold $name] " " [call [dict get $row args]]}
    }]
}

# --- Entries ------------------------------------------------------------------------------

# A page as a list of blocks of lines; an entry is one block.
proc manual::blocks {lines} {
    set blocks {}
    set block {}
    foreach line $lines {
        if {[regexp {^\.(TP|SH|SS|PP|RS|RE|\\" commands|\\" options)( |$)} $line]
                && $block ne ""} {
            lappend blocks $block
            set block {}
        }
        lappend block $line
    }
    lappend blocks $block
}

# What a block is an entry of: a dict with kind, families and names; else empty.
proc manual::subject {block} {
    if {![regexp {^\.\\" (option|command|method) (.*)$} [lindex $block 1] -> kind words]} {
        return
    }
    for {set i [expr {[llength $words] - 1}]} {$i > 0} {incr i -1} {
        set families [lmap family [split [lrange $words 0 $i-1] ,] {string trim $family}]
        if {[lsearch -not [lmap family $families {expr {$family in [weir::${kind}s]}}] 1] < 0} {
            return [dict create kind $kind families $families names [lrange $words $i end]]
        }
    }
    error "no table has $kind $words"
}

# An entry with its tag and facts as the tables have them.
proc manual::renewed {block} {
    set subject [subject $block]
    if {$subject eq ""} {
        return $block
    }
    dict with subject {}
    set facts {}
    set prose [lrange $block 3 end]
    set at [lsearch -exact $prose {.\" facts}]
    if {$at >= 0} {
        set prose [lreplace $prose $at $at+1]
    }
    foreach family $families {
        set rows [rows $kind $family $names]
        lappend tags [join [lmap row $rows {tag $kind $family $row}] ", "]
        if {$kind eq "option"} {
            lappend facts {*}[lmap row $rows {facts $row}]
        }
    }
    foreach versions [list $tags $facts] {
        if {[llength [lsort -unique $versions]] > 1} {
            error "[lindex $block 1] wants entries of their own: [join $versions { | }]"
        }
    }
    set block [list .TP [lindex $block 1] [lindex $tags 0] {*}$prose]
    if {[lindex $facts 0] ne ""} {
        lappend block {.\" facts} [lindex $facts 0]
    }
    return $block
}

# A first entry for a row.
proc manual::fresh {kind family row} {
    set help [dict get $row help]
    list .TP ".\\\" $kind $family [dict get $row name]" "" \
        "[escaped [string toupper $help 0 0]]."
}

# Which block is the entry of a row; -1: none.
proc manual::entry {blocks kind family name} {
    set at 0
    foreach block $blocks {
        set subject [subject $block]
        if {$subject ne "" && [dict get $subject kind] eq $kind
                && $family in [dict get $subject families] && $name in [dict get $subject names]} {
            return $at
        }
        incr at
    }
    return -1
}

# The blocks with an entry for each row of a family's tables, behind block number AT.
proc manual::completed {blocks at family kinds} {
    foreach kind $kinds {
        if {$family ni [weir::${kind}s]} continue
        foreach row [weir::${kind}s $family] {
            set found [entry $blocks $kind $family [dict get $row name]]
            if {$found < 0} {
                set found [incr at]
                set blocks [linsert $blocks $found [fresh $kind $family $row]]
            }
            set at $found
        }
    }
    return $blocks
}

# --- Pages --------------------------------------------------------------------------------

# A line of a synopsis in pieces that fit a terminal, broken in front of optional words.
proc manual::folded {line} {
    set pieces {}
    set piece ""
    foreach part [split [string map {{ ?} \n?} $line] \n] {
        set longer [expr {$piece eq "" ? $part : "$piece $part"}]
        if {[string length [regsub -all {\\f.|\\} $longer ""]] > 68 && $piece ne ""} {
            lappend pieces $piece
            set longer "    $part"
        }
        set piece $longer
    }
    lappend pieces $piece
}

proc manual::synopsis {family} {
    set lines {}
    foreach kind {command method} {
        if {$family ni [weir::${kind}s]} continue
        if {$lines ne ""} {lappend lines .sp}
        foreach row [weir::${kind}s $family] {
            lappend lines {*}[folded [tag $kind $family $row]]
        }
    }
    return $lines
}

# The text of a page, brought up to date.
proc manual::page {text} {
    set lines {}
    set copy 1
    foreach line [split $text \n] {
        if {$line eq ".fi"} {set copy 1}
        if {$copy} {lappend lines $line}
        if {[regexp {^\.\\" synopsis (.*)$} $line -> family]} {
            lappend lines {*}[synopsis $family]
            set copy 0
        }
    }
    set blocks [blocks $lines]
    foreach declared [lsearch -all -inline -regexp $blocks {^\{?\.\\" (commands|options) }] {
        regexp {^\.\\" (command|option)s (.*)$} [lindex $declared 0] -> kind family
        set at [lsearch -exact $blocks $declared]
        set blocks [completed $blocks $at $family \
            [expr {$kind eq "option" ? "option" : "command method"}]]
    }
    join [concat {*}[lmap block $blocks {renewed $block}]] \n
}

# --- Keys ---------------------------------------------------------------------------------

proc manual::plain {text} {
    string map [list \\fB "" \\fI "" \\fR "" \\- - \\e \\ \\(aq ' \\& ""] $text
}

# The keys of a page: a flat list of COMMAND, the keys of an entry with their kinds or units,
# and the first sentence about them.
proc manual::keysOf {page} {
    set found {}
    lassign {"" "" ""} command tag text
    foreach line [split "$page\n.SH" \n] {
        if {![string match .* $line] && $tag eq "next"} {
            set tag $line
            set text ""
        } elseif {![string match .* $line]} {
            append text [expr {$text eq "" ? "" : " "}] $line
        } else {
            if {[string match {\\fB*} $tag]} {
                regexp {^(.*?[^.])(?:\.(?: |$)|, such as$)} $text -> text
                lappend found $command [plain $tag] [plain $text]
            }
            set tag [expr {$line eq ".TP" && $command ne "" ? "next" : ""}]
            regexp {^\.(?:SH|SS|\\" keys (.*))} $line - command
        }
    }
    return $found
}

# The text of library/keys.tcl out of the files of all pages.
proc manual::keysFile {pages args} {
    set lines {{# Written by doc/options.tcl out of the manual pages: the keys of results, each as command,}
        {# keys with kinds or units, and what they are.}}
    lappend lines "return \{"
    foreach path $pages {
        set channel [open $path]
        fconfigure $channel -encoding utf-8
        foreach {command keys text} [keysOf [read $channel]] {
            lappend lines "    [list $command $keys $text]"
        }
        close $channel
    }
    lappend lines "\}\n"
    join $lines \n
}

# --- Files --------------------------------------------------------------------------------

# Rewrites a file as SCRIPT, followed by what it holds, says; answers whether that differed.
proc manual::update {path script} {
    set channel [open $path {RDWR CREAT}]
    fconfigure $channel -encoding utf-8 -translation lf
    try {
        set old [read $channel]
        set new [{*}$script $old]
        if {$new eq $old} {
            return 0
        }
        seek $channel 0
        puts -nonewline $channel $new
        chan truncate $channel
        return 1
    } on error message {
        error "$path: $message"
    } finally {
        close $channel
    }
}

if {[info exists argv0] && [file normalize $argv0] eq [file normalize [info script]]} {
    set dir [file dirname [info script]]
    set pages [lsort [glob -directory $dir {*.[1n]}]]
    foreach path [expr {$argv eq "" ? $pages : $argv}] {
        if {[manual::update $path manual::page]} {
            puts "$path has been rewritten"
        }
    }
    set path [file join [file dirname $dir] library keys.tcl]
    if {[manual::update $path [list manual::keysFile $pages]]} {
        puts "$path has been rewritten"
    }
}
