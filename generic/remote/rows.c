#include "config.h"
#include <stddef.h>
#include "remote/rows.h"

void WeirRowsInit(WeirRows *rows, void (*release)(WeirRow *row))
{
    *rows = (WeirRows){ NULL, &rows->first, 0, 0, release };
}

static void ForgetOldest(WeirRows *rows)
{
    WeirRow **link = &rows->first, *row;
    while (*link && !(*link)->ended)
        link = &(*link)->next;
    row = *link;
    if (!row)
        return;
    *link = row->next;
    if (!row->next)
        rows->last = link;
    rows->ended--;
    rows->release(row);
}

void WeirRowsAdd(WeirRows *rows, WeirRow *row, int number)
{
    if (rows->ended >= WEIR_ROWS_ENDED)
        ForgetOldest(rows);
    row->number = number;
    *rows->last = row;
    rows->last = &row->next;
    rows->open++;
}

void WeirRowsEnd(WeirRows *rows, WeirRow *row)
{
    row->ended = 1;
    rows->ended++;
    rows->open--;
}

WeirRow *WeirRowsFind(const WeirRows *rows, int number)
{
    WeirRow *row = rows->first;
    while (row && row->number != number)
        row = row->next;
    return row;
}

void WeirRowsClear(WeirRows *rows)
{
    WeirRow *row;
    while ((row = rows->first)) {
        rows->first = row->next;
        rows->release(row);
    }
}
