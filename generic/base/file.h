/* Files that are replaced as a whole: a reader sees the old content or the new one, never
 * a half, and a failed write leaves the old file as it was. */
#ifndef WEIR_FILE_H
#define WEIR_FILE_H
#include <stddef.h>
#include "base/err.h"

/* Make `path` hold exactly these bytes.  They are written to a temporary name in the same
 * folder and renamed; symbolic links are followed, and the mode of an existing file is
 * kept. A file that may not be written is refused although the folder would allow a
 * rename.  What is no regular file (a terminal, a pipe) is written in place.  Returns 0,
 * WEIR_E_POSIX or WEIR_E_PERM with "cannot write PATH: reason". */
int WeirFileReplace(const char *path, const void *bytes, size_t len, WeirErr *err);

#endif
