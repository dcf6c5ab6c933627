#include "config.h"
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "shell/editor.h"
#include "shell/interrupt.h"
#include "tcl/weirTcl.h"

/* What is used of the library below tclreadline, GNU readline: its history, whose entries
 * may have several lines, and the line itself, which tclreadline hands over with its
 * backslashes evaluated. */
typedef struct Readline {
    char *expansion;       /* the character that puts words of the history in its place */
    int *count;            /* entries */
    char **line;           /* being edited */
    int *over;             /* set by a completer: no file names when it has nothing */
    void (*measure)(void); /* how wide the terminal is now */
    void (*resize)(void);  /* the same, and draw the line again */
    int (**key)(FILE *in); /* reads the next key */
    void (*clear)(void);
    void (*add)(const char *entry);
    void *(*remove)(int number);
    void *(*release)(void *entry);
    void (*leave)(void); /* the terminal as it was, when a line is being edited */
} Readline;

/* The terminal's size is looked at when a key comes.  readline calls back without data.
 */
static struct {
    struct winsize size;
    int (*read)(FILE *in);
    void (*resize)(void);
} keys;

struct WeirEditor {
    Tcl_Interp *main, *own;
    Readline readline;
    const char *first;    /* prompt after Ctrl-C */
    Tcl_Obj *before;      /* the lines of the command so far */
    int base;             /* entries of the history before this command's */
    int begun;            /* a line has been read */
    Tcl_Obj *line;        /* what was read after Ctrl-C */
    Tcl_TimerToken again; /* Ctrl-C is being handled */
    int reading, ended, afresh;
};

static void SetBefore(WeirEditor *editor, Tcl_Obj *before)
{
    Tcl_IncrRefCount(before);
    if (editor->before)
        Tcl_DecrRefCount(editor->before);
    editor->before = before;
    if (Tcl_GetCharLength(before) == 0)
        editor->base = *editor->readline.count;
}

/* START or END of the line in what is being typed as a whole. */
static Tcl_Obj *Place(const WeirEditor *editor, Tcl_Obj *place)
{
    Tcl_Size before;
    int at = 0;
    Tcl_GetStringFromObj(editor->before, &before);
    Tcl_GetIntFromObj(NULL, place, &at);
    return Tcl_NewWideIntObj((Tcl_WideInt)before + at);
}

/* TEXT START END LINE, from tclreadline: the same to weir::complete::line, with the lines
 * of the command before this one. */
static int CompleteCmd(void *data, Tcl_Interp *own, int objc, Tcl_Obj *const objv[])
{
    WeirEditor *editor = data;
    Tcl_Obj *words[5], *call;
    Tcl_InterpState state;
    if (objc != 5)
        return TCL_OK;
    state = Tcl_SaveInterpState(editor->main, TCL_OK);
    words[0] = Tcl_NewStringObj("::weir::complete::line", -1);
    words[1] = objv[1];
    words[2] = Place(editor, objv[2]);
    words[3] = Place(editor, objv[3]);
    words[4] = Tcl_DuplicateObj(editor->before);
    Tcl_AppendToObj(words[4], *editor->readline.line, -1);
    call = Tcl_NewListObj(5, words);
    Tcl_IncrRefCount(call);
    *editor->readline.over = 1;
    if (Tcl_EvalObjEx(editor->main, call, TCL_EVAL_GLOBAL | TCL_EVAL_DIRECT) == TCL_OK)
        Tcl_SetObjResult(own, Tcl_GetObjResult(editor->main));
    Tcl_DecrRefCount(call);
    Tcl_RestoreInterpState(editor->main, state);
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

/* The names are looked for among what tclreadline's library depends on; it stays loaded
 * anyway. */
static int FindReadline(const char *library, Readline *r)
{
    const struct {
        const char *name;
        void *place;
    } names[] = { { "history_expansion_char", &r->expansion },
                  { "history_length", &r->count },
                  { "rl_line_buffer", &r->line },
                  { "rl_attempted_completion_over", &r->over },
                  { "rl_reset_screen_size", &r->measure },
                  { "rl_resize_terminal", &r->resize },
                  { "rl_getc_function", &r->key },
                  { "clear_history", &r->clear },
                  { "add_history", &r->add },
                  { "remove_history", &r->remove },
                  { "free_history_entry", &r->release },
                  { "rl_deprep_terminal", &r->leave } };
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD), *found;
    size_t i;
    if (!handle)
        return TCL_ERROR;
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        found = dlsym(handle, names[i].name);
        if (!found)
            return TCL_ERROR;
        memcpy(names[i].place, &found, sizeof found);
    }
    return TCL_OK;
}

/* The history as library/prompt.tcl has it, instead of what tclreadline read; and no
 * words of it in the place of !$x. */
