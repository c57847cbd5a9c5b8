#include "store/pn_manifest.h"
#include "base/pn_alloc.h"
#include "codec/pn_rd.h"
#include "store/pn_names.h"

enum { SECTION_ARCHIVE = 1, SECTION_SEGMENTS = 2, ENTRY = 64, SEGMENTS_MAX = 1 << 16, DOCS_MAX = 10000000 };

void pn_manifest_fini(pn_manifest *m) {
    if (!m) return;
    pn_free(m->segments);
    *m = (pn_manifest){ 0 };
}

pn_status pn_manifest_copy(pn_manifest *to, const pn_manifest *from, pn_error *err) {
    pn_manifest_segment *s = pn_calloc(from->n_segments, sizeof *s);
    if (!s) return pn_fail(err, PN_ENOMEM, "no memory for a manifest");
    if (from->n_segments) memcpy(s, from->segments, from->n_segments * sizeof *s);
    *to = *from;
    to->segments = s;
    return PN_OK;
}

/* --- what a manifest must hold, whether it is written or read; NULL when all is well */

static const char *wrong_segment(const pn_manifest *m, const pn_manifest_segment *s) {
    if (s->number == 0 || s->number >= m->next_segment) return "a segment's number was not given out yet";
    if (s->n_docs > DOCS_MAX) return "a segment holds more than 10,000,000 articles";
    if (s->n_deleted > s->n_docs) return "more articles are deleted than there are";
    if (s->del_generation > m->generation) return "deletions of a later generation";
    if (s->del_generation == 0 && (s->n_deleted || s->del.length || s->del.footer_crc)) return "deletions without a file";
    return NULL;
}

static const char *wrong(const pn_manifest *m) {
    uint64_t live = 0;
    if (m->generation == 0 || m->next_segment == 0) return "generations and segments are counted from 1";
    if (m->n_segments > SEGMENTS_MAX) return "more than 65,536 segments";
    if (m->analyzer[sizeof m->analyzer - 1] != '\0') return "the analyzer's name does not end";
    for (size_t i = 0; i < m->n_segments; i++) {
        const pn_manifest_segment *s = &m->segments[i];
        const char *w = wrong_segment(m, s);
        if (w) return w;
        if (i && s->number <= s[-1].number) return "segments out of order or named twice";
        live += s->n_docs - s->n_deleted;
    }
    return live == m->n_live ? NULL : "the number of articles is not the sum of its segments";
}

/* --- reading */

static pn_file_sum get_sum(pn_rd *r) {
    pn_file_sum s = { pn_rd_u64(r), 0 };
    s.footer_crc = pn_rd_u32(r);
    pn_rd_u32(r);
    return s;
}

static pn_manifest_segment get_segment(pn_rd *r) {
    pn_manifest_segment s = { .number = pn_rd_u32(r) };
    s.n_docs = pn_rd_u32(r);
    s.del_generation = pn_rd_u32(r);
    s.n_deleted = pn_rd_u32(r);
    s.idx = get_sum(r);
    s.doc = get_sum(r);
    s.del = get_sum(r);
    return s;
}

/* False when the section is short. */
static bool get_archive(pn_bytes section, pn_manifest *m) {
    pn_rd r = pn_rd_of(section);
    m->next_segment = pn_rd_u32(&r);
    m->n_segments = pn_rd_u32(&r);
    m->next_arrival = pn_rd_u64(&r);
    m->n_live = pn_rd_u64(&r);
    m->fingerprint[0] = pn_rd_u64(&r);
    m->fingerprint[1] = pn_rd_u64(&r);
    const uint8_t *name = pn_rd_take(&r, sizeof m->analyzer);
    if (name) memcpy(m->analyzer, name, sizeof m->analyzer);
    return !r.bad;
}

static pn_status get_segments(pn_file *f, pn_manifest *m, pn_error *err) {
    pn_bytes section = pn_file_section(f, SECTION_SEGMENTS);
    if (m->n_segments != section.len / ENTRY || section.len % ENTRY)
        return pn_corrupt(err, pn_file_path(f), 0, "the list of segments has another length than it says");
    pn_rd r = pn_rd_of(section);
    m->segments = pn_calloc(m->n_segments, sizeof *m->segments);
    if (!m->segments) return pn_fail(err, PN_ENOMEM, "no memory for a manifest");
    for (size_t i = 0; i < m->n_segments; i++) m->segments[i] = get_segment(&r);
    return PN_OK;
}

