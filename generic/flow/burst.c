/* What is due leaves in bursts of at most WEIR_SEND_BURST packets, all stamped with one
 * reading of the clock.  Datagrams that are late keep most of their gap to the one
 * before, so that a short stall of the thread does not become a burst on the wire; a flow
 * that is far behind sends as fast as it can.  A burst is made in memory of the worker;
 * a flow keeps only what the socket did not take: the drawn packets, and of a packet
 * that a stream took in part its header, since all bodies come from the same place. */
#include "config.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "batch.h"
#include "base/clock.h"
#include "flow/burst.h"
#include "itg/icmp.h"
#include "sctp.h"
#include "serial.h"

enum { PIECES = 4 };                /* ICMP header, header, body, padding */
enum { BURST_BYTES = 1024 * 1024 }; /* no more than one packet beyond */
enum { MERGED_BYTES = 65000 };      /* of one datagram before the kernel cuts it */
#define FAR_BEHIND_NS (20 * WEIR_NS_PER_MS)  /* nothing is held for longer */
#define SHORT_GAP_NS  (200 * WEIR_NS_PER_US) /* such gaps are not worth a wake-up */

typedef struct Burst {
    int count, pieces;      /* packets; pieces of each */
    int64_t realNs, monoNs; /* when it was made, just before the system call */
    WeirDuePacket due[WEIR_SEND_BURST];
    uint8_t headers[WEIR_SEND_BURST][WEIR_PAYLOAD_MAX_HEADER];
    uint8_t icmpHeaders[WEIR_SEND_BURST][WEIR_ICMP_MAX_HEADER];
    struct iovec iov[WEIR_SEND_BURST * PIECES];
} Burst;

static uint8_t filler[WEIR_ITG_MAX_PAYLOAD]; /* body of every packet without a file */
static const uint8_t zeros[WEIR_ITG_MAX_PAYLOAD];

static void FillFiller(void)
{
    WeirRng rng;
    size_t i;
    WeirRngSeed(&rng, 0, "payload");
    for (i = 0; i < sizeof filler; i++)
        filler[i] = (uint8_t)WeirRngNext(&rng);
}

static void *NewBurst(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, FillFiller);
    return malloc(sizeof(Burst));
}

static Burst *BurstOf(WeirFlow *f)
{
    return WeirWorkerLocal(f->worker, WEIR_FLOW_LOCAL_BURST, NewBurst, free);
}

void WeirBurstPrepare(WeirFlow *f)
{
    Burst *b = BurstOf(f);
    if (b)
        memset(b, 0, sizeof *b);
}

/* ------------------------------------------------------------ making */

static void Piece(struct iovec *iov, const void *base, size_t len)
{
    iov->iov_base = (void *)(uintptr_t)base;
    iov->iov_len = len;
}

static void MakePayload(WeirFlow *f, Burst *b, int i, struct iovec *iov)
{
    const WeirDuePacket *p = &b->due[i];
    size_t head = WeirPayloadBytes(f->payload, f->transport->sized),
           body = p->size - head, own = body;
    WeirPayloadWrite(b->headers[i], f->payload, f->transport->sized, f->id, p->seq,
                     b->realNs, p->size);
    Piece(&iov[0], b->headers[i], head);
    if (!f->file) {
        Piece(&iov[1], filler, body);
        return;
    }
    if (own > (size_t)(f->schedule.fileBytes - p->fileAt))
        own = (size_t)(f->schedule.fileBytes - p->fileAt);
    Piece(&iov[1], f->file + p->fileAt, own);
    Piece(&iov[2], zeros, body - own);
}

static void MakePacket(WeirFlow *f, Burst *b, int i)
{
    struct iovec *iov = &b->iov[i * b->pieces];
    bool v6 = f->dst.sa.sa_family == AF_INET6;
    if (f->transport->code != WEIR_ITG_ICMP) {
        MakePayload(f, b, i, iov);
        return;
    }
    WeirIcmpWrite(b->icmpHeaders[i], v6, f->icmpType);
    Piece(&iov[0], b->icmpHeaders[i], WeirIcmpBytes(v6));
    MakePayload(f, b, i, iov + 1);
    if (!v6)
        WeirIcmpSeal(iov, b->pieces);
}

