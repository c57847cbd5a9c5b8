#include "query/pn_near.h"
#include <assert.h>

/* For every set of parts: the best way to have seen them so far, as (free positions inside) - (last position), so that it compares at
 * whatever position it is continued.  A span continues ways that end before it begins; until then what it makes is pending. */
enum { SETS = 1 << PN_QUERY_NEAR_MAX };
#define NO_WAY INT64_MAX
typedef struct { uint32_t last, part; int64_t ways[SETS / 2]; } made;        /* by the set without the span's own part */

/* The set with the bit of `part` opened, which is not in `others` (a number over the other parts). */
static uint32_t with_gap(uint32_t others, uint32_t part) {
    uint32_t below = others & ((1u << part) - 1);
    return below | (others >> part) << (part + 1);
}

static void commit(const made *m, uint32_t n_parts, int64_t *ways) {
    for (uint32_t k = 0; k < 1u << (n_parts - 1); k++) {
        uint32_t set = with_gap(k, m->part) | 1u << m->part;
        ways[set] = PN_MIN(ways[set], m->ways[k]);
    }
}

/* What ends before `first` may be continued from now on. */
static void commit_ended(pn_near *near, uint32_t first, int64_t *ways) {
    made *list = (made *)(void *)near->pending.ptr;
    size_t n = near->pending.len / sizeof *list, kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].last < first) commit(&list[i], near->n_parts, ways);
        else list[kept++] = list[i];
    }
    near->pending.len = kept * sizeof *list;
}

static bool may_follow(const pn_near *near, uint32_t set, uint32_t part) { return !near->ordered || set == (1u << part) - 1; }

/* The ways that this span continues; true when one of them has seen all parts. */
static bool extend(const pn_near *near, const pn_near_span *s, const int64_t *ways, made *out) {
    uint32_t all = (1u << near->n_parts) - 1;
    bool done = false;
    out->last = s->span.last;
    out->part = s->part;
    for (uint32_t k = 0; k < 1u << (near->n_parts - 1); k++) {
        uint32_t set = with_gap(k, s->part);
        int64_t gap = set == 0 ? 0 : ways[set] == NO_WAY ? NO_WAY : ways[set] + s->span.first - 1;
        bool ok = gap < near->within && may_follow(near, set, s->part);
        out->ways[k] = ok ? gap - s->span.last : NO_WAY;
        done = done || (ok && (set | 1u << s->part) == all);
    }
    return done;
}

pn_status pn_near_match(pn_near *near, const pn_near_span *spans, size_t n, bool *yes, pn_error *err) {
    int64_t ways[SETS];
    made now;
    assert(near->n_parts >= 2 && near->n_parts <= PN_QUERY_NEAR_MAX);
    for (uint32_t i = 0; i < 1u << near->n_parts; i++) ways[i] = NO_WAY;
    pn_buf_clear(&near->pending);
    *yes = false;
    for (size_t i = 0; i < n && !*yes; i++) {
        commit_ended(near, spans[i].span.first, ways);
        *yes = extend(near, &spans[i], ways, &now);
        pn_buf_put(&near->pending, &now, sizeof now);
        if (near->pending.rc != PN_OK) return pn_fail(err, PN_ENOMEM, "no memory for words near each other");
    }
    return PN_OK;
}

void pn_near_fini(pn_near *near) { pn_buf_fini(&near->pending); }
