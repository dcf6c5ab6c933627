/* Changes of a flow while it runs: new values for some of its options, from a moment on.
 *
 * A change comes from `configure` and is for now, or belongs to a plan (`flow schedule`)
 * that is made before or during the run.  The data worker carries it out
 * (WeirScheduleDue); its beginning is an event, is kept for the figures, and is noted in
 * a log of Weir's format. */
#ifndef WEIR_CHANGE_H
#define WEIR_CHANGE_H
#include <stdbool.h>
#include <stdint.h>
#include "flow/spec.h"

/* The options that can be changed. */
enum {
    WEIR_CHANGE_IDT = 1,
    WEIR_CHANGE_RATE = 2,
    WEIR_CHANGE_PS = 4,
    WEIR_CHANGE_DURATION = 8,
    WEIR_CHANGE_PACKETS = 16,
    WEIR_CHANGE_BYTES = 32,
    WEIR_CHANGE_SPIN = 64
};

/* What remains of a change that was carried out. */
typedef struct WeirChangeNote {
    struct WeirChangeNote *next;
    int64_t atNs; /* from the flow's beginning */
    char text[];  /* the options and their values, a Tcl list */
} WeirChangeNote;

/* Values of options that are not given mean nothing. */
typedef struct WeirChange {
    struct WeirChange *next;
    int64_t atNs; /* from the flow's beginning */
    unsigned given;
    WeirDist *idt, *ps;
    WeirDist *pace; /* of RATE, NULL for rate 0 */
    int64_t durationNs, packets, bytes, spinNs;
    bool planned, begun;
    WeirChangeNote *note; /* NULL once taken away */
} WeirChange;

/* A change to the values that the specification has for the given options; `text` says
 * the same in words. */
int WeirChangeNew(const WeirFlowSpec *spec, unsigned given, int64_t atNs,
                  const char *text, WeirChange **out, WeirErr *err);
void WeirChangeFree(WeirChange *change); /* NULL allowed */

/* All of a list. */
void WeirChangesFree(WeirChange *list);
int WeirChangesCopy(const WeirChange *list, WeirChange **out, WeirErr *err);

#endif
