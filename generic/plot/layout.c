#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "plot/layout.h"
#include "plot/legend.h"

const WeirFont weirTitleFont = { 17, 1 }, weirSubtitleFont = { 12.5, 0 },
               weirHeadFont = { 12, 0 }, weirLegendFont = { 12, 0 },
               weirTickFont = { 11, 0 };

/* Distances in pixels. */
enum {
    MARGIN = 16,
    TOP = 12, /* where the title begins */
    TITLE_LINE = 24,
    SUBTITLE_LINE = 18,
    HEAD_LINE = 19,   /* a y title or a row of the legend */
    HEAD_GAP = 10,    /* between a head and its box */
    PANEL_GAP = 18,   /* between a box and the next head */
    TICK_GAP = 8,     /* between a box and the labels at its axes */
    TICK_LINE = 24,   /* the row of labels below the last box */
    LABEL_SPACE = 18, /* between two labels of the x axis */
    ENTRY_SPACE = 18, /* between two entries of a legend */
    BOX_HEIGHT_MIN = 40,
    BOX_WIDTH_MIN = 80,
    TICKS_PER_X = 100, /* one label in about so many pixels */
    TICKS_PER_Y = 42,
    X_LABELS = 8,
    Y_LABELS = 7 /* that is enough on any axis */
};

static double Limit(const double *limit, double otherwise)
{
    return limit ? *limit : otherwise;
}

/* A given limit wins over what the data say; a range that it turns around is opened
 * again. */
static void ApplyLimits(WeirAxis *axis, const double *min, const double *max)
{
    double lo = Limit(min, axis->lo), hi = Limit(max, axis->hi);
    if (!(lo < hi) && axis->isLog) {
        hi = min ? lo * 10 : hi;
        lo = min ? lo : hi / 10;
    } else if (!(lo < hi)) {
        double room = fmax(fabs(lo), fabs(hi));
        room = room > 1e-290 ? room : 1;
        hi = min ? lo + room : hi;
        lo = min ? lo : hi - room;
    }
    axis->lo = lo;
    axis->hi = hi;
}

/* "LABEL (UNIT)"; the unit stays when the label must be cut.  Returns the width. */
static double FitTitle(cairo_t *cr, const char *label, const char *unit, double width,
                       char out[WEIR_TEXT_ROOM])
{
    char tail[WEIR_UNIT_TEXT + 4] = "";
    size_t used;
    if (!label)
        return WeirTextFit(cr, &weirHeadFont, unit, width, out);
    if (*unit)
        snprintf(tail, sizeof tail, " (%s)", unit);
    WeirTextFit(cr, &weirHeadFont, label, width - WeirTextWidth(cr, &weirHeadFont, tail),
                out);
    used = strlen(out);
    snprintf(out + used, WEIR_TEXT_ROOM - used, "%s", tail);
    return WeirTextWidth(cr, &weirHeadFont, out);
}

/* ------------------------------------------------------------ ranges */

static void PlaceX(WeirLayout *layout, WeirAxis *axis, const WeirFigureSpec *spec,
                   int wish)
{
    WeirTicksPlace(&layout->xTicks, axis, spec->xmin ? WEIR_END_FIXED : WEIR_END_SNAP,
                   spec->xmax ? WEIR_END_FIXED : WEIR_END_SNAP,
                   spec->xunit ? spec->xunit : "", wish);
    if (layout->isEmpty && !spec->xmin && !spec->xmax)
        layout->xTicks.count = 0; /* the range says nothing */
}

static void PlaceY(WeirPanelLayout *panel, WeirAxis *axis, const WeirPanelSpec *spec,
                   double height)
{
    WeirTicksPlace(&panel->yTicks, axis, spec->ymin ? WEIR_END_FIXED : WEIR_END_TICK,
                   spec->ymax ? WEIR_END_FIXED : WEIR_END_TICK,
                   spec->yunit ? spec->yunit : "",
                   (int)fmin(height / TICKS_PER_Y + 0.5, Y_LABELS));
    if (panel->isEmpty && !spec->ymin && !spec->ymax)
        panel->yTicks.count = 0; /* the range says nothing */
}

