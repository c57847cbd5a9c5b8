#include "base/pn_alloc.h"
#include "index/pn_kway.h"
#include "index/pn_merge_parts.h"
#include "index/pn_packed.h"
#include "text/pn_token.h"

enum { POLL = 1 << 16 };               /* occurrences between two questions to the tick */

/* --- one list of one input, its articles under their new numbers */

typedef struct { size_t at, end, pos; } run;           /* articles [at, end) of a gathered list; their positions begin at `pos` */
typedef struct { pn_buf docs, tfs, positions; } gathered;              /* u32 each */

static uint32_t *numbers(const pn_buf *b) { return (uint32_t *)(void *)b->ptr; }
static size_t count(const pn_buf *b) { return b->len / sizeof(uint32_t); }
static void clear(gathered *g) {
    pn_buf_clear(&g->docs);
    pn_buf_clear(&g->tfs);
    pn_buf_clear(&g->positions);
}
static void gathered_fini(gathered *g) {
    pn_buf_fini(&g->docs);
    pn_buf_fini(&g->tfs);
    pn_buf_fini(&g->positions);
}

typedef struct {                       /* a list while it is read */
    const uint32_t *to;
    const pn_post_src *src;
    const pn_term_info *ti;
    pn_positions positions;
    bool has_positions;
    uint64_t seen, asked_at;           /* occurrences read, and of these before the tick was asked */
    const pn_tick *tick;
    gathered *out;
} reading;

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory to merge postings"); }

/* Positions are read of deleted articles too: the stream leads over them. */
static pn_status take(reading *r, uint32_t doc, uint32_t tf, pn_error *err) {
    uint32_t to = r->to[doc];
    size_t before = r->out->positions.len;
    if (r->has_positions) PN_TRY(pn_positions_read(&r->positions, r->seen, tf, 0, 0, &r->out->positions, err));
    r->seen += tf;
    if (r->seen - r->asked_at >= POLL) {
        PN_TRY(pn_poll(r->tick, err));
        r->asked_at = r->seen;
    }
    if (to == PN_DOC_END) {
        r->out->positions.len = before;
        return PN_OK;
    }
    pn_buf_put(&r->out->docs, &to, sizeof to);
    pn_buf_put(&r->out->tfs, &tf, sizeof tf);
    return PN_OK;
}

static pn_status take_block(reading *r, const uint32_t *docs, const uint32_t *tfs, uint32_t n, pn_error *err) {
    for (uint32_t i = 0; i < n; i++) PN_TRY(take(r, docs[i], tfs[i], err));
    return r->out->docs.rc == PN_OK && r->out->tfs.rc == PN_OK ? PN_OK : no_memory(err);
}

static pn_status take_packed(reading *r, pn_error *err) {
    uint32_t docs[PN_BLOCK], tfs[PN_BLOCK], n;
    pn_packed h;
    PN_TRY(pn_packed_open(&h, r->src, r->ti, err));
    for (uint32_t b = 0; b < h.n_blocks; b++) {
        PN_TRY(pn_packed_read(&h, b, docs, tfs, &n, err));
        PN_TRY(take_block(r, docs, tfs, n, err));
    }
    return PN_OK;
}

static pn_status take_list(reading *r, pn_error *err) {
    uint32_t docs[PN_BLOCK], tfs[PN_BLOCK];
    PN_TRY(pn_post_check_info(r->src, r->ti, err));
    if (r->has_positions) PN_TRY(pn_positions_open(&r->positions, r->src->file, r->src->pos, r->ti->pos_off, r->ti->pos_len, r->ti->ttf, err));
    if (r->ti->kind == PN_POST_PACKED) return take_packed(r, err);
    docs[0] = r->ti->doc;
    tfs[0] = (uint32_t)r->ti->ttf;
    if (r->ti->kind == PN_POST_SHORT) PN_TRY(pn_short_read(r->src, r->ti, docs, tfs, err));
    return take_block(r, docs, tfs, r->ti->df, err);
}

/* --- a field */

typedef struct {
    pn_merging *m;
    unsigned field;
    bool has_positions;
    pn_terms_iter *terms;              /* of each input */
    pn_kway by_term;
    run *runs; uint32_t n_runs;        /* of the term at hand: one an input that has live articles */
    pn_kway by_doc;
    gathered in, sorted;
    uint64_t since;                    /* occurrences since the tick was asked */
} job;

