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
    if (WeirPlotAdd(interp, figure, objc, objv) != TCL_OK)
        return TCL_ERROR;
    Tcl_SetObjResult(interp, Tcl_NewIntObj(figure->curveCount));
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
    if (WeirOptInit(interp, weirPlotRoom, weirPlotExportOptions, &spec) != TCL_OK ||
        WeirOptApply(interp, weirPlotRoom, weirPlotExportOptions, &spec, sizeof spec,
                     objc - 1, objv + 1, 1, NULL) != TCL_OK)
        return TCL_ERROR;
    return Export(interp, impl, objv[0], &spec);
}

/* NAME stats ?-format F?: what each series holds. */
static int StatsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    const WeirFigure *figure = impl;
    WeirResult *result;
    int i, format = WEIR_FORMAT_AUTO;
    if (objc == 1 || (objc == 2 && strcmp(Tcl_GetString(objv[0]), "-format") != 0))
        return WeirTclFail(
            interp, weirPlotRoom, WEIR_E_ARG,
            "wrong words after stats: use stats ?-format text|dict|json|csv?");
    if (objc == 2 && WeirTclWord(interp, weirPlotRoom, objv[1], weirFormatNames,
                                 sizeof(char *), "format", &format) != TCL_OK)
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
    return WeirResultReturn(interp, result, (WeirFormat)format);
}

static int ConfigureMethod(void *impl, Tcl_Interp *interp, int objc,
                           Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    figure->revision += objc > 1;
    return WeirOptConfigure(interp, weirPlotRoom, weirPlotOptions, &figure->spec,
                            sizeof figure->spec, objc, objv, CheckFigure);
}

static int CgetMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    return WeirOptCget(interp, weirPlotRoom, weirPlotOptions, &figure->spec, objc, objv);
}

static void FreeFigure(void *impl)
{
    WeirFigureFree(impl);
}

static const WeirMethod methods[] = {
    { "add", AddMethod, 0, -1, "?-label L? ?-x LIST? -y LIST ?-option value ...?",
      "add a series and answer its number" },
    { "append", WeirPlotAppendMethod, 1, -1, "SERIES ?-x LIST? -y LIST",
      "put more points behind those of a series" },
    { "series", WeirPlotSeriesMethod, 1, -1, "SERIES ?-option? ?value ...?",
      "read or change how a series looks" },
    { "points", WeirPlotPointsMethod, 1, 1, "SERIES", "what is drawn of a series" },
    { "panel", PanelMethod, 1, -1, "N ?-option? ?value ...?",
      "read or change the y axis of a panel" },
    { "view", WeirPlotViewMethod, 0, -1, "?-x {LOW HIGH}? ?-y {PANEL {LOW HIGH} ...}?",
      "read or change what is zoomed to" },
    { "layout", WeirPlotLayoutMethod, 0, 4, "?-width W? ?-height H?",
      "where everything is, and the ranges that are seen" },
    { "at", WeirPlotAtMethod, 2, 6, "X Y ?-width W? ?-height H?",
      "what is under a pointer" },
    { "export", ExportMethod, 1, -1, "FILE ?-format png|svg|pdf|eps? ?-option value ...?",
      "draw into a file and answer its absolute name" },
    { "stats", StatsMethod, 0, 2, "?-format text|dict|json|csv?",
      "what each series holds" },
    { "configure", ConfigureMethod, 0, -1, "?-option? ?value ...?",
      "read or change options of the figure" },
    { "cget", CgetMethod, 1, 1, "-option", "the value of one option" },
    { NULL, NULL, 0, 0, NULL, NULL }
};

static const WeirClass plotClass = { "plot", weirPlotRoom, methods, FreeFigure };

WeirFigure *WeirPlotFind(Tcl_Interp *interp, Tcl_Obj *name, int *number)
{
    WeirObject *object = WeirObjectFind(interp, &plotClass, name);
    if (!object)
        return NULL;
    *number = WeirObjectNumber(object);
    return WeirObjectImpl(object);
}

/* ------------------------------------------------------------ subcommands */

/* A figure with these options, or NULL and an error in `interp`. */
static WeirFigure *MakeFigure(Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = WeirFigureNew();
    if (!figure) {
        WeirTclFail(interp, weirPlotRoom, WEIR_E_MEMORY, "out of memory");
    } else if (WeirOptInit(interp, weirPlotRoom, weirPlotOptions, &figure->spec) !=
                   TCL_OK ||
               WeirOptApply(interp, weirPlotRoom, weirPlotOptions, &figure->spec,
                            sizeof figure->spec, objc, objv, 1, CheckFigure) != TCL_OK) {
        WeirFigureFree(figure);
        return NULL;
    }
    return figure;
}

