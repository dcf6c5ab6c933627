# itgopts: the option text of ITGSend and ITGRecv as options of the families flow and
# receiver.  Nothing here opens a socket or a log: `sender` and `receiver` turn words into
# words, and the applets itgsend and itgrecv do the rest.
#
# The tables of the options are in itgtables.tcl.
apply {{} {
    set folder [file dirname [info script]]
    source [file join $folder itgkinds.tcl]
    source [file join $folder itgtables.tcl]
}}

namespace eval ::weir::itg {
    variable typed {} ;# options that Parse has seen, for errors
}

# ITGSend's words as a list of option lists for `flow create`, one for each flow.  A first
# word without "-" names a script file.
# Errors: WEIR ITGSEND ARG for wrong text, POSIX for files.
proc ::weir::itg::sender words {
    variable flowTable
    variable runTable
    set first [lindex $words 0]
    if {$first eq ""} {
        Fail ITGSEND ARG "itgsend wants options or a script file: see itgsend -h"
    }
    if {[string match -* $first] || [ModelNamed $first] ne ""} {
        return [list [FlowOptions [Parse ITGSEND [concat $flowTable $runTable] $words]]]
    }
    set run [Parse ITGSEND $runTable [lrange $words 1 end]]
    lmap flow [Script $first] {FlowOptions [concat $flow $run]}
}

# One command to a daemon, a line as in a script file, as options for `flow create`.  Files
# that it names are plain ones in the directory `files`; "" refuses them.
# Errors: WEIR ITGSEND ARG, PERM, POSIX.
proc ::weir::itg::command {line files} {
    variable flowTable
    variable confinedTo $files
    variable typed
    set typedBefore $typed
    try {
        set words [regexp -all -inline {\S+} $line]
        return [concat [FlowOptions [Parse ITGSEND $flowTable $words]] -phase zero]
    } finally {
        unset confinedTo
        set typed $typedBefore
    }
}

# The words after `itgsend -Q` as options for `flow daemon create`.
# Errors: WEIR ITGSEND ARG.
proc ::weir::itg::daemon words {
    variable runTable
    variable daemonTable
    set run [Parse ITGSEND [concat $runTable $daemonTable] $words]
    set options [list -files [pwd] -flowoptions [PickOptions $run]]
    foreach key {listen allow} {
        if {[dict exists $run $key]} {
            lappend options -$key [dict get $run $key]
        }
    }
    return $options
}

# ITGRecv's words as options for `receiver create`.  Logs that senders ask for by name go to
# the current directory.
# Errors: WEIR ITGRECV ARG.
proc ::weir::itg::receiver words {
    variable receiverTable
    set found [dict create {*}[Parse ITGRECV $receiverTable $words]]
    set options [list -logdir [pwd] -logformat itg]
    if {[dict exists $found passive]} {
        lappend options -passive [Endpoint $found passive port]
    } elseif {[dict exists $found port]} {
        lappend options -listen \[::\]:[dict get $found port]
    }
    if {[dict exists $found logat]} {
        lassign [dict get $found logat] server protocol
        set found [dict merge {log /tmp/ITGRecv.log} $found \
            [list logserver $server logproto $protocol]]
    }
    foreach key {bind interface signalinterface hellos serial log logserver logproto allowlogserver allowsource} {
        if {[dict exists $found $key]} {
            lappend options -$key [dict get $found $key]
        }
    }
    return $options
}

# --- From words to keys -----------------------------------------------------------------

# The options in `words` as a flat list KEY VALUE ..., in the order given.
proc ::weir::itg::Parse {program table words} {
    variable typed
    set found {}
    while {$words ne ""} {
        set words [lassign $words word]
        if {"-T" in $table && [ModelNamed $word] ne ""} {
            lappend found model [Model $program [ModelNamed $word] words]
            continue
        }
        lassign [Row $program $table $word] name wanted key script
        lappend typed $name
        if {$wanted eq "burst"} {
            lappend found $key [list [BurstLength $program words] [BurstLength $program words]]
        } else {
            lappend found $key [RowValue $program $name $wanted $script words]
        }
    }
    return $found
}

