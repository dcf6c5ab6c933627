# itgsend: D-ITG's sender over the family flow.  The words are ITGSend's (../itgopts.tcl).
source [file join [file dirname [info script]] .. itgopts.tcl]
source [file join [file dirname [info script]] .. itgserve.tcl]

namespace eval ::weir::itg {
    variable interrupted 0
}

# Send the flows that the words ask for and return when all have ended.  The start and the
# end of each are printed as ITGSend prints them, and on stderr why a flow did not go as
# asked.  Ctrl-C ends the flows in an orderly way.
# Errors: those of ::weir::itg::sender and `flow create`; WEIR ITGSEND FLOW when flows failed
# on the way, once all have ended; WEIR ITGSEND INTERRUPTED.
proc ::weir::itgsend args {
    if {[lindex $args 0] in {-h -help --help}} {
        puts [itg::SenderUsage]
        return
    }
    if {[lindex $args 0] eq "-Q"} {
        tailcall itg::RunDaemon [lrange $args 1 end]
    }
    set flows {}
    set itg::interrupted 0
    set id [itg::LastId]
    try {
        foreach options [itg::sender $args] {
            lappend flows [itg::CreateFlow [incr id] $options]
        }
        oninterrupt [list ::weir::itg::StopFlows $flows]
        flow start {*}$flows
        set failures [itg::AwaitFlows $flows]
        itg::TellVerdicts $flows
    } finally {
        oninterrupt ""
        foreach flow $flows {
            $flow destroy
        }
    }
    if {$itg::interrupted} {
        throw {WEIR ITGSEND INTERRUPTED} "interrupted"
    }
    if {$failures ne ""} {
        throw {WEIR ITGSEND FLOW} [join $failures "; "]
    }
}

# Flows are numbered from 1, and in a process that has others after those.
proc ::weir::itg::LastId {} {
    tcl::mathfunc::max 0 {*}[lmap flow [::weir::flow names] {$flow cget -id}]
}

# ITGSend sends each flow's first packet at once.
proc ::weir::itg::CreateFlow {id options} {
    try {
        ::weir::flow create {*}$options -phase zero -id $id \
            -command ::weir::itg::SenderEvent
    } trap WEIR {message details} {
        throw [dict get $details -errorcode] "flow $id: $message"
    }
}

proc ::weir::itg::SenderEvent {flow event details} {
    switch $event {
        started  {Say stdout "Started sending packets of flow ID: [dict get $details id]"}
        finished {Say stdout "Finished sending packets of flow ID: [dict get $details id]\n"}
    }
}

# A user who gets impatient would end the program with flows open, of which stock receivers die.
proc ::weir::itg::StopFlows flows {
    variable interrupted 1
    ::weir::flow stop {*}$flows
    if {[llength $flows] > 3} {
        puts stderr "closing [llength $flows] flows: a stock receiver takes a second for each"
    }
}

# Wait for all; answers one sentence for each flow that failed.
proc ::weir::itg::AwaitFlows flows {
    set failures {}
    foreach flow $flows {
        try {
            ::weir::flow wait $flow
        } trap {WEIR FLOW} message {
            lappend failures "flow [$flow cget -id]: $message"
        }
    }
    return $failures
}

# One sentence, with the cause, for a flow that did not go as asked; for the first five.
proc ::weir::itg::TellVerdicts flows {
    set told 0
    foreach flow $flows {
        set stats [$flow stats -format dict]
        if {[dict get $stats asAsked] eq 0 && [dict get $stats cause] ne "failed" \
                && [incr told] <= 5} {
            Say stderr "flow [dict get $stats id]: [dict get $stats verdict]"
        }
    }
    if {$told > 5} {
        Say stderr "[expr {$told - 5}] more flows did not go as asked"
    }
}

# --- The daemon -----------------------------------------------------------------------------

# Send the flows that others command until an interrupt, which is the normal end.
proc ::weir::itg::RunDaemon words {
    set daemon [::weir::flow daemon create {*}[daemon $words] \
        -command ::weir::itg::DaemonEvent]
    Serve $daemon "Waiting for commands on LISTEN\nPress Ctrl-C to terminate" "Finish with CTRL-C!"
}

