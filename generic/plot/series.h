/* The points of one curve: an append-only sequence of (x, y), and how many of them a
 * picture needs.  A gap, where a curve is interrupted, is a point whose y is NaN; its x
 * says where the gap begins.
 *
 * Points live in chunks, so that a series grows without moving and a view of it can stay
 * open while points arrive (in the same thread).  Each chunk knows the lowest and the
 * highest of its points and of each 64 of them, so that a picture of a million points
 * costs about as much as one of some ten thousand. */
#ifndef WEIR_SERIES_H
#define WEIR_SERIES_H
#include <stddef.h>
#include "plot/axis.h"

typedef struct WeirSeries WeirSeries;

typedef struct WeirPoint {
    double x, y;
} WeirPoint;

WeirSeries *WeirSeriesNew(void); /* NULL when out of memory */
void WeirSeriesFree(WeirSeries *series);

/* Whether a picture has a place for a number: finite, and within 1e300 either way. */
int WeirDrawable(double number);

/* Such a number as a picture places it: nearer to 0 than 1e-290 it is 0, as differences
 * of smaller ones lose their digits, and a logarithm has no decades for them. */
double WeirPlaced(double number);

/* Append one point.  A number that cannot be drawn makes it a gap, which begins at the
 * last x when its own is such a number or below that.  Returns 0 or WEIR_E_MEMORY. */
int WeirSeriesAppend(WeirSeries *series, double x, double y);

size_t WeirSeriesCount(const WeirSeries *series); /* gaps included */
size_t WeirSeriesGaps(const WeirSeries *series);
/* Whether x never decreases; only such a series is decimated. */
int WeirSeriesOrdered(const WeirSeries *series);
/* Point `i` of count; y is NaN at a gap. */
void WeirSeriesAt(const WeirSeries *series, size_t i, double *x, double *y);

/* The smallest distance above 0 between neighbours; infinite when there is none. */
double WeirSeriesStep(const WeirSeries *series);

/* Widen the ranges by the points that can be drawn on these kinds of axis (a logarithm
 * wants positive values) and whose x lies in [xLo, xHi].  An empty range has lo > hi. */
typedef struct WeirExtent {
    double xLo, xHi, yLo, yHi;
} WeirExtent;
extern const WeirExtent weirExtentEmpty;
void WeirSeriesExtent(const WeirSeries *series, double xLo, double xHi, int xLog,
                      int yLog, WeirExtent *extent);

/* Indices [*from, *to) of what a picture of [xLo, xHi] needs: the points inside and, in
 * an ordered series, the neighbour on either side; all of a series that is not ordered.
 */
void WeirSeriesWindow(const WeirSeries *series, double xLo, double xHi, size_t *from,
                      size_t *to);

/* Points at i and behind it whose extremes are known: without a gap when more than one.
 */
typedef struct WeirRun {
    const WeirPoint *first, *low, *high, *last;
} WeirRun;

/* The longest such run at i that ends before `to` and has at most `most` points.  Returns
 * its length, 1 or more. */
size_t WeirSeriesRun(const WeirSeries *series, size_t i, size_t to, size_t most,
                     WeirRun *run);

/* Visitors get points in their order, and a gap as a y of NaN. */
typedef void WeirSeriesVisitor(void *arg, double x, double y);

/* Every point of that window. */
void WeirSeriesVisit(const WeirSeries *series, double xLo, double xHi,
                     WeirSeriesVisitor *visit, void *arg);

/* The same, thinned for a picture `columns` pixels wide: of the points that fall into one
 * pixel column only the first, the lowest, the highest and the last, in their order.  The
 * picture is the same as with all of them, and at most ten visits fall on a column: of
 * its gaps the first is kept, and one at its end.  A series that is not ordered is
 * visited whole. */
void WeirSeriesDecimate(const WeirSeries *series, const WeirAxis *xAxis, int columns,
                        WeirSeriesVisitor *visit, void *arg);

#endif
