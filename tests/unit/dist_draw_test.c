/* A million draws of every family, with a fixed seed, against its own distribution
 * function (Kolmogorov and Smirnov) and its moments. */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dist/dist.h"
#include "stat/moments.h"

enum { DRAWS = 1000000, STRIDE = 20 };

/* P(sqrt(n) D > 1.95) is about 0.001; for discrete distributions less. */
static const double critical = 1.95;

static double x[DRAWS];
static int failures;

static WeirDist *Make(const char *spec)
{
    WeirDist *d = NULL;
    WeirErr err;
    if (WeirDistParse(spec, &d, &err) < 0) {
        printf("%s: %s\n", spec, err.text);
        exit(1);
    }
    return d;
}

/* Ascending: radix sort by 16 bits of the doubles' bits, those of negative ones turned
 * over so that they order like integers. */
static void Sort(void)
{
    static uint64_t keys[2][DRAWS];
    uint64_t *from = keys[0], *to = keys[1], *swap;
    const uint64_t top = UINT64_C(1) << 63;
    int i, shift;
    memcpy(from, x, sizeof x);
    for (i = 0; i < DRAWS; i++)
        from[i] = from[i] & top ? ~from[i] : from[i] | top;
    for (shift = 0; shift < 64; shift += 16) {
        static int start[65537];
        memset(start, 0, sizeof start);
        for (i = 0; i < DRAWS; i++)
            start[(from[i] >> shift & 0xffff) + 1]++;
        for (i = 0; i < 65536; i++)
            start[i + 1] += start[i];
        for (i = 0; i < DRAWS; i++)
            to[start[from[i] >> shift & 0xffff]++] = from[i];
        swap = from;
        from = to;
        to = swap;
    }
    for (i = 0; i < DRAWS; i++)
        from[i] = from[i] & top ? from[i] & ~top : ~from[i];
    memcpy(x, from, sizeof x);
}

/* sqrt(n) times the largest distance between the distribution function and the share of
 * the sorted x up to the same point; of a continuous one every STRIDE-th point is looked
 * at. */
static double Distance(const WeirDist *d, int step)
{
    double worst = 0;
    int i;
    for (i = step - 1; i < DRAWS; i += step) {
        double p;
        if (i + 1 < DRAWS && x[i + 1] == x[i])
            continue;
        if (WeirDistCdf(d, x[i], &p, NULL) < 0)
            return INFINITY;
        worst = fmax(worst, fabs(p - (i + 1.0) / DRAWS));
    }
    return worst * sqrt(DRAWS);
}

/* The mean must be within five of its standard errors, the variance within the given
 * share of itself (0: not looked at, for heavy tails). */
static void CheckMoments(const char *spec, const WeirDist *d, double share)
{
    WeirMoments m = { 0 };
    double mean = WeirDistMean(d), variance = WeirDistVariance(d), gap;
    int i;
    for (i = 0; i < DRAWS; i++)
        WeirMomentsAdd(&m, x[i]);
    if (isfinite(variance)) {
        gap = fabs(WeirMomentsMean(&m) - mean);
        if (gap > 5 * sqrt(variance / DRAWS) + 1e-12 * fabs(mean)) {
            printf("%s: mean %.8g, expected %.8g\n", spec, WeirMomentsMean(&m), mean);
            failures++;
        }
    }
    if (share > 0 && !(fabs(WeirMomentsVariance(&m) - variance) <= share * variance)) {
        printf("%s: variance %.8g, expected %.8g\n", spec, WeirMomentsVariance(&m),
               variance);
        failures++;
    }
}

static void Draw(WeirSampler *s)
{
    int i;
    for (i = 0; i < DRAWS; i++)
        x[i] = WeirSamplerNext(s);
    WeirSamplerFree(s);
    Sort();
}

