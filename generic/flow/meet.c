#include "config.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "flow/meet.h"
#include "poll.h"
#include "wire/dataSock.h"

enum {
    ROUNDS = 64,         /* strangers before the worker looks at its other flows */
    MOST_WAITING = 65536 /* datagrams; none is smaller than some 500 bytes of a buffer */
};

int WeirMeetBind(WeirFlow *f, const WeirDataSockOpts *opts, WeirErr *err)
{
    int fd = WeirDataSockListen(f->transport, &f->src, opts, err);
    if (fd == WEIR_E_POSIX && err->sysErrno == EAFNOSUPPORT && WeirAddrIsAny(&f->src)) {
        f->src = WeirAddrAny(AF_INET, WeirAddrPort(&f->src)); /* a host without IPv6 */
        fd = WeirDataSockListen(f->transport, &f->src, opts, err);
    }
    f->send.io.fd = fd < 0 ? -1 : fd;
    return fd < 0 ? fd : WEIR_OK;
}

void WeirMeetUnbind(WeirFlow *f)
{
    if (f->send.io.fd >= 0)
        close(f->send.io.fd);
    f->send.io.fd = -1;
}

static void KnowReceiver(WeirFlow *f, const WeirAddr *from)
{
    pthread_mutex_lock(&f->lock);
    f->dst = *from;
    WeirAddrUnmap(&f->dst);
    pthread_mutex_unlock(&f->lock);
}

/* The connection takes the listening socket's place. */
static int Accept(WeirFlow *f, WeirErr *err)
{
    WeirIo *io = &f->send.io;
    WeirAddr from;
    int fd, round;
    for (round = 0; round < ROUNDS; round++) {
        fd = WeirSockAccept(io->fd, &from);
        if (fd < 0 &&
            (errno == EMFILE || errno == ENFILE)) /* it would be ready for ever */
            return WeirFailErrno(err, errno, "cannot take the receiver's connection");
        if (fd < 0)
            return 0;
        if (WeirAddrSameHost(&from, &f->dst))
            break;
        close(fd);
    }
    if (round == ROUNDS)
        return 0;
    WeirIoRemove(f->worker, io);
    close(io->fd);
    io->fd = fd;
    KnowReceiver(f, &from);
    return WeirIoAdd(f->worker, io, WEIR_POLL_IN, err) < 0 ? err->code : 1;
}

/* What strangers had sent by the time the socket was connected, as nothing was sent that
 * could have been echoed.  The kernel lets in no more of theirs; the bound is for a
 * receiver that says hello without end. */
static void ForgetStrangers(int fd)
{
    char byte;
    int left = MOST_WAITING;
    while (left-- > 0 && recv(fd, &byte, 1, 0) >= 0)
        continue;
}

/* The receiver's address is that of its hello: a stock one does not have the port that
 * it was asked for (D-ITG 2.2), and a translator of addresses may choose any. */
static int HearHello(WeirFlow *f, WeirErr *err)
{
    static const char hello[] = { 'h', 'e', 'l', 'l', 'o' };
    char text[sizeof hello];
    WeirAddr from;
    int round, rc;
    for (round = 0; round < ROUNDS; round++) {
        socklen_t len = sizeof from;
        ssize_t n = recvfrom(f->send.io.fd, text, sizeof text, 0, &from.sa, &len);
        if (n < 0)
            return 0;
        if (n == sizeof hello && memcmp(text, hello, sizeof hello) == 0 &&
            WeirAddrSameHost(&from, &f->dst))
            break;
    }
    if (round == ROUNDS)
        return 0;
    rc = WeirSockConnect(f->send.io.fd, &from, err);
    KnowReceiver(f, &from);
    if (rc < 0)
        return rc;
    ForgetStrangers(f->send.io.fd);
    return 1;
}

int WeirMeetReceiver(WeirFlow *f, WeirErr *err)
{
    return f->transport->connected ? Accept(f, err) : HearHello(f, err);
}
