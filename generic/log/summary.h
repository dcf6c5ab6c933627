/* One pass over a record file for the compatible figures, the right ones, or both. */
#ifndef WEIR_LOG_SUMMARY_H
#define WEIR_LOG_SUMMARY_H
#include "log/compat.h"
#include "log/figures.h"
#include "log/reader.h"

/* Read to the end.  `compat` and `stat` may each be NULL: what is not asked for costs
 * nothing. */
int WeirLogSummarise(WeirLogReader *reader, WeirCompat *compat, WeirLogStat *stat,
                     WeirErr *err);

#endif
