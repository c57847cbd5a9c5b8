#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "codec/pn_pack128.h"

static uint32_t random_next(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 32);
}

static uint32_t largest(unsigned width) { return width == 0 ? 0 : UINT32_MAX >> (32 - width); }

static void expect_round_trip(const uint32_t v[PN_BLOCK], unsigned width) {
    uint8_t bytes[16 * 32 + 1];
    uint32_t back[PN_BLOCK];
    memset(bytes, 0xA5, sizeof bytes);
    pn_pack128(bytes, v, width);
    assert_int_equal(bytes[16 * width], 0xA5);
    pn_unpack128(back, bytes, width);
    assert_memory_equal(back, v, sizeof back);
}

static void every_width_gives_back_random_values(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (unsigned width = 0; width <= 32; width++) {
        uint32_t v[PN_BLOCK];
        for (int i = 0; i < PN_BLOCK; i++) v[i] = random_next(&seed) & largest(width);
        expect_round_trip(v, width);
        expect_round_trip(v, 32);
    }
}

static void every_width_gives_back_its_largest_value_alone_in_every_place(void **state) {
    (void)state;
    for (unsigned width = 1; width <= 32; width++) {
        for (int i = 0; i < PN_BLOCK; i++) {
            uint32_t v[PN_BLOCK] = { 0 };
            v[i] = largest(width);
            expect_round_trip(v, width);
        }
    }
}

static void the_width_is_that_of_the_largest_value(void **state) {
    (void)state;
    uint32_t v[PN_BLOCK] = { 0 };
    assert_int_equal(pn_pack128_width(v), 0);
    for (unsigned width = 1; width <= 32; width++) {
        v[width] = largest(width);
        assert_int_equal(pn_pack128_width(v), width);
        v[width] = UINT32_C(1) << (width - 1);
        assert_int_equal(pn_pack128_width(v), width);
    }
}

static void width_zero_reads_nothing_and_gives_zeros(void **state) {
    (void)state;
    uint32_t v[PN_BLOCK], zeros[PN_BLOCK] = { 0 };
    memset(v, 0xFF, sizeof v);
    pn_unpack128(v, NULL, 0);
    assert_memory_equal(v, zeros, sizeof v);
}

/* The bytes are the format: value i in lane i % 4, low bits first. */
static void a_known_block_has_known_bytes(void **state) {
    (void)state;
    uint32_t v[PN_BLOCK] = { 0 };
    v[0] = 1; v[1] = 2; v[2] = 4; v[3] = 7; v[4] = 5; v[127] = 6;
    uint8_t bytes[48], expected[48] = { [0] = 1 | 5 << 3, [4] = 2, [8] = 4, [12] = 7, [47] = 6 << 5 };
    pn_pack128(bytes, v, 3);
    assert_memory_equal(bytes, expected, sizeof bytes);
}

static void sums_run_in_the_order_of_the_values(void **state) {
    (void)state;
    uint64_t seed = 2;
    uint32_t v[PN_BLOCK], expected[PN_BLOCK], sum = 4000000000u;
    for (int i = 0; i < PN_BLOCK; i++) {
        v[i] = random_next(&seed) & 0xFFFFFF;
        expected[i] = sum += v[i];
    }
    pn_prefix_sum128(v, 4000000000u);
    assert_memory_equal(v, expected, sizeof v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_width_gives_back_random_values),
        cmocka_unit_test(every_width_gives_back_its_largest_value_alone_in_every_place),
        cmocka_unit_test(the_width_is_that_of_the_largest_value),
        cmocka_unit_test(width_zero_reads_nothing_and_gives_zeros),
        cmocka_unit_test(a_known_block_has_known_bytes),
        cmocka_unit_test(sums_run_in_the_order_of_the_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
