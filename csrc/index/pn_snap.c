#include "index/pn_snap.h"
#include "base/pn_alloc.h"
#include <stdatomic.h>

struct pn_snap {
    atomic_int refs;
    pn_manifest manifest;
    pn_snap_part *parts;
    size_t n_parts;
    char *dir;
    _Atomic(pn_kept_thing *) kept[PN_N_KEPT];
};

static void free_snap(pn_snap *s) {
    for (size_t i = 0; i < PN_N_KEPT; i++) {
        pn_kept_thing *made = atomic_load(&s->kept[i]);
        if (made) made->free_it(made);
    }
    for (size_t i = 0; i < s->n_parts; i++) {
        pn_seg_release(s->parts[i].seg);
        pn_deleted_fini(&s->parts[i].deleted);
    }
    pn_free(s->parts);
    pn_manifest_fini(&s->manifest);
    pn_free(s->dir);
    pn_free(s);
}

pn_snap *pn_snap_retain(pn_snap *s) {
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}
void pn_snap_release(pn_snap *s) {
    if (s && atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1) free_snap(s);
}

static pn_status open_part(pn_snap *s, const pn_io *io, const pn_manifest_segment *entry, bool copy, pn_error *err) {
    pn_snap_part *p = &s->parts[s->n_parts];
    *p = (pn_snap_part){ .n_docs = entry->n_docs, .n_live = entry->n_docs - entry->n_deleted };
    PN_TRY(pn_seg_open(io, s->dir, s->manifest.archive, entry, copy, &p->seg, err));
    s->n_parts++;                                          /* from here on free_snap knows it */
    return pn_deleted_read(io, s->dir, s->manifest.archive, entry, &p->deleted, err);
}

static pn_status open_parts(pn_snap *s, const pn_io *io, bool copy, pn_error *err) {
    s->parts = pn_calloc(s->manifest.n_segments, sizeof *s->parts);
    if (!s->parts) return pn_fail(err, PN_ENOMEM, "no memory for an open archive");
    for (size_t i = 0; i < s->manifest.n_segments; i++) PN_TRY(open_part(s, io, &s->manifest.segments[i], copy, err));
    return PN_OK;
}

static pn_status new_snap(const char *dir, pn_snap **out, pn_error *err) {
    size_t n = strlen(dir) + 1;
    pn_snap *s = pn_calloc(1, sizeof *s);
    if (s) s->dir = pn_malloc(n);
    if (!s || !s->dir) {
        pn_free(s);
        return pn_fail(err, PN_ENOMEM, "no memory for an open archive");
    }
    memcpy(s->dir, dir, n);
    atomic_init(&s->refs, 1);
    *out = s;
    return PN_OK;
}

/* What an unfinished first build leaves, whatever else. */
static int is_ours(void *arg, const char *name) {
    *(bool *)arg = strcmp(name, "writer.lock") == 0;
    return *(bool *)arg;
}

static pn_status no_archive(const pn_io *io, const char *dir, pn_error *err) {
    bool unfinished = false;
    PN_TRY(pn_manifest_check_lost(io, dir, err));
    PN_TRY(io->list(io->ctx, dir, is_ours, &unfinished, err));
    pn_fail(err, PN_ENOTFOUND, unfinished ? "an unfinished build, not yet an archive: build it again and it goes on"
                                          : "no archive here: the folder holds no MANIFEST file");
    pn_error_at(err, dir, 0);
    return PN_ENOTFOUND;
}

pn_status pn_snap_newest(const pn_io *io, const char *dir, uint32_t *generation, pn_error *err) {
    PN_TRY(pn_manifest_newest(io, dir, generation, err));
    return *generation ? PN_OK : no_archive(io, dir, err);
}

typedef pn_status read_fn(const pn_io *, const char *, uint32_t, pn_manifest *, pn_error *);

