/* A log client against a log server in this process: what a local file would hold is
 * what arrives, whatever goes wrong never makes a producer wait, and is told. */
#include "config.h"
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "itg/tsp.h"
#include "logserver/logClient.h"
#include "logserver/logServer.h"
#include "sock.h"
#include "wire/settle.h"
#include "check.h"

enum { RECORDS = 600, LANE = 65536 }; /* as datagrams they fit the smallest buffer */

static sem_t disk; /* what looking at hung.log waits for */
static atomic_bool hanging;

/* In the place of the library's. */
int lstat(const char *restrict path, struct stat *restrict st)
{
    if (strstr(path, "hung.log")) {
        atomic_store(&hanging, true);
        sem_wait(&disk);
    }
    return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

static WeirEngine *engine;
static WeirLogServer *server;
static WeirAddr serverAddr;
static char dir[] = "/tmp/weirlogXXXXXX", far[64], near[64], hungFile[64];

static void StartServer(const char *host)
{
    char listen[80], logDir[64];
    WeirLogServerSpec spec = { .listen = listen, .logDir = logDir };
    WeirLogServerStats stats;
    WeirErr err;
    spec.drainNs = 20 * WEIR_NS_PER_MS;
    spec.bufferBytes = 1 << 20;
    snprintf(listen, sizeof listen, "%s:0", host);
    snprintf(logDir, sizeof logDir, "%s", dir);
    CHECK(WeirLogServerNew(engine, &spec, NULL, NULL, &server, &err) == 0);
    CHECK(WeirLogServerStart(server, &err) == 0);
    WeirLogServerGetStats(server, &stats);
    CHECK(WeirAddrParse(stats.listenAddr, AF_UNSPEC, 0, &serverAddr, &err) == 0);
}

static void StopServer(void)
{
    WeirLogServerRelease(server);
    CHECK(WeirSettle(WEIR_BUSY_LOGSERVERS, 20 * WEIR_NS_PER_S) == 0);
}

/* The same records into any log, from two flows and two producers. */
static void Fill(WeirLog *log, int count)
{
    WeirLogFlow flow = { .id = 1, .protocol = WEIR_ITG_UDP };
    WeirRecord r = { 0 };
    WeirErr err;
    uint32_t first, second;
    int i;
    WeirAddrParse("10.0.0.1", AF_INET, 5000, &flow.src, &err);
    WeirAddrParse("10.0.0.2", AF_INET, 8999, &flow.dst, &err);
    CHECK(WeirLogAddFlow(log, &flow, &first, &err) == 0);
    flow.id = 2;
    WeirAddrParse("2001:db8::1", AF_INET6, 5001, &flow.src, &err);
    CHECK(WeirLogAddFlow(log, &flow, &second, &err) == 0);
    for (i = 0; i < count; i++) {
        r.txNs = INT64_C(1700000000123456789) + i * INT64_C(100001000);
        r.rxNs = r.txNs + 1234567;
        r.flow = i % 3 ? first : second;
        r.seq = (uint32_t)i + 1;
        r.size = 512;
        WeirLogPut(WeirLogLaneFor(log, 0), &r);
    }
}

static int Ready(WeirLog *log, WeirErr *err)
{
    int64_t until = WeirMonoNs() + 20 * WEIR_NS_PER_S;
    int rc;
    while ((rc = WeirLogReady(log, err)) == 0 && WeirMonoNs() < until)
        usleep(1000);
    return rc;
}

static size_t Load(const char *path, char *bytes, size_t room)
{
    FILE *file = fopen(path, "rb");
    size_t len = file ? fread(bytes, 1, room, file) : 0;
    if (file)
        fclose(file);
    return len;
}

static void TestSameAsFile(const char *host, int protocol)
{
    static char a[RECORDS * 144 + 1], b[RECORDS * 144 + 1];
    WeirLog *log;
    WeirErr err;
    StartServer(host);
    CHECK(WeirLogClientOpen(&serverAddr, protocol, "/tmp/far.log", &log, &err) == 0);
    CHECK(Ready(log, &err) == 1);
    Fill(log, RECORDS);
    CHECK(WeirLogFlush(log, &err) == 0);
    CHECK(WeirLogWritten(log) == RECORDS && WeirLogDropped(log) == 0);
    CHECK(WeirLogClose(log, &err) == 0);
    CHECK(WeirLogsSettle(20 * WEIR_NS_PER_S) == 0);
    /* The server has closed the connection: the file is complete. */
    CHECK(WeirLogOpen(near, WEIR_LOG_ITG, 0, NULL, &log, &err) == 0);
    Fill(log, RECORDS);
    CHECK(WeirLogClose(log, &err) == 0);
    CHECK(Load(far, a, sizeof a) == RECORDS * 144);
    CHECK(Load(near, b, sizeof b) == RECORDS * 144);
    CHECK(memcmp(a, b, RECORDS * 144) == 0);
    StopServer();
}

static void TestShared(void)
{
    struct stat st;
    WeirLog *log, *same;
    WeirErr err;
    StartServer("127.0.0.1");
    CHECK(WeirLogClientOpen(&serverAddr, WEIR_ITG_TCP, "far.log", &log, &err) == 0);
    CHECK(WeirLogClientOpen(&serverAddr, WEIR_ITG_TCP, "far.log", &same, &err) == 0);
    CHECK(same == log);
    Fill(log, 10);
    CHECK(WeirLogClose(log, &err) == 0);
    Fill(log, 10);
    CHECK(WeirLogClose(log, &err) == 0);
    CHECK(stat(far, &st) == 0 && st.st_size == 20 * 144);
    StopServer();
}

static void TestNobodyThere(void)
{
    WeirLog *log;
    WeirErr err;
    StartServer("127.0.0.1");
    StopServer();
    CHECK(WeirLogClientOpen(&serverAddr, WEIR_ITG_UDP, "far.log", &log, &err) == 0);
    CHECK(Ready(log, &err) == WEIR_E_POSIX && strstr(err.text, "refused"));
    Fill(log, 100);
    WeirLogFlush(log, &err);
    CHECK(WeirLogDropped(log) == 100 && WeirLogWritten(log) == 0);
    CHECK(WeirLogClose(log, &err) == WEIR_E_POSIX);
    CHECK(WeirLogClientOpen(&serverAddr, WEIR_ITG_UDP, "", &log, &err) == WEIR_E_ARG);
}

static void TestRefusedName(void)
{
    WeirLog *log;
    WeirErr err;
    StartServer("127.0.0.1");
    CHECK(WeirLogClientOpen(&serverAddr, WEIR_ITG_TCP, "../far.log", &log, &err) == 0);
    CHECK(Ready(log, &err) == WEIR_E_PEER &&
          strstr(err.text, "refused log \"../far.log\""));
    WeirLogClose(log, NULL);
    StopServer();
}

/* The disk hangs under one log: its client waits, others have theirs. */
static void TestHungDisk(void)
{
    WeirLog *log, *hung;
    WeirErr err;
    sem_init(&disk, 0, 0);
    StartServer("127.0.0.1");
    CHECK(WeirLogClientOpen(&serverAddr, WEIR_ITG_TCP, "hung.log", &hung, &err) == 0);
    while (!atomic_load(&hanging))
        usleep(1000);
    CHECK(WeirLogClientOpen(&serverAddr, WEIR_ITG_TCP, "far.log", &log, &err) == 0);
    CHECK(Ready(log, &err) == 1);
    Fill(log, 10);
    CHECK(WeirLogClose(log, &err) == 0);
    CHECK(WeirLogReady(hung, &err) == 0);
    sem_post(&disk);
    CHECK(Ready(hung, &err) == 1);
    Fill(hung, 10);
    CHECK(WeirLogClose(hung, &err) == 0);
    CHECK(WeirLogsSettle(20 * WEIR_NS_PER_S) == 0);
    StopServer();
    sem_destroy(&disk);
}

/* A file of the server that grows no further: its client is told, be it at the end or
 * while it goes on. */
static void TestFullDisk(bool goesOn)
{
    int64_t until = WeirMonoNs() + 20 * WEIR_NS_PER_S;
    struct rlimit before, small;
    WeirLog *log;
    WeirErr err;
    StartServer("127.0.0.1");
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 10 * 144;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK(WeirLogClientOpen(&serverAddr, WEIR_ITG_TCP, "far.log", &log, &err) == 0);
    CHECK(Ready(log, &err) == 1);
    Fill(log, 50);
    while (goesOn && WeirLogError(log, &err) == 0 && WeirMonoNs() < until) {
        Fill(log, 1);
        usleep(20000);
    }
    WeirLogHold(log);
    WeirLogLeave(log);
    CHECK(WeirLogsSettle(20 * WEIR_NS_PER_S) == 0);
    CHECK(WeirLogError(log, &err) == WEIR_E_PEER &&
          strstr(err.text, goesOn ? "takes no more records" : "could not write"));
    WeirLogUnref(log);
    setrlimit(RLIMIT_FSIZE, &before);
    StopServer();
}

/* A server that never says a word: what does not fit the lane is dropped at once. */
static void TestSilentServer(void)
{
    WeirSockOpts opts = { .reuse = 1 };
    WeirAddr addr;
    WeirLog *log;
    WeirErr err;
    int fd;
    WeirAddrParse("127.0.0.1:0", AF_INET, 0, &addr, &err);
    fd = WeirSockListen(&addr, &opts, &err);
    addr = WeirSockLocal(fd);
    CHECK(WeirLogClientOpen(&addr, WEIR_ITG_TCP, "far.log", &log, &err) == 0);
    Fill(log, LANE + 100);
    CHECK(WeirLogDropped(log) == 100 && WeirLogReady(log, &err) == 0);
    WeirLogFinish(log); /* does not wait */
    CHECK(!WeirLogComplete(log, WeirLogMark(log)));
    WeirLogUnref(log);
    close(fd); /* the pending connection is reset, and the client gives up */
    CHECK(WeirLogsSettle(20 * WEIR_NS_PER_S) == 0);
}

static void TestServerStops(int protocol)
{
    int64_t until = WeirMonoNs() + 20 * WEIR_NS_PER_S;
    WeirLog *log;
    WeirErr err;
    StartServer("127.0.0.1");
    CHECK(WeirLogClientOpen(&serverAddr, protocol, "far.log", &log, &err) == 0);
    CHECK(Ready(log, &err) == 1);
    StopServer();
    while (WeirLogError(log, &err) == 0 && WeirMonoNs() < until) {
        Fill(log, 1);
        usleep(20000);
    }
    CHECK(WeirLogError(log, &err) == WEIR_E_PEER && strstr(err.text, "no more records"));
    CHECK(WeirLogDropped(log) > 0);
    WeirLogClose(log, NULL);
    CHECK(WeirLogsSettle(20 * WEIR_NS_PER_S) == 0);
}

int main(void)
{
    WeirErr err;
    engine = WeirEngineAcquire(&err);
    CHECK(engine && mkdtemp(dir));
    snprintf(far, sizeof far, "%s/far.log", dir);
    snprintf(near, sizeof near, "%s/near.log", dir);
    snprintf(hungFile, sizeof hungFile, "%s/hung.log", dir);
    TestSameAsFile("127.0.0.1", WEIR_ITG_UDP);
    TestSameAsFile("127.0.0.1", WEIR_ITG_TCP);
    if (access("/proc/self/net/if_inet6", R_OK) == 0) {
        TestSameAsFile("[::1]", WEIR_ITG_UDP);
        TestSameAsFile("[::1]", WEIR_ITG_TCP);
    }
    TestShared();
    TestNobodyThere();
    TestRefusedName();
    TestHungDisk();
    TestFullDisk(false);
    TestFullDisk(true);
    TestSilentServer();
    TestServerStops(WEIR_ITG_UDP);
    TestServerStops(WEIR_ITG_TCP);
    WeirEngineRelease(engine);
    remove(far);
    remove(near);
    remove(hungFile);
    rmdir(dir);
    return failures > 0;
}
