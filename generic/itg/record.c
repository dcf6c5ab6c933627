#include "config.h"
#include <ctype.h>
#include "base/clock.h"
#include "itg/record.h"

static void CopyAddress(char out[WEIR_ITG_ADDR_BYTES], const uint8_t *in)
{
    size_t len = strnlen((const char *)in, WEIR_ITG_ADDR_BYTES - 1);
    memcpy(out, in, len);
    memset(out + len, 0, WEIR_ITG_ADDR_BYTES - len);
}

void WeirItgRecordDecode(const uint8_t bytes[WEIR_ITG_RECORD_BYTES],
                         WeirItgRecord *record)
{
    record->flow = WeirItgU32(bytes + WEIR_ITG_AT_FLOW);
    record->seq = WeirItgU32(bytes + WEIR_ITG_AT_SEQ);
    record->srcPort = WeirItgU32(bytes + WEIR_ITG_AT_SRC_PORT);
    record->dstPort = WeirItgU32(bytes + WEIR_ITG_AT_DST_PORT);
    record->size = WeirItgU32(bytes + WEIR_ITG_AT_SIZE);
    record->tx.hour = WeirItgU32(bytes + WEIR_ITG_AT_TX);
    record->tx.minute = WeirItgU32(bytes + WEIR_ITG_AT_TX + 4);
    record->tx.seconds = WeirItgF64(bytes + WEIR_ITG_AT_TX_SECONDS);
    record->rx.hour = WeirItgU32(bytes + WEIR_ITG_AT_RX);
    record->rx.minute = WeirItgU32(bytes + WEIR_ITG_AT_RX + 4);
    record->rx.seconds = WeirItgF64(bytes + WEIR_ITG_AT_RX_SECONDS);
    CopyAddress(record->src, bytes + WEIR_ITG_AT_SRC);
    CopyAddress(record->dst, bytes + WEIR_ITG_AT_DST);
}

void WeirItgRecordEncode(const WeirItgRecord *record,
                         uint8_t bytes[WEIR_ITG_RECORD_BYTES])
{
    WeirItgPutU32(bytes + WEIR_ITG_AT_FLOW, record->flow);
    WeirItgPutU32(bytes + WEIR_ITG_AT_SRC_PORT, record->srcPort);
    WeirItgPutU32(bytes + WEIR_ITG_AT_DST_PORT, record->dstPort);
    CopyAddress((char *)bytes + WEIR_ITG_AT_SRC, (const uint8_t *)record->src);
    CopyAddress((char *)bytes + WEIR_ITG_AT_DST, (const uint8_t *)record->dst);
    WeirItgRecordPatch(bytes, record->seq, record->size, record->tx, record->rx);
}

void WeirItgRecordPatch(uint8_t bytes[WEIR_ITG_RECORD_BYTES], uint32_t seq, uint32_t size,
                        WeirItgTime tx, WeirItgTime rx)
{
    WeirItgPutU32(bytes + WEIR_ITG_AT_SEQ, seq);
    WeirItgPutU32(bytes + WEIR_ITG_AT_SIZE, size);
    WeirItgPutU32(bytes + WEIR_ITG_AT_TX, tx.hour);
    WeirItgPutU32(bytes + WEIR_ITG_AT_TX + 4, tx.minute);
    WeirItgPutF64(bytes + WEIR_ITG_AT_TX_SECONDS, tx.seconds);
    WeirItgPutU32(bytes + WEIR_ITG_AT_RX, rx.hour);
    WeirItgPutU32(bytes + WEIR_ITG_AT_RX + 4, rx.minute);
    WeirItgPutF64(bytes + WEIR_ITG_AT_RX_SECONDS, rx.seconds);
}

bool WeirItgAddressPlausible(const char *text)
{
    size_t len = strspn(text, "0123456789abcdefABCDEF.:");
    if (len == 0)
        return false;
    if (text[len] == '%')
        for (len++; isgraph((unsigned char)text[len]) && !strchr("\"\\,/", text[len]);
             len++)
            ;
    return text[len] == 0;
}

/* An address field: text that ends within it. */
static bool PlausibleField(const uint8_t *field)
{
    return memchr(field, 0, WEIR_ITG_ADDR_BYTES) &&
           WeirItgAddressPlausible((const char *)field);
}

bool WeirItgRecordPlausible(const uint8_t bytes[WEIR_ITG_RECORD_BYTES])
{
    return WeirItgU32(bytes + WEIR_ITG_AT_SRC_PORT) <= 65535 &&
           WeirItgU32(bytes + WEIR_ITG_AT_DST_PORT) <= 65535 &&
           PlausibleField(bytes + WEIR_ITG_AT_SRC) &&
           PlausibleField(bytes + WEIR_ITG_AT_DST);
}

WeirItgTime WeirItgTimeOf(int64_t realNs)
{
    int64_t seconds = realNs / WEIR_NS_PER_S, rest = realNs % WEIR_NS_PER_S;
    uint32_t day;
    WeirItgTime t;
    if (rest < 0) {
        rest += WEIR_NS_PER_S;
        seconds--;
    }
    seconds %= 86400;
    day = (uint32_t)(seconds < 0 ? seconds + 86400 : seconds);
    t.hour = day / 3600;
    t.minute = day / 60 % 60;
    t.seconds = day % 60 + (double)(rest / WEIR_NS_PER_US) / 1000000.0;
    return t;
}
