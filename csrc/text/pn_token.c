#include "text/pn_token.h"
#include "base/pn_alloc.h"
#include "text/pn_normal.h"
#include "text/pn_word_machine.h"

#define MAX_TEXT ((size_t)64 << 20)
#define POSITIONS_PER_BYTE 4           /* more than any text can use */
#define TERM_BYTES_PER_BYTE 12         /* likewise: the longest folding is 3 bytes to 33 */
#define PADDING 32

/* What an ASCII byte is: a letter or digit gives its folded self, all others a number below those. */
enum { O = PN_KIND_SEP, B = PN_KIND_SPACE, N = PN_KIND_LF, R = PN_KIND_CR, A = PN_KIND_APOS, D = PN_KIND_DOT,
       C = PN_KIND_COMMA, S = PN_KIND_PLUS, X = 31 /* not ASCII */, FIRST_WORD = '0' };
static const uint8_t class_of[256] = {
    O, O, O, O, O, O, O, O, O, B, N, B, B, R, O, O,
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    B, O, O, S, O, O, O, A, O, O, O, S, C, O, D, O,
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', O, O, O, O, O, O,
    O, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', O, O, O, O, O,
    O, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', O, O, O, O, O,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
};

static bool parts(uint8_t class) { return class < A; }          /* blanks and what never belongs to a word */

/* Folds the eight bytes of *w, which stood in a little-endian machine's order, and counts the letters and digits that
 * begin them.  Each lane's high bit tells whether the byte is one. */
static size_t fold_eight(uint64_t *w) {
    const uint64_t ones = 0x0101010101010101u, high = 0x80 * ones;
    uint64_t low7 = *w & ~high, folded = low7 | 0x20 * ones;
    uint64_t letter = (folded + (0x80 - 'a') * ones) & ~(folded + (0x7f - 'z') * ones);
    uint64_t digit = (low7 + (0x80 - '0') * ones) & ~(low7 + (0x7f - '9') * ones);
    uint64_t other = ~((letter | digit) & ~*w) & high;
    *w = folded;
    return other ? (size_t)__builtin_ctzll(other) / 8 : 8;
}

/* Copies the letters and digits at p, folded; `out` has room for all of the text and PADDING more. */
static size_t fold_word(uint8_t *out, const uint8_t *p, const uint8_t *end) {
    size_t n = 0, left = (size_t)(end - p);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    while (left - n >= 8) {
        uint64_t w;
        memcpy(&w, p + n, 8);
        size_t k = fold_eight(&w);
        memcpy(out + n, &w, 8);
        n += k;
        if (k < 8) return n;
    }
#endif
    for (; n < left && class_of[p[n]] >= FIRST_WORD; n++) out[n] = class_of[p[n]];
    return n;
}

static uint8_t class_at(const uint8_t *p, const uint8_t *end) { return p < end ? class_of[*p] : O; }

/* A word of n letters stands before p.  How many bytes of a possessive follow it, or -1 if the machine must decide. */
static int plain_ending(const uint8_t *p, const uint8_t *end, size_t n) {
    uint8_t class = class_at(p, end);
    if (parts(class)) return 0;
    if (class == X) return -1;
    if (class == S) return n > 1 ? 0 : -1;
    uint8_t next = class_at(p + 1, end);
    if (parts(next)) return 0;
    return class == A && next == 's' && parts(class_at(p + 2, end)) ? 2 : -1;
}

enum { STRETCH = 1 << 18 };              /* bytes cut between two questions to the tick */

/* Cuts ASCII words whose ends are plain; stops at the end, at a word that is not, at a byte that is not ASCII, or behind a stretch.
 * The terms have room for all that is left of the text. */
