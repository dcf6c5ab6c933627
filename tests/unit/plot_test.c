/* Ticks over many ranges, units, decimation against all points, and layouts in which
 * nothing overlaps. */
#include "config.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "plot/axis.h"
#include "plot/layout.h"
#include "plot/series.h"
#include "plot/unit.h"
#include "check.h"

/* Uniform in [0, 1). */
static double Draw(void)
{
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 11) / 9007199254740992.0;
}

/* ------------------------------------------------------------ ticks */

static int LabelCount(const WeirTicks *ticks)
{
    int i, n = 0;
    for (i = 0; i < ticks->count; i++)
        n += ticks->tick[i].label[0] != '\0';
    return n;
}

static int LabelsDistinct(const WeirTicks *ticks)
{
    int i, j;
    for (i = 0; i < ticks->count; i++)
        for (j = 0; j < i; j++)
            if (ticks->tick[i].label[0] &&
                strcmp(ticks->tick[i].label, ticks->tick[j].label) == 0)
                return 0;
    return 1;
}

static int TicksAscendWithin(const WeirTicks *ticks, const WeirAxis *axis)
{
    double low = 1e-6 * (axis->isLog ? axis->lo : axis->hi - axis->lo);
    double high = 1e-6 * (axis->isLog ? axis->hi : axis->hi - axis->lo);
    int i;
    for (i = 0; i < ticks->count; i++) {
        double value = ticks->tick[i].value;
        if (value < axis->lo - low || value > axis->hi + high)
            return 0;
        if (i > 0 && value <= ticks->tick[i - 1].value)
            return 0;
    }
    return 1;
}

static void CheckRange(double lo, double hi, WeirEnd end, const char *unit)
{
    WeirAxis axis = { 0, 0, 0 }, fitted;
    WeirTicks ticks;
    int before = failures;
    if (end == WEIR_END_TICK)
        WeirAxisFitQuantity(&axis, lo, hi);
    else
        WeirAxisFitPosition(&axis, lo, hi);
    fitted = axis;
    CHECK(axis.lo < axis.hi && axis.lo <= lo && axis.hi >= hi);
    WeirTicksPlace(&ticks, &axis, end, end, unit, 3 + (int)(Draw() * 8));
    CHECK(ticks.count >= 3 && ticks.count <= WEIR_LABELS_MAX);
    CHECK(LabelCount(&ticks) == ticks.count && LabelsDistinct(&ticks));
    CHECK(TicksAscendWithin(&ticks, &axis));
    CHECK(axis.lo <= fitted.lo && axis.hi >= fitted.hi);
    if (end == WEIR_END_TICK) {
        double slack = 1e-6 * (axis.hi - axis.lo);
        CHECK(fabs(ticks.tick[0].value - axis.lo) < slack);
        CHECK(fabs(ticks.tick[ticks.count - 1].value - axis.hi) < slack);
        CHECK(axis.hi - axis.lo < 4 * (fitted.hi - fitted.lo));
    }
    if (failures != before)
        printf("  range %.17g %.17g, end %d, unit \"%s\"\n", lo, hi, end, unit);
}

static void TestRanges(void)
{
    static const char *const units[] = { "", "s", "bit/s", "B", "%", "furlong" };
    int i, end;
    for (i = 0; i < 6000; i++) {
        double size = pow(10, -30 + 60 * Draw()), lo = size * (Draw() - 0.5);
        double width = fabs(lo) * pow(10, -11.9 + 14 * Draw());
        for (end = WEIR_END_FIXED; end <= WEIR_END_TICK; end++)
            CheckRange(lo, lo + width, (WeirEnd)end, units[i % 6]);
    }
    for (end = WEIR_END_FIXED; end <= WEIR_END_TICK; end++) {
        CheckRange(0, 0, (WeirEnd)end, "s");
        CheckRange(5, 5, (WeirEnd)end, "");
        CheckRange(0, 5e-320, (WeirEnd)end, "s");
        CheckRange(-1e300, 1e300, (WeirEnd)end, "s");
        CheckRange(1e300, 1e300, (WeirEnd)end, "B");
        CheckRange(1700000000, 1700000000.001, (WeirEnd)end, "s");
    }
}

