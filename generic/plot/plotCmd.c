#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "plot/export.h"
#include "plot/figure.h"
#include "plot/derive.h"
#include "plot/plotCmd.h"
#include "plot/plotShareCmd.h"
#include "tcl/object.h"
#include "tcl/result.h"

static int CheckFigure(void *record, WeirErr *err)
{
    return WeirFigureSpecCheck(record, err);
}

static int CheckPanel(void *record, WeirErr *err)
{
    return WeirPanelSpecCheck(record, err);
}

/* ------------------------------------------------------------ methods */

/* NAME add ?-option value ...?: the new series' number. */
static int AddMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    int number = figure->curveCount + 1;
    if (WeirPlotAdd(interp, figure, objc, objv) != TCL_OK)
        return TCL_ERROR;
    Tcl_SetObjResult(interp, Tcl_NewIntObj(number)); /* the figure may be gone */
    return TCL_OK;
}

/* NAME panel N ?-option? ?value ...?: as configure, for one panel. */
static int PanelMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    int number, isQuery = objc <= 2, rc;
    if (WeirPlotNumber(interp, "panel", objv[0],
                       isQuery ? figure->panelCount : WEIR_PANELS_MAX, &number) != TCL_OK)
        return TCL_ERROR;
    rc = WeirOptConfigure(interp, weirPlotRoom, weirPlotPanelOptions,
                          &figure->panels[number - 1], sizeof figure->panels[0], objc - 1,
                          objv + 1, CheckPanel);
    if (rc == TCL_OK && !isQuery) {
        WeirFigurePanel(figure, number);
        figure->revision++;
    }
    return rc;
}

/* Draw into a file; the result is its absolute name. */
static int Export(Tcl_Interp *interp, const WeirFigure *figure, Tcl_Obj *file,
                  const WeirPlotExport *spec)
{
    Tcl_Obj *full = Tcl_FSGetNormalizedPath(NULL, file);
    const char *native = full ? Tcl_FSGetNativePath(full) : NULL;
    int format = spec->format - 1, rc = WEIR_OK;
    WeirErr err;
    if (!native || !*Tcl_GetString(file))
        return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                           "\"%.200s\" is not the name of a file", Tcl_GetString(file));
    Tcl_IncrRefCount(full);
    if (format < 0)
        rc = format = WeirExportFormat(native, &err);
    if (rc >= 0)
        rc = WeirExportFile(figure, native, format, spec->width, spec->height,
                            spec->scale, &err);
    if (rc >= 0)
        Tcl_SetObjResult(interp, full);
    Tcl_DecrRefCount(full);
    return rc < 0 ? WeirTclError(interp, weirPlotRoom, &err) : TCL_OK;
}

/* NAME export FILE ?-option value ...? */
static int ExportMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirPlotExport spec = { 0, 0, 0, 0 };
    if (WeirOptRead(interp, weirPlotRoom, weirPlotExportOptions, &spec, sizeof spec,
                    objc - 1, objv + 1, NULL) != TCL_OK)
        return TCL_ERROR;
    return Export(interp, impl, objv[0], &spec);
}

/* NAME stats ?-format F?: what each series holds. */
static int StatsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    const WeirFigure *figure = impl;
    WeirResult *result;
    WeirFormat format;
    int i;
    if (WeirFormatWords(interp, weirPlotRoom, objc, objv, &format) != TCL_OK)
        return TCL_ERROR;
    result = WeirResultNew();
    for (i = 0; i < figure->curveCount; i++) {
        const WeirCurve *curve = &figure->curves[i];
        const WeirSeries *series = curve->series;
        WeirExtent e = weirExtentEmpty;
        char key[16];
        WeirResult *row;
        snprintf(key, sizeof key, "%d", i + 1);
        row = WeirResultDict(result, key);
        WeirSeriesExtent(series, -HUGE_VAL, HUGE_VAL, 0, 0, &e);
        WeirResultText(row, "label", curve->spec.label);
        WeirResultInt(row, "panel", curve->spec.panel);
        WeirResultText(row, "style", weirStyleNames[curve->spec.style]);
        WeirResultInt(row, "points",
                      (int64_t)(WeirSeriesCount(series) - WeirSeriesGaps(series)));
        WeirResultInt(row, "gaps", (int64_t)WeirSeriesGaps(series));
        WeirResultReal(row, "xMin", e.xLo > e.xHi ? NAN : e.xLo);
        WeirResultReal(row, "xMax", e.xLo > e.xHi ? NAN : e.xHi);
        WeirResultReal(row, "yMin", e.xLo > e.xHi ? NAN : e.yLo);
        WeirResultReal(row, "yMax", e.xLo > e.xHi ? NAN : e.yHi);
        WeirPlotFollowed(row, figure, i);
    }
    return WeirResultReturn(interp, result, format);
}

