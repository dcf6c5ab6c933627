/* Commands to D-ITG's sender daemon and its notices, against literal bytes captured from
 * stock ITGSend -Q. */
#include "config.h"
#include <string.h>
#include "itg/command.h"
#include "check.h"

static const char command[] = "-a 127.0.0.1 -T UDP -C 100 -c 60 -z 20";
static const uint8_t stockStart[] =
    "\x01\x61\x26\x00\x32\x37\x2e\x30-a 127.0.0.1 -T UDP -C 100 -c 60 ";
static const uint8_t stockEnd[] =
    "\x02\x00\x00\x00\x26\x00\x00\x00-a 127.0.0.1 -T UDP -C 100 -c 60 -z 20";
/* The answer to the command "-a 127.0.0.1 -T BAD" that ended the daemon. */
static const uint8_t stockBad[] = "\x01\x61\x13\x00\x32\x37\x2e\x30-a 127.0.0.1 -";

static int Is(const uint8_t *bytes, size_t len, const void *expected, size_t expectedLen)
{
    return len == expectedLen && memcmp(bytes, expected, len) == 0;
}

static WeirItgNotice Notice(int type, WeirItgLayout layout, const char *text,
                            const char *reason)
{
    WeirItgNotice n = { .type = type, .layout = layout };
    snprintf(n.text, sizeof n.text, "%s", text);
    snprintf(n.reason, sizeof n.reason, "%s", reason);
    return n;
}

static void TestStockBytes(void)
{
    uint8_t bytes[WEIR_ITG_NOTICE_ROOM];
    WeirItgNotice n = Notice(WEIR_ITG_STARTED, WEIR_ITG_LAYOUT_STOCK, command, "");
    WeirErr err;
    CHECK(Is(bytes, WeirItgNoticeEncode(&n, bytes), stockStart, sizeof stockStart - 1));
    n.type = WEIR_ITG_ENDED;
    CHECK(Is(bytes, WeirItgNoticeEncode(&n, bytes), stockEnd, sizeof stockEnd - 1));

    CHECK(WeirItgNoticeDecode(stockStart, sizeof stockStart - 1, &n, &err) == 0);
    CHECK(n.type == WEIR_ITG_STARTED && n.length == strlen(command));
    CHECK(n.layout == WEIR_ITG_LAYOUT_STOCK);
    CHECK(strlen(n.text) == n.length - 5 && strncmp(n.text, command, n.length - 5) == 0);
    CHECK(WeirItgNoticeDecode(stockEnd, sizeof stockEnd - 1, &n, &err) == 0);
    CHECK(n.type == WEIR_ITG_ENDED && strcmp(n.text, command) == 0 && !n.reason[0]);
    CHECK(WeirItgNoticeDecode(stockBad, sizeof stockBad - 1, &n, &err) == 0);
    CHECK(n.length == 19 && strcmp(n.text, "-a 127.0.0.1 -") == 0);
}

/* Every layout is read again, whatever the length of the command. */
static void TestRoundTrips(void)
{
    char text[WEIR_ITG_COMMAND_MAX + 1];
    uint8_t bytes[WEIR_ITG_NOTICE_ROOM];
    WeirItgNotice n, back;
    WeirErr err;
    size_t len, size;
    int layout, type, wrong = 0;
    for (len = 2; len <= WEIR_ITG_COMMAND_MAX; len++) {
        memset(text, 'a', len);
        text[0] = '-';
        text[len] = 0;
        for (layout = WEIR_ITG_LAYOUT_PLAIN; layout <= WEIR_ITG_LAYOUT_LIBITG; layout++)
            for (type = WEIR_ITG_STARTED; type <= WEIR_ITG_ENDED; type++) {
                n = Notice(type, (WeirItgLayout)layout, text,
                           type == WEIR_ITG_ENDED ? "no such host" : "");
                size = WeirItgNoticeEncode(&n, bytes);
                wrong += WeirItgNoticeDecode(bytes, size, &back, &err) != 0 ||
                         back.type != type || back.length != len ||
                         strncmp(back.text, text, strlen(back.text)) != 0 ||
                         strcmp(back.reason, n.reason) != 0;
            }
    }
    CHECK(wrong == 0);
}

static void TestLayouts(void)
{
    uint8_t bytes[WEIR_ITG_NOTICE_ROOM];
    WeirItgNotice n = Notice(WEIR_ITG_STARTED, WEIR_ITG_LAYOUT_PLAIN, "-z 1", "");
    CHECK(Is(bytes, WeirItgNoticeEncode(&n, bytes), "\1\0\0\0\4\0\0\0-z 1", 12));
    n = Notice(WEIR_ITG_ENDED, WEIR_ITG_LAYOUT_PLAIN, "-z x", "why");
    CHECK(Is(bytes, WeirItgNoticeEncode(&n, bytes), "\2\0\0\0\4\0\0\0-z x\0why", 16));
    n = Notice(WEIR_ITG_STARTED, WEIR_ITG_LAYOUT_LIBITG, "-z 1", "");
    CHECK(Is(bytes, WeirItgNoticeEncode(&n, bytes), "\1\4\0-z 1", 7));
}

