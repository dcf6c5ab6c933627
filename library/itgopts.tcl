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
# script that sees the words as a and b, {} stands for the first word; what it answers is
# kept under KEY.
namespace eval ::weir::itg {
    # What a word may be: a command prefix that gets the word and answers the value in plain
    # form, or "" when the word will not do; and the text for the error.
    variable kinds {
        word     {Word               {a value}}
        rate     {{Above 0}          {a number of packets per second above 0}}
        gap      {{Above 0}          {a number of milliseconds above 0}}
        shift    {{Above -Inf}       {a number of milliseconds}}
        positive {{Above 0}          {a number above 0}}
        size     {{Whole 1 64000}    {a whole number of bytes from 1 to 64000}}
        bytes    {{Above 0}          {a number of bytes above 0}}
        center   {{Above -Inf}       {a number of bytes}}
        count    {{Whole 1 4294967295} {a whole number above 0}}
        time     {{Whole 1 1e12}     {a whole number of milliseconds above 0}}
        delay    {{Whole 0 1e12}     {a whole number of milliseconds from 0}}
        byte     {{Whole 0 255}      {a whole number from 0 to 255}}
        port     {{Whole 0 65535}    {a port number from 0 to 65535}}
        payload  {{Whole 0 2}        {0 (standard), 1 (short) or 2 (none)}}
        switch   {{Whole 0 1}        {0 or 1}}
        seed     {{Within 0 1}       {a number above 0 and below 1}}
        meter    {{Among owdm rttm}  {owdm or rttm}}
        proto    {{Among udp tcp}    {UDP or TCP}}
        fileSize {{Whole 1 65536}    {sizes from 1 to 65536 bytes}}
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
        -T    {proto}          proto       {}
        -m    {meter}          meter       {}
        -p    {payload}        payload     {lindex {standard short none} $a}
        -Fp   {word}           payloadfile {}
        -b    {byte}           dsbyte      {}
        -f    {byte}           ttl         {}
        -D    {}               nodelay     {set a 1}
        -t    {time}           time        {}
        -z    {count}          packets     {}
        -k    {count}          bytes       {expr {$a * 1024}}
        -d    {delay}          delay       {}
        -s    {seed}           itgseed     {}
        -poll {}               spin        {set a 1ms}
        -j    {switch}         meanRate    {}
        -Sda  {word}           sigHost     {}
        -Sdp  {port}           sigPort     {}
        -Ssa  {word}           sigFrom     {}
        -Ssp  {port}           sigFromPort {}

        -C    {rate}           idt {list constant [Gap $a]}
        -U    {rate rate}      idt {Rising $a $b; list uniform [Gap $b] [Gap $a]}
        -E    {rate}           idt {list exponential [Gap $a]}
        -N    {shift gap}      idt {list normal [Seconds $a] [Seconds $b]}
        -O    {positive}       idt {list inverse 1 [list poisson $a]}
        -V    {positive gap}   idt {list pareto $a [Seconds $b]}
        -Y    {shift gap}      idt {list cauchy [Seconds $a] [Seconds $b]}
        -G    {positive gap}   idt {list gamma $a [Seconds $b]}
        -W    {gap positive}   idt {list weibull $b [Seconds $a]}
        -Ft   {word}           gaps {FileValues shift $a}

        -c    {size}           ps  {list constant $a}
        -u    {size size}      ps  {Rising $a $b; list uniform $a $b}
        -e    {size}           ps  {list exponential $a}
        -n    {center bytes}   ps  {list normal $a $b}
        -o    {size}           ps  {list poisson $a}
        -v    {positive bytes} ps  {list pareto $a $b}
        -y    {center bytes}   ps  {list cauchy $a $b}
        -g    {positive bytes} ps  {list gamma $a $b}
        -w    {bytes positive} ps  {list weibull $b $a}
        -Fs   {word}           ps  {concat replay [FileValues fileSize $a]}
    }

    # A whole run; not in script files.
    variable runTable {
        -l    {{word /tmp/ITGSend.log}} log       {}
        -x    {{word /tmp/ITGRecv.log}} remotelog {}
        -q    {count}                   queue     {}
    }

