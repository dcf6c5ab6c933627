#include "config.h"
#include <stddef.h>
#include "itg/transport.h"

const WeirTransport weirTransports[WEIR_TRANSPORTS] = {
    [WEIR_TRANSPORT_UDP] = { .code = WEIR_ITG_UDP, .name = "UDP" },
    [WEIR_TRANSPORT_TCP] = { .code = WEIR_ITG_TCP,
                             .name = "TCP",
                             .stream = true,
                             .sized = true,
                             .connected = true },
    [WEIR_TRANSPORT_SCTP] = { .code = WEIR_ITG_SCTP,
                              .name = "SCTP",
                              .sized = true,
                              .connected = true,
                              .optional = true },
    [WEIR_TRANSPORT_DCCP] = { .code = WEIR_ITG_DCCP,
                              .name = "DCCP",
                              .connected = true,
                              .optional = true },
    [WEIR_TRANSPORT_ICMP] = { .code = WEIR_ITG_ICMP, .name = "ICMP" },
};

const char *const weirTransportWords[WEIR_TRANSPORTS + 1] = {
    [WEIR_TRANSPORT_UDP] = "udp",   [WEIR_TRANSPORT_TCP] = "tcp",
    [WEIR_TRANSPORT_SCTP] = "sctp", [WEIR_TRANSPORT_DCCP] = "dccp",
    [WEIR_TRANSPORT_ICMP] = "icmp",
};

const WeirTransport *WeirTransportOf(int code)
{
    int i;
    for (i = 0; i < WEIR_TRANSPORTS; i++)
        if (weirTransports[i].code == code)
            return &weirTransports[i];
    return NULL;
}

const char *WeirTransportName(int code)
{
    static const char *const names[] = { "?", "TCP", "UDP", "ICMP", "SCTP", "DCCP" };
    return names[code >= 1 && code <= 5 ? code : 0];
}
