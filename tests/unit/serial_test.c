/* Packets marked on the modem lines of a serial device.  Machines that run tests have
 * none, so the calls to the kernel are caught here: /dev/null plays the device, and what
 * would happen on its lines is written down. */
#include "config.h"
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>
#include "base/clock.h"
#include "flow/flow.h"
#include "receiver/receiver.h"
#include "serial.h"
#include "wire/settle.h"
#include "check.h"

enum { PACKETS = 50 };

static int refusal; /* errno that asking for the lines answers with, 0: none */

/* What happened: r RTS off, R RTS on, d DTR off, D DTR on. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char seen[4 * PACKETS];
static size_t seenCount;

static void Note(bool on, int line)
{
    const char *mark = line == TIOCM_RTS ? "rR" : line == TIOCM_DTR ? "dD" : "??";
    pthread_mutex_lock(&lock);
    if (seenCount < sizeof seen - 1)
        seen[seenCount++] = mark[on];
    pthread_mutex_unlock(&lock);
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    void *arg;
    va_start(args, request);
    arg = va_arg(args, void *);
    va_end(args);
    if (request == TIOCMGET) {
        errno = refusal;
        return refusal ? -1 : 0;
    }
    if (request != TIOCMBIS && request != TIOCMBIC)
        return (int)syscall(SYS_ioctl, fd, request, arg);
    Note(request == TIOCMBIS, *(int *)arg);
    return 0;
}

static void TestOpening(void)
{
    static const struct {
        const char *name;
        int refusal, code;
    } cases[] = {
        { "null", ENOTTY, WEIR_E_NOSUPPORT }, { "null", EIO, WEIR_E_POSIX },
        { "nosuch", 0, WEIR_E_POSIX },        { "", 0, WEIR_E_ARG },
        { "/dev/null", 0, WEIR_E_ARG },       { "../dev/null", 0, WEIR_E_ARG },
    };
    WeirErr err;
    size_t i;
    int fd;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        refusal = cases[i].refusal;
        CHECK(WeirSerialOpen(cases[i].name, &err) == cases[i].code);
    }
    refusal = 0;
    fd = WeirSerialOpen("null", &err);
    CHECK(fd >= 0);
    close(fd);
}

/* A flow of PACKETS to a receiver, with a device at one end; whether it went well. */
static bool Run(WeirEngine *engine, char *here, char *there, int transport)
{
    WeirReceiverSpec wanted = { .listen = "127.0.0.1:0",
                                .serial = "zero null",
                                .drainNs = 50 * WEIR_NS_PER_MS };
    WeirFlowSpec spec = { .to = "127.0.0.1:0",
                          .serial = here,
                          .remoteSerial = there,
                          .ratePps = 100000, /* several are due at once */
                          .packets = PACKETS,
                          .catchUp = 1,
                          .transport = transport };
    int64_t until = WeirMonoNs() + 20 * WEIR_NS_PER_S;
    WeirReceiverStats listening;
    WeirReceiver *r;
    WeirFlowStats s;
    WeirFlow *f;
    WeirErr err;
    seenCount = 0;
    CHECK(WeirReceiverNew(engine, &wanted, NULL, NULL, &r, &err) == 0);
    CHECK(WeirReceiverStart(r, &err) == 0);
    WeirReceiverGetStats(r, &listening);
    spec.signal = listening.listenAddr;
    CHECK(WeirDistParse("constant 100", &spec.ps, &err) == 0);
    CHECK(WeirFlowPrepare(engine, &spec, NULL, NULL, &f, &err) == 0);
    WeirDistUnref(spec.ps);
    WeirFlowsStart(&f, 1);
    while (!WeirFlowEnded(f) && WeirMonoNs() < until)
        usleep(1000);
    WeirFlowGetStats(f, &s);
    WeirFlowRelease(f);
    WeirReceiverRelease(r);
    CHECK(WeirSettle(WEIR_BUSY_RECEIVERS, 20 * WEIR_NS_PER_S) == 0);
    CHECK(WeirSettle(WEIR_BUSY_FLOWS | WEIR_BUSY_CHANNELS, 20 * WEIR_NS_PER_S) == 0);
    return s.state == WEIR_FLOW_DONE && s.packets == PACKETS;
}

/* So many dips of DTR, with RTS off around them or without a change of it. */
static bool Saw(int dips, bool rts)
{
    const char *at = seen;
    int i;
    seen[seenCount] = '\0';
    if (rts && *at++ != 'r')
        return false;
    for (i = 0; i < dips; i++, at += 2)
        if (strncmp(at, "dD", 2) != 0)
            return false;
    return strcmp(at, rts ? "R" : "") == 0;
}

int main(void)
{
    WeirErr err;
    WeirEngine *engine = WeirEngineAcquire(&err);
    TestOpening();
    CHECK(engine != NULL);
    CHECK(Run(engine, "null", NULL, WEIR_TRANSPORT_UDP) && Saw(PACKETS, true));
    CHECK(Run(engine, "null", NULL, WEIR_TRANSPORT_TCP) && Saw(PACKETS, true));
    CHECK(Run(engine, NULL, "null", WEIR_TRANSPORT_UDP) && Saw(PACKETS, false));
    CHECK(Run(engine, NULL, "null", WEIR_TRANSPORT_TCP) && Saw(PACKETS, false));
    CHECK(!Run(engine, NULL, "full", WEIR_TRANSPORT_UDP) && Saw(0, false));
    WeirEngineRelease(engine);
    return failures > 0;
}
