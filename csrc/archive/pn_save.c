#include "archive/pn_save.h"
#include "base/pn_alloc.h"

/* Articles of a selection one after the other.  A writer takes all articles of one input at a time, so the source ends where the input
 * changes and goes on in the next call. */
typedef struct {
    pn_select *select;
    pn_snap *snap;
    pn_doc_cache *caches;
    pn_arena arena;
    uint64_t next, n;
    bool ready;                        /* doc and extra are of article `next` */
    pn_doc doc;
    pn_doc_extra extra;
    pn_buf input;                      /* of the call under way */
    pn_status rc; pn_error error;      /* of reading: no error that a source gives */
} saver;

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for saving articles"); }

static pn_status load(saver *s, pn_error *err) {
    pn_ref ref;
    if (s->ready || s->next == s->n) return PN_OK;
    pn_arena_reset(&s->arena);
    PN_TRY(pn_select_refs(s->select, s->next, 1, &ref, err));
    PN_TRY(pn_snap_doc_cached(s->snap, s->caches, ref, &s->arena, &s->doc, &s->extra, err));
    s->doc.id = pn_bytes_equal(s->extra.id_source, PN_BYTES_LIT("given")) ? s->extra.key : PN_BYTES_NONE;
    s->ready = true;
    return PN_OK;
}

static pn_status next_doc(void *self, const pn_doc **out, pn_error *err) {
    saver *s = self;
    *out = NULL;
    s->rc = load(s, &s->error);
    if (s->rc == PN_ENOMEM) return no_memory(err);
    if (s->rc != PN_OK || !s->ready || !pn_bytes_equal(s->extra.input, pn_buf_bytes(&s->input))) return PN_OK;
    *out = &s->doc;
    s->ready = false;                                       /* what lies in the arena holds until the next load */
    s->next++;
    return PN_OK;
}

static void close_nothing(void *self) { (void)self; }

static pn_status add_run(saver *s, pn_writer *w, const pn_tick *tick, pn_error *err) {
    pn_doc_source source = { s, next_doc, close_nothing };
    PN_TRY(load(s, err));
    pn_buf_clear(&s->input);
    pn_buf_put_bytes(&s->input, s->extra.input);
    if (s->input.rc != PN_OK) return no_memory(err);
    PN_TRY(pn_writer_add(w, &source, pn_buf_bytes(&s->input), tick, err));
    if (s->rc != PN_OK && err) *err = s->error;
    return s->rc;
}

static pn_status add_all(saver *s, pn_writer *w, const pn_tick *tick, pn_error *err) {
    PN_TRY(pn_select_put_in_order(s->select, tick, err));
    while (s->next < s->n) PN_TRY(add_run(s, w, tick, err));
    PN_TRY(pn_snap_settle(s->snap, PN_OK, err));
    return pn_writer_commit(w, tick, err);
}

static pn_status save(saver *s, const pn_io *io, const char *dir, const pn_tick *tick, pn_error *err) {
    pn_writer *w = NULL;
    PN_TRY(pn_writer_create(io, dir, NULL, &w, err));
    pn_status rc = add_all(s, w, tick, err);
    pn_writer_close(w);
    return rc;
}

static pn_status save_in_order(pn_select *select, const pn_io *io, const char *dir, const pn_tick *tick, pn_error *err) {
    saver s = { .select = select, .snap = pn_select_snap(select), .n = pn_select_count(select) };
    size_t n_parts = pn_snap_n_parts(s.snap);
    s.caches = pn_calloc(n_parts, sizeof *s.caches);
    pn_status rc = s.caches ? save(&s, io, dir, tick, err) : no_memory(err);
    for (size_t i = 0; s.caches && i < n_parts; i++) pn_doc_cache_fini(&s.caches[i]);
    pn_free(s.caches);
    pn_arena_fini(&s.arena);
    pn_buf_fini(&s.input);
    return rc;
}

pn_status pn_save(pn_select *select, const pn_io *io, const char *dir, const pn_tick *tick, pn_error *err) {
    pn_select *plain = NULL;
    if (pn_select_is_ranked(select)) PN_TRY(pn_select_combine(select, select, PN_BOTH, &plain, err));
    pn_status rc = save_in_order(plain ? plain : select, io, dir, tick, err);
    pn_select_release(plain);
    return rc;
}
