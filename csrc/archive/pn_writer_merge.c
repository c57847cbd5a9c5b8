#include "archive/pn_writer_inside.h"
#include "base/pn_alloc.h"
#include "index/pn_merge.h"
#include "index/pn_tier.h"

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory to merge segments"); }

/* --- one merge */

/* Wholly deleted parts bring nothing, and without them a merge may be of nothing. */
static size_t list_inputs(const pn_writer *w, const uint32_t *which, size_t n, pn_merge_input *in) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        const pn_part *p = &w->parts.at[which[i]];
        if (!pn_part_is_dead(p)) in[found++] = (pn_merge_input){ p->seg, p->gone };
    }
    return found;
}

static pn_status write_merged(pn_writer *w, const pn_merge_input *in, size_t n, const pn_tick *tick, pn_error *err) {
    pn_manifest_segment entry = { 0 };
    pn_seg *seg = NULL;
    uint64_t before = w->merged;
    PN_TRY(pn_merge(in, n, w->io, w->dir, w->next.archive, w->next.next_segment, tick, &w->merged, &entry, err));
    w->next.next_segment++;
    w->merged = before;                                     /* what was counted on the way is an estimate */
    for (size_t i = 0; i < n; i++) w->merged += pn_seg_bytes(in[i].seg);
    PN_TRY(pn_seg_open(w->io, w->dir, w->next.archive, &entry, false, &seg, err));
    pn_status rc = pn_parts_add(&w->parts, seg, &entry, NULL, err);
    pn_seg_release(seg);
    return rc;
}

/* Segments of our own that were merged are in no manifest: their files go at once. */
static void let_go(pn_writer *w, const bool *merged, size_t n) {
    for (size_t i = n; i-- > 0;) {
        uint32_t number = w->parts.at[i].entry.number;
        if (!merged[i]) continue;
        pn_parts_remove(&w->parts, i);
        if (number >= w->first_own) pn_writer_unlink_segment(w, number);
    }
}

/* The parts at the places which[] become one, which stands behind the others. */
static pn_status merge_parts(pn_writer *w, const uint32_t *which, size_t n, const pn_tick *tick, pn_error *err) {
    size_t n_parts = w->parts.n;
    pn_merge_input *in = pn_malloc(n * sizeof *in);
    bool *merged = pn_calloc(n_parts, sizeof *merged);
    pn_status rc = in && merged ? PN_OK : no_memory(err);
    if (rc == PN_OK) {
        size_t n_in = list_inputs(w, which, n, in);
        for (size_t i = 0; i < n; i++) merged[which[i]] = true;
        if (n_in) rc = write_merged(w, in, n_in, tick, err);
    }
    if (rc == PN_OK) let_go(w, merged, n_parts);
    w->n_merges += rc == PN_OK;
    pn_free(in);
    pn_free(merged);
    return rc;
}

static pn_tier_segment *segments_of(const pn_writer *w) {
    pn_tier_segment *s = pn_malloc(w->parts.n * sizeof *s);
    for (size_t i = 0; s && i < w->parts.n; i++) s[i] = pn_tier_of(w->parts.at[i].seg, &w->parts.at[i].entry, w->parts.at[i].n_gone);
    return s;
}

static void plan(pn_writer *w, const pn_tier_segment *s, const uint32_t *which, size_t n) {
    w->to_merge = w->merged;
    for (size_t i = 0; i < n; i++) w->to_merge += s[which[i]].bytes;
}

/* --- merges of a commit */

static pn_status merge_next(pn_writer *w, const pn_tick *tick, bool *more, pn_error *err) {
    uint32_t which[PN_TIER_FAN];
    size_t n = 0;
    pn_tier_segment *s = segments_of(w);
    if (!s) return no_memory(err);
    pn_status rc = pn_tier_next(s, w->parts.n, w->counts.stored + w->counts.replaced, which, &n, err);
    *more = n > 0;
    if (rc == PN_OK) plan(w, s, which, n);
    pn_free(s);
    return rc == PN_OK && n ? merge_parts(w, which, n, tick, err) : rc;
}

pn_status pn_writer_merge(pn_writer *w, const pn_tick *tick, pn_error *err) {
    bool more = w->counts.stored || w->counts.replaced;
    while (more) PN_TRY(merge_next(w, tick, &more, err));
    return PN_OK;
}

/* --- compaction */

/* A group of one segment without deleted articles is as it should be. */
static bool needs_writing(const pn_writer *w, const uint32_t *group, size_t n) { return n > 1 || w->parts.at[group[0]].n_gone; }

/* Merged parts leave the list, so places behind them move: the groups are known by their segments' numbers. */
static pn_status merge_group(pn_writer *w, const uint32_t *numbers, uint32_t *places, size_t n, const pn_tick *tick, pn_error *err) {
    for (size_t i = 0; i < n; i++) places[i] = (uint32_t)(pn_parts_segment(&w->parts, numbers[i]) - w->parts.at);
    return needs_writing(w, places, n) ? merge_parts(w, places, n, tick, err) : PN_OK;
}

static pn_status merge_groups(pn_writer *w, const pn_tier_segment *s, uint32_t *groups, size_t *ends, const pn_tick *tick, pn_error *err) {
    size_t n_groups = 0, begin = 0, n = w->parts.n;
    uint32_t *places = pn_malloc(n * sizeof *places);
    pn_status rc = places ? pn_tier_all(s, n, groups, ends, &n_groups, err) : no_memory(err);
    if (rc == PN_OK) plan(w, s, groups, n);
    for (size_t i = 0; rc == PN_OK && i < n; i++) groups[i] = s[groups[i]].number;
    for (size_t k = 0; rc == PN_OK && k < n_groups; begin = ends[k++]) rc = merge_group(w, groups + begin, places, ends[k] - begin, tick, err);
    pn_free(places);
    return rc;
}

static pn_status merge_all(pn_writer *w, const pn_tick *tick, pn_error *err) {
    pn_tier_segment *s = segments_of(w);
    uint32_t *groups = pn_malloc(w->parts.n * sizeof *groups);
    size_t *ends = pn_malloc(w->parts.n * sizeof *ends);
    pn_status rc = s && groups && ends ? merge_groups(w, s, groups, ends, tick, err) : no_memory(err);
    pn_free(s);
    pn_free(groups);
    pn_free(ends);
    return rc;
}

pn_status pn_writer_compact(pn_writer *w, const pn_tick *tick, pn_error *err) {
    uint64_t merges = w->n_merges;
    PN_TRY(pn_writer_flush(w, tick, err));
    PN_TRY(merge_all(w, tick, err));
    if (w->n_merges > merges || pn_writer_has_changed(w)) PN_TRY(pn_writer_publish(w, err));
    pn_manifest_collect_older(w->io, w->dir, &w->next);
    return PN_OK;
}

void pn_writer_progress(const pn_writer *w, uint64_t *done, uint64_t *total) {
    *total = w->to_merge;
    *done = PN_MIN(w->merged, w->to_merge);
}
