/* The data side of a flow in passive mode (D-ITG 2.6): its socket waits for the receiver,
 * which says hello in a datagram or connects.  What comes from other hosts than the
 * receiver's is not listened to. */
#ifndef WEIR_MEET_H
#define WEIR_MEET_H
#include "flow/flowInt.h"
#include "wire/dataSock.h"

/* Control worker, before the data side begins: bind, so that the receiver can be told the
 * port; and undo that. */
int WeirMeetBind(WeirFlow *flow, const WeirDataSockOpts *opts, WeirErr *err);
void WeirMeetUnbind(WeirFlow *flow);

/* Data worker, when the socket can be read: 1 the receiver was there and the socket is
 * connected to it, 0 not yet, or a negative class code. */
int WeirMeetReceiver(WeirFlow *flow, WeirErr *err);

#endif