/* Ticks of [lo, hi] as "UNIT: LABEL LABEL ...". */
static const char *Shown(double lo, double hi, int isLog, const char *unit, int wish)
{
    static char text[2000];
    WeirAxis axis = { lo, hi, isLog };
    WeirTicks ticks;
    int i;
    WeirTicksPlace(&ticks, &axis, WEIR_END_TICK, WEIR_END_TICK, unit, wish);
    snprintf(text, sizeof text, "%s:", ticks.unit);
    for (i = 0; i < ticks.count; i++)
        if (ticks.tick[i].label[0])
            snprintf(text + strlen(text), sizeof text - strlen(text), " %s",
                     ticks.tick[i].label);
    return text;
}

static void CheckShown(const char *is, const char *expected)
{
    if (strcmp(is, expected) != 0) {
        printf("labels \"%s\" instead of \"%s\"\n", is, expected);
        failures++;
    }
}

static void TestLabels(void)
{
    CheckShown(Shown(0, 12.5e6, 0, "bit/s", 6), "Mbit/s: 0 2.5 5.0 7.5 10.0 12.5");
    CheckShown(Shown(0, 9e-5, 0, "s", 5), "µs: 0 20 40 60 80 100");
    CheckShown(Shown(0, 90, 0, "s", 5), "s: 0 20 40 60 80 100");
    CheckShown(Shown(0, 3000, 0, "s", 5), "min: 0 10 20 30 40 50");
    CheckShown(Shown(0, 36000, 0, "s", 5), "h: 0 2 4 6 8 10");
    CheckShown(Shown(0, 864000, 0, "s", 5), "d: 0 2 4 6 8 10");
    CheckShown(Shown(-2, 2, 0, "%", 5), "%: \u22122 \u22121 0 1 2");
    CheckShown(Shown(0, 5000, 0, "packets", 5), "packets: 0 1000 2000 3000 4000 5000");
    CheckShown(Shown(0, 50000, 0, "packets", 5), "packets: 0 10k 20k 30k 40k 50k");
    CheckShown(Shown(0, 5e-7, 0, "", 5), ": 0 100e-9 200e-9 300e-9 400e-9 500e-9");
    CheckShown(Shown(1700000000, 1700000004, 0, "s", 4), "s + 1700000000 s: 0 1 2 3 4");
    CheckShown(Shown(999999999, 1000000001, 0, "", 3), "+ 1000000000: \u22121 0 1");
    CheckShown(Shown(1e9, 1e9 + 3e-3, 0, "", 3), "+ 1000000000: 0 0.002 0.004");
    CheckShown(Shown(1200, 1203, 0, "s", 4), "s: 1200 1201 1202 1203");
    CheckShown(Shown(36000, 36900, 0, "s", 4), "min: 600 605 610 615");
    CheckShown(Shown(2e-5, 5e-2, 1, "s", 5), ": 100 µs 1 ms 10 ms");
    CheckShown(Shown(20, 300, 1, "", 4), ": 20 50 100 200 500");
    CheckShown(Shown(1, 1e6, 1, "packets", 7), "packets: 1 10 100 1000 10k 100k 1M");
}

