/* The plain loops that Weir is measured against: each does the least that its job needs,
 * with the system calls that Weir uses.
 *
 *   bare send HOST PORT SIZE SECONDS  datagrams on a connected socket, 64 per sendmmsg
 *   bare sink HOST PORT               reads them, 64 per recvmmsg, until SIGINT or
 * SIGTERM bare sum FILE                     reads 144-byte records, 4096 at once, and
 * adds up
 *
 * Each prints what it counted. */
#include "config.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, MAX_SIZE = 65507, RECORD = 144, RECORDS = 4096 };

static volatile sig_atomic_t stopped;

static void Stop(int sig)
{
    (void)sig;
    stopped = 1;
}

static int Fail(const char *what)
{
    fprintf(stderr, "bare: %s: %s\n", what, strerror(errno));
    return 1;
}

static int Usage(void)
{
    fprintf(stderr,
            "usage: bare send HOST PORT SIZE SECONDS | sink HOST PORT | sum FILE\n");
    return 2;
}

/* A datagram socket and the IPv4 address that the two words give; -1 when it fails. */
static int Open(const char *host, const char *port, struct sockaddr_in *addr)
{
    memset(addr, 0, sizeof *addr);
    addr->sin_family = AF_INET;
    addr->sin_port = htons((uint16_t)atoi(port));
    if (inet_pton(AF_INET, host, &addr->sin_addr) != 1) {
        errno = EINVAL;
        return -1;
    }
    return socket(AF_INET, SOCK_DGRAM, 0);
}

static void Prepare(struct mmsghdr *msgs, struct iovec *iov, char *data, size_t stride,
                    size_t size)
{
    int i;
    memset(msgs, 0, BATCH * sizeof *msgs);
    for (i = 0; i < BATCH; i++) {
        iov[i].iov_base = data + (size_t)i * stride;
        iov[i].iov_len = size;
        msgs[i].msg_hdr.msg_iov = &iov[i];
        msgs[i].msg_hdr.msg_iovlen = 1;
    }
}

static double Seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int Send(const char *host, const char *port, int size, int segments,
                double seconds)
{
    static char data[MAX_SIZE];
    struct mmsghdr msgs[BATCH];
    struct iovec iov[BATCH];
    struct sockaddr_in addr;
    double start, end;
    long long sent = 0;
    int fd = Open(host, port, &addr), n;
    if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
        return Fail("cannot connect");
    if (segments > 1 && setsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, sizeof size) < 0)
        return Fail("cannot have UDP_SEGMENT");
    Prepare(msgs, iov, data, 0, (size_t)(size * segments));
    start = Seconds();
    do {
        n = sendmmsg(fd, msgs, BATCH, 0);
        if (n < 0 && errno != ECONNREFUSED) /* nobody listens yet */
            return Fail("cannot send");
        sent += n > 0 ? n * segments : 0;
        end = Seconds();
    } while (end < start + seconds && !stopped);
    printf("%lld packets in %.6f s\n", sent, end - start);
    close(fd);
    return 0;
}

static int Sink(const char *host, const char *port)
{
    enum { ROOM = 2048, BUFFER = 8 << 20 };
    static char data[BATCH * ROOM];
    struct mmsghdr msgs[BATCH];
    struct iovec iov[BATCH];
    struct sockaddr_in addr;
    long long packets = 0;
    int fd = Open(host, port, &addr), buffer = BUFFER, n;
    if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
        return Fail("cannot bind");
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    Prepare(msgs, iov, data, ROOM, ROOM);
    while (!stopped) {
        n = recvmmsg(fd, msgs, BATCH, MSG_WAITFORONE, NULL);
        if (n < 0 && errno != EINTR)
            return Fail("cannot receive");
        packets += n > 0 ? n : 0;
    }
    printf("%lld packets\n", packets);
    close(fd);
    return 0;
}

static int Sum(const char *path)
{
    static char block[RECORDS * RECORD];
    long long records = 0;
    double seconds = 0;
    size_t n, i;
    FILE *file = fopen(path, "rb");
    if (!file)
        return Fail(path);
    while ((n = fread(block, RECORD, RECORDS, file)) > 0) {
        for (i = 0; i < n; i++) {
            double second; /* of the departure, at offset 128 */
            memcpy(&second, block + i * RECORD + 128, sizeof second);
            seconds += second;
        }
        records += (long long)n;
    }
    fclose(file);
    printf("%lld records, %.6f s\n", records, seconds);
    return 0;
}

int main(int argc, char **argv)
{
    struct sigaction action = { .sa_handler = Stop }; /* no SA_RESTART: calls return */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (argc == 6 && (strcmp(argv[1], "send") == 0 || strcmp(argv[1], "gso") == 0)) {
        int size = atoi(argv[4]), segments = 1;
        if (size < 1 || size > MAX_SIZE)
            return Usage();
        if (argv[1][0] == 'g')
            segments = MAX_SIZE / size < BATCH ? MAX_SIZE / size : BATCH;
        return Send(argv[2], argv[3], size, segments, atof(argv[5]));
    }
    if (argc == 4 && strcmp(argv[1], "sink") == 0)
        return Sink(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "sum") == 0)
        return Sum(argv[2]);
    return Usage();
}
