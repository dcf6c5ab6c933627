/* The plain families: moments, distribution function and quantiles, and the table of all
 * families.  p[] holds the parameters in the order of the table. */
#include "config.h"
#include <math.h>
#include "dist/distInt.h"
#include "dist/special.h"

/* ------------------------------------------------------------ constant */

static double ConstantMean(const WeirDist *d)
{
    return d->p[0];
}

static double ConstantVariance(const WeirDist *d)
{
    return 0;
}

static double ConstantInverse(const WeirDist *d, int r)
{
    return pow(d->p[0], -r);
}

static double ConstantCdf(const WeirDist *d, double x)
{
    return x >= d->p[0];
}

static double ConstantQuantile(const WeirDist *d, double p)
{
    return d->p[0];
}

/* ------------------------------------------------------------ uniform: low high */

static double UniformMean(const WeirDist *d)
{
    return d->p[0] / 2 + d->p[1] / 2;
}

static double UniformVariance(const WeirDist *d)
{
    double width = d->p[1] - d->p[0];
    return width * width / 12;
}

static double UniformInverse(const WeirDist *d, int r)
{
    double width = d->p[1] - d->p[0];
    if (width == 0 || r == 2)
        return pow(d->p[0] * d->p[1], -r / 2.0);
    return log(d->p[1] / d->p[0]) / width;
}

static double UniformCdf(const WeirDist *d, double x)
{
    double low = fmin(d->p[0], d->p[1]), high = fmax(d->p[0], d->p[1]);
    if (x >= high)
        return 1;
    return x <= low ? 0 : (x - low) / (high - low);
}

static double UniformQuantile(const WeirDist *d, double p)
{
    double low = fmin(d->p[0], d->p[1]), high = fmax(d->p[0], d->p[1]);
    return p == 1 ? high : low + (high - low) * p;
}

/* ------------------------------------------------------------ exponential: mean */

static double ExponentialMean(const WeirDist *d)
{
    return d->p[0];
}

static double ExponentialVariance(const WeirDist *d)
{
    return d->p[0] * d->p[0];
}

static double ExponentialInverse(const WeirDist *d, int r)
{
    return INFINITY;
}

static double ExponentialCdf(const WeirDist *d, double x)
{
    return x <= 0 ? 0 : -expm1(-x / d->p[0]);
}

static double ExponentialQuantile(const WeirDist *d, double p)
{
    return p == 0 ? 0 : -d->p[0] * log1p(-p);
}

/* ------------------------------------------------------------ normal: mean stddev */

static double NormalMean(const WeirDist *d)
{
    return d->p[0];
}

static double NormalVariance(const WeirDist *d)
{
    return d->p[1] * d->p[1];
}

static double NormalCdf(const WeirDist *d, double x)
{
    return WeirNormalCdf((x - d->p[0]) / d->p[1]);
}

/* The lower half is where small probabilities are exact; the upper one is its mirror. */
static double SymmetricQuantile(const WeirDist *d, double p)
{
    if (p == 0.5)
        return d->p[0];
    if (p < 0.5)
        return WeirDistInvert(d, p, -INFINITY, INFINITY);
    return 2 * d->p[0] - WeirDistInvert(d, 1 - p, -INFINITY, INFINITY);
}

/* ------------------------------------------------------------ lognormal: mu sigma */

static double LognormalMean(const WeirDist *d)
{
    return exp(d->p[0] + d->p[1] * d->p[1] / 2);
}

static double LognormalVariance(const WeirDist *d)
{
    double square = d->p[1] * d->p[1];
    if (square > 50)
        return exp(2 * d->p[0] + 2 * square);
    return expm1(square) * exp(2 * d->p[0] + square);
}

static double LognormalInverse(const WeirDist *d, int r)
{
    return exp(-r * d->p[0] + r * r * d->p[1] * d->p[1] / 2);
}

static double LognormalCdf(const WeirDist *d, double x)
{
    return x <= 0 ? 0 : WeirNormalCdf((log(x) - d->p[0]) / d->p[1]);
}

static double PositiveQuantile(const WeirDist *d, double p)
{
    return WeirDistInvert(d, p, 0, INFINITY);
}

/* ------------------------------------------------------------ poisson: mean */

static double PoissonInverse(const WeirDist *d, int r)
{
    return INFINITY;
}

static double PoissonCdf(const WeirDist *d, double x)
{
    return x < 0 ? 0 : WeirGammaQ(floor(x) + 1, d->p[0]);
}

/* ------------------------------------------------------------ pareto: shape scale */

static double ParetoMean(const WeirDist *d)
{
    double shape = d->p[0], scale = d->p[1];
    return shape <= 1 ? INFINITY : shape * scale / (shape - 1);
}

static double ParetoVariance(const WeirDist *d)
{
    double shape = d->p[0], scale = d->p[1];
    if (shape <= 2)
        return INFINITY;
    return scale * scale * shape / ((shape - 1) * (shape - 1) * (shape - 2));
}

