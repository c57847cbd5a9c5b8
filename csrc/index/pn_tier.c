#include "index/pn_tier.h"
#include "base/pn_alloc.h"
#include "index/pn_seg_parts.h"

static uint32_t live(const pn_tier_segment *s) { return s->n_docs - s->n_deleted; }
static uint64_t live_bytes(const pn_tier_segment *s) { return s->n_docs ? s->bytes * live(s) / s->n_docs : 0; }

/* The column of arrivals says what it can hold without being read. */
pn_tier_segment pn_tier_of(const pn_seg *s, const pn_manifest_segment *entry, uint32_t n_deleted) {
    const pn_seg_meta *m = &s->head.meta;
    pn_cols_head c = s->head.cols[PN_COLUMN_ARRIVAL];
    uint64_t span = c.width < 4 ? (UINT64_C(1) << 8 * c.width) - 1 : INT32_MAX;
    return (pn_tier_segment){ entry->number, entry->n_docs, n_deleted, pn_seg_bytes(s), m->day_first, m->day_last, m->arrival_base,
                              m->arrival_base + PN_MIN((uint64_t)PN_MAX(c.min, 0) + span, (uint64_t)INT32_MAX) };
}

bool pn_tier_fits(const pn_tier_segment *s, const uint32_t *which, size_t n) {
    uint64_t docs = 0, bytes = 0, first = UINT64_MAX, last = 0;
    for (size_t i = 0; i < n; i++) {
        const pn_tier_segment *t = &s[which[i]];
        docs += live(t);
        bytes += live_bytes(t);
        first = PN_MIN(first, t->arrival_first);
        last = PN_MAX(last, t->arrival_last);
    }
    return docs <= PN_DOC_MAX && bytes <= PN_TIER_BYTES && last - first <= INT32_MAX;
}

/* --- order of time */

static pn_status by_time(const pn_tier_segment *s, size_t n, pn_order_item **out, pn_error *err) {
    pn_order_item *items = pn_malloc(n * sizeof *items);
    if (!items) return pn_fail(err, PN_ENOMEM, "no memory to choose segments");
    for (uint32_t i = 0; i < n; i++) items[i] = (pn_order_item){ (uint64_t)((int64_t)s[i].day_first - INT32_MIN) << 32 | s[i].number, i };
    pn_status rc = pn_order(items, n, NULL, NULL, err);
    if (rc == PN_OK) *out = items;
    else pn_free(items);
    return rc;
}

/* --- eight of a level */

static unsigned level_of(const pn_tier_segment *s) {
    unsigned level = 0;
    for (uint32_t n = live(s); n >= PN_TIER_FAN; n /= PN_TIER_FAN) level++;
    return level;
}

/* One that is more than half of what fits is left alone: it would be written again and again for little. */
static bool is_full(const pn_tier_segment *s) { return live(s) > PN_DOC_MAX / 2 || live_bytes(s) > PN_TIER_BYTES / 2; }

/* Days from the first to the last of a window. */
static int64_t span_of(const pn_tier_segment *s, const pn_order_item *window) {
    int32_t last = PN_DAY_NONE;
    for (size_t i = 0; i < PN_TIER_FAN; i++) last = PN_MAX(last, s[window[i].id].day_last);
    return (int64_t)last - s[window[0].id].day_first;
}

/* Of the n segments of a level, by time, the eight neighbours that cover the fewest days; as many of them as fit. */
static size_t take_window(const pn_tier_segment *s, const pn_order_item *items, size_t n, uint32_t *which) {
    size_t best = 0, k = PN_TIER_FAN;
    for (size_t i = 1; i + PN_TIER_FAN <= n; i++)
        if (span_of(s, items + i) < span_of(s, items + best)) best = i;
    for (size_t i = 0; i < PN_TIER_FAN; i++) which[i] = items[best + i].id;
    while (k > 1 && !pn_tier_fits(s, which, k)) k--;
    return k > 1 ? k : 0;
}

static size_t take_level(const pn_tier_segment *s, const pn_order_item *items, size_t n, unsigned level, pn_order_item *same, uint32_t *which) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (live(&s[items[i].id]) && level_of(&s[items[i].id]) == level && !is_full(&s[items[i].id])) same[found++] = items[i];
    return found >= PN_TIER_FAN ? take_window(s, same, found, which) : 0;
}

/* --- deleted articles */

static bool is_worn(const pn_tier_segment *s, uint64_t fresh) {
    uint64_t gone = s->n_deleted;
    if (live(s) == 0) return false;
    return gone * 4 > s->n_docs || (gone * 50 > s->n_docs && live(s) <= PN_TIER_FAN * fresh);
}

pn_status pn_tier_next(const pn_tier_segment *s, size_t n_segments, uint64_t fresh, uint32_t which[PN_TIER_FAN], size_t *n, pn_error *err) {
    enum { LEVELS = 9 };               /* 8^8 is above PN_DOC_MAX */
    pn_order_item *items = NULL, *same = pn_malloc(n_segments * sizeof *same);
    pn_status rc = same ? by_time(s, n_segments, &items, err) : pn_fail(err, PN_ENOMEM, "no memory to choose segments");
    *n = 0;
    for (unsigned level = 0; rc == PN_OK && *n == 0 && level < LEVELS; level++) *n = take_level(s, items, n_segments, level, same, which);
    for (size_t i = 0; rc == PN_OK && *n == 0 && i < n_segments; i++) {
        which[0] = items[i].id;
        *n = is_worn(&s[items[i].id], fresh);
    }
    pn_free(items);
    pn_free(same);
    return rc;
}

/* --- all of them */

pn_status pn_tier_all(const pn_tier_segment *s, size_t n_segments, uint32_t *groups, size_t *ends, size_t *n_groups, pn_error *err) {
    pn_order_item *items = NULL;
    size_t begin = 0;
    PN_TRY(by_time(s, n_segments, &items, err));
    *n_groups = 0;
    for (size_t i = 0; i < n_segments; i++) {
        groups[i] = items[i].id;
        if (i > begin && !pn_tier_fits(s, groups + begin, i + 1 - begin)) {
            ends[(*n_groups)++] = i;
            begin = i;
        }
    }
    if (n_segments) ends[(*n_groups)++] = n_segments;
    pn_free(items);
    return PN_OK;
}
