/* All of it runs in the log's own thread and may wait.
 *
 * Stock servers want care: they name a stream's port before they listen there, lose what
 * comes in batches larger than their own (50 records unless told otherwise), and leave
 * what they have not read when the end of the log is announced. */
#include "config.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "itg/logproto.h"
#include "logserver/logClient.h"
#include "sock.h"

#define ANSWER_NS  (5 * WEIR_NS_PER_S) /* for a connection, a greeting, a port */
#define LISTEN_NS  (2 * WEIR_NS_PER_S) /* for the port to be listened at */
#define SEND_NS    (2 * WEIR_NS_PER_S) /* for a stream to take a batch */
#define WRITTEN_NS (2 * WEIR_NS_PER_S) /* for the log to be complete */
enum {
    STREAM_RECORDS = 50,
    DATAGRAM_RECORDS = 10, /* fit an Ethernet frame */
    DATAGRAMS_AT_ONCE = 16,
    DATAGRAMS_PAUSE_US = 500, /* 300,000 records/s: stock buffers are small */
    LOST_DATAGRAMS = 3,       /* refused in a row: nobody is there */
    RETRY_US = 50000,
    SETTLE_US = 200000 /* for a stock server to read what has arrived */
};

typedef struct Client {
    WeirAddr server;
    WeirItgLogRequest request;
    int signal, data; /* -1: not open */
    int refused;      /* datagrams in a row */
    int sinceBreath;  /* datagrams */
} Client;

static int Gone(const Client *c, const char *what, WeirErr *err)
{
    char text[WEIR_ADDR_TEXT];
    return WeirFail(err, WEIR_E_PEER, "log server %s %s \"%.80s\"",
                    WeirAddrText(&c->server, text), what, c->request.name);
}

/* ------------------------------------------------------------ opening */

/* A connected socket that waits up to so long, or a class code. */
static int Connect(const WeirAddr *to, int type, int64_t waitNs, WeirErr *err)
{
    WeirSockOpts opts = { .noDelay = 1 };
    char text[WEIR_ADDR_TEXT];
    int fd = WeirSockOpen(to->sa.sa_family, type, NULL, &opts, err), rc;
    if (fd < 0)
        return fd;
    WeirSockWait(fd, waitNs);
    rc = WeirSockConnect(fd, to, err);
    if (rc == 0)
        return fd;
    if (rc > 0)
        rc = WeirFail(err, WEIR_E_TIMEOUT, "log server %s does not answer",
                      WeirAddrText(to, text));
    else
        rc = WeirFailErrno(err, err->sysErrno, "cannot reach log server %s",
                           WeirAddrText(to, text));
    close(fd);
    return rc;
}

static int Receive(const Client *c, uint8_t *bytes, size_t len, WeirErr *err)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = recv(c->signal, bytes + done, len - done, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return Gone(c, "does not answer the request for log", err);
        if (n <= 0)
            return Gone(c, "refused log", err);
        done += (size_t)n;
    }
    return WEIR_OK;
}

static int SendRequest(Client *c, bool stop)
{
    uint8_t bytes[WEIR_ITGLOG_REQUEST_BYTES];
    c->request.stop = stop;
    WeirItgLogRequestEncode(&c->request, bytes);
    return send(c->signal, bytes, sizeof bytes, MSG_NOSIGNAL) == sizeof bytes;
}

static int AskForPort(Client *c, unsigned *port, WeirErr *err)
{
    uint8_t greeting, answer[WEIR_ITGLOG_PORT_BYTES];
    int rc;
    c->signal = Connect(&c->server, SOCK_STREAM, ANSWER_NS, err);
    if (c->signal < 0)
        return c->signal;
    rc = Receive(c, &greeting, 1, err);
    if (rc == 0 && greeting != WEIR_ITGLOG_GREETING)
        rc = Gone(c, "does not speak ITGLog's language when asked for log", err);
    if (rc == 0 && !SendRequest(c, false))
        rc = Gone(c, "refused log", err);
    if (rc == 0)
        rc = Receive(c, answer, sizeof answer, err);
    return rc < 0 ? rc : WeirItgLogPortDecode(answer, port, err);
}

static int Open(void *arg, WeirErr *err)
{
    Client *c = arg;
    bool stream = c->request.protocol == WEIR_ITG_TCP;
    int64_t until;
    WeirAddr to = c->server;
    unsigned port = 0;
    int rc = AskForPort(c, &port, err);
    if (rc < 0)
        return rc;
    WeirAddrSetPort(&to, port);
    until = WeirMonoNs() + LISTEN_NS;
    while ((c->data = Connect(&to, stream ? SOCK_STREAM : SOCK_DGRAM, SEND_NS, err)) <
               0 &&
           err->sysErrno == ECONNREFUSED && WeirMonoNs() < until)
        usleep(RETRY_US);
    return c->data < 0 ? c->data : WEIR_OK;
}

/* ------------------------------------------------------------ records */

