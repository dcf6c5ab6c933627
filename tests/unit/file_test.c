/* Files replaced as a whole: content, mode, links, and nothing left behind by a failure.
 */
#include "config.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "check.h"

/* Whether a file holds exactly this text. */
static int Holds(const char *path, const char *text)
{
    char buf[64] = "";
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(buf, 1, sizeof buf - 1, f) : 0;
    if (f)
        fclose(f);
    return f && n == strlen(text) && memcmp(buf, text, n) == 0;
}

static int Entries(void)
{
    DIR *dir = opendir(".");
    int n = -2; /* . and .. */
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

static void TestReplace(void)
{
    struct stat st;
    WeirErr err;
    CHECK(WeirFileReplace("a", "one", 3, &err) == WEIR_OK && Holds("a", "one"));
    CHECK(chmod("a", 0640) == 0);
    CHECK(WeirFileReplace("a", "second", 6, &err) == WEIR_OK && Holds("a", "second"));
    CHECK(stat("a", &st) == 0 && (st.st_mode & 07777) == 0640);
    CHECK(symlink("a", "link") == 0);
    CHECK(WeirFileReplace("link", "", 0, &err) == WEIR_OK && Holds("a", ""));
    CHECK(lstat("link", &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(WeirFileReplace("/dev/null", "x", 1, &err) == WEIR_OK);
    CHECK(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
    CHECK(Entries() == 2);
}

static void TestRefused(void)
{
    WeirErr err;
    CHECK(mkdir("folder", 0700) == 0);
    CHECK(WeirFileReplace("folder", "x", 1, &err) == WEIR_E_POSIX &&
          err.sysErrno == EISDIR);
    CHECK(WeirFileReplace("none/a", "x", 1, &err) == WEIR_E_POSIX &&
          err.sysErrno == ENOENT);
    CHECK(strcmp(err.text, "cannot write none/a: No such file or directory") == 0);
    CHECK(WeirFileReplace("a/b", "x", 1, &err) == WEIR_E_POSIX &&
          err.sysErrno == ENOTDIR);
    CHECK(WeirFileReplace("/dev/full", "x", 1, &err) == WEIR_E_POSIX &&
          err.sysErrno == ENOSPC);
    CHECK(rmdir("folder") == 0);
}

/* A write that stops in the middle leaves the old content and no other file. */
static void TestHalfWritten(void)
{
    struct rlimit old, small;
    char *big = calloc(1, 100000);
    WeirErr err;
    signal(SIGXFSZ, SIG_IGN);
    CHECK(WeirFileReplace("a", "kept", 4, &err) == WEIR_OK);
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 4096;
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK(WeirFileReplace("a", big, 100000, &err) == WEIR_E_POSIX &&
          err.sysErrno == EFBIG);
    CHECK(WeirFileReplace("b", big, 100000, &err) == WEIR_E_POSIX);
    setrlimit(RLIMIT_FSIZE, &old);
    CHECK(Holds("a", "kept") && access("b", F_OK) < 0 && Entries() == 2);
    free(big);
}

int main(void)
{
    char folder[] = "file_test.XXXXXX";
    if (!mkdtemp(folder) || chdir(folder) < 0) {
        perror(folder);
        return 1;
    }
    TestReplace();
    TestRefused();
    TestHalfWritten();
    unlink("a");
    unlink("link");
    CHECK(chdir("..") == 0 && rmdir(folder) == 0);
    return failures != 0;
}
