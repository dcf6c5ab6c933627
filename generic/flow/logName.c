#include "config.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "flow/logName.h"

enum { MAX_FILES = 10000 };

bool WeirLogNamePrintable(const char *name)
{
    const unsigned char *p;
    for (p = (const unsigned char *)name; *p; p++)
        if (*p < 0x20 || *p >= 0x7f)
            return false;
    return p != (const unsigned char *)name;
}

/* Whether a directory has as many files as strangers may make. */
static int Full(const char *dir)
{
    DIR *d = opendir(dir);
    int count = 0;
    while (d && count < MAX_FILES && readdir(d))
        count++;
    if (d)
        closedir(d);
    return count == MAX_FILES;
}

int WeirLogNameConfine(const char *dir, const char *name, char **path, WeirErr *err)
{
    const char *base = name;
    struct stat st;
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
    if (lstat(*path, &st) == 0) {
        if (S_ISREG(st.st_mode))
            return WEIR_OK;
        WeirFail(err, WEIR_E_PERM,
                 "a sender asked for log \"%.100s\": refused, that is no regular file",
                 name); /* no way out by a link */
    } else if (Full(dir)) {
        WeirFail(err, WEIR_E_LIMIT,
                 "a sender asked for log \"%.100s\": refused, the directory has %d files "
                 "or more",
                 name, MAX_FILES);
    } else {
        return WEIR_OK;
    }
    free(*path);
    *path = NULL;
    return err->code;
}
