#include "base/pn_alloc.h"
#include "codec/pn_rd.h"
#include "store/pn_file_layout.h"
#include <stdatomic.h>

typedef struct { uint32_t number; uint64_t offset, length; } section;

/* What header and footer say, once they have been checked. */
typedef struct {
    pn_file_kind kind;
    pn_file_id id;
    pn_file_sum sum;
    uint32_t header_sum;
    uint64_t body;                         /* length of header and sections; then comes the table */
    uint64_t n_blocks;
    uint32_t n_pages, n_sections;
    pn_bytes entries, page_sums;           /* in the footer */
} layout;

struct pn_file {
    atomic_int refs;
    const pn_io *io;
    char *path;
    bool copied;
    pn_io_map map;
    pn_io_stat stat;                       /* when it was opened */
    layout l;
    section *sections;                     /* by offset */
    _Atomic uint64_t *known;               /* a bit for each sound block, then one for each sound page of the table */
};

static bool ends_with_magic(pn_bytes all) {
    pn_bytes end = PN_FILE_END;
    return memcmp(all.ptr + all.len - end.len, end.ptr, end.len) == 0;
}

static pn_status too_new(const char *path, unsigned major, unsigned minor, pn_error *err) {
    pn_fail(err, PN_EVERSION, "written in format %u.%u, this build reads up to %d.%d", major, minor, PN_FORMAT_MAJOR, PN_FORMAT_MINOR);
    pn_error_at(err, path, 12);
    return PN_EVERSION;
}

/* The file is long enough for a header. */
static pn_status read_header(pn_bytes all, const char *path, layout *l, pn_error *err) {
    const uint8_t *p = all.ptr;
    if (!pn_bytes_starts(all, PN_FILE_MAGIC)) return pn_corrupt(err, path, 0, "not a file of ours");
    l->kind = (pn_file_kind)pn_load_u32(p + 8);
    unsigned major = pn_load_u16(p + 12), minor = pn_load_u16(p + 14);
    memcpy(l->id.archive, p + 16, sizeof l->id.archive);
    l->id.segment = pn_load_u32(p + 32);
    l->id.generation = pn_load_u32(p + 36);
    l->header_sum = pn_crc32c(0, p, PN_FILE_HEADER_SUMMED);
    if (pn_load_u32(p + PN_FILE_HEADER_SUMMED) != l->header_sum) return pn_corrupt(err, path, 0, "the header is damaged");
    return major > PN_FORMAT_MAJOR ? too_new(path, major, minor, err) : PN_OK;
}

/* Length and sum of the footer; *footer without its last twelve bytes. */
static pn_status read_tail(pn_bytes all, const char *path, layout *l, pn_bytes *footer, pn_error *err) {
    uint64_t at = all.len - PN_FILE_TAIL;
    if (!ends_with_magic(all)) return pn_corrupt(err, path, at, "the end of the file is missing");
    const uint8_t *p = all.ptr + at;
    uint32_t length = pn_load_u32(p + 8);
    l->sum = (pn_file_sum){ pn_load_u64(p), pn_load_u32(p + 12) };
    if (l->sum.length != all.len) return pn_corrupt(err, path, at, "the file has another length than it says");
    if (length < PN_FILE_FOOTER_HEAD + PN_FILE_TAIL || length > all.len - PN_FILE_HEADER)
        return pn_corrupt(err, path, at, "the footer has no possible length");
    *footer = pn_bytes_of(all.ptr + (all.len - length), length - 12);
    if (pn_file_sum_at(l->header_sum, PN_FILE_SUM_FOOTER, footer->ptr, footer->len) != l->sum.footer_crc)
        return pn_corrupt(err, path, all.len - length, "the footer is damaged");
    return PN_OK;
}

