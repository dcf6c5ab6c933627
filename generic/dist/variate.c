/* Samplers of the plain families.  Where D-ITG inverts the distribution function, so do
 * we, with the same expression: the results are then equal bit for bit on its generator.
 */
#include "config.h"
#include <math.h>
#include "dist/distInt.h"
#include "dist/special.h"

double WeirSourceUniform(WeirSource *source)
{
    return source->itg ? WeirItgRngUniform(source->itg) : WeirRngUniform(&source->rng);
}

static double Uniform(WeirSampler *s)
{
    return WeirSourceUniform(s->source);
}

/* ------------------------------------------------------------ by inversion */

double WeirDrawConstant(WeirSampler *s)
{
    return s->dist->p[0];
}

double WeirDrawUniform(WeirSampler *s)
{
    double low = s->dist->p[0], high = s->dist->p[1];
    return (high - low) * Uniform(s) + low;
}

double WeirDrawExponential(WeirSampler *s)
{
    return s->dist->p[0] * log(1 / (1 - Uniform(s)));
}

double WeirDrawPareto(WeirSampler *s)
{
    return s->dist->p[1] * pow(Uniform(s), -1 / s->dist->p[0]);
}

double WeirDrawWeibull(WeirSampler *s)
{
    return s->dist->p[1] * pow(log(1 / Uniform(s)), 1 / s->dist->p[0]);
}

double WeirDrawCauchy(WeirSampler *s)
{
    return s->dist->p[1] * tan(M_PI * (Uniform(s) - 0.5)) + s->dist->p[0];
}

/* ------------------------------------------------------------ the normal and its kin */

/* Polar method (Marsaglia and Bray 1964): two at a time.  Neither is zero, so that a
 * quotient of it is never zero by zero. */
static double Normal(WeirSampler *s)
{
    double v, w, square, factor;
    if (s->hasSpare) {
        s->hasSpare = false;
        return s->spare;
    }
    do {
        v = 2 * Uniform(s) - 1;
        w = 2 * Uniform(s) - 1;
        square = v * v + w * w;
    } while (square >= 1 || v * w == 0);
    factor = sqrt(-2 * log(square) / square);
    s->spare = w * factor;
    s->hasSpare = true;
    return v * factor;
}

double WeirDrawNormal(WeirSampler *s)
{
    return s->dist->p[1] * Normal(s) + s->dist->p[0];
}

double WeirDrawLognormal(WeirSampler *s)
{
    return exp(s->dist->p[1] * Normal(s) + s->dist->p[0]);
}

/* Gamma with scale 1: squeeze and rejection (Marsaglia and Tsang 2000); for a shape below
 * 1 the variate of shape + 1 times u^(1/shape). */
static double Gamma(WeirSampler *s, double shape)
{
    double boost = 1, d, c, x, v, u;
    if (shape < 1) {
        boost = pow(Uniform(s), 1 / shape);
        shape += 1;
    }
    d = shape - 1.0 / 3;
    c = 1 / sqrt(9 * d);
    for (;;) {
        do {
            x = Normal(s);
            v = 1 + c * x;
        } while (v <= 0);
        v = v * v * v;
        u = Uniform(s);
        if (u < 1 - 0.0331 * x * x * x * x || log(u) < 0.5 * x * x + d * (1 - v + log(v)))
            return d * v * boost;
    }
}

double WeirDrawGamma(WeirSampler *s)
{
    return s->dist->p[1] * Gamma(s, s->dist->p[0]);
}

/* A normal over the root of a chi-square divided by its degrees of freedom. */
double WeirDrawStudent(WeirSampler *s)
{
    double nu = s->dist->p[2], normal = Normal(s);
    double spread = sqrt(Gamma(s, nu / 2) / (nu / 2));
    return s->dist->p[1] * (normal / spread) + s->dist->p[0];
}

/* ------------------------------------------------------------ Poisson */

/* Search along the distribution function: for small means. */
static double PoissonSearch(WeirSampler *s, double mean)
{
    double u = Uniform(s), term = exp(-mean), sum = term, k = 0;
    while (u > sum && term > 0) {
        k++;
        term *= mean / k;
        sum += term;
    }
    return k;
}

/* Transformed rejection with squeeze, algorithm PTRS (Hoermann 1993), for means from 10.
 */
static double PoissonRejection(WeirSampler *s, double mean)
{
    double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    double invAlpha = 1.1239 + 1.1328 / (b - 3.4), vr = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = Uniform(s) - 0.5, v = Uniform(s), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= vr)
            return k;
        if (k < 0 || (us < 0.013 && v > us))
            continue;
        if (log(v * invAlpha / (a / (us * us) + b)) <=
            k * log(mean) - mean - WeirLogGamma(k + 1))
            return k;
    }
}

double WeirDrawPoisson(WeirSampler *s)
{
    double mean = s->dist->p[0];
    return mean < 10 ? PoissonSearch(s, mean) : PoissonRejection(s, mean);
}
