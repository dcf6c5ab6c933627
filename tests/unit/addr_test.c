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

/* Whether the network holds the address; -1 when it is no network. */
static int Has(const char *network, const char *address)
{
    WeirAddrNet net;
    WeirAddr addr;
    WeirErr err;
    if (WeirAddrNetParse(network, &net, &err) < 0)
        return err.code == WEIR_E_ARG ? -1 : -2;
    CHECK(WeirAddrParse(address, AF_UNSPEC, 9, &addr, &err) == 0);
    return WeirAddrNetHas(&net, &addr);
}

static void TestNetworks(void)
{
    CHECK(Has("10.1.2.3", "10.1.2.3") == 1);
    CHECK(Has("10.1.2.3", "10.1.2.4") == 0);
    CHECK(Has("10.1.2.3", "::ffff:10.1.2.3") == 1);
    CHECK(Has("10.0.0.0/8", "10.255.0.1") == 1);
    CHECK(Has("10.0.0.0/8", "11.0.0.1") == 0);
    CHECK(Has("10.1.2.128/25", "10.1.2.200") == 1);
    CHECK(Has("10.1.2.128/25", "10.1.2.100") == 0);
    CHECK(Has("0.0.0.0/0", "192.0.2.1") == 1);
    CHECK(Has("0.0.0.0/0", "::1") == 0);
    CHECK(Has("fd00::/8", "fdff::1") == 1);
    CHECK(Has("fd00::/8", "fe80::1") == 0);
    CHECK(Has("::1", "::1") == 1);
    CHECK(Has("::/0", "10.1.2.3") == 0);
    CHECK(Has("10.0.0.0/33", "::1") == -1);
    CHECK(Has("10.0.0.0/", "::1") == -1);
    CHECK(Has("10.0.0.0/-1", "::1") == -1);
    CHECK(Has("10.0.0.0/8x", "::1") == -1);
    CHECK(Has("localhost", "::1") == -1);
    CHECK(Has("", "::1") == -1);
    {
        WeirAddrNet nets[2];
        WeirAddr addr;
        WeirErr err;
        CHECK(WeirAddrNetsParse(NULL, nets, 2, &err) == 0);
        CHECK(WeirAddrNetsParse(" 10.0.0.0/8\n::1 ", nets, 2, &err) == 2);
        CHECK(WeirAddrParse("::1", AF_UNSPEC, 9, &addr, &err) == 0);
        CHECK(WeirAddrNetsHave(nets, 2, &addr) && !WeirAddrNetsHave(nets, 1, &addr));
        CHECK(WeirAddrNetsParse("10.0.0.0/8 ::1 ::1", nets, 2, &err) == WEIR_E_LIMIT);
        CHECK(WeirAddrNetsParse("10.0.0.0/8 x", nets, 2, &err) == WEIR_E_ARG);
    }
}

int main(void)
{
    TestNetworks();
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
