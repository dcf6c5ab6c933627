# Written by doc/options.tcl out of the manual pages: the keys of results, each as command,
# keys with kinds or units, and what they are.
return {
    {dist describe} {name (word), usage (text)} {The family, and how it is written}
    {dist describe} {kind (word)} {continuous, discrete, compound or process}
    {dist describe} {help (text)} {What it is}
    {dist describe} {parameters (list)} {A dict for each: name, accepts, max (the largest accepted number, empty where there is none) and help}
    {flow stats} {state (word)} {idle, connecting, ready, running, closing, done or failed}
    {flow stats} {reason (text)} {Why it failed}
    {flow stats} {id (number), proto (word), source, destination (HOST:PORT)} {Who sends what where}
    {flow stats} {seed (number)} {Given as -seed, with the same id, it repeats the run}
    {flow stats} {packets (packets), bytes (bytes)} {Sent; bytes are those of the payload with its header}
    {flow stats} {failed (packets), lastError (text)} {Refused by the kernel (they consume sequence numbers), and the latest such error}
    {flow stats} {elapsed (s), packetRate (packets/s), bitRate (bit/s)} {From the first to the last departure, and the means over that time: n packets have n-1 gaps between them}
    {flow stats} {lateMean, lateP50, lateP99, lateMax (s)} {Departure after the deadline: mean, percentiles, largest}
    {flow stats} {idtDevP50, idtDevP99 (s)} {Percentiles of |gap between two departures - gap asked for|}
    {flow stats} {asAsked (0 or 1), cause (word), verdict (text)} {Whether the flow goes, or went, as asked, what keeps it from that, and both in one sentence: see VERDICT}
    {flow stats} {askedRate (packets/s)} {What the schedule asked for as far as it was worked off}
    {flow stats} {behind (s), unsent (packets)} {By how much the schedule was behind when sending ended, or lately, and an estimate of the packets that were due in that time: with askedRate}
    {flow stats} {caughtUp (packets)} {That left only when their successor was due, too: those between a stall and the end of catching up}
    {flow stats} {blocked (s)} {Time in which the socket took no more}
    {flow stats} {cpuShare, waitShare (0 to 1)} {Of the time since the first deadline, the shares in which the thread that sends (also for other flows) ran, and in which it was ready to run but others used the core}
    {flow stats} {logWritten, logDropped (records)} {Records in the flow's log file (of all flows that share it), and those lost because the disk was full or too slow}
    {flow stats} {changes (list)} {A dict for each change of the run, the latest 1000: time (s), from the flow's beginning, and options with their new values}
    {flow stats tcp} {tcpBusy, tcpWindowLimited, tcpBufferLimited (s)} {Time with data under way; time in it that the receiver's window, or the size of the send buffer, held back data}
    {flow stats tcp} {tcpRetransmits (segments)} {Sent again}
    {flow stats sctp} {sctpStreams (streams)} {Outgoing streams that were granted}
    {flow stats sctp} {sctpChunks, sctpRetransmits (chunks)} {Data chunks sent, and those sent again}
    {flow stats passive} {listens (HOST:PORT)} {Where it waits for its receiver}
    {flow stats gso} {merged (packets), mergeError (text)} {Packets that left merged, and why the kernel refused to cut, if it did}
    {flow stats rttm} {received (packets)} {Echoes that came}
    {flow stats rttm} {delayMin, delayMean, delayMax, delayStddev (s)} {Round-trip times}
    {flow stats rttm} {delayP50, delayP95, delayP99 (s)} {Their percentiles, exact to 1.6 %}
    {flow stats rttm} {jitterMean (s)} {Mean absolute difference of consecutive round trips}
    {flow stats rttm} {lost, duplicates, reordered (packets), lossRatio (0 to 1)} {By sequence numbers: echoes that never came, came again, or came after one with a higher number; and the lost as a share of those sent}
    {flow daemon stats} {state (word)} {idle or listening}
    {flow daemon stats} {listen (HOST:PORT)} {Where it listens}
    {flow daemon stats} {commands (commands)} {Taken so far}
    {flow daemon stats} {active, finished, failed (commands)} {Whose flow has not ended, has ended, or failed}
    {flow daemon stats} {refused (commands)} {Those that were too long or too many at a time}
    {flow daemon stats} {strangers (datagrams)} {Of those who may not command}
    {flow daemon stats} {malformed (datagrams)} {That were no text}
    {flow daemon stats} {unsent (notices)} {That the system refused to send}
    {flow daemon commands} {client (HOST:PORT)} {Who sent the command}
    {flow daemon commands} {command (text)} {Its text}
    {flow remote stats} {daemon, local (HOST:PORT)} {The address of the daemon, and our own}
    {flow remote stats} {sent, active, started, finished, failed (commands)} {Sent so far; of them those that have not ended, were acknowledged, have ended, or failed}
    {flow remote stats} {unexpected (notices)} {That came too late or for others}
    {flow remote stats} {malformed (datagrams)} {That were no notices}
    {flow remote commands} {number (number), command (text)} {What send answered, and what it sent}
    {flow remote commands} {state (word)} {sent, started, finished or failed}
    {flow remote commands} {reason (text)} {Why it failed}
    {flow remote commands} {elapsed (s)} {From sending to its end; empty before}
    weir::commands {name, args (text)} {How it is called}
    weir::commands {help (text)} {A line about it}
    weir::options {name, value (text)} {How it is written, and what stands for its value: HOST:PORT, udp|tcp}
    weir::options {kind (word)} {boolean, integer, number, duration, bitrate, pps, size, enum, string, value (any Tcl value) or a type of its own, such as distribution; of programs also flag (no value) and words (several)}
    weir::options {default (value), unit, help (text)} {Its default, what its number counts, and a line about it}
    weir::options {choices (list)} {The words of an enum, or those that may stand for a duration}
    weir::options {once (0 or 1)} {Whether it is given only at creation}
    weir::options {names (word)} {file or interface when its text names one}
    {weir::options program} {section (text)} {The heading that -h prints it under}
    {weir::options range} {min, max (number)} {Its ends; those of a duration in seconds}
    {log summary} {file (text), format (word)} {Its name; itg, weir or text}
    {log summary} {records, invalid (records)} {In the file, and those whose times make no sense, which the figures leave out}
    {log summary} {partialBytes (bytes)} {Of a record that was cut off at the end}
    {log summary} {begun (s)} {When it was begun, since 1970; this and the next three are known to Weir's own format only}
    {log summary} {ended (0 or 1)} {Whether its writer came to its end}
    {log summary} {dropped (packets)} {That the writer could not record}
    {log summary} {seed (number)} {The experiment's}
    {log summary} {flows (list)} {A dict for each flow, by id and source; compatible in order of appearance}
    {log summary} {total (dict)} {All flows together}
    {log summary flows} {id (number), source, destination (HOST:PORT)} {The flow; not in total}
    {log summary flows} {proto, meter, side (word)} {Its transport, owdm or rttm, and whether the log is the sender's or the receiver's}
    {log summary flows} {notes (list)} {Remarks about the flow: a dict for each, timeNs (nanoseconds since 1970) and text}
    {log summary flows} {packets (packets), bytes (bytes)} {What arrived, duplicates included}
    {log summary flows} {elapsed (s)} {From the first arrival to the last}
    {log summary flows} {packetRate (packets/s), bitRate (bit/s)} {What came after the first packet, divided by elapsed: n packets have n-1 gaps between them}
    {log summary flows} {lost (packets), lossRatio (0 to 1), lossEvents (events)} {From the sequence numbers: those from 1 to the highest that never came, as a share of what was sent, and the runs of neighbours that they form}
    {log summary flows} {duplicates, reordered (packets)} {That came again; that came after one with a higher number}
    {log summary flows} {delayMin, delayMean, delayMax, delayStddev (s)} {Received minus sent}
    {log summary flows} {delayP50, delayP95, delayP99 (s)} {Its percentiles, exact to 1.6 %}
    {log summary flows} {jitterMean (s)} {Mean absolute difference between the delays of consecutive arrivals of the same flow}
    {log summary compatible} {lossBurst (packets)} {Mean length of a loss}
    {log series} {interval (s)} {As given}
    {log series} {flows (list), total (dict)} {A dict for each flow, by id and source, and one for all together}
    {log series flows} {id (number), source, destination (HOST:PORT)} {The flow; not in total}
    {log series flows} {time (s)} {Beginning of the interval, from the first arrival in the file}
    {log series flows} {bitRate (bit/s), packetRate (packets/s)} {What arrived, divided by the whole interval (also the last, of which only a part may have passed)}
    {log series flows} {delay, jitter (s)} {Means over the packets that arrived; empty where none did}
    {log series flows} {loss (packets)} {Those whose absence showed in this interval, by the arrival of a later one, and that did not come afterwards}
    {log foreach} {flow (number), source, destination (HOST:PORT)} {The flow, by its D-ITG id}
    {log foreach} {seq (number)} {Sequence number from 1; 0: none}
    {log foreach} {size (bytes)} Payload
    {log foreach} {txNs, rxNs (ns)} {When it was sent and received: since 1970, or for D-ITG's formats since the midnight UTC before the first record}
    {log foreach} {delay (s)} {The difference}
    {log foreach} {valid (0 or 1)} {0: a time makes no sense, and then the times and the delay are empty}
    {log export} {flow (number), source, destination (HOST:PORT), seq (number), size (bytes)} {As for log foreach}
    {log export} {tx, rx (s)} {The times, with nine places}
    {log export} {delay (s), valid (0 or 1)} {As for log foreach}
    {log decode} {records, valid (records)} {In the file, and those that are no error lines}
    {log decode} {report (text)} {With -report 1}
    {logserver stats} {state (word)} {listening or idle}
    {logserver stats} {listen (HOST:PORT)} {Where it listens}
    {logserver stats} {clients, clientsActive (clients)} {That opened a log so far, and those whose log is not complete}
    {logserver stats} {refused (connections)} {That opened none}
    {logserver stats} {records (records), bytes (bytes)} Received
    {logserver stats} {malformed (records)} {Records that are none, datagrams and streams that do not end with a whole one}
    {logserver stats} {stray (datagrams)} {Datagrams and connections from hosts other than the client's}
    {logserver stats} {kernelDrops (datagrams)} {That the kernel dropped because the buffer was full}
    {logserver stats} {logDropped (records)} {That could not be written}
    {logserver stats} {starved (times)} {How often connections had to wait because the process had no descriptor left; it looks again every 100 ms}
    {logserver stats} {eventsMissed (events)} {That -command did not get because 65,536 waited for a busy program; an error event stands in their place}
    {logserver clients} {number (number)} {1, 2, ... in the order of their coming}
    {logserver clients} {peer (HOST:PORT)} {The client's end of the signalling}
    {logserver clients} {proto (word), port (number)} {How its records come, and to which port}
    {logserver clients} {name, file (text)} {The name that it asked for, and the file that it got}
    {logserver clients} {state (word), reason (text)} {active, done or failed; why it failed}
    {logserver clients} {records (records), bytes (bytes), malformed (records), kernelDrops (datagrams), logDropped (records)} {As above}
    {plot stats series} {label (text), panel (number), style (word)} {As given}
    {plot stats series} {points (points), gaps (points)} {How many points can be drawn, and how many are gaps}
    {plot stats series} {xMin, xMax, yMin, yMax (number)} {The range of the points, in units of the axes; empty when there are none}
    {plot stats object} {source, key (text)} {What is asked, and for which key}
    {plot stats object} {ended (text)} {Why no more; empty while it is asked}
    {plot points} {x, y (list)} {The points, in order; a gap is ""}
    {plot points errors} {yLow, yHigh (list)} {Their ends}
    {plot layout} {revision (number)} {Moves on whenever the picture may have changed}
    {plot layout} {x (list)} {The range that is seen}
    {plot layout} {panels (dict)} {For each panel number a dict with its box (pixels from the upper left corner: x, y, width, height), the ranges y and y2 of the axes in use, and reach and reach2, what these would be without view}
    {plot layout} {legend (list)} {A dict for each entry, with series and the box}
    {plot at} {panel (number), x, y, y2 (number)} {The panel and the values at that pixel; y and y2 when such an axis is in use}
    {plot at} {xText, yText, y2Text (text)} {These values with their units}
    {plot at} {series (number), label (text)} {The series of the nearest point, when one is within 30 pixels}
    {plot at} {pointX, pointY (number)} {Its values}
    {plot at} {pixel (pixels)} {Its place, as a list of x and y}
    {plot at} {textX, textY (text)} {Its values with their units}
    {receiver stats} {state (word)} {idle or listening; in passive mode calling, then connected}
    {receiver stats} {listen (HOST:PORT)} {Where it listens for signalling}
    {receiver stats} {sessions, sessionsActive (sessions)} {Signalling connections so far, and now}
    {receiver stats} {flows, flowsActive, refused (flows)} {Accepted so far, those that have not ended, and those that were asked for and not served; an error event said why}
    {receiver stats} {packets (packets), bytes (bytes)} {Arrived for announced flows, duplicates included; the payload with its header}
    {receiver stats} {stray (packets)} {Arrived for no announced flow, and dropped}
    {receiver stats} {kernelDrops (packets)} {Datagrams that the kernel dropped at data sockets because the buffer was full}
    {receiver stats} {starved (times)} {How often connections had to wait because the process had no descriptor left; it looks again every 100 ms}
    {receiver stats} {logWritten, logDropped (records), logError (text)} {Of all logs, its own and those that senders asked for: records written, packets that were not recorded, and why}
    {receiver stats} {eventsMissed (events)} {That -command did not get because 65,536 waited for a busy program; an error event stands in their place}
    {receiver stats} {complete (0 or 1), verdict (text)} {Whether every packet that reached a data socket was counted and, where there is a log, recorded; and a sentence that says so, or what is missing and what helps}
    {receiver flows} {id (number), source, destination (HOST:PORT), proto, meter, payload (word)} {What was announced}
    {receiver flows} {peer (HOST:PORT)} {The sender's end of the signalling}
    {receiver flows} {state (word), reason (text)} {active, done or failed; why it failed}
    {receiver flows} {packets (packets), bytes (bytes)} {Arrived, duplicates included}
    {receiver flows} {elapsed (s), packetRate (packets/s), bitRate (bit/s)} {From the first to the last arrival, and the means over that time: n packets have n-1 gaps between them}
    {receiver flows} {delayMin, delayMean, delayMax, delayStddev (s)} {One-way delay (payload standard)}
    {receiver flows} {delayP50, delayP95, delayP99 (s)} {Its percentiles, exact to 1.6 %}
    {receiver flows} {jitterMean (s)} {Mean absolute difference of consecutive delays}
    {receiver flows} {lost, duplicates, reordered (packets), lossRatio (0 to 1)} {From sequence numbers (payload standard or short): those that never came, came again, or came after one with a higher number; and the lost as a share of those sent}
    {receiver flows} {kernelDrops (packets)} {Datagrams that the kernel dropped at the flow's socket during its life because the buffer was full; flows that share a port share them, the total counts them once}
    {receiver flows} {logDropped (packets)} {Counted and not recorded: the log's queue was full or its disk failed}
}
