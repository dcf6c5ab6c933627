#include "config.h"
#include <string.h>
#include "base/bytes.h"
#include "itg/command.h"

enum {
    PLAIN_HEAD = 8,
    LIBITG_HEAD = 3,
    STOCK_LACKS = 5, /* characters at the end of a beginning */
    STOCK_LEFT_AT = 4,
    STOCK_LEFT = 4
};

static bool IsText(char c)
{
    return (c >= ' ' && c <= '~') || c == '\t';
}

int WeirItgCommandDecode(const void *data, size_t len,
                         char line[WEIR_ITG_COMMAND_MAX + 1], WeirErr *err)
{
    const char *text = data;
    size_t end = 0, blanks = 0;
    for (; end < len && text[end] && !strchr("\r\n", text[end]); end++) {
        if (!IsText(text[end]))
            return WeirFail(err, WEIR_E_PARSE, "a command holds what is no text");
        blanks += strchr(" \t", text[end]) != NULL;
    }
    if (blanks == end)
        return WeirFail(err, WEIR_E_PARSE, "a command is empty");
    if (end > WEIR_ITG_COMMAND_MAX)
        return WeirFail(err, WEIR_E_LIMIT,
                        "a command has %zu characters: at most %d are taken", end,
                        WEIR_ITG_COMMAND_MAX);
    memcpy(line, text, end);
    line[end] = 0;
    return WEIR_OK;
}

/* ------------------------------------------------------------ writing notices */

/* ITGSend writes type and length over the head of the command and lets the text follow.
 */
static void PutStock(WeirWriter *w, const WeirItgNotice *n, size_t len)
{
    char head[PLAIN_HEAD] = "";
    memcpy(head, n->text, len < sizeof head ? len : sizeof head);
    WeirPut8(w, (uint8_t)n->type);
    WeirPut8(w, (uint8_t)head[1]);
    WeirPut16le(w, (uint16_t)len);
    if (len > STOCK_LACKS) {
        WeirPutBytes(w, head + STOCK_LEFT_AT, STOCK_LEFT);
        WeirPutBytes(w, n->text, len - STOCK_LACKS);
    } else if (len > 1) {
        WeirPutBytes(w, head + STOCK_LEFT_AT, len - 1);
    }
}

size_t WeirItgNoticeEncode(const WeirItgNotice *n, uint8_t bytes[WEIR_ITG_NOTICE_ROOM])
{
    WeirWriter w = WeirWriterOn(bytes, WEIR_ITG_NOTICE_ROOM);
    size_t len = strnlen(n->text, WEIR_ITG_COMMAND_MAX);
    if (n->layout == WEIR_ITG_LAYOUT_STOCK && n->type == WEIR_ITG_STARTED) {
        PutStock(&w, n, len);
        return WeirWritten(&w);
    }
    if (n->layout == WEIR_ITG_LAYOUT_LIBITG) {
        WeirPut8(&w, (uint8_t)n->type);
        WeirPut16le(&w, (uint16_t)len);
    } else {
        WeirPut32le(&w, (uint32_t)n->type);
        WeirPut32le(&w, (uint32_t)len);
    }
    WeirPutBytes(&w, n->text, len);
    if (n->type == WEIR_ITG_ENDED && n->reason[0]) {
        WeirPut8(&w, 0);
        WeirPutBytes(&w, n->reason, strnlen(n->reason, WEIR_ITG_REASON_MAX - 1));
    }
    return WeirWritten(&w);
}

/* ------------------------------------------------------------ reading notices */

/* Up to `len` characters; what is no text becomes a question mark. */
static void TakeText(WeirReader *r, size_t len, char *text, size_t room)
{
    const uint8_t *p = WeirTake(r, len);
    size_t i;
    for (i = 0; p && i < len && i + 1 < room; i++)
        text[i] = IsText((char)p[i]) ? (char)p[i] : '?';
    text[i] = 0;
}

/* Text and reason of a notice whose head is read. */
static void TakeRest(WeirReader *r, WeirItgNotice *n)
{
    TakeText(r, n->length, n->text, sizeof n->text);
    if (r->left > 1 && WeirGet8(r) == 0)
        TakeText(r, r->left, n->reason, sizeof n->reason);
}

static int Plausible(const WeirItgNotice *n)
{
    return (n->type == WEIR_ITG_STARTED || n->type == WEIR_ITG_ENDED) &&
           n->length <= WEIR_ITG_COMMAND_MAX;
}

static int TakePlain(WeirReader r, WeirItgNotice *n)
{
    n->layout = WEIR_ITG_LAYOUT_PLAIN;
    n->type = (int)WeirGet32le(&r);
    n->length = WeirGet32le(&r);
    if (r.bad || !Plausible(n) || n->length > r.left)
        return 0;
    TakeRest(&r, n);
    return 1;
}

static int TakeStock(WeirReader r, WeirItgNotice *n)
{
    size_t whole = r.left;
    n->layout = WEIR_ITG_LAYOUT_STOCK;
    n->type = WeirGet8(&r);
    WeirGet8(&r);
    n->length = WeirGet16le(&r);
    if (r.bad || !Plausible(n) || n->type != WEIR_ITG_STARTED ||
        whole != n->length + LIBITG_HEAD)
        return 0;
    if (WeirTake(&r, STOCK_LEFT))
        TakeText(&r, r.left, n->text, sizeof n->text);
    return 1;
}

static int TakeLibitg(WeirReader r, WeirItgNotice *n)
{
    n->layout = WEIR_ITG_LAYOUT_LIBITG;
    n->type = WeirGet8(&r);
    n->length = WeirGet16le(&r);
    if (r.bad || !Plausible(n) || n->length == 0 || n->length > r.left)
        return 0;
    TakeRest(&r, n);
    return 1;
}

int WeirItgNoticeDecode(const void *data, size_t len, WeirItgNotice *n, WeirErr *err)
{
    WeirReader r = WeirReaderOn(data, len);
    n->text[0] = n->reason[0] = 0;
    if (TakePlain(r, n) || TakeStock(r, n) || TakeLibitg(r, n))
        return WEIR_OK;
    return WeirFail(err, WEIR_E_PARSE, "a datagram of %zu bytes is no notice", len);
}
