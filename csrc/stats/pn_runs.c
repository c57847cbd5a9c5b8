#include "stats/pn_runs.h"
#include "base/pn_alloc.h"

enum { CHUNK = 256, POLL_EVERY = 1 << 14 };

typedef struct {
    const pn_axis *axis;
    pn_seg *seg;
    pn_buf edges, buckets;             /* u32, i32 */
    uint32_t barrier;                  /* no run reaches over this article's begin */
    const pn_tick *tick;
    pn_error *err;
} builder;

static void drop_last(builder *b) {
    b->edges.len -= 4;
    b->buckets.len -= 4;
}

static uint32_t last_edge(const builder *b) { return ((const uint32_t *)(const void *)b->edges.ptr)[b->edges.len / 4 - 1]; }
static int32_t last_bucket(const builder *b) { return ((const int32_t *)(const void *)b->buckets.ptr)[b->buckets.len / 4 - 1]; }

/* A run begins at `doc`; an empty one before it vanishes, one of the same bucket goes on. */
static pn_status begin_run(builder *b, uint32_t doc, int32_t bucket) {
    if (b->edges.len && doc < last_edge(b)) return pn_fail(b->err, PN_ECORRUPT, "the first articles of days do not ascend in segment %u", pn_seg_number(b->seg));
    if (b->edges.len && doc == last_edge(b)) drop_last(b);
    if (b->edges.len && bucket == last_bucket(b) && doc != b->barrier) return PN_OK;
    pn_buf_put_u32(&b->edges, doc);
    pn_buf_put_u32(&b->buckets, (uint32_t)bucket);
    return b->edges.rc == PN_OK && b->buckets.rc == PN_OK ? PN_OK : pn_fail(b->err, PN_ENOMEM, "no memory for a trend");
}

/* The run under way ends at `doc`, whatever comes. */
static pn_status end_run(builder *b, uint32_t doc) {
    b->barrier = doc;
    return begin_run(b, doc, -1);
}

/* --- by days: the edges of days, weeks, months, … are looked up */

/* What begins a run: a bucket, or the day or month of one that comes again. */
static pn_freq step_of(pn_freq f) { return f == PN_FREQ_WEEKDAY ? PN_FREQ_DAY : f == PN_FREQ_MONTH_OF_YEAR ? PN_FREQ_MONTH : f; }

static pn_status edge_of(builder *b, pn_precision p, const int32_t *days, size_t n, uint32_t *docs) {
    uint32_t end;
    if (p >= PN_PREC_DAY) return pn_seg_day_edges(b->seg, days, n, docs, b->err);
    for (size_t i = 0; i < n; i++) PN_TRY(pn_seg_coarse_range(b->seg, p, days[i], INT32_MAX, &docs[i], &end, b->err));
    return PN_OK;
}

/* The runs of one class of precision; the last edge ends the last bucket. */
static pn_status runs_by_days(builder *b, pn_precision p) {
    int32_t days[CHUNK];
    uint32_t docs[CHUNK];
    pn_freq step = step_of(b->axis->freq);
    int64_t day = pn_bucket_start(step, (int32_t)b->axis->first), last = b->axis->last;
    for (bool more = true; more;) {
        size_t n = 0;
        for (; more && n < CHUNK; n++) {
            more = day <= last;
            days[n] = (int32_t)day;
            day = more ? pn_bucket_next(step, (int32_t)day) : day;
        }
        PN_TRY(edge_of(b, p, days, n, docs));
        for (size_t i = 0; i < n; i++) PN_TRY(begin_run(b, docs[i], days[i] > last ? -1 : pn_axis_bucket(b->axis, days[i])));
        PN_TRY(pn_poll(b->tick, b->err));
    }
    return PN_OK;
}

/* --- by clocks: article by article */

static pn_status runs_by_clocks(builder *b, uint32_t n_placed) {
    for (uint32_t doc = 0; doc < n_placed; doc++) {
        pn_when w;
        int64_t unit;
        if (doc % POLL_EVERY == 0) PN_TRY(pn_poll(b->tick, b->err));
        PN_TRY(pn_seg_when(b->seg, doc, &w, b->err));
        PN_TRY(begin_run(b, doc, pn_axis_unit(b->axis->freq, b->axis->zone, &w, &unit) ? pn_axis_bucket(b->axis, unit) : -1));
    }
    return PN_OK;
}

/* --- the whole */

static void fill_ends(const pn_seg_meta *m, uint32_t ends[4]) {
    ends[0] = m->n_placed;
    ends[1] = ends[0] + m->n_month;
    ends[2] = ends[1] + m->n_year;
    ends[3] = m->n_docs;
}

static pn_status class_runs(builder *b, pn_precision p, uint32_t n_placed) {
    if (b->axis->n == 0 || (p < PN_PREC_DAY && !pn_freq_admits(b->axis->freq, p))) return PN_OK;
    if (p >= PN_PREC_DAY && pn_axis_reads_clocks(b->axis->freq, b->axis->zone)) return runs_by_clocks(b, n_placed);
    return runs_by_days(b, p);
}

static pn_status build(builder *b, const uint32_t ends[4]) {
    static const pn_precision classes[] = { PN_PREC_DAY, PN_PREC_MONTH, PN_PREC_YEAR };
    PN_TRY(begin_run(b, 0, -1));
    for (size_t c = 0; c < PN_COUNT(classes); c++) {
        PN_TRY(class_runs(b, classes[c], ends[0]));
        PN_TRY(end_run(b, ends[c]));
    }
    pn_buf_put_u32(&b->edges, ends[3]);
    return b->edges.rc == PN_OK ? PN_OK : pn_fail(b->err, PN_ENOMEM, "no memory for a trend");
}

pn_status pn_runs_of(const pn_axis *a, const pn_snap_part *part, const pn_tick *tick, pn_runs *out, pn_error *err) {
    builder b = { .axis = a, .seg = part->seg, .tick = tick, .err = err };
    pn_runs r = { 0 };
    fill_ends(pn_seg_meta_of(part->seg), r.ends);
    pn_status rc = build(&b, r.ends);
    if (rc != PN_OK) {
        pn_buf_fini(&b.edges);
        pn_buf_fini(&b.buckets);
        return rc;
    }
    r.edges = (uint32_t *)(void *)b.edges.ptr;
    r.buckets = (int32_t *)(void *)b.buckets.ptr;
    r.n = b.buckets.len / 4;
    *out = r;
    return PN_OK;
}

void pn_runs_fini(pn_runs *r) {
    pn_free(r->edges);
    pn_free(r->buckets);
    *r = (pn_runs){ 0 };
}
