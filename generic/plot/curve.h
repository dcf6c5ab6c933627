/* One curve drawn into its box. */
#ifndef WEIR_CURVE_H
#define WEIR_CURVE_H
#include <cairo.h>
#include "plot/layout.h"

/* Draw a curve on these axes.  `scale` device pixels to a pixel decide how far it is
 * thinned. Points beyond the box may be drawn: the caller clips. */
void WeirCurvePaint(cairo_t *cr, const WeirFigure *figure, WeirCurve *curve,
                    const WeirBox *box, const WeirAxis *xAxis, const WeirAxis *yAxis,
                    double scale);

/* Its sample in a legend, WEIR_SWATCH pixels wide, centred on the line y. */
void WeirCurveSwatch(cairo_t *cr, const WeirFigure *figure, WeirCurve *curve, double x,
                     double y);

/* How far its ink reaches beyond its points. */
double WeirCurveReach(const WeirCurve *curve);

#endif
