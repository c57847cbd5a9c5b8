#include "codec/pn_zstd.h"
#include "oom.h"
#include "unit.h"

static pn_buf text_of(size_t n) {
    pn_buf b = { 0 };
    for (size_t i = 0; b.len < n; i++) pn_buf_printf(&b, "line %zu of an article about markets\n", i * i % 977);
    b.len = n;
    assert_int_equal(b.rc, PN_OK);
    return b;
}

static pn_buf packed(pn_bytes raw) {
    pn_buf b = { 0 };
    assert_int_equal(pn_zstd_pack(NULL, &b, raw, 3, NULL), PN_OK);
    return b;
}

static void what_is_packed_comes_back(void **state) {
    (void)state;
    static const size_t sizes[] = { 0, 1, 127, 128, 129, 65535, 65536, 131072, 131073, 500000, 1 << 20, (1 << 20) + 1, 3 << 20, (3 << 20) + 7 };
    for (size_t i = 0; i < PN_COUNT(sizes); i++) {
        pn_buf raw = text_of(sizes[i]), frame = packed(pn_buf_bytes(&raw)), back = { 0 };
        pn_buf_put(&back, "before", 6);
        assert_int_equal(pn_zstd_unpack(&back, pn_buf_bytes(&frame), raw.len, NULL), PN_OK);
        assert_int_equal(back.len, 6 + raw.len);
        if (raw.len) assert_memory_equal(back.ptr + 6, raw.ptr, raw.len);
        pn_buf_fini(&raw);
        pn_buf_fini(&frame);
        pn_buf_fini(&back);
    }
}

static void a_frame_does_not_depend_on_what_was_packed_before(void **state) {
    (void)state;
    static const size_t sizes[] = { 131073, 0, 128, (2 << 20) + 1, 65536, 2 << 20, 500000, 1 };
    pn_zstd_packer p = { 0 };
    for (size_t i = 0; i < PN_COUNT(sizes); i++) {
        pn_buf raw = text_of(sizes[i]), alone = packed(pn_buf_bytes(&raw)), behind = { 0 };
        assert_int_equal(pn_zstd_pack(&p, &behind, pn_buf_bytes(&raw), 3, NULL), PN_OK);
        assert_int_equal(behind.len, alone.len);
        assert_memory_equal(behind.ptr, alone.ptr, alone.len);
        pn_buf_fini(&raw);
        pn_buf_fini(&alone);
        pn_buf_fini(&behind);
    }
    pn_zstd_packer_fini(&p);
}

static int stop_at(void *arg) { return --*(int *)arg == 0; }

static void a_long_frame_can_be_stopped_and_the_packer_used_again(void **state) {
    (void)state;
    pn_buf raw = text_of((5 << 20) + 1), whole = packed(pn_buf_bytes(&raw)), out = { 0 };
    int left = 1;
    pn_zstd_packer p = { .tick = &(pn_tick){ stop_at, &left } };
    for (int at = 1; left <= 0 || at == 1; at++) {
        pn_buf_clear(&out);
        left = at;
        pn_status rc = pn_zstd_pack(&p, &out, pn_buf_bytes(&raw), 3, NULL);
        assert_int_equal(rc, left > 0 ? PN_OK : PN_EINTR);
        if (left <= 0) assert_int_equal(out.len, 0);
        else assert_true(at > 5 && out.len == whole.len && memcmp(out.ptr, whole.ptr, out.len) == 0);
    }
    pn_zstd_packer_fini(&p);
    pn_buf_fini(&raw);
    pn_buf_fini(&whole);
    pn_buf_fini(&out);
}

static void another_length_than_the_frame_holds_is_refused(void **state) {
    (void)state;
    pn_buf raw = text_of(1000), frame = packed(pn_buf_bytes(&raw)), back = { 0 };
    static const size_t wrong[] = { 0, 999, 1001, SIZE_MAX };
    for (size_t i = 0; i < PN_COUNT(wrong); i++)
        assert_int_equal(pn_zstd_unpack(&back, pn_buf_bytes(&frame), wrong[i], NULL), PN_ECORRUPT);
    assert_int_equal(back.len, 0);
    pn_buf_fini(&raw);
    pn_buf_fini(&frame);
    pn_buf_fini(&back);
}

