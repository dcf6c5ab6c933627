/* Private to the room: a receiver as its authors see it - receiver.c (life, listening),
 * recvSession.c (signalling, control worker), sinkPort.c (data ports), sink.c (flows on
 * them), sinkUdp.c (datagrams), sinkConn.c (connections) with sinkTcp.c and sinkMsg.c
 * (their packets).
 *
 * A data port has one socket or several (-readers) of the same address, among which the
 * kernel spreads the senders.  Each is a reader: it lives on a worker of its own and has
 * its own table of all flows of the port, so packets need no lock but that of their
 * flow's figures, which nobody else wants as long as the flow's packets reach one reader;
 * should the kernel move them to another, everything still counts.  Who comes first
 * with a flow's id claims the flow for its address, for all readers. */
#ifndef WEIR_RECEIVERINT_H
#define WEIR_RECEIVERINT_H
#include <pthread.h>
#include <stdatomic.h>
#include "base/keytab.h"
#include "icmp.h"
#include "itg/payload.h"
#include "itg/tsp.h"
#include "log/log.h"
#include "logserver/logOpen.h"
#include "receiver/receiver.h"
#include "wire/listener.h"

enum {
    WEIR_RECEIVER_ENDED_ROWS = 10000, /* flows that have ended and are still shown */
    WEIR_RECEIVER_FLOWS = 65536,      /* at a time, of all senders together */
    WEIR_RECEIVER_LOGS = 400,         /* that senders asked for, open at a time */
    WEIR_RECEIVER_NETS = 32           /* in -allowlogserver, and in -allowsource */
};

typedef struct WeirRecvLog WeirRecvLog;
typedef struct WeirRecvSession WeirRecvSession;
typedef struct WeirSinkFlow WeirSinkFlow;
typedef struct WeirSinkPort WeirSinkPort;
typedef struct WeirSinkReader WeirSinkReader;
typedef struct WeirSinkConn WeirSinkConn;

/* A flow as one reader of its port sees it: that reader's worker only. */
typedef struct WeirSinkEntry {
    WeirSinkFlow *flow;
    WeirKeyLink link; /* in one of the reader's tables */
    bool heard;       /* in `heard`: its packets have come here */
    bool attached;
    WeirSinkConn *conn;
    WeirLogLane *lane;
    int64_t dropsBefore;
} WeirSinkEntry;

/* One announced flow. */
struct WeirSinkFlow {
    atomic_int refs;
    WeirReceiver *receiver;
    int number; /* in the receiver's list, once it is accepted */
    WeirTspFlow said;
    const WeirTransport *transport;
    WeirAddr peer; /* signalling address of the sender */
    WeirAccount *account;
    int serial;   /* a device whose modem lines mark packets, or -1 */
    WeirLog *log; /* one open of its own, or NULL */
    WeirSinkPort *port;
    WeirWorker *worker; /* of one of the readers: it drains the flow */
    /* Control worker. */
    WeirRecvSession *session; /* NULL once the session is gone */
    WeirSinkFlow *nextInSession, **link;
    WeirKeyLink inSession; /* by id */
    WeirKeyLink inIcmp;    /* over ICMP: of the receiver */
    bool added, closing, givenUp;
    bool called;           /* passive: the sender waits for our hello */
    WeirKeyLink inUnheard; /* of the port, by what its packets say */
    WeirTimer turn;
    int64_t turnByNs;
    /* Under the receiver's lock. */
    WeirSinkFlow *nextInRows, **linkInRows; /* by number */
    WeirSinkFlow *nextEnded;                /* in order of their ends */
    WeirKeyLink inRows;                     /* by number */
    /* `worker`. */
    bool draining, leaving;
    WeirTimer timer;
    int hellos; /* passive: still to be said */
    int64_t drainEndNs;
    uint64_t logMark; /* behind its records, once they are put */
    int64_t joinByNs; /* worker of the first reader, with timer, before the flow drains */
    /* Any reader. */
    atomic_llong lastNs;     /* CLOCK_REALTIME when the latest packet was read */
    atomic_llong logDropped; /* packets whose record the log did not take */
    atomic_bool attached, connected, streamEnded;
    /* Any thread, under lock. */
    pthread_mutex_t lock;
    bool active;
    WeirAddr source; /* AF_UNSPEC until the first packet, then for ever; as the kernel
                        gives it, and with the type as port of an ICMP flow's */
    uint32_t logFlow;
    bool logged; /* has its row in the log */
    WeirAddr shownDst;
    int64_t kernelDrops;
    WeirErr reason;
    WeirSinkEntry entries[]; /* one for each reader of the port */
};

