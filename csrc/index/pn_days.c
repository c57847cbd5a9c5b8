#include "index/pn_days.h"
#include "codec/pn_rd.h"

enum { DAYS_A_WORD = 64, WORD_BYTES = 12, EDGE_BYTES = 8 };

/* --- writing */

static void end_word(pn_days_writer *w) {
    pn_buf_put_u64(&w->bits, w->word);
    pn_buf_put_u32(&w->bits, w->before);
    w->before = w->n_days;
    w->word = 0;
    w->in_word = 0;
}

static void begin_day(pn_days_writer *w, int32_t day) {
    if (w->n_days == 0) w->first = w->last = day;
    for (; w->last < day; w->last++)
        if (++w->in_word == DAYS_A_WORD) end_word(w);
    w->word |= UINT64_C(1) << w->in_word;
    w->n_days++;
    pn_buf_put_u32(&w->edges, w->n);
    w->timed = false;
}

static void end_untimed(pn_days_writer *w) {
    if (w->n_days && !w->timed) pn_buf_put_u32(&w->edges, w->n);
    w->timed = true;
}

void pn_days_put(pn_days_writer *w, int32_t day, bool has_clock) {
    if (w->n_days == 0 || day != w->last) {
        end_untimed(w);
        begin_day(w, day);
    }
    if (has_clock) end_untimed(w);
    w->n++;
}

void pn_days_end(pn_days_writer *w, pn_buf *out) {
    if (w->n_days) {
        end_untimed(w);
        w->in_word++;
        end_word(w);
    }
    pn_buf_put_u32(&w->edges, w->n);
    pn_buf_put_u32(&w->edges, w->n);
    pn_buf_put_bytes(out, pn_buf_bytes(&w->bits));
    pn_buf_put_bytes(out, pn_buf_bytes(&w->edges));
    if (w->bits.rc != PN_OK || w->edges.rc != PN_OK) out->rc = PN_ENOMEM;
    pn_days_fini(w);
}

void pn_days_fini(pn_days_writer *w) {
    pn_buf_fini(&w->bits);
    pn_buf_fini(&w->edges);
}

/* --- reading */

static uint32_t n_words(int32_t first, int32_t last) { return (uint32_t)((int64_t)last - first) / DAYS_A_WORD + 1; }

bool pn_days_size(int32_t first, int32_t last, uint32_t n_days, uint64_t *size) {
    *size = (uint64_t)EDGE_BYTES * ((uint64_t)n_days + 1);
    if (n_days == 0) return first == PN_DAY_NONE && last == PN_DAY_NONE;
    if (first == PN_DAY_NONE || first > last || n_days - 1 > (uint32_t)((int64_t)last - first)) return false;
    *size += (uint64_t)WORD_BYTES * n_words(first, last);
    return true;
}

static bool edges_at(const pn_days *d, uint32_t i, bool held, pn_day_edges *out) {
    if (i > d->n_days || (held && i == d->n_days)) return false;
    const uint8_t *edges = d->at + (d->n_days ? (size_t)WORD_BYTES * n_words(d->first, d->last) : 0) + (size_t)EDGE_BYTES * i;
    uint32_t first = pn_load_u32(edges);
    *out = (pn_day_edges){ first, first, first };
    if (held) {
        out->timed = pn_load_u32(edges + 4);
        out->next = pn_load_u32(edges + EDGE_BYTES);
    }
    return out->first <= out->timed && out->timed <= out->next && out->next <= d->n_placed;
}

bool pn_days_find(const pn_days *d, int32_t day, pn_day_edges *out) {
    if (d->n_days == 0 || day < d->first) return edges_at(d, 0, false, out);
    if (day > d->last) return edges_at(d, d->n_days, false, out);
    uint32_t k = (uint32_t)((int64_t)day - d->first);
    const uint8_t *p = d->at + (size_t)WORD_BYTES * (k / DAYS_A_WORD);
    uint64_t bits = pn_load_u64(p), bit = UINT64_C(1) << (k % DAYS_A_WORD);
    uint32_t before = pn_load_u32(p + 8), inside = (uint32_t)__builtin_popcountll(bits & (bit - 1));
    if (before > d->n_days) return false;
    return edges_at(d, before + inside, bits & bit, out);
}
