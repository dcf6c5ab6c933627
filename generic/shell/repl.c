#include "config.h"
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "shell/editor.h"
#include "shell/interrupt.h"
#include "shell/program.h"
#include "shell/repl.h"
#include "tcl/weirTcl.h"

#define PROMPT1 WEIR_PROGRAM "% "
#define PROMPT2 "> "

typedef struct Repl {
    Tcl_Interp *interp;
    Tcl_Channel in;
    Tcl_Obj *command; /* the lines read so far of one command */
    Tcl_Obj *entry;   /* what was entered at the last first prompt */
    long line, begun; /* lines read; the one in which the command begins */
    int terminal;     /* prompts and results are printed */
    int done, status;
} Repl;

static void Print(int type, Tcl_Obj *text)
{
    Tcl_Channel channel = Tcl_GetStdChannel(type);
    if (!channel)
        return;
    Tcl_WriteObj(channel, text);
    Tcl_WriteChars(channel, "\n", 1);
    Tcl_Flush(channel);
}

static void PrintLine(int type, const char *text)
{
    Tcl_Obj *obj = Tcl_NewStringObj(text, -1);
    Tcl_IncrRefCount(obj);
    Print(type, obj);
    Tcl_DecrRefCount(obj);
}

/* tcl_prompt1 and tcl_prompt2 are scripts that print the prompt, as in tclsh. */
static void Prompt(Repl *repl)
{
    int begun = Tcl_GetCharLength(repl->command) > 0;
    const char *variable = begun ? "tcl_prompt2" : "tcl_prompt1";
    Tcl_Obj *script = Tcl_GetVar2Ex(repl->interp, variable, NULL, TCL_GLOBAL_ONLY);
    Tcl_Channel out;
    if (!repl->terminal || repl->done)
        return;
    if (script && Tcl_EvalObjEx(repl->interp, script, TCL_EVAL_GLOBAL) != TCL_OK)
        Print(TCL_STDERR, Tcl_GetObjResult(repl->interp));
    out = Tcl_GetStdChannel(TCL_STDOUT);
    if (!out)
        return;
    if (!script)
        Tcl_WriteChars(out, begun ? PROMPT2 : PROMPT1, -1);
    Tcl_Flush(out);
}

static void Empty(Tcl_Obj **text)
{
    Tcl_DecrRefCount(*text);
    *text = Tcl_NewObj();
    Tcl_IncrRefCount(*text);
}

/* A line of a command, and whether it is the last one. */
static int AddLine(Repl *repl, const char *line, Tcl_Size length)
{
    repl->line++;
    if (Tcl_GetCharLength(repl->command) == 0)
        repl->begun = repl->line;
    Tcl_AppendToObj(repl->command, line, length);
    Tcl_AppendToObj(repl->command, "\n", 1);
    return Tcl_CommandComplete(Tcl_GetString(repl->command));
}

/* A signal arrived: at a terminal Ctrl-C goes back to the prompt, all else ends the loop.
 */
static void TakeInterrupt(Repl *repl)
{
    int number = WeirInterruptPending();
    Empty(&repl->command);
    /* Over the ^C that the terminal shows. */
    PrintLine(TCL_STDERR, repl->terminal ? "\rinterrupted" : "interrupted");
    if (repl->terminal && number == SIGINT) {
        WeirInterruptClear();
        return;
    }
    repl->done = 1;
    repl->status = 128 + number;
}

/* PROCEDURE ARG of library/, on its own: the interpreter's result is kept. */
static Tcl_Obj *Call(Tcl_Interp *interp, const char *procedure, Tcl_Obj *arg)
{
    Tcl_InterpState state = Tcl_SaveInterpState(interp, TCL_OK);
    Tcl_Obj *words[2], *call, *answer;
    words[0] = Tcl_NewStringObj(procedure, -1);
    words[1] = arg;
    call = Tcl_NewListObj(2, words);
    Tcl_IncrRefCount(call);
    answer = Tcl_EvalObjEx(interp, call, TCL_EVAL_GLOBAL | TCL_EVAL_DIRECT) == TCL_OK
                 ? Tcl_GetObjResult(interp)
                 : arg;
    Tcl_IncrRefCount(answer);
    Tcl_DecrRefCount(call);
    Tcl_RestoreInterpState(interp, state);
    return answer;
}

/* A result at the prompt: kept in `_`, and printed for people. */
static void ShowResult(Repl *repl, Tcl_Obj *result)
{
    Tcl_Obj *text;
    if (!*Tcl_GetString(result)) /* to ask for its length would make a string of it */
        return;
    Tcl_IncrRefCount(result);
    Tcl_SetVar2Ex(repl->interp, "_", NULL, result, TCL_GLOBAL_ONLY);
    text = Call(repl->interp, "::weir::prompt::show", result);
    Print(TCL_STDOUT, text);
    Tcl_DecrRefCount(text);
    Tcl_DecrRefCount(result);
}

