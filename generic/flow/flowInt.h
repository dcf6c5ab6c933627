/* Private to the room: the run of a flow as its three authors see it - flow.c (life),
 * session.c (signalling, control worker) and send.c (packets, data worker). */
#ifndef WEIR_FLOWINT_H
#define WEIR_FLOWINT_H
#include <pthread.h>
#include <stdatomic.h>
#include "base/keytab.h"
#include "flow/flow.h"
#include "flow/report.h"
#include "flow/schedule.h"
#include "itg/payload.h"
#include "itg/tsp.h"
#include "log/log.h"
#include "wire/slots.h"

typedef struct WeirGroup WeirGroup;
typedef struct WeirSession WeirSession;

/* What the receiver is asked to do with its records. */
typedef struct WeirRemoteLog {
    char name[WEIR_ITG_NAME_BYTES]; /* "": nothing */
    WeirAddr server; /* the log server that it sends them to; AF_UNSPEC: a file there */
    int protocol;    /* WEIR_ITG_UDP or WEIR_ITG_TCP */
} WeirRemoteLog;

/* Where a flow stands in its signalling dialogue. */
typedef enum WeirDialog {
    WEIR_DIALOG_WAITING,   /* for the session to open */
    WEIR_DIALOG_REQUESTED, /* SEND_FLOW sent */
    WEIR_DIALOG_ACCEPTED,  /* acknowledged; the data side works */
    WEIR_DIALOG_CLOSING,   /* CLOSED_FLOW sent */
    WEIR_DIALOG_ENDED
} WeirDialog;

/* Most packets that leave in one system call; also bounds how far stamps of a catching-up
 * burst can be ahead of the wire. */
enum { WEIR_SEND_BURST = 64 };

typedef enum WeirSendPhase {
    WEIR_SEND_NONE,
    WEIR_SEND_OPENING, /* TCP connect */
    WEIR_SEND_OPEN,    /* waiting for the start */
    WEIR_SEND_RUNNING,
    WEIR_SEND_DRAINING, /* all drawn; rest of a stream packet, echoes to come */
    WEIR_SEND_ENDED
} WeirSendPhase;

/* Echoes on a stream, put together again. */
typedef struct WeirEchoStream {
    uint8_t header[WEIR_PAYLOAD_MAX_HEADER];
    uint32_t have, skip;
} WeirEchoStream;

/* What the data worker keeps for sending. */
typedef struct WeirSend {
    WeirSendPhase phase;
    WeirIo io; /* io.fd < 0: closed */
    WeirTimer timer;
    bool blocked;        /* the socket takes no more; waiting for POLL_OUT */
    int64_t startNs;     /* CLOCK_MONOTONIC of the group's instant */
    int64_t drawnNs;     /* when the latest packet was drawn, to leave at once; 0: none */
    int64_t heldNs;      /* until when the packet that leaves now was held back */
    int64_t observeNs;   /* when to look at worker and TCP again for the report */
    bool realtime;       /* the worker runs in real time for this flow */
    WeirDuePacket *left; /* drawn, oldest first; NULL before there were any */
    int leftCount;
    size_t begun; /* stream: bytes of left[0] that are out, and its header */
    uint8_t begunHeader[WEIR_PAYLOAD_MAX_HEADER];
    unsigned streams;      /* SCTP: that the packets take turns on */
    uint32_t segmentBytes; /* -gso: largest packet of merged ones; 0: merge none */
    atomic_llong merged;   /* packets that left merged; read by any thread */
    atomic_int mergeErrno; /* why the kernel refused to cut; 0: it has not */
    int64_t lastEchoNs, worstEchoNs, drainEndNs, quietNs;
    uint32_t highestEcho; /* sequence number, 0 before the first */
    WeirEchoStream echo;
} WeirSend;

