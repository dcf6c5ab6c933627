/* Ticks of an axis whose values are seconds since 1970-01-01 00:00 UTC, shown as
 * wall-clock time. */
#ifndef WEIR_TIMEAXIS_H
#define WEIR_TIMEAXIS_H
#include "plot/axis.h"

/* Place ticks at round times of the day, days, months or years within the axis, in UTC or
 * in the zone of this machine (daylight saving included).  Labels are as short as they
 * can be, "15:04", "22 Nov"; the date and the zone are the unit.  Where the zone changes
 * the first label behind that names the new one, "02:00 CET".  `wish` as in
 * WeirTicksPlace.  Returns 0, and places none, for a range that is not within the years 1
 * to 9999 or too narrow for the precision of a double. */
int WeirTimeTicksPlace(WeirTicks *ticks, const WeirAxis *axis, int isLocal, int wish);

/* A time as text for a readout: "2026-11-22 15:04:05.250".  `places`: digits of the
 * second.  Returns `text`. */
enum { WEIR_TIME_TEXT = 48 };
const char *WeirTimeText(double seconds, int isLocal, int places,
                         char text[WEIR_TIME_TEXT]);

#endif
