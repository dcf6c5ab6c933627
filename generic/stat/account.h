/* The figures of arriving packets (at a receiver, or echoes at a round-trip sender):
 * counts, delay, jitter, loss, duplicates, reordering.  Any thread adds and takes a
 * picture; the lock is the account's own, so those of different flows do not meet. */
#ifndef WEIR_ACCOUNT_H
#define WEIR_ACCOUNT_H
#include <stdbool.h>
#include <stdint.h>
#include "stat/seqtrack.h"

typedef struct WeirAccount WeirAccount;

/* Times in seconds, NaN where there is no figure.  Delay is receiving minus sending time
 * (the round trip at a sender); jitter the mean absolute difference of consecutive delays
 * in order of arrival. */
typedef struct WeirFigures {
    int64_t packets, bytes;
    int64_t firstNs,
        lastNs;        /* CLOCK_REALTIME of the first and last arrival, 0 when none */
    double elapsed;    /* between them */
    double packetRate; /* (packets - 1) / elapsed, packets/s */
    double bitRate;    /* bits after the first packet / elapsed, bit/s */
    double delayMin, delayMean, delayMax, delayStddev;
    double delayP50, delayP95, delayP99;
    double jitterMean;
    double lossRatio; /* lost / (received + lost) */
    bool sequenced;   /* whether loss, duplicates and reordering are known */
    WeirSeqFigures seq;
} WeirFigures;

/* `timed`: packets carry their sending time; `sequenced`: and a number. */
WeirAccount *WeirAccountNew(bool timed, bool sequenced);
void WeirAccountFree(WeirAccount *account);
/* Answers whether the number is new, false when packets have none. */
bool WeirAccountAdd(WeirAccount *account, uint32_t seq, uint32_t size, int64_t txNs,
                    int64_t rxNs);
void WeirAccountFigures(WeirAccount *account, WeirFigures *out);
/* Adds the packets and bytes so far to the caller's sums. */
void WeirAccountTotals(WeirAccount *account, int64_t *packets, int64_t *bytes);
/* Nothing more will be added: keep the figures and let the histograms go.  Once. */
void WeirAccountClose(WeirAccount *account);

/* (count - 1) / elapsed and the like: 0 where nothing can be said yet. */
double WeirRateOver(double amount, double elapsed);

#endif
