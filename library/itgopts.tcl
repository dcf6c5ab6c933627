# itgopts: the option text of ITGSend and ITGRecv as options of the families flow and
# receiver.  Nothing here opens a socket or a log: `sender` and `receiver` turn words into
# words, and the applets itgsend and itgrecv do the rest.
#
# Tables carry the whole language.  A row of an option table is
#
#   NAME  WORDS  KEY  VALUE
#
# NAME is what the user types; D-ITG compares first letters only, so "-zz" is "-z".  WORDS has
# the kind of each word that follows (see `kinds`); {KIND DEFAULT} may be absent.  VALUE is a
# script that sees the words as a, b and c, {} stands for the first word; what it answers is
# kept under KEY.  The procedures that tables name are in itgkinds.tcl.
source [file join [file dirname [info script]] itgkinds.tcl]

namespace eval ::weir::itg {
    # What a word may be: a command prefix that gets the word and answers the value in plain
    # form, or "" when the word will not do; and the text for the error.
    variable kinds {
        word     {Word               {a value}}
        file     {File               {the name of a file}}
        device   {Device             {the name of a serial device}}
        rate     {{Above 0}          {a number of packets per second above 0}}
        gap      {{Above 0}          {a number of milliseconds above 0}}
        shift    {{Above -Inf}       {a number of milliseconds}}
        positive {{Above 0}          {a number above 0}}
        size     {{Whole 1 2147483647} {a whole number of bytes above 0}}
        bytes    {{Above 0}          {a number of bytes above 0}}
        center   {{Whole -1e9 1e9}   {a number of bytes}}
        spread   {{Whole 1 1e9}      {a number of bytes above 0}}
        count    {{Whole 1 4294967295} {a whole number above 0}}
        time     {{Whole 1 1e12}     {a whole number of milliseconds above 0}}
        delay    {{Whole 0 1e12}     {a whole number of milliseconds from 0}}
        byte     {{Whole 0 255}      {a whole number from 0 to 255}}
        octet    {Octet              {a whole number from 0 to 255}}
        port     {{Whole 0 65535}    {a port number from 0 to 65535}}
        payload  {{Whole 0 2}        {0 (standard), 1 (short) or 2 (none)}}
        switch   {{Whole 0 1}        {0 or 1}}
        seed     {{Within 0 1}       {a number above 0 and below 1}}
        meter    {{Among owdm rttm}  {owdm or rttm}}
        proto    {{Among udp tcp icmp sctp dccp} {UDP, TCP, ICMP, SCTP or DCCP}}
        whole    {{Whole 0 2147483647} {a whole number from 0}}
        fileSize {{Whole 1 65536}    {sizes from 1 to 65536 bytes}}
        fileGap  {{From 0}           {a number of milliseconds from 0}}
        codec    {{Exactly G.711.1 G.711.2 G.729.2 G.729.3 G.723.1}
                                     {G.711.1, G.711.2, G.729.2, G.729.3 or G.723.1}}
        logWord  {Word               {an address, UDP or TCP}}
        header   {{Exactly RTP CRTP} {RTP or CRTP}}
    }

    # One flow.  Times between packets are rates or milliseconds here and seconds in a flow.
    # -Y and -W take their parameters in the order that ITGSend really uses (location, scale
    # and scale, shape), not as its help has it.
    variable flowTable {
        -a    {word}           host        {}
        -rp   {port}           port        {}
        -sa   {word}           from        {}
        -sp   {port}           fromPort    {}
        -i    {word}           interface   {}
        -T    {proto {whole {}} {whole {}}} transport {Transport $a $b $c}
        -m    {meter}          meter       {}
        -p    {payload}        payload     {lindex {standard short none} $a}
        -Fp   {file}           payloadfile {}
        -b    {octet}          dsbyte      {}
        -f    {octet}          ttl         {}
        -D    {}               nodelay     {set a 1}
        -t    {time}           time        {}
        -z    {count}          packets     {}
        -k    {count}          bytes       {expr {$a * 1024}}
        -d    {delay}          delay       {}
        -s    {seed}           itgseed     {}
        -poll {}               spin        {set a 1ms}
        -j    {switch}         catchup     {}
        -B    burst            burst       {}
        -sk   {device}         serial      {}
        -rk   {word}           remoteserial {}
        -Sda  {word}           sigHost     {}
        -Sdp  {port}           sigPort     {}
        -Ssa  {word}           sigFrom     {}
        -Ssp  {port}           sigFromPort {}
        -Si   {word}           signalinterface {}
        -H    {}               passive     {set a 1}

        -C    {rate}           idt {list constant [Gap $a]}
        -U    {rate rate}      idt {Rising $a $b; list uniform [Gap $b] [Gap $a]}
        -E    {rate}           idt {list exponential [Gap $a]}
        -N    {shift gap}      idt {list normal [Seconds $a] [Seconds $b]}
        -O    {positive}       idt {list inverse 1 [list poisson $a]}
        -V    {positive gap}   idt {list pareto $a [Seconds $b]}
        -Y    {shift gap}      idt {list cauchy [Seconds $a] [Seconds $b]}
        -G    {positive gap}   idt {list gamma $a [Seconds $b]}
        -W    {gap positive}   idt {list weibull $b [Seconds $a]}
        -Ft   {file}           gaps {FileValues fileGap $a}

        -c    {size}           ps  {list constant $a}
        -u    {size size}      ps  {Rising $a $b; list uniform $a $b}
        -e    {size}           ps  {list exponential $a}
        -n    {center spread}  ps  {list normal $a $b}
        -o    {size}           ps  {list poisson $a}
        -v    {positive bytes} ps  {list pareto $a $b}
        -y    {center spread}  ps  {list cauchy $a $b}
        -g    {positive bytes} ps  {list gamma $a $b}
        -w    {bytes positive} ps  {list weibull $b $a}
        -Fs   {file}           sizes {FileValues fileSize $a}
    }

