/* Long work tells now and then how far it is.  Who looks on in its thread, a command at a
 * terminal, shows that, and may ask it to stop. */
#ifndef WEIR_PROGRESS_H
#define WEIR_PROGRESS_H
#include <stddef.h>
#include "base/err.h"

typedef struct WeirProgress {
    char what[80];      /* "flow wait", the name of a file */
    double done, total; /* of the way, in parts that take equal time; total 0: unknown */
    double count;       /* what is counted meanwhile, */
    const char *unit;   /* such as "pkt" or "B"; NULL: nothing */
} WeirProgress;

/* Non-zero: the work is to stop. */
typedef int WeirProgressLook(void *arg, const WeirProgress *progress);

/* From now on `look` (NULL: nobody) hears of the calling thread's work; answers who did
 * before. */
typedef struct WeirOnlooker {
    WeirProgressLook *look;
    void *arg;
} WeirOnlooker;
WeirOnlooker WeirProgressSetOnlooker(WeirOnlooker onlooker);

/* Cheap, but not for every packet.  0, or WEIR_E_STATE when the work is to stop. */
int WeirProgressTell(const WeirProgress *progress, WeirErr *err);

/* The same for each step of a loop: it tells every 65,536th.  `what` and `unit` are
 * literals. */
int WeirProgressStep(const char *what, const char *unit, size_t done, size_t total,
                     WeirErr *err);

#endif
