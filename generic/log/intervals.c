#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "log/intervals.h"
#include "log/outfile.h"

/* Tables: one of each kind, and those of the combined file. */
enum { TABLES = 2 * WEIR_INTERVAL_KINDS, HELD = 65536 };

typedef struct Packet {
    double rx, delay; /* s of the day; s */
    uint32_t flow, seq, size;
} Packet;

typedef struct Table {
    WeirIntervalKind kind;
    double ms;
} Table;

/* A flow in one table. */
typedef struct Cell {
    double start;    /* of the running interval, s of the day */
    double sum;      /* what it gathered */
    uint64_t count;  /* of what */
    uint64_t closed; /* intervals before it, whose values are known: */
    uint64_t room;
    double *values;
} Cell;

typedef struct Flow {
    bool met;
    double first, lastDelay; /* s of the day; s */
    uint64_t packets, lost;
} Flow;

struct WeirIntervals {
    Table tables[TABLES];
    int tableCount;
    Flow *flows;
    Cell *cells; /* tableCount of each flow */
    uint32_t *order, room, met;
    Packet *held; /* the first packets, until the origin is chosen */
    int heldCount;
    bool chosen;
    double origin, earliest; /* s of the day */
    uint64_t values;
};

WeirIntervals *WeirIntervalsNew(void)
{
    WeirIntervals *s = calloc(1, sizeof *s);
    if (s) {
        s->earliest = 90000; /* what ITGDec starts from */
        s->held = malloc(HELD * sizeof *s->held);
    }
    if (s && !s->held) {
        free(s);
        return NULL;
    }
    return s;
}

void WeirIntervalsFree(WeirIntervals *s)
{
    size_t i;
    if (!s)
        return;
    for (i = 0; i < (size_t)s->room * (size_t)s->tableCount; i++)
        free(s->cells[i].values);
    free(s->cells);
    free(s->flows);
    free(s->order);
    free(s->held);
    free(s);
}

static int Find(const WeirIntervals *s, WeirIntervalKind kind, double ms)
{
    int i;
    for (i = 0; i < s->tableCount; i++)
        if (s->tables[i].kind == kind && s->tables[i].ms == ms)
            break;
    return i;
}

void WeirIntervalsWant(WeirIntervals *s, WeirIntervalKind kind, double ms)
{
    if (Find(s, kind, ms) == s->tableCount && s->tableCount < TABLES)
        s->tables[s->tableCount++] = (Table){ kind, ms };
}

/* ------------------------------------------------------------ values of intervals */

static double Running(const Cell *cell, const Table *table)
{
    switch (table->kind) {
    case WEIR_INTERVAL_BITRATE:
        return cell->sum * 8 / table->ms;
    case WEIR_INTERVAL_DELAY:
        return cell->count > 0 ? cell->sum / (double)cell->count : 0;
    case WEIR_INTERVAL_JITTER:
        return cell->count > 1 ? cell->sum / (double)(cell->count - 1) : 0;
    default:
        return cell->sum;
    }
}

/* A jitter counts its packets from 0 in the first interval, from 1 in the others. */
static void Restart(Cell *cell, WeirIntervalKind kind)
{
    cell->sum = 0;
    if (kind != WEIR_INTERVAL_JITTER)
        cell->count = 0;
    else if (cell->count > 1)
        cell->count = 1;
}

static int Room(WeirIntervals *s, Cell *cell, double more, WeirErr *err)
{
    uint64_t need, room = cell->room ? cell->room : 64;
    double *values;
    if (more > (double)(WEIR_INTERVAL_VALUES - s->values))
        return WeirFail(err, WEIR_E_LIMIT,
                        "the intervals would have more than %d values: use longer ones",
                        WEIR_INTERVAL_VALUES);
    need = cell->closed + (uint64_t)more;
    while (room < need)
        room *= 2;
    if (room == cell->room)
        return WEIR_OK;
    values = realloc(cell->values, room * sizeof *values);
    if (!values)
        return WeirFail(err, WEIR_E_MEMORY,
                        "out of memory for the intervals: use longer ones");
    cell->values = values;
    cell->room = room;
    return WEIR_OK;
}

/* Time of the beginning of an interval, in ITGDec's arithmetic. */
static double Begin(uint64_t number, const Table *table)
{
    return (double)number * table->ms / 1000;
}

/* A packet came after the running interval: close it and all before the packet's.  Those
 * before the flow's first packet are empty. */
