/* What lies under a pointer in a figure that was laid out: for readouts in a window. */
#ifndef WEIR_PROBE_H
#define WEIR_PROBE_H
#include "plot/layout.h"

typedef struct WeirProbe {
    int curve;       /* index in the figure */
    double x, y;     /* the point; of values that are counted, as it is drawn */
    double atX, atY; /* its pixel */
    double distance; /* pixels from the pointer */
} WeirProbe;

/* The panel (0 is the top one) whose box has this pixel, or -1. */
int WeirProbePanel(const WeirLayout *layout, double x, double y);

/* The point of a curve that is shown in the panel of this pixel, nearest to it and at
 * most `reach` pixels away.  Returns 1, or 0 when there is none. */
int WeirProbeNearest(const WeirFigure *figure, const WeirLayout *layout, double x,
                     double y, double reach, WeirProbe *probe);

/* A value as the axis names it, with its unit: "12.52 Mbit/s". */
enum { WEIR_PROBE_TEXT = 120 };
const char *WeirProbeText(double value, const char *unit, char text[WEIR_PROBE_TEXT]);

#endif
