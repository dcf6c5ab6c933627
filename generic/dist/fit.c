/* The distribution of a family that explains given values best.  Maximum likelihood
 * throughout; the comment of each function names its equations. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/progress.h"
#include "dist/distInt.h"
#include "dist/special.h"
#include "stat/moments.h"

typedef struct Sample {
    const double *x;
    size_t n;
    WeirMoments all;  /* of the values */
    WeirMoments logs; /* of their logarithms, when all are above 0 */
    double spread;    /* half the interquartile range, once StartRobust has looked */
    size_t passes;    /* over all values, so far */
    int rc;           /* WEIR_E_STATE, in err, once the work is to stop */
    WeirErr *err;
} Sample;

/* Asked before each pass over all values. */
static int IsStopped(Sample *s)
{
    WeirProgress progress = { .what = "dist fit", .done = (double)s->passes++ };
    if (s->rc == WEIR_OK)
        s->rc = WeirProgressTell(&progress, s->err);
    return s->rc < 0;
}

/* ------------------------------------------------------------ what a family accepts */

static int NeedSpread(const Sample *s, const char *family, WeirErr *err)
{
    if (s->all.min < s->all.max)
        return WEIR_OK;
    return WeirFail(err, WEIR_E_ARG,
                    "%s cannot be fitted to values that are all %.15g: use constant",
                    family, s->all.min);
}

static int NeedPositive(const Sample *s, const char *family, WeirErr *err)
{
    if (s->all.min > 0)
        return WEIR_OK;
    return WeirFail(err, WEIR_E_ARG, "%s cannot be fitted to %.15g: use values above 0",
                    family, s->all.min);
}

static int NeedNonNegative(const Sample *s, const char *family, WeirErr *err)
{
    if (s->all.min >= 0 && s->all.max > 0)
        return WEIR_OK;
    return WeirFail(
        err, WEIR_E_ARG,
        "%s cannot be fitted to values from %.15g to %.15g: use values of 0 or "
        "more, not all 0",
        family, s->all.min, s->all.max);
}

static int NeedPositiveSpread(const Sample *s, const char *family, WeirErr *err)
{
    int rc = NeedPositive(s, family, err);
    return rc < 0 ? rc : NeedSpread(s, family, err);
}

/* The point in [low, high] where the increasing function `of` crosses 0, on a logarithmic
 * scale. */
static double Solve(double (*of)(const Sample *s, double at), Sample *s, double low,
                    double high)
{
    int i;
    for (i = 0; i < 100 && high > low * (1 + 1e-13) && !IsStopped(s); i++) {
        double middle = sqrt(low) * sqrt(high);
        if (of(s, middle) < 0)
            low = middle;
        else
            high = middle;
    }
    return sqrt(low) * sqrt(high);
}

/* ------------------------------------------------------------ closed forms */

static int FitConstant(Sample *s, double *p, WeirErr *err)
{
    p[0] = s->all.mean;
    return WEIR_OK;
}

static int FitUniform(Sample *s, double *p, WeirErr *err)
{
    p[0] = s->all.min;
    p[1] = s->all.max;
    return WEIR_OK;
}

static int FitExponential(Sample *s, double *p, WeirErr *err)
{
    p[0] = s->all.mean;
    return NeedNonNegative(s, "exponential", err);
}

static int FitNormal(Sample *s, double *p, WeirErr *err)
{
    p[0] = s->all.mean;
    p[1] = WeirMomentsStddev(&s->all);
    return NeedSpread(s, "normal", err);
}

static int FitLognormal(Sample *s, double *p, WeirErr *err)
{
    p[0] = s->logs.mean;
    p[1] = WeirMomentsStddev(&s->logs);
    return NeedPositiveSpread(s, "lognormal", err);
}

static int FitPoisson(Sample *s, double *p, WeirErr *err)
{
    size_t i;
    for (i = 0; i < s->n; i++)
        if (s->x[i] != floor(s->x[i]))
            return WeirFail(err, WEIR_E_ARG,
                            "poisson cannot be fitted to %.15g: use whole numbers",
                            s->x[i]);
    p[0] = s->all.mean;
    return NeedNonNegative(s, "poisson", err);
}

/* Scale: the smallest value; 1/shape: the mean of ln(x / scale). */
static int FitPareto(Sample *s, double *p, WeirErr *err)
{
    int rc = NeedPositiveSpread(s, "pareto", err);
    if (rc < 0)
        return rc;
    p[0] = 1 / (s->logs.mean - log(s->all.min));
    p[1] = s->all.min;
    return WEIR_OK;
}

/* ------------------------------------------------------------ gamma and weibull */