static int Close(WeirIntervals *s, const Flow *flow, Cell *cell, const Table *table,
                 double rx, WeirErr *err)
{
    double more = ceil((rx - s->origin) * 1000 / table->ms) - (double)cell->closed - 1;
    if (more > 0) {
        uint64_t end = cell->closed;
        if (Room(s, cell, more, err) < 0)
            return err->code;
        end += (uint64_t)more;
        s->values += (uint64_t)more;
        for (; cell->closed < end; cell->closed++) {
            double after = table->kind == WEIR_INTERVAL_DELAY
                               ? (double)(cell->closed + 1) * (table->ms / 1000)
                               : Begin(cell->closed + 1, table);
            bool before = after + s->origin < flow->first;
            cell->values[cell->closed] = before ? 0 : Running(cell, table);
            if (!before)
                Restart(cell, table->kind);
        }
    }
    cell->start = Begin(cell->closed, table) + s->origin;
    return WEIR_OK;
}

/* ------------------------------------------------------------ packets */

static int Grow(WeirIntervals *s, uint32_t need, WeirErr *err)
{
    uint32_t room = s->room ? s->room : 16;
    size_t tables = (size_t)s->tableCount;
    Flow *flows;
    Cell *cells;
    uint32_t *order;
    while (room < need)
        room *= 2;
    if ((flows = realloc(s->flows, room * sizeof *flows)))
        s->flows = flows;
    if ((cells = realloc(s->cells, room * tables * sizeof *cells)))
        s->cells = cells;
    if ((order = realloc(s->order, room * sizeof *order)))
        s->order = order;
    if (!flows || !cells || !order)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory for %u flows", (unsigned)need);
    memset(flows + s->room, 0, (room - s->room) * sizeof *flows);
    memset(cells + s->room * tables, 0, (room - s->room) * tables * sizeof *cells);
    s->room = room;
    return WEIR_OK;
}

static void Meet(WeirIntervals *s, const Packet *packet)
{
    Flow *flow = &s->flows[packet->flow];
    int t;
    *flow = (Flow){ true, packet->rx, packet->delay, 0, 0 };
    s->order[s->met++] = packet->flow;
    for (t = 0; t < s->tableCount; t++) {
        Cell *cell = &s->cells[packet->flow * (size_t)s->tableCount + (size_t)t];
        cell->start = s->origin;
        cell->sum = 0;
        cell->count = cell->closed = 0;
    }
}

static int Count(WeirIntervals *s, const Packet *packet, WeirErr *err)
{
    Flow *flow;
    double amounts[WEIR_INTERVAL_KINDS] = { packet->size, packet->delay, 0, 0 };
    int t;
    if (packet->flow >= s->room && Grow(s, packet->flow + 1, err) < 0)
        return WEIR_E_MEMORY;
    flow = &s->flows[packet->flow];
    if (!flow->met)
        Meet(s, packet);
    amounts[WEIR_INTERVAL_JITTER] = fabs(packet->delay - flow->lastDelay);
    flow->lastDelay = packet->delay;
    if (packet->seq > ++flow->packets + flow->lost) {
        amounts[WEIR_INTERVAL_LOSS] = (double)(packet->seq - flow->packets - flow->lost);
        flow->lost = packet->seq - flow->packets;
    }
    for (t = 0; t < s->tableCount; t++) {
        const Table *table = &s->tables[t];
        Cell *cell = &s->cells[packet->flow * (size_t)s->tableCount + (size_t)t];
        if (packet->rx - cell->start > table->ms / 1000 &&
            Close(s, flow, cell, table, packet->rx, err) < 0)
            return err->code;
        cell->sum += amounts[table->kind];
        cell->count++;
    }
    return WEIR_OK;
}

/* From now on intervals count from the earliest arrival so far. */
static int Choose(WeirIntervals *s, WeirErr *err)
{
    int i, rc = WEIR_OK;
    s->chosen = true;
    s->origin = s->earliest;
    for (i = 0; i < s->heldCount && rc == WEIR_OK; i++)
        rc = Count(s, &s->held[i], err);
    return rc;
}

int WeirIntervalsAdd(WeirIntervals *s, const WeirLogItem *item, uint32_t flow,
                     WeirErr *err)
{
    double rx = WeirItgTimeSeconds(&item->rx);
    Packet packet = { rx, rx - WeirItgTimeSeconds(&item->tx), flow, item->seq,
                      item->size };
    s->earliest = rx < s->earliest ? rx : s->earliest;
    if (s->chosen)
        return Count(s, &packet, err);
    s->held[s->heldCount++] = packet;
    return s->heldCount == HELD ? Choose(s, err) : WEIR_OK;
}

