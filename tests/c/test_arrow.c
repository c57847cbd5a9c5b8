/* Tables leave as Arrow: a consumer that knows only the two interfaces reads every cell, and whatever it does with the structs, nothing is lost or freed twice. */
#include "unit.h"
#include <errno.h>
#include <pthread.h>
#include "interop/pn_arrow_out.h"
#include "oom.h"

enum { I32, I64, F64, DATE, BOOL, STR, DICT, TIME, N_KINDS };
static const pn_col_kind kinds[N_KINDS] = { PN_COL_I32, PN_COL_I64, PN_COL_F64, PN_COL_DATE, PN_COL_BOOL, PN_COL_STR, PN_COL_DICT, PN_COL_TIME };
static const char *const names[N_KINDS] = { "i32", "i64", "f64", "date", "bool", "str", "caf\xC3\xA9", "time" };
static const char *const formats[N_KINDS] = { "i", "l", "g", "tdD", "b", "u", "i", "tss:Europe/Berlin" };
static const char *const texts[] = { "north", "", ("s\xC3\xBC" "d") };

static bool is_absent(int64_t i, int64_t step) { return step && i % step == step - 1; }

/* Row i is absent in every column, or holds i in each of them; step 0: no row is absent. */
static pn_table *table_of(int64_t n, int64_t step) {
    pn_table *t = NULL;
    assert_int_equal(pn_table_new(&t, NULL), PN_OK);
    for (size_t k = 0; k < TIME; k++) pn_table_add(t, names[k], kinds[k]);
    pn_table_add_time(t, names[TIME], "Europe/Berlin");
    for (int64_t i = 0; i < n; i++) {
        if (is_absent(i, step)) {
            for (size_t k = 0; k < N_KINDS; k++) pn_table_put_null(t, k);
            continue;
        }
        pn_table_put_i64(t, I32, -i);
        pn_table_put_i64(t, I64, i << 33);
        pn_table_put_f64(t, F64, (double)i / 4);
        pn_table_put_i64(t, DATE, 18000 + i);
        pn_table_put_bool(t, BOOL, i % 2 == 0);
        pn_table_put_str(t, STR, pn_bytes_cstr(texts[i % 3]));
        pn_table_put_str(t, DICT, pn_bytes_cstr(texts[i % 3]));
        pn_table_put_i64(t, TIME, i << 34);
    }
    assert_int_equal(pn_table_finish(t, NULL), PN_OK);
    return t;
}

/* --- a consumer */

static void assert_schema_of_column(const struct ArrowSchema *s, size_t k) {
    assert_string_equal(s->format, formats[k]);
    assert_string_equal(s->name, names[k]);
    assert_null(s->metadata);
    assert_int_equal(s->flags, ARROW_FLAG_NULLABLE);
    assert_int_equal(s->n_children, 0);
    assert_non_null(s->release);
    assert_int_equal(s->dictionary != NULL, k == DICT);
    if (k == DICT) assert_string_equal(s->dictionary->format, "u");
}

static void assert_schema(const struct ArrowSchema *s) {
    assert_string_equal(s->format, "+s");
    assert_string_equal(s->name, "");
    assert_null(s->dictionary);
    assert_int_equal(s->n_children, N_KINDS);
    for (size_t k = 0; k < N_KINDS; k++) assert_schema_of_column(s->children[k], k);
}

static bool bit(const void *buffer, int64_t i) { return ((const uint8_t *)buffer)[i / 8] >> (i % 8) & 1; }

static void assert_text(const struct ArrowArray *a, int64_t i, const char *want) {
    const int32_t *offsets = a->buffers[1];
    const char *bytes = a->buffers[2];
    size_t n = (size_t)(offsets[i + 1] - offsets[i]);
    assert_int_equal(n, strlen(want));
    if (n) assert_memory_equal(bytes + offsets[i], want, n);
}

static void assert_cell(const struct ArrowArray *a, size_t k, int64_t i) {
    switch (k) {
    case I32:  assert_int_equal(((const int32_t *)a->buffers[1])[i], -i); break;
    case I64:  assert_true(((const int64_t *)a->buffers[1])[i] == i << 33); break;
    case F64:  assert_true(((const double *)a->buffers[1])[i] == (double)i / 4); break;
    case DATE: assert_int_equal(((const int32_t *)a->buffers[1])[i], 18000 + i); break;
    case BOOL: assert_int_equal(bit(a->buffers[1], i), i % 2 == 0); break;
    case STR:  assert_text(a, i, texts[i % 3]); break;
    case TIME: assert_true(((const int64_t *)a->buffers[1])[i] == i << 34); break;
    case DICT: assert_text(a->dictionary, ((const int32_t *)a->buffers[1])[i], texts[i % 3]); break;
    default:   fail();
    }
}

