#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "plot/curveInt.h"

/* Discs for points; squares in every second round through the palette. */
static int MarkerOf(const WeirCurve *curve)
{
    if (curve->spec.marker != WEIR_MARKER_NONE || curve->spec.style != WEIR_STYLE_POINTS)
        return curve->spec.marker;
    return !curve->spec.color && curve->slot / WEIR_PALETTE % 2 == 1 ? WEIR_MARKER_SQUARE
                                                                     : WEIR_MARKER_CIRCLE;
}

double WeirMarkSize(const WeirCurve *curve)
{
    double width = curve->spec.width;
    if (MarkerOf(curve) == WEIR_MARKER_NONE || curve->spec.style >= WEIR_STYLE_BARS)
        return 0;
    if (curve->spec.style != WEIR_STYLE_POINTS)
        return 4 + 2 * (width > 0 ? width : 1.6);
    return width > 0 ? width : 5;
}

/* ------------------------------------------------------------ one mark */

/* Corners of the shapes that have some, in half diameters from the centre. */
static const double corners[][4][2] = {
    [WEIR_MARKER_SQUARE] = { { -0.9, -0.9 }, { 0.9, -0.9 }, { 0.9, 0.9 }, { -0.9, 0.9 } },
    [WEIR_MARKER_DIAMOND] = { { 0, -1.2 }, { 1.2, 0 }, { 0, 1.2 }, { -1.2, 0 } },
    [WEIR_MARKER_TRIANGLE] = { { 0, -1.2 }, { 1.1, 0.8 }, { -1.1, 0.8 }, { 0, -1.2 } },
    [WEIR_MARKER_PLUS] = { { -1.1, 0 }, { 1.1, 0 }, { 0, -1.1 }, { 0, 1.1 } },
    [WEIR_MARKER_CROSS] = { { -0.9, -0.9 }, { 0.9, 0.9 }, { -0.9, 0.9 }, { 0.9, -0.9 } }
};

/* Whether a shape is drawn as lines: a line of no length with round ends is a disc. */
static int IsStroked(int marker)
{
    return marker == WEIR_MARKER_CIRCLE || marker >= WEIR_MARKER_PLUS;
}

static void SetShape(cairo_t *cr, int marker, double size)
{
    int isDisc = marker == WEIR_MARKER_CIRCLE;
    cairo_set_line_cap(cr, isDisc ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
    cairo_set_line_width(cr, isDisc ? size : fmax(1.2, size / 5));
}

/* Add the shape to the path. */
static void AddShape(cairo_t *cr, int marker, double x, double y, double size)
{
    const double(*corner)[2] = corners[marker];
    double half = size / 2;
    int i;
    if (marker == WEIR_MARKER_CIRCLE) {
        cairo_move_to(cr, x, y);
        cairo_line_to(cr, x, y);
        return;
    }
    for (i = 0; i < 4; i++) {
        double atX = x + half * corner[i][0], atY = y + half * corner[i][1];
        if (i == 0 || (i == 2 && IsStroked(marker)))
            cairo_move_to(cr, atX, atY);
        else
            cairo_line_to(cr, atX, atY);
    }
    if (!IsStroked(marker))
        cairo_close_path(cr);
}

static void DrawShapes(WeirPen *pen, int marker)
{
    if (IsStroked(marker))
        cairo_stroke(pen->cr);
    else
        cairo_fill(pen->cr);
    pen->batch = 0;
}

void WeirMarkPaint(WeirPen *pen, double x, double y, double size)
{
    int marker = MarkerOf(pen->curve);
    cairo_new_path(pen->cr);
    SetShape(pen->cr, marker, size);
    AddShape(pen->cr, marker, x, y, size);
    DrawShapes(pen, marker);
}

/* ------------------------------------------------------------ all of a curve */

/* Cells of half a diameter: of the points in one, the first is enough. */
typedef struct Cells {
    WeirPen *pen;
    unsigned char *seen;
    int columns, rows, marker;
    double cell, size;
} Cells;

static int FirstInCell(Cells *cells, double x, double y)
{
    const WeirBox *box = cells->pen->box;
    int column = (int)floor((x - box->x + WEIR_SWATCH) / cells->cell);
    int row = (int)floor((y - box->y + WEIR_SWATCH) / cells->cell);
    unsigned char *seen;
    if (column < 0 || column >= cells->columns || row < 0 || row >= cells->rows)
        return 0;
    seen = &cells->seen[(size_t)row * (size_t)cells->columns + (size_t)column];
    return *seen ? 0 : (*seen = 1);
}

static void AddMark(void *arg, double x, double y)
{
    Cells *cells = arg;
    if (!WeirPenMap(cells->pen, &x, &y) || !FirstInCell(cells, x, y))
        return;
    AddShape(cells->pen->cr, cells->marker, x, y, cells->size);
    if (++cells->pen->batch >= WEIR_PEN_BATCH)
        DrawShapes(cells->pen, cells->marker);
}

void WeirMarksPaint(WeirPen *pen)
{
    Cells cells = { .pen = pen, .marker = MarkerOf(pen->curve) };
    cells.size = WeirMarkSize(pen->curve);
    cells.cell = fmax(0.5 / pen->scale, cells.size / 2);
    cells.columns = (int)ceil((pen->box->w + 2 * WEIR_SWATCH) / cells.cell);
    cells.rows = (int)ceil((pen->box->h + 2 * WEIR_SWATCH) / cells.cell);
    cells.seen = calloc((size_t)cells.columns, (size_t)cells.rows);
    if (!cells.seen)
        return;
    SetShape(pen->cr, cells.marker, cells.size);
    WeirSeriesVisit(pen->shown, pen->xAxis->lo, pen->xAxis->hi, AddMark, &cells);
    DrawShapes(pen, cells.marker);
    free(cells.seen);
}

/* ------------------------------------------------------------ whiskers */

static void AddWhisker(WeirPen *pen, double x, double low, double high)
{
    double half = fmin(4, pen->box->w / 100);
    cairo_move_to(pen->cr, x, low);
    cairo_line_to(pen->cr, x, high);
    cairo_move_to(pen->cr, x - half, low);
    cairo_line_to(pen->cr, x + half, low);
    cairo_move_to(pen->cr, x - half, high);
    cairo_line_to(pen->cr, x + half, high);
    if (++pen->batch >= WEIR_PEN_BATCH)
        WeirPenStroke(pen);
}

void WeirWhiskersPaint(WeirPen *pen)
{
    const WeirCurve *curve = pen->curve;
    const WeirColor *text = &WeirLookOf(pen->figure->spec.look)->text;
    double lastX = -HUGE_VAL, shift = 0;
    size_t i, to;
    cairo_set_line_width(pen->cr, 1.2);
    if (curve->spec.style == WEIR_STYLE_BARS) { /* half of it lies on the bar */
        cairo_set_source_rgb(pen->cr, text->r, text->g, text->b);
        shift = WeirBarsShift(pen);
    }
    WeirSeriesWindow(curve->high, pen->xAxis->lo, pen->xAxis->hi, &i, &to);
    for (; i < to; i++) {
        double x, low, high;
        WeirSeriesAt(curve->low, i, &x, &low);
        WeirSeriesAt(curve->high, i, &x, &high);
        if (isnan(high) || (pen->xAxis->isLog && x <= 0))
            continue;
        x = WeirPenX(pen, x) + shift;
        if (fabs(x - lastX) < 0.5 / pen->scale) /* it would be drawn over the last one */
            continue;
        lastX = x;
        AddWhisker(pen, x, WeirPenY(pen, low), WeirPenY(pen, high));
    }
    WeirPenStroke(pen);
}
