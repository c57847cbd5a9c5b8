#include "stats/pn_season.h"
#include "base/pn_alloc.h"
#include "stats/pn_wilson.h"

static const unsigned rounds[] = { [PN_FREQ_DAY] = 365, [PN_FREQ_WEEK] = 52, [PN_FREQ_MONTH] = 12, [PN_FREQ_QUARTER] = 4 };

pn_status pn_season_of(pn_season by, pn_freq freq, const int32_t *day, size_t n, uint8_t *season, unsigned *n_seasons, unsigned *round, pn_error *err) {
    if (by == PN_SEASON_WEEKDAY && freq != PN_FREQ_DAY) return pn_fail(err, PN_EINVAL, "only a trend by day has weekdays");
    if (by == PN_SEASON_MONTH && freq > PN_FREQ_QUARTER) return pn_fail(err, PN_EINVAL, "months are seasons of trends by day, week, month and quarter");
    for (size_t i = 0; i < n; i++) season[i] = (uint8_t)(by == PN_SEASON_WEEKDAY ? pn_weekday(day[i]) : pn_civil_of(day[i]).month - 1u);
    *n_seasons = by == PN_SEASON_WEEKDAY ? 7 : 12;
    *round = by == PN_SEASON_WEEKDAY ? 7 : rounds[freq];
    return PN_OK;
}

/* --- factors */

/* Sum of v over one round centred on i, from sums of what lies before each bucket; of an even round the outermost two count half. */
static double around(const double *before, size_t i, unsigned round) {
    size_t half = round / 2;
    double whole = before[i + half + 1] - before[i - half];
    if (round % 2) return whole;
    return whole - (before[i - half + 1] - before[i - half] + before[i + half + 1] - before[i + half]) / 2;
}

static void add_up(const int64_t *v, size_t n, double *before) {
    before[0] = 0;
    for (size_t i = 0; i < n; i++) before[i + 1] = before[i] + (double)v[i];
}

/* Odds of k of n over those of l of n; 1 where either is not to be had. */
static double odds_ratio(double k, double l, double n) { return k > 0 && k < n && l > 0 && l < n ? k / (n - k) / (l / (n - l)) : 1; }

static void factors_of(const int64_t *count, const int64_t *total, const uint8_t *season, size_t n, unsigned n_seasons, unsigned round,
                       const double *counts, const double *totals, double *factor) {
    double found[12] = { 0 }, level[12] = { 0 }, many[12] = { 0 }, all_found = 0, all_level = 0, all = 0;
    for (size_t i = round / 2; i + round / 2 < n; i++) {
        double of = around(totals, i, round);
        if (of <= 0) continue;
        many[season[i]] += (double)total[i];
        found[season[i]] += (double)count[i];
        level[season[i]] += (double)total[i] * around(counts, i, round) / of;
    }
    for (unsigned s = 0; s < n_seasons; s++) { all_found += found[s]; all_level += level[s]; all += many[s]; }
    double usual = odds_ratio(all_found, all_level, all);
    for (unsigned s = 0; s < n_seasons; s++) factor[s] = odds_ratio(found[s], level[s], many[s]) / usual;
}

pn_status pn_season_factors(const int64_t *count, const int64_t *total, const uint8_t *season, size_t n, unsigned n_seasons, unsigned round, double *factor, pn_error *err) {
    if (n < 2 * (size_t)round) return pn_fail(err, PN_EINVAL, "seasons need two rounds, %u buckets; this trend has %zu", 2 * round, n);
    double *counts = pn_calloc(n + 1, sizeof *counts), *totals = pn_calloc(n + 1, sizeof *totals);
    pn_status rc = counts && totals ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for the seasons of %zu buckets", n);
    if (rc == PN_OK) {
        add_up(count, n, counts);
        add_up(total, n, totals);
        factors_of(count, total, season, n, n_seasons, round, counts, totals, factor);
    }
    pn_free(counts);
    pn_free(totals);
    return rc;
}

/* --- a trend without seasons */

