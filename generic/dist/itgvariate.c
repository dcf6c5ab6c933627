/* The algorithms of newran, the library of random variates that D-ITG draws with, so that
 * a seeded D-ITG flow can be repeated.  A density is covered by horizontal strips of
 * equal area; a draw takes a strip, a point in it, and rejects points above the density.
 * Every step matters, for it decides how many uniform numbers are used. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "dist/distInt.h"
#include "dist/special.h"

enum { SLOTS = 121, LAST = SLOTS - 1, SMALL_POISSON = 40 };

struct ItgTable {
    double (*density)(const ItgTable *t, double x);
    double a, b;     /* what the density needs */
    int strips;      /* N */
    int right;       /* two-sided: the last strip on the right, whose end is slot LAST */
    double x[SLOTS]; /* strip k reaches from x[k] to x[k + 1] and is f[k] high */
    double f[SLOTS];
    double part[SMALL_POISSON]; /* alias table */
    int alias[SMALL_POISSON];
};

static double Uniform(WeirSampler *s)
{
    return WeirSourceUniform(s->source);
}

void WeirItgTableFree(ItgTable *table)
{
    free(table);
}

static ItgTable *NewTable(WeirSampler *s, double (*draw)(WeirSampler *s))
{
    s->table = calloc(1, sizeof *s->table);
    s->draw = draw;
    return s->table;
}

/* ------------------------------------------------------------ densities */

static double ExpOrNothing(double exponent)
{
    return exponent < -40 ? 0 : exp(exponent);
}

static double NormalDensity(const ItgTable *t, double x)
{
    return fabs(x) > 8 ? 0 : 0.398942280 * exp(-x * x / 2);
}

static double CauchyDensity(const ItgTable *t, double x)
{
    return fabs(x) > 1e15 ? 0 : 0.31830988618 / (1 + x * x);
}

/* Of X^shape for a shape below 1: a is 1/shape, b ln Gamma(shape + 1). */
static double SmallGammaDensity(const ItgTable *t, double x)
{
    return ExpOrNothing(-(pow(x, t->a) + t->b));
}

/* For a shape above 1: a is shape - 1, b ln Gamma(shape). */
static double LargeGammaDensity(const ItgTable *t, double x)
{
    return x <= 0 ? 0 : ExpOrNothing(t->a * log(x) - x - t->b);
}

/* a is the mean, b its logarithm. */
static double PoissonDensity(const ItgTable *t, double x)
{
    double k = floor(x);
    return x < 0 ? 0 : ExpOrNothing(t->b * k - t->a - WeirLogGamma(k + 1));
}

/* ------------------------------------------------------------ tables */

/* Strips of `area` from slot `at`, where x is set, until the density is 0; the slot of
 * that end. */
static int LayStrips(ItgTable *t, int at, double area)
{
    for (;; at++) {
        t->f[at] = t->density(t, t->x[at]);
        if (t->f[at] <= 0 || at == LAST - 1)
            break;
        t->x[at + 1] = t->x[at] + area / t->f[at];
    }
    t->f[at] = 0;
    return at;
}

/* Both sides of a mode: the left strips take the place of the right side's end. */
static void LayBothSides(ItgTable *t, double mode)
{
    int end;
    t->x[0] = mode;
    end = LayStrips(t, 0, 0.01);
    t->right = end - 1;
    t->x[LAST] = t->x[end];
    t->f[LAST] = 0;
    t->x[end] = mode;
    t->strips = LayStrips(t, end, -0.01);
}

/* ------------------------------------------------------------ draws */

/* A point of strip r N; false: it lies above the density. */
static bool TryStrip(WeirSampler *s, double r, double *out)
{
    const ItgTable *t = s->table;
    int k = (int)(r * t->strips);
    int next = k == t->right ? LAST : k + 1;
    double point = t->x[k] + (t->x[next] - t->x[k]) * Uniform(s);
    double height = t->f[k] * Uniform(s);
    *out = point;
    return height < t->f[next] || height < t->density(t, point);
}

static double OneSided(WeirSampler *s)
{
    double x;
    while (!TryStrip(s, Uniform(s), &x))
        continue;
    return x;
}

/* The strips cover the right half, and N counts both halves. */
static double Symmetric(WeirSampler *s)
{
    for (;;) {
        double r = Uniform(s), x;
        bool minus = r > 0.5;
        if (TryStrip(s, minus ? 1 - r : r, &x))
            return minus ? -x : x;
    }
}

