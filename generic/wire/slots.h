/* What each worker has one of (WeirWorkerLocal). */
#ifndef WEIR_SLOTS_H
#define WEIR_SLOTS_H
#include "engine/engine.h"

enum {
    WEIR_FLOW_LOCAL_ECHO,     /* WeirBatch: starts of echoes */
    WEIR_FLOW_LOCAL_SHORT,    /* WeirBatch: starts of datagrams */
    WEIR_FLOW_LOCAL_WHOLE,    /* WeirBatch: whole datagrams, to be echoed */
    WEIR_FLOW_LOCAL_BURST,    /* the packets that leave next */
    WEIR_FLOW_LOCAL_STREAM,   /* WEIR_FLOW_STREAM_ROOM bytes of a stream */
    WEIR_FLOW_LOCAL_SESSIONS, /* control worker: its signalling channels end with it */
    WEIR_FLOW_LOCAL_COUNT
};
_Static_assert((int)WEIR_FLOW_LOCAL_COUNT <= (int)WEIR_LOCAL_SLOTS, "too few slots");
enum { WEIR_FLOW_STREAM_ROOM = 256 * 1024 };

#endif
