#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "plot/curveInt.h"
#include "plot/derive.h"
#include "plot/ink.h"

static double LineWidth(const WeirCurve *curve)
{
    double usual = curve->spec.style == WEIR_STYLE_POINTS      ? 5
                   : curve->spec.style == WEIR_STYLE_HISTOGRAM ? 1.2
                                                               : 1.6;
    return curve->spec.width > 0 ? curve->spec.width : usual;
}

double WeirCurveReach(const WeirCurve *curve)
{
    return fmax(LineWidth(curve), WeirMarkSize(curve)) + 1;
}

static double Clamp(double v, double lo, double hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

double WeirPenX(const WeirPen *pen, double x)
{
    double at = WeirAxisAt(pen->xAxis, x);
    return isnan(at) ? -WEIR_PEN_FAR
                     : Clamp(pen->box->x + at * pen->box->w, -WEIR_PEN_FAR, WEIR_PEN_FAR);
}

double WeirPenY(const WeirPen *pen, double y)
{
    double at = WeirAxisAt(pen->yAxis, y);
    return isnan(at)
               ? WEIR_PEN_FAR
               : Clamp(pen->box->y + (1 - at) * pen->box->h, -WEIR_PEN_FAR, WEIR_PEN_FAR);
}

int WeirPenMap(const WeirPen *pen, double *x, double *y)
{
    if (isnan(*y) || (pen->xAxis->isLog && *x <= 0) || (pen->yAxis->isLog && *y <= 0))
        return 0;
    *x = WeirPenX(pen, *x);
    *y = WeirPenY(pen, *y);
    return 1;
}

void WeirPenStroke(WeirPen *pen)
{
    cairo_stroke(pen->cr);
    pen->batch = 0;
}

/* ------------------------------------------------------------ lines and steps */

typedef struct Trace {
    WeirPen *pen;
    WeirInk *ink;        /* NULL: cairo draws */
    int steps;           /* go level to the next x, then up or down */
    double lastX, lastY; /* the previous point of the run */
    int run;             /* points since the last gap */
} Trace;

/* A point between two gaps would have no line: it is drawn as a dot. */
static void EndRun(Trace *t)
{
    cairo_t *cr = t->pen->cr;
    if (t->run == 1) {
        WeirPenStroke(t->pen);
        cairo_new_path(cr);
        cairo_arc(cr, t->lastX, t->lastY, fmax(4, 2.5 * t->pen->width) / 2, 0, 2 * M_PI);
        cairo_fill(cr);
    }
    t->run = 0;
}

/* On from the last point, with cairo's path or with ink. */
static void LineTo(Trace *t, double x, double y)
{
    WeirPen *pen = t->pen;
    if (t->ink) {
        WeirInkSegment(t->ink, t->lastX, t->lastY, x, y);
    } else {
        if (pen->batch >= WEIR_PEN_BATCH) {
            WeirPenStroke(pen);
            cairo_move_to(pen->cr, t->lastX, t->lastY);
        }
        cairo_line_to(pen->cr, x, y);
        pen->batch++;
    }
    t->lastX = x;
    t->lastY = y;
}

/* The last level of steps holds until the gap begins. */
static void HoldUntil(Trace *t, double x)
{
    if (t->run == 0 || !(x > t->lastX))
        return;
    LineTo(t, x, t->lastY);
    t->run++;
}

static void LinePoint(void *arg, double x, double y)
{
    Trace *t = arg;
    WeirPen *pen = t->pen;
    double gapX = x;
    if (!WeirPenMap(pen, &x, &y)) {
        if (t->steps)
            HoldUntil(t, WeirPenX(pen, gapX));
        EndRun(t);
        return;
    }
    if (t->run == 0) {
        cairo_move_to(pen->cr, x, y);
        t->lastX = x;
        t->lastY = y;
    } else {
        if (t->steps && y != t->lastY)
            LineTo(t, x, t->lastY);
        LineTo(t, x, y);
    }
    t->run++;
}

/* Lines of one colour are told apart by dashes. */
static void SetDash(cairo_t *cr, const WeirCurve *curve, double width)
{
    static const double dashes[3][4] = { { 5, 3 }, { 1.5, 2.5 }, { 7, 2.5, 1.5, 2.5 } };
    static const int lengths[3] = { 2, 2, 4 };
    int round = curve->spec.color ? 0 : curve->slot / WEIR_PALETTE,
        kind = (round - 1) % 3, i;
    double dash[4];
    if (round == 0)
        return;
    for (i = 0; i < lengths[kind]; i++)
        dash[i] = dashes[kind][i] * width;
    cairo_set_dash(cr, dash, lengths[kind], 0);
}

static void PaintLine(WeirPen *pen)
{
    Trace t = { .pen = pen, .steps = pen->curve->spec.style != WEIR_STYLE_LINE };
    cairo_set_line_join(pen->cr, CAIRO_LINE_JOIN_ROUND);
    SetDash(pen->cr, pen->curve, pen->width);
    if (cairo_get_dash_count(pen->cr) == 0)
        t.ink = WeirInkNew(pen->cr, pen->width);
    WeirSeriesDecimate(pen->shown, pen->xAxis, pen->columns, LinePoint, &t);
    EndRun(&t);
    if (t.ink)
        WeirInkDry(t.ink);
    WeirPenStroke(pen);
    cairo_set_dash(pen->cr, NULL, 0, 0);
}

/* ------------------------------------------------------------ the whole */

static WeirPen Prepare(cairo_t *cr, const WeirFigure *figure, WeirCurve *curve)
{
    WeirPen pen = { .cr = cr, .figure = figure, .curve = curve };
    pen.color = WeirCurveColor(figure, curve);
    pen.width = LineWidth(curve);
    cairo_set_source_rgb(cr, pen.color.r, pen.color.g, pen.color.b);
    cairo_set_line_width(cr, pen.width);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_FAST);
    cairo_new_path(cr);
    return pen;
}

