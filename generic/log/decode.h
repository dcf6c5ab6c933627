/* Everything that ITGDec writes, in one pass over the log: its report, texts, interval
 * files, the log with the sender's times, the log taken apart by flows. */
#ifndef WEIR_LOG_DECODE_H
#define WEIR_LOG_DECODE_H
#include <stdbool.h>
#include <stdint.h>
#include "log/compat.h"
#include "log/intervals.h"

/* One of the interval files; without a path it is not asked for. */
typedef struct WeirDecodeTable {
    const char *path;
    double ms;
} WeirDecodeTable;

/* Lines for each packet, handed to `put` many at a time.  A negative answer, with `err`
 * filled, ends the work. */
typedef struct WeirDecodeLines {
    bool sizes, gaps; /* -P, -I */
    int (*put)(void *arg, const char *text, int len, WeirErr *err);
    void *arg;
} WeirDecodeLines;

typedef struct WeirDecodeJob {
    WeirCompatOpts compat;
    bool report;
    const char *text, *octave;                   /* files: -l, -o */
    const char *delays, *jitters;                /* files: -x */
    WeirDecodeTable tables[WEIR_INTERVAL_KINDS]; /* -b -d -j -p */
    WeirDecodeTable combined;                    /* -c */
    const char *split;                           /* suffix: -s; see split.h */
    const char *sender, *rebuilt;                /* log, file: -r */
    WeirDecodeLines lines;
} WeirDecodeJob;

typedef struct WeirDecodeResult {
    int64_t records, valid; /* read; of those, not error lines */
    char *report;           /* malloc'ed; NULL when not asked for */
} WeirDecodeResult;

/* What packets of `rebuilt` were sent at comes from the sender's log (WEIR_E_ARG where it
 * lacks one), and all other outputs then show it.  Output files may not be the logs and
 * no two the same (WEIR_E_ARG, before anything is written).  After an error files end
 * with what could be made.  Interval files may take a second pass over the log; see
 * WeirIntervalsEnd. */
int WeirLogDecode(const char *path, const WeirDecodeJob *job, WeirDecodeResult *result,
                  WeirErr *err);

#endif
