/* TSP and payload headers against literal bytes of stock D-ITG 2.8.1 (captured on the
 * wire). */
#include "config.h"
#include <string.h>
#include "base/clock.h"
#include "itg/payload.h"
#include "itg/tsp.h"
#include "check.h"

/* SEND_FLOW of `ITGSend -a 127.0.0.1 -T UDP`: port 8999 travels little-endian. */
static const uint8_t flowV4[] = { 0x03, 0x02, 0x00, 0x01, 0x00, 0x04, 0x00, 0x00, 0x00,
                                  0x01, 0x00, 0x6e, 0x6f, 0x53, 0x65, 0x72, 0x69, 0x61,
                                  0x6c, 0x00, 0x00, 0x27, 0x23, 0x7f, 0x00, 0x00, 0x01 };
static const uint8_t ackFlow[] = { 0x05, 0x00, 0x00, 0x00, 0x01, 0x23, 0x27 };

static void TestSendFlow(void)
{
    WeirTspMsg msg = { .type = WEIR_TSP_SEND_FLOW }, back;
    uint8_t bytes[WEIR_TSP_MAX];
    WeirErr err;
    size_t len;
    msg.flow.id = 1;
    msg.flow.protocol = WEIR_ITG_UDP;
    msg.flow.meter = WEIR_ITG_OWDM;
    CHECK(WeirAddrParse("127.0.0.1", AF_INET, 8999, &msg.flow.dst, &err) == 0);
    len = WeirTspEncode(&msg, bytes);
    /* 8999 is 0x2327: low byte first */
    CHECK(len == sizeof flowV4 && memcmp(bytes, flowV4, len) == 0);
    CHECK(WeirTspDecode(WEIR_TSP_SENDER, flowV4, sizeof flowV4, &back, &err) ==
          sizeof flowV4);
    CHECK(back.flow.id == 1 && back.flow.protocol == WEIR_ITG_UDP);
    CHECK(WeirAddrSame(&back.flow.dst, &msg.flow.dst) && !back.flow.serial[0]);
    /* a serial device; what a stranger writes there is made fit to be shown */
    strcpy(msg.flow.serial, "ttyUSB10");
    CHECK(WeirTspEncode(&msg, bytes) == len);
    CHECK(memcmp(bytes + 11, "ttyUSB10\0", 10) == 0);
    memcpy(bytes + 11, "ab\033\xff\nXYZW~", 10);
    CHECK(WeirTspDecode(WEIR_TSP_SENDER, bytes, len, &back, &err) == (int)len);
    CHECK(strcmp(back.flow.serial, "ab???XYZW") == 0);
}

static void TestV6(void)
{
    WeirTspMsg msg = { .type = WEIR_TSP_SEND_FLOW }, back;
    uint8_t bytes[WEIR_TSP_MAX];
    WeirErr err;
    msg.flow = (WeirTspFlow){
        .id = 7, .protocol = WEIR_ITG_TCP, .meter = WEIR_ITG_RTTM, .dsByte = 0x20
    };
    CHECK(WeirAddrParse("::1", AF_INET6, 8999, &msg.flow.dst, &err) == 0);
    CHECK(WeirTspEncode(&msg, bytes) == 39);
    CHECK(WeirTspDecode(WEIR_TSP_SENDER, bytes, 39, &back, &err) == 39);
    CHECK(back.flow.dsByte == 0x20 && WeirAddrPort(&back.flow.dst) == 8999);
}

static void TestAck(void)
{
    WeirTspMsg msg;
    WeirErr err;
    CHECK(WeirTspDecode(WEIR_TSP_RECEIVER, ackFlow, sizeof ackFlow, &msg, &err) == 7);
    CHECK(msg.flowId == 1 && msg.port == 8999);
}

/* SEND_FLOW of `ITGSend -H -T UDP` and of `ITGSend -H -sa 127.0.0.1`: the port that the
 * receiver shall bind (8999) and whether the host is fixed stand before the sender's own
 * address, port 8997. */