static void assert_column(const struct ArrowArray *a, size_t k, int64_t n, int64_t step) {
    assert_int_equal(a->length, n);
    assert_int_equal(a->offset, 0);
    assert_int_equal(a->n_buffers, k == STR ? 3 : 2);
    assert_int_equal(a->n_children, 0);
    assert_int_equal(a->null_count, step ? n / step : 0);
    assert_int_equal(a->buffers[0] != NULL, a->null_count > 0);
    for (int64_t b = 1; b < a->n_buffers; b++) assert_non_null(a->buffers[b]);
    assert_int_equal(a->dictionary != NULL, k == DICT);
    for (int64_t i = 0; i < n; i++) {
        if (a->null_count) assert_int_equal(bit(a->buffers[0], i), !is_absent(i, step));
        if (!is_absent(i, step)) assert_cell(a, k, i);
    }
    if (k == STR || k == DICT) {                            /* a column of text without rows still has its first offset */
        const struct ArrowArray *text = k == STR ? a : a->dictionary;
        assert_int_equal(text->n_buffers, 3);
        assert_int_equal(((const int32_t *)text->buffers[1])[0], 0);
    }
}

static void assert_table(const struct ArrowArray *a, int64_t n, int64_t step) {
    assert_int_equal(a->length, n);
    assert_int_equal(a->null_count, 0);
    assert_int_equal(a->offset, 0);
    assert_int_equal(a->n_buffers, 1);
    assert_null(a->buffers[0]);
    assert_null(a->dictionary);
    assert_int_equal(a->n_children, N_KINDS);
    for (size_t k = 0; k < N_KINDS; k++) assert_column(a->children[k], k, n, step);
}

/* --- reading */

static const int64_t sizes[] = { 0, 1, 7, 8, 9, 127, 128, 129 };

static void a_consumer_reads_every_cell_of_a_table(void **state) {
    (void)state;
    for (size_t z = 0; z < PN_COUNT(sizes); z++)
        for (int64_t step = 0; step < 4; step++) {
            int64_t before = pn_live();
            pn_table *t = table_of(sizes[z], step);
            struct ArrowSchema schema;
            struct ArrowArray array;
            assert_int_equal(pn_arrow_schema(t, &schema, NULL), PN_OK);
            assert_int_equal(pn_arrow_array(t, &array, NULL), PN_OK);
            pn_table_release(t);                            /* the exported structs hold what they need */
            assert_schema(&schema);
            assert_table(&array, sizes[z], step);
            schema.release(&schema);
            array.release(&array);
            assert_null(schema.release);
            assert_null(array.release);
            assert_int_equal(pn_live(), before);
        }
}

static void a_consumer_reads_one_column_by_itself(void **state) {
    (void)state;
    int64_t before = pn_live();
    pn_table *t = table_of(129, 5);
    for (size_t k = 0; k < N_KINDS; k++) {
        struct ArrowSchema schema;
        struct ArrowArray array;
        assert_int_equal(pn_arrow_column_schema(t, k, &schema, NULL), PN_OK);
        assert_int_equal(pn_arrow_column_array(t, k, &array, NULL), PN_OK);
        assert_schema_of_column(&schema, k);
        assert_column(&array, k, 129, 5);
        array.release(&array);
        schema.release(&schema);
        assert_true(!schema.release && !array.release);
    }
    pn_table_release(t);
    assert_int_equal(pn_live(), before);
}

static void nothing_is_copied(void **state) {
    (void)state;
    pn_table *t = table_of(9, 0);
    struct ArrowArray array;
    assert_int_equal(pn_arrow_array(t, &array, NULL), PN_OK);
    for (size_t k = 0; k < N_KINDS; k++) assert_ptr_equal(array.children[k]->buffers[1], pn_table_col(t, k)->data.ptr);
    array.release(&array);
    pn_table_release(t);
}

static void a_table_without_columns_is_a_struct_without_children(void **state) {
    (void)state;
    pn_table *t = NULL;
    assert_int_equal(pn_table_new(&t, NULL), PN_OK);
    assert_int_equal(pn_table_finish(t, NULL), PN_OK);
    struct ArrowSchema schema;
    struct ArrowArray array;
    assert_int_equal(pn_arrow_schema(t, &schema, NULL), PN_OK);
    assert_int_equal(pn_arrow_array(t, &array, NULL), PN_OK);
    assert_true(schema.n_children == 0 && array.n_children == 0 && array.length == 0);
    schema.release(&schema);
    array.release(&array);
    pn_table_release(t);
}

/* --- ownership */

