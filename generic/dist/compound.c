/* Families made of other distributions: mixture, scaled, inverse, onoff. */
#include "config.h"
#include <math.h>
#include "dist/distInt.h"

/* ------------------------------------------------------------ mixture */

/* The weighted mean of something of the parts. */
static double Weigh(const WeirDist *d, double (*of)(const WeirDist *part, double arg),
                    double arg)
{
    double sum = 0;
    int i;
    for (i = 0; i < d->partCount; i++)
        sum += d->weights[i] / d->totalWeight * of(d->parts[i], arg);
    return sum;
}

static double PartMean(const WeirDist *part, double unused)
{
    return WeirDistMean(part);
}

/* Second moment about `centre`. */
static double PartSpread(const WeirDist *part, double centre)
{
    double away = WeirDistMean(part) - centre;
    return WeirDistVariance(part) + away * away;
}

static double PartInverse(const WeirDist *part, double r)
{
    return WeirDistInverse(part, (int)r);
}

static double MixtureMean(const WeirDist *d)
{
    return Weigh(d, PartMean, 0);
}

static double MixtureVariance(const WeirDist *d)
{
    double mean = MixtureMean(d);
    return mean == INFINITY ? INFINITY : Weigh(d, PartSpread, mean);
}

static double MixtureInverse(const WeirDist *d, int r)
{
    return Weigh(d, PartInverse, r);
}

static double MixtureCdf(const WeirDist *d, double x)
{
    return Weigh(d, WeirDistCdfOf, x);
}

static double MixtureQuantile(const WeirDist *d, double p)
{
    double low = INFINITY, high = -INFINITY;
    int i;
    for (i = 0; i < d->partCount; i++) {
        low = fmin(low, WeirDistQuantileOf(d->parts[i], 0));
        high = fmax(high, WeirDistQuantileOf(d->parts[i], 1));
    }
    return WeirDistInvert(d, p, low, high);
}

static double MixtureDraw(WeirSampler *s)
{
    const WeirDist *d = s->dist;
    double at = WeirSourceUniform(s->source) * d->totalWeight;
    int i;
    for (i = 0; i < d->partCount - 1 && at >= d->weights[i]; i++)
        at -= d->weights[i];
    return s->parts[i]->draw(s->parts[i]);
}

const DistFamily weirMixture = {
    .info = { "mixture",
              WEIR_DIST_COMPOUND,
              "one of several distributions at each draw",
              { { "part", WEIR_PARAM_WEIGHTED, 0,
                  "one or more pairs {WEIGHT DISTRIBUTION}; weights need not add up to "
                  "1" } } },
    .mean = MixtureMean,
    .variance = MixtureVariance,
    .inverse = MixtureInverse,
    .cdf = MixtureCdf,
    .quantile = MixtureQuantile,
    .draw = MixtureDraw,
    .prepareItg = WeirItgPrepareMixture,
};

/* ------------------------------------------------------------ scaled: factor X */

static double ScaledMean(const WeirDist *d)
{
    return d->p[0] * WeirDistMean(d->parts[0]);
}

static double ScaledVariance(const WeirDist *d)
{
    return d->p[0] * d->p[0] * WeirDistVariance(d->parts[0]);
}

static double ScaledInverse(const WeirDist *d, int r)
{
    return pow(d->p[0], -r) * WeirDistInverse(d->parts[0], r);
}

/* The largest X for which factor X, as it is rounded, is at most x. */
static double ScaledCdf(const WeirDist *d, double x)
{
    double factor = d->p[0], t = x / factor;
    int i;
    for (i = 0; i < 4 && factor * nextafter(t, INFINITY) <= x; i++)
        t = nextafter(t, INFINITY);
    for (i = 0; i < 4 && factor * t > x; i++)
        t = nextafter(t, -INFINITY);
    return WeirDistCdfOf(d->parts[0], t);
}

static double ScaledQuantile(const WeirDist *d, double p)
{
    return d->p[0] * WeirDistQuantileOf(d->parts[0], p);
}

static double ScaledDraw(WeirSampler *s)
{
    return s->dist->p[0] * s->parts[0]->draw(s->parts[0]);
}

const DistFamily weirScaled = {
    .info = { "scaled",
              WEIR_DIST_COMPOUND,
              "factor times X: another unit, such as milliseconds as seconds",
              { { "factor", WEIR_PARAM_POSITIVE, 0, "what draws are multiplied by" },
                { "dist", WEIR_PARAM_DIST, 0, "distribution of X" } } },
    .mean = ScaledMean,
    .variance = ScaledVariance,
    .inverse = ScaledInverse,
    .cdf = ScaledCdf,
    .quantile = ScaledQuantile,
    .draw = ScaledDraw,
};

/* ------------------------------------------------------------ inverse: scale / X */

static double InverseMean(const WeirDist *d)
{
    return d->p[0] * WeirDistInverse(d->parts[0], 1);
}

static double InverseVariance(const WeirDist *d)
{
    double mean = WeirDistInverse(d->parts[0], 1);
    double square = WeirDistInverse(d->parts[0], 2);
    if (isinf(square))
        return INFINITY;
    return d->p[0] * d->p[0] * fmax(0, square - mean * mean);
}

