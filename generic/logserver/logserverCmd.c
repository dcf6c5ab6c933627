/* The family `logserver`: options, the object commands, waiting and figures. */
#include "config.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "itg/tsp.h"
#include "logserver/logServer.h"
#include "logserver/logserverCmd.h"
#include "tcl/object.h"
#include "tcl/opt.h"
#include "wire/runtimeCmd.h"

#define ROOM           "LOGSERVER"
#define STOP_SETTLE_NS (12000 * INT64_C(1000000)) /* a stream's backlog, and the disk */

typedef struct Options {
    WeirLogServerSpec spec;
    Tcl_Obj *command;
} Options;

typedef struct ServerObject {
    WeirObject *object;
    Options options;
    WeirLogServer *server; /* NULL until started for the first time */
} ServerObject;

#define AT(field) offsetof(Options, spec.field)
static const WeirOpt serverOptions[] = {
    { "-listen", WEIR_O_STRING, AT(listen), "[::]:9001", "",
      "HOST:PORT of the signalling; [::] listens on IPv4 and IPv6",
      .value = "HOST:PORT" },
    { "-logdir", WEIR_O_STRING, AT(logDir), ".", "",
      "directory of the record files, whatever directory clients name",
      .flags = WEIR_OF_FILE, .value = "DIRECTORY" },
    { "-dataports", WEIR_O_STRING, AT(dataPorts), "9003-10003", "",
      "FIRST-LAST, the ports that records are sent to, one for each client",
      .value = "FIRST-LAST" },
    { "-interface", WEIR_O_STRING, AT(interface), NULL, "",
      "network interface of signalling and records", .flags = WEIR_OF_INTERFACE },
    { "-drain", WEIR_O_DURATION, AT(drainNs), "100ms", "s",
      "silence after which a log that its client has ended is complete", .min = 0,
      .max = 1 },
    { "-rcvbuf", WEIR_O_SIZE, AT(bufferBytes), "8MiB", "bytes",
      "receive buffer of datagram sockets; 0: the system's default", .min = 0,
      .max = 1073741824 },
    { "-command", WEIR_O_OBJ, offsetof(Options, command), NULL, "",
      "called with NAME EVENT DICT; events: clientopen, clientclose, error",
      .value = "PREFIX" },
    { NULL }
};
#undef AT

/* ------------------------------------------------------------ figures */

static WeirResult *ClientResult(const WeirLogClientStats *s)
{
    WeirResult *r = WeirResultNew();
    WeirResultInt(r, "number", s->number);
    WeirResultText(r, "peer", s->peer);
    WeirResultText(r, "proto", WeirTransportName(s->protocol));
    WeirResultInt(r, "port", s->port);
    WeirResultText(r, "name", s->name);
    WeirResultText(r, "file", s->file);
    WeirResultText(r, "state", s->active ? "active" : s->reason.code ? "failed" : "done");
    WeirResultText(r, "reason", s->reason.text);
    WeirResultInt(r, "records", s->records);
    WeirResultInt(r, "bytes", s->bytes);
    WeirResultInt(r, "malformed", s->malformed);
    WeirResultInt(r, "kernelDrops", s->kernelDrops);
    WeirResultInt(r, "logDropped", s->logDropped);
    return r;
}

static int StatsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    ServerObject *so = impl;
    WeirResult *r;
    WeirFormat format;
    WeirLogServerStats s;
    memset(&s, 0, sizeof s);
    if (WeirFormatWords(interp, ROOM, objc, words, &format) != TCL_OK)
        return TCL_ERROR;
    if (so->server)
        WeirLogServerGetStats(so->server, &s);
    r = WeirResultNew();
    WeirResultText(r, "state", s.listening ? "listening" : "idle");
    WeirResultText(r, "listen", s.listenAddr);
    WeirResultInt(r, "clients", s.clients);
    WeirResultInt(r, "clientsActive", s.clientsActive);
    WeirResultInt(r, "refused", s.refused);
    WeirResultInt(r, "records", s.records);
    WeirResultInt(r, "bytes", s.bytes);
    WeirResultInt(r, "malformed", s.malformed);
    WeirResultInt(r, "stray", s.stray);
    WeirResultInt(r, "kernelDrops", s.kernelDrops);
    WeirResultInt(r, "logDropped", s.logDropped);
    WeirResultInt(r, "starved", s.starved);
    WeirResultInt(r, "eventsMissed", s.eventsMissed);
    return WeirResultReturn(interp, r, format);
}

static const WeirColumn clientColumns[] = { { "number", "client" },
                                            { "peer", "peer" },
                                            { "proto", "proto" },
                                            { "file", "file" },
                                            { "state", "state" },
                                            { "records", "records" },
                                            { "malformed", "malformed" },
                                            { "kernelDrops", "kernel drops" },
                                            { "logDropped", "log drops" },
                                            { "reason", "reason" },
                                            { NULL } };

static int ClientsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    ServerObject *so = impl;
    WeirLogClientStats *clients = NULL;
    WeirResult *rows;
    WeirFormat format;
    int i, count = 0;
    if (WeirFormatWords(interp, ROOM, objc, words, &format) != TCL_OK)
        return TCL_ERROR;
    if (so->server)
        count = WeirLogServerClients(so->server, &clients);
    if (count < 0)
        return WeirTclFail(interp, ROOM, count, "out of memory");
    rows = WeirResultNewList();
    for (i = 0; i < count; i++)
        WeirResultAdopt(rows, NULL, ClientResult(&clients[i]));
    free(clients);
    return WeirResultReturnRows(interp, rows, clientColumns, format);
}

