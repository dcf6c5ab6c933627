/* ITGLog's messages and records against literal bytes of stock D-ITG 2.8.1, captured
 * between ITGSend and ITGLog. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "itg/logproto.h"
#include "check.h"

/* The first record of `ITGSend -a 127.0.0.1 -C 1000 -L 127.0.0.1 TCP`, sent at 06:39:28
 * and 130493 us, 512 bytes from port 49215 to 8999; without the zeros of its end. */
static const uint8_t stockHead[] = {
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0xc0, 0x3f,
    0x00, 0x00, 0x23, 0x27, 0x00, 0x00, 0x5d, 0xa0, 0x00, 0x01, 0xfd, 0xbd,
    0x00, 0x00, 0x5d, 0xa0, 0x00, 0x01, 0xfd, 0xbd, 0x00, 0x00, 0x02, 0x00
};

static void StockRecord(uint8_t net[WEIR_ITG_RECORD_BYTES])
{
    memset(net, 0, WEIR_ITG_RECORD_BYTES);
    memcpy(net, stockHead, sizeof stockHead);
    strcpy((char *)net + WEIR_ITG_AT_SRC, "127.0.0.1");
    strcpy((char *)net + WEIR_ITG_AT_DST, "127.0.0.1");
}

static void TestRecord(void)
{
    uint8_t net[WEIR_ITG_RECORD_BYTES], file[WEIR_ITG_RECORD_BYTES],
        back[WEIR_ITG_RECORD_BYTES];
    WeirItgRecord r;
    StockRecord(net);
    CHECK(WeirItgLogRecordDecode(net, file));
    WeirItgRecordDecode(file, &r);
    CHECK(r.flow == 1 && r.seq == 1 && r.srcPort == 49215 && r.dstPort == 8999);
    CHECK(r.size == 512 && strcmp(r.src, "127.0.0.1") == 0);
    CHECK(r.tx.hour == 6 && r.tx.minute == 39 && fabs(r.tx.seconds - 28.130493) < 1e-9);
    CHECK(r.rx.hour == 6 && r.rx.minute == 39 && fabs(r.rx.seconds - 28.130493) < 1e-9);
    WeirItgLogRecordEncode(file, back);
    CHECK(memcmp(back, net, sizeof net) == 0);
}

/* Every microsecond survives the way through a double. */
static void TestMicros(void)
{
    uint8_t net[WEIR_ITG_RECORD_BYTES], file[WEIR_ITG_RECORD_BYTES],
        back[WEIR_ITG_RECORD_BYTES];
    uint32_t micros;
    int wrong = 0;
    StockRecord(net);
    for (micros = 0; micros < 1000000; micros += 7) {
        net[WEIR_ITG_AT_TX + 5] = (uint8_t)(micros >> 16);
        net[WEIR_ITG_AT_TX + 6] = (uint8_t)(micros >> 8);
        net[WEIR_ITG_AT_TX + 7] = (uint8_t)micros;
        wrong += !WeirItgLogRecordDecode(net, file);
        WeirItgLogRecordEncode(file, back);
        wrong += memcmp(net, back, sizeof net) != 0;
    }
    CHECK(wrong == 0);
}

/* Stock programs leave memory behind the text; it does not get into files. */
static void TestLeftOvers(void)
{
    uint8_t net[WEIR_ITG_RECORD_BYTES], file[WEIR_ITG_RECORD_BYTES];
    StockRecord(net);
    memset(net + WEIR_ITG_AT_SRC + 10, 0xaa, 36);
    CHECK(WeirItgLogRecordDecode(net, file));
    CHECK(file[WEIR_ITG_AT_SRC + 9] == 0 && file[WEIR_ITG_AT_SRC + 45] == 0);
}

static void TestNoRecord(void)
{
    uint8_t net[WEIR_ITG_RECORD_BYTES], file[WEIR_ITG_RECORD_BYTES];
    WeirItgRecord r;
    StockRecord(net);
    net[WEIR_ITG_AT_SRC_PORT + 1] = 1; /* a port of 17 bits */
    CHECK(!WeirItgLogRecordDecode(net, file));
    StockRecord(net);
    memset(net + WEIR_ITG_AT_DST, '1', WEIR_ITG_ADDR_BYTES);
    CHECK(!WeirItgLogRecordDecode(net, file));
    StockRecord(net); /* a time beyond the day is told by the decoder */
    memset(net + WEIR_ITG_AT_TX, 0xff, 8);
    CHECK(WeirItgLogRecordDecode(net, file));
    WeirItgRecordDecode(file, &r);
    CHECK(!WeirItgTimeValid(&r.tx) && WeirItgTimeValid(&r.rx));
    WeirItgLogRecordEncode(file, net);
    CHECK(memcmp(net + WEIR_ITG_AT_TX, "\0\0\0\0\0\0\0\0", 8) == 0);
}

static void TestRequest(void)
{
    WeirItgLogRequest request = { WEIR_ITG_UDP, false, "r.log" }, back;
    uint8_t bytes[WEIR_ITGLOG_REQUEST_BYTES];
    WeirErr err;
    WeirItgLogRequestEncode(&request, bytes);
    CHECK(memcmp(bytes, "\2\0\0\0r.log\0", 10) == 0);
    bytes[1] = 0x7f; /* left-over memory, as stock clients send it */
    memset(bytes + 10, 0x55, sizeof bytes - 10);
    CHECK(WeirItgLogRequestDecode(bytes, &back, &err) == 0);
    CHECK(back.protocol == WEIR_ITG_UDP && !back.stop && strcmp(back.name, "r.log") == 0);
    memset(bytes + 4, 'n', WEIR_ITG_NAME_BYTES); /* no NUL */
    CHECK(WeirItgLogRequestDecode(bytes, &back, &err) == 0);
    CHECK(strlen(back.name) == WEIR_ITG_NAME_BYTES);
    WeirItgLogRequestEncode(&back, bytes);
    CHECK(bytes[sizeof bytes - 1] == 0 && bytes[sizeof bytes - 2] == 'n');
    bytes[0] = 3;
    CHECK(WeirItgLogRequestDecode(bytes, &back, &err) == WEIR_E_PARSE);
}

static void TestPort(void)
{
    static const uint8_t stock[] = { 0x00, 0x00, 0x26, 0x41 };
    uint8_t bytes[WEIR_ITGLOG_PORT_BYTES];
    WeirErr err;
    unsigned port;
    WeirItgLogPortEncode(9793, bytes);
    CHECK(memcmp(bytes, stock, sizeof stock) == 0);
    CHECK(WeirItgLogPortDecode(stock, &port, &err) == 0 && port == 9793);
    CHECK(WeirItgLogPortDecode((const uint8_t *)"\0\0\0\0", &port, &err) == WEIR_E_PARSE);
    CHECK(WeirItgLogPortDecode((const uint8_t *)"\0\1\0\0", &port, &err) == WEIR_E_PARSE);
}

int main(void)
{
    TestRecord();
    TestMicros();
    TestLeftOvers();
    TestNoRecord();
    TestRequest();
    TestPort();
    return failures > 0;
}
