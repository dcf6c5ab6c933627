# itgdec: D-ITG's decoder over the family log.  Writes what ITGDec writes, on standard
# output and into files, to the byte; all in one pass over the log.

source [file join [file dirname [info script]] .. itgopts.tcl]

namespace eval ::weir::itg {
    # With these ITGDec prints its report only when -v asks for it.
    variable decoderQuiet {-text -octave -rebuilt -delay -jitter -bitrate -loss -combined
        -split -sizes -gaps}
}

# Decode a log.  Errors: {WEIR ITGDEC ARG} for the words, {WEIR LOG ...} for the files.
proc ::weir::itgdec args {
    set words [lassign $args file]
    if {$file in {-h -help --help} || "-h" in $words || "--help" in $words} {
        puts [itg::Usage itgdec]
        return
    }
    if {$file eq "" || [string match -* $file]} {
        throw {WEIR ITGDEC ARG} "the first word must be the log: itgdec FILE ?OPTION ...?"
    }
    lassign [itg::DecoderOptions $words] options correct
    set banner "ITGDec version 2.8.1 (r1023)\nCompile-time options: sctp dccp bursty multiport"
    if {[dict exists $options -sizes] || [dict exists $options -gaps]} {
        puts $banner
        set banner ""
    }
    set done [itg::WithLetters $itg::decoderTable {log decode $file {*}$options}]
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

# The words after the log as options of `log decode`, and whether the right figures are wanted
# as well.
proc ::weir::itg::DecoderOptions words {
    variable decoderTable
    variable decoderQuiet
    set options {}
    set correct 0
    foreach {key value} [Parse ITGDEC $decoderTable $words] {
        switch $key {
            ""      {}
            correct {set correct 1}
            highest {
                dict set options {*}[expr {$value eq "t" ? {-oneflow 1} : "-maxflow $value"}]
            }
            sender  {
                dict set options -sender [lindex $value 0]
                dict set options -rebuilt [lindex $value 1]
            }
            each    {
                set tail [expr {$value eq "" ? ".dat" : "_$value.dat"}]
                dict set options -eachdelay eachdelay$tail
                dict set options -eachjitter eachjitter$tail
            }
            default {dict set options -$key $value}
        }
    }
    set quiet [lmap key [dict keys $options] {
        if {$key ni $decoderQuiet} continue
        set key
    }]
    if {$quiet eq "" && ![dict exists $options -report]} {
        dict set options -report 1
    }
    return [list $options $correct]
}
