/* Streams, special functions, specifications, figures and fits of the dist room. */
#include "config.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/progress.h"
#include "dist/dist.h"
#include "dist/special.h"
#include "dist/words.h"
#include "check.h"

static void Near(const char *what, double got, double expected, double relative)
{
    if (got == expected || fabs(got - expected) <= relative * fabs(expected))
        return;
    printf("%s: %.17g, expected %.17g\n", what, got, expected);
    failures++;
}

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

/* ------------------------------------------------------------ streams */

/* First outputs for the state 1 2 3 4, as published with the reference code's ports. */
static void TestXoshiro(void)
{
    static const uint64_t expected[] = { 41943041, 58720359, UINT64_C(3588806011781223),
                                         UINT64_C(3591011842654386),
                                         UINT64_C(9228616714210784205) };
    WeirRng rng = { { 1, 2, 3, 4 } };
    int i;
    for (i = 0; i < 5; i++)
        CHECK(WeirRngNext(&rng) == expected[i]);
}

static void TestStreams(void)
{
    WeirRng a, again, otherName, otherSeed;
    int i, same = 0;
    WeirRngSeed(&a, 42, "flow1.idt");
    WeirRngSeed(&again, 42, "flow1.idt");
    WeirRngSeed(&otherName, 42, "flow1.size");
    WeirRngSeed(&otherSeed, 43, "flow1.idt");
    for (i = 0; i < 1000; i++) {
        uint64_t value = WeirRngNext(&a);
        CHECK(value == WeirRngNext(&again));
        same += value == WeirRngNext(&otherName);
        same += value == WeirRngNext(&otherSeed);
    }
    CHECK(same == 0);
    CHECK(WeirRngRandomSeed() != WeirRngRandomSeed());
}

/* A run of years ago must come out the same: the first draw of a named stream is fixed.
 */
static void TestStreamsStay(void)
{
    WeirRng rng;
    WeirRngSeed(&rng, 1, "flow1.idt");
    Near("first draw of stream flow1.idt of seed 1", WeirRngUniform(&rng),
         0.67312001184510073, 0);
}

static void TestItgRng(void)
{
    static const int sizes[] = { 318, 976, 796, 956, 222, 948,
                                 279, 987, 218, 741, 676, 430 };
    WeirItgRng rng;
    size_t i;
    WeirItgRngSeed(&rng, 0.25);
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
        CHECK((int)(950 * WeirItgRngUniform(&rng) + 50) == sizes[i]);
}

/* ------------------------------------------------------------ special functions */

/* Expected values computed with mpmath to 40 digits. */
static void TestSpecial(void)
{
    Near("P(0.5, 1)", WeirGammaP(0.5, 1), 8.42700792949714869e-1, 1e-14);
    Near("Q(0.5, 1)", WeirGammaQ(0.5, 1), 1.57299207050285131e-1, 1e-14);
    Near("P(3, 0.1)", WeirGammaP(3, 0.1), 1.54653070264671654e-4, 1e-14);
    Near("Q(2.5, 9)", WeirGammaQ(2.5, 9), 2.94640458788029037e-3, 1e-13);
    Near("P(10, 10)", WeirGammaP(10, 10), 5.42070285528147792e-1, 1e-13);
    Near("P(100, 70)", WeirGammaP(100, 70), 4.30372594979890858e-4, 1e-12);
    Near("Q(100, 130)", WeirGammaQ(100, 130), 2.75040836730652628e-3, 1e-12);
    Near("Q(1e5, 100500)", WeirGammaQ(1e5, 100500), 0.0571032699760287114, 1e-9);
    Near("I_0.3(2.5, 4)", WeirBetaI(2.5, 4, 0.3, 0.7), 0.352197585906767214, 1e-13);
    Near("I_0.7(2.5, 4)", WeirBetaI(2.5, 4, 0.7, 0.3), 0.951499458863626149, 1e-13);
    Near("digamma(1)", WeirDigamma(1), -0.577215664901532861, 1e-13);
    Near("digamma(0.1)", WeirDigamma(0.1), -10.4237549404110762, 1e-13);
    Near("digamma(7.5)", WeirDigamma(7.5), 1.94675748424608679, 1e-13);
    Near("digamma(1000)", WeirDigamma(1000), 6.90725519564881205, 1e-13);
    Near("normal(1.96)", WeirNormalCdf(1.96), 0.975002104851779564, 1e-14);
    Near("normal(-10)", WeirNormalCdf(-10), 7.61985302416052607e-24, 1e-13);
    Near("t(-2, 0.5)", WeirStudentCdf(-2, 0.5), 0.222757445091565616, 1e-13);
    Near("t(0.001, 5)", WeirStudentCdf(0.001, 5), 0.500379606613901175, 1e-13);
    Near("t(-12, 4)", WeirStudentCdf(-12, 4), 1.38214274251486477e-4, 1e-12);
    Near("t(1, 30)", WeirStudentCdf(1, 30), 0.837345692286985054, 1e-13);
    Near("t(-3, 1000)", WeirStudentCdf(-3, 1000), 0.00138335452211909623, 1e-11);
}

