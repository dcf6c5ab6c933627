#include "config.h"
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "log/outfile.h"

enum { OUT_BUFFER = 256 * 1024 };

int WeirOutOpen(WeirOut *out, const char *path, WeirErr *err)
{
    out->path = path;
    out->file = path ? fopen(path, "we") : NULL;
    if (path && !out->file)
        return WeirFailErrno(err, errno, "cannot write \"%.200s\"", path);
    if (path)
        setvbuf(out->file, NULL, _IOFBF, OUT_BUFFER);
    return WEIR_OK;
}

int WeirOutClose(WeirOut *out, WeirErr *err)
{
    FILE *file = out->file;
    bool bad;
    int sysErrno = 0;
    if (!file)
        return WEIR_OK;
    out->file = NULL;
    bad = ferror(file);
    if (fflush(file) != 0)
        sysErrno = errno;
    if (fclose(file) != 0 && sysErrno == 0)
        sysErrno = errno;
    if (bad && sysErrno == 0)
        sysErrno = EIO;
    return sysErrno
               ? WeirFailErrno(err, sysErrno, "cannot write all of \"%.200s\"", out->path)
               : WEIR_OK;
}

bool WeirOutSame(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino && S_ISREG(x.st_mode);
}

/* ------------------------------------------------------------ numbers */

/* The value, which is from 0 to 4e9, in millionths; halves go to the even neighbour.  The
 * product is exact as the sum of `product` and `rest`. */
static uint64_t Millionths(double value)
{
    double product = value * 1e6, rest = fma(value, 1e6, -product);
    uint64_t whole = (uint64_t)product;
    double beyond = product - (double)whole - 0.5;
    if (beyond > 0 || (beyond == 0 && (rest > 0 || (rest == 0 && whole % 2 == 1))))
        whole++;
    return whole;
}

static int Long(double value, char text[WEIR_DECIMAL_ROOM], double *back)
{
    int len = snprintf(text, WEIR_DECIMAL_ROOM, isnan(value) ? "-nan" : "%f", value);
    if (back)
        *back = isnan(value) ? value : strtod(text, NULL);
    return len;
}

int WeirDecimal6(double value, char text[WEIR_DECIMAL_ROOM], double *back)
{
    double magnitude = fabs(value);
    char digits[24], *at = digits + sizeof digits, *out = text;
    uint64_t left;
    int place;
    if (!(magnitude < 4e9))
        return Long(value, text, back);
    left = Millionths(magnitude);
    if (back)
        *back = copysign((double)left / 1e6, value);
    for (place = 0; place < 7 || left > 0; place++, left /= 10) {
        if (place == 6)
            *--at = '.';
        *--at = (char)('0' + left % 10);
    }
    if (signbit(value))
        *out++ = '-';
    memcpy(out, at, (size_t)(digits + sizeof digits - at));
    out += digits + sizeof digits - at;
    *out = 0;
    return (int)(out - text);
}
