#include "index/pn_seg_parts.h"
#include <inttypes.h>

enum { FIRST_TERMS = 10 };
static const char *const field_names[PN_N_FIELDS] = { "text", "title", "tag", "section", "source", "author", "language" };

static void print_meta(const pn_seg *s, pn_buf *out) {
    const pn_seg_meta *m = &s->head.meta;
    char first[PN_WHEN_TEXT] = "-", last[PN_WHEN_TEXT] = "-";
    if (m->n_placed) {
        pn_when_print(&(pn_when){ m->day_first, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 }, first);
        pn_when_print(&(pn_when){ m->day_last, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 }, last);
    }
    pn_buf_printf(out, "segment %u: %u articles\n", pn_seg_number(s), m->n_docs);
    pn_buf_printf(out, "  placed %u (%s to %s, %u days), month %u, year %u, undated %u\n", m->n_placed, first, last, s->head.n_days, m->n_month,
                  m->n_year, m->n_docs - m->n_placed - m->n_month - m->n_year);
    pn_buf_printf(out, "  arrivals from %" PRIu64 ", words %" PRIu64 " (titles %" PRIu64 "), tagged %u, related %" PRIu64 "\n", m->arrival_base,
                  m->n_words, m->n_title_words, m->n_tagged, m->n_related);
    pn_buf_printf(out, "  fingerprint %016" PRIx64 "%016" PRIx64 "\n", m->fingerprint.hi, m->fingerprint.lo);
}

static const char *kind_of(uint32_t n, uint32_t *sub) {
    static const char *const plain[] = { NULL, "meta", "days", "words", "norm", "content", "keys", "urls" };
    *sub = UINT32_MAX;
    if (n < PN_COUNT(plain) && plain[n]) return plain[n];
    *sub = n % 16;
    if (n >= PN_SECTION_COLS && n < PN_SECTION_COLS + PN_N_COLUMNS) return "column";
    if (*sub >= PN_N_FIELDS) return "unknown";
    switch (n - *sub) {
    case PN_SECTION_TERMS: return "terms";
    case PN_SECTION_POST: return "postings";
    case PN_SECTION_POS: return "positions";
    case PN_SECTION_FACETS: return "spellings";
    default: return "unknown";
    }
}

static void print_index_sections(const pn_file *f, pn_buf *out) {
    static const char *const columns[PN_N_COLUMNS] = { "day", "second", "offset", "flags", "length", "title_length", "title_skips", "arrival" };
    pn_buf_printf(out, "  %s: %" PRIu64 " bytes\n", pn_file_path(f), pn_file_sum_of(f).length);
    for (size_t i = 0; i < pn_file_n_sections(f); i++) {
        uint32_t number, sub;
        uint64_t offset, length;
        pn_file_section_at(f, i, &number, &offset, &length);
        const char *kind = kind_of(number, &sub), *name = "";
        if (sub < PN_N_COLUMNS && number < PN_SECTION_TERMS) name = columns[sub];
        else if (sub < PN_N_FIELDS) name = field_names[sub];
        pn_buf_printf(out, "    %3u %-10s %-12s at %" PRIu64 ", %" PRIu64 " bytes\n", number, kind, name, offset, length);
    }
}

static void print_text(const pn_seg *s, pn_buf *out) {
    pn_buf_printf(out, "  %s: %" PRIu64 " bytes, %u blocks of articles\n", pn_file_path(s->doc), pn_file_sum_of(s->doc).length, s->stored.n_blocks);
}

static pn_status print_terms(const pn_seg *s, unsigned f, pn_buf *out, pn_error *err) {
    static const char *const kinds[] = { "inline", "short", "packed" };
    pn_terms_iter it;
    unsigned n = 0;
    pn_buf_printf(out, "  %s: %u terms\n", field_names[f], s->terms[f].n_terms);
    for (pn_terms_seek(&it, &s->terms[f], PN_BYTES_NONE); !it.done && n < FIRST_TERMS; pn_terms_next(&it), n++) {
        pn_buf_printf(out, "    df %u ttf %" PRIu64 " %s  ", it.info.df, it.info.ttf, it.info.kind < PN_COUNT(kinds) ? kinds[it.info.kind] : "?");
        pn_buf_put_bytes(out, pn_terms_at(&it));
        pn_buf_put_u8(out, '\n');
    }
    if (it.rc != PN_OK && err) *err = it.error;
    return it.rc;
}

pn_status pn_seg_print(pn_seg *s, pn_buf *out, pn_error *err) {
    print_meta(s, out);
    print_index_sections(s->idx, out);
    print_text(s, out);
    for (unsigned f = 0; f < PN_N_FIELDS; f++) PN_TRY(print_terms(s, f, out, err));
    return out->rc == PN_OK ? PN_OK : pn_fail(err, out->rc, "no memory to print a segment");
}
