/* ICMP messages that arrive for flows.  A raw socket receives what the whole host
 * receives, so a message counts only when it is of its flow's type and comes from the
 * flow's source.  There are no ports; in what this receiver knows of a source the type
 * stands in the port's place, and tells the packets of a flow from the answers that the
 * same host's kernel gives to somebody else's.
 *
 * The type is that which the sender said or else, from a stock sender, that of the first
 * message with the flow's id - unless kernels send this type all the time.  A flow
 * without headers has no id: it is what comes from the host that signals. */
#include "config.h"
#include "batch.h"
#include "icmp.h"
#include "itg/icmp.h"
#include "receiver/receiverInt.h"

static bool IsV6(const WeirSinkReader *r)
{
    return r->port->addr.sa.sa_family == AF_INET6;
}

bool WeirSinkIcmpAlike(const WeirTspFlow *a, const WeirTspFlow *b)
{
    bool hasId = a->payload != WEIR_PAYLOAD_NONE;
    return a->protocol == WEIR_ITG_ICMP && b->protocol == WEIR_ITG_ICMP &&
           WeirAddrSameHost(&a->dst, &b->dst) &&
           hasId == (b->payload != WEIR_PAYLOAD_NONE) && (!hasId || a->id == b->id) &&
           (a->icmpType == b->icmpType || a->icmpType < 0 || b->icmpType < 0);
}

bool WeirSinkIcmpMayClaim(const WeirSinkFlow *f, const WeirAddr *from)
{
    int type = (int)WeirAddrPort(from);
    if (f->said.payload == WEIR_PAYLOAD_NONE && !WeirAddrSameHost(&f->peer, from))
        return false;
    if (f->said.icmpType >= 0)
        return type == f->said.icmpType;
    return !WeirIcmpFromKernels(from->sa.sa_family == AF_INET6, type);
}

void WeirSinkIcmpExpect(WeirSinkReader *r, const WeirSinkFlow *f)
{
    int type;
    for (type = 0; type < 256; type++)
        if (f->said.icmpType < 0 ? !WeirIcmpFromKernels(IsV6(r), type)
                                 : type == f->said.icmpType)
            WeirIcmpTypesAdd(&r->icmpTypes, type);
    WeirIcmpSockPass(r->fd, r->port->addr.sa.sa_family, &r->icmpTypes);
}

/* Send the message back as an echo reply. */
static void Echo(WeirSinkReader *r, const WeirSinkFlow *f, const WeirPacketIn *in,
                 const WeirIcmp *icmp)
{
    uint8_t header[WEIR_ICMP_MAX_HEADER];
    struct iovec pieces[] = {
        { header, icmp->headBytes - icmp->ipBytes },
        { (void *)(uintptr_t)(in->data + icmp->headBytes), in->kept - icmp->headBytes },
    };
    WeirIcmpWrite(header, IsV6(r), WeirIcmpEchoReply(IsV6(r)));
    if (!IsV6(r))
        WeirIcmpSeal(pieces, 2);
    WeirBatchSendTo(r->fd, pieces, 2, &in->from, f->said.dsByte);
}

void WeirSinkIcmpPacket(WeirSinkReader *r, const WeirPacketIn *in, int64_t readNs)
{
    WeirAddr from = in->from;
    WeirSinkEntry *e = NULL;
    WeirIcmp icmp;
    WeirPayload p;
    const uint8_t *payload = NULL;
    size_t kept = 0;
    bool hasId;
    if (WeirIcmpRead(in->data, in->kept, IsV6(r), &icmp)) {
        payload = in->data + icmp.headBytes;
        kept = in->kept - icmp.headBytes;
        WeirAddrSetPort(&from, (unsigned)icmp.type);
        hasId = WeirPayloadRead(payload, kept, WEIR_PAYLOAD_SHORT, false, &p);
        e = WeirSinkMatch(r, hasId, p.flowId, &from);
    }
    if (!e || !WeirPayloadRead(payload, kept, e->flow->said.payload, false, &p)) {
        atomic_fetch_add(&r->port->receiver->stray, 1);
        return;
    }
    WeirSinkPacket(e, &p, in->len - (uint32_t)icmp.headBytes, in->stampNs, readNs);
    /* The kernel has answered echo requests already. */
    if (e->flow->said.meter == WEIR_ITG_RTTM &&
        icmp.type != WeirIcmpEchoRequest(IsV6(r)) &&
        icmp.type != WeirIcmpEchoReply(IsV6(r)))
        Echo(r, e->flow, in, &icmp);
}