static int FillHistory(WeirEditor *editor)
{
    Readline *r = &editor->readline;
    Tcl_Obj *entries, *entry;
    Tcl_Size i;
    *r->expansion = '\0';
    r->clear();
    if (Tcl_EvalEx(editor->main, "::weir::prompt::entries", -1, TCL_EVAL_GLOBAL) !=
        TCL_OK)
        return TCL_ERROR;
    entries = Tcl_GetObjResult(editor->main);
    for (i = 0; Tcl_ListObjIndex(NULL, entries, i, &entry) == TCL_OK && entry; i++)
        r->add(Tcl_GetString(entry));
    return TCL_OK;
}

/* tclreadline's own start calls `exit` when its library does not load.  It wants a file
 * to read a history from: any that is there. */
static int Load(WeirEditor *editor)
{
    static const char load[] =
        "rename exit {}\n"
        "proc unknown args {}\n"
        "foreach index $indexes {set dir [file dirname $index]; source $index}\n"
        "package require tclreadline\n"
        "namespace eval ::tclreadline {\n"
        "    readline initialize [lindex $::indexes 0]\n"
        "    readline builtincompleter 0\n"
        "    readline eofchar ::end\n"
        "    readline customcompleter ::complete\n"
        "}\n"
        "lindex [lsearch -inline -index 1 -nocase [info loaded] tclreadline] 0";
    if (Hand(editor, "::weir::prompt::indexes", "indexes") != TCL_OK ||
        Tcl_EvalEx(editor->own, load, -1, TCL_EVAL_GLOBAL) != TCL_OK ||
        FindReadline(Tcl_GetString(Tcl_GetObjResult(editor->own)), &editor->readline) !=
            TCL_OK ||
        FillHistory(editor) != TCL_OK)
        return TCL_ERROR;
    RemoveCommands(editor->own);
    Tcl_CreateObjCommand(editor->own, "::complete", CompleteCmd, editor, NULL);
    Tcl_CreateObjCommand(editor->own, "::end", EndCmd, editor, NULL);
    Tcl_CreateObjCommand(editor->own, "::unknown", NothingCmd, NULL, NULL);
    return TCL_OK;
}

/* What runs while a line is read may end the program. */
static void LeaveTerminal(void *data)
{
    WeirEditor *editor = data;
    if (!editor->reading)
        return;
    editor->readline.leave();
    if (write(STDOUT_FILENO, "\n", 1) < 0)
        return;
}

/* Whether the size of the terminal is another one than when this was asked last. */
static int IsResized(void)
{
    struct winsize size, before = keys.size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return 0;
    keys.size = size;
    return size.ws_col != before.ws_col || size.ws_row != before.ws_row;
}

/* The next key; a line that was begun in another width is drawn again before it. */
static int ReadKey(FILE *in)
{
    if (IsResized())
        keys.resize();
    return keys.read(in);
}

static void WatchSize(const Readline *r)
{
    if (*r->key != ReadKey)
        keys.read = *r->key;
    keys.resize = r->resize;
    *r->key = ReadKey;
}

WeirEditor *WeirEditorNew(Tcl_Interp *interp)
{
    WeirEditor *editor = calloc(1, sizeof *editor);
    if (!editor)
        return NULL;
    editor->main = interp;
    editor->own = Tcl_CreateInterp();
    Tcl_CreateExitHandler(LeaveTerminal, editor);
    if (Load(editor) == TCL_OK) {
        WatchSize(&editor->readline);
        return editor;
    }
    WeirEditorFree(editor);
    return NULL;
}

void WeirEditorFree(WeirEditor *editor)
{
    if (!editor)
        return;
    Tcl_DeleteExitHandler(LeaveTerminal, editor);
    Tcl_DeleteInterp(editor->own);
    if (editor->before)
        Tcl_DecrRefCount(editor->before);
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
        IsResized();
        if (editor->begun) /* the first read does so itself */
            editor->readline.measure();
        editor->begun = 1;
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
        Tcl_EvalObjEx(editor->main, Tcl_ObjPrintf("exit %d", 128 + number),
                      TCL_EVAL_GLOBAL);
        return;
    }
    editor->afresh = 1;
    SetBefore(editor, Tcl_NewObj());
    ReadOne(editor, editor->first);
}

/* A signal arrived while a line is being read. */
static void OnInterrupt(void *data)
{
    WeirEditor *editor = data;
    if (!editor->again)
        editor->again = Tcl_CreateTimerHandler(0, ReadAgain, editor);
}

WeirEdited WeirEditorRead(WeirEditor *editor, Tcl_Obj *before, const char *first,
                          const char *more, Tcl_Obj **line)
{
    const char *prompt = Tcl_GetCharLength(before) > 0 ? more : first;
    SetBefore(editor, Tcl_DuplicateObj(before));
    editor->first = first;
    editor->line = NULL;
    editor->afresh = editor->ended = 0;
    WeirInterruptWhileIdle(OnInterrupt, editor);
    editor->reading = 1;
    ReadOne(editor, prompt);
    editor->reading = 0;
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

void WeirEditorKeep(WeirEditor *editor, const char *entry)
{
    Readline *r = &editor->readline;
    while (*r->count > editor->base)
        r->release(r->remove(*r->count - 1));
    if (entry[strspn(entry, " \t\n")])
        r->add(entry);
}
