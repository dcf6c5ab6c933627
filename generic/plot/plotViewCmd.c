/* plot: what a viewer sees and points at; the methods view, layout and at. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "plot/plotShareCmd.h"
#include "plot/probe.h"
#include "plot/timeaxis.h"
#include "tcl/result.h"

/* ------------------------------------------------------------ view */

/* The options live in figure->view: pointers, NULL when a range is not set. */
static int GetEnd(Tcl_Obj *obj, double *end)
{
    if (Tcl_GetDoubleFromObj(NULL, obj, end) != TCL_OK || !WeirDrawable(*end))
        return 0;
    *end = WeirPlaced(*end);
    return 1;
}

static int GetRange(Tcl_Obj *obj, WeirRange *range, WeirErr *err)
{
    Tcl_Obj **word;
    Tcl_Size count;
    int isList = Tcl_ListObjGetElements(NULL, obj, &count, &word) == TCL_OK;
    if (isList && count == 0) {
        *range = (WeirRange){ 0, 0 };
        return WEIR_OK;
    }
    if (!isList || count != 2 || !GetEnd(word[0], &range->lo) ||
        !GetEnd(word[1], &range->hi) ||
        !(range->hi - range->lo > 1e-12 * fmax(fabs(range->lo), fabs(range->hi))))
        return WeirFail(err, WEIR_E_ARG,
                        "\"%.60s\" is no range: use {LOW HIGH}, or \"\" for automatic",
                        Tcl_GetString(obj));
    return WEIR_OK;
}

static int ParseX(Tcl_Interp *interp, Tcl_Obj *obj, void **value, WeirErr *err)
{
    WeirRange range;
    if (GetRange(obj, &range, err) < 0)
        return err->code;
    *value = malloc(sizeof range);
    if (!*value)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    memcpy(*value, &range, sizeof range);
    return WEIR_OK;
}

/* A dict of panels and their ranges. */
static int ParseY(Tcl_Interp *interp, Tcl_Obj *obj, void **value, WeirErr *err)
{
    WeirPanelRanges *ranges = calloc(1, sizeof *ranges);
    Tcl_Obj **word;
    Tcl_Size count = 0, i;
    int panel, rc = WEIR_OK;
    if (!ranges)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    if (Tcl_ListObjGetElements(NULL, obj, &count, &word) != TCL_OK || count % 2 != 0)
        rc = WEIR_E_ARG;
    for (i = 0; i + 1 < count && rc == WEIR_OK; i += 2)
        if (Tcl_GetIntFromObj(NULL, word[i], &panel) != TCL_OK || panel < 1 ||
            panel > WEIR_PANELS_MAX ||
            GetRange(word[i + 1], &ranges->panel[panel - 1], err) < 0)
            rc = WEIR_E_ARG;
    if (rc < 0) {
        free(ranges);
        return WeirFail(err, rc,
                        "\"%.60s\" says no ranges: use PANEL {LOW HIGH} ..., with \"\" "
                        "for automatic",
                        Tcl_GetString(obj));
    }
    *value = ranges;
    return WEIR_OK;
}

static Tcl_Obj *RangeObj(double lo, double hi)
{
    Tcl_Obj *pair[2] = { Tcl_NewDoubleObj(lo), Tcl_NewDoubleObj(hi) };
    return Tcl_NewListObj(2, pair);
}

static Tcl_Obj *PrintX(const void *value)
{
    const WeirRange *range = value;
    return range->lo < range->hi ? RangeObj(range->lo, range->hi) : Tcl_NewObj();
}

static Tcl_Obj *PrintY(const void *value)
{
    const WeirPanelRanges *ranges = value;
    Tcl_Obj *dict = Tcl_NewDictObj();
    int i;
    for (i = 0; i < WEIR_PANELS_MAX; i++)
        if (ranges->panel[i].lo < ranges->panel[i].hi)
            Tcl_DictObjPut(NULL, dict, Tcl_NewIntObj(i + 1), PrintX(&ranges->panel[i]));
    return dict;
}

static void *Copy(const void *value, size_t bytes)
{
    void *copy = malloc(bytes);
    return copy ? memcpy(copy, value, bytes) : NULL;
}

static void *CopyX(void *value)
{
    return Copy(value, sizeof(WeirRange));
}

static void *CopyY(void *value)
{
    return Copy(value, sizeof(WeirPanelRanges));
}

static const WeirOptType xType = { "range", ParseX, PrintX, CopyX, free };
static const WeirOptType yType = { "ranges", ParseY, PrintY, CopyY, free };

