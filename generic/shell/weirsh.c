/* weirsh: a tclsh that has the commands of package weir; and weirwish, which has Tk, too.
 *
 *   weirsh SCRIPT ?ARG ...?        run a script file
 *   weirsh -c TEXT ?ARG ...?       run the text of a script
 *   weirsh -applet NAME ?ARG ...?  run an applet (what the program `weir` calls)
 *   weirsh ?- ?ARG ...??           read commands from standard input
 *
 * An error of a Weir command that ends a script is reported as its one sentence, and so
 * is an unknown command, with its trace where that tells more; other errors with the
 * stack trace that tclsh gives. */
#include "config.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <tcl.h>
#include "shell/interrupt.h"
#include "shell/program.h"
#include "shell/repl.h"

typedef enum Mode { RUN_FILE, RUN_TEXT, RUN_APPLET, RUN_INPUT } Mode;

static const char usage[] =
    "usage: " WEIR_PROGRAM " SCRIPT ?ARG ...?\n"
    "       " WEIR_PROGRAM " -c TEXT ?ARG ...?\n"
    "       " WEIR_PROGRAM " ?- ?ARG ...??      commands from standard input\n"
    "       " WEIR_PROGRAM " --version | --help\n";

static Tcl_Obj *FromSystem(const char *text)
{
    Tcl_DString utf;
    Tcl_Obj *obj;
    Tcl_ExternalToUtfDString(NULL, text, -1, &utf);
    obj = Tcl_NewStringObj(Tcl_DStringValue(&utf), Tcl_DStringLength(&utf));
    Tcl_DStringFree(&utf);
    return obj;
}

/* Where the package is: beside the program (build tree), in the lib folder next to the
 * program's (an installed tree, wherever it was moved), or where it was configured to go.
 */
static Tcl_Obj *FindPackage(void)
{
    static const char *const places[] = { "library",
                                          "../lib/tcltk/weir" PACKAGE_VERSION };
    char program[PATH_MAX], path[PATH_MAX + 64];
    char *slash = NULL;
    size_t i;
    /* argv[0] may be any word, such as a login shell's. */
    if (realpath("/proc/self/exe", program))
        slash = strrchr(program, '/');
    for (i = 0; slash && i < sizeof places / sizeof *places; i++) {
        slash[1] = 0;
        snprintf(path, sizeof path, "%s%s/pkgIndex.tcl", program, places[i]);
        if (access(path, R_OK) == 0) {
            *strrchr(path, '/') = 0;
            return FromSystem(path);
        }
    }
    return FromSystem(WEIR_PKGDIR);
}

/* Load the package through its own index: the search of auto_path takes longer than all
 * else that a start needs. */
static int LoadPackage(Tcl_Interp *interp)
{
    Tcl_Obj *command = Tcl_NewListObj(0, NULL);
    int rc;
    Tcl_IncrRefCount(command);
    Tcl_ListObjAppendElement(NULL, command, Tcl_NewStringObj("apply", -1));
    Tcl_ListObjAppendElement(
        NULL, command,
        Tcl_NewStringObj(
            "dir {source [file join $dir pkgIndex.tcl]; package require weir;"
            " uplevel #0 {namespace import ::weir::*}" WEIR_LOAD_MORE "}",
            -1));
    Tcl_ListObjAppendElement(NULL, command, FindPackage());
    rc = Tcl_EvalObjEx(interp, command, TCL_EVAL_GLOBAL | TCL_EVAL_DIRECT);
    Tcl_DecrRefCount(command);
    return rc;
}

static void SetVariables(Tcl_Interp *interp, Tcl_Obj *name, int argc, char **argv,
                         int terminal)
{
    Tcl_Obj *list = Tcl_NewListObj(0, NULL);
    int i;
    for (i = 0; i < argc; i++)
        Tcl_ListObjAppendElement(NULL, list, FromSystem(argv[i]));
    Tcl_SetVar2Ex(interp, "argv0", NULL, name, TCL_GLOBAL_ONLY);
    Tcl_SetVar2Ex(interp, "argc", NULL, Tcl_NewIntObj(argc), TCL_GLOBAL_ONLY);
    Tcl_SetVar2Ex(interp, "argv", NULL, list, TCL_GLOBAL_ONLY);
    Tcl_SetVar2Ex(interp, "tcl_interactive", NULL, Tcl_NewIntObj(terminal),
                  TCL_GLOBAL_ONLY);
}

