/* A receiver in passive mode (D-ITG 2.6): it calls its sender, again and again until one
 * is there, and serves one session.  Runs on the control worker only. */
#include "config.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "poll.h"
#include "receiver/receiverInt.h"
#include "sock.h"

#define AGAIN_NS  WEIR_NS_PER_S
#define ANSWER_NS (10 * WEIR_NS_PER_S)

static WeirWorker *Control(WeirReceiver *r)
{
    return WeirEngineControl(r->engine);
}

static void Hang(WeirReceiver *r)
{
    if (r->call.io.fd < 0)
        return;
    WeirIoRemove(Control(r), &r->call.io);
    close(r->call.io.fd);
    r->call.io.fd = -1;
}

/* Try again later; the reason is told when it is a new one. */
static void Failed(WeirReceiver *r, const char *why)
{
    WeirRecvCall *c = &r->call;
    char text[sizeof c->why], sender[WEIR_ADDR_TEXT];
    Hang(r);
    snprintf(text, sizeof text, "sender %s cannot be called, trying again: %.100s",
             WeirAddrText(&c->sender, sender), why);
    if (strcmp(text, c->why) != 0)
        WeirReceiverEvent(r, WEIR_RECEIVER_EV_ERROR, 0, text);
    memcpy(c->why, text, sizeof text);
    WeirTimerSet(Control(r), &c->timer, WeirMonoNs() + AGAIN_NS);
}

static void Answered(WeirIo *io, unsigned events)
{
    WeirReceiver *r = io->arg;
    char why[96];
    int error = WeirSockResult(io->fd), fd = io->fd;
    WeirTimerStop(Control(r), &r->call.timer);
    if (error) {
        Failed(r, strerror_r(error, why, sizeof why));
        return;
    }
    WeirIoRemove(Control(r), io);
    io->fd = -1;
    WeirRecvSessionOpen(r, fd, &r->call.sender);
    if (!r->sessions)
        Failed(r, "out of memory");
}

static void Call(WeirReceiver *r)
{
    WeirSockOpts opts = { .noDelay = 1, .interface = r->signalInterface };
    WeirRecvCall *c = &r->call;
    WeirErr err;
    int rc;
    c->io.fd = WeirSockOpen(c->sender.sa.sa_family, SOCK_STREAM, NULL, &opts, &err);
    rc = c->io.fd;
    if (rc >= 0)
        rc = WeirSockConnect(c->io.fd, &c->sender, &err);
    if (rc >= 0)
        rc = WeirIoAdd(Control(r), &c->io, WEIR_POLL_OUT, &err) < 0 ? err.code : 0;
    if (rc < 0)
        Failed(r, err.text);
    else
        WeirTimerSet(Control(r), &c->timer, WeirMonoNs() + ANSWER_NS);
}

static void Fire(WeirTimer *timer, int64_t nowNs)
{
    WeirReceiver *r = timer->arg;
    if (r->call.io.fd >= 0)
        Failed(r, "no answer in 10 s");
    else
        Call(r);
}

void WeirRecvCallStart(WeirReceiver *r)
{
    WeirRecvCall *c = &r->call;
    c->io.ready = Answered;
    c->timer.fire = Fire;
    c->io.arg = c->timer.arg = r;
    c->io.fd = -1;
    c->why[0] = 0;
    Call(r);
}

void WeirRecvCallStop(WeirReceiver *r)
{
    WeirTimerStop(Control(r), &r->call.timer);
    Hang(r);
}

void WeirRecvCallOver(WeirReceiver *r, bool greeted)
{
    if (greeted)
        WeirReceiverOver(r);
    else if (r->calling)
        Failed(r, "it hung up");
}
