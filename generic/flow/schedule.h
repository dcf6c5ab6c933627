/* When the packets of a flow are due and how large they are.
 *
 * A deadline is the one before plus the drawn gap, never the time of a departure, so
 * lateness does not accumulate.  Knows nothing of sockets and threads: the flow's data
 * worker draws, nobody else touches it after the start. */
#ifndef WEIR_SCHEDULE_H
#define WEIR_SCHEDULE_H
#include <stdbool.h>
#include <stdint.h>
#include "dist/dist.h"
#include "flow/spec.h"

/* A packet that has been drawn. */
typedef struct WeirDuePacket {
    int64_t dueNs;  /* CLOCK_MONOTONIC */
    int64_t fileAt; /* where its body begins in the payload file */
    uint32_t size, seq;
} WeirDuePacket;

typedef struct WeirSchedule {
    /* Fixed before the start. */
    WeirSampler *idt, *ps;
    WeirItgRng itgRng;
    uint64_t seed;
    uint32_t minSize, headBytes;
    int64_t fileBytes; /* of the payload file, 0 without one */
    int64_t durationNs, delayNs, phaseNs, maxPackets, maxBytes;
    /* As far as drawn. */
    int64_t endNs;     /* when the duration is over; INT64_MAX without one */
    int64_t nextDueNs; /* deadline of the packet to be drawn next */
    double fraction;   /* of a nanosecond, carried to the next deadline */
    uint32_t nextSeq, nextSize;
    int64_t drawnBytes, nextFileAt;
} WeirSchedule;

/* Takes distributions, seed, limits and payload kind from the specification; `id` names
 * the random streams. */
int WeirScheduleInit(WeirSchedule *s, const WeirFlowSpec *spec, uint32_t id,
                     WeirErr *err);
void WeirScheduleFree(WeirSchedule *s);

/* The common start instant, CLOCK_MONOTONIC.  The flow begins a delay later, its first
 * packet is due a phase after that. */
void WeirScheduleStart(WeirSchedule *s, int64_t startNs);

/* Whether a packet within the limits is due at nowNs; Draw then gives it. */
bool WeirScheduleDue(const WeirSchedule *s, int64_t nowNs);
WeirDuePacket WeirScheduleDraw(WeirSchedule *s);

/* Nothing more will become due: a limit is reached, or the duration is over. */
bool WeirScheduleOver(const WeirSchedule *s, int64_t nowNs);

/* When to look again: the next deadline, or the end of the duration. */
int64_t WeirScheduleNext(const WeirSchedule *s);

#endif
