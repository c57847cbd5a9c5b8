#include "query/pn_regex.h"
#include "base/pn_alloc.h"
#include "base/pn_buf.h"
#include "text/pn_normal.h"
#include "text/pn_utf8.h"
#include <stdlib.h>

/* The program is laid out so that every part runs into what follows it: joining is writing behind, and the other operators put one
 * step before the part (a move, for targets are relative) and perhaps one behind it. */
typedef struct { size_t start, branch, at; } group;                /* where it begins, where its newest alternative does; its place in the text */
typedef struct {
    pn_bytes text;
    size_t at, atom;                   /* atom: where the program of the newest repeatable part begins, or NONE */
    pn_regex_step *steps; size_t n, cap, most;
    pn_regex_range *ranges; size_t n_ranges, cap_ranges;
    group groups[PN_REGEX_DEPTH_MAX + 1]; size_t depth;
    pn_normal fold;
    pn_error *err;
} reader;
static const size_t NONE = SIZE_MAX;

static pn_status wrong(reader *r, size_t at, const char *why) {
    pn_fail(r->err, PN_ESYNTAX, "%s", why);
    pn_error_at(r->err, NULL, at);
    return PN_ESYNTAX;
}
static pn_status too_much(reader *r, const char *what, int most) {
    pn_fail(r->err, PN_ELIMIT, "regular expressions with more than %d %s\nrepeat less, or ask for less at a time", most, what);
    pn_error_at(r->err, NULL, r->at);
    return PN_ELIMIT;
}
static pn_status no_memory(reader *r) { return pn_fail(r->err, PN_ENOMEM, "no memory for a regular expression"); }

/* --- writing the program */

static pn_status room(reader *r, size_t more) {
    void *p = r->steps;
    if (r->n + more > r->most) return too_much(r, "states", PN_REGEX_STATES_MAX);
    if (!pn_grow(&p, &r->cap, r->n + more, sizeof *r->steps)) return no_memory(r);
    r->steps = p;
    return PN_OK;
}

/* A step in place of step `at`, which moves up with all behind it. */
static pn_status insert(reader *r, size_t at, pn_regex_step step) {
    PN_TRY(room(r, 1));
    memmove(r->steps + at + 1, r->steps + at, (r->n - at) * sizeof step);
    r->steps[at] = step;
    r->n++;
    return PN_OK;
}
static pn_status append(reader *r, pn_regex_step step) { return insert(r, r->n, step); }

static pn_regex_step split(size_t to, size_t other) { return (pn_regex_step){ .kind = PN_RX_SPLIT, .to = (int32_t)to, .other = (int32_t)other }; }
static pn_regex_step jump(ptrdiff_t to) { return (pn_regex_step){ .kind = PN_RX_JUMP, .to = (int32_t)to }; }

static pn_status star(reader *r, size_t at) {
    size_t len = r->n - at;
    PN_TRY(insert(r, at, split(1, len + 2)));
    return append(r, jump(-(ptrdiff_t)(len + 1)));
}
static pn_status maybe(reader *r, size_t at) { return insert(r, at, split(1, r->n - at + 1)); }

/* Once more what stands in [from, from + len), at the end. */
static pn_status copy(reader *r, size_t from, size_t len) {
    PN_TRY(room(r, len));
    if (len) memcpy(r->steps + r->n, r->steps + from, len * sizeof *r->steps);
    r->n += len;
    return PN_OK;
}

/* The newest alternative of a group joins those before it. */
static pn_status close_branch(reader *r, group *g) {
    size_t before = g->branch - g->start, len = r->n - g->branch;
    if (g->branch == NONE) return PN_OK;
    PN_TRY(insert(r, g->branch, jump((ptrdiff_t)len + 1)));
    return insert(r, g->start, split(1, before + 2));
}

/* --- literals, folded like words */

static bool is_sign(uint8_t c) { return c && strchr(".[]*+?{}|()\\^$/", c); }

static size_t char_len(pn_bytes s, size_t at) {
    unsigned n;
    (void)pn_utf8_decode(s.ptr + at, s.ptr + s.len, &n);
    return n;
}

