#include "stats/pn_name_counts.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include "index/pn_live.h"
#include "index/pn_sections.h"
#include "stats/pn_shown.h"

typedef struct { pn_bytes key, shown; uint64_t count; } name;
typedef struct { pn_arena arena; name *at; size_t n, cap; pn_error *err; } names;

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a list of names"); }

/* Articles of a list that are selected: each is looked for. */
static pn_status selected_count(const pn_select *of, uint32_t part, const pn_post_src *src, const pn_term_info *info, uint64_t *out, pn_error *err) {
    const uint64_t *bits = pn_select_bits(of, part);
    pn_post c;
    if (!bits) return pn_live_count(pn_snap_part_at(pn_select_snap(of), part), src, info, out, err);
    *out = 0;
    PN_TRY(pn_post_open(&c, src, info, err));
    for (; c.doc != PN_DOC_END; pn_post_next(&c)) *out += bits[c.doc / 64] >> (c.doc % 64) & 1;
    if (c.rc != PN_OK && err) *err = c.error;
    return c.rc;
}

static pn_status put_name(names *all, const pn_select *of, uint32_t i, pn_field field, pn_terms_iter *it) {
    const pn_snap_part *part = pn_snap_part_at(pn_select_snap(of), i);
    name n = { 0 };
    void *at = all->at;
    PN_TRY(selected_count(of, i, pn_seg_postings(part->seg, field), &it->info, &n.count, all->err));
    if (n.count == 0) return PN_OK;
    if (!pn_arena_copy(&all->arena, pn_terms_at(it), &n.key)) return no_memory(all->err);
    if (!pn_grow(&at, &all->cap, all->n + 1, sizeof *all->at)) return no_memory(all->err);
    all->at = at;
    all->at[all->n++] = n;
    return PN_OK;
}

/* --- sections that others' entries tell */

static void count_told(const pn_select *of, const pn_sections *s, uint64_t *counts) {
    for (uint32_t part = 0; part < s->n_parts; part++)
        for (uint32_t i = 0; i < s->parts[part].n; i++)
            counts[s->parts[part].names[i]] += pn_select_has(of, (pn_ref){ part, s->parts[part].docs[i] });
}

static pn_status put_told(names *all, const pn_sections *s, const uint64_t *counts) {
    for (uint32_t i = 0; i < s->names.n; i++) {
        void *at = all->at;
        if (counts[i] == 0) continue;
        if (!pn_grow(&at, &all->cap, all->n + 1, sizeof *all->at)) return no_memory(all->err);
        all->at = at;
        all->at[all->n++] = (name){ s->names.keys[i], s->names.shown[i], counts[i] };
    }
    return PN_OK;
}

static pn_status gather_told(names *all, const pn_select *of, const pn_tick *tick) {
    const pn_sections *s;
    PN_TRY(pn_snap_sections(pn_select_snap(of), tick, &s, all->err));
    uint64_t *counts = pn_calloc(s->names.n, sizeof *counts);
    if (!counts) return no_memory(all->err);
    count_told(of, s, counts);
    pn_status rc = put_told(all, s, counts);
    pn_free(counts);
    return rc;
}

static pn_status gather(names *all, const pn_select *of, pn_field field, const pn_tick *tick) {
    for (uint32_t i = 0; i < pn_snap_n_parts(pn_select_snap(of)); i++) {
        const pn_snap_part *part = pn_snap_part_at(pn_select_snap(of), i);
        const pn_terms *terms;
        pn_terms_iter it;
        PN_TRY(pn_seg_terms(part->seg, field, &terms, all->err));
        for (pn_terms_seek(&it, terms, PN_BYTES_NONE); !it.done; pn_terms_next(&it)) {
            PN_TRY(put_name(all, of, i, field, &it));
            PN_TRY(pn_poll(tick, all->err));
        }
        if (it.rc != PN_OK && all->err) *all->err = it.error;
        PN_TRY(it.rc);
    }
    return PN_OK;
}

static int by_key(const void *a, const void *b) { return pn_bytes_compare(((const name *)a)->key, ((const name *)b)->key); }

static int by_count(const void *a, const void *b) {
    const name *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return pn_bytes_compare(x->shown, y->shown);
}

/* One row a key: counts add.  What an article names itself is not shown as entries spell it. */
static void merge_equal(names *all) {
    size_t kept = 0;
    for (size_t i = 0; i < all->n; i++) {
        name *n = &all->at[i], *last = kept ? &all->at[kept - 1] : NULL;
        if (!last || !pn_bytes_equal(last->key, n->key)) { all->at[kept++] = *n; continue; }
        last->count += n->count;
        last->shown = PN_BYTES_NONE;
    }
    all->n = kept;
}

static pn_status show_all(names *all, const pn_select *of, pn_field field, const pn_tick *tick) {
    pn_shown *s = NULL;
    PN_TRY(pn_shown_new(pn_select_snap(of), field, tick, &s, all->err));
    pn_status rc = PN_OK;
    for (size_t i = 0; i < all->n && rc == PN_OK; i++) {
        if (!all->at[i].shown.ptr) rc = pn_shown_of(s, all->at[i].key, &all->arena, &all->at[i].shown, all->err);
        if (rc == PN_OK) rc = pn_poll(tick, all->err);
    }
    pn_shown_free(s);
    return rc;
}

