/* weirsh: a tclsh that has the commands of package weir.
 *
 *   weirsh ?SCRIPT ARG ...?        run a script
 *   weirsh -c SCRIPT ?ARG ...?     run the text of SCRIPT
 *   weirsh -applet NAME ?ARG ...?  run an applet (what the program `weir` calls)
 *   weirsh                         read commands from standard input
 *
 * Ctrl-C and SIGTERM stop the running script in an orderly way: the first cancels it (and at
 * a prompt only the command that runs), flows then end their signalling and logs are
 * flushed; a second one ends the process at once. */
#include "config.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <tcl.h>

static Tcl_AsyncHandler interruptHandler;
static volatile sig_atomic_t interrupts;
static volatile sig_atomic_t lastSignal;

/* In the Tcl thread, at a safe point. */
static int Interrupted(void *data, Tcl_Interp *interp, int code)
{
    Tcl_Interp *target = data;
    Tcl_CancelEval(target, Tcl_NewStringObj("interrupted", -1), NULL, TCL_CANCEL_UNWIND);
    return code;
}

static void OnSignal(int number)
{
    lastSignal = number;
    if (++interrupts > 2)
        _exit(128 + number);
    Tcl_AsyncMark(interruptHandler);
}

static void CatchSignals(Tcl_Interp *interp)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = OnSignal;
    action.sa_flags = 0;
    sigemptyset(&action.sa_mask);
    interruptHandler = Tcl_AsyncCreate(Interrupted, interp);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Where library/ is: beside the program in the build tree, else where it was installed. */
static void FindPackage(Tcl_Interp *interp)
{
    char path[PATH_MAX + 32];
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);
    char *slash;
    Tcl_Obj *dir = NULL;
    if (n > 0) {
        path[n] = 0;
        slash = strrchr(path, '/');
        if (slash) {
            strcpy(slash, "/library/pkgIndex.tcl");
            if (access(path, R_OK) == 0) {
                strcpy(slash, "/library");
                dir = Tcl_NewStringObj(path, -1);
            }
        }
    }
    if (!dir)
        dir = Tcl_NewStringObj(WEIR_PKGDIR, -1);
    Tcl_IncrRefCount(dir);
    Tcl_SetVar2Ex(interp, "dir", NULL, dir, TCL_GLOBAL_ONLY);
    Tcl_DecrRefCount(dir);
}

static int AppInit(Tcl_Interp *interp)
{
    if (Tcl_Init(interp) != TCL_OK)
        return TCL_ERROR;
    FindPackage(interp);
    if (Tcl_EvalEx(interp,
                   "source [file join $dir pkgIndex.tcl]; unset dir\n"
                   "package require weir\n"
                   "namespace import ::weir::*",
                   -1, TCL_EVAL_GLOBAL) != TCL_OK)
        return TCL_ERROR;
    CatchSignals(interp);
    return TCL_OK;
}

/* Run one script with argv set, report an error as a script file's would be, and exit. */
static void RunAndExit(int argc, char **argv, const char *name, const char *script)
{
    Tcl_Interp *interp;
    Tcl_Obj *list = Tcl_NewListObj(0, NULL);
    int i, code;
    Tcl_FindExecutable(argv[0]);
    interp = Tcl_CreateInterp();
    Tcl_IncrRefCount(list);
    for (i = 0; i < argc; i++) {
        Tcl_DString utf;
        Tcl_ExternalToUtfDString(NULL, argv[i], -1, &utf);
        Tcl_ListObjAppendElement(NULL, list, Tcl_NewStringObj(Tcl_DStringValue(&utf), -1));
        Tcl_DStringFree(&utf);
    }
    Tcl_SetVar2(interp, "argv0", NULL, name, TCL_GLOBAL_ONLY);
    Tcl_SetVar2Ex(interp, "argc", NULL, Tcl_NewIntObj(argc), TCL_GLOBAL_ONLY);
    Tcl_SetVar2Ex(interp, "argv", NULL, list, TCL_GLOBAL_ONLY);
    Tcl_SetVar2Ex(interp, "tcl_interactive", NULL, Tcl_NewIntObj(0), TCL_GLOBAL_ONLY);
    code = AppInit(interp);
    if (code == TCL_OK)
        code = Tcl_EvalEx(interp, script, -1, TCL_EVAL_GLOBAL);
    if (code != TCL_OK) {
        Tcl_Obj *message = Tcl_GetObjResult(interp);
        const char *trace = Tcl_GetVar2(interp, "errorInfo", NULL, TCL_GLOBAL_ONLY);
        const char *kind = Tcl_GetVar2(interp, "errorCode", NULL, TCL_GLOBAL_ONLY);
        int ours = kind && strncmp(kind, "WEIR ", 5) == 0;
        if (lastSignal)
            fprintf(stderr, "interrupted\n");
        else if (ours || !trace)
            fprintf(stderr, "%s: %s\n", name, Tcl_GetString(message));
        else
            fprintf(stderr, "%s\n", trace);
    }
    Tcl_DecrRefCount(list);
    Tcl_DeleteInterp(interp);
    Tcl_Exit(lastSignal ? 128 + lastSignal : code == TCL_OK ? 0 : 1);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "-c") == 0) {
        if (argc < 3) {
            fprintf(stderr, "weirsh: -c wants a script\n");
            return 2;
        }
        RunAndExit(argc - 3, argv + 3, "weirsh", argv[2]);
    }
    if (argc > 1 && strcmp(argv[1], "-applet") == 0) {
        RunAndExit(argc - 2, argv + 2, argc > 2 ? argv[2] : "weir", "::weir::applet {*}$argv");
    }
    Tcl_Main(argc, argv, AppInit);
    return 0;
}
