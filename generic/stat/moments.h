/* stat: running moments, histograms and percentiles, sequence tracking, time series.
 * Pure arithmetic: knows nothing of packets, files or Tcl.
 *
 * This header: mean and variance in one pass (Welford 1962), exact min and max. */
#ifndef WEIR_MOMENTS_H
#define WEIR_MOMENTS_H
#include <stdint.h>

typedef struct WeirMoments { /* all zero is empty */
    int64_t count;
    double mean, m2, min, max;
} WeirMoments;

void WeirMomentsAdd(WeirMoments *m, double x);
/* `into` becomes the moments of both sets (Chan, Golub, LeVeque 1979). */
void WeirMomentsMerge(WeirMoments *into, const WeirMoments *from);
/* Population variance and standard deviation; NaN when empty. */
double WeirMomentsVariance(const WeirMoments *m);
double WeirMomentsStddev(const WeirMoments *m);
/* NaN when empty. */
double WeirMomentsMean(const WeirMoments *m);
double WeirMomentsMin(const WeirMoments *m);
double WeirMomentsMax(const WeirMoments *m);

#endif
