#include "archive/pn_keymap.h"
#include "base/pn_alloc.h"

void pn_keymap_fini(pn_keymap *m) {
    pn_free(m->at);
    *m = (pn_keymap){ 0 };
}

static void place(pn_keymap *m, pn_keymap_entry e) {
    size_t i = e.hash & (m->cap - 1);
    while (m->at[i].slot) i = (i + 1) & (m->cap - 1);
    m->at[i] = e;
}

static pn_status widen(pn_keymap *m, pn_error *err) {
    pn_keymap wide = { .n = m->n, .cap = m->cap ? m->cap * 2 : 1024 };
    wide.at = pn_calloc(wide.cap, sizeof *wide.at);
    if (!wide.at) return pn_fail(err, PN_ENOMEM, "no memory for the keys of a segment");
    for (size_t i = 0; i < m->cap; i++)
        if (m->at[i].slot) place(&wide, m->at[i]);
    pn_keymap_fini(m);
    *m = wide;
    return PN_OK;
}

pn_status pn_keymap_put(pn_keymap *m, uint64_t hash, uint32_t slot, pn_error *err) {
    if (m->n * 2 >= m->cap) PN_TRY(widen(m, err));
    place(m, (pn_keymap_entry){ hash, slot + 1 });
    m->n++;
    return PN_OK;
}

void pn_keymap_move(pn_keymap *m, uint64_t hash, uint32_t from, uint32_t to) {
    for (size_t k = 0; k < m->cap; k++) {
        pn_keymap_entry *e = &m->at[(hash + k) & (m->cap - 1)];
        if (!e->slot) return;
        if (e->hash != hash || e->slot != from + 1) continue;
        e->slot = to + 1;
        return;
    }
}

/* *at counts probes, so the walk goes on behind the last hit. */
bool pn_keymap_next(const pn_keymap *m, uint64_t hash, size_t *at, uint32_t *slot) {
    for (; *at < m->cap; ++*at) {
        const pn_keymap_entry *e = &m->at[(hash + *at) & (m->cap - 1)];
        if (!e->slot) return false;
        if (e->hash != hash) continue;
        *slot = e->slot - 1;
        ++*at;
        return true;
    }
    return false;
}
