#include "archive/pn_keymap.h"
#include "base/pn_alloc.h"

void pn_keymap_fini(pn_keymap *m) {
    pn_free(m->hashes);
    pn_free(m->slots);
    *m = (pn_keymap){ 0 };
}

static void place(pn_keymap *m, uint64_t hash, uint32_t stored) {
    size_t i = hash & (m->cap - 1);
    while (m->slots[i]) i = (i + 1) & (m->cap - 1);
    m->hashes[i] = hash;
    m->slots[i] = stored;
}

static pn_status widen(pn_keymap *m, pn_error *err) {
    pn_keymap wide = { .n = m->n, .cap = m->cap ? m->cap * 2 : 1024 };
    wide.hashes = pn_malloc(wide.cap * sizeof *wide.hashes);
    wide.slots = pn_calloc(wide.cap, sizeof *wide.slots);
    if (!wide.hashes || !wide.slots) {
        pn_keymap_fini(&wide);
        return pn_fail(err, PN_ENOMEM, "no memory for the keys of a segment");
    }
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i]) place(&wide, m->hashes[i], m->slots[i]);
    pn_keymap_fini(m);
    *m = wide;
    return PN_OK;
}

pn_status pn_keymap_put(pn_keymap *m, uint64_t hash, uint32_t slot, pn_error *err) {
    if (m->n * 2 >= m->cap) PN_TRY(widen(m, err));
    place(m, hash, slot + 1);
    m->n++;
    return PN_OK;
}

void pn_keymap_move(pn_keymap *m, uint64_t hash, uint32_t from, uint32_t to) {
    for (size_t k = 0; k < m->cap; k++) {
        size_t i = (hash + k) & (m->cap - 1);
        if (!m->slots[i]) return;
        if (m->hashes[i] != hash || m->slots[i] != from + 1) continue;
        m->slots[i] = to + 1;
        return;
    }
}

/* *at counts probes, so the walk goes on behind the last hit. */
bool pn_keymap_next(const pn_keymap *m, uint64_t hash, size_t *at, uint32_t *slot) {
    for (; *at < m->cap; ++*at) {
        size_t i = (hash + *at) & (m->cap - 1);
        if (!m->slots[i]) return false;
        if (m->hashes[i] != hash) continue;
        *slot = m->slots[i] - 1;
        ++*at;
        return true;
    }
    return false;
}
