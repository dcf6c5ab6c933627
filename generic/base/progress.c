#include "config.h"
#include <stddef.h>
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
