/* flow: the sending side of traffic flows - what they are asked to be, when their packets
 * are due, signalling, sending, how it went; and the commands `flow`.
 *
 *   spec.h      what a flow is asked to be (plain values)
 *   flow.h      one run of a flow: prepare, start as a group, stop, figures
 *   session.c   the TSP dialogue with one receiver               (control worker)
 *   sessionTab.c  the channels there are, and the flows of each
 *   sessionAwait.c  passive mode: receivers call
 *   schedule.h  when packets are due and how large they are
 *   model.h     what the packets of some applications are like
 *   change.h    changes of a flow while it runs
 *   send.c      the data side of one flow                        (a data worker)
 *   meet.h      passive mode: the data socket waits for its receiver
 *   burst.h     its packets that leave in one system call
 *   echo.c      what comes back on its data socket
 *   report.h    what a flow knows of its own departures
 *   verdict.h   whether it went as asked, and why not
 *   flowCmd.c   the command `flow`; changeCmd.c, modelCmd.c, previewCmd.c, daemonCmd.c
 * and remoteCmd.c some of its subcommands
 *
 * Nothing here knows Tcl except the *Cmd.c files. */
#ifndef WEIR_SPEC_H
#define WEIR_SPEC_H
#include <stdint.h>
#include "base/err.h"
#include "dist/dist.h"
#include "itg/transport.h"

enum { WEIR_FLOW_OWDM, WEIR_FLOW_RTTM };
enum { WEIR_PHASE_RANDOM = -1, WEIR_PHASE_ZERO = -2 };

/* Strings are malloc'ed or NULL, owned by whoever holds the structure (the option table).
 */
typedef struct WeirFlowSpec {
    char *to;     /* destination, port 8999 when it names none; passive: who may call, its
                     port */
    char *bind;   /* source address ?and port? of the data socket */
    char *signal; /* signalling destination; default: host of `to`, port 9000 */
    char *signalBind;      /* source of the signalling connection */
    char *signalInterface; /* its interface */
    char *interface;       /* data socket leaves by this interface */
    char *payloadFile;     /* payload after the header comes from this file, cyclic */
    char *log, *remoteLog; /* own record file; name asked of the receiver for its file */
    char *logServer, *remoteLogServer; /* log servers that write these; NULL: the host */
    char *serial, *remoteSerial; /* devices in /dev that signal packets, here and there */
    WeirDist *idt;               /* inter-departure times, seconds */
    WeirDist *ps;                /* packet sizes, payload bytes */
    double ratePps;              /* > 0: constant rate instead of idt */
    int64_t durationNs, delayNs, spinNs;
    int64_t phaseNs;        /* from the flow's beginning to its first packet, or a word */
    int64_t packets, bytes; /* limits, 0 none */
    int64_t sendBytes;      /* send buffer of the data socket; 0: the system's default */
    int64_t minSize;        /* smallest packet; 0: what the payload kind needs */
    int64_t seed;           /* experiment seed of the random streams; < 0: a random one */
    double itgSeed;         /* in (0,1): draw as D-ITG does; 0: own streams */
    int transport;          /* WEIR_TRANSPORT_... */
    int meter, payload, logFormat;
    int logProtocol, remoteLogProtocol; /* WEIR_LOG_BY_... */
    int id;                             /* D-ITG flow id; 0: the next number */
    int application;                    /* WEIR_ITG_L7_...: what the receiver is told */
    int dsByte, ttl, noDelay;
    int catchUp;  /* deadlines do not move when packets are late */
    int icmpType; /* of ICMP messages; -1: echo request */
    int passive;  /* the receiver calls */
    int streams;  /* SCTP: packets take turns on so many */
    int ccid;     /* DCCP: congestion control; 0: the kernel's default */
    int gso;      /* merge equal packets that are due together, the kernel cuts them */
    int realtime; /* the worker runs under SCHED_FIFO meanwhile */
} WeirFlowSpec;

/* The gaps of the constant rate; NULL when `ratePps` says that idt holds. */
int WeirFlowSpecPace(const WeirFlowSpec *spec, WeirDist **out, WeirErr *err);

/* Rules that concern more than one option. */
int WeirFlowSpecCheck(const WeirFlowSpec *spec, WeirErr *err);

#endif