/* plot create ?NAME? ?-option value ...? */
static int CreateCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Tcl_Obj *name;
    WeirFigure *figure;
    objc--;
    objv++;
    name = WeirObjectTakeName(&objc, &objv);
    figure = MakeFigure(interp, objc, objv);
    if (!figure)
        return TCL_ERROR;
    if (WeirObjectCreate(interp, &plotClass, name, figure, NULL) != TCL_OK) {
        WeirFigureFree(figure);
        return TCL_ERROR;
    }
    return TCL_OK;
}

/* plot names */
static int NamesCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    if (objc != 1)
        return WeirTclUsage(interp, weirPlotRoom, objv, 1, "");
    return WeirObjectNames(interp, &plotClass);
}

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

/* The words of `plot save` that are not options of the figure: -series, -panel, -format,
 * and those of the first panel, which start with -y.  Others are moved to `rest`. */
static int SavePart(Tcl_Interp *interp, WeirFigure *figure, Tcl_Obj *const pair[2],
                    WeirPlotExport *spec, int *isMine)
{
    const char *name = Tcl_GetString(pair[0]);
    *isMine = 1;
    if (strcmp(name, "-series") == 0)
        return SaveSeries(interp, figure, pair[1]);
    if (strcmp(name, "-panel") == 0)
        return SavePanel(interp, figure, pair[1]);
    if (strcmp(name, "-format") == 0)
        return WeirOptApply(interp, weirPlotRoom, weirPlotExportOptions, spec,
                            sizeof *spec, 2, pair, 1, NULL);
    if (strncmp(name, "-y", 2) == 0)
        return WeirOptApply(interp, weirPlotRoom, weirPlotPanelOptions,
                            &figure->panels[0], sizeof figure->panels[0], 2, pair, 1,
                            CheckPanel);
    *isMine = 0;
    return TCL_OK;
}

/* plot save FILE ?-option value ...? ?-series {LABEL XS YS ...}? ...: a figure made,
 * drawn into a file and forgotten. */
static int SaveCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirPlotExport spec = { 0, 0, 0, 0 };
    Tcl_Obj *rest = Tcl_NewListObj(0, NULL), **words;
    WeirFigure *figure = WeirFigureNew();
    Tcl_Size count;
    int i, rc = TCL_OK, isMine;
    Tcl_IncrRefCount(rest);
    if (objc < 2)
        rc = WeirTclUsage(interp, weirPlotRoom, objv, 1,
                          "FILE ?-option value ...? ?-series {LABEL XS YS}? ...");
    else if (!figure)
        rc = WeirTclFail(interp, weirPlotRoom, WEIR_E_MEMORY, "out of memory");
    for (i = 2; i < objc && rc == TCL_OK; i += 2) {
        isMine = 0;
        if (i + 1 < objc)
            rc = SavePart(interp, figure, objv + i, &spec, &isMine);
        if (!isMine)
            Tcl_ListObjAppendElement(NULL, rest, objv[i]);
        if (!isMine && i + 1 < objc)
            Tcl_ListObjAppendElement(NULL, rest, objv[i + 1]);
    }
    Tcl_ListObjGetElements(NULL, rest, &count, &words);
    if (rc == TCL_OK)
        rc = WeirOptInit(interp, weirPlotRoom, weirPlotOptions, &figure->spec);
    if (rc == TCL_OK)
        rc = WeirOptApply(interp, weirPlotRoom, weirPlotOptions, &figure->spec,
                          sizeof figure->spec, (int)count, words, 1, CheckFigure);
    if (rc == TCL_OK)
        rc = Export(interp, figure, objv[1], &spec);
    Tcl_DecrRefCount(rest);
    WeirFigureFree(figure);
    return rc;
}

int WeirPlotCmdInit(Tcl_Interp *interp)
{
    static const WeirSubcommand subcommands[] = {
        { "create", CreateCmd, "?NAME? ?-option value ...?", "make a figure" },
        { "names", NamesCmd, "", "all figures" },
        { "save", SaveCmd, "FILE ?-option value ...? ?-series {LABEL XS YS}? ...",
          "draw a figure into a file in one step" },
        { NULL, NULL, NULL, NULL }
    };
    WeirOptPublish(interp, "plot", weirPlotOptions);
    WeirOptPublish(interp, "plot panel", weirPlotPanelOptions);
    WeirOptPublish(interp, "plot series", weirPlotSeriesOptions);
    WeirOptPublish(interp, "plot append", weirPlotAppendOptions);
    WeirOptPublish(interp, "plot add", weirPlotAddOptions);
    WeirOptPublish(interp, "plot view", weirPlotViewOptions);
    WeirOptPublish(interp, "plot layout", weirPlotSizeOptions);
    WeirOptPublish(interp, "plot at", weirPlotSizeOptions);
    WeirOptPublish(interp, "plot export", weirPlotExportOptions);
    WeirObjectPublish(interp, "plot", &plotClass);
    return WeirFamilyCreate(interp, "plot", subcommands, NULL);
}
