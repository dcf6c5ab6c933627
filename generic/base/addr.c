#include "config.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/addr.h"
#include "base/hash.h"

/* Split host and port out of `text`; the host of ":PORT" is empty.  Returns 0, or -1 when
 * it is not of an accepted form. */
static int SplitHostPort(const char *text, char *host, size_t room, unsigned *port)
{
    const char *hostEnd, *portText = NULL, *start = text;
    if (*text == '[') {
        start = text + 1;
        hostEnd = strchr(start, ']');
        if (!hostEnd || (hostEnd[1] && hostEnd[1] != ':'))
            return -1;
        if (hostEnd[1])
            portText = hostEnd + 2;
    } else {
        const char *first = strchr(text, ':');
        hostEnd = text + strlen(text);
        if (first && !strchr(first + 1, ':')) { /* two colons: a bare IPv6 address */
            hostEnd = first;
            portText = first + 1;
        }
    }
    if ((hostEnd == start && *text != ':') || (size_t)(hostEnd - start) >= room)
        return -1;
    memcpy(host, start, (size_t)(hostEnd - start));
    host[hostEnd - start] = 0;
    if (portText) {
        char *end;
        unsigned long value = strtoul(portText, &end, 10);
        if (*portText < '0' || *portText > '9' || *end || value > 65535)
            return -1;
        *port = (unsigned)value;
    }
    return 0;
}

int WeirAddrParse(const char *text, int family, unsigned defaultPort, WeirAddr *out,
                  WeirErr *err)
{
    struct addrinfo hints = { 0 }, *found = NULL;
    char host[256];
    unsigned port = defaultPort;
    int rc;
    if (SplitHostPort(text, host, sizeof host, &port) < 0)
        return WeirFail(
            err, WEIR_E_ARG,
            "\"%.100s\" is not an address: use HOST, HOST:PORT, an IPv6 address "
            "or [IPv6]:PORT",
            text);
    if (!*host) {
        *out = WeirAddrAny(family == AF_INET ? AF_INET : AF_INET6, port);
        return WEIR_OK;
    }
    hints.ai_family = family;
    hints.ai_socktype = SOCK_DGRAM;
    rc = getaddrinfo(host, NULL, &hints, &found);
    if (rc != 0 || !found) {
        const char *kind = family == AF_INET    ? " IPv4"
                           : family == AF_INET6 ? " IPv6"
                                                : "";
        return WeirFail(err, WEIR_E_ARG, "cannot resolve%s host \"%.100s\": %s", kind,
                        host, gai_strerror(rc));
    }
    memset(out, 0, sizeof *out);
    memcpy(out, found->ai_addr,
           found->ai_addrlen < sizeof *out ? found->ai_addrlen : sizeof *out);
    freeaddrinfo(found);
    WeirAddrSetPort(out, port);
    return WEIR_OK;
}

const char *WeirAddrHost(const WeirAddr *addr, char *buf)
{
    WeirAddr plain = *addr;
    WeirAddrUnmap(&plain);
    buf[0] = 0;
    if (plain.sa.sa_family == AF_INET) {
        inet_ntop(AF_INET, &plain.v4.sin_addr, buf, WEIR_ADDR_TEXT);
    } else if (plain.sa.sa_family == AF_INET6) {
        char name[IF_NAMESIZE];
        inet_ntop(AF_INET6, &plain.v6.sin6_addr, buf, WEIR_ADDR_TEXT);
        if (plain.v6.sin6_scope_id && if_indextoname(plain.v6.sin6_scope_id, name)) {
            size_t used = strlen(buf);
            snprintf(buf + used, WEIR_ADDR_TEXT - used, "%%%s", name);
        }
    }
    return buf;
}

const char *WeirAddrText(const WeirAddr *addr, char *buf)
{
    char host[WEIR_ADDR_TEXT];
    WeirAddrHost(addr, host);
    if (!host[0])
        buf[0] = 0;
    else
        snprintf(buf, WEIR_ADDR_TEXT, strchr(host, ':') ? "[%.70s]:%u" : "%.72s:%u", host,
                 WeirAddrPort(addr));
    return buf;
}

unsigned WeirAddrPort(const WeirAddr *addr)
{
    if (addr->sa.sa_family == AF_INET)
        return ntohs(addr->v4.sin_port);
    if (addr->sa.sa_family == AF_INET6)
        return ntohs(addr->v6.sin6_port);
    return 0;
}

void WeirAddrSetPort(WeirAddr *addr, unsigned port)
{
    if (addr->sa.sa_family == AF_INET)
        addr->v4.sin_port = htons((uint16_t)port);
    else if (addr->sa.sa_family == AF_INET6)
        addr->v6.sin6_port = htons((uint16_t)port);
}

socklen_t WeirAddrLen(const WeirAddr *addr)
{
    return addr->sa.sa_family == AF_INET    ? sizeof addr->v4
           : addr->sa.sa_family == AF_INET6 ? sizeof addr->v6
                                            : 0;
}

WeirAddr WeirAddrAny(int family, unsigned port)
{
    WeirAddr addr;
    memset(&addr, 0, sizeof addr);
    addr.sa.sa_family = (sa_family_t)family;
    WeirAddrSetPort(&addr, port);
    return addr;
}

bool WeirAddrIsAny(const WeirAddr *addr)
{
    if (addr->sa.sa_family == AF_INET)
        return addr->v4.sin_addr.s_addr == htonl(INADDR_ANY);
    if (addr->sa.sa_family == AF_INET6)
        return IN6_IS_ADDR_UNSPECIFIED(&addr->v6.sin6_addr);
    return true;
}

