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

static pn_query_op words_op(pn_query_word *words, size_t n) { return (pn_query_op){ .kind = PN_Q_WORDS, .words = words, .n_words = n, .at_least = 1 }; }

static pn_status take_word(pn_leaf_maker *m, size_t i, pn_query_word *out) {
    *out = (pn_query_word){ .at = m->words.at[i].pos - m->words.at[0].pos };
    return pn_arena_copy(m->arena, pn_token_term(&m->words, i), &out->term) ? PN_OK : no_memory(m);
}

/* How many words of the text count: the last character of a run that a pair holds already does not. */
static size_t n_words(const pn_tokens *t) { return t->n && is_held_by_pair(t, t->n - 1) ? t->n - 1 : t->n; }

pn_status pn_leaf_words(pn_leaf_maker *m, pn_bytes text, pn_query_op *out, bool *none) {
    PN_TRY(cut(m, text));
    size_t n = n_words(&m->words);
    *none = n == 0;
    if (*none) return PN_OK;
    pn_query_word *words = pn_arena_take(m->arena, n * sizeof *words);
    if (!words) return no_memory(m);
    for (size_t i = 0; i < n; i++) PN_TRY(take_word(m, i, &words[i]));
    if (m->words.at[n - 1].flags & PN_TOKEN_UNIGRAM) words[n - 1].how = PN_TERM_PREFIX;
    *out = words_op(words, n);
    return PN_OK;
}

pn_status pn_leaf_each(pn_leaf_maker *m, pn_bytes text, pn_query_op **list, size_t *n) {
    PN_TRY(cut(m, text));
    *n = n_words(&m->words);
    pn_query_word *words = pn_arena_take(m->arena, (*n + 1) * sizeof *words);
    *list = pn_arena_take(m->arena, (*n + 1) * sizeof **list);
    if (!words || !*list) return no_memory(m);
    for (size_t i = 0; i < *n; i++) {
        PN_TRY(take_word(m, i, &words[i]));
        words[i].at = 0;
        if (m->words.at[i].flags & PN_TOKEN_UNIGRAM) words[i].how = PN_TERM_PREFIX;
        (*list)[i] = words_op(&words[i], 1);
        (*list)[i].shown = words[i].term;
    }
    return PN_OK;
}

/* --- patterns */

static bool is_sign(uint8_t c) { return c == '*' || c == '?'; }

/* A ? is a sign only where a letter follows: "true?", "true?!" are questions. */
bool pn_leaf_is_pattern(pn_bytes text) {
    bool letter_follows = false;
    for (size_t i = text.len; i-- > 0;) {
        uint8_t c = text.ptr[i], small = c | 0x20;
        if (c == '*' || (c == '?' && letter_follows)) return true;
        letter_follows = letter_follows || c >= 0x80 || (c >= '0' && c <= '9') || (small >= 'a' && small <= 'z');
    }
    return false;
}

/* What stands between two signs is folded like a word; it must be one, or punctuation. */
static pn_status fold_piece(pn_leaf_maker *m, pn_bytes piece, bool *any) {
    if (piece.len == 0) return PN_OK;
    PN_TRY(cut(m, piece));
    if (n_words(&m->words) > 1) return pn_fail(m->err, PN_ESYNTAX, "a pattern with * or ? is one word\nput several words in quotation marks, without signs");
    if (m->words.n == 0) return PN_OK;
    *any = true;
    pn_buf_put_bytes(&m->scratch, pn_token_term(&m->words, 0));
    return PN_OK;
}

/* The operation of one word. */
static pn_status one_word(pn_leaf_maker *m, pn_query_word word, pn_query_op *out) {
    pn_query_word *kept = pn_arena_take(m->arena, sizeof *kept);
    if (!kept) return no_memory(m);
    *kept = word;
    *out = words_op(kept, 1);
    return PN_OK;
}

pn_status pn_leaf_pattern(pn_leaf_maker *m, pn_bytes text, pn_query_op *out) {
    pn_bytes pattern;
    size_t from = 0;
    bool any = false;
    pn_buf_clear(&m->scratch);
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && !is_sign(text.ptr[i])) continue;
        PN_TRY(fold_piece(m, pn_bytes_of(text.ptr + from, i - from), &any));
        if (i < text.len) pn_buf_put_u8(&m->scratch, text.ptr[i]);
        from = i + 1;
    }
    if (!any) return pn_fail(m->err, PN_ESYNTAX, "a pattern needs a letter beside * and ?\nlength:1.. finds every article with a word");
    if (m->scratch.rc != PN_OK || !pn_arena_copy(m->arena, pn_buf_bytes(&m->scratch), &pattern)) return no_memory(m);
    return one_word(m, (pn_query_word){ .term = pattern, .how = PN_TERM_PATTERN }, out);
}

/* --- words like a word, regular expressions */

