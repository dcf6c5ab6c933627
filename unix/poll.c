#include "config.h"
#include <errno.h>
#include <sys/epoll.h>
#include <time.h>
#include "poll.h"

enum { BATCH = 64 };

int WeirPollOpen(WeirErr *err)
{
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd >= 0 ? fd : WeirFailErrno(err, errno, "cannot make an epoll descriptor");
}

static struct epoll_event Request(unsigned wants, void *tag)
{
    struct epoll_event ev;
    ev.events = (wants & WEIR_POLL_IN ? EPOLLIN | EPOLLRDHUP : 0) |
                (wants & WEIR_POLL_OUT ? EPOLLOUT : 0);
    ev.data.ptr = tag;
    return ev;
}

int WeirPollAdd(int poll, int fd, unsigned wants, void *tag, WeirErr *err)
{
    struct epoll_event ev = Request(wants, tag);
    if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &ev) < 0)
        return WeirFailErrno(err, errno, "cannot wait for a descriptor");
    return WEIR_OK;
}

void WeirPollChange(int poll, int fd, unsigned wants, void *tag)
{
    struct epoll_event ev = Request(wants, tag);
    epoll_ctl(poll, EPOLL_CTL_MOD, fd, &ev);
}

void WeirPollRemove(int poll, int fd)
{
    epoll_ctl(poll, EPOLL_CTL_DEL, fd, NULL);
}

int WeirPollWait(int poll, WeirPollEvent *out, int max, int64_t timeoutNs)
{
    struct epoll_event got[BATCH];
    struct timespec ts, *limit = NULL;
    int i, n;
    if (timeoutNs >= 0) {
        ts.tv_sec = (time_t)(timeoutNs / 1000000000);
        ts.tv_nsec = (long)(timeoutNs % 1000000000);
        limit = &ts;
    }
    n = epoll_pwait2(poll, got, max < BATCH ? max : BATCH, limit, NULL);
    for (i = 0; i < n; i++) {
        unsigned e = got[i].events;
        out[i].tag = got[i].data.ptr;
        out[i].events = (e & (EPOLLIN | EPOLLRDHUP) ? WEIR_POLL_IN : 0) |
                        (e & EPOLLOUT ? WEIR_POLL_OUT : 0) |
                        (e & (EPOLLERR | EPOLLHUP) ? WEIR_POLL_HUP : 0);
    }
    return n < 0 ? 0 : n;
}
