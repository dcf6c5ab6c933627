/* What arrives on a log client's data port: datagrams of whole records, or a stream of
 * them.  Records go as they are, in the form of a file, into the log's lane.  While that
 * is full the socket is left alone: streams wait, and datagrams wait in its buffer as
 * long as there is room. */
#include "config.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "logserver/logServerInt.h"
#include "poll.h"
#include "sock.h"

enum {
    ROUNDS = 4,        /* readings before the worker looks at its other sockets */
    MALFORMED_RUN = 64 /* a stream that far off has lost its way for good */
};

/* What one reading brought. */
typedef struct Harvest {
    int64_t records, bytes, malformed;
} Harvest;

static void Account(WeirLogSession *s, const Harvest *h)
{
    WeirLogServer *server = s->server;
    WeirLogClientStats *shown = &s->row->shown;
    int64_t drops = s->stream ? 0 : WeirSockDrops(s->data.fd);
    pthread_mutex_lock(&server->lock);
    shown->records += h->records;
    shown->bytes += h->bytes;
    shown->malformed += h->malformed;
    server->totals.records += h->records;
    server->totals.bytes += h->bytes;
    server->totals.malformed += h->malformed;
    if (drops > s->dropsCounted) {
        server->totals.kernelDrops += drops - s->dropsCounted;
        shown->kernelDrops = s->dropsCounted = drops;
    }
    shown->logDropped = WeirLogFileDropped(s->file);
    pthread_mutex_unlock(&server->lock);
}

static void TakeRecord(WeirLogSession *s, const uint8_t *net, Harvest *h)
{
    uint8_t record[WEIR_ITG_RECORD_BYTES];
    if (WeirItgLogRecordDecode(net, record)) {
        WeirLogPutRaw(s->lane, record);
        h->records++;
        s->malformedRun = 0;
    } else {
        h->malformed++;
        s->malformedRun++;
    }
}

/* ------------------------------------------------------------ datagrams */

static void TakeDatagram(WeirLogSession *s, const WeirPacketIn *in, Harvest *h)
{
    size_t at;
    if (!WeirAddrSameHost(&in->from, &s->peer)) {
        atomic_fetch_add(&s->server->stray, 1);
        return;
    }
    for (at = 0; at + WEIR_ITG_RECORD_BYTES <= in->kept; at += WEIR_ITG_RECORD_BYTES)
        TakeRecord(s, in->data + at, h);
    h->malformed += at != in->len;
    h->bytes += in->len;
}

/* Answers whether more may be waiting. */
static bool ReadDatagrams(WeirLogSession *s, Harvest *h)
{
    WeirPacketIn *in;
    int i, n = WeirBatchRead(s->server->batch, s->data.fd, &in);
    for (i = 0; i < n; i++)
        TakeDatagram(s, &in[i], h);
    return n == WEIR_LOGSERVER_BATCH;
}

/* ------------------------------------------------------------ streams */

static void StreamFailed(WeirLogSession *s, const char *why)
{
    WeirErr reason;
    char peer[WEIR_ADDR_TEXT];
    WeirFail(&reason, WEIR_E_PARSE, "client %s %s", WeirAddrText(&s->peer, peer), why);
    WeirLogPortClose(s);
    WeirLogSessionDrain(s, &reason);
}

static void StreamEnded(WeirLogSession *s, Harvest *h)
{
    h->malformed += s->partLen > 0;
    WeirLogPortClose(s);
}

