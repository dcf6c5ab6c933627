#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include "sock.h"

static int Set(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value);
}

/* The forced variant passes net.core.rmem_max but wants CAP_NET_ADMIN. */
static void SetBuffer(int fd, int forced, int plain, int64_t bytes)
{
    int half = bytes > (1 << 30) ? 1 << 29 : (int)(bytes / 2); /* the kernel doubles it */
    if (bytes > 0 && Set(fd, SOL_SOCKET, forced, half) < 0)
        Set(fd, SOL_SOCKET, plain, half);
}

static int SetInterface(int fd, const char *name, WeirErr *err)
{
    if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name)) < 0)
        return WeirFailErrno(err, errno, "cannot bind to interface \"%.30s\"%s", name,
                             errno == EPERM ? " (needs the capability CAP_NET_RAW)" : "");
    return WEIR_OK;
}

void WeirSockShare(int fd)
{
    Set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
}

int WeirSockSetDs(int fd, int family, int dsByte)
{
    Set(fd, IPPROTO_IP, IP_TOS, dsByte); /* also for mapped peers of IPv6 sockets */
    return family == AF_INET6 ? Set(fd, IPPROTO_IPV6, IPV6_TCLASS, dsByte) : 0;
}

static int SetOptions(int fd, int family, int type, const WeirSockOpts *o, WeirErr *err)
{
    if (o->reuse)
        Set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (o->share)
        WeirSockShare(fd);
    if (o->interface && *o->interface && SetInterface(fd, o->interface, err) < 0)
        return err ? err->code : WEIR_E_POSIX;
    if (o->dsByte && WeirSockSetDs(fd, family, o->dsByte) < 0)
        return WeirFailErrno(err, errno, "cannot set DS byte %d", o->dsByte);
    if (o->ttl) {
        Set(fd, IPPROTO_IP, IP_TTL, o->ttl);
        if (family == AF_INET6 && Set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, o->ttl) < 0)
            return WeirFailErrno(err, errno, "cannot set hop limit %d", o->ttl);
    }
    if (o->noDelay && type == SOCK_STREAM)
        Set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (o->stamps)
        Set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    SetBuffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, o->receiveBytes);
    SetBuffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, o->sendBytes);
    return WEIR_OK;
}

/* A kernel says in one of two ways that it lacks a protocol. */
static int FailToOpen(int protocol, int why, WeirErr *err)
{
    if (why == ESOCKTNOSUPPORT || why == EPROTONOSUPPORT) {
        if (protocol == IPPROTO_SCTP)
            return WeirFail(err, WEIR_E_NOSUPPORT,
                            "this kernel has no SCTP: load its module sctp, or use a "
                            "kernel that has it");
        if (protocol == IPPROTO_DCCP)
            return WeirFail(err, WEIR_E_NOSUPPORT,
                            "this kernel has no DCCP: load its modules dccp_ipv4 and "
                            "dccp_ipv6, or use a Linux before 6.16 that has them");
    }
    return WeirFailErrno(err, why, "cannot open a socket");
}

int WeirSockOpen(int family, int type, const WeirAddr *local, const WeirSockOpts *opts,
                 WeirErr *err)
{
    int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, opts->protocol), rc, why;
    if (fd < 0)
        return FailToOpen(opts->protocol, errno, err);
    if (family == AF_INET6)
        Set(fd, IPPROTO_IPV6, IPV6_V6ONLY, local && !WeirAddrIsAny(local));
    rc = SetOptions(fd, family, type, opts, err);
    if (rc == 0 && local && local->sa.sa_family != AF_UNSPEC &&
        bind(fd, &local->sa, WeirAddrLen(local)) < 0) {
        char text[WEIR_ADDR_TEXT];
        why = errno;
        rc = WeirFailErrno(err, why, "cannot bind to %s", WeirAddrText(local, text));
    }
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return fd;
}

int WeirSockListen(const WeirAddr *local, const WeirSockOpts *opts, WeirErr *err)
{
    int fd = WeirSockOpen(local->sa.sa_family, SOCK_STREAM, local, opts, err);
    return fd < 0 ? fd : WeirSockAwaitPeers(fd, local, err);
}

