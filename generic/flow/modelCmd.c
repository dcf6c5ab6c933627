/* flow model: application models as lists of flow options. */
#include "config.h"
#include <stdio.h>
#include <string.h>
#include "dist/distCmd.h"
#include "flow/flowShareCmd.h"
#include "flow/model.h"
#include "itg/transport.h"

typedef struct VoipOptions {
    int codec, header, vad;
} VoipOptions;

static const char *const headers[] = { "rtp", "crtp", NULL };

const WeirOpt weirVoipOptions[] = {
    { "-codec", WEIR_O_ENUM, offsetof(VoipOptions, codec), "G.711.1", "",
      "codec, and after the second dot its frames in a packet",
      .choices = weirModelCodecs },
    { "-header", WEIR_O_ENUM, offsetof(VoipOptions, header), "rtp", "",
      "RTP's header or the compressed one", .choices = headers },
    { "-vad", WEIR_O_BOOL, offsetof(VoipOptions, vad), "0", "",
      "voice activity detection" },
    { NULL }
};

static void Append(Tcl_Obj *list, const char *word)
{
    Tcl_ListObjAppendElement(NULL, list, Tcl_NewStringObj(word, -1));
}

/* A distribution in its canonical form, as `cget` shows it. */
static void AppendDist(Tcl_Obj *list, const char *option, const char *text)
{
    WeirDist *d;
    WeirErr err;
    if (WeirDistParse(text, &d, &err) < 0)
        return;
    Append(list, option);
    Tcl_ListObjAppendElement(NULL, list, weirDistOptType.print(d));
    WeirDistUnref(d);
}

static void AppendVoip(Tcl_Obj *list, const VoipOptions *o)
{
    double gap, size;
    char text[60];
    WeirModelVoip(o->codec, o->header, o->vad, &gap, &size);
    snprintf(text, sizeof text, "constant %.17g", gap);
    AppendDist(list, "-idt", text);
    snprintf(text, sizeof text, "constant %.17g", size);
    AppendDist(list, "-ps", text);
}

static Tcl_Obj *Describe(const WeirModel *m, const VoipOptions *o)
{
    Tcl_Obj *list = Tcl_NewListObj(0, NULL);
    Append(list, "-app");
    Append(list, m->name);
    if (m->transport >= 0) {
        Append(list, "-proto");
        Append(list, weirTransportWords[m->transport]);
    }
    if (!m->idt) {
        AppendVoip(list, o);
        return list;
    }
    AppendDist(list, "-idt", m->idt);
    AppendDist(list, "-ps", m->ps);
    return list;
}

static Tcl_Obj *Names(void)
{
    Tcl_Obj *list = Tcl_NewListObj(0, NULL);
    const WeirModel *m;
    int i;
    for (i = 0; (m = WeirModelAt(i)); i++)
        Append(list, m->name);
    return list;
}

static int FailName(Tcl_Interp *interp, const char *name)
{
    Tcl_Obj *names = Names();
    Tcl_IncrRefCount(names);
    WeirTclUnknownOf(interp, ROOM, name, names, "application model");
    Tcl_DecrRefCount(names);
    return TCL_ERROR;
}

/* flow model ?NAME ?-option value ...?? */
int WeirFlowModelCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    VoipOptions o = { 0, 0, 0 };
    const WeirModel *m;
    int i;
    if (objc == 1) {
        Tcl_SetObjResult(interp, Names());
        return TCL_OK;
    }
    for (i = 0; (m = WeirModelAt(i)); i++)
        if (strcmp(m->name, Tcl_GetString(objv[1])) == 0)
            break;
    if (!m)
        return FailName(interp, Tcl_GetString(objv[1]));
    if (m->idt && objc > 2)
        return WeirTclFail(interp, ROOM, WEIR_E_ARG,
                           "the model %s has no options: only VoIP has some", m->name);
    if (WeirOptRead(interp, ROOM, weirVoipOptions, &o, sizeof o, objc - 2, objv + 2,
                    NULL) != TCL_OK)
        return TCL_ERROR;
    Tcl_SetObjResult(interp, Describe(m, &o));
    return TCL_OK;
}
