/* The record of D-ITG's binary log (2.8.1): 144 bytes, little-endian.  A file is an array
 * of them without a header; a record holds time of day in UTC, never a date.
 *
 *     0  u32       flow id
 *     4  u32       sequence number
 *     8  u32       source port
 *    12  u32       destination port
 *    16  u32, u32  sent: hour, minute
 *    24  u32, u32  received: hour, minute
 *    32  u32       size of the payload
 *    36  char[46]  source address, text that ends with a NUL
 *    82  char[46]  destination address
 *   128  f64       sent: seconds within the minute
 *   136  f64       received: seconds within the minute
 *
 * The bytes after the NUL of an address are left-over memory in files of the stock tools.
 */
#ifndef WEIR_ITG_RECORD_H
#define WEIR_ITG_RECORD_H
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { WEIR_ITG_RECORD_BYTES = 144, WEIR_ITG_ADDR_BYTES = 46 };

/* Where the parts are, for code that looks into a record without decoding it. */
enum {
    WEIR_ITG_AT_FLOW = 0,
    WEIR_ITG_AT_SEQ = 4,
    WEIR_ITG_AT_SRC_PORT = 8,
    WEIR_ITG_AT_DST_PORT = 12,
    WEIR_ITG_AT_TX = 16,
    WEIR_ITG_AT_RX = 24,
    WEIR_ITG_AT_SIZE = 32,
    WEIR_ITG_AT_SRC = 36,
    WEIR_ITG_AT_DST = 82,
    WEIR_ITG_AT_TX_SECONDS = 128,
    WEIR_ITG_AT_RX_SECONDS = 136
};

/* A time of day as the log has it. */
typedef struct WeirItgTime {
    uint32_t hour, minute;
    double seconds;
} WeirItgTime;

typedef struct WeirItgRecord {
    uint32_t flow, seq, srcPort, dstPort, size;
    WeirItgTime tx, rx;
    char src[WEIR_ITG_ADDR_BYTES], dst[WEIR_ITG_ADDR_BYTES]; /* padded with NULs */
} WeirItgRecord;

static inline uint32_t WeirItgU32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return le32toh(v);
}

static inline void WeirItgPutU32(uint8_t *p, uint32_t v)
{
    v = htole32(v);
    memcpy(p, &v, sizeof v);
}

static inline double WeirItgF64(const uint8_t *p)
{
    uint64_t bits;
    double v;
    memcpy(&bits, p, sizeof bits);
    bits = le64toh(bits);
    memcpy(&v, &bits, sizeof v);
    return v;
}

static inline void WeirItgPutF64(uint8_t *p, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    bits = htole64(bits);
    memcpy(p, &bits, sizeof bits);
}

/* Decoding fills the addresses up with NULs and always terminates them. */
void WeirItgRecordDecode(const uint8_t bytes[WEIR_ITG_RECORD_BYTES],
                         WeirItgRecord *record);
void WeirItgRecordEncode(const WeirItgRecord *record,
                         uint8_t bytes[WEIR_ITG_RECORD_BYTES]);

/* Whether text is a numeric address: digits, hexadecimal letters, dots, colons, and a
 * scope name after '%'. */
bool WeirItgAddressPlausible(const char *text);

/* Whether the bytes can be a record: both addresses are numeric text that ends within its
 * field, both ports fit 16 bits.  (Times may be nonsense in records of the stock tools.)
 */
bool WeirItgRecordPlausible(const uint8_t bytes[WEIR_ITG_RECORD_BYTES]);

/* The time of day of a CLOCK_REALTIME stamp, cut to microseconds and split as the stock
 * tools do: seconds % 60 + microseconds / 10^6. */
WeirItgTime WeirItgTimeOf(int64_t realNs);

/* Patch sequence number, size and times into an encoded record: what differs between the
 * packets of one flow. */
void WeirItgRecordPatch(uint8_t bytes[WEIR_ITG_RECORD_BYTES], uint32_t seq, uint32_t size,
                        WeirItgTime tx, WeirItgTime rx);

/* ITGDec's test of a time: hour 0..24, minute 0..59, seconds 0..59.999999.  (A NaN is
 * refused here; ITGDec lets it pass.) */
static inline bool WeirItgTimeValid(const WeirItgTime *t)
{
    return t->hour <= 24 && t->minute <= 59 && t->seconds >= 0 && t->seconds <= 59.999999;
}

/* Seconds since midnight in ITGDec's arithmetic. */
static inline double WeirItgTimeSeconds(const WeirItgTime *t)
{
    return (double)(int32_t)(t->hour * 3600 + t->minute * 60) + t->seconds;
}

/* The same in nanoseconds, for a valid time. */
static inline int64_t WeirItgTimeNs(const WeirItgTime *t)
{
    return (int64_t)(t->hour * 3600 + t->minute * 60) * INT64_C(1000000000) +
           (int64_t)(t->seconds * 1e9 + 0.5);
}

#endif
