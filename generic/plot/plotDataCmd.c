/* plot: series and their points. */
#include "config.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "plot/derive.h"
#include "plot/plotShareCmd.h"
#include "tcl/numbers.h"
#include "tcl/publish.h"
#include "tcl/result.h"

static int CheckAdd(void *record, WeirErr *err)
{
    WeirPlotPoints *spec = record;
    if (spec->data && (spec->x || spec->y))
        return WeirFail(err, WEIR_E_ARG, "use either -data or -x and -y");
    if (!spec->low != !spec->high)
        return WeirFail(err, WEIR_E_ARG, "use -ylow and -yhigh together");
    if ((spec->log || spec->object) && (spec->x || spec->y || spec->data))
        return WeirFail(err, WEIR_E_ARG, "use either lists of points or %s",
                        spec->log ? "-log" : "-object");
    if (spec->log && spec->object)
        return WeirFail(err, WEIR_E_ARG, "use either -log or -object");
    if ((spec->log || spec->object) != (spec->key != NULL))
        return WeirFail(err, WEIR_E_ARG,
                        spec->key ? "-key belongs to -log FILE or -object NAME"
                                  : "-log and -object want -key: which figure to draw");
    return WeirCurveSpecCheck(&spec->curve, err);
}

static int CheckSeries(void *record, WeirErr *err)
{
    return WeirCurveSpecCheck(record, err);
}

int WeirPlotNumber(Tcl_Interp *interp, const char *what, Tcl_Obj *obj, int most,
                   int *number)
{
    if (Tcl_GetIntFromObj(NULL, obj, number) == TCL_OK && *number >= 1 && *number <= most)
        return TCL_OK;
    if (most == 0)
        return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                           "there is no %s \"%.60s\": none was added", what,
                           Tcl_GetString(obj));
    return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                       "there is no %s \"%.60s\": use 1 to %d", what, Tcl_GetString(obj),
                       most);
}

/* ------------------------------------------------------------ points */

static void FreeLists(WeirPlotLists *lists)
{
    free(lists->x);
    free(lists->y);
    free(lists->low);
    free(lists->high);
}

/* Whether an option is there, if only with an empty list. */
static int HasWord(const char *name, int objc, Tcl_Obj *const objv[])
{
    int i;
    for (i = 0; i < objc; i += 2)
        if (strcmp(Tcl_GetString(objv[i]), name) == 0)
            return 1;
    return 0;
}

/* A list that, when it is given, has as many numbers as there are points. */
static int ReadOther(Tcl_Interp *interp, const char *option, Tcl_Obj *list, Tcl_Size want,
                     int isGiven, double **numbers)
{
    Tcl_Size count;
    if (WeirNumbersGet(interp, weirPlotRoom, option, list, numbers, &count) != TCL_OK)
        return TCL_ERROR;
    if (isGiven && count != want)
        return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                           "%s has %ld values and -y has %ld: use the same number",
                           option, (long)count, (long)want);
    return TCL_OK;
}

/* The lists among the words of `add` or `append`. */
static int ReadLists(Tcl_Interp *interp, const WeirPlotPoints *spec, int objc,
                     Tcl_Obj *const objv[], WeirPlotLists *lists)
{
    const char *option = spec->data ? "-data" : "-y";
    lists->stride = spec->data ? 2 : 1;
    if (WeirNumbersGet(interp, weirPlotRoom, option, spec->data ? spec->data : spec->y,
                       &lists->y, &lists->count) != TCL_OK)
        return TCL_ERROR;
    if (lists->count % lists->stride != 0)
        return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                           "option -data: %ld elements are no pairs: use x y x y ...",
                           (long)lists->count);
    lists->count /= lists->stride;
    if (ReadOther(interp, "-x", spec->x, lists->count, HasWord("-x", objc, objv),
                  &lists->x) != TCL_OK ||
        ReadOther(interp, "-ylow", spec->low, lists->count, spec->low != NULL,
                  &lists->low) != TCL_OK)
        return TCL_ERROR;
    return ReadOther(interp, "-yhigh", spec->high, lists->count, spec->high != NULL,
                     &lists->high);
}

