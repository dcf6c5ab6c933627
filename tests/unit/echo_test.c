/* Round-trip flows that share a data port: each packet is echoed once, with the DS byte
 * of its flow, which the kernel tells of every datagram. */
#include "config.h"
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "itg/payload.h"
#include "itg/tsp.h"
#include "receiver/receiver.h"
#include "sock.h"
#include "wire/settle.h"
#include "check.h"

static void Say(int fd, const WeirTspMsg *msg)
{
    uint8_t bytes[WEIR_TSP_MAX];
    size_t len = WeirTspEncode(msg, bytes);
    CHECK(write(fd, bytes, len) == (ssize_t)len);
}

/* The receiver's next message, which is of this type; answers its port. */
static unsigned Hear(int fd, WeirTspType type)
{
    uint8_t bytes[WEIR_TSP_MAX];
    size_t len = 0;
    WeirTspMsg msg = { 0 };
    while (len < sizeof bytes && read(fd, bytes + len, 1) == 1 &&
           WeirTspDecode(false, bytes, ++len, &msg, NULL) == 0)
        continue;
    CHECK(msg.type == type);
    return msg.port;
}

/* Announce a flow; answers its data port. */
static unsigned Announce(int signal, uint32_t id, const WeirAddr *dst, uint8_t dsByte)
{
    WeirTspMsg ask = { .type = WEIR_TSP_SEND_FLOW,
                       .flow = { .id = id,
                                 .protocol = WEIR_ITG_UDP,
                                 .meter = WEIR_ITG_RTTM,
                                 .payload = WEIR_PAYLOAD_STANDARD,
                                 .dsByte = dsByte,
                                 .dst = *dst } };
    Say(signal, &ask);
    return Hear(signal, WEIR_TSP_ACK_SEND_FLOW);
}

/* Send one packet of the flow: the DS byte of what comes back, -1 when it is no echo. */
static int EchoOf(int fd, uint32_t id, uint32_t seq)
{
    uint8_t out[100] = { 0 }, in[200];
    union {
        struct cmsghdr align;
        char bytes[256];
    } control;
    struct iovec iov = { in, sizeof in };
    struct msghdr msg = { .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = sizeof control };
    struct cmsghdr *c;
    WeirPayloadWrite(out, WEIR_PAYLOAD_STANDARD, false, id, seq, WeirRealNs(), 0);
    CHECK(send(fd, out, sizeof out, 0) == sizeof out);
    if (recvmsg(fd, &msg, 0) != sizeof out || memcmp(in, out, sizeof out) != 0)
        return -1;
    for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
            return *(uint8_t *)CMSG_DATA(c);
        if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS) {
            int value;
            memcpy(&value, CMSG_DATA(c), sizeof value);
            return value;
        }
    }
    return -1;
}

/* A packet with a number that was there before. */
static void SendAgain(int fd, uint32_t id, uint32_t seq)
{
    uint8_t out[100] = { 0 };
    WeirPayloadWrite(out, WEIR_PAYLOAD_STANDARD, false, id, seq, WeirRealNs(), 0);
    CHECK(send(fd, out, sizeof out, 0) == sizeof out);
}

/* A data socket to the port of `dst` that learns DS bytes. */
static int DataSocket(const WeirAddr *dst)
{
    int fd = socket(dst->sa.sa_family, SOCK_DGRAM, 0), on = 1;
    if (dst->sa.sa_family == AF_INET6)
        CHECK(setsockopt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &on, sizeof on) == 0);
    else
        CHECK(setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof on) == 0);
    WeirSockWait(fd, 20 * WEIR_NS_PER_S);
    CHECK(connect(fd, &dst->sa, WeirAddrLen(dst)) == 0);
    return fd;
}

static void TestDsBytes(WeirEngine *engine, const char *host)
{
    WeirReceiverSpec spec = { .listen = "127.0.0.1:0" };
    WeirTspMsg hello = { .type = WEIR_TSP_CONNECT };
    WeirReceiverStats stats;
    WeirReceiver *r;
    WeirAddr signal, dst;
    WeirErr err;
    int fd, one, two, three;
    CHECK(WeirReceiverNew(engine, &spec, NULL, NULL, &r, &err) == 0);
    CHECK(WeirReceiverStart(r, &err) == 0);
    WeirReceiverGetStats(r, &stats);
    CHECK(WeirAddrParse(stats.listenAddr, AF_UNSPEC, 0, &signal, &err) == 0);
    CHECK(WeirAddrParse(host, AF_UNSPEC, 0, &dst, &err) == 0);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    WeirSockWait(fd, 20 * WEIR_NS_PER_S);
    CHECK(connect(fd, &signal.sa, WeirAddrLen(&signal)) == 0);
    Say(fd, &hello);
    Hear(fd, WEIR_TSP_ACK_CONNECT);
    /* A port that nobody has, so that all three can ask for it. */
    one = socket(dst.sa.sa_family, SOCK_DGRAM, 0);
    CHECK(bind(one, &dst.sa, WeirAddrLen(&dst)) == 0);
    dst = WeirSockLocal(one);
    close(one);
    CHECK(Announce(fd, 1, &dst, 0x20) == WeirAddrPort(&dst));
    CHECK(Announce(fd, 2, &dst, 0x48) == WeirAddrPort(&dst));
    CHECK(Announce(fd, 3, &dst, 0) == WeirAddrPort(&dst));
    one = DataSocket(&dst);
    two = DataSocket(&dst);
    three = DataSocket(&dst);
    CHECK(EchoOf(one, 1, 1) == 0x20);
    CHECK(EchoOf(two, 2, 1) == 0x48);
    CHECK(EchoOf(three, 3, 1) == 0);
    CHECK(EchoOf(one, 1, 2) == 0x20);
    SendAgain(one, 1, 2);
    CHECK(EchoOf(one, 1, 3) == 0x20); /* and no other echo before */
    close(one);
    close(two);
    close(three);
    close(fd);
    WeirReceiverRelease(r);
    CHECK(WeirSettle(WEIR_BUSY_RECEIVERS, 20 * WEIR_NS_PER_S) == 0);
}

int main(void)
{
    WeirErr err;
    WeirEngine *engine = WeirEngineAcquire(&err);
    CHECK(engine != NULL);
    TestDsBytes(engine, "127.0.0.1");
    TestDsBytes(engine, "::1");
    WeirEngineRelease(engine);
    return failures > 0;
}
