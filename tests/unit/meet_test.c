/* Passive mode: a data socket that waited for its receiver's hello hears nobody else
 * afterwards, not even those who had spoken before. */
#include "config.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "flow/flowInt.h"
#include "flow/meet.h"
#include "sock.h"
#include "check.h"

static int Socket(WeirAddr *at)
{
    WeirSockOpts opts = { 0 };
    WeirErr err;
    WeirAddr any;
    int fd;
    WeirAddrParse("127.0.0.1:0", AF_INET, 0, &any, &err);
    fd = WeirSockOpen(AF_INET, SOCK_DGRAM, &any, &opts, &err);
    *at = WeirSockLocal(fd);
    return fd;
}

static void Say(int fd, const char *text, const WeirAddr *to)
{
    CHECK(sendto(fd, text, strlen(text), 0, &to->sa, WeirAddrLen(to)) ==
          (ssize_t)strlen(text));
}

int main(void)
{
    WeirFlow flow = { .transport = WeirTransportOf(WEIR_ITG_UDP) };
    WeirAddr waits, receiver, stranger;
    int receiverFd = Socket(&receiver), strangerFd = Socket(&stranger), i;
    WeirErr err;
    char text[16];
    pthread_mutex_init(&flow.lock, NULL);
    flow.send.io.fd = Socket(&waits);
    flow.dst = receiver;
    WeirAddrSetPort(&flow.dst, 0);
    Say(strangerFd, "before", &waits);
    CHECK(WeirMeetReceiver(&flow, &err) == 0);
    Say(receiverFd, "hello", &waits);
    for (i = 0; i < 100; i++)
        Say(strangerFd, "echo", &waits);
    CHECK(WeirMeetReceiver(&flow, &err) == 1);
    CHECK(WeirAddrSame(&flow.dst, &receiver));
    CHECK(recv(flow.send.io.fd, text, sizeof text, 0) < 0 && errno == EAGAIN);
    Say(strangerFd, "echo", &waits);
    Say(receiverFd, "answer", &waits);
    CHECK(recv(flow.send.io.fd, text, sizeof text, 0) == 6 &&
          memcmp(text, "answer", 6) == 0);
    close(flow.send.io.fd);
    close(receiverFd);
    close(strangerFd);
    pthread_mutex_destroy(&flow.lock);
    return failures > 0;
}
