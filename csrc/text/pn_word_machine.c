#include "text/pn_word_machine.h"
#include "base/pn_alloc.h"
#include "text/pn_utf8.h"

enum { DOT_APOS = '"' };               /* the joint of "Inc.'s" */

/* --- words out */
static bool ends_possessive(const uint8_t *p, size_t n) { return n >= 2 && p[n - 2] == '\'' && p[n - 1] == 's'; }

/* What is left must be a word by the same rules: no joint and no possessive at its end. */
size_t pn_word_cut(pn_word_machine *m, size_t off, size_t len, uint8_t flags) {
    const uint8_t *p = m->t->terms.ptr + off;
    size_t n = pn_utf8_cut(pn_bytes_of(p, len), PN_TERM_MAX);
    m->t->n_cut++;
    if (flags) return n;
    for (;;) {
        if (ends_possessive(p, n)) n -= 2;
        else if (n && (p[n - 1] == '\'' || p[n - 1] == '.')) n--;
        else return n;
    }
}

bool pn_word_room(pn_word_machine *m) {
    pn_tokens *t = m->t;
    void *at = t->at;
    if (!pn_grow(&at, &t->cap, t->n + 1, sizeof *t->at)) { m->rc = PN_ENOMEM; return false; }
    t->at = at;
    return true;
}

void pn_word_gap(pn_word_machine *m, pn_kind k) {
    bool after_cr = m->cr;
    m->cr = k == PN_KIND_CR;
    switch (k) {
    case PN_KIND_SPACE: return;
    case PN_KIND_LF: if (!after_cr) m->lines++; break;
    case PN_KIND_CR: case PN_KIND_LINE: m->lines++; break;
    case PN_KIND_PARA: m->lines += 2; break;
    default: m->lines = 0; return;
    }
    if (m->lines > 1) m->paragraph = true;
}

static void put_char(pn_word_machine *m, uint32_t c) {
    pn_buf *b = &m->t->terms;
    if (b->cap - b->len < 4 && !pn_buf_reserve(b, 4)) return;
    b->len += pn_utf8_encode(c, b->ptr + b->len);
}

/* --- segments and joints */
static bool is_letter(const pn_wm_segment *s) { return s->bases == 1 && s->lead == 0; }

static bool is_lone_s(const pn_word_machine *m, const pn_wm_segment *s) {
    const pn_buf *b = &m->t->terms;
    return b->len - s->off == 1 && b->ptr[s->off] == 's';
}

static bool is_elision(const pn_word_machine *m) {
    static const char *const forms[] = {
        "c", "d", "j", "l", "m", "n", "qu", "s", "t", "jusqu", "lorsqu", "puisqu", "quoiqu",
        "all", "dall", "dell", "nell", "sull", "un",
    };
    pn_bytes word = pn_bytes_of(m->t->terms.ptr + m->word_off, m->joint_off - m->word_off);
    for (size_t i = 0; i < PN_COUNT(forms); i++) if (pn_bytes_equal(word, pn_bytes_cstr(forms[i]))) return true;
    return false;
}

static bool joint_holds(const pn_word_machine *m) {
    const pn_wm_segment *l = &m->left, *r = &m->right;
    switch (m->joint) {
    case '.': return (l->last_digit && r->lead > 0) || (is_letter(l) && is_letter(r));
    case ',': return l->all_digits && l->lead <= 3 && r->lead == 3;
    case '\'': return r->lead == 0 && (is_lone_s(m, r) || !is_elision(m));
    default: return is_lone_s(m, r);
    }
}

static void begin_word(pn_word_machine *m) {
    m->word_off = m->right.off;
    m->word_start = m->right.start;
    m->possessive = false;
}

static void close_gap(pn_word_machine *m) {                     /* 1,000 becomes 1000 */
    pn_buf *b = &m->t->terms;
    memmove(b->ptr + m->joint_off, b->ptr + m->right.off, b->len - m->right.off);
    b->len--;
    m->right.off--;
}

