/* A connection on a data port.  Private to sinkConn.c (whose it is, its life, the echoes
 * that wait) and to what reads from it: sinkTcp.c, a stream that is cut into packets, and
 * sinkMsg.c, messages that are a packet each.  Runs in the reader's worker. */
#ifndef WEIR_SINKCONN_H
#define WEIR_SINKCONN_H
#include <sys/types.h>
#include "receiver/receiverInt.h"
#include "wire/slots.h"

enum {
    WEIR_CONN_BATCH = 64, /* messages before the worker looks at its other sockets */
    WEIR_CONN_STRAY = -(1 << 20) /* what `read` returns for what is no packets */
};

struct WeirSinkConn {
    WeirSinkReader *reader;
    WeirSinkEntry *entry;      /* NULL until known, and then */
    WeirSinkConn *next, *prev; /* in the reader's list of those */
    WeirAddr from;
    WeirIo io;
    /* Read what is there, up to some amount: > 0 when there was something, 0 at the end
     * of the connection, WEIR_CONN_STRAY, or -errno. */
    ssize_t (*read)(WeirSinkConn *conn);
    uint8_t header[WEIR_PAYLOAD_MAX_HEADER];
    uint32_t have; /* bytes of it */
    uint32_t skip; /* stream: body bytes to come */
    uint32_t size; /* message: bytes of it so far */
    WeirPayload packet;
    uint8_t *out; /* echoes that the socket did not take yet */
    size_t outLen, outRoom;
    bool ended; /* the peer will say no more, but still gets what is in `out` */
};

/* The flow that a connection is for has been found; false when it has another one. */
bool WeirSinkConnTake(WeirSinkConn *conn, WeirSinkEntry *entry);

/* The payload kind of the connection's flow. */
int WeirSinkConnPayload(const WeirSinkConn *conn);

/* Append an echo of this size as stock receivers send it: the header as it came, then
 * zeros. */
void WeirSinkConnEcho(WeirSinkConn *conn, size_t size);

/* WEIR_FLOW_STREAM_ROOM bytes to read into, or NULL. */
uint8_t *WeirSinkConnBuffer(const WeirSinkConn *conn);

ssize_t WeirSinkTcpRead(WeirSinkConn *conn);
ssize_t WeirSinkSctpRead(WeirSinkConn *conn);
ssize_t WeirSinkDccpRead(WeirSinkConn *conn);

#endif