# The value of a row; takes its words off the front of the caller's list.
proc ::weir::itg::RowValue {program name wanted script wordsVar} {
    upvar 1 $wordsVar words
    set values {}
    foreach kind $wanted {
        if {[llength $kind] > 1 && [Absent [lindex $kind 0] $words]} {
            lappend values [lindex $kind 1]
        } else {
            lappend values [Check $program $name [lindex $kind 0] $words]
            set words [lrange $words 1 end]
        }
    }
    return [Value $program $name $script {*}$values]
}

# Whether an optional word is not there: the next is an option or, where no name would be,
# that of an application.
proc ::weir::itg::Absent {kind words} {
    set word [lindex $words 0]
    expr {$words eq "" || [string match -* $word]
        || ($kind in {whole count logWord} && [ModelNamed $word] ne "")}
}

# A distribution after -B: a letter and its numbers.
proc ::weir::itg::BurstLength {program wordsVar} {
    variable burstTable
    upvar 1 $wordsVar words
    set words [lassign $words letter]
    foreach {name wanted - script - - -} $burstTable {
        if {$letter ne "" && [string match $name* $letter]} {
            return [RowValue $program "-B $name" $wanted $script words]
        }
    }
    Fail $program ARG "-B wants two distributions, how long it sends and how long it pauses:\
        each C, U, E, N, O, V, Y, G or W with its numbers, such as -B C 1000 E 500"
}

# The application model that a word names in any case, as `flow model` spells it; or "".
proc ::weir::itg::ModelNamed word {
    lsearch -inline -exact -nocase [::weir::flow model] $word
}

# The flow options of a model.  What follows VoIP belongs to it, to the end of the line.
proc ::weir::itg::Model {program name wordsVar} {
    variable voipTable
    upvar 1 $wordsVar words
    if {$name ne "VoIP"} {
        return [::weir::flow model $name]
    }
    set options [Parse $program $voipTable $words]
    set words {}
    return [::weir::flow model VoIP {*}$options]
}

# The row that a word selects: that of its own name, else of the longest name it starts with.
proc ::weir::itg::Row {program table word} {
    variable exact
    set best {}
    foreach {name wanted key script - - -} $table {
        if {$name eq $word} {
            return [list $name $wanted $key $script]
        }
        if {$name ni $exact && [string match $name* $word]
                && [string length $name] > [string length [lindex $best 0]]} {
            set best [list $name $wanted $key $script]
        }
    }
    if {$best eq ""} {
        RefuseWord $program $table $word
    }
    return $best
}

# The error for a word that is no option here.
proc ::weir::itg::RefuseWord {program table word} {
    variable runTable
    if {"-VAD" in $table} {
        Fail $program ARG "unknown option \"$word\": VoIP takes -x, -h and -VAD, and must come last"
    }
    foreach {name - - - - - -} $runTable {
        if {$program eq "ITGSEND" && [string match $name* $word]} {
            Fail $program ARG "$name belongs on the command line, not in a script file"
        }
    }
    Fail $program ARG "unknown option \"$word\": see [string tolower $program] -h"
}

# The first of `words` in the plain form of its kind.
proc ::weir::itg::Check {program name kind words} {
    variable kinds
    lassign [dict get $kinds $kind] check accepted
    if {$words eq ""} {
        Fail $program ARG "$name wants $accepted, but nothing follows it"
    }
    set word [lindex $words 0]
    set value [{*}$check $word]
    if {$value ne ""} {
        return $value
    }
    Fail $program ARG "$name wants $accepted, not \"$word\""
}

# What a row's script makes of its words; its errors get the option's name.
proc ::weir::itg::Value {program name script {a {}} {b {}} {c {}}} {
    if {$script eq ""} {
        return $a
    }
    try {
        apply [list {a b c} $script ::weir::itg] $a $b $c
    } trap {WEIR ITG} {message options} {
        set code [lreplace [dict get $options -errorcode] 1 1 $program]
        throw $code "$name: $message"
    }
}

proc ::weir::itg::Fail {program reason message} {
    throw [list WEIR $program $reason] $message
}

