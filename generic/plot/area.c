#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "plot/curveInt.h"

static void SetShade(WeirPen *pen, double opacity)
{
    cairo_set_source_rgba(pen->cr, pen->color.r, pen->color.g, pen->color.b, opacity);
}

/* Where areas stand on: y = 0, or the lower end of a logarithmic axis. */
static double BaseY(const WeirPen *pen)
{
    return WeirPenY(pen, 0);
}

/* ------------------------------------------------------------ bands */

/* The thinned points of one edge of a band. */
typedef struct Edge {
    WeirPoint *point;
    size_t count, room;
    int failed;
} Edge;

static void Keep(void *arg, double x, double y)
{
    Edge *edge = arg;
    if (edge->count == edge->room) {
        size_t room = edge->room ? 2 * edge->room : 1024;
        WeirPoint *point = realloc(edge->point, room * sizeof *point);
        if (!point) {
            edge->failed = 1;
            return;
        }
        edge->point = point;
        edge->room = room;
    }
    edge->point[edge->count++] = (WeirPoint){ x, y };
}

/* The index behind the run of points that begins at `from`. */
static size_t RunEnd(const Edge *edge, size_t from)
{
    while (from < edge->count && !isnan(edge->point[from].y))
        from++;
    return from;
}

static void AddEdgePoint(const WeirPen *pen, const WeirPoint *p, double levelY)
{
    double x = WeirPenX(pen, p->x);
    if (!isnan(levelY)) /* a step */
        cairo_line_to(pen->cr, x, WeirPenY(pen, levelY));
    cairo_line_to(pen->cr, x, WeirPenY(pen, p->y));
}

/* A run of one point has no width of its own. */
static void FillBar(WeirPen *pen, const WeirPoint *low, const WeirPoint *high)
{
    double y = WeirPenY(pen, high->y);
    cairo_rectangle(pen->cr, WeirPenX(pen, high->x) - 2, y, 4, WeirPenY(pen, low->y) - y);
    cairo_fill(pen->cr);
}

/* Whether the last level of a run of steps, which ends before `to`, holds until a gap. */
static int HoldsAt(const WeirPen *pen, const Edge *edge, size_t to)
{
    return pen->curve->spec.style == WEIR_STYLE_STEPS && to < edge->count &&
           edge->point[to].x > edge->point[to - 1].x;
}

/* One run: along the upper edge, and back along the lower one. */
static void FillRun(WeirPen *pen, const Edge *low, size_t lowFrom, size_t lowTo,
                    const Edge *high, size_t highFrom, size_t highTo)
{
    int steps = pen->curve->spec.style == WEIR_STYLE_STEPS;
    size_t i;
    cairo_new_path(pen->cr);
    for (i = highFrom; i < highTo; i++)
        AddEdgePoint(pen, &high->point[i],
                     steps && i > highFrom ? high->point[i - 1].y : NAN);
    if (HoldsAt(pen, high, highTo)) {
        WeirPoint end = { high->point[highTo].x, low->point[lowTo - 1].y };
        AddEdgePoint(pen, &end, high->point[highTo - 1].y);
    }
    for (i = lowTo; i > lowFrom; i--) {
        /* On the way back the level before a point is met after it. */
        cairo_line_to(pen->cr, WeirPenX(pen, low->point[i - 1].x),
                      WeirPenY(pen, low->point[i - 1].y));
        if (steps && i - 1 > lowFrom)
            cairo_line_to(pen->cr, WeirPenX(pen, low->point[i - 1].x),
                          WeirPenY(pen, low->point[i - 2].y));
    }
    cairo_close_path(pen->cr);
    cairo_fill(pen->cr);
}

