/* What the files of the command `plot` share; private to this room. */
#ifndef WEIR_PLOTSHARECMD_H
#define WEIR_PLOTSHARECMD_H
#include "plot/figure.h"
#include "tcl/opt.h"

extern const char weirPlotRoom[]; /* "PLOT", in error codes */

/* Options of a figure, of a panel (WeirPanelSpec), of what `add` and `append` take
 * (WeirPlotPoints), of a series that is there (WeirCurveSpec), and of `export`. */
extern const WeirOpt weirPlotOptions[], weirPlotPanelOptions[], weirPlotAddOptions[],
    weirPlotAppendOptions[], weirPlotSeriesOptions[], weirPlotExportOptions[];
/* Of `view` (WeirView), and of `layout` and `at`. */
extern const WeirOpt weirPlotViewOptions[], weirPlotSizeOptions[];

typedef struct WeirPlotPoints {
    WeirCurveSpec curve;
    Tcl_Obj *x, *y, *data, *low, *high;
} WeirPlotPoints;

typedef struct WeirPlotExport {
    int format; /* 0: by the name, else 1 + WEIR_EXPORT_... */
    int width, height;
    double scale;
} WeirPlotExport;

/* Add a series and fill it, as the words after `add` say: all of it or, on an error,
 * nothing. */
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

#endif
