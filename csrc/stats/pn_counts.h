/* pn_counts.h -- the series of a trend as arrays of count and total.  Layer: stats. */
#ifndef PN_COUNTS_H
#define PN_COUNTS_H
#include "model/pn_date.h"
#include "model/pn_table.h"

typedef struct {
    pn_bytes name;
    const int64_t *count, *total;      /* n of each; 0 <= count <= total */
    size_t n;
    int64_t row;                       /* of the trend, where the series begins */
} pn_counts;

typedef struct {
    const pn_table *trend;             /* borrowed */
    const pn_col *date;
    pn_counts *at;
    size_t n;                          /* series */
} pn_series_list;

/* Series of a trend's table: columns date (or what stands first in its place), series (dictionary), count and total (int64), series after series,
 * dates rising in each.  Borrows `trend` until pn_series_fini, which accepts a zeroed list.  PN_EINVAL (another table), PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_series_of(const pn_table *trend, pn_series_list *out, pn_error *err);
void pn_series_fini(pn_series_list *s);

/* A column of the trend by its name; NULL where there is none. */
const pn_col *pn_series_column(const pn_series_list *s, const char *name);
/* Adds a column of the kind that the trend's date column has. */
size_t pn_series_add_label(const pn_series_list *s, pn_table *t, const char *name);
/* Puts the label of bucket i of series c, of the kind that the trend's date column has (pn_series_add_label). */
void pn_series_put_label(const pn_series_list *s, const pn_counts *c, size_t i, pn_table *t, size_t col);
/* Puts the last day of that bucket; where labels are no days, its label. */
void pn_series_put_last(const pn_series_list *s, const pn_counts *c, size_t i, pn_freq freq, pn_table *t, size_t col);
/* Finishes t and hands it to *out, or releases it; what the functions that fill a table end with. */
PN_MUST_CHECK pn_status pn_series_finish(pn_status rc, pn_table *t, pn_table **out, pn_error *err);
#endif
