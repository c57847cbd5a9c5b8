#include "archive/pn_known.h"
#include <stdlib.h>

enum { SECTION_KEYS = 1 };

void pn_known_fini(pn_known *k) {
    pn_file_release(k->file);
    *k = (pn_known){ 0 };
}

static pn_file_id id_of(const pn_manifest *m, uint32_t generation) {
    pn_file_id id = { .generation = generation };
    memcpy(id.archive, m->archive, sizeof id.archive);
    return id;
}

static const uint8_t *key_at(pn_bytes keys, size_t i) { return keys.ptr + i * PN_INPUT_KEY; }

/* Keys ascend strictly. */
static pn_status check(pn_known *k, pn_error *err) {
    PN_TRY(pn_file_section_checked(k->file, SECTION_KEYS, &k->keys, err));
    bool ascend = k->keys.len % PN_INPUT_KEY == 0;
    for (size_t i = 1; ascend && i < k->keys.len / PN_INPUT_KEY; i++) ascend = memcmp(key_at(k->keys, i - 1), key_at(k->keys, i), PN_INPUT_KEY) < 0;
    return ascend ? PN_OK : pn_corrupt(err, pn_file_path(k->file), 0, "the list of inputs is out of order");
}

pn_status pn_known_read(const pn_io *io, const char *dir, const pn_manifest *m, pn_known *out, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_known k = { 0 };
    *out = k;
    if (m->inputs_generation == 0) return PN_OK;
    pn_file_id id = id_of(m, m->inputs_generation);
    PN_TRY(pn_inputs_path(path, dir, m->inputs_generation, err));
    PN_TRY(pn_file_open(io, path, PN_FILE_INPUTS, &id, &m->inputs, false, &k.file, err));
    pn_status rc = check(&k, err);
    if (rc != PN_OK) pn_known_fini(&k);
    *out = k;
    return rc;
}

bool pn_known_has(const pn_known *k, const uint8_t *key, size_t n) {
    size_t lo = 0, hi = k->keys.len / PN_INPUT_KEY;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = memcmp(key_at(k->keys, mid), key, n);
        if (order == 0) return true;
        if (order < 0) lo = mid + 1;
        else hi = mid;
    }
    return false;
}

/* --- writing */

static int compare(const void *a, const void *b) { return memcmp(a, b, PN_INPUT_KEY); }

/* Both are sorted; a key that both hold, or that comes again, is written once. */
static void put_union(pn_file_writer *w, pn_bytes a, pn_bytes b) {
    const uint8_t *last = NULL;
    for (size_t i = 0, k = 0; i < a.len || k < b.len;) {
        bool left = k == b.len || (i < a.len && memcmp(a.ptr + i, b.ptr + k, PN_INPUT_KEY) <= 0);
        const uint8_t *key = left ? a.ptr + i : b.ptr + k;
        if (left) i += PN_INPUT_KEY;
        else k += PN_INPUT_KEY;
        if (last && memcmp(last, key, PN_INPUT_KEY) == 0) continue;
        pn_file_put(w, key, PN_INPUT_KEY);
        last = key;
    }
}

pn_status pn_known_write(const pn_io *io, const char *dir, pn_manifest *m, const pn_known *k, pn_buf *more, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_file_writer *w = NULL;
    pn_file_sum sum;
    pn_file_id id = id_of(m, m->generation);
    if (more->len) qsort(more->ptr, more->len / PN_INPUT_KEY, PN_INPUT_KEY, compare);
    PN_TRY(pn_inputs_path(path, dir, m->generation, err));
    PN_TRY(pn_file_writer_new(io, path, PN_FILE_INPUTS, &id, &w, err));
    pn_file_begin(w, SECTION_KEYS);
    put_union(w, k->keys, pn_buf_bytes(more));
    PN_TRY(pn_file_finish(w, &sum, err));
    m->inputs_generation = m->generation;
    m->inputs = sum;
    return PN_OK;
}
