#include "config.h"
#include <string.h>
#include "base/bytes.h"
#include "itg/logproto.h"

enum { AT_PROTOCOL = 0, AT_STOP = 1, AT_NAME = 4 };
enum { SECONDS_PER_DAY = 86400, MICROS_PER_S = 1000000 };

void WeirItgLogRequestEncode(const WeirItgLogRequest *request,
                             uint8_t bytes[WEIR_ITGLOG_REQUEST_BYTES])
{
    memset(bytes, 0, WEIR_ITGLOG_REQUEST_BYTES);
    bytes[AT_PROTOCOL] = (uint8_t)request->protocol;
    bytes[AT_STOP] = request->stop;
    memcpy(bytes + AT_NAME, request->name,
           strnlen(request->name, WEIR_ITG_NAME_BYTES - 1));
}

int WeirItgLogRequestDecode(const uint8_t bytes[WEIR_ITGLOG_REQUEST_BYTES],
                            WeirItgLogRequest *request, WeirErr *err)
{
    const char *name = (const char *)bytes + AT_NAME;
    size_t len = strnlen(name, WEIR_ITG_NAME_BYTES);
    request->protocol = bytes[AT_PROTOCOL];
    request->stop = bytes[AT_STOP] == 1;
    memcpy(request->name, name, len);
    request->name[len] = 0;
    if (request->protocol != WEIR_ITG_UDP && request->protocol != WEIR_ITG_TCP)
        return WeirFail(err, WEIR_E_PARSE,
                        "a log was asked for by transport %d: only 1 (TCP) and 2 (UDP) "
                        "exist",
                        request->protocol);
    return WEIR_OK;
}

void WeirItgLogPortEncode(unsigned port, uint8_t bytes[WEIR_ITGLOG_PORT_BYTES])
{
    WeirWriter w = WeirWriterOn(bytes, WEIR_ITGLOG_PORT_BYTES);
    WeirPut32be(&w, port);
}

int WeirItgLogPortDecode(const uint8_t bytes[WEIR_ITGLOG_PORT_BYTES], unsigned *port,
                         WeirErr *err)
{
    WeirReader r = WeirReaderOn(bytes, WEIR_ITGLOG_PORT_BYTES);
    *port = WeirGet32be(&r);
    if (*port == 0 || *port > 65535)
        return WeirFail(err, WEIR_E_PARSE, "the log server named data port %u", *port);
    return WEIR_OK;
}

/* ------------------------------------------------------------ records */

static uint32_t NetU32(const uint8_t *p)
{
    WeirReader r = WeirReaderOn(p, 4);
    return WeirGet32be(&r);
}

static void PutNetU32(uint8_t *p, uint32_t v)
{
    WeirWriter w = WeirWriterOn(p, 4);
    WeirPut32be(&w, v);
}

/* Seconds and microseconds from the network; what exceeds a day or a second stays visible
 * as a time that no decoder takes. */
static WeirItgTime NetTime(const uint8_t *p)
{
    uint32_t seconds = NetU32(p), micros = NetU32(p + 4);
    WeirItgTime t;
    t.hour = seconds / 3600;
    t.minute = seconds / 60 % 60;
    t.seconds = seconds % 60 + (double)micros / MICROS_PER_S;
    return t;
}

static void PutNetTime(uint8_t *p, const WeirItgTime *t)
{
    uint32_t seconds = 0, micros = 0;
    if (WeirItgTimeValid(t)) {
        micros = (uint32_t)((t->seconds - (uint32_t)t->seconds) * MICROS_PER_S + 0.5);
        seconds = t->hour * 3600 + t->minute * 60 + (uint32_t)t->seconds +
                  micros / MICROS_PER_S;
    }
    PutNetU32(p, seconds % SECONDS_PER_DAY);
    PutNetU32(p + 4, micros % MICROS_PER_S);
}

static const size_t words[] = { WEIR_ITG_AT_FLOW, WEIR_ITG_AT_SEQ, WEIR_ITG_AT_SRC_PORT,
                                WEIR_ITG_AT_DST_PORT, WEIR_ITG_AT_SIZE };
enum { WORDS = sizeof words / sizeof *words };

bool WeirItgLogRecordDecode(const uint8_t net[WEIR_ITG_RECORD_BYTES],
                            uint8_t record[WEIR_ITG_RECORD_BYTES])
{
    uint8_t host[WEIR_ITG_RECORD_BYTES];
    WeirItgRecord clean;
    size_t i;
    memcpy(host, net, sizeof host);
    for (i = 0; i < WORDS; i++)
        WeirItgPutU32(host + words[i], NetU32(net + words[i]));
    if (!WeirItgRecordPlausible(host))
        return false;
    WeirItgRecordDecode(host, &clean); /* drops what follows the addresses */
    clean.tx = NetTime(net + WEIR_ITG_AT_TX);
    clean.rx = NetTime(net + WEIR_ITG_AT_RX);
    WeirItgRecordEncode(&clean, record);
    return true;
}

void WeirItgLogRecordEncode(const uint8_t record[WEIR_ITG_RECORD_BYTES],
                            uint8_t net[WEIR_ITG_RECORD_BYTES])
{
    WeirItgRecord r;
    size_t i;
    WeirItgRecordDecode(record, &r);
    WeirItgRecordEncode(&r, net);
    for (i = 0; i < WORDS; i++)
        PutNetU32(net + words[i], WeirItgU32(record + words[i]));
    PutNetTime(net + WEIR_ITG_AT_TX, &r.tx);
    PutNetTime(net + WEIR_ITG_AT_RX, &r.rx);
    WeirItgPutF64(net + WEIR_ITG_AT_TX_SECONDS, 0);
    WeirItgPutF64(net + WEIR_ITG_AT_RX_SECONDS, 0);
}
