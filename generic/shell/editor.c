#include "config.h"
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "shell/editor.h"
#include "shell/interrupt.h"

struct WeirEditor {
    Tcl_Interp *main, *own;
    struct termios terminal; /* as it was before the first line */
    const char *first;       /* prompt after Ctrl-C */
    Tcl_Obj *line;           /* what was read after Ctrl-C */
    Tcl_TimerToken again;    /* Ctrl-C is being handled */
    int ended, afresh;
};

/* TEXT START END LINE, from tclreadline: the same words to weir::complete::line. */
static int CompleteCmd(void *data, Tcl_Interp *own, int objc, Tcl_Obj *const objv[])
{
    WeirEditor *editor = data;
    Tcl_Obj *call = Tcl_NewListObj(objc - 1, objv + 1), *found, *keep[2];
    Tcl_Obj *name = Tcl_NewStringObj("::weir::complete::line", -1);
    Tcl_InterpState state = Tcl_SaveInterpState(editor->main, TCL_OK);
    int length = 0;
    Tcl_IncrRefCount(call);
    Tcl_ListObjReplace(NULL, call, 0, 0, 1, &name);
    if (Tcl_EvalObjEx(editor->main, call, TCL_EVAL_GLOBAL | TCL_EVAL_DIRECT) == TCL_OK) {
        found = Tcl_GetObjResult(editor->main);
        length = Tcl_GetCharLength(found) > 0;
        Tcl_SetObjResult(own, found);
    }
    Tcl_DecrRefCount(call);
    Tcl_RestoreInterpState(editor->main, state);
    if (length == 0 && objc > 1) { /* the text itself: else file names are offered */
        keep[0] = objv[1];
        keep[1] = Tcl_NewObj();
        Tcl_SetObjResult(own, Tcl_NewListObj(2, keep));
    }
    return TCL_OK;
}

static int EndCmd(void *data, Tcl_Interp *own, int objc, Tcl_Obj *const objv[])
{
    WeirEditor *editor = data;
    editor->ended = 1;
    return TCL_OK;
}

static int NothingCmd(void *data, Tcl_Interp *own, int objc, Tcl_Obj *const objv[])
{
    return TCL_OK;
}

/* Every command and namespace but tclreadline's one command. */
static void RemoveCommands(Tcl_Interp *own)
{
    static const char list[] = "list [namespace children ::] [concat [info commands ::*]"
                               " [info commands ::tclreadline::*]]";
    Tcl_Obj *all, *part, *item;
    Tcl_Namespace *ns;
    int i;
    if (Tcl_EvalEx(own, list, -1, TCL_EVAL_GLOBAL) != TCL_OK)
        return;
    all = Tcl_GetObjResult(own);
    Tcl_IncrRefCount(all);
    Tcl_ListObjIndex(NULL, all, 0, &part);
    for (i = 0; Tcl_ListObjIndex(NULL, part, i, &item) == TCL_OK && item; i++) {
        if (strcmp(Tcl_GetString(item), "::tclreadline") == 0)
            continue;
        ns = Tcl_FindNamespace(own, Tcl_GetString(item), NULL, 0);
        if (ns)
            Tcl_DeleteNamespace(ns);
    }
    Tcl_ListObjIndex(NULL, all, 1, &part);
    for (i = 0; Tcl_ListObjIndex(NULL, part, i, &item) == TCL_OK && item; i++)
        if (strcmp(Tcl_GetString(item), "::tclreadline::readline") != 0)
            Tcl_DeleteCommand(own, Tcl_GetString(item));
    Tcl_DecrRefCount(all);
}

/* The result of a procedure of library/prompt.tcl as the variable `name` of the editor's
 * interpreter. */
static int Hand(WeirEditor *editor, const char *procedure, const char *name)
{
    if (Tcl_EvalEx(editor->main, procedure, -1, TCL_EVAL_GLOBAL) != TCL_OK)
        return TCL_ERROR;
    return Tcl_SetVar2Ex(editor->own, name, NULL, Tcl_GetObjResult(editor->main),
                         TCL_GLOBAL_ONLY)
               ? TCL_OK
               : TCL_ERROR;
}

/* Readline would put words of the history in the place of !$x.  Its variable is found
 * among what tclreadline's library depends on; the library stays loaded anyway. */
static void EndHistoryExpansion(const char *library)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    char *character = handle ? dlsym(handle, "history_expansion_char") : NULL;
    if (character)
        *character = '\0';
}