/* The ranges of the data: x over all panels, y for each. */
static void FitAxes(WeirLayout *layout, const WeirFigure *figure)
{
    const WeirFigureSpec *spec = &figure->spec;
    WeirExtent x = weirExtentEmpty;
    double xLo = Limit(spec->xmin, -HUGE_VAL), xHi = Limit(spec->xmax, HUGE_VAL);
    int i, p, xLog = spec->xscale == WEIR_AXIS_LOG;
    layout->xAxis.isLog = xLog;
    for (p = 0; p < figure->panelCount; p++) {
        WeirPanelLayout *panel = &layout->panels[p];
        WeirExtent y = weirExtentEmpty;
        panel->yAxis.isLog = figure->panels[p].yscale == WEIR_AXIS_LOG;
        for (i = 0; i < figure->curveCount; i++)
            if (figure->curves[i].spec.panel == p + 1)
                WeirSeriesExtent(figure->curves[i].series, xLo, xHi, xLog,
                                 panel->yAxis.isLog, &y);
        panel->isEmpty = y.yLo > y.yHi;
        WeirAxisFitQuantity(&panel->yAxis, y.yLo, y.yHi);
        ApplyLimits(&panel->yAxis, figure->panels[p].ymin, figure->panels[p].ymax);
        x.xLo = fmin(x.xLo, y.xLo);
        x.xHi = fmax(x.xHi, y.xHi);
    }
    layout->isEmpty = x.xLo > x.xHi;
    WeirAxisFitPosition(&layout->xAxis, x.xLo, x.xHi);
    ApplyLimits(&layout->xAxis, spec->xmin, spec->xmax);
}

/* ------------------------------------------------------------ heads */

/* Put the y title and the legend of a panel at and below y = 0.  Returns the height of
 * the head, or an error. */
static double MakeHead(cairo_t *cr, const WeirFigure *figure, int number,
                       WeirPanelLayout *panel, double width, int rowsMax)
{
    double room = width - 2 * MARGIN;
    double titleWidth = FitTitle(cr, figure->panels[number - 1].ylabel,
                                 panel->yTicks.unit, room, panel->yTitle.text);
    WeirBox legend = { MARGIN, 0, room, HEAD_LINE };
    int rows;
    panel->yTitle.x = MARGIN;
    panel->yTitle.y = WEIR_BASELINE;
    rows = WeirLegendMake(cr, figure, number, panel, &legend, titleWidth, rowsMax);
    return rows < 0 ? rows : rows * HEAD_LINE + HEAD_GAP;
}

static void MoveHead(WeirPanelLayout *panel, double y)
{
    int i;
    panel->yTitle.y += y;
    for (i = 0; i < panel->legendCount; i++)
        panel->legend[i].label.y += y;
}

/* ------------------------------------------------------------ boxes */

/* Titles and heads take what they need, the boxes share the rest of the height. */
static int StackPanels(WeirLayout *layout, cairo_t *cr, const WeirFigure *figure,
                       double width, double height, double top, double bottom,
                       WeirErr *err)
{
    int p, n = figure->panelCount, rowsMax = (int)fmax(1, 0.3 * height / n / HEAD_LINE);
    double heads[WEIR_PANELS_MAX], used = top + bottom + (n - 1) * PANEL_GAP, y = top,
                                   box;
    for (p = 0; p < n; p++) {
        /* The unit that the title states does not depend on the height. */
        WeirAxis axis = layout->panels[p].yAxis;
        PlaceY(&layout->panels[p], &axis, &figure->panels[p], height / n);
        heads[p] = MakeHead(cr, figure, p + 1, &layout->panels[p], width, rowsMax);
        if (heads[p] < 0)
            return WeirFail(err, WEIR_E_MEMORY, "out of memory");
        used += heads[p];
    }
    box = floor((height - used) / n);
    if (box < BOX_HEIGHT_MIN)
        return WeirFail(
            err, WEIR_E_LIMIT,
            "a height of %g does not hold the titles, legends and panels of this "
            "figure: use at least %g",
            height, ceil(used + n * BOX_HEIGHT_MIN));
    for (p = 0; p < n; p++) {
        WeirPanelLayout *panel = &layout->panels[p];
        MoveHead(panel, y);
        panel->box.y = y + heads[p];
        panel->box.h = box;
        y += heads[p] + box + PANEL_GAP;
    }
    return WEIR_OK;
}

/* The y axes share their left edge: the widest label decides. */
static double LeftEdge(WeirLayout *layout, cairo_t *cr, const WeirFigure *figure)
{
    double widest = 0;
    int p, i;
    for (p = 0; p < figure->panelCount; p++) {
        WeirPanelLayout *panel = &layout->panels[p];
        PlaceY(panel, &panel->yAxis, &figure->panels[p], panel->box.h);
        for (i = 0; i < panel->yTicks.count; i++)
            widest = fmax(widest,
                          WeirTextWidth(cr, &weirTickFont, panel->yTicks.tick[i].label));
    }
    return ceil(MARGIN + widest + TICK_GAP);
}

/* Whether labels of these ticks stand apart on an axis `width` pixels long; the overhang
 * of the last one on the right is left in `*overhang`. */
static int LabelsFit(cairo_t *cr, const WeirTicks *ticks, const WeirAxis *axis,
                     double width, double *overhang)
{
    double end = -HUGE_VAL;
    int i;
    for (i = 0; i < ticks->count; i++) {
        double half = WeirTextWidth(cr, &weirTickFont, ticks->tick[i].label) / 2;
        double at = width * WeirAxisAt(axis, ticks->tick[i].value);
        if (half <= 0)
            continue;
        if (at - half < end + LABEL_SPACE)
            return 0;
        end = at + half;
        *overhang = fmax(0, end - width);
    }
    return 1;
}

