/* Any bytes as signalling of either end, as a command to D-ITG's daemon and as its
 * notice. What was decoded must mean the same when it is encoded and decoded once more.
 */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "fuzz.h"
#include "itg/command.h"
#include "itg/tsp.h"

const char *const weirFuzzSeeds[] = {
    "tests/fixtures/tsp/sender",         "tests/fixtures/tsp/sender-server",
    "tests/fixtures/tsp/sender-passive", "tests/fixtures/tsp/receiver",
    "tests/fixtures/tsp/command",        "tests/fixtures/tsp/notice",
    "tests/fixtures/tsp/notice-stock",   NULL
};

static void Require(int holds)
{
    if (!holds)
        abort();
}

static void Again(WeirTspPeer peer, const WeirTspMsg *msg)
{
    uint8_t bytes[WEIR_TSP_MAX], twice[WEIR_TSP_MAX];
    WeirTspMsg back;
    WeirErr err;
    size_t len = WeirTspEncode(msg, bytes);
    Require(len <= sizeof bytes);
    Require(WeirTspDecode(peer, bytes, len, &back, &err) == (int)len);
    Require(WeirTspEncode(&back, twice) == len && memcmp(bytes, twice, len) == 0);
}

static void Dialogue(WeirTspPeer peer, const uint8_t *data, size_t len)
{
    WeirTspMsg msg;
    WeirErr err;
    size_t at = 0;
    int used;
    while ((used = WeirTspDecode(peer, data + at, len - at, &msg, &err)) > 0) {
        Require((size_t)used <= len - at);
        Again(peer, &msg);
        at += (size_t)used;
    }
}

static void Daemon(const uint8_t *data, size_t len)
{
    char line[WEIR_ITG_COMMAND_MAX + 1];
    uint8_t bytes[WEIR_ITG_NOTICE_ROOM];
    WeirItgNotice notice, back;
    WeirErr err;
    if (WeirItgCommandDecode(data, len, line, &err) == 0)
        Require(strlen(line) > 0 && strlen(line) <= WEIR_ITG_COMMAND_MAX);
    if (WeirItgNoticeDecode(data, len, &notice, &err) == 0) {
        size_t n = WeirItgNoticeEncode(&notice, bytes);
        Require(n <= sizeof bytes);
        if (notice.layout != WEIR_ITG_LAYOUT_STOCK) {
            Require(WeirItgNoticeDecode(bytes, n, &back, &err) == 0);
            Require(strcmp(notice.text, back.text) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    Dialogue(WEIR_TSP_SENDER, data, len);
    Dialogue(WEIR_TSP_PASSIVE_SENDER, data, len);
    Dialogue(WEIR_TSP_RECEIVER, data, len);
    Daemon(data, len);
    return 0;
}
