#include "config.h"
#include <math.h>
#include "plot/curve.h"
#include "plot/layout.h"
#include "plot/paint.h"

/* What every step of the drawing needs. */
typedef struct Painting {
    cairo_t *cr;
    const WeirFigure *figure;
    const WeirLayout *layout;
    const WeirLook *look;
    double scale;
} Painting;

static void SetColor(const Painting *p, const WeirColor *color)
{
    cairo_set_source_rgb(p->cr, color->r, color->g, color->b);
}

/* A thin line, level or upright, that fills whole device pixels. */
static void HairLine(const Painting *p, const WeirColor *color, double x0, double y0,
                     double x1, double y1)
{
    double thick = fmax(1, round(p->scale)), half = fmod(thick, 2) / 2;
    double dx = x0 == x1 ? (round(x0 * p->scale - half) + half) / p->scale - x0 : 0;
    double dy = y0 == y1 ? (round(y0 * p->scale - half) + half) / p->scale - y0 : 0;
    SetColor(p, color);
    cairo_set_line_width(p->cr, thick / p->scale);
    cairo_move_to(p->cr, x0 + dx, y0 + dy);
    cairo_line_to(p->cr, x1 + dx, y1 + dy);
    cairo_stroke(p->cr);
}

static double AtX(const Painting *p, const WeirBox *box, double value)
{
    return box->x + WeirAxisAt(&p->layout->xAxis, value) * box->w;
}

static double AtY(const WeirPanelLayout *panel, int side, double value)
{
    return panel->box.y + (1 - WeirAxisAt(&panel->side[side].axis, value)) * panel->box.h;
}

static const WeirColor *GridColor(const Painting *p, const WeirTick *tick)
{
    return tick->label[0] ? &p->look->grid : &p->look->fineGrid;
}

static void PaintGrid(const Painting *p, const WeirPanelLayout *panel)
{
    int side = WeirLayoutMainSide(panel), i;
    const WeirTicks *x = &p->layout->xTicks, *y = &panel->side[side].ticks;
    const WeirBox *box = &panel->box;
    for (i = 0; i < x->count; i++) {
        double at = AtX(p, box, x->tick[i].value);
        HairLine(p, GridColor(p, &x->tick[i]), at, box->y, at, box->y + box->h);
    }
    for (i = 0; i < y->count; i++) {
        double at = AtY(panel, side, y->tick[i].value);
        HairLine(p, GridColor(p, &y->tick[i]), box->x, at, box->x + box->w, at);
    }
}

/* The labels of a y axis; of one on the right also its line, as the grid is the other's.
 */
static void PaintSide(const Painting *p, const WeirPanelLayout *panel, int which)
{
    const WeirTicks *y = &panel->side[which].ticks;
    const WeirBox *box = &panel->box;
    double edge = which == WEIR_LEFT ? box->x : box->x + box->w;
    int i;
    if (!panel->side[which].isUsed)
        return;
    if (which == WEIR_RIGHT)
        HairLine(p, &p->look->axis, edge, box->y, edge, box->y + box->h);
    for (i = 0; i < y->count; i++) {
        double at = AtY(panel, which, y->tick[i].value);
        if (which == WEIR_RIGHT)
            HairLine(p, &p->look->axis, edge, at, edge + (y->tick[i].label[0] ? 5 : 3),
                     at);
        WeirTextDraw(p->cr, &weirTickFont, &p->look->muted, y->tick[i].label,
                     which == WEIR_LEFT ? edge - 8 : edge + 8, at + 4,
                     which == WEIR_LEFT);
    }
}

/* The base line with the x ticks, the zero line, and the y axes. */
static void PaintAxes(const Painting *p, const WeirPanelLayout *panel)
{
    const WeirAxis *axis = &panel->side[WeirLayoutMainSide(panel)].axis;
    const WeirTicks *x = &p->layout->xTicks;
    const WeirBox *box = &panel->box;
    double base = box->y + box->h;
    int i;
    HairLine(p, &p->look->axis, box->x, base, box->x + box->w, base);
    if (!axis->isLog && axis->lo < 0 && axis->hi > 0) {
        double zero = AtY(panel, WeirLayoutMainSide(panel), 0);
        HairLine(p, &p->look->axis, box->x, zero, box->x + box->w, zero);
    }
    for (i = 0; i < x->count; i++) {
        double at = AtX(p, box, x->tick[i].value);
        HairLine(p, &p->look->axis, at, base, at, base + (x->tick[i].label[0] ? 5 : 3));
    }
    PaintSide(p, panel, WEIR_LEFT);
    PaintSide(p, panel, WEIR_RIGHT);
}

static void SayNoData(const Painting *p, const WeirBox *box)
{
    static const char text[] = "no data";
    double x = box->x + box->w / 2, y = box->y + box->h / 2;
    double width = WeirTextWidth(p->cr, &weirHeadFont, text) + 24;
    /* No line of the grid runs through it. */
    SetColor(p, &p->look->background);
    cairo_rectangle(p->cr, x - width / 2, y - 12, width, 24);
    cairo_fill(p->cr);
    WeirTextDraw(p->cr, &weirHeadFont, &p->look->muted, text, x, y + 4, 0.5);
}

