#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "serial.h"

static int FailWith(int fd, int error, const char *name, WeirErr *err)
{
    close(fd);
    if (error == ENOTTY || error == EINVAL)
        return WeirFail(
            err, WEIR_E_NOSUPPORT,
            "/dev/%.60s has no modem lines: name a serial device, such as ttyS0", name);
    return WeirFailErrno(err, error, "cannot read the modem lines of /dev/%.60s", name);
}

/* Without O_NONBLOCK opening would wait for a carrier. */
int WeirSerialOpen(const char *name, WeirErr *err)
{
    char path[100];
    int fd, lines;
    if (*name == '\0' || *name == '/' || strstr(name, "..") || strlen(name) > 80)
        return WeirFail(err, WEIR_E_ARG,
                        "\"%.80s\" is not the name of a device in /dev, such as ttyS0",
                        name);
    snprintf(path, sizeof path, "/dev/%s", name);
    fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return WeirFailErrno(err, errno, "cannot open the serial device %s", path);
    if (ioctl(fd, TIOCMGET, &lines) < 0)
        return FailWith(fd, errno, name, err);
    return fd;
}

static void Set(int fd, int line, bool on)
{
    ioctl(fd, on ? TIOCMBIS : TIOCMBIC, &line);
}

void WeirSerialRts(int fd, bool on)
{
    Set(fd, TIOCM_RTS, on);
}

void WeirSerialDip(int fd)
{
    Set(fd, TIOCM_DTR, false);
    Set(fd, TIOCM_DTR, true);
}
