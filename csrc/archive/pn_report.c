#include "archive/pn_report.h"
#include "base/pn_alloc.h"

struct pn_report_row { pn_bytes input, excerpt; uint64_t offset; uint32_t line; uint32_t code; };

void pn_report_fini(pn_report *r) {
    if (!r) return;
    pn_arena_fini(&r->arena);
    pn_free(r->codes);
    pn_free(r->rows);
    *r = (pn_report){ 0 };
}

const char *pn_severity_name(pn_severity s) {
    static const char *const names[] = { "info", "warning", "error" };
    return names[s];
}

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for the ingest report"); }

/* A few dozen codes at most: a walk finds them. */
static pn_status code_index(pn_report *r, const pn_diag *d, size_t *out, pn_error *err) {
    for (*out = 0; *out < r->n_codes; ++*out)
        if (r->codes[*out].severity == d->severity && strcmp(r->codes[*out].code, d->code) == 0) return PN_OK;
    void *p = r->codes;
    pn_bytes name;
    if (!pn_grow(&p, &r->cap_codes, r->n_codes + 1, sizeof *r->codes)) return no_memory(err);
    r->codes = p;
    if (!pn_arena_copy(&r->arena, pn_bytes_of(d->code, strlen(d->code) + 1), &name)) return no_memory(err);
    r->codes[r->n_codes++] = (pn_report_code){ (const char *)name.ptr, d->severity, 0 };
    return PN_OK;
}

static bool keep_input(pn_report *r, pn_bytes input) {
    if (r->last_input.ptr && pn_bytes_equal(r->last_input, input)) return true;
    return pn_arena_copy(&r->arena, input, &r->last_input);
}

pn_status pn_report_add(pn_report *r, pn_bytes input, const pn_diag *d, pn_error *err) {
    size_t code;
    PN_TRY(code_index(r, d, &code, err));
    if (++r->codes[code].count > PN_REPORT_ROWS) return PN_OK;
    void *p = r->rows;
    if (!pn_grow(&p, &r->cap_rows, r->n_rows + 1, sizeof *r->rows)) return no_memory(err);
    r->rows = p;
    struct pn_report_row row = { .offset = d->offset, .line = d->line, .code = (uint32_t)code };
    if (!keep_input(r, input) || !pn_arena_copy(&r->arena, d->excerpt, &row.excerpt)) return no_memory(err);
    row.input = r->last_input;
    r->rows[r->n_rows++] = row;
    return PN_OK;
}

static void put_row(pn_table *t, const pn_report *r, const struct pn_report_row *row) {
    const pn_report_code *c = &r->codes[row->code];
    pn_table_put_str(t, 0, row->input);
    pn_table_put_i64(t, 1, (int64_t)row->offset);
    if (row->line) pn_table_put_i64(t, 2, row->line);
    else pn_table_put_null(t, 2);
    pn_table_put_str(t, 3, pn_bytes_cstr(c->code));
    pn_table_put_str(t, 4, pn_bytes_cstr(pn_severity_name(c->severity)));
    pn_table_put_str(t, 5, row->excerpt);
}

/* Hands a filled table over, or releases it. */
static pn_status hand_over(pn_table *t, pn_table **out, pn_error *err) {
    pn_status rc = pn_table_finish(t, err);
    if (rc == PN_OK) *out = t;
    else pn_table_release(t);
    return rc;
}

pn_status pn_report_table(const pn_report *r, pn_table **out, pn_error *err) {
    pn_table *t = NULL;
    PN_TRY(pn_table_new(&t, err));
    pn_table_add(t, "input", PN_COL_STR);
    pn_table_add(t, "offset", PN_COL_I64);
    pn_table_add(t, "line", PN_COL_I64);
    pn_table_add(t, "code", PN_COL_DICT);
    pn_table_add(t, "severity", PN_COL_DICT);
    pn_table_add(t, "excerpt", PN_COL_STR);
    for (size_t i = 0; i < r->n_rows; i++) put_row(t, r, &r->rows[i]);
    return hand_over(t, out, err);
}

static bool weighs_more(const pn_report_code *a, const pn_report_code *b) {
    return a->severity != b->severity ? a->severity > b->severity : a->count > b->count;
}

/* Insertion into an order of a few dozen. */
static void sort_codes(const pn_report *r, size_t *order) {
    for (size_t i = 0; i < r->n_codes; i++) {
        size_t at = i;
        for (; at > 0 && weighs_more(&r->codes[i], &r->codes[order[at - 1]]); at--) order[at] = order[at - 1];
        order[at] = i;
    }
}

pn_status pn_report_summary(const pn_report *r, pn_table **out, pn_error *err) {
    pn_table *t = NULL;
    size_t *order = pn_calloc(r->n_codes, sizeof *order);
    if (!order) return no_memory(err);
    pn_status rc = pn_table_new(&t, err);
    if (rc == PN_OK) {
        sort_codes(r, order);
        pn_table_add(t, "code", PN_COL_STR);
        pn_table_add(t, "severity", PN_COL_DICT);
        pn_table_add(t, "count", PN_COL_I64);
        for (size_t i = 0; i < r->n_codes; i++) {
            const pn_report_code *c = &r->codes[order[i]];
            pn_table_put_str(t, 0, pn_bytes_cstr(c->code));
            pn_table_put_str(t, 1, pn_bytes_cstr(pn_severity_name(c->severity)));
            pn_table_put_i64(t, 2, (int64_t)c->count);
        }
        rc = hand_over(t, out, err);
    }
    pn_free(order);
    return rc;
}
