/* The log server's dialogue with one client: greeting, request, data port, the end.
 *
 * Whatever becomes readable on the signalling after the request ends the log, as with the
 * stock server.  What the client sent before is still read; then, once all of it is in
 * the file, the server says so and closes the connection, so that a client which cares
 * can wait for that.  When the file fails, it does the same at once. */
#include "config.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "logserver/logName.h"
#include "logserver/logServerInt.h"
#include "poll.h"
#include "sock.h"

#define REQUEST_NS      (10 * WEIR_NS_PER_S)
#define DATAGRAM_END_NS WEIR_NS_PER_S        /* a source that never falls silent */
#define STREAM_END_NS   (10 * WEIR_NS_PER_S) /* a stream may have much in its buffers */
#define LOG_LIMIT_NS    (2 * WEIR_NS_PER_S)  /* a disk that does not come back */
#define LOOK_NS         (10 * WEIR_NS_PER_MS)
#define RESUME_NS       (5 * WEIR_NS_PER_MS)
#define OPEN_LOOK_NS    (2 * WEIR_NS_PER_MS)
enum {
    KEEPALIVE_S = 30,
    UNREAD_ROUNDS = 64,
    MAX_FILES = 400 /* open at a time: each has a thread and a lane of records */
};

struct WeirLogFile {
    WeirLogFile *next;
    char *path;
    WeirLog *log;
    int users;
};

/* ------------------------------------------------------------ files */

/* One more user of a file that is open already, or NULL. */
static WeirLogFile *FileShare(const WeirLogServer *server, const char *path)
{
    WeirLogFile *f = server->files;
    while (f && strcmp(f->path, path) != 0)
        f = f->next;
    if (f)
        f->users++;
    return f;
}

/* The file of a log that was opened, which it consumes. */
static WeirLogFile *FileNew(WeirLogServer *server, const char *path, WeirLog *log,
                            WeirErr *err)
{
    WeirLogFile *f;
    int open = 0;
    for (f = server->files; f; f = f->next)
        open++;
    f = calloc(1, sizeof *f);
    if (f)
        f->path = strdup(path);
    if (!f || !f->path || open >= MAX_FILES) {
        if (open >= MAX_FILES)
            WeirFail(err, WEIR_E_LIMIT, "%d logs are open", MAX_FILES);
        else
            WeirFail(err, WEIR_E_MEMORY, "out of memory");
        WeirLogLeave(log);
        if (f)
            free(f->path);
        free(f);
        return NULL;
    }
    f->log = log;
    f->users = 1;
    pthread_mutex_lock(&server->lock);
    f->next = server->files;
    server->files = f;
    pthread_mutex_unlock(&server->lock);
    return f;
}

static void FileRelease(WeirLogServer *server, WeirLogFile *f)
{
    WeirLogFile **link;
    if (--f->users > 0)
        return;
    pthread_mutex_lock(&server->lock);
    for (link = &server->files; *link != f; link = &(*link)->next)
        continue;
    *link = f->next;
    server->totals.logDropped += WeirLogDropped(f->log);
    pthread_mutex_unlock(&server->lock);
    WeirLogLeave(f->log);
    free(f->path);
    free(f);
}

int64_t WeirLogFileDropped(const WeirLogFile *f)
{
    return WeirLogDropped(f->log);
}

int64_t WeirLogFilesDropped(const WeirLogServer *server)
{
    const WeirLogFile *f;
    int64_t sum = 0;
    for (f = server->files; f; f = f->next)
        sum += WeirLogDropped(f->log);
    return sum;
}

/* ------------------------------------------------------------ the end */

static void Unwatch(WeirLogSession *s)
{
    if (s->watching)
        WeirIoRemove(s->server->worker, &s->signal);
    s->watching = false;
}

static bool Watch(WeirLogSession *s)
{
    if (!s->watching)
        s->watching = WeirIoAdd(s->server->worker, &s->signal, WEIR_POLL_IN, NULL) == 0;
    return s->watching;
}