/* The parts of the footer; their sizes follow from the body's and must add up to the file. */
static bool read_counts(pn_bytes all, pn_bytes footer, layout *l) {
    pn_rd r = pn_rd_of(footer);
    l->body = pn_rd_u64(&r);
    l->n_sections = pn_rd_u32(&r);
    l->n_pages = pn_rd_u32(&r);
    if (l->body < PN_FILE_HEADER || l->body > all.len || l->body % PN_FILE_ALIGN || l->n_sections > PN_FILE_SECTIONS_MAX) return false;
    l->n_blocks = (l->body + PN_FILE_BLOCK - 1) / PN_FILE_BLOCK;
    if (l->n_pages != (l->n_blocks + PN_FILE_PAGE - 1) / PN_FILE_PAGE) return false;
    size_t entries = PN_FILE_ENTRY * (size_t)l->n_sections, sums = 4 * (size_t)l->n_pages;
    l->entries = pn_bytes_of(pn_rd_take(&r, entries), entries);
    l->page_sums = pn_bytes_of(pn_rd_take(&r, sums), sums);
    return !r.bad && pn_rd_left(&r) == PN_FILE_TAIL - 12
        && all.len - l->body == 4 * l->n_blocks + footer.len + 12;
}

static pn_status read_layout(pn_bytes all, const char *path, layout *l, pn_error *err) {
    pn_bytes footer = PN_BYTES_NONE;
    if (all.len < PN_FILE_HEADER + PN_FILE_FOOTER_HEAD + PN_FILE_TAIL) return pn_corrupt(err, path, 0, "the file is too short");
    PN_TRY(read_header(all, path, l, err));
    PN_TRY(read_tail(all, path, l, &footer, err));
    if (!read_counts(all, footer, l)) return pn_corrupt(err, path, all.len - footer.len - 12, "the footer contradicts itself");
    return PN_OK;
}

/* The directory: sections lie one after the other, each at the next multiple of 64, and fill the body; numbers differ. */
static bool read_sections(const layout *l, section *s) {
    pn_rd r = pn_rd_of(l->entries);
    uint64_t at = PN_FILE_HEADER;
    for (uint32_t i = 0; i < l->n_sections; i++) {
        s[i].number = pn_rd_u32(&r);
        pn_rd_u32(&r);
        s[i].offset = pn_rd_u64(&r);
        s[i].length = pn_rd_u64(&r);
        if (s[i].offset != at || s[i].length > l->body - at) return false;
        at = pn_file_aligned(at + s[i].length);
        for (uint32_t k = 0; k < i; k++) if (s[k].number == s[i].number) return false;
    }
    return at == l->body;
}

static pn_status check_identity(const layout *l, const char *path, pn_file_kind kind, const pn_file_id *id,
                                const pn_file_sum *expect, pn_error *err) {
    if (l->kind != kind) return pn_corrupt(err, path, 8, "the file is of kind %u instead of %u", (unsigned)l->kind, (unsigned)kind);
    if (id && memcmp(l->id.archive, id->archive, sizeof id->archive) != 0)
        return pn_corrupt(err, path, 16, "the file belongs to another archive");
    if (id && l->id.segment != id->segment)
        return pn_corrupt(err, path, 32, "the file belongs to segment %u instead of %u", l->id.segment, id->segment);
    if (id && l->id.generation != id->generation)
        return pn_corrupt(err, path, 36, "the file belongs to generation %u instead of %u", l->id.generation, id->generation);
    if (expect && (l->sum.length != expect->length || l->sum.footer_crc != expect->footer_crc))
        return pn_corrupt(err, path, l->sum.length - PN_FILE_TAIL, "the file is not the one the manifest names");
    return PN_OK;
}

static pn_bytes whole(const pn_file *f) { return pn_bytes_of(f->map.ptr, f->map.len); }

static void free_file(pn_file *f) {
    if (f->map.ptr) f->io->unmap(f->io->ctx, &f->map);
    pn_free(f->known);
    pn_free(f->sections);
    pn_free(f->path);
    pn_free(f);
}

/* The facts come before the bytes, so that a change in between is noticed later. */
static pn_status load(pn_file *f, pn_error *err) {
    PN_TRY(f->io->stat(f->io->ctx, f->path, &f->stat, err));
    PN_TRY(f->io->map(f->io->ctx, f->path, f->copied, &f->map, err));
    if (!f->stat.exists || f->stat.size != f->map.len) {
        pn_fail(err, PN_ECHANGED, "the file changed while it was opened");
        pn_error_at(err, f->path, 0);
        return PN_ECHANGED;
    }
    return PN_OK;
}

