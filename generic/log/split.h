/* A log taken apart: one D-ITG binary log per flow (ITGDec -s). */
#ifndef WEIR_LOG_SPLIT_H
#define WEIR_LOG_SPLIT_H
#include <stdint.h>
#include "base/err.h"
#include "log/flowtab.h"

typedef struct WeirSplit WeirSplit;

/* Files go to the working directory and are named ID-SOURCE-DESTINATION.SUFFIX.dat.  A
 * later flow that differs from another in its ports only has -PORT-PORT behind the
 * addresses.  The file `keep`, which is being read, is never written (WEIR_E_ARG).  The
 * texts must live as long as the split. */
WeirSplit *WeirSplitNew(const char *suffix, const char *keep); /* NULL: out of memory */

/* Put a record into the file of flow `flow`, whose key is `key`.  Records wait in memory,
 * 4 KB for each flow. */
int WeirSplitAdd(WeirSplit *split, uint32_t flow, const WeirLogFlowInfo *key,
                 const uint8_t record[WEIR_ITG_RECORD_BYTES], WeirErr *err);

/* Write what waits. */
int WeirSplitEnd(WeirSplit *split, WeirErr *err);
void WeirSplitFree(WeirSplit *split);

#endif
