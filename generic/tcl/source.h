/* Sources of points: what a room has over time, and `plot` draws, without a list of
 * numbers in between.  The room that has the data offers it under a word, `plot` finds it
 * by that word, and neither knows the other. */
#ifndef WEIR_SOURCE_H
#define WEIR_SOURCE_H
#include <stdint.h>
#include "tcl/weirTcl.h"

typedef struct WeirSourceRequest {
    const char *room;   /* of the caller, for error codes */
    Tcl_Obj *from;      /* such as the name of a file */
    const char *key;    /* what of it */
    int64_t flow;       /* only of flows with this id; -1: of all together */
    int64_t intervalNs; /* what happened in each; 0: each single event */
    int isAbsolute;     /* x in s since 1970-01-01 UTC; else since the first event */
    /* Takes the points in order of time: 0 or WEIR_E_MEMORY. */
    int (*put)(void *arg, double x, double y);
    void *arg;
} WeirSourceRequest;

typedef struct WeirSource {
    const char *word; /* "log" */
    /* Put all points; TCL_OK, or TCL_ERROR with an error of the request's room. */
    int (*read)(Tcl_Interp *interp, const WeirSourceRequest *request);
} WeirSource;

/* The structure must live for ever. */
void WeirSourceOffer(Tcl_Interp *interp, const WeirSource *source);
const WeirSource *WeirSourceFind(Tcl_Interp *interp, const char *word); /* or NULL */

#endif
