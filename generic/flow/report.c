#include "config.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "flow/report.h"
#include "stat/account.h"

int WeirReportInit(WeirReport *r, WeirErr *err)
{
    pthread_mutex_init(&r->lock, NULL);
    r->lateHist = WeirHistNew();
    r->idtDevHist = WeirHistNew();
    if (!r->lateHist || !r->idtDevHist)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    return WEIR_OK;
}

void WeirReportFree(WeirReport *r)
{
    WeirHistFree(r->lateHist);
    WeirHistFree(r->idtDevHist);
    pthread_mutex_destroy(&r->lock);
}

/* ------------------------------------------------------------ the data worker */

/* How long the first packet of a batch has been overdue since anything else explains it:
 * since the batch before, since the socket takes packets again, or since it was no longer
 * held. */
static void AddOverdue(WeirReportCounts *c, int64_t dueNs, int64_t heldNs, int64_t nowNs)
{
    int64_t sinceNs = dueNs + WEIR_REPORT_OVERDUE_NS;
    bool waiting = c->packets > 0 && dueNs <= c->lastNs;
    if (c->packets > 0 && sinceNs < c->lastNs)
        sinceNs = c->lastNs;
    if (sinceNs < c->freeSinceNs)
        sinceNs = c->freeSinceNs;
    if (sinceNs < heldNs)
        sinceNs = heldNs;
    if (nowNs > sinceNs)
        *(waiting ? &c->backlogNs : &c->sleptNs) += nowNs - sinceNs;
}

static void AddDue(WeirReportCounts *c, int64_t dueNs)
{
    if (c->packets + c->refused == 0)
        c->firstDueNs = dueNs;
    c->lastDueNs = dueNs;
}

static void AddDeparture(WeirReport *r, const WeirDuePacket *p, int64_t nowNs)
{
    WeirReportCounts *c = &r->counts;
    if (c->packets == 0) {
        c->firstNs = nowNs;
        c->firstBytes = p->size;
    } else {
        int64_t gap = nowNs - c->lastNs, asked = p->dueNs - c->departedDueNs;
        WeirHistAdd(r->idtDevHist, gap > asked ? gap - asked : asked - gap);
        c->caughtUp += asked > 0 && p->dueNs <= c->lastNs;
    }
    AddDue(c, p->dueNs);
    c->departedDueNs = p->dueNs;
    c->packets++;
    c->bytes += p->size;
    c->lastNs = nowNs;
    c->lateSumNs += (double)(nowNs - p->dueNs);
    WeirHistAdd(r->lateHist, nowNs - p->dueNs);
}

void WeirReportDeparted(WeirReport *r, const WeirDuePacket *packets, int count,
                        int64_t heldNs, int64_t nowNs)
{
    int i;
    pthread_mutex_lock(&r->lock);
    if (count > 0)
        AddOverdue(&r->counts, packets[0].dueNs, heldNs, nowNs);
    for (i = 0; i < count; i++)
        AddDeparture(r, &packets[i], nowNs);
    pthread_mutex_unlock(&r->lock);
}

void WeirReportRefused(WeirReport *r, const WeirDuePacket *packets, int count,
                       int sysErrno)
{
    int i;
    pthread_mutex_lock(&r->lock);
    for (i = 0; i < count; i++) {
        AddDue(&r->counts, packets[i].dueNs);
        r->counts.refused++;
    }
    r->counts.refusedErrno = sysErrno;
    pthread_mutex_unlock(&r->lock);
}

void WeirReportBlocked(WeirReport *r, int64_t nowNs)
{
    pthread_mutex_lock(&r->lock);
    if (!r->counts.blockedSinceNs)
        r->counts.blockedSinceNs = nowNs;
    pthread_mutex_unlock(&r->lock);
}

void WeirReportFreed(WeirReport *r, int64_t nowNs)
{
    WeirReportCounts *c = &r->counts;
    pthread_mutex_lock(&r->lock);
    if (c->blockedSinceNs) {
        c->blockedNs += nowNs - c->blockedSinceNs;
        c->blockedSinceNs = 0;
        c->freeSinceNs = nowNs;
    }
    pthread_mutex_unlock(&r->lock);
}

