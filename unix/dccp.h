/* DCCP (RFC 4340): datagrams over a connection with congestion control and without
 * retransmission.  Such a socket works with sock.h and batch.h; here is what DCCP has
 * beyond that.  Linux had DCCP until 6.15; without it opening fails with
 * WEIR_E_NOSUPPORT.
 *
 * Sending answers EAGAIN when the queue that congestion control empties is full, and
 * EMSGSIZE above WeirDccpPacketMax. */
#ifndef WEIR_DCCP_H
#define WEIR_DCCP_H
#include <stdint.h>
#include "sock.h"

typedef struct WeirDccpOpts {
    uint32_t service;      /* service code, the same at both ends */
    int ccid;              /* congestion control: 2 like TCP's, 3 TFRC; 0: the default */
    unsigned queuePackets; /* of the sending queue; 0: the kernel's default */
} WeirDccpOpts;

/* A socket to connect, or a listening one whose accepted sockets inherit the options.
 * `opts` as in sock.h with its protocol ignored.  A CCID that this kernel does not have
 * is WEIR_E_NOSUPPORT, and the sentence names those that it has. */
int WeirDccpOpen(int family, const WeirAddr *local, const WeirSockOpts *opts,
                 const WeirDccpOpts *dccp, WeirErr *err);
int WeirDccpListen(const WeirAddr *local, const WeirSockOpts *opts,
                   const WeirDccpOpts *dccp, WeirErr *err);

/* The most bytes that a packet of this connection carries now; -1 unknown. */
int WeirDccpPacketMax(int fd);

/* The congestion control of the data that this end sends; -1 unknown. */
int WeirDccpCcid(int fd);

#endif
