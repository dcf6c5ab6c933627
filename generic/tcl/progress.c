#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "base/clock.h"
#include "tcl/progress.h"

#define FIRST_NS (500 * WEIR_NS_PER_MS) /* shorter work shows nothing */
#define NEXT_NS  (200 * WEIR_NS_PER_MS)

static int isOnScreen; /* one terminal, one line */

int WeirProgressWanted(Tcl_Interp *interp)
{
    const char *term = getenv("TERM"), *setting;
    int wanted = 1;
    if (!isatty(STDERR_FILENO) || !isatty(STDOUT_FILENO) || !term ||
        strcmp(term, "dumb") == 0)
        return 0;
    setting = Tcl_GetVar2(interp, "::weir::progress", NULL, TCL_GLOBAL_ONLY);
    return !setting || Tcl_GetBoolean(NULL, setting, &wanted) != TCL_OK || wanted;
}

static int Columns(int *lines)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return 0;
    if (lines)
        *lines = size.ws_row;
    return size.ws_col;
}

static void Put(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(STDERR_FILENO, text, length);
        if (n <= 0)
            return;
        text += n;
        length -= (size_t)n;
    }
}

void WeirProgressHide(void)
{
    static const char erase[] = "\r\x1b[K";
    if (isOnScreen)
        Put(erase, sizeof erase - 1);
    isOnScreen = 0;
}

/* ------------------------------------------------------------ the text */

/* "3.2 s", "12 s", "3 min", "2 h". */
static void AppendTime(char *text, size_t room, double seconds, const char *after)
{
    size_t used = strlen(text);
    if (seconds >= 7200)
        snprintf(text + used, room - used, "  %.0f h%s", seconds / 3600, after);
    else if (seconds >= 120)
        snprintf(text + used, room - used, "  %.0f min%s", seconds / 60, after);
    else
        snprintf(text + used, room - used, seconds < 10 ? "  %.1f s%s" : "  %.0f s%s",
                 seconds, after);
}

static void AppendRate(char *text, size_t room, double rate, const char *unit)
{
    static const char *const prefixes[] = { "", "k", "M", "G" };
    size_t used = strlen(text);
    int i = 0;
    for (; rate >= 1e5 && i < 3; i++)
        rate /= 1e3;
    snprintf(text + used, room - used, "  %.0f %s%s/s", rate, prefixes[i], unit);
}

static void Compose(const WeirProgressLine *line, const WeirProgress *p, int64_t nowNs,
                    char *text, size_t room)
{
    double passed = (double)(nowNs - line->beganNs) / 1e9;
    double speed = (p->done - line->first) / passed;
    size_t used;
    snprintf(text, room, "%s", p->what);
    if (p->total > 0) {
        used = strlen(text);
        snprintf(text + used, room - used, "  %.0f %%",
                 100 * fmin(1, fmax(0, p->done / p->total)));
    }
    if (p->unit && line->rate >= 0)
        AppendRate(text, room, line->rate, p->unit);
    if (p->total <= 0)
        AppendTime(text, room, passed, "");
    else if (speed > 0)
        AppendTime(text, room, fmax(0, p->total - p->done) / speed, " left");
}

/* ------------------------------------------------------------ the line */

/* Work that begins, or begins again. */
static void BeginWork(WeirProgressLine *line, const WeirProgress *p, int64_t nowNs)
{
    line->beganNs = line->countNs = nowNs;
    line->first = line->doneThen = p->done;
    line->countThen = p->count;
    line->rate = -1;
}

/* From now on `puts` takes the line away before it prints. */
static void TracePuts(Tcl_Interp *interp)
{
    static const char script[] =
        "if {\"enter ::weir::HideProgress\" ni [trace info execution ::puts]} {"
        "trace add execution ::puts enter ::weir::HideProgress}";
    Tcl_InterpState state = Tcl_SaveInterpState(interp, TCL_OK);
    Tcl_EvalEx(interp, script, -1, TCL_EVAL_GLOBAL);
    Tcl_RestoreInterpState(interp, state);
}

static void Show(WeirProgressLine *line, const WeirProgress *p, int64_t nowNs)
{
    char text[200], cut[208];
    int columns = Columns(NULL);
    if (nowNs - line->countNs >= NEXT_NS) {
        line->rate = (p->count - line->countThen) * 1e9 / (double)(nowNs - line->countNs);
        line->countThen = p->count;
        line->countNs = nowNs;
    }
    Compose(line, p, nowNs, text, sizeof text);
    snprintf(cut, sizeof cut, "\r%.*s\x1b[K", columns > 0 ? columns - 1 : 79, text);
    if (!line->isShown)
        TracePuts(line->interp);
    Put(cut, strlen(cut));
    line->shownNs = nowNs;
    line->isShown = isOnScreen = 1;
}

static int Look(void *arg, const WeirProgress *p)
{
    WeirProgressLine *line = arg;
    int64_t nowNs = WeirMonoNs();
    if (Tcl_AsyncReady())
        (void)Tcl_AsyncInvoke(line->interp, TCL_OK);
    if (Tcl_Canceled(line->interp, 0) == TCL_ERROR)
        return 1;
    if (line->beganNs == 0 || p->done < line->doneThen)
        BeginWork(line, p, nowNs);
    line->doneThen = p->done;
    if (nowNs - line->beganNs >= FIRST_NS && nowNs - line->shownNs >= NEXT_NS &&
        WeirProgressWanted(line->interp))
        Show(line, p, nowNs);
    return 0;
}

void WeirProgressBegin(WeirProgressLine *line, Tcl_Interp *interp)
{
    memset(line, 0, sizeof *line);
    line->interp = interp;
    line->before = WeirProgressSetOnlooker((WeirOnlooker){ Look, line });
}

void WeirProgressEnd(WeirProgressLine *line)
{
    WeirProgressSetOnlooker(line->before);
    if (line->isShown)
        WeirProgressHide();
}

static int SizeCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    int lines = 0, columns = Columns(&lines);
    Tcl_Obj *size[2];
    if (objc != 1)
        return WeirTclUsage(interp, "HELP", objv, 1, "", NULL);
    if (columns > 0) {
        size[0] = Tcl_NewIntObj(columns);
        size[1] = Tcl_NewIntObj(lines);
        Tcl_SetObjResult(interp, Tcl_NewListObj(2, size));
    }
    return TCL_OK;
}

/* Whatever its words: what a trace calls. */
static int HideCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirProgressHide();
    return TCL_OK;
}

void WeirProgressInit(Tcl_Interp *interp)
{
    Tcl_CreateObjCommand(interp, "::weir::HideProgress", HideCmd, NULL, NULL);
    Tcl_CreateObjCommand(interp, "::weir::TerminalSize", SizeCmd, NULL, NULL);
}
