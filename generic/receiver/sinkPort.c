/* Data ports: which one a flow uses, its sockets, its readers. */
#include "config.h"
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "poll.h"
#include "receiver/receiverInt.h"
#include "sock.h"
#include "wire/dataSock.h"

enum { MAX_READERS = 64 }; /* as many as there can be workers */

/* ------------------------------------------------------------ control worker */

/* A stream of passive mode: its socket connects, and is its own. */
static bool Calls(const WeirTransport *transport, const WeirTspFlow *said)
{
    return transport->connected && said->sender.sa.sa_family != AF_UNSPEC;
}

/* Where a flow's data socket binds: what the sender asked, or the receiver's -bind.  ICMP
 * has no ports, and no socket for both families. */
static WeirAddr PortAddress(const WeirReceiver *r, const WeirTspFlow *said)
{
    bool icmp = said->protocol == WEIR_ITG_ICMP;
    WeirAddr addr = r->bindAddr;
    int family = said->dst.sa.sa_family;
    if (addr.sa.sa_family == AF_UNSPEC)
        addr = said->dst;
    else if ((icmp || said->sender.sa.sa_family != AF_UNSPEC) && WeirAddrIsAny(&addr))
        addr = WeirAddrAny(family, 0);
    WeirAddrSetPort(&addr, icmp ? 0 : WeirAddrPort(&said->dst));
    return addr;
}

static WeirSinkPort *NewPort(WeirReceiver *r, const WeirAddr *addr,
                             const WeirTransport *transport, bool calls)
{
    WeirWorker *workers[MAX_READERS];
    bool icmp = transport->code == WEIR_ITG_ICMP; /* each raw socket would get all */
    int count = icmp || calls || transport->optional ? 1 : r->readers, i;
    WeirSinkPort *p = calloc(1, sizeof *p + (size_t)count * sizeof *p->readers);
    if (!p)
        return NULL;
    p->receiver = WeirReceiverRef(r);
    p->addr = *addr;
    p->transport = transport;
    p->readerCount = count;
    p->calls = calls;
    atomic_init(&p->readersLeft, count);
    for (i = 0; i < count; i++) {
        WeirSinkReader *reader = &p->readers[i];
        reader->port = p;
        reader->fd = -1;
        reader->worker = workers[i] = WeirEnginePickOther(r->engine, workers, i);
        reader->io.ready = WeirSinkUdpReady;
        reader->listener.accepted = WeirSinkConnAccepted;
        reader->listener.starved = WeirSinkConnStarved;
        reader->io.arg = reader->listener.arg = reader;
    }
    return p;
}

WeirSinkPort *WeirSinkPortFor(WeirReceiver *r, const WeirTspFlow *said)
{
    WeirAddr addr = PortAddress(r, said);
    const WeirTransport *transport = WeirTransportOf(said->protocol);
    uint64_t key = (uint64_t)transport->code << 32 | WeirAddrHash(&addr);
    bool calls = Calls(transport, said);
    bool shared =
        !calls && (WeirAddrPort(&addr) != 0 || transport->code == WEIR_ITG_ICMP);
    WeirSinkPort *p = shared ? WeirKeyTabFind(&r->ports, key) : NULL;
    while (p && (p->transport != transport || !WeirAddrSame(&p->addr, &addr)))
        p = WeirKeyTabNext(&p->link);
    if (!p) {
        p = NewPort(r, &addr, transport, calls);
        if (p && shared)
            WeirKeyTabAdd(&r->ports, &p->link, key, p);
    }
    if (p)
        p->users++;
    return p;
}

/* Control worker. */
static void PortClosed(void *arg)
{
    WeirSinkPort *p = arg;
    atomic_fetch_sub(&p->receiver->closingPorts, 1);
    if (p->closed)
        p->closed(p->closedArg);
    WeirReceiverUnref(p->receiver);
    WeirKeyTabFree(&p->unheard);
    free(p);
}

