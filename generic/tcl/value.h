/* Values with units: one parser and one printer for each.
 * Durations 250ms, 10s, 2m, 1h, 5us, 100ns; a bare number is seconds.
 * Bit rates 10Mbit, 1.5Gbit, 64kbit; a bare number is bit/s (decimal prefixes).
 * Packet rates 1000pps, 1kpps; a bare number is packets/s.
 * Sizes 512, 64KiB, 1MB; a bare number is bytes. */
#ifndef WEIR_VALUE_H
#define WEIR_VALUE_H
#include <stdint.h>
#include "base/err.h"

int WeirParseDuration(const char *text, int64_t *ns, WeirErr *err);
int WeirParseBitrate(const char *text, double *bps, WeirErr *err);
int WeirParsePacketRate(const char *text, double *pps, WeirErr *err);
int WeirParseSize(const char *text, int64_t *bytes, WeirErr *err);

/* The reverse, shortest exact form: "250ms", "10Mbit", "1000pps", "64KiB".  `buf` holds
 * WEIR_VALUE_TEXT. */
enum { WEIR_VALUE_TEXT = 40 };
const char *WeirPrintDuration(int64_t ns, char *buf);
const char *WeirPrintBitrate(double bps, char *buf);
const char *WeirPrintPacketRate(double pps, char *buf);
const char *WeirPrintSize(int64_t bytes, char *buf);

#endif
