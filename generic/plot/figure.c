#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "plot/figure.h"

const char *const weirAxisNames[] = { "linear", "log", NULL };
const char *const weirStyleNames[] = { "line", "points", "steps", NULL };

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

static void FreePanelSpec(WeirPanelSpec *spec)
{
    free(spec->ylabel);
    free(spec->yunit);
    free(spec->ymin);
    free(spec->ymax);
}

void WeirFigureFree(WeirFigure *figure)
{
    int i;
    if (!figure)
        return;
    FreeFigureSpec(&figure->spec);
    for (i = 0; i < WEIR_PANELS_MAX; i++)
        FreePanelSpec(&figure->panels[i]);
    for (i = 0; i < figure->curveCount; i++) {
        free(figure->curves[i].spec.label);
        free(figure->curves[i].spec.color);
        WeirSeriesFree(figure->curves[i].series);
    }
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

int WeirFigureAdd(WeirFigure *figure, const WeirCurveSpec *spec, WeirSeries *series,
                  WeirErr *err)
{
    size_t bytes = ((size_t)figure->curveCount + 1) * sizeof *figure->curves;
    WeirCurve *curves = realloc(figure->curves, bytes), *curve;
    if (!curves)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    figure->curves = curves;
    curve = &curves[figure->curveCount];
    curve->spec = *spec;
    curve->series = series;
    curve->slot = spec->color ? 0 : ChooseSlot(figure, spec);
    figure->curveCount++;
    WeirFigurePanel(figure, spec->panel);
    return WEIR_OK;
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
    return CheckLimits("y", spec->ymin, spec->ymax, spec->yscale, err);
}

int WeirCurveSpecCheck(const WeirCurveSpec *spec, WeirErr *err)
{
    WeirColor color;
    return spec->color ? WeirColorParse(spec->color, &color, err) : WEIR_OK;
}
