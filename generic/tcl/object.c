#include "config.h"
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tcl/object.h"
#include "tcl/progress.h"
#include "tcl/publish.h"

struct WeirObject {
    WeirObject *next, **link; /* the class's list in this interpreter, oldest first */
    const WeirClass *cls;
    Tcl_Interp *interp;
    Tcl_Command token;
    void *impl; /* NULL once destroyed */
    int number; /* 1, 2, ... in order of creation */
    int refs;   /* one for the command, one per Preserve */
};

/* Per interpreter and class. */
typedef struct ClassState {
    WeirObject *first, **tail;
    int named;   /* fresh names handed out */
    int created; /* objects made so far */
    Tcl_ThreadId thread;
} ClassState;

static void DeleteProc(void *data);

/* The program ends with this interpreter alive (`exit` deletes none): destroy its
 * objects, so that each ends in its orderly way.  Objects of other threads cannot be
 * reached from here. */
static void DestroyAtExit(void *data)
{
    ClassState *state = data;
    WeirObject *object;
    while ((object = state->first) && state->thread == Tcl_GetCurrentThread()) {
        WeirObjectPreserve(object);
        Tcl_DeleteCommandFromToken(object->interp, object->token);
        if (object->impl) /* a trace of its deletion called `exit` */
            DeleteProc(object);
        WeirObjectRelease(object);
    }
}

/* Exit handlers run from the youngest to the oldest: the objects go before what they have
 * begun to use, such as the engine. */
static void ExitFirst(ClassState *state)
{
    Tcl_DeleteExitHandler(DestroyAtExit, state);
    Tcl_CreateExitHandler(DestroyAtExit, state);
}

static void FreeClassState(void *data, Tcl_Interp *interp)
{
    ClassState *state = data;
    /* Commands go before associated data, so no object is left. */
    Tcl_DeleteExitHandler(DestroyAtExit, state);
    free(state);
}

static ClassState *StateOf(Tcl_Interp *interp, const WeirClass *cls)
{
    char key[64];
    ClassState *state;
    snprintf(key, sizeof key, "weir.class.%s", cls->family);
    state = Tcl_GetAssocData(interp, key, NULL);
    if (!state) {
        state = calloc(1, sizeof *state);
        state->tail = &state->first;
        state->thread = Tcl_GetCurrentThread();
        Tcl_CreateExitHandler(DestroyAtExit, state);
        Tcl_SetAssocData(interp, key, FreeClassState, state);
    }
    return state;
}

void WeirObjectPreserve(WeirObject *object)
{
    object->refs++;
}

int WeirObjectRelease(WeirObject *object)
{
    int alive = object->impl != NULL;
    if (--object->refs == 0)
        free(object);
    return alive;
}

/* The command was deleted: unlink, then let the implementation stop itself. */
static void DeleteProc(void *data)
{
    WeirObject *object = data;
    void *impl = object->impl;
    ClassState *state = StateOf(object->interp, object->cls);
    *object->link = object->next;
    if (object->next)
        object->next->link = object->link;
    else
        state->tail = object->link;
    object->impl = NULL;
    object->cls->free(impl);
    WeirObjectRelease(object);
}

/* ------------------------------------------------------------ methods */

enum { CONFIGURE, CGET, DESTROY };
static const WeirMethod common[] = {
    [CONFIGURE] = { "configure", NULL, 0, -1, "?-option? ?value -option value ...?",
                    "ask for or change options" },
    [CGET] = { "cget", NULL, 1, 1, "-option", "one option's value" },
    [DESTROY] = { "destroy", NULL, 0, 0, "", "end it and delete its command" },
    { NULL }
};

const WeirMethod *WeirClassMethod(const WeirClass *cls, int at)
{
    const WeirMethod *m = cls->methods;
    while (m->name && at > 0) {
        m++;
        at--;
    }
    if (!m->name)
        m = common + (cls->options ? CONFIGURE : DESTROY) + at;
    return m->name ? m : NULL;
}

static void *RecordOf(const WeirClass *cls, void *impl)
{
    return (char *)impl + cls->record;
}