/* One socket of a port, on one worker. */
struct WeirSinkReader {
    WeirSinkPort *port;
    WeirWorker *worker;
    int fd; /* < 0: not open */
    /* The worker. */
    bool started;    /* the worker waits for the socket */
    WeirIo io;       /* datagrams */
    WeirTimer rest;  /* datagrams: next look while the worker does not wait for io */
    int64_t restNs;  /* at most so long; 0: not at all */
    int64_t stampNs; /* datagrams: CLOCK_REALTIME when the latest that was read arrived */
    int64_t readNs;  /* CLOCK_MONOTONIC of the latest wake-up by a datagram */
    WeirListener listener; /* streams */
    WeirSinkFlow *caller;  /* passive: connects to its sender */
    WeirKeyTab fresh;      /* entries that have heard nobody here, by flow id */
    WeirKeyTab heard;      /* others, by flow id and source */
    WeirSinkEntry *lastHit;
    int echoing;                           /* flows that want echoes */
    int awaited;                           /* flows with headers and no connection */
    WeirSinkConn *oldestConn, *newestConn; /* that have not said whose they are */
    int unknownConns;
    WeirIcmpTypes icmpTypes; /* that flows had or have */
    int64_t dropsCounted;    /* of the socket, already in the receiver's total */
};

/* A data port: the flows announced for one address, port and transport share it; those
 * over ICMP, which has no ports, for one address. */
struct WeirSinkPort {
    WeirReceiver *receiver;
    WeirAddr addr; /* as asked; port 0: chosen by the kernel, never shared, or ICMP */
    const WeirTransport *transport;
    bool calls; /* its socket connects instead of listening */
    /* Control worker. */
    int users;
    WeirKeyLink link;          /* in the receiver's table */
    WeirKeyTab unheard;        /* acknowledged flows that may not have been heard yet */
    void (*closed)(void *arg); /* after the last reader */
    void *closedArg;
    atomic_int readersLeft;
    int readerCount;
    WeirSinkReader readers[];
};

/* Passive mode: the way to the sender.  Control worker. */
typedef struct WeirRecvCall {
    WeirAddr sender;
    WeirIo io; /* fd < 0: not connecting */
    WeirTimer timer;
    char why[200]; /* told last */
} WeirRecvCall;

struct WeirReceiver {
    atomic_int refs;
    WeirEngine *engine;
    /* Fixed by New. */
    WeirAddr listenAddr, bindAddr;
    char *logPath, *logDir, *logServer, *serials;
    int logProtocol;                            /* to logServer */
    WeirAddrNet logServers[WEIR_RECEIVER_NETS]; /* that senders may name */
    int logServerCount;
    WeirAddrNet sources[WEIR_RECEIVER_NETS]; /* that a sender called may send from */
    int sourceCount;
    char interface[32], signalInterface[32];
    int logFormat;
    int64_t drainNs, bufferBytes, discoveryNs;
    int readers, hellos;
    bool passive;
    /* The owner's thread, while idle. */
    WeirLog *log;
    bool logEnded;
    /* Control worker. */
    WeirListener listener;
    bool listening, calling;
    WeirRecvCall call;
    WeirRecvSession *sessions;
    WeirKeyTab ports; /* by address; those with a chosen number are in no table */
    WeirKeyTab icmp;  /* flows of sessions, by what tells them apart but the type */
    /* Any thread. */
    atomic_llong sessionsSeen, sessionsActive, flowsActive, flowsEnded, refused, stray,
        kernelDrops, starved, starvedNs;
    atomic_int closingPorts; /* whose sockets are on their way out */
    atomic_bool stopped;
    pthread_mutex_t lock; /* guards the rest */
    WeirEventQueue *queue;
    void *owner;
    WeirEventGap gap;
    WeirSinkFlow *flows, **lastFlow; /* accepted ones, oldest first */
    WeirSinkFlow *ended, **lastEnded;
    WeirKeyTab byNumber;
    int flowsSeen, endedRows;
    int64_t pastPackets, pastBytes; /* of forgotten ones */
    int logCount;
    WeirRecvLog *logs;                /* that have not ended */
    int64_t pastWritten, pastDropped; /* of those that have, and their first error */
    WeirErr logError;
    WeirAddr shownListen;
};