/* ------------------------------------------------------------ specifications */

/* What is printed is the canonical text, and parsing that gives the same again. */
static void TestPrint(void)
{
    static const char *const pairs[][2] = {
        { "512", "constant 512" },
        { " uniform\t1 2.50 ", "uniform 1 2.5" },
        { "exponential 1e-3", "exponential 0.001" },
        { "{normal} \"-1\" 0.1", "normal -1 0.1" },
        { "t 0 1 5", "student 0 1 5" },
        { "mixture {0.6 {exponential 4.29}} {0.4 10.75}",
          "mixture {0.6 {exponential 4.29}} {0.4 {constant 10.75}}" },
        { "inverse 1 {poisson 100}", "inverse 1 {poisson 100}" },
        { "onoff {pareto 1.5 1} 2 {exponential .1}",
          "onoff {pareto 1.5 1} {constant 2} {exponential 0.1}" },
        { "empirical {1 2} 3 {}", "empirical 1 2 3" },
        { "replay 3 0.1 3", "replay 3 0.1 3" },
        { "lognormal 0 0.33333333333333331", "lognormal 0 0.3333333333333333" },
    };
    size_t i;
    for (i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        WeirDist *d = Make(pairs[i][0]), *again;
        char *text = WeirDistPrint(d), *twice;
        again = Make(text);
        twice = WeirDistPrint(again);
        if (strcmp(text, pairs[i][1]) != 0 || strcmp(text, twice) != 0) {
            printf("{%s} prints as {%s} and then {%s}\n", pairs[i][0], text, twice);
            failures++;
        }
        free(text);
        free(twice);
        WeirDistUnref(d);
        WeirDistUnref(again);
    }
}

static void TestRefuse(void)
{
    static const char deep[] = "inverse 1 {inverse 1 {inverse 1 {inverse 1 {inverse 1 "
                               "{inverse 1 {inverse 1 {inverse 1 1}}}}}}}";
    static const char *const bad[] = {
        "",
        "{",
        "\"",
        "{constant}1",
        "nosuch 1",
        "constant",
        "constant x",
        "constant inf",
        "constant nan",
        "constant 0x10",
        "constant 1e101",
        "constant 1 2",
        "uniform 1",
        "exponential 0",
        "exponential -1",
        "normal 0 0",
        "poisson 1e7",
        "pareto 0 1",
        "weibull 1 -1",
        "student 0 1",
        "mixture",
        "mixture {1}",
        "mixture {0 5}",
        "mixture {1 {exponential}}",
        "mixture {1 {onoff 1 1 1}}",
        "inverse 0 5",
        "inverse 1 {uniform -1 1}",
        deep,
        "onoff 1 1",
        "onoff 1 1 {constant 0}",
        "onoff 1 1 {onoff 1 1 1}",
        "empirical",
        "empirical {}",
        "empirical 1 x",
        "empirical -file",
        "empirical -file /nonexistent/values",
        "replay -file /",
    };
    size_t i;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        WeirDist *d = (WeirDist *)1;
        WeirErr err = { 0, 0, "" };
        int rc = WeirDistParse(bad[i], &d, &err);
        if (rc == 0 || rc != err.code || !*err.text || d) {
            printf("{%s} is accepted or has no reason\n", bad[i]);
            failures++;
        }
    }
}