static double ParetoInverse(const WeirDist *d, int r)
{
    return d->p[0] / (d->p[0] + r) * pow(d->p[1], -r);
}

static double ParetoCdf(const WeirDist *d, double x)
{
    return x <= d->p[1] ? 0 : -expm1(d->p[0] * log(d->p[1] / x));
}

static double ParetoQuantile(const WeirDist *d, double p)
{
    return d->p[1] * exp(-log1p(-p) / d->p[0]);
}

/* ------------------------------------------------------------ cauchy: location scale */

static double Undefined(const WeirDist *d)
{
    return NAN;
}

static double CauchyCdf(const WeirDist *d, double x)
{
    double z = (x - d->p[0]) / d->p[1];
    return z < -1 ? atan(-1 / z) / M_PI : 0.5 + atan(z) / M_PI;
}

static double CauchyQuantile(const WeirDist *d, double p)
{
    double scale = d->p[1];
    if (p == 0 || p == 1)
        return p == 0 ? -INFINITY : INFINITY;
    return d->p[0] + (p < 0.5 ? -scale / tan(M_PI * p) : scale * tan(M_PI * (p - 0.5)));
}

/* ------------------------------------------------------------ gamma: shape scale */

static double GammaMean(const WeirDist *d)
{
    return d->p[0] * d->p[1];
}

static double GammaVariance(const WeirDist *d)
{
    return d->p[0] * d->p[1] * d->p[1];
}

static double GammaInverse(const WeirDist *d, int r)
{
    double shape = d->p[0], scale = d->p[1];
    if (shape <= r)
        return INFINITY;
    return r == 1 ? 1 / (scale * (shape - 1))
                  : 1 / (scale * scale * (shape - 1) * (shape - 2));
}

static double GammaCdf(const WeirDist *d, double x)
{
    return WeirGammaP(d->p[0], x / d->p[1]);
}

/* ------------------------------------------------------------ weibull: shape scale */

static double WeibullMean(const WeirDist *d)
{
    return d->p[1] * tgamma(1 + 1 / d->p[0]);
}

static double WeibullVariance(const WeirDist *d)
{
    double mean = tgamma(1 + 1 / d->p[0]), square = tgamma(1 + 2 / d->p[0]);
    return isinf(square) ? INFINITY : d->p[1] * d->p[1] * (square - mean * mean);
}

static double WeibullInverse(const WeirDist *d, int r)
{
    if (d->p[0] <= r)
        return INFINITY;
    return tgamma(1 - r / d->p[0]) * pow(d->p[1], -r);
}

static double WeibullCdf(const WeirDist *d, double x)
{
    return x <= 0 ? 0 : -expm1(-pow(x / d->p[1], d->p[0]));
}

static double WeibullQuantile(const WeirDist *d, double p)
{
    return p == 0 ? 0 : d->p[1] * pow(-log1p(-p), 1 / d->p[0]);
}

/* ------------------------------------------------------------ student: location scale nu
 */

static double StudentMean(const WeirDist *d)
{
    return d->p[2] > 1 ? d->p[0] : NAN;
}

static double StudentVariance(const WeirDist *d)
{
    double scale = d->p[1], nu = d->p[2];
    if (nu <= 1)
        return NAN;
    return nu <= 2 ? INFINITY : scale * scale * nu / (nu - 2);
}

static double StudentCdf(const WeirDist *d, double x)
{
    return WeirStudentCdf((x - d->p[0]) / d->p[1], d->p[2]);
}

/* ------------------------------------------------------------ the table */

/* Above this the gamma functions lose digits and time. */
#define SHAPE_MAX 1e6

#define REAL(name, help)                                                                 \
    {                                                                                    \
        name, WEIR_PARAM_REAL, 0, help                                                   \
    }
#define POSITIVE(name, help)                                                             \
    {                                                                                    \
        name, WEIR_PARAM_POSITIVE, 0, help                                               \
    }
#define UPTO(name, max, help)                                                            \
    {                                                                                    \
        name, WEIR_PARAM_POSITIVE, max, help                                             \
    }

static const DistFamily constant = {
    .info = { "constant",
              WEIR_DIST_DISCRETE,
              "always the same value",
              { REAL("value", "the value") } },
    .mean = ConstantMean,
    .variance = ConstantVariance,
    .inverse = ConstantInverse,
    .cdf = ConstantCdf,
    .quantile = ConstantQuantile,
    .draw = WeirDrawConstant,
};

static const DistFamily uniform = {
    .info = { "uniform",
              WEIR_DIST_CONTINUOUS,
              "any value between two bounds alike, drawn as low + (high - low) u",
              { REAL("low", "bound that u near 0 gives; may be the larger one"),
                REAL("high", "bound that u near 1 gives") } },
    .mean = UniformMean,
    .variance = UniformVariance,
    .inverse = UniformInverse,
    .cdf = UniformCdf,
    .quantile = UniformQuantile,
    .draw = WeirDrawUniform,
};

