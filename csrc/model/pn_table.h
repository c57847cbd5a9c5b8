/* pn_table.h -- the one result type: named, typed, immutable columns.  Layer: model.
 *
 * Built by one thread with the put functions, then frozen by sharing it: reference-counted, readable and releasable from
 * any thread, without Python.  Column memory is laid out as Arrow wants it, so that it leaves without a copy.
 */
#ifndef PN_TABLE_H
#define PN_TABLE_H
#include "base/pn_buf.h"
#include "base/pn_tick.h"

typedef enum {
    PN_COL_I32, PN_COL_I64, PN_COL_F64,
    PN_COL_DATE,                       /* i32 days since 1970-01-01 */
    PN_COL_BOOL,                       /* one bit per row, as Arrow */
    PN_COL_STR,                        /* offsets i32 + UTF-8 bytes; a column is at most 2 GiB */
    PN_COL_DICT,                       /* i32 codes into a small list of strings */
    PN_COL_TIME                        /* i64 seconds since 1970-01-01T00:00: of a clock on the wall, or in UTC where the column has a zone */
} pn_col_kind;

typedef struct {
    char *name;
    char *zone;                        /* TIME: name of the zone in which instants are read, such as "Europe/Berlin"; NULL: there is none */
    pn_col_kind kind;
    pn_buf data;                       /* values, offsets (n_rows + 1 of them) or codes */
    pn_buf bytes;                      /* STR: the text; DICT: the text of the dictionary */
    pn_buf dict_offsets;               /* DICT: i32 offsets of the dictionary */
    pn_buf valid;                      /* one bit per row, 1 = there is a value; empty when no row is null */
    int64_t n_null;
} pn_col;

typedef struct pn_table pn_table;
PN_MUST_CHECK pn_status pn_table_new(pn_table **out, pn_error *err);
pn_table *pn_table_retain(pn_table *t);
void pn_table_release(pn_table *t);                    /* NULL is fine */

/* --- building.  Sticky: ask pn_table_finish. */
size_t pn_table_add(pn_table *t, const char *name, pn_col_kind kind);    /* before the first row; returns the column's index */
size_t pn_table_add_time(pn_table *t, const char *name, const char *zone);      /* a TIME column; zone NULL: clock on the wall */
void pn_table_put_i64(pn_table *t, size_t col, int64_t v);               /* I32, I64, DATE, TIME */
void pn_table_put_f64(pn_table *t, size_t col, double v);
void pn_table_put_bool(pn_table *t, size_t col, bool v);
void pn_table_put_str(pn_table *t, size_t col, pn_bytes v);              /* STR, DICT; NONE is null */
void pn_table_put_null(pn_table *t, size_t col);
PN_MUST_CHECK pn_status pn_table_finish(pn_table *t, pn_error *err);     /* every column has the same number of rows: PN_EBUG if not */

/* --- reading */
int64_t pn_table_n_rows(const pn_table *t);
size_t pn_table_n_cols(const pn_table *t);
const pn_col *pn_table_col(const pn_table *t, size_t i);                 /* until release */
bool pn_col_is_null(const pn_col *c, int64_t row);
int64_t pn_col_i64(const pn_col *c, int64_t row);                        /* I32, I64, DATE, TIME, BOOL, code of DICT */
double pn_col_f64(const pn_col *c, int64_t row);
pn_bytes pn_col_str(const pn_col *c, int64_t row);                       /* STR, DICT: until release; NONE when null */

/* A new table of the given rows of t, in that order.  PN_EINVAL when a row does not exist, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_table_take(const pn_table *t, const int64_t *rows, size_t n, const pn_tick *tick, pn_table **out, pn_error *err);
/* The same of two tables with equally many rows: the columns of both, of those with one name that of the right one. */
PN_MUST_CHECK pn_status pn_table_beside(const pn_table *left, const pn_table *right, const int64_t *rows, size_t n, const pn_tick *tick, pn_table **out, pn_error *err);
/* `rows` names every row once, in any order; they are put into the order of a column: numbers and times by value, texts by bytes, false before true.
 * Rows alike stay in the order they had, nulls and NaN come last.  n log n.  PN_EINVAL (no such column), PN_EINTR, PN_ENOMEM: rows is as before. */
PN_MUST_CHECK pn_status pn_table_order(const pn_table *t, size_t col, bool descending, int64_t *rows, const pn_tick *tick, pn_error *err);
#endif