int WeirIntervalsEnd(WeirIntervals *s, WeirErr *err)
{
    uint32_t i;
    if (!s->chosen)
        return Choose(s, err);
    if (s->earliest == s->origin)
        return 0;
    s->origin = s->earliest;
    for (i = 0; i < s->room; i++)
        s->flows[i].met = false;
    s->met = 0;
    s->values = 0;
    return 1;
}

/* ------------------------------------------------------------ writing */

/* What the flow has in a row.  After the last it is 0; in the last there is always a
 * packet. */
static double Value(const Cell *cell, const Table *table, uint64_t row)
{
    if (row < cell->closed)
        return cell->values[row];
    if (row > cell->closed)
        return 0;
    if (table->kind == WEIR_INTERVAL_JITTER && cell->count == 1)
        return NAN; /* ITGDec divides 0 by 0 */
    return Running(cell, table);
}

static const Cell *CellAt(const WeirIntervals *s, uint32_t at, int table)
{
    return &s->cells[s->order[at] * (size_t)s->tableCount + (size_t)table];
}

static uint64_t Rows(const WeirIntervals *s, int table)
{
    uint64_t rows = 0;
    uint32_t i;
    for (i = 0; i < s->met; i++)
        if (CellAt(s, i, table)->closed >= rows)
            rows = CellAt(s, i, table)->closed + 1;
    return rows;
}

static void Put(FILE *out, double value, char after)
{
    char text[WEIR_DECIMAL_ROOM];
    int len = WeirDecimal6(value, text, NULL);
    text[len++] = after;
    fwrite(text, 1, (size_t)len, out);
}

static void Head(const WeirIntervals *s, const WeirLogReader *reader, bool oneFlow,
                 FILE *out)
{
    uint32_t i;
    fputs("Time", out);
    for (i = 0; i < s->met; i++) {
        const WeirLogFlowInfo *flow = WeirLogReaderFlow(reader, s->order[i]);
        if (oneFlow)
            fputs(" 1-127.0.0.1-127.0.0.1", out);
        else
            fprintf(out, " %u-%s-%s", (unsigned)flow->id, flow->src, flow->dst);
    }
    fputs(" Aggregate-Flow\n", out);
}

/* Sums are those of the numbers as they stand in the text. */
void WeirIntervalsWrite(const WeirIntervals *s, WeirIntervalKind kind, double ms,
                        const WeirLogReader *reader, bool oneFlow, FILE *out)
{
    int table = Find(s, kind, ms);
    uint64_t row, rows = Rows(s, table);
    uint32_t i;
    Head(s, reader, oneFlow, out);
    for (row = 0; row < rows && !ferror(out); row++) {
        double sum = 0, back;
        Put(out, Begin(row, &s->tables[table]), ' ');
        for (i = 0; i < s->met; i++) {
            char text[WEIR_DECIMAL_ROOM];
            int len = WeirDecimal6(Value(CellAt(s, i, table), &s->tables[table], row),
                                   text, &back);
            text[len++] = ' ';
            fwrite(text, 1, (size_t)len, out);
            sum += back;
        }
        Put(out, sum, '\n');
    }
}

void WeirIntervalsWriteCombined(const WeirIntervals *s, double ms, FILE *out)
{
    int tables[WEIR_INTERVAL_KINDS], kind;
    uint64_t row, rows;
    uint32_t i;
    for (kind = 0; kind < WEIR_INTERVAL_KINDS; kind++)
        tables[kind] = Find(s, (WeirIntervalKind)kind, ms);
    rows = Rows(s, tables[0]);
    for (row = 0; row < rows && !ferror(out); row++) {
        Put(out, Begin(row, &s->tables[tables[0]]), ' ');
        for (kind = 0; kind < WEIR_INTERVAL_KINDS; kind++) {
            const Table *table = &s->tables[tables[kind]];
            double sum = 0, back;
            for (i = 0; i < s->met; i++) {
                char text[WEIR_DECIMAL_ROOM];
                WeirDecimal6(Value(CellAt(s, i, tables[kind]), table, row), text, &back);
                sum += back;
            }
            Put(out, sum, kind + 1 < WEIR_INTERVAL_KINDS ? ' ' : '\n');
        }
    }
}