static void note_possessive(pn_word_machine *m) {
    bool s = (m->joint == '\'' || m->joint == DOT_APOS) && is_lone_s(m, &m->right);
    if (s && !m->possessive) { m->bare_off = m->joint_off; m->bare_end = m->left.end; }
    m->possessive = s;
}

/* The segment being read is complete: joins it to the word, or ends the word before it. */
static void end_segment(pn_word_machine *m) {
    if (m->t->terms.rc != PN_OK) return;
    if (m->joint && joint_holds(m)) {
        if (m->joint == ',') close_gap(m);
        note_possessive(m);
    } else if (m->joint) {
        size_t end = m->possessive ? m->bare_off : m->joint_off;
        uint32_t text_end = m->possessive ? m->bare_end : m->left.end;
        pn_word_emit(m, m->word_off, end - m->word_off, m->word_start, text_end, 0);
        begin_word(m);
    }
    m->left = m->right;
    m->joint = 0;
}

static void end_word(pn_word_machine *m) {
    if (m->state == PN_WM_SEGMENT) end_segment(m);
    size_t end = m->joint ? m->joint_off : m->t->terms.len;
    if (m->possessive) end = m->bare_off;
    if (m->t->terms.rc != PN_OK) return;
    pn_word_emit(m, m->word_off, end - m->word_off, m->word_start, m->possessive ? m->bare_end : m->left.end, 0);
    m->t->terms.len = end;
    m->state = PN_WM_IDLE;
}

static void push_letter(pn_word_machine *m, uint32_t c, pn_kind k, uint32_t start, uint32_t end) {
    pn_wm_segment *s = &m->right;
    if (m->state != PN_WM_SEGMENT) {
        *s = (pn_wm_segment){ .off = m->t->terms.len, .start = start, .all_digits = true };
        if (m->state == PN_WM_IDLE) { begin_word(m); m->joint = 0; }
        m->state = PN_WM_SEGMENT;
    }
    s->end = end;
    s->bases += k != PN_KIND_MARK;
    s->last_digit = k == PN_KIND_DIGIT;
    s->all_digits = s->all_digits && s->last_digit;
    if (s->all_digits) s->lead++;
    put_char(m, c);
}

static void push_joint(pn_word_machine *m, uint8_t joint) {
    if (m->state == PN_WM_SEGMENT) end_segment(m);
    m->joint = joint;
    m->joint_off = m->t->terms.len;
    pn_buf_put_u8(&m->t->terms, joint == DOT_APOS ? '\'' : joint);
    m->state = PN_WM_JOINT;
}

/* "+" or "#" after a segment: part of the word if that is one letter a to z. */
static void push_sign(pn_word_machine *m, uint32_t c, uint32_t end) {
    const pn_buf *b = &m->t->terms;
    end_segment(m);
    m->state = PN_WM_CLOSED;
    bool letter = b->rc == PN_OK && b->len - m->word_off == 1 && b->ptr[m->word_off] >= 'a' && b->ptr[m->word_off] <= 'z';
    if (!letter) { end_word(m); return; }
    if (c == '+') { m->state = PN_WM_PLUS; return; }
    put_char(m, '#');
    m->left.bases = 2;
    m->left.end = end;
}

static void push_second_plus(pn_word_machine *m, uint32_t end) {
    put_char(m, '+');
    put_char(m, '+');
    m->left.bases = 3;
    m->left.end = end;
    m->state = PN_WM_CLOSED;
}

/* --- runs of scripts without spaces */
static void emit_last(pn_word_machine *m) {
    size_t to = m->t->terms.len;
    if (m->has_last) pn_word_emit(m, m->last.off, to - m->last.off, m->last.start, m->last.end, PN_TOKEN_BIGRAM);
}

static void end_run(pn_word_machine *m) {
    size_t to = m->t->terms.len;
    emit_last(m);
    pn_word_emit(m, m->now.off, to - m->now.off, m->now.start, m->now.end, PN_TOKEN_UNIGRAM);
    m->state = PN_WM_IDLE;
}

