#include "config.h"
#include <string.h>
#include "base/bytes.h"
#include "log/native.h"

enum { FORMAT_VERSION = 1, CLOCK_IS_REALTIME = 1 };

const uint8_t weirNativeMagic[8] = { 0x89, 'W', 'E', 'I', 'R', '\r', '\n', 0x1a };

/* ------------------------------------------------------------ encoding */

void WeirNativeHeaderEncode(const WeirNativeHeader *header,
                            uint8_t out[WEIR_NATIVE_HEADER_BYTES])
{
    WeirWriter w = WeirWriterOn(out, WEIR_NATIVE_HEADER_BYTES);
    memset(out, 0, WEIR_NATIVE_HEADER_BYTES);
    WeirPutBytes(&w, weirNativeMagic, sizeof weirNativeMagic);
    WeirPut16le(&w, FORMAT_VERSION);
    WeirPut16le(&w, WEIR_NATIVE_HEADER_BYTES);
    WeirPut32le(&w, CLOCK_IS_REALTIME);
    WeirPut64le(&w, (uint64_t)header->begunNs);
    WeirPut64le(&w, header->seed);
}

void WeirNativeChunkEncode(uint32_t type, uint32_t lenBytes,
                           uint8_t out[WEIR_NATIVE_CHUNK_BYTES])
{
    WeirWriter w = WeirWriterOn(out, WEIR_NATIVE_CHUNK_BYTES);
    WeirPut32le(&w, type);
    WeirPut32le(&w, lenBytes);
}

static void PutAddr(WeirWriter *w, const WeirAddr *addr)
{
    static const uint8_t zero[16];
    bool v4 = addr->sa.sa_family == AF_INET, v6 = addr->sa.sa_family == AF_INET6;
    WeirPut8(w, v4 ? 4 : v6 ? 6 : 0);
    WeirPut8(w, 0);
    WeirPut16le(w, v4 || v6 ? (uint16_t)WeirAddrPort(addr) : 0);
    WeirPut32le(w, v6 ? addr->v6.sin6_scope_id : 0);
    if (v4) {
        WeirPutBytes(w, &addr->v4.sin_addr, 4);
        WeirPutBytes(w, zero, 12);
    } else {
        WeirPutBytes(w, v6 ? (const void *)&addr->v6.sin6_addr : zero, 16);
    }
}

void WeirNativeFlowEncode(uint32_t index, const WeirLogFlow *flow,
                          uint8_t out[WEIR_NATIVE_FLOW_BYTES])
{
    WeirWriter w = WeirWriterOn(out, WEIR_NATIVE_FLOW_BYTES);
    WeirPut32le(&w, index);
    WeirPut32le(&w, flow->id);
    WeirPut8(&w, flow->protocol);
    WeirPut8(&w, flow->meter);
    WeirPut8(&w, flow->payload);
    WeirPut8(&w, flow->side);
    PutAddr(&w, &flow->src);
    PutAddr(&w, &flow->dst);
}

void WeirNativePacketEncode(const WeirRecord *record,
                            uint8_t out[WEIR_NATIVE_PACKET_BYTES])
{
    WeirWriter w = WeirWriterOn(out, WEIR_NATIVE_PACKET_BYTES);
    WeirPut64le(&w, (uint64_t)record->txNs);
    WeirPut64le(&w, (uint64_t)record->rxNs);
    WeirPut32le(&w, record->flow);
    WeirPut32le(&w, record->seq);
    WeirPut32le(&w, record->size);
}

void WeirNativeEndEncode(const WeirNativeEnd *end, uint8_t out[WEIR_NATIVE_END_BYTES])
{
    WeirWriter w = WeirWriterOn(out, WEIR_NATIVE_END_BYTES);
    WeirPut64le(&w, (uint64_t)end->endedNs);
    WeirPut64le(&w, end->records);
    WeirPut64le(&w, end->dropped);
}

void WeirNativeNoteEncode(int64_t timeNs, uint32_t flow,
                          uint8_t out[WEIR_NATIVE_NOTE_BYTES])
{
    WeirWriter w = WeirWriterOn(out, WEIR_NATIVE_NOTE_BYTES);
    WeirPut64le(&w, (uint64_t)timeNs);
    WeirPut32le(&w, flow);
}

/* ------------------------------------------------------------ decoding */