static void TestPassive(void)
{
    static const uint8_t any[] = { 0x03, 0x02, 0x00, 0x01, 0x00, 0x06, 0x00, 0x00, 0x00,
                                   0x01, 0x00, 0x6e, 0x6f, 0x53, 0x65, 0x72, 0x69, 0x61,
                                   0x6c, 0x00, 0x00, 0x27, 0x23, 0x00, 0x25, 0x23, 0,
                                   0,    0,    0,    0,    0,    0,    0,    0,    0,
                                   0,    0,    0,    0,    0,    0 };
    static const uint8_t fixed[] = { 0x03, 0x02, 0x00, 0x01, 0x00, 0x04, 0x00, 0x00,
                                     0x00, 0x01, 0x00, 0x6e, 0x6f, 0x53, 0x65, 0x72,
                                     0x69, 0x61, 0x6c, 0x00, 0x00, 0x27, 0x23, 0xff,
                                     0x25, 0x23, 0x7f, 0x00, 0x00, 0x01 };
    static const uint8_t go[] = { 0x05, 0x00, 0x00, 0x00, 0x07 };
    uint8_t bytes[WEIR_TSP_MAX];
    WeirTspMsg msg,
        ack = { .type = WEIR_TSP_ACK_SEND_FLOW, .passive = true, .flowId = 7 };
    WeirErr err;
    char text[WEIR_ADDR_TEXT];
    size_t cut;
    CHECK(WeirTspDecode(WEIR_TSP_PASSIVE_SENDER, any, sizeof any, &msg, &err) == 42);
    CHECK(WeirAddrPort(&msg.flow.dst) == 8999 && !msg.flow.fixed);
    CHECK(strcmp(WeirAddrText(&msg.flow.sender, text), "[::]:8997") == 0);
    CHECK(WeirTspEncode(&msg, bytes) == 42 && memcmp(bytes, any, 42) == 0);
    CHECK(WeirTspDecode(WEIR_TSP_PASSIVE_SENDER, fixed, sizeof fixed, &msg, &err) == 30);
    CHECK(WeirAddrPort(&msg.flow.dst) == 8999 && msg.flow.fixed);
    CHECK(strcmp(WeirAddrText(&msg.flow.sender, text), "127.0.0.1:8997") == 0);
    CHECK(WeirTspEncode(&msg, bytes) == 30 && memcmp(bytes, fixed, 30) == 0);
    for (cut = 0; cut < sizeof fixed; cut++)
        CHECK(WeirTspDecode(WEIR_TSP_PASSIVE_SENDER, fixed, cut, &msg, &err) == 0);
    CHECK(WeirTspEncode(&ack, bytes) == 5 && memcmp(bytes, go, 5) == 0);
    CHECK(WeirTspDecode(WEIR_TSP_PASSIVE_SENDER, go, sizeof go, &msg, &err) == 5);
    CHECK(msg.flowId == 7);
    CHECK(WeirTspDecode(WEIR_TSP_SENDER, go, sizeof go, &msg, &err) == WEIR_E_PARSE);
}

/* Both sides may ask whether the other one lives. */
static void TestDiscovery(void)
{
    static const uint8_t ask[] = { 8 }, answer[] = { 9 };
    WeirTspMsg msg;
    WeirErr err;
    int peer;
    for (peer = WEIR_TSP_RECEIVER; peer <= WEIR_TSP_PASSIVE_SENDER; peer++) {
        CHECK(WeirTspDecode((WeirTspPeer)peer, ask, 1, &msg, &err) == 1);
        CHECK(WeirTspDecode((WeirTspPeer)peer, answer, 1, &msg, &err) == 1);
    }
}

