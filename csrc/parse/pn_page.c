#include "base/pn_alloc.h"
#include "parse/pn_page.h"
#include "text/pn_utf8.h"

static pn_bytes excerpt_of(const pn_page_line *l) {
    pn_bytes s = pn_page_trimmed(l);
    return pn_bytes_of(s.ptr, pn_utf8_cut(s, 120));
}

void pn_page_add_remark(pn_page *pg, pn_diag d) {
    void *p = pg->remarks;
    if (pg->n_remarks == PN_PAGE_REMARKS_MAX) return;
    if (pg->n_remarks == PN_PAGE_REMARKS_MAX - 1) d = (pn_diag){ .code = "more_diagnostics", .line = d.line, .offset = d.offset };
    if (!pn_grow(&p, &pg->cap_remarks, pg->n_remarks + 1, sizeof d)) { pg->no_memory = true; return; }
    pg->remarks = p;
    pg->remarks[pg->n_remarks++] = d;
}

void pn_page_remark(pn_page *pg, const char *code, pn_severity severity, const pn_page_line *l) {
    pn_diag d = { .code = code, .severity = severity };
    if (l) { d.line = l->no; d.offset = l->at; d.excerpt = excerpt_of(l); }
    pn_page_add_remark(pg, d);
}

void pn_page_push(pn_page *pg, pn_page_list *list, pn_bytes s) {
    void *p = list->at;
    if (!pn_grow(&p, &list->cap, list->n + 1, sizeof *list->at)) { pg->no_memory = true; return; }
    list->at = p;
    list->at[list->n++] = s;
}

static bool copy_line(pn_page *pg, const pn_page_line *l, pn_bytes *text) {
    uint8_t *p = pn_arena_take(pg->arena, l->len);
    *text = PN_BYTES_NONE;
    if (!p) { pg->no_memory = true; return false; }
    *text = pn_bytes_of(p, pn_page_copy_text(p, pn_page_trimmed(l)));
    return true;
}

pn_bytes pn_page_line_text(pn_page *pg, const pn_page_line *l) {
    pn_bytes text;
    (void)copy_line(pg, l, &text);
    return text;
}

pn_bytes pn_page_payload(pn_page *pg, const pn_page_line *l) {
    pn_bytes text;
    if (!copy_line(pg, l, &text)) return PN_BYTES_NONE;
    return pn_bytes_of(text.ptr + l->from, (size_t)(l->to - l->from));
}

static size_t put_glue(uint8_t *p, const pn_page_line *above, const pn_page_line *l, int how) {
    bool blank = how == PN_JOIN_BLANK || (how == PN_JOIN_WRAPPED && l->no == above->no + 1);
    memcpy(p, blank ? " " : "\n\n", blank ? 1 : 2);
    return blank ? 1 : 2;
}

pn_bytes pn_page_join(pn_page *pg, size_t first, size_t stop, int how) {
    if (first >= stop) return PN_BYTES_NONE;
    size_t room = 0, n = 0;
    for (size_t i = first; i < stop; i++) room += (size_t)pg->line[i].len + 2;
    uint8_t *p = pn_arena_take(pg->arena, room);
    if (!p) { pg->no_memory = true; return PN_BYTES_NONE; }
    for (size_t i = first; i < stop; i++) {
        const pn_page_line *l = &pg->line[i];
        if (i > first) n += put_glue(p + n, l - 1, l, how);
        n += pn_page_copy_text(p + n, pn_page_trimmed(l));
    }
    *pg->steps += stop - first;
    return pn_bytes_of(p, n);
}

void pn_page_put_roles(pn_page *pg) {
    size_t n = 0;
    for (size_t i = 0; i < pg->n; i++) n += i == 0 || pg->role[i] != pg->role[i - 1];
    pn_role_run *runs = pn_arena_take0(pg->arena, n, sizeof *runs);
    if (!runs) { pg->no_memory = true; return; }
    size_t at = 0;
    for (size_t i = 0; i < pg->n; i++) {
        uint32_t no = pg->line[i].no;
        at += i > 0 && pg->role[i] != pg->role[i - 1];
        if (runs[at].n == 0) runs[at] = (pn_role_run){ .first = no, .role = pg->role[i] };
        runs[at].n = no - runs[at].first + 1;
    }
    pg->doc.roles = runs;
    pg->doc.n_roles = n;
}
