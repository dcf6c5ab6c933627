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

/* Read a line, serving events meanwhile.  `before` are the lines of the command so far,
 * with their newlines: with none the prompt is `first`, as it is after Ctrl-C, else
 * `more`. The line, without its newline, is a reference of the caller's; NULL at the end.
 * What was pasted, or comes from the history, may have newlines within. */
WeirEdited WeirEditorRead(WeirEditor *editor, Tcl_Obj *before, const char *first,
                          const char *more, Tcl_Obj **line);

/* Make `entry` the one entry of the history for all that was read since the last line
 * that had none before. */
void WeirEditorKeep(WeirEditor *editor, const char *entry);

#endif
