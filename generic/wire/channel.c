#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "poll.h"
#include "wire/channel.h"

int WeirChannelOpen(WeirChannel *c, WeirWorker *worker, int fd, unsigned wants,
                    WeirErr *err)
{
    c->worker = worker;
    c->io.fd = fd;
    c->inLen = c->outLen = 0;
    if (WeirIoAdd(worker, &c->io, wants, err) < 0) {
        close(fd);
        c->io.fd = -1;
        return WEIR_E_POSIX;
    }
    return WEIR_OK;
}

void WeirChannelClose(WeirChannel *c)
{
    if (c->io.fd >= 0) {
        WeirIoRemove(c->worker, &c->io);
        close(c->io.fd);
    }
    c->io.fd = -1;
    free(c->out);
    c->out = NULL;
    c->inLen = c->outLen = c->outRoom = 0;
}

static bool Keep(WeirChannel *c, const uint8_t *bytes, size_t len)
{
    if (c->outLen + len > c->outLimit)
        return false;
    if (c->outLen + len > c->outRoom) {
        size_t room = 2 * (c->outLen + len) + 1024;
        uint8_t *more = realloc(c->out, room);
        if (!more)
            return false;
        c->out = more;
        c->outRoom = room;
    }
    memcpy(c->out + c->outLen, bytes, len);
    c->outLen += len;
    WeirIoWant(c->worker, &c->io, WEIR_POLL_IN | WEIR_POLL_OUT);
    return true;
}

bool WeirChannelSend(WeirChannel *c, const WeirTspMsg *msg)
{
    uint8_t bytes[WEIR_TSP_MAX];
    size_t len = WeirTspEncode(msg, bytes);
    ssize_t n = c->outLen ? 0 : send(c->io.fd, bytes, len, MSG_NOSIGNAL);
    if (n < 0)
        n = 0; /* a dead peer shows at the next read */
    return (size_t)n == len || Keep(c, bytes + n, len - (size_t)n);
}

bool WeirChannelSendType(WeirChannel *c, WeirTspType type, uint32_t flowId)
{
    WeirTspMsg msg = { .type = type, .flowId = flowId };
    return WeirChannelSend(c, &msg);
}

void WeirChannelFlush(WeirChannel *c)
{
    ssize_t n = c->outLen ? send(c->io.fd, c->out, c->outLen, MSG_NOSIGNAL) : 0;
    if (n > 0) {
        c->outLen -= (size_t)n;
        memmove(c->out, c->out + n, c->outLen);
    }
    if (c->outLen == 0)
        WeirIoWant(c->worker, &c->io, WEIR_POLL_IN);
}

int WeirChannelRead(WeirChannel *c, WeirErr *err)
{
    ssize_t n = recv(c->io.fd, c->in + c->inLen, sizeof c->in - c->inLen, 0);
    if (n > 0) {
        c->inLen += (size_t)n;
        return 1;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n == 0)
        return WeirFail(err, WEIR_E_PEER, "the connection was closed");
    WeirFailErrno(err, errno, "the connection broke");
    return WEIR_E_PEER;
}

int WeirChannelNext(WeirChannel *c, WeirTspMsg *msg, WeirErr *err)
{
    int used = WeirTspDecode(c->peer, c->in, c->inLen, msg, err);
    if (used <= 0)
        return used;
    c->inLen -= (size_t)used;
    memmove(c->in, c->in + used, c->inLen);
    return 1;
}