# The message of a command of Weir's for who has typed the options of `table`: their names in
# place of Weir's.  Of several that mean the same it is one that was typed.
proc ::weir::itg::InLetters {table message} {
    variable meanings
    variable typed
    set names {}
    foreach {name - key - - - -} $table {
        set options [expr {[dict exists $meanings $key] ? [dict get $meanings $key] : $key}]
        foreach option $options {
            if {![dict exists $names $option]
                    || ($name in $typed && [dict get $names $option] ni $typed)} {
                dict set names $option $name
            }
        }
    }
    set text ""
    set at 0
    foreach span [regexp -all -inline -indices {(?:^|[^\w/.-])-[a-z]+\M} $message] {
        lassign $span first last
        set dash [string first - $message $first]
        set option [string range $message $dash+1 $last]
        if {[dict exists $names $option]} {
            append text [string range $message $at $dash-1] [dict get $names $option]
            set at [expr {$last + 1}]
        }
    }
    return $text[string range $message $at end]
}

# Run a script; its errors are in the letters of the table.
proc ::weir::itg::WithLetters {table script} {
    try {
        uplevel 1 $script
    } trap {WEIR} {message options} {
        return -code error -errorcode [dict get $options -errorcode] [InLetters $table $message]
    }
}

# --- From keys to flow options ----------------------------------------------------------

