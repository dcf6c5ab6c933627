/* The packets of ICMP flows (D-ITG 3.1).  In front of the payload header of payload.h
 * stands, on IPv4, the eight bytes of an echo message - type, code 0, checksum,
 * identifier 0, sequence number 0 - and on IPv6 the first four of them only, so that the
 * flow id lies where an echo message has identifier and sequence number.
 *
 * Echoes of round-trip flows are echo replies with the body of what they answer. */
#ifndef WEIR_ITG_ICMP_H
#define WEIR_ITG_ICMP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum { WEIR_ICMP_MAX_HEADER = 8 };

/* Bytes in front of the payload. */
size_t WeirIcmpBytes(bool v6);

/* Types of echo messages: 8 and 0, on IPv6 128 and 129. */
int WeirIcmpEchoRequest(bool v6);
int WeirIcmpEchoReply(bool v6);

/* Whether kernels send this type by themselves all the time: echo replies, and on IPv6
 * neighbour discovery and group membership (RFC 4861, 2710, 3810). */
bool WeirIcmpFromKernels(bool v6, int type);

/* Write the header, with checksum 0. */
void WeirIcmpWrite(uint8_t *header, bool v6, int type);

/* The checksum (RFC 1071) of a message in pieces, the first of which begins with a header
 * whose checksum is 0; in place.  On IPv6 the kernel does this. */
void WeirIcmpSeal(const struct iovec *pieces, int count);

/* A message as a raw socket gives it: on IPv4 with the IP header in front.  False when
 * `kept`, the bytes there are, do not reach to the payload. */
typedef struct WeirIcmp {
    int type;
    size_t ipBytes, headBytes; /* before the message; before the payload */
} WeirIcmp;
bool WeirIcmpRead(const uint8_t *data, size_t kept, bool v6, WeirIcmp *out);

#endif
