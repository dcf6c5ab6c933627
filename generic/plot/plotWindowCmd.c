/* plot: windows.  Words are checked here; the window itself is made in
 * library/plotwindow.tcl, which is read when the first one is wanted. */
#include "config.h"
#include <stdio.h>
#include <string.h>
#include "plot/plotShareCmd.h"
#include "tcl/publish.h"

typedef struct WindowSpec {
    char *link, *geometry;
    int look, sameScale;
    double rate;
    int64_t followNs;
} WindowSpec;

static const char *const lookWords[] = { "auto", "light", "dark", NULL };

/* clang-format off */
const WeirOpt weirPlotWindowOptions[] = {
    { .name = "-link", .kind = WEIR_O_STRING, .offset = offsetof(WindowSpec, link), .unit = "",
      .help = "windows with the same word here zoom and pan together; \"\" or 0 is alone", .value = "GROUP" },
    { .name = "-look", .kind = WEIR_O_ENUM, .offset = offsetof(WindowSpec, look), .def = "auto",
      .unit = "", .choices = lookWords, .help = "colours; auto is the look of the figure" },
    { .name = "-geometry", .kind = WEIR_O_STRING, .offset = offsetof(WindowSpec, geometry),
      .unit = "", .help = "WIDTHxHEIGHT, +X+Y or both; \"\" is the figure's size", .value = "GEOMETRY" },
    { .name = "-rate", .kind = WEIR_O_DOUBLE, .offset = offsetof(WindowSpec, rate), .def = "20.0",
      .unit = "1/s", .min = 0.1, .max = 100, .help = "how often it is drawn while the figure changes" },
    { .name = "-follow", .kind = WEIR_O_DURATION, .offset = offsetof(WindowSpec, followNs),
      .def = "0", .unit = "s", .max = 1e9, .help = "show so much up to the newest point; 0 is everything" },
    { .name = "-samescale", .kind = WEIR_O_BOOL, .offset = offsetof(WindowSpec, sameScale),
      .def = "0", .unit = "", .help = "one range for all y axes with the same unit" },
    { .name = NULL }
};
/* clang-format on */

/* As X11 writes it: WIDTHxHEIGHT, +X+Y or both, with - for places from the right and the
 * lower edge. */
static int IsGeometry(const char *text)
{
    int used = 0, width, height, x, y;
    char signX[2], signY[2];
    if (strpbrk(text, " \t\n")) /* which sscanf passes over */
        return 0;
    if (sscanf(text, "%5dx%5d%n", &width, &height, &used) == 2 && used > 0) {
        if (width < 1 || height < 1)
            return 0;
        text += used;
        if (!*text)
            return 1;
    }
    used = 0;
    return sscanf(text, "%1[-+]%6d%1[-+]%6d%n", signX, &x, signY, &y, &used) == 4 &&
           used > 0 && !text[used];
}

static int CheckWindow(void *record, WeirErr *err)
{
    const WindowSpec *spec = record;
    if (spec->geometry && !IsGeometry(spec->geometry))
        return WeirFail(err, WEIR_E_ARG,
                        "option -geometry: \"%.60s\" is no place for a window: use "
                        "WIDTHxHEIGHT, WIDTHxHEIGHT+X+Y or +X+Y",
                        spec->geometry);
    return WEIR_OK;
}

/* A dict of the options that were given, by full name and as cget would answer; NULL and
 * an error in `interp`. */
static Tcl_Obj *GivenOptions(Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WindowSpec spec = { 0 };
    Tcl_Obj *given = NULL;
    int i;
    if (WeirOptInit(interp, weirPlotRoom, weirPlotWindowOptions, &spec) == TCL_OK &&
        WeirOptApply(interp, weirPlotRoom, weirPlotWindowOptions, &spec, sizeof spec,
                     objc, objv, 1, CheckWindow) == TCL_OK) {
        given = Tcl_NewDictObj();
        for (i = 0; i < objc; i += 2) {
            const WeirOpt *row =
                WeirOptFind(interp, weirPlotRoom, weirPlotWindowOptions, objv[i]);
            Tcl_DictObjPut(NULL, given, Tcl_NewStringObj(row->name, -1),
                           WeirOptGet(row, &spec));
        }
    }
    WeirOptFree(weirPlotWindowOptions, &spec);
    return given;
}

/* weir::PlotWindow VERB FIRST ?SECOND?, in library/weir.tcl; it may yield in a coroutine.
 * Takes over the arguments. */
static int CallLibrary(Tcl_Interp *interp, const char *verb, Tcl_Obj *first,
                       Tcl_Obj *second)
{
    Tcl_Obj *words[4] = { Tcl_NewStringObj("::weir::PlotWindow", -1),
                          Tcl_NewStringObj(verb, -1), first, second };
    return Tcl_NREvalObj(interp, Tcl_NewListObj(second ? 4 : 3, words), TCL_EVAL_GLOBAL);
}

/* NAME window ?-option value ...? */
int WeirPlotWindowMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Tcl_Obj *given = GivenOptions(interp, objc, objv);
    if (!given)
        return TCL_ERROR;
    return CallLibrary(interp, "open", WeirObjectNameOf(interp, &weirPlotClass, impl),
                       given);
}

/* The names of figures that words begin with, up to the first option; NULL and an error.
 * As the objects' own names: a word may be relative to a namespace. */
static Tcl_Obj *TakeFigures(Tcl_Interp *interp, int *objc, Tcl_Obj *const **objv)
{
    Tcl_Obj *names = Tcl_NewListObj(0, NULL);
    for (; *objc > 0 && Tcl_GetString((*objv)[0])[0] != '-'; --*objc, ++*objv) {
        WeirObject *object = WeirObjectFind(interp, &weirPlotClass, (*objv)[0]);
        if (!object) {
            Tcl_DecrRefCount(names);
            return NULL;
        }
        Tcl_ListObjAppendElement(NULL, names, WeirObjectName(object));
    }
    return names;
}

/* plot window NAME ?NAME ...? ?-option value ...? */
int WeirPlotWindowCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Tcl_Obj *names, *given, *const *words = objv + 1;
    if (Tcl_GetString(objv[1])[0] == '-')
        return WeirTclUsage(interp, weirPlotRoom, objv, 1, "NAME ?NAME ...?",
                            weirPlotWindowOptions);
    objc--;
    names = TakeFigures(interp, &objc, &words);
    if (!names)
        return TCL_ERROR;
    given = GivenOptions(interp, objc, words);
    if (!given) {
        Tcl_DecrRefCount(names);
        return TCL_ERROR;
    }
    return CallLibrary(interp, "openAll", names, given);
}

/* plot wait ?NAME ...? */
int WeirPlotWaitCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Tcl_Obj *names, *const *words = objv + 1;
    objc--;
    names = TakeFigures(interp, &objc, &words);
    if (!names)
        return TCL_ERROR;
    if (objc > 0) {
        Tcl_DecrRefCount(names);
        return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                           "\"%.60s\" is not the name of a figure: use plot wait "
                           "?NAME ...?",
                           Tcl_GetString(words[0]));
    }
    return CallLibrary(interp, "wait", names, NULL);
}

/* plot live OBJECT ?KEY ...? */
int WeirPlotLiveCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirObject *object = WeirObjectFindAny(interp, weirPlotRoom, objv[1]);
    return object ? CallLibrary(interp, "live", WeirObjectName(object),
                                Tcl_NewListObj(objc - 2, objv + 2))
                  : TCL_ERROR;
}
