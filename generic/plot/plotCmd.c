#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "plot/export.h"
#include "plot/figure.h"
#include "plot/plotCmd.h"
#include "tcl/numbers.h"
#include "tcl/object.h"
#include "tcl/opt.h"
#include "tcl/result.h"

#define ROOM "PLOT"

/* ------------------------------------------------------------ option tables */

/* A limit of an axis: a number, or "" for automatic (a NULL pointer). */
static int ParseLimit(Tcl_Interp *interp, Tcl_Obj *obj, void **value, WeirErr *err)
{
    double number, *limit;
    if (Tcl_GetDoubleFromObj(NULL, obj, &number) != TCL_OK || !(fabs(number) <= 1e300))
        return WeirFail(err, WEIR_E_ARG,
                        "\"%.60s\" is not a limit: use a number, or \"\" for automatic",
                        Tcl_GetString(obj));
    limit = malloc(sizeof *limit);
    if (!limit)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    *limit = number;
    *value = limit;
    return WEIR_OK;
}

static Tcl_Obj *PrintLimit(const void *value)
{
    return Tcl_NewDoubleObj(*(const double *)value);
}

static void *CopyLimit(void *value)
{
    double *copy = malloc(sizeof *copy);
    if (copy)
        *copy = *(double *)value;
    return copy;
}

static const WeirOptType limitType = { "limit", ParseLimit, PrintLimit, CopyLimit, free };

#define STRING(name, field, help)                                                        \
    {                                                                                    \
        name, WEIR_O_STRING, FIELD(field), NULL, "", help, 0, 0, NULL, NULL, 0           \
    }
#define LIMIT(name, field, help)                                                         \
    {                                                                                    \
        name, WEIR_O_TYPE, FIELD(field), NULL, "", help, 0, 0, NULL, &limitType, 0       \
    }
#define INTEGER(name, field, def, unit, help, min, max)                                  \
    {                                                                                    \
        name, WEIR_O_INT, FIELD(field), def, unit, help, min, max, NULL, NULL, 0         \
    }
#define NUMBER(name, field, def, unit, help, min, max)                                   \
    {                                                                                    \
        name, WEIR_O_DOUBLE, FIELD(field), def, unit, help, min, max, NULL, NULL, 0      \
    }
#define WORD(name, field, def, words, help)                                              \
    {                                                                                    \
        name, WEIR_O_ENUM, FIELD(field), def, "", help, 0, 0, words, NULL, 0             \
    }
#define SWITCH(name, field, def, help)                                                   \
    {                                                                                    \
        name, WEIR_O_BOOL, FIELD(field), def, "", help, 0, 0, NULL, NULL, 0              \
    }
#define OBJECT(name, field, help)                                                        \
    {                                                                                    \
        name, WEIR_O_OBJ, FIELD(field), NULL, "", help, 0, 0, NULL, NULL, 0              \
    }
#define END                                                                              \
    {                                                                                    \
        NULL, WEIR_O_END, 0, NULL, NULL, NULL, 0, 0, NULL, NULL, 0                       \
    }

/* clang-format off */
#define FIELD(field) offsetof(WeirFigureSpec, field)
static const WeirOpt figureOpts[] = {
    STRING("-title",    title,    "title, above everything"),
    STRING("-subtitle", subtitle, "second, smaller line below the title"),
    INTEGER("-width",   width,    "900", "pixels", "width of the figure", 160, 16000),
    INTEGER("-height",  height,   "600", "pixels", "height of the figure", 120, 16000),
    NUMBER("-scale",    scale,    "1.0", "", "device pixels per pixel; 2 for HiDPI", 0.25, 8),
    STRING("-xlabel",   xlabel,   "title of the x axis"),
    STRING("-xunit",    xunit,    "unit of the x values, such as s"),
    LIMIT("-xmin",      xmin,     "left end of the x axis; \"\" is automatic"),
    LIMIT("-xmax",      xmax,     "right end of the x axis; \"\" is automatic"),
    WORD("-xscale",     xscale,   "linear", weirAxisNames, "division of the x axis"),
    WORD("-look",       look,     "light", weirLookNames, "colours for paper or for a dark screen"),
    SWITCH("-legend",   legend,   "1", "whether labels of curves are shown"),
    SWITCH("-grid",     grid,     "1", "whether lines of the grid are drawn"),
    END
};
#undef FIELD

