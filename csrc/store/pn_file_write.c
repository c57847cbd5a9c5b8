#include "base/pn_alloc.h"
#include "store/pn_file_layout.h"

enum { OUT_BYTES = 256 << 10 };            /* written at once */

typedef struct { uint32_t number; uint64_t offset, length; } section;

struct pn_file_writer {
    const pn_io *io;
    pn_io_file *file;                      /* NULL once closed */
    char *path;
    pn_status rc;                          /* the first failure stays */
    pn_error why;
    uint32_t header_sum, sum;              /* of the block under construction */
    uint64_t at;                           /* bytes of the body so far */
    pn_buf out, table;
    section *sections;
    size_t n_sections, cap_sections;
};

static void put_header(pn_buf *b, pn_file_kind kind, const pn_file_id *id) {
    pn_buf_put_bytes(b, PN_FILE_MAGIC);
    pn_buf_put_u32(b, kind);
    pn_buf_put_u16(b, PN_FORMAT_MAJOR);
    pn_buf_put_u16(b, PN_FORMAT_MINOR);
    pn_buf_put(b, id->archive, sizeof id->archive);
    pn_buf_put_u32(b, id->segment);
    pn_buf_put_u32(b, id->generation);
    while (b->len < PN_FILE_HEADER_SUMMED && b->rc == PN_OK) pn_buf_put_u8(b, 0);
    pn_buf_put_u32(b, pn_crc32c(0, b->ptr, b->len));
}

static void free_writer(pn_file_writer *w) {
    pn_buf_fini(&w->out);
    pn_buf_fini(&w->table);
    pn_free(w->sections);
    pn_free(w->path);
    pn_free(w);
}

static pn_status fail(pn_file_writer *w, pn_status code, const char *msg) {
    if (w->rc != PN_OK) return w->rc;
    pn_fail(&w->why, code, "%s", msg);
    pn_error_at(&w->why, w->path, w->at);
    return w->rc = code;
}

static void flush(pn_file_writer *w) {
    if (w->rc == PN_OK) w->rc = w->io->write(w->io->ctx, w->file, w->out.ptr, w->out.len, &w->why);
    pn_buf_clear(&w->out);
}

/* Bytes that lie under the sum of their block. */
static void put_summed(pn_file_writer *w, const uint8_t *p, size_t n) {
    while (n && w->rc == PN_OK) {
        size_t in_block = (size_t)(w->at % PN_FILE_BLOCK), k = PN_MIN(n, PN_FILE_BLOCK - in_block);
        if (in_block == 0) w->sum = pn_file_sum_begin(w->header_sum, w->at / PN_FILE_BLOCK);
        w->sum = pn_crc32c(w->sum, p, k);
        if (in_block + k == PN_FILE_BLOCK) pn_buf_put_u32(&w->table, w->sum);
        pn_buf_put(&w->out, p, k);
        if (w->table.rc != PN_OK || w->out.rc != PN_OK) { fail(w, PN_ENOMEM, "no memory"); return; }
        if (w->out.len >= OUT_BYTES) flush(w);
        w->at += k;
        p += k;
        n -= k;
    }
}

static void align(pn_file_writer *w) {
    static const uint8_t zeros[PN_FILE_ALIGN];
    put_summed(w, zeros, (size_t)(pn_file_aligned(w->at) - w->at));
}

/* Everything of a writer but its file. */
static pn_status prepare(pn_file_writer *w, const char *path, pn_file_kind kind, const pn_file_id *id, pn_error *err) {
    size_t n = strlen(path) + 1;
    pn_buf header = { 0 };
    w->path = pn_malloc(n);
    if (w->path) memcpy(w->path, path, n);
    put_header(&header, kind, id);
    if (header.rc == PN_OK && w->path && pn_buf_reserve(&w->out, OUT_BYTES + PN_FILE_BLOCK)) {
        w->header_sum = pn_crc32c(0, header.ptr, PN_FILE_HEADER_SUMMED);
        put_summed(w, header.ptr, header.len);
    } else w->rc = pn_fail(err, PN_ENOMEM, "no memory");
    pn_buf_fini(&header);
    return w->rc;
}

pn_status pn_file_writer_new(const pn_io *io, const char *path, pn_file_kind kind, const pn_file_id *id,
                             pn_file_writer **out, pn_error *err) {
    pn_file_writer *w = pn_calloc(1, sizeof *w);
    if (!w) return pn_fail(err, PN_ENOMEM, "no memory");
    w->io = io;
    pn_status rc = prepare(w, path, kind, id, err);
    if (rc == PN_OK) rc = io->create(io->ctx, path, &w->file, err);
    if (rc != PN_OK) { free_writer(w); return rc; }
    *out = w;
    return PN_OK;
}

static void end_section(pn_file_writer *w) {
    if (w->n_sections) {
        section *s = &w->sections[w->n_sections - 1];
        s->length = w->at - s->offset;
    }
    align(w);
}

