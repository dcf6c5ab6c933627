/* Datagrams for the drivers of this directory, which are written in Tcl.
 *
 *   datagrams                 sends what it reads: lines of SOURCE ADDRESS PORT HEX;
 *                             SOURCE 0 to 3: from which of its own ports
 *   datagrams reflect PORT N  answers what it gets on a port with something like it, by
 *                             the random sequence N: an echo, spoiled
 *
 * Both until the end of standard input. */
#include "config.h"
#include <arpa/inet.h>
#include <sys/poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_BYTES = 65536, SOURCES = 4 };

static uint8_t bytes[MAX_BYTES];
static uint64_t state;

static uint32_t Draw(uint32_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((state >> 33) % below);
}

/* ------------------------------------------------------------ sending */

static size_t FromHex(const char *text)
{
    size_t len = 0;
    unsigned value;
    while (len < MAX_BYTES && sscanf(text + 2 * len, "%2x", &value) == 1)
        bytes[len++] = (uint8_t)value;
    return len;
}

static int Source(int family, unsigned number)
{
    static int sockets[2][SOURCES];
    int *fd = &sockets[family == AF_INET6][number % SOURCES];
    if (*fd == 0)
        *fd = socket(family, SOCK_DGRAM, 0);
    return *fd;
}

static void SendLine(const char *line)
{
    char address[64];
    unsigned source, port;
    int at = 0;
    size_t len;
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    if (sscanf(line, "%u %63s %u %n", &source, address, &port, &at) < 3 || at == 0)
        return;
    len = FromHex(line + at);
    v4.sin_port = v6.sin6_port = htons((uint16_t)port);
    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
        sendto(Source(AF_INET, source), bytes, len, 0, (struct sockaddr *)&v4, sizeof v4);
    else if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1)
        sendto(Source(AF_INET6, source), bytes, len, 0, (struct sockaddr *)&v6,
               sizeof v6);
}

static void SendLines(void)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0)
        SendLine(line);
    free(line);
}

/* ------------------------------------------------------------ reflecting */

/* One answer, none, or some; often what came, else changed, cut, longer or random. */
static void Answer(int fd, size_t len, const struct sockaddr_in6 *to)
{
    uint32_t times = Draw(8) ? 1 : Draw(4), i;
    while (times-- > 0) {
        switch (Draw(8)) {
        case 0:
            for (i = Draw(4); len > 0 && i <= 4; i++)
                bytes[Draw((uint32_t)(len < 40 ? len : 40))] = (uint8_t)Draw(256);
            break;
        case 1:
            len = Draw((uint32_t)len + 1);
            break;
        case 2:
            len += Draw((uint32_t)(len < 2000 ? 2000 - len : 1));
            break;
        case 3:
            for (i = 0; i < len && i < 64; i++)
                bytes[i] = (uint8_t)Draw(256);
            break;
        default:
            break;
        }
        sendto(fd, bytes, len, 0, (const struct sockaddr *)to, sizeof *to);
    }
}

static int Reflect(unsigned port)
{
    struct sockaddr_in6 at = { .sin6_family = AF_INET6 }, from;
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    struct pollfd wait[2] = { { fd, POLLIN, 0 }, { 0, POLLIN, 0 } };
    at.sin6_port = htons((uint16_t)port);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0) {
        perror("datagrams");
        return 1;
    }
    while (poll(wait, 2, -1) >= 0 && !wait[1].revents) {
        socklen_t len = sizeof from;
        ssize_t n = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &len);
        if (n >= 0)
            Answer(fd, (size_t)n, &from);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "reflect") == 0) {
        state = strtoull(argv[3], NULL, 10);
        return Reflect((unsigned)atoi(argv[2]));
    }
    SendLines();
    return 0;
}