static pn_status open_with(read_fn *read, const pn_io *io, const char *dir, uint32_t generation, bool copy, pn_snap **out, pn_error *err) {
    pn_snap *s = NULL;
    PN_TRY(new_snap(dir, &s, err));
    pn_status rc = read(io, dir, generation, &s->manifest, err);
    if (rc == PN_OK) rc = open_parts(s, io, copy, err);
    if (rc != PN_OK) {
        free_snap(s);
        return rc;
    }
    *out = s;
    return PN_OK;
}

/* Writers that commit twice meanwhile take the files of the generation away that was the newest: then there is a newer one. */
pn_status pn_snap_open(const pn_io *io, const char *dir, uint32_t generation, bool copy, pn_snap **out, pn_error *err) {
    uint32_t now = generation, before;
    if (!now) PN_TRY(pn_snap_newest(io, dir, &now, err));
    for (;;) {
        pn_status rc = open_with(pn_manifest_read, io, dir, now, copy, out, err);
        before = now;
        if (rc != PN_ENOTFOUND || generation || pn_manifest_newest(io, dir, &now, NULL) != PN_OK || now == before) return rc;
    }
}

pn_status pn_snap_open_aside(const pn_io *io, const char *dir, uint32_t generation, pn_snap **out, pn_error *err) {
    return open_with(pn_manifest_read_aside, io, dir, generation, false, out, err);
}

const char *pn_snap_dir(const pn_snap *s) { return s->dir; }
pn_kept_thing *pn_snap_kept(pn_snap *s, pn_kept which) { return atomic_load(&s->kept[which]); }

pn_kept_thing *pn_snap_keep(pn_snap *s, pn_kept which, pn_kept_thing *made) {
    pn_kept_thing *nobody = NULL;
    if (atomic_compare_exchange_strong(&s->kept[which], &nobody, made)) return made;
    made->free_it(made);
    return nobody;
}

const pn_manifest *pn_snap_manifest(const pn_snap *s) { return &s->manifest; }
size_t pn_snap_n_parts(const pn_snap *s) { return s->n_parts; }
const pn_snap_part *pn_snap_part_at(const pn_snap *s, size_t i) { return &s->parts[i]; }
uint64_t pn_snap_n_live(const pn_snap *s) { return s->manifest.n_live; }

uint64_t pn_snap_bytes(const pn_snap *s) {
    uint64_t n = 0;
    for (size_t i = 0; i < s->n_parts; i++) n += pn_seg_bytes(s->parts[i].seg);
    return n;
}

pn_status pn_snap_unchanged(const pn_snap *s, pn_error *err) {
    for (size_t i = 0; i < s->n_parts; i++) PN_TRY(pn_seg_unchanged(s->parts[i].seg, err));
    return PN_OK;
}

pn_status pn_snap_settle(const pn_snap *s, pn_status rc, pn_error *err) {
    pn_error changed = { 0 };
    if (rc != PN_OK && rc != PN_ECORRUPT) return rc;
    pn_status now = pn_snap_unchanged(s, &changed);
    if (now == PN_OK) return rc;
    if (err) *err = changed;
    return now;
}

pn_status pn_snap_doc(pn_snap *s, pn_ref ref, pn_arena *arena, pn_doc *doc, pn_doc_extra *extra, pn_error *err) {
    return pn_seg_doc(s->parts[ref.part].seg, ref.doc, arena, doc, extra, err);
}

pn_status pn_snap_doc_cached(pn_snap *s, pn_doc_cache *caches, pn_ref ref, pn_arena *arena, pn_doc *doc, pn_doc_extra *extra, pn_error *err) {
    return pn_seg_doc_cached(s->parts[ref.part].seg, &caches[ref.part], ref.doc, arena, doc, extra, err);
}

/* --- look-ups: a hash names candidates, the stored text decides */

/* Articles with ids of their own may share one address, so there may be any number of candidates. */
typedef struct { uint32_t *at; size_t n, cap; } candidates;

