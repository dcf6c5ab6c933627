# itgdec: D-ITG's decoder over the family log.  Writes what ITGDec writes, on standard
# output and into files, to the byte; all in one pass over the log.

namespace eval ::weir::itg {
    # The words of ITGDec: first letter, what follows, and what it means to `log decode` (see
    # DecoderOption).  ITGDec looks at the first letter only, so -verbose is -v.
    #
    #   flag OPTION VALUE       nothing follows
    #   file OPTION             a file name
    #   table OPTION DEFAULT    milliseconds and perhaps a file name
    #   own PROCEDURE           gets the words, answers the options and how many it took
    #   none                    nothing follows, nothing is meant
    variable decoderTable {
        v {flag -report 1}
        l {file -text}
        t {none}
        o {file -octave}
        r {own DecoderSender}
        d {table -delay delay.dat}
        j {table -jitter jitter.dat}
        b {table -bitrate bitrate.dat}
        p {table -loss packetloss.dat}
        c {table -combined combined_stats.dat}
        s {own DecoderSplit}
        f {own DecoderFilter}
        P {flag -sizes 1}
        I {flag -gaps 1}
        x {own DecoderEach}
        i {flag -report 0}
        w {none}
    }
    # With these ITGDec prints its report only when -v asks for it.
    variable decoderQuiet {-text -octave -rebuilt -delay -jitter -bitrate -loss -combined
        -split -sizes -gaps}
}

# Decode a log.  Errors: {WEIR ITGDEC ARG} for the words, {WEIR LOG ...} for the files.
proc ::weir::itgdec args {
    set words [lassign $args file]
    if {$file in {-h -help --help} || "-h" in $words || "--help" in $words} {
        puts [itg::DecoderUsage]
        return
    }
    if {$file eq "" || [string match -* $file]} {
        throw {WEIR ITGDEC ARG} "the first word must be the log: itgdec FILE ?OPTION ...?"
    }
    set correct [expr {"--correct" in $words}]
    set options [itg::DecoderOptions [lsearch -all -inline -exact -not $words --correct]]
    set banner "ITGDec version 2.8.1 (r1023)\nCompile-time options: sctp dccp bursty multiport"
    if {[dict exists $options -sizes] || [dict exists $options -gaps]} {
        puts $banner
        set banner ""
    }
    set done [log decode $file {*}$options]
    if {$banner ne ""} {
        puts $banner
    }
    if {[dict exists $done report]} {
        puts [dict get $done report]
    } elseif {[dict get $done valid] == 0} {
        puts "Empty log file"
    }
    if {$correct} {
        puts \n[log summary $file -format text]
    }
}

# The words after the log as options of `log decode`.
proc ::weir::itg::DecoderOptions words {
    variable decoderTable
    variable decoderQuiet
    set options {}
    while {[llength $words]} {
        set letter [string index [lindex $words 0] 1]
        if {![string match -* [lindex $words 0]] || ![dict exists $decoderTable $letter]} {
            throw {WEIR ITGDEC ARG} "unknown option \"[lindex $words 0]\": use\
                -[join [dict keys $decoderTable] { -}] or --correct"
        }
        lassign [DecoderOption [dict get $decoderTable $letter] $words] more taken
        set options [dict merge $options $more]
        set words [lrange $words 1+$taken end]
    }
    set quiet [lmap key [dict keys $options] {
        if {$key ni $decoderQuiet} continue
        set key
    }]
    if {$quiet eq "" && ![dict exists $options -report]} {
        dict set options -report 1
    }
    return $options
}

# What the first of the words means: {OPTIONS NUMBER}, where NUMBER of the words behind it are
# used up.
proc ::weir::itg::DecoderOption {row words} {
    lassign $row kind a b
    set option [lindex $words 0]
    set value [DecoderValue $words 1]
    switch $kind {
        flag {return [list [dict create $a $b] 0]}
        none {return {{} 0}}
        own  {return [$a $words]}
        file {
            if {$value eq ""} {
                throw {WEIR ITGDEC ARG} "option $option wants the name of a file to write"
            }
            return [list [dict create $a $value] 1]
        }
        table {
            if {![string is double -strict $value] || $value <= 0} {
                throw {WEIR ITGDEC ARG} "option $option wants a number of milliseconds\
                    above 0, not \"$value\""
            }
            set name [DecoderValue $words 2]
            if {$name eq ""} {
                return [list [dict create $a [list $value $b]] 1]
            }
            return [list [dict create $a [list $value $name]] 2]
        }
    }
}

# Word `at` unless it is an option.
proc ::weir::itg::DecoderValue {words at} {
    set value [lindex $words $at]
    return [expr {[string match -* $value] ? "" : $value}]
}

# -r SENDER ?FILE?
proc ::weir::itg::DecoderSender words {
    set sender [DecoderValue $words 1]
    set name [DecoderValue $words 2]
    if {$sender eq ""} {
        throw {WEIR ITGDEC ARG} "option [lindex $words 0] wants the log of the sender"
    }
    if {$name eq ""} {
        return [list [dict create -sender $sender -rebuilt reconstructed.dat] 1]
    }
    return [list [dict create -sender $sender -rebuilt $name] 2]
}

# -s ?SUFFIX?
proc ::weir::itg::DecoderSplit words {
    set suffix [DecoderValue $words 1]
    if {$suffix eq ""} {
        return {{-split log} 0}
    }
    return [list [dict create -split $suffix] 1]
}

# -x ?SUFFIX?
proc ::weir::itg::DecoderEach words {
    set suffix [DecoderValue $words 1]
    set tail [expr {$suffix eq "" ? ".dat" : "_$suffix.dat"}]
    return [list [dict create -eachdelay eachdelay$tail -eachjitter eachjitter$tail] \
        [expr {$suffix ne ""}]]
}

# -f N or -f t
proc ::weir::itg::DecoderFilter words {
    set value [DecoderValue $words 1]
    if {[string match t* $value]} {
        return {{-oneflow 1} 1}
    }
    if {![string is digit -strict $value] || [scan $value %lld] < 1
        || [scan $value %lld] > 0xffffffff} {
        throw {WEIR ITGDEC ARG} "option [lindex $words 0] wants the highest flow number to\
            take, from 1, or t to take all as one flow, not \"$value\""
    }
    return [list [dict create -maxflow [scan $value %lld]] 1]
}

proc ::weir::itg::DecoderUsage {} {
    return {usage: itgdec FILE ?OPTION ...?
  -v                  print the report            (printed anyway without most others)
  --correct           print the figures that are right as well (see log(n))
  -t                  the log is text             (which is recognised anyway)
  -f N                flows with greater numbers count as error lines
  -f t                take all packets as one flow
Into files, in one pass
  -l FILE             the records as text
  -o FILE             the records for Octave
  -b MS ?FILE?        kbit/s in each interval     (bitrate.dat)
  -d MS ?FILE?        mean delay                  (delay.dat)
  -j MS ?FILE?        mean jitter                 (jitter.dat)
  -p MS ?FILE?        lost packets                (packetloss.dat)
  -c MS ?FILE?        sums of the four            (combined_stats.dat)
  -x ?SUFFIX?         each delay and jitter       (eachdelay.dat, eachjitter.dat)
  -s ?SUFFIX?         a log for each flow         (ID-SOURCE-DESTINATION.log.dat)
  -r SENDER ?FILE?    the log with the times of the sender's log  (reconstructed.dat)
On standard output
  -P                  the size of each packet
  -I                  the time between two packets
  -i, -w              no report; nothing}
}
