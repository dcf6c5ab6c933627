#include "config.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "dccp.h"

/* From Linux's headers of the time when it had DCCP; they are not everywhere any more. */
enum {
    SOL_DCCP_ = 269,
    SOCKOPT_SERVICE = 2,
    SOCKOPT_CUR_MPS = 5,
    SOCKOPT_AVAILABLE_CCIDS = 12,
    SOCKOPT_CCID = 13,
    SOCKOPT_TX_CCID = 14,
    SOCKOPT_QPOLICY_TXQLEN = 17
};

static int SetCcid(int fd, int ccid, WeirErr *err)
{
    uint8_t value = (uint8_t)ccid, have[8];
    socklen_t len = sizeof have;
    char text[64] = "", *end = text;
    if (setsockopt(fd, SOL_DCCP_, SOCKOPT_CCID, &value, sizeof value) == 0)
        return WEIR_OK;
    if (getsockopt(fd, SOL_DCCP_, SOCKOPT_AVAILABLE_CCIDS, have, &len) < 0)
        return WeirFailErrno(err, errno, "cannot ask for DCCP's congestion controls");
    for (socklen_t i = 0; i < len; i++)
        end += snprintf(end, (size_t)(text + sizeof text - end), "%s%d", i ? " or " : "",
                        have[i]);
    return WeirFail(err, WEIR_E_NOSUPPORT,
                    "this kernel has no DCCP congestion control %d: use %s", ccid, text);
}

static int SetUp(int fd, const WeirDccpOpts *dccp, WeirErr *err)
{
    uint32_t service = htonl(dccp->service);
    int queue = (int)dccp->queuePackets;
    if (setsockopt(fd, SOL_DCCP_, SOCKOPT_SERVICE, &service, sizeof service) < 0)
        return WeirFailErrno(err, errno, "cannot set DCCP service code %u",
                             (unsigned)dccp->service);
    if (queue &&
        setsockopt(fd, SOL_DCCP_, SOCKOPT_QPOLICY_TXQLEN, &queue, sizeof queue) < 0)
        return WeirFailErrno(err, errno, "cannot set a DCCP queue of %d packets", queue);
    return dccp->ccid ? SetCcid(fd, dccp->ccid, err) : WEIR_OK;
}

int WeirDccpOpen(int family, const WeirAddr *local, const WeirSockOpts *opts,
                 const WeirDccpOpts *dccp, WeirErr *err)
{
    WeirSockOpts mine = *opts;
    int fd, rc;
    mine.protocol = IPPROTO_DCCP;
    fd = WeirSockOpen(family, SOCK_DCCP, local, &mine, err);
    if (fd < 0)
        return fd;
    rc = SetUp(fd, dccp, err);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return fd;
}

int WeirDccpListen(const WeirAddr *local, const WeirSockOpts *opts,
                   const WeirDccpOpts *dccp, WeirErr *err)
{
    int fd = WeirDccpOpen(local->sa.sa_family, local, opts, dccp, err);
    return fd < 0 ? fd : WeirSockAwaitPeers(fd, local, err);
}

int WeirDccpPacketMax(int fd)
{
    int bytes;
    socklen_t len = sizeof bytes;
    return getsockopt(fd, SOL_DCCP_, SOCKOPT_CUR_MPS, &bytes, &len) < 0 ? -1 : bytes;
}

int WeirDccpCcid(int fd)
{
    int ccid;
    socklen_t len = sizeof ccid;
    return getsockopt(fd, SOL_DCCP_, SOCKOPT_TX_CCID, &ccid, &len) < 0 ? -1 : ccid;
}