void WeirBandPaint(WeirPen *pen)
{
    Edge low = { 0 }, high = { 0 };
    size_t i = 0, j = 0;
    WeirSeriesDecimate(pen->curve->low, pen->xAxis, pen->columns, Keep, &low);
    WeirSeriesDecimate(pen->curve->high, pen->xAxis, pen->columns, Keep, &high);
    SetShade(pen, 0.22);
    /* Both edges have gaps at the same places, and so the same runs. */
    while (!low.failed && !high.failed && i < low.count && j < high.count) {
        size_t lowEnd = RunEnd(&low, i), highEnd = RunEnd(&high, j);
        if (lowEnd == i + 1 && highEnd == j + 1 && !HoldsAt(pen, &high, highEnd))
            FillBar(pen, &low.point[i], &high.point[j]);
        else if (lowEnd > i && highEnd > j)
            FillRun(pen, &low, i, lowEnd, &high, j, highEnd);
        i = lowEnd + 1;
        j = highEnd + 1;
    }
    SetShade(pen, 1);
    cairo_new_path(pen->cr);
    free(low.point);
    free(high.point);
}

/* ------------------------------------------------------------ bars */

typedef struct Bars {
    WeirPen *pen;
    double base, width, shift; /* pixels */
} Bars;

/* Bar curves of one panel stand side by side: how many there are, and which this is. */
static int CountBars(const WeirPen *pen, int *place)
{
    int i, count = 0;
    for (i = 0; i < pen->figure->curveCount; i++) {
        const WeirCurve *curve = &pen->figure->curves[i];
        if (curve == pen->curve)
            *place = count;
        count += curve->spec.style == WEIR_STYLE_BARS && !curve->spec.hidden &&
                 curve->spec.panel == pen->curve->spec.panel;
    }
    return count;
}

static void AddBar(void *arg, double x, double y)
{
    Bars *b = arg;
    if (!WeirPenMap(b->pen, &x, &y))
        return;
    cairo_rectangle(b->pen->cr, x + b->shift - b->width / 2, fmin(y, b->base), b->width,
                    fabs(b->base - y));
    if (++b->pen->batch >= WEIR_PEN_BATCH) {
        cairo_fill(b->pen->cr);
        b->pen->batch = 0;
    }
}

/* Pixels from the x of a point to the middle of its bar, and the bar's width. */
static double Place(const WeirPen *pen, double *width)
{
    double step = WeirSeriesStep(pen->shown), pitch = pen->box->w / 4, share;
    int place = 0, count = CountBars(pen, &place);
    if (step < HUGE_VAL && !pen->xAxis->isLog)
        pitch = step / (pen->xAxis->hi - pen->xAxis->lo) * pen->box->w;
    else if (step < HUGE_VAL)
        pitch = 8;
    share = 0.8 * pitch / count;
    *width = fmax(1 / pen->scale, share);
    return (place - (count - 1) / 2.) * share;
}

double WeirBarsShift(const WeirPen *pen)
{
    double width;
    return Place(pen, &width);
}

void WeirBarsPaint(WeirPen *pen)
{
    Bars b = { .pen = pen, .base = BaseY(pen) };
    b.shift = Place(pen, &b.width);
    WeirSeriesDecimate(pen->shown, pen->xAxis, pen->columns, AddBar, &b);
    cairo_fill(pen->cr);
    pen->batch = 0;
}

/* ------------------------------------------------------------ histograms */

/* The outline of all classes; their shade is light, so that others show through. */
void WeirHistogramPaint(WeirPen *pen)
{
    size_t count = WeirSeriesCount(pen->shown), i;
    double base = BaseY(pen), x, y, lastY = base;
    if (count == 0)
        return;
    for (i = 0; i < count; i++) {
        WeirSeriesAt(pen->shown, i, &x, &y);
        x = WeirPenX(pen, x);
        y = WeirPenY(pen, y);
        cairo_line_to(pen->cr, x, lastY);
        if (count < 80) /* few classes are told apart by their sides */
            cairo_line_to(pen->cr, x, base);
        cairo_line_to(pen->cr, x, y);
        lastY = y;
    }
    cairo_close_path(pen->cr);
    SetShade(pen, 0.3);
    cairo_fill_preserve(pen->cr);
    SetShade(pen, 1);
    cairo_stroke(pen->cr);
}
