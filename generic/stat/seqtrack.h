/* What a stream of sequence numbers says: lost, duplicated, reordered.
 *
 * Numbers start at `first`; an earlier one that arrives moves the start.  A bitmap of the
 * newest numbers tells a duplicate from a late packet.  It grows from 64 to 65,536
 * numbers before it would lose sight of a missing one, so the figures are exact unless a
 * packet comes later than 65,536 numbers while such an old one is missing: it counts as
 * late then. Loss and reordering as in RFC 4737 section 4 (reordered: number smaller than
 * one already seen) and RFC 5560 (duplicates do not count as arrivals).  32-bit numbers
 * wrap: a number is ahead of the highest when it is less than 2^31 away from it. */
#ifndef WEIR_SEQTRACK_H
#define WEIR_SEQTRACK_H
#include <stdint.h>

typedef struct WeirSeqTrack WeirSeqTrack;

typedef enum WeirSeqKind {
    WEIR_SEQ_NEW,      /* next or ahead: a gap, if any, is counted as lost for now */
    WEIR_SEQ_LATE,     /* reordered: fills a gap or moves the start */
    WEIR_SEQ_DUPLICATE /* seen before */
} WeirSeqKind;

typedef struct WeirSeqFigures {
    int64_t received; /* unique packets */
    int64_t duplicates;
    int64_t reordered;
    int64_t lost;       /* numbers from first to highest not seen (tail unknown) */
    int64_t lossEvents; /* runs of consecutive lost numbers */
    uint32_t highest;
} WeirSeqFigures;

WeirSeqTrack *WeirSeqTrackNew(uint32_t first); /* NULL when out of memory */
void WeirSeqTrackFree(WeirSeqTrack *t);
WeirSeqKind WeirSeqTrackAdd(WeirSeqTrack *t, uint32_t seq);
WeirSeqFigures WeirSeqTrackFigures(const WeirSeqTrack *t);

#endif