/* Tell the client whether its file has all that came, and leave nothing of it unread,
 * which would reset the connection before it hears that. */
static void SayEnd(const WeirLogSession *s)
{
    bool complete = s->logMark && WeirLogComplete(s->file->log, s->logMark) &&
                    WeirLogError(s->file->log, NULL) == 0 && !s->row->shown.reason.code;
    uint8_t last = complete ? WEIR_ITGLOG_COMPLETE : WEIR_ITGLOG_LACKING;
    uint8_t rest[WEIR_ITGLOG_REQUEST_BYTES];
    int left = UNREAD_ROUNDS;
    while (left-- > 0 && recv(s->signal.fd, rest, sizeof rest, 0) > 0)
        continue;
    send(s->signal.fd, &last, 1, MSG_NOSIGNAL);
}

/* The last step of a client that has a row. */
static void TellEnd(WeirLogSession *s)
{
    WeirLogServer *server = s->server;
    WeirErr err;
    int number;
    pthread_mutex_lock(&server->lock);
    if (WeirLogError(s->file->log, &err) < 0 && !s->row->shown.reason.code)
        s->row->shown.reason = err;
    s->row->shown.logDropped = WeirLogFileDropped(s->file);
    s->row->shown.active = false;
    number = s->row->shown.number;
    pthread_mutex_unlock(&server->lock);
    atomic_fetch_sub(&server->clientsActive, 1);
    FileRelease(server, s->file);
    atomic_fetch_add(&server->clientsEnded, 1);
    WeirLogServerEvent(server, WEIR_LOGSERVER_EV_CLOSE, number, NULL);
}

static void SessionEnd(WeirLogSession *s)
{
    WeirLogServer *server = s->server;
    WeirLogSession **link = &server->sessions;
    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    WeirTimerStop(server->worker, &s->timer);
    WeirLogPortClose(s);
    if (s->row) {
        SayEnd(s);
        TellEnd(s);
    }
    Unwatch(s);
    close(s->signal.fd);
    WeirLogOpenForget(s->opening);
    free(s->path);
    free(s);
    WeirLogServerBusy(server, -1);
    WeirLogServerUnref(server);
}

/* No log was opened: tell why, unless nobody has to know. */
static void Refuse(WeirLogSession *s, const char *why)
{
    char text[400], peer[WEIR_ADDR_TEXT];
    atomic_fetch_add(&s->server->refused, 1);
    if (why) {
        snprintf(text, sizeof text, "client %s: %.300s", WeirAddrText(&s->peer, peer),
                 why);
        WeirLogServerEvent(s->server, WEIR_LOGSERVER_EV_ERROR, 0, text);
    }
    SessionEnd(s);
}

/* Everything has arrived: the stream has ended, or there was silence, or long enough. */
static bool Silent(const WeirLogSession *s, int64_t nowNs)
{
    if (s->data.fd < 0 || nowNs >= s->drainEndNs)
        return true;
    return !s->paused && nowNs - s->lastNs >= s->server->drainNs;
}

static void DrainLook(WeirLogSession *s, int64_t nowNs)
{
    WeirLog *log = s->file->log;
    if (s->data.fd >= 0)
        WeirLogPortRead(s);
    if (!Silent(s, nowNs))
        s->logMark = 0;
    else if (!s->logMark)
        s->logMark = WeirLogMark(log);
    if (WeirLogError(log, NULL) < 0 ||
        (s->logMark &&
         (WeirLogComplete(log, s->logMark) || nowNs >= s->drainEndNs + LOG_LIMIT_NS)))
        SessionEnd(s);
    else
        WeirTimerSet(s->server->worker, &s->timer, nowNs + LOOK_NS);
}

