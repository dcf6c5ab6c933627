#include "config.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "flow/flow.h"
#include "flow/verdict.h"

#define RATE_TOLERANCE   0.001
#define LATE_ALLOWED     0.001 /* seconds */
#define LATE_ALLOWED_GAP 0.01  /* of the mean gap */

const char *WeirCauseName(WeirCause cause)
{
    static const char *const names[] = { "none",       "cpu",        "busy",    "wakeup",
                                         "sendbuffer", "peerwindow", "network", "refused",
                                         "log",        "failed" };
    return names[cause];
}

/* ------------------------------------------------------------ criteria */

static double LateAllowed(const WeirFlowStats *s)
{
    double gap = 1 / s->askedRate;
    return gap * LATE_ALLOWED_GAP > LATE_ALLOWED ? gap * LATE_ALLOWED_GAP : LATE_ALLOWED;
}

/* All packets were due at once: no rate was asked for. */
static bool FullSpeed(const WeirFlowStats *s)
{
    return isinf(s->askedRate);
}

/* Packets/s that left.  While the schedule is behind, departures alone would flatter a
 * flow that stopped early. */
static double SentRate(const WeirFlowStats *s)
{
    double upToNow = (double)s->packets / (s->askedSpan + s->behind);
    return s->behind > 0 && upToNow < s->packetRate ? upToNow : s->packetRate;
}

static bool RateMissed(const WeirFlowStats *s)
{
    double lacking = s->elapsed - s->askedSpan;
    if (isnan(s->askedRate)) /* fewer than two packets so far */
        return false;
    if (s->packets > 1 && s->packetRate < s->askedRate * (1 - RATE_TOLERANCE) &&
        lacking > LateAllowed(s))
        return true;
    return s->behind > LateAllowed(s) && s->unsent >= 1 &&
           !(SentRate(s) >= s->askedRate * (1 - RATE_TOLERANCE));
}

/* A flow that runs, or is stopped on the way, is always about to send what has just
 * become due. */
static bool Unsent(const WeirFlowStats *s)
{
    bool midway = s->state == WEIR_FLOW_RUNNING || s->stopped;
    return s->behind > (midway ? LateAllowed(s) : 0);
}

static bool Late(const WeirFlowStats *s)
{
    return s->lateP99 > LateAllowed(s);
}

/* ------------------------------------------------------------ causes */

/* What the socket was full for.  TCP keeps account of two reasons while it has data; the
 * third is that the path takes no more. */
static WeirCause SocketCause(const WeirFlowStats *s)
{
    const WeirSockTcp *t = &s->tcp;
    double path = t->busy > 0 ? s->blocked - t->windowLimited - t->bufferLimited : 0;
    if (t->windowLimited > t->bufferLimited && t->windowLimited > path)
        return WEIR_CAUSE_PEERWINDOW;
    return path > t->bufferLimited ? WEIR_CAUSE_NETWORK : WEIR_CAUSE_SENDBUFFER;
}

/* Packets were overdue: what did that time go to?  A core is not enough when the
 * processor time that the packets took so far says so, whatever else used the core. */
static WeirCause TimingCause(const WeirFlowStats *s)
{
    double waited = s->waitShare > 0 ? s->waitShare * s->watched : 0;
    double used = s->cpuShare > 0 ? s->cpuShare * s->watched : 0;
    double overdue = s->slept + s->backlog;
    bool tooMuch = s->backlog >= s->slept &&
                   (waited < overdue / 10 || (double)s->packets < s->askedRate * used);
    if (s->blocked > overdue)
        return SocketCause(s);
    if (tooMuch || (waited < overdue / 2 && s->cpuShare > 0.8 && !s->spins))
        return WEIR_CAUSE_CPU;
    return waited >= overdue / 4 && waited > 0 ? WEIR_CAUSE_BUSY : WEIR_CAUSE_WAKEUP;
}

/* ------------------------------------------------------------ the sentence */

static void Say(WeirVerdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void Say(WeirVerdict *v, const char *fmt, ...)
{
    size_t len = strlen(v->text);
    va_list args;
    va_start(args, fmt);
    vsnprintf(v->text + len, sizeof v->text - len, fmt, args);
    va_end(args);
}

/* "4,821,130", with a decimal below 10,000 unless it is a whole number. */
static const char *Number(char out[40], double value)
{
    char digits[32];
    size_t whole, i, n = 0;
    snprintf(digits, sizeof digits, "%.*f",
             fabs(value) < 9999.95 && value != floor(value), value);
    whole = strcspn(digits, ".");
    for (i = 0; digits[i] && n < 38; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0)
            out[n++] = ',';
        out[n++] = digits[i];
    }
    out[n] = '\0';
    return out;
}

static const char *Duration(char out[40], double seconds)
{
    if (seconds < 0.000995)
        snprintf(out, 40, "%.0f us", seconds * 1e6);
    else if (seconds < 0.995)
        snprintf(out, 40, "%.3g ms", seconds * 1e3);
    else
        snprintf(out, 40, "%.3g s", seconds);
    return out;
}

/* "1 packet", "2,000 packets" */
static void SayPackets(WeirVerdict *v, double count)
{
    char number[40];
    Say(v, "%s packet%s", Number(number, count), count < 2 ? "" : "s");
}

static void SayRates(WeirVerdict *v, const WeirFlowStats *s)
{
    char sent[40], asked[40];
    Say(v, "%s of %s packets/s", Number(sent, SentRate(s)), Number(asked, s->askedRate));
}

