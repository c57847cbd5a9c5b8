/* forge.h -- an archive's files taken apart into sections and written again with right sums, as whoever forges one would.
 *
 *     forge f;
 *     forge_take(io, "d/seg-0000000001.idx", PN_FILE_INDEX, &f);
 *     … change forge_part(&f, section)->ptr and ->len …
 *     forge_write(io, &f, &sum), and the sum into the manifest: forge_note
 *     forge_fini(&f);
 */
#ifndef FORGE_H
#define FORGE_H
#include "codec/pn_rd.h"
#include "memfs.h"
#include "store/pn_manifest.h"
#include <stdlib.h>

enum { FORGE_SECTIONS = 64, FORGE_ENTRIES = 2 };       /* FORGE_ENTRIES: section of a manifest that lists the segments */
typedef struct {
    const char *path;
    pn_file_kind kind;
    pn_file_id id;
    struct { uint32_t number; pn_buf bytes; } parts[FORGE_SECTIONS];
    size_t n;
} forge;

static inline void forge_must(bool ok) { if (!ok) abort(); }

static inline void forge_take(const pn_io *io, const char *path, pn_file_kind kind, forge *f) {
    pn_file *file = NULL;
    forge_must(pn_file_open(io, path, kind, NULL, NULL, true, &file, NULL) == PN_OK && pn_file_n_sections(file) <= FORGE_SECTIONS);
    *f = (forge){ .path = path, .kind = kind, .id = *pn_file_identity(file) };
    for (; f->n < pn_file_n_sections(file); f->n++) {
        uint64_t offset, length;
        pn_file_section_at(file, f->n, &f->parts[f->n].number, &offset, &length);
        pn_buf_put_bytes(&f->parts[f->n].bytes, pn_file_section(file, f->parts[f->n].number));
    }
    pn_file_release(file);
}

static inline void forge_fini(forge *f) {
    for (size_t i = 0; i < f->n; i++) pn_buf_fini(&f->parts[i].bytes);
}

/* NULL when there is no such section. */
static inline pn_buf *forge_find(forge *f, uint32_t number) {
    for (size_t i = 0; i < f->n; i++)
        if (f->parts[i].number == number) return &f->parts[i].bytes;
    return NULL;
}
static inline pn_buf *forge_part(forge *f, uint32_t number) {
    pn_buf *b = forge_find(f, number);
    forge_must(b != NULL);
    return b;
}

static inline void forge_u32(pn_buf *b, size_t at, uint32_t v) {
    forge_must(at + 4 <= b->len);
    for (size_t i = 0; i < 4; i++) b->ptr[at + i] = (uint8_t)(v >> (8 * i));
}

/* False when the container refuses it: two sections of one number. */
static inline bool forge_write(const pn_io *io, const forge *f, pn_file_sum *sum) {
    pn_file_writer *w = NULL;
    (void)!io->unlink(io->ctx, f->path, NULL);
    forge_must(pn_file_writer_new(io, f->path, f->kind, &f->id, &w, NULL) == PN_OK);
    for (size_t i = 0; i < f->n; i++) {
        pn_file_begin(w, f->parts[i].number);
        pn_file_put_buf(w, &f->parts[i].bytes);
    }
    return pn_file_finish(w, sum, NULL) == PN_OK;
}

/* The manifest's entry `segment` (0 …) says that its file 0 = .idx, 1 = .doc, 2 = .del has this sum. */
static inline void forge_note(forge *manifest, size_t segment, size_t file, pn_file_sum sum) {
    pn_buf *b = forge_find(manifest, FORGE_ENTRIES);
    size_t at = 64 * segment + 16 + 16 * file;
    if (!b || at + 12 > b->len) return;
    forge_u32(b, at, (uint32_t)sum.length);
    forge_u32(b, at + 4, (uint32_t)(sum.length >> 32));
    forge_u32(b, at + 8, sum.footer_crc);
}
#endif