void WeirLogSessionDrain(WeirLogSession *s, const WeirErr *reason)
{
    int64_t nowNs = WeirMonoNs();
    if (s->draining)
        return;
    s->draining = true;
    if (reason) {
        pthread_mutex_lock(&s->server->lock);
        s->row->shown.reason = *reason;
        pthread_mutex_unlock(&s->server->lock);
    }
    Unwatch(s);
    s->lastNs = nowNs; /* silence counts from here */
    s->drainEndNs = nowNs + (s->stream ? STREAM_END_NS : DATAGRAM_END_NS);
    WeirTimerSet(s->server->worker, &s->timer, nowNs);
}

void WeirLogSessionCheckFile(WeirLogSession *s)
{
    WeirErr failed;
    if (!s->draining && WeirLogError(s->file->log, &failed) < 0)
        WeirLogSessionDrain(s, &failed);
}

void WeirLogSessionsEnd(WeirLogServer *server, const WeirErr *reason)
{
    WeirLogSession *s, *next;
    for (s = server->sessions; s; s = next) {
        next = s->next;
        if (s->row)
            WeirLogSessionDrain(s, reason);
        else
            SessionEnd(s);
    }
}

void WeirLogSessionResumeLater(WeirLogSession *s)
{
    if (!s->draining) /* else it looks by itself */
        WeirTimerSet(s->server->worker, &s->timer, WeirMonoNs() + RESUME_NS);
}

/* ------------------------------------------------------------ the request */

static void ShowRow(WeirLogSession *s, int port)
{
    const WeirItgLogRequest *request = &s->wanted;
    WeirLogClientStats *shown = &s->row->shown;
    pthread_mutex_lock(&s->server->lock);
    WeirAddrText(&s->peer, shown->peer);
    shown->protocol = request->protocol;
    shown->port = port;
    snprintf(shown->name, sizeof shown->name, "%s", request->name);
    snprintf(shown->file, sizeof shown->file, "%s", s->file->path);
    pthread_mutex_unlock(&s->server->lock);
}

