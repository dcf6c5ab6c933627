/* One run of a traffic flow, from its specification to its end.
 *
 *   prepare  resolves addresses, opens the log and the payload file (nothing is sent)
 *   start    a group: signalling with every receiver, then all on one common instant
 *   run      packets leave at absolute deadlines
 *   end      limit reached, stopped, or failed; the receiver is told and acknowledges
 *
 * A run happens once.  It is shared by its owner and the engine's threads through a
 * reference count; the owner may let go at any time, the run then stops in an orderly way
 * by itself. */
#ifndef WEIR_FLOW_H
#define WEIR_FLOW_H
#include <stdbool.h>
#include <stdint.h>
#include "base/eventq.h"
#include "engine/engine.h"
#include "flow/change.h"
#include "flow/spec.h"
#include "flow/verdict.h"
#include "sctp.h"
#include "sock.h"
#include "stat/account.h"

typedef struct WeirFlow WeirFlow;

typedef enum WeirFlowState {
    WEIR_FLOW_IDLE,
    WEIR_FLOW_CONNECTING, /* signalling, opening the data socket */
    WEIR_FLOW_READY,      /* accepted; waiting for the common start */
    WEIR_FLOW_RUNNING,
    WEIR_FLOW_CLOSING, /* all packets sent; waiting for the receiver's acknowledgement */
    WEIR_FLOW_DONE,
    WEIR_FLOW_FAILED
} WeirFlowState;
const char *WeirFlowStateName(WeirFlowState state);

/* Events posted for the owner: kind, detail 0, text the reason for FAILED and for CHANGED
 * "SECONDS OPTIONS" as WeirFlowChanges gives them. */
enum {
    WEIR_FLOW_EV_STARTED,
    WEIR_FLOW_EV_FINISHED,
    WEIR_FLOW_EV_FAILED,
    WEIR_FLOW_EV_CHANGED
};

/* Figures of the sending side; times in seconds, NaN where there is none. */
typedef struct WeirFlowStats {
    WeirFlowState state;
    WeirErr reason; /* of FAILED; text empty otherwise */
    uint32_t id;
    uint64_t seed;
    int protocol, meter;
    char source[80], destination[80];
    int64_t packets, bytes;
    int64_t failed;     /* packets that the kernel refused to send */
    char lastError[80]; /* why the latest of them was refused */
    double elapsed;     /* first to last departure */
    double packetRate, bitRate;
    double lateMean, lateP50, lateP99, lateMax; /* departure after deadline */
    double idtDevP50, idtDevP99; /* abs(gap between departures - gap asked for) */
    int64_t caughtUp;            /* packets that left after their successor's deadline */
    double askedSpan; /* schedule time from the first to the latest deadline dealt with */
    double askedRate; /* packets/s of the schedule over that span */
    double behind;    /* the schedule is, or ended, so far from being worked off */
    double unsent;    /* packets that were due in that time; an estimate, NaN unknown */
    double blocked;   /* the socket took no more */
    double slept, backlog; /* a packet was overdue by more than 1 ms and the socket free:
                            * it had become due while the worker was elsewhere, or while
                            * it was sending the ones before */
    bool stopped;          /* by its owner */
    bool spins;            /* the worker busy-waits for this flow */
    double watched;        /* over which the worker's shares were measured */
    double cpuShare, waitShare; /* of it: it ran, it waited for a processor */
    WeirSockTcp tcp;            /* TCP's own account */
    WeirSctpState sctp;         /* SCTP's */
    int64_t logWritten, logDropped;
    WeirVerdict verdict;
    bool passive;
    char listens[80]; /* where it waits for its receiver, when passive */
    bool gso;
    int64_t merged;      /* packets that left merged, when gso */
    char mergeError[80]; /* why the kernel refused to cut merged packets */
    bool roundTrip;
    WeirFigures echo; /* of the echoes, when roundTrip */
} WeirFlowStats;

/* Prepare a run.  `queue` and `owner` receive its events (owner NULL: none).  Name
 * resolution may block.  On success *out has one reference, the caller's. */
int WeirFlowPrepare(WeirEngine *engine, const WeirFlowSpec *spec, WeirEventQueue *queue,
                    void *owner, WeirFlow **out, WeirErr *err);

/* Start `count` prepared runs as one group. */
void WeirFlowsStart(WeirFlow *const *flows, int count);

/* End a run early, in an orderly way (its end arrives as an event). */
void WeirFlowStop(WeirFlow *flow);

/* Change the options `given` (WEIR_CHANGE_...) of a run to the specification's values
 * from now on; before its beginning, from there.  A run that has drawn its last packet
 * stays as it is. `text` says the same in words, for the event, the figures and the log.
 */
int WeirFlowChange(WeirFlow *flow, const WeirFlowSpec *spec, unsigned given,
                   const char *text, WeirErr *err);

/* Have changes carried out at their times, instead of those planned before that are still
 * to come.  WEIR_E_STATE when the first one's time is past already.  The list stays the
 * caller's. */
int WeirFlowPlan(WeirFlow *flow, const WeirChange *plan, WeirErr *err);

/* The latest changes that the run has seen, at most 1000, oldest first: when, in seconds
 * from its beginning, and what.  `visit` is called with a lock held. */
void WeirFlowChanges(WeirFlow *flow,
                     void (*visit)(void *arg, double seconds, const char *text),
                     void *arg);

/* DONE or FAILED, with the log's records in the file. */
bool WeirFlowEnded(WeirFlow *flow);

void WeirFlowGetStats(WeirFlow *flow, WeirFlowStats *out);

/* Keep the run for its figures; each Ref is matched by an Unref (NULL allowed). */
WeirFlow *WeirFlowRef(WeirFlow *flow);
void WeirFlowUnref(WeirFlow *flow);

/* The owner lets go: no more events; a run that still goes on is stopped. */
void WeirFlowRelease(WeirFlow *flow);

#endif
