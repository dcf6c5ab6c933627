/* Reading record files: D-ITG's binary log, its text form, Weir's own format, told apart
 * by content.  Sequential, through one buffer of 288 KiB, so files of any size and pipes
 * do.
 *
 * Bad input: a file that is none of the three, or one that turns into something else on
 * the way, is WEIR_E_PARSE.  What is left of a record at the end of a file that was cut
 * off is passed over and told in WeirLogFileInfo. */
#ifndef WEIR_LOG_READER_H
#define WEIR_LOG_READER_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "itg/record.h"
#include "log/flowtab.h"
#include "log/log.h"

/* One packet.  D-ITG's formats know times of day only: from them txNs and rxNs count from
 * the midnight (UTC) before the file's first valid record and go on through later
 * midnights, each time being taken as within 12 hours of the record before. */
typedef struct WeirLogItem {
    uint32_t flow; /* index; see WeirLogReaderFlow */
    uint32_t seq;  /* 0: none */
    uint32_t size; /* payload bytes */
    bool valid; /* false: a time is nonsense (ITGDec's "error line"); txNs = rxNs = 0 */
    int64_t txNs, rxNs;
    WeirItgTime tx, rx; /* as a D-ITG log has it */
} WeirLogItem;

typedef struct WeirLogFileInfo {
    WeirLogFormat format;
    int64_t records;      /* read so far, invalid ones included */
    int64_t partialBytes; /* left over at the end */
    bool ended;           /* Weir's format: the writer came to its end ... */
    int64_t dropped;      /* ... and had dropped so many */
    int64_t begunNs;      /* Weir's format: CLOCK_REALTIME; else 0 */
    uint64_t seed;
} WeirLogFileInfo;

/* A remark about a flow; Weir's format only. */
typedef struct WeirLogNote {
    int64_t timeNs; /* CLOCK_REALTIME */
    uint32_t flow;  /* index */
    char *text;
} WeirLogNote;

typedef struct WeirLogReader WeirLogReader;

int WeirLogReaderOpen(const char *path, WeirLogReader **out, WeirErr *err);
/* From a descriptor, which the reader owns from now on (also when this fails); `name` is
 * for error sentences. */
int WeirLogReaderOpenFd(int fd, const char *name, WeirLogReader **out, WeirErr *err);
void WeirLogReaderClose(WeirLogReader *reader);

/* Without dates: D-ITG's formats then leave txNs = rxNs = 0, which saves time for those
 * who need the times of day only. */
void WeirLogReaderUndated(WeirLogReader *reader);

/* The next packets: how many, 0 at the end, or an error.  They are valid until the next
 * call. The flow of every item is known by then. */
int WeirLogReaderNext(WeirLogReader *reader, const WeirLogItem **items, WeirErr *err);

/* Packet `at` of those that WeirLogReaderNext gave last, as a record of D-ITG's binary
 * log: from such a log the bytes themselves, left-over memory behind the addresses
 * included. */
void WeirLogReaderRecord(const WeirLogReader *reader, int at,
                         uint8_t record[WEIR_ITG_RECORD_BYTES]);

WeirLogFileInfo WeirLogReaderInfo(const WeirLogReader *reader);
/* How many flows were met so far, and one of them; the pointer is valid until the next
 * call of WeirLogReaderNext. */
uint32_t WeirLogReaderFlows(const WeirLogReader *reader);
const WeirLogFlowInfo *WeirLogReaderFlow(const WeirLogReader *reader, uint32_t index);
/* The remarks met so far, at most the first 10,000; valid like flows. */
const WeirLogNote *WeirLogReaderNotes(const WeirLogReader *reader, uint32_t *count);

#endif
