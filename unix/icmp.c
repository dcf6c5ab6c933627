#include "config.h"
#include <errno.h>
#include <limits.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/icmp.h>
#include "icmp.h"

static int Protocol(int family)
{
    return family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
}

int WeirIcmpSockMay(int family, WeirErr *err)
{
    int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC, Protocol(family));
    char program[PATH_MAX];
    ssize_t len;
    if (fd >= 0) {
        close(fd);
        return WEIR_OK;
    }
    if (errno != EPERM && errno != EACCES)
        return WeirFailErrno(err, errno, "cannot open a raw socket for ICMP");
    len = readlink("/proc/self/exe", program, sizeof program);
    WeirFail(err, WEIR_E_PERM,
             "ICMP needs a raw socket, and this process lacks the capability "
             "CAP_NET_RAW: run as root, or allow it once with \"setcap cap_net_raw+ep "
             "%.*s\"",
             len > 0 && len < 200 ? (int)len : 7,
             len > 0 && len < 200 ? program : "PROGRAM");
    if (err)
        err->sysErrno = EPERM;
    return WEIR_E_PERM;
}

int WeirIcmpSockOpen(int family, const WeirAddr *local, const WeirSockOpts *opts,
                     WeirErr *err)
{
    static const WeirIcmpTypes none;
    WeirSockOpts mine = *opts;
    int fd = WeirIcmpSockMay(family, err);
    if (fd < 0)
        return fd;
    mine.protocol = Protocol(family);
    fd = WeirSockOpen(family, SOCK_RAW, local, &mine, err);
    if (fd >= 0)
        WeirIcmpSockPass(fd, family, &none);
    return fd;
}

void WeirIcmpTypesAdd(WeirIcmpTypes *types, int type)
{
    types->bits[type / 32] |= UINT32_C(1) << type % 32;
}

bool WeirIcmpTypesHave(const WeirIcmpTypes *types, int type)
{
    return types->bits[type / 32] >> type % 32 & 1;
}

void WeirIcmpSockPass(int fd, int family, const WeirIcmpTypes *types)
{
    struct icmp_filter filter = { ~types->bits[0] }; /* a set bit blocks */
    struct icmp6_filter filter6;
    int type;
    if (family != AF_INET6) {
        setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
        return;
    }
    ICMP6_FILTER_SETBLOCKALL(&filter6);
    for (type = 0; type < 256; type++)
        if (WeirIcmpTypesHave(types, type))
            ICMP6_FILTER_SETPASS(type, &filter6);
    setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter6, sizeof filter6);
}
