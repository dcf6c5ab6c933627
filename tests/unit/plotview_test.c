/* Extremes against all points, counted values, ticks of time, points under a pointer, and
 * every style drawn. */
#include "config.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "plot/derive.h"
#include "plot/ink.h"
#include "plot/paint.h"
#include "plot/probe.h"
#include "plot/timeaxis.h"
#include "check.h"

static double Draw(void)
{
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 11) / 9007199254740992.0;
}

/* ------------------------------------------------------------ extremes */

/* A series as it comes: with gaps, negative values and steps of 0 in x. */
static WeirSeries *Walk(size_t count, double gaps)
{
    WeirSeries *series = WeirSeriesNew();
    double x = -3, y = 0;
    size_t i;
    for (i = 0; i < count; i++) {
        x += Draw() < 0.1 ? 0 : Draw();
        y += Draw() - 0.5;
        WeirSeriesAppend(series, x, Draw() < gaps ? NAN : y);
    }
    return series;
}

static WeirExtent SlowExtent(const WeirSeries *series, double xLo, double xHi, int xLog,
                             int yLog)
{
    WeirExtent e = weirExtentEmpty;
    size_t i;
    for (i = 0; i < WeirSeriesCount(series); i++) {
        double x, y;
        WeirSeriesAt(series, i, &x, &y);
        if (isnan(y) || x < xLo || x > xHi || (xLog && x <= 0) || (yLog && y <= 0))
            continue;
        e.xLo = fmin(e.xLo, x);
        e.xHi = fmax(e.xHi, x);
        e.yLo = fmin(e.yLo, y);
        e.yHi = fmax(e.yHi, y);
    }
    return e;
}

static void TestExtents(void)
{
    static const double gaps[] = { 0, 0.0001, 0.02, 1 };
    int i, k;
    for (i = 0; i < 4; i++) {
        size_t count = 20000;
        WeirSeries *series = Walk(count, gaps[i]);
        for (k = 0; k < 200; k++) {
            double xLo = Draw() * 10000 - 10, xHi = xLo + pow(10, 5 * Draw() - 1);
            WeirExtent slow = SlowExtent(series, xLo, xHi, k & 1, k & 2);
            WeirExtent fast = weirExtentEmpty;
            WeirSeriesExtent(series, xLo, xHi, k & 1, k & 2, &fast);
            CHECK(memcmp(&slow, &fast, sizeof slow) == 0);
        }
        WeirSeriesFree(series);
    }
}

/* ------------------------------------------------------------ counted values */

static WeirFigure *FigureOf(int style, const double *values, int count)
{
    WeirFigure *figure = WeirFigureNew();
    WeirCurveSpec spec = { .panel = 1, .style = style };
    int i;
    CHECK(WeirFigureAdd(figure, &spec, NULL) == WEIR_OK);
    for (i = 0; i < count; i++) {
        WeirSample sample = { i, values[i], NAN, NAN };
        WeirFigureAppend(figure, 0, &sample);
    }
    return figure;
}

/* All values lie in some class, whatever they are. */
static void TestHistograms(void)
{
    int k, i, xLog;
    for (k = 0; k < 200; k++) {
        double values[500], sum = 0, x, y, last = -HUGE_VAL;
        int count = 1 + (int)(Draw() * 499);
        WeirFigure *figure;
        const WeirSeries *shown;
        for (i = 0; i < count; i++)
            values[i] = pow(10, (k % 40 - 20) * Draw()) + (k % 3 == 0 ? 1e6 : 0);
        for (xLog = 0; xLog < 2; xLog++) {
            figure = FigureOf(WEIR_STYLE_HISTOGRAM, values, count);
            shown = WeirCurveShown(figure, &figure->curves[0], xLog);
            CHECK(WeirSeriesCount(shown) >= 2 && WeirSeriesCount(shown) <= 501);
            for (sum = 0, last = -HUGE_VAL, i = 0; i < (int)WeirSeriesCount(shown); i++) {
                WeirSeriesAt(shown, (size_t)i, &x, &y);
                CHECK(x > last);
                last = x;
                sum += y;
            }
            CHECK(sum == count);
            WeirFigureFree(figure);
        }
    }
}

/* ------------------------------------------------------------ ticks of time */

static void TestTimeTicks(void)
{
    int k, i, local;
    for (k = 0; k < 4000; k++) {
        double lo = (Draw() - 0.3) * 4e9, hi = lo + pow(10, -2 + 11 * Draw());
        for (local = 0; local < 2; local++) {
            WeirAxis axis = { lo, hi, 0 };
            WeirTicks ticks;
            CHECK(WeirTimeTicksPlace(&ticks, &axis, local, 3 + k % 6));
            CHECK(ticks.count >= 1 && ticks.count <= WEIR_LABELS_MAX);
            for (i = 0; i < ticks.count; i++) {
                const WeirTick *tick = &ticks.tick[i];
                CHECK(tick->value >= lo && tick->value <= hi && tick->label[0]);
                CHECK(i == 0 || tick->value > tick[-1].value);
                CHECK(i == 0 || strcmp(tick->label, tick[-1].label) != 0);
            }
        }
    }
}

