#include "archive/pn_writer_inside.h"
#include "base/pn_alloc.h"
#include "index/pn_doc_bytes.h"
#include "store/pn_names.h"
#include "text/pn_token.h"

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a writer"); }

/* --- opening */

static pn_status new_writer(const pn_io *io, const char *dir, const pn_writer_opts *opts, pn_writer **out, pn_error *err) {
    size_t n = strlen(dir) + 1;
    pn_writer *w = pn_calloc(1, sizeof *w);
    if (w) w->dir = pn_malloc(n);
    if (!w || !w->dir) {
        pn_free(w);
        return no_memory(err);
    }
    memcpy(w->dir, dir, n);
    w->io = io;
    if (opts && opts->job) w->job = *opts->job;
    w->has_job = opts && opts->job;
    w->memory = opts && opts->memory ? PN_MAX(opts->memory, PN_WRITER_MEMORY_MIN) : PN_WRITER_MEMORY;
    *out = w;
    return PN_OK;
}

static pn_status take_lock(pn_writer *w, pn_error *err) {
    char path[PN_PATH_MAX], note[PN_OS_NOTE];
    pn_os_note(note);
    PN_TRY(pn_lock_path(path, w->dir, err));
    PN_TRY(w->io->lock(w->io->ctx, path, note, &w->lock, err));
    w->may_undo = true;
    return PN_OK;
}

static pn_status refuse_path(const char *dir, pn_error *err) {
    pn_fail(err, PN_EEXISTS, "something is there already; add to an archive, or choose another path");
    pn_error_at(err, dir, 0);
    return PN_EEXISTS;
}

/* What an interrupted first build may have left: segments without a manifest, the lock, temporary files. */
static int is_foreign(void *arg, const char *name) {
    bool ours = strncmp(name, "seg-", 4) == 0 || strncmp(name, "MANIFEST-", 9) == 0 || strncmp(name, "inputs-", 7) == 0 || strcmp(name, "writer.lock") == 0;
    *(bool *)arg = !ours;
    return !ours;
}

/* The name of a new folder lasts when the folder it lies in is synced. */
static pn_status sync_parent(const pn_io *io, const char *dir, pn_error *err) {
    char parent[PN_PATH_MAX];
    size_t n = strlen(dir);
    if (n >= sizeof parent) return pn_fail(err, PN_ELIMIT, "a path is limited to %d bytes", PN_PATH_MAX);
    while (n > 0 && dir[n - 1] == '/') n--;
    while (n > 0 && dir[n - 1] != '/') n--;
    memcpy(parent, n ? dir : ".", n ? n : 1);
    parent[n ? n : 1] = 0;
    return io->sync_dir(io->ctx, parent, err);
}

static pn_status make_folder(const pn_io *io, const char *dir, pn_error *err) {
    uint32_t generation = 0;
    bool foreign = false;
    pn_status rc = io->mkdir(io->ctx, dir, err);
    if (rc == PN_OK) return sync_parent(io, dir, err);
    if (rc != PN_EEXISTS) return rc;
    if (io->list(io->ctx, dir, is_foreign, &foreign, err) != PN_OK || foreign) return refuse_path(dir, err);
    PN_TRY(pn_manifest_newest(io, dir, &generation, err));
    return generation ? refuse_path(dir, err) : pn_manifest_check_lost(io, dir, err);
}

/* Under the lock the folder is looked at once more: another build may have ended since. */
static pn_status start_new(pn_writer *w, pn_error *err) {
    uint32_t generation = 0;
    PN_TRY(take_lock(w, err));
    w->is_new = true;                                       /* whatever fails from here on, the folder goes again */
    PN_TRY(pn_manifest_newest(w->io, w->dir, &generation, err));
    if (generation) return refuse_path(w->dir, err);
    PN_TRY(w->io->random(w->io->ctx, w->next.archive, sizeof w->next.archive, err));
    w->next.next_segment = w->first_own = 1;
    memcpy(w->next.analyzer, PN_ANALYZER_ID, sizeof PN_ANALYZER_ID);
    return pn_writer_resume(w, err);
}

