/* SCTP sockets: messages keep their bounds, streams and types, and are counted; what is
 * refused.  On a kernel without SCTP: the refusal. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "batch.h"
#include "sctp.h"
#include "transport.h"

enum { STREAMS = 5, BIG = 100000, MANY = 50 };

static const WeirSockOpts plain = { .noDelay = 1, .stamps = 1 };

/* One message of `size` equal bytes came on this stream. */
static void CheckMessage(int fd, size_t size, char byte, const WeirSctpSending *sent)
{
    static char buf[4096];
    WeirSctpMessage message = { 0 };
    size_t got = 0, wrong = 0;
    while (!message.whole && Ready(fd, POLLIN)) {
        ssize_t n = WeirSctpReceive(fd, buf, sizeof buf, &message);
        if (n <= 0)
            break;
        for (ssize_t i = 0; i < n; i++)
            wrong += buf[i] != byte;
        got += (size_t)n;
        CHECK(message.stream == sent->stream);
        CHECK(message.payloadType == sent->payloadType);
        CHECK(message.unordered == sent->unordered);
        CHECK(llabs(WeirRealNs() - message.stampNs) < 10 * WEIR_NS_PER_S);
    }
    CHECK(message.whole);
    CHECK(got == size);
    CHECK(wrong == 0);
}

static void TestMessages(int from, int to)
{
    static const size_t sizes[] = { 1, 4096, BIG };
    static const WeirSctpSending ways[] = {
        { 0 }, { .stream = STREAMS - 1, .payloadType = 0x01020304 }, { .unordered = true }
    };
    char *bytes = malloc(BIG);
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        CHECK(WeirSctpSetSending(from, &ways[way], NULL) == 0);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            char byte = (char)('a' + 10 * way + i);
            memset(bytes, byte, BIG);
            CHECK(Ready(from, POLLOUT));
            CHECK(send(from, bytes, sizes[i], 0) == (ssize_t)sizes[i]);
            CheckMessage(to, sizes[i], byte, &ways[way]);
        }
    }
    free(bytes);
}

/* What leaves in one call arrives as so many messages; both ends count the same. */
static void TestBatch(int from, int to)
{
    WeirBatch *batch = WeirBatchNew(WEIR_BATCH_MAX, 2048);
    WeirPacketIn *packets;
    WeirSctpState before, after, there, begun;
    struct iovec iov[MANY];
    char bytes[MANY];
    int seen = 0;
    memset(bytes, 7, sizeof bytes);
    for (int i = 0; i < MANY; i++)
        iov[i] = (struct iovec){ bytes, (size_t)i + 1 };
    CHECK(WeirSctpGetState(from, &before, NULL) == 0);
    CHECK(WeirSctpGetState(to, &begun, NULL) == 0);
    CHECK(WeirBatchSend(from, iov, 1, MANY) == MANY);
    while (seen < MANY && Ready(to, POLLIN)) {
        int n = WeirBatchRead(batch, to, &packets);
        for (int i = 0; i < n; i++) {
            seen++;
            CHECK(packets[i].len == (uint32_t)seen);
        }
        if (n <= 0)
            break;
    }
    CHECK(seen == MANY);
    CHECK(WeirSctpGetState(from, &after, NULL) == 0);
    CHECK(WeirSctpGetState(to, &there, NULL) == 0);
    CHECK(after.chunksSent - before.chunksSent == MANY);
    CHECK(there.chunksReceived - begun.chunksReceived == MANY);
    CHECK(after.packetsSent > 0 && after.mtuBytes > 0 && after.rtoNs > 0);
    CHECK(after.retransmitted == 0 && there.duplicates == 0);
    WeirBatchFree(batch);
}

static void TestEnds(int listener, int family)
{
    WeirSctpMessage message;
    WeirSctpState state;
    char byte;
    int from = WeirSctpOpen(family, NULL, &plain, STREAMS, NULL);
    int to = Join(from, listener);
    CHECK(to >= 0);
    CHECK(WeirSctpReceive(to, &byte, 1, &message) == -EAGAIN);
    CHECK(WeirSctpGetState(from, &state, NULL) == 0);
    CHECK(state.established && state.outStreams == STREAMS);
    TestMessages(from, to);
    TestMessages(to, from);
    TestBatch(from, to);
    close(from);
    CHECK(Ready(to, POLLIN));
    CHECK(WeirSctpReceive(to, &byte, 1, &message) == 0);
    close(to);
}

static void TestRefusals(int listener, int family)
{
    WeirSctpSending how = { .stream = STREAMS };
    WeirSctpState state;
    WeirErr err;
    WeirAddr taken = WeirSockLocal(listener), nobody = Loopback(family);
    int fd = WeirSctpOpen(family, NULL, &plain, STREAMS, NULL), other;
    CHECK(WeirSctpOpen(family, NULL, &plain, 65536, &err) == WEIR_E_ARG);
    CHECK(WeirSctpListen(&taken, &plain, 0, &err) == WEIR_E_POSIX);
    CHECK(err.sysErrno == EADDRINUSE);
    CHECK(WeirSctpGetState(fd, &state, &err) == WEIR_E_POSIX);
    other = Join(fd, listener);
    CHECK(WeirSctpSetSending(fd, &how, &err) == WEIR_E_ARG);
    CHECK(strcmp(err.text, "the association has streams 0 to 4, not 5") == 0);
    close(other);
    close(fd);
    fd = WeirSctpOpen(family, NULL, &plain, 0, NULL);
    WeirAddrSetPort(&nobody, 1);
    CHECK(WeirSockConnect(fd, &nobody, &err) == 1);
    CHECK(Ready(fd, POLLOUT));
    CHECK(WeirSockResult(fd) == ECONNREFUSED);
    close(fd);
}

static void Test(int family)
{
    WeirAddr at = Loopback(family);
    WeirErr err = { 0 };
    int listener = WeirSctpListen(&at, &plain, STREAMS, &err);
    CHECK(listener >= 0);
    if (listener < 0) {
        printf("%s\n", err.text);
        return;
    }
    TestEnds(listener, family);
    TestRefusals(listener, family);
    close(listener);
}

int main(int argc, char **argv)
{
    WeirErr err = { 0 };
    int fd = WeirSctpOpen(AF_INET, NULL, &plain, 0, &err);
    if (fd >= 0)
        close(fd);
    return RunTransport(argc, argv, fd < 0 ? fd : 0, &err,
                        "this kernel has no SCTP: load its module sctp", Test);
}
