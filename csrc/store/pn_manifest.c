#include "store/pn_manifest.h"
#include "base/pn_alloc.h"
#include "codec/pn_rd.h"
#include "store/pn_names.h"

enum { SECTION_ARCHIVE = 1, SECTION_SEGMENTS = 2, SECTION_PINS = 3, SECTION_INPUTS = 4, SECTION_RESUME = 5, ENTRY = 64, PIN_HEAD = 16, SEGMENTS_MAX = 1 << 16, DOCS_MAX = 10000000 };

void pn_manifest_fini(pn_manifest *m) {
    if (!m) return;
    pn_free(m->segments);
    pn_free(m->pins);
    pn_free(m->resume);
    *m = (pn_manifest){ 0 };
}

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a manifest"); }

/* A copy of n things; never NULL unless there is no memory. */
static void *twin(const void *from, size_t n, size_t size) {
    void *p = pn_calloc(n, size);
    if (p && n) memcpy(p, from, n * size);
    return p;
}

pn_status pn_manifest_copy(pn_manifest *to, const pn_manifest *from, pn_error *err) {
    pn_manifest m = *from;
    m.segments = twin(from->segments, from->n_segments, sizeof *m.segments);
    m.pins = twin(from->pins, from->n_pins, sizeof *m.pins);
    m.resume = twin(from->resume, from->n_resume, sizeof *m.resume);
    if (!m.segments || !m.pins || !m.resume) {
        pn_manifest_fini(&m);
        return no_memory(err);
    }
    *to = m;
    return PN_OK;
}

/* --- pins */

static size_t pin_place(const pn_manifest *m, uint32_t generation) {
    size_t i = 0;
    while (i < m->n_pins && m->pins[i].generation < generation) i++;
    return i;
}

static bool is_pinned_at(const pn_manifest *m, size_t i, uint32_t generation) { return i < m->n_pins && m->pins[i].generation == generation; }

static pn_status make_room(pn_manifest *m, size_t i, pn_error *err) {
    if (m->n_pins == PN_PINS_MAX) return pn_fail(err, PN_ELIMIT, "an archive pins at most %d snapshots", PN_PINS_MAX);
    pn_pin *p = pn_realloc(m->pins, (m->n_pins + 1) * sizeof *p);
    if (!p) return no_memory(err);
    m->pins = p;
    memmove(p + i + 1, p + i, (m->n_pins++ - i) * sizeof *p);
    return PN_OK;
}

pn_status pn_manifest_pin(pn_manifest *m, uint32_t generation, uint64_t since, pn_bytes note, pn_error *err) {
    size_t i = pin_place(m, generation);
    if (note.len > PN_PIN_NOTE) return pn_fail(err, PN_ELIMIT, "the note of a pin is limited to %d bytes", PN_PIN_NOTE);
    if (!is_pinned_at(m, i, generation)) PN_TRY(make_room(m, i, err));
    m->pins[i] = (pn_pin){ .generation = generation, .length = (uint32_t)note.len, .since = since };
    if (note.len) memcpy(m->pins[i].note, note.ptr, note.len);
    return PN_OK;
}