/* --- receiver.c ----------------------------------------------------------------------
 */
void WeirReceiverEvent(WeirReceiver *r, int kind, int detail, const char *text);
/* A listening socket cannot accept for want of a descriptor: counted, and said at most
 * once a second.  Any worker. */
void WeirReceiverStarved(WeirReceiver *r, const char *why);
/* Control worker: after a session or a flow has ended. */
void WeirReceiverCheckIdle(WeirReceiver *r);

/* Control worker: the one session of a passive receiver is over. */
void WeirReceiverOver(WeirReceiver *r);

/* --- recvCall.c (control worker) -------------------------------------------------------
 */
void WeirRecvCallStart(WeirReceiver *r);
void WeirRecvCallStop(WeirReceiver *r);
/* The session of the call has ended. */
void WeirRecvCallOver(WeirReceiver *r, bool greeted);

/* --- recvRows.c (control worker) -------------------------------------------------------
 */
/* A flow was accepted; it gets its number. */
void WeirRecvRowAdd(WeirSinkFlow *flow);
/* An accepted flow has ended, its account is closed. */
void WeirRecvRowEnd(WeirSinkFlow *flow);
/* Any thread: flows, packets and bytes. */
void WeirRecvRowsTotals(WeirReceiver *r, WeirReceiverStats *out);
void WeirRecvRowsFree(WeirReceiver *r);

/* --- recvLog.c -------------------------------------------------------------------------
 */
/* Control worker: open the log that a sender asks for by SEND_NAME_LOG or SEND_FLOW_LOG.
 * Answers 1, or 0 while *opening goes on, until WeirRecvLogOpened answers 1; or a
 * negative class code. */
int WeirRecvLogOpen(WeirReceiver *r, const WeirTspMsg *ask, const WeirAddr *sender,
                    WeirLog **out, WeirLogOpening **opening, WeirErr *err);
int WeirRecvLogOpened(WeirReceiver *r, WeirLogOpening **opening, WeirLog **out,
                      WeirErr *err);
/* Any thread: the figures of all logs so far. */
void WeirRecvLogFigures(WeirReceiver *r, WeirReceiverStats *out);
void WeirRecvLogsFree(WeirReceiver *r);

/* --- recvSession.c (control worker) ---------------------------------------------------
 */
void WeirRecvSessionOpen(WeirReceiver *r, int fd, const WeirAddr *peer);
/* End a session; its flows drain with this reason. */
void WeirRecvSessionEnd(WeirRecvSession *session, const WeirErr *reason);
void WeirRecvSessionsEnd(WeirReceiver *r, const WeirErr *reason);
/* All sessions are taken: end the oldest of those that have not greeted.  False when
 * there is none. */
bool WeirRecvSessionMakeRoom(WeirReceiver *r);
/* Acknowledge a flow that all readers know; consumes one reference. */
void WeirRecvFlowBegin(WeirSinkFlow *flow);
/* Answers from the sink worker; each consumes one reference of the flow. */
void WeirRecvFlowRefused(void *flow);
void WeirRecvFlowEnded(void *flow);

/* --- recvTurn.c (control worker) -------------------------------------------------------
 */
/* Answer of the sink worker: begin the flow, when it is its turn.  Consumes one reference
 * of the flow. */
void WeirRecvFlowAdded(void *flow);
/* The flow leaves its port. */
void WeirRecvTurnLeave(WeirSinkFlow *flow);

/* --- sinkPort.c ------------------------------------------------------------------------
 */
/* Control worker.  NULL when out of memory. */
WeirSinkPort *WeirSinkPortFor(WeirReceiver *r, const WeirTspFlow *said);
/* One user less.  True when it was the last one: then the control worker is to call
 * `closed`, unless NULL, once the port's sockets are closed and the next one may have its
 * address. */