static void SayTcp(WeirVerdict *v, const WeirFlowStats *s)
{
    char number[40];
    double watched = s->watched > 0 ? s->watched : INFINITY;
    if (v->cause == WEIR_CAUSE_PEERWINDOW)
        Say(v, "the receiver's TCP window was closed %.0f %% of the time",
            fmin(100, 100 * s->tcp.windowLimited / watched));
    else
        Say(v,
            "TCP's congestion window was full %.0f %% of the time (%s segments sent "
            "again)",
            fmin(100, 100 * s->blocked / watched),
            Number(number, (double)s->tcp.retransmits));
}

static void SayTiming(WeirVerdict *v, const WeirFlowStats *s)
{
    double used = s->cpuShare > 0 ? s->cpuShare : 0;
    double waited = s->waitShare > 0 ? s->waitShare : 0;
    double watched = s->watched > 0 ? s->watched : INFINITY;
    switch (v->cause) {
    case WEIR_CAUSE_CPU:
        Say(v, "one core was not enough (the sending thread used %.0f %% of it)",
            fmin(100, 100 * used));
        break;
    case WEIR_CAUSE_BUSY:
        Say(v,
            "the machine was busy (the sending thread waited %.*f %% of the time for a "
            "core)",
            waited < 0.0995, 100 * waited);
        break;
    case WEIR_CAUSE_WAKEUP:
        Say(v,
            "the system woke the sending thread late, which used %.0f %% of a core and "
            "waited %.1f %% of the time for one",
            100 * used, 100 * waited);
        break;
    case WEIR_CAUSE_SENDBUFFER:
        Say(v, "the socket's send buffer was full %.0f %% of the time",
            fmin(100, 100 * s->blocked / watched));
        break;
    default:
        SayTcp(v, s);
    }
}

static void SayRefused(WeirVerdict *v, const WeirFlowStats *s)
{
    Say(v, "the kernel refused ");
    SayPackets(v, (double)s->failed);
    Say(v, ": %s", s->lastError);
}

static void SayLog(WeirVerdict *v, const WeirFlowStats *s)
{
    Say(v, "the log lacks ");
    SayPackets(v, (double)s->logDropped);
}

/* Too few packets in their time. */
static void SayMissing(WeirVerdict *v, const WeirFlowStats *s)
{
    if (RateMissed(s)) {
        SayRates(v, s);
        return;
    }
    SayPackets(v, s->unsent >= 1 ? s->unsent : (double)s->packets);
    Say(v, s->unsent >= 1 ? " not sent in time" : " sent");
}

/* All packets, at their rate, but some of them late. */
static void SayLate(WeirVerdict *v, const WeirFlowStats *s, const char *soFar)
{
    char rate[40], late[40];
    Say(v, "late%s: ", soFar);
    SayPackets(v, (double)s->packets);
    if (s->packetRate > 0)
        Say(v, " at %s packets/s", Number(rate, s->packetRate));
    if (s->packets < 100)
        Say(v, ", up to %s after their deadline", Duration(late, s->lateMax));
    else
        Say(v, ", 1 %% of them more than %s after their deadline",
            Duration(late, s->lateP99));
}

static void SayAsAsked(WeirVerdict *v, const WeirFlowStats *s)
{
    char rate[40], late[40];
    SayPackets(v, (double)s->packets);
    if (s->packetRate > 0)
        Say(v, " at %s packets/s", Number(rate, s->packetRate));
    if (s->packets == 1)
        Say(v, ", %s after its deadline", Duration(late, s->lateMax));
    else
        Say(v, ", 99 %% left within %s of their deadline", Duration(late, s->lateP99));
}

/* ------------------------------------------------------------ the verdict */

static void JudgeFullSpeed(WeirVerdict *v, const WeirFlowStats *s, const char *soFar)
{
    char rate[40];
    v->asAsked = s->failed == 0 && s->logDropped == 0;
    v->cause = TimingCause(s);
    Say(v, "as fast as possible%s: %s packets/s; ", soFar, Number(rate, s->packetRate));
    SayTiming(v, s);
}

static void JudgeTiming(WeirVerdict *v, const WeirFlowStats *s, const char *soFar)
{
    v->cause = TimingCause(s);
    if (!RateMissed(s) && !Unsent(s)) {
        SayLate(v, s, soFar);
    } else {
        Say(v, "not as asked%s: ", soFar);
        SayMissing(v, s);
    }
    Say(v, "; ");
    SayTiming(v, s);
}

void WeirVerdictOf(const WeirFlowStats *s, WeirVerdict *v)
{
    const char *soFar = s->state == WEIR_FLOW_RUNNING ? " so far" : "";
    bool timely = !RateMissed(s) && !Unsent(s) && !Late(s), told = true;
    memset(v, 0, sizeof *v);
    v->known = s->packets + s->failed > 0 || s->behind > 0;
    if (s->state == WEIR_FLOW_FAILED) {
        v->known = true;
        v->cause = WEIR_CAUSE_FAILED;
        Say(v, "failed: %.280s", s->reason.text);
        return;
    }
    if (!v->known)
        return;
    if (FullSpeed(s) && s->slept + s->backlog + s->blocked > 0) {
        JudgeFullSpeed(v, s, soFar);
    } else if (!timely) {
        JudgeTiming(v, s, soFar);
    } else if (s->failed == 0 && s->logDropped == 0) {
        v->asAsked = true;
        Say(v, "as asked%s: ", soFar);
        SayAsAsked(v, s);
    } else {
        v->cause = s->failed > 0 ? WEIR_CAUSE_REFUSED : WEIR_CAUSE_LOG;
        Say(v, "not as asked%s: ", soFar);
        told = false;
    }
    if (s->failed > 0) {
        Say(v, "%s", told ? "; " : "");
        SayRefused(v, s);
        told = true;
    }
    if (s->logDropped > 0) {
        Say(v, "%s", told ? "; " : "");
        SayLog(v, s);
    }
}
