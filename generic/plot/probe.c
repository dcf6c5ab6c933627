#include "config.h"
#include <math.h>
#include <stdio.h>
#include "plot/derive.h"
#include "plot/probe.h"
#include "plot/unit.h"

int WeirProbePanel(const WeirLayout *layout, double x, double y)
{
    int p;
    for (p = 0; p < layout->panelCount; p++) {
        const WeirBox *box = &layout->panels[p].box;
        if (x >= box->x && x <= box->x + box->w && y >= box->y && y <= box->y + box->h)
            return p;
    }
    return -1;
}

/* One curve on its axes, and the pointer. */
typedef struct Search {
    const WeirBox *box;
    const WeirAxis *xAxis, *yAxis;
    double x, y;
    int curve;
    WeirProbe *best;
    int found;
} Search;

static void Consider(void *arg, double x, double y)
{
    Search *s = arg;
    double atX = s->box->x + WeirAxisAt(s->xAxis, x) * s->box->w;
    double atY = s->box->y + (1 - WeirAxisAt(s->yAxis, y)) * s->box->h;
    double distance = hypot(atX - s->x, atY - s->y);
    if (!(distance <= s->best->distance)) /* also a gap, whose distance is NaN */
        return;
    *s->best = (WeirProbe){ s->curve, x, y, atX, atY, distance };
    s->found = 1;
}

int WeirProbeNearest(const WeirFigure *figure, const WeirLayout *layout, double x,
                     double y, double reach, WeirProbe *probe)
{
    int panel = WeirProbePanel(layout, x, y);
    Search s = { .xAxis = &layout->xAxis, .x = x, .y = y, .best = probe };
    if (panel < 0)
        return 0;
    s.box = &layout->panels[panel].box;
    probe->distance = reach;
    for (s.curve = 0; s.curve < figure->curveCount; s.curve++) {
        WeirCurve *curve = &figure->curves[s.curve];
        if (curve->spec.panel != panel + 1 || curve->spec.hidden)
            continue;
        s.yAxis = &layout->panels[panel].side[curve->spec.side].axis;
        WeirSeriesVisit(
            WeirCurveShown(figure, curve, s.xAxis->isLog),
            WeirAxisValue(s.xAxis, (x - s.box->x - probe->distance) / s.box->w),
            WeirAxisValue(s.xAxis, (x - s.box->x + probe->distance) / s.box->w), Consider,
            &s);
    }
    return s.found;
}

const char *WeirProbeText(double value, const char *unit, char text[WEIR_PROBE_TEXT])
{
    WeirScale scale;
    WeirScaleFor(unit, fabs(value), 1, &scale);
    snprintf(text, WEIR_PROBE_TEXT, "%.5g%s%s%s", value / scale.factor, scale.suffix,
             scale.unit[0] ? " " : "", scale.unit);
    return text;
}
