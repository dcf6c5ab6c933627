/* Any bytes as a record file: both sets of figures, the report, a series, an export,
 * and what ITGDec writes. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/clock.h"
#include "fuzz.h"
#include "log/decode.h"
#include "log/export.h"
#include "log/series.h"
#include "log/summary.h"

const char *const weirFuzzSeeds[] = { "tests/fixtures/ditg/udp_p0/recv.log",
                                      "tests/fixtures/ditg/ipv6_tcp/recv.log",
                                      "tests/fixtures/ditg/impaired/recv.log",
                                      "tests/fixtures/ditg/udp_p0/recv.text.txt",
                                      "tests/fixtures/ditg/ipv6_udp/recv.text.txt",
                                      "tests/fixtures/log/version1.log",
                                      NULL };

static void Summarise(int fd)
{
    WeirCompatOpts opts = { false, UINT32_MAX };
    WeirLogReader *reader;
    WeirCompat *compat = WeirCompatNew(&opts);
    WeirLogStat *stat = WeirLogStatNew();
    WeirErr err;
    if (WeirLogReaderOpenFd(fd, "fuzz", &reader, &err) == WEIR_OK) {
        WeirLogSummarise(reader, compat, stat, &err);
        free(WeirCompatReport(compat, reader));
        WeirLogStatTotal(stat);
        WeirLogReaderClose(reader);
    }
    WeirCompatFree(compat);
    WeirLogStatFree(stat);
}

static void Convert(const char *path)
{
    WeirSeriesOpts opts = { 1000 * WEIR_NS_PER_S, false, 0 };
    WeirLogSeries *series;
    WeirErr err;
    int64_t records;
    uint32_t i;
    int format;
    if (WeirLogSeriesRead(path, &opts, &series, &err) == WEIR_OK) {
        for (i = 0; i < WeirLogSeriesCount(series); i++)
            if (WeirLogSeriesPoints(series, i) > 0)
                WeirLogSeriesPoint(series, i, WeirLogSeriesPoints(series, i) - 1);
        WeirLogSeriesFree(series);
    }
    for (format = WEIR_EXPORT_TEXT; format <= WEIR_EXPORT_JSON; format++)
        WeirLogExport(path, "/dev/null", (WeirExportFormat)format, &records, &err);
}

static int Ignore(void *arg, const char *text, int len, WeirErr *err)
{
    (void)arg;
    (void)text;
    (void)len;
    (void)err;
    return WEIR_OK;
}

/* The log is its own sender's, too. */
static void Decode(const char *path)
{
    WeirDecodeTable table = { "/dev/null", 1e6 };
    WeirDecodeJob job = { .compat = { false, UINT32_MAX },
                          .report = true,
                          .text = "/dev/null",
                          .delays = "/dev/null",
                          .jitters = "/dev/null",
                          .tables = { table, table, table, table },
                          .combined = table,
                          .sender = path,
                          .rebuilt = "/dev/null",
                          .lines = { true, true, Ignore, NULL } };
    WeirDecodeResult result;
    WeirErr err;
    WeirLogDecode(path, &job, &result, &err);
    free(result.report);
    job.sender = job.rebuilt = NULL;
    job.compat.oneFlow = true;
    WeirLogDecode(path, &job, &result, &err);
    free(result.report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char path[64];
    int fd = memfd_create("log", MFD_CLOEXEC);
    if (fd < 0)
        return 0;
    if (write(fd, data, len) == (ssize_t)len) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        Convert(path);
        Decode(path);
        lseek(fd, 0, SEEK_SET);
        Summarise(dup(fd));
    }
    close(fd);
    return 0;
}