proc ::weir::itg::DaemonEvent {daemon event details} {
    SenderEvent $daemon $event $details
    dict with details {
        if {$event eq "failed"} {
            Say stderr "flow $id of $client ($command): $reason"
        } elseif {$event eq "finished" && $asAsked eq 0} {
            Say stderr "flow $id: $verdict"
        }
    }
}

proc ::weir::itg::SenderUsage {} {
    return {usage: itgsend ?OPTION ...?                 one flow
       itgsend SCRIPT ?LOG OPTION ...?         one flow on each line of SCRIPT
       itgsend -Q ?-listen ADDRESS -allow LIST? ?LOG OPTION ...?
                                               flows that others command by UDP, port 8998

Logs
  -l ?FILE?       log what is sent                (/tmp/ITGSend.log)
  -L ?ADDRESS? ?UDP|TCP?  that log on a log server       (127.0.0.1 UDP)
  -x ?FILE?       have the receiver log           (/tmp/ITGRecv.log)
  -X ?ADDRESS? ?UDP|TCP?  that log on a log server       (127.0.0.1 UDP)
Where to
  -a ADDRESS      destination                     (127.0.0.1)
  -rp PORT        its port; 0: what the receiver chooses  (8999)
  -sa ADDRESS     source address
  -sp PORT        source port
  -i NAME         network interface
  -T UDP|TCP|ICMP [TYPE]|SCTP [ID STREAMS]|DCCP   (UDP)
                  transport protocol; type of ICMP's messages, streams of SCTP
  -D              TCP and SCTP without Nagle's delay
  -b BYTE         DS byte
  -f TTL          time to live; 0: the system's default
  -H              wait for the receiver to call (itgrecv -H), at -Ssa and -Ssp; -a says
                  who may; -sp is then 8997 unless given
  -Sda ADDRESS    where signalling goes           (the address of -a)
  -Sdp PORT       its port                        (9000)
  -Ssa ADDRESS    where signalling comes from
  -Ssp PORT       its port
  -Si NAME        network interface of signalling
How much
  -t MS           for so long                     (10000; none with -z or -k)
  -z COUNT        packets
  -k COUNT        units of 1024 bytes
  -d MS           start so much later
What
  -m owdm|rttm    measure one way or round trips  (owdm)
  -p 0|1|2        header: standard, short, none   (0)
  -Fp FILE        fill packets from a file
Time between packets                              (-C 1000)
  -C PPS            constant
  -U PPS PPS        uniform between two rates
  -E PPS            exponential
  -N MS MS          normal: mean, standard deviation
  -O PPS            Poisson
  -V SHAPE MS       Pareto: shape, scale
  -Y MS MS          Cauchy: location, scale
  -G SHAPE MS       gamma: shape, scale
  -W MS SHAPE       Weibull: scale, shape
  -Ft FILE          milliseconds from a file
Packet size in bytes                              (-c 512)
  -c SIZE           constant
  -u LOW HIGH       uniform
  -e MEAN           exponential
  -n MEAN SD        normal
  -o MEAN           Poisson
  -v SHAPE SCALE    Pareto
  -y PLACE SCALE    Cauchy: location, scale
  -g SHAPE SCALE    gamma
  -w SCALE SHAPE    Weibull
  -Fs FILE          from a file
Bursts
  -B ON OFF         milliseconds of sending and of pauses, each a distribution:
                    C MS, U LOW HIGH, E MEAN, N MEAN SD, O MEAN, V SHAPE SCALE,
                    Y PLACE SCALE, G SHAPE SCALE, W SCALE SHAPE
Applications, instead of times and sizes
  Telnet, DNS, Quake3, CSa, CSi
  VoIP ?-x CODEC? ?-h RTP|CRTP? ?-VAD?    codecs G.711.1 G.711.2 G.729.2 G.729.3 G.723.1
Also
  -s SEED           D-ITG's random numbers, from a seed between 0 and 1
  -poll             busy-wait in the last millisecond before each packet
  -sk DEVICE        mark each packet on a serial device such as ttyS0
  -rk DEVICE        ask the receiver for that
  -j 0|1            make up for late packets        (1)
  -q N              without effect}
}