static pn_status to_table(const names *all, pn_table **out) {
    pn_table *t = NULL;
    PN_TRY(pn_table_new(&t, all->err));
    pn_table_add(t, "name", PN_COL_STR);
    pn_table_add(t, "count", PN_COL_I64);
    for (size_t i = 0; i < all->n; i++) {
        pn_table_put_str(t, 0, all->at[i].shown);
        pn_table_put_i64(t, 1, (int64_t)all->at[i].count);
    }
    pn_status rc = pn_table_finish(t, all->err);
    if (rc == PN_OK) *out = t;
    else pn_table_release(t);
    return rc;
}

static pn_status sorted_table(names *all, const pn_select *of, pn_field field, const pn_tick *tick, pn_table **out) {
    PN_TRY(pn_sort(all->at, all->n, sizeof *all->at, by_key, tick, all->err));
    merge_equal(all);
    PN_TRY(show_all(all, of, field, tick));
    PN_TRY(pn_sort(all->at, all->n, sizeof *all->at, by_count, tick, all->err));
    return to_table(all, out);
}

static pn_status make_table(const pn_select *of, pn_field field, const pn_tick *tick, pn_table **out, pn_error *err) {
    names all = { .err = err };
    pn_status rc = gather(&all, of, field, tick);
    if (rc == PN_OK && field == PN_FIELD_SECTION) rc = gather_told(&all, of, tick);
    if (rc == PN_OK) rc = sorted_table(&all, of, field, tick, out);
    pn_free(all.at);
    pn_arena_fini(&all.arena);
    return rc;
}

/* --- those of all articles are kept with the snapshot: cards, trends by name and suggestions ask for them again and again */

typedef struct { pn_kept_thing kept; pn_table *table; } kept_names;

static void free_kept(pn_kept_thing *kept) {
    pn_table_release(((kept_names *)kept)->table);
    pn_free(kept);
}

static pn_status keep(pn_snap *snap, pn_kept which, pn_table **table, pn_error *err) {
    kept_names *made = pn_calloc(1, sizeof *made);
    if (!made) return no_memory(err);
    *made = (kept_names){ { free_kept }, *table };
    *table = pn_table_retain(((kept_names *)pn_snap_keep(snap, which, &made->kept))->table);
    return PN_OK;
}

static pn_status names_of_all(const pn_select *of, pn_field field, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_kept which = (pn_kept)(PN_KEPT_NAMES + field);
    kept_names *kept = (kept_names *)pn_snap_kept(pn_select_snap(of), which);
    pn_table *made = NULL;
    if (kept) *out = pn_table_retain(kept->table);
    if (kept) return PN_OK;
    PN_TRY(make_table(of, field, tick, &made, err));
    pn_status rc = keep(pn_select_snap(of), which, &made, err);
    if (rc == PN_OK) *out = made;
    else pn_table_release(made);
    return rc;
}

pn_status pn_names_table(const pn_select *of, pn_field field, const pn_tick *tick, pn_table **out, pn_error *err) {
    if (field < PN_FIELD_TAG || field >= PN_N_FIELDS) return pn_fail(err, PN_EINVAL, "this field has no names");
    return pn_select_is_all(of) ? names_of_all(of, field, tick, out, err) : make_table(of, field, tick, out, err);
}

/* --- articles with any name */

static pn_status covered_in(const pn_snap_part *part, pn_field field, uint64_t *bits, const pn_tick *tick, pn_error *err) {
    const pn_terms *terms;
    pn_terms_iter it;
    PN_TRY(pn_seg_terms(part->seg, field, &terms, err));
    for (pn_terms_seek(&it, terms, PN_BYTES_NONE); !it.done; pn_terms_next(&it)) {
        PN_TRY(pn_post_set_bits(pn_seg_postings(part->seg, field), &it.info, bits, err));
        PN_TRY(pn_poll(tick, err));
    }
    if (it.rc != PN_OK && err) *err = it.error;
    return it.rc;
}

static uint64_t count_live(const pn_snap_part *part, const uint64_t *bits) {
    uint64_t n = 0;
    for (size_t w = 0; w < ((size_t)part->n_docs + 63) / 64; w++)
        n += (uint64_t)__builtin_popcountll(part->deleted.bits ? bits[w] & ~part->deleted.bits[w] : bits[w]);
    return n;
}

pn_status pn_names_covered(pn_snap *snap, pn_field field, const pn_tick *tick, uint64_t *out, pn_error *err) {
    *out = 0;
    for (size_t i = 0; i < pn_snap_n_parts(snap); i++) {
        const pn_snap_part *part = pn_snap_part_at(snap, i);
        uint64_t *bits = pn_calloc(((size_t)part->n_docs + 63) / 64, sizeof *bits);
        if (!bits) return no_memory(err);
        pn_status rc = covered_in(part, field, bits, tick, err);
        if (rc == PN_OK) *out += count_live(part, bits);
        pn_free(bits);
        PN_TRY(rc);
    }
    return PN_OK;
}
