/* unix: what only the operating system can do, behind small headers - batches on sockets,
 * timestamps, polling, threads.  Uses base only; Linux headers stay in this room.
 *
 * This header: a descriptor that one thread makes readable to wake another (eventfd). */
#ifndef WEIR_WAKE_H
#define WEIR_WAKE_H
#include "base/err.h"

/* Returns a non-blocking, close-on-exec descriptor, or a negative class code. */
int WeirWakeOpen(WeirErr *err);
void WeirWakeRing(int fd);  /* makes fd readable; any thread */
void WeirWakeClear(int fd); /* makes it quiet again */

#endif
