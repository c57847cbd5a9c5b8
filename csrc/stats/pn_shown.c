#include "stats/pn_shown.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include "index/pn_doc_names.h"
#include <stdlib.h>

typedef struct { pn_bytes key, text; } lost_name;      /* what one deleted article spells so */
typedef struct { pn_bytes text; uint64_t count; } spelled;

struct pn_shown {
    pn_snap *snap;
    pn_field field;
    const pn_tick *tick;
    pn_arena arena;
    lost_name *lost; size_t n_lost, cap_lost;          /* by key; of all deleted articles, once it was needed */
    bool knows_lost;
    spelled *spellings; size_t n, cap;                 /* of the key at hand, over all segments */
    pn_arena scratch;
};

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for the spellings of names"); }

pn_status pn_shown_new(pn_snap *snap, pn_field field, const pn_tick *tick, pn_shown **out, pn_error *err) {
    pn_shown *s = pn_calloc(1, sizeof *s);
    if (!s) return no_memory(err);
    s->snap = snap;
    s->field = field;
    s->tick = tick;
    *out = s;
    return PN_OK;
}

void pn_shown_free(pn_shown *s) {
    if (!s) return;
    pn_free(s->lost);
    pn_free(s->spellings);
    pn_arena_fini(&s->arena);
    pn_arena_fini(&s->scratch);
    pn_free(s);
}

/* --- what deleted articles spelled */

static pn_status lose(void *arg, pn_bytes key, pn_bytes spelling, pn_error *err) {
    pn_shown *s = arg;
    void *at = s->lost;
    bool ok = pn_grow(&at, &s->cap_lost, s->n_lost + 1, sizeof *s->lost);
    s->lost = at;
    if (!ok) return no_memory(err);
    lost_name *l = &s->lost[s->n_lost];
    if (!pn_arena_copy(&s->arena, key, &l->key) || !pn_arena_copy(&s->arena, spelling, &l->text)) return no_memory(err);
    s->n_lost++;
    return PN_OK;
}

typedef struct { pn_doc_names names; pn_doc_cache cache; pn_arena arena; } walk;

static pn_status lose_part(pn_shown *s, const pn_snap_part *part, walk *w, pn_error *err) {
    enum { POLL = 1 << 6 };
    pn_doc doc;
    pn_doc_extra extra;
    for (uint32_t i = 0; i < part->deleted.n; i++) {
        pn_arena_reset(&w->arena);
        PN_TRY(pn_seg_doc_cached(part->seg, &w->cache, part->deleted.docs[i], &w->arena, &doc, &extra, err));
        PN_TRY(pn_doc_names_each(&w->names, &doc, s->field, lose, s, err));
        if (i % POLL == 0) PN_TRY(pn_poll(s->tick, err));
    }
    return PN_OK;
}

static int by_key(const void *a, const void *b) { return pn_bytes_compare(((const lost_name *)a)->key, ((const lost_name *)b)->key); }

static pn_status lose_all(pn_shown *s, pn_error *err) {
    pn_status rc = PN_OK;
    for (size_t i = 0; i < pn_snap_n_parts(s->snap) && rc == PN_OK; i++) {
        walk w = { .names = { .pace = { s->tick, 0 } } };
        rc = lose_part(s, pn_snap_part_at(s->snap, i), &w, err);
        pn_doc_names_fini(&w.names);
        pn_doc_cache_fini(&w.cache);
        pn_arena_fini(&w.arena);
    }
    if (rc == PN_OK) rc = pn_sort(s->lost, s->n_lost, sizeof *s->lost, by_key, s->tick, err);
    s->knows_lost = rc == PN_OK;
    return rc;
}

/* --- one key */

static pn_status add(pn_shown *s, const pn_spelling *one, pn_error *err) {
    void *at = s->spellings;
    bool ok = pn_grow(&at, &s->cap, s->n + 1, sizeof *s->spellings);
    s->spellings = at;
    if (!ok) return no_memory(err);
    s->spellings[s->n++] = (spelled){ one->text, one->count };
    return PN_OK;
}

static int by_text(const void *a, const void *b) { return pn_bytes_compare(((const spelled *)a)->text, ((const spelled *)b)->text); }

static void add_equal(pn_shown *s) {
    size_t kept = 0;
    qsort(s->spellings, s->n, sizeof *s->spellings, by_text);
    for (size_t i = 0; i < s->n; i++) {
        if (kept && by_text(&s->spellings[kept - 1], &s->spellings[i]) == 0) s->spellings[kept - 1].count += s->spellings[i].count;
        else s->spellings[kept++] = s->spellings[i];
    }
    s->n = kept;
}

/* Its spellings in all segments, by bytes. */
static pn_status gather(pn_shown *s, pn_bytes key, pn_error *err) {
    pn_spelling *all;
    size_t n;
    s->n = 0;
    pn_arena_reset(&s->scratch);
    for (size_t i = 0; i < pn_snap_n_parts(s->snap); i++) {
        PN_TRY(pn_seg_spellings(pn_snap_part_at(s->snap, i)->seg, s->field, key, &s->scratch, &all, &n, err));
        for (size_t k = 0; k < n; k++) PN_TRY(add(s, &all[k], err));
    }
    if (s->n == 0) return pn_corrupt(err, NULL, 0, "a name has no spelling");
    add_equal(s);
    return PN_OK;
}

static size_t first_lost(const pn_shown *s, pn_bytes key) {
    size_t lo = 0, hi = s->n_lost;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (pn_bytes_compare(s->lost[mid].key, key) < 0) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static pn_status subtract(pn_shown *s, pn_bytes key, pn_error *err) {
    if (!s->knows_lost) PN_TRY(lose_all(s, err));
    for (size_t i = first_lost(s, key); i < s->n_lost && pn_bytes_equal(s->lost[i].key, key); i++) {
        spelled *one = bsearch(&(spelled){ s->lost[i].text, 0 }, s->spellings, s->n, sizeof *s->spellings, by_text);
        if (one && one->count) one->count--;
    }
    return PN_OK;
}

pn_status pn_shown_of(pn_shown *s, pn_bytes key, pn_arena *arena, pn_bytes *out, pn_error *err) {
    PN_TRY(gather(s, key, err));
    if (s->n > 1) PN_TRY(subtract(s, key, err));
    const spelled *best = &s->spellings[0];
    for (size_t i = 1; i < s->n; i++)
        if (s->spellings[i].count > best->count) best = &s->spellings[i];
    return pn_arena_copy(arena, best->text, out) ? PN_OK : no_memory(err);
}
