/* The tables of options, subcommands and methods, made visible to scripts, so that help,
 * completion, the manual pages and tests read what the parser reads:
 *
 *     weir::options ?FAMILY?    the options of FAMILY, "flow" or "log series"
 *     weir::commands ?FAMILY?   its subcommands: dicts of name, args and help
 *     weir::methods ?FAMILY?    the methods of the objects that `FAMILY create` makes
 *     weir::objects ?NAME?      all objects: a dict of name and family; the one that NAME
 *                               is in the caller's namespace, or none
 *
 * Without FAMILY they answer the families that have some, in the order of their making.
 * `weir::PublishOptions FAMILY PREFIX` adds options that a command in Tcl takes; the
 * prefix answers their dicts. */
#ifndef WEIR_PUBLISH_H
#define WEIR_PUBLISH_H
#include "tcl/object.h"

typedef enum WeirPublished {
    WEIR_P_OPTIONS,  /* WeirOpt */
    WEIR_P_COMMANDS, /* WeirSubcommand */
    WEIR_P_METHODS   /* WeirClass */
} WeirPublished;

/* `table` must live for ever.  With methods come the options of their objects, and with
 * methods and subcommands those that a row has, as options of "FAMILY NAME". */
void WeirPublish(Tcl_Interp *interp, WeirPublished what, const char *family,
                 const void *table);

/* The object of any family that a name is in the caller's namespace; NULL and an error of
 * the room. */
WeirObject *WeirObjectFindAny(Tcl_Interp *interp, const char *room, Tcl_Obj *name);

#endif