static void structs_may_be_moved_by_copying_their_bits(void **state) {
    (void)state;
    int64_t before = pn_live();
    pn_table *t = table_of(9, 2);
    struct ArrowSchema schema, moved_schema;
    struct ArrowArray array, moved_array;
    assert_int_equal(pn_arrow_schema(t, &schema, NULL), PN_OK);
    assert_int_equal(pn_arrow_array(t, &array, NULL), PN_OK);
    pn_table_release(t);
    memcpy(&moved_schema, &schema, sizeof schema);
    memcpy(&moved_array, &array, sizeof array);
    memset(&schema, 0xA5, sizeof schema);
    memset(&array, 0xA5, sizeof array);
    assert_schema(&moved_schema);
    assert_table(&moved_array, 9, 2);
    moved_schema.release(&moved_schema);
    moved_array.release(&moved_array);
    assert_int_equal(pn_live(), before);
}

static void children_may_be_moved_out_and_outlive_their_parent(void **state) {
    (void)state;
    for (size_t k = 0; k < N_KINDS; k++) {
        int64_t before = pn_live();
        pn_table *t = table_of(9, 2);
        struct ArrowSchema schema, child_schema;
        struct ArrowArray array, child;
        assert_int_equal(pn_arrow_schema(t, &schema, NULL), PN_OK);
        assert_int_equal(pn_arrow_array(t, &array, NULL), PN_OK);
        pn_table_release(t);
        memcpy(&child_schema, schema.children[k], sizeof child_schema);
        memcpy(&child, array.children[k], sizeof child);
        schema.children[k]->release = NULL;
        array.children[k]->release = NULL;
        schema.release(&schema);
        array.release(&array);
        assert_schema_of_column(&child_schema, k);
        assert_column(&child, k, 9, 2);
        child.release(&child);
        child_schema.release(&child_schema);
        assert_int_equal(pn_live(), before);
    }
}

static void children_and_dictionaries_may_be_released_before_their_parent(void **state) {
    (void)state;
    int64_t before = pn_live();
    pn_table *t = table_of(9, 2);
    struct ArrowSchema schema;
    struct ArrowArray array;
    assert_int_equal(pn_arrow_schema(t, &schema, NULL), PN_OK);
    assert_int_equal(pn_arrow_array(t, &array, NULL), PN_OK);
    pn_table_release(t);
    array.children[I64]->release(array.children[I64]);
    array.children[DICT]->dictionary->release(array.children[DICT]->dictionary);
    schema.children[STR]->release(schema.children[STR]);
    schema.children[DICT]->dictionary->release(schema.children[DICT]->dictionary);
    assert_column(array.children[STR], STR, 9, 2);
    array.release(&array);
    schema.release(&schema);
    assert_int_equal(pn_live(), before);
}

static void *release_elsewhere(void *array) {
    struct ArrowArray *a = array;
    a->release(a);
    return NULL;
}

static void any_thread_may_release(void **state) {
    (void)state;
    enum { N = 8 };
    int64_t before = pn_live();
    pn_table *t = table_of(129, 3);
    struct ArrowArray arrays[N];
    pthread_t threads[N];
    for (int i = 0; i < N; i++) assert_int_equal(pn_arrow_array(t, &arrays[i], NULL), PN_OK);
    for (int i = 0; i < N; i++) assert_int_equal(pthread_create(&threads[i], NULL, release_elsewhere, &arrays[i]), 0);
    pn_table_release(t);
    for (int i = 0; i < N; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < N; i++) assert_null(arrays[i].release);
    assert_int_equal(pn_live(), before);
}

/* --- the stream */

static void a_stream_is_one_batch_and_then_the_end_again_and_again(void **state) {
    (void)state;
    int64_t before = pn_live();
    pn_table *t = table_of(9, 2);
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray batch;
    assert_int_equal(pn_arrow_stream(t, &stream, NULL), PN_OK);
    pn_table_release(t);
    for (int i = 0; i < 2; i++) {                           /* the schema may be asked for more than once */
        assert_int_equal(stream.get_schema(&stream, &schema), 0);
        assert_schema(&schema);
        schema.release(&schema);
    }
    assert_int_equal(stream.get_next(&stream, &batch), 0);
    assert_table(&batch, 9, 2);
    for (int i = 0; i < 2; i++) {
        struct ArrowArray end;
        memset(&end, 0xA5, sizeof end);
        assert_int_equal(stream.get_next(&stream, &end), 0);
        assert_null(end.release);
    }
    assert_null(stream.get_last_error(&stream));
    stream.release(&stream);
    assert_null(stream.release);
    assert_table(&batch, 9, 2);                             /* a batch outlives its stream */
    batch.release(&batch);
    assert_int_equal(pn_live(), before);
}

static void a_stream_may_be_released_unread(void **state) {
    (void)state;
    int64_t before = pn_live();
    pn_table *t = table_of(9, 2);
    struct ArrowArrayStream stream, moved;
    assert_int_equal(pn_arrow_stream(t, &stream, NULL), PN_OK);
    pn_table_release(t);
    memcpy(&moved, &stream, sizeof stream);
    memset(&stream, 0xA5, sizeof stream);
    moved.release(&moved);
    assert_int_equal(pn_live(), before);
}

