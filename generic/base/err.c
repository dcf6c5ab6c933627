#include "config.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include "base/err.h"

int WeirFail(WeirErr *err, int code, const char *fmt, ...)
{
    if (err) {
        va_list args;
        err->code = code;
        err->sysErrno = 0;
        va_start(args, fmt);
        vsnprintf(err->text, sizeof err->text, fmt, args);
        va_end(args);
    }
    return code;
}

int WeirFailErrno(WeirErr *err, int sysErrno, const char *fmt, ...)
{
    int code = sysErrno == EPERM || sysErrno == EACCES ? WEIR_E_PERM : WEIR_E_POSIX;
    if (err) {
        va_list args;
        size_t used;
        char why[96];
        err->code = code;
        err->sysErrno = sysErrno;
        va_start(args, fmt);
        vsnprintf(err->text, sizeof err->text, fmt, args);
        va_end(args);
        used = strlen(err->text);
        snprintf(err->text + used, sizeof err->text - used, ": %s",
                 strerror_r(sysErrno, why, sizeof why));
    }
    return code;
}

const char *WeirErrReason(int code)
{
    static const char *const names[] = { "OK",    "ARG",   "STATE",     "POSIX",
                                         "PARSE", "PERM",  "NOSUPPORT", "TIMEOUT",
                                         "PEER",  "LIMIT", "MEMORY" };
    int i = -code;
    return i >= 0 && i < (int)(sizeof names / sizeof *names) ? names[i] : "UNKNOWN";
}

const char *WeirErrnoName(int sysErrno)
{
    const char *name = strerrorname_np(sysErrno);
    return name ? name : "EUNKNOWN";
}