/* tclreadline's own start calls `exit` when its library does not load. */
static int Load(WeirEditor *editor)
{
    static const char load[] =
        "rename exit {}\n"
        "proc unknown args {}\n"
        "foreach index $indexes {set dir [file dirname $index]; source $index}\n"
        "package require tclreadline\n"
        "namespace eval ::tclreadline {\n"
        "    variable historyLength 1000\n"
        "    readline initialize $::history\n"
        "    readline builtincompleter 0\n"
        "    readline eofchar ::end\n"
        "    readline customcompleter ::complete\n"
        "}\n"
        "lindex [lsearch -inline -index 1 -nocase [info loaded] tclreadline] 0";
    if (Hand(editor, "::weir::prompt::indexes", "indexes") != TCL_OK ||
        Hand(editor, "::weir::prompt::historyFile", "history") != TCL_OK ||
        Tcl_EvalEx(editor->own, load, -1, TCL_EVAL_GLOBAL) != TCL_OK)
        return TCL_ERROR;
    EndHistoryExpansion(Tcl_GetString(Tcl_GetObjResult(editor->own)));
    RemoveCommands(editor->own);
    Tcl_CreateObjCommand(editor->own, "::complete", CompleteCmd, editor, NULL);
    Tcl_CreateObjCommand(editor->own, "::end", EndCmd, editor, NULL);
    Tcl_CreateObjCommand(editor->own, "::unknown", NothingCmd, NULL, NULL);
    return TCL_OK;
}

WeirEditor *WeirEditorNew(Tcl_Interp *interp)
{
    WeirEditor *editor = calloc(1, sizeof *editor);
    if (!editor)
        return NULL;
    editor->main = interp;
    editor->own = Tcl_CreateInterp();
    if (tcgetattr(STDIN_FILENO, &editor->terminal) == 0 && Load(editor) == TCL_OK)
        return editor;
    WeirEditorFree(editor);
    return NULL;
}

void WeirEditorFree(WeirEditor *editor)
{
    if (!editor)
        return;
    Tcl_DeleteInterp(editor->own);
    free(editor);
}

/* One line into editor->line.  tclreadline fails when it cannot hand a line to the
 * completer; then the line is begun again. */
static void ReadOne(WeirEditor *editor, const char *prompt)
{
    Tcl_Obj *words[3], *call, *line = NULL;
    words[0] = Tcl_NewStringObj("::tclreadline::readline", -1);
    words[1] = Tcl_NewStringObj("read", -1);
    words[2] = Tcl_NewStringObj(prompt, -1);
    call = Tcl_NewListObj(3, words);
    Tcl_IncrRefCount(call);
    while (!line && !editor->ended) {
        if (Tcl_EvalObjEx(editor->own, call, TCL_EVAL_GLOBAL | TCL_EVAL_DIRECT) ==
            TCL_OK) {
            line = editor->line ? editor->line
                                : Tcl_DuplicateObj(Tcl_GetObjResult(editor->own));
            if (!editor->line)
                Tcl_IncrRefCount(line);
        } else {
            Tcl_ResetResult(editor->own);
            if (write(STDOUT_FILENO, "\n", 1) < 0)
                editor->ended = 1;
        }
    }
    editor->line = line;
    Tcl_DecrRefCount(call);
}

/* From the event loop within a read: its end can only come with a line, so that a fresh
 * one is read within it, which ends both. */
static void ReadAgain(void *data)
{
    WeirEditor *editor = data;
    int number = WeirInterruptPending();
    editor->again = NULL;
    WeirInterruptClear();
    if (write(STDOUT_FILENO, "^C\n", 3) < 0)
        return;
    if (number != SIGINT) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &editor->terminal);
        Tcl_EvalObjEx(editor->main, Tcl_ObjPrintf("exit %d", 128 + number),
                      TCL_EVAL_GLOBAL);
        return;
    }
    editor->afresh = 1;
    ReadOne(editor, editor->first);
}

/* A signal arrived while a line is being read. */
static void OnInterrupt(void *data)
{
    WeirEditor *editor = data;
    if (!editor->again)
        editor->again = Tcl_CreateTimerHandler(0, ReadAgain, editor);
}

WeirEdited WeirEditorRead(WeirEditor *editor, const char *prompt, const char *first,
                          Tcl_Obj **line)
{
    editor->first = first;
    editor->line = NULL;
    editor->afresh = editor->ended = 0;
    WeirInterruptWhileIdle(OnInterrupt, editor);
    ReadOne(editor, prompt);
    WeirInterruptWhileIdle(NULL, NULL);
    Tcl_DeleteTimerHandler(editor->again);
    editor->again = NULL;
    *line = editor->line;
    if (editor->ended) {
        if (*line)
            Tcl_DecrRefCount(*line);
        *line = NULL;
        return WEIR_EDITED_END;
    }
    return editor->afresh ? WEIR_EDITED_AFRESH : WEIR_EDITED_LINE;
}