# The flows of a script file, each as Parse answers it: one flow on each line, blank lines
# and lines that start with # skipped, the last newline optional.
proc ::weir::itg::Script path {
    variable flowTable
    set flows {}
    set number 0
    foreach line [split [ReadFile ITGSEND $path] \n] {
        incr number
        set words [regexp -all -inline {\S+} $line]
        if {$words eq "" || [string match #* [lindex $words 0]]} continue
        try {
            lappend flows [Parse ITGSEND $flowTable $words]
        } trap {WEIR ITGSEND} {message options} {
            throw [dict get $options -errorcode] "$path line $number: $message"
        }
    }
    if {$flows eq ""} {
        Fail ITGSEND ARG "script file $path has no flow: it wants one on each line"
    }
    return $flows
}

# The text of a file, whatever its name begins with: `open` would run what follows a "|".  Bytes
# that are no text in the system's encoding are taken for some; in Tcl 9 they would be an error.
proc ::weir::itg::ReadFile {program path} {
    try {
        set channel [open [file normalize $path]]
        try {
            catch {fconfigure $channel -profile tcl8}
            return [read $channel]
        } finally {
            close $channel
        }
    } trap POSIX {- options} {
        lassign [dict get $options -errorcode] - errno text
        throw [list WEIR $program POSIX $errno $text] "cannot read $path: $text"
    }
}

# Options for `flow create` from a flat list of keys.  Of a key given twice the last counts;
# the smallest packet depends on the order of -p and -T and on how often -T is there.
proc ::weir::itg::FlowOptions pairs {
    set least 16
    set flow {
        port 8999 proto udp idt {constant 0.001} ps {constant 512} time 10000
        payload standard
    }
    foreach {key value} $pairs {
        switch $key {
            payload {set least [dict get [list standard $least short 8 none 4] $value]}
            transport {
                incr least 4
                set flow [dict merge [dict remove $flow icmptype streams] $value]
                continue
            }
            gaps    {dict set flow delay [expr {int([lindex $value 0])}]}
            ttl - serial {dict unset flow remoteserial}
            model   {
                set flow [WithModel $flow $value]
                continue
            }
        }
        dict set flow $key $value
    }
    set flow [WithHost [WithFiles $flow]]
    if {[dict exists $flow burst]} {
        dict set flow idt [list onoff {*}[dict get $flow burst] [dict get $flow idt]]
    }
    dict set flow minsize [SmallestPacket $least $flow]
    dict set flow duration [Duration $flow]ms
    dict set flow to [Endpoint $flow host port]
    if {[dict exists $flow delay]} {
        dict append flow delay ms
    }
    foreach {key host port} {
        bind from fromPort  signal sigHost sigPort  signalbind sigFrom sigFromPort
    } {
        if {[dict exists $flow $host] || [dict exists $flow $port]} {
            dict set flow $key [Endpoint $flow $host $port]
        }
    }
    return [PickOptions $flow]
}

# In passive mode -a names the one host that may call.
proc ::weir::itg::WithHost flow {
    if {![dict exists $flow passive]} {
        return [dict merge {host 127.0.0.1} $flow]
    }
    if {[dict exists $flow sigHost] || [dict exists $flow sigPort]} {
        Fail ITGSEND ARG "-H takes no -Sda and no -Sdp: the receiver calls, at -Ssa and -Ssp"
    }
    return $flow
}

# A model has its own protocol; but VoIP goes over DCCP as well.
proc ::weir::itg::WithModel {flow options} {
    foreach {option value} $options {
        set key [string range $option 1 end]
        if {$key ne "proto" || $value ne "udp" || [dict get $flow proto] ne "dccp"
                || [dict get $options -app] ne "VoIP"} {
            dict set flow $key $value
        }
    }
    return $flow
}

# Times and sizes out of files count whatever else is asked for.  The first time is the start
# delay, and a gap from the second round on.
proc ::weir::itg::WithFiles flow {
    if {[dict exists $flow gaps]} {
        set gaps [dict get $flow gaps]
        set gaps [concat [lrange $gaps 1 end] [lindex $gaps 0]]
        dict set flow idt [concat replay [lmap ms $gaps {Seconds $ms}]]
    }
    if {[dict exists $flow sizes]} {
        dict set flow ps [concat replay [dict get $flow sizes]]
    }
    return $flow
}

# The keys of a flow that are options of `flow create`, as such.
proc ::weir::itg::PickOptions flow {
    set options {}
    set flow [WithLogServers $flow]
    foreach key {
        to passive app proto icmptype streams idt ps payload minsize duration packets bytes
        delay catchup meter payloadfile dsbyte ttl bind interface nodelay itgseed spin serial
        remoteserial signal signalbind signalinterface log logserver logproto remotelog
        remotelogserver remotelogproto
    } {
        if {[dict exists $flow $key]} {
            lappend options -$key [dict get $flow $key]
        }
    }
    if {[dict exists $flow log]} {
        lappend options -logformat itg
    }
    return $options
}

# What -L and -X ask for as options, with the name that a log has unless -l or -x says.
proc ::weir::itg::WithLogServers flow {
    foreach {log name} {log /tmp/ITGSend.log remotelog /tmp/ITGRecv.log} {
        if {[dict exists $flow ${log}at]} {
            lassign [dict get $flow ${log}at] server protocol
            set flow [dict merge [list $log $name] $flow \
                [list ${log}server $server ${log}proto $protocol]]
        }
    }
    return $flow
}

# HOST:PORT from two keys of which one may be missing; without -Sda signalling goes to the
# host of -a.
proc ::weir::itg::Endpoint {flow hostKey portKey} {
    set host ""
    if {[dict exists $flow $hostKey]} {
        set host [dict get $flow $hostKey]
    } elseif {$hostKey eq "sigHost"} {
        set host [dict get $flow host]
    }
    if {[string match *:* $host]} {
        set host \[$host\]
    }
    if {[dict exists $flow $portKey]} {
        append host :[dict get $flow $portKey]
    }
    return $host
}

# ITGSend's smallest packet.  A stock receiver takes a TCP or SCTP packet of just the header (20 or 12
# bytes) for the end of the stream, so those are never made.
proc ::weir::itg::SmallestPacket {least flow} {
    set payload [dict get $flow payload]
    if {[dict get $flow proto] ni {tcp sctp}} {
        return [expr {max($least, [dict get {standard 16 short 8 none 4} $payload])}]
    }
    expr {$payload eq "none" ? $least
        : max($least + 4, [dict get {standard 21 short 16} $payload])}
}

# Milliseconds, 0 for no limit: a count of packets or bytes alone ends a flow when -t has its
# default, even when that was typed.
proc ::weir::itg::Duration flow {
    set time [dict get $flow time]
    set counted [expr {[dict exists $flow packets] || [dict exists $flow bytes]}]
    expr {$counted && $time == 10000 ? 0 : $time}
}