/* Words that need quoting come back the same. */
static void TestWords(void)
{
    static const char *const words[] = { "a",         "",         "a b",   "{",
                                         "}{",        "a\\",      "\"q\"", "$x[y];#",
                                         "tab\there", "new\nline" };
    char *text;
    size_t len, i;
    FILE *out = open_memstream(&text, &len);
    WeirWords split;
    for (i = 0; i < sizeof words / sizeof *words; i++) {
        WeirWordPrint(out, words[i]);
        fputc(' ', out);
    }
    fclose(out);
    CHECK(WeirWordsSplit(text, &split, NULL) == 0);
    CHECK(split.count == sizeof words / sizeof *words);
    for (i = 0; i < split.count; i++)
        CHECK(strcmp(split.word[i], words[i]) == 0);
    WeirWordsFree(&split);
    free(text);
}

/* Random texts out of the language's own pieces: whatever is accepted prints, parses
 * again and draws numbers. */
static void TestGarbage(void)
{
    static const char *const pieces[] = { "constant",  "uniform",   "exponential",
                                          "normal",    "lognormal", "poisson",
                                          "pareto",    "cauchy",    "gamma",
                                          "weibull",   "t",         "mixture",
                                          "inverse",   "onoff",     "replay",
                                          "empirical", "-file",     "0",
                                          "1",         "-1",        "0.5",
                                          "1e99",      "1e-99",     "1e6",
                                          "nan",       "{",         "{",
                                          "}",         "}",         "\"",
                                          "\\",        "{1 2}",     "{1 {poisson 3}}",
                                          "x" };
    const uint64_t count = sizeof pieces / sizeof *pieces;
    int round, accepted = 0;
    WeirRng rng;
    WeirRngSeed(&rng, 5, "garbage");
    for (round = 0; round < 200000; round++) {
        char text[200] = "";
        int n = 1 + (int)(WeirRngNext(&rng) % 7);
        WeirDist *d, *again;
        for (; n > 0; n--) {
            strcat(text, pieces[WeirRngNext(&rng) % count]);
            strcat(text, WeirRngNext(&rng) % 8 ? " " : "");
        }
        if (WeirDistParse(text, &d, NULL) == 0) {
            WeirSampler *s = WeirSamplerNew(d, &rng);
            char *printed = WeirDistPrint(d);
            double p = 0, q = 0;
            accepted++;
            for (n = 0; n < 5; n++)
                CHECK(!isnan(WeirSamplerNext(s)));
            if (WeirDistQuantile(d, 0.3, &q, NULL) == 0)
                CHECK(!isnan(q) && WeirDistCdf(d, q, &p, NULL) == 0 && p >= 0 && p <= 1);
            CHECK(WeirDistParse(printed, &again, NULL) == 0);
            WeirDistUnref(again);
            free(printed);
            WeirSamplerFree(s);
            WeirDistUnref(d);
        }
    }
    CHECK(accepted > 500);
}

/* ------------------------------------------------------------ figures */

typedef struct Figures {
    const char *spec;
    double mean, variance;
} Figures;

