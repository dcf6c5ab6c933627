/* A record file as text, one line per packet, streaming. */
#ifndef WEIR_LOG_EXPORT_H
#define WEIR_LOG_EXPORT_H
#include <stdint.h>
#include <stdio.h>
#include "log/reader.h"

typedef enum WeirExportFormat {
    WEIR_EXPORT_TEXT,   /* what ITGDec -l writes, byte for byte */
    WEIR_EXPORT_OCTAVE, /* the same of ITGDec -o: numbers only, without flow */
    WEIR_EXPORT_CSV, /* a head, then flow,source,destination,seq,size,tx,rx,delay,valid */
    WEIR_EXPORT_JSON /* an array of objects with the same members */
} WeirExportFormat;

/* Write the file `path` to `outPath`, which is created or truncated and must not be the
 * same file.  In CSV and JSON tx and rx are seconds with nine places, since 1970 or, for
 * D-ITG's formats, since midnight (see WeirLogItem); the times and the delay of an
 * invalid record are empty or null.  After an error the output ends with the last line
 * that could be made. */
int WeirLogExport(const char *path, const char *outPath, WeirExportFormat format,
                  int64_t *records, WeirErr *err);

/* One line of the first two formats. */
void WeirExportTextLine(FILE *out, const WeirLogFlowInfo *flow, const WeirLogItem *item);
void WeirExportOctaveLine(FILE *out, const WeirLogItem *item);

#endif
