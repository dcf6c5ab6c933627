/* The line editor of the prompt: tclreadline where it is installed.
 *
 * It lives in an interpreter of its own that has no commands: tclreadline hands a line to
 * its completer by evaluating a script made of it, and its quoting of the line has holes.
 * Whatever is evaluated there finds nothing to run; completion itself is weir::complete
 * in the main interpreter, which evaluates nothing either. */
#ifndef WEIR_EDITOR_H
#define WEIR_EDITOR_H
#include <tcl.h>

typedef struct WeirEditor WeirEditor;

/* NULL when there is none.  `interp` has the procedures of library/prompt.tcl. */
WeirEditor *WeirEditorNew(Tcl_Interp *interp);
void WeirEditorFree(WeirEditor *editor);

typedef enum WeirEdited {
    WEIR_EDITED_LINE,
    WEIR_EDITED_AFRESH, /* a line, after Ctrl-C gave up what was typed before */
    WEIR_EDITED_END     /* the input ended */
} WeirEdited;

/* Read a line, serving events meanwhile.  `prompt` is shown, and after Ctrl-C `first`.
 * The line, without its newline, is a reference of the caller's; NULL at the end. */
WeirEdited WeirEditorRead(WeirEditor *editor, const char *prompt, const char *first,
                          Tcl_Obj **line);

#endif
