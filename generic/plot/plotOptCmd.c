/* The option tables of `plot`. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "plot/derive.h"
#include "plot/plotShareCmd.h"
#include "tcl/numbers.h"

const char weirPlotRoom[] = "PLOT";

/* ------------------------------------------------------------ types */

/* A limit of an axis: a number, or "" for automatic (a NULL pointer). */
static int ParseLimit(Tcl_Interp *interp, Tcl_Obj *obj, void **value, WeirErr *err)
{
    double number, *limit;
    if (Tcl_GetDoubleFromObj(NULL, obj, &number) != TCL_OK || !WeirDrawable(number))
        return WeirFail(err, WEIR_E_ARG,
                        "\"%.60s\" is not a limit: use a number, or \"\" for automatic",
                        Tcl_GetString(obj));
    limit = malloc(sizeof *limit);
    if (!limit)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    *limit = WeirPlaced(number);
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

/* Classes of a histogram: "" chooses, a number is how many, two or more are edges. */
static int ParseBins(Tcl_Interp *interp, Tcl_Obj *obj, void **value, WeirErr *err)
{
    double *number = NULL;
    Tcl_Size count;
    WeirBins *bins = NULL;
    int rc = WEIR_E_ARG, many;
    if (WeirNumbersGet(NULL, weirPlotRoom, "-bins", obj, &number, &count) != TCL_OK ||
        count == 0 || (count == 1 && Tcl_GetIntFromObj(NULL, obj, &many) != TCL_OK))
        WeirFail(err, WEIR_E_ARG,
                 "\"%.60s\" is no division into classes: use their number, a list of "
                 "edges, or \"\" for automatic",
                 Tcl_GetString(obj));
    else
        rc = WeirBinsNew(count == 1              ? many
                         : count > WEIR_BINS_MAX ? WEIR_BINS_MAX + 1
                                                 : (int)count - 1,
                         count == 1 ? NULL : number, &bins, err);
    free(number);
    *value = bins;
    return rc;
}

static Tcl_Obj *PrintBins(const void *value)
{
    const WeirBins *bins = value;
    Tcl_Obj *list;
    int i;
    if (!bins->edges)
        return Tcl_NewIntObj(bins->count);
    list = Tcl_NewListObj(0, NULL);
    for (i = 0; i <= bins->count; i++)
        Tcl_ListObjAppendElement(NULL, list, Tcl_NewDoubleObj(bins->edges[i]));
    return list;
}

static void *CopyBins(void *value)
{
    return WeirBinsCopy(value);
}

static void ReleaseBins(void *value)
{
    WeirBinsFree(value);
}

static const WeirOptType binsType = { "bins", ParseBins, PrintBins, CopyBins,
                                      ReleaseBins };

/* ------------------------------------------------------------ tables */

/* clang-format off */
#define STRING(name, field, help) \
    { name, WEIR_O_STRING, FIELD(field), NULL, "", help }
#define LIMIT(name, field, help) \
    { name, WEIR_O_TYPE, FIELD(field), NULL, "", help, .type = &limitType, .value = "NUMBER" }
#define INTEGER(name, field, def, unit, help, min, max) \
    { name, WEIR_O_INT, FIELD(field), def, unit, help, min, max }
#define WIDE(name, field, def, help, min, max) \
    { name, WEIR_O_WIDE, FIELD(field), def, "", help, min, max }
#define NUMBER(name, field, def, unit, help, min, max) \
    { name, WEIR_O_DOUBLE, FIELD(field), def, unit, help, min, max }
#define WORD(name, field, def, words, help) \
    { name, WEIR_O_ENUM, FIELD(field), def, "", help, .choices = words }
#define SWITCH(name, field, def, help) \
    { name, WEIR_O_BOOL, FIELD(field), def, "", help }
/* A duration, or a word in its place. */
#define DURATION(name, field, def, help, min, max, words) \
    { name, WEIR_O_DURATION, FIELD(field), def, "s", help, min, max, words }
#define OBJECT(name, field, word, help) \
    { name, WEIR_O_OBJ, FIELD(field), NULL, "", help, .value = word }
#define END { .name = NULL }

#define FIELD(field) offsetof(WeirFigureSpec, field)
#define FIGURE(at) \
    STRING("-title",    at title,    "title, above everything"), \
    STRING("-subtitle", at subtitle, "second, smaller line below the title"), \
    INTEGER("-width",   at width,    "900", "pixels", "width of the figure", 160, 16000), \
    INTEGER("-height",  at height,   "600", "pixels", "height of the figure", 120, 16000), \
    NUMBER("-scale",    at scale,    "1.0", "", "device pixels per pixel; 2 for HiDPI", 0.25, 8), \
    STRING("-xlabel",   at xlabel,   "title of the x axis"), \
    STRING("-xunit",    at xunit,    "unit of the x values, such as s"), \
    LIMIT("-xmin",      at xmin,     "left end of the x axis; \"\" is automatic"), \
    LIMIT("-xmax",      at xmax,     "right end of the x axis; \"\" is automatic"), \
    WORD("-xscale",     at xscale,   "linear", weirXAxisNames, "division of the x axis; time: seconds since 1970 as wall-clock time"), \
    WORD("-xzone",      at zone,     "utc", weirZoneNames, "time zone of a time axis"), \
    WORD("-look",       at look,     "light", weirLookNames, "colours for paper or for a dark screen"), \
    SWITCH("-legend",   at legend,   "1", "whether labels of curves are shown"), \
    SWITCH("-grid",     at grid,     "1", "whether lines of the grid are drawn")
const WeirOpt weirPlotOptions[] = {
    FIGURE(),
    END
};
#undef FIELD

#define FIELD(field) offsetof(WeirPanelSpec, field)
#define AXES(at) \
    STRING("-ylabel",   at side[WEIR_LEFT].label,  "title of the y axis"), \
    STRING("-yunit",    at side[WEIR_LEFT].unit,   "unit of the y values, such as bit/s"), \
    LIMIT("-ymin",      at side[WEIR_LEFT].min,    "lower end of the y axis; \"\" is automatic"), \
    LIMIT("-ymax",      at side[WEIR_LEFT].max,    "upper end of the y axis; \"\" is automatic"), \
    WORD("-yscale",     at side[WEIR_LEFT].scale,  "linear", weirAxisNames, "division of the y axis"), \
    STRING("-y2label",  at side[WEIR_RIGHT].label, "title of the right y axis"), \
    STRING("-y2unit",   at side[WEIR_RIGHT].unit,  "unit of the values on the right y axis"), \
    LIMIT("-y2min",     at side[WEIR_RIGHT].min,   "lower end of the right y axis; \"\" is automatic"), \
    LIMIT("-y2max",     at side[WEIR_RIGHT].max,   "upper end of the right y axis; \"\" is automatic"), \
    WORD("-y2scale",    at side[WEIR_RIGHT].scale, "linear", weirAxisNames, "division of the right y axis")
const WeirOpt weirPlotPanelOptions[] = {
    AXES(),
    END
};
#undef FIELD

/* How a series looks, in a structure that has it as the member at this place. */
#define LOOKS(at)                                                                        \
    STRING("-label",    at label,  "name in the legend"),                                \
    INTEGER("-panel",   at panel,  "1", "", "panel that it is drawn in, 1 is the top one", 1, WEIR_PANELS_MAX), \
    WORD("-axis",       at side,   "left", weirSideNames, "y axis that it belongs to"),  \
    WORD("-style",      at style,  "line", weirStyleNames, "how points are drawn; histogram, cdf and survival count the y values"), \
    WORD("-marker",     at marker, "none", weirMarkerNames, "mark at each point"),       \
    { "-color", WEIR_O_STRING, FIELD(at color), NULL, "", "#rrggbb; \"\" is the next one of the look", .value = "COLOR" }, \
    NUMBER("-width",    at width,  "0.0", "pixels", "width of the line or size of a point; 0 is usual", 0, 40), \
    { "-bins", WEIR_O_TYPE, FIELD(at bins), NULL, "", "classes of a histogram: their number or a list of edges; \"\" chooses", .type = &binsType, .value = "N|EDGES" }, \
    WORD("-height",     at height, "count", weirHeightNames, "what the height of a class of a histogram is"), \
    SWITCH("-hidden",   at hidden, "0", "whether it is left out of the drawing")

static const char *const intervalWords[] = { "auto", "packet", NULL };

#define POINTS                                                                           \
    OBJECT("-y",        y, "LIST",         "list of y values; \"\" or NaN is a gap"),            \
    OBJECT("-data",     data, "LIST",      "list x y x y ... instead of -x and -y"),             \
    OBJECT("-ylow",     low, "LIST",       "list of lower ends of the errors of y"),             \
    OBJECT("-yhigh",    high, "LIST",      "list of upper ends of the errors of y")

#define FIELD(field) offsetof(WeirPlotPoints, field)
const WeirOpt weirPlotAddOptions[] = {
    LOOKS(curve.),
    OBJECT("-x",        x, "LIST",         "list of x values; without it 0, 1, 2, ..."),
    POINTS,
    { "-log", WEIR_O_OBJ, FIELD(log), NULL, "", "record file that the points come from", .flags = WEIR_OF_FILE },
    OBJECT("-object",   object, "NAME",    "flow, receiver, ... whose stats are followed from now on"),
    OBJECT("-key",      key, "KEY",       "which figure of the log, or of the object's stats"),
    WIDE("-flow",       flow,      "-1", "of a log, only flows with this id; -1: all", -1, 4294967295.0),
    DURATION("-interval", intervalNs, "auto", "of a log: what happened in each interval, or packet; auto: 100ms, packet where values are counted", 1e-6, 1e6, intervalWords),
    DURATION("-every",  everyNs,   "50ms", "how often an object is asked", 0.001, 1e6, NULL),
    SWITCH("-rate",     isRate,    "0", "draw the change per second of an object's figure"),
    NUMBER("-factor",   factor,    "1.0", "", "y of a log or an object is multiplied by it", -1e30, 1e30),
    END
};
const WeirOpt weirPlotAppendOptions[] = {
    OBJECT("-x",        x, "LIST",         "list of x values; without it the numbering goes on"),
    POINTS,
    END
};
#undef FIELD

#define FIELD(field) offsetof(WeirCurveSpec, field)
const WeirOpt weirPlotSeriesOptions[] = {
    LOOKS(),
    END
};
#undef FIELD

static const char *const formatWords[] = { "auto", "png", "svg", "pdf", "eps", NULL };
#define FORMAT WORD("-format",  format,   "auto", formatWords, "file format; auto goes by the file name")
#define FIELD(field) offsetof(WeirPlotExport, field)
const WeirOpt weirPlotExportOptions[] = {
    FORMAT,
    INTEGER("-width",   width,    "0", "pixels", "width; 0 is the figure's", 0, 16000),
    INTEGER("-height",  height,   "0", "pixels", "height; 0 is the figure's", 0, 16000),
    NUMBER("-scale",    scale,    "0.0", "", "device pixels per pixel; 0 is the figure's", 0, 8),
    END
};
#undef FIELD

#define FIELD(field) offsetof(WeirPlotSave, field)
const WeirOpt weirPlotSaveOptions[] = {
    FIGURE(figure.),
    AXES(panel.),
    { "-panel", WEIR_O_OBJ, FIELD(panels), NULL, "", "y axis of a panel; may be repeated",
      .flags = WEIR_OF_EACH, .value = "{N -option value ...}" },
    { "-series", WEIR_O_OBJ, FIELD(series), NULL, "", "a series, XS may be empty; may be repeated",
      .flags = WEIR_OF_EACH, .value = "{LABEL XS YS ?-option value ...?}" },
    FORMAT,
    END
};
#undef FIELD
/* clang-format on */
