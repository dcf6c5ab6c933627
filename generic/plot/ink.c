#include "config.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include "plot/ink.h"

/* (tx, ty) is its direction, of length 1, with ty >= 0. */
typedef struct Segment {
    double x, y, endX, endY, tx, ty, length;
} Segment;

enum { KEPT_MAX = 8 };

/* What a curve does within a column that is narrower than its line: not inked before it
 * leaves that, as a curve that goes up and down there is a bar. */
typedef struct Column {
    double number;         /* its left edge is number * cell */
    double lo, hi, travel; /* how far it goes, and the way it takes */
    double x, y;           /* where it is */
    Segment kept[KEPT_MAX], into;
    int count, hasInto; /* of those kept; whether it came from another column */
    int isBar, wasBar;  /* this column, the one before */
    double lastLo, lastHi, lastNumber;
} Column;

/* The mask is as large as the clip; positions are pixels of it. */
struct WeirInk {
    cairo_t *cr;
    double reach;     /* from the middle of a line to where its ink ends */
    double cell;      /* width of a column */
    double left, top; /* of the mask in the image */
    int width, height, stride;
    int first, end; /* the rows that have ink */
    Column column;
    unsigned char mask[];
};

static int Within(double v, int hi)
{
    return v < 0 ? 0 : v > hi ? hi : (int)v;
}

static double Lower(double a, double b)
{
    return a < b ? a : b;
}

static double Higher(double a, double b)
{
    return a > b ? a : b;
}

static unsigned char *PixelAt(WeirInk *ink, int row, int column)
{
    return ink->mask + (size_t)row * (size_t)ink->stride + column;
}

static int Smaller(int a, int b)
{
    return a < b ? a : b;
}

static int Larger(int a, int b)
{
    return a > b ? a : b;
}

WeirInk *WeirInkNew(cairo_t *cr, double width)
{
    double x0, y0, x1, y1, across = width, none = 0;
    int columns, rows, stride;
    WeirInk *ink;
    if (cairo_surface_get_type(cairo_get_group_target(cr)) != CAIRO_SURFACE_TYPE_IMAGE)
        return NULL;
    cairo_clip_extents(cr, &x0, &y0, &x1, &y1);
    cairo_user_to_device(cr, &x0, &y0);
    cairo_user_to_device(cr, &x1, &y1);
    cairo_user_to_device_distance(cr, &across, &none);
    columns = (int)(ceil(x1) - floor(x0));
    rows = (int)(ceil(y1) - floor(y0));
    if (columns <= 0 || rows <= 0)
        return NULL;
    stride = cairo_format_stride_for_width(CAIRO_FORMAT_A8, columns);
    ink = calloc(1, sizeof *ink + (size_t)stride * (size_t)rows);
    if (!ink)
        return NULL;
    ink->cr = cr;
    ink->reach = across / 2 + 0.5;
    ink->cell = Higher(1, floor(across / 1.6));
    ink->column.number = NAN;
    ink->left = floor(x0);
    ink->top = floor(y0);
    ink->width = columns;
    ink->height = ink->first = rows;
    ink->stride = stride;
    return ink;
}

/* Rows beside an end: the ink is round there. */
static void InkEnds(WeirInk *ink, const Segment *s, int row, int end)
{
    double half = s->ty > 0 ? ink->reach / s->ty : HUGE_VAL;
    double slope = s->ty > 0 ? s->tx / s->ty : 0;
    double lo = Lower(s->x, s->endX) - ink->reach,
           hi = Higher(s->x, s->endX) + ink->reach;
    for (; row < end; row++) {
        double dy = row + 0.5 - s->y, middle = s->x + dy * slope;
        int x = Within(Higher(middle - half, lo), ink->width);
        int to = Within(Lower(middle + half, hi) + 1, ink->width);
        for (; x < to; x++) {
            unsigned char *pixel = PixelAt(ink, row, x);
            double dx = x + 0.5 - s->x;
            double along = dx * s->tx + dy * s->ty, away = fabs(dx * s->ty - dy * s->tx);
            double beyond = along < 0 ? along : along > s->length ? along - s->length : 0;
            double cover;
            if (beyond != 0)
                away = sqrt(away * away + beyond * beyond);
            cover = 255 * Lower(ink->reach - away, 1);
            if (cover > *pixel)
                *pixel = (unsigned char)cover;
        }
    }
}

/* Rows that the line crosses from side to side: the distance grows evenly along a row.
 * This is where the time goes, so it is counted in integers: positions in 2^-32 pixels,
 * distances in UNIT to a pixel, of which 255 << 8 is full ink. */
static void InkMiddle(WeirInk *ink, const Segment *s, int row, int end)
{
    enum { UNIT = 255 << 8 };
    const double one = 4294967296.0;
    double half = ink->reach / s->ty, slope = s->tx / s->ty;
    double at = s->x + (row + 0.5 - s->y) * slope - 0.5;
    int64_t middle = (int64_t)(at * one), move = (int64_t)(slope * one);
    int64_t side = (int64_t)(half * one), step = (int64_t)(s->ty * UNIT);
    int full = (int)(ink->reach * UNIT), count = (int)ceil(2 * half), i;
    for (; row < end; row++, middle += move) {
        int x = (int)((middle - side) >> 32) + 1;
        int skip = Larger(-x, 0), most = Smaller(count, ink->width - x);
        int away = (int)(((x * (int64_t)one - middle) * step) >> 32);
        unsigned char *pixel = PixelAt(ink, row, x + skip);
        for (i = skip; i < most; i++, pixel++) {
            int cover = Smaller(full - abs(away + i * (int)step), UNIT) >> 8;
            *pixel = (unsigned char)Larger(cover, *pixel);
        }
    }
}

