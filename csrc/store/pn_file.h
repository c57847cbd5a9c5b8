/* pn_file.h -- the container every file of ours lies in.  Layer: store.  The bytes are docs/FORMAT.md section 2.
 *
 *   header (64 bytes)  sections, each aligned to 64 bytes  table of block sums  footer
 *
 * Every byte is under a CRC-32C: one sum per 4 KiB block of header and sections; sums of pages of that table in the
 * footer; the footer under its own sum; the footer's sum and the file's length in the manifest.  So opening reads
 * little, and each block is checked at first touch.
 */
#ifndef PN_FILE_H
#define PN_FILE_H
#include "base/pn_buf.h"
#include "base/pn_io.h"
#include "base/pn_tick.h"

#define PN_FORMAT_MAJOR 0
#define PN_FORMAT_MINOR 1

typedef enum { PN_FILE_MANIFEST = 1, PN_FILE_INDEX = 2, PN_FILE_TEXT = 3, PN_FILE_DELETED = 4, PN_FILE_LINKS = 5, PN_FILE_INPUTS = 6 } pn_file_kind;

/* Who a file belongs to: a file of another archive, segment or generation is refused although its sums agree. */
typedef struct { uint8_t archive[16]; uint32_t segment; uint32_t generation; } pn_file_id;
/* What the manifest says of a file. */
typedef struct { uint64_t length; uint32_t footer_crc; } pn_file_sum;

/* --- writing: one section after the other, then finish.  Sticky; one thread. */
typedef struct pn_file_writer pn_file_writer;
PN_MUST_CHECK pn_status pn_file_writer_new(const pn_io *io, const char *path, pn_file_kind kind, const pn_file_id *id,
                                           pn_file_writer **out, pn_error *err);
void pn_file_begin(pn_file_writer *w, uint32_t section);           /* ends the section before, aligns to 64 bytes; at most 256, numbers differ */
void pn_file_put(pn_file_writer *w, const void *p, size_t n);
static inline void pn_file_put_buf(pn_file_writer *w, const pn_buf *b) { pn_file_put(w, b->ptr, b->len); }
/* A whole section, in pieces between which the tick is asked.  PN_EINTR; other failures show at the end, as everywhere. */
PN_MUST_CHECK pn_status pn_file_put_section(pn_file_writer *w, uint32_t section, const pn_buf *bytes, const pn_tick *tick, pn_error *err);
/* Adds to the section at hand in the same way. */
PN_MUST_CHECK pn_status pn_file_put_pieces(pn_file_writer *w, const pn_buf *bytes, const pn_tick *tick, pn_error *err);
uint64_t pn_file_at(const pn_file_writer *w);                      /* offset inside the section */
/* Writes table and footer, syncs, closes and frees; on failure the file is closed and its name removed (as far as that
 * works).  The name is durable only after sync_dir of its folder.  `sum` NULL: not wanted. */
PN_MUST_CHECK pn_status pn_file_finish(pn_file_writer *w, pn_file_sum *sum, pn_error *err);
void pn_file_abandon(pn_file_writer *w);                           /* closes, unlinks, frees; NULL is fine */

/* --- reading: immutable after open, counted, any thread */
typedef struct pn_file pn_file;
/* Opens and checks header, footer, lengths and identity.  `expect` NULL: the file vouches for itself (manifests, tools).
 * `id` NULL: any identity.  copy = true reads it into memory instead of mapping.  PN_ENOTFOUND, PN_ECORRUPT, PN_EVERSION, PN_EIO. */
PN_MUST_CHECK pn_status pn_file_open(const pn_io *io, const char *path, pn_file_kind kind, const pn_file_id *id,
                                     const pn_file_sum *expect, bool copy, pn_file **out, pn_error *err);
pn_file *pn_file_retain(pn_file *f);
void pn_file_release(pn_file *f);                                  /* NULL is fine; the last one unmaps */
const char *pn_file_path(const pn_file *f);                        /* as opened; until release */
const pn_file_id *pn_file_identity(const pn_file *f);
pn_file_sum pn_file_sum_of(const pn_file *f);
/* PN_ECHANGED when somebody wrote over the mapped file or cut it since open: answers made from it since are not to be used.
 * A file removed or replaced by another is PN_OK, our bytes still hold; so is any file that was read into memory.
 * One stat: ask before and after a piece of work. */
PN_MUST_CHECK pn_status pn_file_unchanged(const pn_file *f, pn_error *err);
/* The bytes of a section, NOT yet checked: call pn_file_check on what you are about to read.  NONE when absent. */
pn_bytes pn_file_section(const pn_file *f, uint32_t section);
/* The blocks that hold [p, p+n) are sound, from now on and for ever (a bitmap remembers): a few ns when already known.
 * p must point into a section of f; a range beyond it is PN_ECORRUPT.  PN_ECHANGED as pn_file_unchanged. */
PN_MUST_CHECK pn_status pn_file_check(pn_file *f, const void *p, size_t n, pn_error *err);
/* pn_file_section and pn_file_check of the whole of it. */
PN_MUST_CHECK pn_status pn_file_section_checked(pn_file *f, uint32_t section, pn_bytes *out, pn_error *err);
/* Reads every byte again and checks every sum, whatever the bitmap says. */
PN_MUST_CHECK pn_status pn_file_verify(pn_file *f, const pn_tick *tick, pn_error *err);
/* Number of sections, and the i-th one's number, offset in the file and length; for tools. */
size_t pn_file_n_sections(const pn_file *f);
void pn_file_section_at(const pn_file *f, size_t i, uint32_t *section, uint64_t *offset, uint64_t *length);
#endif