/* ------------------------------------------------------------ events */

static void OnEvent(void *owner, const WeirEvent *event)
{
    static const char *const names[] = { "clientopen", "clientclose", "error" };
    ServerObject *so = owner;
    WeirLogClientStats client;
    WeirResult *result;
    if (!so->options.command || event->kind == WEIR_LOGSERVER_EV_IDLE)
        return;
    if (event->kind == WEIR_LOGSERVER_EV_ERROR) {
        result = WeirResultNew();
        WeirResultText(result, "reason", event->text);
    } else {
        if (!WeirLogServerClient(so->server, event->detail, &client))
            return;
        result = ClientResult(&client);
    }
    WeirTell(so->object, so->options.command, names[event->kind], result);
}

/* ------------------------------------------------------------ the object */

static int StartMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    ServerObject *so = impl;
    WeirEventQueue *queue;
    WeirEngine *engine = WeirFlowRuntime(interp, ROOM, &queue);
    WeirLogServer *server = so->server;
    WeirErr err;
    if (!engine)
        return TCL_ERROR;
    if (!server &&
        WeirLogServerNew(engine, &so->options.spec, queue, so, &server, &err) < 0)
        return WeirTclError(interp, ROOM, &err);
    if (WeirLogServerStart(server, &err) < 0) {
        if (!so->server) /* other options may be tried */
            WeirLogServerRelease(server);
        return WeirTclError(interp, ROOM, &err);
    }
    so->server = server;
    return TCL_OK;
}

static int IsIdle(void *arg)
{
    return WeirLogServerIdle(arg);
}

/* Stops listening and waits until what arrived is in the files. */
static int StopMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    ServerObject *so = impl;
    WeirLogServer *server = so->server;
    int rc;
    if (!server)
        return TCL_OK;
    WeirLogServerRef(server); /* an event may destroy the object */
    WeirLogServerStop(server);
    rc = WeirEventsWait(interp, IsIdle, server, STOP_SETTLE_NS);
    WeirLogServerUnref(server);
    return rc == TCL_CONTINUE ? TCL_OK : rc;
}

static int64_t ClientsEnded(void *server)
{
    return WeirLogServerClientsEnded(server);
}

/* NAME wait ?-clients N? ?-timeout D?: until the logs of N clients (1) are complete since
 * the first start. */
static int WaitMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    ServerObject *so = impl;
    WeirLogServer *server = so->server;
    WeirWaitWords o = { 0, 0 };
    int rc;
    if (WeirOptRead(interp, ROOM, weirWaitClientsOptions, &o, sizeof o, objc, words,
                    NULL) != TCL_OK)
        return TCL_ERROR;
    if (!server)
        return WeirTclFail(interp, ROOM, WEIR_E_STATE, "the log server was not started");
    WeirLogServerRef(server);
    rc = WeirWaitForCount(interp, ROOM, so->object, weirWaitClientsOptions, &o,
                          ClientsEnded, server);
    WeirLogServerUnref(server);
    return rc;
}

static int MayChange(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    const ServerObject *so = impl;
    return so->server
               ? WeirTclFail(
                     interp, ROOM, WEIR_E_STATE,
                     "the log server was started: make another one for other options")
               : TCL_OK;
}

static const WeirMethod serverMethods[] = {
    { "start", StartMethod, 0, 0, "", "listen for clients" },
    { "stop", StopMethod, 0, 0, "", "stop listening and complete all logs" },
    { "wait", WaitMethod, 0, 4, "", "wait until the logs of N clients are complete",
      weirWaitClientsOptions },
    { "stats", StatsMethod, 0, 2, "", "totals, at any time", weirFormatOptions },
    { "clients", ClientsMethod, 0, 2, "", "figures of each client", weirFormatOptions },
    { NULL }
};

static void FreeObject(void *impl)
{
    ServerObject *so = impl;
    WeirLogServerRelease(so->server);
    WeirEventsForget(so);
    WeirOptFree(serverOptions, &so->options);
    free(so);
}

static int Begin(void *impl, Tcl_Interp *interp, WeirObject *object)
{
    ServerObject *so = impl;
    WeirEventQueue *queue;
    if (!WeirFlowRuntime(interp, ROOM, &queue))
        return TCL_ERROR;
    so->object = object;
    WeirEventsExpect(so, OnEvent);
    return TCL_OK;
}

static const WeirClass serverClass = { "logserver",
                                       ROOM,
                                       serverMethods,
                                       serverOptions,
                                       offsetof(ServerObject, options),
                                       sizeof(Options),
                                       NULL,
                                       .bytes = sizeof(ServerObject),
                                       .begin = Begin,
                                       .mayChange = MayChange,
                                       .free = FreeObject };

static const WeirSubcommand serverTable[] = {
    { "create", WeirObjectCreateCmd, 0, -1, WEIR_CREATE_WORDS, "make a log server" },
    { "names", WeirObjectNamesCmd, 0, 0, "", "list the log servers" },
    { NULL }
};

int WeirLogserverCmdInit(Tcl_Interp *interp)
{
    return WeirObjectFamily(interp, &serverClass, serverTable);
}