static void a_stream_without_memory_says_so_and_may_go_on(void **state) {
    (void)state;
    int64_t before = pn_live();
    pn_table *t = table_of(9, 2);
    struct ArrowArrayStream stream;
    assert_int_equal(pn_arrow_stream(t, &stream, NULL), PN_OK);
    pn_table_release(t);
    struct ArrowSchema schema;
    struct ArrowArray batch;
    int rc = ENOMEM;
    for (long n = 1; rc == ENOMEM; n++) {
        oom_arm(n);
        rc = stream.get_schema(&stream, &schema);
        oom_off();
        assert_int_equal(rc, rc ? ENOMEM : 0);
        if (rc) assert_true(!schema.release && stream.get_last_error(&stream));
    }
    schema.release(&schema);
    rc = ENOMEM;
    for (long n = 1; rc == ENOMEM; n++) {
        oom_arm(n);
        rc = stream.get_next(&stream, &batch);
        oom_off();
        assert_int_equal(rc, rc ? ENOMEM : 0);
        if (rc) assert_true(!batch.release && stream.get_last_error(&stream));
    }
    assert_table(&batch, 9, 2);
    batch.release(&batch);
    stream.release(&stream);
    assert_int_equal(pn_live(), before);
}

/* --- out of memory */

typedef pn_status (*export)(pn_table *t, pn_error *err);

static pn_status export_schema(pn_table *t, pn_error *err) {
    struct ArrowSchema s;
    pn_status rc = pn_arrow_schema(t, &s, err);
    assert_int_equal(s.release == NULL, rc != PN_OK);
    if (rc == PN_OK) s.release(&s);
    return rc;
}
static pn_status export_array(pn_table *t, pn_error *err) {
    struct ArrowArray a;
    pn_status rc = pn_arrow_array(t, &a, err);
    assert_int_equal(a.release == NULL, rc != PN_OK);
    if (rc == PN_OK) a.release(&a);
    return rc;
}
static pn_status export_column_schema(pn_table *t, pn_error *err) {
    struct ArrowSchema s;
    pn_status rc = pn_arrow_column_schema(t, DICT, &s, err);
    assert_int_equal(s.release == NULL, rc != PN_OK);
    if (rc == PN_OK) s.release(&s);
    return rc;
}
static pn_status export_column_array(pn_table *t, pn_error *err) {
    struct ArrowArray a;
    pn_status rc = pn_arrow_column_array(t, DICT, &a, err);
    assert_int_equal(a.release == NULL, rc != PN_OK);
    if (rc == PN_OK) a.release(&a);
    return rc;
}
static pn_status export_stream(pn_table *t, pn_error *err) {
    struct ArrowArrayStream s;
    pn_status rc = pn_arrow_stream(t, &s, err);
    assert_int_equal(s.release == NULL, rc != PN_OK);
    if (rc == PN_OK) s.release(&s);
    return rc;
}

static void out_of_memory_is_a_status_and_leaves_nothing(void **state) {
    (void)state;
    static const struct { export run; long least; } exports[] = {
        { export_schema, N_KINDS }, { export_array, N_KINDS }, { export_column_schema, 3 }, { export_column_array, 3 }, { export_stream, 1 } };
    pn_table *t = table_of(9, 2);
    int64_t before = pn_live();
    for (size_t e = 0; e < PN_COUNT(exports); e++) {
        pn_status rc = PN_ENOMEM;
        long failed = 0;
        for (long n = 1; rc == PN_ENOMEM; n++) {
            pn_error err = { 0 };
            oom_arm(n);
            rc = exports[e].run(t, &err);
            oom_off();
            assert_int_equal(err.code, rc);
            assert_int_equal(pn_live(), before);
            failed += rc == PN_ENOMEM;
        }
        assert_int_equal(rc, PN_OK);
        assert_true(failed >= exports[e].least);
    }
    pn_table_release(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_consumer_reads_every_cell_of_a_table),
        cmocka_unit_test(a_consumer_reads_one_column_by_itself),
        cmocka_unit_test(nothing_is_copied),
        cmocka_unit_test(a_table_without_columns_is_a_struct_without_children),
        cmocka_unit_test(structs_may_be_moved_by_copying_their_bits),
        cmocka_unit_test(children_may_be_moved_out_and_outlive_their_parent),
        cmocka_unit_test(children_and_dictionaries_may_be_released_before_their_parent),
        cmocka_unit_test(any_thread_may_release),
        cmocka_unit_test(a_stream_is_one_batch_and_then_the_end_again_and_again),
        cmocka_unit_test(a_stream_may_be_released_unread),
        cmocka_unit_test(a_stream_without_memory_says_so_and_may_go_on),
        cmocka_unit_test(out_of_memory_is_a_status_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
