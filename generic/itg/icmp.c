#include "config.h"
#include <string.h>
#include "itg/icmp.h"

size_t WeirIcmpBytes(bool v6)
{
    return v6 ? 4 : 8;
}

int WeirIcmpEchoRequest(bool v6)
{
    return v6 ? 128 : 8;
}

int WeirIcmpEchoReply(bool v6)
{
    return v6 ? 129 : 0;
}

bool WeirIcmpFromKernels(bool v6, int type)
{
    return type == WeirIcmpEchoReply(v6) ||
           (v6 && ((type >= 130 && type <= 137) || type == 143));
}

void WeirIcmpWrite(uint8_t *header, bool v6, int type)
{
    memset(header, 0, WeirIcmpBytes(v6));
    header[0] = (uint8_t)type;
}

/* Sums of 16-bit words do not depend on the order of their bytes, nor on whether the
 * carries are added now or at the end: four bytes at a time will do. */
static uint64_t Sum(const uint8_t *data, size_t len)
{
    uint64_t sum = 0;
    uint32_t word;
    size_t i;
    for (i = 0; i + sizeof word <= len; i += sizeof word) {
        memcpy(&word, data + i, sizeof word);
        sum += word;
    }
    word = 0;
    memcpy(&word, data + i, len - i);
    return sum + word;
}

static uint16_t Fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

void WeirIcmpSeal(const struct iovec *pieces, int count)
{
    uint64_t sum = 0;
    uint16_t part;
    size_t before = 0;
    int i;
    for (i = 0; i < count; before += pieces[i++].iov_len) {
        part = Fold(Sum(pieces[i].iov_base, pieces[i].iov_len));
        if (before % 2) /* a piece that begins within a word */
            part = (uint16_t)(part << 8 | part >> 8);
        sum += part;
    }
    part = (uint16_t)~Fold(sum);
    memcpy((uint8_t *)pieces[0].iov_base + 2, &part, sizeof part);
}

bool WeirIcmpRead(const uint8_t *data, size_t kept, bool v6, WeirIcmp *out)
{
    out->ipBytes = v6 || kept == 0 ? 0 : (size_t)(data[0] & 15) * 4;
    out->headBytes = out->ipBytes + WeirIcmpBytes(v6);
    if (kept < out->headBytes)
        return false;
    out->type = data[out->ipBytes];
    return true;
}
