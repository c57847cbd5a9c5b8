#include "stats/pn_axis.h"
#include "base/pn_alloc.h"

enum { HOUR = 3600, DAY = 24 * HOUR, POLL_EVERY = 1 << 14 };

bool pn_freq_is_cyclic(pn_freq f) { return f == PN_FREQ_WEEKDAY || f == PN_FREQ_MONTH_OF_YEAR || f == PN_FREQ_HOUR_OF_DAY; }
static bool is_of_clock(pn_freq f) { return f == PN_FREQ_HOUR || f == PN_FREQ_HOUR_OF_DAY; }

bool pn_freq_admits(pn_freq freq, pn_precision precision) {
    switch (precision) {
    case PN_PREC_NONE:   return false;
    case PN_PREC_YEAR:   return freq == PN_FREQ_YEAR;
    case PN_PREC_MONTH:  return freq == PN_FREQ_MONTH || freq == PN_FREQ_QUARTER || freq == PN_FREQ_YEAR || freq == PN_FREQ_MONTH_OF_YEAR;
    case PN_PREC_DAY:    return !is_of_clock(freq);
    case PN_PREC_SECOND: return true;
    }
    return false;
}

/* --- where an article stands */

bool pn_axis_unit(pn_freq freq, const pn_tz *zone, const pn_when *w, int64_t *unit) {
    if (w->precision != PN_PREC_SECOND) {
        *unit = w->day;
        return !is_of_clock(freq);
    }
    int64_t printed = (int64_t)w->day * DAY + w->second;
    bool moves = zone && w->offset != PN_OFFSET_NONE;
    int64_t instant = moves ? printed - (int64_t)w->offset * 60 : printed, local = moves ? pn_tz_local(zone, instant) : printed;
    if (freq == PN_FREQ_HOUR && zone) *unit = pn_tz_hour(zone, moves ? instant : pn_tz_instant(zone, printed));
    else if (freq == PN_FREQ_HOUR) *unit = pn_floor_div(printed, HOUR) * HOUR;
    else *unit = is_of_clock(freq) ? local : pn_floor_div(local, DAY);
    return true;
}

static int32_t search(const pn_axis *a, int64_t unit) {
    size_t lo = 0, hi = a->n;
    if (a->n == 0 || unit < a->starts[0] || unit >= a->starts[a->n]) return -1;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (a->starts[mid] <= unit) lo = mid;
        else hi = mid;
    }
    return (int32_t)lo;
}

int32_t pn_axis_bucket(const pn_axis *a, int64_t unit) {
    if (a->freq == PN_FREQ_WEEKDAY) return (int32_t)pn_weekday((int32_t)unit);
    if (a->freq == PN_FREQ_MONTH_OF_YEAR) return pn_civil_of((int32_t)unit).month - 1;
    if (a->freq == PN_FREQ_HOUR_OF_DAY) return (int32_t)(pn_floor_mod(unit, DAY) / HOUR);
    return search(a, unit);
}

/* --- first and last unit of the base */

static void reach(pn_axis *a, int64_t first, int64_t last) {
    a->first = PN_MIN(a->first, first);
    a->last = PN_MAX(a->last, last);
}

static pn_status widen(pn_axis *a, const pn_select *base, uint32_t part, uint32_t from, uint32_t to, pn_error *err) {
    uint32_t first = pn_select_first(base, part, from, to);
    if (first == to) return PN_OK;
    pn_seg *seg = pn_snap_part_at(pn_select_snap(base), part)->seg;
    pn_when a_when, z_when;
    PN_TRY(pn_seg_when(seg, first, &a_when, err));
    PN_TRY(pn_seg_when(seg, pn_select_end(base, part, from, to) - 1, &z_when, err));
    reach(a, a_when.day, pn_when_last_day(&z_when));
    return PN_OK;
}

/* Clocks may stand anywhere: each article is looked at. */
static pn_status widen_by_clocks(pn_axis *a, const pn_select *base, uint32_t part, uint32_t n_placed, const pn_tick *tick, pn_error *err) {
    pn_seg *seg = pn_snap_part_at(pn_select_snap(base), part)->seg;
    for (uint32_t doc = pn_select_first(base, part, 0, n_placed); doc < n_placed; doc = pn_select_first(base, part, doc + 1, n_placed)) {
        pn_when w;
        int64_t unit;
        if (doc % POLL_EVERY == 0) PN_TRY(pn_poll(tick, err));
        PN_TRY(pn_seg_when(seg, doc, &w, err));
        if (pn_axis_unit(a->freq, a->zone, &w, &unit)) reach(a, unit, a->freq == PN_FREQ_HOUR ? unit + HOUR - 1 : unit);
    }
    return PN_OK;
}

