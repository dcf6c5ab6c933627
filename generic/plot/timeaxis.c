#include "config.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "plot/timeaxis.h"

#define FIRST (-62135596800.) /* year 1 */
#define END   253402300800.   /* year 10000 */

enum { DAY = 86400, MONTH = 2629746 /* on average */ };

static const char *const monthNames[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static struct tm Split(double seconds, int isLocal)
{
    time_t whole = (time_t)floor(seconds);
    struct tm tm;
    memset(&tm, 0, sizeof tm);
    if (isLocal)
        localtime_r(&whole, &tm);
    else
        gmtime_r(&whole, &tm);
    return tm;
}

/* Seconds that the clock on the wall is ahead of UTC at this time. */
static double Ahead(double seconds, int isLocal)
{
    return isLocal ? (double)Split(seconds, 1).tm_gmtoff : 0;
}

/* The time at which the wall first shows `wall` seconds since 1970 began there; of what
 * it never shows, the moment at which the clock is set past it. */
static double FromWall(double wall, int isLocal)
{
    double before = wall - Ahead(wall - DAY, isLocal),
           after = wall - Ahead(wall + DAY, isLocal);
    return after + Ahead(after, isLocal) == wall &&
                   before + Ahead(before, isLocal) != wall
               ? after
               : before;
}

const char *WeirTimeText(double seconds, int isLocal, int places,
                         char text[WEIR_TIME_TEXT])
{
    double scale = pow(10, places), at = (round(seconds * scale) + 0.25) / scale;
    struct tm tm;
    size_t used;
    if (!(seconds >= FIRST && at < END)) {
        snprintf(text, WEIR_TIME_TEXT, "%.6g", seconds);
        return text;
    }
    tm = Split(at, isLocal);
    used = strftime(text, WEIR_TIME_TEXT, "%Y-%m-%d %H:%M:%S", &tm);
    if (places > 0)
        snprintf(text + used, WEIR_TIME_TEXT - used, ".%0*d", places,
                 (int)((at - floor(at)) * scale));
    return text;
}

/* ------------------------------------------------------------ steps */

/* Distances of ticks that people count in: seconds, or whole months. */
typedef struct Step {
    double seconds;
    int months;
} Step;

static double StepSeconds(const Step *step)
{
    return step->months ? (double)step->months * MONTH : step->seconds;
}

/* The step that comes nearest to the wish. */
static Step Choose(double range, int wish)
{
    static const double large[] = {
        1,    2,    5,    10,    15,    30,    60,  120,     300,     600,     900,
        1800, 3600, 7200, 10800, 21600, 43200, DAY, 2 * DAY, 7 * DAY, 14 * DAY
    };
    static const int months[] = { 1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000 };
    static const double mantissas[] = { 1, 2, 5 };
    Step best = { 1, 0 };
    double bestPrice = HUGE_VAL;
    size_t i, total = 18 + sizeof large / sizeof *large + sizeof months / sizeof *months;
    for (i = 0; i < total; i++) {
        size_t at = i < 18 ? 0 : i - 18, larges = sizeof large / sizeof *large;
        Step step = { i < 18        ? mantissas[i % 3] * pow(10, (double)(i / 3) - 6)
                      : at < larges ? large[at]
                                    : 0,
                      at >= larges ? months[at - larges] : 0 };
        double price = fabs(log(range / StepSeconds(&step) / wish));
        if (price < bestPrice) {
            bestPrice = price;
            best = step;
        }
    }
    return best;
}

/* Digits of a second that tell ticks apart. */
static int Places(const Step *step)
{
    return step->months || step->seconds >= 1 ? 0
                                              : (int)ceil(-log10(step->seconds) - 1e-9);
}

/* ------------------------------------------------------------ labels */

static void Label(char *label, double seconds, const Step *step, int isLocal)
{
    int places = Places(step);
    char text[WEIR_TIME_TEXT];
    struct tm tm = Split(seconds, isLocal);
    int atMidnight = tm.tm_hour == 0 && tm.tm_min == 0 && tm.tm_sec == 0 && places == 0;
    if (step->months % 12 == 0 && step->months)
        snprintf(label, WEIR_TICK_TEXT, "%d", tm.tm_year + 1900);
    else if (step->months)
        snprintf(label, WEIR_TICK_TEXT, "%s %d", monthNames[tm.tm_mon],
                 tm.tm_year + 1900);
    else if (step->seconds >= DAY || atMidnight)
        snprintf(label, WEIR_TICK_TEXT, "%d %s", tm.tm_mday, monthNames[tm.tm_mon]);
    else if (step->seconds >= 60)
        snprintf(label, WEIR_TICK_TEXT, "%02d:%02d", tm.tm_hour, tm.tm_min);
    else
        snprintf(label, WEIR_TICK_TEXT, "%s",
                 WeirTimeText(seconds, isLocal, places, text) + strlen("2026-11-22 "));
}

static void Zone(char zone[16], double seconds, int isLocal)
{
    struct tm tm = Split(seconds, isLocal);
    strcpy(zone, "UTC");
    if (isLocal)
        strftime(zone, 16, "%Z", &tm);
}

/* What the labels leave out: the date on which the axis begins, and the zone.  The first
 * label in another zone names that. */
static void StateDate(WeirTicks *ticks, double lo, const Step *step, int isLocal)
{
    struct tm tm = Split(lo, isLocal);
    char zone[16], other[16], date[32] = "";
    int i;
    Zone(zone, lo, isLocal);
    if (!step->months && step->seconds < DAY)
        strftime(date, sizeof date, "%Y-%m-%d ", &tm);
    else if (!step->months)
        strftime(date, sizeof date, "%Y ", &tm);
    snprintf(ticks->unit, sizeof ticks->unit, "%s%s", date, zone);
    for (i = 0; i < ticks->count; i++) {
        WeirTick *tick = &ticks->tick[i];
        size_t used = strlen(tick->label), unitUsed = strlen(ticks->unit);
        Zone(other, tick->value, isLocal);
        if (strcmp(other, zone) == 0)
            continue;
        if (!step->months && step->seconds < DAY)
            snprintf(tick->label + used, sizeof tick->label - used, " %s", other);
        snprintf(ticks->unit + unitUsed, sizeof ticks->unit - unitUsed, "/%s", other);
        return;
    }
}

/* ------------------------------------------------------------ ticks */

/* Tick number k of the step: on the wall's round times, weeks from Mondays on. */
static double TickAt(const Step *step, double k, int isLocal)
{
    double monday = !step->months && step->seconds >= 7 * DAY ? 4 * DAY : 0;
    struct tm tm;
    double month = k * step->months;
    if (!step->months)
        return FromWall(k * step->seconds + monday, isLocal);
    memset(&tm, 0, sizeof tm);
    tm.tm_mday = 1;
    tm.tm_year = (int)floor(month / 12) - 1900;
    tm.tm_mon = (int)(month - 12 * floor(month / 12));
    return FromWall((double)timegm(&tm), isLocal);
}

/* The number of a tick before or at `lo`. */
static double FirstNumber(const Step *step, double lo, int isLocal)
{
    struct tm tm = Split(lo, isLocal);
    if (step->months)
        return floor((12. * (tm.tm_year + 1900) + tm.tm_mon) / step->months);
    return floor((lo + Ahead(lo, isLocal)) / step->seconds) - 1;
}

/* Ticks of whole days and more; of less those where the wall is `ahead` of UTC. */
static void PlaceTicks(WeirTicks *ticks, const WeirAxis *axis, const Step *step,
                       double ahead, int isLocal)
{
    int isFine = !step->months && step->seconds < DAY, i;
    double k = FirstNumber(step, axis->lo, isLocal);
    for (i = 0; i < WEIR_TICKS_MAX && ticks->count < WEIR_LABELS_MAX; i++, k++) {
        double at = isFine ? k * step->seconds - ahead : TickAt(step, k, isLocal);
        if (at > axis->hi)
            break;
        if (at < axis->lo || (isFine && Ahead(at, isLocal) != ahead))
            continue;
        ticks->tick[ticks->count].value = at;
        Label(ticks->tick[ticks->count++].label, at, step, isLocal);
    }
}

int WeirTimeTicksPlace(WeirTicks *ticks, const WeirAxis *axis, int isLocal, int wish)
{
    double range = axis->hi - axis->lo, before, after;
    Step step;
    memset(ticks, 0, sizeof *ticks);
    if (!(axis->lo >= FIRST && axis->hi < END) || range < 4e-6 || axis->isLog)
        return 0;
    tzset(); /* a script may have set TZ */
    step = Choose(range, wish);
    before = Ahead(axis->lo, isLocal);
    after = Ahead(axis->hi, isLocal);
    PlaceTicks(ticks, axis, &step, before, isLocal);
    /* An hour that the clock is set back over is passed twice. */
    if (after != before && !step.months && step.seconds < DAY)
        PlaceTicks(ticks, axis, &step, after, isLocal);
    StateDate(ticks, axis->lo, &step, isLocal);
    return 1;
}
