/* Waiting for many descriptors with nanosecond time-outs (epoll, epoll_pwait2). */
#ifndef WEIR_POLL_H
#define WEIR_POLL_H
#include <stdint.h>
#include "base/err.h"

enum {
    WEIR_POLL_IN = 1,
    WEIR_POLL_OUT = 2,
    WEIR_POLL_HUP = 4 /* error or hang-up, always told */
};

typedef struct WeirPollEvent {
    void *tag;       /* as given to Add */
    unsigned events; /* WEIR_POLL_... */
} WeirPollEvent;

int WeirPollOpen(WeirErr *err); /* a descriptor, or a negative class code */
int WeirPollAdd(int poll, int fd, unsigned wants, void *tag, WeirErr *err);
void WeirPollChange(int poll, int fd, unsigned wants, void *tag);
void WeirPollRemove(int poll, int fd);

/* Waits until something is ready or timeoutNs has passed (negative: no limit) and returns
 * the number of events put into `out`.  Interrupted waits return 0. */
int WeirPollWait(int poll, WeirPollEvent *out, int max, int64_t timeoutNs);

#endif
