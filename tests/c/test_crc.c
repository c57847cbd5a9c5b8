#include "codec/pn_crc.h"
#include "unit.h"

static void the_published_vectors_hold(void **state) {
    (void)state;
    uint8_t zeros[32] = { 0 }, ones[32], up[32];
    for (int i = 0; i < 32; i++) { ones[i] = 0xFF; up[i] = (uint8_t)i; }
    assert_int_equal(pn_crc32c(0, "123456789", 9), 0xE3069283);
    assert_int_equal(pn_crc32c(0, zeros, 32), 0x8A9136AA);       /* these three: RFC 3720, appendix B.4 */
    assert_int_equal(pn_crc32c(0, ones, 32), 0x62A8AB43);
    assert_int_equal(pn_crc32c(0, up, 32), 0x46DD794E);
    assert_int_equal(pn_crc32c_table(0, "123456789", 9), 0xE3069283);
}

static void nothing_changes_nothing(void **state) {
    (void)state;
    assert_int_equal(pn_crc32c(0, NULL, 0), 0);
    assert_int_equal(pn_crc32c(77, NULL, 0), 77);
    assert_int_equal(pn_crc32c_table(77, NULL, 0), 77);
}

static void both_twins_agree_at_every_length_and_offset(void **state) {
    (void)state;
    uint8_t b[1037 + 16];
    for (size_t i = 0; i < sizeof b; i++) b[i] = (uint8_t)(i * 131 + (i >> 3) * 7);
    for (size_t off = 0; off < 16; off++)
        for (size_t n = 0; n <= 1037; n++) assert_int_equal(pn_crc32c((uint32_t)n, b + off, n), pn_crc32c_table((uint32_t)n, b + off, n));
}

static void going_on_equals_doing_it_at_once(void **state) {
    (void)state;
    uint8_t b[200];
    for (size_t i = 0; i < sizeof b; i++) b[i] = (uint8_t)(i * i);
    uint32_t whole = pn_crc32c(0, b, sizeof b);
    for (size_t cut = 0; cut <= sizeof b; cut++)
        assert_int_equal(pn_crc32c(pn_crc32c(0, b, cut), b + cut, sizeof b - cut), whole);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_hold),
        cmocka_unit_test(nothing_changes_nothing),
        cmocka_unit_test(both_twins_agree_at_every_length_and_offset),
        cmocka_unit_test(going_on_equals_doing_it_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
