/* Curves that are computed from values: histogram, distribution function and survival
 * function. */
#ifndef WEIR_DERIVE_H
#define WEIR_DERIVE_H
#include "plot/figure.h"

/* What a picture shows of a curve: its series, or for values that are counted what comes
 * of them; there, as in a series of steps, a level holds until the next x, and a
 * histogram ends with a level of 0.  `xLog`: equal classes are equal on a logarithm, and
 * values that have none are left out.  Histograms that are shown in one panel and have no
 * bins have common classes, chosen from the values of all.  Computed again when values
 * have arrived; the series itself when memory is short. */
const WeirSeries *WeirCurveShown(const WeirFigure *figure, WeirCurve *curve, int xLog);

typedef struct WeirDerived WeirDerived;
void WeirDerivedFree(WeirDerived *derived);

/* Classes: `count` of equal width, or with these count + 1 edges, which are copied.
 * WEIR_E_ARG when edges do not ascend or classes are too many. */
int WeirBinsNew(int count, const double *edges, WeirBins **out, WeirErr *err);
WeirBins *WeirBinsCopy(const WeirBins *bins);
void WeirBinsFree(WeirBins *bins);

#endif
