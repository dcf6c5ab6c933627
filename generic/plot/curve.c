#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "plot/curve.h"

enum {
    BATCH = 400,  /* segments or points stroked at a time: cairo's cost grows faster */
    FAR = 1000000 /* cairo's coordinates end at 8,388,607 */
};

/* The state of drawing one curve. */
typedef struct Pen {
    cairo_t *cr;
    const WeirBox *box;
    const WeirAxis *xAxis, *yAxis;
    int steps; /* go level to the next x, then up or down */
    double width;
    double lastX, lastY; /* the previous point of the run */
    int run;             /* points since the last gap */
    int batch;           /* segments in cairo's path */
    unsigned char *seen; /* cells that have a point, for style points */
    int columns, rows;
    double cell;
} Pen;

static double LineWidth(const WeirCurve *curve)
{
    double usual = curve->spec.style == WEIR_STYLE_POINTS ? 5 : 1.6;
    return curve->spec.width > 0 ? curve->spec.width : usual;
}

double WeirCurveReach(const WeirCurve *curve)
{
    return LineWidth(curve) + 1;
}

static double Clamp(double v, double lo, double hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* To pixels; 0 for a gap, and for what a logarithm has no place for. */
static int Map(const Pen *pen, double *x, double *y)
{
    double atX = WeirAxisAt(pen->xAxis, *x), atY = WeirAxisAt(pen->yAxis, *y);
    if (isnan(atX) || isnan(atY))
        return 0;
    *x = Clamp(pen->box->x + atX * pen->box->w, -FAR, FAR);
    *y = Clamp(pen->box->y + (1 - atY) * pen->box->h, -FAR, FAR);
    return 1;
}

static void Dot(cairo_t *cr, double x, double y, double diameter)
{
    cairo_new_path(cr);
    cairo_arc(cr, x, y, diameter / 2, 0, 2 * M_PI);
    cairo_fill(cr);
}

/* ------------------------------------------------------------ lines and steps */

static void StrokeBatch(Pen *pen)
{
    cairo_stroke(pen->cr);
    pen->batch = 0;
}

/* A point between two gaps would have no line: it is drawn as a dot. */
static void EndRun(Pen *pen)
{
    if (pen->run == 1) {
        StrokeBatch(pen);
        Dot(pen->cr, pen->lastX, pen->lastY, fmax(4, 2.5 * pen->width));
    }
    pen->run = 0;
}

static void LinePoint(void *arg, double x, double y)
{
    Pen *pen = arg;
    if (isnan(y) || !Map(pen, &x, &y)) {
        EndRun(pen);
        return;
    }
    if (pen->run == 0) {
        cairo_move_to(pen->cr, x, y);
    } else {
        if (pen->batch >= BATCH) {
            StrokeBatch(pen);
            cairo_move_to(pen->cr, pen->lastX, pen->lastY);
        }
        if (pen->steps && y != pen->lastY)
            cairo_line_to(pen->cr, x, pen->lastY);
        cairo_line_to(pen->cr, x, y);
        pen->batch++;
    }
    pen->lastX = x;
    pen->lastY = y;
    pen->run++;
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

static void PaintLine(Pen *pen, const WeirFigure *figure, const WeirCurve *curve,
                      double scale)
{
    cairo_set_line_join(pen->cr, CAIRO_LINE_JOIN_ROUND);
    SetDash(pen->cr, curve, pen->width);
    WeirSeriesDecimate(curve->series, pen->xAxis, (int)ceil(pen->box->w * scale),
                       LinePoint, pen);
    EndRun(pen);
    StrokeBatch(pen);
}

/* ------------------------------------------------------------ points */

/* Of points that would cover each other (half a diameter apart) one is enough. */
static int FirstInCell(Pen *pen, double x, double y)
{
    double margin = WEIR_SWATCH;
    int column = (int)floor((x - pen->box->x + margin) / pen->cell);
    int row = (int)floor((y - pen->box->y + margin) / pen->cell);
    unsigned char *seen;
    if (column < 0 || column >= pen->columns || row < 0 || row >= pen->rows)
        return 0;
    seen = &pen->seen[(size_t)row * (size_t)pen->columns + (size_t)column];
    return *seen ? 0 : (*seen = 1);
}

static void MarkPoint(void *arg, double x, double y)
{
    Pen *pen = arg;
    if (isnan(y) || !Map(pen, &x, &y) || !FirstInCell(pen, x, y))
        return;
    /* A line of no length with round ends is a disc, with square ends a square. */
    cairo_move_to(pen->cr, x, y);
    cairo_line_to(pen->cr, x, y);
    if (++pen->batch >= BATCH)
        StrokeBatch(pen);
}

static void SetPointShape(cairo_t *cr, const WeirCurve *curve)
{
    int isSquare = !curve->spec.color && curve->slot / WEIR_PALETTE % 2 == 1;
    cairo_set_line_cap(cr, isSquare ? CAIRO_LINE_CAP_SQUARE : CAIRO_LINE_CAP_ROUND);
}

static void PaintPoints(Pen *pen, const WeirCurve *curve, double scale)
{
    pen->cell = fmax(0.5 / scale, pen->width / 2);
    pen->columns = (int)ceil((pen->box->w + 2 * WEIR_SWATCH) / pen->cell);
    pen->rows = (int)ceil((pen->box->h + 2 * WEIR_SWATCH) / pen->cell);
    pen->seen = calloc((size_t)pen->columns, (size_t)pen->rows);
    if (!pen->seen)
        return;
    SetPointShape(pen->cr, curve);
    WeirSeriesVisit(curve->series, pen->xAxis->lo, pen->xAxis->hi, MarkPoint, pen);
    StrokeBatch(pen);
    free(pen->seen);
}

/* ------------------------------------------------------------ the whole */

static double Prepare(cairo_t *cr, const WeirFigure *figure, const WeirCurve *curve)
{
    WeirColor color = WeirCurveColor(figure, curve);
    double width = LineWidth(curve);
    cairo_set_source_rgb(cr, color.r, color.g, color.b);
    cairo_set_line_width(cr, width);
    cairo_new_path(cr);
    return width;
}

void WeirCurvePaint(cairo_t *cr, const WeirFigure *figure, const WeirCurve *curve,
                    const WeirBox *box, const WeirAxis *xAxis, const WeirAxis *yAxis,
                    double scale)
{
    Pen pen = { .cr = cr,
                .box = box,
                .xAxis = xAxis,
                .yAxis = yAxis,
                .steps = curve->spec.style == WEIR_STYLE_STEPS };
    cairo_save(cr);
    pen.width = Prepare(cr, figure, curve);
    if (curve->spec.style == WEIR_STYLE_POINTS)
        PaintPoints(&pen, curve, scale);
    else
        PaintLine(&pen, figure, curve, scale);
    cairo_restore(cr);
}

void WeirCurveSwatch(cairo_t *cr, const WeirFigure *figure, const WeirCurve *curve,
                     double x, double y)
{
    double width;
    cairo_save(cr);
    width = Prepare(cr, figure, curve);
    if (curve->spec.style == WEIR_STYLE_POINTS) {
        SetPointShape(cr, curve);
        cairo_set_line_width(cr, Clamp(width, 3, 12));
        cairo_move_to(cr, x + WEIR_SWATCH / 2., y);
        cairo_line_to(cr, x + WEIR_SWATCH / 2., y);
    } else {
        cairo_set_line_width(cr, Clamp(width, 2, 12));
        SetDash(cr, curve, Clamp(width, 2, 2.4));
        cairo_move_to(cr, x, y);
        cairo_line_to(cr, x + WEIR_SWATCH, y);
    }
    cairo_stroke(cr);
    cairo_restore(cr);
}
