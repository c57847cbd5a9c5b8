#include "query/pn_topk.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"

static bool better(const pn_topk_item *a, const pn_topk_item *b) {
    if (a->score != b->score) return a->score > b->score;
    if (a->ref.part == b->ref.part) return a->ref.doc < b->ref.doc;          /* inside a segment numbers are in the order of time */
    return pn_chrono_before(&a->when, &b->when);
}

pn_status pn_topk_init(pn_topk *t, const pn_snap *snap, size_t k, pn_error *err) {
    *t = (pn_topk){ .snap = snap, .k = k, .at = pn_calloc(k, sizeof *t->at) };
    return t->at ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for the best %zu articles", k);
}

void pn_topk_fini(pn_topk *t) {
    pn_free(t->at);
    t->at = NULL;
}

static void swap(pn_topk_item *a, pn_topk_item *b) {
    pn_topk_item t = *a;
    *a = *b;
    *b = t;
}

static void sift_down(pn_topk_item *at, size_t n, size_t i) {
    for (size_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && better(&at[child], &at[child + 1])) child++;
        if (!better(&at[i], &at[child])) return;
        swap(&at[i], &at[child]);
        i = child;
    }
}

static void sift_up(pn_topk_item *at, size_t i) {
    for (; i && better(&at[(i - 1) / 2], &at[i]); i = (i - 1) / 2) swap(&at[i], &at[(i - 1) / 2]);
}

pn_status pn_topk_offer(pn_topk *t, pn_ref ref, pn_score score, pn_error *err) {
    pn_topk_item item = { .score = score, .ref = ref };
    bool full = t->n == t->k;
    if (full && score < t->at[0].score) return PN_OK;
    if (full && score == t->at[0].score && ref.part == t->at[0].ref.part && ref.doc > t->at[0].ref.doc) return PN_OK;
    PN_TRY(pn_chrono_of(t->snap, ref, &item.when, err));
    if (!full) {
        t->at[t->n++] = item;
        sift_up(t->at, t->n - 1);
    } else if (better(&item, &t->at[0])) {
        t->at[0] = item;
        sift_down(t->at, t->n, 0);
    }
    return PN_OK;
}

static int best_first(const void *a, const void *b) { return better(a, b) ? -1 : better(b, a) ? 1 : 0; }

pn_status pn_topk_sort(pn_topk *t, const pn_tick *tick, pn_error *err) { return pn_sort(t->at, t->n, sizeof *t->at, best_first, tick, err); }