static bool term_before(const void *ctx, uint32_t a, uint32_t b) {
    const pn_terms_iter *it = ctx;
    int c = pn_bytes_compare(pn_terms_at(&it[a]), pn_terms_at(&it[b]));
    return c ? c < 0 : a < b;
}

static bool run_before(const void *ctx, uint32_t a, uint32_t b) {
    const job *j = ctx;
    return numbers(&j->in.docs)[j->runs[a].at] < numbers(&j->in.docs)[j->runs[b].at];
}

static pn_status gather(job *j, uint32_t i, pn_error *err) {
    const pn_terms_iter *it = &j->terms[i];
    reading r = { .to = j->m->map.to[i], .src = &j->m->in[i].seg->postings[j->field], .ti = &it->info, .has_positions = j->has_positions, .tick = j->m->tick, .out = &j->in };
    run *n = &j->runs[j->n_runs];
    *n = (run){ .at = count(&j->in.docs), .pos = count(&j->in.positions) };
    PN_TRY(take_list(&r, err));
    n->end = count(&j->in.docs);
    j->n_runs += n->end > n->at;
    j->since += it->info.ttf;
    pn_merge_progress(j->m, (uint64_t)it->info.len + it->info.pos_len);
    return PN_OK;
}

static pn_status stopped(const pn_terms_iter *it, pn_error *err) {
    if (err) *err = it->error;
    return it->rc;
}

/* The lists of the least term from all inputs that have it. */
static pn_status gather_all(job *j, uint8_t *term, size_t *len, pn_error *err) {
    pn_bytes first = pn_terms_at(&j->terms[pn_kway_first(&j->by_term)]);
    memcpy(term, first.ptr, *len = first.len);
    clear(&j->in);
    j->n_runs = 0;
    while (j->by_term.n) {
        uint32_t i = pn_kway_first(&j->by_term);
        if (!pn_bytes_equal(pn_terms_at(&j->terms[i]), pn_bytes_of(term, *len))) break;
        PN_TRY(gather(j, i, err));
        if (pn_terms_next(&j->terms[i])) pn_kway_settle(&j->by_term);
        else if (j->terms[i].rc != PN_OK) return stopped(&j->terms[i], err);
        else pn_kway_pop(&j->by_term);
    }
    return PN_OK;
}

static pn_status go_on(job *j, uint64_t occurrences, pn_error *err) {
    if ((j->since += occurrences) < POLL) return PN_OK;
    j->since = 0;
    return pn_poll(j->m->tick, err);
}

/* The least article of the other runs: up to there the first one is copied as it stands. */
static uint32_t limit_of(const job *j) {
    uint32_t limit = PN_DOC_END;
    for (uint32_t i = 1; i < 3 && i < j->by_doc.n; i++) limit = PN_MIN(limit, numbers(&j->in.docs)[j->runs[j->by_doc.heap[i]].at]);
    return limit;
}

/* Up to the limit, or so far that the tick is to be asked. */
static pn_status copy_stretch(job *j, run *r, uint32_t limit, pn_error *err) {
    const uint32_t *docs = numbers(&j->in.docs), *tfs = numbers(&j->in.tfs);
    size_t at = r->at, occurrences = 0;
    for (; r->at < r->end && docs[r->at] < limit && occurrences < POLL; r->at++) occurrences += tfs[r->at];
    pn_buf_put(&j->sorted.docs, docs + at, (r->at - at) * sizeof *docs);
    pn_buf_put(&j->sorted.tfs, tfs + at, (r->at - at) * sizeof *tfs);
    if (j->has_positions) {
        pn_buf_put(&j->sorted.positions, numbers(&j->in.positions) + r->pos, occurrences * sizeof *docs);
        r->pos += occurrences;
    }
    return go_on(j, occurrences, err);
}

