#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "log/outfile.h"
#include "log/split.h"

enum { WAITING = 28 * WEIR_ITG_RECORD_BYTES };

typedef struct Part {
    char *name; /* NULL: no record yet */
    bool begun; /* the file exists */
    WeirLogFlowInfo key;
    size_t len;
    uint8_t *waiting;
} Part;

struct WeirSplit {
    const char *suffix, *keep;
    Part *parts; /* by flow */
    uint32_t room;
};

WeirSplit *WeirSplitNew(const char *suffix, const char *keep)
{
    WeirSplit *split = calloc(1, sizeof *split);
    if (split) {
        split->suffix = suffix;
        split->keep = keep;
    }
    return split;
}

void WeirSplitFree(WeirSplit *split)
{
    uint32_t i;
    if (!split)
        return;
    for (i = 0; i < split->room; i++) {
        free(split->parts[i].name);
        free(split->parts[i].waiting);
    }
    free(split->parts);
    free(split);
}

static int NoMemory(WeirErr *err)
{
    return WeirFail(err, WEIR_E_MEMORY, "out of memory for the split log");
}

/* ------------------------------------------------------------ names */

/* Whether an earlier flow has the name that the key stands for. */
static bool Taken(const WeirSplit *split, const WeirLogFlowInfo *key)
{
    uint32_t i;
    for (i = 0; i < split->room; i++) {
        const WeirLogFlowInfo *other = &split->parts[i].key;
        if (split->parts[i].name && other->id == key->id &&
            strcmp(WeirLogFlowHost(other->src), WeirLogFlowHost(key->src)) == 0 &&
            strcmp(WeirLogFlowHost(other->dst), WeirLogFlowHost(key->dst)) == 0)
            return true;
    }
    return false;
}

static char *Name(const WeirSplit *split, const WeirLogFlowInfo *key)
{
    char name[256], ports[32] = "";
    if (Taken(split, key))
        snprintf(ports, sizeof ports, "-%u-%u", (unsigned)key->srcPort,
                 (unsigned)key->dstPort);
    snprintf(name, sizeof name, "%u-%s-%s%s.%.100s.dat", (unsigned)key->id,
             WeirLogFlowHost(key->src), WeirLogFlowHost(key->dst), ports, split->suffix);
    return strdup(name);
}

static int Begin(WeirSplit *split, uint32_t flow, const WeirLogFlowInfo *key,
                 WeirErr *err)
{
    Part *part;
    if (flow >= split->room) {
        uint32_t room = flow < 32 ? 64 : 2 * flow;
        Part *more = realloc(split->parts, room * sizeof *more);
        if (!more)
            return NoMemory(err);
        memset(more + split->room, 0, (room - split->room) * sizeof *more);
        split->parts = more;
        split->room = room;
    }
    part = &split->parts[flow];
    part->waiting = malloc(WAITING);
    part->key = *key;
    part->name = part->waiting ? Name(split, key) : NULL;
    if (!part->name)
        return NoMemory(err);
    if (WeirOutSame(part->name, split->keep))
        return WeirFail(err, WEIR_E_ARG,
                        "\"%.200s\" is the log itself: use another suffix", part->name);
    return WEIR_OK;
}

/* ------------------------------------------------------------ records */

/* The file is open only while it is written to: there may be thousands. */
static int Flush(Part *part, WeirErr *err)
{
    int fd =
        open(part->name,
             O_WRONLY | O_CREAT | O_CLOEXEC | (part->begun ? O_APPEND : O_TRUNC), 0666);
    size_t done = 0;
    ssize_t n = 0;
    int sysErrno = 0;
    if (fd < 0)
        return WeirFailErrno(err, errno, "cannot write \"%.200s\"", part->name);
    part->begun = true;
    for (; done < part->len; done += (size_t)n) {
        do
            n = write(fd, part->waiting + done, part->len - done);
        while (n < 0 && errno == EINTR);
        if (n < 0) {
            sysErrno = errno;
            break;
        }
    }
    if (close(fd) != 0 && sysErrno == 0)
        sysErrno = errno;
    part->len = 0;
    return sysErrno ? WeirFailErrno(err, sysErrno, "cannot write all of \"%.200s\"",
                                    part->name)
                    : WEIR_OK;
}

int WeirSplitAdd(WeirSplit *split, uint32_t flow, const WeirLogFlowInfo *key,
                 const uint8_t record[WEIR_ITG_RECORD_BYTES], WeirErr *err)
{
    Part *part;
    int rc = WEIR_OK;
    if (flow >= split->room || !split->parts[flow].name)
        rc = Begin(split, flow, key, err);
    if (rc < 0)
        return rc;
    part = &split->parts[flow];
    memcpy(part->waiting + part->len, record, WEIR_ITG_RECORD_BYTES);
    part->len += WEIR_ITG_RECORD_BYTES;
    return part->len == WAITING ? Flush(part, err) : WEIR_OK;
}

int WeirSplitEnd(WeirSplit *split, WeirErr *err)
{
    uint32_t i;
    int rc = WEIR_OK;
    for (i = 0; i < split->room && rc == WEIR_OK; i++)
        if (split->parts[i].len > 0)
            rc = Flush(&split->parts[i], err);
    return rc;
}
