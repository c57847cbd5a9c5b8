#include "query/pn_query_leaf.h"
#include "text/pn_fold.h"

void pn_leaf_maker_fini(pn_leaf_maker *m) {
    pn_tokens_fini(&m->words);
    pn_buf_fini(&m->scratch);
}

static pn_status no_memory(pn_leaf_maker *m) { return pn_fail(m->err, PN_ENOMEM, "no memory for a query"); }

/* --- what was written */

/* Appends the text without its escapes (only quoted text has any). */
static void put_unescaped(pn_buf *out, pn_bytes text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len && (text.ptr[i + 1] == '"' || text.ptr[i + 1] == '\\')) i++;
        pn_buf_put_u8(out, text.ptr[i]);
    }
}

pn_status pn_leaf_shown(pn_leaf_maker *m, pn_bytes text, bool is_quoted, pn_bytes *out) {
    if (!is_quoted) return pn_arena_copy(m->arena, text, out) ? PN_OK : no_memory(m);
    pn_buf_clear(&m->scratch);
    put_unescaped(&m->scratch, text);
    bool ok = m->scratch.rc == PN_OK && pn_arena_copy(m->arena, m->scratch.len ? pn_buf_bytes(&m->scratch) : PN_BYTES_LIT(""), out);
    return ok ? PN_OK : no_memory(m);
}

/* --- words */

/* The last character of a run without spaces: if a pair before it holds it already it adds nothing, and the text may go on
 * behind it; alone it stands for every pair that begins with it. */
static bool is_held_by_pair(const pn_tokens *t, size_t i) {
    return i > 0 && (t->at[i].flags & PN_TOKEN_UNIGRAM) && (t->at[i - 1].flags & PN_TOKEN_BIGRAM) && t->at[i - 1].pos + 1 == t->at[i].pos;
}

static pn_status cut(pn_leaf_maker *m, pn_bytes text) {
    uint32_t next;
    pn_tokens_clear(&m->words);
    PN_TRY(pn_tokens_cut(&m->words, text, 0, &next, m->err));
    if (m->words.n > PN_QUERY_CLAUSE_MAX) return pn_fail(m->err, PN_ELIMIT, "more than %d words in a phrase", PN_QUERY_CLAUSE_MAX);
    return PN_OK;
}

pn_status pn_leaf_words(pn_leaf_maker *m, pn_field field, pn_bytes text, pn_query_op *out, bool *none) {
    PN_TRY(cut(m, text));
    size_t n = m->words.n;
    *none = n == 0;
    if (*none) return PN_OK;
    if (is_held_by_pair(&m->words, n - 1)) n--;
    pn_query_word *words = pn_arena_take(m->arena, n * sizeof *words);
    if (!words) return no_memory(m);
    for (size_t i = 0; i < n; i++) {
        words[i] = (pn_query_word){ .at = m->words.at[i].pos - m->words.at[0].pos };
        words[i].is_prefix = i == n - 1 && (m->words.at[i].flags & PN_TOKEN_UNIGRAM);
        if (!pn_arena_copy(m->arena, pn_token_term(&m->words, i), &words[i].term)) return no_memory(m);
    }
    *out = (pn_query_op){ .kind = PN_Q_WORDS, .field = field, .words = words, .n_words = n };
    return PN_OK;
}

/* --- patterns */

bool pn_leaf_is_pattern(pn_bytes text) {
    size_t end = text.len;
    while (end > 0 && text.ptr[end - 1] == '?') end--;
    return memchr(text.ptr, '*', text.len) || (end > 0 && memchr(text.ptr, '?', end));
}

/* What stands between two signs is folded like a word; it must be one. */
static pn_status fold_piece(pn_leaf_maker *m, pn_bytes piece) {
    if (piece.len == 0) return PN_OK;
    PN_TRY(cut(m, piece));
    if (m->words.n != 1) return pn_fail(m->err, PN_ESYNTAX, "a pattern with * or ? is one word");
    pn_buf_put_bytes(&m->scratch, pn_token_term(&m->words, 0));
    return PN_OK;
}

pn_status pn_leaf_pattern(pn_leaf_maker *m, pn_field field, pn_bytes text, pn_query_op *out) {
    pn_bytes pattern;
    size_t from = 0, letters = 0;
    pn_buf_clear(&m->scratch);
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '*' && text.ptr[i] != '?') continue;
        letters += i - from;
        PN_TRY(fold_piece(m, pn_bytes_of(text.ptr + from, i - from)));
        if (i < text.len) pn_buf_put_u8(&m->scratch, text.ptr[i]);
        from = i + 1;
    }
    if (letters == 0) return pn_fail(m->err, PN_ESYNTAX, "a pattern needs a letter beside * and ?");
    if (m->scratch.rc != PN_OK || !pn_arena_copy(m->arena, pn_buf_bytes(&m->scratch), &pattern)) return no_memory(m);
    *out = (pn_query_op){ .kind = PN_Q_PATTERN, .field = field, .text = pattern };
    return PN_OK;
}

