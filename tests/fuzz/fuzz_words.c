/* Any bytes: the longest valid prefix is cut into words, and the promises of text/pn_token.h and pn_fold.h are held up to them. */
#include "text/pn_fold.h"
#include "text/pn_token.h"
#include "text/pn_utf8.h"
#include <stdlib.h>

#define MUST(x) do { if (!(x)) abort(); } while (0)

static void cut(pn_tokens *t, pn_bytes text) {
    uint32_t next = 0;
    pn_tokens_clear(t);
    MUST(pn_tokens_cut(t, text, 3, &next, NULL) == PN_OK);
    MUST(next == (t->n ? t->at[t->n - 1].pos + 1 : 3));
}

static void check_token(const pn_tokens *t, size_t i, size_t text_len) {
    const pn_token *a = &t->at[i];
    MUST(a->term_len > 0 && a->term_off + (size_t)a->term_len <= t->terms.len);
    MUST(a->start < a->end && a->end <= text_len);
    MUST(pn_utf8_is_valid(pn_token_term(t, i)));
    if (i == 0) { MUST(a->pos == 3); return; }
    MUST(a[-1].start <= a->start && a[-1].end <= a->end);
    MUST(a[-1].pos < a->pos && a->pos <= a[-1].pos + 2);
}

static void check_again(const pn_tokens *t, size_t i, pn_tokens *again) {
    if (t->at[i].flags & PN_TOKEN_BIGRAM) return;
    cut(again, pn_token_term(t, i));
    MUST(again->n == 1 && again->at[0].flags == t->at[i].flags);
    MUST(pn_bytes_equal(pn_token_term(again, 0), pn_token_term(t, i)));
}

static void check_fold(void (*fold)(pn_buf *, pn_bytes), pn_bytes text) {
    pn_buf once = { 0 }, twice = { 0 };
    fold(&once, text);
    fold(&twice, pn_buf_bytes(&once));
    MUST(once.rc == PN_OK && twice.rc == PN_OK);
    MUST(pn_utf8_is_valid(pn_buf_bytes(&once)));
    MUST(pn_bytes_equal(pn_buf_bytes(&once), pn_buf_bytes(&twice)));
    pn_buf_fini(&once);
    pn_buf_fini(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) {
    pn_bytes text = pn_bytes_of(d, n);
    text.len = pn_utf8_valid_prefix(text);
    pn_tokens t = { 0 }, again = { 0 };
    cut(&t, text);
    for (size_t i = 0; i < t.n; i++) {
        check_token(&t, i, text.len);
        check_again(&t, i, &again);
    }
    check_fold(pn_fold_name, text);
    check_fold(pn_fold_title, text);
    pn_tokens_fini(&t);
    pn_tokens_fini(&again);
    return 0;
}