static double DrawSymmetric(WeirSampler *s)
{
    return s->dist->p[1] * Symmetric(s) + s->dist->p[0];
}

static int PrepareSymmetric(WeirSampler *s, double (*density)(const ItgTable *, double))
{
    ItgTable *t = NewTable(s, DrawSymmetric);
    if (!t)
        return WEIR_E_MEMORY;
    t->density = density;
    t->right = -1;
    t->strips = 2 * LayStrips(t, 0, 0.01);
    return WEIR_OK;
}

int WeirItgPrepareNormal(WeirSampler *s)
{
    return PrepareSymmetric(s, NormalDensity);
}

int WeirItgPrepareCauchy(WeirSampler *s)
{
    return PrepareSymmetric(s, CauchyDensity);
}

/* ------------------------------------------------------------ gamma */

/* Shape 1, the exponential, is inverted. */
static double DrawUnitGamma(WeirSampler *s)
{
    return s->dist->p[1] * log(1 / (1 - Uniform(s)));
}

static double DrawSmallGamma(WeirSampler *s)
{
    return s->dist->p[1] * pow(OneSided(s), s->table->a);
}

static double DrawLargeGamma(WeirSampler *s)
{
    return s->dist->p[1] * OneSided(s);
}

int WeirItgPrepareGamma(WeirSampler *s)
{
    double shape = s->dist->p[0];
    ItgTable *t;
    if (shape == 1) {
        s->draw = DrawUnitGamma;
        return WEIR_OK;
    }
    t = NewTable(s, shape < 1 ? DrawSmallGamma : DrawLargeGamma);
    if (!t)
        return WEIR_E_MEMORY;
    t->right = -1;
    if (shape < 1) {
        t->a = 1 / shape;
        t->b = WeirLogGamma(shape + 1);
        t->density = SmallGammaDensity;
        t->strips = LayStrips(t, 0, 0.02);
    } else {
        t->a = shape - 1;
        t->b = WeirLogGamma(shape);
        t->density = LargeGammaDensity;
        LayBothSides(t, shape - 1);
    }
    return WEIR_OK;
}

/* ------------------------------------------------------------ Poisson */

static double DrawLargePoisson(WeirSampler *s)
{
    return floor(OneSided(s));
}

static double DrawSmallPoisson(WeirSampler *s)
{
    int i = (int)(SMALL_POISSON * Uniform(s));
    return Uniform(s) < s->table->part[i] ? s->table->alias[i] : i;
}

/* The index with the smallest (sign 1) or largest (sign -1) rest; the last of equals. */
static int Extreme(const double *p, const double *taken, const bool *done, double sign)
{
    int i, best = -1;
    for (i = 0; i < SMALL_POISSON; i++)
        if (!done[i] &&
            (best < 0 || sign * (p[i] - taken[i]) <= sign * (p[best] - taken[best])))
            best = i;
    return best;
}

/* Alias table (Walker 1977): each pass fills up the column of the smallest rest from the
 * largest. */
static void FillAlias(ItgTable *t, double mean)
{
    double p[SMALL_POISSON], taken[SMALL_POISSON] = { 0 };
    bool done[SMALL_POISSON] = { false };
    int i;
    p[0] = exp(-mean);
    for (i = 1; i < SMALL_POISSON; i++)
        p[i] = p[i - 1] * mean / i;
    for (i = 0; i < SMALL_POISSON; i++) {
        int small = Extreme(p, taken, done, 1), large = Extreme(p, taken, done, -1);
        double gap = 1.0 / SMALL_POISSON - (p[small] - taken[small]);
        taken[large] += gap;
        t->part[small] = gap * SMALL_POISSON;
        t->alias[small] = large;
        done[small] = true;
    }
}

int WeirItgPreparePoisson(WeirSampler *s)
{
    double mean = s->dist->p[0];
    ItgTable *t = NewTable(s, mean > 8 ? DrawLargePoisson : DrawSmallPoisson);
    if (!t)
        return WEIR_E_MEMORY;
    if (mean <= 8) {
        FillAlias(t, mean);
        return WEIR_OK;
    }
    t->a = mean;
    t->b = log(mean);
    t->density = PoissonDensity;
    LayBothSides(t, mean);
    return WEIR_OK;
}