static const DistFamily exponential = {
    .info = { "exponential",
              WEIR_DIST_CONTINUOUS,
              "gaps of a memoryless (Poisson) process",
              { POSITIVE("mean", "mean") } },
    .mean = ExponentialMean,
    .variance = ExponentialVariance,
    .inverse = ExponentialInverse,
    .cdf = ExponentialCdf,
    .quantile = ExponentialQuantile,
    .draw = WeirDrawExponential,
};

static const DistFamily normal = {
    .info = { "normal",
              WEIR_DIST_CONTINUOUS,
              "bell curve; gives negative values too",
              { REAL("mean", "mean"), POSITIVE("stddev", "standard deviation") } },
    .mean = NormalMean,
    .variance = NormalVariance,
    .cdf = NormalCdf,
    .quantile = SymmetricQuantile,
    .draw = WeirDrawNormal,
    .prepareItg = WeirItgPrepareNormal,
};

static const DistFamily lognormal = {
    .info = { "lognormal",
              WEIR_DIST_CONTINUOUS,
              "e to the power of a normal",
              { REAL("mu", "mean of the logarithm"),
                POSITIVE("sigma", "standard deviation of the logarithm") } },
    .mean = LognormalMean,
    .variance = LognormalVariance,
    .inverse = LognormalInverse,
    .cdf = LognormalCdf,
    .quantile = PositiveQuantile,
    .draw = WeirDrawLognormal,
};

static const DistFamily poisson = {
    .info = { "poisson",
              WEIR_DIST_DISCRETE,
              "number of events of a memoryless process",
              { UPTO("mean", SHAPE_MAX, "mean") } },
    .mean = ConstantMean,
    .variance = ConstantMean,
    .inverse = PoissonInverse,
    .cdf = PoissonCdf,
    .quantile = PositiveQuantile,
    .draw = WeirDrawPoisson,
    .prepareItg = WeirItgPreparePoisson,
};

static const DistFamily pareto = {
    .info = { "pareto",
              WEIR_DIST_CONTINUOUS,
              "heavy tail (type I): P(X > x) = (scale/x)^shape",
              { POSITIVE("shape", "tail index; no mean up to 1, no variance up to 2"),
                POSITIVE("scale", "smallest value") } },
    .mean = ParetoMean,
    .variance = ParetoVariance,
    .inverse = ParetoInverse,
    .cdf = ParetoCdf,
    .quantile = ParetoQuantile,
    .draw = WeirDrawPareto,
};

static const DistFamily cauchy = {
    .info = { "cauchy",
              WEIR_DIST_CONTINUOUS,
              "symmetric, no mean; gives negative values too",
              { REAL("location", "median"),
                POSITIVE("scale", "half the interquartile range") } },
    .mean = Undefined,
    .variance = Undefined,
    .cdf = CauchyCdf,
    .quantile = CauchyQuantile,
    .draw = WeirDrawCauchy,
    .prepareItg = WeirItgPrepareCauchy,
};

static const DistFamily gammaFamily = {
    .info = { "gamma",
              WEIR_DIST_CONTINUOUS,
              "sum of `shape` exponential gaps",
              { UPTO("shape", SHAPE_MAX, "shape; 1 is exponential"),
                POSITIVE("scale", "scale; the mean is shape times scale") } },
    .mean = GammaMean,
    .variance = GammaVariance,
    .inverse = GammaInverse,
    .cdf = GammaCdf,
    .quantile = PositiveQuantile,
    .draw = WeirDrawGamma,
    .prepareItg = WeirItgPrepareGamma,
};

static const DistFamily weibull = {
    .info = { "weibull",
              WEIR_DIST_CONTINUOUS,
              "P(X > x) = exp(-(x/scale)^shape)",
              { POSITIVE("shape", "shape; 1 is exponential, below 1 heavier"),
                POSITIVE("scale", "scale") } },
    .mean = WeibullMean,
    .variance = WeibullVariance,
    .inverse = WeibullInverse,
    .cdf = WeibullCdf,
    .quantile = WeibullQuantile,
    .draw = WeirDrawWeibull,
};

static const DistFamily student = {
    .info = { "student",
              WEIR_DIST_CONTINUOUS,
              "Student's t, moved and scaled; gives negative values too",
              { REAL("location", "median"), POSITIVE("scale", "scale"),
                UPTO("nu", SHAPE_MAX,
                     "degrees of freedom; 1 is Cauchy, many are normal") } },
    .alias = "t",
    .mean = StudentMean,
    .variance = StudentVariance,
    .cdf = StudentCdf,
    .quantile = SymmetricQuantile,
    .draw = WeirDrawStudent,
    .prepareItg = WeirItgPrepareStudent,
};

const DistFamily *const weirDistFamilies[] = {
    &constant,   &uniform,     &exponential,   &normal,     &lognormal, &poisson,
    &pareto,     &cauchy,      &gammaFamily,   &weibull,    &student,   &weirMixture,
    &weirScaled, &weirInverse, &weirEmpirical, &weirReplay, &weirOnOff, NULL,
};
