#include "config.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "base/clock.h"
#include "batch.h"

int WeirBatchSend(int fd, struct iovec *iov, int pieces, int count)
{
    struct mmsghdr msgs[WEIR_BATCH_MAX];
    int i, n;
    if (count > WEIR_BATCH_MAX)
        count = WEIR_BATCH_MAX;
    memset(msgs, 0, sizeof *msgs * (size_t)count);
    for (i = 0; i < count; i++) {
        msgs[i].msg_hdr.msg_iov = iov + (size_t)i * (size_t)pieces;
        msgs[i].msg_hdr.msg_iovlen = (size_t)pieces;
    }
    n = sendmmsg(fd, msgs, (unsigned)count, MSG_NOSIGNAL);
    return n < 0 ? -errno : n;
}

int WeirBatchSendCut(int fd, struct iovec *iov, int pieces, uint32_t segmentBytes)
{
    uint16_t bytes = (uint16_t)segmentBytes;
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof bytes)];
    } control = { 0 };
    struct msghdr msg = { .msg_iov = iov,
                          .msg_iovlen = (size_t)pieces,
                          .msg_control = &control,
                          .msg_controllen = sizeof control };
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    c->cmsg_level = IPPROTO_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof bytes);
    memcpy(CMSG_DATA(c), &bytes, sizeof bytes);
    return sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int WeirBatchSendTo(int fd, struct iovec *iov, int pieces, const WeirAddr *to, int dsByte)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof dsByte)];
    } control = { 0 };
    struct msghdr msg = { .msg_name = (void *)(uintptr_t)&to->sa,
                          .msg_namelen = WeirAddrLen(to),
                          .msg_iov = iov,
                          .msg_iovlen = (size_t)pieces,
                          .msg_control = &control,
                          .msg_controllen = sizeof control };
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    bool six = to->sa.sa_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&to->v6.sin6_addr);
    ssize_t n;
    c->cmsg_level = six ? IPPROTO_IPV6 : IPPROTO_IP;
    c->cmsg_type = six ? IPV6_TCLASS : IP_TOS;
    c->cmsg_len = CMSG_LEN(sizeof dsByte);
    memcpy(CMSG_DATA(c), &dsByte, sizeof dsByte);
    n = sendmsg(fd, &msg, MSG_NOSIGNAL);
    return n < 0 ? -errno : (int)n;
}

typedef union Control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(struct timespec)) + 64];
} Control;

struct WeirBatch {
    int max;
    size_t room;
    uint8_t *data;
    struct mmsghdr msgs[WEIR_BATCH_MAX];
    struct iovec iov[WEIR_BATCH_MAX];
    Control control[WEIR_BATCH_MAX];
    WeirPacketIn packets[WEIR_BATCH_MAX];
};

WeirBatch *WeirBatchNew(int max, size_t room)
{
    WeirBatch *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->max = max < WEIR_BATCH_MAX ? max : WEIR_BATCH_MAX;
    b->room = room;
    b->data = malloc((size_t)b->max * room);
    if (!b->data) {
        free(b);
        return NULL;
    }
    return b;
}

void WeirBatchFree(WeirBatch *b)
{
    if (b) {
        free(b->data);
        free(b);
    }
}

/* The kernel's stamp among the control messages, 0 when there is none. */
static int64_t StampOf(struct msghdr *msg)
{
    struct cmsghdr *c;
    for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec ts;
            memcpy(&ts, CMSG_DATA(c), sizeof ts);
            return (int64_t)ts.tv_sec * WEIR_NS_PER_S + ts.tv_nsec;
        }
    }
    return 0;
}

int WeirBatchRead(WeirBatch *b, int fd, WeirPacketIn **packets)
{
    int64_t now = 0;
    int i, n;
    for (i = 0; i < b->max; i++) {
        struct msghdr *m = &b->msgs[i].msg_hdr;
        b->iov[i].iov_base = b->data + (size_t)i * b->room;
        b->iov[i].iov_len = b->room;
        m->msg_name = &b->packets[i].from;
        m->msg_namelen = sizeof b->packets[i].from;
        m->msg_iov = &b->iov[i];
        m->msg_iovlen = 1;
        m->msg_control = &b->control[i];
        m->msg_controllen = sizeof b->control[i];
        m->msg_flags = 0;
    }
    n = recvmmsg(fd, b->msgs, (unsigned)b->max, MSG_DONTWAIT | MSG_TRUNC, NULL);
    if (n < 0)
        return -errno;
    for (i = 0; i < n; i++) {
        WeirPacketIn *p = &b->packets[i];
        p->data = b->iov[i].iov_base;
        p->len = b->msgs[i].msg_len;
        p->kept = p->len < b->room ? p->len : (uint32_t)b->room;
        p->stampNs = StampOf(&b->msgs[i].msg_hdr);
        if (!p->stampNs)
            p->stampNs = now ? now : (now = WeirRealNs());
    }
    *packets = b->packets;
    return n;
}