static pn_status span_of(pn_axis *a, const pn_select *base, const pn_tick *tick, pn_error *err) {
    size_t n = pn_snap_n_parts(pn_select_snap(base));
    for (uint32_t i = 0; i < n; i++) {
        const pn_seg_meta *m = pn_seg_meta_of(pn_snap_part_at(pn_select_snap(base), i)->seg);
        uint32_t months = m->n_placed + m->n_month;
        if (pn_axis_reads_clocks(a->freq, a->zone)) PN_TRY(widen_by_clocks(a, base, i, m->n_placed, tick, err));
        else PN_TRY(widen(a, base, i, 0, m->n_placed, err));
        if (pn_freq_admits(a->freq, PN_PREC_MONTH)) PN_TRY(widen(a, base, i, m->n_placed, months, err));
        if (pn_freq_admits(a->freq, PN_PREC_YEAR)) PN_TRY(widen(a, base, i, months, months + m->n_year, err));
    }
    return PN_OK;
}

/* --- days of the caller */

/* The years 1 to 9999 of the calendar, as others know it, are enough and leave room to count. */
static bool is_countable(int32_t day) { return day == PN_DAY_NONE || (day >= pn_day_of(1, 1, 1) && day <= pn_day_of(9999, 12, 31)); }

static int64_t unit_of_day(const pn_axis *a, int32_t day) {
    int64_t midnight = (int64_t)day * DAY;
    if (!is_of_clock(a->freq)) return day;
    return a->zone && a->freq == PN_FREQ_HOUR ? pn_tz_instant(a->zone, midnight) : midnight;
}

static void take_days(pn_axis *a, int32_t first_day, int32_t last_day) {
    int64_t first = first_day == PN_DAY_NONE ? a->first : unit_of_day(a, first_day);
    int64_t last = last_day == PN_DAY_NONE ? a->last : unit_of_day(a, last_day + 1) - 1;
    a->first = a->zone ? PN_MIN(a->first, first) : first;
    a->last = a->zone ? PN_MAX(a->last, last) : last;
}

/* --- buckets */

static int64_t start_of(const pn_axis *a, int64_t unit) {
    if (a->freq != PN_FREQ_HOUR) return pn_bucket_start(a->freq, (int32_t)unit);
    return a->zone ? pn_tz_hour(a->zone, unit) : pn_floor_div(unit, HOUR) * HOUR;
}

static int64_t next_of(const pn_axis *a, int64_t start) {
    if (a->freq != PN_FREQ_HOUR) return pn_bucket_next(a->freq, (int32_t)start);
    return a->zone ? pn_tz_next_hour(a->zone, start) : start + HOUR;
}

static pn_status fill_cycle(pn_axis *a, pn_error *err) {
    a->n = a->freq == PN_FREQ_WEEKDAY ? 7 : a->freq == PN_FREQ_MONTH_OF_YEAR ? 12 : 24;
    a->starts = pn_malloc((a->n + 1) * sizeof *a->starts);
    if (!a->starts) return pn_fail(err, PN_ENOMEM, "no memory for a trend");
    for (size_t i = 0; i <= a->n; i++) a->starts[i] = (int64_t)i;
    return PN_OK;
}

static pn_status fill(pn_axis *a, pn_error *err) {
    if (pn_freq_is_cyclic(a->freq)) return fill_cycle(a, err);
    int64_t start = start_of(a, a->first);
    size_t n = 0;
    for (int64_t s = start; s <= a->last && n <= PN_AXIS_MAX; s = next_of(a, s)) n++;
    if (n > PN_AXIS_MAX) return pn_fail(err, PN_ELIMIT, "a trend is limited to %d buckets", PN_AXIS_MAX);
    a->starts = pn_malloc((n + 1) * sizeof *a->starts);
    if (!a->starts) return pn_fail(err, PN_ENOMEM, "no memory for a trend");
    a->n = n;
    for (size_t i = 0; i <= n; i++, start = next_of(a, start)) a->starts[i] = start;
    return PN_OK;
}

pn_status pn_axis_of(const pn_select *base, pn_freq freq, const pn_tz *zone, int32_t first_day, int32_t last_day, const pn_tick *tick,
                     pn_axis *out, pn_error *err) {
    *out = (pn_axis){ .freq = freq, .zone = zone, .first = INT64_MAX, .last = INT64_MIN };
    if (!is_countable(first_day) || !is_countable(last_day)) return pn_fail(err, PN_EINVAL, "a day outside the years 1 to 9999");
    PN_TRY(span_of(out, base, tick, err));
    take_days(out, first_day, last_day);
    return out->first <= out->last ? fill(out, err) : PN_OK;
}

void pn_axis_fini(pn_axis *a) {
    pn_free(a->starts);
    *a = (pn_axis){ 0 };
}

bool pn_axis_is_partial(const pn_axis *a, size_t bucket) {
    return !pn_freq_is_cyclic(a->freq) && (a->starts[bucket] < a->first || a->starts[bucket + 1] - 1 > a->last);
}