Tcl_Obj *WeirReplSentence(Tcl_Interp *interp, Tcl_Obj *message)
{
    return Call(interp, "::weir::ErrorSentence", message);
}

static void ShowError(Repl *repl, Tcl_Obj *result)
{
    Tcl_Obj *text;
    Tcl_IncrRefCount(result);
    text = WeirReplSentence(repl->interp, result);
    if (repl->terminal) {
        Tcl_Obj *sentence = text;
        text = Call(repl->interp, "::weir::prompt::Fitted", sentence);
        Tcl_DecrRefCount(sentence);
    }
    Print(TCL_STDERR, text);
    Tcl_DecrRefCount(text);
    Tcl_DecrRefCount(result);
}

/* Run what was read; answers whether it came to its end. */
static int RunCommand(Repl *repl)
{
    int code;
    Tcl_Obj *result;
    code = Tcl_RecordAndEvalObj(repl->interp, repl->command, TCL_EVAL_GLOBAL);
    if (WeirInterruptPending()) {
        TakeInterrupt(repl);
        return 0;
    }
    Empty(&repl->command);
    result = Tcl_GetObjResult(repl->interp);
    if (code != TCL_OK && Tcl_GetCharLength(result) > 0)
        ShowError(repl, result);
    else if (code == TCL_OK && repl->terminal)
        ShowResult(repl, result);
    return 1;
}

/* What would complete a command, tried out. */
static const char *Missing(const char *command)
{
    static const struct {
        const char *text, *name;
        int most;
    } tries[] = { { "}", "close brace", 20 },
                  { "]", "close bracket", 20 },
                  { "\"", "close quote", 1 } };
    size_t i;
    int depth;
    for (i = 0; i < sizeof tries / sizeof *tries; i++) {
        Tcl_DString text;
        int complete = 0;
        Tcl_DStringInit(&text);
        Tcl_DStringAppend(&text, command, -1);
        for (depth = 0; depth < tries[i].most && !complete; depth++) {
            Tcl_DStringAppend(&text, tries[i].text, 1);
            complete = Tcl_CommandComplete(Tcl_DStringValue(&text));
        }
        Tcl_DStringFree(&text);
        if (complete)
            return tries[i].name;
    }
    return "end";
}

/* Input is exhausted; a command that was begun is an error, not silence. */
static void EndInput(Repl *repl)
{
    const char *command = Tcl_GetString(repl->command);
    Tcl_Obj *text;
    repl->done = 1;
    if (repl->terminal)
        PrintLine(TCL_STDOUT, "");
    if (!*command)
        return;
    if (repl->terminal)
        text = Tcl_ObjPrintf("the command has no %s", Missing(command));
    else
        text = Tcl_ObjPrintf(WEIR_PROGRAM
                             ": the input ends within the command that begins in "
                             "line %ld: it has no %s",
                             repl->begun, Missing(command));
    Tcl_IncrRefCount(text);
    Print(TCL_STDERR, text);
    Tcl_DecrRefCount(text);
    repl->status = !repl->terminal;
}

static void ReadLine(void *data, int mask);

/* A callback has closed the input, which is its end. */
static void InputClosed(void *data)
{
    Repl *repl = data;
    repl->in = NULL;
    repl->done = 1;
}

/* Expect lines; the last command may have closed the standard input, or opened another.
 */
static void Listen(Repl *repl)
{
    repl->in = Tcl_GetStdChannel(TCL_STDIN);
    if (!repl->in) {
        repl->done = 1;
        return;
    }
    Tcl_CreateChannelHandler(repl->in, TCL_READABLE, ReadLine, repl);
    Tcl_CreateCloseHandler(repl->in, InputClosed, repl);
}

static void StopListening(Repl *repl)
{
    if (!repl->in)
        return;
    Tcl_DeleteChannelHandler(repl->in, ReadLine, repl);
    Tcl_DeleteCloseHandler(repl->in, InputClosed, repl);
}

/* One line is there.  The handler is away while a command runs, so that a command that
 * runs the event loop, or reads the standard input itself, is not disturbed. */
static void ReadLine(void *data, int mask)
{
    Repl *repl = data;
    Tcl_DString line;
    int complete;
    Tcl_DStringInit(&line);
    if (Tcl_Gets(repl->in, &line) < 0) {
        Tcl_DStringFree(&line);
        if (Tcl_Eof(repl->in) || !(Tcl_InputBlocked(repl->in) || WeirInterruptPending()))
            EndInput(repl);
        return;
    }
    complete = AddLine(repl, Tcl_DStringValue(&line), Tcl_DStringLength(&line));
    Tcl_DStringFree(&line);
    if (complete) {
        StopListening(repl);
        RunCommand(repl);
        Listen(repl);
    }
    Prompt(repl);
}