static void a_cut_or_longer_or_doubled_frame_is_refused(void **state) {
    (void)state;
    pn_buf raw = text_of(1000), frame = packed(pn_buf_bytes(&raw)), back = { 0 };
    size_t n = frame.len;
    for (size_t cut = 0; cut < n; cut++) assert_int_equal(pn_zstd_unpack(&back, pn_bytes_of(frame.ptr, cut), 1000, NULL), PN_ECORRUPT);
    pn_buf_put_u8(&frame, 0);
    assert_int_equal(pn_zstd_unpack(&back, pn_buf_bytes(&frame), 1000, NULL), PN_ECORRUPT);
    frame.len = n;
    assert_int_equal(pn_zstd_pack(NULL, &frame, pn_buf_bytes(&raw), 3, NULL), PN_OK);
    assert_int_equal(pn_zstd_unpack(&back, pn_buf_bytes(&frame), 1000, NULL), PN_ECORRUPT);
    assert_int_equal(pn_zstd_unpack(&back, pn_buf_bytes(&frame), 2000, NULL), PN_ECORRUPT);
    pn_buf_fini(&raw);
    pn_buf_fini(&frame);
    pn_buf_fini(&back);
}

/* A frame header that claims 2^62 bytes, with an honest empty block behind it. */
static void a_small_frame_that_claims_much_reserves_nothing(void **state) {
    (void)state;
    static const uint8_t frame[] = { 0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x01, 0, 0 };
    pn_buf back = { 0 };
    assert_int_equal(pn_zstd_unpack(&back, pn_bytes_of(frame, sizeof frame), (size_t)1 << 62, NULL), PN_ECORRUPT);
    assert_int_equal(back.cap, 0);
}

/* Everything a stream gives for `in`, fed `step` bytes at a time with at most `max_out` a call. */
static pn_status read_all(pn_bytes in, size_t feed, size_t max_out, pn_buf *out, bool *at_end) {
    pn_zstd_stream *z = NULL;
    pn_status rc = pn_zstd_stream_new(&z, NULL);
    size_t fed = 0, used = 0;
    *at_end = true;
    while (rc == PN_OK) {
        size_t before = out->len;
        rc = pn_zstd_stream_read(z, pn_bytes_of(in.ptr + fed, PN_MIN(feed, in.len - fed)), max_out, out, &used, at_end, NULL);
        if (rc != PN_OK) { assert_int_equal(out->len, before); break; }
        assert_true(out->len - before <= max_out);
        fed += used;
        if (fed == in.len && out->len == before && used == 0) break;
    }
    pn_zstd_stream_free(z);
    return rc;
}

static void a_stream_of_frames_gives_the_same_at_every_step(void **state) {
    (void)state;
    static const size_t feeds[] = { 1, 7, 4096, 1 << 20 }, outs[] = { 1, 100, 65536, 1 << 20 };
    pn_buf raw = text_of(3000), in = packed(pn_buf_bytes(&raw));
    assert_int_equal(pn_zstd_pack(NULL, &in, PN_BYTES_LIT(""), 3, NULL), PN_OK);
    assert_int_equal(pn_zstd_pack(NULL, &in, pn_buf_bytes(&raw), 9, NULL), PN_OK);
    for (size_t i = 0; i < 16; i++) {
        pn_buf out = { 0 };
        bool at_end = false;
        assert_int_equal(read_all(pn_buf_bytes(&in), feeds[i / 4], outs[i % 4], &out, &at_end), PN_OK);
        assert_true(at_end);
        assert_int_equal(out.len, 6000);
        assert_memory_equal(out.ptr, raw.ptr, 3000);
        assert_memory_equal(out.ptr + 3000, raw.ptr, 3000);
        pn_buf_fini(&out);
    }
    pn_buf_fini(&raw);
    pn_buf_fini(&in);
}

