#include "query/pn_plan.h"
#include "base/pn_alloc.h"
#include "index/pn_sections.h"
#include "query/pn_fuzzy.h"
#include "query/pn_pattern.h"

struct pn_plan {
    pn_snap *snap;
    const pn_query *q;
    pn_arena arena;
    pn_plan_word **words;              /* per operation: one for each of its words; NULL for other kinds */
};

enum { TERM = 16 };                    /* steps that a term of a dictionary counts as, beside the characters of the word it is held against */

/* One word on its way: what fits in the segment that is looked at, and what was found in all of them. */
typedef struct {
    pn_plan *plan;
    const pn_query_op *op;
    const pn_query_word *word;
    pn_bytes prefix;                   /* every fitting term begins so */
    pn_fuzzy fuzzy;
    pn_regex_run run;
    pn_bytes *found; pn_term_info *infos; size_t n, cap_found, cap_infos;        /* of this segment */
    pn_bytes *all, *merged; size_t n_all, cap_all, cap_merged;
    size_t left;                       /* terms the query may still stand for */
    const pn_tick *tick;
    pn_error *err;
} expansion;

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for the words of a query"); }

static pn_status grow(expansion *x, void *list, size_t *cap, size_t need, size_t size) {
    void *p = *(void **)list;
    if (!pn_grow(&p, cap, need, size)) return no_memory(x->err);
    *(void **)list = p;
    return PN_OK;
}

static pn_status too_many(expansion *x) {
    pn_bytes s = x->op->shown;
    pn_fail(x->err, PN_ELIMIT, "the patterns of this query stand for more than %d words, up to '%.*s'\ngive them more letters, or ask for less at a time", PN_QUERY_EXPAND_MAX,
            (int)PN_MIN(s.len, (size_t)60), (const char *)s.ptr);
    pn_error_at(x->err, NULL, x->op->at);
    return PN_ELIMIT;
}

/* --- one segment: the terms that fit, in order */

static pn_status fits(expansion *x, pn_bytes term, bool *yes) {
    switch (x->word->how) {
    case PN_TERM_EXACT: case PN_TERM_PREFIX: *yes = true; return PN_OK;
    case PN_TERM_PATTERN: *yes = pn_pattern_fits(x->word->term, term); return PN_OK;
    case PN_TERM_FUZZY:   *yes = pn_fuzzy_fits(&x->fuzzy, term); return PN_OK;
    default:              return pn_regex_fits(&x->run, term, yes, x->err);
    }
}

static pn_status take(expansion *x, pn_bytes term, const pn_term_info *info) {
    if (x->n == x->left) return too_many(x);
    PN_TRY(grow(x, &x->found, &x->cap_found, x->n + 1, sizeof *x->found));
    PN_TRY(grow(x, &x->infos, &x->cap_infos, x->n + 1, sizeof *x->infos));
    if (!pn_arena_copy(&x->plan->arena, term, &x->found[x->n])) return no_memory(x->err);
    x->infos[x->n++] = *info;
    return PN_OK;
}

static pn_status walk_terms(expansion *x, const pn_terms *terms) {
    pn_terms_iter it;
    pn_pace pace = { x->tick, 0 };
    bool yes;
    for (pn_terms_seek(&it, terms, x->prefix); !it.done && pn_bytes_starts(pn_terms_at(&it), x->prefix); pn_terms_next(&it)) {
        PN_TRY(pn_pace_on(&pace, TERM + x->word->term.len, x->err));
        PN_TRY(fits(x, pn_terms_at(&it), &yes));
        if (yes) PN_TRY(take(x, pn_terms_at(&it), &it.info));
    }
    if (it.rc != PN_OK && x->err) *x->err = it.error;
    return it.rc;
}

static pn_status find_term(expansion *x, const pn_terms *terms) {
    pn_term_info info;
    bool found = false;
    PN_TRY(pn_terms_find(terms, x->word->term, &info, &found, x->err));
    return found ? take(x, x->word->term, &info) : PN_OK;
}

static pn_status look_in(expansion *x, size_t part) {
    const pn_terms *terms;
    x->n = 0;
    PN_TRY(pn_seg_terms(pn_snap_part_at(x->plan->snap, part)->seg, x->op->field, &terms, x->err));
    return x->word->how == PN_TERM_EXACT ? find_term(x, terms) : walk_terms(x, terms);
}

