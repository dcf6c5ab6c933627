/* Raw sockets for ICMP and ICMPv6 messages.  On IPv4 what is read begins with the IP
 * header and what is sent must have its checksum; on IPv6 neither. */
#ifndef WEIR_ICMP_H
#define WEIR_ICMP_H
#include <stdbool.h>
#include <stdint.h>
#include "sock.h"

/* Whether this process may open such a socket: 0, or WEIR_E_PERM with a sentence that
 * names the capability that is missing and says how to grant it. */
int WeirIcmpSockMay(int family, WeirErr *err);

/* A socket that receives no message until WeirIcmpSockPass.  `opts` as in sock.h with its
 * protocol ignored; so are ports of `local`. */
int WeirIcmpSockOpen(int family, const WeirAddr *local, const WeirSockOpts *opts,
                     WeirErr *err);

/* A set of message types, 0 to 255. */
typedef struct WeirIcmpTypes {
    uint32_t bits[8];
} WeirIcmpTypes;
void WeirIcmpTypesAdd(WeirIcmpTypes *types, int type);
bool WeirIcmpTypesHave(const WeirIcmpTypes *types, int type);

/* Let the kernel deliver messages of these types.  It may deliver others as well: those
 * that wait already, and on IPv4 types from 32 on. */
void WeirIcmpSockPass(int fd, int family, const WeirIcmpTypes *types);

#endif
