/* The client of a log server: a log whose records another host keeps, stock ITGLog or
 * Weir's logserver.  It is a WeirLog with a sink, so that producers see what they see of
 * a file: lanes that never wait, records dropped and counted when they are full, an error
 * once the server is gone. */
#ifndef WEIR_LOGCLIENT_H
#define WEIR_LOGCLIENT_H
#include "base/addr.h"
#include "base/err.h"
#include "log/log.h"

enum { WEIR_LOG_BY_UDP, WEIR_LOG_BY_TCP }; /* how records go to a log server */

/* A log `name` on the server at an address with port (9001 by custom), its records sent
 * by `protocol`, WEIR_ITG_UDP or WEIR_ITG_TCP.  One that this process has open already is
 * shared, as files are: each open is matched by a close.  Connects in the log's own
 * thread, which gives up after 5 s: WeirLogReady tells.  Closing leaves the rest to that
 * thread: it sends what is in the lanes, ends the log and waits up to 2 s for the server
 * to have written it (WeirLogsSettle); one that says that it could not makes that the
 * log's error. */
int WeirLogClientOpen(const WeirAddr *server, int protocol, const char *name,
                      WeirLog **out, WeirErr *err);

/* A log as flows and receivers are asked for it: with `server` (HOST?:PORT?) the file
 * `name` on that log server, its records sent by WEIR_LOG_BY_...; without, a file of this
 * host, written for `owner` (WeirLogOpen).  The check is of the words only; opening
 * resolves the host, which may block. */
int WeirLogPlaceCheck(const char *server, const char *name, int format, WeirErr *err);
int WeirLogPlaceOpen(const char *server, int by, const char *name, int format,
                     uint64_t seed, const void *owner, WeirLog **out, WeirErr *err);

#endif
