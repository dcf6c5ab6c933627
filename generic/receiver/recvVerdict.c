/* Whether a receiver has counted and recorded all that reached this host, in one
 * sentence. */
#include "config.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "receiver/receiver.h"

/* Append, after a semicolon where something was said before. */
static void Add(WeirReceiverStats *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void Add(WeirReceiverStats *s, const char *fmt, ...)
{
    size_t used = strlen(s->verdict);
    va_list args;
    if (used == 0 || s->verdict[used - 1] != ' ')
        used += (size_t)snprintf(s->verdict + used, sizeof s->verdict - used, "; ");
    if (used >= sizeof s->verdict)
        return;
    va_start(args, fmt);
    vsnprintf(s->verdict + used, sizeof s->verdict - used, fmt, args);
    va_end(args);
}

void WeirReceiverJudge(WeirReceiverStats *s)
{
    bool failedLog = s->logError.code != 0;
    s->verdict[0] = 0;
    s->complete = s->kernelDrops == 0 && s->logDropped == 0 && !failedLog;
    s->known = s->packets > 0 || !s->complete;
    if (!s->known)
        return;
    snprintf(s->verdict, sizeof s->verdict,
             "%s: ", s->complete ? "complete" : "incomplete");
    Add(s, "%" PRId64 " packet%s counted", s->packets, s->packets == 1 ? "" : "s");
    if (s->kernelDrops > 0)
        Add(s,
            "%" PRId64 " more reached a socket whose buffer was full and were dropped by "
            "the kernel: a larger -rcvbuf helps against bursts, more -readers against "
            "many "
            "flows",
            s->kernelDrops);
    if (failedLog && s->logDropped == 0)
        Add(s, "the log may lack some of them: %.120s", s->logError.text);
    else if (failedLog)
        Add(s, "the log lacks %" PRId64 " of them: %.120s", s->logDropped,
            s->logError.text);
    else if (s->logDropped > 0)
        Add(s,
            "the log lacks %" PRId64
            " of them, which came faster than it could be written",
            s->logDropped);
}
