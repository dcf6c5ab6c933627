/* Decoding of D-ITG's text log (ITGDec -l), one line per record:
 *
 *   Flow>0001 Seq>      1 Src>127.0.0.1/55242 Dest>127.0.0.1/8999 txTime>1:35:54.054856
 *   rxTime>1:35:54.054895 Size>  100
 *
 * (one line; the addresses are padded to 46 columns on the left). */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "log/readerInt.h"

enum { LINE_BYTES = 1024 };

/* Each of these takes something off the front of *p; false when it is not there. */
static bool TakeWord(const char **p, const char *word)
{
    size_t len = strlen(word);
    if (strncmp(*p, word, len) != 0)
        return false;
    *p += len;
    return true;
}

static bool TakeU32(const char **p, uint32_t *value)
{
    uint64_t v = 0;
    const char *s = *p;
    while (*s == ' ')
        s++;
    *p = s;
    while (*s >= '0' && *s <= '9' && v <= UINT32_MAX)
        v = v * 10 + (uint64_t)(*s++ - '0');
    if (s == *p || v > UINT32_MAX)
        return false;
    *p = s;
    *value = (uint32_t)v;
    return true;
}

/* As ITGDec does, the first of 46 columns is dropped and the blanks stay. */
static bool TakeAddress(const char **p, char out[WEIR_ITG_ADDR_BYTES])
{
    const char *slash = strchr(*p, '/');
    size_t len = slash ? (size_t)(slash - *p) : 0;
    if (len == WEIR_ITG_ADDR_BYTES) {
        (*p)++;
        len--;
    }
    if (len == 0 || len >= WEIR_ITG_ADDR_BYTES)
        return false;
    memcpy(out, *p, len);
    out[len] = 0;
    *p = slash + 1;
    return WeirItgAddressPlausible(WeirLogFlowHost(out));
}

static bool TakeTime(const char **p, WeirItgTime *t)
{
    char *end;
    if (!TakeU32(p, &t->hour) || !TakeWord(p, ":") || !TakeU32(p, &t->minute) ||
        !TakeWord(p, ":"))
        return false;
    t->seconds = strtod(*p, &end);
    if (end == *p)
        return false;
    *p = end;
    return true;
}

static bool ParseLine(const char *p, WeirItgRecord *r)
{
    return TakeWord(&p, "Flow>") && TakeU32(&p, &r->flow) && TakeWord(&p, " Seq>") &&
           TakeU32(&p, &r->seq) && TakeWord(&p, " Src>") && TakeAddress(&p, r->src) &&
           TakeU32(&p, &r->srcPort) && TakeWord(&p, " Dest>") &&
           TakeAddress(&p, r->dst) && TakeU32(&p, &r->dstPort) &&
           TakeWord(&p, " txTime>") && TakeTime(&p, &r->tx) && TakeWord(&p, " rxTime>") &&
           TakeTime(&p, &r->rx) && TakeWord(&p, " Size>") && TakeU32(&p, &r->size) &&
           (*p == 0 || strcmp(p, "\r") == 0);
}

/* The next line without its end, in `line`.  Returns 1, 0 at the end of the file;
 * `*whole` tells whether the line was ended. */
static int TakeLine(WeirLogReader *reader, char line[LINE_BYTES], bool *whole,
                    WeirErr *err)
{
    int64_t avail = WeirReaderFill(reader, LINE_BYTES, err);
    const uint8_t *at = reader->buf + reader->start, *newline;
    size_t len;
    if (avail <= 0)
        return (int)avail;
    newline = memchr(at, '\n', avail < LINE_BYTES ? (size_t)avail : LINE_BYTES);
    *whole = newline != NULL;
    len = newline ? (size_t)(newline - at) : (size_t)avail;
    if (len >= LINE_BYTES)
        return WeirFail(err, WEIR_E_PARSE,
                        "line %lld of \"%.200s\" is longer than any of a D-ITG text log",
                        (long long)reader->info.records + 1, reader->name);
    memcpy(line, at, len);
    line[len] = 0;
    reader->start += len + (newline ? 1 : 0);
    return 1;
}

int WeirReaderText(WeirLogReader *reader, WeirErr *err)
{
    char line[LINE_BYTES];
    WeirItgRecord record;
    WeirLogItem *item = reader->items;
    int64_t flow;
    bool whole = false, added;
    int rc = TakeLine(reader, line, &whole, err);
    if (rc <= 0)
        return rc;
    if (!ParseLine(line, &record)) {
        if (!whole) {
            reader->info.partialBytes = (int64_t)strlen(line);
            return 0;
        }
        return WeirFail(err, WEIR_E_PARSE,
                        "line %lld of \"%.200s\" is not a line of a D-ITG text log",
                        (long long)reader->info.records + 1, reader->name);
    }
    flow = WeirFlowTabFind(&reader->tab, record.flow, record.srcPort, record.dstPort,
                           record.src, record.dst, &added);
    if (flow < 0)
        return WeirReaderNoMemory(reader, err);
    item->flow = (uint32_t)flow;
    item->seq = record.seq;
    item->size = record.size;
    item->tx = record.tx;
    item->rx = record.rx;
    WeirReaderFinish(reader, item);
    return 1;
}