bool pn_manifest_unpin(pn_manifest *m, uint32_t generation) {
    size_t i = pin_place(m, generation);
    if (!is_pinned_at(m, i, generation)) return false;
    memmove(m->pins + i, m->pins + i + 1, (--m->n_pins - i) * sizeof *m->pins);
    return true;
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

static const char *wrong_pins(const pn_manifest *m) {
    if (m->n_pins > PN_PINS_MAX) return "more than 1,000 pins";
    for (size_t i = 0; i < m->n_pins; i++) {
        if (m->pins[i].generation == 0 || m->pins[i].generation >= m->generation) return "a pin of a generation that is not past";
        if (i && m->pins[i].generation <= m->pins[i - 1].generation) return "pins out of order or named twice";
    }
    return NULL;
}

static const char *wrong(const pn_manifest *m) {
    uint64_t live = 0;
    const char *pins = m->inputs_generation > m->generation ? "a list of inputs of a later generation" : wrong_pins(m);
    if (pins) return pins;
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
    if (!m->segments) return no_memory(err);
    for (size_t i = 0; i < m->n_segments; i++) m->segments[i] = get_segment(&r);
    return PN_OK;
}

static pn_pin get_pin(pn_rd *r) {
    pn_pin p = { .generation = pn_rd_u32(r) };
    p.length = pn_rd_u32(r);
    p.since = pn_rd_u64(r);
    const uint8_t *note = p.length <= PN_PIN_NOTE ? pn_rd_take(r, p.length) : NULL;
    if (note && p.length) memcpy(p.note, note, p.length);
    else if (p.length) r->bad = true;
    return p;
}

static pn_status get_pins(pn_file *f, pn_manifest *m, pn_error *err) {
    pn_bytes section = pn_file_section(f, SECTION_PINS);
    pn_rd r = pn_rd_of(section);
    size_t most = PN_MIN(section.len / PIN_HEAD, (size_t)PN_PINS_MAX);
    m->pins = pn_calloc(most, sizeof *m->pins);
    if (!m->pins) return no_memory(err);
    while (m->n_pins < most && pn_rd_left(&r) && !r.bad) m->pins[m->n_pins++] = get_pin(&r);
    return r.bad || pn_rd_left(&r) ? pn_corrupt(err, pn_file_path(f), 0, "the list of pins does not end where it should") : PN_OK;
}

static pn_status get_inputs(pn_file *f, pn_manifest *m, pn_error *err) {
    pn_bytes section = pn_file_section(f, SECTION_INPUTS);
    pn_rd r = pn_rd_of(section);
    if (!section.len) return PN_OK;
    m->inputs_generation = pn_rd_u32(&r);
    pn_rd_u32(&r);
    m->inputs = get_sum(&r);
    return r.bad ? pn_corrupt(err, pn_file_path(f), 0, "what names the list of inputs is too short") : PN_OK;
}

static pn_status get_resume(pn_file *f, pn_manifest *m, pn_error *err) {
    pn_bytes section = pn_file_section(f, SECTION_RESUME);
    m->resume = twin(section.ptr, section.len, 1);
    m->n_resume = section.len;
    return m->resume ? PN_OK : no_memory(err);
}

static pn_status parse(pn_file *f, pn_manifest *m, pn_error *err) {
    const pn_file_id *id = pn_file_identity(f);
    memcpy(m->archive, id->archive, sizeof m->archive);
    m->generation = id->generation;
    if (!get_archive(pn_file_section(f, SECTION_ARCHIVE), m)) return pn_corrupt(err, pn_file_path(f), 0, "the manifest is too short");
    PN_TRY(get_segments(f, m, err));
    PN_TRY(get_pins(f, m, err));
    PN_TRY(get_inputs(f, m, err));
    PN_TRY(get_resume(f, m, err));
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

static pn_status read_path(const pn_io *io, const char *path, uint32_t generation, pn_manifest *out, pn_error *err) {
    pn_manifest m = { 0 };
    pn_file *f = NULL;
    PN_TRY(pn_file_open(io, path, PN_FILE_MANIFEST, NULL, NULL, true, &f, err));
    pn_status rc = read_file(f, generation, &m, err);
    pn_file_release(f);
    if (rc == PN_OK) *out = m;
    else pn_manifest_fini(&m);
    return rc;
}

pn_status pn_manifest_read(const pn_io *io, const char *dir, uint32_t generation, pn_manifest *out, pn_error *err) {
    char path[PN_PATH_MAX];
    PN_TRY(pn_manifest_path(path, dir, generation, err));
    return read_path(io, path, generation, out, err);
}

pn_status pn_manifest_read_aside(const pn_io *io, const char *dir, uint32_t generation, pn_manifest *out, pn_error *err) {
    char path[PN_PATH_MAX];
    PN_TRY(pn_manifest_aside_path(path, dir, generation, err));
    return read_path(io, path, generation, out, err);
}

typedef struct { pn_named what; uint32_t generation; } highest;

static int keep_highest(void *arg, const char *name) {
    highest *h = arg;
    pn_name n = pn_name_of(name);
    if (n.what == h->what && n.generation > h->generation) h->generation = n.generation;
    return 0;
}

static pn_status newest(const pn_io *io, const char *dir, pn_named what, uint32_t *generation, pn_error *err) {
    highest h = { what, 0 };
    PN_TRY(io->list(io->ctx, dir, keep_highest, &h, err));
    *generation = h.generation;
    return PN_OK;
}

pn_status pn_manifest_newest(const pn_io *io, const char *dir, uint32_t *generation, pn_error *err) {
    return newest(io, dir, PN_NAMED_MANIFEST, generation, err);
}
pn_status pn_manifest_newest_aside(const pn_io *io, const char *dir, uint32_t *generation, pn_error *err) {
    return newest(io, dir, PN_NAMED_ASIDE, generation, err);
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

static void put_pin(pn_buf *b, const pn_pin *p) {
    pn_buf_put_u32(b, p->generation);
    pn_buf_put_u32(b, p->length);
    pn_buf_put_u64(b, p->since);
    pn_buf_put(b, p->note, p->length);
}

/* Sections that few manifests have. */
static void write_rest(pn_file_writer *w, const pn_manifest *m, pn_buf *b) {
    size_t from = b->len;
    for (size_t i = 0; i < m->n_pins; i++) put_pin(b, &m->pins[i]);
    if (m->n_pins) {
        pn_file_begin(w, SECTION_PINS);
        pn_file_put(w, b->ptr + from, b->len - from);
    }
    if (m->inputs_generation) {
        from = b->len;
        pn_buf_put_u32(b, m->inputs_generation);
        pn_buf_put_u32(b, 0);
        put_sum(b, m->inputs);
        pn_file_begin(w, SECTION_INPUTS);
        pn_file_put(w, b->ptr + from, b->len - from);
    }
    if (!m->n_resume) return;
    pn_file_begin(w, SECTION_RESUME);
    pn_file_put(w, m->resume, m->n_resume);
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
    write_rest(w, m, &b);
    if (b.rc == PN_OK) {
        pn_buf_fini(&b);
        return pn_file_finish(w, NULL, err);
    }
    pn_file_abandon(w);
    pn_buf_fini(&b);
    return no_memory(err);
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

static pn_status publish_sorted(const pn_io *io, const char *dir, const char *path, const pn_manifest *m, pn_error *err) {
    pn_manifest sorted = { 0 };
    PN_TRY(pn_manifest_copy(&sorted, m, err));
    sort_segments(&sorted);
    const char *w = wrong(&sorted);
    char temp[PN_PATH_MAX];
    pn_status rc = w ? pn_fail(err, PN_EINVAL, "not a manifest: %s", w) : pn_manifest_temp_path(temp, dir, m->generation, err);
    if (rc == PN_OK) rc = publish(io, dir, temp, path, &sorted, err);
    pn_manifest_fini(&sorted);
    return rc;
}

pn_status pn_manifest_commit(const pn_io *io, const char *dir, const pn_manifest *m, pn_error *err) {
    char path[PN_PATH_MAX];
    PN_TRY(pn_manifest_path(path, dir, m->generation, err));
    PN_TRY(must_be_new(io, path, err));
    return publish_sorted(io, dir, path, m, err);
}

/* The same steps under a name that readers do not look at: the last sync would not be needed, for nothing is promised yet. */
pn_status pn_manifest_put_aside(const pn_io *io, const char *dir, const pn_manifest *m, pn_error *err) {
    char path[PN_PATH_MAX];
    PN_TRY(pn_manifest_aside_path(path, dir, m->generation, err));
    return publish_sorted(io, dir, path, m, err);
}
