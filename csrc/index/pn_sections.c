#include "index/pn_sections.h"
#include "base/pn_alloc.h"

enum { POLL = 1 << 12 };

typedef struct { pn_snap *snap; const pn_links *l; pn_sections *s; uint64_t *named; pn_vote *votes; size_t n, cap; const pn_tick *tick; pn_error *err; } job;

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for the sections of articles"); }

static void free_sections(pn_kept_thing *kept) {
    pn_sections *s = (pn_sections *)kept;
    for (size_t i = 0; s->parts && i < s->n_parts; i++) {
        pn_free(s->parts[i].docs);
        pn_free(s->parts[i].names);
    }
    pn_free(s->parts);
    pn_categories_fini(&s->names);
    pn_free(s);
}

/* --- articles that name a section themselves, by node */

static pn_status mark_named(job *j, uint32_t part) {
    const pn_snap_part *p = pn_snap_part_at(j->snap, part);
    const pn_terms *terms;
    pn_terms_iter it;
    PN_TRY(pn_seg_terms(p->seg, PN_FIELD_SECTION, &terms, j->err));
    for (pn_terms_seek(&it, terms, PN_BYTES_NONE); !it.done; pn_terms_next(&it)) {
        pn_post c;
        PN_TRY(pn_poll(j->tick, j->err));
        PN_TRY(pn_post_open(&c, pn_seg_postings(p->seg, PN_FIELD_SECTION), &it.info, j->err));
        for (; c.doc != PN_DOC_END; pn_post_next(&c)) {
            uint32_t node = j->l->doc_base[part] + c.doc;
            j->named[node / 64] |= UINT64_C(1) << node % 64;
        }
        if (c.rc != PN_OK && j->err) *j->err = c.error;
        PN_TRY(c.rc);
    }
    if (it.rc != PN_OK && j->err) *j->err = it.error;
    return it.rc;
}

/* --- votes */

static pn_status add_vote(job *j, uint32_t node, uint32_t category) {
    void *at = j->votes;
    bool ok = pn_grow(&at, &j->cap, j->n + 1, sizeof *j->votes);
    j->votes = at;
    if (!ok) return no_memory(j->err);
    j->votes[j->n++] = (pn_vote){ node, category };
    return PN_OK;
}

static pn_status vote_of(job *j, uint32_t part, uint32_t doc, const pn_linkkeys *v) {
    uint32_t lo, hi;
    if (!pn_linkkeys_entries(v, doc, &lo, &hi)) return pn_corrupt(j->err, NULL, 0, "the related entries of a segment are damaged");
    for (uint32_t e = lo; e < hi; e++) {
        uint32_t node = j->l->target[j->l->entry_base[part] + e], category = pn_categories_entry(&j->s->names, part, v, e);
        if (node == PN_LINK_NONE || category == PN_CATEGORY_NONE || node == j->l->doc_base[part] + doc) continue;
        if (j->named[node / 64] >> node % 64 & 1) continue;
        PN_TRY(add_vote(j, node, category));
    }
    return PN_OK;
}

static pn_status vote_in(job *j, uint32_t part) {
    const pn_snap_part *p = pn_snap_part_at(j->snap, part);
    const pn_linkkeys *v;
    PN_TRY(pn_seg_linkkeys(p->seg, &v, j->err));
    for (uint32_t doc = 0; v->n_entries && doc < p->n_docs; doc++) {
        if (doc % POLL == 0) PN_TRY(pn_poll(j->tick, j->err));
        if (!pn_deleted_has(&p->deleted, doc)) PN_TRY(vote_of(j, part, doc, v));
    }
    return PN_OK;
}

/* --- winners */

static pn_status make_parts(job *j, const pn_vote *winners, size_t n) {
    for (size_t i = 0, part = 0; part < j->s->n_parts; part++) {
        size_t from = i;
        while (i < n && winners[i].of < j->l->doc_base[part + 1]) i++;
        pn_sections_part *p = &j->s->parts[part];
        p->docs = pn_malloc((i - from) * sizeof *p->docs);
        p->names = pn_malloc((i - from) * sizeof *p->names);
        if (!p->docs || !p->names) return no_memory(j->err);
        for (size_t k = from; k < i; k++) {
            p->docs[p->n] = winners[k].of - j->l->doc_base[part];
            p->names[p->n++] = winners[k].category;
        }
    }
    j->s->n = n;
    return PN_OK;
}