/* The session has its file: open the port and answer it. */
static int Serve(WeirLogSession *s, WeirErr *err)
{
    WeirLogServer *server = s->server;
    uint8_t answer[WEIR_ITGLOG_PORT_BYTES];
    int port;
    s->lane = WeirLogRawLaneFor(s->file->log, WeirWorkerIndex(server->worker));
    port = s->lane ? WeirLogPortOpen(s, err) : WEIR_E_MEMORY;
    s->row = port > 0 ? WeirLogRowAdd(server) : NULL;
    if (!s->row) {
        FileRelease(server, s->file);
        s->file = NULL;
        return port < 0 && port != WEIR_E_MEMORY
                   ? port
                   : WeirFail(err, WEIR_E_MEMORY, "out of memory");
    }
    ShowRow(s, port);
    WeirTimerStop(server->worker, &s->timer);
    WeirLogServerEvent(server, WEIR_LOGSERVER_EV_OPEN, s->row->shown.number, NULL);
    WeirItgLogPortEncode((unsigned)port, answer);
    if (!Watch(s) ||
        send(s->signal.fd, answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) {
        WeirFail(err, WEIR_E_PEER, "the client does not read its answer");
        WeirLogSessionDrain(s, err);
    }
    return WEIR_OK;
}

/* The file that was opened, or that of another client who was faster. */
static int TakeFile(WeirLogSession *s, WeirLog *log, WeirErr *err)
{
    s->file = FileShare(s->server, s->path);
    if (s->file)
        WeirLogLeave(log);
    else
        s->file = FileNew(s->server, s->path, log, err);
    return s->file ? Serve(s, err) : err->code;
}

/* Whether the file is open by now. */
static void AwaitFile(WeirLogSession *s, int64_t nowNs)
{
    WeirLog *log;
    WeirErr err;
    int rc = WeirLogOpenResult(s->opening, &log, &err);
    if (rc == 0 && nowNs < s->openByNs) {
        WeirTimerSet(s->server->worker, &s->timer, nowNs + OPEN_LOOK_NS);
        return;
    }
    if (rc == 0)
        WeirFail(&err, WEIR_E_TIMEOUT,
                 "log \"%.200s\" could not be opened within 10 s: its disk does not "
                 "answer",
                 s->path);
    else
        s->opening = NULL;
    if (rc <= 0 || TakeFile(s, log, &err) < 0)
        Refuse(s, err.text);
}

/* Find the file or begin to open it. */
static int FindFile(WeirLogSession *s, WeirErr *err)
{
    int rc;
    s->stream = s->wanted.protocol == WEIR_ITG_TCP;
    rc = WeirLogNameConfine(s->server->logDir, s->wanted.name, &s->path, err);
    if (rc < 0)
        return rc;
    s->file = FileShare(s->server, s->path);
    if (s->file)
        return Serve(s, err);
    s->opening = WeirLogOpenBegin(s->path, s->wanted.name, WEIR_LOG_ITG, s->server, err);
    if (!s->opening)
        return err->code;
    Unwatch(s); /* the client has nothing more to say */
    s->openByNs = WeirMonoNs() + REQUEST_NS;
    WeirTimerSet(s->server->worker, &s->timer, WeirMonoNs() + OPEN_LOOK_NS);
    return WEIR_OK;
}

static void RequestReady(WeirLogSession *s)
{
    WeirErr err;
    ssize_t n = recv(s->signal.fd, s->request + s->requestLen,
                     sizeof s->request - s->requestLen, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        Refuse(s, s->requestLen ? "went away within its request" : NULL);
        return;
    }
    s->requestLen += (size_t)n;
    if (s->requestLen == sizeof s->request &&
        (WeirItgLogRequestDecode(s->request, &s->wanted, &err) < 0 ||
         FindFile(s, &err) < 0))
        Refuse(s, err.text);
}

static void Tick(WeirTimer *timer, int64_t nowNs)
{
    WeirLogSession *s = timer->arg;
    if (s->opening)
        AwaitFile(s, nowNs);
    else if (!s->row)
        Refuse(s, "asked for no log within 10 s");
    else if (s->draining)
        DrainLook(s, nowNs);
    else
        WeirLogPortRead(s);
}

static void SignalReady(WeirIo *io, unsigned events)
{
    WeirLogSession *s = io->arg;
    char text[80], peer[WEIR_ADDR_TEXT];
    WeirErr gone;
    ssize_t n;
    if (!s->row) {
        RequestReady(s);
        return;
    }
    n = recv(io->fd, text, sizeof text, 0);
    if (n > 0) {
        WeirLogSessionDrain(s, NULL);
    } else if (n == 0 || errno != EAGAIN) {
        WeirFail(&gone, WEIR_E_PEER, "client %s went away without ending its log",
                 WeirAddrText(&s->peer, peer));
        WeirLogSessionDrain(s, &gone);
    }
}

bool WeirLogSessionMakeRoom(WeirLogServer *server)
{
    WeirLogSession *s, *oldest = NULL;
    for (s = server->sessions; s; s = s->next) /* youngest first */
        if (!s->row && !s->opening)
            oldest = s;
    if (oldest)
        Refuse(oldest, "asked for no log while others had to wait");
    return oldest != NULL;
}

void WeirLogSessionOpen(WeirLogServer *server, int fd, const WeirAddr *peer)
{
    static const uint8_t greeting = WEIR_ITGLOG_GREETING;
    WeirLogSession *s = calloc(1, sizeof *s);
    if (!s) {
        close(fd);
        return;
    }
    s->server = WeirLogServerRef(server);
    s->peer = *peer;
    s->signal.fd = fd;
    s->signal.ready = SignalReady;
    s->signal.arg = s->data.arg = s->timer.arg = s;
    s->data.fd = -1;
    s->timer.fire = Tick;
    s->next = server->sessions;
    server->sessions = s;
    WeirLogServerBusy(server, 1);
    WeirSockKeepAlive(fd, KEEPALIVE_S);
    if (!Watch(s) || send(fd, &greeting, 1, MSG_NOSIGNAL) != 1)
        Refuse(s, "cannot be greeted");
    else
        WeirTimerSet(server->worker, &s->timer, WeirMonoNs() + REQUEST_NS);
}
