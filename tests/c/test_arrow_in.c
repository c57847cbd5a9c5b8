/* Rows of an Arrow stream become JSON lines, whatever the types are, and whatever goes wrong nothing is lost or freed twice. */
#include "unit.h"
#include <errno.h>
#include "interop/pn_arrow_in.h"
#include "oom.h"

/* --- a producer whose structs and buffers are plain variables */

static int released;
static void free_schema(struct ArrowSchema *s) { released++; s->release = NULL; }
static void free_array(struct ArrowArray *a) { released++; a->release = NULL; }

typedef struct {
    struct ArrowSchema column, *columns[1], top;
    struct ArrowArray values, *arrays[1], batch;
    const void *buffers[4], *none[1];
    int batches, schema_code, next_code;
} producer;

static int give_schema(struct ArrowArrayStream *s, struct ArrowSchema *out) {
    producer *p = s->private_data;
    if (p->schema_code) return p->schema_code;
    *out = p->top;
    return 0;
}
static int give_batch(struct ArrowArrayStream *s, struct ArrowArray *out) {
    producer *p = s->private_data;
    *out = (struct ArrowArray){ 0 };
    if (p->batches == 0) return p->next_code;
    p->batches--;
    *out = p->batch;
    return 0;
}
static const char *complain(struct ArrowArrayStream *s) { (void)s; return "the disk is on fire"; }
static void free_stream(struct ArrowArrayStream *s) { released++; s->release = NULL; }

static struct ArrowArrayStream stream_of(producer *p, const char *format, int64_t length, const void *first, const void *second) {
    *p = (producer){ .batches = 1 };
    p->column = (struct ArrowSchema){ .format = format, .name = "v", .release = NULL };
    p->columns[0] = &p->column;
    p->top = (struct ArrowSchema){ .format = "+s", .name = "", .n_children = 1, .children = p->columns, .release = free_schema };
    p->buffers[1] = first;
    p->buffers[2] = second;
    p->values = (struct ArrowArray){ .length = length, .n_buffers = second ? 3 : 2, .buffers = p->buffers };
    p->arrays[0] = &p->values;
    p->batch = (struct ArrowArray){ .length = length, .n_buffers = 1, .buffers = p->none, .n_children = 1, .children = p->arrays, .release = free_array };
    return (struct ArrowArrayStream){ give_schema, give_batch, complain, free_stream, p };
}

static pn_status read_all(struct ArrowArrayStream stream, size_t enough, pn_buf *out, size_t *rows, uint64_t *repaired, pn_error *err) {
    pn_arrow_rows *r = NULL;
    size_t n = 1;
    released = 0;
    *rows = 0;
    *repaired = 0;
    PN_TRY(pn_arrow_rows_open(&stream, &r, err));
    pn_status rc = PN_OK;
    while (rc == PN_OK && n) {
        pn_buf piece = { 0 };
        uint64_t some = 0;
        rc = pn_arrow_rows_next(r, enough, &piece, &n, &some, NULL, err);
        if (rc == PN_OK && piece.len) pn_buf_put(out, piece.ptr, piece.len);
        *rows += n;
        *repaired += some;
        pn_buf_fini(&piece);
    }
    pn_arrow_rows_close(r);
    return rc;
}

static void gives(const char *format, int64_t length, const void *first, const void *second, const char *want) {
    producer p;
    pn_buf out = { 0 };
    pn_error err = { 0 };
    size_t rows;
    uint64_t repaired;
    assert_int_equal(read_all(stream_of(&p, format, length, first, second), 1, &out, &rows, &repaired, &err), PN_OK);
    assert_int_equal(rows, length);
    pn_buf_put_u8(&out, 0);
    assert_string_equal((const char *)out.ptr, want);
    assert_int_equal(released, 3);                         /* batch, schema, stream */
    pn_buf_fini(&out);
}

static int stop_at_third(void *arg) { return ++*(int *)arg == 3; }