int64_t WeirBurstHold(const WeirFlow *f, int64_t nowNs)
{
    const WeirSchedule *s = &f->schedule;
    int64_t gapNs = s->nextDueNs - s->lastDueNs, untilNs, mostNs;
    if (f->transport->stream || f->gso || f->send.drawnNs == 0 || gapNs < SHORT_GAP_NS ||
        nowNs >= s->endNs)
        return 0;
    untilNs = f->send.drawnNs + gapNs / 4 * 3;
    mostNs = s->nextDueNs + FAR_BEHIND_NS;
    return untilNs < mostNs ? untilNs : mostNs;
}

/* Whether the next packet shall leave now. */
static bool MayDraw(WeirFlow *f, int64_t nowNs)
{
    return WeirScheduleDue(&f->schedule, nowNs) && WeirBurstHold(f, nowNs) <= nowNs;
}

static void Make(WeirFlow *f, Burst *b, int64_t nowNs, bool more)
{
    WeirSend *s = &f->send;
    int64_t bytes = 0;
    int i, n = s->leftCount, most = f->serial < 0 ? WEIR_SEND_BURST : 1;
    for (i = 0; i < n; i++) {
        b->due[i] = s->left[i];
        bytes += b->due[i].size;
    }
    s->heldNs = WeirBurstHold(f, nowNs);
    while (more && n < most && bytes < BURST_BYTES && MayDraw(f, nowNs)) {
        b->due[n] = WeirScheduleDraw(&f->schedule, nowNs);
        s->drawnNs = nowNs;
        bytes += b->due[n++].size;
    }
    b->count = n;
    b->pieces = 2 + (f->file != NULL) + (f->transport->code == WEIR_ITG_ICMP);
    b->monoNs = WeirMonoNs();
    b->realNs = WeirRealNs();
    for (i = 0; i < n; i++)
        MakePacket(f, b, i);
}

/* The first `done` packets are dealt with, the others are kept. */
static int Keep(WeirFlow *f, const Burst *b, int done, WeirErr *err)
{
    WeirSend *s = &f->send;
    s->leftCount = b->count - done;
    if (s->leftCount == 0)
        return WEIR_OK;
    if (!s->left && !(s->left = malloc(WEIR_SEND_BURST * sizeof *s->left))) {
        s->leftCount = 0;
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    }
    memcpy(s->left, b->due + done, (size_t)s->leftCount * sizeof *s->left);
    return WEIR_OK;
}

/* Packets `from` to `to` (not included) are out. */
static void Departed(WeirFlow *f, const Burst *b, int from, int to)
{
    int i;
    if (from >= to)
        return;
    for (i = from; f->serial >= 0 && i < to; i++)
        WeirSerialDip(f->serial);
    WeirReportDeparted(&f->report, b->due + from, to - from, f->send.heldNs, b->monoNs);
    for (i = from; f->lane && !f->roundTrip && i < to; i++) {
        WeirRecord r = { b->realNs, b->realNs, f->logFlow, b->due[i].seq, 0, 0 };
        r.size = WeirItgLoggedSize(f->application, b->due[i].size);
        WeirLogPut(f->lane, &r);
    }
}

/* ------------------------------------------------------------ messages */

/* How many packets from `from` on may leave as one datagram that the kernel cuts. */
static int Mergeable(const WeirFlow *f, const Burst *b, int from)
{
    uint32_t size = b->due[from].size;
    int n = 1, most = (int)(MERGED_BYTES / size);
    if (size > f->send.segmentBytes)
        return 1;
    while (n < most && from + n < b->count && b->due[from + n].size == size)
        n++;
    return n;
}

/* The kernel or the device cannot cut datagrams: never try again. */
static bool CannotMerge(WeirFlow *f, int error)
{
    if (error != EIO && error != EINVAL && error != EOPNOTSUPP && error != EMSGSIZE)
        return false;
    f->send.segmentBytes = 0;
    atomic_store(&f->send.mergeErrno, error);
    return true;
}

/* One packet on the stream whose turn it is. */
static int SendOnStream(WeirFlow *f, Burst *b, int from)
{
    WeirSctpSending how = { .stream = (b->due[from].seq - 1) % f->send.streams };
    WeirSctpSetSending(f->send.io.fd, &how, NULL);
    return WeirBatchSend(f->send.io.fd, &b->iov[from * b->pieces], b->pieces, 1);
}

