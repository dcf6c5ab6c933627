#include "config.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "itg/payload.h"

size_t WeirPayloadBytes(int kind, bool sized)
{
    static const size_t bytes[] = { 16, 8, 0 };
    return kind == WEIR_PAYLOAD_NONE ? 0 : bytes[kind] + (sized ? 4 : 0);
}

size_t WeirPayloadMinPacket(int kind, bool sized)
{
    if (kind == WEIR_PAYLOAD_NONE)
        return 1;
    return WeirPayloadBytes(kind, sized) + (sized ? 1 : 0);
}

void WeirPayloadWrite(uint8_t *buf, int kind, bool sized, uint32_t flowId, uint32_t seq,
                      int64_t realNs, uint32_t size)
{
    WeirWriter w = WeirWriterOn(buf, WEIR_PAYLOAD_MAX_HEADER);
    if (kind == WEIR_PAYLOAD_NONE)
        return;
    WeirPut32be(&w, flowId);
    WeirPut32be(&w, seq);
    if (kind == WEIR_PAYLOAD_STANDARD) {
        int64_t dayNs = realNs % WEIR_NS_PER_DAY;
        WeirPut32be(&w, (uint32_t)(dayNs / WEIR_NS_PER_S));
        WeirPut32be(&w, (uint32_t)(dayNs % WEIR_NS_PER_S / WEIR_NS_PER_US));
    }
    if (sized)
        WeirPut32be(&w, size);
}

bool WeirPayloadRead(const uint8_t *data, size_t len, int kind, bool sized,
                     WeirPayload *out)
{
    WeirReader r = WeirReaderOn(data, len);
    memset(out, 0, sizeof *out);
    if (kind == WEIR_PAYLOAD_NONE)
        return true;
    out->flowId = WeirGet32be(&r);
    out->seq = WeirGet32be(&r);
    if (kind == WEIR_PAYLOAD_STANDARD) {
        out->daySeconds = WeirGet32be(&r);
        out->micros = WeirGet32be(&r);
    }
    if (sized)
        out->size = WeirGet32be(&r);
    return !r.bad;
}

int64_t WeirPayloadTime(const WeirPayload *p, int64_t nearNs)
{
    int64_t midnight = nearNs - nearNs % WEIR_NS_PER_DAY;
    int64_t t = midnight + (int64_t)(p->daySeconds % 86400) * WEIR_NS_PER_S +
                (int64_t)(p->micros % 1000000) * WEIR_NS_PER_US;
    if (t - nearNs > WEIR_NS_PER_DAY / 2)
        t -= WEIR_NS_PER_DAY;
    else if (nearNs - t > WEIR_NS_PER_DAY / 2)
        t += WEIR_NS_PER_DAY;
    return t;
}
