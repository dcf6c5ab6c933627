/* The logs of a receiver: its own, and those that senders ask for.  Each is remembered
 * for its figures until it has ended, and then in the totals. */
#include "config.h"
#include <stdlib.h>
#include "itg/logproto.h"
#include "logserver/logClient.h"
#include "logserver/logName.h"
#include "receiver/receiverInt.h"

struct WeirRecvLog {
    WeirRecvLog *next;
    WeirLog *log;
};

/* A log that failed before it got a record lacks nothing. */
static void AddFigures(WeirLog *log, int64_t *written, int64_t *dropped, WeirErr *error)
{
    int64_t in = WeirLogWritten(log), out = WeirLogDropped(log);
    *written += in;
    *dropped += out;
    if (in + out > 0 && !error->code)
        WeirLogError(log, error);
}

/* Logs that have ended go into the totals; needs the lock. */
static void SumUp(WeirReceiver *r)
{
    WeirRecvLog **link = &r->logs, *l;
    while ((l = *link)) {
        if (!WeirLogEnded(l->log)) {
            link = &l->next;
            continue;
        }
        AddFigures(l->log, &r->pastWritten, &r->pastDropped, &r->logError);
        *link = l->next;
        r->logCount--;
        WeirLogUnref(l->log);
        free(l);
    }
}

static void Remember(WeirReceiver *r, WeirLog *log)
{
    WeirRecvLog *l;
    pthread_mutex_lock(&r->lock);
    SumUp(r);
    for (l = r->logs; l && l->log != log; l = l->next)
        continue;
    if (!l && (l = calloc(1, sizeof *l))) {
        l->log = WeirLogHold(log);
        l->next = r->logs;
        r->logs = l;
        r->logCount++;
    }
    pthread_mutex_unlock(&r->lock);
}

bool WeirReceiverLogsEnded(WeirReceiver *r)
{
    bool ended;
    pthread_mutex_lock(&r->lock);
    SumUp(r);
    ended = r->logs == NULL;
    pthread_mutex_unlock(&r->lock);
    return ended;
}

void WeirRecvLogFigures(WeirReceiver *r, WeirReceiverStats *s)
{
    const WeirRecvLog *l;
    pthread_mutex_lock(&r->lock);
    SumUp(r);
    s->logWritten = r->pastWritten;
    s->logDropped = r->pastDropped;
    s->logError = r->logError;
    for (l = r->logs; l; l = l->next)
        AddFigures(l->log, &s->logWritten, &s->logDropped, &s->logError);
    pthread_mutex_unlock(&r->lock);
}

void WeirRecvLogsFree(WeirReceiver *r)
{
    WeirRecvLog *l;
    WeirLogLeave(r->log);
    while ((l = r->logs)) {
        r->logs = l->next;
        WeirLogUnref(l->log);
        free(l);
    }
}

/* ------------------------------------------------------------ its own */

int WeirReceiverOpenLog(WeirReceiver *r, WeirErr *err)
{
    if (r->logEnded)
        return WeirFail(err, WEIR_E_STATE,
                        "the receiver's log %.200s is complete: make another receiver "
                        "with another log",
                        r->logPath);
    if (!r->logPath || r->log)
        return WEIR_OK;
    if (WeirLogPlaceOpen(r->logServer, r->logProtocol, r->logPath, r->logFormat, 0, r,
                         &r->log, err) < 0)
        return err->code;
    Remember(r, r->log);
    return WEIR_OK;
}

int WeirReceiverLogReady(WeirReceiver *r, WeirErr *err)
{
    return r->log ? WeirLogReady(r->log, err) : 1;
}

void WeirReceiverCloseLog(WeirReceiver *r)
{
    if (!r->log || !WeirReceiverIdle(r))
        return;
    WeirLogLeave(r->log);
    r->log = NULL;
    r->logEnded = true;
}

/* ------------------------------------------------------------ of senders */

