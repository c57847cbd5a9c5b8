#include "query/pn_occur.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"

static uint32_t doc_at(const pn_occur *o, uint32_t i) { return o->cursors[o->heap[i]].doc; }

static void sift_down(pn_occur *o, uint32_t i) {
    for (uint32_t child = 2 * i + 1; child < o->n; child = 2 * i + 1) {
        if (child + 1 < o->n && doc_at(o, child + 1) < doc_at(o, child)) child++;
        if (doc_at(o, i) <= doc_at(o, child)) return;
        uint32_t t = o->heap[i];
        o->heap[i] = o->heap[child];
        o->heap[child] = t;
        i = child;
    }
}

pn_status pn_occur_open(pn_occur *o, const pn_post_src *src, const pn_plan_part *terms, pn_error *err) {
    *o = (pn_occur){ .doc = PN_DOC_END, .n = (uint32_t)terms->n };
    if (o->n == 0) return PN_OK;
    o->cursors = pn_malloc(o->n * sizeof *o->cursors);
    o->heap = pn_calloc(o->n, 2 * sizeof *o->heap);
    if (!o->cursors || !o->heap) return pn_fail(err, PN_ENOMEM, "no memory for the lists of a word");
    o->stack = o->heap + o->n;
    for (uint32_t i = 0; i < o->n; i++) {
        PN_TRY(pn_post_open(&o->cursors[i], src, &terms->at[i].info, err));
        o->heap[i] = i;
    }
    for (uint32_t i = o->n / 2; i-- > 0;) sift_down(o, i);
    o->doc = doc_at(o, 0);
    return PN_OK;
}

void pn_occur_close(pn_occur *o) {
    pn_free(o->cursors);
    pn_free(o->heap);
    pn_buf_fini(&o->here);
    pn_buf_fini(&o->one);
    *o = (pn_occur){ .doc = PN_DOC_END };
}

static pn_status seek_one(pn_occur *o, uint32_t target, pn_error *err) {
    pn_post *c = o->cursors;
    o->doc = pn_post_seek(c, target);
    if (c->rc != PN_OK && err) *err = c->error;
    return c->rc;
}

pn_status pn_occur_seek(pn_occur *o, uint32_t target, pn_error *err) {
    if (o->n == 1) return seek_one(o, target, err);
    while (o->n && doc_at(o, 0) < target) {
        pn_post *c = &o->cursors[o->heap[0]];
        pn_post_seek(c, target);
        if (c->rc != PN_OK && err) *err = c->error;
        if (c->rc != PN_OK) return c->rc;
        sift_down(o, 0);
    }
    o->doc = o->n ? doc_at(o, 0) : PN_DOC_END;
    return PN_OK;
}

/* Numbers of the cursors that stand on the current article, in o->stack: in a heap they hang together at the top. */
static uint32_t gather(pn_occur *o) {
    uint32_t n = 0;
    if (o->doc == PN_DOC_END) return 0;
    o->stack[n++] = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t child = 2 * o->stack[i] + 1; child <= 2 * o->stack[i] + 2 && child < o->n; child++)
            if (doc_at(o, child) == o->doc) o->stack[n++] = child;
    for (uint32_t i = 0; i < n; i++) o->stack[i] = o->heap[o->stack[i]];
    return n;
}

uint64_t pn_occur_count(pn_occur *o) {
    uint64_t sum = 0;
    for (uint32_t n = gather(o), i = 0; i < n; i++) sum += o->cursors[o->stack[i]].tf;
    return sum;
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Each once: damaged lists may name a place twice. */
static uint32_t tidy(uint32_t *at, uint32_t n) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || at[i] != at[kept - 1]) at[kept++] = at[i];
    return kept;
}

static pn_status gather_positions(pn_occur *o, uint32_t n_cursors, pn_pace *pace, const uint32_t **at, uint32_t *n, pn_error *err) {
    pn_buf_clear(&o->here);
    for (uint32_t i = 0; i < n_cursors; i++) {
        PN_TRY(pn_post_positions(&o->cursors[o->stack[i]], &o->one, at, n, err));
        pn_buf_put(&o->here, *at, (size_t)*n * sizeof **at);
        PN_TRY(pn_pace_on(pace, 64 + 16 * (uint64_t)*n, err));
    }
    if (o->here.rc != PN_OK) return pn_fail(err, PN_ENOMEM, "no memory for positions");
    uint32_t *all = (uint32_t *)(void *)o->here.ptr;
    size_t n_all = o->here.len / sizeof *all;
    PN_TRY(pn_sort(all, n_all, sizeof *all, ascending, pace->tick, err));
    *n = tidy(all, (uint32_t)n_all);
    *at = all;
    return PN_OK;
}

pn_status pn_occur_positions(pn_occur *o, pn_pace *pace, const uint32_t **at, uint32_t *n, pn_error *err) {
    *at = NULL;
    *n = 0;
    uint32_t n_cursors = gather(o);
    if (n_cursors == 0) return PN_OK;
    if (n_cursors == 1) return pn_post_positions(&o->cursors[o->stack[0]], &o->here, at, n, err);
    return gather_positions(o, n_cursors, pace, at, n, err);
}
