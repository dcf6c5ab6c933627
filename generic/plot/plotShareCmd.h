/* What the files of the command `plot` share; private to this room. */
#ifndef WEIR_PLOTSHARECMD_H
#define WEIR_PLOTSHARECMD_H
#include "plot/figure.h"
#include "tcl/object.h"
#include "tcl/opt.h"
#include "tcl/result.h"

extern const char weirPlotRoom[]; /* "PLOT", in error codes */

/* Options of a figure, of a panel (WeirPanelSpec), of what `add` and `append` take
 * (WeirPlotPoints), of a series that is there (WeirCurveSpec), and of `export`. */
extern const WeirOpt weirPlotOptions[], weirPlotPanelOptions[], weirPlotAddOptions[],
    weirPlotAppendOptions[], weirPlotSeriesOptions[], weirPlotExportOptions[],
    weirPlotSaveOptions[];
extern const WeirClass weirPlotClass;

/* Of `window`; what it says goes to library/plotwindow.tcl. */
extern const WeirOpt weirPlotWindowOptions[];
/* Of `view` (WeirView), and of `layout` and `at`. */
extern const WeirOpt weirPlotViewOptions[], weirPlotSizeOptions[];

/* In the place of an interval. */
enum { WEIR_PLOT_AUTO = -1, WEIR_PLOT_PACKET = -2 };

typedef struct WeirPlotPoints {
    WeirCurveSpec curve;
    Tcl_Obj *x, *y, *data, *low, *high;
    Tcl_Obj *log, *object, *key; /* from a file, or from an object's stats */
    int64_t flow, intervalNs;    /* of a log */
    int64_t everyNs;             /* from one question to an object to the next */
    int isRate;                  /* its change per second, not the value */
    double factor;               /* y is multiplied by this */
} WeirPlotPoints;

/* Points as arrays of numbers, each malloc'ed and NULL when it was not given. */
typedef struct WeirPlotLists {
    double *x, *y, *low, *high; /* with a stride of 2, x and y in turn are in y */
    int stride;                 /* from one y to the next */
    Tcl_Size count;
} WeirPlotLists;

/* A figure by its name, with a number that no other of the interpreter has; NULL and a
 * Tcl error. */
WeirFigure *WeirPlotFind(Tcl_Interp *interp, Tcl_Obj *name, int *number);

/* The points of a log, as -log and -key say. */
int WeirPlotReadLog(Tcl_Interp *interp, const WeirFigure *figure,
                    const WeirPlotPoints *spec, WeirPlotLists *lists);

/* Ask the object of -object whether -key is a number; an empty one may become a number,
 * and an object that cannot answer tells so when it is followed.  It may do anything,
 * also end the figure. */
int WeirPlotKeyCheck(Tcl_Interp *interp, const WeirPlotPoints *spec);

/* Feed a curve (0 is the first) from an object, as -object and -key say, from now on. */
int WeirPlotFollow(Tcl_Interp *interp, WeirFigure *figure, int curve,
                   const WeirPlotPoints *spec);

/* What a curve is fed from, and why no more: keys for `stats`. */
void WeirPlotFollowed(WeirResult *row, const WeirFigure *figure, int curve);

typedef struct WeirPlotExport {
    int format; /* 0: by the name, else 1 + WEIR_EXPORT_... */
    int width, height;
    double scale;
} WeirPlotExport;

/* What `plot save` takes: the figure, its first panel, and lists of words that describe
 * other panels and series. */
typedef struct WeirPlotSave {
    WeirFigureSpec figure;
    WeirPanelSpec panel;
    Tcl_Obj *panels, *series;
    int format;
} WeirPlotSave;

/* Add a series and fill it, as the words after `add` say: all of it or, on an error,
 * nothing.  An object that it follows is asked at once, and may destroy the figure. */
int WeirPlotAdd(Tcl_Interp *interp, WeirFigure *figure, int objc, Tcl_Obj *const objv[]);

/* A number from 1 to `most` that says which `what` is meant. */
int WeirPlotNumber(Tcl_Interp *interp, const char *what, Tcl_Obj *obj, int most,
                   int *number);

/* The methods append, series and points. */
int WeirPlotAppendMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);
int WeirPlotSeriesMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);
int WeirPlotPointsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);

/* The methods view, layout and at. */
int WeirPlotViewMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);
int WeirPlotLayoutMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);
int WeirPlotAtMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);

/* The method window, and the subcommands window, wait and live. */
int WeirPlotWindowMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);
int WeirPlotWindowCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);
int WeirPlotWaitCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);
int WeirPlotLiveCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);

#endif
