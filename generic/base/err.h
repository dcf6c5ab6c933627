/* base: what every room stands on - errors, time, addresses, bytes, rings between
 * threads.  Knows nothing of packets, sockets or Tcl.
 *
 * This header: the one way to report an error.  A function that can fail returns 0 or a
 * negative class code and fills the caller's WeirErr with one sentence. */
#ifndef WEIR_ERR_H
#define WEIR_ERR_H

enum {
    WEIR_OK = 0,
    WEIR_E_ARG = -1,       /* a value that is not accepted */
    WEIR_E_STATE = -2,     /* not possible in the object's present state */
    WEIR_E_POSIX = -3,     /* the system refused; WeirErr.sysErrno says why */
    WEIR_E_PARSE = -4,     /* bytes or text that are not of the stated format */
    WEIR_E_PERM = -5,      /* a privilege is missing */
    WEIR_E_NOSUPPORT = -6, /* this kernel or build cannot do it */
    WEIR_E_TIMEOUT = -7,   /* a peer or event did not come in time */
    WEIR_E_PEER = -8,      /* the peer refused, broke the protocol or died */
    WEIR_E_LIMIT = -9,     /* a documented bound was reached */
    WEIR_E_MEMORY = -10    /* out of memory */
};

typedef struct WeirErr {
    int code;       /* WEIR_E_... */
    int sysErrno;   /* errno for WEIR_E_POSIX and WEIR_E_PERM, else 0 */
    char text[400]; /* one sentence: what was wrong and what is accepted */
} WeirErr;

/* Fill `err` (may be NULL) and return `code`, so that `return WeirFail(...)` reads well.
 */
int WeirFail(WeirErr *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a failed system call: appends ": <strerror>".  EPERM and EACCES become
 * WEIR_E_PERM, everything else WEIR_E_POSIX. */
int WeirFailErrno(WeirErr *err, int sysErrno, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "ARG", "STATE", ...: the REASON word of a Tcl error code. */
const char *WeirErrReason(int code);

/* The name of an errno, "ENOENT"; "EUNKNOWN" where there is none. */
const char *WeirErrnoName(int sysErrno);

#endif