/* Choi and Wette (1969): ln k - digamma(k) = ln(mean) - mean of ln(x), falling in k. */
static double GammaSlope(const Sample *s, double shape)
{
    return log(s->all.mean) - s->logs.mean - (log(shape) - WeirDigamma(shape));
}

static int FitGamma(Sample *s, double *p, WeirErr *err)
{
    int rc = NeedPositiveSpread(s, "gamma", err);
    if (rc < 0)
        return rc;
    p[0] = Solve(GammaSlope, s, 1e-6, 1e6);
    p[1] = s->all.mean / p[0];
    return WEIR_OK;
}

/* Cohen (1965): sum(x^k ln x) / sum(x^k) - 1/k = mean of ln x, rising in k.  Values are
 * divided by the largest, so that no power overflows. */
static double WeibullSlope(const Sample *s, double shape)
{
    double powers = 0, weighted = 0, logMax = log(s->all.max);
    size_t i;
    for (i = 0; i < s->n; i++) {
        double logx = log(s->x[i]) - logMax, power = exp(shape * logx);
        powers += power;
        weighted += power * logx;
    }
    return weighted / powers - 1 / shape - (s->logs.mean - logMax);
}

static int FitWeibull(Sample *s, double *p, WeirErr *err)
{
    double powers = 0;
    size_t i;
    int rc = NeedPositiveSpread(s, "weibull", err);
    if (rc < 0)
        return rc;
    p[0] = Solve(WeibullSlope, s, 1e-6, 1e6);
    for (i = 0; i < s->n; i++)
        powers += pow(s->x[i] / s->all.max, p[0]);
    p[1] = s->all.max * pow(powers / (double)s->n, 1 / p[0]);
    return WEIR_OK;
}

/* ------------------------------------------------------------ student and cauchy */

/* Location and scale of Student's t for a given nu by reweighting: EM with expanded
 * parameters (Kent, Tyler and Vardi 1994; Meng and van Dyk 1997), from what p holds.
 * Where too many values are equal the likelihood has no bound: the scale is 0 then. */
static void FitWeights(Sample *s, double *p, double nu)
{
    int round;
    for (round = 0; round < 500 && p[1] > 0 && !IsStopped(s); round++) {
        double sum = 0, first = 0, square = 0, location = p[0], scale = p[1], moved;
        size_t i;
        for (i = 0; i < s->n; i++) {
            double away = s->x[i] - location;
            double weight = (nu + 1) / (nu + away * away / (scale * scale));
            sum += weight;
            first += weight * away;
            square += weight * away * away;
        }
        moved = first / sum;
        p[0] = location + moved;
        p[1] = sqrt(fmax(0, square / sum - moved * moved));
        if (p[1] <= s->spread * 1e-9)
            p[1] = 0;
        if (fabs(moved) + fabs(p[1] - scale) < 1e-10 * p[1])
            return;
    }
}

static double LogLikelihood(const Sample *s, const double *p, double nu)
{
    double sum = 0, n = (double)s->n;
    size_t i;
    for (i = 0; i < s->n; i++) {
        double z = (s->x[i] - p[0]) / p[1];
        sum += log1p(z * z / nu);
    }
    return n * (WeirLogGamma((nu + 1) / 2) - WeirLogGamma(nu / 2) - log(M_PI * nu) / 2 -
                log(p[1])) -
           sum * (nu + 1) / 2;
}

