/* One datagram socket on the control worker.  Commands that are not finished are kept
 * with the address of the one who sent them, to whom their notices go. */
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
#include "base/keytab.h"
#include "batch.h"
#include "itg/command.h"
#include "poll.h"
#include "remote/daemon.h"
#include "sock.h"

enum { MAX_NETS = 64, BATCH = 16, ROUNDS = 4, DATAGRAM_ROOM = 2048 };

/* A command that is not finished. */
typedef struct Command {
    WeirKeyLink byNumber;
    WeirAddr client;
    char line[];
} Command;

struct WeirDaemon {
    atomic_int refs;
    /* Fixed by New. */
    WeirWorker *worker;
    WeirAddr listenAddr;
    WeirAddrNet nets[MAX_NETS];
    int netCount, atOnce;
    WeirItgLayout layout;
    /* The worker. */
    WeirIo io; /* io.fd < 0: closed */
    bool reading;
    WeirBatch *batch;
    WeirKeyTab open;
    /* Any thread. */
    atomic_int number, active;
    atomic_llong refused, strangers, malformed, unsent;
    pthread_mutex_t lock; /* guards the rest */
    WeirEventQueue *queue;
    void *owner;
    WeirAddr shownListen;
};

WeirDaemon *WeirDaemonRef(WeirDaemon *d)
{
    atomic_fetch_add(&d->refs, 1);
    return d;
}