/* As many x labels as fit; then the last horizontal measures of the boxes are known. */
static void SpreadPanels(WeirLayout *layout, cairo_t *cr, const WeirFigure *figure,
                         double left, double width)
{
    WeirAxis range = layout->xAxis;
    double right = MARGIN, overhang = 0;
    int wish = (int)fmin((width - left) / TICKS_PER_X + 0.5, X_LABELS), p;
    do {
        layout->xAxis = range;
        PlaceX(layout, &layout->xAxis, &figure->spec, wish);
    } while (!LabelsFit(cr, &layout->xTicks, &layout->xAxis, width - left - right,
                        &overhang) &&
             --wish >= 2);
    right = fmax(right, ceil(overhang) + 6);
    for (p = 0; p < figure->panelCount; p++) {
        layout->panels[p].box.x = left;
        layout->panels[p].box.w = width - left - right;
    }
}

/* ------------------------------------------------------------ the whole */

/* One title of up to two lines from y down; returns the y below it. */
static double MakeTitle(WeirLine lines[2], cairo_t *cr, const WeirFont *font,
                        const char *text, double y, double lineHeight, double width)
{
    int i, count = text ? WeirTextSplit(cr, font, text, width - 2 * MARGIN, lines[0].text,
                                        lines[1].text)
                        : 0;
    for (i = 0; i < count; i++) {
        lines[i].x = MARGIN;
        lines[i].y = y + lineHeight - 6;
        y += lineHeight;
    }
    return y;
}

/* The line below everything; returns the height that it takes. */
static double MakeXTitle(WeirLayout *layout, cairo_t *cr, const WeirFigureSpec *spec,
                         double width, double height)
{
    WeirAxis axis = layout->xAxis;
    /* The unit does not depend on the number of labels. */
    PlaceX(layout, &axis, spec, WEIR_LABELS_MAX);
    FitTitle(cr, spec->xlabel, layout->xTicks.unit, width - 2 * MARGIN,
             layout->xTitle.text);
    layout->xTitle.y = height - MARGIN + 2;
    return layout->xTitle.text[0] ? HEAD_LINE : 0;
}

static void CenterXTitle(WeirLayout *layout, cairo_t *cr, double width)
{
    const WeirBox *box = &layout->panels[0].box;
    double is = WeirTextWidth(cr, &weirHeadFont, layout->xTitle.text);
    layout->xTitle.x =
        fmax(MARGIN, fmin(box->x + (box->w - is) / 2, width - MARGIN - is));
}

static int Make(WeirLayout *layout, cairo_t *cr, const WeirFigure *figure, double width,
                double height, WeirErr *err)
{
    const WeirFigureSpec *spec = &figure->spec;
    double top, bottom, left;
    int rc;
    layout->panelCount = figure->panelCount;
    FitAxes(layout, figure);
    top =
        MakeTitle(layout->title, cr, &weirTitleFont, spec->title, TOP, TITLE_LINE, width);
    top = MakeTitle(layout->subtitle, cr, &weirSubtitleFont, spec->subtitle, top,
                    SUBTITLE_LINE, width);
    top += top > TOP ? 8 : 0;
    bottom = TICK_LINE + MARGIN - 8 + MakeXTitle(layout, cr, spec, width, height);
    rc = StackPanels(layout, cr, figure, width, height, top, bottom, err);
    if (rc < 0)
        return rc;
    left = LeftEdge(layout, cr, figure);
    if (width - left - MARGIN < BOX_WIDTH_MIN)
        return WeirFail(
            err, WEIR_E_LIMIT,
            "a width of %g does not hold the labels and panels of this figure: "
            "use at least %g",
            width, left + MARGIN + BOX_WIDTH_MIN);
    SpreadPanels(layout, cr, figure, left, width);
    CenterXTitle(layout, cr, width);
    return WEIR_OK;
}

WeirLayout *WeirLayoutNew(cairo_t *cr, const WeirFigure *figure, double width,
                          double height, WeirErr *err)
{
    WeirLayout *layout = calloc(1, sizeof *layout);
    if (!layout) {
        WeirFail(err, WEIR_E_MEMORY, "out of memory");
    } else if (Make(layout, cr, figure, width, height, err) < 0) {
        WeirLayoutFree(layout);
        return NULL;
    }
    return layout;
}

void WeirLayoutFree(WeirLayout *layout)
{
    int p;
    if (!layout)
        return;
    for (p = 0; p < WEIR_PANELS_MAX; p++)
        free(layout->panels[p].legend);
    free(layout);
}
