/* Option tables: one row per option is the single source for parsing, configure, cget,
 * help and completion.  A family keeps its options in a plain C structure of its own
 * room; the table says where each option lives in it.
 *
 * Ownership: STRING fields are malloc'ed char * (NULL when empty), OBJ fields hold one
 * reference, TYPE fields are owned through their type's functions. */
#ifndef WEIR_OPT_H
#define WEIR_OPT_H
#include <stddef.h>
#include "tcl/weirTcl.h"

/* Kinds and the C type of their field. */
typedef enum WeirOptKind {
    WEIR_O_END = 0,
    WEIR_O_STRING,   /* char *   */
    WEIR_O_INT,      /* int      */
    WEIR_O_WIDE,     /* int64_t  */
    WEIR_O_DOUBLE,   /* double   */
    WEIR_O_BOOL,     /* int      */
    WEIR_O_DURATION, /* int64_t, nanoseconds; a word of `choices` is -1, -2, ... */
    WEIR_O_BITRATE,  /* double, bit/s */
    WEIR_O_PPS,      /* double, packets/s */
    WEIR_O_SIZE,     /* int64_t, bytes */
    WEIR_O_ENUM,     /* int, index into choices */
    WEIR_O_OBJ,      /* Tcl_Obj *, kept as given (command prefixes, lists) */
    WEIR_O_TYPE      /* void *, parsed, printed, copied and freed by `type` */
} WeirOptKind;

/* A value type of another room, such as a distribution.  Values are immutable; `copy` may
 * just add a reference. */
typedef struct WeirOptType {
    const char *name; /* "distribution" */
    int (*parse)(Tcl_Interp *interp, Tcl_Obj *obj, void **value, WeirErr *err);
    Tcl_Obj *(*print)(const void *value);
    void *(*copy)(void *value);
    void (*release)(void *value);
} WeirOptType;

typedef struct WeirOpt {
    const char *name; /* "-duration" */
    WeirOptKind kind;
    size_t offset;              /* offsetof(Record, field) */
    const char *def;            /* default as text; NULL: zero, empty or absent */
    const char *unit;           /* "s", "bytes", or "" */
    const char *help;           /* one line */
    double min, max;            /* for numbers, when max > min */
    const char *const *choices; /* for ENUM and DURATION, ends with NULL */
    const WeirOptType *type;    /* for TYPE */
    int flags;
    const char *value; /* stands for the value in usage lines: "HOST:PORT"; NULL: a word
                        * that the kind or the choices give */
} WeirOpt;

enum {
    WEIR_OF_SET_ONCE = 1,  /* only at creation; configure refuses it later */
    WEIR_OF_FILE = 2,      /* the text is a file's name */
    WEIR_OF_INTERFACE = 4, /* ... a network interface's */
    WEIR_OF_EACH = 8,      /* may be given several times: OBJ is the list of the values */
};

/* Set every option of a zeroed record to its default.  The table's defaults must parse; a
 * default that does not is reported like any bad value. */
int WeirOptInit(Tcl_Interp *interp, const char *room, const WeirOpt *table, void *record);

/* Apply `-name value` pairs.  All or nothing: on error the record is as before.
 * `creating` allows WEIR_OF_SET_ONCE options.  `check` (may be NULL) sees the complete
 * new record and may refuse it. */
int WeirOptApply(Tcl_Interp *interp, const char *room, const WeirOpt *table, void *record,
                 size_t recordBytes, int objc, Tcl_Obj *const objv[], int creating,
                 int (*check)(void *record, WeirErr *err));

/* The options of a command that is carried out at once: defaults, then the words, into a
 * zeroed record.  On error the record owns nothing. */
int WeirOptRead(Tcl_Interp *interp, const char *room, const WeirOpt *table, void *record,
                size_t recordBytes, int objc, Tcl_Obj *const objv[],
                int (*check)(void *record, WeirErr *err));

/* The value of one option as given back by cget; the table's row for a name. */
Tcl_Obj *WeirOptGet(const WeirOpt *row, const void *record);
const WeirOpt *WeirOptFind(Tcl_Interp *interp, const char *room, const WeirOpt *table,
                           Tcl_Obj *name);

/* The body of `NAME configure ?-opt? ?value ...?` and `NAME cget -opt`: words after the
 * method.  With no words configure answers a dict of all options. */
int WeirOptConfigure(Tcl_Interp *interp, const char *room, const WeirOpt *table,
                     void *record, size_t recordBytes, int objc, Tcl_Obj *const objv[],
                     int (*check)(void *record, WeirErr *err));
int WeirOptCget(Tcl_Interp *interp, const char *room, const WeirOpt *table, void *record,
                int objc, Tcl_Obj *const objv[]);

/* Release what the record owns. */
void WeirOptFree(const WeirOpt *table, void *record);

/* One row as a dict with name, kind, value (the word or words that stand for the value in
 * usage lines), default, unit, help, choices, once (given only at creation), names (file,
 * interface or "": what the text names) and, for a number with a range, min and max. */
Tcl_Obj *WeirOptDescribe(const WeirOpt *row);

/* The words of a usage line: `args`, and "?-name VALUE?" for each row unless `args` says
 * "-option" for them.  `table` may be NULL. */
Tcl_Obj *WeirOptUsage(const char *args, const WeirOpt *table);

#endif