static const uint8_t *cut_ascii(pn_word_machine *m, const uint8_t *text, const uint8_t *p, const uint8_t *end) {
    pn_buf *b = &m->t->terms;
    for (const uint8_t *stop = p + PN_MIN((size_t)(end - p), (size_t)STRETCH); p < stop;) {
        uint8_t class = O;
        for (; p < end && (class = class_of[*p]) < FIRST_WORD; p++) {
            if (class == X) return p;
            if (class != B) pn_word_gap(m, (pn_kind)class);
        }
        if (p == end) return p;
        const uint8_t *from = p;
        size_t n = fold_word(b->ptr + b->len, p, end);
        p += n;
        int ending = plain_ending(p, end, n);
        if (ending < 0) return from;
        pn_word_emit(m, b->len, n, (uint32_t)(from - text), (uint32_t)(p - text), 0);
        b->len += n;
        if (m->rc != PN_OK) return end;
        m->lines = 0;
        m->cr = false;
        p += ending;
    }
    return p;
}

/* Feeds the machine until it is between words and the text goes on in ASCII. */
static const uint8_t *cut_any(pn_word_machine *m, pn_normal *x, const uint8_t *text) {
    for (const uint8_t *asked = x->p; pn_normal_next(x);) {
        if (x->p - asked > STRETCH) {
            m->rc = pn_poll(m->t->tick, NULL);
            asked = x->p;
        }
        uint32_t start = (uint32_t)(x->from - text), end = (uint32_t)(x->to - text);
        for (size_t i = 0; i < x->n; i++) pn_word_push(m, x->c[i], start, end);
        if (m->rc != PN_OK) return x->end;
        if (m->state == PN_WM_IDLE && x->p < x->end && *x->p < 0x80) break;
    }
    if (x->rc != PN_OK) m->rc = x->rc;
    return x->p;
}

static void cut(pn_word_machine *m, const uint8_t *text, const uint8_t *end) {
    pn_normal x = { .end = end, .mode = PN_NORMAL_WORD, .tick = m->t->tick };
    pn_buf *b = &m->t->terms;
    for (const uint8_t *p = text; p < end && m->rc == PN_OK;) {
        if (!pn_buf_reserve(b, (size_t)(end - p) + PADDING) || (p - text > STRETCH && (m->rc = pn_poll(m->t->tick, NULL)) != PN_OK)) break;
        x.p = p = cut_ascii(m, text, p, end);
        if (p < end) p = cut_any(m, &x, text);
    }
    pn_word_end(m);
    pn_normal_fini(&x);
}

pn_status pn_tokens_cut(pn_tokens *t, pn_bytes text, uint32_t first_pos, uint32_t *next_pos, pn_error *err) {
    if (text.len > MAX_TEXT) return pn_fail(err, PN_ELIMIT, "the text has more than 64 MiB");
    if (first_pos > UINT32_MAX - POSITIONS_PER_BYTE * text.len) return pn_fail(err, PN_ELIMIT, "too many positions");
    if (t->terms.len > UINT32_MAX - TERM_BYTES_PER_BYTE * text.len - PADDING)
        return pn_fail(err, PN_ELIMIT, "the words take more than 4 GiB");
    pn_word_machine m = { .t = t, .pos = first_pos };
    size_t had = t->n, had_bytes = t->terms.len;
    uint64_t had_cut = t->n_cut;
    if (text.len) cut(&m, text.ptr, text.ptr + text.len);
    if (m.rc == PN_OK && pn_buf_reserve(&t->terms, PADDING)) {
        memset(t->terms.ptr + t->terms.len, 0, PADDING);
        *next_pos = m.pos;
        return PN_OK;
    }
    t->n = had;
    t->n_cut = had_cut;
    t->terms.len = had_bytes;
    t->terms.rc = PN_OK;
    return m.rc == PN_EINTR ? pn_fail(err, PN_EINTR, "stopped by the caller") : pn_fail(err, PN_ENOMEM, "out of memory while words were cut");
}

void pn_tokens_fini(pn_tokens *t) {
    if (!t) return;
    pn_buf_fini(&t->terms);
    pn_free(t->at);
    *t = (pn_tokens){ 0 };
}
