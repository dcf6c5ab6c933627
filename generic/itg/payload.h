/* The header that D-ITG puts at the start of each payload (all 32-bit big-endian words):
 *   kind 0 (standard)  flow id, sequence, seconds of the UTC day, microseconds
 *   kind 1 (short)     flow id, sequence
 *   kind 2 (none)      nothing
 * Transports that are `sized` (transport.h) add the whole packet size as the last word of
 * kinds 0 and 1. */
#ifndef WEIR_PAYLOAD_H
#define WEIR_PAYLOAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WEIR_PAYLOAD_STANDARD = 0, WEIR_PAYLOAD_SHORT = 1, WEIR_PAYLOAD_NONE = 2 };
enum { WEIR_PAYLOAD_MAX_HEADER = 20 };

typedef struct WeirPayload {
    uint32_t flowId, seq;
    uint32_t daySeconds, micros; /* kind 0 */
    uint32_t size;               /* sized transports */
} WeirPayload;

/* Bytes of the header: 16, 8, 0; sized 20, 12, 0. */
size_t WeirPayloadBytes(int kind, bool sized);

/* The smallest packet that stock receivers take: a stream packet of exactly header size
 * stops them for ever, so it is at least 1 longer. */
size_t WeirPayloadMinPacket(int kind, bool sized);

/* Write the header; `realNs` is the sending time (CLOCK_REALTIME). */
void WeirPayloadWrite(uint8_t *buf, int kind, bool sized, uint32_t flowId, uint32_t seq,
                      int64_t realNs, uint32_t size);

/* False when `len` is too short for the header. */
bool WeirPayloadRead(const uint8_t *data, size_t len, int kind, bool sized,
                     WeirPayload *out);

/* The sending time that a header states, ns since 1970: seconds of the day completed with
 * the date that lies nearest to `nearNs` (within half a day, so midnight does no harm).
 */
int64_t WeirPayloadTime(const WeirPayload *p, int64_t nearNs);

#endif