/* Whether the server is still there: it says nothing more until the end. */
static bool Alive(const Client *c)
{
    uint8_t byte;
    ssize_t n = recv(c->signal, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* All of it in time: a server that takes a byte now and then does not count as one. */
static bool SendStream(Client *c, const uint8_t *bytes, size_t len)
{
    int64_t until = WeirMonoNs() + SEND_NS;
    size_t done = 0;
    while (done < len && WeirMonoNs() < until) {
        ssize_t n = send(c->data, bytes + done, len - done, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return done == len;
}

/* A refusal tells of an earlier datagram: this one may go once more. */
static bool SendDatagram(Client *c, const uint8_t *bytes, size_t len)
{
    if (++c->sinceBreath >= DATAGRAMS_AT_ONCE) {
        c->sinceBreath = 0;
        usleep(DATAGRAMS_PAUSE_US);
    }
    while (send(c->data, bytes, len, MSG_NOSIGNAL) < 0) {
        if (errno == ECONNREFUSED && ++c->refused < LOST_DATAGRAMS)
            continue;
        if (errno != EINTR)
            return false;
    }
    c->refused = 0;
    return true;
}

static size_t Put(void *arg, const uint8_t *records, size_t count, WeirErr *err)
{
    Client *c = arg;
    bool stream = c->request.protocol == WEIR_ITG_TCP;
    uint8_t net[STREAM_RECORDS * WEIR_ITG_RECORD_BYTES];
    size_t most = stream ? STREAM_RECORDS : DATAGRAM_RECORDS, done = 0, n, i;
    bool well = Alive(c);
    while (well && done < count) {
        n = count - done < most ? count - done : most;
        for (i = 0; i < n; i++)
            WeirItgLogRecordEncode(records + (done + i) * WEIR_ITG_RECORD_BYTES,
                                   net + i * WEIR_ITG_RECORD_BYTES);
        well = stream ? SendStream(c, net, n * WEIR_ITG_RECORD_BYTES)
                      : SendDatagram(c, net, n * WEIR_ITG_RECORD_BYTES);
        if (well)
            done += n;
    }
    if (!well)
        Gone(c, "takes no more records of log", err);
    return done;
}

/* ------------------------------------------------------------ the end */

/* What was sent has arrived, and even a stock server has had the time to read it. */
static void AwaitArrival(const Client *c)
{
    int64_t until = WeirMonoNs() + SEND_NS;
    while (WeirSockUnsent(c->data) > 0 && WeirMonoNs() < until)
        usleep(RETRY_US / 10);
    usleep(SETTLE_US);
}

/* End the log and hear what the server says of it.  A stock one says nothing, nor does it
 * always hang up. */
static int AwaitEnd(Client *c, WeirErr *err)
{
    int64_t until = WeirMonoNs() + WRITTEN_NS; /* also of one that goes on talking */
    uint8_t byte, last = 0;
    bool asked;
    WeirSockWait(c->signal, WRITTEN_NS);
    asked = SendRequest(c, true);
    while (recv(c->signal, &byte, 1, 0) > 0 && WeirMonoNs() < until)
        last = byte;
    if (last == WEIR_ITGLOG_LACKING)
        return Gone(c, "could not write all records of log", err);
    if (!asked && last != WEIR_ITGLOG_COMPLETE)
        return Gone(c, "went away before the end of log", err);
    return WEIR_OK;
}

static int Close(void *arg, WeirErr *err)
{
    Client *c = arg;
    int rc = WEIR_OK;
    if (c->data >= 0) {
        AwaitArrival(c);
        close(c->data);
        rc = AwaitEnd(c, err);
    }
    if (c->signal >= 0)
        close(c->signal);
    free(c);
    return rc;
}

static int CheckName(const char *name, WeirErr *err)
{
    if (*name && strlen(name) < WEIR_ITG_NAME_BYTES)
        return WEIR_OK;
    return WeirFail(err, WEIR_E_ARG, "a log's name on a log server has 1 to %d bytes",
                    WEIR_ITG_NAME_BYTES - 1);
}

int WeirLogClientOpen(const WeirAddr *server, int protocol, const char *name,
                      WeirLog **out, WeirErr *err)
{
    static const WeirLogSink sink = { Open, Put, Close };
    Client *c;
    char text[WEIR_ADDR_TEXT], what[WEIR_ADDR_TEXT + WEIR_ITG_NAME_BYTES + 40];
    int rc = CheckName(name, err);
    *out = NULL;
    if (rc < 0)
        return rc;
    c = calloc(1, sizeof *c);
    if (!c)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    c->server = *server;
    c->signal = c->data = -1;
    c->request.protocol = protocol;
    snprintf(c->request.name, sizeof c->request.name, "%s", name);
    snprintf(what, sizeof what, "log %s by %s on %s", name,
             protocol == WEIR_ITG_TCP ? "TCP" : "UDP", WeirAddrText(server, text));
    rc = WeirLogOpenSink(&sink, c, what, out, err);
    if (rc != 0) /* or shared */
        free(c);
    return rc < 0 ? rc : WEIR_OK;
}

int WeirLogPlaceCheck(const char *server, const char *name, int format, WeirErr *err)
{
    if (!server)
        return WEIR_OK;
    if (!name)
        return WeirFail(err, WEIR_E_ARG, "-logserver needs -log, the file's name there");
    if (format != WEIR_LOG_ITG)
        return WeirFail(err, WEIR_E_ARG,
                        "-logserver takes records of D-ITG only: use -logformat itg");
    return CheckName(name, err);
}

int WeirLogPlaceOpen(const char *server, int by, const char *name, int format,
                     uint64_t seed, const void *owner, WeirLog **out, WeirErr *err)
{
    WeirAddr addr;
    if (!server)
        return WeirLogOpen(name, (WeirLogFormat)format, seed, owner, out, err);
    if (WeirAddrParse(server, AF_UNSPEC, WEIR_ITGLOG_PORT, &addr, err) < 0)
        return err->code;
    return WeirLogClientOpen(&addr, by == WEIR_LOG_BY_TCP ? WEIR_ITG_TCP : WEIR_ITG_UDP,
                             name, out, err);
}
