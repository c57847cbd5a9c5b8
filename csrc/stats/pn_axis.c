#include "stats/pn_axis.h"
#include "base/pn_alloc.h"

bool pn_freq_admits(pn_freq freq, pn_precision precision) {
    switch (precision) {
    case PN_PREC_NONE:  return false;
    case PN_PREC_YEAR:  return freq == PN_FREQ_YEAR;
    case PN_PREC_MONTH: return freq == PN_FREQ_MONTH || freq == PN_FREQ_QUARTER || freq == PN_FREQ_YEAR;
    case PN_PREC_DAY: case PN_PREC_SECOND: return true;
    }
    return false;
}

/* --- first and last day */

static pn_status widen(pn_axis *a, const pn_select *base, uint32_t part, uint32_t from, uint32_t to, pn_error *err) {
    uint32_t first = pn_select_first(base, part, from, to);
    if (first == to) return PN_OK;
    pn_seg *seg = pn_snap_part_at(pn_select_snap(base), part)->seg;
    pn_when w;
    PN_TRY(pn_seg_when(seg, first, &w, err));
    a->first_day = PN_MIN(a->first_day, w.day);
    PN_TRY(pn_seg_when(seg, pn_select_end(base, part, from, to) - 1, &w, err));
    a->last_day = PN_MAX(a->last_day, pn_when_last_day(&w));
    return PN_OK;
}

static pn_status span_of(pn_axis *a, const pn_select *base, pn_error *err) {
    size_t n = pn_snap_n_parts(pn_select_snap(base));
    for (uint32_t i = 0; i < n; i++) {
        const pn_seg_meta *m = pn_seg_meta_of(pn_snap_part_at(pn_select_snap(base), i)->seg);
        uint32_t months = m->n_placed + m->n_month;
        PN_TRY(widen(a, base, i, 0, m->n_placed, err));
        if (pn_freq_admits(a->freq, PN_PREC_MONTH)) PN_TRY(widen(a, base, i, m->n_placed, months, err));
        if (pn_freq_admits(a->freq, PN_PREC_YEAR)) PN_TRY(widen(a, base, i, months, months + m->n_year, err));
    }
    return PN_OK;
}

/* --- buckets */

static pn_status fill(pn_axis *a, pn_error *err) {
    int32_t start = pn_bucket_start(a->freq, a->first_day);
    size_t n = 0;
    for (int32_t s = start; s <= a->last_day && n <= PN_AXIS_MAX; s = pn_bucket_next(a->freq, s)) n++;
    if (n > PN_AXIS_MAX) return pn_fail(err, PN_ELIMIT, "a trend is limited to %d buckets", PN_AXIS_MAX);
    a->starts = pn_malloc((n + 1) * sizeof *a->starts);
    if (!a->starts) return pn_fail(err, PN_ENOMEM, "no memory for a trend");
    a->n = n;
    for (size_t i = 0; i <= n; i++, start = pn_bucket_next(a->freq, start)) a->starts[i] = start;
    return PN_OK;
}

/* Days of the caller: the years 1 to 9999 of the calendar, as others know it, are enough and leave room to count. */
static bool is_countable(int32_t day) { return day == PN_DAY_NONE || (day >= pn_day_of(1, 1, 1) && day <= pn_day_of(9999, 12, 31)); }

pn_status pn_axis_of(const pn_select *base, pn_freq freq, int32_t first_day, int32_t last_day, pn_axis *out, pn_error *err) {
    *out = (pn_axis){ .freq = freq, .first_day = INT32_MAX, .last_day = INT32_MIN };
    if (!is_countable(first_day) || !is_countable(last_day)) return pn_fail(err, PN_EINVAL, "a day outside the years 1 to 9999");
    PN_TRY(span_of(out, base, err));
    if (first_day != PN_DAY_NONE) out->first_day = first_day;
    if (last_day != PN_DAY_NONE) out->last_day = last_day;
    return out->first_day <= out->last_day ? fill(out, err) : PN_OK;
}

void pn_axis_fini(pn_axis *a) {
    pn_free(a->starts);
    *a = (pn_axis){ 0 };
}

bool pn_axis_is_partial(const pn_axis *a, size_t bucket) {
    return a->starts[bucket] < a->first_day || a->starts[bucket + 1] - 1 > a->last_day;
}

/* --- edges in a segment */

static size_t n_classes_of(pn_freq freq) {
    return 1 + (size_t)pn_freq_admits(freq, PN_PREC_MONTH) + (size_t)pn_freq_admits(freq, PN_PREC_YEAR);
}

static pn_status coarse_edges(const pn_axis *a, pn_seg *seg, pn_precision p, uint32_t *at, pn_error *err) {
    for (size_t i = 0; i <= a->n; i++) {
        uint32_t hi;                            /* the end of the class: known from `ends` */
        PN_TRY(pn_seg_coarse_range(seg, p, a->starts[i], INT32_MAX, &at[i], &hi, err));
    }
    return PN_OK;
}

static void fill_ends(const pn_seg_meta *m, uint32_t ends[4]) {
    ends[0] = m->n_placed;
    ends[1] = ends[0] + m->n_month;
    ends[2] = ends[1] + m->n_year;
    ends[3] = m->n_docs;
}

static pn_status fill_edges(const pn_axis *a, const pn_snap_part *part, pn_edges *e, pn_error *err) {
    if (a->n == 0) return PN_OK;                /* no bucket: no article lies before the one edge of each class */
    PN_TRY(pn_seg_day_edges(part->seg, a->starts, e->n_edges, e->at, err));
    if (e->n_classes > 1) PN_TRY(coarse_edges(a, part->seg, PN_PREC_MONTH, e->at + e->n_edges, err));
    if (e->n_classes > 2) PN_TRY(coarse_edges(a, part->seg, PN_PREC_YEAR, e->at + 2 * e->n_edges, err));
    return PN_OK;
}

pn_status pn_edges_of(const pn_axis *a, const pn_snap_part *part, pn_edges *out, pn_error *err) {
    pn_edges e = { .n_edges = a->n + 1, .n_classes = n_classes_of(a->freq) };
    e.n = e.n_classes * e.n_edges;
    e.at = pn_calloc(e.n, sizeof *e.at);
    if (!e.at) return pn_fail(err, PN_ENOMEM, "no memory for a trend");
    fill_ends(pn_seg_meta_of(part->seg), e.ends);
    pn_status rc = fill_edges(a, part, &e, err);
    if (rc != PN_OK) pn_edges_fini(&e);
    else *out = e;
    return rc;
}

void pn_edges_fini(pn_edges *e) {
    pn_free(e->at);
    *e = (pn_edges){ 0 };
}