const WeirOpt weirPlotViewOptions[] = {
    { "-x", WEIR_O_TYPE, offsetof(WeirView, x), NULL, "",
      "range of x; \"\" is that of the options and the data", .type = &xType,
      .value = "{LOW HIGH}" },
    { "-y", WEIR_O_TYPE, offsetof(WeirView, y[WEIR_LEFT]), NULL, "",
      "ranges of left y axes", .type = &yType, .value = "{PANEL {LOW HIGH} ...}" },
    { "-y2", WEIR_O_TYPE, offsetof(WeirView, y[WEIR_RIGHT]), NULL, "",
      "ranges of right y axes", .type = &yType, .value = "{PANEL {LOW HIGH} ...}" },
    { "-last", WEIR_O_DURATION, offsetof(WeirView, lastNs), "0", "s",
      "without -x, so much of x up to the newest point; 0 is everything", .max = 1e9 },
    { NULL }
};

int WeirPlotViewMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    figure->revision += objc > 1;
    return WeirOptConfigure(interp, weirPlotRoom, weirPlotViewOptions, &figure->view,
                            sizeof figure->view, objc, objv, NULL);
}

/* ------------------------------------------------------------ layout */

typedef struct SizeSpec {
    int width, height;
} SizeSpec;

const WeirOpt weirPlotSizeOptions[] = {
    { "-width", WEIR_O_INT, offsetof(SizeSpec, width), "0", "pixels",
      "width; 0 is the figure's", .max = 16000 },
    { "-height", WEIR_O_INT, offsetof(SizeSpec, height), "0", "pixels",
      "height; 0 is the figure's", .max = 16000 },
    { NULL }
};

/* The layout of a figure at the size that the words say; NULL and a Tcl error. */
static WeirLayout *LayOut(Tcl_Interp *interp, const WeirFigure *figure, int objc,
                          Tcl_Obj *const objv[])
{
    SizeSpec size = { 0, 0 };
    cairo_surface_t *surface;
    cairo_t *cr;
    WeirLayout *layout;
    WeirErr err;
    if (WeirOptRead(interp, weirPlotRoom, weirPlotSizeOptions, &size, sizeof size, objc,
                    objv, NULL) != TCL_OK)
        return NULL;
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    cr = cairo_create(surface);
    layout = WeirLayoutNew(cr, figure, size.width > 0 ? size.width : figure->spec.width,
                           size.height > 0 ? size.height : figure->spec.height, &err);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    if (!layout)
        WeirTclError(interp, weirPlotRoom, &err);
    return layout;
}

static void Reals(WeirResult *result, const char *key, double a, double b)
{
    double pair[2] = { a, b };
    WeirResultReals(result, key, pair, 2);
}

static void AddBox(WeirResult *result, double x, double y, double w, double h)
{
    double box[4] = { x, y, w, h };
    WeirResultReals(result, "box", box, 4);
}

static void AddPanel(WeirResult *result, const WeirPanelLayout *panel)
{
    static const char *const keys[] = { "y", "y2" };
    static const char *const reaches[] = { "reach", "reach2" };
    int i;
    AddBox(result, panel->box.x, panel->box.y, panel->box.w, panel->box.h);
    for (i = 0; i < WEIR_SIDES; i++)
        if (panel->side[i].isUsed) {
            const WeirSideLayout *side = &panel->side[i];
            Reals(result, keys[i], side->axis.lo, side->axis.hi);
            Reals(result, reaches[i], side->reach.lo, side->reach.hi);
        }
}

/* Where an entry of a legend can be clicked. */
static void AddEntry(WeirResult *list, const WeirFigure *figure,
                     const WeirLegendEntry *entry)
{
    WeirResult *row;
    if (!entry->curve)
        return;
    row = WeirResultDict(list, NULL);
    WeirResultInt(row, "series", entry->curve - figure->curves + 1);
    AddBox(row, entry->label.x, entry->label.y - WEIR_BASELINE, entry->width, 19);
}