/* After read_layout: the directory and the bitmap, both no larger than the file. */
static pn_status build_tables(pn_file *f, pn_error *err) {
    size_t bits = (size_t)f->l.n_blocks + f->l.n_pages;
    f->sections = pn_calloc(f->l.n_sections + 1, sizeof *f->sections);
    f->known = pn_calloc(bits / 64 + 1, sizeof *f->known);
    if (!f->sections || !f->known) return pn_fail(err, PN_ENOMEM, "no memory");
    if (!read_sections(&f->l, f->sections)) return pn_corrupt(err, f->path, f->l.body, "the sections contradict each other");
    return PN_OK;
}

static pn_file *new_file(const pn_io *io, const char *path, bool copy) {
    size_t n = strlen(path) + 1;
    pn_file *f = pn_calloc(1, sizeof *f);
    if (!f) return NULL;
    atomic_init(&f->refs, 1);
    f->io = io;
    f->copied = copy;
    f->path = pn_malloc(n);
    if (!f->path) { free_file(f); return NULL; }
    memcpy(f->path, path, n);
    return f;
}

pn_status pn_file_open(const pn_io *io, const char *path, pn_file_kind kind, const pn_file_id *id,
                       const pn_file_sum *expect, bool copy, pn_file **out, pn_error *err) {
    pn_file *f = new_file(io, path, copy);
    if (!f) return pn_fail(err, PN_ENOMEM, "no memory");
    pn_status rc = load(f, err);
    if (rc == PN_OK) rc = read_layout(whole(f), path, &f->l, err);
    if (rc == PN_OK) rc = check_identity(&f->l, path, kind, id, expect, err);
    if (rc == PN_OK) rc = build_tables(f, err);
    if (rc != PN_OK) { free_file(f); return rc; }
    *out = f;
    return PN_OK;
}

pn_file *pn_file_retain(pn_file *f) {
    atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
    return f;
}

void pn_file_release(pn_file *f) {
    if (f && atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) == 1) free_file(f);
}

const char *pn_file_path(const pn_file *f) { return f->path; }
const pn_file_id *pn_file_identity(const pn_file *f) { return &f->l.id; }
pn_file_sum pn_file_sum_of(const pn_file *f) { return f->l.sum; }

pn_status pn_file_unchanged(const pn_file *f, pn_error *err) {
    pn_io_stat now;
    if (f->copied) return PN_OK;
    PN_TRY(f->io->stat(f->io->ctx, f->path, &now, err));
    bool is_going = now.links < f->stat.links && now.links == 0;       /* its name is still found: the removal is under way */
    bool same_file = now.exists && !is_going && now.dev == f->stat.dev && now.ino == f->stat.ino;
    bool same_facts = now.size == f->stat.size && now.mtime_ns == f->stat.mtime_ns && now.ctime_ns == f->stat.ctime_ns;
    if (f->io->sound(f->io->ctx, &f->map) && (!same_file || same_facts)) return PN_OK;
    pn_fail(err, PN_ECHANGED, "the file was changed by somebody else");
    pn_error_at(err, f->path, 0);
    return PN_ECHANGED;
}

/* --- sections */

pn_bytes pn_file_section(const pn_file *f, uint32_t number) {
    for (uint32_t i = 0; i < f->l.n_sections; i++)
        if (f->sections[i].number == number) return pn_bytes_of(f->map.ptr + f->sections[i].offset, (size_t)f->sections[i].length);
    return PN_BYTES_NONE;
}

size_t pn_file_n_sections(const pn_file *f) { return f->l.n_sections; }

void pn_file_section_at(const pn_file *f, size_t i, uint32_t *number, uint64_t *offset, uint64_t *length) {
    *number = f->sections[i].number;
    *offset = f->sections[i].offset;
    *length = f->sections[i].length;
}

/* The last section that begins at or before `at`; NULL when there is none. */
static const section *section_of(const pn_file *f, uint64_t at) {
    size_t lo = 0, hi = f->l.n_sections;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (f->sections[mid].offset <= at) lo = mid + 1;
        else hi = mid;
    }
    return lo ? &f->sections[lo - 1] : NULL;
}

/* --- sums.  Bits are only ever set, and what they speak of never changes: relaxed order is enough, and two threads
 * that check the same block at once both come to the same answer. */

