/* What a stream of sequence numbers says: lost, duplicated, reordered.
 *
 * Numbers start at 1 (or wherever `first` says).  A bitmap of the newest numbers tells a
 * duplicate from a late packet; it grows from 64 to 65,536 numbers as late packets need it.
 * A packet older than the bitmap counts as late (reordered), never as duplicate.
 * Loss and reordering as in RFC 4737 section 4 (reordered: number smaller than one already
 * seen) and RFC 5560 (duplicates do not count as arrivals).  32-bit numbers wrap. */
#ifndef WEIR_SEQTRACK_H
#define WEIR_SEQTRACK_H
#include <stdint.h>

typedef struct WeirSeqTrack WeirSeqTrack;

typedef enum WeirSeqKind {
    WEIR_SEQ_NEW,       /* next or ahead: a gap, if any, is counted as lost for now */
    WEIR_SEQ_LATE,      /* reordered: fills a gap */
    WEIR_SEQ_DUPLICATE  /* seen before */
} WeirSeqKind;

typedef struct WeirSeqFigures {
    int64_t received;     /* unique packets */
    int64_t duplicates;
    int64_t reordered;
    int64_t lost;         /* numbers from first to highest not seen (tail unknown) */
    int64_t lossEvents;   /* runs of consecutive lost numbers, as seen at arrival of the packet
                             after the gap; a gap wholly filled later is taken back */
    uint32_t highest;
} WeirSeqFigures;

WeirSeqTrack *WeirSeqTrackNew(uint32_t first);
void WeirSeqTrackFree(WeirSeqTrack *t);
WeirSeqKind WeirSeqTrackAdd(WeirSeqTrack *t, uint32_t seq);
WeirSeqFigures WeirSeqTrackFigures(const WeirSeqTrack *t);

#endif
