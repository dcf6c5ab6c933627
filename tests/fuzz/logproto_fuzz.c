/* Any bytes as the messages of a log client and of a log server.  What was decoded must
 * come back from encoding as it was. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "fuzz.h"
#include "itg/logproto.h"

const char *const weirFuzzSeeds[] = { "tests/fixtures/ditg/udp_p0/recv.log",
                                      "tests/fixtures/ditg/ipv6_tcp/recv.log", NULL };

static void Require(int holds)
{
    if (!holds)
        abort();
}

static void Record(const uint8_t *data)
{
    uint8_t net[WEIR_ITG_RECORD_BYTES], again[WEIR_ITG_RECORD_BYTES],
        record[WEIR_ITG_RECORD_BYTES];
    WeirItgLogRecordEncode(data, net); /* whatever a file holds */
    if (!WeirItgLogRecordDecode(net, record))
        return;
    Require(WeirItgRecordPlausible(record));
    WeirItgLogRecordEncode(record, again);
    Require(memcmp(net, again, sizeof net) == 0);
    if (WeirItgLogRecordDecode(data, record)) /* whatever comes from the network */
        Require(WeirItgRecordPlausible(record));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    WeirItgLogRequest request;
    WeirErr err;
    unsigned port;
    size_t at;
    if (len >= WEIR_ITGLOG_PORT_BYTES)
        WeirItgLogPortDecode(data, &port, &err);
    if (len >= WEIR_ITGLOG_REQUEST_BYTES &&
        WeirItgLogRequestDecode(data, &request, &err) == 0) {
        uint8_t bytes[WEIR_ITGLOG_REQUEST_BYTES];
        Require(strlen(request.name) <= WEIR_ITG_NAME_BYTES);
        WeirItgLogRequestEncode(&request, bytes);
        Require(WeirItgLogRequestDecode(bytes, &request, &err) == 0);
    }
    for (at = 0; at + WEIR_ITG_RECORD_BYTES <= len; at += WEIR_ITG_RECORD_BYTES)
        Record(data + at);
    return 0;
}
