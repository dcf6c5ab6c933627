/* Text and record files that this room writes. */
#ifndef WEIR_LOG_OUTFILE_H
#define WEIR_LOG_OUTFILE_H
#include <stdbool.h>
#include <stdio.h>
#include "base/err.h"

typedef struct WeirOut {
    FILE *file; /* NULL: nothing is written */
    const char *path;
} WeirOut;

/* Create or truncate `path`; a NULL leaves `out` empty.  The path must live as long as
 * `out`. */
int WeirOutOpen(WeirOut *out, const char *path, WeirErr *err);

/* Whether writing failed so far. */
static inline bool WeirOutBad(const WeirOut *out)
{
    return out->file && ferror(out->file);
}

/* Write what is left and close; tells an error of any write before.  An empty `out` is
 * fine. */
int WeirOutClose(WeirOut *out, WeirErr *err);

/* Whether the two names are those of one regular file. */
bool WeirOutSame(const char *a, const char *b);

/* What printf's %f makes of the number (0/0 with the sign that x86-64 gives it), several
 * times faster: returns the length of `text`.  `*back`, unless NULL, is the number that
 * the text reads as. */
enum { WEIR_DECIMAL_ROOM = 344 };
int WeirDecimal6(double value, char text[WEIR_DECIMAL_ROOM], double *back);

#endif
