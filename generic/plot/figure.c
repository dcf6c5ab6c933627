#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "plot/derive.h"
#include "plot/figure.h"

const char *const weirAxisNames[] = { "linear", "log", NULL };
const char *const weirXAxisNames[] = { "linear", "log", "time", NULL };
const char *const weirZoneNames[] = { "utc", "local", NULL };
const char *const weirSideNames[] = { "left", "right", NULL };
const char *const weirStyleNames[] = { "line",      "points", "steps",    "bars",
                                       "histogram", "cdf",    "survival", NULL };
const char *const weirMarkerNames[] = { "none",     "circle", "square", "diamond",
                                        "triangle", "plus",   "cross",  NULL };
const char *const weirHeightNames[] = { "count", "share", "density", NULL };

WeirFigure *WeirFigureNew(void)
{
    WeirFigure *figure = calloc(1, sizeof *figure);
    if (figure)
        figure->panelCount = 1;
    return figure;
}

static void FreeFigureSpec(WeirFigureSpec *spec)
{
    free(spec->title);
    free(spec->subtitle);
    free(spec->xlabel);
    free(spec->xunit);
    free(spec->xmin);
    free(spec->xmax);
}

static void FreeSideSpec(WeirSideSpec *spec)
{
    free(spec->label);
    free(spec->unit);
    free(spec->min);
    free(spec->max);
}

static void FreeCurve(WeirCurve *curve)
{
    free(curve->spec.label);
    free(curve->spec.color);
    WeirBinsFree(curve->spec.bins);
    WeirSeriesFree(curve->series);
    WeirSeriesFree(curve->low);
    WeirSeriesFree(curve->high);
    WeirDerivedFree(curve->derived);
}

void WeirFigureFree(WeirFigure *figure)
{
    int i;
    if (!figure)
        return;
    if (figure->feeds)
        figure->endFeeds(figure->feeds);
    FreeFigureSpec(&figure->spec);
    for (i = 0; i < WEIR_PANELS_MAX * WEIR_SIDES; i++)
        FreeSideSpec(&figure->panels[i / WEIR_SIDES].side[i % WEIR_SIDES]);
    for (i = 0; i < figure->curveCount; i++)
        FreeCurve(&figure->curves[i]);
    free(figure->view.x);
    for (i = 0; i < WEIR_SIDES; i++)
        free(figure->view.y[i]);
    free(figure->curves);
    free(figure);
}

WeirPanelSpec *WeirFigurePanel(WeirFigure *figure, int number)
{
    if (number > figure->panelCount)
        figure->panelCount = number;
    return &figure->panels[number - 1];
}

/* ------------------------------------------------------------ colours */

static int SameLabel(const WeirCurve *curve, const char *label)
{
    return label && curve->spec.label && strcmp(label, curve->spec.label) == 0;
}

/* A slot is taken by the curves of the panel and, for a curve with a label, by those of
 * every other label in the figure. */
static int SlotTaken(const WeirFigure *figure, const WeirCurveSpec *spec, int slot)
{
    int i;
    for (i = 0; i < figure->curveCount; i++) {
        const WeirCurve *curve = &figure->curves[i];
        if (curve->slot == slot && !curve->spec.color &&
            (curve->spec.panel == spec->panel || (spec->label && curve->spec.label)))
            return 1;
    }
    return 0;
}

static int ChooseSlot(const WeirFigure *figure, const WeirCurveSpec *spec)
{
    int slot = 0, i;
    for (i = 0; i < figure->curveCount; i++) {
        const WeirCurve *curve = &figure->curves[i];
        if (SameLabel(curve, spec->label) && !curve->spec.color &&
            curve->spec.panel != spec->panel)
            return curve->slot;
    }
    while (SlotTaken(figure, spec, slot))
        slot++;
    return slot;
}

int WeirFigureAdd(WeirFigure *figure, const WeirCurveSpec *spec, WeirErr *err)
{
    size_t bytes = ((size_t)figure->curveCount + 1) * sizeof *figure->curves;
    WeirCurve *curves = realloc(figure->curves, bytes), *curve;
    WeirSeries *series = WeirSeriesNew();
    figure->curves = curves ? curves : figure->curves;
    if (!curves || !series) {
        WeirSeriesFree(series);
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    }
    curve = &curves[figure->curveCount];
    memset(curve, 0, sizeof *curve);
    curve->spec = *spec;
    curve->series = series;
    curve->slot = spec->color ? 0 : ChooseSlot(figure, spec);
    figure->curveCount++;
    figure->revision++;
    WeirFigurePanel(figure, spec->panel);
    return WEIR_OK;
}