static void TestMoments(void)
{
    static const Figures rows[] = {
        { "uniform 4 1", 2.5, 0.75 },
        { "lognormal 0 1", 1.6487212707001282, 4.670774270471604 },
        { "pareto 3 2", 3, 3 },
        { "pareto 2 1", 2, INFINITY },
        { "pareto 1 1", INFINITY, INFINITY },
        { "cauchy 0 1", NAN, NAN },
        { "weibull 2 1", 0.886226925452758, 0.21460183660255172 },
        { "weibull 0.005 1", INFINITY, INFINITY },
        { "student 3 2 5", 3, 4 * 5.0 / 3 },
        { "student 3 2 2", 3, INFINITY },
        { "student 3 2 1", NAN, NAN },
        { "mixture {1 {normal 0 1}} {3 {constant 4}}", 3, 3.25 },
        { "mixture {1 {normal 0 1}} {3 {pareto 1 1}}", INFINITY, INFINITY },
        { "inverse 6 {constant 3}", 2, 0 },
        { "inverse 1 {uniform 1 2}", 0.6931471805599453, 0.5 - 0.4804530139182014 },
        { "inverse 1 {uniform 2 0}", INFINITY, INFINITY },
        { "inverse 1 {gamma 3 1}", 0.5, 0.25 },
        { "inverse 1 {weibull 2 1}", 1.7724538509055161, INFINITY },
        { "inverse 1 {pareto 2 1}", 2.0 / 3, 0.5 - 4.0 / 9 },
        { "inverse 1 {lognormal 0 1}", 1.6487212707001282, 4.670774270471604 },
        { "inverse 1 {poisson 5}", INFINITY, INFINITY },
        { "inverse 2 {inverse 1 {exponential 3}}", 6, 36 },
        { "inverse 1 {empirical 1 2 4}", 1.75 / 3, 1.3125 / 3 - 1.75 * 1.75 / 9 },
        { "replay 1 2 3", 2, 2.0 / 3 },
        { "onoff {constant 1} {constant 5} {constant 0.1}", 0.6, NAN },
        { "onoff {exponential 1} {exponential 3} {exponential 0.5}", 1.5, NAN },
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        WeirDist *d = Make(rows[i].spec);
        double mean = WeirDistMean(d), variance = WeirDistVariance(d);
        if (!(isnan(mean) && isnan(rows[i].mean)))
            Near(rows[i].spec, mean, rows[i].mean, 1e-12);
        if (!(isnan(variance) && isnan(rows[i].variance)))
            Near(rows[i].spec, variance, rows[i].variance, 1e-12);
        WeirDistUnref(d);
    }
}

/* The quantile is the smallest x whose cdf is at least p, up to rounding. */
static void TestQuantiles(void)
{
    static const char *const specs[] = { "uniform 3 1",
                                         "exponential 5",
                                         "normal 2 3",
                                         "lognormal 1 2",
                                         "poisson 0.1",
                                         "poisson 7",
                                         "poisson 1e4",
                                         "pareto 1.5 2",
                                         "cauchy 0 1",
                                         "gamma 0.3 2",
                                         "gamma 9 2",
                                         "weibull 0.5 1",
                                         "student 0 1 1.5",
                                         "student 5 2 30",
                                         "empirical 3 1 2 2",
                                         "constant -4",
                                         "inverse 1 {poisson 20}",
                                         "inverse 3 {gamma 2 1}",
                                         "mixture {1 {normal 0 1}} {2 {poisson 3}}" };
    static const double ps[] = { 1e-6, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999999 };
    size_t i, j;
    for (i = 0; i < sizeof specs / sizeof *specs; i++) {
        WeirDist *d = Make(specs[i]);
        for (j = 0; j < sizeof ps / sizeof *ps; j++) {
            double x = NAN, at = NAN, below = NAN, step;
            CHECK(WeirDistQuantile(d, ps[j], &x, NULL) == 0);
            step = 1e-9 * fabs(x) + 1e-12;
            CHECK(WeirDistCdf(d, x + step, &at, NULL) == 0);
            CHECK(WeirDistCdf(d, x - step, &below, NULL) == 0);
            if (!(at >= ps[j] && below <= ps[j])) {
                printf("%s: quantile %g is %.17g\n", specs[i], ps[j], x);
                failures++;
            }
        }
        WeirDistUnref(d);
    }
}

static void CheckEnds(const char *spec, double low, double high)
{
    WeirDist *d = Make(spec);
    double at0 = NAN, at1 = NAN, p = NAN;
    CHECK(WeirDistQuantile(d, 0, &at0, NULL) == 0 &&
          WeirDistQuantile(d, 1, &at1, NULL) == 0);
    if (at0 != low || at1 != high) {
        printf("%s: from %g to %g\n", spec, at0, at1);
        failures++;
    }
    CHECK(WeirDistCdf(d, INFINITY, &p, NULL) == 0 && p == 1);
    CHECK(WeirDistCdf(d, -INFINITY, &p, NULL) == 0 && p == 0);
    CHECK(WeirDistQuantile(d, 1.1, &p, NULL) == WEIR_E_ARG);
    CHECK(WeirDistQuantile(d, NAN, &p, NULL) == WEIR_E_ARG);
    CHECK(WeirDistCdf(d, NAN, &p, NULL) == WEIR_E_ARG);
    WeirDistUnref(d);
}