static void a_long_text_can_be_stopped(void **state) {
    (void)state;
    enum { LONG = 4 << 20, STRETCH = 64 << 10 };
    static const char *const kinds[] = { "plain words ", "\xC3\xA9\xE4\xB8\x96", "\n\"" };
    char *text = malloc(LONG);
    for (size_t k = 0; k < PN_COUNT(kinds); k++) {
        for (size_t i = 0; i < LONG; i++) text[i] = kinds[k][i % strlen(kinds[k])];
        producer p;
        struct ArrowArrayStream stream = stream_of(&p, "u", 1, (int32_t[]){ 0, LONG }, text);
        pn_arrow_rows *r = NULL;
        pn_buf out = { 0 };
        int asked = 0;
        size_t n;
        uint64_t repaired;
        assert_int_equal(pn_arrow_rows_open(&stream, &r, NULL), PN_OK);
        assert_int_equal(pn_arrow_rows_next(r, 1, &out, &n, &repaired, &(pn_tick){ stop_at_third, &asked }, NULL), PN_EINTR);
        assert_true(out.len > 0 && out.len < 16 * STRETCH);
        pn_arrow_rows_close(r);
        pn_buf_fini(&out);
    }
    free(text);
}

static void numbers_are_written_exactly(void **state) {
    (void)state;
    gives("c", 2, (int8_t[]){ -128, 127 }, NULL, "{\"v\":-128}\n{\"v\":127}\n");
    gives("C", 1, (uint8_t[]){ 255 }, NULL, "{\"v\":255}\n");
    gives("s", 1, (int16_t[]){ INT16_MIN }, NULL, "{\"v\":-32768}\n");
    gives("S", 1, (uint16_t[]){ UINT16_MAX }, NULL, "{\"v\":65535}\n");
    gives("i", 1, (int32_t[]){ INT32_MIN }, NULL, "{\"v\":-2147483648}\n");
    gives("I", 1, (uint32_t[]){ UINT32_MAX }, NULL, "{\"v\":4294967295}\n");
    gives("l", 1, (int64_t[]){ INT64_MIN }, NULL, "{\"v\":-9223372036854775808}\n");
    gives("L", 1, (uint64_t[]){ UINT64_MAX }, NULL, "{\"v\":18446744073709551615}\n");
    gives("g", 4, (double[]){ 0.1, 1e300, -2, 1.0 / 3 }, NULL, "{\"v\":0.1}\n{\"v\":1e+300}\n{\"v\":-2}\n{\"v\":0.3333333333333333}\n");
    gives("f", 1, (float[]){ 0.5f }, NULL, "{\"v\":0.5}\n");
    gives("e", 3, (uint16_t[]){ 0x3c00, 0xc100, 0x7c00 }, NULL, "{\"v\":1}\n{\"v\":-2.5}\n{\"v\":null}\n");
    gives("b", 3, (uint8_t[]){ 5 }, NULL, "{\"v\":true}\n{\"v\":false}\n{\"v\":true}\n");
}

static void decimals_keep_every_digit(void **state) {
    (void)state;
    gives("d:38,2", 2, (int64_t[]){ 12345, 0, -5, -1 }, NULL, "{\"v\":123.45}\n{\"v\":-0.05}\n");
    gives("d:38,-2", 2, (int64_t[]){ 7, 0, 0, 0 }, NULL, "{\"v\":700}\n{\"v\":0}\n");
    gives("d:38,0", 1, (int64_t[]){ -1, INT64_MAX }, NULL, "{\"v\":170141183460469231731687303715884105727}\n");
    gives("d:38,0", 1, (int64_t[]){ 0, INT64_MIN }, NULL, "{\"v\":-170141183460469231731687303715884105728}\n");
    gives("d:18,3,64", 1, (int64_t[]){ -1234 }, NULL, "{\"v\":-1.234}\n");
    gives("d:9,1,32", 1, (int32_t[]){ 15 }, NULL, "{\"v\":1.5}\n");
}

static void times_are_written_as_printed_dates(void **state) {
    (void)state;
    gives("tdD", 2, (int32_t[]){ 18494, -1 }, NULL, "{\"v\":\"2020-08-20\"}\n{\"v\":\"1969-12-31\"}\n");
    gives("tdm", 1, (int64_t[]){ -1 }, NULL, "{\"v\":\"1969-12-31\"}\n");
    gives("tss:", 2, (int64_t[]){ 1597881600, 1597881601 }, NULL, "{\"v\":\"2020-08-20\"}\n{\"v\":\"2020-08-20T00:00:01\"}\n");
    gives("tsn:", 1, (int64_t[]){ -1 }, NULL, "{\"v\":\"1969-12-31T23:59:59\"}\n");
    gives("tsu:UTC", 1, (int64_t[]){ 1597881600000000 }, NULL, "{\"v\":\"2020-08-20T00:00:00Z\"}\n");
    gives("tsm:+05:30", 1, (int64_t[]){ 1597881600000 }, NULL, "{\"v\":\"2020-08-20T05:30:00+05:30\"}\n");
    gives("tss:-0800", 1, (int64_t[]){ 1597881600 }, NULL, "{\"v\":\"2020-08-19T16:00:00-08:00\"}\n");
    gives("tss:", 1, (int64_t[]){ INT64_MAX }, NULL, "{\"v\":\"time 9223372036854775807\"}\n");
    gives("tss:+01:00", 1, (int64_t[]){ INT64_MAX }, NULL, "{\"v\":\"time 9223372036854775807\"}\n");
    gives("tsn:", 1, (int64_t[]){ INT64_MIN }, NULL, "{\"v\":\"1677-09-21T00:12:43\"}\n");
    gives("tts", 1, (int32_t[]){ 3661 }, NULL, "{\"v\":\"01:01:01\"}\n");
    gives("ttn", 1, (int64_t[]){ 3661000000000 }, NULL, "{\"v\":\"01:01:01\"}\n");
    gives("tDs", 1, (int64_t[]){ 60 }, NULL, "{\"v\":60}\n");
}

