/* pn_trend.h -- how many articles a bucket of time holds, of how many.  Layer: stats.
 *
 * A trend is a rank query: articles lie in date order, so the count of a bucket is the difference of two ranks of a postings
 * list (or of the bits of a selection) and its total a difference of article numbers.  What lies in a bucket follows
 * precision: articles of month precision count from month buckets up, of year precision in year buckets; finer buckets
 * leave them out of count and total, and the table `unplaced` says how many those are.
 */
#ifndef PN_TREND_H
#define PN_TREND_H
#include "model/pn_table.h"
#include "stats/pn_axis.h"

typedef struct {
    pn_bytes name;                     /* of the series */
    const pn_query *query;             /* NULL: every article of `of` */
} pn_series;

typedef struct {
    pn_freq freq;
    double level;                      /* of the Wilson band, in (0, 1): 0.95 */
    int32_t first_day, last_day;       /* of the axis; PN_DAY_NONE: where the base begins, ends */
    const pn_tz *zone;                 /* NULL: dates and clock times as printed */
    bool words;                        /* counts: how often the words of a query stand in what it finds (all words of what a query without words finds,
                                        * and of a series without query); totals: words of the base; no bands */
} pn_trend_opts;

typedef struct {                       /* the caller releases both */
    pn_table *trend, *unplaced;
    int64_t first, last;               /* days (of clock frequencies: seconds) the axis covers; first > last: none */
} pn_trend_tables;

/* Trend of each series inside `of`, as a share of `base` (of is a part of base, of the same snapshot).
 *   trend:    date, series, count, total, share, lower, upper, partial    (series after series, every bucket of the axis)
 *   unplaced: precision, series, count, total                             (what is coarser than the bucket, and undated)
 * In place of `date` (a day; of hours a time), buckets that come again have `weekday` (0 = Monday), `month` (1 … 12) or `hour` (0 … 23).
 * The axis runs over the days given, else from the first to the last bucket that holds an article of `base`; share and band are null where total is 0; partial marks a bucket
 * that is not wholly inside these days.  Both tables keep their columns when empty.
 * One term over all articles decodes at most two blocks an edge and segment; in a zone, and by hours, each article is looked at.  PN_EINVAL (level, days), PN_ECORRUPT, PN_ELIMIT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_trend(const pn_select *base, const pn_select *of, const pn_series *series, size_t n_series, const pn_trend_opts *opts,
                                 const pn_tick *tick, pn_trend_tables *out, pn_error *err);

/* Those of `of` that lie in the wanted buckets of the trend of `base` with these options: one byte a bucket, 0 or not.  PN_EINVAL (another
 * number of buckets) and the statuses of pn_trend. */
PN_MUST_CHECK pn_status pn_trend_articles(const pn_select *base, const pn_select *of, const pn_trend_opts *opts, pn_bytes wanted,
                                          const pn_tick *tick, pn_select **out, pn_error *err);
#endif