void pn_file_begin(pn_file_writer *w, uint32_t number) {
    if (w->rc != PN_OK) return;
    end_section(w);
    for (size_t i = 0; i < w->n_sections; i++)
        if (w->sections[i].number == number) { fail(w, PN_EBUG, "a section is written twice"); return; }
    void *p = w->sections;
    if (w->n_sections == PN_FILE_SECTIONS_MAX) { fail(w, PN_ELIMIT, "too many sections"); return; }
    if (!pn_grow(&p, &w->cap_sections, w->n_sections + 1, sizeof *w->sections)) { fail(w, PN_ENOMEM, "no memory"); return; }
    w->sections = p;
    w->sections[w->n_sections++] = (section){ number, w->at, 0 };
}

void pn_file_put(pn_file_writer *w, const void *p, size_t n) {
    if (w->n_sections == 0) { fail(w, PN_EBUG, "bytes outside of a section"); return; }
    put_summed(w, p, n);
}

pn_status pn_file_put_pieces(pn_file_writer *w, const pn_buf *bytes, const pn_tick *tick, pn_error *err) {
    for (size_t at = 0, n; at < bytes->len; at += n) {
        n = PN_MIN(bytes->len - at, (size_t)OUT_BYTES);
        pn_file_put(w, bytes->ptr + at, n);
        if (n == OUT_BYTES) PN_TRY(pn_poll(tick, err));
    }
    return PN_OK;
}

pn_status pn_file_put_section(pn_file_writer *w, uint32_t number, const pn_buf *bytes, const pn_tick *tick, pn_error *err) {
    pn_file_begin(w, number);
    return pn_file_put_pieces(w, bytes, tick, err);
}

uint64_t pn_file_at(const pn_file_writer *w) {
    return w->n_sections ? w->at - w->sections[w->n_sections - 1].offset : 0;
}

static size_t put_page_sums(pn_buf *b, const pn_file_writer *w) {
    size_t page = 4 * (size_t)PN_FILE_PAGE, n = 0;
    for (size_t at = 0; at < w->table.len; at += page, n++)
        pn_buf_put_u32(b, pn_file_sum_at(w->header_sum, PN_FILE_SUM_PAGE + n, w->table.ptr + at, PN_MIN(page, w->table.len - at)));
    return n;
}

static void put_footer(pn_buf *b, const pn_file_writer *w, pn_file_sum *sum) {
    size_t n_pages = (w->table.len / 4 + PN_FILE_PAGE - 1) / PN_FILE_PAGE;
    size_t length = PN_FILE_FOOTER_HEAD + PN_FILE_ENTRY * w->n_sections + 4 * n_pages + PN_FILE_TAIL;
    sum->length = w->at + w->table.len + length;
    pn_buf_put_u64(b, w->at);
    pn_buf_put_u32(b, (uint32_t)w->n_sections);
    pn_buf_put_u32(b, (uint32_t)n_pages);
    for (size_t i = 0; i < w->n_sections; i++) {
        pn_buf_put_u32(b, w->sections[i].number);
        pn_buf_put_u32(b, 0);
        pn_buf_put_u64(b, w->sections[i].offset);
        pn_buf_put_u64(b, w->sections[i].length);
    }
    put_page_sums(b, w);
    pn_buf_put_u64(b, sum->length);
    pn_buf_put_u32(b, (uint32_t)length);
    sum->footer_crc = pn_file_sum_at(w->header_sum, PN_FILE_SUM_FOOTER, b->ptr, b->len);
    pn_buf_put_u32(b, sum->footer_crc);
    pn_buf_put_bytes(b, PN_FILE_END);
}

/* The rest of the file, from memory that is there: nothing is written once an allocation has failed. */
static void write_rest(pn_file_writer *w, pn_file_sum *sum) {
    pn_buf footer = { 0 };
    if (w->n_sections) end_section(w);
    if (w->at % PN_FILE_BLOCK) pn_buf_put_u32(&w->table, w->sum);
    if (w->rc == PN_OK && w->table.rc == PN_OK) put_footer(&footer, w, sum);
    if (w->table.rc != PN_OK || footer.rc != PN_OK) fail(w, PN_ENOMEM, "no memory");
    flush(w);
    if (w->rc == PN_OK) w->rc = w->io->write(w->io->ctx, w->file, w->table.ptr, w->table.len, &w->why);
    if (w->rc == PN_OK) w->rc = w->io->write(w->io->ctx, w->file, footer.ptr, footer.len, &w->why);
    pn_buf_fini(&footer);
}

/* Closes whatever happened before; the first failure counts. */
static void close_file(pn_file_writer *w) {
    pn_status rc = w->io->close(w->io->ctx, w->file, w->rc == PN_OK ? &w->why : NULL);
    if (w->rc == PN_OK) w->rc = rc;
}

pn_status pn_file_finish(pn_file_writer *w, pn_file_sum *sum, pn_error *err) {
    pn_file_sum made = { 0, 0 };
    write_rest(w, &made);
    if (w->rc == PN_OK) w->rc = w->io->sync(w->io->ctx, w->file, &w->why);
    close_file(w);
    pn_status rc = w->rc;
    if (rc != PN_OK) {
        (void)w->io->unlink(w->io->ctx, w->path, NULL);
        if (err) *err = w->why;
    } else if (sum) *sum = made;
    free_writer(w);
    return rc;
}

void pn_file_abandon(pn_file_writer *w) {
    if (!w) return;
    (void)w->io->close(w->io->ctx, w->file, NULL);
    (void)w->io->unlink(w->io->ctx, w->path, NULL);
    free_writer(w);
}