/* Areas that would cover others are drawn first. */
static int IsSolid(const WeirCurve *curve)
{
    return curve->spec.style == WEIR_STYLE_BARS ||
           curve->spec.style == WEIR_STYLE_HISTOGRAM;
}

static void PaintCurve(const Painting *p, const WeirPanelLayout *panel, WeirCurve *curve)
{
    const WeirBox *box = &panel->box;
    /* Ink at the very edge is not cut in half; the clip is whole pixels, as cairo is slow
     * with others. */
    double reach = ceil(WeirCurveReach(curve));
    cairo_save(p->cr);
    cairo_rectangle(p->cr, box->x - reach, box->y - reach, box->w + 2 * reach,
                    box->h + 2 * reach);
    cairo_clip(p->cr);
    WeirCurvePaint(p->cr, p->figure, curve, box, &p->layout->xAxis,
                   &panel->side[curve->spec.side].axis, p->scale);
    cairo_restore(p->cr);
}

static void PaintCurves(const Painting *p, const WeirPanelLayout *panel, int number)
{
    const WeirSideLayout *side = panel->side;
    int solid, i;
    for (solid = 1; solid >= 0; solid--)
        for (i = 0; i < p->figure->curveCount; i++) {
            WeirCurve *curve = &p->figure->curves[i];
            if (curve->spec.panel == number && !curve->spec.hidden &&
                IsSolid(curve) == solid)
                PaintCurve(p, panel, curve);
        }
    if ((side[WEIR_LEFT].isEmpty || !side[WEIR_LEFT].isUsed) &&
        (side[WEIR_RIGHT].isEmpty || !side[WEIR_RIGHT].isUsed))
        SayNoData(p, &panel->box);
}

static void PaintLine(const Painting *p, const WeirFont *font, const WeirColor *color,
                      const WeirLine *line)
{
    WeirTextDraw(p->cr, font, color, line->text, line->x, line->y, 0);
}

static void PaintHead(const Painting *p, const WeirPanelLayout *panel)
{
    int i;
    for (i = 0; i < WEIR_SIDES; i++)
        PaintLine(p, &weirHeadFont, &p->look->text, &panel->side[i].title);
    for (i = 0; i < panel->legendCount; i++) {
        const WeirLegendEntry *entry = &panel->legend[i];
        double x = entry->label.x;
        if (entry->curve) {
            WeirCurveSwatch(p->cr, p->figure, entry->curve, x, entry->label.y - 4);
            x += WEIR_SWATCH_ROOM;
        }
        WeirTextDraw(p->cr, &weirLegendFont,
                     entry->curve && entry->curve->spec.hidden ? &p->look->axis
                                                               : &p->look->text,
                     entry->label.text, x, entry->label.y, 0);
    }
}

static void PaintXLabels(const Painting *p)
{
    const WeirTicks *x = &p->layout->xTicks;
    const WeirBox *box = &p->layout->panels[p->layout->panelCount - 1].box;
    int i;
    for (i = 0; i < x->count; i++)
        WeirTextDraw(p->cr, &weirTickFont, &p->look->muted, x->tick[i].label,
                     AtX(p, box, x->tick[i].value), box->y + box->h + 18, 0.5);
    PaintLine(p, &weirHeadFont, &p->look->text, &p->layout->xTitle);
}

/* Grey antialiasing and metrics that do not depend on the resolution: the same figure on
 * every surface. */
static void SetFontOptions(cairo_t *cr)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cr, options);
    cairo_font_options_destroy(options);
}

int WeirFigurePaint(cairo_t *cr, const WeirFigure *figure, double width, double height,
                    double scale, WeirErr *err)
{
    Painting p = { cr, figure, NULL, WeirLookOf(figure->spec.look), scale };
    WeirLayout *layout;
    int i;
    SetFontOptions(cr);
    layout = WeirLayoutNew(cr, figure, width, height, err);
    if (!layout)
        return err->code;
    p.layout = layout;
    SetColor(&p, &p.look->background);
    cairo_rectangle(cr, 0, 0, width, height);
    cairo_fill(cr);
    for (i = 0; i < 2; i++) {
        PaintLine(&p, &weirTitleFont, &p.look->text, &layout->title[i]);
        PaintLine(&p, &weirSubtitleFont, &p.look->muted, &layout->subtitle[i]);
    }
    for (i = 0; i < layout->panelCount; i++) {
        if (figure->spec.grid)
            PaintGrid(&p, &layout->panels[i]);
        PaintAxes(&p, &layout->panels[i]);
        PaintCurves(&p, &layout->panels[i], i + 1);
        PaintHead(&p, &layout->panels[i]);
    }
    PaintXLabels(&p);
    WeirLayoutFree(layout);
    return WEIR_OK;
}