static bool ReadStream(WeirLogSession *s, Harvest *h)
{
    uint8_t *buffer = s->server->buffer;
    size_t at = 0, len;
    ssize_t n;
    memcpy(buffer, s->part, s->partLen);
    n = recv(s->data.fd, buffer + s->partLen, sizeof s->server->buffer - s->partLen, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        StreamEnded(s, h);
    if (n <= 0)
        return false;
    h->bytes += n;
    len = s->partLen + (size_t)n;
    for (; at + WEIR_ITG_RECORD_BYTES <= len; at += WEIR_ITG_RECORD_BYTES)
        TakeRecord(s, buffer + at, h);
    s->partLen = len - at;
    memcpy(s->part, buffer + at, s->partLen);
    if (s->malformedRun >= MALFORMED_RUN)
        StreamFailed(s, "sends what are no records");
    return s->data.fd >= 0;
}

/* ------------------------------------------------------------ ports */

/* Leave the socket alone for a while, or not any longer. */
static void Pause(WeirLogSession *s, bool pause)
{
    if (pause && !s->paused)
        WeirIoRemove(s->server->worker, &s->data);
    else if (!pause && s->paused &&
             WeirIoAdd(s->server->worker, &s->data, WEIR_POLL_IN, NULL) < 0)
        pause = true; /* no memory in the kernel: try again */
    s->paused = pause;
    if (pause)
        WeirLogSessionResumeLater(s);
}

void WeirLogPortRead(WeirLogSession *s)
{
    Harvest h = { 0, 0, 0 };
    bool more = true, full = false;
    int round;
    if (s->listening)
        return;
    for (round = 0; round < ROUNDS && more && !full; round++) {
        full = WeirLogLaneRoom(s->lane) < WEIR_LOGSERVER_BURST;
        if (!full)
            more = s->stream ? ReadStream(s, &h) : ReadDatagrams(s, &h);
    }
    if (s->data.fd >= 0)
        Pause(s, full);
    if (h.bytes > 0)
        s->lastNs = WeirMonoNs();
    if (h.bytes > 0 || h.malformed > 0 || s->draining)
        Account(s, &h);
    WeirLogSessionCheckFile(s);
}

static void DataReady(WeirIo *io, unsigned events)
{
    WeirLogPortRead(io->arg);
}

static void Connected(WeirListener *listener, int fd, const WeirAddr *from)
{
    WeirLogSession *s = listener->arg;
    if (!WeirAddrSameHost(from, &s->peer)) {
        atomic_fetch_add(&s->server->stray, 1);
        close(fd);
        return;
    }
    WeirLogPortClose(s); /* the listener: a log has one stream */
    s->data.fd = fd;
    s->data.ready = DataReady;
    if (WeirIoAdd(s->server->worker, &s->data, WEIR_POLL_IN, NULL) < 0) {
        close(fd);
        s->data.fd = -1;
    }
}

static void Starved(WeirListener *listener, const char *why)
{
    WeirLogSession *s = listener->arg;
    WeirLogServerStarved(s->server, why);
}

void WeirLogPortClose(WeirLogSession *s)
{
    if (s->data.fd >= 0) {
        if (s->listening)
            WeirListenerStop(&s->listener);
        else if (!s->paused)
            WeirIoRemove(s->server->worker, &s->data);
        close(s->data.fd);
    }
    s->data.fd = -1;
    s->paused = s->listening = false;
}

static int OpenOne(const WeirLogSession *s, const WeirAddr *local, WeirErr *err)
{
    WeirSockOpts opts = { .interface = s->server->interface,
                          .receiveBytes = s->stream ? 0 : s->server->bufferBytes,
                          .reuse = s->stream };
    return s->stream ? WeirSockListen(local, &opts, err)
                     : WeirSockOpen(local->sa.sa_family, SOCK_DGRAM, local, &opts, err);
}

/* On the address that the client reached the server at, at the next free port of the
 * range. */
int WeirLogPortOpen(WeirLogSession *s, WeirErr *err)
{
    WeirLogServer *server = s->server;
    unsigned ports = server->lastPort - server->firstPort + 1, tried;
    WeirAddr local = WeirSockLocal(s->signal.fd);
    int fd = -1, rc;
    WeirAddrUnmap(&local);
    for (tried = 0; fd < 0 && tried < ports; tried++) {
        WeirAddrSetPort(&local, server->firstPort + server->nextPort++ % ports);
        fd = OpenOne(s, &local, err);
        if (fd < 0 && err->sysErrno != EADDRINUSE)
            return fd;
    }
    if (fd < 0)
        return WeirFail(err, WEIR_E_LIMIT, "all data ports from %u to %u are in use",
                        server->firstPort, server->lastPort);
    s->data.fd = fd;
    s->data.ready = DataReady;
    s->listener.accepted = Connected;
    s->listener.starved = Starved;
    s->listener.arg = s;
    rc = s->stream ? WeirListenerStart(&s->listener, server->worker, fd, err)
                   : WeirIoAdd(server->worker, &s->data, WEIR_POLL_IN, err);
    if (rc < 0) {
        close(fd);
        s->data.fd = -1;
        return rc;
    }
    s->listening = s->stream;
    return (int)WeirAddrPort(&local);
}
