/* Bounds-checked reading and writing of foreign bytes.  A reader or writer that runs out
 * sets `bad` and from then on yields zeros or writes nothing, so one check at the end of
 * a message is enough.  All fixed-width, byte order stated in the name. */
#ifndef WEIR_BYTES_H
#define WEIR_BYTES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct WeirReader {
    const uint8_t *p;
    size_t left;
    bool bad;
} WeirReader;

typedef struct WeirWriter {
    uint8_t *start, *p;
    size_t left;
    bool bad;
} WeirWriter;

static inline WeirReader WeirReaderOn(const void *data, size_t len)
{
    WeirReader r = { (const uint8_t *)data, len, false };
    return r;
}

static inline WeirWriter WeirWriterOn(void *data, size_t room)
{
    WeirWriter w = { (uint8_t *)data, (uint8_t *)data, room, false };
    return w;
}

static inline size_t WeirWritten(const WeirWriter *w)
{
    return (size_t)(w->p - w->start);
}

/* The next `len` bytes, or NULL (and bad) when fewer are left. */
static inline const uint8_t *WeirTake(WeirReader *r, size_t len)
{
    const uint8_t *p = r->p;
    if (r->bad || r->left < len) {
        r->bad = true;
        return NULL;
    }
    r->p += len;
    r->left -= len;
    return p;
}

static inline uint64_t WeirGetBe(WeirReader *r, size_t len)
{
    const uint8_t *p = WeirTake(r, len);
    uint64_t v = 0;
    size_t i;
    for (i = 0; p && i < len; i++)
        v = v << 8 | p[i];
    return v;
}

static inline uint64_t WeirGetLe(WeirReader *r, size_t len)
{
    const uint8_t *p = WeirTake(r, len);
    uint64_t v = 0;
    size_t i;
    for (i = len; p && i > 0; i--)
        v = v << 8 | p[i - 1];
    return v;
}

static inline uint8_t WeirGet8(WeirReader *r)
{
    return (uint8_t)WeirGetBe(r, 1);
}
static inline uint16_t WeirGet16be(WeirReader *r)
{
    return (uint16_t)WeirGetBe(r, 2);
}
static inline uint32_t WeirGet32be(WeirReader *r)
{
    return (uint32_t)WeirGetBe(r, 4);
}
static inline uint16_t WeirGet16le(WeirReader *r)
{
    return (uint16_t)WeirGetLe(r, 2);
}
static inline uint32_t WeirGet32le(WeirReader *r)
{
    return (uint32_t)WeirGetLe(r, 4);
}
static inline uint64_t WeirGet64le(WeirReader *r)
{
    return WeirGetLe(r, 8);
}

static inline uint8_t *WeirReserve(WeirWriter *w, size_t len)
{
    uint8_t *p = w->p;
    if (w->bad || w->left < len) {
        w->bad = true;
        return NULL;
    }
    w->p += len;
    w->left -= len;
    return p;
}

static inline void WeirPutBe(WeirWriter *w, uint64_t v, size_t len)
{
    uint8_t *p = WeirReserve(w, len);
    size_t i;
    for (i = len; p && i > 0; i--, v >>= 8)
        p[i - 1] = (uint8_t)v;
}

static inline void WeirPutLe(WeirWriter *w, uint64_t v, size_t len)
{
    uint8_t *p = WeirReserve(w, len);
    size_t i;
    for (i = 0; p && i < len; i++, v >>= 8)
        p[i] = (uint8_t)v;
}

static inline void WeirPut8(WeirWriter *w, uint8_t v)
{
    WeirPutBe(w, v, 1);
}
static inline void WeirPut16be(WeirWriter *w, uint16_t v)
{
    WeirPutBe(w, v, 2);
}
static inline void WeirPut32be(WeirWriter *w, uint32_t v)
{
    WeirPutBe(w, v, 4);
}
static inline void WeirPut16le(WeirWriter *w, uint16_t v)
{
    WeirPutLe(w, v, 2);
}
static inline void WeirPut32le(WeirWriter *w, uint32_t v)
{
    WeirPutLe(w, v, 4);
}
static inline void WeirPut64le(WeirWriter *w, uint64_t v)
{
    WeirPutLe(w, v, 8);
}

static inline void WeirPutBytes(WeirWriter *w, const void *data, size_t len)
{
    uint8_t *p = WeirReserve(w, len);
    if (p && len)
        memcpy(p, data, len);
}

#endif
