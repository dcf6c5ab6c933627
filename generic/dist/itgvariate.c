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

/* A column of an alias table: `own` of it belongs to another one. */
typedef struct Column {
    double own;
    int alias;
} Column;

struct ItgTable {
    double (*density)(const ItgTable *t, double x);
    double a, b;     /* what the density needs */
    int strips;      /* N */
    int right;       /* two-sided: the last strip on the right, whose end is slot LAST */
    double x[SLOTS]; /* strip k reaches from x[k] to x[k + 1] and is f[k] high */
    double f[SLOTS];
    int columnCount;
    Column *columns; /* alias table */
};

static double Uniform(WeirSampler *s)
{
    return WeirSourceUniform(s->source);
}

void WeirItgTableFree(ItgTable *table)
{
    if (table)
        free(table->columns);
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

/* ------------------------------------------------------------ one of several */

/* Which of the columns: two uniform numbers. */
static int DrawColumn(WeirSampler *s)
{
    const ItgTable *t = s->table;
    int i = (int)(t->columnCount * Uniform(s));
    return Uniform(s) < t->columns[i].own ? t->columns[i].alias : i;
}

/* What is left of column i while the table is filled: nothing once it is done. */
typedef struct Rest {
    double p;
    bool done;
} Rest;

/* The index with the smallest (sign 1) or largest (sign -1) rest; the last of equals. */
static int Extreme(const Rest *rest, int count, double sign)
{
    int i, best = -1;
    for (i = 0; i < count; i++)
        if (!rest[i].done && (best < 0 || sign * rest[i].p <= sign * rest[best].p))
            best = i;
    return best;
}

/* Alias table (Walker 1977): each pass fills up the column of the smallest rest from the
 * largest. */
static int FillAlias(ItgTable *t, const double *p, int count)
{
    Rest *rest = calloc((size_t)count, sizeof *rest);
    double *taken = calloc((size_t)count, sizeof *taken);
    int i;
    t->columns = calloc((size_t)count, sizeof *t->columns);
    t->columnCount = count;
    for (i = 0; rest && i < count; i++)
        rest[i].p = p[i];
    for (i = 0; rest && taken && t->columns && i < count; i++) {
        int small = Extreme(rest, count, 1), large = Extreme(rest, count, -1);
        double gap = 1.0 / count - rest[small].p;
        taken[large] += gap;
        rest[large].p = p[large] - taken[large];
        t->columns[small] = (Column){ gap * count, large };
        rest[small].done = true;
    }
    free(rest);
    free(taken);
    return rest && taken && t->columns ? WEIR_OK : WEIR_E_MEMORY;
}

static double DrawMixture(WeirSampler *s)
{
    WeirSampler *part = s->parts[DrawColumn(s)];
    return part->draw(part);
}

/* Weights that add up to 1 are used as they are written, like D-ITG's. */
int WeirItgPrepareMixture(WeirSampler *s)
{
    const WeirDist *d = s->dist;
    double total = fabs(d->totalWeight - 1) < 1e-9 ? 1 : d->totalWeight;
    double *p = calloc((size_t)d->partCount, sizeof *p);
    ItgTable *t = NewTable(s, DrawMixture);
    int i, rc = WEIR_E_MEMORY;
    for (i = 0; p && i < d->partCount; i++)
        p[i] = d->weights[i] / total;
    if (p && t)
        rc = FillAlias(t, p, d->partCount);
    free(p);
    return rc;
}

/* ------------------------------------------------------------ Poisson */

static double DrawLargePoisson(WeirSampler *s)
{
    return floor(OneSided(s));
}

static double DrawSmallPoisson(WeirSampler *s)
{
    return DrawColumn(s);
}

int WeirItgPreparePoisson(WeirSampler *s)
{
    double mean = s->dist->p[0], p[SMALL_POISSON];
    ItgTable *t = NewTable(s, mean > 8 ? DrawLargePoisson : DrawSmallPoisson);
    int i;
    if (!t)
        return WEIR_E_MEMORY;
    if (mean <= 8) {
        for (p[0] = exp(-mean), i = 1; i < SMALL_POISSON; i++)
            p[i] = p[i - 1] * mean / i;
        return FillAlias(t, p, SMALL_POISSON);
    }
    t->a = mean;
    t->b = log(mean);
    t->density = PoissonDensity;
    LayBothSides(t, mean);
    return WEIR_OK;
}

/* ------------------------------------------------------------ Student's t */

enum { CHI, NORMAL };

static double DrawStudent(WeirSampler *s)
{
    double nu = s->dist->p[2];
    double gamma = s->parts[CHI]->draw(s->parts[CHI]);
    double normal = s->parts[NORMAL]->draw(s->parts[NORMAL]);
    return s->dist->p[0] + s->dist->p[1] * (normal * sqrt(nu / (2 * gamma)));
}

/* A normal and, drawn before it, a gamma with half the degrees of freedom. */
int WeirItgPrepareStudent(WeirSampler *s)
{
    WeirDist *chi = WeirDistNew(WeirDistFamilyByName("gamma"));
    WeirDist *normal = WeirDistNew(WeirDistFamilyByName("normal"));
    WeirDist *const parts[] = { chi, normal };
    int rc = WEIR_E_MEMORY;
    if (chi && normal) {
        chi->p[0] = s->dist->p[2] / 2;
        chi->p[1] = normal->p[1] = 1;
        rc = WeirSamplerAddParts(s, parts, 2);
    }
    WeirDistUnref(chi);
    WeirDistUnref(normal);
    s->draw = DrawStudent;
    return rc;
}
