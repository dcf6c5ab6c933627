/* What a sending flow knows of its own departures: counts, lateness, gaps.
 *
 * The data worker adds, any thread takes a picture; the lock is held for moments only. */
#ifndef WEIR_REPORT_H
#define WEIR_REPORT_H
#include <pthread.h>
#include <stdint.h>
#include "flow/flow.h"
#include "flow/schedule.h"
#include "stat/hist.h"
#include "stat/moments.h"

typedef struct WeirReport {
    pthread_mutex_t lock; /* guards all below */
    int64_t packets, bytes, firstBytes;
    int64_t failed;          /* packets that the kernel refused */
    char lastError[80];      /* why the latest of them was refused */
    int64_t firstNs, lastNs; /* departures, CLOCK_MONOTONIC */
    int64_t lastDueNs;       /* deadline of the latest departure */
    WeirMoments late;        /* departure - deadline, ns */
    WeirHist *lateHist;      /* the same */
    WeirHist *idtDevHist;    /* abs(gap between departures - gap between deadlines), ns */
} WeirReport;

int WeirReportInit(WeirReport *r, WeirErr *err);
void WeirReportFree(WeirReport *r);

/* `count` packets left in one system call at nowNs. */
void WeirReportDeparted(WeirReport *r, const WeirDuePacket *packets, int count,
                        int64_t nowNs);
/* The kernel refused to send with this errno value: `count` packets are given up. */
void WeirReportRefused(WeirReport *r, int count, int sysErrno);

/* Packets that left so far (data worker only). */
int64_t WeirReportPackets(const WeirReport *r);

/* Fills the figures of sending. */
void WeirReportFigures(WeirReport *r, WeirFlowStats *out);

#endif