static void TestEnds(void)
{
    CheckEnds("constant 4", 4, 4);
    CheckEnds("uniform 3 1", 1, 3);
    CheckEnds("exponential 5", 0, INFINITY);
    CheckEnds("normal 2 3", -INFINITY, INFINITY);
    CheckEnds("lognormal 2 3", 0, INFINITY);
    CheckEnds("poisson 3", 0, INFINITY);
    CheckEnds("pareto 3 2", 2, INFINITY);
    CheckEnds("cauchy 3 2", -INFINITY, INFINITY);
    CheckEnds("gamma 3 2", 0, INFINITY);
    CheckEnds("weibull 3 2", 0, INFINITY);
    CheckEnds("student 3 2 1", -INFINITY, INFINITY);
    CheckEnds("mixture {1 {uniform 1 2}} {1 {uniform 5 6}}", 1, 6);
    CheckEnds("inverse 1 {uniform 2 4}", 0.25, 0.5);
    CheckEnds("inverse 1 {poisson 4}", 0, INFINITY);
    CheckEnds("empirical 5 3 9", 3, 9);
}

/* ------------------------------------------------------------ processes */

static void TestOnOff(void)
{
    WeirDist *d = Make("onoff {constant 1} {replay 5 7} {constant 0.1}");
    WeirRng rng;
    WeirSampler *s;
    double p;
    int i;
    WeirRngSeed(&rng, 1, "");
    s = WeirSamplerNew(d, &rng);
    for (i = 1; i <= 30; i++)
        Near("gap of a burst", WeirSamplerNext(s),
             i % 10    ? 0.1
             : i == 20 ? 7.1
                       : 5.1,
             1e-15);
    CHECK(WeirDistCdf(d, 1, &p, NULL) == WEIR_E_NOSUPPORT);
    WeirSamplerFree(s);
    WeirDistUnref(d);
}

/* The mean over many bursts is the one that is told. */
static void TestOnOffMean(const char *spec, double within)
{
    enum { N = 300000 };
    WeirDist *d = Make(spec);
    WeirRng rng;
    WeirSampler *s;
    double sum = 0;
    int i;
    WeirRngSeed(&rng, 3, spec);
    s = WeirSamplerNew(d, &rng);
    for (i = 0; i < N; i++)
        sum += WeirSamplerNext(s);
    Near(spec, sum / N, WeirDistMean(d), within);
    WeirSamplerFree(s);
    WeirDistUnref(d);
}

/* ------------------------------------------------------------ fits */

/* Draw from `spec` and fit its family: every parameter within a share of itself. */
static void CheckFit(const char *spec, double share)
{
    enum { N = 50000 };
    static double x[N];
    WeirDist *d = Make(spec), *fitted = NULL;
    WeirWords want, got;
    WeirRng rng;
    WeirSampler *s;
    WeirErr err = { 0, 0, "" };
    char *text;
    size_t i;
    WeirRngSeed(&rng, 9, spec);
    s = WeirSamplerNew(d, &rng);
    for (i = 0; i < N; i++)
        x[i] = WeirSamplerNext(s);
    WeirSamplerFree(s);
    WeirDistUnref(d);
    WeirWordsSplit(spec, &want, NULL);
    if (WeirDistFit(want.word[0], x, N, &fitted, &err) < 0) {
        printf("fit of %s: %s\n", spec, err.text);
        failures++;
        WeirWordsFree(&want);
        return;
    }
    text = WeirDistPrint(fitted);
    WeirWordsSplit(text, &got, NULL);
    for (i = 1; i < want.count; i++)
        if (fabs(atof(got.word[i]) - atof(want.word[i])) >
            share * fabs(atof(want.word[i]))) {
            printf("fit of %s: %s\n", spec, text);
            failures++;
        }
    WeirWordsFree(&want);
    WeirWordsFree(&got);
    free(text);
    WeirDistUnref(fitted);
}

