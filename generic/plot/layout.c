#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "plot/derive.h"
#include "plot/layout.h"
#include "plot/legend.h"
#include "plot/timeaxis.h"

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

/* What is zoomed to on an axis; NULL for nothing that the axis has. */
static const WeirRange *Usable(const WeirRange *range, int isLog)
{
    return range && range->lo < range->hi && (!isLog || range->lo > 0) ? range : NULL;
}

static const WeirRange *ZoomY(const WeirFigure *figure, int panel, int side)
{
    const WeirPanelRanges *ranges = figure->view.y[side];
    return ranges ? Usable(&ranges->panel[panel],
                           figure->panels[panel].side[side].scale == WEIR_AXIS_LOG)
                  : NULL;
}

static void PlaceX(WeirLayout *layout, WeirAxis *axis, const WeirFigure *figure, int wish)
{
    const WeirFigureSpec *spec = &figure->spec;
    int zoomed = layout->isXFixed;
    WeirEnd lo = spec->xmin || zoomed ? WEIR_END_FIXED : WEIR_END_SNAP;
    WeirEnd hi = spec->xmax || zoomed ? WEIR_END_FIXED : WEIR_END_SNAP;
    if (spec->xscale != WEIR_AXIS_TIME ||
        !WeirTimeTicksPlace(&layout->xTicks, axis, spec->zone == WEIR_ZONE_LOCAL, wish))
        WeirTicksPlace(&layout->xTicks, axis, lo, hi, spec->xunit ? spec->xunit : "",
                       wish);
    if (layout->isEmpty && !spec->xmin && !spec->xmax && !zoomed)
        layout->xTicks.count = 0; /* the range says nothing */
}

static void PlaceY(WeirSideLayout *side, WeirAxis *axis, const WeirSideSpec *spec,
                   int zoomed, double height)
{
    WeirTicksPlace(
        &side->ticks, axis, spec->min || zoomed ? WEIR_END_FIXED : WEIR_END_TICK,
        spec->max || zoomed ? WEIR_END_FIXED : WEIR_END_TICK,
        spec->unit ? spec->unit : "", (int)fmin(height / TICKS_PER_Y + 0.5, Y_LABELS));
    if (side->isEmpty && !spec->min && !spec->max && !zoomed)
        side->ticks.count = 0; /* the range says nothing */
}

static void PlaceSide(WeirLayout *layout, const WeirFigure *figure, int panel, int which,
                      double height)
{
    WeirSideLayout *side = &layout->panels[panel].side[which];
    PlaceY(side, &side->axis, &figure->panels[panel].side[which],
           ZoomY(figure, panel, which) != NULL, height);
}

/* Whether the base of a curve's bars, y = 0, belongs to the picture. */
static int HasBase(int style)
{
    return style == WEIR_STYLE_BARS || style >= WEIR_STYLE_HISTOGRAM;
}

/* The reach of a curve's points, with its band and the base of its bars. */
static void ExtendByCurve(const WeirFigure *figure, WeirCurve *curve, double xLo,
                          double xHi, int xLog, int yLog, WeirExtent *e)
{
    const WeirSeries *shown = WeirCurveShown(figure, curve, xLog);
    double step = WeirSeriesStep(shown), half = step < HUGE_VAL ? step / 2 : 0.5;
    WeirExtent mine = weirExtentEmpty;
    WeirSeriesExtent(shown, xLo, xHi, xLog, yLog, &mine);
    if (shown == curve->series && curve->high) {
        WeirSeriesExtent(curve->low, xLo, xHi, xLog, yLog, &mine);
        WeirSeriesExtent(curve->high, xLo, xHi, xLog, yLog, &mine);
    }
    if (mine.xLo > mine.xHi)
        return;
    if (HasBase(curve->spec.style) && !yLog) {
        mine.yLo = fmin(mine.yLo, 0);
        mine.yHi = fmax(mine.yHi, 0);
    }
    if (curve->spec.style == WEIR_STYLE_BARS && !xLog) {
        mine.xLo -= half;
        mine.xHi += half;
    }
    e->xLo = fmin(e->xLo, mine.xLo);
    e->xHi = fmax(e->xHi, mine.xHi);
    e->yLo = fmin(e->yLo, mine.yLo);
    e->yHi = fmax(e->yHi, mine.yHi);
}

