/* Formulas by number: Abramowitz and Stegun, Handbook of Mathematical Functions (1964).
 * Continued fractions are evaluated with Lentz's method as modified by Thompson and
 * Barnett (1986). */
#include "config.h"
#include <float.h>
#include <math.h>
#include "dist/special.h"

enum { MAX_TERMS = 200000 };

static const double tiny = 1e-300;

/* Rounding may leave [0, 1] a little. */
static double Share(double p)
{
    return fmin(1, fmax(0, p));
}

double WeirLogGamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* Recurrence 6.3.5 up to 10, then the asymptotic series 6.3.18. */
double WeirDigamma(double x)
{
    double sum = 0, y;
    for (; x < 10; x++)
        sum -= 1 / x;
    y = 1 / (x * x);
    return sum + log(x) - 0.5 / x -
           y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y / 132))));
}

/* One step of Lentz's method for the partial quotient num/den: `*c` and `*d` are its two
 * ratios.  Returns the factor by which the value changes. */
static double LentzStep(double num, double den, double *c, double *d)
{
    *d = den + num * *d;
    if (fabs(*d) < tiny)
        *d = tiny;
    *c = den + num / *c;
    if (fabs(*c) < tiny)
        *c = tiny;
    *d = 1 / *d;
    return *c * *d;
}

/* x^a e^-x / Gamma(a) */
static double GammaFactor(double a, double x)
{
    return exp(a * log(x) - x - WeirLogGamma(a));
}

/* P(a,x) by the power series 6.5.29. */
static double GammaSeries(double a, double x)
{
    double term = 1 / a, sum = term;
    int n;
    for (n = 1; n < MAX_TERMS && term > sum * DBL_EPSILON; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * GammaFactor(a, x);
}

/* Q(a,x) by the even part of the continued fraction 6.5.31. */
static double GammaFraction(double a, double x)
{
    double den = x + 1 - a, c = 1 / tiny, d = 1 / den, value = d, step = 0;
    int n;
    for (n = 1; n < MAX_TERMS && fabs(step - 1) > DBL_EPSILON; n++) {
        den += 2;
        step = LentzStep(n * (a - n), den, &c, &d);
        value *= step;
    }
    return value * GammaFactor(a, x);
}

double WeirGammaP(double a, double x)
{
    if (x <= 0)
        return 0;
    if (isinf(x))
        return 1;
    return Share(x < a + 1 ? GammaSeries(a, x) : 1 - GammaFraction(a, x));
}

double WeirGammaQ(double a, double x)
{
    if (x <= 0)
        return 1;
    if (isinf(x))
        return 0;
    return Share(x < a + 1 ? 1 - GammaSeries(a, x) : GammaFraction(a, x));
}

/* The continued fraction 26.5.8. */
static double BetaFraction(double a, double b, double x)
{
    double c = INFINITY, d = 1, value, step = 0;
    int m;
    value =
        LentzStep(-(a + b) * x / (a + 1), 1, &c, &d); /* c becomes 1, d 1 / (1 - ...) */
    for (m = 1; m < MAX_TERMS && fabs(step - 1) > DBL_EPSILON; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        value *= LentzStep(even, 1, &c, &d);
        step = LentzStep(odd, 1, &c, &d);
        value *= step;
    }
    return value;
}

double WeirBetaI(double a, double b, double x, double y)
{
    double factor;
    if (x <= 0)
        return 0;
    if (y <= 0)
        return 1;
    factor = exp(WeirLogGamma(a + b) - WeirLogGamma(a) - WeirLogGamma(b) + a * log(x) +
                 b * log(y));
    if (x < (a + 1) / (a + b + 2))
        return Share(factor * BetaFraction(a, b, x) / a);
    return Share(1 - factor * BetaFraction(b, a, y) / b);
}

double WeirNormalCdf(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

/* 26.7.1: the two tails hold I_x(nu/2, 1/2) with x = nu / (nu + t^2). */
double WeirStudentCdf(double t, double nu)
{
    double square = t * t, tail;
    if (isinf(square))
        tail = 0;
    else
        tail = 0.5 * WeirBetaI(nu / 2, 0.5, nu / (nu + square), square / (nu + square));
    return t > 0 ? 1 - tail : tail;
}