void WeirAddrUnmap(WeirAddr *addr)
{
    if (addr->sa.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&addr->v6.sin6_addr)) {
        struct sockaddr_in v4;
        memset(&v4, 0, sizeof v4);
        v4.sin_family = AF_INET;
        v4.sin_port = addr->v6.sin6_port;
        memcpy(&v4.sin_addr, addr->v6.sin6_addr.s6_addr + 12, 4);
        memset(addr, 0, sizeof *addr);
        addr->v4 = v4;
    }
}

bool WeirAddrSameHost(const WeirAddr *a, const WeirAddr *b)
{
    WeirAddr x = *a, y = *b;
    WeirAddrUnmap(&x);
    WeirAddrUnmap(&y);
    if (x.sa.sa_family != y.sa.sa_family)
        return false;
    if (x.sa.sa_family == AF_INET)
        return x.v4.sin_addr.s_addr == y.v4.sin_addr.s_addr;
    if (x.sa.sa_family == AF_INET6)
        return memcmp(&x.v6.sin6_addr, &y.v6.sin6_addr, 16) == 0;
    return true;
}

bool WeirAddrSame(const WeirAddr *a, const WeirAddr *b)
{
    return WeirAddrPort(a) == WeirAddrPort(b) && WeirAddrSameHost(a, b);
}

/* The bytes of a plain address and how many there are. */
static const uint8_t *HostBytes(const WeirAddr *plain, int *count)
{
    *count = plain->sa.sa_family == AF_INET    ? 4
             : plain->sa.sa_family == AF_INET6 ? 16
                                               : 0;
    return *count == 4 ? (const uint8_t *)&plain->v4.sin_addr
                       : plain->v6.sin6_addr.s6_addr;
}

bool WeirAddrIsLoopback(const WeirAddr *addr)
{
    WeirAddr plain = *addr;
    WeirAddrUnmap(&plain);
    return plain.sa.sa_family == AF_INET
               ? ntohl(plain.v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET
               : plain.sa.sa_family == AF_INET6 &&
                     IN6_IS_ADDR_LOOPBACK(&plain.v6.sin6_addr);
}

int WeirAddrNetParse(const char *text, WeirAddrNet *out, WeirErr *err)
{
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    char host[INET6_ADDRSTRLEN] = "", *end = NULL;
    unsigned long bits = 0;
    int most = -1;
    memset(out, 0, sizeof *out);
    if (len < sizeof host)
        memcpy(host, text, len);
    if (inet_pton(AF_INET, host, &out->addr.v4.sin_addr) == 1) {
        out->addr.sa.sa_family = AF_INET;
        most = 32;
    } else if (inet_pton(AF_INET6, host, &out->addr.v6.sin6_addr) == 1) {
        out->addr.sa.sa_family = AF_INET6;
        most = 128;
    }
    if (slash && slash[1] >= '0' && slash[1] <= '9')
        bits = strtoul(slash + 1, &end, 10);
    if (most < 0 || (slash && (!end || *end || bits > (unsigned long)most)))
        return WeirFail(err, WEIR_E_ARG,
                        "\"%.100s\" is not an address or network: use 10.1.2.3, "
                        "10.0.0.0/8, fd00::1 or fd00::/8",
                        text);
    out->bits = slash ? (int)bits : most;
    return WEIR_OK;
}

bool WeirAddrNetHas(const WeirAddrNet *net, const WeirAddr *addr)
{
    WeirAddr plain = *addr;
    int whole = net->bits / 8, rest = net->bits % 8, count, addrCount;
    const uint8_t *mine = HostBytes(&net->addr, &count), *theirs;
    WeirAddrUnmap(&plain);
    theirs = HostBytes(&plain, &addrCount);
    return count == addrCount && memcmp(mine, theirs, (size_t)whole) == 0 &&
           (rest == 0 || (mine[whole] ^ theirs[whole]) >> (8 - rest) == 0);
}

int WeirAddrNetsParse(const char *text, WeirAddrNet *nets, int most, WeirErr *err)
{
    char word[80];
    int count = 0, used;
    while (text && sscanf(text, " %79s%n", word, &used) == 1) {
        if (count == most)
            return WeirFail(err, WEIR_E_LIMIT, "the list has more than %d networks",
                            most);
        if (WeirAddrNetParse(word, &nets[count++], err) < 0)
            return err->code;
        text += used;
    }
    return count;
}

bool WeirAddrNetsHave(const WeirAddrNet *nets, int count, const WeirAddr *addr)
{
    int i;
    for (i = 0; i < count; i++)
        if (WeirAddrNetHas(&nets[i], addr))
            return true;
    return false;
}

unsigned WeirAddrHash(const WeirAddr *addr)
{
    WeirAddr plain = *addr;
    uint64_t secret = WeirHashSecret(), h = secret ^ WeirAddrPort(addr);
    uint32_t words[4] = { 0 };
    size_t n = 4, i;
    WeirAddrUnmap(&plain);
    if (plain.sa.sa_family == AF_INET) {
        words[0] = plain.v4.sin_addr.s_addr;
        n = 1;
    } else {
        memcpy(words, &plain.v6.sin6_addr, sizeof words);
    }
    for (i = 0; i < n; i++) {
        h = (h ^ words[i]) * secret;
        h ^= h >> 32;
    }
    return (unsigned)(h * UINT64_C(11400714819323198485) >> 32);
}