static pn_status look_up(pn_seg *seg, bool by_url, uint64_t hash, candidates *c, pn_error *err) {
    for (size_t cap = 16; c->n == c->cap; cap *= 2) {
        void *p = c->at;
        if (!pn_grow(&p, &c->cap, cap, sizeof *c->at)) return pn_fail(err, PN_ENOMEM, "no memory for a look-up");
        c->at = p;
        PN_TRY((by_url ? pn_seg_find_url : pn_seg_find_key)(seg, hash, c->at, c->cap, &c->n, err));
    }
    return PN_OK;
}

static pn_status matches(pn_seg *seg, pn_doc_cache *cache, uint32_t n, pn_bytes want, bool by_url, bool *yes, pn_error *err) {
    pn_arena arena = { 0 };
    pn_doc doc;
    pn_doc_extra extra;
    pn_status rc = pn_seg_doc_cached(seg, cache, n, &arena, &doc, &extra, err);
    *yes = rc == PN_OK && pn_bytes_equal(by_url ? extra.url_key : extra.key, want);
    pn_arena_fini(&arena);
    return rc;
}

/* Keeps those of the candidates that are live and have the key or the address; at most `most` of them. */
static pn_status keep_matches(const pn_snap_part *part, candidates *c, pn_bytes want, bool by_url, size_t most, const pn_tick *tick, pn_error *err) {
    pn_doc_cache cache = { 0 };
    pn_status rc = PN_OK;
    size_t kept = 0;
    for (size_t i = 0; i < c->n && kept < most && rc == PN_OK; i++) {
        bool yes = false;
        rc = pn_poll(tick, err);
        if (rc == PN_OK && !pn_deleted_has(&part->deleted, c->at[i])) rc = matches(part->seg, &cache, c->at[i], want, by_url, &yes, err);
        if (yes) c->at[kept++] = c->at[i];
    }
    c->n = kept;
    pn_doc_cache_fini(&cache);
    return rc;
}

pn_status pn_snap_find_in_part(pn_snap *s, uint32_t part, pn_bytes want, bool by_url, pn_ref *out, bool *found, pn_error *err) {
    candidates c = { 0 };
    pn_status rc = look_up(s->parts[part].seg, by_url, pn_hash64(want), &c, err);
    if (rc == PN_OK) rc = keep_matches(&s->parts[part], &c, want, by_url, 1, NULL, err);
    *found = rc == PN_OK && c.n == 1;
    if (*found) *out = (pn_ref){ part, c.at[0] };
    pn_free(c.at);
    return rc;
}

pn_status pn_snap_set_url_bits(pn_snap *s, uint32_t part, pn_bytes url, uint64_t *bits, const pn_tick *tick, pn_error *err) {
    candidates c = { 0 };
    pn_status rc = look_up(s->parts[part].seg, true, pn_hash64(url), &c, err);
    if (rc == PN_OK) rc = keep_matches(&s->parts[part], &c, url, true, SIZE_MAX, tick, err);
    for (size_t i = 0; i < c.n && rc == PN_OK; i++) bits[c.at[i] / 64] |= UINT64_C(1) << (c.at[i] % 64);
    pn_free(c.at);
    return rc;
}

static pn_status find(pn_snap *s, pn_bytes want, bool by_url, pn_ref *out, bool *found, pn_error *err) {
    *found = false;
    for (size_t i = s->n_parts; i-- > 0 && !*found;) PN_TRY(pn_snap_find_in_part(s, (uint32_t)i, want, by_url, out, found, err));
    return PN_OK;
}
pn_status pn_snap_find_key(pn_snap *s, pn_bytes key, pn_ref *out, bool *found, pn_error *err) { return find(s, key, false, out, found, err); }
pn_status pn_snap_find_url(pn_snap *s, pn_bytes url, pn_ref *out, bool *found, pn_error *err) { return find(s, url, true, out, found, err); }
