/* One connected datagram socket on the control worker.  Commands are waited for in the
 * order in which they were sent, each until the notice of its end. */
#include "config.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/addr.h"
#include "base/clock.h"
#include "itg/command.h"
#include "poll.h"
#include "remote/remote.h"
#include "sock.h"

enum {
    MAX_OPEN = 10000,     /* commands that are waited for */
    STOCK_COMMANDS = 399, /* that an ITGSend -Q takes in its life */
    NOTICES_AT_ONCE = 64
};

/* A command whose end is waited for. */
typedef struct Command {
    struct Command *next;
    int number;
    bool answered;
    int64_t dueNs; /* for the first notice */
    size_t length;
    char line[];
} Command;

struct WeirRemote {
    /* Fixed by New. */
    WeirWorker *worker;
    WeirAddr daemon;
    int64_t answerNs;
    /* The worker. */
    WeirIo io;
    WeirTimer timer; /* the earliest dueNs */
    Command *first, **last;
    int count, number;
    /* Any thread. */
    atomic_bool stock; /* its notices are ITGSend's */
    atomic_llong sent, started, finished, failed, unexpected, malformed;
    pthread_mutex_t lock; /* guards the rest */
    WeirEventQueue *queue;
    void *owner;
};

static void FreeRemote(WeirRemote *r)
{
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static void Post(WeirRemote *r, int kind, int detail, const char *text)
{
    pthread_mutex_lock(&r->lock);
    if (r->queue && r->owner)
        WeirEventPost(r->queue, r->owner, kind, detail, text);
    pthread_mutex_unlock(&r->lock);
}

static const char *DaemonText(const WeirRemote *r, char *buf)
{
    return WeirAddrText(&r->daemon, buf);
}

/* ------------------------------------------------------------ ends of commands */

/* Set the timer for the first command that is not answered. */
static void Expect(WeirRemote *r)
{
    const Command *c;
    for (c = r->first; c && c->answered; c = c->next)
        continue;
    if (c)
        WeirTimerSet(r->worker, &r->timer, c->dueNs);
    else
        WeirTimerStop(r->worker, &r->timer);
}

static void Drop(WeirRemote *r, Command **link)
{
    Command *c = *link;
    *link = c->next;
    if (!c->next)
        r->last = link;
    r->count--;
    free(c);
}

static void EndCommand(WeirRemote *r, Command **link, int kind, const char *reason)
{
    int number = (*link)->number;
    Drop(r, link);
    atomic_fetch_add(kind == WEIR_REMOTE_EV_FINISHED ? &r->finished : &r->failed, 1);
    Post(r, kind, number, reason);
}

static void AnswerOverdue(WeirTimer *timer, int64_t nowNs)
{
    WeirRemote *r = timer->arg;
    Command **link = &r->first;
    char reason[300], daemon[WEIR_ADDR_TEXT];
    snprintf(reason, sizeof reason,
             "no answer from a daemon at %s within %g s: nobody is there, or the command "
             "or its answer was lost, so the flow may run (the command is not repeated)",
             DaemonText(r, daemon), (double)r->answerNs / WEIR_NS_PER_S);
    while (*link)
        if (!(*link)->answered && (*link)->dueNs <= nowNs)
            EndCommand(r, link, WEIR_REMOTE_EV_UNANSWERED, reason);
        else
            link = &(*link)->next;
    Expect(r);
}

/* ------------------------------------------------------------ notices */

static void Started(WeirRemote *r, Command *c)
{
    c->answered = true;
    atomic_fetch_add(&r->started, 1);
    Post(r, WEIR_REMOTE_EV_STARTED, c->number, NULL);
    Expect(r);
}

/* The oldest command that the notice is about, which for the notice of a beginning is one
 * without an answer.  Notices need not bear the whole text. */
static Command **FindCommand(WeirRemote *r, const WeirItgNotice *n)
{
    Command **link;
    size_t shown = strlen(n->text);
    for (link = &r->first; *link; link = &(*link)->next)
        if ((*link)->length == n->length && strncmp((*link)->line, n->text, shown) == 0 &&
            !((*link)->answered && n->type == WEIR_ITG_STARTED))
            return link;
    return NULL;
}

static void TakeNotice(WeirRemote *r, const void *data, size_t len)
{
    WeirItgNotice n;
    Command **link;
    if (WeirItgNoticeDecode(data, len, &n, NULL) < 0) {
        atomic_fetch_add(&r->malformed, 1);
        return;
    }
    if (n.layout == WEIR_ITG_LAYOUT_STOCK)
        atomic_store(&r->stock, true);
    link = FindCommand(r, &n);
    if (!link) {
        atomic_fetch_add(&r->unexpected, 1);
        return;
    }
    if (!(*link)->answered)
        Started(r, *link); /* also when that notice got lost */
    if (n.type == WEIR_ITG_ENDED)
        EndCommand(r, link, n.reason[0] ? WEIR_REMOTE_EV_FAILED : WEIR_REMOTE_EV_FINISHED,
                   n.reason);
}

/* What the daemon's host refuses: nobody listens there. */
static void Refused(WeirRemote *r, int why)
{
    char reason[300], daemon[WEIR_ADDR_TEXT], text[96];
    snprintf(reason, sizeof reason, "there is no daemon at %s (any more): %s",
             DaemonText(r, daemon), strerror_r(why, text, sizeof text));
    while (r->first)
        EndCommand(r, &r->first, WEIR_REMOTE_EV_FAILED, reason);
    Expect(r);
}

static void Ready(WeirIo *io, unsigned events)
{
    WeirRemote *r = io->arg;
    uint8_t bytes[WEIR_ITG_NOTICE_ROOM];
    ssize_t n = 0;
    int round;
    for (round = 0; round < NOTICES_AT_ONCE; round++) {
        n = recv(io->fd, bytes, sizeof bytes, 0);
        if (n < 0)
            break;
        TakeNotice(r, bytes, (size_t)n);
    }
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        Refused(r, errno);
}

/* ------------------------------------------------------------ commands */

typedef struct SendCall {
    WeirRemote *remote;
    const char *line;
    WeirErr *err;
    int rc;
} SendCall;

static int MaySend(const WeirRemote *r, WeirErr *err)
{
    char daemon[WEIR_ADDR_TEXT];
    if (r->count >= MAX_OPEN)
        return WeirFail(err, WEIR_E_LIMIT, "%d commands are waited for already",
                        MAX_OPEN);
    if (r->number >= STOCK_COMMANDS && atomic_load(&r->stock))
        return WeirFail(err, WEIR_E_LIMIT,
                        "the daemon at %s is an ITGSend, which takes only %d commands in "
                        "its life: start another one",
                        DaemonText(r, daemon), STOCK_COMMANDS);
    return WEIR_OK;
}

/* With an end of line: without one ITGSend may read on in what is left of the command
 * before. */
static int SendLine(WeirRemote *r, const Command *c, WeirErr *err)
{
    char datagram[WEIR_ITG_COMMAND_MAX + 2], daemon[WEIR_ADDR_TEXT];
    size_t len = (size_t)snprintf(datagram, sizeof datagram, "%s\n", c->line);
    ssize_t n = send(r->io.fd, datagram, len, MSG_NOSIGNAL);
    if (n < 0 && errno == ECONNREFUSED) { /* which an earlier command was */
        Refused(r, errno);
        n = send(r->io.fd, datagram, len, MSG_NOSIGNAL);
    }
    return n < 0 ? WeirFailErrno(err, errno, "cannot send a command to %s",
                                 DaemonText(r, daemon))
                 : WEIR_OK;
}

static void SendOnWorker(void *arg)
{
    SendCall *call = arg;
    WeirRemote *r = call->remote;
    size_t len = strlen(call->line);
    Command *c;
    call->rc = MaySend(r, call->err);
    if (call->rc < 0)
        return;
    c = calloc(1, sizeof *c + len + 1);
    if (!c) {
        call->rc = WeirFail(call->err, WEIR_E_MEMORY, "out of memory");
        return;
    }
    memcpy(c->line, call->line, len);
    c->length = len;
    call->rc = SendLine(r, c, call->err);
    if (call->rc < 0) {
        free(c);
        return;
    }
    c->number = call->rc = ++r->number;
    c->dueNs = WeirMonoNs() + r->answerNs;
    *r->last = c;
    r->last = &c->next;
    r->count++;
    atomic_fetch_add(&r->sent, 1);
    Expect(r);
}

int WeirRemoteSend(WeirRemote *r, const char *line, WeirErr *err)
{
    char plain[WEIR_ITG_COMMAND_MAX + 1];
    SendCall call = { r, plain, err, 0 };
    if (strpbrk(line, "\r\n"))
        return WeirFail(err, WEIR_E_ARG,
                        "a command is one line, the options of one flow");
    if (WeirItgCommandDecode(line, strlen(line), plain, err) < 0) {
        err->code = WEIR_E_ARG;
        return WEIR_E_ARG;
    }
    WeirWorkerCall(r->worker, SendOnWorker, &call);
    return call.rc;
}

/* ------------------------------------------------------------ life */

/* Of a host that has both, the IPv4 address: stock managers know no other, and daemons of
 * either kind may listen there alone. */
static int ParseSpec(const WeirRemoteSpec *spec, WeirAddr *daemon, WeirAddr *local,
                     WeirErr *err)
{
    local->sa.sa_family = AF_UNSPEC;
    if (!spec->to)
        return WeirFail(err, WEIR_E_ARG,
                        "a remote has no daemon to command: give -to HOST or HOST:PORT");
    if (WeirAddrParse(spec->to, AF_INET, WEIR_ITG_DAEMON_PORT, daemon, err) < 0 &&
        WeirAddrParse(spec->to, AF_UNSPEC, WEIR_ITG_DAEMON_PORT, daemon, err) < 0)
        return err->code;
    if (WeirAddrIsAny(daemon) || WeirAddrPort(daemon) == 0)
        return WeirFail(err, WEIR_E_ARG, "-to %.80s is not the address of a daemon",
                        spec->to);
    return spec->bind ? WeirAddrParse(spec->bind, daemon->sa.sa_family, 0, local, err)
                      : WEIR_OK;
}

int WeirRemoteSpecCheck(const WeirRemoteSpec *spec, WeirErr *err)
{
    WeirAddr daemon, local;
    return ParseSpec(spec, &daemon, &local, err);
}

static int OpenSocket(WeirRemote *r, const WeirAddr *local, WeirErr *err)
{
    WeirSockOpts opts = { 0 };
    int fd = WeirSockOpen(r->daemon.sa.sa_family, SOCK_DGRAM, local, &opts, err);
    if (fd < 0)
        return fd;
    if (WeirSockConnect(fd, &r->daemon, err) < 0) {
        close(fd);
        return err->code;
    }
    r->io.fd = fd;
    return WEIR_OK;
}

static void WatchOnWorker(void *arg)
{
    SendCall *call = arg;
    WeirRemote *r = call->remote;
    call->rc = WeirIoAdd(r->worker, &r->io, WEIR_POLL_IN, call->err);
}

int WeirRemoteNew(WeirEngine *engine, const WeirRemoteSpec *spec, WeirEventQueue *queue,
                  void *owner, WeirRemote **out, WeirErr *err)
{
    WeirRemote *r = calloc(1, sizeof *r);
    WeirAddr local;
    SendCall call = { r, NULL, err, 0 };
    if (!r)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    pthread_mutex_init(&r->lock, NULL);
    r->worker = WeirEngineControl(engine);
    r->answerNs = spec->answerNs;
    r->queue = queue;
    r->owner = owner;
    r->last = &r->first;
    r->io.fd = -1;
    r->io.ready = Ready;
    r->timer.fire = AnswerOverdue;
    r->io.arg = r->timer.arg = r;
    call.rc = ParseSpec(spec, &r->daemon, &local, err);
    if (call.rc == 0)
        call.rc = OpenSocket(r, &local, err);
    if (call.rc == 0)
        WeirWorkerCall(r->worker, WatchOnWorker, &call);
    if (call.rc < 0) {
        if (r->io.fd >= 0)
            close(r->io.fd);
        FreeRemote(r);
        return call.rc;
    }
    *out = r;
    return WEIR_OK;
}

static void ReleaseOnWorker(void *arg)
{
    WeirRemote *r = arg;
    WeirTimerStop(r->worker, &r->timer);
    WeirIoRemove(r->worker, &r->io);
    close(r->io.fd);
    while (r->first)
        Drop(r, &r->first);
    FreeRemote(r);
}

void WeirRemoteRelease(WeirRemote *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->owner = NULL;
    pthread_mutex_unlock(&r->lock);
    WeirWorkerPost(r->worker, ReleaseOnWorker, r);
}

void WeirRemoteGetStats(WeirRemote *r, WeirRemoteStats *out)
{
    WeirAddr local = WeirSockLocal(r->io.fd);
    WeirAddrText(&local, out->local);
    WeirAddrText(&r->daemon, out->daemon);
    out->sent = atomic_load(&r->sent);
    out->started = atomic_load(&r->started);
    out->finished = atomic_load(&r->finished);
    out->failed = atomic_load(&r->failed);
    out->unexpected = atomic_load(&r->unexpected);
    out->malformed = atomic_load(&r->malformed);
}
