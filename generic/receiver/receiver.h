/* receiver: the receiving side of traffic flows - signalling, data ports, what is counted
 * and logged of the packets; and the command `receiver`.
 *
 *   receiver.h  a receiver: listening, figures
 *   recvSession.c  the TSP dialogue with one sender              (control worker)
 *   recvTurn.c  which of two flows that look alike begins first
 *   recvCall.c  passive mode: it calls the sender
 *   recvRows.c  which of its flows a receiver remembers
 *   recvLog.c   its logs: its own, and those that senders ask for
 *   recvVerdict.c  whether it misses anything, in one sentence
 *   sinkPort.c  data ports and their readers
 *   sink.c      flows on them, from their announcement to their end
 *   sinkUdp.c   datagrams                                        (a data worker)
 *   sinkIcmp.c  ICMP messages, and whose they can be
 *   sinkConn.h  connections: sinkTcp.c cuts streams into packets, sinkMsg.c reads
 * messages sinkCall.c  passive mode: hello to the sender's data port
 *
 * A receiver serves any number of senders at once.  It is shared by its owner and the
 * engine through a reference count. */
#ifndef WEIR_RECEIVER_H
#define WEIR_RECEIVER_H
#include <stdbool.h>
#include <stdint.h>
#include "base/eventq.h"
#include "engine/engine.h"
#include "stat/account.h"

typedef struct WeirReceiver WeirReceiver;

/* Strings are malloc'ed or NULL, owned by whoever holds the structure. */
typedef struct WeirReceiverSpec {
    char *passive; /* call the sender at this address instead of listening */
    char *listen;  /* signalling address, default [::]:9000 */
    char *bind;    /* data sockets bind here instead of where the sender asks */
    char *interface, *signalInterface;
    char *log;            /* one record file for everything */
    char *logServer;      /* that keeps it; NULL: this host */
    char *allowLogServer; /* networks of log servers that senders may name */
    char *allowSource;    /* passive: networks that data may come from, with the sender */
    char *serial;         /* devices in /dev that senders may have mark packets, a list */
    char *logDir;         /* where logs that senders ask for are put; NULL refuses them */
    int logFormat, logProtocol;
    int64_t drainNs; /* silence before a close is acknowledged */
    int64_t bufferBytes;
    int64_t discoveryNs; /* silence before a sender is asked whether it lives; 0: never */
    int readers;         /* sockets and workers for each data port; 0: 1 */
    int hellos;          /* passive: most datagrams that open the way to the sender */
} WeirReceiverSpec;

/* Events for the owner.  Detail of the FLOW events: the flow's number in the receiver
 * (from 0); text: the session's peer, or the reason. */
enum {
    WEIR_RECEIVER_EV_SESSIONOPEN,
    WEIR_RECEIVER_EV_SESSIONCLOSE,
    WEIR_RECEIVER_EV_FLOWSTART,
    WEIR_RECEIVER_EV_FLOWEND,
    WEIR_RECEIVER_EV_ERROR,
    WEIR_RECEIVER_EV_IDLE /* stopped, and the last flow has ended */
};

typedef struct WeirReceiverStats {
    bool listening;
    bool calling; /* passive: until its session is over */
    char listenAddr[80];
    int64_t sessions, sessionsActive; /* served so far, open now */
    int64_t flows, flowsActive;
    int64_t refused; /* flows that were asked for and not served */
    int64_t packets, bytes;
    int64_t stray;        /* datagrams and connections that belong to no announced flow */
    int64_t kernelDrops;  /* lost in socket buffers */
    int64_t starved;      /* times that connections had to wait for a descriptor */
    int64_t eventsMissed; /* left out while the owner was busy */
    int64_t logWritten, logDropped;
    WeirErr logError;
    /* All that reached the data sockets was counted, and recorded where there is a log;
     * known once there is something to say; the sentence says what is missing and why. */
    bool known, complete;
    char verdict[400];
} WeirReceiverStats;

/* One flow that the receiver serves or served. */
typedef struct WeirSinkStats {
    int number; /* from 0 */
    uint32_t id;
    int protocol, meter, payload;
    char source[80], destination[80], peer[80]; /* source: "" before the first packet */
    bool active;
    WeirErr reason; /* why it ended otherwise than by its sender closing it */
    int64_t kernelDrops, logDropped;
    WeirFigures figures;
} WeirSinkStats;

int WeirReceiverNew(WeirEngine *engine, const WeirReceiverSpec *spec,
                    WeirEventQueue *queue, void *owner, WeirReceiver **out, WeirErr *err);

/* Open the receiver's own log, if it has one (Start does that as well), and whether it
 * takes records: 1, 0 while its log server is being asked, or a negative class code. */
int WeirReceiverOpenLog(WeirReceiver *receiver, WeirErr *err);
int WeirReceiverLogReady(WeirReceiver *receiver, WeirErr *err);
/* Open the log and listen, or in passive mode call the sender until it answers; when that
 * one session is over, the receiver is as if stopped. */
int WeirReceiverStart(WeirReceiver *receiver, WeirErr *err);

/* Stop listening and end all sessions; flows drain and end by themselves (EV_IDLE). */
void WeirReceiverStop(WeirReceiver *receiver);
/* End the log of a receiver that is idle; it cannot be started again then.  Whether that
 * log and those that senders asked for are complete. */
void WeirReceiverCloseLog(WeirReceiver *receiver);
bool WeirReceiverLogsEnded(WeirReceiver *receiver);
/* Listens, or calls. */
bool WeirReceiverListening(WeirReceiver *receiver);
/* Stopped and nothing active: neither session nor flow. */
bool WeirReceiverIdle(WeirReceiver *receiver);

void WeirReceiverGetStats(WeirReceiver *receiver, WeirReceiverStats *out);
/* Fills known, complete and verdict from the other figures (GetStats has done it). */
void WeirReceiverJudge(WeirReceiverStats *stats);
/* The flows, oldest first, to be freed with free(): all that are active and the last
 * 10,000 that have ended.  Answers how many, or WEIR_E_MEMORY. */
int WeirReceiverFlows(WeirReceiver *receiver, WeirSinkStats **out);
/* One of them by its number; false when it is forgotten. */
bool WeirReceiverFlow(WeirReceiver *receiver, int number, WeirSinkStats *out);
/* How many have ended since the first start. */
int64_t WeirReceiverFlowsEnded(WeirReceiver *receiver);

/* Keep it for a while; each Ref is matched by an Unref. */
WeirReceiver *WeirReceiverRef(WeirReceiver *receiver);
void WeirReceiverUnref(WeirReceiver *receiver);

/* The owner lets go: stops it, no more events. */
void WeirReceiverRelease(WeirReceiver *receiver);

#endif
