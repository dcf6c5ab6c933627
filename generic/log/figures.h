/* The figures of a record file that are right: safe across midnight, delays and jitter
 * per flow in order of arrival, numerically stable moments, percentiles, and loss,
 * duplicates and reordering from the sequence numbers themselves.  (ITGDec's own:
 * compat.h.) */
#ifndef WEIR_LOG_FIGURES_H
#define WEIR_LOG_FIGURES_H
#include <stdint.h>
#include "log/reader.h"

/* Undefined figures are NaN.  Lost, duplicates and reordered are -1 where the records
 * carry no sequence numbers.  Delays are undefined where none was measured: every record
 * of the flow has the same time twice (a sender's own log, payload kinds without time
 * stamp). */
typedef struct WeirLogFigures {
    int64_t packets, bytes; /* all that came, duplicates included */
    double elapsed;         /* s, first to last arrival */
    /* What came after the first packet, per elapsed (n packets have n - 1 gaps between
     * them); 0 where elapsed is 0. */
    double packetRate, bitRate;
    /* As in stat/seqtrack.h.  What was sent after the last packet that came is not known.
     */
    int64_t lost, lossEvents, duplicates, reordered;
    double lossRatio; /* lost / (lost + unique packets) */
    double delayMin, delayMean, delayMax, delayStddev; /* s; stddev of the population */
    double delayP50, delayP95, delayP99;
    double jitterMean; /* s; mean |delay - delay of the flow's arrival before| */
} WeirLogFigures;

typedef struct WeirLogStat WeirLogStat;

WeirLogStat *WeirLogStatNew(void); /* NULL when out of memory */
void WeirLogStatFree(WeirLogStat *stat);

/* Take packets that the reader gave; invalid ones are counted only.  WEIR_E_MEMORY. */
int WeirLogStatAdd(WeirLogStat *stat, const WeirLogReader *reader,
                   const WeirLogItem *items, int count, WeirErr *err);

/* Of one flow of the reader's table, and of all together. */
WeirLogFigures WeirLogStatFlow(const WeirLogStat *stat, uint32_t index);
WeirLogFigures WeirLogStatTotal(const WeirLogStat *stat);
int64_t WeirLogStatInvalid(const WeirLogStat *stat);

#endif
