/* wire: what sender, receiver and log server have in common.
 *
 *   channel.h   TSP messages over a connection
 *   listener.h  accepting connections, with a rest when descriptors run out
 *   dataSock.h  the data sockets of each transport
 *   slots.h     what each worker has one of
 *   settle.h    what is still at work in this process
 *   runtimeCmd.h  for commands: the engine as an interpreter uses it, common words and
 * keys
 *
 * This header: a signalling connection, TSP messages over a stream socket, in both
 * directions and without ever waiting.  On the control worker only. */
#ifndef WEIR_CHANNEL_H
#define WEIR_CHANNEL_H
#include "engine/engine.h"
#include "itg/tsp.h"

typedef struct WeirChannel { /* zeroed, with io.fd -1: closed */
    WeirWorker *worker;
    WeirIo io;        /* the owner sets ready and arg */
    WeirTspPeer peer; /* the owner sets it */
    size_t outLimit;  /* bytes that may wait for the peer to read; the owner sets it */
    uint8_t in[WEIR_TSP_MAX];
    size_t inLen;
    uint8_t *out; /* what the socket did not take yet */
    size_t outLen, outRoom;
} WeirChannel;

/* Take over a socket and wait for `wants`; on error the socket is closed. */
int WeirChannelOpen(WeirChannel *channel, WeirWorker *worker, int fd, unsigned wants,
                    WeirErr *err);
void WeirChannelClose(WeirChannel *channel);

/* Send a message, now or as soon as the socket takes it.  False when too much is waiting:
 * the peer does not read. */
bool WeirChannelSend(WeirChannel *channel, const WeirTspMsg *msg);
bool WeirChannelSendType(WeirChannel *channel, WeirTspType type, uint32_t flowId);

/* To be called from io.ready: sends what waits. */
void WeirChannelFlush(WeirChannel *channel);

/* Read what is there.  1: look for messages; 0: nothing; WEIR_E_PEER: the peer closed or
 * the connection broke, and err->sysErrno says how (0: closed). */
int WeirChannelRead(WeirChannel *channel, WeirErr *err);

/* The next whole message of what was read: 1, 0 when there is none, WEIR_E_PARSE. */
int WeirChannelNext(WeirChannel *channel, WeirTspMsg *msg, WeirErr *err);

#endif
