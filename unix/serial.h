/* The modem lines of a serial device as signals for whoever measures outside of the
 * computer (D-ITG's -sk and -rk).  As there, RTS is off while a flow sends, and a short
 * dip of DTR marks each packet that leaves or arrives.  Any thread. */
#ifndef WEIR_SERIAL_H
#define WEIR_SERIAL_H
#include <stdbool.h>
#include "base/err.h"

/* Opens /dev/NAME, which must have modem lines (WEIR_E_NOSUPPORT); a descriptor to be
 * closed. */
int WeirSerialOpen(const char *name, WeirErr *err);
void WeirSerialRts(int fd, bool on);
void WeirSerialDip(int fd);

#endif
