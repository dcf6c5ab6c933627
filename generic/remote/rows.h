/* What is remembered of commands that were given: all that go on, and of those that have
 * ended the latest WEIR_ROWS_ENDED.  A row is a structure that begins with a WeirRow. */
#ifndef WEIR_ROWS_H
#define WEIR_ROWS_H

enum { WEIR_ROWS_ENDED = 1000 };

typedef struct WeirRow {
    struct WeirRow *next; /* a younger one */
    int number, ended;
} WeirRow;

typedef struct WeirRows {
    WeirRow *first, **last;
    int open, ended;               /* how many */
    void (*release)(WeirRow *row); /* frees one */
} WeirRows;

void WeirRowsInit(WeirRows *rows, void (*release)(WeirRow *row));

/* Add a row; the oldest that has ended may be forgotten for it. */
void WeirRowsAdd(WeirRows *rows, WeirRow *row, int number);
void WeirRowsEnd(WeirRows *rows, WeirRow *row);
WeirRow *WeirRowsFind(const WeirRows *rows, int number); /* NULL: none */

/* Release all of zeroed or used rows. */
void WeirRowsClear(WeirRows *rows);

#endif