    variable receiverTable {
        -a    {word}                    bind            {}
        -i    {word}                    interface       {}
        -Si   {word}                    signalinterface {}
        -Sp   {port}                    port            {}
        -l    {{word /tmp/ITGRecv.log}} log             {}
        -q    {count}                   queue           {}
    }

    # Options whose name is spelled exactly: others start with it.
    variable exact {-p -s}

    # What D-ITG has and Weir has not.
    variable missing {
        -Q  {the sender as a daemon}  -H  {passive mode}       -n  {passive mode}
        -L  {a log server}            -X  {a log server}       -B  {bursty traffic}
        -sk {a serial line}           -rk {a serial line}
        -Si {an interface for the sender's signalling}
    }
    variable models {Telnet VoIP DNS Quake3 CSa CSi}
    variable protocols {ICMP SCTP DCCP}
}

# ITGSend's words as a list of option lists for `flow create`, one for each flow.  A first
# word without "-" names a script file.
# Errors: WEIR ITGSEND ARG for wrong text, NOSUPPORT for what is not there, POSIX for files.
proc ::weir::itg::sender words {
    variable flowTable
    variable runTable
    variable models
    set first [lindex $words 0]
    if {$first eq ""} {
        Fail ITGSEND ARG "itgsend wants options or a script file: see itgsend -h"
    }
    if {[string match -* $first] || $first in $models} {
        return [list [FlowOptions [Parse ITGSEND [concat $flowTable $runTable] $words]]]
    }
    set run [Parse ITGSEND $runTable [lrange $words 1 end]]
    lmap flow [Script $first] {FlowOptions [concat $flow $run]}
}

# ITGRecv's words as options for `receiver create`.  Logs that senders ask for by name go to
# the current directory.
# Errors: WEIR ITGRECV ARG, NOSUPPORT.
proc ::weir::itg::receiver words {
    variable receiverTable
    set found [dict create {*}[Parse ITGRECV $receiverTable $words]]
    set options [list -logdir [pwd] -logformat itg]
    if {[dict exists $found port]} {
        lappend options -listen \[::\]:[dict get $found port]
    }
    foreach key {bind interface signalinterface log} {
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
        lassign [Row $program $table $word] name wanted key script
        set values {}
        foreach kind $wanted {
            if {[llength $kind] > 1 && ($words eq "" || [string match -* [lindex $words 0]])} {
                lappend values [lindex $kind 1]
            } else {
                lappend values [Check $program $name [lindex $kind 0] $words]
                set words [lrange $words 1 end]
            }
        }
        lappend found $key [Value $program $name $script {*}$values]
    }
    return $found
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
        RefuseWord $program $word
    }
    return $best
}

