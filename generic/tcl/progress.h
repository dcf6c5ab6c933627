/* The progress of a command (base/progress.h): at a terminal a line that is refreshed in
 * place while it works for long, and gone at its end; no line where standard output or
 * standard error is none, or the variable ::weir::progress is 0.  Ctrl-C stops the work.
 * What scripts print with `puts` meanwhile is on a line of its own.
 *
 * Also the size of the terminal for scripts: `weir::TerminalSize` answers columns and
 * lines, {} without a terminal. */
#ifndef WEIR_PROGRESSLINE_H
#define WEIR_PROGRESSLINE_H
#include "base/progress.h"
#include "tcl/weirTcl.h"

typedef struct WeirProgressLine {
    Tcl_Interp *interp;
    WeirOnlooker before;
    int64_t beganNs, shownNs; /* the first telling of this work; the line's last */
    double first, doneThen;   /* done at first; when it told last */
    int64_t countNs;          /* of the rate: since when, */
    double countThen, rate;   /* from which count; -1: not known yet */
    int isShown;
} WeirProgressLine;

/* Around a command; they nest.  `line` is the caller's. */
void WeirProgressBegin(WeirProgressLine *line, Tcl_Interp *interp);
void WeirProgressEnd(WeirProgressLine *line);

/* Whether the work shall tell, if it cannot do so by itself: then every 200 ms is right.
 */
int WeirProgressWanted(Tcl_Interp *interp);

/* Something else is about to be printed: take the line away until it is refreshed. */
void WeirProgressHide(void);

void WeirProgressInit(Tcl_Interp *interp);

#endif