/* Powers of ten beyond the prefixes, in regular steps. */
static void TestDecades(void)
{
    WeirAxis axis = { 1e-300, 1e300, 1 };
    CheckShown(Shown(1e-5, 1, 1, "", 6), ": 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰");
    CheckShown(Shown(2e-9, 3e-8, 1, "m", 6), "m: 2×10⁻⁹ 5×10⁻⁹ 10⁻⁸ 2×10⁻⁸ 5×10⁻⁸");
    CheckShown(Shown(1e-3, 1e4, 1, "", 4), ": 0.01 1 100 10k");
    CheckShown(Shown(1e-30, 1e25, 1, "s", 6), "s: 10⁻³⁰ 10⁻²⁰ 10⁻¹⁰ 10⁰ 10¹⁰ 10²⁰");
    CheckShown(Shown(1e-300, 1e300, 1, "bit", 7),
               "bit: 10⁻³⁰⁰ 10⁻²⁰⁰ 10⁻¹⁰⁰ 10⁰ 10¹⁰⁰ 10²⁰⁰ 10³⁰⁰");
    CheckShown(Shown(3, 25, 1, "", 2), ": 3 10 30");
    CHECK(fabs(WeirAxisAt(&axis, 1) - 0.5) < 1e-12);
    CHECK(fabs(WeirAxisValue(&axis, 0.75) / 1e150 - 1) < 1e-9);
    CHECK(fabs(WeirAxisValue(&axis, 1) / 1e300 - 1) < 1e-9);
}

/* The least distance of two labels, as a share of the axis. */
static double LeastDistance(const WeirTicks *ticks, const WeirAxis *axis)
{
    double last = -1, least = 1;
    int i;
    for (i = 0; i < ticks->count; i++) {
        double at = WeirAxisAt(axis, ticks->tick[i].value);
        if (!ticks->tick[i].label[0])
            continue;
        least = fmin(least, at - last);
        last = at;
    }
    return least;
}

static void TestLogRanges(void)
{
    WeirTicks ticks;
    int i;
    for (i = 0; i < 6000; i++) {
        double lo = pow(10, -300 + 599 * Draw()), hi = lo * pow(10, 0.02 + 300 * Draw());
        WeirAxis axis = { lo, fmin(hi, 1e300), 1 };
        int wish = 2 + i % 6;
        WeirTicksPlace(&ticks, &axis, WEIR_END_TICK, WEIR_END_TICK, i % 2 ? "s" : "",
                       wish);
        CHECK(LabelCount(&ticks) >= 2 && LabelCount(&ticks) <= WEIR_LABELS_MAX);
        CHECK(LabelsDistinct(&ticks) && TicksAscendWithin(&ticks, &axis));
        CHECK(LeastDistance(&ticks, &axis) >= 0.45 / wish);
    }
    for (i = 0; i < 3000; i++) {
        double lo = pow(10, -20 + 40 * Draw()), hi = lo * pow(10, 0.02 + 15 * Draw());
        WeirAxis axis = { lo, hi, 1 };
        WeirTicksPlace(&ticks, &axis, WEIR_END_TICK, WEIR_END_TICK, i % 2 ? "s" : "", 4);
        CHECK(axis.lo <= lo * 1.000001 && axis.hi >= hi * 0.999999);
        CHECK(LabelCount(&ticks) >= 2 && LabelCount(&ticks) <= WEIR_LABELS_MAX);
        CHECK(LabelsDistinct(&ticks) && TicksAscendWithin(&ticks, &axis));
    }
}

static void TestAt(void)
{
    WeirAxis linear = { 10, 20, 0 }, log = { 1, 100, 1 };
    CHECK(WeirAxisAt(&linear, 10) == 0 && WeirAxisAt(&linear, 25) == 1.5);
    CHECK(fabs(WeirAxisAt(&log, 10) - 0.5) < 1e-12 && isnan(WeirAxisAt(&log, 0)));
}

/* ------------------------------------------------------------ series */

typedef struct Trail {
    double *x, *y;
    size_t count, room;
} Trail;

static void Keep(void *arg, double x, double y)
{
    Trail *trail = arg;
    if (trail->count == trail->room) {
        trail->room = trail->room ? 2 * trail->room : 64;
        trail->x = realloc(trail->x, trail->room * sizeof *trail->x);
        trail->y = realloc(trail->y, trail->room * sizeof *trail->y);
    }
    trail->x[trail->count] = x;
    trail->y[trail->count++] = y;
}

static void FreeTrail(Trail *trail)
{
    free(trail->x);
    free(trail->y);
    memset(trail, 0, sizeof *trail);
}

static WeirSeries *SeriesOf(const double *y, size_t count)
{
    WeirSeries *series = WeirSeriesNew();
    size_t i;
    for (i = 0; i < count; i++)
        CHECK(WeirSeriesAppend(series, (double)i, y[i]) == WEIR_OK);
    return series;
}

