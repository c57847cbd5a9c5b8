#include "index/pn_seg_layout.h"
#include "index/pn_days.h"
#include "index/pn_doc_bytes.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static uint64_t offset_of(const pn_file *file, const void *at) {
    uintptr_t p = (uintptr_t)at;
    for (size_t i = 0; at && i < pn_file_n_sections(file); i++) {
        uint32_t number;
        uint64_t offset, length;
        pn_file_section_at(file, i, &number, &offset, &length);
        uintptr_t begin = (uintptr_t)pn_file_section(file, number).ptr;
        if (p >= begin && p - begin <= length) return offset + (p - begin);
    }
    return 0;
}

pn_status pn_seg_damage(pn_error *err, const pn_file *file, const void *at, const char *fmt, ...) {
    char text[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return pn_corrupt(err, pn_file_path(file), offset_of(file, at), "%s", text);
}

void pn_seg_head_put(pn_buf *out, const pn_seg_head *h) {
    const pn_seg_meta *m = &h->meta;
    pn_buf_put_u32(out, m->n_docs);
    pn_buf_put_u32(out, m->n_placed);
    pn_buf_put_u32(out, m->n_month);
    pn_buf_put_u32(out, m->n_year);
    pn_buf_put_u32(out, (uint32_t)m->day_first);
    pn_buf_put_u32(out, (uint32_t)m->day_last);
    pn_buf_put_u32(out, h->n_days);
    pn_buf_put_u32(out, m->n_tagged);
    pn_buf_put_u64(out, m->arrival_base);
    pn_buf_put_u64(out, m->n_words);
    pn_buf_put_u64(out, m->n_title_words);
    pn_buf_put_u64(out, m->n_related);
    pn_buf_put_u64(out, m->fingerprint.lo);
    pn_buf_put_u64(out, m->fingerprint.hi);
    for (size_t i = 0; i < PN_N_COLUMNS; i++) {
        pn_buf_put_u32(out, (uint32_t)h->cols[i].min);
        pn_buf_put_u32(out, h->cols[i].width);
    }
}

static bool read_numbers(pn_rd *r, pn_seg_head *h) {
    pn_seg_meta *m = &h->meta;
    m->n_docs = pn_rd_u32(r);
    m->n_placed = pn_rd_u32(r);
    m->n_month = pn_rd_u32(r);
    m->n_year = pn_rd_u32(r);
    m->day_first = (int32_t)pn_rd_u32(r);
    m->day_last = (int32_t)pn_rd_u32(r);
    h->n_days = pn_rd_u32(r);
    m->n_tagged = pn_rd_u32(r);
    m->arrival_base = pn_rd_u64(r);
    m->n_words = pn_rd_u64(r);
    m->n_title_words = pn_rd_u64(r);
    m->n_related = pn_rd_u64(r);
    m->fingerprint.lo = pn_rd_u64(r);
    m->fingerprint.hi = pn_rd_u64(r);
    bool ok = true;
    for (size_t i = 0; i < PN_N_COLUMNS; i++) {
        h->cols[i].min = (int32_t)pn_rd_u32(r);
        uint32_t width = pn_rd_u32(r);
        ok = ok && width <= 4;
        h->cols[i].width = (uint8_t)width;
    }
    return ok && !r->bad && pn_rd_left(r) == 0;
}

/* A day that an article can have. */
static bool is_day(int32_t day) { return pn_when_is_valid(&(pn_when){ day, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 }); }

static bool counts_agree(const pn_seg_head *h) {
    const pn_seg_meta *m = &h->meta;
    if (m->n_docs == 0 || m->n_docs > PN_DOC_MAX || m->n_placed > m->n_docs || m->n_tagged > m->n_docs) return false;
    if (m->n_month > m->n_docs - m->n_placed || m->n_year > m->n_docs - m->n_placed - m->n_month) return false;
    if (m->n_placed && (!is_day(m->day_first) || !is_day(m->day_last))) return false;
    return (m->n_placed == 0) == (h->n_days == 0) && h->n_days <= m->n_placed && m->n_title_words <= m->n_words;
}

static pn_status check_length(const pn_file *file, uint32_t section, uint64_t want, pn_error *err) {
    pn_bytes s = pn_file_section(file, section);
    if (s.len == want) return PN_OK;
    return pn_seg_damage(err, file, s.ptr, "section %u has %zu bytes, not %" PRIu64, section, s.len, want);
}

static pn_status check_lengths(const pn_file *file, const pn_seg_head *h, pn_error *err) {
    uint64_t n = h->meta.n_docs, days;
    if (!pn_days_size(h->meta.day_first, h->meta.day_last, h->n_days, &days))
        return pn_seg_damage(err, file, pn_file_section(file, PN_SECTION_META).ptr, "the days of a segment do not agree");
    PN_TRY(check_length(file, PN_SECTION_DAYS, days, err));
    PN_TRY(check_length(file, PN_SECTION_WORDS, 16 * (n / PN_WORDS_STEP + 1), err));
    PN_TRY(check_length(file, PN_SECTION_NORM, n, err));
    PN_TRY(check_length(file, PN_SECTION_CONTENT, 16 * n, err));
    for (uint32_t i = 0; i < PN_N_COLUMNS; i++) PN_TRY(check_length(file, PN_SECTION_COLS + i, n * h->cols[i].width, err));
    return PN_OK;
}

pn_status pn_seg_head_read(pn_file *file, pn_seg_head *out, pn_error *err) {
    pn_bytes s;
    PN_TRY(pn_file_section_checked(file, PN_SECTION_META, &s, err));
    pn_rd r = pn_rd_of(s);
    pn_seg_head h;
    if (!read_numbers(&r, &h) || !counts_agree(&h)) return pn_seg_damage(err, file, s.ptr, "the head of a segment does not follow its layout");
    PN_TRY(check_lengths(file, &h, err));
    *out = h;
    return PN_OK;
}