/* --- all segments */

/* What this segment adds to the terms of those before; both lists ascend. */
static pn_status merge(expansion *x) {
    size_t i = 0, k = 0, n = 0;
    PN_TRY(grow(x, &x->merged, &x->cap_merged, x->n_all + x->n + 1, sizeof *x->merged));
    while (i < x->n_all || k < x->n) {
        int c = i == x->n_all ? 1 : k == x->n ? -1 : pn_bytes_compare(x->all[i], x->found[k]);
        x->merged[n++] = c <= 0 ? x->all[i] : x->found[k];
        i += c <= 0;
        k += c >= 0;
    }
    pn_bytes *t = x->all;
    size_t cap = x->cap_all;
    x->all = x->merged;
    x->cap_all = x->cap_merged;
    x->merged = t;
    x->cap_merged = cap;
    x->n_all = n;
    return n > x->left ? too_many(x) : PN_OK;
}

/* Keeps the segment's terms; `term` is their place in the segment until the numbers of all terms are known. */
static pn_status keep_part(expansion *x, pn_plan_part *out) {
    pn_plan_entry *kept = pn_arena_take(&x->plan->arena, (x->n + 1) * sizeof *kept);
    if (!kept) return no_memory(x->err);
    for (size_t i = 0; i < x->n; i++) kept[i] = (pn_plan_entry){ .info = x->infos[i] };
    *out = (pn_plan_part){ kept, x->n };
    return PN_OK;
}

static void number_terms(const expansion *x, const pn_bytes *terms, const pn_plan_part *part) {
    pn_plan_entry *kept = (pn_plan_entry *)(uintptr_t)part->at;
    size_t place = 0;
    for (size_t i = 0; i < part->n; i++) {
        while (!pn_bytes_equal(x->all[place], terms[i])) place++;
        kept[i].term = (uint32_t)place;
    }
}

static pn_status expand_parts(expansion *x, pn_plan_part *parts, pn_bytes **lists) {
    for (size_t i = 0; i < pn_snap_n_parts(x->plan->snap); i++) {
        PN_TRY(look_in(x, i));
        PN_TRY(merge(x));
        PN_TRY(keep_part(x, &parts[i]));
        lists[i] = pn_arena_take(&x->plan->arena, (x->n + 1) * sizeof *lists[i]);
        if (!lists[i]) return no_memory(x->err);
        if (x->n) memcpy(lists[i], x->found, x->n * sizeof *lists[i]);
    }
    return PN_OK;
}

static pn_status expand_word(expansion *x, pn_plan_word *out) {
    size_t n = pn_snap_n_parts(x->plan->snap);
    pn_plan_part *parts = pn_arena_take0(&x->plan->arena, n + 1, sizeof *parts);
    pn_bytes **lists = pn_arena_take0(&x->plan->arena, n + 1, sizeof *lists), *terms;
    if (!parts || !lists) return no_memory(x->err);
    x->n_all = 0;
    PN_TRY(expand_parts(x, parts, lists));
    terms = pn_arena_take(&x->plan->arena, (x->n_all + 1) * sizeof *terms);
    if (!terms) return no_memory(x->err);
    if (x->n_all) memcpy(terms, x->all, x->n_all * sizeof *terms);
    for (size_t i = 0; i < n; i++) number_terms(x, lists[i], &parts[i]);
    *out = (pn_plan_word){ terms, x->n_all, parts };
    return PN_OK;
}

/* Only what stands for several terms counts against the limit. */
static pn_status prepare_and_expand(expansion *x, size_t *left, pn_plan_word *out) {
    bool exact = x->word->how == PN_TERM_EXACT;
    x->left = exact ? 1 : *left;
    x->prefix = x->word->how == PN_TERM_PATTERN ? pn_pattern_prefix(x->word->term) : x->word->how == PN_TERM_PREFIX ? x->word->term : PN_BYTES_NONE;
    if (x->word->how == PN_TERM_FUZZY) pn_fuzzy_init(&x->fuzzy, x->word->term, x->word->distance);
    if (x->word->how == PN_TERM_REGEX) {
        x->prefix = x->word->regex->prefix;
        PN_TRY(pn_regex_begin(&x->run, x->word->regex, x->tick, x->err));
    }
    pn_status rc = expand_word(x, out);
    if (x->word->how == PN_TERM_REGEX) pn_regex_end(&x->run);
    if (!exact) *left -= x->n_all;
    return rc;
}

