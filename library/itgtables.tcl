# itgtables: the options of D-ITG's programs, as the tables that parse them (itgopts.tcl), that
# `NAME -h`, `help NAME`, completion and the manual pages show (weir::options NAME).
#
# Tables carry the whole language.  A row of an option table is
#
#   NAME  WORDS  KEY  VALUE  FORM  DEFAULT  HELP
#
# NAME is what the user types; D-ITG compares first letters only, so "-zz" is "-z".  WORDS has
# the kind of each word that follows (see `kinds`); {KIND DEFAULT} may be absent.  VALUE is a
# script that sees the words as a, b and c, {} stands for the first word; what it answers is
# kept under KEY.  FORM stands for the words in a usage line, {} for those of the kinds.  The
# procedures that tables name are in itgkinds.tcl.
namespace eval ::weir::itg {
    # What a word may be: a command prefix that gets the word and answers the value in plain
    # form, or "" when the word will not do; the text for the error; what stands for it in a
    # usage line; its unit.
    variable kinds {
        word     {Word               {a value}                      NAME}
        address  {Word               {an address}                   ADDRESS}
        interface {Word              {the name of a network interface} INTERFACE}
        file     {File               {the name of a file}           FILE}
        output   {Named              {the name of a file to write}  FILE}
        sender   {Named              {the log of the sender}        SENDER}
        suffix   {Word               {a suffix}                     SUFFIX}
        device   {Device             {the name of a serial device}  DEVICE}
        rate     {{Above 0}          {a number of packets per second above 0} PPS packets/s}
        gap      {{Above 0}          {a number of milliseconds above 0} MS ms}
        shift    {{Above -Inf}       {a number of milliseconds}     MS ms}
        positive {{Above 0}          {a number above 0}             NUMBER}
        size     {{Whole 1 2147483647} {a whole number of bytes above 0} BYTES bytes}
        bytes    {{Above 0}          {a number of bytes above 0}    BYTES bytes}
        center   {{Whole -1e9 1e9}   {a number of bytes}            BYTES bytes}
        spread   {{Whole 1 1e9}      {a number of bytes above 0}    BYTES bytes}
        count    {{Whole 1 4294967295} {a whole number above 0}     N}
        hellos   {{Whole 1 100}      {a whole number from 1 to 100} N}
        time     {{Whole 1 1e12}     {a whole number of milliseconds above 0} MS ms}
        delay    {{Whole 0 1e12}     {a whole number of milliseconds from 0} MS ms}
        octet    {Octet              {a whole number from 0 to 255} BYTE}
        port     {{Whole 0 65535}    {a port number from 0 to 65535} PORT}
        payload  {{Whole 0 2}        {0 (standard), 1 (short) or 2 (none)} 0|1|2}
        switch   {{Whole 0 1}        {0 or 1}                       0|1}
        seed     {{Within 0 1}       {a number above 0 and below 1} SEED}
        meter    {{Among owdm rttm}  {owdm or rttm}                 owdm|rttm}
        proto    {{Among udp tcp icmp sctp dccp} {UDP, TCP, ICMP, SCTP or DCCP}
                                     UDP|TCP|ICMP|SCTP|DCCP}
        whole    {{Whole 0 2147483647} {a whole number from 0}      N}
        fileSize {{Whole 1 65536}    {sizes from 1 to 65536 bytes}  BYTES bytes}
        fileGap  {{From 0}           {a number of milliseconds from 0} MS ms}
        codec    {{Exactly G.711.1 G.711.2 G.729.2 G.729.3 G.723.1}
                                     {G.711.1, G.711.2, G.729.2, G.729.3 or G.723.1} CODEC}
        logWord  {Word               {an address, UDP or TCP}       ADDRESS}
        header   {{Exactly RTP CRTP} {RTP or CRTP}                  RTP|CRTP}
        highest  {Highest {the highest flow number to take, from 1, or t to take all as one flow}
                                     N|t}
    }

