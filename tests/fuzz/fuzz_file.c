/* Any bytes as a container of any kind.  Input: how (bit 0: make the sums right first; bits 1-3: the kind expected), which
 * allocation fails, which file operation fails (0: none), then the file. */
#include "memfs.h"
#include "oom.h"
#include "reseal.h"
#include "store/pn_manifest.h"
#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);

static void must(bool true_for_any_input) { if (!true_for_any_input) abort(); }

/* What reads as a manifest can be written as the next generation and reads the same. */
static void write_again(memfs *m, const pn_manifest *a) {
    pn_manifest b = { 0 }, c = { 0 };
    if (a->generation == UINT32_MAX || pn_manifest_copy(&b, a, NULL) != PN_OK) return;
    b.generation++;
    pn_status rc = pn_manifest_commit(memfs_io(m), "d", &b, NULL);
    must(rc == PN_OK || rc == PN_EIO || rc == PN_ENOMEM);
    if (rc == PN_OK) {
        pn_manifest_collect(memfs_io(m), "d", &b);
        rc = pn_manifest_read(memfs_io(m), "d", b.generation, &c, NULL);
        must(rc == PN_OK || rc == PN_EIO || rc == PN_ENOMEM);
        must(rc != PN_OK || (c.n_segments == a->n_segments && c.n_live == a->n_live));
    }
    pn_manifest_fini(&b);
    pn_manifest_fini(&c);
}

static void as_manifest(memfs *m, const uint8_t *p, size_t n) {
    char path[PN_PATH_MAX];
    pn_manifest a = { 0 };
    uint32_t generation = n >= PN_FILE_HEADER ? pn_load_u32(p + 36) : 1, newest = 0;
    if (generation == 0) generation = 1;
    must(pn_manifest_path(path, "d", generation, NULL) == PN_OK);
    memfs_put(m, path, p, n);
    if (pn_manifest_newest(memfs_io(m), "d", &newest, NULL) == PN_OK) must(newest == generation);
    if (pn_manifest_read(memfs_io(m), "d", generation, &a, NULL) == PN_OK) write_again(m, &a);
    pn_manifest_fini(&a);
}

/* The sections, whole and in parts; what verify has found good is good in every part. */
static void read_sections(pn_file *f, bool good) {
    for (size_t i = 0; i < pn_file_n_sections(f); i++) {
        uint32_t number;
        uint64_t offset, length;
        pn_file_section_at(f, i, &number, &offset, &length);
        pn_bytes s = pn_file_section(f, number);
        must(s.ptr != NULL && s.len == length);
        for (size_t at = 0; at < s.len; at += 1000) {
            pn_status rc = pn_file_check(f, s.ptr + at, PN_MIN((size_t)1000, s.len - at), NULL);
            must(rc == PN_OK || !good);
        }
        must(s.len == 0 || pn_file_check(f, s.ptr, s.len + 1, NULL) != PN_OK);
    }
}

static void as_file(memfs *m, pn_file_kind kind, const uint8_t *p, size_t n) {
    pn_file *f = NULL;
    memfs_put(m, "d/f", p, n);
    if (pn_file_open(memfs_io(m), "d/f", kind, NULL, NULL, n & 1, &f, NULL) != PN_OK) return;
    read_sections(f, false);
    read_sections(f, pn_file_verify(f, NULL, NULL) == PN_OK);
    pn_file_release(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) {
    if (n < 3) return 0;
    memfs *m = memfs_new();
    uint8_t *copy = malloc(n);
    if (!copy || memfs_io(m)->mkdir(m, "d", NULL) != PN_OK) abort();
    memcpy(copy, d + 3, n - 3);
    if (d[0] & 1) reseal(copy, n - 3);
    pn_file_kind kind = (pn_file_kind)(1 + (d[0] >> 1) % 5);
    if (d[1]) oom_arm(d[1]);
    if (d[2]) memfs_fail(m, (memfs_fault){ d[2], d[2] & 1, d[2] >> 1 & 1, EIO });
    if (kind == PN_FILE_MANIFEST) as_manifest(m, copy, n - 3);
    else as_file(m, kind, copy, n - 3);
    oom_off();
    must(pn_live() == 0 && memfs_held(m) == 0);
    free(copy);
    memfs_free(m);
    return 0;
}
