/* What libweir offers to libweirtk, the one library that needs Tk.  They are loaded
 * apart, so this table goes along with the package: it is the client data of `package
 * provide weir`, and fits since libweirtk requires the very version that it was built
 * with. */
#ifndef WEIR_PLOTTKCMD_H
#define WEIR_PLOTTKCMD_H
#include "plot/picture.h"
#include "tcl/weirTcl.h"

typedef struct WeirPlotTk {
    /* Draw the figure named `figure` as the options after it say.  Returns 1 when the
     * picture changed, 0 when not, -1 and a Tcl error. */
    int (*draw)(Tcl_Interp *interp, WeirPicture *picture, Tcl_Obj *figure, int objc,
                Tcl_Obj *const objv[]);
    void (*clear)(WeirPicture *picture);
    int (*fail)(Tcl_Interp *interp, const char *room, int code, const char *fmt, ...)
        __attribute__((format(printf, 4, 5))); /* WeirTclFail */
} WeirPlotTk;

extern const WeirPlotTk weirPlotTk;

#endif
