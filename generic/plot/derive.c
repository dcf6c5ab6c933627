#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "plot/derive.h"

enum { BINS_SUIT_MAX = 500 };

struct WeirDerived {
    WeirSeries *series;
    size_t of; /* how many values it was computed from */
    int xLog;
};

void WeirDerivedFree(WeirDerived *derived)
{
    if (!derived)
        return;
    WeirSeriesFree(derived->series);
    free(derived);
}

/* ------------------------------------------------------------ classes */

int WeirBinsNew(int count, const double *edges, WeirBins **out, WeirErr *err)
{
    WeirBins *bins;
    int i;
    if (count < 1 || count > WEIR_BINS_MAX)
        return WeirFail(err, WEIR_E_ARG, "%d classes are not possible: use 1 to %d",
                        count, WEIR_BINS_MAX);
    for (i = 0; edges && i < count; i++)
        if (!(edges[i] < edges[i + 1]))
            return WeirFail(err, WEIR_E_ARG,
                            "the edges %.15g and %.15g do not ascend: use numbers each "
                            "of which is above the one before",
                            edges[i], edges[i + 1]);
    bins = calloc(1, sizeof *bins);
    if (bins && edges)
        bins->edges = malloc(((size_t)count + 1) * sizeof *edges);
    if (!bins || (edges && !bins->edges)) {
        free(bins);
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    }
    bins->count = count;
    if (edges)
        memcpy(bins->edges, edges, ((size_t)count + 1) * sizeof *edges);
    *out = bins;
    return WEIR_OK;
}

WeirBins *WeirBinsCopy(const WeirBins *bins)
{
    WeirBins *copy = NULL;
    return WeirBinsNew(bins->count, bins->edges, &copy, NULL) < 0 ? NULL : copy;
}

void WeirBinsFree(WeirBins *bins)
{
    if (!bins)
        return;
    free(bins->edges);
    free(bins);
}

/* The number below which a share of ascending numbers lies. */
static double Quantile(const double *sorted, size_t count, double share)
{
    double at = share * (double)(count - 1), below = floor(at);
    size_t i = (size_t)below;
    return i + 1 < count ? sorted[i] + (at - below) * (sorted[i + 1] - sorted[i])
                         : sorted[i];
}

/* How many equal classes suit `count` ascending numbers: of the width 2 IQR / cbrt(n)
 * (Freedman and Diaconis, "On the histogram as a density estimator", 1981), or as many as
 * log2 n + 1 (Sturges) when half of the numbers are equal; 1 to 500. */
static int SuitingCount(const double *sorted, size_t count)
{
    double range = sorted[count - 1] - sorted[0], width, suit;
    width = 2 * (Quantile(sorted, count, 0.75) - Quantile(sorted, count, 0.25)) /
            cbrt((double)count);
    suit = width > 0 ? ceil(range / width) : ceil(log2((double)count)) + 1;
    return (int)fmax(1, fmin(suit, BINS_SUIT_MAX));
}

/* ------------------------------------------------------------ values */

static int Ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The values that an axis has a place for, ascending, in memory to be freed. */
static double *SortedValues(const WeirSeries *series, int xLog, size_t *count)
{
    size_t n = WeirSeriesCount(series), i;
    double *values = malloc((n + 1) * sizeof *values), x;
    *count = 0;
    for (i = 0; values && i < n; i++) {
        WeirSeriesAt(series, i, &x, &values[*count]);
        *count += !isnan(values[*count]) && (!xLog || values[*count] > 0);
    }
    if (values)
        qsort(values, *count, sizeof *values, Ascending);
    return values;
}

/* ------------------------------------------------------------ histogram */

/* Edges of `bins` equal classes from lo to hi, on a logarithm if wanted. */
static void EqualEdges(double lo, double hi, int bins, int xLog, double *edges)
{
    int i;
    for (i = 0; i <= bins; i++) {
        double share = (double)i / bins;
        edges[i] = xLog ? lo * pow(hi / lo, share) : lo + (hi - lo) * share;
    }
    edges[0] = lo;
    edges[bins] = hi; /* not off by a rounding */
}

