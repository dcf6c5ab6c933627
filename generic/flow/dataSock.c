#include "config.h"
#include <sys/socket.h>
#include "flow/dataSock.h"
#include "icmp.h"

int WeirDataSockOpen(const WeirTransport *t, int family, const WeirAddr *local,
                     const WeirSockOpts *opts, WeirErr *err)
{
    WeirSockOpts mine = *opts;
    switch (t->code) {
    case WEIR_ITG_TCP:
        mine.stamps = 0;
        return WeirSockOpen(family, SOCK_STREAM, local, &mine, err);
    case WEIR_ITG_ICMP:
        return WeirIcmpSockOpen(family, local, &mine, err);
    default:
        return WeirSockOpen(family, SOCK_DGRAM, local, &mine, err);
    }
}

int WeirDataSockListen(const WeirTransport *t, const WeirAddr *local,
                       const WeirSockOpts *opts, WeirErr *err)
{
    WeirSockOpts mine = *opts;
    int family = local->sa.sa_family;
    switch (t->code) {
    case WEIR_ITG_TCP:
        mine.receiveBytes = 0; /* the kernel tunes it */
        mine.stamps = 0;
        mine.reuse = 1;
        return WeirSockListen(local, &mine, err);
    case WEIR_ITG_ICMP:
        mine.stamps = 1;
        return WeirIcmpSockOpen(family, local, &mine, err);
    default:
        mine.stamps = 1;
        return WeirSockOpen(family, SOCK_DGRAM, local, &mine, err);
    }
}
