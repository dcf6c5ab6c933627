/* The insides of a distribution, a family and a sampler, for the files of this room. */
#ifndef WEIR_DISTINT_H
#define WEIR_DISTINT_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include "dist/dist.h"

typedef struct DistFamily DistFamily;

struct WeirDist {
    atomic_int refs;
    const DistFamily *family;
    double p[WEIR_DIST_PARAMS]; /* the REAL and POSITIVE parameters, in order */
    int partCount;
    WeirDist **parts; /* the DIST and WEIGHTED parameters, in order */
    double *weights;  /* of a mixture, as given */
    double totalWeight;
    size_t valueCount;
    double *values; /* in order; sorted ascending beside it */
    double *sorted;
    char *path; /* of the file of values, or NULL */
};

/* Where uniform numbers come from: our stream, or D-ITG's generator when `itg` is set. */
typedef struct WeirSource {
    WeirRng rng;
    WeirItgRng *itg;
} WeirSource;

typedef struct ItgTable ItgTable;

struct WeirSampler {
    WeirDist *dist;
    double (*draw)(WeirSampler *s);
    WeirSource own;
    WeirSource *source; /* the root's `own`, in every part of the tree */
    int partCount;
    WeirSampler **parts; /* like the distribution's */
    double spare;        /* normal: the second of a pair */
    bool hasSpare;
    size_t next;        /* replay: index of the next value */
    double on, elapsed; /* onoff: length of this burst, gaps of it so far */
    ItgTable *table;    /* newran's rejection table */
};

struct DistFamily {
    WeirDistInfo info;
    const char *alias;
    double (*mean)(const WeirDist *d);
    double (*variance)(const WeirDist *d);
    /* E[X^-r] for r 1 or 2, X without negative values; NULL: undefined. */
    double (*inverse)(const WeirDist *d, int r);
    double (*cdf)(const WeirDist *d, double x); /* NULL for processes */
    double (*quantile)(const WeirDist *d, double p);
    double (*draw)(WeirSampler *s);
    /* newran's algorithm where it differs: makes the table and replaces `draw`. */
    int (*prepareItg)(WeirSampler *s);
    /* Refuses parameters that do not go together; may be NULL. */
    int (*check)(const WeirDist *d, WeirErr *err);
};

/* families.c: in the order of the manual, ends with NULL. */
extern const DistFamily *const weirDistFamilies[];
const DistFamily *WeirDistFamilyByName(const char *name); /* NULL: unknown */
/* compound.c and empirical.c */
extern const DistFamily weirMixture, weirScaled, weirInverse, weirOnOff, weirEmpirical,
    weirReplay;

/* dist.c: a value with one reference and nothing set but its family; NULL without memory.
 */
WeirDist *WeirDistNew(const DistFamily *family);
double WeirDistCdfOf(const WeirDist *d, double x);
double WeirDistQuantileOf(const WeirDist *d, double p);
/* E[X^-r]. */
double WeirDistInverse(const WeirDist *d, int r);
/* The smallest x with cdf(x) >= p by bisection over all doubles; `low` and `high` are the
 * answers for p = 0 and 1. */
double WeirDistInvert(const WeirDist *d, double p, double low, double high);

/* empirical.c: a growing list of values, malloc'ed; take it over as the values of `d` (at
 * least one), also on error. */
typedef struct WeirValues {
    double *values;
    size_t count, room;
} WeirValues;
int WeirValuesAdd(WeirValues *list, double value, WeirErr *err);
int WeirDistSetValues(WeirDist *d, double *values, size_t count, WeirErr *err);
int WeirDistReadValues(WeirDist *d, const char *path, WeirErr *err);

/* sampler.c: make samplers of the parts that draw from the same source. */
int WeirSamplerAddParts(WeirSampler *s, WeirDist *const *parts, int count);

/* compound.c */
void WeirOnOffStart(WeirSampler *s); /* draws the first ON length */

/* variate.c */
double WeirSourceUniform(WeirSource *source);
double WeirDrawConstant(WeirSampler *s);
double WeirDrawUniform(WeirSampler *s);
double WeirDrawExponential(WeirSampler *s);
double WeirDrawNormal(WeirSampler *s);
double WeirDrawLognormal(WeirSampler *s);
double WeirDrawPoisson(WeirSampler *s);
double WeirDrawPareto(WeirSampler *s);
double WeirDrawCauchy(WeirSampler *s);
double WeirDrawGamma(WeirSampler *s);
double WeirDrawWeibull(WeirSampler *s);
double WeirDrawStudent(WeirSampler *s);

/* itgvariate.c */
int WeirItgPrepareNormal(WeirSampler *s);
int WeirItgPrepareCauchy(WeirSampler *s);
int WeirItgPrepareGamma(WeirSampler *s);
int WeirItgPreparePoisson(WeirSampler *s);
int WeirItgPrepareMixture(WeirSampler *s);
int WeirItgPrepareStudent(WeirSampler *s);
void WeirItgTableFree(ItgTable *table);

#endif