/* --- names, ids */

pn_status pn_leaf_name(pn_leaf_maker *m, pn_field field, pn_bytes text, pn_query_op *out) {
    *out = (pn_query_op){ .kind = PN_Q_NAME, .field = field };
    pn_buf_clear(&m->scratch);
    pn_fold_name(&m->scratch, text);
    if (m->scratch.rc != PN_OK) return no_memory(m);
    if (m->scratch.len == 0) return pn_fail(m->err, PN_ESYNTAX, "a name is missing behind the colon");
    return pn_arena_copy(m->arena, pn_buf_bytes(&m->scratch), &out->text) ? PN_OK : no_memory(m);
}

pn_status pn_leaf_text(pn_leaf_maker *m, pn_query_kind kind, pn_bytes text, pn_query_op *out) {
    *out = (pn_query_op){ .kind = kind };
    if (text.len == 0) return pn_fail(m->err, PN_ESYNTAX, "a value is missing behind the colon");
    return pn_arena_copy(m->arena, text, &out->text) ? PN_OK : no_memory(m);
}

/* --- dates */

static pn_status wrong_date(pn_leaf_maker *m) {
    return pn_fail(m->err, PN_ESYNTAX, "a date is 2020, 2020-08, 2020-08-20, 2020-W34 or 2020-Q3, and a range of them 2020..2021-06");
}

/* Where the two dots of a range stand, or text.len. */
static size_t dots(pn_bytes text) {
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '.' && text.ptr[i + 1] == '.') return i;
    return text.len;
}

pn_status pn_leaf_date(pn_leaf_maker *m, pn_bytes text, pn_query_op *out) {
    size_t at = dots(text);
    bool is_range = at < text.len;
    pn_bytes from = pn_bytes_of(text.ptr, at), to = is_range ? pn_bytes_of(text.ptr + at + 2, text.len - at - 2) : from;
    int32_t unused;
    *out = (pn_query_op){ .kind = PN_Q_DATE, .day_from = INT32_MIN / 2, .day_to = INT32_MAX / 2 };
    if (from.len + to.len == 0) return wrong_date(m);
    if (from.len && !pn_query_period(from, &out->day_from, &unused)) return wrong_date(m);
    if (to.len && !pn_query_period(to, &unused, &out->day_to)) return wrong_date(m);
    return PN_OK;
}

static bool number(pn_bytes s, size_t at, size_t n, unsigned *out) {
    *out = 0;
    if (s.len < at + n) return false;
    for (size_t i = at; i < at + n; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        *out = *out * 10 + (unsigned)(s.ptr[i] - '0');
    }
    return true;
}

static bool bucket(pn_freq f, int32_t day, int32_t *first, int32_t *last) {
    *first = day;
    *last = pn_bucket_next(f, day) - 1;
    return true;
}

/* ISO 8601: week 1 holds 4 January; a year has 52 or 53. */
static bool week_of(unsigned year, unsigned week, int32_t *first, int32_t *last) {
    int32_t one = pn_bucket_start(PN_FREQ_WEEK, pn_day_of((int32_t)year, 1, 4));
    int32_t next = pn_bucket_start(PN_FREQ_WEEK, pn_day_of((int32_t)year + 1, 1, 4));
    int32_t start = one + 7 * ((int32_t)week - 1);
    return week >= 1 && start < next && bucket(PN_FREQ_WEEK, start, first, last);
}

bool pn_query_period(pn_bytes s, int32_t *first, int32_t *last) {
    unsigned year, month, day;
    if (!number(s, 0, 4, &year) || year < PN_YEAR_MIN || year > PN_YEAR_MAX) return false;
    if (s.len == 4) return bucket(PN_FREQ_YEAR, pn_day_of((int32_t)year, 1, 1), first, last);
    if (s.len < 7 || s.ptr[4] != '-') return false;
    if (s.len == 8 && s.ptr[5] == 'W') return number(s, 6, 2, &month) && week_of(year, month, first, last);
    if (s.len == 7 && s.ptr[5] == 'Q') return number(s, 6, 1, &month) && month >= 1 && month <= 4 && bucket(PN_FREQ_QUARTER, pn_day_of((int32_t)year, month * 3 - 2, 1), first, last);
    if (!number(s, 5, 2, &month) || month < 1 || month > 12) return false;
    if (s.len == 7) return bucket(PN_FREQ_MONTH, pn_day_of((int32_t)year, month, 1), first, last);
    if (s.len != 10 || s.ptr[7] != '-' || !number(s, 8, 2, &day) || !pn_civil_is_real((int32_t)year, month, day)) return false;
    *first = *last = pn_day_of((int32_t)year, month, day);
    return true;
}