/* Runs ascend, and no article is in two of them. */
static pn_status sort_runs(job *j, pn_error *err) {
    clear(&j->sorted);
    for (uint32_t i = 0; i < j->n_runs; i++) pn_kway_push(&j->by_doc, i);
    while (j->by_doc.n) {
        run *r = &j->runs[pn_kway_first(&j->by_doc)];
        PN_TRY(copy_stretch(j, r, limit_of(j), err));
        if (r->at < r->end) pn_kway_settle(&j->by_doc);
        else pn_kway_pop(&j->by_doc);
    }
    return PN_OK;
}

static pn_status put_list(job *j, const uint8_t *norms, pn_merged_lists *out, pn_term_info *info, pn_error *err) {
    const gathered *g = j->n_runs < 2 ? &j->in : &j->sorted;
    if (j->n_runs > 1) PN_TRY(sort_runs(j, err));
    if (g->docs.rc != PN_OK || g->tfs.rc != PN_OK || g->positions.rc != PN_OK) return no_memory(err);
    pn_list list = { (uint32_t)count(&g->docs), numbers(&g->docs), numbers(&g->tfs), j->has_positions ? numbers(&g->positions) : NULL, norms };
    PN_TRY(pn_post_write(&out->post, &out->pos, &list, j->m->tick, info, err));
    return out->post.rc == PN_OK && out->pos.rc == PN_OK ? PN_OK : pn_fail(err, PN_MAX(out->post.rc, out->pos.rc), "no memory to write postings");
}

static pn_status merge_terms(job *j, const uint8_t *norms, pn_terms_writer *w, pn_merged_lists *out, pn_error *err) {
    uint8_t term[PN_TERM_MAX];
    size_t len = 0;
    pn_term_info info;
    while (j->by_term.n) {
        PN_TRY(gather_all(j, term, &len, err));
        PN_TRY(go_on(j, 1, err));
        if (j->n_runs == 0) continue;
        PN_TRY(put_list(j, norms, out, &info, err));
        pn_terms_put(w, pn_bytes_of(term, len), &info);
    }
    return PN_OK;
}

static pn_status begin(job *j, pn_error *err) {
    size_t n = j->m->map.n_in;
    j->terms = pn_malloc(n * sizeof *j->terms);
    j->runs = pn_malloc(n * sizeof *j->runs);
    if (!j->terms || !j->runs) return no_memory(err);
    PN_TRY(pn_kway_new(&j->by_term, n, term_before, j->terms, err));
    PN_TRY(pn_kway_new(&j->by_doc, n, run_before, j, err));
    for (uint32_t i = 0; i < n; i++) {
        pn_terms_seek(&j->terms[i], &j->m->in[i].seg->terms[j->field], PN_BYTES_NONE);
        if (j->terms[i].rc != PN_OK) return stopped(&j->terms[i], err);
        if (!j->terms[i].done) pn_kway_push(&j->by_term, i);
    }
    return PN_OK;
}

/* The new sections are about as long as the old ones together: buffers that double would need twice that. */
static pn_status reserve(const job *j, pn_merged_lists *out, pn_error *err) {
    size_t post = 0, pos = 0;
    for (size_t i = 0; i < j->m->map.n_in; i++) {
        post += j->m->in[i].seg->postings[j->field].post.len;
        pos += j->m->in[i].seg->postings[j->field].pos.len;
    }
    return pn_buf_reserve(&out->post, post) && pn_buf_reserve(&out->pos, pos) ? PN_OK : no_memory(err);
}

pn_status pn_merge_lists(pn_merging *m, unsigned field, const uint8_t *norms, pn_merged_lists *out, pn_error *err) {
    job j = { .m = m, .field = field, .has_positions = pn_field_has_positions(field) };
    pn_terms_writer *w = NULL;
    pn_status rc = begin(&j, err);
    if (rc == PN_OK) rc = reserve(&j, out, err);
    if (rc == PN_OK) rc = pn_terms_writer_new(&w, err);
    if (rc == PN_OK) rc = merge_terms(&j, norms, w, out, err);
    if (rc == PN_OK) {
        rc = pn_terms_finish(w, &out->terms, err);
        w = NULL;
    }
    pn_terms_writer_free(w);
    pn_kway_fini(&j.by_term);
    pn_kway_fini(&j.by_doc);
    gathered_fini(&j.in);
    gathered_fini(&j.sorted);
    pn_free(j.runs);
    pn_free(j.terms);
    return rc;
}
