/* SCTP by the kernel's sockets in the one-to-one style (RFC 6458 section 4): a connection
 * is an association, and what one call sends arrives as one message.
 *
 * Such a socket works with all of sock.h and batch.h; here is what SCTP has beyond that.
 * libsctp would add nothing: for these sockets it only wraps the socket options used
 * here, and their structures come with the kernel's headers.  Without SCTP in the kernel
 * opening fails with WEIR_E_NOSUPPORT. */
#ifndef WEIR_SCTP_H
#define WEIR_SCTP_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "sock.h"

/* A socket to connect, or a listening one.  `opts` as in sock.h with its protocol ignored
 * and noDelay for SCTP_NODELAY; accepted sockets inherit all of it.  `streams` is how
 * many outgoing streams to ask the peer for, 1..65535, which it may grant or not; 0 is
 * the kernel's default. */
int WeirSctpOpen(int family, const WeirAddr *local, const WeirSockOpts *opts,
                 unsigned streams, WeirErr *err);
int WeirSctpListen(const WeirAddr *local, const WeirSockOpts *opts, unsigned streams,
                   WeirErr *err);

/* How messages leave. */
typedef struct WeirSctpSending {
    unsigned stream;      /* below the number of outgoing streams */
    uint32_t payloadType; /* PPID, host byte order; 0 means nothing in particular */
    bool unordered;       /* delivered when it comes, without waiting for others */
    unsigned lifetimeMs;  /* given up when not delivered by then (RFC 3758); 0: never */
} WeirSctpSending;

/* Everything that is sent on a connected socket from now on, by whatever call, leaves
 * like this.  Changes nothing when it fails. */
int WeirSctpSetSending(int fd, const WeirSctpSending *how, WeirErr *err);

/* What came with a message. */
typedef struct WeirSctpMessage {
    unsigned stream;
    uint32_t payloadType;
    bool unordered;
    bool whole;      /* the message ends here; else the next read goes on with it */
    int64_t stampNs; /* CLOCK_REALTIME of arrival from the kernel; 0 without .stamps */
} WeirSctpMessage;

/* Read one message, or as much of it as the buffer holds: its bytes, 0 at the end of the
 * association, -errno when there is none.  Payload type and stream are known on sockets
 * from WeirSctpOpen and those accepted from WeirSctpListen. */
ssize_t WeirSctpReceive(int fd, void *buf, size_t size, WeirSctpMessage *message);

/* An association as its kernel sees it.  Counts run from its beginning.  (The smoothed
 * round trip that Linux tells is in ticks of a length that it does not tell.) */
typedef struct WeirSctpState {
    bool established;
    unsigned inStreams, outStreams;
    uint64_t packetsSent, packetsReceived;
    uint64_t chunksSent, chunksReceived; /* data chunks, retransmissions not counted */
    uint64_t retransmitted;              /* data chunks sent again */
    uint64_t duplicates;                 /* data chunks received again */
    unsigned unacknowledged;             /* data chunks sent and not acknowledged */
    unsigned peerWindowBytes;
    unsigned congestionWindowBytes; /* of the primary path, as the next two */
    int64_t rtoNs;                  /* a whole number of milliseconds */
    unsigned mtuBytes;
} WeirSctpState;

int WeirSctpGetState(int fd, WeirSctpState *state, WeirErr *err);

#endif
