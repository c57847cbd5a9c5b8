#include "query/pn_near.h"
#include <assert.h>

/* For every set of parts: the best way to have seen them so far, as (free positions inside) - (last position), so that it compares at
 * whatever position it is continued.  A span continues ways that end before it begins; until then what it makes is pending. */
#define NO_WAY INT64_MAX
enum { SETS = 1 << PN_QUERY_NEAR_MAX };
typedef struct { uint32_t last, part; int64_t ways[SETS / 2]; } made;        /* by the set without the span's own part; the first 2^(parts - 1) are kept */

static size_t n_others(const pn_near *near) { return (size_t)1 << (near->n_parts - 1); }
static size_t size_of_made(const pn_near *near) { return offsetof(made, ways) + n_others(near) * sizeof(int64_t); }

/* The set of `others`, a number over the other parts, among all parts. */
static uint32_t with_gap(uint32_t others, uint32_t part) {
    uint32_t below = others & ((1u << part) - 1);
    return below | (others >> part) << (part + 1);
}

static void commit(pn_near *near, const made *m) {
    for (uint32_t k = 0; k < n_others(near); k++) {
        uint32_t set = with_gap(k, m->part) | 1u << m->part;
        near->ways[set] = PN_MIN(near->ways[set], m->ways[k]);
    }
}

/* What ends before `first` may be continued from now on. */
static void commit_ended(pn_near *near, uint32_t first) {
    size_t size = size_of_made(near);
    for (size_t at = 0; at < near->pending.len;) {
        uint8_t *p = near->pending.ptr + at;
        const made *m = (const made *)(const void *)p;
        if (m->last >= first) { at += size; continue; }
        commit(near, m);
        near->pending.len -= size;                         /* the last takes its place: they stand in no order */
        memmove(p, near->pending.ptr + near->pending.len, size);
    }
}

static bool may_follow(const pn_near *near, uint32_t set, uint32_t part) { return !near->ordered || set == (1u << part) - 1; }

/* The ways that this span continues; true when one of them has seen all parts. */
static bool extend(const pn_near *near, pn_span span, uint32_t part, made *out) {
    uint32_t all = (1u << near->n_parts) - 1;
    bool done = false;
    out->last = span.last;
    out->part = part;
    for (uint32_t k = 0; k < n_others(near); k++) {
        uint32_t set = with_gap(k, part);
        int64_t gap = set == 0 ? 0 : near->ways[set] == NO_WAY ? NO_WAY : near->ways[set] + span.first - 1;
        bool ok = gap < near->within && may_follow(near, set, part);
        out->ways[k] = ok ? gap - span.last : NO_WAY;
        done = done || (ok && (set | 1u << part) == all);
    }
    return done;
}

void pn_near_begin(pn_near *near) {
    assert(near->n_parts >= 2 && near->n_parts <= PN_QUERY_NEAR_MAX);
    for (uint32_t i = 0; i < 1u << near->n_parts; i++) near->ways[i] = NO_WAY;
    pn_buf_clear(&near->pending);
}

pn_status pn_near_put(pn_near *near, pn_span span, uint32_t part, pn_pace *pace, bool *yes, pn_error *err) {
    made now;
    PN_TRY(pn_pace_on(pace, 2 * n_others(near) + near->pending.len / size_of_made(near), err));
    commit_ended(near, span.first);
    *yes = extend(near, span, part, &now);
    pn_buf_put(&near->pending, &now, size_of_made(near));
    return near->pending.rc == PN_OK ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for words near each other");
}

void pn_near_fini(pn_near *near) { pn_buf_fini(&near->pending); }
