/* The one drawing code: a figure onto any cairo surface. */
#ifndef WEIR_PAINT_H
#define WEIR_PAINT_H
#include <cairo.h>
#include "plot/figure.h"

/* Draw a figure `width` x `height` pixels large at the origin of `cr`, whose matrix
 * already maps `scale` device units to a pixel.  Only opaque colours are used, so that
 * every vector format stays a vector format.  Returns 0, WEIR_E_LIMIT when the size is
 * too small for the figure, or WEIR_E_MEMORY; cairo's own errors stay in the surface. */
int WeirFigurePaint(cairo_t *cr, const WeirFigure *figure, double width, double height,
                    double scale, WeirErr *err);

#endif