static void *MakeFigure(void)
{
    return WeirFigureNew();
}

static int Changed(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    WeirFigure *figure = impl;
    figure->revision++;
    return TCL_OK;
}

static void FreeFigure(void *impl)
{
    WeirFigureFree(impl);
}

static const WeirMethod methods[] = {
    { "add", AddMethod, 0, -1, "?-label L? ?-x LIST? -y LIST ?-option value ...?",
      "add a series and answer its number", weirPlotAddOptions },
    { "append", WeirPlotAppendMethod, 1, -1,
      "SERIES ?-x LIST? -y LIST ?-option value ...?",
      "put more points behind those of a series", weirPlotAppendOptions },
    { "series", WeirPlotSeriesMethod, 1, -1, "SERIES ?-option? ?value ...?",
      "read or change how a series looks", weirPlotSeriesOptions },
    { "points", WeirPlotPointsMethod, 1, 1, "SERIES", "what is drawn of a series" },
    { "panel", PanelMethod, 1, -1, "N ?-option? ?value ...?",
      "read or change the y axis of a panel", weirPlotPanelOptions },
    { "view", WeirPlotViewMethod, 0, -1, "?-option? ?value ...?",
      "read or change what is zoomed to", weirPlotViewOptions },
    { "layout", WeirPlotLayoutMethod, 0, 4, "",
      "where everything is, and the ranges that are seen", weirPlotSizeOptions },
    { "at", WeirPlotAtMethod, 2, 6, "X Y", "what is under a pointer",
      weirPlotSizeOptions },
    { "window", WeirPlotWindowMethod, 0, -1, "",
      "show it in a window, and answer the window's path", weirPlotWindowOptions },
    { "export", ExportMethod, 1, -1, "FILE",
      "draw into a file and answer its absolute name", weirPlotExportOptions },
    { "stats", StatsMethod, 0, 2, "", "what each series holds", weirFormatOptions },
    { NULL }
};

const WeirClass weirPlotClass = { "plot",
                                  weirPlotRoom,
                                  methods,
                                  weirPlotOptions,
                                  offsetof(WeirFigure, spec),
                                  sizeof(WeirFigureSpec),
                                  CheckFigure,
                                  .make = MakeFigure,
                                  .changed = Changed,
                                  .free = FreeFigure };

WeirFigure *WeirPlotFind(Tcl_Interp *interp, Tcl_Obj *name, int *number)
{
    WeirObject *object = WeirObjectFind(interp, &weirPlotClass, name);
    if (!object)
        return NULL;
    *number = WeirObjectNumber(object);
    return WeirObjectImpl(object);
}

/* ------------------------------------------------------------ subcommands */

/* The value of -series: {LABEL XS YS ?-option value ...?}; XS may be empty. */
static int SaveSeries(Tcl_Interp *interp, WeirFigure *figure, Tcl_Obj *value)
{
    static const char *const names[] = { "-label", "-x", "-y" };
    Tcl_Obj **word, *call;
    Tcl_Size count, length;
    int i, rc;
    if (Tcl_ListObjGetElements(NULL, value, &count, &word) != TCL_OK || count < 3)
        return WeirTclFail(
            interp, weirPlotRoom, WEIR_E_ARG,
            "option -series: use {LABEL {x ...} {y ...} ?-option value ...?}");
    call = Tcl_NewListObj(0, NULL);
    Tcl_IncrRefCount(call);
    for (i = 0; i < 3; i++) {
        if (i == 1 && Tcl_ListObjLength(NULL, word[i], &length) == TCL_OK && length == 0)
            continue;
        Tcl_ListObjAppendElement(NULL, call, Tcl_NewStringObj(names[i], -1));
        Tcl_ListObjAppendElement(NULL, call, word[i]);
    }
    for (; i < count; i++)
        Tcl_ListObjAppendElement(NULL, call, word[i]);
    Tcl_ListObjGetElements(NULL, call, &count, &word);
    rc = WeirPlotAdd(interp, figure, (int)count, word);
    Tcl_DecrRefCount(call);
    return rc;
}