static int Configure(WeirObject *object, Tcl_Interp *interp, int objc,
                     Tcl_Obj *const words[])
{
    const WeirClass *cls = object->cls;
    void *impl = object->impl;
    int rc, isChange = objc > 1;
    if (isChange && cls->mayChange && cls->mayChange(impl, interp, objc, words) != TCL_OK)
        return TCL_ERROR;
    rc = WeirOptConfigure(interp, cls->room, cls->options, RecordOf(cls, impl),
                          cls->recordBytes, objc, words, cls->check);
    if (rc == TCL_OK && isChange && cls->changed)
        rc = cls->changed(impl, interp, objc, words);
    return rc;
}

static int RunMethod(WeirObject *object, const WeirMethod *method, Tcl_Interp *interp,
                     int objc, Tcl_Obj *const words[])
{
    const WeirClass *cls = object->cls;
    if (method->proc)
        return method->proc(object->impl, interp, objc, words);
    if (method == &common[CONFIGURE])
        return Configure(object, interp, objc, words);
    if (method == &common[CGET])
        return WeirOptCget(interp, cls->room, cls->options, RecordOf(cls, object->impl),
                           objc, words);
    Tcl_DeleteCommandFromToken(interp, object->token);
    return TCL_OK;
}

static int UnknownMethod(Tcl_Interp *interp, const WeirClass *cls, const char *word)
{
    const char *words[WEIR_METHODS_MAX + sizeof common / sizeof *common];
    const WeirMethod *m;
    int i;
    for (i = 0; (m = WeirClassMethod(cls, i)); i++)
        words[i] = m->name;
    words[i] = NULL;
    return WeirTclUnknown(interp, cls->room, word, words, sizeof *words, "method");
}

/* The method of this name, or the one that it begins; but `destroy` is written out. */
static const WeirMethod *FindMethod(const WeirClass *cls, const char *word)
{
    const WeirMethod *m, *hit = NULL;
    size_t len = strlen(word);
    int i, hits = 0;
    for (i = 0; (m = WeirClassMethod(cls, i)); i++) {
        if (strcmp(m->name, word) == 0)
            return m;
        if (len > 0 && strncmp(m->name, word, len) == 0 && m != &common[DESTROY]) {
            hit = m;
            hits++;
        }
    }
    return hits == 1 ? hit : NULL;
}

static int ObjectCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirObject *object = data;
    const WeirClass *cls = object->cls;
    const char *word = objc < 2 ? "" : Tcl_GetString(objv[1]);
    const WeirMethod *m = FindMethod(cls, word);
    WeirProgressLine line;
    int rc;
    if (!m)
        return UnknownMethod(interp, cls, word);
    if (objc - 2 < m->minWords || (m->maxWords >= 0 && objc - 2 > m->maxWords))
        return WeirTclUsage(interp, cls->room, objv, 2, m->args, m->options);
    WeirObjectPreserve(object);
    WeirProgressBegin(&line, interp);
    rc = RunMethod(object, m, interp, objc - 2, objv + 2);
    WeirProgressEnd(&line);
    WeirObjectRelease(object);
    return rc;
}

/* Non-recursive, so that a method that waits can yield in a coroutine. */
static int CallObject(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return Tcl_NRCallObjProc(interp, ObjectCmd, data, objc, objv);
}

/* ------------------------------------------------------------ creation */

/* A free name in the current namespace: FAMILY1, FAMILY2, ... */
static void FreshName(Tcl_Interp *interp, const WeirClass *cls, ClassState *state,
                      char *buf, size_t room)
{
    Tcl_CmdInfo info;
    do
        snprintf(buf, room, "%s%d", cls->family, ++state->named);
    while (Tcl_GetCommandInfo(interp, buf, &info));
}

/* The command, in the current namespace; it owns `impl`.  `name` NULL: a fresh one.  NULL
 * and an error when there is a command of this name, or cannot be one. */
