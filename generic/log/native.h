/* Weir's own record file.  Everything is little-endian; offsets in bytes.
 *
 * Header, 64 bytes:
 *    0 u8[8]  magic 89 57 45 49 52 0d 0a 1a ("\x89WEIR\r\n\x1a", spoilt by copies in
 *             text mode)
 *    8 u16    version, 1
 *   10 u16    length of this header, 64 (a reader skips what it does not know)
 *   12 u32    clock of all stamps: 1 is CLOCK_REALTIME, ns since 1970-01-01 00:00 UTC
 *   16 i64    when the file was begun, by that clock
 *   24 u64    seed of the experiment
 *   32 u8[32] zero
 *
 * Then chunks until the end of the file, each: u32 type, u32 length of its body, body.
 * A reader skips types it does not know.
 *
 * Type 1, one flow, 60 bytes; comes before the first packet that refers to it:
 *    0 u32    index, counting from 0 in the order of these chunks
 *    4 u32    D-ITG flow id
 *    8 u8     protocol (TCP 1, UDP 2, ICMP 3, SCTP 4, DCCP 5)
 *    9 u8     meter (one-way 1, round-trip 2)
 *   10 u8     payload metadata kind (0, 1, 2)
 *   11 u8     side (0 sender's log, 1 receiver's log)
 *   12 u8[24] source address, 36 u8[24] destination address, each:
 *      0 u8     family (0 none, 4, 6)
 *      1 u8     zero
 *      2 u16    port
 *      4 u32    scope id
 *      8 u8[16] address in network order, IPv4 in the first four
 *
 * Type 2, packets, a multiple of 28 bytes, each:
 *    0 i64    sent
 *    8 i64    received
 *   16 u32    flow index
 *   20 u32    sequence number
 *   24 u32    size of the payload
 *
 * Type 3, the end, 24 bytes:
 *    0 i64    when the file was ended
 *    8 u64    packets recorded
 *   16 u64    packets dropped
 *
 * Type 4, a remark about a flow, 12 bytes and text:
 *    0 i64    when what it tells happened
 *    8 u32    flow index
 *   12 u8[]   text in UTF-8, as far as the chunk goes
 *
 * A file that ends elsewhere (power, `kill -9`, full disk) is read up to its last whole
 * record; only the end chunk says that nothing is missing. */
#ifndef WEIR_LOG_NATIVE_H
#define WEIR_LOG_NATIVE_H
#include <stdint.h>
#include "log/log.h"

enum {
    WEIR_NATIVE_HEADER_BYTES = 64,
    WEIR_NATIVE_CHUNK_BYTES = 8, /* type and length */
    WEIR_NATIVE_FLOW_BYTES = 60,
    WEIR_NATIVE_PACKET_BYTES = 28,
    WEIR_NATIVE_END_BYTES = 24,
    WEIR_NATIVE_NOTE_BYTES = 12 /* before its text */
};

enum {
    WEIR_NATIVE_FLOW = 1,
    WEIR_NATIVE_PACKETS = 2,
    WEIR_NATIVE_END = 3,
    WEIR_NATIVE_NOTE = 4
};

extern const uint8_t weirNativeMagic[8];

typedef struct WeirNativeHeader {
    uint32_t headerBytes; /* as found; written as WEIR_NATIVE_HEADER_BYTES */
    int64_t begunNs;
    uint64_t seed;
} WeirNativeHeader;

typedef struct WeirNativeEnd {
    int64_t endedNs;
    uint64_t records, dropped;
} WeirNativeEnd;

void WeirNativeHeaderEncode(const WeirNativeHeader *header,
                            uint8_t out[WEIR_NATIVE_HEADER_BYTES]);
void WeirNativeChunkEncode(uint32_t type, uint32_t lenBytes,
                           uint8_t out[WEIR_NATIVE_CHUNK_BYTES]);
void WeirNativeFlowEncode(uint32_t index, const WeirLogFlow *flow,
                          uint8_t out[WEIR_NATIVE_FLOW_BYTES]);
void WeirNativePacketEncode(const WeirRecord *record,
                            uint8_t out[WEIR_NATIVE_PACKET_BYTES]);
void WeirNativeEndEncode(const WeirNativeEnd *end, uint8_t out[WEIR_NATIVE_END_BYTES]);
void WeirNativeNoteEncode(int64_t timeNs, uint32_t flow,
                          uint8_t out[WEIR_NATIVE_NOTE_BYTES]);

/* WEIR_E_PARSE for a version, clock or header length that this program cannot read. */
int WeirNativeHeaderDecode(const uint8_t in[WEIR_NATIVE_HEADER_BYTES],
                           WeirNativeHeader *header, WeirErr *err);
void WeirNativeChunkDecode(const uint8_t in[WEIR_NATIVE_CHUNK_BYTES], uint32_t *type,
                           uint32_t *lenBytes);
/* WEIR_E_PARSE for an address family other than 0, 4 and 6. */
int WeirNativeFlowDecode(const uint8_t in[WEIR_NATIVE_FLOW_BYTES], uint32_t *index,
                         WeirLogFlow *flow, WeirErr *err);
void WeirNativePacketDecode(const uint8_t in[WEIR_NATIVE_PACKET_BYTES],
                            WeirRecord *record);
void WeirNativeEndDecode(const uint8_t in[WEIR_NATIVE_END_BYTES], WeirNativeEnd *end);
void WeirNativeNoteDecode(const uint8_t in[WEIR_NATIVE_NOTE_BYTES], int64_t *timeNs,
                          uint32_t *flow);

#endif