int WeirNativeHeaderDecode(const uint8_t in[WEIR_NATIVE_HEADER_BYTES],
                           WeirNativeHeader *header, WeirErr *err)
{
    WeirReader r = WeirReaderOn(in, WEIR_NATIVE_HEADER_BYTES);
    unsigned version, clockKind;
    WeirTake(&r, sizeof weirNativeMagic);
    version = WeirGet16le(&r);
    header->headerBytes = WeirGet16le(&r);
    clockKind = WeirGet32le(&r);
    header->begunNs = (int64_t)WeirGet64le(&r);
    header->seed = WeirGet64le(&r);
    if (version != FORMAT_VERSION)
        return WeirFail(err, WEIR_E_PARSE,
                        "the Weir log has version %u: this program reads version %u",
                        version, (unsigned)FORMAT_VERSION);
    if (clockKind != CLOCK_IS_REALTIME)
        return WeirFail(err, WEIR_E_PARSE,
                        "the Weir log uses clock %u: this program reads clock %u",
                        clockKind, (unsigned)CLOCK_IS_REALTIME);
    if (header->headerBytes < WEIR_NATIVE_HEADER_BYTES)
        return WeirFail(
            err, WEIR_E_PARSE,
            "the header of the Weir log says it has %u bytes: at least %u are "
            "needed",
            (unsigned)header->headerBytes, (unsigned)WEIR_NATIVE_HEADER_BYTES);
    return WEIR_OK;
}

void WeirNativeChunkDecode(const uint8_t in[WEIR_NATIVE_CHUNK_BYTES], uint32_t *type,
                           uint32_t *lenBytes)
{
    WeirReader r = WeirReaderOn(in, WEIR_NATIVE_CHUNK_BYTES);
    *type = WeirGet32le(&r);
    *lenBytes = WeirGet32le(&r);
}

static int GetAddr(WeirReader *r, WeirAddr *addr, WeirErr *err)
{
    unsigned family = WeirGet8(r), port;
    uint32_t scope;
    const uint8_t *bytes;
    WeirGet8(r);
    port = WeirGet16le(r);
    scope = WeirGet32le(r);
    bytes = WeirTake(r, 16);
    memset(addr, 0, sizeof *addr);
    addr->sa.sa_family = AF_UNSPEC;
    if (family == 4 && bytes) {
        *addr = WeirAddrAny(AF_INET, port);
        memcpy(&addr->v4.sin_addr, bytes, 4);
    } else if (family == 6 && bytes) {
        *addr = WeirAddrAny(AF_INET6, port);
        memcpy(&addr->v6.sin6_addr, bytes, 16);
        addr->v6.sin6_scope_id = scope;
    } else if (family != 0) {
        return WeirFail(err, WEIR_E_PARSE,
                        "the Weir log has an address of family %u: known are 0, 4 and 6",
                        family);
    }
    return WEIR_OK;
}

int WeirNativeFlowDecode(const uint8_t in[WEIR_NATIVE_FLOW_BYTES], uint32_t *index,
                         WeirLogFlow *flow, WeirErr *err)
{
    WeirReader r = WeirReaderOn(in, WEIR_NATIVE_FLOW_BYTES);
    int rc;
    *index = WeirGet32le(&r);
    flow->id = WeirGet32le(&r);
    flow->protocol = WeirGet8(&r);
    flow->meter = WeirGet8(&r);
    flow->payload = WeirGet8(&r);
    flow->side = WeirGet8(&r);
    rc = GetAddr(&r, &flow->src, err);
    return rc < 0 ? rc : GetAddr(&r, &flow->dst, err);
}

void WeirNativePacketDecode(const uint8_t in[WEIR_NATIVE_PACKET_BYTES],
                            WeirRecord *record)
{
    WeirReader r = WeirReaderOn(in, WEIR_NATIVE_PACKET_BYTES);
    record->txNs = (int64_t)WeirGet64le(&r);
    record->rxNs = (int64_t)WeirGet64le(&r);
    record->flow = WeirGet32le(&r);
    record->seq = WeirGet32le(&r);
    record->size = WeirGet32le(&r);
    record->reserved = 0;
}

void WeirNativeEndDecode(const uint8_t in[WEIR_NATIVE_END_BYTES], WeirNativeEnd *end)
{
    WeirReader r = WeirReaderOn(in, WEIR_NATIVE_END_BYTES);
    end->endedNs = (int64_t)WeirGet64le(&r);
    end->records = WeirGet64le(&r);
    end->dropped = WeirGet64le(&r);
}

void WeirNativeNoteDecode(const uint8_t in[WEIR_NATIVE_NOTE_BYTES], int64_t *timeNs,
                          uint32_t *flow)
{
    WeirReader r = WeirReaderOn(in, WEIR_NATIVE_NOTE_BYTES);
    *timeNs = (int64_t)WeirGet64le(&r);
    *flow = WeirGet32le(&r);
}
