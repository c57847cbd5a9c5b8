/* Which files of an archive's folder are garbage: the other half of pn_manifest.h. */
#include "base/pn_alloc.h"
#include "store/pn_names.h"

typedef struct { pn_name *names; size_t n, cap; bool incomplete; } folder;

static int remember(void *arg, const char *name) {
    folder *f = arg;
    void *p = f->names;
    pn_name n = pn_name_of(name);
    if (n.what == PN_NAMED_OTHER) return 0;
    f->incomplete = !pn_grow(&p, &f->cap, f->n + 1, sizeof *f->names);
    if (f->incomplete) return 1;
    f->names = p;
    f->names[f->n++] = n;
    return 0;
}

/* The newest manifest before `generation`; 0: none. */
static uint32_t before(const folder *f, uint32_t generation) {
    uint32_t best = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->names[i].what == PN_NAMED_MANIFEST && f->names[i].generation < generation) best = PN_MAX(best, f->names[i].generation);
    return best;
}

static bool names_file(const pn_manifest *m, const pn_name *n) {
    if (n->what == PN_NAMED_INPUTS) return n->generation == m->inputs_generation;
    for (size_t i = 0; i < m->n_segments; i++)
        if (m->segments[i].number == n->segment)
            return n->what != PN_NAMED_DEL || m->segments[i].del_generation == n->generation;
    return false;
}

/* The manifests whose files stay: m, the one before, those m pins, the one set aside. */
typedef struct { pn_manifest *at; size_t n; uint32_t newest, aside; } kept;

static bool is_live(const pn_name *n, const kept *k) {
    if (n->what == PN_NAMED_TEMP) return false;
    if (n->what == PN_NAMED_ASIDE) return n->generation == k->aside;
    if (n->what == PN_NAMED_MANIFEST && n->generation >= k->newest) return true;
    for (size_t i = 0; i < k->n; i++)
        if (n->what == PN_NAMED_MANIFEST ? n->generation == k->at[i].generation : names_file(&k->at[i], n)) return true;
    return false;
}

static pn_status path_of(char *out, const char *dir, const pn_name *n) {
    switch (n->what) {
    case PN_NAMED_MANIFEST: return pn_manifest_path(out, dir, n->generation, NULL);
    case PN_NAMED_TEMP: return pn_manifest_temp_path(out, dir, n->generation, NULL);
    case PN_NAMED_ASIDE: return pn_manifest_aside_path(out, dir, n->generation, NULL);
    case PN_NAMED_IDX: return pn_segment_path(out, dir, n->segment, PN_NAME_IDX, 0, NULL);
    case PN_NAMED_DOC: return pn_segment_path(out, dir, n->segment, PN_NAME_DOC, 0, NULL);
    case PN_NAMED_DEL: return pn_segment_path(out, dir, n->segment, PN_NAME_DEL, n->generation, NULL);
    case PN_NAMED_INPUTS: return pn_inputs_path(out, dir, n->generation, NULL);
    case PN_NAMED_OTHER: break;
    }
    return PN_EBUG;
}

/* How many were tried to remove. */
static size_t sweep_those(const pn_io *io, const char *dir, const folder *f, const kept *k, bool aside) {
    char path[PN_PATH_MAX];
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        if ((f->names[i].what == PN_NAMED_ASIDE) != aside || is_live(&f->names[i], k) || path_of(path, dir, &f->names[i]) != PN_OK) continue;
        (void)io->unlink(io->ctx, path, NULL);
        n++;
    }
    return n;
}

/* What marks a first build goes last: segments without it look like an archive that lost its manifest. */
static void sweep(const pn_io *io, const char *dir, const folder *f, const kept *k) {
    size_t n = sweep_those(io, dir, f, k, false);
    if (k->newest == 0 && n) (void)!io->sync_dir(io->ctx, dir, NULL);
    (void)sweep_those(io, dir, f, k, true);
}

static bool keep_generation(const pn_io *io, const char *dir, uint32_t generation, kept *k) {
    return pn_manifest_read(io, dir, generation, &k->at[k->n], NULL) == PN_OK && ++k->n;
}
static bool keep_copy(const pn_manifest *m, kept *k) { return pn_manifest_copy(&k->at[k->n], m, NULL) == PN_OK && ++k->n; }

/* False when one that is to be kept cannot be read. */
static bool keep_all(const pn_io *io, const char *dir, uint32_t previous, const pn_manifest *m, const pn_manifest *aside, kept *k) {
    k->at = pn_calloc(m->n_pins + 3, sizeof *k->at);
    if (!k->at || !keep_copy(m, k) || (aside && !keep_copy(aside, k))) return false;
    if (previous && !keep_generation(io, dir, previous, k)) return false;
    for (size_t i = 0; i < m->n_pins; i++)
        if (!keep_generation(io, dir, m->pins[i].generation, k)) return false;
    return true;
}

static void kept_fini(kept *k) {
    for (size_t i = 0; i < k->n; i++) pn_manifest_fini(&k->at[i]);
    pn_free(k->at);
}

static bool is_newest(const folder *f, const pn_manifest *m) {
    for (size_t i = 0; i < f->n; i++)
        if (f->names[i].what == PN_NAMED_MANIFEST && f->names[i].generation > m->generation) return false;
    return true;
}

/* Where the folder or a manifest that is kept cannot be read, nothing is removed: it may hold what a repair needs. */
static void collect(const pn_io *io, const char *dir, const pn_manifest *m, bool keep_previous, const pn_manifest *aside) {
    folder f = { 0 };
    kept k = { .newest = m->generation, .aside = aside ? aside->generation : 0 };
    bool sure = io->list(io->ctx, dir, remember, &f, NULL) == PN_OK && !f.incomplete && is_newest(&f, m);
    if (sure && keep_all(io, dir, keep_previous ? before(&f, m->generation) : 0, m, aside, &k)) sweep(io, dir, &f, &k);
    kept_fini(&k);
    pn_free(f.names);
}

void pn_manifest_collect_but(const pn_io *io, const char *dir, const pn_manifest *m, const pn_manifest *aside) { collect(io, dir, m, true, aside); }
void pn_manifest_collect(const pn_io *io, const char *dir, const pn_manifest *m) { collect(io, dir, m, true, NULL); }
void pn_manifest_collect_older(const pn_io *io, const char *dir, const pn_manifest *m) { collect(io, dir, m, false, NULL); }