pn_status pn_writer_create(const pn_io *io, const char *dir, const pn_writer_opts *opts, pn_writer **out, pn_error *err) {
    pn_writer *w = NULL;
    PN_TRY(make_folder(io, dir, err));
    PN_TRY(new_writer(io, dir, opts, &w, err));
    pn_status rc = start_new(w, err);
    if (rc != PN_OK) pn_writer_close(w);
    else *out = w;
    return rc;
}

static pn_status check_analyzer(const pn_manifest *m, const char *dir, pn_error *err) {
    if (strcmp(m->analyzer, PN_ANALYZER_ID) == 0) return PN_OK;
    pn_fail(err, PN_EVERSION, "the archive's words were cut by other rules (%s; here: %s): build it again to add to it", m->analyzer, PN_ANALYZER_ID);
    pn_error_at(err, dir, 0);
    return PN_EVERSION;
}

/* The newest generation is read under the lock, so that no other writer's commit is missed. */
static pn_status start_from_newest(pn_writer *w, pn_error *err) {
    pn_snap *snap = NULL;
    uint32_t generation = 0;
    PN_TRY(pn_snap_newest(w->io, w->dir, &generation, err));
    PN_TRY(take_lock(w, err));
    PN_TRY(pn_snap_open(w->io, w->dir, 0, false, &snap, err));
    pn_status rc = check_analyzer(pn_snap_manifest(snap), w->dir, err);
    if (rc == PN_OK) rc = pn_manifest_copy(&w->next, pn_snap_manifest(snap), err);
    if (rc == PN_OK) rc = pn_parts_add_snapshot(&w->parts, snap, err);
    w->first_own = w->next.next_segment;
    w->committed = w->settled = w->base = w->next.generation;
    pn_snap_release(snap);
    return rc == PN_OK ? pn_writer_resume(w, err) : rc;
}

pn_status pn_writer_open(const pn_io *io, const char *dir, const pn_writer_opts *opts, pn_writer **out, pn_error *err) {
    pn_writer *w = NULL;
    PN_TRY(new_writer(io, dir, opts, &w, err));
    pn_status rc = start_from_newest(w, err);
    if (rc != PN_OK) pn_writer_close(w);
    else *out = w;
    return rc;
}

pn_status pn_writer_open_empty(const pn_io *io, const char *dir, pn_writer **out, pn_error *err) {
    pn_writer *w = NULL;
    PN_TRY(new_writer(io, dir, NULL, &w, err));
    pn_status rc = take_lock(w, err);
    if (rc != PN_OK) pn_writer_close(w);
    else *out = w;
    return rc;
}

/* --- one article */

static void fingerprint_add(pn_writer *w, pn_hash128 h) {
    uint64_t low = w->next.fingerprint[0] + h.lo;
    w->next.fingerprint[1] += h.hi + (low < h.lo);
    w->next.fingerprint[0] = low;
}
static void fingerprint_subtract(pn_writer *w, pn_hash128 h) {
    uint64_t low = w->next.fingerprint[0] - h.lo;
    w->next.fingerprint[1] -= h.hi + (low > w->next.fingerprint[0]);
    w->next.fingerprint[0] = low;
}

pn_status pn_writer_drop(pn_writer *w, pn_ref ref, pn_hash128 content, pn_error *err) {
    PN_TRY(pn_parts_delete(&w->parts, ref, err));
    fingerprint_subtract(w, content);
    return PN_OK;
}

static bool same_content(pn_hash128 a, pn_hash128 b) { return a.lo == b.lo && a.hi == b.hi; }

#define NO_SLOT UINT32_MAX

