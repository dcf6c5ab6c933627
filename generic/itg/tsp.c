#include "config.h"
#include <stdio.h>
#include <string.h>
#include "base/bytes.h"
#include "itg/tsp.h"

enum { LINUX_AF_INET = 2, LINUX_AF_INET6 = 10, FIXED_HOST = 0xff };

uint32_t WeirItgLoggedSize(int application, uint32_t bytes)
{
    return application == WEIR_ITG_L7_TELNET && bytes >= 20 ? bytes - 20 : bytes;
}

static bool IsV6(const WeirAddr *addr)
{
    return addr->sa.sa_family == AF_INET6;
}

static void PutAddress(WeirWriter *w, const WeirAddr *addr)
{
    if (IsV6(addr))
        WeirPutBytes(w, &addr->v6.sin6_addr, 16);
    else
        WeirPutBytes(w, &addr->v4.sin_addr, 4);
}

static void GetAddress(WeirReader *r, bool v6, unsigned port, WeirAddr *addr)
{
    const uint8_t *bytes = WeirTake(r, v6 ? 16 : 4);
    *addr = WeirAddrAny(v6 ? AF_INET6 : AF_INET, port);
    if (bytes && v6)
        memcpy(&addr->v6.sin6_addr, bytes, 16);
    else if (bytes)
        memcpy(&addr->v4.sin_addr, bytes, 4);
}

static void PutName(WeirWriter *w, const char *name)
{
    char field[WEIR_ITG_NAME_BYTES] = { 0 };
    memcpy(field, name, strnlen(name, sizeof field - 1));
    WeirPutBytes(w, field, sizeof field);
}

/* The bytes after the NUL are left-over memory of the peer. */
static void GetName(WeirReader *r, char *name)
{
    const uint8_t *field = WeirTake(r, WEIR_ITG_NAME_BYTES);
    if (field) {
        memcpy(name, field, WEIR_ITG_NAME_BYTES);
        name[WEIR_ITG_NAME_BYTES] = 0;
    }
}

static const char noSerial[WEIR_ITG_SERIAL_BYTES] = "noSerial";

/* The last byte, which no name reaches, has the type of ICMP flows between Weir and Weir.
 */
static void PutSerial(WeirWriter *w, const WeirTspFlow *flow)
{
    char field[WEIR_ITG_SERIAL_BYTES] = { 0 };
    snprintf(field, sizeof field, "%s", *flow->serial ? flow->serial : noSerial);
    if (flow->protocol == WEIR_ITG_ICMP)
        field[WEIR_ITG_SERIAL_BYTES - 1] = (char)(flow->icmpType + 1);
    WeirPutBytes(w, field, sizeof field);
}

/* A foreign name is shown to people: what does not print becomes a question mark. */
static void GetSerial(WeirReader *r, WeirTspFlow *flow)
{
    char *name = flow->serial;
    const uint8_t *field = WeirTake(r, WEIR_ITG_SERIAL_BYTES);
    int i;
    for (i = 0; field && i < WEIR_ITG_SERIAL_BYTES - 1 && field[i]; i++)
        name[i] = field[i] > ' ' && field[i] < 127 ? (char)field[i] : '?';
    name[field ? i : 0] = '\0';
    if (strcmp(name, noSerial) == 0)
        *name = '\0';
    flow->icmpType = field ? field[WEIR_ITG_SERIAL_BYTES - 1] - 1 : -1;
}

/* The ports of SEND_FLOW travel little-endian: stock senders swap them twice.  (A stock
 * receiver in passive mode swaps its own once more, and binds another port.) */
static void PutFlow(WeirWriter *w, const WeirTspFlow *flow)
{
    bool passive = flow->sender.sa.sa_family != AF_UNSPEC;
    const WeirAddr *addr = passive ? &flow->sender : &flow->dst;
    WeirPut8(w, flow->protocol);
    WeirPut8(w, flow->application);
    WeirPut8(w, flow->meter);
    WeirPut8(w, flow->dsByte);
    WeirPut8(w, IsV6(addr) ? 6 : 4);
    WeirPut32be(w, flow->id);
    WeirPut8(w, flow->payload);
    PutSerial(w, flow);
    if (passive) {
        WeirPut16le(w, (uint16_t)WeirAddrPort(&flow->dst));
        WeirPut8(w, flow->fixed ? FIXED_HOST : 0);
    }
    WeirPut16le(w, (uint16_t)WeirAddrPort(addr));
    PutAddress(w, addr);
}

/* True when the fields have values that exist. */
static bool GetFlow(WeirReader *r, WeirTspFlow *flow, bool passive)
{
    uint8_t version;
    unsigned port, receiverPort = 0;
    flow->protocol = WeirGet8(r);
    flow->application = WeirGet8(r);
    flow->meter = WeirGet8(r);
    flow->dsByte = WeirGet8(r);
    version = WeirGet8(r);
    flow->id = WeirGet32be(r);
    flow->payload = WeirGet8(r);
    GetSerial(r, flow);
    if (passive) {
        receiverPort = WeirGet16le(r);
        flow->fixed = WeirGet8(r) == FIXED_HOST;
    }
    port = WeirGet16le(r);
    if (r->bad)
        return true; /* not yet complete */
    if (version != 4 && version != 6)
        return false;
    GetAddress(r, version == 6, port, passive ? &flow->sender : &flow->dst);
    if (passive)
        flow->dst = WeirAddrAny(flow->sender.sa.sa_family, receiverPort);
    return flow->protocol >= WEIR_ITG_TCP && flow->protocol <= WEIR_ITG_DCCP &&
           flow->payload <= 2 &&
           (flow->meter == WEIR_ITG_OWDM || flow->meter == WEIR_ITG_RTTM);
}

