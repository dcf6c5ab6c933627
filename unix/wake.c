#include "config.h"
#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "wake.h"

int WeirWakeOpen(WeirErr *err)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0)
        return WeirFailErrno(err, errno, "cannot make a wake-up descriptor");
    return fd;
}

void WeirWakeRing(int fd)
{
    uint64_t one = 1;
    ssize_t n = write(fd, &one, sizeof one); /* fails only when already readable */
    (void)n;
}

void WeirWakeClear(int fd)
{
    uint64_t count;
    ssize_t n = read(fd, &count, sizeof count);
    (void)n;
}
