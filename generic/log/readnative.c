/* Decoding of Weir's own format (native.h). */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "log/native.h"
#include "log/readerInt.h"

enum { MAX_NOTES = 10000, MAX_NOTE_BYTES = 1024 * 1024 };

static int Bad(WeirLogReader *reader, WeirErr *err, const char *why)
{
    return WeirFail(err, WEIR_E_PARSE, "\"%.200s\" is damaged after record %lld: %s",
                    reader->name, (long long)reader->info.records, why);
}

static int ReadFlow(WeirLogReader *reader, WeirErr *err)
{
    uint32_t index;
    WeirLogFlow flow;
    WeirLogFlowInfo *info;
    WeirErr why;
    char text[WEIR_ADDR_TEXT];
    if (WeirNativeFlowDecode(reader->buf + reader->start, &index, &flow, &why) < 0)
        return Bad(reader, err, why.text);
    if (index != reader->tab.count)
        return Bad(reader, err, "a flow is numbered out of order");
    info = WeirFlowTabAdd(&reader->tab);
    if (!info)
        return WeirReaderNoMemory(reader, err);
    info->id = flow.id;
    info->srcPort = WeirAddrPort(&flow.src);
    info->dstPort = WeirAddrPort(&flow.dst);
    snprintf(info->src, sizeof info->src, "%.45s", WeirAddrHost(&flow.src, text));
    snprintf(info->dst, sizeof info->dst, "%.45s", WeirAddrHost(&flow.dst, text));
    info->srcLen = (uint8_t)strlen(info->src);
    info->dstLen = (uint8_t)strlen(info->dst);
    info->protocol = (int8_t)(flow.protocol & 127);
    info->meter = (int8_t)(flow.meter & 127);
    info->payload = (int8_t)(flow.payload & 127);
    info->side = (int8_t)(flow.side & 127);
    return WEIR_OK;
}

/* A chunk that is read as a whole: `need` bytes of it are known to this program. */
static int ReadSmallChunk(WeirLogReader *reader, uint32_t type, uint32_t len,
                          WeirErr *err)
{
    uint32_t need =
        type == WEIR_NATIVE_FLOW ? WEIR_NATIVE_FLOW_BYTES : WEIR_NATIVE_END_BYTES;
    int64_t avail;
    int rc = WEIR_OK;
    if (len < need)
        return Bad(reader, err, "a chunk is shorter than its type allows");
    avail = WeirReaderFill(reader, need, err);
    if (avail < 0)
        return (int)avail;
    if (avail < need)
        return WeirReaderLeaveRest(reader);
    if (type == WEIR_NATIVE_FLOW) {
        rc = ReadFlow(reader, err);
    } else {
        WeirNativeEnd end;
        WeirNativeEndDecode(reader->buf + reader->start, &end);
        reader->info.ended = true;
        reader->info.dropped = end.dropped > INT64_MAX ? INT64_MAX : (int64_t)end.dropped;
    }
    return rc < 0 ? rc : WeirReaderSkip(reader, len, err);
}

/* Room for one more remark, or NULL. */
static WeirLogNote *NextNote(WeirLogReader *reader)
{
    if (reader->noteCount == reader->noteRoom) {
        uint32_t room = reader->noteRoom ? 2 * reader->noteRoom : 16;
        WeirLogNote *more = realloc(reader->notes, room * sizeof *more);
        if (!more)
            return NULL;
        reader->notes = more;
        reader->noteRoom = room;
    }
    return &reader->notes[reader->noteCount];
}

/* The next `len` bytes of the file as text; NULL with *rc < 0, or 0 when the file ends
 * before. */
static char *ReadText(WeirLogReader *reader, uint32_t len, int *rc, WeirErr *err)
{
    char *text = malloc((size_t)len + 1);
    uint32_t have = 0;
    *rc = text ? 0 : WeirReaderNoMemory(reader, err);
    while (text && have < len) {
        int64_t avail = WeirReaderFill(reader, 1, err);
        size_t step = avail < len - have ? (size_t)avail : len - have;
        if (avail <= 0) {
            *rc = (int)avail;
            reader->info.partialBytes += have;
            free(text);
            return NULL;
        }
        memcpy(text + have, reader->buf + reader->start, step);
        reader->start += step;
        have += (uint32_t)step;
    }
    if (text)
        text[len] = '\0';
    return text;
}