static void PutLogServer(WeirWriter *w, const WeirTspMsg *msg)
{
    WeirPut32be(w, IsV6(&msg->logServer) ? LINUX_AF_INET6 : LINUX_AF_INET);
    PutAddress(w, &msg->logServer);
    WeirPut16be(w, (uint16_t)WeirAddrPort(&msg->logServer));
    WeirPut8(w, msg->logProtocol);
    PutName(w, msg->logName);
}

static bool GetLogServer(WeirReader *r, WeirTspMsg *msg)
{
    uint32_t family = WeirGet32be(r);
    if (r->bad)
        return true;
    if (family != LINUX_AF_INET && family != LINUX_AF_INET6)
        return false;
    GetAddress(r, family == LINUX_AF_INET6, 0, &msg->logServer);
    WeirAddrSetPort(&msg->logServer, WeirGet16be(r));
    msg->logProtocol = WeirGet8(r);
    GetName(r, msg->logName);
    return true;
}

size_t WeirTspEncode(const WeirTspMsg *msg, uint8_t *buf)
{
    WeirWriter w = WeirWriterOn(buf, WEIR_TSP_MAX);
    WeirPut8(&w, (uint8_t)msg->type);
    switch (msg->type) {
    case WEIR_TSP_SEND_FLOW:
        PutFlow(&w, &msg->flow);
        break;
    case WEIR_TSP_ACK_SEND_FLOW:
        WeirPut32be(&w, msg->flowId);
        if (!msg->passive)
            WeirPut16be(&w, msg->port);
        break;
    case WEIR_TSP_CLOSED_FLOW:
    case WEIR_TSP_ACK_CLOSED_FLOW:
    case WEIR_TSP_ERR_BIND:
    case WEIR_TSP_ERR_ICMP:
    case WEIR_TSP_CLOSED_ERR:
    case WEIR_TSP_ERR_TCP:
        WeirPut32be(&w, msg->flowId);
        break;
    case WEIR_TSP_SEND_NAME_LOG:
        PutName(&w, msg->logName);
        break;
    case WEIR_TSP_SEND_FLOW_LOG:
        PutLogServer(&w, msg);
        break;
    default:
        break;
    }
    return WeirWritten(&w);
}

static bool TypeIsFrom(WeirTspPeer peer, unsigned type)
{
    switch (type) {
    case WEIR_TSP_DISCOVERY:
    case WEIR_TSP_ACK_DISCOVERY:
        return true;
    case WEIR_TSP_CONNECT:
    case WEIR_TSP_SEND_FLOW:
    case WEIR_TSP_CLOSED_FLOW:
    case WEIR_TSP_RELEASE:
    case WEIR_TSP_SEND_FLOW_LOG:
    case WEIR_TSP_CLOSED_ERR:
    case WEIR_TSP_SEND_NAME_LOG:
        return peer != WEIR_TSP_RECEIVER;
    case WEIR_TSP_ACK_SEND_FLOW:
        return peer != WEIR_TSP_SENDER;
    case WEIR_TSP_ACK_CONNECT:
    case WEIR_TSP_ACK_CLOSED_FLOW:
    case WEIR_TSP_ACK_RELEASE:
    case WEIR_TSP_ACK_SEND_FLOW_LOG:
    case WEIR_TSP_ERR_AUTH:
    case WEIR_TSP_ERR_BIND:
    case WEIR_TSP_ERR_ICMP:
    case WEIR_TSP_ACK_SEND_NAME_LOG:
    case WEIR_TSP_ERR_LOG:
    case WEIR_TSP_ERR_TCP:
        return peer == WEIR_TSP_RECEIVER;
    default:
        return false;
    }
}

int WeirTspDecode(WeirTspPeer peer, const uint8_t *data, size_t len, WeirTspMsg *msg,
                  WeirErr *err)
{
    WeirReader r = WeirReaderOn(data, len);
    unsigned type = WeirGet8(&r);
    bool sane = true;
    if (r.bad)
        return 0;
    if (!TypeIsFrom(peer, type))
        return WeirFail(err, WEIR_E_PARSE,
                        "the peer sent byte %u where a signalling message was due", type);
    memset(msg, 0, sizeof *msg);
    msg->type = (WeirTspType)type;
    msg->passive = peer == WEIR_TSP_PASSIVE_SENDER;
    switch (type) {
    case WEIR_TSP_SEND_FLOW:
        sane = GetFlow(&r, &msg->flow, msg->passive);
        msg->flowId = msg->flow.id;
        break;
    case WEIR_TSP_ACK_SEND_FLOW:
        msg->flowId = WeirGet32be(&r);
        if (!msg->passive)
            msg->port = WeirGet16be(&r);
        break;
    case WEIR_TSP_CLOSED_FLOW:
    case WEIR_TSP_ACK_CLOSED_FLOW:
    case WEIR_TSP_ERR_BIND:
    case WEIR_TSP_ERR_ICMP:
    case WEIR_TSP_CLOSED_ERR:
    case WEIR_TSP_ERR_TCP:
        msg->flowId = WeirGet32be(&r);
        break;
    case WEIR_TSP_SEND_NAME_LOG:
        GetName(&r, msg->logName);
        break;
    case WEIR_TSP_SEND_FLOW_LOG:
        sane = GetLogServer(&r, msg);
        break;
    default:
        break;
    }
    if (!sane)
        return WeirFail(err, WEIR_E_PARSE,
                        "the peer sent signalling message %u with fields out of range",
                        type);
    return r.bad ? 0 : (int)(len - r.left);
}
