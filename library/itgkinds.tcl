# itgkinds: what the tables of itgtables.tcl name - the checks of single words, and what rows make
# of theirs.
namespace eval ::weir::itg {}

# --- Kinds: a word in plain form, or "" -------------------------------------------------

proc ::weir::itg::Word word {
    return $word
}

# A word that is there and no option.
proc ::weir::itg::Named word {
    if {![string match -* $word]} {
        return $word ;# expr would make a number of 010
    }
}

# A number of flows for the decoder, or t.
proc ::weir::itg::Highest word {
    if {[string match t* $word]} {
        return t
    }
    expr {[string is digit -strict $word] ? [Whole 1 4294967295 $word] : ""}
}

# A file's path.  One that a command from the network names must be a plain file, and no
# link, in the directory that such commands are confined to.
proc ::weir::itg::File word {
    variable confinedTo
    if {![info exists confinedTo]} {
        return $word
    }
    set path [file join $confinedTo $word]
    if {$confinedTo eq "" || [string match {[.~]*} $word] || [file tail $word] ne $word
            || [catch {file type $path} type] || $type ne "file"} {
        Fail ITGSEND PERM "a command may not name the file \"$word\": only plain files in\
            the daemon's directory, if it has one"
    }
    return $path
}

# A serial device, which is not for commands from the network.
proc ::weir::itg::Device word {
    variable confinedTo
    if {[info exists confinedTo]} {
        Fail ITGSEND PERM "a command may not use the serial device \"$word\" of the daemon's host"
    }
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

proc ::weir::itg::From {low word} {
    set number [Number $word]
    expr {$number ne "" && $number >= $low && $number < Inf ? $number : ""}
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

# Decimal, octal after a 0, hexadecimal after 0x.
proc ::weir::itg::Octet word {
    set format [switch -regexp $word {
        {^0[xX][0-9a-fA-F]{1,8}$} {string cat %x}
        {^0[0-7]{1,10}$}          {string cat %o}
        default                   {return [Whole 0 255 $word]}
    }]
    return [Whole 0 255 [scan $word $format]]
}

proc ::weir::itg::Among {args} {
    set word [string tolower [lindex $args end]]
    expr {$word in [lrange $args 0 end-1] ? $word : ""}
}

proc ::weir::itg::Exactly {args} {
    set word [lindex $args end]
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

# The flow options of a transport with the numbers that may follow it: of ICMP a type, of SCTP
# an association id, which says nothing to a flow with a socket of its own, and the streams.
proc ::weir::itg::Transport {name first second} {
    set numbers [llength [concat $first $second]]
    switch $name,$numbers {
        icmp,1 {
            if {$first <= 255} {
                return [list proto icmp icmptype $first]
            }
        }
        sctp,2 {
            if {$second >= 1 && $second <= 65535} {
                return [list proto sctp streams $second]
            }
        }
        default {
            if {$numbers == 0} {
                return [list proto $name]
            }
        }
    }
    set accepts [dict get {
        icmp {a type from 0 to 255} sctp {an association id and a number of streams from 1 to 65535}
        udp {no number} tcp {no number} dccp {no number}
    } $name]
    Fail ITG ARG "after [string toupper $name] comes $accepts, not \"[concat $first $second]\""
}

# {HOST PROTOCOL} of a log server from an address and a protocol in either order.
proc ::weir::itg::LogServer {a b} {
    set host [lsearch -inline -not -nocase -regexp [list $a $b] {^(udp|tcp|)$}]
    set protocol [lsearch -inline -nocase -regexp [list $a $b] {^(udp|tcp)$}]
    if {[concat $a $b] ni [list [concat $host $protocol] [concat $protocol $host]]} {
        Fail ITG ARG "an address and a protocol, UDP or TCP, are wanted, not \"$a $b\""
    }
    list [expr {$host eq "" ? "127.0.0.1" : $host}] \
        [expr {$protocol eq "" ? "udp" : [string tolower $protocol]}]
}

# The same with a port, from ITGRecv's lettered words.
proc ::weir::itg::LetteredLogServer {args} {
    set said [dict create a 127.0.0.1 p 9001 P udp]
    foreach word $args {
        if {$word ne ""} {
            if {![regexp {^([apP]):(.+)$} $word -> letter value]} {
                Fail ITG ARG "a:ADDRESS, p:PORT and P:UDP or P:TCP are wanted, not \"$word\""
            }
            dict set said $letter $value
        }
    }
    dict with said {}
    if {[string tolower $P] ni {udp tcp} || [Whole 1 65535 $p] eq ""} {
        Fail ITG ARG "a port from 1 to 65535 and UDP or TCP are wanted, not \"p:$p P:$P\""
    }
    list [Endpoint $said a p] [string tolower $P]
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
