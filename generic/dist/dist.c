#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/nearest.h"
#include "dist/distInt.h"

enum { FAMILIES_MAX = 40 };

/* ------------------------------------------------------------ lifetime */

WeirDist *WeirDistNew(const DistFamily *family)
{
    WeirDist *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    atomic_init(&d->refs, 1);
    d->family = family;
    return d;
}

WeirDist *WeirDistRef(WeirDist *d)
{
    atomic_fetch_add_explicit(&d->refs, 1, memory_order_relaxed);
    return d;
}

void WeirDistUnref(WeirDist *d)
{
    int i;
    if (!d || atomic_fetch_sub_explicit(&d->refs, 1, memory_order_acq_rel) > 1)
        return;
    for (i = 0; i < d->partCount; i++)
        WeirDistUnref(d->parts[i]);
    free(d->parts);
    free(d->weights);
    free(d->values);
    free(d->sorted);
    free(d->path);
    free(d);
}

/* ------------------------------------------------------------ families */

const WeirDistInfo *WeirDistFamily(int index)
{
    return weirDistFamilies[index] ? &weirDistFamilies[index]->info : NULL;
}

const DistFamily *WeirDistFamilyByName(const char *name)
{
    const DistFamily *const *family;
    for (family = weirDistFamilies; *family; family++)
        if (strcmp((*family)->info.name, name) == 0 ||
            ((*family)->alias && strcmp((*family)->alias, name) == 0))
            return *family;
    return NULL;
}

int WeirDistFamilyFind(const char *name, const WeirDistInfo **out, WeirErr *err)
{
    const DistFamily *family = WeirDistFamilyByName(name);
    const char *names[FAMILIES_MAX + 1] = { NULL };
    int i;
    if (family) {
        *out = &family->info;
        return WEIR_OK;
    }
    for (i = 0; weirDistFamilies[i] && i < FAMILIES_MAX; i++)
        names[i] = weirDistFamilies[i]->info.name;
    return WeirNearestFail(err, name, names, sizeof *names, "distribution");
}

/* ------------------------------------------------------------ figures */

double WeirDistMean(const WeirDist *d)
{
    return d->family->mean(d);
}

double WeirDistVariance(const WeirDist *d)
{
    return d->family->variance(d);
}

double WeirDistInverse(const WeirDist *d, int r)
{
    return d->family->inverse ? d->family->inverse(d, r) : NAN;
}

double WeirDistCdfOf(const WeirDist *d, double x)
{
    if (x == INFINITY)
        return 1;
    return x == -INFINITY ? 0 : d->family->cdf(d, x);
}

double WeirDistQuantileOf(const WeirDist *d, double p)
{
    return d->family->quantile(d, p);
}

static int CheckPlain(const WeirDist *d, WeirErr *err)
{
    if (d->family->cdf)
        return WEIR_OK;
    return WeirFail(
        err, WEIR_E_NOSUPPORT,
        "%s is a process, whose draws depend on each other: it has no cdf and no "
        "quantiles",
        d->family->info.name);
}

int WeirDistCdf(const WeirDist *d, double x, double *p, WeirErr *err)
{
    int rc = CheckPlain(d, err);
    if (rc < 0)
        return rc;
    if (isnan(x))
        return WeirFail(err, WEIR_E_ARG, "the cdf of NaN is not defined: use a number");
    *p = WeirDistCdfOf(d, x);
    return WEIR_OK;
}

int WeirDistQuantile(const WeirDist *d, double p, double *x, WeirErr *err)
{
    int rc = CheckPlain(d, err);
    if (rc < 0)
        return rc;
    if (!(p >= 0 && p <= 1))
        return WeirFail(err, WEIR_E_ARG, "%.15g is not a probability: use 0 to 1", p);
    *x = WeirDistQuantileOf(d, p);
    return WEIR_OK;
}

/* ------------------------------------------------------------ inversion */

/* Doubles and integers in the same order: the bits of a positive double already are,
 * those of a negative one run backwards.  Applying it twice gives the bits back. */
static int64_t Ordered(int64_t bits)
{
    return bits < 0 ? INT64_MIN - bits : bits;
}

static int64_t KeyOf(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return Ordered(bits);
}

static double FromKey(int64_t key)
{
    int64_t bits = Ordered(key);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

double WeirDistInvert(const WeirDist *d, double p, double low, double high)
{
    int64_t below = KeyOf(-INFINITY), above = KeyOf(INFINITY);
    if (p <= 0)
        return low;
    if (p >= 1)
        return high;
    /* cdf(below) < p <= cdf(above); the halves are added so that nothing overflows. */
    while (above - 1 > below) {
        int64_t middle = (below >> 1) + (above >> 1) + (below & above & 1);
        if (WeirDistCdfOf(d, FromKey(middle)) >= p)
            above = middle;
        else
            below = middle;
    }
    return FromKey(above);
}
