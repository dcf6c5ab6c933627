/* How a record file went over time: intervals of equal length with what arrived in each,
 * per flow and for all together. */
#ifndef WEIR_LOG_SERIES_H
#define WEIR_LOG_SERIES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "log/reader.h"

enum { WEIR_SERIES_MAX_POINTS = 4 * 1024 * 1024 }; /* of all flows together, 200 MB */

typedef struct WeirSeriesOpts {
    int64_t intervalNs; /* above 0 */
    bool oneId;         /* only flows with D-ITG id `id` */
    uint32_t id;
} WeirSeriesOpts;

/* One interval.  Undefined values are NaN. */
typedef struct WeirSeriesPoint {
    double time;    /* s from the first arrival in the file to the interval's beginning */
    double bitRate; /* bit/s: payload that arrived, per whole interval (also the last) */
    double packetRate; /* packets/s */
    double delay;      /* s, mean of the packets that arrived */
    double jitter;     /* s, mean |delay - delay of the flow's arrival before| */
    double loss; /* packets whose absence showed in this interval and that never came;
                    NaN for flows without sequence numbers */
} WeirSeriesPoint;

typedef struct WeirLogSeries WeirLogSeries;

/* Reads the file twice, so it must be a regular one; of a log that grows meanwhile only
 * what the first pass met counts.  WEIR_E_LIMIT when the intervals are too many,
 * WEIR_E_ARG for an id that no flow has. */
int WeirLogSeriesRead(const char *path, const WeirSeriesOpts *opts, WeirLogSeries **out,
                      WeirErr *err);
void WeirLogSeriesFree(WeirLogSeries *series);

/* The first arrival, from which the points' times count: ns since 1970 UTC, or since
 * midnight in D-ITG's formats, which have no date. */
int64_t WeirLogSeriesStart(const WeirLogSeries *series);

/* Series are numbered: one per flow with valid packets in order of appearance, and last
 * the one of all together, whose flow is NULL.  A flow's points begin with its first
 * arrival and end with its last. */
uint32_t WeirLogSeriesCount(const WeirLogSeries *series);
const WeirLogFlowInfo *WeirLogSeriesFlow(const WeirLogSeries *series, uint32_t which);
size_t WeirLogSeriesPoints(const WeirLogSeries *series, uint32_t which);
WeirSeriesPoint WeirLogSeriesPoint(const WeirLogSeries *series, uint32_t which,
                                   size_t at);

#endif
