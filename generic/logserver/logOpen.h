/* Log files that senders and log clients ask for, opened in threads of their own: a disk
 * that hangs keeps those waiting who want a file there, and no worker. */
#ifndef WEIR_LOGOPEN_H
#define WEIR_LOGOPEN_H
#include "log/log.h"

typedef struct WeirLogOpening WeirLogOpening;

/* Begin to open `path`, which WeirLogNameConfine has made of `name`, as WeirLogOpen does.
 * NULL with a reason when no thread can be had, or 400 openings are under way. */
WeirLogOpening *WeirLogOpenBegin(const char *path, const char *name, WeirLogFormat format,
                                 const void *owner, WeirErr *err);
/* 0: not yet.  1: *out is open; or a negative class code: in both cases the opening is
 * gone.  Never waits. */
int WeirLogOpenResult(WeirLogOpening *opening, WeirLog **out, WeirErr *err);
/* Let it go; the log, when it gets opened, is left again.  NULL allowed. */
void WeirLogOpenForget(WeirLogOpening *opening);

#endif
