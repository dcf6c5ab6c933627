#include "config.h"
#include <stdio.h>
#include <string.h>
#include "flow/spec.h"
#include "itg/payload.h"
#include "itg/tsp.h"
#include "logserver/logClient.h"

int WeirFlowSpecPace(const WeirFlowSpec *spec, WeirDist **out, WeirErr *err)
{
    char text[40];
    *out = NULL;
    if (!(spec->ratePps > 0))
        return WEIR_OK;
    snprintf(text, sizeof text, "constant %.17g", 1 / spec->ratePps);
    return WeirDistParse(text, out, err);
}

int WeirFlowSpecCheck(const WeirFlowSpec *spec, WeirErr *err)
{
    /* of ICMP flows the field has the type, too */
    size_t serialMax = spec->transport == WEIR_TRANSPORT_ICMP ? 8 : 9;
    if (!spec->idt || !spec->ps)
        return WeirFail(err, WEIR_E_ARG,
                        "%s is empty: give a distribution, such as {constant %s}",
                        spec->ps ? "-idt" : "-ps", spec->ps ? "0.001" : "512");
    if (spec->ratePps > 0 && spec->ratePps < 1e-9)
        return WeirFail(err, WEIR_E_ARG,
                        "-rate %g is out of range: use 0, or 1e-9 to 1e9 packets/s",
                        spec->ratePps);
    if (spec->meter == WEIR_FLOW_RTTM && spec->payload != WEIR_PAYLOAD_STANDARD)
        return WeirFail(
            err, WEIR_E_ARG,
            "-meter rttm needs -payload standard: the echo must carry its time");
    if (spec->itgSeed != 0 && !(spec->itgSeed > 0 && spec->itgSeed < 1))
        return WeirFail(err, WEIR_E_ARG, "-itgseed %g is out of range: use 0 < seed < 1",
                        spec->itgSeed);
    if (spec->remoteLog && strlen(spec->remoteLog) >= WEIR_ITG_NAME_BYTES)
        return WeirFail(err, WEIR_E_ARG, "-remotelog is too long: use at most %d bytes",
                        WEIR_ITG_NAME_BYTES - 1);
    if (spec->remoteLogServer && !spec->remoteLog)
        return WeirFail(err, WEIR_E_ARG,
                        "-remotelogserver needs -remotelog, the file's name there");
    if (WeirLogPlaceCheck(spec->logServer, spec->log, spec->logFormat, err) < 0)
        return err->code;
    if (spec->remoteSerial && strlen(spec->remoteSerial) > serialMax)
        return WeirFail(err, WEIR_E_ARG,
                        "-remoteserial is too long: use at most %zu bytes", serialMax);
    if (spec->minSize > WEIR_ITG_MAX_PAYLOAD)
        return WeirFail(err, WEIR_E_ARG, "-minsize is above the largest packet, %d bytes",
                        WEIR_ITG_MAX_PAYLOAD);
    if (spec->durationNs > 0 && spec->phaseNs >= spec->durationNs)
        return WeirFail(err, WEIR_E_ARG,
                        "-phase is not shorter than -duration, so that no packet would "
                        "be sent: use a phase below %.9g s",
                        (double)spec->durationNs / 1e9);
    if (spec->passive && spec->transport != WEIR_TRANSPORT_UDP &&
        spec->transport != WEIR_TRANSPORT_TCP)
        return WeirFail(err, WEIR_E_ARG, "-passive is for -proto udp and tcp");
    if (spec->passive && spec->signal)
        return WeirFail(err, WEIR_E_ARG,
                        "-passive takes no -signal: the receiver calls, at -signalbind");
    if (spec->gso && spec->transport != WEIR_TRANSPORT_UDP)
        return WeirFail(err, WEIR_E_ARG, "-gso is for -proto udp");
    if (spec->streams > 1 && spec->transport != WEIR_TRANSPORT_SCTP)
        return WeirFail(err, WEIR_E_ARG, "-streams is for -proto sctp");
    if (spec->ccid && spec->transport != WEIR_TRANSPORT_DCCP)
        return WeirFail(err, WEIR_E_ARG, "-ccid is for -proto dccp");
    return WEIR_OK;
}