/* One y axis: the range of its data within these x, its limits, or what is zoomed to. */
static void FitSide(WeirLayout *layout, const WeirFigure *figure, int panel, int which,
                    double xLo, double xHi, WeirExtent *x)
{
    WeirSideLayout *side = &layout->panels[panel].side[which];
    const WeirSideSpec *spec = &figure->panels[panel].side[which];
    const WeirRange *view = ZoomY(figure, panel, which);
    WeirExtent y = weirExtentEmpty;
    int i;
    side->axis.isLog = spec->scale == WEIR_AXIS_LOG;
    for (i = 0; i < figure->curveCount; i++) {
        WeirCurve *curve = &figure->curves[i];
        if (curve->spec.panel != panel + 1 || curve->spec.side != which)
            continue;
        side->isUsed = 1;
        if (!curve->spec.hidden)
            ExtendByCurve(figure, curve, xLo, xHi, layout->xAxis.isLog, side->axis.isLog,
                          &y);
    }
    side->isEmpty = y.yLo > y.yHi;
    WeirAxisFitQuantity(&side->axis, y.yLo, y.yHi);
    ApplyLimits(&side->axis, spec->min, spec->max);
    side->reach = (WeirRange){ side->axis.lo, side->axis.hi };
    if (view) {
        side->axis.lo = view->lo;
        side->axis.hi = view->hi;
    }
    x->xLo = fmin(x->xLo, y.xLo);
    x->xHi = fmax(x->xHi, y.xHi);
}

/* The newest part of the curves that are drawn: a range of that width, also while there
 * is less of them. */
static int NewestX(const WeirFigure *figure, int isLog, WeirRange *range)
{
    double width = (double)figure->view.lastNs / 1e9;
    WeirExtent e = weirExtentEmpty;
    int i;
    for (i = 0; i < figure->curveCount && width > 0; i++)
        if (!figure->curves[i].spec.hidden)
            ExtendByCurve(figure, &figure->curves[i], -HUGE_VAL, HUGE_VAL, isLog, 0, &e);
    if (e.xLo > e.xHi)
        return 0;
    range->hi = fmax(e.xHi, e.xLo + width);
    range->lo = range->hi - width;
    return Usable(range, isLog) != NULL;
}

/* The range of x that somebody zoomed to, or that moves with the data; 0 without one. */
static int ZoomX(const WeirFigure *figure, WeirRange *range)
{
    int isLog = figure->spec.xscale == WEIR_AXIS_LOG;
    if (!Usable(figure->view.x, isLog))
        return NewestX(figure, isLog, range);
    *range = *figure->view.x;
    return 1;
}

/* The ranges of the data: x over all panels, y for each axis. */
static void FitAxes(WeirLayout *layout, const WeirFigure *figure)
{
    const WeirFigureSpec *spec = &figure->spec;
    WeirRange seen = { Limit(spec->xmin, -HUGE_VAL), Limit(spec->xmax, HUGE_VAL) };
    WeirExtent x = weirExtentEmpty;
    int p;
    layout->xAxis.isLog = spec->xscale == WEIR_AXIS_LOG;
    layout->isXFixed = ZoomX(figure, &seen);
    for (p = 0; p < figure->panelCount; p++) {
        WeirSideLayout *side = layout->panels[p].side;
        FitSide(layout, figure, p, WEIR_LEFT, seen.lo, seen.hi, &x);
        FitSide(layout, figure, p, WEIR_RIGHT, seen.lo, seen.hi, &x);
        side[WEIR_LEFT].isUsed |= !side[WEIR_RIGHT].isUsed;
    }
    layout->isEmpty = x.xLo > x.xHi;
    WeirAxisFitPosition(&layout->xAxis, x.xLo, x.xHi);
    ApplyLimits(&layout->xAxis, spec->xmin, spec->xmax);
    if (layout->isXFixed) {
        layout->xAxis.lo = seen.lo;
        layout->xAxis.hi = seen.hi;
    }
}