#define FIELD(field) offsetof(WeirPanelSpec, field)
static const WeirOpt panelOpts[] = {
    STRING("-ylabel",   ylabel,   "title of the y axis"),
    STRING("-yunit",    yunit,    "unit of the y values, such as bit/s"),
    LIMIT("-ymin",      ymin,     "lower end of the y axis; \"\" is automatic"),
    LIMIT("-ymax",      ymax,     "upper end of the y axis; \"\" is automatic"),
    WORD("-yscale",     yscale,   "linear", weirAxisNames, "division of the y axis"),
    END
};
#undef FIELD

/* What `add` and `append` take: how a curve looks, and its points. */
typedef struct AddSpec {
    WeirCurveSpec curve;
    Tcl_Obj *x, *y, *data;
} AddSpec;

#define FIELD(field) offsetof(AddSpec, field)
static const WeirOpt addOpts[] = {
    STRING("-label",    curve.label, "name in the legend"),
    INTEGER("-panel",   curve.panel, "1", "", "panel that it is drawn in, 1 is the top one", 1, WEIR_PANELS_MAX),
    WORD("-style",      curve.style, "line", weirStyleNames, "how points are drawn"),
    STRING("-color",    curve.color, "#rrggbb; \"\" is the next one of the look"),
    NUMBER("-width",    curve.width, "0.0", "pixels", "width of the line or size of a point; 0 is usual", 0, 40),
    OBJECT("-x",        x,        "list of x values; without it 0, 1, 2, ..."),
    OBJECT("-y",        y,        "list of y values; \"\" or NaN is a gap"),
    OBJECT("-data",     data,     "list x y x y ... instead of -x and -y"),
    END
};
static const WeirOpt appendOpts[] = {
    OBJECT("-x",        x,        "list of x values; without it the numbering goes on"),
    OBJECT("-y",        y,        "list of y values; \"\" or NaN is a gap"),
    OBJECT("-data",     data,     "list x y x y ... instead of -x and -y"),
    END
};
#undef FIELD

typedef struct ExportSpec {
    int format; /* 0: by the name, else 1 + WEIR_EXPORT_... */
    int width, height;
    double scale;
} ExportSpec;

static const char *const formatWords[] = { "auto", "png", "svg", "pdf", "eps", NULL };
#define FIELD(field) offsetof(ExportSpec, field)
static const WeirOpt exportOpts[] = {
    WORD("-format",     format,   "auto", formatWords, "file format; auto goes by the file name"),
    INTEGER("-width",   width,    "0", "pixels", "width; 0 is the figure's", 0, 16000),
    INTEGER("-height",  height,   "0", "pixels", "height; 0 is the figure's", 0, 16000),
    NUMBER("-scale",    scale,    "0.0", "", "device pixels per pixel; 0 is the figure's", 0, 8),
    END
};
#undef FIELD
/* clang-format on */

static int CheckFigure(void *record, WeirErr *err)
{
    return WeirFigureSpecCheck(record, err);
}

static int CheckPanel(void *record, WeirErr *err)
{
    return WeirPanelSpecCheck(record, err);
}

static int CheckAdd(void *record, WeirErr *err)
{
    AddSpec *spec = record;
    if (spec->data && (spec->x || spec->y))
        return WeirFail(err, WEIR_E_ARG, "use either -data or -x and -y");
    return WeirCurveSpecCheck(&spec->curve, err);
}

/* ------------------------------------------------------------ points */

static int AppendPairs(Tcl_Interp *interp, WeirSeries *series, const double *x,
                       const double *y, Tcl_Size count, int stride)
{
    Tcl_Size i;
    for (i = 0; i < count; i++) {
        double at = x ? x[i * stride] : (double)WeirSeriesCount(series);
        if (WeirSeriesAppend(series, at, y[i * stride]) < 0)
            return WeirTclFail(interp, ROOM, WEIR_E_MEMORY, "out of memory");
    }
    return TCL_OK;
}

/* Put the points of -x and -y, or of -data, behind those of the series.  `xGiven`: -x was
 * there, if only as an empty list. */