/* A stranger's word must not make this host send to a third one. */
static int CheckServer(const WeirReceiver *r, const WeirAddr *server,
                       const WeirAddr *sender, WeirErr *err)
{
    char theirs[WEIR_ADDR_TEXT], host[WEIR_ADDR_TEXT];
    if (WeirAddrSameHost(server, sender) ||
        (WeirAddrIsLoopback(server) && WeirAddrIsLoopback(sender)) ||
        WeirAddrNetsHave(r->logServers, r->logServerCount, server))
        return WEIR_OK;
    return WeirFail(err, WEIR_E_PERM,
                    "sender %s asked for a log on log server %s: refused, since that is "
                    "not its own host, nor one of -allowlogserver",
                    WeirAddrHost(sender, theirs), WeirAddrHost(server, host));
}

static int OpenOnServer(const WeirReceiver *r, const WeirTspMsg *ask,
                        const WeirAddr *sender, WeirLog **out, WeirErr *err)
{
    WeirAddr server = ask->logServer;
    WeirAddrSetPort(&server, WEIR_ITGLOG_PORT);
    if (CheckServer(r, &server, sender, err) < 0)
        return err->code;
    if (!WeirLogNamePrintable(ask->logName))
        return WeirFail(err, WEIR_E_PERM,
                        "a sender asked for a log with an unprintable name: refused");
    if (ask->logProtocol != WEIR_ITG_UDP && ask->logProtocol != WEIR_ITG_TCP)
        return WeirFail(err, WEIR_E_PARSE,
                        "a sender asked for a log by transport %d: only 1 (TCP) and 2 "
                        "(UDP) exist",
                        ask->logProtocol);
    return WeirLogClientOpen(&server, ask->logProtocol, ask->logName, out, err);
}

static int OpenFile(const WeirReceiver *r, const char *name, WeirLogOpening **opening,
                    WeirErr *err)
{
    char *path;
    int rc = WeirLogNameConfine(r->logDir, name, &path, err);
    if (rc < 0)
        return rc;
    *opening = WeirLogOpenBegin(path, name, (WeirLogFormat)r->logFormat, r, err);
    free(path);
    return *opening ? 0 : err->code;
}

/* Also those count that were left and have not ended: their servers may be slow. */
static bool TooMany(WeirReceiver *r)
{
    bool tooMany;
    pthread_mutex_lock(&r->lock);
    SumUp(r);
    tooMany = r->logCount >= WEIR_RECEIVER_LOGS;
    pthread_mutex_unlock(&r->lock);
    return tooMany;
}

static int CheckCount(WeirReceiver *r, WeirErr *err)
{
    if (TooMany(r))
        return WeirFail(err, WEIR_E_LIMIT, "a sender's log was refused: %d are open",
                        WEIR_RECEIVER_LOGS);
    return WEIR_OK;
}

int WeirRecvLogOpen(WeirReceiver *r, const WeirTspMsg *ask, const WeirAddr *sender,
                    WeirLog **out, WeirLogOpening **opening, WeirErr *err)
{
    int rc = CheckCount(r, err);
    *out = NULL;
    if (rc == 0 && ask->type == WEIR_TSP_SEND_NAME_LOG)
        return OpenFile(r, ask->logName, opening, err);
    if (rc == 0)
        rc = OpenOnServer(r, ask, sender, out, err);
    if (rc < 0)
        return rc;
    Remember(r, *out);
    return 1;
}

int WeirRecvLogOpened(WeirReceiver *r, WeirLogOpening **opening, WeirLog **out,
                      WeirErr *err)
{
    int rc = WeirLogOpenResult(*opening, out, err);
    if (rc == 0)
        return 0;
    *opening = NULL;
    if (rc > 0 && CheckCount(r, err) < 0) {
        WeirLogLeave(*out);
        *out = NULL;
        rc = err->code;
    }
    if (rc > 0)
        Remember(r, *out);
    return rc;
}
