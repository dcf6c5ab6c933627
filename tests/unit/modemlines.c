/* A serial device with modem lines where there is no hardware: the kernel's multiplexer
 * of GSM 07.10 on a pseudo terminal tells the lines of /dev/gsmtty1 to its peer, which is
 * played here.  Moves them through unix/serial.h and prints what the peer was told, a
 * word for each message: D and R for DTR and RTS on, d and r for off.  Needs root and
 * n_gsm. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/gsmmux.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "serial.h"

enum { FLAG = 0xf9, SABM = 0x3f, UA = 0x73, UIH = 0xef, CLOSE = 0x53 };
enum { MSC_COMMAND = 0xe3, MSC_ANSWER = 0xe1, GSM0710 = 21 };

enum { BOTH = 0x0c };

static int master;
static atomic_int told; /* the bits of both lines as the peer knows them */

/* The check sequence of the first bytes of a frame (GSM 07.10 section 5.2.1.6). */
static uint8_t Check(const uint8_t *bytes, int count)
{
    uint8_t fcs = 0xff;
    int bit;
    for (; count > 0; count--, bytes++)
        for (fcs ^= *bytes, bit = 0; bit < 8; bit++)
            fcs = fcs & 1 ? fcs >> 1 ^ 0xe0 : fcs >> 1;
    return 0xff - fcs;
}

static void Answer(uint8_t address, uint8_t control, const uint8_t *data, int count)
{
    uint8_t out[40] = { FLAG, address, control, (uint8_t)(count << 1 | 1) };
    memcpy(out + 4, data, (size_t)count);
    out[4 + count] = Check(out + 1, 3);
    out[5 + count] = FLAG;
    if (write(master, out, (size_t)count + 6) < 0)
        exit(1);
}

/* A frame without its flags: address, control, length, data, check sequence. */
static void Heard(const uint8_t *frame, int count)
{
    uint8_t msc[4];
    if (frame[1] == SABM || frame[1] == CLOSE)
        Answer(frame[0], UA, frame, 0);
    if (frame[1] != UIH || count < 8 || frame[3] != MSC_COMMAND)
        return;
    printf("%c%c ", frame[6] & 4 ? 'D' : 'd', frame[6] & 8 ? 'R' : 'r');
    atomic_store(&told, frame[6] & BOTH);
    memcpy(msc, frame + 3, sizeof msc);
    msc[0] = MSC_ANSWER;
    Answer(frame[0], UIH, msc, sizeof msc);
}

static void *Peer(void *arg)
{
    uint8_t frame[64], byte;
    int count = 0, left = 0;
    while (read(master, &byte, 1) == 1) {
        if (count == 0 && byte == FLAG)
            continue;
        frame[count++] = byte;
        if (count == 3)
            left = (byte >> 1) + 1;
        else if (count > 3)
            left--;
        if ((count > 3 && left == 0) || count == sizeof frame) {
            Heard(frame, count);
            count = 0;
        }
    }
    return arg;
}

static int Multiplexer(void)
{
    int slave, discipline = GSM0710;
    struct gsm_config config;
    struct termios raw;
    master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        return -1;
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (slave < 0 || tcgetattr(slave, &raw) < 0)
        return -1;
    cfmakeraw(&raw);
    if (tcsetattr(slave, TCSANOW, &raw) < 0 || ioctl(slave, TIOCSETD, &discipline) < 0 ||
        ioctl(slave, GSMIOC_GETCONF, &config) < 0)
        return -1;
    config.initiator = 1;
    config.encapsulation = 0;
    return ioctl(slave, GSMIOC_SETCONF, &config);
}

/* Until both lines are on; the last message may still be on its way. */
static void AwaitBoth(void)
{
    int tries;
    for (tries = 0; atomic_load(&told) != BOTH && tries < 1000; tries++)
        usleep(10000);
}

int main(void)
{
    pthread_t peer;
    WeirErr err = { 0, 0, "" };
    int fd = -1, tries;
    if (Multiplexer() < 0 || pthread_create(&peer, NULL, Peer, NULL) != 0) {
        fprintf(stderr, "no multiplexer: %s\n", strerror(errno));
        return 77;
    }
    for (tries = 0; fd < 0 && tries < 100; tries++) {
        usleep(20000);
        fd = WeirSerialOpen("gsmtty1", &err);
    }
    if (fd < 0) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    AwaitBoth();
    WeirSerialRts(fd, false);
    WeirSerialDip(fd);
    WeirSerialDip(fd);
    WeirSerialRts(fd, true);
    AwaitBoth();
    fflush(stdout);
    _exit(0);
}
