/* DCCP sockets: packets arrive whole and all are accounted for, service codes and
 * congestion controls match or are refused.  On a kernel without DCCP: the refusal. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "batch.h"
#include "dccp.h"
#include "transport.h"

enum { SERVICE = 42, ROUNDS = 20, EACH = 10, SIZE = 512 };

static const WeirSockOpts plain = { 0 };
static const WeirDccpOpts service = { .service = SERVICE };

/* Send so many packets as soon as congestion control takes them. */
static void SendPackets(int fd, int first, int count)
{
    char bytes[SIZE] = { 0 };
    for (int i = 0; i < count; i++) {
        bytes[0] = (char)(first + i);
        while (send(fd, bytes, SIZE, 0) != SIZE)
            if (errno != EAGAIN || !Ready(fd, POLLOUT)) {
                CHECK(!"sending goes on");
                return;
            }
    }
}

/* All that the sending end takes arrives, in order, when the receiver keeps up: DCCP
 * drops what does not fit into its buffer, as UDP does. */
static void TestPackets(int from, int to)
{
    WeirBatch *batch = WeirBatchNew(WEIR_BATCH_MAX, 2048);
    WeirPacketIn *packets;
    int got = 0;
    for (int round = 0; round < ROUNDS; round++) {
        SendPackets(from, got, EACH);
        while (got < (round + 1) * EACH && Ready(to, POLLIN)) {
            int n = WeirBatchRead(batch, to, &packets);
            for (int i = 0; i < n; i++) {
                CHECK(packets[i].len == SIZE);
                CHECK(packets[i].data[0] == (uint8_t)got++);
            }
            if (n <= 0)
                break;
        }
    }
    CHECK(got == ROUNDS * EACH);
    WeirBatchFree(batch);
}

static void TestEnds(int listener, int family)
{
    int from = WeirDccpOpen(family, NULL, &plain, &service, NULL);
    int to = Join(from, listener), most;
    char byte, *bytes;
    CHECK(to >= 0);
    CHECK(WeirDccpCcid(from) == 2);
    most = WeirDccpPacketMax(from);
    CHECK(most > 1000);
    bytes = calloc(1, (size_t)most + 1);
    CHECK(send(from, bytes, (size_t)most + 1, 0) == -1 && errno == EMSGSIZE);
    free(bytes);
    TestPackets(from, to);
    TestPackets(to, from);
    close(from);
    CHECK(Ready(to, POLLIN));
    CHECK(recv(to, &byte, 1, 0) == 0);
    close(to);
}

/* A queue of one packet is soon full, and says so instead of losing any. */
static void TestQueue(int listener, int family)
{
    WeirDccpOpts narrow = { .service = SERVICE, .queuePackets = 1 };
    int from = WeirDccpOpen(family, NULL, &plain, &narrow, NULL);
    int to = Join(from, listener), sent = 0;
    char byte = 0;
    CHECK(to >= 0);
    while (sent < 100000 && send(from, &byte, 1, 0) == 1)
        sent++;
    CHECK(sent > 0 && errno == EAGAIN);
    close(from);
    close(to);
}

static void TestRefusals(int listener, int family)
{
    WeirDccpOpts other = { .service = SERVICE + 1 }, tfrc = { .ccid = 3 },
                 none = { .ccid = 99 };
    WeirErr err;
    WeirAddr taken = WeirSockLocal(listener);
    int fd = WeirDccpOpen(family, NULL, &plain, &other, NULL);
    CHECK(WeirSockConnect(fd, &taken, &err) == 1);
    CHECK(Ready(fd, POLLOUT));
    CHECK(WeirSockResult(fd) != 0);
    close(fd);
    CHECK(WeirDccpListen(&taken, &plain, &service, &err) == WEIR_E_POSIX);
    CHECK(err.sysErrno == EADDRINUSE);
    CHECK(WeirDccpOpen(family, NULL, &plain, &none, &err) == WEIR_E_NOSUPPORT);
    CHECK(strncmp(err.text, "this kernel has no DCCP congestion control 99: use 2", 52) ==
          0);
    fd = WeirDccpOpen(family, NULL, &plain, &tfrc, &err); /* not every kernel has it */
    CHECK(fd >= 0 || err.code == WEIR_E_NOSUPPORT);
    if (fd >= 0)
        close(fd);
}

static void Test(int family)
{
    WeirAddr at = Loopback(family);
    WeirErr err = { 0 };
    int listener = WeirDccpListen(&at, &plain, &service, &err);
    CHECK(listener >= 0);
    if (listener < 0) {
        printf("%s\n", err.text);
        return;
    }
    TestEnds(listener, family);
    TestQueue(listener, family);
    TestRefusals(listener, family);
    close(listener);
}

int main(int argc, char **argv)
{
    WeirErr err = { 0 };
    int fd = WeirDccpOpen(AF_INET, NULL, &plain, &service, &err);
    if (fd >= 0)
        close(fd);
    return RunTransport(argc, argv, fd < 0 ? fd : 0, &err,
                        "this kernel has no DCCP: load its modules dccp_ipv4", Test);
}
