/* Addresses as text: every accepted form, what is refused, and printing as the reverse.
 */
#include "config.h"
#include <stdio.h>
#include <string.h>
#include "base/addr.h"
#include "check.h"

/* Parses to this text, or is refused when `expected` is NULL. */
static void TestForm(const char *text, int family, const char *expected)
{
    WeirAddr addr;
    WeirErr err;
    char buf[WEIR_ADDR_TEXT];
    int rc = WeirAddrParse(text, family, 9, &addr, &err);
    const char *printed = rc == 0 ? WeirAddrText(&addr, buf) : NULL;
    if (expected ? !printed || strcmp(printed, expected) != 0
                 : rc != WEIR_E_ARG || !err.text[0]) {
        failures++;
        printf("\"%s\" gives %s, not %s\n", text, printed ? printed : "an error",
               expected ? expected : "an error");
    }
}

int main(void)
{
    TestForm("127.0.0.1", AF_UNSPEC, "127.0.0.1:9");
    TestForm("127.0.0.1:9000", AF_UNSPEC, "127.0.0.1:9000");
    TestForm("127.0.0.1:0", AF_INET, "127.0.0.1:0");
    TestForm("::1", AF_UNSPEC, "[::1]:9");
    TestForm("[::1]", AF_UNSPEC, "[::1]:9");
    TestForm("[::1]:65535", AF_INET6, "[::1]:65535");
    TestForm("::ffff:10.0.0.1", AF_UNSPEC, "10.0.0.1:9");
    TestForm(":9000", AF_UNSPEC, "[::]:9000");
    TestForm(":9000", AF_INET, "0.0.0.0:9000");
    TestForm("", AF_UNSPEC, NULL);
    TestForm(":", AF_UNSPEC, NULL);
    TestForm("[]:9", AF_UNSPEC, NULL);
    TestForm("[::1", AF_UNSPEC, NULL);
    TestForm("[::1]9", AF_UNSPEC, NULL);
    TestForm("127.0.0.1:65536", AF_UNSPEC, NULL);
    TestForm("127.0.0.1:x", AF_UNSPEC, NULL);
    TestForm("127.0.0.1:-1", AF_UNSPEC, NULL);
    TestForm("::1", AF_INET, NULL);
    TestForm("no such host", AF_UNSPEC, NULL);
    return failures > 0;
}