static void TestSeries(void)
{
    WeirSeries *series = WeirSeriesNew();
    WeirExtent e = weirExtentEmpty;
    double x, y;
    int i;
    WeirSeriesAppend(series, NAN, 1); /* a gap before the first point */
    for (i = 0; i < 10000; i++)
        WeirSeriesAppend(series, i, i % 100 == 50 ? NAN : -i);
    WeirSeriesAppend(series, HUGE_VAL, 3);
    WeirSeriesAppend(series, 20000, 2e300);
    CHECK(WeirSeriesCount(series) == 10003 && WeirSeriesGaps(series) == 103);
    CHECK(WeirSeriesOrdered(series));
    WeirSeriesAt(series, 8193, &x, &y);
    CHECK(x == 8192 && y == -8192);
    WeirSeriesExtent(series, -HUGE_VAL, HUGE_VAL, 0, 0, &e);
    CHECK(e.xLo == 0 && e.xHi == 9999 && e.yLo == -9999 && e.yHi == 0);
    e = weirExtentEmpty;
    WeirSeriesExtent(series, 100, 200, 1, 1, &e); /* nothing is positive */
    CHECK(e.xLo > e.xHi && e.yLo > e.yHi);
    WeirSeriesAppend(series, 5, 5);
    CHECK(!WeirSeriesOrdered(series));
    e = weirExtentEmpty;
    WeirSeriesExtent(series, 4.5, 5.5, 0, 0, &e);
    CHECK(e.xLo == 5 && e.yLo == -5 && e.yHi == 5);
    WeirSeriesFree(series);
    WeirSeriesFree(NULL);
}

/* The visited points are points of the series, in order, and each pixel column has its
 * first, lowest, highest and last. */
static void TestDecimation(void)
{
    enum { COUNT = 50000, COLUMNS = 97 };
    static double y[COUNT];
    WeirAxis axis = { 0, COUNT, 0 };
    WeirSeries *series;
    Trail trail = { 0 };
    size_t i, at = 0;
    int column;
    for (i = 0; i < COUNT; i++)
        y[i] = Draw() + sin((double)i / 3000);
    series = SeriesOf(y, COUNT);
    WeirSeriesDecimate(series, &axis, COLUMNS, Keep, &trail);
    CHECK(trail.count <= 4 * COLUMNS && trail.count >= 3 * COLUMNS);
    for (i = 0; i < trail.count; i++) {
        CHECK(i == 0 || trail.x[i] > trail.x[i - 1]);
        CHECK(trail.y[i] == y[(size_t)trail.x[i]]);
    }
    for (column = 0; column < COLUMNS; column++) {
        size_t from = (size_t)ceil((double)column * COUNT / COLUMNS);
        size_t to = (size_t)ceil((column + 1.0) * COUNT / COLUMNS);
        double low = HUGE_VAL, high = -HUGE_VAL, keptLow = HUGE_VAL, keptHigh = -HUGE_VAL;
        for (i = from; i < to; i++) {
            low = fmin(low, y[i]);
            high = fmax(high, y[i]);
        }
        CHECK(trail.x[at] == (double)from);
        for (; at < trail.count && trail.x[at] < (double)to; at++) {
            keptLow = fmin(keptLow, trail.y[at]);
            keptHigh = fmax(keptHigh, trail.y[at]);
        }
        CHECK(trail.x[at - 1] == (double)to - 1);
        CHECK(keptLow == low && keptHigh == high);
    }
    FreeTrail(&trail);
    WeirSeriesFree(series);
}

static void CheckTrail(const double *y, size_t count, double lo, double hi, int columns,
                       const char *expected)
{
    WeirSeries *series = SeriesOf(y, count);
    WeirAxis axis = { lo, hi, 0 };
    Trail trail = { 0 };
    char text[400] = "";
    size_t i;
    WeirSeriesDecimate(series, &axis, columns, Keep, &trail);
    for (i = 0; i < trail.count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), i ? " %g" : "%g",
                 isnan(trail.y[i]) ? -1 : trail.y[i]);
    if (strcmp(text, expected) != 0) {
        printf("visited \"%s\" instead of \"%s\"\n", text, expected);
        failures++;
    }
    FreeTrail(&trail);
    WeirSeriesFree(series);
}

