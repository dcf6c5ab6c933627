# itgdec: D-ITG's decoder over the family log.  Prints on standard output what ITGDec
# prints, its figures to the digit.

namespace eval ::weir::itg {
    # Options of ITGDec that this applet does not have.
    variable decoderMissing {-o -r -d -j -b -p -c -s -P -I -x -i -w}
}

# Decode a log and print the summary; with -l write the records as text instead.
# Errors: {WEIR ITGDEC ARG|NOSUPPORT} for the words, {WEIR LOG ...} for the file.
proc ::weir::itgdec args {
    if {[lindex $args 0] in {-h -help --help}} {
        puts [itg::DecoderUsage]
        return
    }
    set job [itg::Decoder $args]
    dict with job {
        if {$text ne ""} {
            log export $file $text
        }
        if {$text eq "" || $verbose} {
            set report [log summary $file -figures compatible {*}$options]
        }
    }
    puts "ITGDec version 2.8.1 (r1023)"
    puts "Compile-time options: sctp dccp bursty multiport"
    if {[info exists report]} {
        puts $report
    }
}

# The words of ITGDec as a dict: file, text (where to write, or ""), verbose, options (of
# log summary).
proc ::weir::itg::Decoder words {
    variable decoderMissing
    set words [lassign $words file]
    if {$file eq "" || [string match -* $file]} {
        throw {WEIR ITGDEC ARG} "the first word must be the log: itgdec FILE ?OPTION ...?"
    }
    set job [dict create file $file text "" verbose 0 options {}]
    while {[llength $words]} {
        set words [lassign $words option]
        switch -exact -- $option {
            -v {dict set job verbose 1}
            -t {}
            -l {
                set words [lassign $words value]
                if {$value eq ""} {
                    throw {WEIR ITGDEC ARG} "option -l wants the name of a file to write"
                }
                dict set job text $value
            }
            -f {
                set words [lassign $words value]
                dict lappend job options {*}[FlowFilter $value]
            }
            default {
                if {$option in $decoderMissing} {
                    throw {WEIR ITGDEC NOSUPPORT} "option $option of ITGDec is not there\
                        yet: use -v, -l, -t, -f or -h"
                }
                throw {WEIR ITGDEC ARG} \
                    "unknown option \"$option\": use -v, -l, -t, -f or -h"
            }
        }
    }
    return $job
}

# The value of -f as options of log summary.
proc ::weir::itg::FlowFilter value {
    if {$value eq "t"} {
        return {-oneflow 1}
    }
    if {![string is digit -strict $value] || [scan $value %lld] < 1
        || [scan $value %lld] > 0xffffffff} {
        throw {WEIR ITGDEC ARG} "option -f wants the highest flow number to take, from 1,\
            or t to take all as one flow, not \"$value\""
    }
    return [list -maxflow [scan $value %lld]]
}

proc ::weir::itg::DecoderUsage {} {
    return {usage: itgdec FILE ?OPTION ...?
  -v        print the summary (also when -l is given)
  -l FILE   write the records as text
  -t        the log is text (which is recognised anyway)
  -f N      flows with greater numbers count as error lines
  -f t      take all packets as one flow}
}