/* Send packets from `from` on: how many left, or -errno. */
static int SendSome(WeirFlow *f, Burst *b, int from)
{
    WeirSend *s = &f->send;
    struct iovec *iov = &b->iov[from * b->pieces];
    int n = Mergeable(f, b, from), rc;
    if (s->streams > 1)
        return SendOnStream(f, b, from);
    if (n > 1) {
        rc = WeirBatchSendCut(s->io.fd, iov, n * b->pieces, b->due[from].size);
        if (rc == 0)
            atomic_fetch_add_explicit(&s->merged, n, memory_order_relaxed);
        if (rc == 0 || !CannotMerge(f, -rc))
            return rc == 0 ? n : rc;
    }
    for (n = 1; from + n < b->count && Mergeable(f, b, from + n) == 1; n++)
        continue;
    return WeirBatchSend(s->io.fd, iov, b->pieces, n);
}

/* An error of one packet, which goes missing; others are the connection's. */
static bool OfPacket(const WeirFlow *f, int error)
{
    return !f->transport->connected || error == EMSGSIZE || error == ENOBUFS;
}

/* A UDP socket reports an ICMP error of an earlier packet at the next send, which
 * then has not left: it is tried again before it counts as refused. */
static int SendMessages(WeirFlow *f, Burst *b, int *done, WeirErr *err)
{
    int n, tries = 0;
    for (*done = 0; *done < b->count;) {
        n = SendSome(f, b, *done);
        if (n > 0) {
            Departed(f, b, *done, *done + n);
        } else if (n == -EAGAIN) {
            return 1;
        } else if (!OfPacket(f, -n)) {
            return WeirSendBroken(f, -n, err);
        } else if (n == -ECONNREFUSED && ++tries < 3) {
            continue;
        } else {
            n = -n;
            WeirReportRefused(&f->report, &b->due[*done], 1, n);
            n = 1;
        }
        *done += n;
        tries = 0;
    }
    return 0;
}

/* ------------------------------------------------------------ streams */

static void Skip(struct iovec *iov, int pieces, size_t bytes)
{
    int i;
    for (i = 0; i < pieces; i++) {
        size_t n = bytes < iov[i].iov_len ? bytes : iov[i].iov_len;
        iov[i].iov_base = (uint8_t *)iov[i].iov_base + n;
        iov[i].iov_len -= n;
        bytes -= n;
    }
}

/* A stream takes the whole burst in one call and says how many bytes of it.  A packet
 * counts as gone when its first byte is. */
static int SendStream(WeirFlow *f, Burst *b, int *done, WeirErr *err)
{
    WeirSend *s = &f->send;
    struct msghdr msg = { .msg_iov = b->iov,
                          .msg_iovlen = (size_t)(b->count * b->pieces) };
    int counted = s->begun > 0, whole = 0;
    size_t out;
    ssize_t n;
    *done = 0;
    if (counted) {
        memcpy(b->headers[0], s->begunHeader, sizeof s->begunHeader);
        Skip(b->iov, b->pieces, s->begun);
    }
    n = sendmsg(s->io.fd, &msg, MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 1 : WeirSendBroken(f, errno, err);
    for (out = s->begun + (size_t)n; whole < b->count && out >= b->due[whole].size;)
        out -= b->due[whole++].size;
    Departed(f, b, counted, whole + (out > 0));
    if (out > 0)
        memcpy(s->begunHeader, b->headers[whole], sizeof s->begunHeader);
    s->begun = out;
    *done = whole;
    return whole < b->count;
}

int WeirBurstSend(WeirFlow *f, int64_t nowNs, bool more, WeirErr *err)
{
    Burst *b = BurstOf(f);
    int done, rc;
    if (!b)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    Make(f, b, nowNs, more);
    if (b->count == 0)
        return 0;
    rc = f->transport->stream ? SendStream(f, b, &done, err)
                              : SendMessages(f, b, &done, err);
    if (rc >= 0 && Keep(f, b, done, err) < 0)
        return err->code;
    return rc;
}

void WeirBurstForget(WeirFlow *f)
{
    f->send.leftCount = f->send.begun > 0;
}
