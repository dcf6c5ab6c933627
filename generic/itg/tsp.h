/* itg: D-ITG's languages as pure codecs - signalling (TSP), payload headers, log records,
 * the log server's messages.
 * Knows nothing of sockets, threads or files.
 *
 * This header: TSP, the signalling protocol between a sender and a receiver of
 * D-ITG 2.8.1 on TCP port 9000.  Each message is a type byte and a body whose length
 * follows from the type, the direction and, for SEND_FLOW, the address family; several
 * may share a segment. */
#ifndef WEIR_TSP_H
#define WEIR_TSP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/addr.h"
#include "base/err.h"
#include "itg/transport.h"

enum {
    WEIR_ITG_SIGNAL_PORT = 9000,
    WEIR_ITG_DATA_PORT = 8999,
    WEIR_ITG_SOURCE_PORT = 8997, /* of data in passive mode */
    WEIR_ITG_NAME_BYTES = 200,
    WEIR_ITG_SERIAL_BYTES = 10, /* with the NUL */
    WEIR_ITG_MAX_PAYLOAD = 64000
};

enum { WEIR_ITG_OWDM = 1, WEIR_ITG_RTTM = 2 }; /* meters */
enum {                                         /* L7 codes */
       WEIR_ITG_L7_NONE = 0,
       WEIR_ITG_L7_TELNET = 1,
       WEIR_ITG_L7_VOIP = 2,
       WEIR_ITG_L7_DNS = 3,
       WEIR_ITG_L7_AOM = 4, /* a name only */
       WEIR_ITG_L7_CSA = 5,
       WEIR_ITG_L7_CSI = 6,
       WEIR_ITG_L7_QUAKE3 = 7
};
/* The size that a log of D-ITG has for a packet: 20 bytes less for Telnet. */
uint32_t WeirItgLoggedSize(int application, uint32_t bytes);

typedef enum WeirTspType { /* S>R: sender to receiver; R>S: the reverse */
                           WEIR_TSP_CONNECT = 1,         /* S>R */
                           WEIR_TSP_ACK_CONNECT = 2,     /* R>S */
                           WEIR_TSP_SEND_FLOW = 3,       /* S>R: flow */
                           WEIR_TSP_CLOSED_FLOW = 4,     /* S>R: flowId */
                           WEIR_TSP_ACK_SEND_FLOW = 5,   /* R>S: flowId, port */
                           WEIR_TSP_ACK_CLOSED_FLOW = 6, /* R>S: flowId */
                           WEIR_TSP_ACK_RELEASE = 7,     /* R>S */
                           WEIR_TSP_DISCOVERY = 8,       /* R>S: are you there? */
                           WEIR_TSP_ACK_DISCOVERY = 9,   /* S>R; see below */
                           WEIR_TSP_RELEASE = 11,        /* S>R */
                           WEIR_TSP_SEND_FLOW_LOG =
                               12, /* S>R: logServer, logProtocol, logName */
                           WEIR_TSP_ACK_SEND_FLOW_LOG = 13, /* R>S */
                           WEIR_TSP_ERR_AUTH = 14,          /* R>S */
                           WEIR_TSP_ERR_BIND =
                               15, /* R>S: flowId; could not bind the data port */
                           WEIR_TSP_ERR_ICMP = 16,   /* R>S: flowId; raw socket refused */
                           WEIR_TSP_CLOSED_ERR = 17, /* S>R: flowId; the sender gave the
                                                        flow up; no answer */
                           WEIR_TSP_ACK_SEND_NAME_LOG = 18, /* R>S */
                           WEIR_TSP_SEND_NAME_LOG = 19,     /* S>R: logName */
                           WEIR_TSP_ERR_LOG = 21, /* R>S: could not open the log file */
                           WEIR_TSP_ERR_TCP =
                               22 /* R>S: flowId; read error on the TCP data socket */
} WeirTspType;

/* In passive mode, where the receiver calls the sender, SEND_FLOW has more in it and
 * there is one message more, S>R: ACK_SEND_FLOW without a port, when the sender's data
 * socket waits for the receiver.
 *
 * Between Weir and Weir a sender may ask DISCOVERY, too, and the receiver answers.  A
 * stock receiver ignores the question. */

/* The body of SEND_FLOW.  `dst` is the address the receiver binds to, with the data port
 * (0: the receiver chooses).
 *
 * D-ITG does not say the type of ICMP messages.  Weir does in the last byte of the serial
 * line's name, which comes after the NUL of a stock program. */
typedef struct WeirTspFlow {
    uint32_t id;
    uint8_t protocol, application, meter, dsByte, payload;
    char serial[WEIR_ITG_SERIAL_BYTES]; /* device that the receiver signals with, or "" */
    WeirAddr dst;
    int icmpType; /* ICMP: 0 to 255, -1 not said */
    /* Passive mode: where the sender's data comes from (else AF_UNSPEC), and whether the
     * user chose that host, or it is that of the signalling.  Of `dst` only the port
     * travels. */
    WeirAddr sender;
    bool fixed;
} WeirTspFlow;

typedef struct WeirTspMsg {
    WeirTspType type;
    bool passive; /* ACK_SEND_FLOW of a sender in passive mode */
    uint32_t flowId;
    uint16_t port;
    WeirTspFlow flow;
    WeirAddr logServer;
    uint8_t logProtocol;                   /* WEIR_ITG_TCP or WEIR_ITG_UDP */
    char logName[WEIR_ITG_NAME_BYTES + 1]; /* NUL-terminated here */
} WeirTspMsg;

enum { WEIR_TSP_MAX = 256 }; /* no message is longer */

/* Bytes written to `buf` (room WEIR_TSP_MAX). */
size_t WeirTspEncode(const WeirTspMsg *msg, uint8_t *buf);

/* Who speaks. */
typedef enum WeirTspPeer {
    WEIR_TSP_RECEIVER,
    WEIR_TSP_SENDER,
    WEIR_TSP_PASSIVE_SENDER
} WeirTspPeer;

/* Decode the first message of `len` bytes from `peer`.  Returns the bytes it took, 0 when
 * more bytes are needed, or WEIR_E_PARSE. */
int WeirTspDecode(WeirTspPeer peer, const uint8_t *data, size_t len, WeirTspMsg *msg,
                  WeirErr *err);

#endif