static int AppendPoints(Tcl_Interp *interp, WeirSeries *series, const AddSpec *spec,
                        int xGiven)
{
    double *x = NULL, *y = NULL;
    Tcl_Size xCount = 0, yCount = 0;
    int rc = WeirNumbersGet(interp, ROOM, "-x", spec->x, &x, &xCount);
    if (rc == TCL_OK)
        rc = spec->data ? WeirNumbersGet(interp, ROOM, "-data", spec->data, &y, &yCount)
                        : WeirNumbersGet(interp, ROOM, "-y", spec->y, &y, &yCount);
    if (rc == TCL_OK && spec->data && yCount % 2 != 0)
        rc = WeirTclFail(interp, ROOM, WEIR_E_ARG,
                         "option -data: %ld elements are no pairs: use x y x y ...",
                         (long)yCount);
    else if (rc == TCL_OK && !spec->data && xGiven && xCount != yCount)
        rc = WeirTclFail(interp, ROOM, WEIR_E_ARG,
                         "-x has %ld values and -y has %ld: use the same number",
                         (long)xCount, (long)yCount);
    else if (rc == TCL_OK && spec->data)
        rc = AppendPairs(interp, series, y, y + 1, yCount / 2, 2);
    else if (rc == TCL_OK)
        rc = AppendPairs(interp, series, xGiven ? x : NULL, y, yCount, 1);
    free(x);
    free(y);
    return rc;
}

static int HasWord(const char *name, int objc, Tcl_Obj *const objv[])
{
    int i;
    for (i = 0; i < objc; i += 2)
        if (strcmp(Tcl_GetString(objv[i]), name) == 0)
            return 1;
    return 0;
}

/* ------------------------------------------------------------ methods */

static int AddCurve(Tcl_Interp *interp, WeirFigure *figure, int objc,
                    Tcl_Obj *const objv[])
{
    AddSpec spec = { { NULL, 0, 0, NULL, 0 }, NULL, NULL, NULL };
    WeirSeries *series = WeirSeriesNew();
    WeirErr err;
    int rc = series ? WeirOptInit(interp, ROOM, addOpts, &spec)
                    : WeirTclFail(interp, ROOM, WEIR_E_MEMORY, "out of memory");
    if (rc == TCL_OK)
        rc = WeirOptApply(interp, ROOM, addOpts, &spec, sizeof spec, objc, objv, 1,
                          CheckAdd);
    if (rc == TCL_OK)
        rc = AppendPoints(interp, series, &spec, HasWord("-x", objc, objv));
    if (rc == TCL_OK && WeirFigureAdd(figure, &spec.curve, series, &err) < 0)
        rc = WeirTclError(interp, ROOM, &err);
    if (rc == TCL_OK) {
        series = NULL; /* now the figure's, like these */
        spec.curve.label = spec.curve.color = NULL;
    }
    WeirSeriesFree(series);
    WeirOptFree(addOpts, &spec);
    return rc;
}

/* NAME add ?-option value ...?: the new series' number. */
static int AddMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    if (AddCurve(interp, figure, objc, objv) != TCL_OK)
        return TCL_ERROR;
    Tcl_SetObjResult(interp, Tcl_NewIntObj(figure->curveCount));
    return TCL_OK;
}

/* A number from 1 to `most` that says which `what` is meant. */
static int GetNumberOf(Tcl_Interp *interp, const char *what, Tcl_Obj *obj, int most,
                       int *number)
{
    if (Tcl_GetIntFromObj(NULL, obj, number) == TCL_OK && *number >= 1 && *number <= most)
        return TCL_OK;
    if (most == 0)
        return WeirTclFail(interp, ROOM, WEIR_E_ARG,
                           "there is no %s \"%.60s\": none was added", what,
                           Tcl_GetString(obj));
    return WeirTclFail(interp, ROOM, WEIR_E_ARG, "there is no %s \"%.60s\": use 1 to %d",
                       what, Tcl_GetString(obj), most);
}

/* NAME append SERIES ?-x LIST? -y LIST */
static int AppendMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    AddSpec spec = { { NULL, 0, 0, NULL, 0 }, NULL, NULL, NULL };
    int number, rc;
    if (GetNumberOf(interp, "series", objv[0], figure->curveCount, &number) != TCL_OK)
        return TCL_ERROR;
    rc = WeirOptApply(interp, ROOM, appendOpts, &spec, sizeof spec, objc - 1, objv + 1, 1,
                      CheckAdd);
    if (rc == TCL_OK)
        rc = AppendPoints(interp, figure->curves[number - 1].series, &spec,
                          HasWord("-x", objc - 1, objv + 1));
    WeirOptFree(appendOpts, &spec);
    return rc;
}

