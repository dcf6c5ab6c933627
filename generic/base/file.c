#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"

/* Returns 0 or an errno. */
static int WriteAll(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR)
            return errno;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

/* Write and close; a file system may report a full disk only at close. */
static int WriteAndClose(int fd, const char *bytes, size_t len)
{
    int why = WriteAll(fd, bytes, len);
    if (close(fd) < 0 && why == 0)
        why = errno;
    return why;
}

/* Create a fresh file in the folder of `target`, whose name goes to `temp`. */
static int OpenTemporary(const char *target, char *temp, size_t room)
{
    static atomic_uint serial;
    const char *slash = strrchr(target, '/');
    int folder = slash ? (int)(slash - target) + 1 : 0, fd, tries;
    for (tries = 0; tries < 100; tries++) {
        int n = snprintf(temp, room, "%.*s.weir-%ld-%u.tmp", folder, target,
                         (long)getpid(), atomic_fetch_add(&serial, 1));
        if (n < 0 || (size_t)n >= room) {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static int ReplaceRegular(const char *target, const struct stat *old, const void *bytes,
                          size_t len)
{
    char temp[PATH_MAX];
    int fd, why;
    if (old && access(target, W_OK) < 0)
        return errno;
    fd = OpenTemporary(target, temp, sizeof temp);
    if (fd < 0)
        return errno;
    if (old && fchmod(fd, old->st_mode & 07777) < 0) {
        why = errno;
        close(fd);
    } else {
        why = WriteAndClose(fd, bytes, len);
    }
    if (why == 0 && rename(temp, target) < 0)
        why = errno;
    if (why != 0)
        unlink(temp);
    return why;
}

static int Replace(const char *target, const void *bytes, size_t len)
{
    struct stat st;
    int fd;
    if (stat(target, &st) < 0)
        return errno == ENOENT ? ReplaceRegular(target, NULL, bytes, len) : errno;
    if (S_ISREG(st.st_mode))
        return ReplaceRegular(target, &st, bytes, len);
    if (S_ISDIR(st.st_mode))
        return EISDIR;
    fd = open(target, O_WRONLY | O_CLOEXEC);
    return fd < 0 ? errno : WriteAndClose(fd, bytes, len);
}

int WeirFileReplace(const char *path, const void *bytes, size_t len, WeirErr *err)
{
    char *real = realpath(path, NULL);
    int why = !real && errno != ENOENT ? errno : Replace(real ? real : path, bytes, len);
    free(real);
    return why ? WeirFailErrno(err, why, "cannot write %s", path) : WEIR_OK;
}
