/* Many datagrams in one system call, with kernel receive timestamps. */
#ifndef WEIR_BATCH_H
#define WEIR_BATCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include "base/addr.h"

enum { WEIR_BATCH_MAX = 64 };

/* Send `count` messages of `pieces` iovecs each (laid out one after the other) on a
 * connected socket.  Returns how many left, or -errno when the first did not. */
int WeirBatchSend(int fd, struct iovec *iov, int pieces, int count);

/* One message of `pieces` iovecs that the kernel cuts into datagrams of segmentBytes each
 * (UDP_SEGMENT; at most 64 of them and 64 KiB).  Returns 0 or -errno. */
int WeirBatchSendCut(int fd, struct iovec *iov, int pieces, uint32_t segmentBytes);

/* One message with this DS byte to an address on an unconnected socket: bytes sent or
 * -errno. */
int WeirBatchSendTo(int fd, struct iovec *iov, int pieces, const WeirAddr *to,
                    int dsByte);

typedef struct WeirPacketIn {
    const uint8_t *data; /* the first bytes, up to the batch's room */
    uint32_t len;        /* true length of the datagram */
    uint32_t kept;       /* bytes in data */
    int64_t stampNs; /* CLOCK_REALTIME of arrival, from the kernel where it gives one */
    WeirAddr from;
} WeirPacketIn;

typedef struct WeirBatch WeirBatch;

/* Buffers for up to `max` (<= WEIR_BATCH_MAX) datagrams of which `room` bytes are kept.
 */
WeirBatch *WeirBatchNew(int max, size_t room);
void WeirBatchFree(WeirBatch *batch);

/* Read what is there without waiting: the number of datagrams, or -errno.  *packets stays
 * valid until the next read. */
int WeirBatchRead(WeirBatch *batch, int fd, WeirPacketIn **packets);

#endif