/* Where the ~ of an approximate word stands, or 0. */
static size_t tilde(pn_bytes text) {
    size_t end = text.len;
    while (end > 0 && text.ptr[end - 1] >= '0' && text.ptr[end - 1] <= '9') end--;
    return end > 1 && text.ptr[end - 1] == '~' ? end - 1 : 0;
}
bool pn_leaf_is_fuzzy(pn_bytes text) { return tilde(text) > 0; }

static pn_status fuzzy_distance(pn_leaf_maker *m, pn_bytes digits, uint32_t *out) {
    *out = digits.len ? (uint32_t)(digits.ptr[0] - '0') : 2;
    if (digits.len <= 1 && *out >= 1 && *out <= 2) return PN_OK;
    return pn_fail(m->err, PN_ESYNTAX, "a word is searched with ~1 or ~2 typing mistakes\nput it in quotation marks to search for the text");
}

pn_status pn_leaf_fuzzy(pn_leaf_maker *m, pn_bytes text, pn_query_op *out) {
    size_t at = tilde(text);
    pn_query_word word = { .how = PN_TERM_FUZZY };
    pn_bytes shown = pn_bytes_of(text.ptr, at);
    PN_TRY(fuzzy_distance(m, pn_bytes_of(text.ptr + at + 1, text.len - at - 1), &word.distance));
    if (pn_leaf_is_pattern(shown)) return pn_fail(m->err, PN_ESYNTAX, "a word is a pattern with * and ?, or searched with ~, not both");
    PN_TRY(cut(m, shown));
    if (n_words(&m->words) != 1) return pn_fail(m->err, PN_ESYNTAX, "~ stands behind one word\nbehind a \"phrase\" ~3 lets its words stand apart");
    if (!pn_arena_copy(m->arena, pn_token_term(&m->words, 0), &word.term)) return no_memory(m);
    PN_TRY(one_word(m, word, out));
    out->shown = shown;
    return PN_OK;
}

pn_status pn_leaf_regex(pn_leaf_maker *m, pn_bytes text, pn_query_op *out) {
    pn_regex *regex = pn_arena_take(m->arena, sizeof *regex);
    if (!regex) return no_memory(m);
    PN_TRY(pn_regex_compile(text, PN_REGEX_STATES_MAX - m->n_states, m->arena, regex, m->err));
    m->n_states += regex->n;
    return one_word(m, (pn_query_word){ .term = text, .how = PN_TERM_REGEX, .regex = regex }, out);
}

/* --- names, ids */

pn_status pn_leaf_name(pn_leaf_maker *m, pn_field field, pn_bytes text, pn_query_op *out) {
    *out = (pn_query_op){ .kind = PN_Q_NAME, .field = field };
    pn_buf_clear(&m->scratch);
    pn_fold_name(&m->scratch, text);
    if (m->scratch.rc != PN_OK) return no_memory(m);
    if (m->scratch.len == 0) return pn_fail(m->err, PN_ESYNTAX, "a name is missing behind the colon\nwrite tag:Economy, or tag:\"two words\"");
    return pn_arena_copy(m->arena, pn_buf_bytes(&m->scratch), &out->text) ? PN_OK : no_memory(m);
}

pn_status pn_leaf_text(pn_leaf_maker *m, pn_query_kind kind, pn_bytes text, pn_query_op *out) {
    *out = (pn_query_op){ .kind = kind };
    if (text.len == 0) return pn_fail(m->err, PN_ESYNTAX, "a value is missing behind the colon\nit stands there without a blank: tag:Economy");
    return pn_arena_copy(m->arena, text, &out->text) ? PN_OK : no_memory(m);
}

/* --- dates */

static pn_status wrong_date(pn_leaf_maker *m) {
    return pn_fail(m->err, PN_ESYNTAX, "this is no date\nwrite 2020, 2020-08, 2020-08-20, 2020-W34 or 2020-Q3, and a range as 2020..2021-06");
}

/* Where the two dots of a range stand, or text.len. */
static size_t dots(pn_bytes text) {
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '.' && text.ptr[i + 1] == '.') return i;
    return text.len;
}

/* A number of at most 9 digits, or nothing. */
static bool count_of(pn_bytes s, uint32_t if_none, uint32_t *out) {
    *out = s.len ? 0 : if_none;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        *out = *out * 10 + (uint32_t)(s.ptr[i] - '0');
    }
    return s.len <= 9;
}

pn_status pn_leaf_length(pn_leaf_maker *m, pn_bytes text, pn_query_op *out) {
    size_t at = dots(text);
    pn_bytes low = pn_bytes_of(text.ptr, at), high = at < text.len ? pn_bytes_of(text.ptr + at + 2, text.len - at - 2) : low;
    *out = (pn_query_op){ .kind = PN_Q_LENGTH };
    if (low.len + high.len && count_of(low, 0, &out->low) && count_of(high, UINT32_MAX, &out->high)) return PN_OK;
    return pn_fail(m->err, PN_ESYNTAX, "a length is a number of words, or a range of them\nlength:100..500, length:100.., length:..500");
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