    # What a run has besides its flows; not in script files.
    variable runTable {
        -l    {{word /tmp/ITGSend.log}} log       {} ?FILE? /tmp/ITGSend.log
              {log what is sent}
        -L    {{logWord {}} {logWord {}}} logat   {LogServer $a $b} {?ADDRESS? ?UDP|TCP?} {}
              {that log on a log server, itglog or ITGLog (127.0.0.1 UDP)}
        -x    {{word /tmp/ITGRecv.log}} remotelog {} ?FILE? /tmp/ITGRecv.log
              {have the receiver log what it receives}
        -X    {{logWord {}} {logWord {}}} remotelogat {LogServer $a $b}
              {?ADDRESS? ?UDP|TCP?} {} {that log on a log server (127.0.0.1 UDP)}
        -q    {{count 50}}     queue   {} ?N? {}  {without effect}
    }

    # One flow, by sections.  Times between packets are rates or milliseconds here and seconds in
    # a flow.  -Y and -W take their parameters in the order that ITGSend really uses (location,
    # scale and scale, shape), not as its help has it.
    variable flowSections {
        {Where to} {
            -a    {address}    host            {} {} 127.0.0.1 {destination}
            -rp   {port}       port            {} {} 8999 {its port; 0: what the receiver chooses}
            -sa   {address}    from            {} {} {} {source address}
            -sp   {port}       fromPort        {} {} {} {source port; with -H 8997 unless given}
            -i    {interface}  interface       {} {} {} {network interface that packets leave by}
            -T    {proto {whole {}} {whole {}}} transport {Transport $a $b $c}
                  {UDP|TCP|ICMP ?TYPE?|SCTP ?ID STREAMS?|DCCP} UDP
                  {transport protocol; type of ICMP's messages, streams of SCTP}
            -D    {}           nodelay         {set a 1} {} {}
                  {TCP and SCTP without Nagle's delay}
            -b    {octet}      dsbyte          {} {} 0 {DS byte}
            -f    {octet}      ttl             {} TTL 0 {time to live; 0: the system's default}
            -H    {}           passive         {set a 1} {} {}
                  {wait for the receiver to call (itgrecv -H), at -Ssa and -Ssp; -a says who may}
            -Sda  {address}    sigHost         {} {} {}
                  {where signalling goes, unless to the address of -a}
            -Sdp  {port}       sigPort         {} {} 9000 {its port}
            -Ssa  {address}    sigFrom         {} {} {} {where signalling comes from}
            -Ssp  {port}       sigFromPort     {} {} {} {its port}
            -Si   {interface}  signalinterface {} {} {} {network interface of signalling}
        }
        {How much} {
            -t    {time}       time            {} {} 10000 {for so long; without limit with -z or -k}
            -z    {count}      packets         {} COUNT {} {so many packets}
            -k    {count}      bytes           {expr {$a * 1024}} COUNT {}
                  {so many units of 1024 bytes}
            -d    {delay}      delay           {} {} 0 {start so much later}
        }
        What {
            -m    {meter}      meter           {} {} owdm {measure one way, or round trips}
            -p    {payload}    payload         {lindex {standard short none} $a} {} 0
                  {header in packets: 0 standard, 1 short, 2 none}
            -Fp   {file}       payloadfile     {} {} {} {fill packets from a file}
        }
        {Time between packets} {
            -C    {rate}       idt {list constant [Gap $a]} {} 1000 {constant}
            -U    {rate rate}  idt {Rising $a $b; list uniform [Gap $b] [Gap $a]} {} {}
                  {uniform between two rates}
            -E    {rate}       idt {list exponential [Gap $a]} {} {} {exponential}
            -N    {shift gap}  idt {list normal [Seconds $a] [Seconds $b]} {} {}
                  {normal: mean, standard deviation}
            -O    {positive}   idt {list inverse 1 [list poisson $a]} PPS {} {Poisson}
            -V    {positive gap} idt {list pareto $a [Seconds $b]} {SHAPE MS} {}
                  {Pareto: shape, scale}
            -Y    {shift gap}  idt {list cauchy [Seconds $a] [Seconds $b]} {} {}
                  {Cauchy: location, scale}
            -G    {positive gap} idt {list gamma $a [Seconds $b]} {SHAPE MS} {}
                  {gamma: shape, scale}
            -W    {gap positive} idt {list weibull $b [Seconds $a]} {MS SHAPE} {}
                  {Weibull: scale, shape}
            -Ft   {file}       gaps {FileValues fileGap $a} {} {}
                  {milliseconds from a file, one on each line}
        }
        {Packet size} {
            -c    {size}       ps  {list constant $a} {} 512 {constant}
            -u    {size size}  ps  {Rising $a $b; list uniform $a $b} {} {} {uniform}
            -e    {size}       ps  {list exponential $a} {} {} {exponential: mean}
            -n    {center spread} ps {list normal $a $b} {} {}
                  {normal: mean, standard deviation}
            -o    {size}       ps  {list poisson $a} {} {} {Poisson: mean}
            -v    {positive bytes} ps {list pareto $a $b} {SHAPE BYTES} {} {Pareto: shape, scale}
            -y    {center spread} ps {list cauchy $a $b} {} {} {Cauchy: location, scale}
            -g    {positive bytes} ps {list gamma $a $b} {SHAPE BYTES} {} {gamma: shape, scale}
            -w    {bytes positive} ps {list weibull $b $a} {BYTES SHAPE} {}
                  {Weibull: scale, shape}
            -Fs   {file}       sizes {FileValues fileSize $a} {} {}
                  {bytes from a file, one number on each line}
        }
        Also {
            -B    burst        burst {} {ON OFF} {}
                  {milliseconds of sending and of pauses, each a distribution: a letter as for\
                  times between packets and its numbers, such as C 1000 or U 10 20}
            -s    {seed}       itgseed {} {} {} {D-ITG's random numbers, from a seed}
            -poll {}           spin    {set a 1ms} {} {}
                  {busy-wait in the last millisecond before each packet}
            -sk   {device}     serial  {} {} {} {mark each packet on a serial device such as ttyS0}
            -rk   {word}       remoteserial {} DEVICE {} {ask the receiver for that}
            -j    {switch}     catchup {} {} 1 {make up for late packets}
        }
    }
    variable flowTable [concat {*}[dict values $flowSections]]

    # How long a burst of -B lasts, and how long the pause after it: in milliseconds.
    variable burstTable {
        C {time}         length {list constant [Seconds $a]} {} {} constant
        U {gap gap}      length {Rising $a $b; list uniform [Seconds $b] [Seconds $a]} {} {} uniform
        E {gap}          length {list exponential [Seconds $a]} {} {} exponential
        N {shift gap}    length {list normal [Seconds $a] [Seconds $b]} {} {} normal
        O {positive}     length {list scaled 0.001 [list poisson $a]} MS {} Poisson
        V {positive gap} length {list pareto $a [Seconds $b]} {SHAPE MS} {} Pareto
        Y {shift gap}    length {list cauchy [Seconds $a] [Seconds $b]} {} {} Cauchy
        G {positive gap} length {list gamma $a [Seconds $b]} {SHAPE MS} {} gamma
        W {gap positive} length {list weibull $b [Seconds $a]} {MS SHAPE} {} Weibull
    }

    # What may follow the model VoIP, to the end of the line.
    variable voipTable {
        -x    {codec}          -codec  {} {} G.711.1 {codec and frames in a packet: G.711.1,
                                                      G.711.2, G.729.2, G.729.3 or G.723.1}
        -h    {header}         -header {string tolower $a} {} RTP {header}
        -VAD  {}               -vad    {set a 1} {} {} {voice activity detection}
    }

    # What `itgsend -Q` has besides; the names are Weir's.
    variable daemonTable {
        -listen {address} listen  {} ADDRESS:PORT 127.0.0.1:8998 {where commands are taken}
        -allow  {address} allow   {split $a ,} LIST {}
                {who may command: addresses and networks (10.0.0.0/8) with commas between}
    }

    variable receiverTable {
        -a    {address}                 bind            {} {} {} {receive data on this address}
        -i    {interface}               interface       {} {} {} {receive data on this interface}
        -Si   {interface}               signalinterface {} {} {}
              {take signalling from this interface}
        -Sp   {port}                    port            {} {} 9000 {signalling port}
        -l    {{word /tmp/ITGRecv.log}} log             {} ?FILE? /tmp/ITGRecv.log
              {log what is received}
        -L    {{logWord {}} {logWord {}} {logWord {}}} logat {LetteredLogServer $a $b $c}
              {?a:ADDRESS? ?p:PORT? ?P:UDP|TCP?} {}
              {that log on a log server (a:127.0.0.1 p:9001 P:UDP)}
        -allowlogserver {address}       allowlogserver  {split $a ,} LIST {}
              {log servers that senders may name (-X) besides those on their own hosts: addresses
               and networks (10.0.0.0/8) with commas between}
        -allowsource {address}          allowsource     {split $a ,} LIST {}
              {with -H: addresses and networks that data may come from besides that address}
        -sk   {word}                    serial          {} DEVICES {}
              {serial devices that senders may have mark packets, such as ttyS0}
        -H    {address}                 passive         {} {} {}
              {call the sender at this address (itgsend -H) instead of listening}
        -n    {hellos}                  hellos          {} {} 5
              {with -H: datagrams that open the way to each UDP flow's sender}
        -q    {{count 50}}              queue           {} ?N? {} {without effect}
    }

    variable logTable {
        -q    {count}                   queue           {} {} {} {without effect}
    }

    # Words after the log: flags of the report, then files, then standard output.
    variable decoderSections {
        Report {
            -v    {}                        report {set a 1} {} {}
                  {print the report, which most options leave out}
            --correct {}                    correct {set a 1} {} {}
                  {print the figures that are right as well, see log(n)}
            -t    {}                        {} {} {} {} {the log is text, which is recognised anyway}
            -f    {highest}                 highest {} {} {}
                  {flows with greater numbers count as error lines; t: take all packets as one flow}
            -i    {}                        report {set a 0} {} {} {no report}
            -w    {}                        {} {} {} {} {without effect}
        }
        {Into files, in one pass} {
            -l    {output}                  text     {} {} {} {the records as text}
            -o    {output}                  octave   {} {} {} {the records for Octave}
            -b    {gap {output bitrate.dat}} bitrate {list $a $b} {} {} {kbit/s in each interval (bitrate.dat)}
            -d    {gap {output delay.dat}}  delay    {list $a $b} {} {} {mean delay (delay.dat)}
            -j    {gap {output jitter.dat}} jitter   {list $a $b} {} {} {mean jitter (jitter.dat)}
            -p    {gap {output packetloss.dat}} loss {list $a $b} {} {} {lost packets (packetloss.dat)}
            -c    {gap {output combined_stats.dat}} combined {list $a $b} {} {}
                  {the sums of these four (combined_stats.dat)}
            -x    {{suffix {}}}             each     {} {} {}
                  {each delay and jitter (eachdelay.dat, eachjitter.dat)}
            -s    {{suffix log}}            split    {} {} log
                  {a log for each flow (ID-SOURCE-DESTINATION.log.dat)}
            -r    {sender {output reconstructed.dat}} sender {list $a $b} {} {}
                  {the log with the times of the sender's log (reconstructed.dat)}
        }
        {On standard output} {
            -P    {}                        sizes {set a 1} {} {} {the size of each packet}
            -I    {}                        gaps  {set a 1} {} {} {the time between two packets}
        }
    }
    variable decoderTable [concat {*}[dict values $decoderSections]]

    # Options of Weir's that keys stand for, where they have other names.
    variable meanings {
        host to  port {to listen}  from bind  fromPort bind  transport {proto icmptype streams}
        sigHost signal  sigPort signal  sigFrom signalbind  sigFromPort signalbind
        time duration  gaps idt  sizes ps  burst idt  logat {logserver logproto}
        remotelogat {remotelogserver remotelogproto}  highest {maxflow oneflow}
        sender {sender rebuilt}  each {eachdelay eachjitter}
    }

    # Options whose name is spelled exactly: others start with it.
    variable exact {-p -s}

    # What each program takes: its usage lines, its sections of rows, and what else is to be
    # said.
    variable programs [list \
        itgsend [list {
itgsend ?OPTION ...?                    one flow
       itgsend SCRIPT ?LOG OPTION ...?         one flow on each line of SCRIPT
       itgsend -Q ?-listen ADDRESS:PORT? ?-allow LIST? ?LOG OPTION ...?
                                               flows that others command by UDP
} [list Logs $runTable {*}$flowSections] {
Applications, instead of times and sizes: Telnet, DNS, Quake3, CSa, CSi and
VoIP ?-x CODEC? ?-h RTP|CRTP? ?-VAD?, which comes last.
}] \
        {itgsend daemon} [list {
itgsend -Q ?OPTION ...?
} [list Daemon $daemonTable Logs $runTable] {}] \
        {itgsend VoIP} [list {
itgsend ... VoIP ?OPTION ...?
} [list VoIP $voipTable] {}] \
        itgrecv [list {
itgrecv ?OPTION ...?
} [list Options $receiverTable] {
Logs that senders ask for (-x) go to the current directory.  Ctrl-C ends the program.
}] \
        itglog [list {
itglog ?OPTION ...?
} [list Options $logTable] {
Collects the logs of senders and receivers (itgsend -L, -X; itgrecv -L) in the current
directory.  Ctrl-C ends the program.
}] \
        itgdec [list {
itgdec FILE ?OPTION ...?
} $decoderSections {}] \
        itgplot [list {
itgplot FILE ?COLUMNS? ?FORMAT|OUT?
  FILE      what itgdec -b, -d, -j, -p, -c or -x wrote
  COLUMNS   which of its flows, such as 2:4, 2: or "[1 3 5]"; the last is their sum  (all)
  FORMAT    eps, png, svg or pdf                        (eps: Bitrate.eps for bitrate.dat)
  OUT       a file to draw into; its extension is the format
} {} {
The title is what the environment has in DITG_PLOT_TITLE.
}] \
        itgmanager [list {
itgmanager HOST ?OPTION ...?
  HOST          where itgsend -Q or ITGSend -Q runs; HOST:PORT for another port than 8998
  OPTION ...    a first flow, in the words of itgsend
} {} {
Lines of the standard input that begin with - are further flows; C ends the program.
}]]
}

# --- For people ---------------------------------------------------------------------------

# The options of a program: dicts as those of weir::options, and the section of each.
proc ::weir::itg::ProgramOptions name {
    variable programs
    set rows {}
    foreach {section table} [lindex [dict get $programs $name] 1] {
        foreach {option words - - form default help} $table {
            lappend rows [dict merge [dict create name $option] [WordsOf $words $form] \
                [dict create default $default help [regsub -all {\s+} $help " "] once 0 \
                section $section]]
        }
    }
    return $rows
}

# What a row says of its words: kind, value, unit, choices, names, min and max.
proc ::weir::itg::WordsOf {words form} {
    variable kinds
    set row [dict create kind flag value $form unit "" choices {} names ""]
    if {$words eq "burst"} {
        return [dict replace $row kind words]
    }
    if {$form eq ""} {
        dict set row value [join [lmap word $words {
            format [expr {[llength $word] > 1 ? "?%s?" : "%s"}] \
                [lindex [dict get $kinds [lindex $word 0]] 2]
        }]]
    }
    if {[llength $words] > 1} {
        dict set row kind words
    } elseif {$words ne ""} {
        lassign [dict get $kinds [lindex $words 0 0]] check - - unit
        dict set row unit $unit
        set row [dict merge $row [KindOf $check]]
        if {[lindex $words 0 0] in {file output sender}} {
            dict set row names file
        } elseif {[lindex $words 0 0] eq "interface"} {
            dict set row names interface
        }
    }
    return $row
}

proc ::weir::itg::KindOf check {
    set limits [lassign $check name]
    switch $name {
        Whole   {list kind integer min [lindex $limits 0] max [lindex $limits 1]}
        Octet   {list kind integer min 0 max 255}
        Above - From - Within {list kind number}
        Among - Exactly       {list kind enum choices $limits}
        default {list kind word}
    }
}

# What `NAME -h` prints.
proc ::weir::itg::Usage name {
    variable programs
    if {[info commands ::weir::help::columns] eq ""} {
        source [file join $::weir::libraryDir help.tcl]
    }
    lassign [dict get $programs $name] lines sections notes
    set text "usage: [string trim $lines]"
    set rows [ProgramOptions $name]
    foreach section [dict keys $sections] {
        append text \n\n$section\n[::weir::help::columns [lmap row $rows {
            if {[dict get $row section] ne $section} continue
            ::weir::help::optionRow $row
        }]]
    }
    return [string trimright "$text\n\n[string trim $notes]"]
}