static Tcl_Obj *ReturnOption(Tcl_Obj *options, const char *name)
{
    Tcl_Obj *key = Tcl_NewStringObj(name, -1), *value = NULL;
    Tcl_IncrRefCount(key);
    Tcl_DictObjGet(NULL, options, key, &value);
    Tcl_DecrRefCount(key);
    return value;
}

static int BeginsWith(Tcl_Obj *text, const char *beginning)
{
    return text && strncmp(Tcl_GetString(text), beginning, strlen(beginning)) == 0;
}

/* Is it the user's matter and not the script's?  In an applet a file or pipe is, too. */
static int WantsSentence(Tcl_Obj *code, Mode mode)
{
    return BeginsWith(code, "WEIR ") ||
           (mode == RUN_APPLET && BeginsWith(code, "POSIX "));
}

/* The trace of an unknown command, without its message: where that was in a procedure or
 * a body, which the line of the file does not tell.  NULL: it was not. */
static const char *InnerPlace(Tcl_Obj *trace)
{
    const char *text = Tcl_GetString(trace), *place = text;
    while ((place = strstr(place, "\n    (")) != NULL)
        if (strncmp(place += 6, "file ", 5) != 0)
            return strstr(text, "\n    while executing\n");
    return NULL;
}

/* NAME: sentence, with the line for a script file; or the whole trace of a foreign error.
 */
static void ReportError(Tcl_Interp *interp, Tcl_Obj *name, Mode mode)
{
    Tcl_Obj *options = Tcl_GetReturnOptions(interp, TCL_ERROR);
    Tcl_Obj *code = ReturnOption(options, "-errorcode");
    Tcl_Obj *trace = ReturnOption(options, "-errorinfo");
    Tcl_Channel err = Tcl_GetStdChannel(TCL_STDERR);
    int line = Tcl_GetErrorLine(interp);
    int isUnknown = mode != RUN_APPLET && BeginsWith(code, "TCL LOOKUP COMMAND ");
    Tcl_Obj *sentence = WeirReplSentence(interp, Tcl_GetObjResult(interp)), *text;
    const char *place = isUnknown && trace ? InnerPlace(trace) : NULL;
    Tcl_IncrRefCount(options);
    if (trace && !isUnknown && !WantsSentence(code, mode))
        text = Tcl_DuplicateObj(trace);
    else if (mode == RUN_FILE && trace)
        text = Tcl_ObjPrintf("%s:%d: %s", Tcl_GetString(name), line,
                             Tcl_GetString(sentence));
    else
        text = Tcl_ObjPrintf("%s: %s", Tcl_GetString(name), Tcl_GetString(sentence));
    Tcl_IncrRefCount(text);
    if (place)
        Tcl_AppendToObj(text, place, -1);
    if (err) {
        Tcl_WriteObj(err, text);
        Tcl_WriteChars(err, "\n", 1);
    }
    Tcl_DecrRefCount(text);
    Tcl_DecrRefCount(sentence);
    Tcl_DecrRefCount(options);
}

/* $XDG_CONFIG_HOME/weir/weirshrc, before the first prompt. */
static void ReadStartupFile(Tcl_Interp *interp)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char path[PATH_MAX];
    Tcl_Obj *name;
    if (config && *config)
        snprintf(path, sizeof path, "%s/weir/weirshrc", config);
    else
        snprintf(path, sizeof path, "%s/.config/weir/weirshrc", home ? home : "");
    if (access(path, R_OK) != 0)
        return;
    name = FromSystem(path);
    Tcl_IncrRefCount(name);
    if (Tcl_FSEvalFileEx(interp, name, "utf-8") != TCL_OK)
        ReportError(interp, name, RUN_FILE);
    Tcl_DecrRefCount(name);
}

