/* When the packets of a flow are due and how large they are.
 *
 * A deadline is the one before plus the drawn gap, never the time of a departure, so
 * lateness does not accumulate; without `catchUp` gaps count from when the packet before
 * was really drawn, and what is late stays late.  Knows nothing of sockets and threads:
 * the flow's data worker draws, nobody else touches it after the start. */
#ifndef WEIR_SCHEDULE_H
#define WEIR_SCHEDULE_H
#include <stdbool.h>
#include <stdint.h>
#include "dist/dist.h"
#include "flow/change.h"

/* A packet that has been drawn. */
typedef struct WeirDuePacket {
    int64_t dueNs;  /* CLOCK_MONOTONIC */
    int64_t fileAt; /* where its body begins in the payload file */
    uint32_t size, seq;
} WeirDuePacket;

typedef struct WeirSchedule {
    /* Fixed before the start. */
    uint64_t seed;
    uint32_t id, minSize, headBytes;
    int64_t fileBytes; /* of the payload file, 0 without one */
    int64_t delayNs;
    int64_t phaseNs;   /* < 0: phaseShare of the mean gap */
    double phaseShare; /* 0 to 1 */
    bool catchUp;
    bool itg;                                     /* both samplers draw from itgRng */
    void (*begun)(void *arg, WeirChange *change); /* may take its note; NULL: none */
    void *begunArg;
    /* Until changed. */
    WeirDist *gaps, *pace; /* pace, unless NULL, beats gaps */
    WeirSampler *idt, *ps;
    WeirItgRng itgRng;
    int64_t durationNs, maxPackets, maxBytes;
    WeirChange *changes; /* in order of time; those at the head may have begun */
    unsigned changed;    /* so many have been carried out */
    /* As far as drawn. */
    int64_t beginNs;               /* of the flow: start and delay; 0 before the start */
    int64_t endNs;                 /* when the duration is over; INT64_MAX without one */
    int64_t lastDueNs;             /* deadline of the packet drawn last */
    int64_t nextDueNs;             /* deadline of the packet to be drawn next */
    double lastFraction, fraction; /* of a nanosecond, carried to the next deadline */
    uint32_t nextSeq, nextSize;
    int64_t drawnBytes, nextFileAt;
} WeirSchedule;

/* Takes distributions, seed, limits and payload kind from the specification into a zeroed
 * schedule, which then stays where it is; `id` names the random streams. */
int WeirScheduleInit(WeirSchedule *s, const WeirFlowSpec *spec, uint32_t id,
                     WeirErr *err);
void WeirScheduleFree(WeirSchedule *s);

/* The common start instant, CLOCK_MONOTONIC.  The flow begins a delay later, its first
 * packet is due a phase after that. */
void WeirScheduleStart(WeirSchedule *s, int64_t startNs);

/* Whether a packet within the limits is due at nowNs; Draw then gives it.  First carries
 * out what changes are to begin by nowNs. */
bool WeirScheduleDue(WeirSchedule *s, int64_t nowNs);
WeirDuePacket WeirScheduleDraw(WeirSchedule *s, int64_t nowNs);

/* Nothing more will become due: a limit is reached, or the duration is over.  Carries out
 * changes as Due does. */
bool WeirScheduleOver(WeirSchedule *s, int64_t nowNs);

/* When to look again: the next deadline or change, or the end of the duration. */
int64_t WeirScheduleNext(const WeirSchedule *s);

/* Changes.  Limits hold from the moment on.  Sizes and gaps hold from the first packet
 * that is due at that moment or later: its deadline becomes that of the packet before
 * plus a new gap, but no earlier than the change.  What was due before is sent as it was
 * drawn, however late.  Change number n of a run draws from the streams "flowID.idt.n"
 * and "flowID.ps.n", or goes on with D-ITG's generator.
 *
 * Add takes over one change; Plan a list in order of time, which replaces the planned
 * changes that have not begun. */
void WeirScheduleAdd(WeirSchedule *s, WeirChange *change);
void WeirSchedulePlan(WeirSchedule *s, WeirChange *list);

/* A time as changes have it: from the beginning, 0 before it. */
int64_t WeirScheduleAge(const WeirSchedule *s, int64_t monoNs);

#endif