/* Looks among the articles not yet flushed. */
static pn_found find_in_build(const pn_writer *w, const pn_doc_extra *want, uint64_t hash, uint32_t *slot) {
    size_t at = 0;
    while (w->build && pn_keymap_next(&w->keys, hash, &at, slot)) {
        if (!pn_bytes_equal(pn_build_key(w->build, *slot), want->key)) continue;
        return same_content(pn_build_content(w->build, *slot), want->content) ? PN_FOUND_SAME : PN_FOUND_OTHER;
    }
    return PN_FOUND_NOTHING;
}

/* Finds an article of the same key and takes it away when its content is another one.  *dropped is its slot if it was not yet
 * flushed, else NO_SLOT. */
static pn_status settle(pn_writer *w, const pn_doc_extra *want, uint64_t hash, pn_found *found, uint32_t *dropped, pn_error *err) {
    uint32_t slot;
    pn_ref ref;
    pn_hash128 content;
    *dropped = NO_SLOT;
    *found = find_in_build(w, want, hash, &slot);
    if (*found == PN_FOUND_OTHER) {
        *dropped = slot;
        fingerprint_subtract(w, pn_build_content(w->build, slot));
        pn_build_drop(w->build, slot);
    }
    if (*found != PN_FOUND_NOTHING) return PN_OK;
    PN_TRY(pn_parts_find(&w->parts, want, found, &ref, &content, err));
    if (*found != PN_FOUND_OTHER) return PN_OK;
    return pn_writer_drop(w, ref, content, err);
}

/* A key has one entry in `keys`, however often it came: else versions of one article would be walked again and again. */
static pn_status put(pn_writer *w, const pn_doc *doc, pn_doc_extra *extra, uint64_t hash, uint32_t dropped, pn_error *err) {
    uint32_t slot;
    if (!w->build) PN_TRY(pn_build_new(w->next.next_arrival, &w->build, err));
    extra->arrival = w->next.next_arrival;
    PN_TRY(pn_build_add(w->build, doc, extra, &slot, err));
    if (dropped != NO_SLOT) pn_keymap_move(&w->keys, hash, dropped, slot);
    else PN_TRY(pn_keymap_put(&w->keys, hash, slot, err));
    w->next.next_arrival++;
    fingerprint_add(w, extra->content);
    return PN_OK;
}

/* What is no article for its size costs only itself: an older one of its key stays. */
static pn_status skip_large(pn_writer *w, const pn_doc *doc, const char *why, pn_bytes input, pn_error *err) {
    w->counts.skipped++;
    return pn_report_add(&w->report, input, &(pn_diag){ .code = "article_too_large", .severity = PN_ERROR, .offset = doc->offset, .excerpt = pn_bytes_cstr(why) }, err);
}

static pn_status take(pn_writer *w, const pn_doc *given, pn_bytes input, pn_error *err) {
    pn_doc doc = *given;
    pn_doc_extra extra = { .input = input };
    pn_found found;
    const char *large;
    PN_TRY(pn_identity_of(&w->identity, &doc, &extra, err));
    PN_TRY(pn_doc_bytes_fit(&doc, &extra, &large, err));
    if (large) return skip_large(w, &doc, large, input, err);
    uint64_t hash = pn_hash_keyed(pn_hash_key(), extra.key);
    uint32_t dropped;
    PN_TRY(settle(w, &extra, hash, &found, &dropped, err));
    if (found == PN_FOUND_SAME) { w->counts.duplicate++; return PN_OK; }
    PN_TRY(put(w, &doc, &extra, hash, dropped, err));
    if (found == PN_FOUND_OTHER) w->counts.replaced++;
    else { w->counts.stored++; w->next.n_live++; }
    return PN_OK;
}

static pn_status note_all(pn_writer *w, const pn_doc *doc, pn_bytes input, pn_error *err) {
    for (size_t i = 0; i < doc->n_diags; i++) PN_TRY(pn_report_add(&w->report, input, &doc->diags[i], err));
    return PN_OK;
}

/* --- segments */

