#include "index/pn_deleted.h"
#include "base/pn_alloc.h"
#include "codec/pn_rd.h"

enum { SECTION_META = 1, SECTION_BITS = 2 };

void pn_deleted_fini(pn_deleted *d) {
    if (!d) return;
    pn_free(d->bits);
    pn_free(d->docs);
    *d = (pn_deleted){ 0 };
}

uint32_t pn_deleted_rank(const pn_deleted *d, uint32_t doc) {
    uint32_t lo = 0, hi = d->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (d->docs[mid] < doc) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static size_t n_words(uint32_t n_docs) { return ((size_t)n_docs + 63) / 64; }

static uint32_t count_bits(const uint64_t *bits, uint32_t n_docs) {
    uint32_t n = 0;
    for (size_t i = 0; i < n_words(n_docs); i++) n += (uint32_t)__builtin_popcountll(bits[i]);
    return n;
}

static void list_bits(const uint64_t *bits, uint32_t n_docs, uint32_t *docs) {
    for (size_t i = 0; i < n_words(n_docs); i++)
        for (uint64_t w = bits[i]; w; w &= w - 1) *docs++ = (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(w);
}

pn_status pn_deleted_from_bits(uint64_t *bits, uint32_t n_docs, pn_deleted *out, pn_error *err) {
    pn_deleted d = { .bits = bits, .n = count_bits(bits, n_docs) };
    d.docs = pn_malloc((size_t)d.n * sizeof *d.docs);
    if (!d.docs) {
        pn_deleted_fini(&d);
        return pn_fail(err, PN_ENOMEM, "no memory for the deleted articles of a segment");
    }
    list_bits(bits, n_docs, d.docs);
    *out = d;
    return PN_OK;
}

/* --- files */

static bool tail_is_clear(const uint64_t *bits, uint32_t n_docs) {
    return n_docs % 64 == 0 || bits[n_docs / 64] >> (n_docs % 64) == 0;
}

static pn_status parse(pn_file *f, const pn_manifest_segment *entry, pn_deleted *out, pn_error *err) {
    pn_bytes meta, raw;
    PN_TRY(pn_file_section_checked(f, SECTION_META, &meta, err));
    PN_TRY(pn_file_section_checked(f, SECTION_BITS, &raw, err));
    pn_rd r = pn_rd_of(meta);
    uint32_t n_docs = pn_rd_u32(&r), n = pn_rd_u32(&r);
    if (r.bad || n_docs != entry->n_docs || n != entry->n_deleted || raw.len != n_words(n_docs) * 8)
        return pn_corrupt(err, pn_file_path(f), 0, "the deletions do not fit their segment");
    uint64_t *bits = pn_malloc(raw.len);
    if (!bits) return pn_fail(err, PN_ENOMEM, "no memory for the deleted articles of a segment");
    for (size_t i = 0; i < n_words(n_docs); i++) bits[i] = pn_load_u64(raw.ptr + i * 8);
    if (!tail_is_clear(bits, n_docs) || count_bits(bits, n_docs) != n) {
        pn_free(bits);
        return pn_corrupt(err, pn_file_path(f), 0, "the deletions do not agree with their count");
    }
    return pn_deleted_from_bits(bits, n_docs, out, err);
}

pn_status pn_deleted_read(const pn_io *io, const char *dir, const uint8_t archive[16], const pn_manifest_segment *entry,
                          pn_deleted *out, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_file *f = NULL;
    *out = (pn_deleted){ 0 };
    if (entry->del_generation == 0) return PN_OK;
    pn_file_id id = { .segment = entry->number, .generation = entry->del_generation };
    memcpy(id.archive, archive, sizeof id.archive);
    PN_TRY(pn_segment_path(path, dir, entry->number, PN_NAME_DEL, entry->del_generation, err));
    PN_TRY(pn_file_open(io, path, PN_FILE_DELETED, &id, &entry->del, true, &f, err));
    pn_status rc = parse(f, entry, out, err);
    pn_file_release(f);
    return rc;
}

pn_status pn_deleted_count(const pn_io *io, const char *dir, uint32_t segment, uint32_t generation, uint32_t *n, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_file *f = NULL;
    pn_bytes meta;
    PN_TRY(pn_segment_path(path, dir, segment, PN_NAME_DEL, generation, err));
    PN_TRY(pn_file_open(io, path, PN_FILE_DELETED, NULL, NULL, true, &f, err));
    pn_status rc = pn_file_section_checked(f, SECTION_META, &meta, err);
    if (rc == PN_OK && meta.len < 8) rc = pn_corrupt(err, path, 0, "the deletions are too short");
    if (rc == PN_OK) *n = pn_load_u32(meta.ptr + 4);
    pn_file_release(f);
    return rc;
}

static void put_le(uint8_t *out, uint64_t v, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = (uint8_t)(v >> (8 * i));
}

static void put_content(pn_file_writer *w, const uint64_t *bits, uint32_t n_docs, uint32_t n) {
    uint8_t b[8];
    put_le(b, n_docs, 4);
    put_le(b + 4, n, 4);
    pn_file_begin(w, SECTION_META);
    pn_file_put(w, b, 8);
    pn_file_begin(w, SECTION_BITS);
    for (size_t i = 0; i < n_words(n_docs); i++) {
        put_le(b, bits[i], 8);
        pn_file_put(w, b, 8);
    }
}

pn_status pn_deleted_write(const pn_io *io, const char *dir, const uint8_t archive[16], const uint64_t *bits, uint32_t generation,
                           pn_manifest_segment *entry, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_file_writer *w = NULL;
    pn_file_id id = { .segment = entry->number, .generation = generation };
    memcpy(id.archive, archive, sizeof id.archive);
    PN_TRY(pn_segment_path(path, dir, entry->number, PN_NAME_DEL, generation, err));
    PN_TRY(pn_file_writer_new(io, path, PN_FILE_DELETED, &id, &w, err));
    uint32_t n = count_bits(bits, entry->n_docs);
    put_content(w, bits, entry->n_docs, n);
    PN_TRY(pn_file_finish(w, &entry->del, err));
    entry->del_generation = generation;
    entry->n_deleted = n;
    return PN_OK;
}
