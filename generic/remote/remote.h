/* The other side of a sender's daemon (daemon.h, or ITGSend -Q): sends commands by UDP
 * and tells its owner when each begins, ends or fails.
 *
 * A datagram may get lost.  A command that is not answered in time has failed as far as
 * one can know; it is never repeated, since that could make the same flow twice. */
#ifndef WEIR_REMOTE_H
#define WEIR_REMOTE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/eventq.h"
#include "engine/engine.h"

typedef struct WeirRemote WeirRemote;

/* Strings are malloc'ed or NULL, owned by whoever holds the structure. */
typedef struct WeirRemoteSpec {
    char *to;         /* the daemon; port 8998 when it names none */
    char *bind;       /* source address ?and port? */
    int64_t answerNs; /* a command that is not answered so long has failed */
} WeirRemoteSpec;

/* Events for the owner: detail is the command's number, text of FAILED why; UNANSWERED is
 * a failure as well, of which nobody knows whether the flow runs. */
enum {
    WEIR_REMOTE_EV_STARTED,
    WEIR_REMOTE_EV_FINISHED,
    WEIR_REMOTE_EV_FAILED,
    WEIR_REMOTE_EV_UNANSWERED
};

typedef struct WeirRemoteStats {
    char local[80], daemon[80];
    int64_t sent, started, finished, failed;
    int64_t unexpected; /* notices of commands that are not waited for (any longer) */
    int64_t malformed;  /* datagrams that are no notices */
} WeirRemoteStats;

/* Rules for the options. */
int WeirRemoteSpecCheck(const WeirRemoteSpec *spec, WeirErr *err);

/* Resolves the daemon's name, which may block, and opens the socket. */
int WeirRemoteNew(WeirEngine *engine, const WeirRemoteSpec *spec, WeirEventQueue *queue,
                  void *owner, WeirRemote **out, WeirErr *err);

/* Send a command: its number, from 1, or a class code. */
int WeirRemoteSend(WeirRemote *remote, const char *line, WeirErr *err);

void WeirRemoteGetStats(WeirRemote *remote, WeirRemoteStats *out);

/* The owner lets go: no more events.  What the daemon does goes on.  NULL allowed. */
void WeirRemoteRelease(WeirRemote *remote);

#endif
