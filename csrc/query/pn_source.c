#include "query/pn_source.h"

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a phrase"); }

static const uint32_t *docs_of(const pn_source *s) { return (const uint32_t *)(const void *)s->docs.ptr; }
static const uint32_t *tfs_of(const pn_source *s) { return (const uint32_t *)(const void *)s->tfs.ptr; }
static const pn_post_bound *bounds_of(const pn_source *s) { return (const pn_post_bound *)(const void *)s->bounds.ptr; }

static void stand(pn_source *s) {
    s->doc = s->at < s->n ? docs_of(s)[s->at] : PN_DOC_END;
    s->tf = s->at < s->n ? tfs_of(s)[s->at] : 0;
}
static void follow(pn_source *s) {
    s->doc = s->post.doc;
    s->tf = s->post.tf;
}

/* The first article >= doc with a bit, or PN_DOC_END. */
static uint32_t first_within(const uint64_t *bits, uint32_t doc, uint32_t n_docs) {
    for (; bits && doc < n_docs; doc = (doc / 64 + 1) * 64) {
        uint64_t word = bits[doc / 64] >> (doc % 64);
        if (word) return doc + (uint32_t)__builtin_ctzll(word);
    }
    return doc < n_docs ? doc : PN_DOC_END;
}

/* --- phrases: the selected articles that hold all the words, and the most that each can have */

static pn_status keep(pn_source *s, uint32_t doc, uint64_t most, pn_error *err) {
    pn_buf_put_u32(&s->docs, doc);
    pn_buf_put_u32(&s->tfs, (uint32_t)PN_MIN(most, (uint64_t)UINT32_MAX));
    return s->docs.rc == PN_OK && s->tfs.rc == PN_OK ? PN_OK : no_memory(err);
}

static pn_status list_articles(pn_source *s, pn_spans *spans, const uint64_t *within, uint32_t n_docs, pn_error *err) {
    for (uint32_t doc = first_within(within, 0, n_docs); doc != PN_DOC_END;) {
        uint32_t there;
        PN_TRY(pn_spans_seek(spans, doc, &there, err));
        doc = there == PN_DOC_END ? there : first_within(within, there, n_docs);
        if (doc != there || doc == PN_DOC_END) continue;
        PN_TRY(keep(s, doc, pn_spans_most(spans), err));
        doc = first_within(within, doc + 1, n_docs);
    }
    return PN_OK;
}

static pn_status open_twice(pn_source *s, const pn_plan *plan, uint32_t part, size_t op, const uint64_t *within, const pn_tick *tick, pn_error *err) {
    pn_spans *spans = NULL;
    PN_TRY(pn_spans_open(plan, op, part, tick, &spans, err));
    pn_status rc = list_articles(s, spans, within, pn_snap_part_at(pn_plan_snap(plan), part)->n_docs, err);
    pn_spans_close(spans);
    return rc == PN_OK ? pn_spans_open(plan, op, part, tick, &s->spans, err) : rc;
}

/* What a list of its own would have: for each block of articles the most occurrences and the least norm. */
static pn_status bound_blocks(pn_source *s, const uint8_t *norms, pn_error *err) {
    for (size_t i = 0; i < s->n;) {
        pn_post_bound b = { 0, 0, UINT8_MAX };
        for (size_t end = PN_MIN(i + PN_BLOCK, s->n); i < end; i++) {
            b.last_doc = docs_of(s)[i];
            b.tf = (uint8_t)PN_MAX((uint32_t)b.tf, PN_MIN(tfs_of(s)[i], (uint32_t)UINT8_MAX));
            b.norm = PN_MIN(b.norm, norms[b.last_doc]);
        }
        pn_buf_put(&s->bounds, &b, sizeof b);
    }
    return s->bounds.rc == PN_OK ? PN_OK : no_memory(err);
}

static pn_status open_phrase(pn_source *s, const pn_scored *scored, uint32_t part, size_t op, const uint64_t *within, const pn_tick *tick, pn_error *err) {
    PN_TRY(open_twice(s, scored->plan, part, op, within, tick, err));
    s->n = s->docs.len / sizeof(uint32_t);
    stand(s);
    return bound_blocks(s, scored->parts[part].norms, err);
}

pn_status pn_source_count(pn_source *s, pn_error *err) {
    const pn_span *at;
    uint32_t there;
    if (!s->is_phrase) return PN_OK;
    PN_TRY(pn_spans_seek(s->spans, s->doc, &there, err));
    PN_TRY(pn_spans_here(s->spans, &at, &s->tf, err));
    return PN_OK;
}

pn_status pn_source_open(pn_source *s, const pn_scored *scored, uint32_t part, const pn_scored_list *list, const uint64_t *within,
                         const pn_tick *tick, pn_error *err) {
    s->weight = list->weight;
    s->is_phrase = list->is_phrase;
    if (s->is_phrase) return open_phrase(s, scored, part, list->op, within, tick, err);
    s->n = list->info.df;
    PN_TRY(pn_post_open(&s->post, pn_seg_postings(pn_snap_part_at(pn_plan_snap(scored->plan), part)->seg, PN_FIELD_TEXT), &list->info, err));
    follow(s);
    return PN_OK;
}

void pn_source_fini(pn_source *s) {
    pn_spans_close(s->spans);
    pn_buf_fini(&s->bounds);
    pn_buf_fini(&s->docs);
    pn_buf_fini(&s->tfs);
}

void pn_source_next(pn_source *s) {
    if (s->is_phrase) {
        s->at++;
        stand(s);
    } else {
        pn_post_next(&s->post);
        follow(s);
    }
}

static void seek_phrase(pn_source *s, uint32_t target) {
    size_t n = s->n - s->at;
    while (n > 0) {
        size_t half = n / 2;
        if (docs_of(s)[s->at + half] < target) { s->at += half + 1; n -= half + 1; }
        else n = half;
    }
    stand(s);
}

void pn_source_seek(pn_source *s, uint32_t target) {
    if (s->doc >= target) return;
    if (s->is_phrase) { seek_phrase(s, target); return; }
    pn_post_seek(&s->post, target);
    follow(s);
}

pn_status pn_source_sound(const pn_source *s, pn_error *err) {
    if (s->is_phrase || s->post.rc == PN_OK) return PN_OK;
    if (err) *err = s->post.error;
    return s->post.rc;
}

pn_post_bound pn_source_bound_at(const pn_source *s, uint32_t target) {
    if (!s->is_phrase) return pn_post_bound_at(&s->post, target);
    const pn_post_bound *at = bounds_of(s) + s->at / PN_BLOCK, *end = bounds_of(s) + s->bounds.len / sizeof *end;
    while (at < end && at->last_doc < target) at++;
    return at < end ? *at : (pn_post_bound){ PN_DOC_END, 0, 0 };
}