static void TestTimeText(void)
{
    char text[WEIR_TIME_TEXT];
    WeirAxis far = { 0, 1e18, 0 };
    WeirTicks ticks;
    CHECK(strcmp(WeirTimeText(0, 0, 0, text), "1970-01-01 00:00:00") == 0);
    CHECK(strcmp(WeirTimeText(1795345200.25, 0, 2, text), "2026-11-22 11:00:00.25") == 0);
    CHECK(strcmp(WeirTimeText(59.9996, 0, 3, text), "1970-01-01 00:01:00.000") == 0);
    CHECK(strcmp(WeirTimeText(-1, 0, 0, text), "1969-12-31 23:59:59") == 0);
    CHECK(strcmp(WeirTimeText(1e18, 0, 0, text), "1e+18") == 0);
    CHECK(!WeirTimeTicksPlace(&ticks, &far, 0, 5));
}

/* ------------------------------------------------------------ under a pointer */

static void TestProbe(cairo_t *cr)
{
    double values[3000];
    WeirFigure *figure;
    WeirLayout *layout;
    WeirProbe probe;
    WeirErr err;
    int i, k;
    for (i = 0; i < 3000; i++)
        values[i] = Draw();
    figure = FigureOf(WEIR_STYLE_LINE, values, 3000);
    layout = WeirLayoutNew(cr, figure, 900, 600, &err);
    CHECK(layout != NULL);
    for (k = 0; k < 300; k++) {
        const WeirBox *box = &layout->panels[0].box;
        double x = box->x + Draw() * box->w, y = box->y + Draw() * box->h, best = 25;
        for (i = 0; i < 3000; i++) {
            double atX = box->x + WeirAxisAt(&layout->xAxis, i) * box->w;
            double atY =
                box->y +
                (1 - WeirAxisAt(&layout->panels[0].side[0].axis, values[i])) * box->h;
            best = fmin(best, hypot(atX - x, atY - y));
        }
        CHECK(WeirProbeNearest(figure, layout, x, y, 25, &probe) == (best < 25));
        CHECK(probe.distance == best);
    }
    CHECK(!WeirProbeNearest(figure, layout, 1, 1, 25, &probe));
    CHECK(WeirProbePanel(layout, 1, 1) == -1);
    WeirLayoutFree(layout);
    WeirFigureFree(figure);
}

/* ------------------------------------------------------------ drawing */

/* Nothing that cairo refuses, for any style, band, axis and zoom. */
static void TestStyles(cairo_t *cr)
{
    int style, k, i;
    for (style = WEIR_STYLE_LINE; style <= WEIR_STYLE_SURVIVAL; style++)
        for (k = 0; k < 32; k++) {
            WeirFigure *figure = WeirFigureNew();
            WeirCurveSpec spec = { .panel = 1, .style = style, .side = k & 1 };
            WeirRange zoom = { 100, 100.5 };
            WeirErr err;
            spec.marker = k % 7;
            spec.label = strdup("label");
            figure->spec.legend = figure->spec.grid = 1;
            figure->spec.xscale = k & 2 ? WEIR_AXIS_LOG : WEIR_AXIS_TIME;
            figure->panels[0].side[k & 1].scale = k & 4 ? WEIR_AXIS_LOG : 0;
            WeirFigureAdd(figure, &spec, NULL);
            for (i = -100; i < 5000; i++) {
                double y = Draw() * 1e3 - 10;
                WeirSample sample = { i, i % 50 ? y : NAN, k & 8 ? y - 5 : NAN, y + 5 };
                WeirFigureAppend(figure, 0, &sample);
            }
            figure->view.x = k & 16 ? &zoom : NULL;
            CHECK(WeirFigurePaint(cr, figure, 400, 300, 1, &err) == WEIR_OK);
            CHECK(cairo_status(cr) == CAIRO_STATUS_SUCCESS);
            figure->view.x = NULL;
            WeirFigureFree(figure);
        }
}

/* ------------------------------------------------------------ ink */

/* A random curve with five points in each column of pixels covers every row that it
 * passes in a column, and none that is far from it. */
static void TestInk(void)
{
    enum { WIDTH = 200, HEIGHT = 120, REACH = 3 };
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, WIDTH, HEIGHT);
    cairo_t *cr = cairo_create(surface);
    WeirInk *ink = WeirInkNew(cr, 1.6);
    double lo[WIDTH], hi[WIDTH], x = 0, y = 60, lastX, lastY;
    const unsigned char *pixels;
    int i, k, row, wrong = 0;
    for (i = 0; i < WIDTH; i++) {
        lo[i] = HEIGHT;
        hi[i] = 0;
        for (k = 0; k < 5; k++) {
            lastX = x;
            lastY = y;
            x = i + (k + 0.5) / 5;
            y = 10 + Draw() * (i % 50 < 40 ? 100 : 3); /* also calm stretches */
            WeirInkSegment(ink, lastX, lastY, x, y);
            lo[i] = fmin(lo[i], y);
            hi[i] = fmax(hi[i], y);
        }
    }
    WeirInkDry(ink);
    cairo_surface_flush(surface);
    pixels = cairo_image_surface_get_data(surface);
    for (i = 1; i < WIDTH - 1; i++) {
        const unsigned char *column = pixels + i;
        int stride = cairo_image_surface_get_stride(surface);
        double far = fmax(hi[i], fmax(hi[i - 1], hi[i + 1])) + REACH;
        for (row = 0; row < HEIGHT; row++) {
            wrong += row > lo[i] && row + 1 < hi[i] && column[row * stride] < 200;
            wrong += row > far && column[row * stride] > 0;
        }
    }
    CHECK(wrong == 0);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

int main(void)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 400, 300);
    cairo_t *cr = cairo_create(surface);
    TestExtents();
    TestHistograms();
    TestTimeTicks();
    TestTimeText();
    TestProbe(cr);
    TestStyles(cr);
    TestInk();
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    cairo_debug_reset_static_data();
    return failures != 0;
}
