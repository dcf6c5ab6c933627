#include "config.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "logserver/logName.h"

enum { MAX_FILES = 10000 };

bool WeirLogNamePrintable(const char *name)
{
    const unsigned char *p;
    for (p = (const unsigned char *)name; *p; p++)
        if (*p < 0x20 || *p >= 0x7f)
            return false;
    return p != (const unsigned char *)name;
}

int WeirLogNameDirectory(const char *dir, WeirErr *err)
{
    struct stat st;
    if (stat(dir, &st) < 0)
        return WeirFailErrno(err, errno, "cannot use log directory \"%.200s\"", dir);
    if (!S_ISDIR(st.st_mode))
        return WeirFail(err, WEIR_E_ARG, "\"%.200s\" is not a directory", dir);
    return WEIR_OK;
}

/* Whether the path's directory has as many files as strangers may make. */
static bool InFullDirectory(const char *path)
{
    char *dir = strndup(path, (size_t)(strrchr(path, '/') - path));
    DIR *d = dir ? opendir(*dir ? dir : "/") : NULL;
    int count = 0;
    while (d && count < MAX_FILES && readdir(d))
        count++;
    if (d)
        closedir(d);
    free(dir);
    return count == MAX_FILES;
}

int WeirLogNameConfine(const char *dir, const char *name, char **path, WeirErr *err)
{
    const char *base = name;
    size_t room;
    if (!dir)
        return WeirFail(
            err, WEIR_E_PERM,
            "a sender asked for a log, but -logdir is empty: none is written");
    if (!WeirLogNamePrintable(name))
        return WeirFail(err, WEIR_E_PERM,
                        "a sender asked for a log with an unprintable name: refused");
    if (name[0] == '/' && !strstr(name, "/../"))
        base = strrchr(name, '/') + 1;
    if (!*base || *base == '.' || strchr(base, '/'))
        return WeirFail(
            err, WEIR_E_PERM,
            "a sender asked for log \"%.100s\": refused, use a plain file name", name);
    room = strlen(dir) + strlen(base) + 2;
    *path = malloc(room);
    if (!*path)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    snprintf(*path, room, "%s/%s", dir, base);
    return WEIR_OK;
}

int WeirLogNameCheck(const char *path, const char *name, WeirErr *err)
{
    struct stat st;
    if (lstat(path, &st) == 0) {
        if (S_ISREG(st.st_mode))
            return WEIR_OK;
        return WeirFail(err, WEIR_E_PERM,
                        "a sender asked for log \"%.100s\": refused, that is no regular "
                        "file",
                        name); /* no way out by a link */
    }
    if (InFullDirectory(path))
        return WeirFail(err, WEIR_E_LIMIT,
                        "a sender asked for log \"%.100s\": refused, the directory has "
                        "%d files or more",
                        name, MAX_FILES);
    return WEIR_OK;
}