/* NAME panel N ?-option? ?value ...?: as configure, for one panel. */
static int PanelMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    int number, isQuery = objc <= 2, rc;
    if (GetNumberOf(interp, "panel", objv[0],
                    isQuery ? figure->panelCount : WEIR_PANELS_MAX, &number) != TCL_OK)
        return TCL_ERROR;
    rc = WeirOptConfigure(interp, ROOM, panelOpts, &figure->panels[number - 1],
                          sizeof figure->panels[0], objc - 1, objv + 1, CheckPanel);
    if (rc == TCL_OK && !isQuery)
        WeirFigurePanel(figure, number);
    return rc;
}

/* Draw into a file; the result is its absolute name. */
static int Export(Tcl_Interp *interp, const WeirFigure *figure, Tcl_Obj *file,
                  const ExportSpec *spec)
{
    Tcl_Obj *full = Tcl_FSGetNormalizedPath(NULL, file);
    const char *native = full ? Tcl_FSGetNativePath(full) : NULL;
    int format = spec->format - 1, rc = WEIR_OK;
    WeirErr err;
    if (!native || !*Tcl_GetString(file))
        return WeirTclFail(interp, ROOM, WEIR_E_ARG,
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
    return rc < 0 ? WeirTclError(interp, ROOM, &err) : TCL_OK;
}

/* NAME export FILE ?-option value ...? */
static int ExportMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    ExportSpec spec = { 0, 0, 0, 0 };
    if (WeirOptInit(interp, ROOM, exportOpts, &spec) != TCL_OK ||
        WeirOptApply(interp, ROOM, exportOpts, &spec, sizeof spec, objc - 1, objv + 1, 1,
                     NULL) != TCL_OK)
        return TCL_ERROR;
    return Export(interp, impl, objv[0], &spec);
}

/* NAME stats ?-format F?: what each series holds. */
static int StatsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    const WeirFigure *figure = impl;
    WeirResult *result;
    int i, format = WEIR_FORMAT_DICT;
    if (objc == 1 || (objc == 2 && strcmp(Tcl_GetString(objv[0]), "-format") != 0))
        return WeirTclFail(
            interp, ROOM, WEIR_E_ARG,
            "wrong words after stats: use stats ?-format text|dict|json|csv?");
    if (objc == 2 && WeirTclWord(interp, ROOM, objv[1], weirFormatNames, sizeof(char *),
                                 "format", &format) != TCL_OK)
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
    }
    return WeirResultReturn(interp, result, (WeirFormat)format);
}

static int ConfigureMethod(void *impl, Tcl_Interp *interp, int objc,
                           Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    return WeirOptConfigure(interp, ROOM, figureOpts, &figure->spec, sizeof figure->spec,
                            objc, objv, CheckFigure);
}

static int CgetMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    return WeirOptCget(interp, ROOM, figureOpts, &figure->spec, objc, objv);
}

static void FreeFigure(void *impl)
{
    WeirFigureFree(impl);
}

static const WeirMethod methods[] = {
    { "add", AddMethod, 0, -1, "?-label L? ?-x LIST? -y LIST ?-option value ...?",
      "add a series and answer its number" },
    { "append", AppendMethod, 1, -1, "SERIES ?-x LIST? -y LIST",
      "put more points behind those of a series" },
    { "panel", PanelMethod, 1, -1, "N ?-option? ?value ...?",
      "read or change the y axis of a panel" },
    { "export", ExportMethod, 1, -1, "FILE ?-format png|svg|pdf|eps? ?-option value ...?",
      "draw into a file and answer its absolute name" },
    { "stats", StatsMethod, 0, 2, "?-format text|dict|json|csv?",
      "what each series holds" },
    { "configure", ConfigureMethod, 0, -1, "?-option? ?value ...?",
      "read or change options of the figure" },
    { "cget", CgetMethod, 1, 1, "-option", "the value of one option" },
    { NULL, NULL, 0, 0, NULL, NULL }
};

static const WeirClass plotClass = { "plot", ROOM, methods, FreeFigure };

/* ------------------------------------------------------------ subcommands */