static pn_status flush_files(pn_writer *w, const pn_tick *tick, pn_manifest_segment *entry, pn_error *err) {
    pn_seg *seg = NULL;
    if (w->is_new) PN_TRY(pn_writer_mark(w, err));
    PN_TRY(pn_build_flush(w->build, w->io, w->dir, w->next.archive, w->next.next_segment, tick, entry, err));
    w->next.next_segment++;
    PN_TRY(pn_seg_open(w->io, w->dir, w->next.archive, entry, false, &seg, err));
    pn_status rc = pn_parts_add(&w->parts, seg, entry, NULL, err);
    pn_seg_release(seg);
    return rc;
}

pn_status pn_writer_flush(pn_writer *w, const pn_tick *tick, pn_error *err) {
    pn_manifest_segment entry = { 0 };
    pn_status rc = w->build && pn_build_count(w->build) ? flush_files(w, tick, &entry, err) : PN_OK;
    pn_build_free(w->build);
    w->build = NULL;
    pn_keymap_fini(&w->keys);
    return rc;
}

/* Half the memory, which is a power of two, without the step that would double the buffers for the last few. */
static bool is_full(const pn_writer *w) {
    return w->build && (pn_build_memory(w->build) > w->memory / 32 * 15 || pn_build_count(w->build) >= PN_DOC_MAX);
}

pn_status pn_writer_add(pn_writer *w, pn_doc_source *source, pn_bytes input, const pn_tick *tick, pn_error *err) {
    const pn_doc *doc = NULL;
    for (;;) {
        PN_TRY(pn_poll(tick, err));
        PN_TRY(source->next(source->self, &doc, err));
        if (!doc) return PN_OK;
        w->counts.read++;
        PN_TRY(note_all(w, doc, input, err));
        if (doc->skipped) w->counts.skipped++;
        else PN_TRY(take(w, doc, input, err));
        if (is_full(w)) PN_TRY(pn_writer_flush(w, tick, err));
    }
}

pn_status pn_writer_take(pn_writer *w, const pn_doc *doc, pn_bytes input, const pn_tick *tick, pn_error *err) {
    w->counts.read++;
    PN_TRY(take(w, doc, input, err));
    return is_full(w) ? pn_writer_flush(w, tick, err) : PN_OK;
}

void pn_writer_count(pn_writer *w, pn_hash128 content, bool off) { (off ? fingerprint_subtract : fingerprint_add)(w, content); }

pn_status pn_writer_note(pn_writer *w, pn_bytes input, const pn_diag *d, bool skipped, pn_error *err) {
    w->counts.read += skipped;
    w->counts.skipped += skipped;
    return pn_report_add(&w->report, input, d, err);
}

/* --- commit */

static pn_status write_deletions(pn_writer *w, uint32_t generation, pn_error *err) {
    for (size_t i = 0; i < w->parts.n; i++) {
        pn_part *p = &w->parts.at[i];
        if (p->changed && !pn_part_is_dead(p)) PN_TRY(pn_deleted_write(w->io, w->dir, w->next.archive, p->gone, generation, &p->entry, err));
    }
    return PN_OK;
}

static pn_status list_segments(pn_writer *w, pn_error *err) {
    pn_manifest_segment *segments = pn_calloc(w->parts.n, sizeof *segments);
    if (!segments) return no_memory(err);
    pn_free(w->next.segments);
    w->next.segments = segments;
    w->next.n_segments = 0;
    for (size_t i = 0; i < w->parts.n; i++)
        if (!pn_part_is_dead(&w->parts.at[i])) segments[w->next.n_segments++] = w->parts.at[i].entry;
    return PN_OK;
}

bool pn_writer_has_changed(const pn_writer *w) { return w->is_new || w->counts.stored || w->counts.replaced || w->n_deleted || w->changed; }

pn_status pn_writer_list(pn_writer *w, pn_error *err) {
    w->next.generation++;
    PN_TRY(write_deletions(w, w->next.generation, err));
    PN_TRY(list_segments(w, err));
    return pn_writer_write_inputs(w, err);
}