void WeirReportBegin(WeirReport *r, WeirWorkerUse use)
{
    pthread_mutex_lock(&r->lock);
    r->counts.begin = r->counts.latest = use;
    pthread_mutex_unlock(&r->lock);
}

void WeirReportObserve(WeirReport *r, int64_t behindNs, WeirWorkerUse use,
                       const WeirSockTcp *tcp)
{
    WeirReportCounts *c = &r->counts;
    pthread_mutex_lock(&r->lock);
    c->latest = use;
    c->behindNs = behindNs;
    if (tcp)
        c->tcp = *tcp;
    pthread_mutex_unlock(&r->lock);
}

void WeirReportSctp(WeirReport *r, const WeirSctpState *sctp)
{
    pthread_mutex_lock(&r->lock);
    r->counts.sctp = *sctp;
    pthread_mutex_unlock(&r->lock);
}

int64_t WeirReportPackets(const WeirReport *r)
{
    return r->counts.packets;
}

/* ------------------------------------------------------------ figures */

static double Seconds(int64_t ns)
{
    return (double)ns / 1e9;
}

/* The rate of the schedule as far as it was worked off, which needs two packets, and what
 * that rate lets expect of the time that it is behind. */
static void AddAsked(const WeirReportCounts *c, WeirFlowStats *s)
{
    int64_t drawn = c->packets + c->refused;
    s->askedSpan = Seconds(c->lastDueNs - c->firstDueNs);
    s->askedRate = drawn < 2 ? NAN : (double)(drawn - 1) / s->askedSpan;
    s->behind = Seconds(c->behindNs);
    s->unsent = c->behindNs > 0 ? round(fmax(1, s->behind * s->askedRate)) : 0;
}

static void AddReasons(const WeirReportCounts *c, WeirFlowStats *s)
{
    double watched = (double)(c->latest.atNs - c->begin.atNs);
    int64_t untilNs = c->latest.atNs;
    s->watched = watched / 1e9;
    s->cpuShare = s->waitShare = NAN;
    if (watched > 0) {
        s->cpuShare = (double)(c->latest.cpuNs - c->begin.cpuNs) / watched;
        s->waitShare = (double)(c->latest.runDelayNs - c->begin.runDelayNs) / watched;
    }
    s->blocked = Seconds(c->blockedNs);
    if (c->blockedSinceNs && untilNs > c->blockedSinceNs)
        s->blocked += Seconds(untilNs - c->blockedSinceNs);
    s->slept = Seconds(c->sleptNs);
    s->backlog = Seconds(c->backlogNs);
    s->tcp = c->tcp;
    s->sctp = c->sctp;
}

static void AddQuantiles(WeirReport *r, WeirFlowStats *s)
{
    static const double ps[] = { 0.50, 0.99, 1 };
    double late[3], deviation[2];
    WeirHistQuantiles(r->lateHist, ps, 3, late);
    WeirHistQuantiles(r->idtDevHist, ps, 2, deviation);
    s->lateP50 = late[0] / 1e9;
    s->lateP99 = late[1] / 1e9;
    s->lateMax = late[2] / 1e9;
    s->idtDevP50 = deviation[0] / 1e9;
    s->idtDevP99 = deviation[1] / 1e9;
}

void WeirReportFigures(WeirReport *r, WeirFlowStats *s)
{
    WeirReportCounts c;
    char why[80];
    pthread_mutex_lock(&r->lock);
    c = r->counts;
    pthread_mutex_unlock(&r->lock);
    s->packets = c.packets;
    s->bytes = c.bytes;
    s->failed = c.refused;
    if (c.refusedErrno)
        snprintf(s->lastError, sizeof s->lastError, "%s",
                 strerror_r(c.refusedErrno, why, sizeof why));
    s->caughtUp = c.caughtUp;
    s->elapsed = Seconds(c.lastNs - c.firstNs);
    s->packetRate = WeirRateOver((double)(c.packets - 1), s->elapsed);
    s->bitRate = WeirRateOver(8.0 * (double)(c.bytes - c.firstBytes), s->elapsed);
    s->lateMean = c.packets > 0 ? c.lateSumNs / (double)c.packets / 1e9 : NAN;
    AddAsked(&c, s);
    AddReasons(&c, s);
    AddQuantiles(r, s);
}