/* Gaps are kept (-1 in the expected text) and their number in a column is bounded. */
static void TestGaps(void)
{
    static const double gaps[] = { 1, NAN, 2, 3, NAN, NAN, 4, NAN };
    static const double many[] = { 5, NAN, 6, NAN, 7, NAN, 8, NAN, 9, NAN, 4 };
    static const double plain[] = { 10, 11, 12, 13, 14, 15, 16, 17 };
    static double comb[10000];
    WeirAxis axis = { 0, 10000, 0 };
    WeirSeries *series;
    Trail trail = { 0 };
    size_t i;
    CheckTrail(gaps, 8, 0, 8, 8, "1 -1 2 3 -1 4 -1");
    CheckTrail(many, 11, 0, 11, 1, "5 -1 6 9 4");
    CheckTrail(many, 10, 0, 20, 2, "5 -1 6 9 -1");
    CheckTrail(plain, 8, 3, 4, 1, "12 13 14 15"); /* a neighbour on either side */
    CheckTrail(plain, 8, 100, 200, 1, "17");
    CheckTrail(plain, 0, 0, 1, 1, "");
    for (i = 0; i < 10000; i++)
        comb[i] = i % 2 ? NAN : Draw();
    series = SeriesOf(comb, 10000);
    WeirSeriesDecimate(series, &axis, 10, Keep, &trail);
    CHECK(trail.count <= 10 * 10 + 1);
    FreeTrail(&trail);
    WeirSeriesFree(series);
}

/* ------------------------------------------------------------ layout */

static WeirFigure *FigureOf(int panels, int curves, const char *label)
{
    WeirFigure *figure = WeirFigureNew();
    int i, k;
    figure->spec.title = strdup(label);
    figure->spec.xlabel = strdup(label);
    figure->spec.xunit = strdup("s");
    figure->spec.legend = 1;
    for (i = 0; i < curves; i++) {
        char name[200];
        WeirCurveSpec spec = { .panel = 1 + i % panels };
        WeirSideSpec *side;
        snprintf(name, sizeof name, "%s %d", label, i);
        spec.label = strdup(name);
        spec.side = i % 3 == 2 ? WEIR_RIGHT : WEIR_LEFT;
        CHECK(WeirFigureAdd(figure, &spec, NULL) == WEIR_OK);
        for (k = 0; k < 20; k++) {
            WeirSample sample = { k * 0.37, Draw() * 1e7, NAN, NAN };
            WeirFigureAppend(figure, i, &sample);
        }
        side = &figure->panels[spec.panel - 1].side[spec.side];
        free(side->label);
        side->label = strdup(label);
    }
    return figure;
}

/* Boxes and heads stand below each other, legend entries beside each other, x labels
 * apart, and all of it within the figure. */
