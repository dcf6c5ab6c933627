/* The end of a log: nobody has to wait for it, everybody can, and a file is whole before
 * it is opened again. */
#include "config.h"
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "log/log.h"
#include "check.h"

static char dir[] = "/tmp/weirlogXXXXXX", path[64], other[64];
static sem_t disk; /* what the hung sink waits for */

static int OpenHung(void *arg, WeirErr *err)
{
    return WEIR_OK;
}

static size_t PutHung(void *arg, const uint8_t *records, size_t count, WeirErr *err)
{
    sem_wait(&disk);
    return count;
}

static int CloseHung(void *arg, WeirErr *err)
{
    return WEIR_OK;
}

static void Fill(WeirLog *log, int count)
{
    WeirLogFlow flow = { .id = 1, .protocol = 2 };
    WeirRecord r = { .size = 100 };
    WeirErr err;
    int i;
    flow.src = flow.dst = WeirAddrAny(AF_INET, 5000);
    CHECK(WeirLogAddFlow(log, &flow, &r.flow, &err) == 0);
    for (i = 1; i <= count; i++) {
        r.txNs = r.rxNs = WeirRealNs();
        r.seq = (uint32_t)i;
        WeirLogPut(WeirLogLaneFor(log, 0), &r);
    }
}

static long Records(const char *file)
{
    struct stat st;
    return stat(file, &st) == 0 ? (long)st.st_size / 144 : -1;
}

/* While one log hangs, its users leave without waiting and other logs work as ever. */
static void TestHung(void)
{
    static const WeirLogSink sink = { OpenHung, PutHung, CloseHung };
    WeirLog *hung, *log;
    WeirErr err;
    sem_init(&disk, 0, 0);
    CHECK(WeirLogOpenSink(&sink, NULL, "hung", &hung, &err) == 0);
    CHECK(WeirLogOpenSink(&sink, NULL, "hung", &log, &err) == 1 && log == hung);
    Fill(hung, 10);
    WeirLogLeave(log);
    WeirLogFinish(hung);
    CHECK(!WeirLogComplete(hung, WeirLogMark(hung)) && !WeirLogEnded(hung));
    CHECK(WeirLogsSettle(20 * WEIR_NS_PER_MS) == 1);
    CHECK(WeirLogOpen(path, WEIR_LOG_ITG, 0, NULL, &log, &err) == 0);
    Fill(log, 5);
    CHECK(WeirLogClose(log, &err) == 0 && Records(path) == 5);
    sem_post(&disk);
    CHECK(WeirLogsSettle(20 * WEIR_NS_PER_S) == 0);
    CHECK(WeirLogComplete(hung, WeirLogMark(hung)) && WeirLogEnded(hung) &&
          WeirLogWritten(hung) == 10);
    WeirLogUnref(hung);
}

static void TestUsers(void)
{
    int64_t until = WeirMonoNs() + 20 * WEIR_NS_PER_S;
    WeirLog *log, *same, *held;
    uint64_t mark;
    WeirErr err;
    CHECK(WeirLogOpen(path, WEIR_LOG_ITG, 0, NULL, &log, &err) == 0);
    CHECK(WeirLogOpen(path, WEIR_LOG_ITG, 0, NULL, &same, &err) == 0 && same == log);
    CHECK(WeirLogOpen(path, WEIR_LOG_ITG, 0, dir, &same, &err) == WEIR_E_STATE);
    held = WeirLogHold(log);
    Fill(log, 100);
    mark = WeirLogMark(log);
    WeirLogLeave(log);
    while (!WeirLogComplete(log, mark) && WeirMonoNs() < until)
        usleep(1000);
    CHECK(WeirLogComplete(log, mark) && !WeirLogEnded(log) && Records(path) == 100);
    CHECK(WeirLogClose(log, &err) == 0);
    CHECK(WeirLogEnded(held) && WeirLogWritten(held) == 100);
    WeirLogUnref(held);
}

/* The records of one user are complete while another one puts without a pause. */
static void TestBusy(void)
{
    int64_t until = WeirMonoNs() + 20 * WEIR_NS_PER_S;
    uint64_t mark;
    WeirLog *log;
    WeirErr err;
    CHECK(WeirLogOpen(path, WEIR_LOG_ITG, 0, NULL, &log, &err) == 0);
    Fill(log, 100);
    mark = WeirLogMark(log);
    do
        Fill(log, 10);
    while (!WeirLogComplete(log, mark) && WeirMonoNs() < until);
    CHECK(WeirLogComplete(log, mark) && Records(path) >= 100);
    CHECK(WeirLogClose(log, &err) == 0);
}

/* Who opens a file that is just being ended gets an empty one after that. */
static void TestReopen(void)
{
    WeirLog *log, *again;
    WeirErr err;
    int i;
    for (i = 0; i < 20; i++) {
        CHECK(WeirLogOpen(other, WEIR_LOG_WEIR, 0, NULL, &log, &err) == 0);
        Fill(log, 20000);
        WeirLogHold(log);
        WeirLogLeave(log);
        CHECK(WeirLogOpen(other, WEIR_LOG_ITG, 0, dir, &again, &err) == 0);
        CHECK(again != log && WeirLogEnded(log) && Records(other) == 0);
        WeirLogUnref(log);
        CHECK(WeirLogClose(again, &err) == 0);
    }
}

int main(void)
{
    CHECK(mkdtemp(dir) != NULL);
    snprintf(path, sizeof path, "%s/a.log", dir);
    snprintf(other, sizeof other, "%s/b.log", dir);
    TestHung();
    TestUsers();
    TestBusy();
    TestReopen();
    remove(path);
    remove(other);
    rmdir(dir);
    return failures > 0;
}