/* Lines come by events, and no editor: at a terminal without tclreadline, or none. */
static void RunPlain(Repl *repl)
{
    Listen(repl);
    Prompt(repl);
    while (!repl->done) {
        Tcl_DoOneEvent(TCL_ALL_EVENTS);
        if (WeirInterruptPending() && !repl->done) {
            PrintLine(TCL_STDOUT, "");
            TakeInterrupt(repl);
            Prompt(repl);
        }
    }
    StopListening(repl);
}

/* Lines as if they had been typed one by one: what is complete is run, until something
 * is interrupted. */
static void RunLines(Repl *repl, const char *text)
{
    const char *end;
    for (; !repl->done; text = end + 1) {
        end = text + strcspn(text, "\n");
        if ((AddLine(repl, text, (Tcl_Size)(end - text)) && !RunCommand(repl)) || !*end)
            return;
    }
}

/* A command of several lines is one entry of the history, and so is what was pasted. */
static void TakeLine(Repl *repl, WeirEditor *editor, Tcl_Obj *line)
{
    Tcl_Obj *entry = repl->entry;
    if (Tcl_GetCharLength(entry) > 0)
        Tcl_AppendToObj(entry, "\n", 1);
    Tcl_AppendObjToObj(entry, line);
    WeirEditorKeep(editor, Tcl_GetString(entry));
    if (Tcl_CommandComplete(Tcl_GetString(entry))) {
        Tcl_DecrRefCount(Call(repl->interp, "::weir::prompt::remember", entry));
        Empty(&repl->entry);
    }
    RunLines(repl, Tcl_GetString(line));
}

static void RunEdited(Repl *repl, WeirEditor *editor)
{
    Tcl_Channel out;
    Tcl_Obj *line;
    WeirEdited edited;
    while (!repl->done) {
        out = Tcl_GetStdChannel(TCL_STDOUT);
        if (out)
            Tcl_Flush(out);
        edited = WeirEditorRead(editor, repl->command, PROMPT1, PROMPT2, &line);
        if (edited == WEIR_EDITED_END) {
            int begun = Tcl_GetCharLength(repl->command) > 0;
            EndInput(repl);
            if (begun) /* that alone is given up */
                repl->done = 0;
        }
        if (edited != WEIR_EDITED_LINE) {
            Empty(&repl->command);
            Empty(&repl->entry);
        }
        if (line) {
            TakeLine(repl, editor, line);
            Tcl_DecrRefCount(line);
        }
    }
}

/* Behind commands from a file or a pipe there may be windows of plots to look at. */
static void AwaitPlots(Repl *repl)
{
    static const char script[] =
        "if {[info exists ::weir::plotwindow::windows]} {::weir::plot wait}";
    if (Tcl_EvalEx(repl->interp, script, -1, TCL_EVAL_GLOBAL) != TCL_OK &&
        WeirInterruptPending())
        TakeInterrupt(repl);
}

/* ::weir::Lock CHANNEL: 0 while another process has the file; else it is this one's alone
 * until it is closed, where the file system has locks. */
static int LockCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Tcl_Channel channel;
    void *handle;
    if (objc != 2) {
        Tcl_WrongNumArgs(interp, 1, objv, "CHANNEL");
        return TCL_ERROR;
    }
    channel = Tcl_GetChannel(interp, Tcl_GetString(objv[1]), NULL);
    if (!channel)
        return TCL_ERROR;
    Tcl_SetObjResult(
        interp,
        Tcl_NewIntObj(Tcl_GetChannelHandle(channel, TCL_WRITABLE, &handle) != TCL_OK ||
                      flock((int)(intptr_t)handle, LOCK_EX | LOCK_NB) == 0 ||
                      errno != EWOULDBLOCK));
    return TCL_OK;
}

int WeirReplRun(Tcl_Interp *interp, int terminal)
{
    static const char library[] = "apply {{} {foreach file {complete prompt} {"
                                  "source [file join $::weir::libraryDir $file.tcl]}}}";
    Repl repl = { .interp = interp,
                  .in = Tcl_GetStdChannel(TCL_STDIN),
                  .command = Tcl_NewObj(),
                  .entry = Tcl_NewObj(),
                  .terminal = terminal };
    WeirEditor *editor = NULL;
    if (!repl.in)
        return 0;
    Tcl_CreateObjCommand(interp, "::weir::Lock", LockCmd, NULL, NULL);
    Tcl_IncrRefCount(repl.command);
    Tcl_IncrRefCount(repl.entry);
    if (terminal && Tcl_EvalEx(interp, library, -1, TCL_EVAL_GLOBAL) == TCL_OK &&
        isatty(STDOUT_FILENO))
        editor = WeirEditorNew(interp);
    if (editor)
        RunEdited(&repl, editor);
    else
        RunPlain(&repl);
    if (!terminal && repl.status == 0)
        AwaitPlots(&repl);
    WeirEditorFree(editor);
    Tcl_DecrRefCount(repl.command);
    Tcl_DecrRefCount(repl.entry);
    return repl.status;
}
