/* Going on: how far a writer came is set aside, and taken up by the next one that does the same work.  docs/FORMAT.md section 3. */
#include "archive/pn_writer_inside.h"
#include "base/pn_alloc.h"
#include "store/pn_names.h"
#include "text/pn_token.h"

enum { JOB = PN_RESUME_JOB, HEAD = PN_RESUME_HEAD };
_Static_assert(sizeof(pn_writer_job) == JOB, "what names the work");

/* --- setting aside */

static pn_status put_resume(pn_writer *w, pn_bytes place, pn_error *err) {
    uint8_t *p = pn_malloc(HEAD + place.len);
    if (!p) return pn_fail(err, PN_ENOMEM, "no memory for a writer");
    memcpy(p, w->job.bytes, JOB);
    for (int i = 0; i < 4; i++) p[JOB + i] = (uint8_t)(w->base >> (8 * i));
    if (place.len) memcpy(p + HEAD, place.ptr, place.len);
    pn_free(w->next.resume);
    w->next.resume = p;
    w->next.n_resume = HEAD + place.len;
    return PN_OK;
}

void pn_writer_forget_place(pn_writer *w) {
    pn_free(w->next.resume);
    w->next.resume = NULL;
    w->next.n_resume = 0;
}

/* Empty, so it is no work to go on with. */
pn_status pn_writer_mark(pn_writer *w, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_io_file *f = NULL;
    if (w->is_marked || w->is_aside) return PN_OK;
    PN_TRY(pn_manifest_aside_path(path, w->dir, 1, err));
    w->is_marked = true;
    PN_TRY(w->io->create(w->io->ctx, path, &f, err));
    PN_TRY(w->io->close(w->io->ctx, f, err));
    return w->io->sync_dir(w->io->ctx, w->dir, err);
}

/* What was set aside before, and what only it named, goes. */
static void collect(pn_writer *w) {
    pn_manifest base = { 0 };
    if (w->base && pn_manifest_read(w->io, w->dir, w->base, &base, NULL) != PN_OK) return;
    pn_manifest_collect_but(w->io, w->dir, &base, &w->next);
    pn_manifest_fini(&base);
}

/* Almost full: written now rather than in the middle of what comes next, which would leave a small segment at its end. */
bool pn_writer_is_due(const pn_writer *w) {
    return w->has_job && (w->next.next_segment > w->first_own || (w->build && pn_build_memory(w->build) > w->memory / 32 * 14));
}

pn_status pn_writer_set_aside(pn_writer *w, pn_bytes place, const pn_tick *tick, pn_error *err) {
    PN_TRY(pn_writer_flush(w, tick, err));
    PN_TRY(pn_writer_list(w, err));
    PN_TRY(put_resume(w, place, err));
    PN_TRY(pn_manifest_put_aside(w->io, w->dir, &w->next, err));
    w->first_own = w->next.next_segment;
    w->settled = w->next.generation;
    for (size_t i = 0; i < w->parts.n; i++) w->parts.at[i].changed = false;
    w->is_aside = w->changed = true;
    collect(w);
    return PN_OK;
}

/* --- taking up */

static bool is_ours(const pn_writer *w, const pn_manifest *m, const pn_manifest *base) {
    return m->n_resume >= HEAD && memcmp(m->resume, w->job.bytes, JOB) == 0 && pn_load_u32(m->resume + JOB) == w->base &&
           strcmp(m->analyzer, PN_ANALYZER_ID) == 0 && (!w->base || memcmp(m->archive, base->archive, sizeof m->archive) == 0);
}

static pn_status take_up(pn_writer *w, uint32_t generation, pn_error *err) {
    pn_snap *snap = NULL;
    pn_parts parts = { 0 };
    pn_manifest next = { 0 };
    PN_TRY(pn_snap_open_aside(w->io, w->dir, generation, &snap, err));
    pn_status rc = is_ours(w, pn_snap_manifest(snap), &w->next) ? PN_OK : PN_ENOTFOUND;
    if (rc == PN_OK) rc = pn_manifest_copy(&next, pn_snap_manifest(snap), err);
    if (rc == PN_OK) rc = pn_parts_add_snapshot(&parts, snap, err);
    pn_snap_release(snap);
    if (rc != PN_OK) {
        pn_parts_fini(&parts);
        pn_manifest_fini(&next);
        return rc;
    }
    pn_parts_fini(&w->parts);
    pn_manifest_fini(&w->next);
    w->parts = parts;
    w->next = next;
    w->first_own = next.next_segment;
    w->settled = next.generation;
    w->is_aside = w->changed = true;
    return PN_OK;
}

/* What was set aside is no archive: whatever is wrong with it, the work is only done again. */
pn_status pn_writer_resume(pn_writer *w, pn_error *err) {
    uint32_t generation = 0;
    pn_status rc = PN_ENOTFOUND;
    if (w->has_job) {
        PN_TRY(pn_manifest_newest_aside(w->io, w->dir, &generation, err));
        if (generation > w->base) rc = take_up(w, generation, err);
        if (rc == PN_ENOMEM || rc == PN_EINTR) return rc;
    }
    if (rc == PN_OK) collect(w);
    else pn_manifest_collect(w->io, w->dir, &w->next);      /* what an interrupted writer left */
    return PN_OK;
}

pn_bytes pn_writer_place(const pn_writer *w) {
    return w->next.n_resume >= HEAD ? pn_bytes_of(w->next.resume + HEAD, w->next.n_resume - HEAD) : PN_BYTES_NONE;
}

/* --- inputs */

pn_status pn_writer_knows(pn_writer *w, const uint8_t *key, size_t n, bool *yes, pn_error *err) {
    if (!w->known_read) PN_TRY(pn_known_read(w->io, w->dir, &w->next, &w->known, err));
    w->known_read = true;
    *yes = pn_known_has(&w->known, key, n);
    return PN_OK;
}

pn_status pn_writer_finish_input(pn_writer *w, const uint8_t key[PN_INPUT_KEY], pn_error *err) {
    bool known;
    PN_TRY(pn_writer_knows(w, key, PN_INPUT_KEY, &known, err));
    if (known) return PN_OK;
    pn_buf_put(&w->finished, key, PN_INPUT_KEY);
    w->inputs_changed = true;
    return w->finished.rc == PN_OK ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for a list of inputs");
}

pn_status pn_writer_write_inputs(pn_writer *w, pn_error *err) {
    if (!w->inputs_changed) return PN_OK;
    w->inputs_changed = false;
    return pn_known_write(w->io, w->dir, &w->next, &w->known, &w->finished, err);
}