void WeirDaemonUnref(WeirDaemon *d)
{
    if (!d || atomic_fetch_sub(&d->refs, 1) != 1)
        return;
    WeirBatchFree(d->batch);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

static void Post(WeirDaemon *d, int kind, int detail, const char *text)
{
    pthread_mutex_lock(&d->lock);
    if (d->queue && d->owner)
        WeirEventPost(d->queue, d->owner, kind, detail, text);
    pthread_mutex_unlock(&d->lock);
}

/* ------------------------------------------------------------ options */

/* Fills address and networks, those of loopback when none are named: how many. */
static int ParseSpec(const WeirDaemonSpec *spec, WeirAddr *listenAddr,
                     WeirAddrNet nets[MAX_NETS], WeirErr *err)
{
    int count = WeirAddrNetsParse(spec->allow, nets, MAX_NETS, err);
    if (count < 0 || WeirAddrParse(spec->listen ? spec->listen : "127.0.0.1", AF_UNSPEC,
                                   WEIR_ITG_DAEMON_PORT, listenAddr, err) < 0)
        return err->code;
    if (count > 0)
        return count;
    if (!WeirAddrIsLoopback(listenAddr))
        return WeirFail(err, WEIR_E_ARG,
                        "a daemon that listens on %.80s wants a list of those who may "
                        "command it: give -allow, or listen on 127.0.0.1 or ::1",
                        spec->listen);
    return WeirAddrNetsParse("127.0.0.0/8 ::1", nets, MAX_NETS, err);
}

int WeirDaemonSpecCheck(const WeirDaemonSpec *spec, WeirErr *err)
{
    WeirAddrNet nets[MAX_NETS];
    WeirAddr addr;
    int rc = ParseSpec(spec, &addr, nets, err);
    return rc < 0 ? rc : WEIR_OK;
}

int WeirDaemonNew(WeirEngine *engine, const WeirDaemonSpec *spec, WeirEventQueue *queue,
                  void *owner, WeirDaemon **out, WeirErr *err)
{
    WeirDaemon *d = calloc(1, sizeof *d);
    int rc;
    if (!d)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    atomic_init(&d->refs, 1);
    pthread_mutex_init(&d->lock, NULL);
    d->worker = WeirEngineControl(engine);
    d->queue = queue;
    d->owner = owner;
    d->io.fd = -1;
    d->atOnce = spec->atOnce;
    d->layout = (WeirItgLayout)spec->layout;
    d->batch = WeirBatchNew(BATCH, DATAGRAM_ROOM);
    rc = d->batch ? ParseSpec(spec, &d->listenAddr, d->nets, err)
                  : WeirFail(err, WEIR_E_MEMORY, "out of memory");
    if (rc < 0) {
        WeirDaemonUnref(d);
        return rc;
    }
    d->netCount = rc;
    *out = d;
    return WEIR_OK;
}

/* ------------------------------------------------------------ notices */

static void Notify(WeirDaemon *d, const WeirAddr *to, int type, const char *line,
                   const char *reason)
{
    uint8_t bytes[WEIR_ITG_NOTICE_ROOM];
    struct iovec piece = { .iov_base = bytes };
    WeirItgNotice n = { .type = type, .layout = d->layout };
    snprintf(n.text, sizeof n.text, "%s", line);
    snprintf(n.reason, sizeof n.reason, "%s", reason ? reason : "");
    piece.iov_len = WeirItgNoticeEncode(&n, bytes);
    if (WeirBatchSendTo(d->io.fd, &piece, 1, to, 0) < 0)
        atomic_fetch_add(&d->unsent, 1);
}

/* ------------------------------------------------------------ commands */

/* A command that is not carried out: both notices, so that whoever waits for either goes
 * on. */
static void Refuse(WeirDaemon *d, const WeirAddr *client, const char *line,
                   const char *reason)
{
    atomic_fetch_add(&d->refused, 1);
    Notify(d, client, WEIR_ITG_STARTED, line, NULL);
    Notify(d, client, WEIR_ITG_ENDED, line, reason);
}

static void Accept(WeirDaemon *d, const WeirAddr *client, const char *line)
{
    char reason[80], text[WEIR_ADDR_TEXT + WEIR_ITG_COMMAND_MAX + 2];
    Command *command = NULL;
    int number;
    if (atomic_load(&d->active) < d->atOnce)
        command = calloc(1, sizeof *command + strlen(line) + 1);
    if (!command) {
        snprintf(reason, sizeof reason, "the daemon carries out %d commands already",
                 atomic_load(&d->active));
        Refuse(d, client, line, reason);
        return;
    }
    number = atomic_fetch_add(&d->number, 1) + 1;
    atomic_fetch_add(&d->active, 1);
    command->client = *client;
    strcpy(command->line, line);
    WeirKeyTabAdd(&d->open, &command->byNumber, (uint64_t)number, command);
    Notify(d, client, WEIR_ITG_STARTED, line, NULL);
    WeirAddrText(client, text);
    snprintf(text + strlen(text), sizeof text - strlen(text), " %s", line);
    Post(d, WEIR_DAEMON_EV_COMMAND, number, text);
}

static void TakeDatagram(WeirDaemon *d, const WeirPacketIn *in)
{
    char line[WEIR_ITG_COMMAND_MAX + 1] = "";
    WeirErr err;
    int rc;
    if (!WeirAddrNetsHave(d->nets, d->netCount, &in->from) ||
        WeirAddrPort(&in->from) == 0) {
        atomic_fetch_add(&d->strangers, 1);
        return;
    }
    rc = WeirItgCommandDecode(in->data, in->kept, line, &err);
    if (rc == WEIR_OK)
        Accept(d, &in->from, line);
    else if (rc == WEIR_E_LIMIT)
        Refuse(d, &in->from, line, err.text);
    else
        atomic_fetch_add(&d->malformed, 1);
}

static void Ready(WeirIo *io, unsigned events)
{
    WeirDaemon *d = io->arg;
    WeirPacketIn *in;
    int i, n = BATCH, round;
    for (round = 0; round < ROUNDS && n == BATCH; round++) {
        n = WeirBatchRead(d->batch, io->fd, &in);
        for (i = 0; i < n; i++)
            TakeDatagram(d, &in[i]);
    }
}

/* ------------------------------------------------------------ starting and stopping */

typedef struct StartCall {
    WeirDaemon *daemon;
    WeirErr *err;
    int rc;
} StartCall;

static void StartOnWorker(void *arg)
{
    StartCall *call = arg;
    WeirDaemon *d = call->daemon;
    WeirSockOpts opts = { 0 };
    char text[WEIR_ADDR_TEXT];
    int fd;
    if (d->io.fd >= 0) {
        call->rc = WeirFail(call->err, WEIR_E_STATE, "the daemon %s %s",
                            d->reading ? "listens already on" : "still stops on",
                            WeirAddrText(&d->shownListen, text));
        return;
    }
    fd = WeirSockOpen(d->listenAddr.sa.sa_family, SOCK_DGRAM, &d->listenAddr, &opts,
                      call->err);
    call->rc = fd < 0 ? fd : WEIR_OK;
    if (fd < 0)
        return;
    d->io.fd = fd;
    d->io.ready = Ready;
    d->io.arg = d;
    call->rc = WeirIoAdd(d->worker, &d->io, WEIR_POLL_IN, call->err);
    if (call->rc < 0) {
        close(fd);
        d->io.fd = -1;
        return;
    }
    d->reading = true;
    pthread_mutex_lock(&d->lock);
    d->shownListen = WeirSockLocal(fd);
    pthread_mutex_unlock(&d->lock);
}

int WeirDaemonStart(WeirDaemon *d, WeirErr *err)
{
    StartCall call = { d, err, WEIR_OK };
    WeirWorkerCall(d->worker, StartOnWorker, &call);
    return call.rc;
}

/* The socket stays open for the notices of what is not finished. */
static void CloseWhenDone(WeirDaemon *d)
{
    if (d->reading || d->io.fd < 0 || d->open.count > 0)
        return;
    close(d->io.fd);
    d->io.fd = -1;
    pthread_mutex_lock(&d->lock);
    memset(&d->shownListen, 0, sizeof d->shownListen);
    pthread_mutex_unlock(&d->lock);
    Post(d, WEIR_DAEMON_EV_IDLE, 0, NULL);
}

static void StopReading(WeirDaemon *d)
{
    if (d->reading)
        WeirIoRemove(d->worker, &d->io);
    d->reading = false;
}

/* Consumes the posted reference. */
static void StopOnWorker(void *arg)
{
    WeirDaemon *d = arg;
    StopReading(d);
    CloseWhenDone(d);
    WeirDaemonUnref(d);
}

void WeirDaemonStop(WeirDaemon *d)
{
    WeirWorkerPost(d->worker, StopOnWorker, WeirDaemonRef(d));
}

typedef struct FinishCall {
    WeirDaemon *daemon;
    int number;
    char reason[];
} FinishCall;

static void FinishOnWorker(void *arg)
{
    FinishCall *call = arg;
    WeirDaemon *d = call->daemon;
    Command *command = WeirKeyTabFind(&d->open, (uint64_t)call->number);
    if (command) {
        Notify(d, &command->client, WEIR_ITG_ENDED, command->line, call->reason);
        WeirKeyTabRemove(&d->open, &command->byNumber);
        free(command);
        atomic_fetch_sub(&d->active, 1);
        CloseWhenDone(d);
    }
    WeirDaemonUnref(d);
    free(call);
}

void WeirDaemonFinish(WeirDaemon *d, int number, const char *reason)
{
    FinishCall *call;
    size_t len = reason ? strlen(reason) : 0;
    while (!(call = calloc(1, sizeof *call + len + 1)))
        usleep(1000);
    call->daemon = WeirDaemonRef(d);
    call->number = number;
    if (len > 0)
        memcpy(call->reason, reason, len);
    WeirWorkerPost(d->worker, FinishOnWorker, call);
}

bool WeirDaemonIdle(WeirDaemon *d)
{
    bool closed;
    pthread_mutex_lock(&d->lock);
    closed = d->shownListen.sa.sa_family == AF_UNSPEC;
    pthread_mutex_unlock(&d->lock);
    return closed;
}

static void ReleaseOnWorker(void *arg)
{
    WeirDaemon *d = arg;
    Command *command;
    int number;
    StopReading(d);
    for (number = atomic_load(&d->number); d->open.count > 0 && number > 0; number--)
        if ((command = WeirKeyTabFind(&d->open, (uint64_t)number))) {
            WeirKeyTabRemove(&d->open, &command->byNumber);
            free(command);
        }
    WeirKeyTabFree(&d->open);
    if (d->io.fd >= 0)
        close(d->io.fd);
    d->io.fd = -1;
    WeirDaemonUnref(d);
}

void WeirDaemonRelease(WeirDaemon *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->owner = NULL;
    pthread_mutex_unlock(&d->lock);
    WeirWorkerPost(d->worker, ReleaseOnWorker, d);
}

void WeirDaemonGetStats(WeirDaemon *d, WeirDaemonStats *out)
{
    memset(out, 0, sizeof *out);
    pthread_mutex_lock(&d->lock);
    WeirAddrText(&d->shownListen, out->listenAddr);
    pthread_mutex_unlock(&d->lock);
    out->listening = out->listenAddr[0] != 0;
    out->commands = atomic_load(&d->number);
    out->active = atomic_load(&d->active);
    out->refused = atomic_load(&d->refused);
    out->strangers = atomic_load(&d->strangers);
    out->malformed = atomic_load(&d->malformed);
    out->unsent = atomic_load(&d->unsent);
}