static void texts_are_escaped(void **state) {
    (void)state;
    gives("u", 2, (int32_t[]){ 0, 3, 9 }, "a\"\\" "\n\x01\xE2\x82\xAC!", "{\"v\":\"a\\\"\\\\\"}\n{\"v\":\"\\n\\u0001\xE2\x82\xAC!\"}\n");
    gives("U", 1, (int64_t[]){ 1, 2 }, "xyz", "{\"v\":\"y\"}\n");
    gives("z", 1, (int32_t[]){ 0, 0 }, "", "{\"v\":\"\"}\n");
}

static void bytes_that_are_no_utf8_are_read_as_windows_1252_and_counted(void **state) {
    (void)state;
    producer p;
    pn_buf out = { 0 };
    size_t rows;
    uint64_t repaired;
    const char *bytes = "caf\xE9 \x80 \x81 \xC0\x80 \xED\xA0\x80 \xF4\x90\x80\x80 \xE2\x82";
    int32_t n = (int32_t)strlen(bytes);
    assert_int_equal(read_all(stream_of(&p, "u", 1, (int32_t[]){ 0, n }, bytes), 1, &out, &rows, &repaired, NULL), PN_OK);
    assert_int_equal(repaired, 1);
    const char *want = "{\"v\":\"caf\\u00e9 \\u20ac \\ufffd \\u00c0\\u20ac \\u00ed\\u00a0\\u20ac \\u00f4\\ufffd\\u20ac\\u20ac \\u00e2\\u201a\"}\n";
    assert_int_equal(out.len, strlen(want));
    assert_memory_equal(out.ptr, want, out.len);
    pn_buf_fini(&out);
}

static void missing_values_are_left_out(void **state) {
    (void)state;
    producer p;
    struct ArrowArrayStream s = stream_of(&p, "i", 3, (int32_t[]){ 1, 2, 3 }, NULL);
    p.buffers[0] = (uint8_t[]){ 5 };
    p.values.null_count = -1;                              /* not counted */
    pn_buf out = { 0 };
    size_t rows;
    uint64_t repaired;
    assert_int_equal(read_all(s, 1000, &out, &rows, &repaired, NULL), PN_OK);
    assert_memory_equal(out.ptr, "{\"v\":1}\n{}\n{\"v\":3}\n", out.len);
    pn_buf_fini(&out);
}

static void offsets_of_rows_and_of_columns_add_up(void **state) {
    (void)state;
    producer p;
    struct ArrowArrayStream s = stream_of(&p, "i", 1, (int32_t[]){ 1, 2, 3, 4 }, NULL);
    p.values.offset = 1;
    p.batch.offset = 2;
    pn_buf out = { 0 };
    size_t rows;
    uint64_t repaired;
    assert_int_equal(read_all(s, 1000, &out, &rows, &repaired, NULL), PN_OK);
    assert_memory_equal(out.ptr, "{\"v\":4}\n", out.len);
    pn_buf_fini(&out);
}

