/* The data sockets of each transport. */
#ifndef WEIR_DATASOCK_H
#define WEIR_DATASOCK_H
#include "itg/transport.h"
#include "sock.h"

/* What one transport has no use for is ignored. */
typedef struct WeirDataSockOpts {
    WeirSockOpts sock;
    int streams; /* SCTP: outgoing ones to ask for */
    int ccid;    /* DCCP: congestion control of both directions; 0: the default */
} WeirDataSockOpts;

/* A socket that sends to a peer of this family, not yet connected.  A negative class code
 * on failure; WEIR_E_NOSUPPORT where the kernel lacks what is asked. */
int WeirDataSockOpen(const WeirTransport *transport, int family, const WeirAddr *local,
                     const WeirDataSockOpts *opts, WeirErr *err);

/* A socket that receives at this address: listening for connections or, where there are
 * none, for packets. */
int WeirDataSockListen(const WeirTransport *transport, const WeirAddr *local,
                       const WeirDataSockOpts *opts, WeirErr *err);

/* Whether the kernel has what is asked: 0, WEIR_E_NOSUPPORT, or what else keeps a socket
 * from being opened. */
int WeirDataSockTry(const WeirTransport *transport, int family,
                    const WeirDataSockOpts *opts, WeirErr *err);

#endif