static void TestFits(void)
{
    CheckFit("constant 5", 0);
    CheckFit("uniform 2 9", 1e-3);
    CheckFit("exponential 0.01", 0.02);
    CheckFit("normal 10 3", 0.02);
    CheckFit("lognormal 2 0.5", 0.02);
    CheckFit("poisson 4", 0.02);
    CheckFit("pareto 1.3 40", 0.02);
    CheckFit("cauchy 50 3", 0.03);
    CheckFit("gamma 0.4 7", 0.03);
    CheckFit("gamma 300 7", 0.03);
    CheckFit("weibull 0.6 100", 0.03);
    CheckFit("weibull 8 100", 0.03);
    CheckFit("student 20 3 1.5", 0.05);
    CheckFit("student 20 3 6", 0.1);
}

static void RefuseFit(const char *family, int code, const double *x, size_t count)
{
    WeirDist *d;
    WeirErr err = { 0, 0, "" };
    if (WeirDistFit(family, x, count, &d, &err) != code || !*err.text) {
        printf("fit of %s is accepted or of the wrong class\n", family);
        failures++;
    }
}

static void TestRefuseFits(void)
{
    static const double equal[] = { 3, 3, 3, 3 }, mixed[] = { -1, 0, 2.5, 4 };
    static const double spike[] = { 0, 0, 0, 0, 0, 7, 8 }, zero[] = { 0, 0 };
    static const double bad[] = { 1, INFINITY };
    static const char *const spread[] = { "normal", "lognormal", "pareto", "cauchy",
                                          "gamma",  "weibull",   "student" };
    static const char *const positive[] = { "exponential", "lognormal", "poisson",
                                            "pareto",      "gamma",     "weibull" };
    static const char *const none[] = { "mixture", "inverse", "onoff" };
    size_t i;
    for (i = 0; i < sizeof spread / sizeof *spread; i++)
        RefuseFit(spread[i], WEIR_E_ARG, equal, 4);
    for (i = 0; i < sizeof positive / sizeof *positive; i++)
        RefuseFit(positive[i], WEIR_E_ARG, mixed, 4);
    for (i = 0; i < sizeof none / sizeof *none; i++)
        RefuseFit(none[i], WEIR_E_NOSUPPORT, mixed, 4);
    RefuseFit("cauchy", WEIR_E_ARG, spike, 7);
    RefuseFit("exponential", WEIR_E_ARG, zero, 2);
    RefuseFit("normal", WEIR_E_ARG, bad, 2);
    RefuseFit("normal", WEIR_E_ARG, mixed, 0);
    RefuseFit("nosuch", WEIR_E_ARG, mixed, 4);
}

/* Asks a fit to stop when it was told of so many passes. */
static int StopAfter(void *left, const WeirProgress *progress)
{
    return (*(int *)left)-- <= 0;
}

static void TestStoppedFits(void)
{
    static const char *const families[] = { "cauchy", "student", "gamma", "weibull" };
    static const double x[] = { 1, 2, 3, 4, 5, 6, 9, 20 };
    size_t i;
    for (i = 0; i < sizeof families / sizeof *families; i++) {
        int left = 3;
        WeirOnlooker before = WeirProgressSetOnlooker((WeirOnlooker){ StopAfter, &left });
        WeirDist *d = NULL;
        WeirErr err = { 0, 0, "" };
        CHECK(WeirDistFit(families[i], x, 8, &d, &err) == WEIR_E_STATE);
        CHECK(strcmp(err.text, "dist fit was interrupted") == 0);
        CHECK(left == -1);
        WeirProgressSetOnlooker(before);
        WeirDistUnref(d);
        CHECK(WeirDistFit(families[i], x, 8, &d, &err) == WEIR_OK);
        WeirDistUnref(d);
    }
}

int main(void)
{
    TestXoshiro();
    TestStreams();
    TestStreamsStay();
    TestItgRng();
    TestSpecial();
    TestPrint();
    TestRefuse();
    TestWords();
    TestGarbage();
    TestMoments();
    TestQuantiles();
    TestEnds();
    TestOnOff();
    TestOnOffMean("onoff {exponential 1} {exponential 3} {exponential 0.05}", 0.03);
    TestOnOffMean("onoff {uniform 1 2} {constant 1} {gamma 4 0.01}", 0.01);
    TestFits();
    TestRefuseFits();
    TestStoppedFits();
    return failures != 0;
}
