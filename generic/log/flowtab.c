#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "log/flowtab.h"

void WeirFlowTabFree(WeirFlowTab *tab)
{
    free(tab->flows);
    free(tab->slots);
}

WeirLogFlowInfo *WeirFlowTabAdd(WeirFlowTab *tab)
{
    WeirLogFlowInfo *flow;
    if (tab->count == tab->room) {
        uint32_t room = tab->room ? tab->room * 2 : 16;
        WeirLogFlowInfo *more = realloc(tab->flows, room * sizeof *more);
        if (!more)
            return NULL;
        tab->flows = more;
        tab->room = room;
    }
    flow = &tab->flows[tab->count++];
    memset(flow, 0, sizeof *flow);
    flow->protocol = flow->meter = flow->payload = flow->side = -1;
    return flow;
}

/* FNV-1a over the whole key. */
static uint32_t Hash(uint32_t id, uint32_t srcPort, uint32_t dstPort, const char *src,
                     const char *dst)
{
    uint32_t h = 2166136261u;
    h = (h ^ id) * 16777619u;
    h = (h ^ srcPort) * 16777619u;
    h = (h ^ dstPort) * 16777619u;
    for (; *src; src++)
        h = (h ^ (uint8_t)*src) * 16777619u;
    for (; *dst; dst++)
        h = (h ^ (uint8_t)*dst) * 16777619u;
    return h ^ h >> 15;
}

static uint32_t HashOf(const WeirLogFlowInfo *flow)
{
    return Hash(flow->id, flow->srcPort, flow->dstPort, flow->src, flow->dst);
}

/* At most half of the slots are used. */
static bool Grow(WeirFlowTab *tab)
{
    uint32_t count = tab->slotCount ? tab->slotCount * 2 : 64, i, at;
    uint32_t *slots;
    if (tab->slotCount > 2 * tab->count)
        return true;
    slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (i = 0; i < tab->count; i++) {
        for (at = HashOf(&tab->flows[i]) & (count - 1); slots[at];
             at = (at + 1) & (count - 1))
            ;
        slots[at] = i + 1;
    }
    free(tab->slots);
    tab->slots = slots;
    tab->slotCount = count;
    return true;
}

int64_t WeirFlowTabFind(WeirFlowTab *tab, uint32_t id, uint32_t srcPort, uint32_t dstPort,
                        const char *src, const char *dst, bool *added)
{
    uint32_t at;
    WeirLogFlowInfo *flow;
    *added = false;
    if (!Grow(tab))
        return -1;
    at = Hash(id, srcPort, dstPort, src, dst) & (tab->slotCount - 1);
    for (; tab->slots[at]; at = (at + 1) & (tab->slotCount - 1)) {
        flow = &tab->flows[tab->slots[at] - 1];
        if (flow->id == id && flow->srcPort == srcPort && flow->dstPort == dstPort &&
            strcmp(flow->src, src) == 0 && strcmp(flow->dst, dst) == 0)
            break;
    }
    if (!tab->slots[at]) {
        flow = WeirFlowTabAdd(tab);
        if (!flow)
            return -1;
        flow->id = id;
        flow->srcPort = srcPort;
        flow->dstPort = dstPort;
        flow->srcLen = (uint8_t)strlen(src);
        flow->dstLen = (uint8_t)strlen(dst);
        memcpy(flow->src, src, flow->srcLen);
        memcpy(flow->dst, dst, flow->dstLen);
        tab->slots[at] = tab->count;
        *added = true;
    }
    tab->recent[WeirFlowTabPlace(id, srcPort, dstPort)] = tab->slots[at];
    return (int64_t)tab->slots[at] - 1;
}

static int CompareEnds(const char *a, uint32_t portA, const char *b, uint32_t portB)
{
    int byHost = strcmp(a, b);
    return byHost ? byHost : (portA > portB) - (portA < portB);
}

int WeirLogFlowCompare(const WeirLogFlowInfo *a, const WeirLogFlowInfo *b)
{
    int bySource;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    bySource = CompareEnds(a->src, a->srcPort, b->src, b->srcPort);
    return bySource ? bySource : CompareEnds(a->dst, a->dstPort, b->dst, b->dstPort);
}

const char *WeirLogFlowHost(const char *address)
{
    while (*address == ' ')
        address++;
    return address;
}

const char *WeirLogFlowEnd(const char *address, uint32_t port,
                           char buf[WEIR_LOG_END_TEXT])
{
    const char *host = WeirLogFlowHost(address);
    snprintf(buf, WEIR_LOG_END_TEXT, strchr(host, ':') ? "[%.45s]:%u" : "%.45s:%u", host,
             (unsigned)port);
    return buf;
}