/* NAME layout ?-width W? ?-height H? */
int WeirPlotLayoutMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    const WeirFigure *figure = impl;
    WeirLayout *layout = LayOut(interp, figure, objc, objv);
    WeirResult *result, *panels, *legend;
    int p, i;
    if (!layout)
        return TCL_ERROR;
    result = WeirResultNew();
    WeirResultInt(result, "revision", (int64_t)figure->revision);
    Reals(result, "x", layout->xAxis.lo, layout->xAxis.hi);
    panels = WeirResultDict(result, "panels");
    legend = WeirResultList(result, "legend");
    for (p = 0; p < layout->panelCount; p++) {
        char key[16];
        snprintf(key, sizeof key, "%d", p + 1);
        AddPanel(WeirResultDict(panels, key), &layout->panels[p]);
        for (i = 0; i < layout->panels[p].legendCount; i++)
            AddEntry(legend, figure, &layout->panels[p].legend[i]);
    }
    WeirLayoutFree(layout);
    return WeirResultReturn(interp, result, WEIR_FORMAT_AUTO);
}

/* ------------------------------------------------------------ at */

enum { REACH = 30 }; /* pixels from the pointer to a point */

static const char *XText(const WeirFigure *figure, const WeirLayout *layout, double x,
                         char text[WEIR_PROBE_TEXT])
{
    double pixel =
        (layout->xAxis.hi - layout->xAxis.lo) / fmax(1, layout->panels[0].box.w);
    int places = (int)fmax(0, fmin(6, ceil(-log10(pixel))));
    if (figure->spec.xscale == WEIR_AXIS_TIME)
        return WeirTimeText(x, figure->spec.zone == WEIR_ZONE_LOCAL, places, text);
    return WeirProbeText(x, figure->spec.xunit ? figure->spec.xunit : "", text);
}

/* The values at a pixel of a panel (0 is the first). */
static void AddPlace(WeirResult *result, const WeirFigure *figure,
                     const WeirLayout *layout, int number, double x, double y)
{
    static const char *const keys[] = { "y", "y2" }, *const texts[] = { "yText",
                                                                        "y2Text" };
    const WeirPanelLayout *panel = &layout->panels[number];
    double value = WeirAxisValue(&layout->xAxis, (x - panel->box.x) / panel->box.w);
    char text[WEIR_PROBE_TEXT];
    int i;
    WeirResultInt(result, "panel", number + 1);
    WeirResultReal(result, "x", value);
    WeirResultText(result, "xText", XText(figure, layout, value, text));
    for (i = 0; i < WEIR_SIDES; i++) {
        const char *unit = figure->panels[number].side[i].unit;
        if (!panel->side[i].isUsed)
            continue;
        value =
            WeirAxisValue(&panel->side[i].axis, 1 - (y - panel->box.y) / panel->box.h);
        WeirResultReal(result, keys[i], value);
        WeirResultText(result, texts[i], WeirProbeText(value, unit ? unit : "", text));
    }
}

static void AddPoint(WeirResult *result, const WeirFigure *figure,
                     const WeirLayout *layout, const WeirProbe *probe)
{
    const WeirCurveSpec *spec = &figure->curves[probe->curve].spec;
    const char *unit = figure->panels[spec->panel - 1].side[spec->side].unit;
    char text[WEIR_PROBE_TEXT];
    WeirResultInt(result, "series", probe->curve + 1);
    WeirResultText(result, "label", spec->label);
    WeirResultReal(result, "pointX", probe->x);
    WeirResultReal(result, "pointY", probe->y);
    Reals(result, "pixel", probe->atX, probe->atY);
    WeirResultText(result, "textX", XText(figure, layout, probe->x, text));
    WeirResultText(result, "textY", WeirProbeText(probe->y, unit ? unit : "", text));
}

/* NAME at X Y ?-width W? ?-height H?: what is under a pointer. */
int WeirPlotAtMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    const WeirFigure *figure = impl;
    WeirLayout *layout;
    WeirResult *result;
    WeirProbe probe;
    double x, y;
    int at;
    if (Tcl_GetDoubleFromObj(NULL, objv[0], &x) != TCL_OK ||
        Tcl_GetDoubleFromObj(NULL, objv[1], &y) != TCL_OK)
        return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                           "\"%.40s %.40s\" is no place: use two numbers of pixels",
                           Tcl_GetString(objv[0]), Tcl_GetString(objv[1]));
    layout = LayOut(interp, figure, objc - 2, objv + 2);
    if (!layout)
        return TCL_ERROR;
    result = WeirResultNew();
    at = WeirProbePanel(layout, x, y);
    if (at >= 0)
        AddPlace(result, figure, layout, at, x, y);
    if (at >= 0 && WeirProbeNearest(figure, layout, x, y, REACH, &probe))
        AddPoint(result, figure, layout, &probe);
    WeirLayoutFree(layout);
    return WeirResultReturn(interp, result, WEIR_FORMAT_AUTO);
}
