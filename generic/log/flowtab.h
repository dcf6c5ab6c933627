/* The flows of a record file in order of first appearance, found again by their key: flow
 * id, addresses and ports.  Memory grows with flows only. */
#ifndef WEIR_LOG_FLOWTAB_H
#define WEIR_LOG_FLOWTAB_H
#include <stdbool.h>
#include <stdint.h>
#include "itg/record.h"

/* What a file says about a flow.  D-ITG's formats tell the first five members only; the
 * others are -1 there. */
typedef struct WeirLogFlowInfo {
    uint32_t id, srcPort, dstPort;
    char src[WEIR_ITG_ADDR_BYTES],
        dst[WEIR_ITG_ADDR_BYTES]; /* as ITGDec shows them: those
                       of a text log keep their leading blanks */
    uint8_t srcLen, dstLen;
    int8_t protocol, meter, payload, side; /* as in WeirLogFlow */
} WeirLogFlowInfo;

typedef struct WeirFlowTab {
    WeirLogFlowInfo *flows;
    uint32_t count, room;
    uint32_t *slots; /* open addressing: 1 + index, 0 free */
    uint32_t slotCount;
    uint32_t recent[4096]; /* 1 + index of the flow last found under a cheap hash */
} WeirFlowTab;

void WeirFlowTabFree(WeirFlowTab *tab);

/* Add a flow without looking for an equal one; NULL when out of memory. */
WeirLogFlowInfo *WeirFlowTabAdd(WeirFlowTab *tab);

/* The index of the flow with this key, which is added when new (`*added`); -1 when out of
 * memory.  `src` and `dst` end with a NUL within WEIR_ITG_ADDR_BYTES. */
int64_t WeirFlowTabFind(WeirFlowTab *tab, uint32_t id, uint32_t srcPort, uint32_t dstPort,
                        const char *src, const char *dst, bool *added);

/* As qsort's function: the order in which flows are listed, whatever came first: by id,
 * source, destination. */
int WeirLogFlowCompare(const WeirLogFlowInfo *a, const WeirLogFlowInfo *b);

/* The address without a text log's leading blanks. */
const char *WeirLogFlowHost(const char *address);

/* "address:port", or "[address]:port" for IPv6, into `buf`. */
enum { WEIR_LOG_END_TEXT = 64 };
const char *WeirLogFlowEnd(const char *address, uint32_t port,
                           char buf[WEIR_LOG_END_TEXT]);

static inline uint32_t WeirFlowTabPlace(uint32_t id, uint32_t srcPort, uint32_t dstPort)
{
    return ((id * 0x85ebca77u + srcPort * 0xc2b2ae3du + dstPort) * 0x9e3779b1u) >> 20;
}

/* Whether a field starts with the text and its NUL.  Most addresses have 7 to 15
 * characters: two words, which may overlap, cover them. */
static inline bool WeirFlowTabSame(const char *text, uint8_t len, const void *field)
{
    size_t n = len + 1u;
    uint64_t a, b, c, d;
    if (n < 8 || n > 16)
        return memcmp(text, field, n) == 0;
    memcpy(&a, text, 8);
    memcpy(&b, field, 8);
    memcpy(&c, text + n - 8, 8);
    memcpy(&d, (const char *)field + n - 8, 8);
    return ((a ^ b) | (c ^ d)) == 0;
}

/* The index of a flow seen lately, or -1.  The fast path for every record: `src` and
 * `dst` are fields of WEIR_ITG_ADDR_BYTES that may hold anything. */
static inline int64_t WeirFlowTabRecent(const WeirFlowTab *tab, uint32_t id,
                                        uint32_t srcPort, uint32_t dstPort,
                                        const void *src, const void *dst)
{
    uint32_t at = tab->recent[WeirFlowTabPlace(id, srcPort, dstPort)];
    const WeirLogFlowInfo *flow;
    if (at == 0)
        return -1;
    flow = &tab->flows[at - 1];
    if (flow->id == id && flow->srcPort == srcPort && flow->dstPort == dstPort &&
        WeirFlowTabSame(flow->src, flow->srcLen, src) &&
        WeirFlowTabSame(flow->dst, flow->dstLen, dst))
        return (int64_t)at - 1;
    return -1;
}

#endif
