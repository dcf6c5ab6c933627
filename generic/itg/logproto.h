/* The language between D-ITG 2.8.1's log server (ITGLog) and its clients, senders and
 * receivers that have their records written elsewhere.
 *
 * Signalling, TCP port 9001: the server greets with the byte 1; the client asks for a
 * file with a request of 204 bytes; the server answers with a data port, 4 bytes, where
 * the records then go by UDP or TCP.  A second request ends the log, and so does anything
 * else that becomes readable there: its content is left-over memory in stock clients.
 * Then the server closes the connection; a Weir says with one byte before whether the
 * file has all that it received.
 *
 *     0  u8         transport of the records, TCP 1 or UDP 2
 *     1  u8         1 in the request that ends the log; any value in the first one
 *     4  char[200]  file name, text that ends with a NUL
 *
 * A record on the network has the places of the one in a file (itg/record.h), its words
 * big-endian; a time of day is a word of seconds and one of microseconds, and the seconds
 * within the minute are zero. */
#ifndef WEIR_ITG_LOGPROTO_H
#define WEIR_ITG_LOGPROTO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "itg/record.h"
#include "itg/tsp.h"

enum {
    WEIR_ITGLOG_PORT = 9001,
    WEIR_ITGLOG_FIRST_DATA_PORT = 9003,
    WEIR_ITGLOG_LAST_DATA_PORT = 10003,
    WEIR_ITGLOG_GREETING = 1, /* the server's first byte */
    WEIR_ITGLOG_COMPLETE = 2, /* its last one, from a Weir */
    WEIR_ITGLOG_LACKING = 3,
    WEIR_ITGLOG_REQUEST_BYTES = 204,
    WEIR_ITGLOG_PORT_BYTES = 4
};

typedef struct WeirItgLogRequest {
    int protocol; /* WEIR_ITG_UDP or WEIR_ITG_TCP */
    bool stop;
    char name[WEIR_ITG_NAME_BYTES + 1];
} WeirItgLogRequest;

void WeirItgLogRequestEncode(const WeirItgLogRequest *request,
                             uint8_t bytes[WEIR_ITGLOG_REQUEST_BYTES]);
/* The request that opens a log.  WEIR_E_PARSE when the transport is neither. */
int WeirItgLogRequestDecode(const uint8_t bytes[WEIR_ITGLOG_REQUEST_BYTES],
                            WeirItgLogRequest *request, WeirErr *err);

void WeirItgLogPortEncode(unsigned port, uint8_t bytes[WEIR_ITGLOG_PORT_BYTES]);
/* A port from 1 to 65535, or WEIR_E_PARSE. */
int WeirItgLogPortDecode(const uint8_t bytes[WEIR_ITGLOG_PORT_BYTES], unsigned *port,
                         WeirErr *err);

/* A record from the network as a file has it; false when it cannot be a record (see
 * WeirItgRecordPlausible). */
bool WeirItgLogRecordDecode(const uint8_t net[WEIR_ITG_RECORD_BYTES],
                            uint8_t record[WEIR_ITG_RECORD_BYTES]);
/* The reverse.  A time that is none becomes midnight. */
void WeirItgLogRecordEncode(const uint8_t record[WEIR_ITG_RECORD_BYTES],
                            uint8_t net[WEIR_ITG_RECORD_BYTES]);

#endif