/* Where the literal that begins at `at` and the marks and letters behind it end. */
static size_t run_end(pn_bytes s, size_t at) {
    while (at < s.len && !is_sign(s.ptr[at])) at += char_len(s, at);
    return at;
}

/* One folded character of [at, end): r->fold.c; at moves behind it.  *none: only characters that are dropped. */
static pn_status fold_one(reader *r, size_t *at, size_t end, bool *none) {
    r->fold.p = r->text.ptr + *at;
    r->fold.end = r->text.ptr + end;
    *none = !pn_normal_next(&r->fold);
    *at = *none ? end : (size_t)(r->fold.p - r->text.ptr);
    return r->fold.rc == PN_OK ? PN_OK : no_memory(r);
}

static pn_status literal(reader *r, size_t end) {
    bool none;
    PN_TRY(fold_one(r, &r->at, end, &none));
    if (none) return PN_OK;
    r->atom = r->n;
    for (size_t i = 0; i < r->fold.n; i++) PN_TRY(append(r, (pn_regex_step){ .kind = PN_RX_CHAR, .c = r->fold.c[i] }));
    return PN_OK;
}

static pn_status escaped(reader *r) {
    size_t sign = r->at;
    if (++r->at == r->text.len) return wrong(r, sign, "nothing stands behind this backslash\nwrite \\\\ for a backslash");
    uint8_t c = r->text.ptr[r->at];
    bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z', digit = c >= '0' && c <= '9';
    if (letter || digit) return wrong(r, sign, "a backslash stands before signs only\nwrite [0-9] for \\d, [a-z0-9] for \\w; a word holds no blanks and has no borders inside");
    return literal(r, r->at + char_len(r->text, r->at));
}

/* --- [...] */

/* The code point of a class member, folded; it must stay one. */
static pn_status member(reader *r, uint32_t *out) {
    bool none;
    size_t from = r->at;
    if (r->text.ptr[r->at] == '\\' && r->at + 1 < r->text.len) r->at++;
    PN_TRY(fold_one(r, &r->at, r->at + char_len(r->text, r->at), &none));
    if (none || r->fold.n != 1) return wrong(r, from, "this character is no single one when it is folded\nwrite it outside the brackets, alternatives as (a|b)");
    *out = r->fold.c[0];
    return PN_OK;
}

static pn_status add_range(reader *r, uint32_t lo, uint32_t hi) {
    void *p = r->ranges;
    if (r->n_ranges == PN_REGEX_STATES_MAX) return too_much(r, "members of brackets", PN_REGEX_STATES_MAX);
    if (!pn_grow(&p, &r->cap_ranges, r->n_ranges + 1, sizeof *r->ranges)) return no_memory(r);
    r->ranges = p;
    r->ranges[r->n_ranges++] = (pn_regex_range){ lo, hi };
    return PN_OK;
}

static bool stands(const reader *r, char c) { return r->at < r->text.len && r->text.ptr[r->at] == (uint8_t)c; }

static pn_status range(reader *r) {
    size_t from = r->at;
    uint32_t lo, hi;
    PN_TRY(member(r, &lo));
    hi = lo;
    if (stands(r, '-') && r->at + 1 < r->text.len && r->text.ptr[r->at + 1] != ']') {
        r->at++;
        PN_TRY(member(r, &hi));
    }
    if (hi < lo) return wrong(r, from, "this range ends before it begins");
    return add_range(r, lo, hi);
}

static int by_start(const void *a, const void *b) {
    const pn_regex_range *x = a, *y = b;
    return (x->lo > y->lo) - (x->lo < y->lo);
}

/* The ranges of a class from `first` on ascend, and those that touch become one. */
static void tidy_ranges(reader *r, size_t first) {
    pn_regex_range *at = r->ranges + first;
    size_t n = r->n_ranges - first, kept = 0;
    qsort(at, n, sizeof *at, by_start);
    for (size_t i = 0; i < n; i++) {
        if (kept && at[i].lo <= at[kept - 1].hi + 1) at[kept - 1].hi = PN_MAX(at[kept - 1].hi, at[i].hi);
        else at[kept++] = at[i];
    }
    r->n_ranges = first + kept;
}

