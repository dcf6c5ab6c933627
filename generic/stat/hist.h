/* A histogram of signed 64-bit values (nanoseconds mostly) with bounded relative error,
 * for percentiles: exact below 64, at most 1/64 (1.6 %) wide above, both signs.  Octaves
 * are allocated when first used and their counters grow from 16 to 64 bits as counts
 * demand (160, 280 or 540 bytes an octave), so an idle histogram takes half a KiB and one
 * of some thousand values within a factor of 1000 about 2 KiB.  Without memory for a new
 * octave or wider counters values count in count, min and max only.  Idea: log-linear
 * buckets of HdrHistogram (Tene).
 *
 * One thread at a time adds; others may ask meanwhile without a lock and see all values
 * of some moment ago and perhaps a few newer ones. */
#ifndef WEIR_HIST_H
#define WEIR_HIST_H
#include <stdint.h>

typedef struct WeirHist WeirHist;

WeirHist *WeirHistNew(void); /* NULL when out of memory */
void WeirHistFree(WeirHist *h);
void WeirHistAdd(WeirHist *h, int64_t value);
void WeirHistMerge(WeirHist *into, const WeirHist *from);
int64_t WeirHistCount(const WeirHist *h);
/* The value below which a fraction p in [0,1] lies (nearest rank, middle of the bucket,
 * never outside the exact min and max seen; p 0 and 1 are those two); NaN when empty. */
double WeirHistQuantile(const WeirHist *h, double p);
/* The same for `n` ascending fractions in one walk. */
enum { WEIR_HIST_QUANTILES = 8 }; /* n at most */
void WeirHistQuantiles(const WeirHist *h, const double *p, int n, double *out);
/* Calls `visit` for every non-empty bucket in ascending order: [low, high) and its count;
 * the bucket that holds INT64_MAX ends there, included. */
void WeirHistVisit(const WeirHist *h,
                   void (*visit)(void *arg, int64_t low, int64_t high, int64_t count),
                   void *arg);

#endif