static pn_status count_votes(job *j) {
    size_t at = 0, n = 0;
    uint32_t of, winner;
    PN_TRY(pn_votes_sort(j->votes, j->n, j->tick, j->err));
    while (pn_votes_next(j->votes, j->n, &at, &of, &winner))
        if (winner != PN_CATEGORY_NONE) j->votes[n++] = (pn_vote){ of, winner };     /* never ahead of what is read */
    return make_parts(j, j->votes, n);
}

/* Every article of every segment names its section: there is nothing to tell. */
static pn_status all_are_named(job *j, bool *yes) {
    *yes = true;
    for (size_t i = 0; i < pn_snap_n_parts(j->snap) && *yes; i++) {
        const pn_terms *terms;
        pn_terms_iter it;
        uint64_t n = 0;
        PN_TRY(pn_seg_terms(pn_snap_part_at(j->snap, i)->seg, PN_FIELD_SECTION, &terms, j->err));
        for (pn_terms_seek(&it, terms, PN_BYTES_NONE); !it.done; pn_terms_next(&it)) n += it.info.df;
        if (it.rc != PN_OK && j->err) *j->err = it.error;
        PN_TRY(it.rc);
        *yes = n == pn_snap_part_at(j->snap, i)->n_docs;
    }
    return PN_OK;
}

static pn_status make(job *j) {
    bool named;
    j->s->n_parts = pn_snap_n_parts(j->snap);
    j->s->parts = pn_calloc(j->s->n_parts, sizeof *j->s->parts);
    if (!j->s->parts) return no_memory(j->err);
    PN_TRY(all_are_named(j, &named));
    if (named) return PN_OK;
    PN_TRY(pn_snap_links(j->snap, j->tick, &j->l, j->err));
    j->named = pn_calloc((size_t)j->l->n_nodes / 64 + 1, sizeof *j->named);
    if (!j->named) return no_memory(j->err);
    if (j->l->n_entries == 0) return PN_OK;
    PN_TRY(pn_categories_of(j->snap, j->tick, &j->s->names, j->err));
    for (uint32_t i = 0; i < j->s->n_parts; i++) PN_TRY(mark_named(j, i));
    for (uint32_t i = 0; i < j->s->n_parts; i++) PN_TRY(vote_in(j, i));
    return count_votes(j);
}

const pn_sections *pn_snap_sections_made(pn_snap *snap) { return (const pn_sections *)pn_snap_kept(snap, PN_KEPT_SECTIONS); }

pn_status pn_snap_sections(pn_snap *snap, const pn_tick *tick, const pn_sections **out, pn_error *err) {
    job j = { .snap = snap, .tick = tick, .err = err };
    *out = pn_snap_sections_made(snap);
    if (*out) return PN_OK;
    j.s = pn_calloc(1, sizeof *j.s);
    if (!j.s) return no_memory(err);
    j.s->kept.free_it = free_sections;
    pn_status rc = make(&j);
    pn_free(j.named);
    pn_free(j.votes);
    if (rc == PN_OK) *out = (const pn_sections *)pn_snap_keep(snap, PN_KEPT_SECTIONS, &j.s->kept);
    else free_sections(&j.s->kept);
    return rc;
}

pn_bytes pn_sections_shown(const pn_sections *s, pn_ref ref) {
    const pn_sections_part *p = &s->parts[ref.part];
    uint32_t lo = 0, hi = p->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (p->docs[mid] < ref.doc) lo = mid + 1;
        else hi = mid;
    }
    return lo < p->n && p->docs[lo] == ref.doc ? s->names.shown[p->names[lo]] : PN_BYTES_NONE;
}

void pn_sections_set_bits(const pn_sections *s, uint32_t part, uint32_t name, uint64_t *bits) {
    const pn_sections_part *p = &s->parts[part];
    for (uint32_t i = 0; i < p->n; i++)
        if (name == PN_SECTIONS_ANY || p->names[i] == name) bits[p->docs[i] / 64] |= UINT64_C(1) << p->docs[i] % 64;
}

bool pn_sections_has(const pn_sections *s, uint32_t name) {
    for (size_t part = 0; part < s->n_parts; part++)
        for (uint32_t i = 0; i < s->parts[part].n; i++)
            if (s->parts[part].names[i] == name) return true;
    return false;
}
