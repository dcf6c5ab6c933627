/* The interval files of D-ITG's decoder (ITGDec -d -j -b -p -c), equal to the byte, with
 * its habits: the last interval counts as whole, an aggregate is the plain sum of its
 * flows' values also for delay and jitter, and a flow with one packet has the jitter 0/0.
 * For series that are right see series.h. */
#ifndef WEIR_LOG_INTERVALS_H
#define WEIR_LOG_INTERVALS_H
#include <stdint.h>
#include <stdio.h>
#include "log/reader.h"

typedef enum WeirIntervalKind {
    WEIR_INTERVAL_BITRATE, /* kbit/s */
    WEIR_INTERVAL_DELAY,   /* s, mean */
    WEIR_INTERVAL_JITTER,  /* s, mean */
    WEIR_INTERVAL_LOSS,    /* packets */
    WEIR_INTERVAL_KINDS
} WeirIntervalKind;

enum { WEIR_INTERVAL_VALUES = 64 * 1024 * 1024 }; /* of all tables together, 512 MB */

typedef struct WeirIntervals WeirIntervals;

WeirIntervals *WeirIntervalsNew(void); /* NULL when out of memory */
void WeirIntervalsFree(WeirIntervals *intervals);

/* Ask for a table with intervals of `ms` milliseconds, above 0, before the first packet;
 * the same one is kept once only. */
void WeirIntervalsWant(WeirIntervals *intervals, WeirIntervalKind kind, double ms);

/* Take a valid packet of the flow with this index (of any numbering without large gaps).
 * WEIR_E_MEMORY, or WEIR_E_LIMIT when the intervals are too many. */
int WeirIntervalsAdd(WeirIntervals *intervals, const WeirLogItem *item, uint32_t flow,
                     WeirErr *err);

/* All packets were added.  Intervals count from the earliest arrival, which the first
 * 65536 packets nearly always contain; when it came later, the answer is 1 and the same
 * packets must be added again, once.  Otherwise 0, or an error as above. */
int WeirIntervalsEnd(WeirIntervals *intervals, WeirErr *err);

/* Write a table that was asked for: a head, then a line per interval with the time, a
 * value for each flow in order of first packet, their sum.  `oneFlow`: the head calls the
 * flow as ITGDec -f t does. */
void WeirIntervalsWrite(const WeirIntervals *intervals, WeirIntervalKind kind, double ms,
                        const WeirLogReader *reader, bool oneFlow, FILE *out);

/* Without a head: time, bit rate, delay, jitter, loss, each the sum of the flows'. */
void WeirIntervalsWriteCombined(const WeirIntervals *intervals, double ms, FILE *out);

#endif
