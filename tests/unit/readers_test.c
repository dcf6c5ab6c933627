/* A data port with two readers, when the kernel gives packets of one flow to both: they
 * count as one flow's.  Which reader a source's packets reach depends on how many sockets
 * share the port, so a socket of our own that joins them for a while makes sources move
 * from one reader to the other and back; what it takes itself is missing there. */
#include "config.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "itg/payload.h"
#include "itg/record.h"
#include "itg/tsp.h"
#include "receiver/receiver.h"
#include "sock.h"
#include "wire/settle.h"
#include "check.h"

enum { SENDERS = 60, PACKETS = 300 };

/* What a sender has: a signalling connection and a data socket. */
typedef struct Sender {
    int signal, data;
} Sender;

static void Say(int fd, const WeirTspMsg *msg)
{
    uint8_t bytes[WEIR_TSP_MAX];
    size_t len = WeirTspEncode(msg, bytes);
    CHECK(write(fd, bytes, len) == (ssize_t)len);
}

/* The receiver's next message. */
static WeirTspMsg Hear(int fd)
{
    uint8_t bytes[WEIR_TSP_MAX];
    size_t len = 0;
    WeirTspMsg msg = { 0 };
    while (WeirTspDecode(WEIR_TSP_RECEIVER, bytes, len, &msg, NULL) <= 0) {
        if (len == sizeof bytes || read(fd, bytes + len, 1) != 1) {
            CHECK(!"an answer");
            break;
        }
        len++;
    }
    return msg;
}

/* All senders use flow id 7. */
static Sender OpenSender(const WeirAddr *signal, unsigned port)
{
    WeirTspMsg hello = { .type = WEIR_TSP_CONNECT },
               ask = { .type = WEIR_TSP_SEND_FLOW,
                       .flow = { .id = 7,
                                 .protocol = WEIR_ITG_UDP,
                                 .meter = WEIR_ITG_OWDM,
                                 .payload = WEIR_PAYLOAD_SHORT,
                                 .dst = WeirAddrAny(AF_INET, port) } };
    Sender s = { socket(AF_INET, SOCK_STREAM, 0), socket(AF_INET, SOCK_DGRAM, 0) };
    WeirAddr to;
    WeirErr err;
    CHECK(connect(s.signal, &signal->sa, WeirAddrLen(signal)) == 0);
    Say(s.signal, &hello);
    CHECK(Hear(s.signal).type == WEIR_TSP_ACK_CONNECT);
    Say(s.signal, &ask);
    CHECK(Hear(s.signal).type == WEIR_TSP_ACK_SEND_FLOW);
    CHECK(WeirAddrParse("127.0.0.1", AF_INET, port, &to, &err) == 0);
    CHECK(connect(s.data, &to.sa, WeirAddrLen(&to)) == 0);
    return s;
}

static void SendPacket(const Sender *s, uint32_t seq)
{
    uint8_t bytes[WEIR_PAYLOAD_MAX_HEADER];
    WeirPayloadWrite(bytes, WEIR_PAYLOAD_SHORT, false, 7, seq, 0, 0);
    CHECK(send(s->data, bytes, 8, 0) == 8);
}

static void CloseSender(const Sender *s)
{
    WeirTspMsg end = { .type = WEIR_TSP_CLOSED_FLOW, .flowId = 7 };
    Say(s->signal, &end);
    CHECK(Hear(s->signal).type == WEIR_TSP_ACK_CLOSED_FLOW);
    close(s->signal);
    close(s->data);
}

/* A socket on a port that it may share; port 0: one that nobody has. */
static int Join(unsigned port)
{
    WeirSockOpts opts = { .share = 1 };
    WeirAddr any = WeirAddrAny(AF_INET, port);
    WeirErr err;
    int fd = WeirSockOpen(AF_INET, SOCK_DGRAM, &any, &opts, &err);
    CHECK(fd >= 0);
    return fd;
}

/* How many datagrams wait; reads them. */
static int Count(int fd)
{
    uint8_t bytes[WEIR_PAYLOAD_MAX_HEADER];
    int n = 0;
    while (recv(fd, bytes, sizeof bytes, 0) >= 0)
        n++;
    return n;
}

/* Everything counted once; `taken`: how many packets our own socket got. */
static void CheckFlows(WeirReceiver *r, int64_t taken)
{
    int64_t lost = 0;
    int i;
    for (i = 0; i < SENDERS; i++) {
        WeirSinkStats s;
        CHECK(WeirReceiverFlow(r, i, &s));
        CHECK(!s.active && s.reason.code == 0 && s.kernelDrops == 0);
        CHECK(s.figures.packets == s.figures.seq.received);
        CHECK(s.figures.seq.received + s.figures.seq.lost == PACKETS);
        CHECK(s.figures.seq.duplicates == 0);
        lost += s.figures.seq.lost;
    }
    CHECK(lost == taken && taken > 0);
}

static void TestMoving(WeirEngine *engine, const char *log)
{
    WeirReceiverSpec spec = { .listen = "127.0.0.1:0",
                              .log = (char *)log,
                              .drainNs = 50 * WEIR_NS_PER_MS,
                              .bufferBytes = 16 << 20,
                              .readers = 2 };
    Sender senders[SENDERS];
    WeirReceiver *r;
    WeirReceiverStats stats;
    WeirAddr signal;
    WeirErr err;
    unsigned port;
    int i, fd = Join(0), taken = 0;
    uint32_t seq;
    signal = WeirSockLocal(fd);
    port = WeirAddrPort(&signal);
    close(fd);
    CHECK(WeirReceiverNew(engine, &spec, NULL, NULL, &r, &err) == 0);
    CHECK(WeirReceiverStart(r, &err) == 0);
    WeirReceiverGetStats(r, &stats);
    CHECK(WeirAddrParse(stats.listenAddr, AF_INET, 0, &signal, &err) == 0);
    for (i = 0; i < SENDERS; i++) { /* the next is served when this one was heard */
        senders[i] = OpenSender(&signal, port);
        SendPacket(&senders[i], 1);
    }
    for (seq = 2; seq <= PACKETS; seq++) {
        if (seq == PACKETS / 3)
            fd = Join(port);
        for (i = 0; i < SENDERS; i++)
            SendPacket(&senders[i], seq);
        if (seq >= PACKETS / 3 && seq < PACKETS * 2 / 3)
            taken += Count(fd);
        if (seq == PACKETS * 2 / 3 - 1)
            close(fd);
        WeirReceiverGetStats(r, &stats); /* also ask meanwhile */
    }
    for (i = 0; i < SENDERS; i++)
        CloseSender(&senders[i]);
    CheckFlows(r, taken);
    WeirReceiverGetStats(r, &stats);
    CHECK(stats.stray == 0 && stats.kernelDrops == 0 && stats.logDropped == 0);
    CHECK(stats.logWritten == stats.packets);
    WeirReceiverRelease(r);
    CHECK(WeirSettle(WEIR_BUSY_RECEIVERS, 20 * WEIR_NS_PER_S) == 0);
}

int main(void)
{
    char log[64];
    WeirErr err;
    WeirEngine *engine = WeirEngineAcquire(&err);
    CHECK(engine != NULL);
    snprintf(log, sizeof log, "readers_test.%d.log", (int)getpid());
    TestMoving(engine, log);
    unlink(log);
    WeirEngineRelease(engine);
    return failures > 0;
}
