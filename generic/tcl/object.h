/* Object commands: `FAMILY create ?NAME? -option value ...` makes a command NAME whose
 * first word is a method.  Deleting the command (NAME destroy, rename NAME "", end of the
 * interpreter, `exit`) destroys the object: one path.
 *
 * Events: `-command PREFIX` of an object is called from the Tcl event loop as
 * {*}PREFIX NAME EVENT DICT.  Errors in it go to [interp bgerror]. */
#ifndef WEIR_OBJECT_H
#define WEIR_OBJECT_H
#include "tcl/weirTcl.h"

typedef struct WeirObject WeirObject;

/* One method: `words` are those after the method's name. */
typedef struct WeirMethod {
    const char *name;
    int (*proc)(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[]);
    int minWords, maxWords; /* maxWords -1: no limit */
    const char *args;       /* "?-format text|dict?" */
    const char *help;       /* one line */
} WeirMethod;

enum { WEIR_METHODS_MAX = 30 };

typedef struct WeirClass {
    const char *family;        /* "flow"; unnamed objects are flow1, flow2, ... */
    const char *room;          /* "FLOW", in error codes */
    const WeirMethod *methods; /* up to WEIR_METHODS_MAX, ends with a NULL name; `destroy`
                                * is added by itself */
    void (*free)(void *impl);  /* stops and releases the implementation */
} WeirClass;

/* Create the command in the caller's current namespace.  `name` NULL: a fresh one.  An
 * existing command of that name is refused.  On success the command owns `impl` and the
 * interpreter's result is the name; on error the caller keeps it. */
int WeirObjectCreate(Tcl_Interp *interp, const WeirClass *cls, Tcl_Obj *name, void *impl,
                     WeirObject **out);

/* Whether the words of a `create` start with a name (objc counts words after `create`): a
 * first word that does not start with "-".  Moves objc/objv past it. */
Tcl_Obj *WeirObjectTakeName(int *objc, Tcl_Obj *const **objv);

/* Look an object of the class up by its command's name. */
WeirObject *WeirObjectFind(Tcl_Interp *interp, const WeirClass *cls, Tcl_Obj *name);

/* Implementation, full name (as `FAMILY names` gives it) and serial number (1, 2, ... per
 * class and interpreter, never reused). */
void *WeirObjectImpl(WeirObject *object);
Tcl_Obj *WeirObjectName(WeirObject *object);
int WeirObjectNumber(WeirObject *object);

/* Makes the methods visible to scripts: `weir::methods FAMILY`, and objects of the class
 * to `weir::objects`.  `family` is what creates them, "flow" or "flow daemon". */
void WeirObjectPublish(Tcl_Interp *interp, const char *family, const WeirClass *cls);

/* Put every object of the class into `dict`: its name and `family`. */
void WeirObjectPutAll(Tcl_Interp *interp, const WeirClass *cls, const char *family,
                      Tcl_Obj *dict);

/* All objects of the class, oldest first: sets the result to their names. */
int WeirObjectNames(Tcl_Interp *interp, const WeirClass *cls);
/* The same as an array of implementations, NULL-terminated, to be freed with free(). */
void **WeirObjectAll(Tcl_Interp *interp, const WeirClass *cls);

/* Call an event prefix (may be NULL) with NAME EVENT DICT.  Takes over `dict`.  The
 * object may be gone when this returns: use WeirObjectPreserve/Release around further
 * use. */
void WeirObjectEvent(WeirObject *object, Tcl_Obj *prefix, const char *event,
                     Tcl_Obj *dict);
void WeirObjectPreserve(WeirObject *object);
/* Returns 0 when the object was destroyed meanwhile. */
int WeirObjectRelease(WeirObject *object);

#endif
