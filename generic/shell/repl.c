#include "config.h"
#include <signal.h>
#include <unistd.h>
#include "shell/editor.h"
#include "shell/interrupt.h"
#include "shell/repl.h"

#define PROMPT1 "weirsh% "
#define PROMPT2 "> "

typedef struct Repl {
    Tcl_Interp *interp;
    Tcl_Channel in;
    Tcl_Obj *command; /* the lines read so far of one command */
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

static void ForgetCommand(Repl *repl)
{
    Tcl_DecrRefCount(repl->command);
    repl->command = Tcl_NewObj();
    Tcl_IncrRefCount(repl->command);
}

/* A signal arrived: at a terminal Ctrl-C goes back to the prompt, all else ends the loop.
 */
static void TakeInterrupt(Repl *repl)
{
    int number = WeirInterruptPending();
    ForgetCommand(repl);
    PrintLine(TCL_STDERR, "interrupted");
    if (repl->terminal && number == SIGINT) {
        WeirInterruptClear();
        return;
    }
    repl->done = 1;
    repl->status = 128 + number;
}

/* PROCEDURE ARG of library/prompt.tcl, on its own: the interpreter's result is kept. */
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
    if (Tcl_GetCharLength(result) == 0)
        return;
    Tcl_IncrRefCount(result);
    Tcl_SetVar2Ex(repl->interp, "_", NULL, result, TCL_GLOBAL_ONLY);
    text = Call(repl->interp, "::weir::prompt::show", result);
    Print(TCL_STDOUT, text);
    Tcl_DecrRefCount(text);
    Tcl_DecrRefCount(result);
}

static void RunCommand(Repl *repl)
{
    int code;
    Tcl_Obj *result;
    code = Tcl_RecordAndEvalObj(repl->interp, repl->command, TCL_EVAL_GLOBAL);
    if (WeirInterruptPending()) {
        TakeInterrupt(repl);
        return;
    }
    ForgetCommand(repl);
    result = Tcl_GetObjResult(repl->interp);
    if (code != TCL_OK && Tcl_GetCharLength(result) > 0)
        Print(TCL_STDERR, result);
    else if (code == TCL_OK && repl->terminal)
        ShowResult(repl, result);
}

/* Input is exhausted; a command that was begun is an error, not silence. */
static void EndInput(Repl *repl)
{
    repl->done = 1;
    if (repl->terminal) {
        PrintLine(TCL_STDOUT, "");
    } else if (Tcl_GetCharLength(repl->command) > 0) {
        PrintLine(TCL_STDERR, "weirsh: the input ends within a command");
        repl->status = 1;
    }
}

/* One line is there.  The handler is away while a command runs, so that a command that
 * runs the event loop, or reads the standard input itself, is not disturbed. */
static void ReadLine(void *data, int mask)
{
    Repl *repl = data;
    if (Tcl_GetsObj(repl->in, repl->command) < 0) {
        if (Tcl_Eof(repl->in) || !(Tcl_InputBlocked(repl->in) || WeirInterruptPending()))
            EndInput(repl);
        return;
    }
    Tcl_AppendToObj(repl->command, "\n", 1);
    if (Tcl_CommandComplete(Tcl_GetString(repl->command))) {
        Tcl_DeleteChannelHandler(repl->in, ReadLine, repl);
        RunCommand(repl);
        repl->in = Tcl_GetStdChannel(TCL_STDIN); /* the command may have closed it */
        if (repl->in)
            Tcl_CreateChannelHandler(repl->in, TCL_READABLE, ReadLine, repl);
        else
            repl->done = 1;
    }
    Prompt(repl);
}

/* Lines come by events, and no editor: at a terminal without tclreadline, or none. */
static void RunPlain(Repl *repl)
{
    Tcl_CreateChannelHandler(repl->in, TCL_READABLE, ReadLine, repl);
    Prompt(repl);
    while (!repl->done) {
        Tcl_DoOneEvent(TCL_ALL_EVENTS);
        if (WeirInterruptPending() && !repl->done) {
            PrintLine(TCL_STDOUT, "");
            TakeInterrupt(repl);
            Prompt(repl);
        }
    }
}

static void RunEdited(Repl *repl, WeirEditor *editor)
{
    Tcl_Channel out;
    Tcl_Obj *line;
    while (!repl->done) {
        int begun = Tcl_GetCharLength(repl->command) > 0;
        out = Tcl_GetStdChannel(TCL_STDOUT);
        if (out)
            Tcl_Flush(out);
        switch (WeirEditorRead(editor, begun ? PROMPT2 : PROMPT1, PROMPT1, &line)) {
        case WEIR_EDITED_END:
            EndInput(repl);
            continue;
        case WEIR_EDITED_AFRESH:
            ForgetCommand(repl);
            break;
        case WEIR_EDITED_LINE:
            break;
        }
        Tcl_DecrRefCount(Call(repl->interp, "::weir::prompt::remember", line));
        Tcl_AppendObjToObj(repl->command, line);
        Tcl_AppendToObj(repl->command, "\n", 1);
        Tcl_DecrRefCount(line);
        if (Tcl_CommandComplete(Tcl_GetString(repl->command)))
            RunCommand(repl);
    }
}

int WeirReplRun(Tcl_Interp *interp, int terminal)
{
    static const char library[] = "foreach file {complete prompt} {source [file join "
                                  "$::weir::libraryDir $file.tcl]}";
    Repl repl = { interp, Tcl_GetStdChannel(TCL_STDIN), Tcl_NewObj(), terminal, 0, 0 };
    WeirEditor *editor = NULL;
    if (!repl.in)
        return 0;
    Tcl_IncrRefCount(repl.command);
    if (terminal && Tcl_EvalEx(interp, library, -1, TCL_EVAL_GLOBAL) == TCL_OK &&
        isatty(STDOUT_FILENO))
        editor = WeirEditorNew(interp);
    if (editor)
        RunEdited(&repl, editor);
    else
        RunPlain(&repl);
    WeirEditorFree(editor);
    Tcl_DecrRefCount(repl.command);
    return repl.status;
}
