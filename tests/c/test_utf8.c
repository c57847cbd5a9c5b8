/* Sentences about text/pn_utf8.h. */
#include "text/pn_utf8.h"
#include "unit.h"

static size_t prefix(const char *s, size_t n) { return pn_utf8_valid_prefix(pn_bytes_of(s, n)); }
#define PREFIX(s) prefix(s, sizeof(s) - 1)

static void every_scalar_value_comes_back_from_its_bytes(void **state) {
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        uint8_t u[4];
        unsigned n = pn_utf8_encode(c, u), m;
        bool surrogate = c >= 0xd800 && c <= 0xdfff;
        assert_int_equal(n, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
        assert_int_equal(pn_utf8_valid_prefix(pn_bytes_of(u, n)), surrogate ? 0 : n);
        assert_int_equal(pn_utf8_decode(u, u + n, &m), c);
        assert_int_equal(m, n);
    }
}

/* The definition, written another way: decode freely, then ask whether the value needs these bytes. */
static size_t by_definition(const uint8_t *p, size_t n) {
    size_t want = p[0] < 0x80 ? 1 : (p[0] & 0xe0) == 0xc0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : (p[0] & 0xf8) == 0xf0 ? 4 : 0;
    if (want == 0 || want > n) return 0;
    uint32_t c = want == 1 ? p[0] : p[0] & (0x7fu >> want);
    for (size_t i = 1; i < want; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (p[i] & 0x3f);
    }
    uint32_t least = want == 1 ? 0 : want == 2 ? 0x80 : want == 3 ? 0x800 : 0x10000;
    return c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : want;
}

static void two_bytes_and_all_third_and_fourth_kinds_are_judged_as_the_standard_says(void **state) {
    (void)state;
    static const uint8_t kinds[] = { 0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xe0, 0xf4, 0xff };
    for (unsigned ab = 0; ab < 0x10000; ab++)
        for (size_t k = 0; k < PN_COUNT(kinds) * PN_COUNT(kinds); k++) {
            uint8_t s[4] = { (uint8_t)(ab >> 8), (uint8_t)ab, kinds[k / PN_COUNT(kinds)], kinds[k % PN_COUNT(kinds)] };
            size_t want = 0;
            for (size_t n; want < 4 && (n = by_definition(s + want, 4 - want)) != 0;) want += n;
            assert_int_equal(pn_utf8_valid_prefix(pn_bytes_of(s, 4)), want);
        }
}

static void surrogates_overlong_and_too_large_forms_are_invalid(void **state) {
    (void)state;
    assert_int_equal(PREFIX("a\xed\xa0\x80"), 1);
    assert_int_equal(PREFIX("a\xc0\x80"), 1);
    assert_int_equal(PREFIX("a\xe0\x9f\xbf"), 1);
    assert_int_equal(PREFIX("a\xf0\x8f\xbf\xbf"), 1);
    assert_int_equal(PREFIX("a\xf4\x90\x80\x80"), 1);
    assert_int_equal(PREFIX("a\xf8\x88\x80\x80\x80"), 1);
    assert_int_equal(PREFIX("a\x80"), 1);
}

static void a_bad_byte_is_found_at_every_place_of_every_length(void **state) {
    (void)state;
    for (size_t n = 0; n <= 130; n++) {
        uint8_t *s = malloc(n + 1);
        assert_non_null(s);
        memset(s, 'x', n);
        assert_int_equal(pn_utf8_valid_prefix(pn_bytes_of(s, n)), n);
        for (size_t i = 0; i < n; i++) {
            s[i] = 0xff;
            assert_int_equal(pn_utf8_valid_prefix(pn_bytes_of(s, n)), i);
            s[i] = 'x';
        }
        free(s);
    }
}

static void nothing_is_valid(void **state) {
    (void)state;
    assert_true(pn_utf8_is_valid(PN_BYTES_NONE));
    assert_true(pn_utf8_is_valid(PN_BYTES_LIT("")));
    assert_int_equal(pn_utf8_cut(PN_BYTES_NONE, 5), 0);
}

static void a_sequence_cut_off_decodes_to_the_replacement_and_ends(void **state) {
    (void)state;
    static const char *const whole[] = { "\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x98\x80" };
    for (size_t i = 0; i < PN_COUNT(whole); i++)
        for (size_t n = 1; n < strlen(whole[i]); n++) {
            uint8_t *s = malloc(n);                            /* exact size: one byte too far shows */
            unsigned m;
            assert_non_null(s);
            memcpy(s, whole[i], n);
            assert_int_equal(pn_utf8_decode(s, s + n, &m), 0xfffd);
            assert_int_equal(m, n);
            free(s);
        }
}

static void a_cut_falls_between_characters(void **state) {
    (void)state;
    pn_bytes s = PN_BYTES_LIT("a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80");        /* lengths 1 2 3 4 */
    static const size_t want[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10 };
    for (size_t limit = 0; limit < PN_COUNT(want); limit++) assert_int_equal(pn_utf8_cut(s, limit), want[limit]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_value_comes_back_from_its_bytes),
        cmocka_unit_test(two_bytes_and_all_third_and_fourth_kinds_are_judged_as_the_standard_says),
        cmocka_unit_test(surrogates_overlong_and_too_large_forms_are_invalid),
        cmocka_unit_test(a_bad_byte_is_found_at_every_place_of_every_length),
        cmocka_unit_test(nothing_is_valid),
        cmocka_unit_test(a_sequence_cut_off_decodes_to_the_replacement_and_ends),
        cmocka_unit_test(a_cut_falls_between_characters),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