# The error for a word that is no option here.
proc ::weir::itg::RefuseWord {program word} {
    variable missing
    variable models
    variable runTable
    if {$word in $models} {
        Fail $program NOSUPPORT "the application model $word is not available"
    }
    foreach {name what} $missing {
        if {[string match $name* $word]} {
            Fail $program NOSUPPORT "option $name ($what) is not available"
        }
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
    variable protocols
    lassign [dict get $kinds $kind] check accepted
    if {$words eq ""} {
        Fail $program ARG "$name wants $accepted, but nothing follows it"
    }
    set word [lindex $words 0]
    set value [{*}$check $word]
    if {$value ne ""} {
        return $value
    }
    if {$kind eq "proto" && [string toupper $word] in $protocols} {
        Fail $program NOSUPPORT "-T [string toupper $word] is not available: use UDP or TCP"
    }
    Fail $program ARG "$name wants $accepted, not \"$word\""
}

# What a row's script makes of its words; its errors get the option's name.
proc ::weir::itg::Value {program name script {a {}} {b {}}} {
    if {$script eq ""} {
        return $a
    }
    try {
        apply [list {a b} $script ::weir::itg] $a $b
    } trap {WEIR ITG} {message options} {
        set code [lreplace [dict get $options -errorcode] 1 1 $program]
        throw $code "$name: $message"
    }
}

proc ::weir::itg::Fail {program reason message} {
    throw [list WEIR $program $reason] $message
}

# --- Kinds: a word in plain form, or "" -------------------------------------------------

proc ::weir::itg::Word word {
    return $word
}

# A decimal number; leading zeros and signs are only that.
proc ::weir::itg::Number word {
    if {![regexp {^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$} $word]} {
        return ""
    }
    set number [scan $word %f]
    expr {$number == floor($number) && abs($number) < 1e15 ? int($number) : $number}
}

proc ::weir::itg::Above {low word} {
    set number [Number $word]
    expr {$number ne "" && $number > $low && $number < Inf ? $number : ""}
}

proc ::weir::itg::Within {low high word} {
    set number [Number $word]
    expr {$number ne "" && $number > $low && $number < $high ? $number : ""}
}

# Fractions are cut off.
proc ::weir::itg::Whole {low high word} {
    set number [Number $word]
    expr {$number ne "" && $number >= $low && $number < $high + 1 ? int($number) : ""}
}

proc ::weir::itg::Among {args} {
    set word [string tolower [lindex $args end]]
    expr {$word in [lrange $args 0 end-1] ? $word : ""}
}

# --- What rows do with their words ------------------------------------------------------

# The gap in seconds of a rate, and of milliseconds.
proc ::weir::itg::Gap rate {
    expr {1.0 / $rate}
}

proc ::weir::itg::Seconds ms {
    expr {$ms / 1000.0}
}

proc ::weir::itg::Rising {low high} {
    if {$low > $high} {
        Fail ITG ARG "the first number must not be above the second ($low, $high)"
    }
}

# The numbers in a file, one on each line; blank lines are skipped.
proc ::weir::itg::FileValues {kind path} {
    variable kinds
    lassign [dict get $kinds $kind] check accepted
    set values {}
    foreach line [split [ReadFile ITG $path] \n] {
        set line [string trim $line]
        if {$line eq ""} continue
        set value [{*}$check $line]
        if {$value eq ""} {
            Fail ITG ARG "$path wants $accepted, one on each line, not \"$line\""
        }
        lappend values $value
    }
    if {$values eq ""} {
        Fail ITG ARG "$path has no value: it wants $accepted, one on each line"
    }
    return $values
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
        host 127.0.0.1 port 8999 proto udp idt {constant 0.001} ps {constant 512} time 10000
        payload standard
    }
    foreach {key value} $pairs {
        switch $key {
            payload {set least [dict get [list standard $least short 8 none 4] $value]}
            proto   {incr least 4}
            gaps    {
                # The first value is the start delay, and a gap from the second round on.
                dict set flow delay [expr {int(max(0, [lindex $value 0]))}]
                set value [concat [lrange $value 1 end] [lindex $value 0]]
                set value [concat replay [lmap ms $value {Seconds $ms}]]
                set key idt
            }
        }
        dict set flow $key $value
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

# The keys of a flow that are options of `flow create`, as such.
proc ::weir::itg::PickOptions flow {
    set options {}
    foreach key {
        to proto idt ps payload minsize duration packets bytes delay meter payloadfile
        dsbyte ttl bind interface nodelay itgseed spin signal signalbind log remotelog
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

# ITGSend's smallest packet.  A stock receiver takes a TCP packet of just the header for the
# end of the stream, so those are never made.
proc ::weir::itg::SmallestPacket {least flow} {
    set payload [dict get $flow payload]
    if {[dict get $flow proto] eq "udp"} {
        return [expr {max($least, [dict get {standard 16 short 8 none 4} $payload])}]
    }
    expr {$payload eq "none" ? $least
        : max($least + 4, [dict get {standard 24 short 16} $payload])}
}

# Milliseconds, 0 for no limit: a count of packets or bytes alone ends a flow when -t has its
# default, even when that was typed.
proc ::weir::itg::Duration flow {
    set time [dict get $flow time]
    set counted [expr {[dict exists $flow packets] || [dict exists $flow bytes]}]
    expr {$counted && $time == 10000 ? 0 : $time}
}
