#include "archive/pn_export.h"
#include "base/pn_alloc.h"
#include "parse/pn_record_out.h"
#include "store/pn_manifest.h"
#include "text/pn_utf8.h"
#include <stdio.h>

/* --- lines */

typedef struct { pn_select *select; pn_snap *snap; pn_doc_cache *caches; pn_arena arena; pn_record_out line; } walk;

static pn_status put_article(walk *w, pn_ref ref, pn_error *err) {
    pn_doc doc;
    pn_doc_extra extra;
    pn_arena_reset(&w->arena);
    PN_TRY(pn_snap_doc_cached(w->snap, w->caches, ref, &w->arena, &doc, &extra, err));
    pn_status rc = pn_record_put(&w->line, extra.key, &doc, err);
    if (rc == PN_ECORRUPT) pn_error_at(err, pn_snap_dir(w->snap), 0);
    return rc;
}

static pn_status put_articles(walk *w, uint64_t from, uint64_t n, pn_error *err) {
    enum { RUN = 256 };
    pn_ref refs[RUN];
    PN_TRY(pn_select_put_in_order(w->select, w->line.out->pace.tick, err));
    for (uint64_t done = 0, run; done < n; done += run) {
        run = PN_MIN(n - done, (uint64_t)RUN);
        PN_TRY(pn_select_refs(w->select, from + done, (size_t)run, refs, err));
        for (uint64_t i = 0; i < run; i++) PN_TRY(put_article(w, refs[i], err));
    }
    return pn_json_hand_on(w->line.out, err);
}

static pn_status put_lines(pn_select *s, uint64_t from, uint64_t n, pn_json_out *out, pn_error *err) {
    walk w = { .select = s, .snap = pn_select_snap(s), .line = { .out = out } };
    size_t n_parts = pn_snap_n_parts(w.snap);
    w.caches = pn_calloc(n_parts, sizeof *w.caches);
    pn_status rc = w.caches ? put_articles(&w, from, n, err) : pn_fail(err, PN_ENOMEM, "no memory for JSON lines");
    for (size_t i = 0; w.caches && i < n_parts; i++) pn_doc_cache_fini(&w.caches[i]);
    pn_free(w.caches);
    pn_arena_fini(&w.arena);
    pn_record_out_fini(&w.line);
    return pn_snap_settle(pn_select_snap(s), rc, err);
}

pn_status pn_export_lines(pn_select *s, uint64_t from, uint64_t n, const pn_tick *tick, pn_buf *out, pn_error *err) {
    pn_json_out json = { .pace = { tick, 0 } };
    pn_status rc = put_lines(s, from, n, &json, err);
    if (rc == PN_OK) pn_buf_put_bytes(out, pn_buf_bytes(&json.buf));
    pn_json_out_fini(&json);
    return rc == PN_OK && out->rc != PN_OK ? pn_fail(err, out->rc, "no memory for JSON lines") : rc;
}

/* --- a file.  What fails is the one that was asked for, whatever it is called meanwhile. */

enum { SYNC_EVERY = 32 << 20 };            /* bytes: the last sync, in which nobody can stop, is a short one */

typedef struct { const pn_io *io; pn_io_file *file; const char *wanted; size_t unsynced; char path[PN_PATH_MAX]; } draft;

static pn_status told(const draft *d, pn_status rc, pn_error *err) {
    if (rc != PN_OK) pn_error_at(err, d->wanted, 0);
    return rc;
}

/* A name beside the wanted one that nobody uses, as long as a name may be. */
static pn_status name_draft(draft *d, pn_error *err) {
    enum { KEPT = 200 };
    uint64_t chance;
    const char *slash = strrchr(d->wanted, '/'), *name = slash ? slash + 1 : d->wanted;
    if (strlen(d->wanted) >= sizeof d->path - 32) return pn_fail(err, PN_ELIMIT, "the path is longer than %zu bytes", sizeof d->path - 32);
    PN_TRY(d->io->random(d->io->ctx, &chance, sizeof chance, err));
    snprintf(d->path, sizeof d->path, "%.*s.%016llx.tmp", (int)(name - d->wanted) + (int)pn_utf8_cut(pn_bytes_cstr(name), KEPT), d->wanted, (unsigned long long)chance);
    return PN_OK;
}

static pn_status create(draft *d, pn_error *err) {
    pn_io_stat there;
    PN_TRY(told(d, d->io->stat(d->io->ctx, d->wanted, &there, err), err));
    PN_TRY(told(d, name_draft(d, err), err));
    pn_status rc = d->io->create(d->io->ctx, d->path, &d->file, err);
    if (rc == PN_ENOTFOUND) rc = pn_fail(err, rc, "no folder to write the file into");
    return told(d, rc, err);
}

static pn_status sync_draft(draft *d, pn_error *err) {
    d->unsynced = 0;
    return told(d, d->io->sync(d->io->ctx, d->file, err), err);
}

static pn_status write_piece(void *arg, pn_bytes piece, pn_error *err) {
    draft *d = arg;
    PN_TRY(told(d, d->io->write(d->io->ctx, d->file, piece.ptr, piece.len, err), err));
    d->unsynced += piece.len;
    return d->unsynced < SYNC_EVERY ? PN_OK : sync_draft(d, err);
}

static pn_status fill(draft *d, pn_select *s, const pn_tick *tick, pn_error *err) {
    pn_json_out json = { .take = write_piece, .arg = d, .pace = { tick, 0 } };
    pn_status rc = put_lines(s, 0, pn_select_count(s), &json, err);
    pn_json_out_fini(&json);
    return rc == PN_OK ? sync_draft(d, err) : rc;
}

static pn_status close_draft(draft *d, pn_status rc, pn_error *err) {
    pn_status closed = d->io->close(d->io->ctx, d->file, rc == PN_OK ? err : NULL);
    return rc == PN_OK ? told(d, closed, err) : rc;
}

pn_status pn_export_jsonl(pn_select *s, const pn_io *io, const char *path, const pn_tick *tick, pn_error *err) {
    draft d = { .io = io, .wanted = path };
    PN_TRY(create(&d, err));
    pn_status rc = close_draft(&d, fill(&d, s, tick, err), err);
    if (rc == PN_OK) rc = told(&d, io->rename(io->ctx, d.path, path, err), err);
    if (rc != PN_OK) (void)io->unlink(io->ctx, d.path, NULL);
    return rc;
}