pn_status pn_writer_publish(pn_writer *w, pn_error *err) {
    pn_writer_forget_place(w);
    w->may_undo = true;
    PN_TRY(pn_writer_list(w, err));
    PN_TRY(pn_manifest_commit(w->io, w->dir, &w->next, err));
    w->committed = w->settled = w->next.generation;
    w->first_own = w->next.next_segment;
    w->may_undo = false;
    if (!w->collects_later) pn_manifest_collect(w->io, w->dir, &w->next);
    return PN_OK;
}

pn_status pn_writer_commit(pn_writer *w, const pn_tick *tick, pn_error *err) {
    if (!pn_writer_has_changed(w)) return PN_OK;                      /* nothing new: the generation stays what it is */
    PN_TRY(pn_writer_flush(w, tick, err));
    PN_TRY(pn_writer_merge(w, tick, err));
    return pn_writer_publish(w, err);
}

/* --- closing */

void pn_writer_unlink_segment(pn_writer *w, uint32_t number) {
    char path[PN_PATH_MAX];
    if (pn_segment_path(path, w->dir, number, PN_NAME_IDX, 0, NULL) == PN_OK) (void)!w->io->unlink(w->io->ctx, path, NULL);
    if (pn_segment_path(path, w->dir, number, PN_NAME_DOC, 0, NULL) == PN_OK) (void)!w->io->unlink(w->io->ctx, path, NULL);
}

/* Whatever a commit said: where its manifest is, it has happened. */
static bool has_not_happened(const pn_writer *w) {
    uint32_t newest = 0;
    return pn_manifest_newest(w->io, w->dir, &newest, NULL) == PN_OK && newest == w->committed;
}

/* Files that no manifest names are nobody's: the next commit's collection would take them too, but whoever stopped a build, or
 * whose disk is full, expects the disk space back at once. */
static void remove_uncommitted(pn_writer *w) {
    char path[PN_PATH_MAX];
    for (uint32_t number = w->first_own; number < w->next.next_segment; number++) pn_writer_unlink_segment(w, number);
    if (w->next.generation <= w->settled) return;
    for (size_t i = 0; i < w->parts.n; i++) {
        const pn_part *p = &w->parts.at[i];
        if (p->changed && pn_segment_path(path, w->dir, p->entry.number, PN_NAME_DEL, w->next.generation, NULL) == PN_OK) (void)!w->io->unlink(w->io->ctx, path, NULL);
    }
    if (pn_inputs_path(path, w->dir, w->next.generation, NULL) == PN_OK) (void)!w->io->unlink(w->io->ctx, path, NULL);
}

static void remove_empty_archive(pn_writer *w) {
    char path[PN_PATH_MAX];
    if (w->is_marked) (void)!w->io->sync_dir(w->io->ctx, w->dir, NULL);         /* the mark goes after the segments */
    if (w->is_marked && pn_manifest_aside_path(path, w->dir, 1, NULL) == PN_OK) (void)!w->io->unlink(w->io->ctx, path, NULL);
    if (pn_lock_path(path, w->dir, NULL) == PN_OK) (void)!w->io->unlink(w->io->ctx, path, NULL);
    (void)!w->io->rmdir(w->io->ctx, w->dir, NULL);
}

void pn_writer_close(pn_writer *w) {
    if (!w) return;
    bool undo = w->may_undo && has_not_happened(w);
    if (undo) remove_uncommitted(w);
    pn_parts_fini(&w->parts);
    if (undo && w->is_new && !w->is_aside) remove_empty_archive(w);
    if (w->lock) w->io->unlock(w->io->ctx, w->lock);
    pn_build_free(w->build);
    pn_keymap_fini(&w->keys);
    pn_identity_fini(&w->identity);
    pn_report_fini(&w->report);
    pn_manifest_fini(&w->next);
    pn_known_fini(&w->known);
    pn_buf_fini(&w->finished);
    pn_free(w->dir);
    pn_free(w);
}

pn_ingest_counts pn_writer_counts(const pn_writer *w) { return w->counts; }
const pn_report *pn_writer_report(const pn_writer *w) { return &w->report; }