    # How long a burst of -B lasts, and how long the pause after it: in milliseconds.
    variable burstTable {
        C     {time}           length {list constant [Seconds $a]}
        U     {gap gap}        length {Rising $a $b; list uniform [Seconds $b] [Seconds $a]}
        E     {gap}            length {list exponential [Seconds $a]}
        N     {shift gap}      length {list normal [Seconds $a] [Seconds $b]}
        O     {positive}       length {list scaled 0.001 [list poisson $a]}
        V     {positive gap}   length {list pareto $a [Seconds $b]}
        Y     {shift gap}      length {list cauchy [Seconds $a] [Seconds $b]}
        G     {positive gap}   length {list gamma $a [Seconds $b]}
        W     {gap positive}   length {list weibull $b [Seconds $a]}
    }

    # What may follow the model VoIP, to the end of the line.
    variable voipTable {
        -x    {codec}          -codec  {}
        -h    {header}         -header {string tolower $a}
        -VAD  {}               -vad    {set a 1}
    }

    # A whole run; not in script files.
    variable runTable {
        -l    {{word /tmp/ITGSend.log}} log       {}
        -x    {{word /tmp/ITGRecv.log}} remotelog {}
        -L    {{logWord {}} {logWord {}}} logat       {LogServer $a $b}
        -X    {{logWord {}} {logWord {}}} remotelogat {LogServer $a $b}
        -q    {{count 50}}              queue     {}
    }

    # What `itgsend -Q` has besides; the names are Weir's.
    variable daemonTable {
        -listen {word}    listen  {}
        -allow  {word}    allow   {split $a ,}
    }

    variable receiverTable {
        -a    {word}                    bind            {}
        -i    {word}                    interface       {}
        -Si   {word}                    signalinterface {}
        -Sp   {port}                    port            {}
        -H    {word}                    passive         {}
        -n    {count}                   hellos          {}
        -sk   {word}                    serial          {}
        -l    {{word /tmp/ITGRecv.log}} log             {}
        -L    {{logWord {}} {logWord {}} {logWord {}}} logat {LetteredLogServer $a $b $c}
        -allowlogserver {word}          allowlogserver  {split $a ,}
        -allowsource {word}             allowsource     {split $a ,}
        -q    {{count 50}}              queue           {}
    }

    # Options whose name is spelled exactly: others start with it.
    variable exact {-p -s}
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
    try {
        set words [regexp -all -inline {\S+} $line]
        return [concat [FlowOptions [Parse ITGSEND $flowTable $words]] -phase zero]
    } finally {
        unset confinedTo
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
    set found {}
    while {$words ne ""} {
        set words [lassign $words word]
        if {"-T" in $table && [ModelNamed $word] ne ""} {
            lappend found model [Model $program [ModelNamed $word] words]
            continue
        }
        lassign [Row $program $table $word] name wanted key script
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

# Whether an optional word is not there: the next is an option or, where a number would be,
# the name of an application.
proc ::weir::itg::Absent {kind words} {
    set word [lindex $words 0]
    expr {$words eq "" || [string match -* $word]
        || ($kind ne "word" && [ModelNamed $word] ne "")}
}

# A distribution after -B: a letter and its numbers.
proc ::weir::itg::BurstLength {program wordsVar} {
    variable burstTable
    upvar 1 $wordsVar words
    set words [lassign $words letter]
    foreach {name wanted - script} $burstTable {
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
    foreach {name wanted key script} $table {
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
    foreach {name - - -} $runTable {
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

proc ::weir::itg::ReadFile {program path} {
    try {
        set channel [open $path r]
        try {
            fconfigure $channel -encoding iso8859-1
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