static WeirObject *MakeCommand(Tcl_Interp *interp, const WeirClass *cls, Tcl_Obj *name,
                               void *impl)
{
    ClassState *state = StateOf(interp, cls);
    const char *ns = Tcl_GetCurrentNamespace(interp)->fullName, *simple;
    WeirObject *object;
    char fresh[64];
    Tcl_CmdInfo info;
    Tcl_Obj *full;
    if (name && !*Tcl_GetString(name)) {
        WeirTclFail(interp, cls->room, WEIR_E_ARG, "the name of a %s is empty",
                    cls->family);
        return NULL;
    }
    if (!name)
        FreshName(interp, cls, state, fresh, sizeof fresh);
    simple = name ? Tcl_GetString(name) : fresh;
    full = strncmp(simple, "::", 2) == 0 ? Tcl_NewStringObj(simple, -1)
           : strcmp(ns, "::") == 0       ? Tcl_ObjPrintf("::%s", simple)
                                         : Tcl_ObjPrintf("%s::%s", ns, simple);
    Tcl_IncrRefCount(full);
    if (Tcl_GetCommandInfo(interp, Tcl_GetString(full), &info)) {
        WeirTclFail(interp, cls->room, WEIR_E_STATE,
                    "a command named \"%.60s\" exists already", simple);
        Tcl_DecrRefCount(full);
        return NULL;
    }
    object = calloc(1, sizeof *object);
    object->cls = cls;
    object->interp = interp;
    object->impl = impl;
    object->refs = 1;
    object->token = Tcl_NRCreateCommand(interp, Tcl_GetString(full), CallObject,
                                        ObjectCmd, object, DeleteProc);
    Tcl_DecrRefCount(full);
    if (!object->token) {
        free(object);
        WeirTclFail(interp, cls->room, WEIR_E_ARG,
                    "\"%.60s\" names a namespace that does not exist", simple);
        return NULL;
    }
    object->number = ++state->created;
    object->link = state->tail;
    *state->tail = object;
    state->tail = &object->next;
    return object;
}

int WeirObjectCreate(Tcl_Interp *interp, const WeirClass *cls, int objc,
                     Tcl_Obj *const words[])
{
    int named = objc > 0 && Tcl_GetString(words[0])[0] != '-';
    void *impl = cls->make ? cls->make() : calloc(1, cls->bytes);
    WeirObject *object = NULL;
    if (!impl)
        return WeirTclFail(interp, cls->room, WEIR_E_MEMORY, "out of memory");
    if (WeirOptInit(interp, cls->room, cls->options, RecordOf(cls, impl)) == TCL_OK &&
        WeirOptApply(interp, cls->room, cls->options, RecordOf(cls, impl),
                     cls->recordBytes, objc - named, words + named, 1,
                     cls->check) == TCL_OK)
        object = MakeCommand(interp, cls, named ? words[0] : NULL, impl);
    if (!object) {
        cls->free(impl);
        return TCL_ERROR;
    }
    if (cls->begin && cls->begin(impl, interp, object) != TCL_OK) {
        Tcl_DeleteCommandFromToken(interp, object->token);
        return TCL_ERROR;
    }
    ExitFirst(StateOf(interp, cls));
    Tcl_SetObjResult(interp, WeirObjectName(object));
    return TCL_OK;
}

int WeirObjectCreateCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return WeirObjectCreate(interp, data, objc - 1, objv + 1);
}

int WeirObjectNamesCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return WeirObjectNames(interp, data);
}

int WeirObjectFamily(Tcl_Interp *interp, const WeirClass *cls,
                     const WeirSubcommand *table)
{
    WeirPublish(interp, WEIR_P_METHODS, cls->family, cls);
    return WeirFamilyCreate(interp, cls->family, table, (void *)(uintptr_t)cls);
}

/* ------------------------------------------------------------ the objects */

WeirObject *WeirObjectCalled(Tcl_Interp *interp, Tcl_Obj *name)
{
    Tcl_CmdInfo info;
    return Tcl_GetCommandInfo(interp, Tcl_GetString(name), &info) &&
                   info.objProc == CallObject
               ? info.objClientData
               : NULL;
}