/* Put the points behind those of curve `number` (0 is the first). */
static int AppendLists(Tcl_Interp *interp, WeirFigure *figure, int number,
                       const WeirPlotLists *lists)
{
    const double *x = lists->stride == 2 ? lists->y : lists->x;
    const double *y = lists->stride == 2 ? lists->y + 1 : lists->y;
    Tcl_Size i;
    for (i = 0; i < lists->count; i++) {
        size_t place = WeirSeriesCount(figure->curves[number].series);
        WeirSample sample = { x ? x[i * lists->stride] : (double)place,
                              y[i * lists->stride], lists->low ? lists->low[i] : NAN,
                              lists->high ? lists->high[i] : NAN };
        if (WeirFigureAppend(figure, number, &sample) < 0)
            return WeirTclFail(interp, weirPlotRoom, WEIR_E_MEMORY, "out of memory");
    }
    return TCL_OK;
}

/* Points where an option should stand: what everybody tries first. */
static int CheckWords(Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    int i;
    for (i = 0; i < objc; i += 2) {
        const char *word = Tcl_GetString(objv[i]);
        if (word[0] != '-' || isdigit((unsigned char)word[1]))
            return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                               "\"%.60s\" is no option: points go in with -y LIST, and "
                               "with -x LIST where x is not 0, 1, 2, ...",
                               word);
    }
    return TCL_OK;
}

/* ------------------------------------------------------------ series */

/* Any command that has `stats` will do. */
static int Exists(Tcl_Interp *interp, Tcl_Obj *object)
{
    return Tcl_GetCommandFromObj(interp, object) ||
                   WeirObjectFindAny(interp, weirPlotRoom, object)
               ? TCL_OK
               : TCL_ERROR;
}

/* Whether scripts know the figure; that of `plot save` is never theirs. */
static int HasName(Tcl_Interp *interp, const WeirFigure *figure)
{
    Tcl_Obj *name = WeirObjectNameOf(interp, &weirPlotClass, figure);
    int has = *Tcl_GetString(name) != '\0';
    Tcl_IncrRefCount(name);
    Tcl_DecrRefCount(name);
    return has;
}

/* The object and key that are to be followed.  TCL_BREAK: the object ended the figure. */
static int CheckObject(Tcl_Interp *interp, const WeirFigure *figure,
                       const WeirPlotPoints *spec)
{
    int hadName = HasName(interp, figure), rc = Exists(interp, spec->object);
    if (rc == TCL_OK)
        rc = WeirPlotKeyCheck(interp, spec);
    return rc == TCL_OK && hadName && !HasName(interp, figure) ? TCL_BREAK : rc;
}

int WeirPlotAdd(Tcl_Interp *interp, WeirFigure *figure, int objc, Tcl_Obj *const objv[])
{
    WeirPlotPoints spec;
    WeirPlotLists lists = { 0 };
    WeirErr err;
    int rc;
    if (CheckWords(interp, objc, objv) != TCL_OK)
        return TCL_ERROR;
    memset(&spec, 0, sizeof spec);
    rc = WeirOptRead(interp, weirPlotRoom, weirPlotAddOptions, &spec, sizeof spec, objc,
                     objv, CheckAdd);
    if (rc == TCL_OK && spec.object)
        rc = CheckObject(interp, figure, &spec);
    if (rc == TCL_OK)
        rc = spec.log ? WeirPlotReadLog(interp, figure, &spec, &lists)
                      : ReadLists(interp, &spec, objc, objv, &lists);
    if (rc == TCL_OK && WeirFigureAdd(figure, &spec.curve, &err) < 0)
        rc = WeirTclError(interp, weirPlotRoom, &err);
    if (rc == TCL_OK) {
        memset(&spec.curve, 0, sizeof spec.curve); /* it is the figure's */
        rc = AppendLists(interp, figure, figure->curveCount - 1, &lists);
    }
    if (rc == TCL_OK && spec.object)
        rc = WeirPlotFollow(interp, figure, figure->curveCount - 1, &spec);
    FreeLists(&lists);
    WeirOptFree(weirPlotAddOptions, &spec);
    return rc == TCL_BREAK ? TCL_OK : rc;
}