static bool is_known(const pn_file *f, uint64_t bit) {
    return atomic_load_explicit(&f->known[bit / 64], memory_order_relaxed) >> (bit % 64) & 1;
}
static void set_known(pn_file *f, uint64_t bit) {
    atomic_fetch_or_explicit(&f->known[bit / 64], (uint64_t)1 << (bit % 64), memory_order_relaxed);
}

static pn_status sum_page(const pn_file *f, uint64_t page, pn_error *err) {
    uint64_t first = page * PN_FILE_PAGE, n = PN_MIN(f->l.n_blocks - first, (uint64_t)PN_FILE_PAGE);
    const uint8_t *p = f->map.ptr + f->l.body + 4 * first;
    if (pn_file_sum_at(f->l.header_sum, PN_FILE_SUM_PAGE + page, p, 4 * (size_t)n) != pn_load_u32(f->l.page_sums.ptr + 4 * page))
        return pn_corrupt(err, f->path, f->l.body + 4 * first, "the table of sums is damaged");
    return PN_OK;
}

static pn_status sum_block(const pn_file *f, uint64_t b, pn_error *err) {
    uint64_t at = b * PN_FILE_BLOCK;
    size_t n = (size_t)PN_MIN(f->l.body - at, (uint64_t)PN_FILE_BLOCK);
    if (pn_file_sum_at(f->l.header_sum, b, f->map.ptr + at, n) != pn_load_u32(f->map.ptr + f->l.body + 4 * b))
        return pn_corrupt(err, f->path, at, "block %llu is damaged", (unsigned long long)b);
    return PN_OK;
}

/* That somebody wrote over the file is the better reason for damage. */
static pn_status better_reason(const pn_file *f, pn_status rc, pn_error *err) {
    pn_error changed = { 0 };
    if (pn_file_unchanged(f, &changed) != PN_ECHANGED) return rc;
    if (err) *err = changed;
    return PN_ECHANGED;
}

static pn_status learn(pn_file *f, uint64_t b, pn_error *err) {
    uint64_t page = b / PN_FILE_PAGE, page_bit = f->l.n_blocks + page;
    pn_status rc = is_known(f, page_bit) ? PN_OK : sum_page(f, page, err);
    if (rc == PN_OK) {
        set_known(f, page_bit);
        rc = sum_block(f, b, err);
    }
    if (rc != PN_OK) return better_reason(f, rc, err);
    set_known(f, b);
    return PN_OK;
}

pn_status pn_file_check(pn_file *f, const void *p, size_t n, pn_error *err) {
    uint64_t at = (uint64_t)((uintptr_t)p - (uintptr_t)f->map.ptr);      /* before the map: huge, after every section */
    const section *s = section_of(f, at);
    if (n == 0) return PN_OK;
    if (!s || at - s->offset > s->length || n > s->length - (at - s->offset))
        return pn_corrupt(err, f->path, at, "%zu bytes are wanted where the section ends", n);
    for (uint64_t b = at / PN_FILE_BLOCK; b <= (at + n - 1) / PN_FILE_BLOCK; b++)
        if (PN_UNLIKELY(!is_known(f, b))) PN_TRY(learn(f, b, err));
    return PN_OK;
}

pn_status pn_file_section_checked(pn_file *f, uint32_t number, pn_bytes *out, pn_error *err) {
    pn_bytes s = pn_file_section(f, number);
    PN_TRY(pn_file_check(f, s.ptr, s.len, err));
    *out = s;
    return PN_OK;
}

pn_status pn_file_verify(pn_file *f, const pn_tick *tick, pn_error *err) {
    layout again;
    PN_TRY(read_layout(whole(f), f->path, &again, err));
    PN_TRY(check_identity(&again, f->path, f->l.kind, &f->l.id, &f->l.sum, err));
    for (uint32_t i = 0; i < f->l.n_pages; i++) {
        if (i % 64 == 0) PN_TRY(pn_poll(tick, err));
        PN_TRY(sum_page(f, i, err));
    }
    for (uint64_t b = 0; b < f->l.n_blocks; b++) {
        if (b % 64 == 0) PN_TRY(pn_poll(tick, err));
        PN_TRY(sum_block(f, b, err));
    }
    return PN_OK;
}
