#include "config.h"
#include "log/summary.h"

int WeirLogSummarise(WeirLogReader *reader, WeirCompat *compat, WeirLogStat *stat,
                     WeirErr *err)
{
    const WeirLogItem *items;
    int count;
    if (!stat)
        WeirLogReaderUndated(reader);
    while ((count = WeirLogReaderNext(reader, &items, err)) > 0) {
        int rc = WEIR_OK;
        if (compat)
            rc = WeirCompatAdd(compat, reader, items, count, err);
        if (rc == WEIR_OK && stat)
            rc = WeirLogStatAdd(stat, reader, items, count, err);
        if (rc < 0)
            return rc;
    }
    return count;
}