static void a_stream_cut_anywhere_says_that_it_is_not_at_an_end(void **state) {
    (void)state;
    pn_buf raw = text_of(3000), in = packed(pn_buf_bytes(&raw));
    for (size_t cut = 1; cut < in.len; cut++) {
        pn_buf out = { 0 };
        bool at_end = true;
        assert_int_equal(read_all(pn_bytes_of(in.ptr, cut), 4096, 1 << 20, &out, &at_end), PN_OK);
        assert_false(at_end);
        pn_buf_fini(&out);
    }
    pn_buf_fini(&raw);
    pn_buf_fini(&in);
}

static void a_damaged_stream_is_refused(void **state) {
    (void)state;
    pn_buf out = { 0 };
    bool at_end;
    assert_int_equal(read_all(PN_BYTES_LIT("this is not zstd"), 100, 100, &out, &at_end), PN_ECORRUPT);
    pn_buf_fini(&out);
}

/* Window descriptor: exponent in the upper five bits, log2 = 10 + exponent. */
static void a_window_above_128_mib_is_refused(void **state) {
    (void)state;
    uint8_t frame[] = { 0x28, 0xB5, 0x2F, 0xFD, 0x00, 0, 0x01, 0, 0 };
    pn_buf out = { 0 };
    bool at_end;
    frame[5] = 18 << 3;                    /* 2^28 */
    assert_int_equal(read_all(pn_bytes_of(frame, sizeof frame), 100, 100, &out, &at_end), PN_ELIMIT);
    frame[5] = 17 << 3;                    /* 2^27 */
    assert_int_equal(read_all(pn_bytes_of(frame, sizeof frame), 100, 100, &out, &at_end), PN_OK);
    pn_buf_fini(&out);
}

static void a_failed_allocation_is_a_status(void **state) {
    (void)state;
    pn_buf raw = text_of(70000), frame = packed(pn_buf_bytes(&raw));
    int64_t live = pn_live();
    pn_status rc = PN_ENOMEM;
    for (long n = 1; rc != PN_OK; n++) {
        pn_buf out = { 0 }, again = { 0 };
        bool at_end;
        oom_arm(n);
        rc = pn_zstd_unpack(&out, pn_buf_bytes(&frame), raw.len, NULL);
        if (rc == PN_OK) rc = pn_zstd_pack(NULL, &again, pn_buf_bytes(&raw), 1, NULL);
        if (rc == PN_OK) { pn_buf_clear(&again); rc = read_all(pn_buf_bytes(&frame), 1 << 20, 1 << 20, &again, &at_end); }
        oom_off();
        assert_true(rc == PN_OK ? !oom_met() : rc == PN_ENOMEM);
        pn_buf_fini(&out);
        pn_buf_fini(&again);
        assert_int_equal(pn_live(), live);
    }
    pn_buf_fini(&raw);
    pn_buf_fini(&frame);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_back),
        cmocka_unit_test(a_frame_does_not_depend_on_what_was_packed_before),
        cmocka_unit_test(a_long_frame_can_be_stopped_and_the_packer_used_again),
        cmocka_unit_test(another_length_than_the_frame_holds_is_refused),
        cmocka_unit_test(a_cut_or_longer_or_doubled_frame_is_refused),
        cmocka_unit_test(a_small_frame_that_claims_much_reserves_nothing),
        cmocka_unit_test(a_stream_of_frames_gives_the_same_at_every_step),
        cmocka_unit_test(a_stream_cut_anywhere_says_that_it_is_not_at_an_end),
        cmocka_unit_test(a_damaged_stream_is_refused),
        cmocka_unit_test(a_window_above_128_mib_is_refused),
        cmocka_unit_test(a_failed_allocation_is_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