static pn_status parse(pn_file *f, pn_manifest *m, pn_error *err) {
    const pn_file_id *id = pn_file_identity(f);
    memcpy(m->archive, id->archive, sizeof m->archive);
    m->generation = id->generation;
    if (!get_archive(pn_file_section(f, SECTION_ARCHIVE), m)) return pn_corrupt(err, pn_file_path(f), 0, "the manifest is too short");
    PN_TRY(get_segments(f, m, err));
    const char *w = wrong(m);
    return w ? pn_corrupt(err, pn_file_path(f), 0, "the manifest contradicts itself: %s", w) : PN_OK;
}

/* Every byte of a manifest is checked before one is used. */
static pn_status read_file(pn_file *f, uint32_t generation, pn_manifest *m, pn_error *err) {
    const pn_file_id *id = pn_file_identity(f);
    if (id->generation != generation || id->segment != 0)
        return pn_corrupt(err, pn_file_path(f), 32, "the manifest is of generation %u instead of %u", id->generation, generation);
    PN_TRY(pn_file_verify(f, NULL, err));
    return parse(f, m, err);
}

pn_status pn_manifest_read(const pn_io *io, const char *dir, uint32_t generation, pn_manifest *out, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_manifest m = { 0 };
    pn_file *f = NULL;
    PN_TRY(pn_manifest_path(path, dir, generation, err));
    PN_TRY(pn_file_open(io, path, PN_FILE_MANIFEST, NULL, NULL, true, &f, err));
    pn_status rc = read_file(f, generation, &m, err);
    pn_file_release(f);
    if (rc == PN_OK) *out = m;
    else pn_manifest_fini(&m);
    return rc;
}

static int keep_highest(void *arg, const char *name) {
    uint32_t *highest = arg;
    pn_name n = pn_name_of(name);
    if (n.what == PN_NAMED_MANIFEST && n.generation > *highest) *highest = n.generation;
    return 0;
}

pn_status pn_manifest_newest(const pn_io *io, const char *dir, uint32_t *generation, pn_error *err) {
    uint32_t highest = 0;
    PN_TRY(io->list(io->ctx, dir, keep_highest, &highest, err));
    *generation = highest;
    return PN_OK;
}

/* --- committing */

static void put_sum(pn_buf *b, pn_file_sum s) {
    pn_buf_put_u64(b, s.length);
    pn_buf_put_u32(b, s.footer_crc);
    pn_buf_put_u32(b, 0);
}

static void put_segment(pn_buf *b, const pn_manifest_segment *s) {
    pn_buf_put_u32(b, s->number);
    pn_buf_put_u32(b, s->n_docs);
    pn_buf_put_u32(b, s->del_generation);
    pn_buf_put_u32(b, s->n_deleted);
    put_sum(b, s->idx);
    put_sum(b, s->doc);
    put_sum(b, s->del);
}

static void put_archive(pn_buf *b, const pn_manifest *m) {
    pn_buf_put_u32(b, m->next_segment);
    pn_buf_put_u32(b, (uint32_t)m->n_segments);
    pn_buf_put_u64(b, m->next_arrival);
    pn_buf_put_u64(b, m->n_live);
    pn_buf_put_u64(b, m->fingerprint[0]);
    pn_buf_put_u64(b, m->fingerprint[1]);
    pn_buf_put(b, m->analyzer, sizeof m->analyzer);
}

/* Segments lie in order of number on disk.  There are few, mostly in order already: insertion. */
static void sort_segments(pn_manifest *m) {
    for (size_t i = 1; i < m->n_segments; i++) {
        pn_manifest_segment s = m->segments[i];
        size_t k = i;
        for (; k && m->segments[k - 1].number > s.number; k--) m->segments[k] = m->segments[k - 1];
        m->segments[k] = s;
    }
}

static pn_status write_file(const pn_io *io, const char *path, const pn_manifest *m, pn_error *err) {
    pn_file_writer *w = NULL;
    pn_buf b = { 0 };
    pn_file_id id = { .generation = m->generation };
    memcpy(id.archive, m->archive, sizeof id.archive);
    PN_TRY(pn_file_writer_new(io, path, PN_FILE_MANIFEST, &id, &w, err));
    put_archive(&b, m);
    pn_file_begin(w, SECTION_ARCHIVE);
    pn_file_put_buf(w, &b);
    size_t head = b.len;
    for (size_t i = 0; i < m->n_segments; i++) put_segment(&b, &m->segments[i]);
    pn_file_begin(w, SECTION_SEGMENTS);
    pn_file_put(w, b.ptr + head, b.len - head);
    if (b.rc == PN_OK) {
        pn_buf_fini(&b);
        return pn_file_finish(w, NULL, err);
    }
    pn_file_abandon(w);
    pn_buf_fini(&b);
    return pn_fail(err, PN_ENOMEM, "no memory for a manifest");
}

