/* remote: commands between hosts.
 *
 *   daemon.h  takes commands of other hosts, as ITGSend -Q does
 *   remote.h  gives them
 *   rows.h    what either remembers of those that were given
 *
 * A sender's daemon takes commands by UDP, each the options of one flow in ITGSend's
 * words (itg/command.h), hands them to its owner, and tells the one who commanded of the
 * beginning and the end.  What a command says is the owner's affair: `flow daemon`
 * (flow/daemonCmd.c).
 *
 * It makes this host send traffic on a stranger's word: so it listens on loopback, or
 * elsewhere for the addresses of a list.  Shared by its owner and the engine through a
 * reference count. */
#ifndef WEIR_DAEMON_H
#define WEIR_DAEMON_H
#include <stdbool.h>
#include <stdint.h>
#include "base/eventq.h"
#include "engine/engine.h"

typedef struct WeirDaemon WeirDaemon;

/* Strings are malloc'ed or NULL, owned by whoever holds the structure. */
typedef struct WeirDaemonSpec {
    char *listen; /* default 127.0.0.1:8998 */
    char *allow;  /* addresses and networks with blanks between; NULL: loopback */
    int atOnce;   /* commands that are carried out at a time */
    int layout;   /* WEIR_ITG_LAYOUT_... of the notices */
} WeirDaemonSpec;

/* Events for the owner.  COMMAND: detail is its number, from 1, text "CLIENT LINE", to be
 * answered by WeirDaemonFinish.  IDLE: stopped, and all commands are finished. */
enum { WEIR_DAEMON_EV_COMMAND, WEIR_DAEMON_EV_IDLE };

typedef struct WeirDaemonStats {
    bool listening;
    char listenAddr[80];
    int64_t commands;  /* handed to the owner so far */
    int64_t active;    /* of these not finished */
    int64_t refused;   /* too long, or too many at a time */
    int64_t strangers; /* datagrams of those who are not on the list */
    int64_t malformed; /* datagrams that are no text */
    int64_t unsent;    /* notices that the kernel refused to send */
} WeirDaemonStats;

/* Rules for the options, among them the one about loopback. */
int WeirDaemonSpecCheck(const WeirDaemonSpec *spec, WeirErr *err);

int WeirDaemonNew(WeirEngine *engine, const WeirDaemonSpec *spec, WeirEventQueue *queue,
                  void *owner, WeirDaemon **out, WeirErr *err);

int WeirDaemonStart(WeirDaemon *daemon, WeirErr *err);
/* Take no more commands; those taken are still to be finished. */
void WeirDaemonStop(WeirDaemon *daemon);

/* The end of a command: tells its sender.  `reason` (NULL or empty: none) says why it
 * failed. */
void WeirDaemonFinish(WeirDaemon *daemon, int number, const char *reason);

/* Whether it has stopped and all commands are finished. */
bool WeirDaemonIdle(WeirDaemon *daemon);

void WeirDaemonGetStats(WeirDaemon *daemon, WeirDaemonStats *out);

/* Keep it for a while; each Ref is matched by an Unref. */
WeirDaemon *WeirDaemonRef(WeirDaemon *daemon);
void WeirDaemonUnref(WeirDaemon *daemon);

/* The owner lets go: no more events, what is not finished gets no notice.  NULL allowed.
 */
void WeirDaemonRelease(WeirDaemon *daemon);

#endif
