#include "config.h"
#include <sys/socket.h>
#include <unistd.h>
#include "dccp.h"
#include "icmp.h"
#include "sctp.h"
#include "wire/dataSock.h"

/* D-ITG's service code is 0.  The kernel's default queue of five packets would be empty
 * between two looks of the sending thread, which nobody wakes when it is. */
static WeirDccpOpts DccpOpts(const WeirDataSockOpts *opts)
{
    WeirDccpOpts dccp = { .ccid = opts->ccid, .queuePackets = 64 };
    return dccp;
}

int WeirDataSockOpen(const WeirTransport *t, int family, const WeirAddr *local,
                     const WeirDataSockOpts *opts, WeirErr *err)
{
    WeirDccpOpts dccp = DccpOpts(opts);
    switch (t->code) {
    case WEIR_ITG_TCP:
        return WeirSockOpen(family, SOCK_STREAM, local, &opts->sock, err);
    case WEIR_ITG_ICMP:
        return WeirIcmpSockOpen(family, local, &opts->sock, err);
    case WEIR_ITG_SCTP:
        return WeirSctpOpen(family, local, &opts->sock, (unsigned)opts->streams, err);
    case WEIR_ITG_DCCP:
        return WeirDccpOpen(family, local, &opts->sock, &dccp, err);
    default:
        return WeirSockOpen(family, SOCK_DGRAM, local, &opts->sock, err);
    }
}

int WeirDataSockListen(const WeirTransport *t, const WeirAddr *local,
                       const WeirDataSockOpts *opts, WeirErr *err)
{
    WeirSockOpts sock = opts->sock;
    WeirDccpOpts dccp = DccpOpts(opts);
    sock.stamps = 1;
    sock.reuse = t->connected;
    switch (t->code) {
    case WEIR_ITG_TCP:
        sock.receiveBytes = 0; /* the kernel tunes it */
        sock.stamps = 0;
        return WeirSockListen(local, &sock, err);
    case WEIR_ITG_ICMP:
        return WeirIcmpSockOpen(local->sa.sa_family, local, &sock, err);
    case WEIR_ITG_SCTP:
        return WeirSctpListen(local, &sock, 0, err);
    case WEIR_ITG_DCCP:
        return WeirDccpListen(local, &sock, &dccp, err);
    default:
        return WeirSockOpen(local->sa.sa_family, SOCK_DGRAM, local, &sock, err);
    }
}

int WeirDataSockTry(const WeirTransport *t, int family, const WeirDataSockOpts *opts,
                    WeirErr *err)
{
    int fd = WeirDataSockOpen(t, family, NULL, opts, err);
    if (fd < 0)
        return fd;
    close(fd);
    return WEIR_OK;
}