static int ReadNote(WeirLogReader *reader, uint32_t len, WeirErr *err)
{
    WeirLogNote *note;
    int64_t avail;
    int rc;
    if (len < WEIR_NATIVE_NOTE_BYTES)
        return Bad(reader, err, "a chunk is shorter than its type allows");
    if (len > MAX_NOTE_BYTES || reader->noteCount == MAX_NOTES)
        return WeirReaderSkip(reader, len, err);
    avail = WeirReaderFill(reader, WEIR_NATIVE_NOTE_BYTES, err);
    if (avail < 0)
        return (int)avail;
    if (avail < WEIR_NATIVE_NOTE_BYTES)
        return WeirReaderLeaveRest(reader);
    note = NextNote(reader);
    if (!note)
        return WeirReaderNoMemory(reader, err);
    WeirNativeNoteDecode(reader->buf + reader->start, &note->timeNs, &note->flow);
    if (note->flow >= reader->tab.count)
        return Bad(reader, err, "a remark names a flow that was not announced");
    reader->start += WEIR_NATIVE_NOTE_BYTES;
    note->text = ReadText(reader, len - WEIR_NATIVE_NOTE_BYTES, &rc, err);
    if (note->text)
        reader->noteCount++;
    return rc;
}

/* One chunk's head and, unless it is packets, its body.  Returns 1, 0 at the end. */
static int ReadChunk(WeirLogReader *reader, WeirErr *err)
{
    int64_t avail = WeirReaderFill(reader, WEIR_NATIVE_CHUNK_BYTES, err);
    uint32_t type, len;
    int rc = WEIR_OK;
    if (avail < 0)
        return (int)avail;
    if (avail < WEIR_NATIVE_CHUNK_BYTES)
        return WeirReaderLeaveRest(reader);
    WeirNativeChunkDecode(reader->buf + reader->start, &type, &len);
    reader->start += WEIR_NATIVE_CHUNK_BYTES;
    if (type == WEIR_NATIVE_PACKETS) {
        if (len % WEIR_NATIVE_PACKET_BYTES)
            return Bad(reader, err, "a chunk of packets has an odd length");
        reader->chunkLeft = len;
    } else if (type == WEIR_NATIVE_FLOW || type == WEIR_NATIVE_END) {
        rc = ReadSmallChunk(reader, type, len, err);
    } else if (type == WEIR_NATIVE_NOTE) {
        rc = ReadNote(reader, len, err);
    } else {
        rc = WeirReaderSkip(reader, len, err);
    }
    return rc < 0 ? rc : 1;
}

static void DecodePacket(const uint8_t *bytes, WeirLogItem *item)
{
    WeirRecord record;
    WeirNativePacketDecode(bytes, &record);
    item->flow = record.flow;
    item->seq = record.seq;
    item->size = record.size;
    item->txNs = record.txNs;
    item->rxNs = record.rxNs;
    item->tx = WeirItgTimeOf(record.txNs);
    item->rx = WeirItgTimeOf(record.rxNs);
    /* Half of the range keeps every difference and sum of two inside it. */
    item->valid = record.txNs >= 0 && record.rxNs >= 0 && record.txNs <= INT64_MAX / 2 &&
                  record.rxNs <= INT64_MAX / 2;
    if (!item->valid)
        item->txNs = item->rxNs = 0;
}

int WeirReaderNative(WeirLogReader *reader, WeirErr *err)
{
    int64_t avail;
    int count, i, rc;
    while (reader->chunkLeft == 0)
        if ((rc = ReadChunk(reader, err)) <= 0)
            return rc;
    avail = WeirReaderFill(reader, WEIR_NATIVE_PACKET_BYTES, err);
    if (avail < 0)
        return (int)avail;
    if (avail < WEIR_NATIVE_PACKET_BYTES)
        return WeirReaderLeaveRest(reader);
    if (avail > reader->chunkLeft)
        avail = reader->chunkLeft;
    count = (int)(avail / WEIR_NATIVE_PACKET_BYTES);
    if (count > WEIR_READ_ITEMS)
        count = WEIR_READ_ITEMS;
    for (i = 0; i < count; i++) {
        DecodePacket(reader->buf + reader->start, &reader->items[i]);
        if (reader->items[i].flow >= reader->tab.count)
            return Bad(reader, err, "a packet names a flow that was not announced");
        reader->start += WEIR_NATIVE_PACKET_BYTES;
    }
    reader->chunkLeft -= (uint32_t)count * WEIR_NATIVE_PACKET_BYTES;
    return count;
}