static pn_status class(reader *r) {
    size_t open = r->at++, first = r->n_ranges;
    bool negated = stands(r, '^');
    if (negated) r->at++;
    for (bool any = false; !stands(r, ']') || !any; any = true) {
        if (r->at == r->text.len) return wrong(r, open, "this bracket is never closed");
        if (!any && stands(r, ']')) return wrong(r, open, "there is nothing in these brackets\nwrite \\] for a bracket");
        PN_TRY(range(r));
    }
    tidy_ranges(r, first);
    r->at++;
    r->atom = r->n;
    return append(r, (pn_regex_step){ .kind = negated ? PN_RX_NOT_IN : PN_RX_IN, .c = (uint32_t)first, .to = (int32_t)(r->n_ranges - first) });
}

/* --- repetition */

/* A number below 1,000 at r->at, or -1. */
static int number(reader *r) {
    int n = -1;
    for (; r->at < r->text.len && r->text.ptr[r->at] >= '0' && r->text.ptr[r->at] <= '9' && n < 1000; r->at++) n = (n < 0 ? 0 : n * 10) + (r->text.ptr[r->at] - '0');
    return n;
}

static pn_status braces(reader *r, int *low, int *high) {
    size_t open = r->at++;
    *low = *high = number(r);
    if (stands(r, ',')) {
        r->at++;
        *high = number(r);
    }
    if (*low < 0 || !stands(r, '}')) return wrong(r, open, "a number of repetitions is {2}, {2,} or {2,5}\nwrite \\{ for a brace");
    if (*low >= 1000 || *high >= 1000) return wrong(r, open, "at most 999 repetitions");
    if (*high >= 0 && *high < *low) return wrong(r, open, "the second number is below the first");
    r->at++;
    return PN_OK;
}

/* The part at `atom` low to high times; high < 0 is without end. */
static pn_status repeat(reader *r, int low, int high) {
    size_t from = r->atom, len = r->n - from;
    if (high == 0) { r->n = from; return PN_OK; }
    for (int i = 1; i < low; i++) PN_TRY(copy(r, from, len));
    for (int i = PN_MAX(low, 1); i < high; i++) {
        size_t at = r->n;
        PN_TRY(copy(r, from, len));
        PN_TRY(maybe(r, at));
    }
    if (high < 0 && low > 0) {
        size_t at = r->n;
        PN_TRY(copy(r, from, len));
        PN_TRY(star(r, at));
    } else if (high < 0) {
        PN_TRY(star(r, from));
    }
    return low == 0 && high > 0 ? maybe(r, from) : PN_OK;
}

static pn_status quantifier(reader *r, uint8_t sign) {
    int low = sign == '+', high = sign == '?' ? 1 : -1;
    if (r->atom == NONE) return wrong(r, r->at, "there is nothing to repeat here\nwrite \\ before the sign to search for it");
    if (sign == '{') PN_TRY(braces(r, &low, &high));
    else r->at++;
    PN_TRY(repeat(r, low, high));
    r->atom = NONE;
    return PN_OK;
}

/* --- groups */

static pn_status open_group(reader *r) {
    if (r->depth == PN_REGEX_DEPTH_MAX) return too_much(r, "open parentheses", PN_REGEX_DEPTH_MAX);
    r->groups[++r->depth] = (group){ r->n, NONE, r->at };
    r->atom = NONE;
    r->at++;
    return PN_OK;
}

static pn_status close_group(reader *r) {
    if (r->depth == 0) return wrong(r, r->at, "this parenthesis was never opened\nwrite \\) for a parenthesis");
    PN_TRY(close_branch(r, &r->groups[r->depth]));
    r->atom = r->groups[r->depth--].start;
    r->at++;
    return PN_OK;
}

static pn_status alternative(reader *r) {
    group *g = &r->groups[r->depth];
    PN_TRY(close_branch(r, g));
    g->branch = r->n;
    r->atom = NONE;
    r->at++;
    return PN_OK;
}