void WeirFigureChanged(WeirFigure *figure, int number)
{
    int i;
    for (i = 0; i < figure->curveCount; i++) {
        WeirCurve *curve = &figure->curves[i];
        /* Histograms may have been counted together with this one. */
        if (i != number && curve->spec.style != WEIR_STYLE_HISTOGRAM)
            continue;
        WeirDerivedFree(curve->derived);
        curve->derived = NULL;
    }
    figure->revision++;
    WeirFigurePanel(figure, figure->curves[number].spec.panel);
}

/* ------------------------------------------------------------ points */

/* A band from here on: none where the curve has points already. */
static int StartBand(WeirCurve *curve)
{
    size_t i;
    double x, y;
    curve->low = WeirSeriesNew();
    curve->high = WeirSeriesNew();
    if (!curve->low || !curve->high)
        return WEIR_E_MEMORY;
    for (i = 0; i < WeirSeriesCount(curve->series); i++) {
        WeirSeriesAt(curve->series, i, &x, &y);
        if (WeirSeriesAppend(curve->low, x, NAN) < 0 ||
            WeirSeriesAppend(curve->high, x, NAN) < 0)
            return WEIR_E_MEMORY;
    }
    return WEIR_OK;
}

int WeirFigureAppend(WeirFigure *figure, int number, const WeirSample *s)
{
    WeirCurve *curve = &figure->curves[number];
    int isPair = WeirDrawable(s->low) && WeirDrawable(s->high);
    figure->revision++;
    if (isPair && !curve->high && StartBand(curve) < 0)
        return WEIR_E_MEMORY;
    if (curve->high && (WeirSeriesAppend(curve->low, s->x, isPair ? s->low : NAN) < 0 ||
                        WeirSeriesAppend(curve->high, s->x, isPair ? s->high : NAN) < 0))
        return WEIR_E_MEMORY;
    return WeirSeriesAppend(curve->series, s->x, s->y);
}

WeirColor WeirCurveColor(const WeirFigure *figure, const WeirCurve *curve)
{
    WeirColor color;
    if (curve->spec.color && WeirColorParse(curve->spec.color, &color, NULL) == WEIR_OK)
        return color;
    return WeirLookOf(figure->spec.look)->palette[curve->slot % WEIR_PALETTE];
}

/* ------------------------------------------------------------ checks */

static int CheckLimits(const char *axis, const double *min, const double *max, int scale,
                       WeirErr *err)
{
    if (scale == WEIR_AXIS_LOG && ((min && *min <= 0) || (max && *max <= 0)))
        return WeirFail(err, WEIR_E_ARG,
                        "-%smin and -%smax of a logarithmic axis must be above 0", axis,
                        axis);
    if (min && max && *max - *min <= 1e-12 * fmax(fabs(*min), fabs(*max)))
        return WeirFail(err, WEIR_E_ARG, "-%smax %.15g must be above -%smin %.15g", axis,
                        *max, axis, *min);
    return WEIR_OK;
}

int WeirFigureSizeCheck(int width, int height, double scale, WeirErr *err)
{
    double pixels = scale * width * scale * height;
    if (pixels > 100e6 || scale * fmax(width, height) > 32767)
        return WeirFail(
            err, WEIR_E_LIMIT,
            "%d x %d at scale %g is too large an image: use at most 100 million "
            "pixels and 32767 in a row or column",
            width, height, scale);
    return WEIR_OK;
}

int WeirFigureSpecCheck(const WeirFigureSpec *spec, WeirErr *err)
{
    int rc = CheckLimits("x", spec->xmin, spec->xmax, spec->xscale, err);
    return rc < 0 ? rc : WeirFigureSizeCheck(spec->width, spec->height, spec->scale, err);
}

int WeirPanelSpecCheck(const WeirPanelSpec *spec, WeirErr *err)
{
    static const char *const axes[] = { "y", "y2" };
    int i, rc = WEIR_OK;
    for (i = 0; i < WEIR_SIDES && rc == WEIR_OK; i++)
        rc = CheckLimits(axes[i], spec->side[i].min, spec->side[i].max,
                         spec->side[i].scale, err);
    return rc;
}

int WeirCurveSpecCheck(const WeirCurveSpec *spec, WeirErr *err)
{
    WeirColor color;
    if (spec->bins && spec->style != WEIR_STYLE_HISTOGRAM)
        return WeirFail(err, WEIR_E_ARG, "-bins belongs to -style histogram, not %s",
                        weirStyleNames[spec->style]);
    return spec->color ? WeirColorParse(spec->color, &color, err) : WEIR_OK;
}
