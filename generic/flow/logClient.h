/* The client of a log server: a log whose records another host keeps, stock ITGLog or
 * Weir's logserver.  It is a WeirLog with a sink, so that producers see what they see of
 * a file: lanes that never wait, records dropped and counted when they are full, an error
 * once the server is gone. */
#ifndef WEIR_LOGCLIENT_H
#define WEIR_LOGCLIENT_H
#include "base/addr.h"
#include "base/err.h"
#include "log/log.h"

/* A log `name` on the server at an address with port (9001 by custom), its records sent
 * by `protocol`, WEIR_ITG_UDP or WEIR_ITG_TCP.  Connects in the log's own thread, which
 * gives up after 5 s: WeirLogReady tells.  Closing leaves the rest to that thread: it
 * sends what is in the lanes, ends the log and waits up to 2 s for the server to have
 * written it (WeirLogsSettle). */
int WeirLogClientOpen(const WeirAddr *server, int protocol, const char *name,
                      WeirLog **out, WeirErr *err);

#endif
