/* What the files that draw curves share. */
#ifndef WEIR_CURVEINT_H
#define WEIR_CURVEINT_H
#include "plot/curve.h"

enum {
    WEIR_PEN_BATCH = 400,  /* segments or points stroked at a time: cairo's cost grows
                              faster than their number */
    WEIR_PEN_FAR = 1000000 /* cairo's coordinates end at 8,388,607 */
};

/* The state of drawing one curve. */
typedef struct WeirPen {
    cairo_t *cr;
    const WeirBox *box;
    const WeirAxis *xAxis, *yAxis;
    const WeirFigure *figure;
    WeirCurve *curve;
    const WeirSeries *shown;
    WeirColor color;
    double scale, width;
    int columns; /* device pixels of the box */
    int batch;   /* segments or points in cairo's path */
} WeirPen;

/* To pixels, kept within what cairo can draw; 0 for a gap, and for what a logarithm has
 * no place for. */
int WeirPenMap(const WeirPen *pen, double *x, double *y);

/* The same for one coordinate; what has no place is far below. */
double WeirPenX(const WeirPen *pen, double x);
double WeirPenY(const WeirPen *pen, double y);

void WeirPenStroke(WeirPen *pen); /* what the path has, and begin the next batch */

/* marks.c: a mark at every point, thinned where marks would cover each other; the ends of
 * the errors of points; and one mark. */
double WeirMarkSize(const WeirCurve *curve); /* diameter; 0: none */
void WeirMarksPaint(WeirPen *pen);
void WeirWhiskersPaint(WeirPen *pen);
void WeirMarkPaint(WeirPen *pen, double x, double y, double size);

/* area.c: the band of the error around a line; bars, and how far right of its point a bar
 * stands; the filled steps of a histogram. */
void WeirBandPaint(WeirPen *pen);
void WeirBarsPaint(WeirPen *pen);
double WeirBarsShift(const WeirPen *pen);
void WeirHistogramPaint(WeirPen *pen);

#endif
