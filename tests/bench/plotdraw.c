/* How long a window would take for a picture of 1200 x 800: a series of a million points
 * at several zooms, and four of 5,000 random ones, where each column is full of ink.
 * Prints one Tcl dict: fill MILLISECONDS ZOOM MILLISECONDS ... noise MILLISECONDS
 *
 *   plotdraw ?POINTS? */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "plot/paint.h"

static double Draw(void)
{
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 11) / 9007199254740992.0;
}

/* Series that keep so much of each value for the next: 1 is a random walk, 0 noise. */
static WeirFigure *MakeFigure(int series, long points, double keep)
{
    WeirFigure *figure = WeirFigureNew();
    WeirCurveSpec spec = { .panel = 1 };
    int n;
    figure->spec.grid = figure->spec.legend = 1;
    for (n = 0; n < series; n++) {
        WeirSample sample = { 0, 0, NAN, NAN };
        WeirFigureAdd(figure, &spec, NULL);
        for (; sample.x < (double)points; sample.x++) {
            sample.y = keep * sample.y + Draw() - 0.5;
            WeirFigureAppend(figure, n, &sample);
        }
    }
    return figure;
}

/* Milliseconds for one picture of the range, the best of five. */
static double Measure(WeirFigure *figure, cairo_t *cr, double lo, double hi)
{
    WeirRange range = { lo, hi };
    double best = HUGE_VAL;
    WeirErr err;
    int i;
    figure->view.x = &range;
    for (i = 0; i < 5; i++) {
        int64_t from = WeirMonoNs();
        if (WeirFigurePaint(cr, figure, 1200, 800, 1, &err) < 0)
            exit(1);
        best = fmin(best, (double)(WeirMonoNs() - from) / 1e6);
    }
    figure->view.x = NULL;
    return best;
}

int main(int argc, char **argv)
{
    static const double shares[] = { 1, 0.5, 0.1, 0.01, 0.001 };
    long points = argc > 1 ? atol(argv[1]) : 1000000;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1200, 800);
    cairo_t *cr = cairo_create(surface);
    int64_t from = WeirMonoNs();
    WeirFigure *figure = MakeFigure(1, points, 1);
    size_t i;
    printf("fill %.2f", (double)(WeirMonoNs() - from) / 1e6);
    for (i = 0; i < sizeof shares / sizeof *shares; i++) {
        double half = shares[i] * (double)points / 2, middle = (double)points / 2;
        printf(" %g %.2f", shares[i], Measure(figure, cr, middle - half, middle + half));
    }
    WeirFigureFree(figure);
    figure = MakeFigure(4, 5000, 0);
    printf(" noise %.2f\n", Measure(figure, cr, 0, 5000));
    WeirFigureFree(figure);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return 0;
}