/* libITG 2.8.1 takes a length from bytes 1 and 2 and moves so much text from byte 3 on
 * within its buffer, whatever has arrived.  Only ITGSend's own bytes exceed that. */
/* Spoiled notices: none reads beyond its bytes, and texts stay within their bounds. */
static void TestSpoiled(void)
{
    uint8_t bytes[WEIR_ITG_NOTICE_ROOM], spoiled[WEIR_ITG_NOTICE_ROOM];
    uint32_t state = 1;
    WeirItgNotice n;
    WeirErr err;
    size_t len, cut;
    int i, k, wrong = 0;
    for (i = 0; i < 300000; i++) {
        n = Notice(1 + i % 2, (WeirItgLayout)(i % 3), command, "why");
        len = WeirItgNoticeEncode(&n, bytes);
        memcpy(spoiled, bytes, len);
        for (k = 0; k < 3; k++) {
            state = state * 1664525 + 1013904223;
            spoiled[(state >> 8) % (k ? len : 8)] = (uint8_t)(state >> 24);
        }
        cut = i % 7 ? len : (state >> 8) % len;
        if (WeirItgNoticeDecode(memcpy(bytes, spoiled, cut), cut, &n, &err) == 0)
            wrong += strnlen(n.text, sizeof n.text) > n.length ||
                     n.length > WEIR_ITG_COMMAND_MAX ||
                     strnlen(n.reason, sizeof n.reason) >= sizeof n.reason;
    }
    CHECK(wrong == 0);
}

static void TestLibitgSurvives(void)
{
    uint8_t bytes[WEIR_ITG_NOTICE_ROOM];
    WeirItgNotice n;
    size_t moved[6];
    int layout, type;
    for (layout = WEIR_ITG_LAYOUT_PLAIN; layout <= WEIR_ITG_LAYOUT_LIBITG; layout++)
        for (type = WEIR_ITG_STARTED; type <= WEIR_ITG_ENDED; type++) {
            n = Notice(type, (WeirItgLayout)layout, command, "why");
            WeirItgNoticeEncode(&n, bytes);
            moved[2 * layout + type - 1] = bytes[1] | (size_t)bytes[2] << 8;
        }
    CHECK(moved[0] == 0 && moved[1] == 0);
    CHECK(moved[2] == 0x2661 && moved[3] == 0); /* a buffer of 1457 bytes */
    CHECK(moved[4] == strlen(command) && moved[5] == strlen(command));
}

static void TestNoNotice(void)
{
    static const char *const garbage[] = {
        "", "\1", "\3\0\0\0\0", "\2\0\0", "\1a\xff\xff-a 127", "hello, world"
    };
    uint8_t bytes[64];
    WeirItgNotice n;
    WeirErr err;
    size_t i;
    for (i = 0; i < sizeof garbage / sizeof *garbage; i++)
        CHECK(WeirItgNoticeDecode(garbage[i], strlen(garbage[i]), &n, &err) ==
              WEIR_E_PARSE);
    memset(bytes, 0xff, sizeof bytes);
    for (i = 0; i <= sizeof bytes; i++)
        CHECK(WeirItgNoticeDecode(bytes, i, &n, &err) == WEIR_E_PARSE);
    CHECK(WeirItgNoticeDecode("\2\0\0\0\5\0\0\0-a\33[2", 13, &n, &err) == 0);
    CHECK(strcmp(n.text, "-a?[2") == 0); /* not into a terminal */
}

static void TestCommands(void)
{
    char line[WEIR_ITG_COMMAND_MAX + 1], longest[WEIR_ITG_COMMAND_MAX + 2];
    WeirErr err;
    CHECK(WeirItgCommandDecode("-z 1", 4, line, &err) == 0 && !strcmp(line, "-z 1"));
    CHECK(WeirItgCommandDecode(" -z\t1 \r\n-z 2", 12, line, &err) == 0);
    CHECK(strcmp(line, " -z\t1 ") == 0); /* as it goes back in notices */
    CHECK(WeirItgCommandDecode("-z 1\0more", 9, line, &err) == 0 &&
          !strcmp(line, "-z 1"));
    CHECK(WeirItgCommandDecode("", 0, line, &err) == WEIR_E_PARSE);
    CHECK(WeirItgCommandDecode("  \n-z 1", 7, line, &err) == WEIR_E_PARSE);
    CHECK(WeirItgCommandDecode("-a \xc3\xa4", 5, line, &err) == WEIR_E_PARSE);
    CHECK(WeirItgCommandDecode("\1\2\3", 3, line, &err) == WEIR_E_PARSE);
    memset(longest, '-', sizeof longest);
    CHECK(WeirItgCommandDecode(longest, WEIR_ITG_COMMAND_MAX, line, &err) == 0);
    CHECK(strlen(line) == WEIR_ITG_COMMAND_MAX);
    CHECK(WeirItgCommandDecode(longest, sizeof longest, line, &err) == WEIR_E_LIMIT);
}

int main(void)
{
    TestStockBytes();
    TestRoundTrips();
    TestLayouts();
    TestLibitgSurvives();
    TestSpoiled();
    TestNoNotice();
    TestCommands();
    return failures > 0;
}