/* The value of -panel: {N ?-option value ...?}. */
static int SavePanel(Tcl_Interp *interp, WeirFigure *figure, Tcl_Obj *value)
{
    Tcl_Obj **word;
    Tcl_Size count;
    if (Tcl_ListObjGetElements(NULL, value, &count, &word) != TCL_OK || count < 3 ||
        count % 2 == 0)
        return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                           "option -panel: use {N -option value ...}");
    return PanelMethod(figure, interp, (int)count, word);
}

static int CheckSave(void *record, WeirErr *err)
{
    WeirPlotSave *o = record;
    int rc = WeirFigureSpecCheck(&o->figure, err);
    return rc < 0 ? rc : WeirPanelSpecCheck(&o->panel, err);
}

/* Each value of an option that may be repeated (NULL: it was not given). */
static int SaveEach(Tcl_Interp *interp, WeirFigure *figure, Tcl_Obj *values,
                    int (*add)(Tcl_Interp *interp, WeirFigure *figure, Tcl_Obj *value))
{
    Tcl_Obj **value;
    Tcl_Size count = 0, i;
    int rc = values ? Tcl_ListObjGetElements(interp, values, &count, &value) : TCL_OK;
    for (i = 0; i < count && rc == TCL_OK; i++)
        rc = add(interp, figure, value[i]);
    return rc;
}

/* plot save FILE ?-option value ...?: a figure made, drawn into a file and forgotten. */
static int SaveCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirPlotSave o;
    WeirPlotExport spec = { 0, 0, 0, 0 };
    WeirFigure *figure;
    int rc = TCL_ERROR;
    memset(&o, 0, sizeof o);
    if (WeirOptRead(interp, weirPlotRoom, weirPlotSaveOptions, &o, sizeof o, objc - 2,
                    objv + 2, CheckSave) != TCL_OK)
        return TCL_ERROR;
    spec.format = o.format;
    figure = WeirFigureNew();
    if (figure) {
        figure->spec = o.figure;
        figure->panels[0] = o.panel;
        memset(&o.figure, 0, sizeof o.figure); /* both are the figure's */
        memset(&o.panel, 0, sizeof o.panel);
        if (SaveEach(interp, figure, o.panels, SavePanel) == TCL_OK &&
            SaveEach(interp, figure, o.series, SaveSeries) == TCL_OK)
            rc = Export(interp, figure, objv[1], &spec);
    } else {
        WeirTclFail(interp, weirPlotRoom, WEIR_E_MEMORY, "out of memory");
    }
    WeirFigureFree(figure);
    WeirOptFree(weirPlotSaveOptions, &o);
    return rc;
}

int WeirPlotCmdInit(Tcl_Interp *interp)
{
    static const WeirSubcommand subcommands[] = {
        { "create", WeirObjectCreateCmd, 0, -1, WEIR_CREATE_WORDS, "make a figure" },
        { "names", WeirObjectNamesCmd, 0, 0, "", "all figures" },
        { "save", SaveCmd, 1, -1, "FILE ?-option value ...? ?-series {LABEL XS YS}? ...",
          "draw a figure into a file in one step", weirPlotSaveOptions },
        { "window", WeirPlotWindowCmd, 1, -1, "NAME ?NAME ...?",
          "show figures in windows with a common x axis", weirPlotWindowOptions },
        { "live", WeirPlotLiveCmd, 1, -1, "OBJECT ?KEY ...?",
          "a figure that follows a flow or receiver, and its window" },
        { "wait", WeirPlotWaitCmd, 0, -1, "?NAME ...?", "until the windows are closed" },
        { NULL }
    };
    return WeirObjectFamily(interp, &weirPlotClass, subcommands);
}
