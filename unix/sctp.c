#include "config.h"
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/sctp.h>
#include "base/clock.h"
#include "sctp.h"

static int Set(int fd, int name, const void *value, size_t size)
{
    return setsockopt(fd, IPPROTO_SCTP, name, value, (socklen_t)size);
}

static int SetUp(int fd, const WeirSockOpts *opts, unsigned streams, WeirErr *err)
{
    struct sctp_initmsg init = { .sinit_num_ostreams = (uint16_t)streams };
    int on = 1;
    if (streams > 65535)
        return WeirFail(err, WEIR_E_ARG, "an association has 1 to 65535 streams, not %u",
                        streams);
    if (streams && Set(fd, SCTP_INITMSG, &init, sizeof init) < 0)
        return WeirFailErrno(err, errno, "cannot ask for %u SCTP streams", streams);
    if (opts->noDelay)
        Set(fd, SCTP_NODELAY, &on, sizeof on);
    if (Set(fd, SCTP_RECVRCVINFO, &on, sizeof on) < 0)
        return WeirFailErrno(err, errno, "cannot ask for the streams of SCTP messages");
    return WEIR_OK;
}

int WeirSctpOpen(int family, const WeirAddr *local, const WeirSockOpts *opts,
                 unsigned streams, WeirErr *err)
{
    WeirSockOpts mine = *opts;
    int fd, rc;
    mine.protocol = IPPROTO_SCTP;
    fd = WeirSockOpen(family, SOCK_STREAM, local, &mine, err);
    if (fd < 0)
        return fd;
    rc = SetUp(fd, opts, streams, err);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return fd;
}

int WeirSctpListen(const WeirAddr *local, const WeirSockOpts *opts, unsigned streams,
                   WeirErr *err)
{
    int fd = WeirSctpOpen(local->sa.sa_family, local, opts, streams, err);
    return fd < 0 ? fd : WeirSockAwaitPeers(fd, local, err);
}

static int GetStatus(int fd, struct sctp_status *status, WeirErr *err)
{
    socklen_t len = sizeof *status;
    memset(status, 0, sizeof *status);
    if (getsockopt(fd, IPPROTO_SCTP, SCTP_STATUS, status, &len) < 0)
        return WeirFailErrno(err, errno, "cannot ask for the state of the association");
    return WEIR_OK;
}

int WeirSctpSetSending(int fd, const WeirSctpSending *how, WeirErr *err)
{
    struct sctp_sndinfo info = { .snd_sid = (uint16_t)how->stream,
                                 .snd_flags = how->unordered ? SCTP_UNORDERED : 0,
                                 .snd_ppid = htonl(how->payloadType) };
    struct sctp_default_prinfo partial = { .pr_value = how->lifetimeMs,
                                           .pr_policy = how->lifetimeMs
                                                            ? SCTP_PR_SCTP_TTL
                                                            : SCTP_PR_SCTP_NONE };
    struct sctp_status status;
    if (GetStatus(fd, &status, err) < 0)
        return err ? err->code : WEIR_E_POSIX;
    if (how->stream >= status.sstat_outstrms)
        return WeirFail(err, WEIR_E_ARG, "the association has streams 0 to %d, not %u",
                        status.sstat_outstrms - 1, how->stream);
    if (Set(fd, SCTP_DEFAULT_SNDINFO, &info, sizeof info) < 0 ||
        Set(fd, SCTP_DEFAULT_PRINFO, &partial, sizeof partial) < 0)
        return WeirFailErrno(err, errno, "cannot set how SCTP messages leave");
    return WEIR_OK;
}

static void TakeControl(const struct cmsghdr *c, WeirSctpMessage *message)
{
    if (c->cmsg_level == IPPROTO_SCTP && c->cmsg_type == SCTP_RCVINFO) {
        struct sctp_rcvinfo info;
        memcpy(&info, CMSG_DATA(c), sizeof info);
        message->stream = info.rcv_sid;
        message->payloadType = ntohl(info.rcv_ppid);
        message->unordered = info.rcv_flags & SCTP_UNORDERED;
    } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
        struct timespec at;
        memcpy(&at, CMSG_DATA(c), sizeof at);
        message->stampNs = at.tv_sec * WEIR_NS_PER_S + at.tv_nsec;
    }
}

ssize_t WeirSctpReceive(int fd, void *buf, size_t size, WeirSctpMessage *message)
{
    union { /* aligned for the header */
        char bytes[CMSG_SPACE(sizeof(struct sctp_rcvinfo)) +
                   CMSG_SPACE(sizeof(struct timespec))];
        struct cmsghdr header;
    } control;
    struct iovec iov = { buf, size };
    struct msghdr msg = { .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = control.bytes,
                          .msg_controllen = sizeof control.bytes };
    ssize_t n = recvmsg(fd, &msg, 0);
    if (n < 0)
        return -errno;
    memset(message, 0, sizeof *message);
    message->whole = msg.msg_flags & MSG_EOR;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
        TakeControl(c, message);
    return n;
}

int WeirSctpGetState(int fd, WeirSctpState *state, WeirErr *err)
{
    struct sctp_status status;
    struct sctp_assoc_stats counts = { 0 };
    socklen_t len = sizeof counts;
    const struct sctp_paddrinfo *path = &status.sstat_primary;
    if (GetStatus(fd, &status, err) < 0)
        return err ? err->code : WEIR_E_POSIX;
    if (getsockopt(fd, IPPROTO_SCTP, SCTP_GET_ASSOC_STATS, &counts, &len) < 0)
        return WeirFailErrno(err, errno, "cannot ask for the counts of the association");
    *state = (WeirSctpState){
        .established = status.sstat_state == SCTP_ESTABLISHED,
        .inStreams = status.sstat_instrms,
        .outStreams = status.sstat_outstrms,
        .packetsSent = counts.sas_opackets,
        .packetsReceived = counts.sas_ipackets,
        .chunksSent = counts.sas_oodchunks + counts.sas_ouodchunks,
        .chunksReceived = counts.sas_iodchunks + counts.sas_iuodchunks,
        .retransmitted = counts.sas_rtxchunks,
        .duplicates = counts.sas_idupchunks,
        .unacknowledged = status.sstat_unackdata,
        .peerWindowBytes = status.sstat_rwnd,
        .congestionWindowBytes = path->spinfo_cwnd,
        .rtoNs = path->spinfo_rto * INT64_C(1000000),
        .mtuBytes = path->spinfo_mtu,
    };
    return WEIR_OK;
}
