/* Distributions as values: parsed from text such as "exponential 0.001" or
 * "mixture {0.6 {exponential 4.29}} {0.4 {constant 10.75}}", immutable afterwards, shared by
 * reference count (any thread).  Units are those of whoever uses the value: seconds for
 * inter-departure times, bytes for packet sizes. */
#ifndef WEIR_DIST_H
#define WEIR_DIST_H
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "dist/rng.h"
#include "dist/itgrng.h"

typedef struct WeirDist WeirDist;

/* Parse a specification (a Tcl list as text).  WEIR_E_ARG with what is accepted. */
int WeirDistParse(const char *text, WeirDist **out, WeirErr *err);
WeirDist *WeirDistRef(WeirDist *d);
void WeirDistUnref(WeirDist *d); /* NULL allowed */
/* The canonical text; parsing it gives an equal distribution.  malloc'ed. */
char *WeirDistPrint(const WeirDist *d);

/* Exact where a closed form exists; infinity or NaN (undefined) where the moment does not
 * exist. */
double WeirDistMean(const WeirDist *d);
double WeirDistVariance(const WeirDist *d);
/* WEIR_E_NOSUPPORT for processes that are no plain distribution (onoff). */
int WeirDistCdf(const WeirDist *d, double x, double *p, WeirErr *err);
int WeirDistQuantile(const WeirDist *d, double p, double *x, WeirErr *err);

/* A sampler binds a distribution to a stream and keeps the state of processes (onoff,
 * empirical in order).  Not shared between threads. */
typedef struct WeirSampler WeirSampler;
/* `rng` is copied: a stream of its own. */
WeirSampler *WeirSamplerNew(WeirDist *d, const WeirRng *rng);
/* Draw with D-ITG's generator and newran's algorithms instead (reference: D-ITG -s); `shared`
 * stays the caller's and may serve several samplers in turn, as D-ITG draws sizes and
 * inter-departure times from one. */
WeirSampler *WeirSamplerNewItg(WeirDist *d, WeirItgRng *shared);
double WeirSamplerNext(WeirSampler *s);
void WeirSamplerFree(WeirSampler *s);

#endif
