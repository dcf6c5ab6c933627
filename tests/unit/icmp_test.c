/* ICMP messages against literal bytes of stock D-ITG 2.8.1 (captured on the wire). */
#include "config.h"
#include <string.h>
#include "itg/icmp.h"
#include "itg/payload.h"
#include "itg/tsp.h"
#include "check.h"

/* `ITGSend -a 10.0.0.2 -T ICMP -c 60`: SEND_FLOW, which does not say the type, and the
 * first message. */
static const uint8_t sendFlow[] = {
    0x03, 0x03, 0x00, 0x01, 0x00, 0x04, 0x00, 0x00, 0x00, 0x01, 0x00, 0x6e, 0x6f, 0x53,
    0x65, 0x72, 0x69, 0x61, 0x6c, 0x00, 0x00, 0x27, 0x23, 0x0a, 0x00, 0x00, 0x02
};
static const uint8_t message[] = {
    0x08, 0x00, 0xb3, 0x98, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
    0x00, 0x01, 0x00, 0x00, 0x85, 0xf9, 0x00, 0x08, 0x23, 0xd3, 0x20, 0xec, 0x64, 0xc1,
    0x04, 0x2d, 0x2a, 0x94, 0x6f, 0x7c, 0x00, 0x65, 0x91, 0xa7, 0x16, 0x7a, 0x30, 0x3e,
    0x59, 0x59, 0x7c, 0x8a, 0xb7, 0x54, 0xa0, 0x5e, 0x1f, 0x09, 0xcf, 0x64, 0x42, 0x6f,
    0xd1, 0x26, 0x31, 0x55, 0xd2, 0xda, 0xe9, 0x42, 0x58, 0x69, 0x28, 0x69
};

/* The same bytes whichever way they are cut. */
static void TestSeal(void)
{
    uint8_t header[WEIR_ICMP_MAX_HEADER], body[sizeof message];
    size_t len = sizeof message - sizeof header, first;
    memcpy(body, message + sizeof header, len);
    for (first = 0; first <= len; first++) {
        struct iovec pieces[] = { { header, sizeof header },
                                  { body, first },
                                  { body + first, len - first } };
        WeirIcmpWrite(header, false, 8);
        WeirIcmpSeal(pieces, 3);
        CHECK(memcmp(header, message, sizeof header) == 0);
    }
}

/* A message of odd length: as if a zero followed. */
static void TestOdd(void)
{
    uint8_t odd[] = { 8, 0, 0, 0, 0, 0, 0, 0, 0xab }, even[10] = { 0 };
    struct iovec a = { odd, sizeof odd }, b = { even, sizeof even };
    memcpy(even, odd, sizeof odd);
    WeirIcmpSeal(&a, 1);
    WeirIcmpSeal(&b, 1);
    CHECK(memcmp(odd, even, 4) == 0);
    CHECK(odd[2] == 0x4c && odd[3] == 0xff); /* ~(0x0800 + 0xab00) */
}

/* On IPv4 an IP header of any length is in front; no length is read beyond its end. */
static void TestRead(void)
{
    uint8_t packet[60 + sizeof message] = { 0 };
    WeirIcmp icmp;
    size_t ip, kept;
    for (ip = 20; ip <= 60; ip += 4) {
        packet[0] = (uint8_t)(0x40 | ip / 4);
        memcpy(packet + ip, message, sizeof message);
        CHECK(WeirIcmpRead(packet, ip + sizeof message, false, &icmp));
        CHECK(icmp.type == 8 && icmp.ipBytes == ip && icmp.headBytes == ip + 8);
        for (kept = 0; kept < ip + 8; kept++)
            CHECK(!WeirIcmpRead(packet, kept, false, &icmp));
    }
    CHECK(WeirIcmpRead((const uint8_t *)"\x80\0\0\0", 4, true, &icmp));
    CHECK(icmp.type == 128 && icmp.ipBytes == 0 && icmp.headBytes == 4);
    CHECK(!WeirIcmpRead((const uint8_t *)"\x80\0\0", 3, true, &icmp));
}

static void TestSendFlow(void)
{
    WeirTspMsg msg, back;
    uint8_t bytes[WEIR_TSP_MAX];
    int type;
    CHECK(WeirTspDecode(true, sendFlow, sizeof sendFlow, &msg, NULL) == sizeof sendFlow);
    CHECK(msg.flow.protocol == WEIR_ITG_ICMP && msg.flow.icmpType == -1);
    for (type = 0; type < 255; type++) {
        msg.flow.icmpType = type;
        CHECK(WeirTspEncode(&msg, bytes) == sizeof sendFlow);
        CHECK(memcmp(bytes, sendFlow, 20) == 0); /* the name and its NUL stay */
        CHECK(WeirTspDecode(true, bytes, sizeof sendFlow, &back, NULL) > 0);
        CHECK(back.flow.icmpType == type);
    }
}

int main(void)
{
    TestSeal();
    TestOdd();
    TestRead();
    TestSendFlow();
    return failures != 0;
}