/* What an interrupted commit left is nobody's. */
static pn_status remove_leftover(const pn_io *io, const char *temp, pn_error *err) {
    pn_status rc = io->unlink(io->ctx, temp, err);
    return rc == PN_ENOTFOUND ? PN_OK : rc;
}

/* The order is the whole protocol: the names of the segments' files are durable before a manifest can name them, the
 * manifest's bytes before its name, its name before we say so. */
static pn_status publish(const pn_io *io, const char *dir, const char *temp, const char *path, const pn_manifest *m, pn_error *err) {
    PN_TRY(remove_leftover(io, temp, err));
    PN_TRY(write_file(io, temp, m, err));
    pn_status rc = io->sync_dir(io->ctx, dir, err);
    if (rc == PN_OK) rc = io->rename(io->ctx, temp, path, err);
    if (rc == PN_OK) return io->sync_dir(io->ctx, dir, err);
    (void)io->unlink(io->ctx, temp, NULL);
    return rc;
}

static pn_status must_be_new(const pn_io *io, const char *path, pn_error *err) {
    pn_io_stat st;
    PN_TRY(io->stat(io->ctx, path, &st, err));
    if (!st.exists) return PN_OK;
    pn_fail(err, PN_EEXISTS, "the generation exists already");
    pn_error_at(err, path, 0);
    return PN_EEXISTS;
}

pn_status pn_manifest_commit(const pn_io *io, const char *dir, const pn_manifest *m, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_manifest sorted = { 0 };
    PN_TRY(pn_manifest_path(path, dir, m->generation, err));
    PN_TRY(must_be_new(io, path, err));
    PN_TRY(pn_manifest_copy(&sorted, m, err));
    sort_segments(&sorted);
    const char *w = wrong(&sorted);
    char temp[PN_PATH_MAX];
    pn_status rc = w ? pn_fail(err, PN_EINVAL, "not a manifest: %s", w) : pn_manifest_temp_path(temp, dir, m->generation, err);
    if (rc == PN_OK) rc = publish(io, dir, temp, path, &sorted, err);
    pn_manifest_fini(&sorted);
    return rc;
}

/* --- collecting */

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
    for (size_t i = 0; i < m->n_segments; i++)
        if (m->segments[i].number == n->segment)
            return n->what != PN_NAMED_DEL || m->segments[i].del_generation == n->generation;
    return false;
}

static bool is_live(const pn_name *n, const pn_manifest *m, const pn_manifest *previous) {
    if (n->what == PN_NAMED_TEMP) return false;
    if (n->what == PN_NAMED_MANIFEST) return n->generation >= m->generation || n->generation == previous->generation;
    return names_file(m, n) || names_file(previous, n);
}

static pn_status path_of(char *out, const char *dir, const pn_name *n) {
    switch (n->what) {
    case PN_NAMED_MANIFEST: return pn_manifest_path(out, dir, n->generation, NULL);
    case PN_NAMED_TEMP: return pn_manifest_temp_path(out, dir, n->generation, NULL);
    case PN_NAMED_IDX: return pn_segment_path(out, dir, n->segment, PN_NAME_IDX, 0, NULL);
    case PN_NAMED_DOC: return pn_segment_path(out, dir, n->segment, PN_NAME_DOC, 0, NULL);
    case PN_NAMED_DEL: return pn_segment_path(out, dir, n->segment, PN_NAME_DEL, n->generation, NULL);
    case PN_NAMED_OTHER: break;
    }
    return PN_EBUG;
}

static void sweep(const pn_io *io, const char *dir, const folder *f, const pn_manifest *m, const pn_manifest *previous) {
    char path[PN_PATH_MAX];
    for (size_t i = 0; i < f->n; i++)
        if (!is_live(&f->names[i], m, previous) && path_of(path, dir, &f->names[i]) == PN_OK) (void)io->unlink(io->ctx, path, NULL);
}

static bool is_newest(const folder *f, const pn_manifest *m) {
    for (size_t i = 0; i < f->n; i++)
        if (f->names[i].what == PN_NAMED_MANIFEST && f->names[i].generation > m->generation) return false;
    return true;
}

/* Where the folder or the manifest before cannot be read, nothing is removed: it may hold what a repair needs. */
void pn_manifest_collect(const pn_io *io, const char *dir, const pn_manifest *m) {
    folder f = { 0 };
    pn_manifest previous = { 0 };
    bool sure = io->list(io->ctx, dir, remember, &f, NULL) == PN_OK && !f.incomplete && is_newest(&f, m);
    uint32_t generation = sure ? before(&f, m->generation) : 0;
    if (generation) sure = pn_manifest_read(io, dir, generation, &previous, NULL) == PN_OK;
    if (sure) sweep(io, dir, &f, m, &previous);
    pn_manifest_fini(&previous);
    pn_free(f.names);
}
