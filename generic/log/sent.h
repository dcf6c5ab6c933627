/* When a sender sent its packets, from its log, to be looked up for those of a receiver's
 * log (ITGDec -r).  About 17 bytes per packet of the sender; a look-up takes constant
 * time. */
#ifndef WEIR_LOG_SENT_H
#define WEIR_LOG_SENT_H
#include <stdbool.h>
#include "log/reader.h"

typedef struct WeirSent WeirSent;

/* Read the sender's log, of any format.  Of two packets with the same number the first
 * counts. */
int WeirSentRead(const char *path, WeirSent **out, WeirErr *err);
void WeirSentFree(WeirSent *sent);

/* When the packet with this number was sent in the flow with the same id, addresses and
 * ports as flow `flow` of the reader.  1; 0: the sender has none; or WEIR_E_MEMORY. */
int WeirSentFind(WeirSent *sent, const WeirLogReader *reader, uint32_t flow, uint32_t seq,
                 WeirItgTime *tx, WeirErr *err);

#endif
