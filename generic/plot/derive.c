#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "plot/derive.h"

enum { BINS_SUIT_MAX = 500 };

struct WeirDerived {
    WeirSeries *series;
    size_t of; /* how many points it was computed from */
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
    if (edges && !(WeirDrawable(edges[0]) && WeirDrawable(edges[count])))
        return WeirFail(err, WEIR_E_ARG,
                        "classes from %g to %g cannot be drawn: use edges within 1e300",
                        edges[0], edges[count]);
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

typedef struct Values {
    double *sorted; /* ascending; NULL when memory is short */
    size_t count;
} Values;

/* Whether two curves are counted together: themselves, and histograms that are shown in
 * one panel and have no classes of their own. */
static int CountTogether(const WeirCurve *a, const WeirCurve *b)
{
    const WeirCurveSpec *one = &a->spec, *two = &b->spec;
    return a == b || (one->style == WEIR_STYLE_HISTOGRAM && two->style == one->style &&
                      one->panel == two->panel && !one->bins && !two->bins &&
                      !one->hidden && !two->hidden);
}

/* How many points the curves have that are counted together with this one. */
static size_t CountPoints(const WeirFigure *figure, const WeirCurve *curve)
{
    size_t count = 0;
    int i;
    for (i = 0; i < figure->curveCount; i++)
        if (CountTogether(&figure->curves[i], curve))
            count += WeirSeriesCount(figure->curves[i].series);
    return count;
}

/* Whether a point is counted: not a gap, nor what a logarithm has no place for. */
static int IsCounted(double value, int xLog)
{
    return !isnan(value) && (!xLog || value > 0);
}

/* The values of the curves that are counted together with this one. */
static Values CollectValues(const WeirFigure *figure, const WeirCurve *curve, int xLog)
{
    Values values = { malloc((CountPoints(figure, curve) + 1) * sizeof(double)), 0 };
    double x, y;
    int c;
    for (c = 0; c < figure->curveCount && values.sorted; c++) {
        const WeirSeries *series = figure->curves[c].series;
        size_t n = WeirSeriesCount(series), i;
        for (i = 0; i < n && CountTogether(&figure->curves[c], curve); i++) {
            WeirSeriesAt(series, i, &x, &y);
            if (IsCounted(y, xLog))
                values.sorted[values.count++] = y;
        }
    }
    if (values.sorted)
        qsort(values.sorted, values.count, sizeof *values.sorted, Ascending);
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

/* The class of a value: from a lower edge to below the upper one, the last class with its
 * upper edge; -1 outside. */
static int ClassOf(double value, const double *edges, int bins)
{
    int lo = 0, hi = bins;
    if (value < edges[0] || value > edges[bins])
        return -1;
    while (hi - lo > 1) {
        int middle = lo + (hi - lo) / 2;
        if (value < edges[middle])
            hi = middle;
        else
            lo = middle;
    }
    return lo;
}

/* The height above each edge, 0 above the last; what lies outside of the classes counts
 * for the share, and is not drawn. */
static void FillHistogram(const WeirCurve *curve, const Values *values, int xLog,
                          WeirSeries *out)
{
    const WeirCurveSpec *spec = &curve->spec;
    double *edges, *counts, total = 0, x, y;
    int bins = Edges(spec->bins, values->sorted, values->count, xLog, &edges), i;
    size_t n = WeirSeriesCount(curve->series), k;
    counts = calloc((size_t)bins + 1, sizeof *counts);
    for (k = 0; k < n && edges && counts; k++) {
        WeirSeriesAt(curve->series, k, &x, &y);
        i = IsCounted(y, xLog) ? ClassOf(y, edges, bins) : -1;
        total += IsCounted(y, xLog);
        if (i >= 0)
            counts[i]++;
    }
    for (i = 0; i <= bins && total > 0; i++) {
        double height = counts[i];
        if (spec->height != WEIR_HEIGHT_COUNT)
            height /= total;
        if (spec->height == WEIR_HEIGHT_DENSITY && i < bins)
            height /= edges[i + 1] - edges[i];
        WeirSeriesAppend(out, edges[i], height);
    }
    free(counts);
    free(edges);
}

/* ------------------------------------------------------------ distribution function */

/* One step for each value that occurs: the share of values not above it, or of those
 * above it.  The survival function does not go down to 0, which no logarithm has. */
static void FillCdf(const Values *values, int isSurvival, WeirSeries *out)
{
    const double *sorted = values->sorted;
    size_t count = values->count;
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

static WeirSeries *Derive(const WeirCurve *curve, const Values *values, int xLog)
{
    WeirSeries *out = WeirSeriesNew();
    if (!out || !values->sorted || values->count == 0)
        return out;
    if (curve->spec.style == WEIR_STYLE_HISTOGRAM)
        FillHistogram(curve, values, xLog, out);
    else
        FillCdf(values, curve->spec.style == WEIR_STYLE_SURVIVAL, out);
    return out;
}

/* Compute a curve, and with it those that are counted together. */
static void Renew(const WeirFigure *figure, const WeirCurve *curve, int xLog)
{
    Values values = CollectValues(figure, curve, xLog);
    size_t of = CountPoints(figure, curve);
    int i;
    for (i = 0; i < figure->curveCount; i++) {
        WeirCurve *other = &figure->curves[i];
        WeirDerived *d = other->derived;
        if (!CountTogether(other, curve))
            continue;
        if (!d)
            d = other->derived = calloc(1, sizeof *d);
        if (!d)
            continue;
        WeirSeriesFree(d->series);
        *d = (WeirDerived){ Derive(other, &values, xLog), of, xLog };
    }
    free(values.sorted);
}

const WeirSeries *WeirCurveShown(const WeirFigure *figure, WeirCurve *curve, int xLog)
{
    const WeirDerived *d = curve->derived;
    if (curve->spec.style < WEIR_STYLE_HISTOGRAM)
        return curve->series;
    if (!d || !d->series || d->of != CountPoints(figure, curve) || d->xLog != xLog)
        Renew(figure, curve, xLog);
    return curve->derived && curve->derived->series ? curve->derived->series
                                                    : curve->series;
}