static pn_status part(reader *r) {
    uint8_t c = r->text.ptr[r->at];
    switch (c) {
    case '(': return open_group(r);
    case ')': return close_group(r);
    case '|': return alternative(r);
    case '[': return class(r);
    case '\\': return escaped(r);
    case '*': case '+': case '?': case '{': return quantifier(r, c);
    case '.':
        r->atom = r->n;
        r->at++;
        return append(r, (pn_regex_step){ .kind = PN_RX_ANY });
    case '^': case '$': return wrong(r, r->at, "^ and $ are not needed: an expression matches a whole word\nwrite .* where anything may stand");
    case ']': case '}': case '/': return wrong(r, r->at, "this sign needs a backslash before it");
    default: return literal(r, run_end(r->text, r->at));
    }
}

static pn_status read_all(reader *r) {
    while (r->at < r->text.len) PN_TRY(part(r));
    if (r->depth) return wrong(r, r->groups[r->depth].at, "this parenthesis is never closed\nwrite \\( for a parenthesis");
    PN_TRY(close_branch(r, &r->groups[0]));
    return append(r, (pn_regex_step){ .kind = PN_RX_END });
}

/* --- handing over */

static bool prefix_of(const reader *r, pn_arena *arena, pn_bytes *out) {
    size_t n = 0, len = 0;
    while (r->steps[n].kind == PN_RX_CHAR) n++;
    uint8_t *text = pn_arena_take(arena, 4 * n + 1);
    for (size_t i = 0; text && i < n; i++) len += pn_utf8_encode(r->steps[i].c, text + len);
    *out = pn_bytes_of(text, len);
    return text != NULL;
}

static pn_status hand_over(reader *r, pn_arena *arena, pn_regex *out) {
    pn_bytes steps, ranges;
    *out = (pn_regex){ .n = r->n, .n_ranges = r->n_ranges };
    bool ok = prefix_of(r, arena, &out->prefix) && pn_arena_copy(arena, pn_bytes_of(r->steps, r->n * sizeof *r->steps), &steps) &&
              pn_arena_copy(arena, pn_bytes_of(r->ranges, r->n_ranges * sizeof *r->ranges), &ranges);
    if (!ok) return no_memory(r);
    out->steps = (pn_regex_step *)(uintptr_t)steps.ptr;
    out->ranges = (pn_regex_range *)(uintptr_t)ranges.ptr;
    return PN_OK;
}

pn_status pn_regex_compile(pn_bytes text, size_t most, pn_arena *arena, pn_regex *out, pn_error *err) {
    reader *r = pn_calloc(1, sizeof *r);
    if (!r) return pn_fail(err, PN_ENOMEM, "no memory for a regular expression");
    *r = (reader){ .text = text, .most = PN_MIN(most, (size_t)PN_REGEX_STATES_MAX), .atom = NONE, .groups = { { 0, NONE, 0 } }, .fold = { .mode = PN_NORMAL_WORD }, .err = err };
    pn_status rc = read_all(r);
    if (rc == PN_OK) rc = hand_over(r, arena, out);
    pn_normal_fini(&r->fold);
    pn_free(r->steps);
    pn_free(r->ranges);
    pn_free(r);
    return rc;
}

/* --- the machine: the set of steps at which a way stands, moved on character by character */

/* Each step enters a set once, so at most n wait. */
static void visit(pn_regex_run *run, uint32_t step, uint32_t *n_stack) {
    if (run->seen[step] == run->mark) return;
    run->seen[step] = run->mark;
    run->stack[(*n_stack)++] = step;
}

static uint32_t *set_at(const pn_regex_run *run, uint32_t depth) { return run->sets + (size_t)depth * run->regex->n; }