int WeirLayoutMainSide(const WeirPanelLayout *panel)
{
    return panel->side[WEIR_LEFT].isUsed ? WEIR_LEFT : WEIR_RIGHT;
}

/* ------------------------------------------------------------ heads */

/* The title of a y axis, at the left or the right end of the head.  Returns its width. */
static double MakeSideTitle(cairo_t *cr, const WeirSideSpec *spec, WeirSideLayout *side,
                            int which, double width, double room)
{
    double is = side->isUsed
                    ? FitTitle(cr, spec->label, side->ticks.unit, room, side->title.text)
                    : 0;
    side->title.x = which == WEIR_LEFT ? MARGIN : width - MARGIN - is;
    side->title.y = WEIR_BASELINE;
    return is;
}

/* Put the y titles and the legend of a panel at and below y = 0.  Returns the height of
 * the head, or an error. */
static double MakeHead(cairo_t *cr, const WeirFigure *figure, int number,
                       WeirPanelLayout *panel, double width, int rowsMax)
{
    const WeirSideSpec *spec = figure->panels[number - 1].side;
    WeirBox legend = { MARGIN, 0, width - 2 * MARGIN, HEAD_LINE };
    int both = panel->side[WEIR_LEFT].isUsed && panel->side[WEIR_RIGHT].isUsed, rows;
    double room = both ? legend.w / 2 - MARGIN : legend.w;
    double left = MakeSideTitle(cr, &spec[WEIR_LEFT], &panel->side[WEIR_LEFT], WEIR_LEFT,
                                width, room);
    double right = MakeSideTitle(cr, &spec[WEIR_RIGHT], &panel->side[WEIR_RIGHT],
                                 WEIR_RIGHT, width, room);
    rows = WeirLegendMake(cr, figure, number, panel, &legend, left, right, rowsMax);
    return rows < 0 ? rows : rows * HEAD_LINE + HEAD_GAP;
}

