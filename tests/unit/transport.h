/* What the tests of SCTP and DCCP share: waiting, and connecting on this host. */
#ifndef WEIR_TEST_TRANSPORT_H
#define WEIR_TEST_TRANSPORT_H
#include <stdbool.h>
#include <string.h>
#include <sys/poll.h>
#include "sock.h"
#include "check.h"

/* Whether a socket becomes ready for POLLIN or POLLOUT within thirty seconds. */
static inline bool Ready(int fd, short events)
{
    struct pollfd p = { .fd = fd, .events = events };
    return poll(&p, 1, 30000) == 1;
}

/* An address of this host; the kernel chooses the port. */
static inline WeirAddr Loopback(int family)
{
    WeirAddr addr = WeirAddrAny(family, 0);
    if (family == AF_INET)
        addr.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
        addr.v6.sin6_addr = in6addr_loopback;
    return addr;
}

/* Connect `fd` to what listens at `listener`: the accepted socket, or -1. */
static inline int Join(int fd, int listener)
{
    WeirAddr at = WeirSockLocal(listener), from;
    int other;
    if (WeirSockConnect(fd, &at, NULL) < 0 || !Ready(fd, POLLOUT) ||
        WeirSockResult(fd) != 0 || !Ready(listener, POLLIN))
        return -1;
    other = WeirSockAccept(listener, &from);
    at = WeirSockLocal(fd);
    CHECK(WeirAddrSame(&from, &at));
    return other;
}

/* The test of one transport, by a program that knows three ways: without an argument it
 * tests all where the kernel has the transport (`missing` is what opening answered) and
 * the refusal elsewhere; with `have` its status tells which; with `need` absence fails.
 */
static inline int RunTransport(int argc, char **argv, int missing, const WeirErr *err,
                               const char *refusal, void (*test)(int family))
{
    if (argc > 1 && strcmp(argv[1], "have") == 0)
        return missing != 0;
    if (missing) {
        CHECK(argc == 1);
        CHECK(missing == WEIR_E_NOSUPPORT && err->code == missing);
        CHECK(strncmp(err->text, refusal, strlen(refusal)) == 0);
        printf("%s\n", err->text);
    } else {
        test(AF_INET);
        test(AF_INET6);
    }
    return failures > 0;
}

#endif
