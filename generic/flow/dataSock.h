/* The data sockets of each transport.  Private to room flow. */
#ifndef WEIR_DATASOCK_H
#define WEIR_DATASOCK_H
#include "itg/transport.h"
#include "sock.h"

/* A socket that sends to a peer of this family, not yet connected.  `opts` is for all
 * transports: what one has no use for is ignored.  A negative class code on failure;
 * WEIR_E_NOSUPPORT where the kernel lacks the transport. */
int WeirDataSockOpen(const WeirTransport *transport, int family, const WeirAddr *local,
                     const WeirSockOpts *opts, WeirErr *err);

/* A socket that receives at this address: listening for connections or, where there are
 * none, for packets. */
int WeirDataSockListen(const WeirTransport *transport, const WeirAddr *local,
                       const WeirSockOpts *opts, WeirErr *err);

#endif