static void lists_and_structs_nest(void **state) {
    (void)state;
    producer p;
    struct ArrowArrayStream s = stream_of(&p, "+l", 2, (int32_t[]){ 0, 2, 2 }, NULL);
    struct ArrowSchema text = { .format = "u", .name = "t" }, *texts[] = { &text }, entry = { .format = "+s", .n_children = 1, .children = texts }, *entries[] = { &entry };
    const void *buffers[] = { NULL, (int32_t[]){ 0, 1, 2 }, "xy" }, *none[] = { NULL };
    struct ArrowArray strings = { .length = 2, .n_buffers = 3, .buffers = buffers }, *string_list[] = { &strings };
    struct ArrowArray structs = { .length = 2, .n_buffers = 1, .buffers = none, .n_children = 1, .children = string_list }, *struct_list[] = { &structs };
    p.column.n_children = p.values.n_children = 1;
    p.column.children = entries;
    p.values.children = struct_list;
    pn_buf out = { 0 };
    size_t rows;
    uint64_t repaired;
    assert_int_equal(read_all(s, 1000, &out, &rows, &repaired, NULL), PN_OK);
    assert_memory_equal(out.ptr, "{\"v\":[{\"t\":\"x\"},{\"t\":\"y\"}]}\n{\"v\":[]}\n", out.len);
    pn_buf_fini(&out);
}

static void a_type_that_is_not_read_is_named_with_its_column(void **state) {
    (void)state;
    static const char *const formats[] = { "tin", "+ud:0", "d:76,1,256", "q", "+r", "" };
    for (size_t i = 0; i < PN_COUNT(formats); i++) {
        producer p;
        pn_error err = { 0 };
        pn_arrow_rows *r = NULL;
        struct ArrowArrayStream s = stream_of(&p, formats[i], 0, NULL, NULL);
        released = 0;
        assert_int_equal(pn_arrow_rows_open(&s, &r, &err), PN_EUNSUPPORTED);
        assert_null(s.release);
        assert_int_equal(released, 2);                     /* schema, stream */
        assert_non_null(strstr(err.msg, "column 'v'"));
    }
}

static void nesting_has_a_limit(void **state) {
    (void)state;
    producer p;
    struct ArrowSchema levels[80], *children[80];
    for (int i = 0; i < 80; i++) {
        children[i] = &levels[i];
        levels[i] = (struct ArrowSchema){ .format = i == 79 ? "u" : "+l", .n_children = i < 79, .children = &children[i] + 1 };
    }
    struct ArrowArrayStream s = stream_of(&p, "+l", 0, NULL, NULL);
    p.column.n_children = 1;
    p.column.children = children;
    pn_arrow_rows *r = NULL;
    assert_int_equal(pn_arrow_rows_open(&s, &r, NULL), PN_EUNSUPPORTED);
}

static void what_a_producer_says_of_its_failure_is_passed_on(void **state) {
    (void)state;
    producer p;
    pn_buf out = { 0 };
    pn_error err = { 0 };
    size_t rows;
    uint64_t repaired;
    struct ArrowArrayStream s = stream_of(&p, "i", 1, (int32_t[]){ 1 }, NULL);
    p.next_code = EIO;
    assert_int_equal(read_all(s, 1, &out, &rows, &repaired, &err), PN_EIO);
    assert_int_equal(err.sys_errno, EIO);
    assert_non_null(strstr(err.msg, "the disk is on fire"));
    assert_int_equal(rows, 1);                             /* the row before it was given */
    assert_int_equal(released, 3);
    s = stream_of(&p, "i", 1, (int32_t[]){ 1 }, NULL);
    p.schema_code = EINVAL;
    assert_int_equal(read_all(s, 1, &out, &rows, &repaired, &err), PN_EIO);
    pn_buf_fini(&out);
}

static void every_failing_allocation_is_an_error(void **state) {
    (void)state;
    for (long n = 1;; n++) {
        producer p;
        pn_buf out = { 0 };
        size_t rows;
        uint64_t repaired;
        oom_arm(n);
        pn_status rc = read_all(stream_of(&p, "i", 3, (int32_t[]){ 1, 2, 3 }, NULL), 1, &out, &rows, &repaired, NULL);
        bool met = oom_met();
        oom_off();
        if (met) assert_true(rc == PN_ENOMEM || out.rc == PN_ENOMEM);
        pn_buf_fini(&out);
        if (!met) break;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_text_can_be_stopped),
        cmocka_unit_test(numbers_are_written_exactly),
        cmocka_unit_test(decimals_keep_every_digit),
        cmocka_unit_test(times_are_written_as_printed_dates),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(bytes_that_are_no_utf8_are_read_as_windows_1252_and_counted),
        cmocka_unit_test(missing_values_are_left_out),
        cmocka_unit_test(offsets_of_rows_and_of_columns_add_up),
        cmocka_unit_test(lists_and_structs_nest),
        cmocka_unit_test(a_type_that_is_not_read_is_named_with_its_column),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(what_a_producer_says_of_its_failure_is_passed_on),
        cmocka_unit_test(every_failing_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