/* `step` and all that is reached from it without a character join the set. */
static void enter(pn_regex_run *run, uint32_t depth, uint32_t step) {
    uint32_t n = 0, *set = set_at(run, depth);
    visit(run, step, &n);
    while (n) {
        uint32_t at = run->stack[--n];
        const pn_regex_step *s = &run->regex->steps[at];
        if (s->kind == PN_RX_JUMP || s->kind == PN_RX_SPLIT) visit(run, (uint32_t)((int64_t)at + s->to), &n);
        if (s->kind == PN_RX_SPLIT) visit(run, (uint32_t)((int64_t)at + s->other), &n);
        if (s->kind != PN_RX_JUMP && s->kind != PN_RX_SPLIT) set[run->n[depth]++] = at;
    }
}

static void begin_set(pn_regex_run *run, uint32_t depth, uint32_t end) {
    run->n[depth] = 0;
    run->end[depth] = end;
    if (++run->mark > 0) return;
    memset(run->seen, 0, run->regex->n * sizeof *run->seen);             /* after 2^32 characters old marks could look new */
    run->mark = 1;
}

pn_status pn_regex_begin(pn_regex_run *run, const pn_regex *regex, const pn_tick *tick, pn_error *err) {
    uint32_t *room = pn_calloc(regex->n, (PN_REGEX_TERM_MAX + 3) * sizeof *room);
    if (!room) return pn_fail(err, PN_ENOMEM, "no memory for a regular expression");
    *run = (pn_regex_run){ .regex = regex, .pace = { tick, 0 }, .stack = room, .seen = room + regex->n, .sets = room + 2 * regex->n };
    begin_set(run, 0, 0);
    enter(run, 0, 0);
    return PN_OK;
}

void pn_regex_end(pn_regex_run *run) {
    pn_free(run->stack);                                   /* one piece holds all */
    *run = (pn_regex_run){ 0 };
}

static bool is_in(const pn_regex_range *at, size_t n, uint32_t c) {
    while (n > 0) {
        size_t half = n / 2;
        if (c >= at[half].lo && c <= at[half].hi) return true;
        if (c > at[half].hi) { at += half + 1; n -= half + 1; }
        else n = half;
    }
    return false;
}

static bool takes(const pn_regex *x, const pn_regex_step *s, uint32_t c) {
    if (s->kind == PN_RX_CHAR) return s->c == c;
    if (s->kind == PN_RX_ANY) return true;
    if (s->kind == PN_RX_END) return false;
    return is_in(x->ranges + s->c, (size_t)s->to, c) == (s->kind == PN_RX_IN);
}

/* Goes back to the last set that this term shares with the one before. */
static uint32_t shared_depth(pn_regex_run *run, pn_bytes term) {
    size_t most = PN_MIN(term.len, run->last_len), same = 0;
    while (same < most && term.ptr[same] == run->last[same]) same++;
    while (run->depth > 0 && run->end[run->depth] > same) run->depth--;
    run->last_len = term.len;
    if (term.len) memcpy(run->last, term.ptr, term.len);
    return run->depth;
}

enum { STEP = 16 };                    /* cheap steps that a state costs for a character: its ranges, what it leads to */

pn_status pn_regex_fits(pn_regex_run *run, pn_bytes term, bool *yes, pn_error *err) {
    *yes = false;
    if (term.len > PN_REGEX_TERM_MAX) return PN_OK;
    uint32_t d = shared_depth(run, term);
    unsigned len;
    for (const uint8_t *p = term.ptr + run->end[d], *end = term.ptr + term.len; p < end && run->n[d] > 0; p += len, d++) {
        uint32_t c = pn_utf8_decode(p, end, &len);
        PN_TRY(pn_pace_on(&run->pace, STEP * (uint64_t)run->n[d], err));
        begin_set(run, d + 1, run->end[d] + len);
        for (uint32_t i = 0; i < run->n[d]; i++)
            if (takes(run->regex, &run->regex->steps[set_at(run, d)[i]], c)) enter(run, d + 1, set_at(run, d)[i] + 1);
    }
    run->depth = d;
    if (run->end[d] < term.len) return PN_OK;
    for (uint32_t i = 0; i < run->n[d]; i++) *yes |= run->regex->steps[set_at(run, d)[i]].kind == PN_RX_END;
    return pn_pace_on(&run->pace, run->n[d], err);
}