int WeirSockAwaitPeers(int fd, const WeirAddr *local, WeirErr *err)
{
    if (listen(fd, 1024) < 0) {
        char text[WEIR_ADDR_TEXT];
        int why = errno;
        close(fd);
        return WeirFailErrno(err, why, "cannot listen on %s", WeirAddrText(local, text));
    }
    return fd;
}

int WeirSockAccept(int fd, WeirAddr *peer)
{
    socklen_t len = sizeof *peer;
    memset(peer, 0, sizeof *peer);
    return accept4(fd, &peer->sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int WeirSockConnect(int fd, const WeirAddr *peer, WeirErr *err)
{
    char text[WEIR_ADDR_TEXT];
    if (connect(fd, &peer->sa, WeirAddrLen(peer)) == 0)
        return 0;
    if (errno == EINPROGRESS || errno == EINTR)
        return 1;
    return WeirFailErrno(err, errno, "cannot connect to %s", WeirAddrText(peer, text));
}

int WeirSockResult(int fd)
{
    int value = 0;
    socklen_t len = sizeof value;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &len) < 0)
        return errno;
    return value;
}

uint32_t WeirSockDatagramMax(int fd)
{
    bool v6 = WeirSockLocal(fd).sa.sa_family == AF_INET6;
    int mtu = 0, head = v6 ? 40 + 8 : 20 + 8;
    socklen_t len = sizeof mtu;
    if (getsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_MTU : IP_MTU, &mtu,
                   &len) < 0)
        return 0;
    return mtu > head ? (uint32_t)(mtu - head) : 0;
}

void WeirSockWait(int fd, int64_t timeoutNs)
{
    struct timeval limit = { timeoutNs / 1000000000, timeoutNs % 1000000000 / 1000 };
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

void WeirSockKeepAlive(int fd, int idleS)
{
    Set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    Set(fd, IPPROTO_TCP, TCP_KEEPIDLE, idleS);
    Set(fd, IPPROTO_TCP, TCP_KEEPINTVL, (idleS + 2) / 3);
    Set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

WeirAddr WeirSockLocal(int fd)
{
    WeirAddr addr;
    socklen_t len = sizeof addr;
    memset(&addr, 0, sizeof addr);
    getsockname(fd, &addr.sa, &len);
    return addr;
}

WeirAddr WeirSockPeer(int fd)
{
    WeirAddr addr;
    socklen_t len = sizeof addr;
    memset(&addr, 0, sizeof addr);
    getpeername(fd, &addr.sa, &len);
    return addr;
}

int WeirSockUnsent(int fd)
{
    uint32_t info[SK_MEMINFO_VARS] = { 0 };
    socklen_t len = sizeof info;
    int bytes = 0;
    if (ioctl(fd, SIOCOUTQ, &bytes) < 0 && /* SCTP */
        getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) == 0)
        return (int)info[SK_MEMINFO_WMEM_QUEUED];
    return bytes;
}

int WeirSockTcpInfo(int fd, WeirSockTcp *out)
{
    struct tcp_info info;
    socklen_t len = sizeof info;
    memset(out, 0, sizeof *out);
    memset(&info, 0, sizeof info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0 ||
        len < offsetof(struct tcp_info, tcpi_sndbuf_limited) + sizeof(uint64_t))
        return -1;
    out->busy = (double)info.tcpi_busy_time / 1e6;
    out->windowLimited = (double)info.tcpi_rwnd_limited / 1e6;
    out->bufferLimited = (double)info.tcpi_sndbuf_limited / 1e6;
    out->retransmits = info.tcpi_total_retrans;
    return 0;
}

int64_t WeirSockReceiveBytes(int fd)
{
    int bytes = 0;
    socklen_t len = sizeof bytes;
    return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len) < 0 ? 0 : bytes;
}

int64_t WeirSockDrops(int fd)
{
    uint32_t info[SK_MEMINFO_VARS] = { 0 };
    socklen_t len = sizeof info;
    if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) < 0 ||
        len <= SK_MEMINFO_DROPS * sizeof *info)
        return -1;
    return info[SK_MEMINFO_DROPS];
}
