/* How long a window would take for a picture: a series of a million points drawn into an
 * image of 1200 x 800, at several zooms.  Prints one Tcl dict: ZOOM MILLISECONDS ...
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

/* A random walk. */
static WeirFigure *MakeFigure(long points)
{
    WeirFigure *figure = WeirFigureNew();
    WeirCurveSpec spec = { .panel = 1 };
    WeirSample sample = { 0, 0, NAN, NAN };
    long i;
    figure->spec.grid = figure->spec.legend = 1;
    WeirFigureAdd(figure, &spec, NULL);
    for (i = 0; i < points; i++) {
        sample.x = (double)i;
        sample.y += Draw() - 0.5;
        WeirFigureAppend(figure, 0, &sample);
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
    WeirFigure *figure = MakeFigure(points);
    size_t i;
    printf("fill %.2f", (double)(WeirMonoNs() - from) / 1e6);
    for (i = 0; i < sizeof shares / sizeof *shares; i++) {
        double half = shares[i] * (double)points / 2, middle = (double)points / 2;
        printf(" %g %.2f", shares[i], Measure(figure, cr, middle - half, middle + half));
    }
    printf("\n");
    WeirFigureFree(figure);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return 0;
}
