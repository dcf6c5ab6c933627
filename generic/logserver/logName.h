/* File names that come from the network, confined to one directory. */
#ifndef WEIR_LOGNAME_H
#define WEIR_LOGNAME_H
#include <stdbool.h>
#include "base/err.h"

/* The path in `dir` for a log that a sender asked for.  Of an absolute name only the last
 * component counts (stock senders ask for /tmp/ITGRecv.log by default); otherwise the
 * name must be a plain file name: printable, without a directory, not hidden.  `dir` NULL
 * refuses every name.  *path is malloc'ed.  WEIR_E_PERM with the reason.  Does not touch
 * the disk. */
int WeirLogNameConfine(const char *dir, const char *name, char **path, WeirErr *err);

/* Whether that path may be written, as far as the disk says: no link or other special
 * file, and no new one in a directory with 10,000 files or more, so that strangers cannot
 * fill it.  WEIR_E_PERM or WEIR_E_LIMIT with the reason, which names `name`. */
int WeirLogNameCheck(const char *path, const char *name, WeirErr *err);

/* Whether this is a directory that can be looked at. */
int WeirLogNameDirectory(const char *dir, WeirErr *err);

/* Whether a name is ASCII text without control characters, and not empty. */
bool WeirLogNamePrintable(const char *name);

#endif
