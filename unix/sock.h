/* Sockets as flows use them: non-blocking, close-on-exec, with the options of the field.
 */
#ifndef WEIR_SOCK_H
#define WEIR_SOCK_H
#include <stdint.h>
#include "base/addr.h"

/* What a data or signalling socket is asked for; zero means the system's default. */
typedef struct WeirSockOpts {
    int protocol;          /* IPPROTO_SCTP (SOCK_STREAM), IPPROTO_DCCP (SOCK_DCCP) */
    int dsByte;            /* IP_TOS or IPV6_TCLASS, 0..255 */
    int ttl;               /* IP_TTL or hop limit, 1..255 */
    int noDelay;           /* TCP_NODELAY */
    const char *interface; /* SO_BINDTODEVICE; needs CAP_NET_RAW on old kernels */
    int64_t receiveBytes;  /* SO_RCVBUFFORCE, else SO_RCVBUF as far as allowed */
    int64_t sendBytes;     /* SO_SNDBUFFORCE, else SO_SNDBUF */
    int stamps;            /* kernel receive timestamps (datagrams) */
    int reuse;             /* SO_REUSEADDR */
    int share;             /* SO_REUSEPORT: join the sockets that have the address */
} WeirSockOpts;

/* A socket of type SOCK_DGRAM or SOCK_STREAM, bound to `local` unless NULL or AF_UNSPEC,
 * or a negative class code.  The sentence in `err` names the address.  A protocol that
 * this kernel does not have is WEIR_E_NOSUPPORT: opening is how that is found out, since
 * it loads the protocol's module where there is one. */
int WeirSockOpen(int family, int type, const WeirAddr *local, const WeirSockOpts *opts,
                 WeirErr *err);

/* A listening stream socket; an IPv6 any-address listens on both families. */
int WeirSockListen(const WeirAddr *local, const WeirSockOpts *opts, WeirErr *err);

/* Let further sockets of this user, opened with `share`, have the same address: the
 * kernel then spreads peers among them. */
void WeirSockShare(int fd);

/* The second half of that, for a socket that wants something set between: listen on what
 * WeirSockOpen bound to `local`.  Returns the socket; closes it on failure. */
int WeirSockAwaitPeers(int fd, const WeirAddr *local, WeirErr *err);

/* The DS byte of what the socket sends from now on: 0, or -1 with errno. */
int WeirSockSetDs(int fd, int family, int dsByte);

/* A connection from a listening socket (non-blocking), or -1 with errno. */
int WeirSockAccept(int fd, WeirAddr *peer);

/* Starts connecting: 0 done, 1 in progress (wait for writable, then WeirSockResult). */
int WeirSockConnect(int fd, const WeirAddr *peer, WeirErr *err);
/* The pending error of a socket as an errno value, 0 when none; clears it. */
int WeirSockResult(int fd);

/* Payload of the largest datagram that leaves a connected socket in one piece on the path
 * as it is known now; 0 unknown. */
uint32_t WeirSockDatagramMax(int fd);

/* Make calls on the socket wait, connect, send and recv each at most so long; then they
 * fail with EINPROGRESS or EAGAIN.  For threads that have nothing else to do. */
void WeirSockWait(int fd, int64_t timeoutNs);

/* Have the kernel ask a silent stream peer whether it lives: after idleS seconds, three
 * times at a third of that.  One that is gone shows as a broken connection. */
void WeirSockKeepAlive(int fd, int idleS);

WeirAddr WeirSockLocal(int fd);
WeirAddr WeirSockPeer(int fd);

/* Bytes that the socket still holds for sending (streams: not yet acknowledged); 0
 * unknown. */
int WeirSockUnsent(int fd);

/* Why a TCP connection did not send faster, in seconds since it was made (compare the
 * SndLim states of RFC 4898): it had data under way or waiting; of that time it waited
 * for the receiver's window, or the send buffer was too small for what both windows
 * allowed. */
typedef struct WeirSockTcp {
    double busy, windowLimited, bufferLimited;
    int64_t retransmits; /* segments */
} WeirSockTcp;
int WeirSockTcpInfo(int fd, WeirSockTcp *out); /* 0, or -1 unknown; *out is zero then */

/* The receive buffer as the kernel has it; 0 unknown. */
int64_t WeirSockReceiveBytes(int fd);

/* Datagrams that the kernel threw away at this socket since it was opened; -1 unknown. */
int64_t WeirSockDrops(int fd);

#endif