bool WeirSinkPortDrop(WeirSinkPort *port, void (*closed)(void *arg), void *arg);
/* Worker of the first reader: open all sockets of the port, unless they are. */
int WeirSinkPortOpen(WeirSinkPort *port, WeirErr *err);
/* Worker of the reader: wait for its socket, unless it does. */
int WeirSinkReaderStart(WeirSinkReader *reader, WeirErr *err);
/* What the kernel has dropped at the reader's socket so far (-1 unknown); the receiver's
 * total learns what is new of it. */
int64_t WeirSinkCountDrops(WeirSinkReader *reader);

/* --- sink.c ----------------------------------------------------------------------------
 */
/* Control worker.  `log` (NULL: none) gets one more user. */
WeirSinkFlow *WeirSinkFlowNew(WeirReceiver *r, const WeirTspFlow *said,
                              const WeirAddr *peer, WeirLog *log, WeirErr *err);
void WeirSinkFlowUnref(WeirSinkFlow *flow);
WeirSinkFlow *WeirSinkFlowRef(WeirSinkFlow *flow);
/* What its packets say of whose they are: its id, or nothing. */
uint64_t WeirSinkFlowKey(const WeirSinkFlow *flow);
/* Make all readers know the flow; ends in WeirRecvFlowAdded or WeirRecvFlowRefused.
 * Consumes one reference. */
void WeirSinkAdd(WeirSinkFlow *flow);
/* The flow's worker; posted, consumes one reference of the flow.  Ends in
 * WeirRecvFlowEnded when the flow is silent, no reader knows it any more and its records
 * are in the file. */
void WeirSinkDrain(void *flow);

/* The reader's worker. */
/* The flow a packet with this id from this address belongs to, or NULL. */
WeirSinkEntry *WeirSinkMatch(WeirSinkReader *reader, bool hasId, uint32_t id,
                             const WeirAddr *from);
/* A packet that arrived at rxNs and was read at readNs, CLOCK_REALTIME.  Answers whether
 * its number is new, false when it has none. */
bool WeirSinkPacket(WeirSinkEntry *entry, const WeirPayload *p, uint32_t size,
                    int64_t rxNs, int64_t readNs);
void WeirSinkStreamEnded(WeirSinkFlow *flow);

/* --- sinkCall.c ------------------------------------------------------------------------
 */
/* The flow's worker; posted, consumes one reference: have the sender of a passive flow
 * learn our address. */
void WeirSinkCall(void *flow);
/* The reader's worker: connect no more. */
void WeirSinkCallStop(WeirSinkReader *reader);

/* --- sinkUdp.c, sinkConn.c (the reader's worker) ---------------------------------------
 */
void WeirSinkUdpReady(WeirIo *io, unsigned events);
/* Read what is there; false when that was nothing. */
bool WeirSinkUdpRead(WeirSinkReader *reader);
/* Read all that has arrived until now. */
void WeirSinkUdpReadAll(WeirSinkReader *reader);
/* How long the socket may be left alone. */
int64_t WeirSinkUdpRestNs(int fd);
void WeirSinkUdpStop(WeirSinkReader *reader);
/* A batch to read the reader's packets into, whole ones if need be; NULL: no memory. */
struct WeirBatch *WeirSinkBatch(const WeirSinkReader *reader);
void WeirSinkConnAccepted(WeirListener *listener, int fd, const WeirAddr *from);
void WeirSinkConnStarved(WeirListener *listener, const char *why);
void WeirSinkConnClose(WeirSinkConn *conn);

/* --- sinkIcmp.c (the reader's worker) --------------------------------------------------
 */
struct WeirPacketIn;
void WeirSinkIcmpPacket(WeirSinkReader *reader, const struct WeirPacketIn *in,
                        int64_t readNs);
/* Have the kernel deliver what the flow may consist of. */
void WeirSinkIcmpExpect(WeirSinkReader *reader, const WeirSinkFlow *flow);
/* Whether messages of one host could belong to both flows. */
bool WeirSinkIcmpAlike(const WeirTspFlow *a, const WeirTspFlow *b);
/* Whether a message with the flow's id, or none, from this host and of the type that
 * stands in the port's place can be the flow's first. */
bool WeirSinkIcmpMayClaim(const WeirSinkFlow *flow, const WeirAddr *from);

#endif
