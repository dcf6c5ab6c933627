/* The packets of a flow are kept in pages of 64 neighbouring numbers; a hash table finds
 * the page.  Numbers mostly come in order, so the page last found is nearly always the
 * right one. */
#include "config.h"
#include <stdlib.h>
#include "log/sent.h"

enum { PAGE = 64 };

typedef struct Page {
    uint32_t flow, number; /* of seq / PAGE */
    uint64_t present;      /* a bit per packet */
    WeirItgTime tx[PAGE];
} Page;

struct WeirSent {
    WeirFlowTab tab; /* keys of the sender's flows, without leading blanks */
    int64_t *flowOf; /* by the receiver's index; -1: not looked for yet */
    uint32_t flowRoom;
    Page **slots, *last; /* open addressing */
    size_t slotCount, pages;
};

void WeirSentFree(WeirSent *sent)
{
    size_t i;
    if (!sent)
        return;
    for (i = 0; i < sent->slotCount; i++)
        free(sent->slots[i]);
    free(sent->slots);
    free(sent->flowOf);
    WeirFlowTabFree(&sent->tab);
    free(sent);
}

static int NoMemory(WeirErr *err)
{
    return WeirFail(err, WEIR_E_MEMORY, "out of memory for the sender's log");
}

/* ------------------------------------------------------------ pages */

static Page **Slot(const WeirSent *sent, uint32_t flow, uint32_t number)
{
    uint64_t hash = ((uint64_t)flow << 32 | number) * 0x9e3779b97f4a7c15u;
    size_t at = (size_t)(hash >> 32) & (sent->slotCount - 1);
    while (sent->slots[at] &&
           (sent->slots[at]->flow != flow || sent->slots[at]->number != number))
        at = (at + 1) & (sent->slotCount - 1);
    return &sent->slots[at];
}

static Page *FindPage(WeirSent *sent, uint32_t flow, uint32_t number)
{
    Page *page = sent->last;
    if (page && page->flow == flow && page->number == number)
        return page;
    if (sent->slotCount == 0 || !(page = *Slot(sent, flow, number)))
        return NULL;
    sent->last = page;
    return page;
}

/* At most half of the slots are used. */
static bool GrowSlots(WeirSent *sent)
{
    Page **old = sent->slots;
    size_t oldCount = sent->slotCount, i;
    if (sent->slotCount > 2 * sent->pages)
        return true;
    sent->slotCount = oldCount ? 2 * oldCount : 1024;
    sent->slots = calloc(sent->slotCount, sizeof *sent->slots);
    if (!sent->slots) {
        sent->slots = old;
        sent->slotCount = oldCount;
        return false;
    }
    for (i = 0; i < oldCount; i++)
        if (old[i])
            *Slot(sent, old[i]->flow, old[i]->number) = old[i];
    free(old);
    return true;
}

static int Keep(WeirSent *sent, uint32_t flow, uint32_t seq, WeirItgTime tx, WeirErr *err)
{
    Page *page = FindPage(sent, flow, seq / PAGE);
    uint64_t bit = UINT64_C(1) << seq % PAGE;
    if (!page) {
        page = GrowSlots(sent) ? calloc(1, sizeof *page) : NULL;
        if (!page)
            return NoMemory(err);
        page->flow = flow;
        page->number = seq / PAGE;
        *Slot(sent, flow, page->number) = page;
        sent->pages++;
        sent->last = page;
    }
    if (!(page->present & bit))
        page->tx[seq % PAGE] = tx;
    page->present |= bit;
    return WEIR_OK;
}

/* ------------------------------------------------------------ flows */

/* The number of the sender's flow that is flow `flow` of the reader; a new one when there
 * is none.  WEIR_E_MEMORY. */
static int64_t FlowOf(WeirSent *sent, const WeirLogReader *reader, uint32_t flow,
                      WeirErr *err)
{
    const WeirLogFlowInfo *info = WeirLogReaderFlow(reader, flow);
    bool added;
    if (flow >= sent->flowRoom) {
        uint32_t room = flow < 64 ? 64 : 2 * flow, i;
        int64_t *more = realloc(sent->flowOf, room * sizeof *more);
        if (!more)
            return NoMemory(err);
        for (i = sent->flowRoom; i < room; i++)
            more[i] = -1;
        sent->flowOf = more;
        sent->flowRoom = room;
    }
    if (sent->flowOf[flow] < 0)
        sent->flowOf[flow] = WeirFlowTabFind(&sent->tab, info->id, info->srcPort,
                                             info->dstPort, WeirLogFlowHost(info->src),
                                             WeirLogFlowHost(info->dst), &added);
    return sent->flowOf[flow] < 0 ? NoMemory(err) : sent->flowOf[flow];
}

/* The next log has flow numbers of its own. */
static void ForgetFlows(WeirSent *sent)
{
    free(sent->flowOf);
    sent->flowOf = NULL;
    sent->flowRoom = 0;
    sent->last = NULL;
}

static int ReadAll(WeirSent *sent, WeirLogReader *reader, WeirErr *err)
{
    const WeirLogItem *items;
    int count, i;
    WeirLogReaderUndated(reader);
    while ((count = WeirLogReaderNext(reader, &items, err)) > 0) {
        for (i = 0; i < count; i++) {
            int64_t flow = FlowOf(sent, reader, items[i].flow, err);
            if (flow < 0 ||
                Keep(sent, (uint32_t)flow, items[i].seq, items[i].tx, err) < 0)
                return WEIR_E_MEMORY;
        }
    }
    return count;
}

int WeirSentRead(const char *path, WeirSent **out, WeirErr *err)
{
    WeirSent *sent;
    WeirLogReader *reader;
    int rc = WeirLogReaderOpen(path, &reader, err);
    *out = NULL;
    if (rc < 0)
        return rc;
    sent = calloc(1, sizeof *sent);
    rc = sent ? ReadAll(sent, reader, err) : NoMemory(err);
    WeirLogReaderClose(reader);
    if (rc < 0) {
        WeirSentFree(sent);
        return rc;
    }
    ForgetFlows(sent);
    *out = sent;
    return WEIR_OK;
}

int WeirSentFind(WeirSent *sent, const WeirLogReader *reader, uint32_t flow, uint32_t seq,
                 WeirItgTime *tx, WeirErr *err)
{
    int64_t number = FlowOf(sent, reader, flow, err);
    const Page *page;
    if (number < 0)
        return (int)number;
    page = FindPage(sent, (uint32_t)number, seq / PAGE);
    if (!page || !(page->present >> seq % PAGE & 1))
        return 0;
    *tx = page->tx[seq % PAGE];
    return 1;
}
