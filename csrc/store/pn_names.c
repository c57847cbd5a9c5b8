#include "store/pn_names.h"
#include <stdio.h>

static pn_status join(char *out, const char *dir, const char *name, pn_error *err) {
    return pn_io_join(out, PN_PATH_MAX, dir, name, err);
}

pn_status pn_segment_path(char *out, const char *dir, uint32_t segment, pn_segment_name what, uint32_t generation, pn_error *err) {
    char name[64];
    if (what == PN_NAME_DEL) snprintf(name, sizeof name, "seg-%010u.%010u.del", segment, generation);
    else snprintf(name, sizeof name, "seg-%010u.%s", segment, what == PN_NAME_IDX ? "idx" : "doc");
    return join(out, dir, name, err);
}

pn_status pn_manifest_path(char *out, const char *dir, uint32_t generation, pn_error *err) {
    char name[64];
    snprintf(name, sizeof name, "MANIFEST-%010u", generation);
    return join(out, dir, name, err);
}

pn_status pn_manifest_temp_path(char *out, const char *dir, uint32_t generation, pn_error *err) {
    char name[64];
    snprintf(name, sizeof name, "MANIFEST-%010u.tmp", generation);
    return join(out, dir, name, err);
}

pn_status pn_manifest_aside_path(char *out, const char *dir, uint32_t generation, pn_error *err) {
    char name[64];
    snprintf(name, sizeof name, "MANIFEST-%010u.part", generation);
    return join(out, dir, name, err);
}

pn_status pn_inputs_path(char *out, const char *dir, uint32_t generation, pn_error *err) {
    char name[64];
    snprintf(name, sizeof name, "inputs-%010u", generation);
    return join(out, dir, name, err);
}

pn_status pn_lock_path(char *out, const char *dir, pn_error *err) { return join(out, dir, "writer.lock", err); }

/* Takes `word` off the front of *s. */
static bool eat(const char **s, const char *word) {
    size_t n = strlen(word);
    if (strncmp(*s, word, n) != 0) return false;
    *s += n;
    return true;
}

/* Takes ten digits that fit into 32 bits, and are not all zero, off the front of *s. */
static bool eat_number(const char **s, uint32_t *out) {
    uint64_t v = 0;
    for (int i = 0; i < 10; i++) {
        char c = (*s)[i];
        if (c < '0' || c > '9') return false;
        v = v * 10 + (uint64_t)(c - '0');
    }
    if (v == 0 || v > UINT32_MAX) return false;
    *s += 10;
    *out = (uint32_t)v;
    return true;
}

static pn_name read_name(const char *s) {
    pn_name n = { PN_NAMED_OTHER, 0, 0 };
    if (eat(&s, "MANIFEST-")) {
        if (!eat_number(&s, &n.generation)) return n;
        if (strcmp(s, "") == 0) n.what = PN_NAMED_MANIFEST;
        if (strcmp(s, ".tmp") == 0) n.what = PN_NAMED_TEMP;
        if (strcmp(s, ".part") == 0) n.what = PN_NAMED_ASIDE;
    } else if (eat(&s, "inputs-")) {
        if (eat_number(&s, &n.generation) && strcmp(s, "") == 0) n.what = PN_NAMED_INPUTS;
    } else if (eat(&s, "seg-")) {
        if (!eat_number(&s, &n.segment)) return n;
        if (strcmp(s, ".idx") == 0) n.what = PN_NAMED_IDX;
        if (strcmp(s, ".doc") == 0) n.what = PN_NAMED_DOC;
        if (eat(&s, ".") && eat_number(&s, &n.generation) && strcmp(s, ".del") == 0) n.what = PN_NAMED_DEL;
    }
    return n;
}

pn_name pn_name_of(const char *s) {
    pn_name n = read_name(s);
    return n.what == PN_NAMED_OTHER ? (pn_name){ PN_NAMED_OTHER, 0, 0 } : n;
}