static void push_unspaced(pn_word_machine *m, uint32_t c, pn_kind k, bool extends, uint32_t start, uint32_t end) {
    if (m->state == PN_WM_RUN && m->run != k) end_run(m);
    bool first = m->state != PN_WM_RUN;
    if (first) {
        m->state = PN_WM_RUN;
        m->run = k;
        m->has_last = false;
    }
    if (first || !extends) {
        if (!first) { emit_last(m); m->last = m->now; m->has_last = true; }
        m->now = (pn_wm_cluster){ m->t->terms.len, start, end };
    }
    m->now.end = end;
    put_char(m, c);
}

/* --- the machine */
static bool in_word(const pn_word_machine *m) { return m->state != PN_WM_IDLE && m->state != PN_WM_RUN; }

static void end_any(pn_word_machine *m) {
    if (m->state == PN_WM_RUN) end_run(m);
    else if (m->state != PN_WM_IDLE) end_word(m);
}

static void start_gap(pn_word_machine *m) { m->lines = 0; m->cr = false; }

/* Sees to a joint or sign; false if it stands between words. */
static bool push_special(pn_word_machine *m, uint32_t c, pn_kind k, uint32_t end) {
    bool sign = k == PN_KIND_PLUS || k == PN_KIND_HASH;
    switch (m->state) {
    case PN_WM_SEGMENT:
        if (sign) push_sign(m, c, end);
        else push_joint(m, (uint8_t)c);
        return m->state != PN_WM_IDLE;
    case PN_WM_CLOSED:
        if (!sign) push_joint(m, (uint8_t)c);
        return !sign;
    case PN_WM_PLUS:
        if (k == PN_KIND_PLUS) push_second_plus(m, end);
        return k == PN_KIND_PLUS;
    case PN_WM_JOINT:
        if (m->joint != '.' || k != PN_KIND_APOS) return false;
        m->t->terms.len = m->joint_off;
        push_joint(m, DOT_APOS);
        return true;
    default: return false;
    }
}

static void push_other(pn_word_machine *m, pn_kind k) {
    if (m->state != PN_WM_IDLE) { end_any(m); start_gap(m); }
    pn_word_gap(m, k);
}

void pn_word_push(pn_word_machine *m, uint32_t c, uint32_t start, uint32_t end) {
    const pn_uc_leaf *l = pn_uc_leaf_of(c);
    pn_kind k = (pn_kind)l->kind;
    if (m->t->terms.rc != PN_OK) m->rc = m->t->terms.rc;
    if (m->rc != PN_OK) return;
    switch (k) {
    case PN_KIND_LETTER: case PN_KIND_DIGIT:
        if (m->state != PN_WM_SEGMENT && m->state != PN_WM_JOINT) end_any(m);
        push_letter(m, c, k, start, end);
        break;
    case PN_KIND_MARK:
        if (m->state == PN_WM_RUN) push_unspaced(m, c, m->run, true, start, end);
        else if (m->state == PN_WM_SEGMENT) push_letter(m, c, k, start, end);
        else push_other(m, k);
        break;
    case PN_KIND_APOS: case PN_KIND_DOT: case PN_KIND_COMMA: case PN_KIND_PLUS: case PN_KIND_HASH:
        if (!push_special(m, c, k, end)) push_other(m, k);
        break;
    case PN_KIND_CJK: case PN_KIND_THAI: case PN_KIND_LAO: case PN_KIND_KHMER: case PN_KIND_MYANMAR:
        if (in_word(m)) end_word(m);
        push_unspaced(m, c, k, l->flags & PN_UC_EXTENDS, start, end);
        break;
    case PN_KIND_SEP: case PN_KIND_SPACE: case PN_KIND_LF: case PN_KIND_CR: case PN_KIND_LINE: case PN_KIND_PARA:
        push_other(m, k);
        break;
    }
}

void pn_word_end(pn_word_machine *m) {
    end_any(m);
    if (m->t->terms.rc != PN_OK) m->rc = m->t->terms.rc;
}