static pn_status plan_words(expansion *x, size_t *left, size_t i) {
    pn_plan *p = x->plan;
    x->op = &p->q->ops[i];
    p->words[i] = pn_arena_take0(&p->arena, x->op->n_words, sizeof *p->words[i]);
    if (!p->words[i]) return no_memory(x->err);
    for (size_t w = 0; w < x->op->n_words; w++) {
        x->word = &x->op->words[w];
        PN_TRY(prepare_and_expand(x, left, &p->words[i][w]));
    }
    return PN_OK;
}

/* --- names that nothing carries */

static pn_status is_known(pn_snap *snap, const pn_query_op *op, bool *known, const pn_tick *tick, pn_error *err) {
    *known = false;
    for (size_t i = 0; i < pn_snap_n_parts(snap) && !*known; i++) {
        const pn_terms *terms;
        pn_term_info info;
        PN_TRY(pn_seg_terms(pn_snap_part_at(snap, i)->seg, op->field, &terms, err));
        PN_TRY(pn_terms_find(terms, op->text, &info, known, err));
    }
    if (*known || op->field != PN_FIELD_SECTION) return PN_OK;
    const pn_sections *s;
    PN_TRY(pn_snap_sections(snap, tick, &s, err));
    *known = pn_sections_has(s, pn_categories_find(&s->names, op->text));
    return PN_OK;
}

static pn_status check_name(pn_snap *snap, const pn_query_op *op, const pn_tick *tick, pn_error *err) {
    static const char *const kinds[] = { [PN_FIELD_TAG] = "tag", [PN_FIELD_SECTION] = "section", [PN_FIELD_SOURCE] = "source",
                                         [PN_FIELD_AUTHOR] = "author", [PN_FIELD_LANGUAGE] = "language" };
    bool known;
    PN_TRY(is_known(snap, op, &known, tick, err));
    if (known) return PN_OK;
    pn_fail(err, PN_EUNKNOWN, "%.*s", (int)PN_MIN(op->shown.len, (size_t)200), (const char *)op->shown.ptr);
    pn_error_at(err, kinds[op->field], 0);
    return PN_EUNKNOWN;
}

/* --- the whole */

static pn_status plan_all(expansion *x) {
    pn_plan *p = x->plan;
    size_t left = PN_QUERY_EXPAND_MAX;
    p->words = pn_arena_take0(&p->arena, p->q->n_ops, sizeof *p->words);
    if (!p->words) return no_memory(x->err);
    for (size_t i = 0; i < p->q->n_ops; i++)
        if (p->q->ops[i].kind == PN_Q_NAME) PN_TRY(check_name(p->snap, &p->q->ops[i], x->tick, x->err));
    for (size_t i = 0; i < p->q->n_ops; i++) {
        PN_TRY(pn_poll(x->tick, x->err));
        if (p->q->ops[i].kind == PN_Q_WORDS) PN_TRY(plan_words(x, &left, i));
    }
    return PN_OK;
}

pn_status pn_plan_new(pn_snap *snap, const pn_query *q, const pn_tick *tick, pn_plan **out, pn_error *err) {
    pn_plan *p = pn_calloc(1, sizeof *p);
    if (!p) return no_memory(err);
    *p = (pn_plan){ .snap = snap, .q = q };
    expansion x = { .plan = p, .tick = tick, .err = err };
    pn_status rc = plan_all(&x);
    pn_free(x.found);
    pn_free(x.infos);
    pn_free(x.all);
    pn_free(x.merged);
    if (rc == PN_OK) *out = p;
    else pn_plan_free(p);
    return rc;
}

void pn_plan_free(pn_plan *p) {
    if (!p) return;
    pn_arena_fini(&p->arena);
    pn_free(p);
}

const pn_query *pn_plan_query(const pn_plan *p) { return p->q; }
pn_snap *pn_plan_snap(const pn_plan *p) { return p->snap; }
const pn_plan_word *pn_plan_word_at(const pn_plan *p, size_t op, size_t word) { return &p->words[op][word]; }