static int CompareValues(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Start from the median and half the interquartile range. */
static int StartRobust(Sample *s, const char *family, double *p, WeirErr *err)
{
    double *sorted;
    int rc = NeedSpread(s, family, err);
    if (rc < 0)
        return rc;
    sorted = malloc(s->n * sizeof *sorted);
    if (!sorted)
        return WeirFail(err, WEIR_E_MEMORY, "no memory for %zu values", s->n);
    memcpy(sorted, s->x, s->n * sizeof *sorted);
    qsort(sorted, s->n, sizeof *sorted, CompareValues);
    p[0] = sorted[s->n / 2];
    p[1] = s->spread = (sorted[s->n - 1 - s->n / 4] - sorted[s->n / 4]) / 2;
    free(sorted);
    if (p[1] > 0)
        return WEIR_OK;
    return WeirFail(err, WEIR_E_ARG, "%s cannot be fitted: half of the values are %.15g",
                    family, p[0]);
}

static int FitCauchy(Sample *s, double *p, WeirErr *err)
{
    int rc = StartRobust(s, "cauchy", p, err);
    if (rc < 0)
        return rc;
    FitWeights(s, p, 1);
    return WEIR_OK;
}

/* Nu between 0.1 and 1000 by golden section on the profile likelihood. */
static int FitStudent(Sample *s, double *p, WeirErr *err)
{
    const double golden = (sqrt(5) - 1) / 2;
    double low = log(0.1), high = log(1000), at[2], worth[2];
    int side, rc = StartRobust(s, "student", p, err);
    if (rc < 0)
        return rc;
    at[0] = high - golden * (high - low);
    at[1] = low + golden * (high - low);
    for (side = 0; side < 2; side++) {
        FitWeights(s, p, exp(at[side]));
        worth[side] = LogLikelihood(s, p, exp(at[side]));
    }
    while (high - low > 1e-3 && p[1] > 0 && s->rc == WEIR_OK) {
        side = worth[1] > worth[0];
        if (side)
            low = at[0];
        else
            high = at[1];
        at[!side] = at[side];
        worth[!side] = worth[side];
        at[side] = side ? low + golden * (high - low) : high - golden * (high - low);
        FitWeights(s, p, exp(at[side]));
        worth[side] = LogLikelihood(s, p, exp(at[side]));
    }
    p[2] = exp((low + high) / 2);
    FitWeights(s, p, p[2]);
    return WEIR_OK;
}

/* ------------------------------------------------------------ all of them */

static const struct Fit {
    const char *family;
    int (*fit)(Sample *s, double *p, WeirErr *err);
} fits[] = {
    { "constant", FitConstant },   { "uniform", FitUniform },
    { "normal", FitNormal },       { "exponential", FitExponential },
    { "lognormal", FitLognormal }, { "poisson", FitPoisson },
    { "pareto", FitPareto },       { "cauchy", FitCauchy },
    { "gamma", FitGamma },         { "weibull", FitWeibull },
    { "student", FitStudent },     { NULL, NULL },
};

static int Describe(const double *values, size_t count, Sample *s, WeirErr *err)
{
    size_t i;
    memset(s, 0, sizeof *s);
    s->x = values;
    s->n = count;
    s->err = err;
    if (count == 0)
        return WeirFail(err, WEIR_E_ARG, "no values to fit: use one or more");
    for (i = 0; i < count; i++) {
        if (!(fabs(values[i]) <= 1e100))
            return WeirFail(err, WEIR_E_ARG,
                            "value %.15g is out of range: use -1e100 to 1e100",
                            values[i]);
        WeirMomentsAdd(&s->all, values[i]);
        WeirMomentsAdd(&s->logs, values[i] > 0 ? log(values[i]) : 0);
    }
    return WEIR_OK;
}

static int CopyValues(const Sample *s, WeirDist *d, WeirErr *err)
{
    double *copy = malloc(s->n * sizeof *copy);
    if (!copy)
        return WeirFail(err, WEIR_E_MEMORY, "no memory for %zu values", s->n);
    memcpy(copy, s->x, s->n * sizeof *copy);
    return WeirDistSetValues(d, copy, s->n, err);
}

/* Values far from what the family can give lead to parameters that it does not accept. */
static int CheckParams(const WeirDist *d, WeirErr *err)
{
    const WeirDistInfo *info = &d->family->info;
    int i;
    for (i = 0; info->params[i].kind; i++) {
        const WeirDistParam *param = &info->params[i];
        if (!isfinite(d->p[i]) || (param->kind == WEIR_PARAM_POSITIVE && d->p[i] <= 0) ||
            (param->max > 0 && d->p[i] > param->max))
            return WeirFail(err, WEIR_E_ARG,
                            "%s cannot be fitted to these values: %s would be %.15g",
                            info->name, param->name, d->p[i]);
    }
    return WEIR_OK;
}

int WeirDistFit(const char *family, const double *values, size_t count, WeirDist **out,
                WeirErr *err)
{
    const WeirDistInfo *info;
    const struct Fit *fit;
    Sample s;
    WeirDist *d;
    int rc = WeirDistFamilyFind(family, &info, err);
    if (rc == WEIR_OK)
        rc = Describe(values, count, &s, err);
    if (rc < 0)
        return rc;
    for (fit = fits; fit->family && strcmp(fit->family, info->name) != 0;)
        fit++;
    if (!fit->family && info->params[0].kind != WEIR_PARAM_VALUES)
        return WeirFail(err, WEIR_E_NOSUPPORT, "%s cannot be fitted to values",
                        info->name);
    d = WeirDistNew(WeirDistFamilyByName(info->name));
    if (!d)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    rc = fit->family ? fit->fit(&s, d->p, err) : CopyValues(&s, d, err);
    if (s.rc < 0)
        rc = s.rc;
    if (rc == WEIR_OK && fit->family)
        rc = CheckParams(d, err);
    if (rc < 0)
        WeirDistUnref(d);
    else
        *out = d;
    return rc;
}