/* Run the script; returns the exit status.  A script that opened Tk windows ends when
 * they are closed. */
static int RunScript(Tcl_Interp *interp, Mode mode, Tcl_Obj *name, Tcl_Obj *text)
{
    int code, pending;
    if (mode == RUN_FILE)
        code = Tcl_FSEvalFileEx(interp, text, "utf-8");
    else
        code = Tcl_EvalObjEx(interp, text, TCL_EVAL_GLOBAL);
    if (code == TCL_OK && Tcl_FindCommand(interp, "::tkwait", NULL, TCL_GLOBAL_ONLY))
        code = Tcl_EvalEx(interp, "::weir::AwaitWindows", -1, TCL_EVAL_GLOBAL);
    pending = WeirInterruptPending();
    if (pending)
        fprintf(stderr, "interrupted\n");
    else if (code != TCL_OK)
        ReportError(interp, name, mode);
    return pending ? 128 + pending : code == TCL_OK ? 0 : 1;
}

/* Which kind of run the command line asks for, and how many of its words that takes. */
static Mode ChooseMode(int argc, char **argv, int *taken)
{
    const char *word = argc > 1 ? argv[1] : "-";
    *taken = argc > 1 ? 2 : 1;
    if (strcmp(word, "-") == 0)
        return RUN_INPUT;
    if (*word != '-')
        return RUN_FILE;
    if (strcmp(word, "-applet") == 0)
        return RUN_APPLET;
    if (strcmp(word, "-c") == 0 && argc > 2) {
        *taken = 3;
        return RUN_TEXT;
    }
    if (strcmp(word, "--version") == 0) {
        printf(WEIR_PROGRAM " %s (Tcl %s)\n", PACKAGE_VERSION, TCL_PATCH_LEVEL);
        exit(0);
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        fputs(usage, stdout);
        exit(0);
    }
    if (strcmp(word, "-c") == 0)
        fprintf(stderr, WEIR_PROGRAM ": -c wants the text of a script\n%s", usage);
    else
        fprintf(stderr, WEIR_PROGRAM ": unknown option %s\n%s", word, usage);
    exit(2);
}

int main(int argc, char **argv)
{
    int taken, status, terminal = 0;
    Mode mode = ChooseMode(argc, argv, &taken);
    Tcl_Interp *interp;
    Tcl_Obj *name, *text = NULL;
    Tcl_FindExecutable(argv[0]);
    interp = Tcl_CreateInterp();
    switch (mode) {
    case RUN_FILE:
        name = text = FromSystem(argv[1]);
        break;
    case RUN_TEXT:
        name = Tcl_NewStringObj(WEIR_PROGRAM, -1);
        text = FromSystem(argv[2]);
        break;
    case RUN_APPLET:
        name = FromSystem(argc > 2 ? argv[2] : "weir");
        text = Tcl_NewStringObj("::weir::applet {*}$argv", -1);
        break;
    default:
        name = Tcl_NewStringObj(WEIR_PROGRAM, -1);
        terminal = isatty(STDIN_FILENO);
    }
    Tcl_IncrRefCount(name);
    SetVariables(interp, name, argc - taken, argv + taken, terminal);
    if (Tcl_Init(interp) != TCL_OK || LoadPackage(interp) != TCL_OK) {
        ReportError(interp, name, mode);
        Tcl_Exit(1);
    }
    WeirInterruptCatch(interp);
    if (terminal)
        ReadStartupFile(interp);
    status = text ? RunScript(interp, mode, name, text) : WeirReplRun(interp, terminal);
    /* Through the command, which a script may have wrapped. */
    text = Tcl_ObjPrintf("exit %d", status);
    Tcl_IncrRefCount(text);
    Tcl_EvalObjEx(interp, text, TCL_EVAL_GLOBAL);
    Tcl_Exit(status);
    return status;
}
