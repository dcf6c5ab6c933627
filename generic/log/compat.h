/* The figures of D-ITG's decoder (ITGDec 2.8.1) to its digit, with its habits: times of
 * day without a date, jitter in file order, totals whose jitter runs across flows, the
 * one-pass deviation, loss that duplicates can hide.  For figures that are right see
 * figures.h. */
#ifndef WEIR_LOG_COMPAT_H
#define WEIR_LOG_COMPAT_H
#include <stdbool.h>
#include <stdint.h>
#include "log/reader.h"

typedef struct WeirCompatOpts {
    bool oneFlow; /* ITGDec -f t: everything is flow 1, 127.0.0.1:9999 to :8999 */
    uint32_t
        maxFlow; /* ITGDec -f N: greater flow ids are error lines; UINT32_MAX: none */
} WeirCompatOpts;

/* One block of ITGDec's report. */
typedef struct WeirCompatFigures {
    uint64_t packets, bytes, lost;
    uint32_t lossEvents;                  /* may wrap below zero, as ITGDec's does */
    double totalTime;                     /* s */
    double delayMin, delayMax, delayMean; /* s */
    double jitterMean, delayStddev;       /* s */
    double kbitRate, packetRate;          /* kbit/s, packets/s */
    double lossPercent, lossBurst;
} WeirCompatFigures;

typedef struct WeirCompat WeirCompat;

/* Whether the packet counts; ITGDec calls the others error lines. */
static inline bool WeirCompatTakes(const WeirCompatOpts *opts,
                                   const WeirLogReader *reader, const WeirLogItem *item)
{
    return item->valid && (opts->oneFlow || opts->maxFlow == UINT32_MAX ||
                           WeirLogReaderFlow(reader, item->flow)->id <= opts->maxFlow);
}

WeirCompat *WeirCompatNew(const WeirCompatOpts *opts); /* NULL when out of memory */
void WeirCompatFree(WeirCompat *compat);

/* Take packets that the reader gave.  WEIR_E_MEMORY. */
int WeirCompatAdd(WeirCompat *compat, const WeirLogReader *reader,
                  const WeirLogItem *items, int count, WeirErr *err);

/* Flows in ITGDec's order: of first valid record.  WeirCompatFlow gives the index in the
 * reader's table. */
uint32_t WeirCompatFlows(const WeirCompat *compat);
uint32_t WeirCompatFlow(const WeirCompat *compat, uint32_t at);
WeirCompatFigures WeirCompatFlowFigures(const WeirCompat *compat, uint32_t at);
WeirCompatFigures WeirCompatTotals(const WeirCompat *compat);
uint64_t WeirCompatErrorLines(const WeirCompat *compat);

/* What ITGDec prints below its banner, malloc'ed; NULL when out of memory. */
char *WeirCompatReport(const WeirCompat *compat, const WeirLogReader *reader);

#endif
