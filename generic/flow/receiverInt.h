/* Private to room flow: a receiver as its authors see it - receiver.c (life, listening),
 * recvSession.c (signalling, control worker), sink.c (ports and flows, sink worker),
 * sinkUdp.c and sinkTcp.c (packets, sink worker). */
#ifndef WEIR_RECEIVERINT_H
#define WEIR_RECEIVERINT_H
#include <pthread.h>
#include <stdatomic.h>
#include "flow/receiver.h"
#include "itg/payload.h"
#include "itg/tsp.h"
#include "log/log.h"

typedef struct WeirRecvSession WeirRecvSession;
typedef struct WeirSinkPort WeirSinkPort;
typedef struct WeirSinkConn WeirSinkConn;

/* One announced flow. */
typedef struct WeirSinkFlow {
    atomic_int refs;
    WeirReceiver *receiver;
    int number; /* in the receiver's list */
    WeirTspFlow said;
    bool stream;
    WeirAddr peer; /* signalling address of the sender */
    WeirAccount *account;
    WeirLog *log; /* one open of its own, or NULL */
    /* Control worker. */
    WeirRecvSession *session; /* NULL once the session is gone */
    WeirSinkPort *port;
    struct WeirSinkFlow *nextInSession;
    bool added, closing, givenUp;
    /* Sink worker. */
    WeirWorker *worker;
    struct WeirSinkFlow *nextInPort, *nextInBucket;
    WeirSinkConn *conn;
    WeirAddr source; /* AF_UNSPEC until the first packet */
    bool attached, draining, streamEnded;
    WeirTimer timer;
    int64_t lastNs, drainEndNs, dropsBefore;
    WeirLogLane *lane;
    uint32_t logFlow;
    /* Any thread, under lock. */
    pthread_mutex_t lock;
    bool active;
    WeirAddr shownSource, shownDst;
    int64_t kernelDrops;
    WeirErr reason;
} WeirSinkFlow;

enum { WEIR_SINK_BUCKETS = 64 };

/* A data socket: the flows announced for one address, port and protocol share it. */
struct WeirSinkPort {
    WeirReceiver *receiver;
    WeirWorker *worker;
    WeirAddr addr; /* as asked; port 0: chosen by the kernel, never shared */
    bool stream;
    /* Control worker. */
    int users;
    WeirSinkPort *next;
    /* Sink worker. */
    WeirIo io; /* io.fd < 0: not open */
    WeirSinkFlow *flows;
    WeirSinkFlow *buckets[WEIR_SINK_BUCKETS]; /* by flow id, kinds that carry one */
    WeirSinkFlow *lastHit;
    WeirSinkConn *conns;
    int echoing;          /* flows that want echoes */
    int64_t dropsCounted; /* of the socket, already in the receiver's total */
};

struct WeirReceiver {
    atomic_int refs;
    WeirEngine *engine;
    /* Fixed by New. */
    WeirAddr listenAddr, bindAddr;
    char *logPath, *logDir;
    char interface[32], signalInterface[32];
    int logFormat;
    int64_t drainNs, bufferBytes;
    WeirLog *log;
    /* The owner's thread, once idle. */
    bool logEnded;
    int64_t logWritten, logDropped;
    WeirErr logError;
    /* Control worker. */
    WeirIo io;
    bool listening;
    WeirRecvSession *sessions;
    WeirSinkPort *ports;
    /* Any thread. */
    atomic_llong sessionsSeen, sessionsActive, flowsActive, flowsEnded, stray,
        kernelDrops;
    atomic_bool stopped;
    pthread_mutex_t lock; /* guards the rest */
    WeirEventQueue *queue;
    void *owner;
    WeirSinkFlow **flows;
    int flowCount, flowRoom;
    WeirAddr shownListen;
};

/* --- receiver.c ----------------------------------------------------------------------
 */
/* A session or flow of any receiver begins (+1) or has ended (-1). */
void WeirReceiverBusy(int change);
void WeirReceiverEvent(WeirReceiver *r, int kind, int detail, const char *text);
/* Control worker: after a session or a flow has ended. */
void WeirReceiverCheckIdle(WeirReceiver *r);

/* --- recvSession.c (control worker) ---------------------------------------------------
 */
void WeirRecvSessionOpen(WeirReceiver *r, int fd, const WeirAddr *peer);
/* End a session; its flows drain with this reason. */
void WeirRecvSessionEnd(WeirRecvSession *session, const WeirErr *reason);
void WeirRecvSessionsEnd(WeirReceiver *r, const WeirErr *reason);
/* Answers from the sink worker; each consumes one reference of the flow. */
void WeirRecvFlowAdded(void *flow);
void WeirRecvFlowRefused(void *flow);
void WeirRecvFlowEnded(void *flow);

/* --- sink.c ----------------------------------------------------------------------------
 */
/* Control worker.  NULL when out of memory. */
WeirSinkFlow *WeirSinkFlowNew(WeirReceiver *r, const WeirTspFlow *said,
                              const WeirAddr *peer, const char *logPath, WeirErr *err);
void WeirSinkFlowUnref(WeirSinkFlow *flow);
WeirSinkFlow *WeirSinkFlowRef(WeirSinkFlow *flow);
WeirSinkPort *WeirSinkPortFor(WeirReceiver *r, const WeirTspFlow *said);
void WeirSinkPortDrop(WeirSinkPort *port); /* one user less */
/* Sink worker; posted, each consumes one reference of the flow. */
void WeirSinkAdd(void *flow);
void WeirSinkDrain(void *flow);
/* Sink worker. */
void WeirSinkBindSource(WeirSinkFlow *flow, const WeirAddr *from);
void WeirSinkPacket(WeirSinkFlow *flow, const WeirPayload *p, uint32_t size,
                    int64_t rxNs);
/* The flow a packet with this id from this address belongs to, or NULL. */
WeirSinkFlow *WeirSinkMatch(WeirSinkPort *port, bool hasId, uint32_t id,
                            const WeirAddr *from);
void WeirSinkStreamEnded(WeirSinkFlow *flow);
/* What the kernel has dropped at the port's socket so far (-1 unknown); the receiver's
 * total learns what is new of it. */
int64_t WeirSinkCountDrops(WeirSinkPort *port);

/* --- sinkUdp.c, sinkTcp.c (sink worker) ------------------------------------------------
 */
void WeirSinkUdpReady(WeirIo *io, unsigned events);
void WeirSinkTcpReady(WeirIo *io, unsigned events);
void WeirSinkConnClose(WeirSinkConn *conn);

#endif