enum { DATE, SERIES, COUNT, TOTAL, SHARE, LOWER, UPPER, PARTIAL };
typedef struct { const pn_series_list *list; const pn_col *partial; double z; pn_table *t; } adjusted;

static double without(double share, double factor) { return share / (share + factor * (1 - share)); }

static void put_share(const adjusted *a, int64_t count, int64_t total, double factor) {
    double lower, upper;
    if (total <= 0) {
        for (size_t col = SHARE; col <= UPPER; col++) pn_table_put_null(a->t, col);
        return;
    }
    pn_wilson((uint64_t)count, (uint64_t)total, a->z, &lower, &upper);
    pn_table_put_f64(a->t, SHARE, without((double)count / (double)total, factor));
    pn_table_put_f64(a->t, LOWER, without(lower, factor));
    pn_table_put_f64(a->t, UPPER, without(upper, factor));
}

static void put_bucket(const adjusted *a, const pn_counts *c, size_t i, double factor) {
    pn_series_put_label(a->list, c, i, a->t, DATE);
    pn_table_put_str(a->t, SERIES, c->name);
    pn_table_put_i64(a->t, COUNT, c->count[i]);
    pn_table_put_i64(a->t, TOTAL, c->total[i]);
    put_share(a, c->count[i], c->total[i], factor);
    pn_table_put_bool(a->t, PARTIAL, pn_col_i64(a->partial, c->row + (int64_t)i) != 0);
}

static pn_status put_series(const adjusted *a, const pn_counts *c, pn_season by, pn_freq freq, uint8_t *season, pn_error *err) {
    const int32_t *days = (const int32_t *)(const void *)a->list->date->data.ptr;
    unsigned n_seasons, round;
    double factor[12];
    PN_TRY(pn_season_of(by, freq, days + c->row, c->n, season, &n_seasons, &round, err));
    PN_TRY(pn_season_factors(c->count, c->total, season, c->n, n_seasons, round, factor, err));
    for (size_t i = 0; i < c->n; i++) put_bucket(a, c, i, factor[season[i]]);
    return PN_OK;
}

static void add_columns(pn_table *t) {
    pn_table_add(t, "date", PN_COL_DATE);
    pn_table_add(t, "series", PN_COL_DICT);
    pn_table_add(t, "count", PN_COL_I64);
    pn_table_add(t, "total", PN_COL_I64);
    pn_table_add(t, "share", PN_COL_F64);
    pn_table_add(t, "lower", PN_COL_F64);
    pn_table_add(t, "upper", PN_COL_F64);
    pn_table_add(t, "partial", PN_COL_BOOL);
}

static pn_status deseason(const pn_series_list *list, pn_season by, pn_freq freq, double level, const pn_tick *tick, pn_table *t, pn_error *err) {
    adjusted a = { list, pn_series_column(list, "partial"), pn_normal_z(level), t };
    if (list->date->kind != PN_COL_DATE || !a.partial || a.partial->kind != PN_COL_BOOL) return pn_fail(err, PN_EINVAL, "seasons are of trends whose buckets are days");
    if (list->n == 0) return PN_OK;
    uint8_t *season = pn_malloc((size_t)pn_table_n_rows(list->trend));
    pn_status rc = season ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for the seasons of a trend");
    for (size_t i = 0; rc == PN_OK && i < list->n; i++) {
        rc = pn_poll(tick, err);
        if (rc == PN_OK) rc = put_series(&a, &list->at[i], by, freq, season, err);
    }
    pn_free(season);
    return rc;
}

pn_status pn_deseason(const pn_table *trend, pn_season by, pn_freq freq, double level, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_series_list list = { 0 };
    pn_table *t = NULL;
    if (!(level > 0 && level < 1)) return pn_fail(err, PN_EINVAL, "the level of a band lies between 0 and 1");
    PN_TRY(pn_series_of(trend, &list, err));
    pn_status rc = pn_table_new(&t, err);
    if (rc == PN_OK) add_columns(t);
    if (rc == PN_OK) rc = deseason(&list, by, freq, level, tick, t, err);
    pn_series_fini(&list);
    return pn_series_finish(rc, t, out, err);
}