WeirObject *WeirObjectFind(Tcl_Interp *interp, const WeirClass *cls, Tcl_Obj *name)
{
    WeirObject *object = WeirObjectCalled(interp, name);
    Tcl_Obj *names;
    if (object && object->cls == cls)
        return object;
    WeirObjectNames(interp, cls);
    names = Tcl_GetObjResult(interp);
    Tcl_IncrRefCount(names);
    WeirTclUnknownOf(interp, cls->room, Tcl_GetString(name), names, cls->family);
    Tcl_DecrRefCount(names);
    return NULL;
}

void *WeirObjectImpl(WeirObject *object)
{
    return object->impl;
}

const WeirClass *WeirObjectClass(WeirObject *object)
{
    return object->cls;
}

int WeirObjectNumber(WeirObject *object)
{
    return object->number;
}

/* As it is now (commands can be renamed), without the leading :: of the global namespace.
 */
Tcl_Obj *WeirObjectName(WeirObject *object)
{
    Tcl_Obj *full = Tcl_NewObj();
    const char *text;
    Tcl_GetCommandFullName(object->interp, object->token, full);
    text = Tcl_GetString(full);
    if (strncmp(text, "::", 2) == 0 && !strstr(text + 2, "::")) {
        Tcl_Obj *simple = Tcl_NewStringObj(text + 2, -1);
        Tcl_IncrRefCount(full);
        Tcl_DecrRefCount(full);
        return simple;
    }
    return full;
}

Tcl_Obj *WeirObjectNameOf(Tcl_Interp *interp, const WeirClass *cls, const void *impl)
{
    WeirObject *object = StateOf(interp, cls)->first;
    while (object && object->impl != impl)
        object = object->next;
    return object ? WeirObjectName(object) : Tcl_NewObj();
}

int WeirObjectNames(Tcl_Interp *interp, const WeirClass *cls)
{
    Tcl_Obj *list = Tcl_NewListObj(0, NULL);
    WeirObject *object;
    for (object = StateOf(interp, cls)->first; object; object = object->next)
        Tcl_ListObjAppendElement(NULL, list, WeirObjectName(object));
    Tcl_SetObjResult(interp, list);
    return TCL_OK;
}

void WeirObjectPutAll(Tcl_Interp *interp, const WeirClass *cls, const char *family,
                      Tcl_Obj *dict)
{
    WeirObject *object;
    for (object = StateOf(interp, cls)->first; object; object = object->next)
        Tcl_DictObjPut(NULL, dict, WeirObjectName(object), Tcl_NewStringObj(family, -1));
}

void **WeirObjectAll(Tcl_Interp *interp, const WeirClass *cls)
{
    ClassState *state = StateOf(interp, cls);
    WeirObject *object;
    void **all;
    size_t n = 0;
    for (object = state->first; object; object = object->next)
        n++;
    all = calloc(n + 1, sizeof *all);
    for (n = 0, object = state->first; all && object; object = object->next)
        all[n++] = object->impl;
    return all;
}

void WeirObjectEvent(WeirObject *object, Tcl_Obj *prefix, const char *event,
                     Tcl_Obj *dict)
{
    Tcl_Interp *interp = object->interp;
    Tcl_Obj *call;
    Tcl_IncrRefCount(dict);
    if (prefix && !Tcl_InterpDeleted(interp)) {
        call = Tcl_DuplicateObj(prefix);
        Tcl_IncrRefCount(call);
        Tcl_Preserve(interp);
        WeirProgressHide();
        if (Tcl_ListObjAppendElement(interp, call, WeirObjectName(object)) != TCL_OK ||
            Tcl_ListObjAppendElement(interp, call, Tcl_NewStringObj(event, -1)) !=
                TCL_OK ||
            Tcl_ListObjAppendElement(interp, call, dict) != TCL_OK ||
            Tcl_EvalObjEx(interp, call, TCL_EVAL_GLOBAL | TCL_EVAL_DIRECT) != TCL_OK)
            Tcl_BackgroundException(interp, TCL_ERROR);
        Tcl_Release(interp);
        Tcl_DecrRefCount(call);
    }
    Tcl_DecrRefCount(dict);
}