/* The reader's worker, after the last flow has left. */
static void FreeReader(void *arg)
{
    WeirSinkReader *reader = arg;
    WeirSinkPort *p = reader->port;
    WeirSinkCallStop(reader);
    while (reader->oldestConn)
        WeirSinkConnClose(reader->oldestConn);
    if (reader->started && p->transport->connected)
        WeirListenerStop(&reader->listener);
    else if (reader->started)
        WeirSinkUdpStop(reader);
    if (reader->fd >= 0)
        close(reader->fd);
    WeirKeyTabFree(&reader->fresh);
    WeirKeyTabFree(&reader->heard);
    WeirWorkerUnload(reader->worker);
    if (atomic_fetch_sub(&p->readersLeft, 1) == 1)
        WeirWorkerPost(WeirEngineControl(p->receiver->engine), PortClosed, p);
}

bool WeirSinkPortDrop(WeirSinkPort *p, void (*closed)(void *arg), void *arg)
{
    int i, count = p->readerCount;
    if (--p->users > 0)
        return false;
    WeirKeyTabRemove(&p->receiver->ports, &p->link);
    p->closed = closed;
    p->closedArg = arg;
    atomic_fetch_add(&p->receiver->closingPorts, 1);
    for (i = 0; i < count; i++)
        WeirWorkerPost(p->readers[i].worker, FreeReader, &p->readers[i]);
    return true;
}

/* ------------------------------------------------------------ workers of the readers */

static void CloseSockets(WeirSinkPort *p)
{
    int i;
    for (i = 0; i < p->readerCount; i++) {
        if (p->readers[i].fd >= 0)
            close(p->readers[i].fd);
        p->readers[i].fd = -1;
    }
}

/* The first socket is bound alone, so that a port that somebody else uses is refused;
 * then the others are let in. */
int WeirSinkPortOpen(WeirSinkPort *p, WeirErr *err)
{
    WeirReceiver *r = p->receiver;
    WeirDataSockOpts opts = { .sock = { .interface = r->interface,
                                        .receiveBytes = r->bufferBytes,
                                        .noDelay = 1, /* echoes leave at once */
                                        .reuse = p->calls } };
    WeirAddr addr = p->addr;
    int i, fd;
    if (p->readers[0].fd >= 0)
        return WEIR_OK;
    for (i = 0; i < p->readerCount; i++) {
        opts.sock.share = i > 0;
        fd = p->calls
                 ? WeirDataSockOpen(p->transport, addr.sa.sa_family, &addr, &opts, err)
                 : WeirDataSockListen(p->transport, &addr, &opts, err);
        if (fd < 0) {
            CloseSockets(p);
            return fd;
        }
        p->readers[i].fd = fd;
        p->readers[i].restNs = WeirSinkUdpRestNs(fd);
        if (i == 0 && p->readerCount > 1) {
            WeirAddr bound = WeirSockLocal(fd);
            WeirAddrSetPort(&addr, WeirAddrPort(&bound));
            WeirSockShare(fd);
        }
    }
    return WEIR_OK;
}

int WeirSinkReaderStart(WeirSinkReader *reader, WeirErr *err)
{
    int rc;
    if (reader->started || reader->port->calls)
        return WEIR_OK;
    reader->io.fd = reader->fd;
    rc = reader->port->transport->connected
             ? WeirListenerStart(&reader->listener, reader->worker, reader->fd, err)
             : WeirIoAdd(reader->worker, &reader->io, WEIR_POLL_IN, err);
    reader->started = rc == 0;
    return rc;
}

int64_t WeirSinkCountDrops(WeirSinkReader *reader)
{
    /* A listening socket counts connections, which their peers try again. */
    int64_t drops = reader->port->transport->connected ? -1 : WeirSockDrops(reader->fd);
    if (drops > reader->dropsCounted) {
        atomic_fetch_add(&reader->port->receiver->kernelDrops,
                         drops - reader->dropsCounted);
        reader->dropsCounted = drops;
    }
    return drops;
}
