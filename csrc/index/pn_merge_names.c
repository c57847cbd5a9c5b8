#include "index/pn_doc_names.h"
#include "index/pn_merge_parts.h"

/* Spellings are counted, not kept by article: what deleted articles bring is read from their records. */

enum { POLL = 1 << 12, POLL_BITS = 1 << 16 };          /* spellings, bits of articles between two questions to the tick */

static pn_status add_spellings(pn_merging *m, unsigned f, pn_seg *s, pn_arena *arena, pn_error *err) {
    pn_facets_iter it = { .v = &s->facets[f] };
    size_t since = 0;
    for (bool more = true; more;) {
        pn_bytes key;
        pn_spelling *all;
        size_t n;
        pn_arena_reset(arena);
        PN_TRY(pn_facets_next(&it, arena, &key, &all, &n, &more, err));
        for (size_t i = 0; more && i < n; i++) PN_TRY(pn_facets_count(m->names[f], key, all[i].text, all[i].count, err));
        if ((since += n) < POLL) continue;
        PN_TRY(pn_poll(m->tick, err));
        since = 0;
    }
    return PN_OK;
}

static pn_status one_less(void *facets, pn_bytes key, pn_bytes spelling, pn_error *err) {
    return pn_facets_count(facets, key, spelling, UINT32_MAX, err);            /* counts add modulo 2^32 */
}

typedef struct { pn_merging *m; pn_doc_names names; pn_arena arena; pn_doc_cache cache; } walk;

static pn_status drop_doc(walk *w, pn_seg *s, uint32_t i, pn_error *err) {
    pn_doc doc;
    pn_doc_extra extra;
    pn_arena_reset(&w->arena);
    PN_TRY(pn_seg_doc_cached(s, &w->cache, i, &w->arena, &doc, &extra, err));
    for (unsigned f = 0; f < PN_N_FIELDS; f++)
        if (w->m->names[f]) PN_TRY(pn_doc_names_each(&w->names, &doc, (pn_field)f, one_less, w->m->names[f], err));
    return PN_OK;
}

static pn_status drop_docs(walk *w, const pn_merge_input *in, pn_error *err) {
    enum { POLL_RECORDS = 1 << 8 };
    for (uint32_t i = 0, n = 0; in->gone && i < pn_seg_meta_of(in->seg)->n_docs; i++) {
        if (i % POLL_BITS == POLL_BITS - 1) PN_TRY(pn_poll(w->m->tick, err));
        if (!pn_merge_is_gone(in, i)) continue;
        PN_TRY(drop_doc(w, in->seg, i, err));
        if (++n % POLL_RECORDS == 0) PN_TRY(pn_poll(w->m->tick, err));
    }
    return PN_OK;
}

static pn_status count_input(pn_merging *m, const pn_merge_input *in, pn_error *err) {
    walk w = { .m = m, .names = { .pace = { m->tick, 0 } } };
    pn_status rc = PN_OK;
    for (unsigned f = 0; f < PN_N_FIELDS && rc == PN_OK; f++)
        if (m->names[f]) rc = add_spellings(m, f, in->seg, &w.arena, err);
    if (rc == PN_OK) rc = drop_docs(&w, in, err);
    pn_doc_names_fini(&w.names);
    pn_arena_fini(&w.arena);
    pn_doc_cache_fini(&w.cache);
    return rc;
}

pn_status pn_merge_names(pn_merging *m, pn_error *err) {
    for (unsigned f = 0; f < PN_N_FIELDS; f++)
        if (!pn_field_has_positions(f)) PN_TRY(pn_facets_new(&m->names[f], err));
    for (size_t i = 0; i < m->map.n_in; i++) PN_TRY(count_input(m, &m->in[i], err));
    return PN_OK;
}
