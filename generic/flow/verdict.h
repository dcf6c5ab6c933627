/* Whether a flow went as asked, and what kept it from that: the judgement over its
 * figures, in a word for programs and in one sentence for people.  Pure: figures in,
 * verdict out; it never says more than the sending side can know.
 *
 * As asked is a flow of which
 *   - every packet that was due has left, none refused by the kernel, none missing in the
 *     log, and
 *   - the rate was within 0.1 % of the schedule's, or what is lacking there is less than
 *     the lateness allowed of one packet, and
 *   - 99 % of the packets left within 1 ms of their deadline, or 1 % of the mean gap
 * where that is more: 1 ms is the resolution of D-ITG's options and logs' users' eyes; of
 * a long gap one percent does not show. A flow whose packets are all due at once asks for
 * no rate but all that is possible: it goes as asked, and the cause says what its limit
 * was. */
#ifndef WEIR_VERDICT_H
#define WEIR_VERDICT_H
#include <stdbool.h>

struct WeirFlowStats;

typedef enum WeirCause {
    WEIR_CAUSE_NONE,
    WEIR_CAUSE_CPU,        /* one core is not enough for what was asked */
    WEIR_CAUSE_BUSY,       /* it would be, but others used it */
    WEIR_CAUSE_WAKEUP,     /* the system woke the sending thread late, core or not */
    WEIR_CAUSE_SENDBUFFER, /* the socket's send buffer was full or too small */
    WEIR_CAUSE_PEERWINDOW, /* the receiver's TCP window was closed */
    WEIR_CAUSE_NETWORK,    /* TCP's congestion window: the path took no more */
    WEIR_CAUSE_REFUSED,    /* the kernel refused packets */
    WEIR_CAUSE_LOG,        /* the log lacks records */
    WEIR_CAUSE_FAILED      /* the flow failed; its reason says why */
} WeirCause;

typedef struct WeirVerdict {
    bool known, asAsked; /* known: something was sent, refused or overdue */
    WeirCause cause;
    char text[320]; /* empty before there is something to say */
} WeirVerdict;

const char *WeirCauseName(WeirCause cause); /* "none", "cpu", ... */

void WeirVerdictOf(const struct WeirFlowStats *figures, WeirVerdict *out);

#endif
