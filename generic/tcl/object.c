#include "config.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tcl/object.h"
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

/* The program ends with this interpreter alive (`exit` deletes none): destroy its
 * objects, so that each ends in its orderly way.  Objects of other threads cannot be
 * reached from here. */
static void DestroyAtExit(void *data)
{
    ClassState *state = data;
    while (state->first && state->thread == Tcl_GetCurrentThread())
        Tcl_DeleteCommandFromToken(state->first->interp, state->first->token);
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

/* The methods' names plus destroy, as an error sentence. */
static int UnknownMethod(Tcl_Interp *interp, WeirObject *object, Tcl_Obj *word)
{
    const char *words[WEIR_METHODS_MAX + 2];
    const WeirMethod *m = object->cls->methods;
    int count = 0;
    for (; m->name && count < WEIR_METHODS_MAX; m++)
        words[count++] = m->name;
    words[count++] = "destroy";
    words[count] = NULL;
    return WeirTclUnknown(interp, object->cls->room, word ? Tcl_GetString(word) : "",
                          words, sizeof *words, "method");
}

static int ObjectCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirObject *object = data;
    const WeirMethod *m, *hit = NULL;
    const char *word;
    size_t len;
    int hits = 0, rc;
    if (objc < 2)
        return UnknownMethod(interp, object, NULL);
    word = Tcl_GetString(objv[1]);
    len = strlen(word);
    if (strcmp(word, "destroy") == 0) {
        if (objc != 2)
            return WeirTclUsage(interp, object->cls->room, objv, 2, "");
        Tcl_DeleteCommandFromToken(interp, object->token);
        return TCL_OK;
    }
    for (m = object->cls->methods; m->name; m++) {
        if (strcmp(m->name, word) == 0) {
            hit = m;
            hits = 1;
            break;
        }
        if (len > 0 && strncmp(m->name, word, len) == 0) {
            hit = m;
            hits++;
        }
    }
    if (hits != 1)
        return UnknownMethod(interp, object, objv[1]);
    if (objc - 2 < hit->minWords || (hit->maxWords >= 0 && objc - 2 > hit->maxWords))
        return WeirTclUsage(interp, object->cls->room, objv, 2, hit->args);
    WeirObjectPreserve(object);
    rc = hit->proc(object->impl, interp, objc - 2, objv + 2);
    WeirObjectRelease(object);
    return rc;
}

/* Non-recursive, so that a method that waits can yield in a coroutine. */
static int CallObject(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return Tcl_NRCallObjProc(interp, ObjectCmd, data, objc, objv);
}

Tcl_Obj *WeirObjectTakeName(int *objc, Tcl_Obj *const **objv)
{
    Tcl_Obj *name;
    if (*objc == 0 || Tcl_GetString((*objv)[0])[0] == '-')
        return NULL;
    name = (*objv)[0];
    --*objc;
    ++*objv;
    return name;
}

/* A free name in the current namespace: FAMILY1, FAMILY2, ... */
static void FreshName(Tcl_Interp *interp, const WeirClass *cls, ClassState *state,
                      char *buf, size_t room)
{
    Tcl_CmdInfo info;
    do
        snprintf(buf, room, "%s%d", cls->family, ++state->named);
    while (Tcl_GetCommandInfo(interp, buf, &info));
}

int WeirObjectCreate(Tcl_Interp *interp, const WeirClass *cls, Tcl_Obj *name, void *impl,
                     WeirObject **out)
{
    ClassState *state = StateOf(interp, cls);
    const char *ns = Tcl_GetCurrentNamespace(interp)->fullName, *simple;
    WeirObject *object;
    char fresh[64];
    Tcl_CmdInfo info;
    Tcl_Obj *full;
    if (name && !*Tcl_GetString(name))
        return WeirTclFail(interp, cls->room, WEIR_E_ARG, "the name of a %s is empty",
                           cls->family);
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
        return TCL_ERROR;
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
        return WeirTclFail(interp, cls->room, WEIR_E_ARG,
                           "\"%.60s\" names a namespace that does not exist", simple);
    }
    object->number = ++state->created;
    object->link = state->tail;
    *state->tail = object;
    state->tail = &object->next;
    if (out)
        *out = object;
    Tcl_SetObjResult(interp, WeirObjectName(object));
    return TCL_OK;
}

WeirObject *WeirObjectFind(Tcl_Interp *interp, const WeirClass *cls, Tcl_Obj *name)
{
    Tcl_CmdInfo info;
    if (Tcl_GetCommandInfo(interp, Tcl_GetString(name), &info) &&
        info.objProc == CallObject && ((WeirObject *)info.objClientData)->cls == cls)
        return info.objClientData;
    WeirTclFail(interp, cls->room, WEIR_E_ARG, "there is no %s named \"%.60s\"",
                cls->family, Tcl_GetString(name));
    return NULL;
}

void *WeirObjectImpl(WeirObject *object)
{
    return object->impl;
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

void WeirObjectPublish(Tcl_Interp *interp, const char *family, const WeirClass *cls)
{
    WeirPublish(interp, WEIR_P_METHODS, family, cls);
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
