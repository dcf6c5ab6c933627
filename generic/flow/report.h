/* What a sending flow knows of its own departures: counts, lateness, gaps, and what kept
 * it from being on time.
 *
 * The data worker adds and observes, any thread takes a picture without holding it up:
 * the lock is held to copy a few words, percentiles are computed outside of it. */
#ifndef WEIR_REPORT_H
#define WEIR_REPORT_H
#include <pthread.h>
#include <stdint.h>
#include "engine/engine.h"
#include "flow/flow.h"
#include "flow/schedule.h"
#include "sock.h"
#include "stat/hist.h"

/* A packet that leaves later than this after its deadline is overdue. */
#define WEIR_REPORT_OVERDUE_NS INT64_C(1000000)

/* Times are CLOCK_MONOTONIC, intervals ns.  The time in which a packet was overdue falls
 * into three: the socket was full; the worker had slept or was busy elsewhere when the
 * packet became due; or it was sending without a pause, as the packet was due before the
 * one ahead of it had left. */
typedef struct WeirReportCounts {
    int64_t packets, bytes, firstBytes;
    int64_t refused; /* packets that the kernel refused */
    int refusedErrno;
    int64_t firstNs, lastNs;       /* departures */
    int64_t firstDueNs, lastDueNs; /* dealt with */
    int64_t departedDueNs;         /* of the latest that left */
    int64_t caughtUp; /* left after their successor's deadline, which was a later one */
    double lateSumNs;
    int64_t blockedNs, sleptNs, backlogNs;
    int64_t blockedSinceNs, freeSinceNs; /* the socket is full since; takes more since */
    int64_t behindNs;                    /* what is unsent was due so long ago */
    WeirWorkerUse begin, latest;         /* of the worker */
    WeirSockTcp tcp;
    WeirSctpState sctp;
} WeirReportCounts;

typedef struct WeirReport {
    WeirHist *lateHist;   /* departure - deadline, ns */
    WeirHist *idtDevHist; /* abs(gap between departures - gap between deadlines), ns */
    pthread_mutex_t lock; /* guards the rest */
    WeirReportCounts counts;
} WeirReport;

int WeirReportInit(WeirReport *r, WeirErr *err);
void WeirReportFree(WeirReport *r);

/* --- The data worker ------------------------------------------------------------------
 */

/* `count` packets left in one system call at nowNs; the first was held back until heldNs
 * (0: it was not). */
void WeirReportDeparted(WeirReport *r, const WeirDuePacket *packets, int count,
                        int64_t heldNs, int64_t nowNs);
/* The kernel refused to send with this errno value: `count` packets are given up. */
void WeirReportRefused(WeirReport *r, const WeirDuePacket *packets, int count,
                       int sysErrno);

/* The socket takes no more, or again. */
void WeirReportBlocked(WeirReport *r, int64_t nowNs);
void WeirReportFreed(WeirReport *r, int64_t nowNs);

/* Watching the worker begins, again if need be. */
void WeirReportBegin(WeirReport *r, WeirWorkerUse use);
/* To be told now and then while the flow runs, and at its end: how long ago the oldest
 * packet that is still unsent was due, what the worker has used, and what TCP says (NULL
 * for datagrams). */
void WeirReportObserve(WeirReport *r, int64_t behindNs, WeirWorkerUse use,
                       const WeirSockTcp *tcp);
/* And what SCTP says. */
void WeirReportSctp(WeirReport *r, const WeirSctpState *sctp);

/* Packets that left so far. */
int64_t WeirReportPackets(const WeirReport *r);

/* --- Any thread -----------------------------------------------------------------------
 */

/* Fills the figures of sending. */
void WeirReportFigures(WeirReport *r, WeirFlowStats *out);

#endif
