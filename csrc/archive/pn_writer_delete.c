#include "archive/pn_writer_inside.h"
#include "base/pn_alloc.h"

enum { POLL = 1 << 10 };               /* articles between two questions to the tick */

typedef struct {
    pn_writer *w;
    const pn_select *what;
    pn_seg *seg;                       /* the part of the selection that is walked */
    pn_doc_cache cache;
    pn_arena arena;
} deleting;

static pn_status drop(deleting *d, pn_ref ref, pn_hash128 content, pn_error *err) {
    PN_TRY(pn_writer_drop(d->w, ref, content, err));
    d->w->n_deleted++;
    d->w->next.n_live--;
    return PN_OK;
}

/* The article is not where the selection knows it: rewritten by a merge, or replaced, or deleted. */
static pn_status drop_by_key(deleting *d, uint32_t doc, pn_error *err) {
    pn_doc stored;
    pn_doc_extra extra;
    pn_found found;
    pn_ref ref;
    pn_hash128 content;
    pn_arena_reset(&d->arena);
    PN_TRY(pn_seg_doc_cached(d->seg, &d->cache, doc, &d->arena, &stored, &extra, err));
    PN_TRY(pn_parts_find(&d->w->parts, &extra, &found, &ref, &content, err));
    return found == PN_FOUND_SAME ? drop(d, ref, content, err) : PN_OK;
}

static pn_status drop_one(deleting *d, const pn_part *same, uint32_t doc, pn_error *err) {
    pn_hash128 content;
    if (!same || pn_part_is_gone(same, doc)) return drop_by_key(d, doc, err);
    PN_TRY(pn_seg_content(d->seg, doc, &content, err));
    return drop(d, (pn_ref){ (uint32_t)(same - d->w->parts.at), doc }, content, err);
}

static pn_status drop_part(deleting *d, uint32_t part, const pn_tick *tick, pn_error *err) {
    const pn_snap_part *p = pn_snap_part_at(pn_select_snap(d->what), part);
    const pn_part *same = pn_parts_segment(&d->w->parts, pn_seg_number(p->seg));
    d->seg = p->seg;
    for (uint32_t doc = pn_select_first(d->what, part, 0, p->n_docs), n = 0; doc < p->n_docs; doc = pn_select_first(d->what, part, doc + 1, p->n_docs)) {
        PN_TRY(drop_one(d, same, doc, err));
        if (++n % POLL == 0) PN_TRY(pn_poll(tick, err));
    }
    return PN_OK;
}

static pn_status drop_all(pn_writer *w, const pn_select *what, const pn_tick *tick, pn_error *err) {
    pn_status rc = PN_OK;
    for (uint32_t i = 0; i < pn_snap_n_parts(pn_select_snap(what)) && rc == PN_OK; i++) {
        deleting d = { .w = w, .what = what };
        rc = drop_part(&d, i, tick, err);
        pn_doc_cache_fini(&d.cache);
        pn_arena_fini(&d.arena);
    }
    return rc;
}

pn_status pn_writer_delete(pn_writer *w, const pn_select *what, const pn_tick *tick, uint64_t *n, pn_error *err) {
    pn_snap *snap = pn_select_snap(what);
    uint64_t before = w->n_deleted;
    if (memcmp(pn_snap_manifest(snap)->archive, w->next.archive, sizeof w->next.archive) != 0)
        return pn_fail(err, PN_EINVAL, "the articles are of another archive");
    PN_TRY(pn_snap_settle(snap, drop_all(w, what, tick, err), err));
    *n = w->n_deleted - before;
    return PN_OK;
}
