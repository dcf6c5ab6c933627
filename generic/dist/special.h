/* The special functions that distribution functions are made of.  Pure and thread-safe.
 * Relative accuracy about 1e-9 at a = 1e6, better below. */
#ifndef WEIR_SPECIAL_H
#define WEIR_SPECIAL_H

/* ln Gamma(x), x > 0. */
double WeirLogGamma(double x);
/* The derivative of ln Gamma, x > 0. */
double WeirDigamma(double x);
/* The regularised incomplete gamma functions P(a,x) and Q(a,x) = 1 - P(a,x); a > 0, x >=
 * 0. */
double WeirGammaP(double a, double x);
double WeirGammaQ(double a, double x);
/* The regularised incomplete beta function I_x(a,b); y = 1 - x is given too, because the
 * caller can have it without cancellation. */
double WeirBetaI(double a, double b, double x, double y);
/* Distribution functions of the standard normal and of Student's t with nu degrees. */
double WeirNormalCdf(double z);
double WeirStudentCdf(double t, double nu);

#endif