/* A figure with these options, or NULL and an error in `interp`. */
static WeirFigure *MakeFigure(Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = WeirFigureNew();
    if (!figure) {
        WeirTclFail(interp, ROOM, WEIR_E_MEMORY, "out of memory");
    } else if (WeirOptInit(interp, ROOM, figureOpts, &figure->spec) != TCL_OK ||
               WeirOptApply(interp, ROOM, figureOpts, &figure->spec, sizeof figure->spec,
                            objc, objv, 1, CheckFigure) != TCL_OK) {
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
        return WeirTclUsage(interp, ROOM, objv, 1, "");
    return WeirObjectNames(interp, &plotClass);
}

/* The value of -series: {LABEL XS YS ?-option value ...?}. */
static int SaveSeries(Tcl_Interp *interp, WeirFigure *figure, Tcl_Obj *value)
{
    Tcl_Obj **word, *call;
    Tcl_Size count;
    int rc;
    if (Tcl_ListObjGetElements(NULL, value, &count, &word) != TCL_OK || count < 3)
        return WeirTclFail(
            interp, ROOM, WEIR_E_ARG,
            "option -series: use {LABEL {x ...} {y ...} ?-option value ...?}");
    call = Tcl_NewListObj(0, NULL);
    Tcl_IncrRefCount(call);
    Tcl_ListObjAppendElement(NULL, call, Tcl_NewStringObj("-label", -1));
    Tcl_ListObjAppendElement(NULL, call, word[0]);
    Tcl_ListObjAppendElement(NULL, call, Tcl_NewStringObj("-x", -1));
    Tcl_ListObjAppendElement(NULL, call, word[1]);
    Tcl_ListObjAppendElement(NULL, call, Tcl_NewStringObj("-y", -1));
    Tcl_ListObjAppendElement(NULL, call, word[2]);
    Tcl_ListObjReplace(NULL, call, 6, 0, count - 3, word + 3);
    Tcl_ListObjGetElements(NULL, call, &count, &word);
    rc = AddCurve(interp, figure, (int)count, word);
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
        return WeirTclFail(interp, ROOM, WEIR_E_ARG,
                           "option -panel: use {N -option value ...}");
    return PanelMethod(figure, interp, (int)count, word);
}

/* The words of `plot save` that are not options of the figure: -series, -panel, -format,
 * and those of the first panel, which start with -y.  Others are moved to `rest`. */
static int SavePart(Tcl_Interp *interp, WeirFigure *figure, Tcl_Obj *const pair[2],
                    ExportSpec *spec, int *isMine)
{
    const char *name = Tcl_GetString(pair[0]);
    *isMine = 1;
    if (strcmp(name, "-series") == 0)
        return SaveSeries(interp, figure, pair[1]);
    if (strcmp(name, "-panel") == 0)
        return SavePanel(interp, figure, pair[1]);
    if (strcmp(name, "-format") == 0)
        return WeirOptApply(interp, ROOM, exportOpts, spec, sizeof *spec, 2, pair, 1,
                            NULL);
    if (strncmp(name, "-y", 2) == 0)
        return WeirOptApply(interp, ROOM, panelOpts, &figure->panels[0],
                            sizeof figure->panels[0], 2, pair, 1, CheckPanel);
    *isMine = 0;
    return TCL_OK;
}

/* plot save FILE ?-option value ...? ?-series {LABEL XS YS ...}? ...: a figure made,
 * drawn into a file and forgotten. */
static int SaveCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    ExportSpec spec = { 0, 0, 0, 0 };
    Tcl_Obj *rest = Tcl_NewListObj(0, NULL), **words;
    WeirFigure *figure = WeirFigureNew();
    Tcl_Size count;
    int i, rc = TCL_OK, isMine;
    Tcl_IncrRefCount(rest);
    if (objc < 2)
        rc = WeirTclUsage(interp, ROOM, objv, 1,
                          "FILE ?-option value ...? ?-series {LABEL XS YS}? ...");
    else if (!figure)
        rc = WeirTclFail(interp, ROOM, WEIR_E_MEMORY, "out of memory");
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
        rc = WeirOptInit(interp, ROOM, figureOpts, &figure->spec);
    if (rc == TCL_OK)
        rc = WeirOptApply(interp, ROOM, figureOpts, &figure->spec, sizeof figure->spec,
                          (int)count, words, 1, CheckFigure);
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
    WeirOptPublish(interp, "plot", figureOpts);
    WeirOptPublish(interp, "plot panel", panelOpts);
    WeirOptPublish(interp, "plot add", addOpts);
    WeirOptPublish(interp, "plot export", exportOpts);
    WeirObjectPublish(interp, "plot", &plotClass);
    return WeirFamilyCreate(interp, "plot", subcommands, NULL);
}