/* Every message: all proper prefixes ask for more, and what follows is left alone. */
static void TestPrefixes(void)
{
    static const WeirTspType types[] = {
        WEIR_TSP_CONNECT,     WEIR_TSP_ACK_CONNECT,      WEIR_TSP_SEND_FLOW,
        WEIR_TSP_CLOSED_FLOW, WEIR_TSP_ACK_SEND_FLOW,    WEIR_TSP_ACK_CLOSED_FLOW,
        WEIR_TSP_RELEASE,     WEIR_TSP_SEND_FLOW_LOG,    WEIR_TSP_SEND_NAME_LOG,
        WEIR_TSP_ERR_BIND,    WEIR_TSP_ACK_SEND_NAME_LOG
    };
    const WeirTspPeer R = WEIR_TSP_RECEIVER, S = WEIR_TSP_SENDER;
    const WeirTspPeer peers[] = { S, R, S, S, R, R, S, S, S, R, R };
    static const size_t lengths[] = { 1, 1, 27, 5, 7, 5, 1, 212, 201, 5, 1 };
    uint8_t bytes[WEIR_TSP_MAX + 1];
    size_t i, cut;
    for (i = 0; i < sizeof types / sizeof *types; i++) {
        WeirTspMsg msg = { .type = types[i], .flowId = 9, .port = 1 }, back;
        WeirErr err;
        size_t len;
        msg.flow.protocol = WEIR_ITG_UDP;
        msg.flow.meter = WEIR_ITG_OWDM;
        msg.flow.dst = WeirAddrAny(AF_INET, 1);
        msg.logServer = WeirAddrAny(AF_INET, 9002);
        strcpy(msg.logName, "x.log");
        len = WeirTspEncode(&msg, bytes);
        CHECK(len == lengths[i]);
        for (cut = 0; cut < len; cut++)
            CHECK(WeirTspDecode(peers[i], bytes, cut, &back, &err) == 0);
        bytes[len] = 0xee;
        CHECK(WeirTspDecode(peers[i], bytes, len + 1, &back, &err) == (int)len);
        if (cut > 1)
            CHECK(WeirTspDecode(peers[i] == R ? S : R, bytes, len, &back, &err) < 0);
    }
}

static void TestGarbage(void)
{
    uint8_t bytes[WEIR_TSP_MAX];
    WeirTspMsg msg;
    WeirErr err;
    unsigned long x = 12345;
    int round, i;
    for (round = 0; round < 200000; round++) {
        for (i = 0; i < (int)sizeof bytes; i++) {
            x = x * 6364136223846793005UL + 1442695040888963407UL;
            bytes[i] = (uint8_t)(x >> 56);
        }
        bytes[0] %= 32;
        i = WeirTspDecode((WeirTspPeer)(round % 3), bytes, x >> 40 & 255, &msg, &err);
        CHECK(i == WEIR_E_PARSE || (i >= 0 && i <= WEIR_TSP_MAX));
        CHECK(memchr(msg.logName, 0, sizeof msg.logName) != NULL);
    }
}

/* UDP p0 of a 60-byte packet: flow 1, seq 1, 01:34:33.247465 UTC. */
static void TestPayload(void)
{
    static const uint8_t wire[] = { 0, 0, 0,    1,    0, 0, 0,    1,
                                    0, 0, 0x16, 0x29, 0, 3, 0xc6, 0xa9 };
    uint8_t bytes[WEIR_PAYLOAD_MAX_HEADER];
    int64_t midnight = 19000 * WEIR_NS_PER_DAY,
            at = midnight + 5673 * WEIR_NS_PER_S + 247465000;
    WeirPayload p;
    WeirPayloadWrite(bytes, WEIR_PAYLOAD_STANDARD, false, 1, 1, at, 60);
    CHECK(memcmp(bytes, wire, sizeof wire) == 0);
    CHECK(WeirPayloadRead(wire, sizeof wire, WEIR_PAYLOAD_STANDARD, false, &p));
    CHECK(p.flowId == 1 && p.seq == 1 && p.daySeconds == 5673 && p.micros == 247465);
    CHECK(WeirPayloadTime(&p, at + 50000) == at);
    CHECK(!WeirPayloadRead(wire, 15, WEIR_PAYLOAD_STANDARD, false, &p));
    CHECK(WeirPayloadBytes(WEIR_PAYLOAD_STANDARD, true) == 20);
    CHECK(WeirPayloadMinPacket(WEIR_PAYLOAD_SHORT, true) == 13);
    /* sent just before midnight, received just after */
    p.daySeconds = 86399;
    p.micros = 999000;
    CHECK(WeirPayloadTime(&p, midnight + 1000) == midnight - WEIR_NS_PER_MS);
    p.daySeconds = 0;
    p.micros = 0;
    CHECK(WeirPayloadTime(&p, midnight - 1000) == midnight);
}

int main(void)
{
    TestSendFlow();
    TestV6();
    TestAck();
    TestPassive();
    TestDiscovery();
    TestPrefixes();
    TestGarbage();
    TestPayload();
    return failures > 0;
}