void WeirCurvePaint(cairo_t *cr, const WeirFigure *figure, WeirCurve *curve,
                    const WeirBox *box, const WeirAxis *xAxis, const WeirAxis *yAxis,
                    double scale)
{
    int style = curve->spec.style;
    WeirPen pen;
    cairo_save(cr);
    pen = Prepare(cr, figure, curve);
    pen.box = box;
    pen.xAxis = xAxis;
    pen.yAxis = yAxis;
    pen.shown = WeirCurveShown(figure, curve, xAxis->isLog);
    pen.scale = scale;
    pen.columns = (int)ceil(box->w * scale);
    if (curve->high && style < WEIR_STYLE_BARS && style != WEIR_STYLE_POINTS)
        WeirBandPaint(&pen);
    if (style == WEIR_STYLE_BARS)
        WeirBarsPaint(&pen);
    else if (style == WEIR_STYLE_HISTOGRAM)
        WeirHistogramPaint(&pen);
    else if (style != WEIR_STYLE_POINTS)
        PaintLine(&pen);
    if (curve->high && (style == WEIR_STYLE_POINTS || style == WEIR_STYLE_BARS))
        WeirWhiskersPaint(&pen);
    if (WeirMarkSize(curve) > 0)
        WeirMarksPaint(&pen);
    cairo_restore(cr);
}

void WeirCurveSwatch(cairo_t *cr, const WeirFigure *figure, WeirCurve *curve, double x,
                     double y)
{
    int style = curve->spec.style;
    WeirPen pen;
    double width;
    cairo_save(cr);
    pen = Prepare(cr, figure, curve);
    width = Clamp(pen.width, 2, 12);
    if (curve->spec.hidden)
        cairo_set_source_rgba(cr, pen.color.r, pen.color.g, pen.color.b, 0.35);
    if (style == WEIR_STYLE_BARS || style == WEIR_STYLE_HISTOGRAM) {
        cairo_rectangle(cr, x + 3, y - 4.5, WEIR_SWATCH - 6, 9);
        cairo_fill(cr);
    } else if (style != WEIR_STYLE_POINTS) {
        cairo_set_line_width(cr, width);
        SetDash(cr, curve, Clamp(pen.width, 2, 2.4));
        cairo_move_to(cr, x, y);
        cairo_line_to(cr, x + WEIR_SWATCH, y);
        cairo_stroke(cr);
        cairo_set_dash(cr, NULL, 0, 0);
    }
    if (WeirMarkSize(curve) > 0)
        WeirMarkPaint(&pen, x + WEIR_SWATCH / 2., y, Clamp(WeirMarkSize(curve), 3, 12));
    cairo_restore(cr);
}