static double InverseInverse(const WeirDist *d, int r)
{
    double mean = WeirDistMean(d->parts[0]);
    if (r == 1)
        return mean / d->p[0];
    return (WeirDistVariance(d->parts[0]) + mean * mean) / (d->p[0] * d->p[0]);
}

/* The smallest X for which scale / X, as it is rounded, is at most x. */
static double Threshold(double scale, double x)
{
    double t = scale / x;
    int i;
    for (i = 0; i < 4 && scale / nextafter(t, 0) <= x; i++)
        t = nextafter(t, 0);
    for (i = 0; i < 4 && scale / t > x; i++)
        t = nextafter(t, INFINITY);
    return t;
}

static double InverseCdf(const WeirDist *d, double x)
{
    if (x <= 0)
        return 0;
    return 1 - WeirDistCdfOf(d->parts[0], nextafter(Threshold(d->p[0], x), -INFINITY));
}

static double InverseQuantile(const WeirDist *d, double p)
{
    return WeirDistInvert(d, p, d->p[0] / WeirDistQuantileOf(d->parts[0], 1),
                          d->p[0] / WeirDistQuantileOf(d->parts[0], 0));
}

static double InverseDraw(WeirSampler *s)
{
    return s->dist->p[0] / s->parts[0]->draw(s->parts[0]);
}

static int InverseCheck(const WeirDist *d, WeirErr *err)
{
    if (WeirDistCdfOf(d->parts[0], -0x1p-1074) > 0)
        return WeirFail(
            err, WEIR_E_ARG,
            "inverse wants a distribution without negative values, and %s has some",
            d->parts[0]->family->info.name);
    return WEIR_OK;
}

const DistFamily weirInverse = {
    .info = { "inverse",
              WEIR_DIST_COMPOUND,
              "scale / X: the gap that a random rate X gives",
              { { "scale", WEIR_PARAM_POSITIVE, 0, "numerator" },
                { "dist", WEIR_PARAM_DIST, 0,
                  "distribution of X; no negative values" } } },
    .mean = InverseMean,
    .variance = InverseVariance,
    .inverse = InverseInverse,
    .cdf = InverseCdf,
    .quantile = InverseQuantile,
    .draw = InverseDraw,
    .check = InverseCheck,
};

/* ------------------------------------------------------------ onoff */

enum { ON, OFF, GAP };

/* A nanosecond: what is this near to the end of a burst is the end. */
static const double resolution = 1e-9;

void WeirOnOffStart(WeirSampler *s)
{
    s->on = s->parts[ON]->draw(s->parts[ON]);
    s->elapsed = 0;
}

/* Gaps of a burst add up until its length is used up; the gap in which that happens is
 * followed by a pause, and then the next burst starts. */
static double OnOffDraw(WeirSampler *s)
{
    double gap = fmax(0, s->parts[GAP]->draw(s->parts[GAP]));
    s->elapsed += gap;
    if (s->elapsed >= s->on - resolution) {
        gap += fmax(0, s->parts[OFF]->draw(s->parts[OFF]));
        WeirOnOffStart(s);
    }
    return gap;
}

/* Mean number of gaps in a burst.  Wald's identity and the renewal theorem (Cox, Renewal
 * Theory, 1962): E[on]/m + E[gap^2]/(2 m^2), which is exact for exponential gaps. */
static double GapsPerBurst(const WeirDist *d)
{
    const WeirDist *on = d->parts[ON], *gap = d->parts[GAP];
    double length = WeirDistMean(on), mean = WeirDistMean(gap);
    double variance = WeirDistVariance(gap);
    if (variance == 0 && WeirDistVariance(on) == 0)
        return fmax(1, ceil((length - resolution) / mean));
    return length / mean + 0.5 + variance / (2 * mean * mean);
}

static double OnOffMean(const WeirDist *d)
{
    double gaps = GapsPerBurst(d);
    if (isinf(gaps))
        return NAN;
    return WeirDistMean(d->parts[GAP]) + WeirDistMean(d->parts[OFF]) / gaps;
}

static double OnOffVariance(const WeirDist *d)
{
    return NAN;
}

static int OnOffCheck(const WeirDist *d, WeirErr *err)
{
    double mean = WeirDistMean(d->parts[GAP]);
    if (mean <= 0)
        return WeirFail(
            err, WEIR_E_ARG,
            "the gaps of onoff have the mean %.15g, so that no burst would end: "
            "use one above 0",
            mean);
    return WEIR_OK;
}

const DistFamily weirOnOff = {
    .info = { "onoff",
              WEIR_DIST_PROCESS,
              "bursts: gaps while on, then a pause; all in seconds",
              { { "on", WEIR_PARAM_DIST, 0, "length of a burst" },
                { "off", WEIR_PARAM_DIST, 0, "length of the pause after it" },
                { "gap", WEIR_PARAM_DIST, 0, "gaps in a burst, with a mean above 0" } } },
    .mean = OnOffMean,
    .variance = OnOffVariance,
    .draw = OnOffDraw,
    .check = OnOffCheck,
};
