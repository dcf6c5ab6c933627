/* A listening stream socket that hands its connections over.  When the process or the
 * system has no descriptor left for them it stops accepting for a moment, instead of
 * being called again and again; the connections wait in the kernel's queue.  Runs in one
 * worker. */
#ifndef WEIR_LISTENER_H
#define WEIR_LISTENER_H
#include "base/addr.h"
#include "engine/engine.h"

typedef struct WeirListener { /* the owner sets accepted, starved and arg */
    /* Takes over the connection, which does not block. */
    void (*accepted)(struct WeirListener *listener, int fd, const WeirAddr *from);
    /* Accepting pauses; why: the system's reason. */
    void (*starved)(struct WeirListener *listener, const char *why);
    void *arg;
    WeirWorker *worker;
    WeirIo io;
    WeirTimer pause;
    bool on;
} WeirListener;

/* What to tell when connections starve, with the reason. */
#define WEIR_LISTENER_STARVED                                                            \
    "connections have to wait: %s; give the process more descriptors (ulimit -n)"

/* A listening TCP socket; `addr`, when it is that of any host by IPv6 and this host has
 * none, becomes that of IPv4.  Returns the descriptor or a class code. */
int WeirListenerOpen(WeirAddr *addr, const char *interface, WeirErr *err);

/* Accept from `fd`, a listening socket, which stays the caller's. */
int WeirListenerStart(WeirListener *listener, WeirWorker *worker, int fd, WeirErr *err);
/* Accept no more; `accepted` may do that. */
void WeirListenerStop(WeirListener *listener);

#endif
