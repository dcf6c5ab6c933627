/* The packets of a flow that leave in one system call.  Runs on the flow's data
 * worker. */
#ifndef WEIR_BURST_H
#define WEIR_BURST_H
#include <stdbool.h>
#include "flow/flowInt.h"

/* Make the memory and touch it, so that the first packet need not wait for that. */
void WeirBurstPrepare(WeirFlow *flow);

/* Send what earlier bursts left and, with `more`, packets that are due at nowNs; count
 * and log what leaves.  Returns 0, 1 when the socket takes no more for now, or a negative
 * class code when the flow cannot go on. */
int WeirBurstSend(WeirFlow *flow, int64_t nowNs, bool more, WeirErr *err);

/* Until when the next packet of a flow that is late is held back, so that it keeps three
 * quarters of its gap to the one before; at most nowNs when it is not. */
int64_t WeirBurstHold(const WeirFlow *flow, int64_t nowNs);

/* No more packets: forget what is left but the rest of one that has begun to leave. */
void WeirBurstForget(WeirFlow *flow);

#endif