/* How many classes suit values, on the axis they are seen on. */
static int Suit(const double *sorted, size_t count, int xLog)
{
    double *logs;
    size_t i;
    int bins;
    if (!xLog)
        return SuitingCount(sorted, count);
    logs = malloc(count * sizeof *logs);
    if (!logs)
        return 1;
    for (i = 0; i < count; i++)
        logs[i] = log10(sorted[i]);
    bins = SuitingCount(logs, count);
    free(logs);
    return bins;
}

/* The classes of these values.  Returns their number, and the edges in memory to be freed
 * or NULL. */
static int Edges(const WeirBins *wish, const double *sorted, size_t count, int xLog,
                 double **edges)
{
    int bins = wish ? wish->count : Suit(sorted, count, xLog);
    double lo = sorted[0], hi = sorted[count - 1];
    if (!(hi - lo > 1e-12 * fmax(fabs(lo), fabs(hi)))) { /* all are the same */
        double room = lo == 0 ? 0.5 : 0.05 * fabs(lo);
        lo -= room;
        hi += room;
        bins = wish ? bins : 1;
    }
    *edges = malloc(((size_t)bins + 1) * sizeof **edges);
    if (*edges && wish && wish->edges)
        memcpy(*edges, wish->edges, ((size_t)bins + 1) * sizeof **edges);
    else if (*edges)
        EqualEdges(lo, hi, bins, xLog, *edges);
    return bins;
}

/* A class has the values from its lower edge to below its upper one, the last one with
 * its upper edge; what lies outside counts for the share, and is not drawn. */
static void FillHistogram(const WeirCurveSpec *spec, const double *sorted, size_t count,
                          int xLog, WeirSeries *out)
{
    double *edges;
    int bins = Edges(spec->bins, sorted, count, xLog, &edges), i;
    size_t at = 0;
    while (edges && at < count && sorted[at] < edges[0])
        at++;
    for (i = 0; edges && i < bins; i++) {
        size_t from = at;
        double height;
        while (at < count && (sorted[at] < edges[i + 1] ||
                              (i == bins - 1 && sorted[at] <= edges[bins])))
            at++;
        height = (double)(at - from);
        if (spec->height != WEIR_HEIGHT_COUNT)
            height /= (double)count;
        if (spec->height == WEIR_HEIGHT_DENSITY)
            height /= edges[i + 1] - edges[i];
        WeirSeriesAppend(out, edges[i], height);
    }
    if (edges)
        WeirSeriesAppend(out, edges[bins], 0);
    free(edges);
}

/* ------------------------------------------------------------ distribution function */

/* One step for each value that occurs: the share of values not above it, or of those
 * above it.  The survival function does not go down to 0, which no logarithm has. */
static void FillCdf(const double *sorted, size_t count, int isSurvival, WeirSeries *out)
{
    double level = isSurvival ? 1 : 0;
    size_t i;
    WeirSeriesAppend(out, sorted[0], level);
    for (i = 0; i < count; i++) {
        double share = (double)(i + 1) / (double)count;
        if (i + 1 < count && sorted[i + 1] == sorted[i])
            continue;
        if (!isSurvival)
            level = share;
        else if (i + 1 < count)
            level = 1 - share;
        WeirSeriesAppend(out, sorted[i], level);
    }
}

/* ------------------------------------------------------------ what is shown */

static WeirSeries *Derive(const WeirCurve *curve, int xLog)
{
    WeirSeries *out = WeirSeriesNew();
    size_t count;
    double *sorted = SortedValues(curve->series, xLog, &count);
    if (out && sorted && count > 0) {
        if (curve->spec.style == WEIR_STYLE_HISTOGRAM)
            FillHistogram(&curve->spec, sorted, count, xLog, out);
        else
            FillCdf(sorted, count, curve->spec.style == WEIR_STYLE_SURVIVAL, out);
    }
    free(sorted);
    return out;
}

const WeirSeries *WeirCurveShown(WeirCurve *curve, int xLog)
{
    size_t count = WeirSeriesCount(curve->series);
    WeirDerived *d = curve->derived;
    if (curve->spec.style < WEIR_STYLE_HISTOGRAM)
        return curve->series;
    if (!d)
        d = curve->derived = calloc(1, sizeof *d);
    if (d && (!d->series || d->of != count || d->xLog != xLog)) {
        WeirSeriesFree(d->series);
        *d = (WeirDerived){ Derive(curve, xLog), count, xLog };
    }
    return d && d->series ? d->series : curve->series;
}
