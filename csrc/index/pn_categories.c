#include "index/pn_categories.h"
#include "base/pn_sort.h"
#include "index/pn_facets.h"

enum { POLL = 1 << 13 };

typedef struct { pn_bytes key, name; uint32_t part, code; uint64_t count; } spelling;
typedef struct { pn_snap *snap; pn_categories *c; spelling *all; size_t n; pn_arena scratch; const pn_tick *tick; pn_error *err; } job;

static pn_status no_memory(const job *j) { return pn_fail(j->err, PN_ENOMEM, "no memory for the categories of related entries"); }

void pn_categories_fini(pn_categories *c) {
    pn_arena_fini(&c->arena);
    *c = (pn_categories){ 0 };
}

/* --- how often each name of a part stands in entries of live articles */

static pn_status count_entries(job *j, uint32_t part, const pn_linkkeys *v, uint64_t *counts) {
    const pn_snap_part *p = pn_snap_part_at(j->snap, part);
    uint32_t lo, hi;
    for (uint32_t doc = 0; doc < p->n_docs; doc++) {
        if (doc % POLL == 0) PN_TRY(pn_poll(j->tick, j->err));
        if (pn_deleted_has(&p->deleted, doc)) continue;
        if (!pn_linkkeys_entries(v, doc, &lo, &hi)) return pn_corrupt(j->err, NULL, 0, "the related entries of segment %u are damaged", pn_seg_number(p->seg));
        for (uint32_t e = lo; e < hi; e++) {
            uint32_t code = pn_linkkeys_category(v, e);
            if (code <= v->n_names) counts[code]++;
        }
    }
    return PN_OK;
}

static pn_status add_spelling(job *j, uint32_t part, uint32_t code, pn_bytes name, uint64_t count) {
    pn_buf key = { 0 };
    spelling *s = &j->all[j->n];
    pn_name_key(&key, name);
    bool ok = key.rc == PN_OK && pn_arena_copy(&j->c->arena, pn_bytes_of(key.len ? key.ptr : (const uint8_t *)"", key.len), &s->key) &&
              pn_arena_copy(&j->c->arena, name, &s->name);
    pn_buf_fini(&key);
    if (!ok) return no_memory(j);
    s->part = part;
    s->code = code;
    s->count = count;
    j->n += s->key.len != 0;
    return PN_OK;
}

static pn_status add_part(job *j, uint32_t part, const pn_linkkeys *v) {
    uint64_t *counts = pn_arena_take0(&j->scratch, (size_t)v->n_names + 1, sizeof *counts);
    uint32_t *of = pn_arena_take(&j->c->arena, ((size_t)v->n_names + 1) * sizeof *of);
    if (!counts || !of) return no_memory(j);
    memset(of, 0xFF, ((size_t)v->n_names + 1) * sizeof *of);
    j->c->of[part] = of;
    if (v->n_names == 0) return PN_OK;
    PN_TRY(count_entries(j, part, v, counts));
    for (uint32_t code = 1; code <= v->n_names; code++) {
        pn_bytes name = pn_linkkeys_name(v, code);
        if (code % POLL == 0) PN_TRY(pn_poll(j->tick, j->err));
        if (!name.ptr) return pn_corrupt(j->err, NULL, 0, "the categories of segment %u are damaged", pn_seg_number(pn_snap_part_at(j->snap, part)->seg));
        if (counts[code]) PN_TRY(add_spelling(j, part, code, name, counts[code]));
    }
    return PN_OK;
}

/* --- equal keys are one category */

static int by_key_and_name(const void *a, const void *b) {
    const spelling *x = a, *y = b;
    int c = pn_bytes_compare(x->key, y->key);
    return c ? c : pn_bytes_compare(x->name, y->name);
}

static void number_all(job *j) {
    pn_categories *c = j->c;
    uint64_t best = 0, count = 0;
    for (size_t i = 0; i < j->n; i++) {
        const spelling *s = &j->all[i];
        if (i == 0 || !pn_bytes_equal(s->key, j->all[i - 1].key)) {
            c->keys[c->n] = s->key;
            c->shown[c->n++] = s->name;
            best = count = 0;
        } else if (!pn_bytes_equal(s->name, j->all[i - 1].name)) {
            count = 0;
        }
        count += s->count;
        if (count > best) {
            best = count;
            c->shown[c->n - 1] = s->name;
        }
        c->of[s->part][s->code] = c->n - 1;
    }
}

static pn_status gather(job *j) {
    size_t most = 0;
    const pn_linkkeys *v;
    j->c->n_parts = pn_snap_n_parts(j->snap);
    for (size_t i = 0; i < j->c->n_parts; i++) {
        PN_TRY(pn_seg_linkkeys(pn_snap_part_at(j->snap, i)->seg, &v, j->err));
        most += v->n_names;
    }
    j->c->of = pn_arena_take0(&j->c->arena, j->c->n_parts, sizeof *j->c->of);
    j->all = pn_arena_take0(&j->scratch, most + 1, sizeof *j->all);
    j->c->keys = pn_arena_take0(&j->c->arena, most, sizeof *j->c->keys);
    j->c->shown = pn_arena_take0(&j->c->arena, most, sizeof *j->c->shown);
    if (!j->c->of || !j->all || !j->c->keys || !j->c->shown) return no_memory(j);
    for (uint32_t i = 0; i < j->c->n_parts; i++) {
        PN_TRY(pn_seg_linkkeys(pn_snap_part_at(j->snap, i)->seg, &v, j->err));
        PN_TRY(add_part(j, i, v));
    }
    return PN_OK;
}

pn_status pn_categories_of(pn_snap *snap, const pn_tick *tick, pn_categories *out, pn_error *err) {
    job j = { .snap = snap, .c = out, .tick = tick, .err = err };
    *out = (pn_categories){ 0 };
    pn_status rc = gather(&j);
    if (rc == PN_OK) rc = pn_sort(j.all, j.n, sizeof *j.all, by_key_and_name, tick, err);
    if (rc == PN_OK) number_all(&j);
    pn_arena_fini(&j.scratch);
    if (rc != PN_OK) pn_categories_fini(out);
    return rc;
}

uint32_t pn_categories_find(const pn_categories *c, pn_bytes key) {
    uint32_t lo = 0, hi = c->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (pn_bytes_compare(c->keys[mid], key) < 0) lo = mid + 1;
        else hi = mid;
    }
    return lo < c->n && pn_bytes_equal(c->keys[lo], key) ? lo : PN_CATEGORY_NONE;
}

/* --- plurality */

static int by_thing(const void *a, const void *b) {
    const pn_vote *x = a, *y = b;
    if (x->of != y->of) return x->of < y->of ? -1 : 1;
    return (x->category > y->category) - (x->category < y->category);
}

pn_status pn_votes_sort(pn_vote *votes, size_t n, const pn_tick *tick, pn_error *err) { return pn_sort(votes, n, sizeof *votes, by_thing, tick, err); }

bool pn_votes_next(const pn_vote *votes, size_t n, size_t *at, uint32_t *of, uint32_t *winner) {
    size_t best = 0;
    if (*at == n) return false;
    *of = votes[*at].of;
    *winner = PN_CATEGORY_NONE;
    while (*at < n && votes[*at].of == *of) {
        size_t from = *at;
        while (*at < n && votes[*at].of == *of && votes[*at].category == votes[from].category) ++*at;
        if (*at - from < best) continue;
        *winner = *at - from > best ? votes[from].category : PN_CATEGORY_NONE;
        best = *at - from;
    }
    return true;
}
