/* The one address type: an IPv4 or IPv6 address with a port. */
#ifndef WEIR_ADDR_H
#define WEIR_ADDR_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include "base/err.h"

typedef union WeirAddr { /* family AF_UNSPEC: no address */
    struct sockaddr sa;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} WeirAddr;

enum { WEIR_ADDR_TEXT = 80 }; /* room for "[address%scope]:port" and NUL */

/* Parse `127.0.0.1`, `127.0.0.1:9000`, `::1`, `[::1]:9000`, `host`, `host:port`.  Names
 * are resolved (may block on DNS).  Without a port the address gets `defaultPort`;
 * without a host, as in `:9000`, the port gets the any-address.  `family` is AF_INET,
 * AF_INET6 or AF_UNSPEC for either.  WEIR_E_ARG on failure. */
int WeirAddrParse(const char *text, int family, unsigned defaultPort, WeirAddr *out,
                  WeirErr *err);

/* Text of address and port, `127.0.0.1:9000` or `[::1]:9000`; of the address alone.
 * IPv4-mapped IPv6 addresses are written as IPv4.  `buf` holds WEIR_ADDR_TEXT. */
const char *WeirAddrText(const WeirAddr *addr, char *buf);
const char *WeirAddrHost(const WeirAddr *addr, char *buf);

unsigned WeirAddrPort(const WeirAddr *addr);
void WeirAddrSetPort(WeirAddr *addr, unsigned port);
socklen_t WeirAddrLen(const WeirAddr *addr);

/* The any-address of a family with a port. */
WeirAddr WeirAddrAny(int family, unsigned port);
bool WeirAddrIsAny(const WeirAddr *addr);

/* Turns an IPv4-mapped IPv6 address into IPv4; leaves others as they are. */
void WeirAddrUnmap(WeirAddr *addr);

/* Same host (port ignored), same host and port.  Mapped and plain IPv4 are equal. */
bool WeirAddrSameHost(const WeirAddr *a, const WeirAddr *b);
bool WeirAddrSame(const WeirAddr *a, const WeirAddr *b);

bool WeirAddrIsLoopback(const WeirAddr *addr);

/* A network: the hosts whose first `bits` bits are those of `addr`. */
typedef struct WeirAddrNet {
    WeirAddr addr;
    int bits;
} WeirAddrNet;

/* Parse `10.0.0.0/8`, `fd00::/8`, or an address alone, which is a network of one.  Names
 * are not looked up.  WEIR_E_ARG on failure. */
int WeirAddrNetParse(const char *text, WeirAddrNet *out, WeirErr *err);
bool WeirAddrNetHas(const WeirAddrNet *net, const WeirAddr *addr);

/* A list of them, with blanks between: how many (at most `most`), WEIR_E_ARG or
 * WEIR_E_LIMIT; and whether one of them has an address. */
int WeirAddrNetsParse(const char *text, WeirAddrNet *nets, int most, WeirErr *err);
bool WeirAddrNetsHave(const WeirAddrNet *nets, int count, const WeirAddr *addr);

/* A hash of host and port for tables. */
unsigned WeirAddrHash(const WeirAddr *addr);

#endif
