/* Application models: what the packets of some applications are like, as D-ITG 2.8.1 has
 * them (D-ITG section 6).  Plain text of distributions: gaps in seconds, sizes in bytes,
 * before a flow cuts sizes to whole bytes and to its smallest packet. */
#ifndef WEIR_MODEL_H
#define WEIR_MODEL_H
#include <stdbool.h>

/* L7 codes are WEIR_ITG_L7_...; transport is WEIR_TRANSPORT_..., -1: any. */
typedef struct WeirModel {
    const char *name;
    int application, transport;
    const char *idt, *ps; /* NULL: as the codec says */
} WeirModel;

/* The models in the order of the manual; NULL after the last. */
const WeirModel *WeirModelAt(int index);

/* Codecs of VoIP, as ITGSend spells them; ends with NULL. */
extern const char *const weirModelCodecs[];

/* Gap and size of a codec's packets with RTP's header or the compressed one.  Voice
 * activity detection makes the voice 0.65 times as large; there are no pauses. */
void WeirModelVoip(int codec, bool compressed, bool detection, double *gapSeconds,
                   double *sizeBytes);

#endif
