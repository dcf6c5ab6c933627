/* What the three decoders share; private to this room. */
#ifndef WEIR_LOG_READERINT_H
#define WEIR_LOG_READERINT_H
#include <stddef.h>
#include "log/reader.h"

enum {
    WEIR_READ_BYTES = 2048 * WEIR_ITG_RECORD_BYTES, /* 72 pages; fits a level-2 cache */
    WEIR_READ_SLACK = 4096, /* before them: what is left of an unfinished record */
    WEIR_READ_ITEMS = 128
};

struct WeirLogReader {
    int fd;
    char *name;
    bool atEnd; /* read() said so */
    bool isFile;
    int64_t size, taken; /* of the file, 0 unknown; bytes read of it */
    uint8_t *buf;
    size_t start, end; /* what is in the buffer and not consumed */
    WeirLogFileInfo info;
    WeirFlowTab tab;
    int (*decode)(WeirLogReader *reader,
                  WeirErr *err); /* fills items, returns how many */
    uint32_t chunkLeft;          /* Weir's format: bytes of the packets chunk to come */
    WeirLogNote *notes;
    uint32_t noteCount, noteRoom;
    bool undated; /* nanoseconds are not asked for */
    bool dated;   /* D-ITG's: midnightNs and lastNs are set */
    int64_t midnightNs, lastNs;
    int count; /* of items that were given last */
    WeirLogItem items[WEIR_READ_ITEMS];
};

/* Make `need` bytes (at most WEIR_READ_SLACK) available at buf + start if the file has
 * them. Returns how many are available, or an error. */
int64_t WeirReaderFill(WeirLogReader *reader, size_t need, WeirErr *err);

int WeirReaderItg(WeirLogReader *reader, WeirErr *err);
int WeirReaderText(WeirLogReader *reader, WeirErr *err);
int WeirReaderNative(WeirLogReader *reader, WeirErr *err);

/* Set the nanoseconds of a valid item from its times of day. */
void WeirReaderDate(WeirLogReader *reader, WeirLogItem *item);

/* Set the validity and, if asked for, the nanoseconds. */
static inline void WeirReaderFinish(WeirLogReader *reader, WeirLogItem *item)
{
    item->valid = WeirItgTimeValid(&item->tx) && WeirItgTimeValid(&item->rx);
    item->txNs = item->rxNs = 0;
    if (item->valid && !reader->undated)
        WeirReaderDate(reader, item);
}

/* Consume `len` bytes, or what is left of them in the file. */
int WeirReaderSkip(WeirLogReader *reader, uint32_t len, WeirErr *err);

/* Consume what is in the buffer as left over at the end of the file. */
int WeirReaderLeaveRest(WeirLogReader *reader);

int WeirReaderNoMemory(WeirLogReader *reader, WeirErr *err);

#endif