static void CheckLayout(cairo_t *cr, const WeirFigure *figure, double width,
                        double height)
{
    WeirErr err;
    WeirLayout *layout = WeirLayoutNew(cr, figure, width, height, &err);
    double y = 0, end = -HUGE_VAL, ends = 0;
    int p, i;
    if (!layout) {
        CHECK(err.code == WEIR_E_LIMIT);
        return;
    }
    for (p = 0; p < layout->panelCount; p++) {
        const WeirPanelLayout *panel = &layout->panels[p];
        for (i = 0; i < WEIR_SIDES; i++) {
            const WeirLine *title = &panel->side[i].title;
            double left = i > 0 ? ends : 0;
            ends = title->x + WeirTextWidth(cr, &weirHeadFont, title->text);
            CHECK(!title->text[0] || (title->y >= y && title->y < panel->box.y &&
                                      title->x >= left && ends <= width - 15));
        }
        CHECK(panel->box.h >= 40 && panel->box.w >= 80);
        CHECK(panel->box.x >= 16 && panel->box.x + panel->box.w <= width - 6);
        for (i = 0; i < panel->legendCount; i++) {
            const WeirLine *label = &panel->legend[i].label, *next = label;
            double right = label->x + WEIR_SWATCH_ROOM +
                           WeirTextWidth(cr, &weirLegendFont, label->text);
            CHECK(label->y >= y && label->y < panel->box.y && right <= width - 15);
            if (i + 1 < panel->legendCount)
                next = &panel->legend[i + 1].label;
            CHECK(next == label || next->y > label->y || next->x > right);
        }
        y = panel->box.y + panel->box.h;
    }
    CHECK(y + 20 < layout->xTitle.y && layout->xTitle.y < height);
    for (i = 0; i < layout->xTicks.count; i++) {
        const WeirTick *tick = &layout->xTicks.tick[i];
        const WeirBox *box = &layout->panels[0].box;
        double half = WeirTextWidth(cr, &weirTickFont, tick->label) / 2;
        double at = box->x + WeirAxisAt(&layout->xAxis, tick->value) * box->w;
        CHECK(at - half > end && at + half <= width && at - half >= 0);
        end = at + half;
    }
    WeirLayoutFree(layout);
}

static void TestLayouts(void)
{
    static const double sizes[][2] = {
        { 900, 600 }, { 300, 200 }, { 1600, 400 }, { 400, 900 }, { 160, 120 }
    };
    static const int curves[] = { 0, 1, 3, 8, 40 };
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 8, 8);
    cairo_t *cr = cairo_create(surface);
    size_t i, j;
    int panels, isLong;
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (j = 0; j < sizeof curves / sizeof *curves; j++)
            for (panels = 1; panels <= 4; panels += panels)
                for (isLong = 0; isLong < 2; isLong++) {
                    WeirFigure *figure = FigureOf(
                        panels, curves[j],
                        isLong ? "a label that somebody made out of two addresses, two "
                                 "ports and the name of a protocol"
                               : "flow");
                    CheckLayout(cr, figure, sizes[i][0], sizes[i][1]);
                    WeirFigureFree(figure);
                }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    cairo_debug_reset_static_data();
}

/* ------------------------------------------------------------ colours */

static void TestColors(void)
{
    WeirColor color;
    WeirErr err;
    WeirFigure *figure = WeirFigureNew();
    WeirCurveSpec a = { .panel = 1 }, b = { .panel = 1 }, again = { .panel = 2 },
                  other = { .panel = 2 };
    CHECK(WeirColorParse("#ff0080", &color, &err) == WEIR_OK && color.r == 1 &&
          color.g == 0 && fabs(color.b - 128 / 255.) < 1e-12);
    CHECK(WeirColorParse("#abc", &color, &err) == WEIR_OK &&
          fabs(color.g - 0xbb / 255.) < 1e-12);
    CHECK(WeirColorParse("red", &color, &err) == WEIR_E_ARG);
    CHECK(WeirColorParse("#12345", &color, &err) == WEIR_E_ARG);
    a.label = strdup("a");
    b.label = strdup("b");
    again.label = strdup("b");
    other.label = strdup("c");
    WeirFigureAdd(figure, &a, &err);
    WeirFigureAdd(figure, &b, &err);
    WeirFigureAdd(figure, &other, &err);
    WeirFigureAdd(figure, &again, &err);
    CHECK(figure->panelCount == 2);
    CHECK(figure->curves[0].slot == 0 && figure->curves[1].slot == 1);
    CHECK(figure->curves[2].slot == 2); /* another label, another colour */
    CHECK(figure->curves[3].slot == 1); /* the same one as in the first panel */
    WeirFigureFree(figure);
}

int main(void)
{
    TestRanges();
    TestLabels();
    TestDecades();
    TestLogRanges();
    TestAt();
    TestSeries();
    TestDecimation();
    TestGaps();
    TestLayouts();
    TestColors();
    return failures != 0;
}
