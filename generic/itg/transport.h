/* The transports that carry a flow's packets: what D-ITG calls them, and what sending,
 * receiving and the codecs have to know of each.  A new transport is a row of the table,
 * a way to open its sockets (wire/dataSock.h), and a reader of what arrives
 * (receiver/sink*.c). */
#ifndef WEIR_TRANSPORT_H
#define WEIR_TRANSPORT_H
#include <stdbool.h>

enum { /* L4 codes of D-ITG */
       WEIR_ITG_TCP = 1,
       WEIR_ITG_UDP = 2,
       WEIR_ITG_ICMP = 3,
       WEIR_ITG_SCTP = 4,
       WEIR_ITG_DCCP = 5
};

typedef struct WeirTransport {
    int code;         /* WEIR_ITG_... */
    const char *name; /* "UDP" */
    bool stream;      /* carries bytes: packets have no boundaries but those they state */
    bool sized;       /* the packet header ends in the packet's size (D-ITG 3.1) */
    bool connected;   /* a sender connects; the data port listens */
    bool optional;    /* not every kernel has it */
} WeirTransport;

/* The table's rows, in the order of the words that options take. */
enum {
    WEIR_TRANSPORT_UDP,
    WEIR_TRANSPORT_TCP,
    WEIR_TRANSPORT_SCTP,
    WEIR_TRANSPORT_DCCP,
    WEIR_TRANSPORT_ICMP,
    WEIR_TRANSPORTS
};
extern const WeirTransport weirTransports[WEIR_TRANSPORTS];
extern const char *const weirTransportWords[WEIR_TRANSPORTS + 1]; /* "udp", ..., NULL */

/* The transport of a code; NULL when it has no row. */
const WeirTransport *WeirTransportOf(int code);

/* The name of any code of D-ITG, "?" for other numbers. */
const char *WeirTransportName(int code);

#endif