static void ToMask(const WeirInk *ink, double *x, double *y)
{
    cairo_user_to_device(ink->cr, x, y);
    *x -= ink->left;
    *y -= ink->top;
}

static Segment MakeSegment(double x0, double y0, double x1, double y1)
{
    Segment s;
    s.x = y0 <= y1 ? x0 : x1;
    s.y = Lower(y0, y1);
    s.endX = y0 <= y1 ? x1 : x0;
    s.endY = Higher(y0, y1);
    s.length = sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
    s.tx = s.length > 0 ? (s.endX - s.x) / s.length : 1;
    s.ty = s.length > 0 ? (s.endY - s.y) / s.length : 0;
    return s;
}

/* Ink comes to these rows. */
static void NoteRows(WeirInk *ink, int from, int end)
{
    ink->first = Smaller(from, ink->first);
    ink->end = Larger(end, ink->end);
}

static void InkSegment(WeirInk *ink, const Segment *s)
{
    double round = ink->reach * fabs(s->tx);
    int row = Within(s->y - ink->reach, ink->height);
    int from = Within(ceil(s->y + round), ink->height);
    int to = Within(s->endY - round, ink->height);
    int end = Within(s->endY + ink->reach + 1, ink->height);
    NoteRows(ink, row, end);
    if (from < to && s->ty > 0.2) { /* of a flatter one rows are long, and few */
        InkEnds(ink, s, row, from);
        InkMiddle(ink, s, from, to);
        InkEnds(ink, s, to, end);
    } else {
        InkEnds(ink, s, row, end);
    }
}

/* ------------------------------------------------------------ bars */

/* An upright line in the middle of a column. */
static void InkBar(WeirInk *ink, const Column *c)
{
    double x = (c->number + 0.5) * ink->cell;
    Segment s = { x, c->lo, x, c->hi, 0, 1, c->hi - c->lo };
    int row = Within(c->lo - ink->reach, ink->height),
        from = Within(ceil(c->lo), ink->height);
    int to = Larger(from, Within(c->hi, ink->height));
    int end = Within(c->hi + ink->reach + 1, ink->height);
    int left = Within(x - ink->reach, ink->width);
    int right = Within(x + ink->reach + 1, ink->width), i;
    unsigned char cover[64];
    NoteRows(ink, row, end);
    InkEnds(ink, &s, row, from);
    InkEnds(ink, &s, to, end);
    for (i = left; i < right; i++)
        cover[i - left] =
            (unsigned char)(255 * Higher(0, Lower(ink->reach - fabs(i + 0.5 - x), 1)));
    for (; from < to; from++) {
        unsigned char *pixel = PixelAt(ink, from, left);
        for (i = 0; i < right - left; i++)
            pixel[i] = (unsigned char)Larger(pixel[i], cover[i]);
    }
}

/* Ink what the column holds, and the way into it unless bars cover that. */
static void EndColumn(WeirInk *ink)
{
    Column *c = &ink->column;
    double range = c->hi - c->lo;
    int i;
    c->isBar = c->count > 0 && range > 4 * ink->reach && ink->reach < 30 &&
               (c->wasBar || c->travel > 1.2 * range);
    if (c->isBar)
        InkBar(ink, c);
    for (i = 0; i < c->count && !c->isBar; i++)
        InkSegment(ink, &c->kept[i]);
    if (c->hasInto && !(c->isBar && c->wasBar && fabs(c->number - c->lastNumber) == 1 &&
                        c->lo <= c->lastHi && c->lastLo <= c->hi))
        InkSegment(ink, &c->into);
    c->wasBar = c->isBar;
    c->lastNumber = c->number;
    c->lastLo = c->lo;
    c->lastHi = c->hi;
    c->count = c->hasInto = 0;
}

static void BeginColumn(Column *c, double number, double y)
{
    c->number = number;
    c->lo = c->hi = y;
    c->travel = 0;
}

void WeirInkSegment(WeirInk *ink, double x0, double y0, double x1, double y1)
{
    Column *c = &ink->column;
    Segment s;
    double number;
    ToMask(ink, &x0, &y0);
    ToMask(ink, &x1, &y1);
    s = MakeSegment(x0, y0, x1, y1);
    number = floor(x1 / ink->cell);
    if (x0 != c->x || y0 != c->y) { /* another run */
        EndColumn(ink);
        c->wasBar = 0;
        BeginColumn(c, floor(x0 / ink->cell), y0);
    }
    if (number != c->number) {
        EndColumn(ink);
        BeginColumn(c, number, y1);
        c->into = s;
        c->hasInto = 1;
    } else if (c->count < KEPT_MAX) {
        c->kept[c->count++] = s;
        c->travel += fabs(y1 - y0);
    } else {
        InkSegment(ink, &s);
    }
    c->lo = Lower(c->lo, y1);
    c->hi = Higher(c->hi, y1);
    c->x = x1;
    c->y = y1;
}

void WeirInkDry(WeirInk *ink)
{
    cairo_t *cr = ink->cr;
    cairo_surface_t *mask;
    EndColumn(ink);
    if (ink->first < ink->end) {
        mask = cairo_image_surface_create_for_data(PixelAt(ink, ink->first, 0),
                                                   CAIRO_FORMAT_A8, ink->width,
                                                   ink->end - ink->first, ink->stride);
        cairo_save(cr);
        cairo_identity_matrix(cr);
        cairo_mask_surface(cr, mask, ink->left, ink->top + ink->first);
        cairo_restore(cr);
        cairo_surface_destroy(mask);
    }
    free(ink);
}