struct WeirFlow {
    atomic_int refs;
    WeirEngine *engine;
    /* Fixed by Prepare. */
    uint32_t id;
    const WeirTransport *transport;
    bool roundTrip, gso, realtime;
    bool passive; /* signal: the host that may call, or any; at signalSrc */
    int application, payload, dsByte, ttl, noDelay, icmpType, streams, ccid;
    int64_t sendBytes;
    WeirAddr dst, src, signal, signalSrc;
    char interface[32], signalInterface[32];
    WeirRemoteLog remoteLog;
    char remoteSerial[WEIR_ITG_SERIAL_BYTES];
    int serial; /* a device whose modem lines mark packets, or -1 */
    uint8_t *file;
    WeirLog *log; /* set to NULL at the end, under lock */
    WeirAccount *echo;
    WeirWorker *worker;
    /* Control worker. */
    WeirGroup *group;
    WeirSession *session;
    WeirFlow *nextInSession, *prevInSession;
    WeirKeyLink inSession; /* by id */
    WeirDialog dialog;
    int64_t graceNs; /* between the last packet and CLOSED_FLOW; fixed before the start */
    bool settled;    /* the group no longer waits for it */
    WeirTimer logTimer; /* waits for the log, at the beginning and at the end */
    int64_t endByNs;
    uint64_t logMark; /* behind the run's records, once they are put */
    /* Data worker. */
    WeirSchedule schedule;
    WeirSend send;
    WeirLogLane *lane;
    uint32_t logFlow;
    bool logged; /* has its row in the log; the control worker reads it after the end */
    /* Any thread. */
    WeirReport report;
    pthread_mutex_t lock; /* guards the rest */
    WeirEventQueue *queue;
    void *owner;
    WeirFlowState state;
    bool stopping, orphan; /* orphan: released while alive */
    WeirErr reason;
    WeirAddr boundSrc;
    WeirAddr listens;      /* passive: where it waits for its receiver */
    int64_t spinNs;        /* changed by the data worker */
    WeirChangeNote *notes; /* of changes so far, oldest first */
    int noteCount;
    int64_t logWritten, logDropped; /* once the log is closed */
};

/* --- flow.c ---------------------------------------------------------------------- */
void WeirFlowSetState(WeirFlow *flow, WeirFlowState state);
/* An event for the owner.  Call with the lock held. */
void WeirFlowPost(WeirFlow *flow, int kind, const char *text);
/* Remember the first reason for failing. */
void WeirFlowBlame(WeirFlow *flow, const WeirErr *err);
/* Control worker: the data socket is open, or the flow failed before. */
void WeirFlowSettled(WeirFlow *flow);
/* Control worker: the dialogue is over; publish the end once the log is on disk. */
void WeirFlowEnd(WeirFlow *flow);
/* Control worker, at its end, when the other workers have ended: publish the end of a
 * flow whose dialogue was cut off. */
void WeirFlowDrop(WeirFlow *flow);

/* --- session.c, sessionTab.c (control worker) -------------------------------------- */
void WeirSessionAddFlow(WeirFlow *flow);
/* The data side of an accepted flow is open (err NULL) or could not be opened. */
void WeirSessionDataOpened(WeirFlow *flow, bool ok);
/* The data side has ended; `ok` false: it failed, the receiver need not acknowledge. */
void WeirSessionDataEnded(WeirFlow *flow, bool ok);
/* Stop a flow whose data side does not run yet. */
void WeirSessionCancel(WeirFlow *flow);

/* --- send.c ------------------------------------------------------------------------ */
/* Control worker, in passive mode: bind the data socket before the rest begins. */
int WeirSendBind(WeirFlow *flow, WeirErr *err);
/* Data worker; posted, each consumes one reference. */
void WeirSendOpen(void *flow);
/* The failure of a data connection. */
int WeirSendBroken(const WeirFlow *flow, int sysErrno, WeirErr *err);
/* Before the start, any thread: whether this machine can send so at all. */
int WeirSendTry(const WeirFlow *flow, WeirErr *err);
void WeirSendRun(void *flow);
void WeirSendStop(void *flow);

/* --- change.c (data worker) ----------------------------------------------------------
 */
/* The schedule's `begun`: the event, the figures and the log. */
void WeirChangeBegun(void *flow, WeirChange *change);

/* --- echo.c (data worker) ------------------------------------------------------------
 */
/* Read what the data socket has: echoes of a round-trip flow, or the end of the
 * connection. Returns 0, or a negative class code when the connection is gone. */
int WeirEchoRead(WeirFlow *flow, WeirErr *err);
/* Whether echoes may still come. */
bool WeirEchoExpected(WeirFlow *flow, int64_t nowNs);

#endif