/* NAME append SERIES ?-x LIST? -y LIST */
int WeirPlotAppendMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    WeirPlotPoints spec;
    WeirPlotLists lists = { 0 };
    int number, rc;
    if (WeirPlotNumber(interp, "series", objv[0], figure->curveCount, &number) !=
            TCL_OK ||
        CheckWords(interp, objc - 1, objv + 1) != TCL_OK)
        return TCL_ERROR;
    memset(&spec, 0, sizeof spec);
    rc = WeirOptRead(interp, weirPlotRoom, weirPlotAppendOptions, &spec, sizeof spec,
                     objc - 1, objv + 1, CheckAdd);
    if (rc == TCL_OK)
        rc = ReadLists(interp, &spec, objc - 1, objv + 1, &lists);
    if (rc == TCL_OK)
        rc = AppendLists(interp, figure, number - 1, &lists);
    FreeLists(&lists);
    WeirOptFree(weirPlotAppendOptions, &spec);
    return rc;
}

/* NAME series N ?-option? ?value ...?: as configure, for one series. */
int WeirPlotSeriesMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    WeirCurveSpec *spec;
    int number, rc;
    if (WeirPlotNumber(interp, "series", objv[0], figure->curveCount, &number) != TCL_OK)
        return TCL_ERROR;
    spec = &figure->curves[number - 1].spec;
    rc = WeirOptConfigure(interp, weirPlotRoom, weirPlotSeriesOptions, spec, sizeof *spec,
                          objc - 1, objv + 1, CheckSeries);
    if (rc == TCL_OK && objc > 2)
        WeirFigureChanged(figure, number - 1);
    return rc;
}

/* The x (`wantY` 0) or y of a series under a key. */
static int AddColumn(WeirResult *result, const char *key, const WeirSeries *series,
                     int wantY)
{
    size_t count = WeirSeriesCount(series), i;
    double *values = malloc((count + 1) * sizeof *values), x, y;
    if (!values)
        return WEIR_E_MEMORY;
    for (i = 0; i < count; i++) {
        WeirSeriesAt(series, i, &x, &y);
        values[i] = wantY ? y : isfinite(x) ? x : NAN;
    }
    WeirResultReals(result, key, values, count);
    free(values);
    return WEIR_OK;
}

/* NAME points SERIES: what is drawn of it. */
int WeirPlotPointsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirFigure *figure = impl;
    WeirResult *result;
    const WeirSeries *shown;
    WeirCurve *curve;
    int number, rc;
    if (WeirPlotNumber(interp, "series", objv[0], figure->curveCount, &number) != TCL_OK)
        return TCL_ERROR;
    curve = &figure->curves[number - 1];
    shown = WeirCurveShown(figure, curve, figure->spec.xscale == WEIR_AXIS_LOG);
    result = WeirResultNew();
    rc = AddColumn(result, "x", shown, 0);
    if (rc == WEIR_OK)
        rc = AddColumn(result, "y", shown, 1);
    if (rc == WEIR_OK && curve->high && shown == curve->series)
        rc = AddColumn(result, "yLow", curve->low, 1);
    if (rc == WEIR_OK && curve->high && shown == curve->series)
        rc = AddColumn(result, "yHigh", curve->high, 1);
    if (rc == WEIR_OK)
        return WeirResultReturn(interp, result, WEIR_FORMAT_AUTO);
    WeirResultFree(result);
    return WeirTclFail(interp, weirPlotRoom, rc, "out of memory");
}
