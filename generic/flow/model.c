#include "config.h"
#include <stddef.h>
#include "flow/model.h"
#include "itg/transport.h"
#include "itg/tsp.h"

static const WeirModel models[] = {
    { "Telnet", WEIR_ITG_L7_TELNET, WEIR_TRANSPORT_TCP, "pareto 0.95 0.0011",
      "mixture {0.65 21} {0.13 22} {0.07 23} {0.05 24} {0.03 25} {0.01 26} {0.01 27} "
      "{0.01 28} {0.01 29} {0.005 30} {0.005 31} {0.005 32} {0.005 33} {0.005 34} "
      "{0.005 35}" },
    { "DNS", WEIR_ITG_L7_DNS, -1, "constant 1.7857142857142858", "uniform 100 320" },
    { "VoIP", WEIR_ITG_L7_VOIP, WEIR_TRANSPORT_UDP, NULL, NULL },
    { "Quake3", WEIR_ITG_L7_QUAKE3, WEIR_TRANSPORT_UDP,
      "mixture {0.6 {exponential 0.00429}} {0.4 0.01075}", "normal 64.151757 3.2035755" },
    { "CSa", WEIR_ITG_L7_CSA, WEIR_TRANSPORT_UDP,
      "student 0.0416994 0.000104821 0.704073",
      "mixture {0.3732 {normal 34.8352 4.3915}} {0.6268 {normal 49.4904 3.6186}}" },
    { "CSi", WEIR_ITG_L7_CSI, WEIR_TRANSPORT_UDP,
      "student 0.0416858 0.0000694393 1.08341",
      "mixture {0.8312 27} {0.0018 28} {0.0453 29} {0.0195 30} {0.0879 31} {0.0024 32} "
      "{0.0106 33} {0.0013 35}" },
};

const WeirModel *WeirModelAt(int index)
{
    return index < (int)(sizeof models / sizeof *models) ? &models[index] : NULL;
}

const char *const weirModelCodecs[] = { "G.711.1", "G.711.2", "G.729.2",
                                        "G.729.3", "G.723.1", NULL };

void WeirModelVoip(int codec, bool compressed, bool detection, double *gapSeconds,
                   double *sizeBytes)
{
    /* bytes of a frame, frames in a packet, packets per second */
    static const double codecs[][3] = {
        { 80, 1, 100 }, { 80, 2, 50 }, { 10, 2, 50 }, { 10, 3, 33 }, { 30, 1, 26 },
    };
    const double *c = codecs[codec];
    *gapSeconds = 1 / c[2];
    *sizeBytes = (detection ? 0.65 : 1) * c[0] * c[1] + (compressed ? 2 : 12);
}
