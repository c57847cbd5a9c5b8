#include "query/pn_likes.h"
#include "query/pn_like.h"

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for articles like another"); }

static pn_status keep_refs(pn_likes *l, size_t op, pn_select *found, pn_error *err) {
    size_t n = (size_t)pn_select_count(found);
    pn_ref *refs = pn_arena_take0(&l->arena, n + 1, sizeof *refs);
    if (!refs) return no_memory(err);
    l->at[op] = (pn_likes_found){ refs, n };
    return pn_select_refs(found, 0, n, refs, err);
}

static pn_status find_op(const pn_plan *plan, size_t i, const pn_tick *tick, pn_likes *out, pn_error *err) {
    const pn_query *q = pn_plan_query(plan);
    pn_select *found = NULL;
    if (!out->at) out->at = pn_arena_take0(&out->arena, q->n_ops, sizeof *out->at);
    if (!out->at) return no_memory(err);
    PN_TRY(pn_like_find(pn_plan_snap(plan), q->ops[i].text, q->ops[i].k, tick, &found, err));
    pn_status rc = keep_refs(out, i, found, err);
    pn_select_release(found);
    return rc;
}

pn_status pn_likes_find(const pn_plan *plan, const pn_tick *tick, pn_likes *out, pn_error *err) {
    const pn_query *q = pn_plan_query(plan);
    *out = (pn_likes){ .at = NULL };
    for (size_t i = 0; i < q->n_ops; i++)
        if (q->ops[i].kind == PN_Q_LIKE) PN_TRY(find_op(plan, i, tick, out, err));
    return PN_OK;
}

void pn_likes_fini(pn_likes *l) {
    pn_arena_fini(&l->arena);
    *l = (pn_likes){ .at = NULL };
}