static void CheckDraws(const char *spec, double share, int discrete, int itg)
{
    WeirDist *d = Make(spec);
    WeirItgRng itgRng;
    WeirRng rng;
    double distance;
    WeirRngSeed(&rng, 20240501, spec);
    WeirItgRngSeed(&itgRng, 0.25);
    Draw(itg ? WeirSamplerNewItg(d, &itgRng) : WeirSamplerNew(d, &rng));
    CheckMoments(spec, d, share);
    distance = Distance(d, discrete ? 1 : STRIDE);
    if (!(distance < critical)) {
        printf("%s%s: distance %.3f\n", spec, itg ? " (newran)" : "", distance);
        failures++;
    }
    WeirDistUnref(d);
}

/* The measure itself: a shift of a hundredth of a deviation must show. */
static void TestMeasure(void)
{
    WeirDist *d = Make("normal 0 1"), *shifted = Make("normal 0.01 1");
    WeirRng rng;
    WeirRngSeed(&rng, 1, "measure");
    Draw(WeirSamplerNew(d, &rng));
    if (Distance(shifted, STRIDE) < critical) {
        printf("a shifted normal is not noticed\n");
        failures++;
    }
    WeirDistUnref(d);
    WeirDistUnref(shifted);
}

typedef struct Row {
    const char *spec;
    double share; /* of the variance */
    int discrete;
} Row;

static const Row rows[] = {
    { "constant 3", 0, 1 },
    { "uniform 2 -1", 0.01, 0 },
    { "exponential 0.001", 0.01, 0 },
    { "normal -5 2", 0.01, 0 },
    { "lognormal 1 0.5", 0.03, 0 },
    { "poisson 0.3", 0.01, 1 },
    { "poisson 9.9", 0.01, 1 },
    { "poisson 10", 0.01, 1 },
    { "poisson 2500", 0.01, 1 },
    { "pareto 6 100", 0.1, 0 },
    { "pareto 0.8 100", 0, 0 },
    { "cauchy 10 3", 0, 0 },
    { "gamma 0.2 5", 0.02, 0 },
    { "gamma 1 5", 0.01, 0 },
    { "gamma 40 5", 0.01, 0 },
    { "weibull 0.7 3", 0.03, 0 },
    { "weibull 4 3", 0.01, 0 },
    { "student 1 2 0.7", 0, 0 },
    { "student 1 2 8", 0.03, 0 },
    { "mixture {2 {normal 0 1}} {1 {uniform 3 9}} {1 {exponential 1}}", 0.01, 0 },
    { "mixture {1 {poisson 3}} {3 {constant 7}}", 0.01, 1 },
    { "scaled 3 {gamma 8 2}", 0.01, 0 },
    { "scaled 0.001 {poisson 20}", 0.01, 1 },
    { "inverse 1 {gamma 8 2}", 0.05, 0 },
    { "inverse 1 {poisson 50}", 0, 1 },
    { "empirical 5 1 1 9.5 2", 0.01, 1 },
    { "replay 5 1 1 9.5 2", 0.01, 1 },
};

/* Those that newran draws in its own way. */
static const Row newranRows[] = {
    { "normal -5 2", 0.01, 0 },
    { "cauchy 10 3", 0, 0 },
    { "gamma 0.2 5", 0.02, 0 },
    { "gamma 1 5", 0.01, 0 },
    { "gamma 40 5", 0.01, 0 },
    { "poisson 8", 0.01, 1 },
    { "poisson 8.01", 0.01, 1 },
    { "poisson 200", 0.01, 1 },
    { "student 1 2 0.7", 0, 0 },
    { "student 1 2 8", 0.03, 0 },
    { "mixture {2 {normal 0 1}} {1 {uniform 3 9}} {1 {exponential 1}}", 0.01, 0 },
    { "mixture {0.65 1} {0.2 2} {0.1 3} {0.04 {poisson 3}} {0.01 9}", 0.01, 1 },
};

int main(void)
{
    size_t i;
    TestMeasure();
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        CheckDraws(rows[i].spec, rows[i].share, rows[i].discrete, 0);
    for (i = 0; i < sizeof newranRows / sizeof *newranRows; i++)
        CheckDraws(newranRows[i].spec, newranRows[i].share, newranRows[i].discrete, 1);
    return failures != 0;
}
