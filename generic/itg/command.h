/* The language between D-ITG 2.8.1's sender daemon (ITGSend -Q, UDP port 8998) and those
 * who command it.  A command is one datagram with the options of one flow, a line of a
 * script file; what follows its first end of line is ignored.  The daemon tells the
 * beginning and the end of each command by a notice.
 *
 * Notices have been laid out in three ways:
 *
 *   PLAIN   u32 type, u32 length, text (little-endian).  ITGSend's notice of an end, and
 *           what early versions of libITG read.  Later ones see the type and no text.
 *   STOCK   ITGSend's notice of a beginning: u8 type, a byte of the command, u16 length,
 *           4 bytes of the command, text without its last five characters.  libITG takes
 *           length and text from the wrong places and writes beyond its buffer.
 *   LIBITG  u8 type, u16 length, text: what libITG 2.8.1 reads and no daemon has sent.
 *
 * Weir appends to the notice of an end why a command failed: a NUL and a sentence, behind
 * the length that others go by. */
#ifndef WEIR_ITG_COMMAND_H
#define WEIR_ITG_COMMAND_H
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum {
    WEIR_ITG_DAEMON_PORT = 8998,
    WEIR_ITG_COMMAND_MAX = 1456, /* characters: ITGSend's buffer */
    WEIR_ITG_REASON_MAX = sizeof((WeirErr *)0)->text,
    WEIR_ITG_NOTICE_ROOM = 8 + WEIR_ITG_COMMAND_MAX + 1 + WEIR_ITG_REASON_MAX
};

enum { WEIR_ITG_STARTED = 1, WEIR_ITG_ENDED = 2 };

typedef enum WeirItgLayout {
    WEIR_ITG_LAYOUT_PLAIN, /* both notices */
    WEIR_ITG_LAYOUT_STOCK, /* beginnings; ends are PLAIN */
    WEIR_ITG_LAYOUT_LIBITG /* both */
} WeirItgLayout;

typedef struct WeirItgNotice {
    int type;
    WeirItgLayout layout;
    size_t length; /* of the command, of which `text` may be less */
    char text[WEIR_ITG_COMMAND_MAX + 1];
    char reason[WEIR_ITG_REASON_MAX]; /* of an end: why the command failed, or empty */
} WeirItgNotice;

/* The command in a datagram: printable ASCII and tabs up to the first newline, carriage
 * return or NUL.  WEIR_E_PARSE when it is anything else or blank, WEIR_E_LIMIT when it is
 * too long. */
int WeirItgCommandDecode(const void *data, size_t len,
                         char line[WEIR_ITG_COMMAND_MAX + 1], WeirErr *err);

/* The notice of type, layout, text and reason; `length` is that of the text.  Answers its
 * size. */
size_t WeirItgNoticeEncode(const WeirItgNotice *notice,
                           uint8_t bytes[WEIR_ITG_NOTICE_ROOM]);

/* A notice in any of the layouts, or WEIR_E_PARSE. */
int WeirItgNoticeDecode(const void *data, size_t len, WeirItgNotice *notice,
                        WeirErr *err);

#endif
