#include "config.h"
#include <stdio.h>
#include "base/progress.h"

static _Thread_local WeirOnlooker current;

WeirOnlooker WeirProgressSetOnlooker(WeirOnlooker onlooker)
{
    WeirOnlooker before = current;
    current = onlooker;
    return before;
}

int WeirProgressTell(const WeirProgress *progress, WeirErr *err)
{
    if (current.look && current.look(current.arg, progress))
        return WeirFail(err, WEIR_E_STATE, "%s was interrupted", progress->what);
    return WEIR_OK;
}

int WeirProgressStep(const char *what, const char *unit, size_t done, size_t total,
                     WeirErr *err)
{
    WeirProgress progress;
    if (done % 65536 != 0)
        return WEIR_OK;
    progress = (WeirProgress){
        .done = (double)done, .total = (double)total, .count = (double)done, .unit = unit
    };
    snprintf(progress.what, sizeof progress.what, "%s", what);
    return WeirProgressTell(&progress, err);
}