static void MoveHead(WeirPanelLayout *panel, double y)
{
    int i;
    for (i = 0; i < WEIR_SIDES; i++)
        panel->side[i].title.y += y;
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
        int which;
        for (which = 0; which < WEIR_SIDES; which++) {
            /* The unit that the title states does not depend on the height. */
            WeirAxis axis = layout->panels[p].side[which].axis;
            PlaceY(&layout->panels[p].side[which], &axis, &figure->panels[p].side[which],
                   ZoomY(figure, p, which) != NULL, height / n);
        }
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

/* Room for the labels of the y axes on one side: the widest decides for all panels. */
static double SideRoom(WeirLayout *layout, cairo_t *cr, const WeirFigure *figure,
                       int which)
{
    double widest = 0;
    int p, i, isUsed = which == WEIR_LEFT;
    for (p = 0; p < figure->panelCount; p++) {
        WeirSideLayout *side = &layout->panels[p].side[which];
        if (!side->isUsed)
            continue;
        isUsed = 1;
        PlaceSide(layout, figure, p, which, layout->panels[p].box.h);
        for (i = 0; i < side->ticks.count; i++)
            widest =
                fmax(widest, WeirTextWidth(cr, &weirTickFont, side->ticks.tick[i].label));
    }
    return isUsed ? ceil(MARGIN + widest + TICK_GAP) : MARGIN;
}

/* Whether labels of these ticks stand apart on an axis `width` pixels long; how far the
 * first one begins before the axis and the last one ends behind it is left in `overhang`.
 */
static int LabelsFit(cairo_t *cr, const WeirTicks *ticks, const WeirAxis *axis,
                     double width, double overhang[2])
{
    double end = -HUGE_VAL;
    int i;
    overhang[0] = overhang[1] = 0;
    for (i = 0; i < ticks->count; i++) {
        double half = WeirTextWidth(cr, &weirTickFont, ticks->tick[i].label) / 2;
        double at = width * WeirAxisAt(axis, ticks->tick[i].value);
        if (half <= 0)
            continue;
        if (at - half < end + LABEL_SPACE)
            return 0;
        end = at + half;
        overhang[0] = fmax(overhang[0], half - at);
        overhang[1] = fmax(0, end - width);
    }
    return 1;
}

/* As many x labels as fit; then the last horizontal measures of the boxes are known. */
static void SpreadPanels(WeirLayout *layout, cairo_t *cr, const WeirFigure *figure,
                         double left, double right, double width)
{
    WeirAxis range = layout->xAxis;
    double overhang[2];
    int wish = (int)fmin((width - left) / TICKS_PER_X + 0.5, X_LABELS), p;
    do {
        layout->xAxis = range;
        PlaceX(layout, &layout->xAxis, figure, wish);
    } while (
        !LabelsFit(cr, &layout->xTicks, &layout->xAxis, width - left - right, overhang) &&
        --wish >= 2);
    left = fmax(left, ceil(overhang[0]) + 6);
    right = fmax(right, ceil(overhang[1]) + 6);
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
static double MakeXTitle(WeirLayout *layout, cairo_t *cr, const WeirFigure *figure,
                         double width, double height)
{
    const WeirFigureSpec *spec = &figure->spec;
    WeirAxis axis = layout->xAxis;
    /* Whether there is a title does not depend on the number of labels. */
    PlaceX(layout, &axis, figure, WEIR_LABELS_MAX);
    FitTitle(cr, spec->xlabel, layout->xTicks.unit, width - 2 * MARGIN,
             layout->xTitle.text);
    layout->xTitle.y = height - MARGIN + 2;
    return layout->xTitle.text[0] ? HEAD_LINE : 0;
}

static void CenterXTitle(WeirLayout *layout, cairo_t *cr, const WeirFigureSpec *spec,
                         double width)
{
    const WeirBox *box = &layout->panels[0].box;
    double is = FitTitle(cr, spec->xlabel, layout->xTicks.unit, width - 2 * MARGIN,
                         layout->xTitle.text);
    layout->xTitle.x =
        fmax(MARGIN, fmin(box->x + (box->w - is) / 2, width - MARGIN - is));
}

static int Make(WeirLayout *layout, cairo_t *cr, const WeirFigure *figure, double width,
                double height, WeirErr *err)
{
    const WeirFigureSpec *spec = &figure->spec;
    double top, bottom, left, right;
    int rc;
    layout->panelCount = figure->panelCount;
    FitAxes(layout, figure);
    top =
        MakeTitle(layout->title, cr, &weirTitleFont, spec->title, TOP, TITLE_LINE, width);
    top = MakeTitle(layout->subtitle, cr, &weirSubtitleFont, spec->subtitle, top,
                    SUBTITLE_LINE, width);
    top += top > TOP ? 8 : 0;
    bottom = TICK_LINE + MARGIN - 8 + MakeXTitle(layout, cr, figure, width, height);
    rc = StackPanels(layout, cr, figure, width, height, top, bottom, err);
    if (rc < 0)
        return rc;
    left = SideRoom(layout, cr, figure, WEIR_LEFT);
    right = SideRoom(layout, cr, figure, WEIR_RIGHT);
    if (width - left - right < BOX_WIDTH_MIN)
        return WeirFail(
            err, WEIR_E_LIMIT,
            "a width of %g does not hold the labels and panels of this figure: "
            "use at least %g",
            width, left + right + BOX_WIDTH_MIN);
    SpreadPanels(layout, cr, figure, left, right, width);
    CenterXTitle(layout, cr, spec, width);
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
