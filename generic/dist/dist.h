/* Distributions as values: parsed from text such as "exponential 0.001" or
 * "mixture {0.6 {exponential 4.29}} {0.4 {constant 10.75}}", immutable afterwards, shared
 * by reference count (any thread).  Units are those of whoever uses the value: seconds
 * for inter-departure times, bytes for packet sizes. */
#ifndef WEIR_DIST_H
#define WEIR_DIST_H
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "dist/rng.h"
#include "dist/itgrng.h"

typedef struct WeirDist WeirDist;

/* What a family is: for `dist describe`, help and completion. */
typedef enum WeirDistKind {
    WEIR_DIST_CONTINUOUS,
    WEIR_DIST_DISCRETE,
    WEIR_DIST_COMPOUND, /* as its parts are */
    WEIR_DIST_PROCESS   /* draws depend on earlier ones: no cdf or quantile */
} WeirDistKind;

typedef enum WeirParamKind {
    WEIR_PARAM_END = 0,
    WEIR_PARAM_REAL,     /* any number of magnitude up to 1e100 */
    WEIR_PARAM_POSITIVE, /* the same above zero */
    WEIR_PARAM_DIST,     /* a distribution that is no process */
    WEIR_PARAM_VALUES,   /* the remaining words: numbers, or -file PATH */
    WEIR_PARAM_WEIGHTED  /* the remaining words: pairs {WEIGHT DISTRIBUTION} */
} WeirParamKind;

typedef struct WeirDistParam {
    const char *name;
    WeirParamKind kind;
    double max; /* largest accepted number; 0: only that of the kind */
    const char *help;
} WeirDistParam;

enum { WEIR_DIST_PARAMS = 3 };

typedef struct WeirDistInfo {
    const char *name;
    WeirDistKind kind;
    const char *help;
    WeirDistParam params[WEIR_DIST_PARAMS + 1]; /* in the order of the specification */
} WeirDistInfo;

/* The families in the order of the manual; NULL after the last. */
const WeirDistInfo *WeirDistFamily(int index);
/* By name (or its other name); WEIR_E_ARG with the names. */
int WeirDistFamilyFind(const char *name, const WeirDistInfo **out, WeirErr *err);

/* How a specification is written: "pareto SHAPE SCALE".  malloc'ed. */
char *WeirDistUsage(const WeirDistInfo *info);

/* Parse a specification: a Tcl list as text, or a bare number for a constant.  WEIR_E_ARG
 * with what is accepted; a file of values also WEIR_E_POSIX, _PERM, _PARSE or _LIMIT. */
int WeirDistParse(const char *text, WeirDist **out, WeirErr *err);
WeirDist *WeirDistRef(WeirDist *d);
void WeirDistUnref(WeirDist *d); /* NULL allowed */
/* The canonical text; parsing it gives an equal distribution, and equal texts mean equal
 * distributions.  malloc'ed. */
char *WeirDistPrint(const WeirDist *d);

/* Exact where a closed form exists; infinity or NaN (undefined) where the moment does not
 * exist.  Of onoff the mean is that of a long run of gaps and the variance is NaN. */
double WeirDistMean(const WeirDist *d);
double WeirDistVariance(const WeirDist *d);
/* P(X <= x), and the smallest x for which that is at least p, 0 <= p <= 1 (may be
 * infinite). WEIR_E_NOSUPPORT for processes that are no plain distribution (onoff). */
int WeirDistCdf(const WeirDist *d, double x, double *p, WeirErr *err);
int WeirDistQuantile(const WeirDist *d, double p, double *x, WeirErr *err);

/* The distribution of a family that fits `count` values best: maximum likelihood, except
 * where dist(n) says otherwise.  WEIR_E_ARG when the values do not suit the family,
 * WEIR_E_NOSUPPORT for families that cannot be fitted. */
int WeirDistFit(const char *family, const double *values, size_t count, WeirDist **out,
                WeirErr *err);

/* A sampler binds a distribution to a stream and keeps the state of processes (onoff,
 * replay).  Not shared between threads.  NULL when out of memory.  onoff draws its first
 * ON length here, everything else is drawn by Next. */
typedef struct WeirSampler WeirSampler;
/* `rng` is copied: a stream of its own. */
WeirSampler *WeirSamplerNew(WeirDist *d, const WeirRng *rng);
/* Draw with D-ITG's generator and newran's algorithms instead (reference: D-ITG -s);
 * `shared` stays the caller's and may serve several samplers in turn, as D-ITG draws
 * sizes and inter-departure times from one.  Families that D-ITG lacks use our algorithms
 * on its generator. */
WeirSampler *WeirSamplerNewItg(WeirDist *d, WeirItgRng *shared);
/* Never NaN; heavy tails and `inverse` can give infinity. */
double WeirSamplerNext(WeirSampler *s);
void WeirSamplerFree(WeirSampler *s); /* NULL allowed */

#endif
