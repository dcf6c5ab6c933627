/* Private to the sender's side of TSP, which runs on the control worker only:
 *   session.c     the dialogue with one receiver
 *   sessionTab.c  the channels there are, and the flows of each */
#ifndef WEIR_SESSIONINT_H
#define WEIR_SESSIONINT_H
#include "base/keytab.h"
#include "flow/flowInt.h"
#include "wire/channel.h"

typedef enum WeirSessionState {
    WEIR_SESSION_AWAITING,   /* passive: the receiver's call */
    WEIR_SESSION_CONNECTING, /* TCP */
    WEIR_SESSION_GREETING,   /* CONNECT sent */
    WEIR_SESSION_NAMING,     /* SEND_NAME_LOG or SEND_FLOW_LOG sent */
    WEIR_SESSION_OPEN,
    WEIR_SESSION_RELEASING, /* RELEASE sent; until the receiver has hung up */
    WEIR_SESSION_COOLING    /* closed; new flows to the same receiver wait here */
} WeirSessionState;

/* Whether the receiver is a stock one, whose sessions have room for so many flows. */
typedef enum WeirSessionPeer {
    WEIR_PEER_UNKNOWN,
    WEIR_PEER_ASKED, /* DISCOVERY sent, which only a Weir answers */
    WEIR_PEER_WEIR,
    WEIR_PEER_STOCK
} WeirSessionPeer;
enum { WEIR_STOCK_FLOWS = 399 };

typedef struct WeirSessionPort WeirSessionPort;

struct WeirSession {
    WeirKeyLink link; /* in the table of sessions */
    WeirSession *next, *prev;
    WeirEngine *engine;
    /* `peer` is the receiver's address, in passive mode the host that may call or the
     * any-address; `at` the receiver's address once it is known. */
    WeirAddr peer, at, local;
    char interface[32]; /* "": any */
    bool passive;
    WeirSessionPort *port; /* passive: where it waits; NULL unless AWAITING */
    WeirSession *nextWaiting;
    WeirAddr listens;
    WeirRemoteLog remoteLog;
    WeirSessionState state;
    WeirChannel channel;
    WeirTimer timer;
    int64_t askedNs, roundTripNs; /* of CONNECT */
    WeirSessionPeer kind;
    WeirTimer kindTimer;
    int announced;              /* flows, since the channel was opened */
    WeirFlow *flows, *lastFlow; /* each holds the control worker's reference of it */
    WeirKeyTab byId;
    int atStage[WEIR_DIALOG_ENDED]; /* flows at each stage of their dialogue */
};

/* --- session.c -----------------------------------------------------------------------
 */
/* Open the channel for the flows that wait. */
void WeirSessionConnect(WeirSession *s);
/* Announce a flow on the open channel. */
void WeirSessionAnnounce(WeirSession *s, WeirFlow *f);
/* Passive: the receiver has called and answered the greeting, after so long. */
void WeirSessionGreeted(WeirSession *s, int fd, const WeirAddr *at, int64_t tookNs);
/* What the session's channel and timers call, set up once. */
void WeirSessionInit(WeirSession *s);

/* --- sessionTab.c --------------------------------------------------------------------
 */
void WeirSessionFree(WeirSession *s);
/* Take the flow off the channel. */
void WeirSessionUnlink(WeirSession *s, WeirFlow *f);
/* Tell the flows of a passive session where it listens. */
void WeirSessionTellPlace(WeirSession *s);
const char *WeirSessionPeerText(const WeirSession *s, char *buf);

/* --- sessionAwait.c ------------------------------------------------------------------
 */
/* Wait for a call at `local`; ends in WeirSessionGreeted. */
int WeirSessionAwait(WeirSession *s, WeirErr *err);
void WeirSessionStopAwaiting(WeirSession *s); /* nothing when it does not */

#endif
