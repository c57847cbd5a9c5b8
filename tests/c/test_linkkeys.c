/* The keys of links in a segment: what they are, and that no byte of them can lie. */
#include "forge.h"
#include "index/pn_linkkeys.h"
#include "index/pn_seg_layout.h"
#include "links_world.h"

static const char TEXT[] =
    "a|Rain in Torvik|10|https://example.org/a\n> Snow|9|Weather|/b\n> Snow|9|Weather|\n> Fog||Sea|\n"
    "b|Snow|9|https://example.org/b\n"
    "c||8|\n> Rain\xE2\x80\x8B  in  TORVIK|10||\n";

static void a_key_is_of_the_folded_title(void **state) {
    (void)state;
    pn_buf a = { 0 }, b = { 0 };
    pn_link_title_text(&a, PN_BYTES_LIT("Rain \xE2\x80\x8B in \xE2\x80\x98Torvik\xE2\x80\x99 "));
    pn_link_title_text(&b, PN_BYTES_LIT(" rain in\n'TORVIK'"));
    assert_true(pn_link_key_same(pn_link_key_of(pn_buf_bytes(&a)), pn_link_key_of(pn_buf_bytes(&b))));
    assert_false(pn_link_key_is_none(pn_link_key_of(pn_buf_bytes(&a))));
    pn_link_title_text(&a, PN_BYTES_NONE);
    assert_true(pn_link_key_is_none(pn_link_key_of(pn_buf_bytes(&a))));
    pn_buf_fini(&a);
    pn_buf_fini(&b);
}

static void check_url(const char *url, const char *page, const char *want) {
    pn_buf b = { 0 };
    pn_link_url_text(&b, pn_bytes_cstr(url), pn_bytes_cstr(page));
    assert_true(pn_bytes_equal(pn_buf_bytes(&b), pn_bytes_cstr(want)));
    pn_buf_fini(&b);
}

static void an_address_from_the_root_is_read_from_its_page(void **state) {
    (void)state;
    check_url("/b?x#y", "https://Example.org:8080/a/c", "https://example.org:8080/b?x");
    check_url("//other.org/b", "http://example.org/a", "http://other.org/b");
    check_url("https://example.org/b", "https://example.org/a", "https://example.org/b");
    check_url("/b", "/a", "/b");
    check_url("/b", NULL, "/b");
    check_url(NULL, "https://example.org/a", "");
}

static pn_snap *open_new(memfs *m) {
    pn_snap *snap = NULL;
    assert_int_equal(pn_snap_open(memfs_io(m), "d", 0, true, &snap, NULL), PN_OK);
    return snap;
}

static void a_segment_knows_what_is_offered_and_wanted(void **state) {
    (void)state;
    memfs *m = memfs_new();
    const pn_linkkeys *v;
    pn_precision p;
    uint32_t lo, hi;
    assert_int_equal(links_ingest(memfs_io(m), true, TEXT, NULL), PN_OK);
    pn_snap *snap = open_new(m);
    assert_int_equal(pn_seg_linkkeys(pn_snap_part_at(snap, 0)->seg, &v, NULL), PN_OK);
    assert_int_equal(v->n_docs, 3);                    /* by day: c, b, a */
    assert_int_equal(v->n_entries, 4);
    assert_int_equal(v->n_names, 2);
    assert_true(pn_linkkeys_entries(v, 1, &lo, &hi) && lo == 1 && hi == 1);
    assert_true(pn_linkkeys_entries(v, 2, &lo, &hi) && lo == 1 && hi == 4);
    assert_true(pn_link_key_same(pn_linkkeys_want_title(v, 0), pn_linkkeys_title(v, 2)));
    assert_true(pn_link_key_same(pn_linkkeys_want_title(v, 1), pn_linkkeys_title(v, 1)));
    assert_true(pn_link_key_is_none(pn_linkkeys_title(v, 0)));
    assert_int_equal(pn_linkkeys_want_url(v, 1).check, pn_linkkeys_url_check(v, 1));
    assert_int_equal(pn_linkkeys_day(v, 3, &p), PN_DAY_NONE);
    assert_int_equal(pn_linkkeys_category(v, 0), 0);
    assert_true(pn_bytes_equal(pn_linkkeys_name(v, pn_linkkeys_category(v, 3)), PN_BYTES_LIT("Sea")));
    pn_snap_release(snap);
    memfs_free(m);
}

/* --- forged sections */

static pn_status verify_forged(memfs *m, uint32_t section, size_t at, uint8_t flip, int64_t more) {
    forge f, manifest;
    pn_file_sum sum;
    pn_snap *snap = NULL;
    memfs *copy = memfs_clone(m);
    forge_take(memfs_io(copy), "d/seg-0000000001.idx", PN_FILE_INDEX, &f);
    forge_take(memfs_io(copy), "d/MANIFEST-0000000001", PN_FILE_MANIFEST, &manifest);
    pn_buf *b = forge_part(&f, section);
    if (flip) b->ptr[at] ^= flip;
    b->len -= (size_t)(more < 0 ? -more : 0);
    for (; more > 0; more--) pn_buf_put_u8(b, 0);
    assert_true(forge_write(memfs_io(copy), &f, &sum));
    forge_note(&manifest, 0, 0, sum);
    assert_true(forge_write(memfs_io(copy), &manifest, NULL));
    pn_status rc = pn_snap_open(memfs_io(copy), "d", 0, true, &snap, NULL);
    if (rc == PN_OK) rc = pn_archive_verify(snap, NULL, NULL);
    pn_snap_release(snap);
    forge_fini(&f);
    forge_fini(&manifest);
    memfs_free(copy);
    return rc;
}

static size_t length_of(memfs *m, uint32_t section) {
    forge f;
    forge_take(memfs_io(m), "d/seg-0000000001.idx", PN_FILE_INDEX, &f);
    size_t n = forge_part(&f, section)->len;
    forge_fini(&f);
    return n;
}

static void every_bit_that_lies_is_found(void **state) {
    (void)state;
    memfs *m = memfs_new();
    assert_int_equal(links_ingest(memfs_io(m), true, TEXT, NULL), PN_OK);
    assert_int_equal(verify_forged(m, PN_SECTION_LINKS, 0, 0, 0), PN_OK);
    for (uint32_t section = PN_SECTION_LINKS; section <= PN_SECTION_CATEGORIES; section++) {
        size_t n = length_of(m, section);
        assert_true(n > 0);
        assert_int_equal(verify_forged(m, section, 0, 0, 1), PN_ECORRUPT);
        assert_int_equal(verify_forged(m, section, 0, 0, -1), PN_ECORRUPT);
        for (size_t i = 0; i < n; i++)
            for (unsigned bit = 0; bit < 8; bit++) {
                pn_status rc = verify_forged(m, section, i, (uint8_t)(1u << bit), 0);
                if (rc != PN_ECORRUPT) fail_msg("section %u, byte %zu, bit %u: %d", section, i, bit, rc);
            }
    }
    memfs_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_key_is_of_the_folded_title), cmocka_unit_test(an_address_from_the_root_is_read_from_its_page),
        cmocka_unit_test(a_segment_knows_what_is_offered_and_wanted), cmocka_unit_test(every_bit_that_lies_is_found) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
