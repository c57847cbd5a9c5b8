/* Tables: what is put in comes out, absent cells stay absent, and a table is whole or an error. */
#include "unit.h"
#include <stdlib.h>
#include <math.h>
#include <stdio.h>
#include "model/pn_table.h"
#include "oom.h"

enum { I32, I64, F64, DATE, BOOL, STR, DICT, TIME, N_KINDS };
static const pn_col_kind kinds[N_KINDS] = { PN_COL_I32, PN_COL_I64, PN_COL_F64, PN_COL_DATE, PN_COL_BOOL, PN_COL_STR, PN_COL_DICT, PN_COL_TIME };
static const char *const names[N_KINDS] = { "i32", "i64", "f64", "date", "bool", "str", "dict", "time" };

static pn_table *new_table(void) {
    pn_table *t = NULL;
    assert_int_equal(pn_table_new(&t, NULL), PN_OK);
    for (size_t k = 0; k < TIME; k++) assert_int_equal(pn_table_add(t, names[k], kinds[k]), k);
    assert_int_equal(pn_table_add_time(t, names[TIME], "Europe/Berlin"), TIME);
    return t;
}

/* Row `i` holds values that depend on i alone. */
static void put_row(pn_table *t, int64_t i) {
    static const char *const dict[] = { "low", "high", "" };
    char text[24];
    pn_table_put_i64(t, I32, i - 3);
    pn_table_put_i64(t, I64, i * INT64_C(0x100000001));
    pn_table_put_f64(t, F64, (double)i / 8);
    pn_table_put_i64(t, DATE, -i);
    pn_table_put_bool(t, BOOL, i % 3 == 0);
    pn_table_put_str(t, STR, pn_bytes_of(text, (size_t)snprintf(text, sizeof text, "row %d", (int)i)));
    pn_table_put_str(t, DICT, pn_bytes_cstr(dict[i % 3]));
    pn_table_put_i64(t, TIME, i * INT64_C(-0x100000001));
}

static void put_null_row(pn_table *t) {
    for (size_t k = 0; k < N_KINDS; k++) pn_table_put_null(t, k);
}

static void assert_row(const pn_table *t, int64_t row, int64_t i) {
    static const char *const dict[] = { "low", "high", "" };
    char text[24];
    snprintf(text, sizeof text, "row %d", (int)i);
    for (size_t k = 0; k < N_KINDS; k++) assert_false(pn_col_is_null(pn_table_col(t, k), row));
    assert_int_equal(pn_col_i64(pn_table_col(t, I32), row), i - 3);
    assert_int_equal(pn_col_i64(pn_table_col(t, I64), row), i * INT64_C(0x100000001));
    assert_true(pn_col_f64(pn_table_col(t, F64), row) == (double)i / 8);
    assert_int_equal(pn_col_i64(pn_table_col(t, DATE), row), -i);
    assert_int_equal(pn_col_i64(pn_table_col(t, BOOL), row), i % 3 == 0);
    assert_true(pn_bytes_equal(pn_col_str(pn_table_col(t, STR), row), pn_bytes_cstr(text)));
    assert_true(pn_bytes_equal(pn_col_str(pn_table_col(t, DICT), row), pn_bytes_cstr(dict[i % 3])));
    assert_true(pn_col_i64(pn_table_col(t, TIME), row) == i * INT64_C(-0x100000001));
    assert_string_equal(pn_table_col(t, TIME)->zone, "Europe/Berlin");
}

static void assert_null_row(const pn_table *t, int64_t row) {
    for (size_t k = 0; k < N_KINDS; k++) assert_true(pn_col_is_null(pn_table_col(t, k), row));
    assert_null(pn_col_str(pn_table_col(t, STR), row).ptr);
    assert_null(pn_col_str(pn_table_col(t, DICT), row).ptr);
}

static void finish(pn_table *t) {
    pn_error err = { 0 };
    if (pn_table_finish(t, &err) != PN_OK) fail_msg("%s", err.msg);
}

static const int64_t sizes[] = { 0, 1, 7, 8, 9, 127, 128, 129, 1000 };

static void every_kind_gives_back_what_was_put(void **s) {
    (void)s;
    for (size_t z = 0; z < PN_COUNT(sizes); z++) {
        pn_table *t = new_table();
        for (int64_t i = 0; i < sizes[z]; i++) put_row(t, i);
        finish(t);
        assert_int_equal(pn_table_n_rows(t), sizes[z]);
        assert_int_equal(pn_table_n_cols(t), N_KINDS);
        for (int64_t i = 0; i < sizes[z]; i++) assert_row(t, i, i);
        for (size_t k = 0; k < N_KINDS; k++) {
            assert_string_equal(pn_table_col(t, k)->name, names[k]);
            assert_int_equal(pn_table_col(t, k)->kind, kinds[k]);
            assert_int_equal(pn_table_col(t, k)->n_null, 0);
            assert_int_equal(pn_table_col(t, k)->valid.len, 0);
        }
        pn_table_release(t);
    }
}

static void numbers_at_their_ends_come_back(void **s) {
    (void)s;
    pn_table *t = NULL;
    assert_int_equal(pn_table_new(&t, NULL), PN_OK);
    static const int64_t wide[] = { INT64_MIN, INT64_MAX, -1 };
    static const int64_t narrow[] = { INT32_MIN, INT32_MAX, -1 };
    static const double reals[] = { -0.0, INFINITY, 5e-324 };
    pn_table_add(t, "wide", PN_COL_I64);
    pn_table_add(t, "narrow", PN_COL_I32);
    pn_table_add(t, "real", PN_COL_F64);
    for (size_t i = 0; i < 3; i++) {
        pn_table_put_i64(t, 0, wide[i]);
        pn_table_put_i64(t, 1, narrow[i]);
        pn_table_put_f64(t, 2, reals[i]);
    }
    finish(t);
    for (int64_t i = 0; i < 3; i++) {
        assert_true(pn_col_i64(pn_table_col(t, 0), i) == wide[i]);
        assert_true(pn_col_i64(pn_table_col(t, 1), i) == narrow[i]);
        assert_true(pn_col_f64(pn_table_col(t, 2), i) == reals[i]);
    }
    assert_true(signbit(pn_col_f64(pn_table_col(t, 2), 0)));
    pn_table_release(t);
}

static void absent_cells_are_absent_wherever_they_stand(void **s) {
    (void)s;
    for (size_t z = 0; z < PN_COUNT(sizes); z++)
        for (int64_t step = 1; step <= 9; step += 4) {
            int64_t nulls = 0;
            pn_table *t = new_table();
            for (int64_t i = 0; i < sizes[z]; i++) {
                bool absent = i % step == step - 1;
                nulls += absent;
                if (absent) put_null_row(t);
                else put_row(t, i);
            }
            finish(t);
            assert_int_equal(pn_table_n_rows(t), sizes[z]);
            for (int64_t i = 0; i < sizes[z]; i++) {
                if (i % step == step - 1) assert_null_row(t, i);
                else assert_row(t, i, i);
            }
            for (size_t k = 0; k < N_KINDS; k++) assert_int_equal(pn_table_col(t, k)->n_null, nulls);
            pn_table_release(t);
        }
}

static void an_empty_text_is_not_an_absent_one(void **s) {
    (void)s;
    static const pn_col_kind texts[] = { PN_COL_STR, PN_COL_DICT };
    for (size_t k = 0; k < 2; k++) {
        pn_table *t = NULL;
        assert_int_equal(pn_table_new(&t, NULL), PN_OK);
        pn_table_add(t, "text", texts[k]);
        pn_table_put_str(t, 0, PN_BYTES_LIT(""));
        pn_table_put_str(t, 0, PN_BYTES_NONE);
        finish(t);
        const pn_col *c = pn_table_col(t, 0);
        assert_non_null(pn_col_str(c, 0).ptr);
        assert_int_equal(pn_col_str(c, 0).len, 0);
        assert_null(pn_col_str(c, 1).ptr);
        assert_int_equal(c->n_null, 1);
        pn_table_release(t);
    }
}

static void a_dictionary_holds_each_text_once(void **s) {
    (void)s;
    pn_table *t = new_table();
    for (int64_t i = 0; i < 1000; i++) put_row(t, i);
    finish(t);
    const pn_col *c = pn_table_col(t, DICT);
    assert_int_equal(c->dict_offsets.len, 4 * 4);           /* three texts and the end of the last */
    for (int64_t i = 0; i < 1000; i++) assert_int_equal(pn_col_i64(c, i), i % 3);
    pn_table_release(t);
}

static void a_table_without_rows_keeps_its_columns(void **s) {
    (void)s;
    pn_table *t = new_table();
    finish(t);
    assert_int_equal(pn_table_n_rows(t), 0);
    assert_int_equal(pn_table_n_cols(t), N_KINDS);
    assert_int_equal(pn_table_col(t, STR)->data.len, 4);    /* offsets: one more than rows */
    pn_table_release(t);
}

static void a_table_without_columns_has_no_rows(void **s) {
    (void)s;
    pn_table *t = NULL;
    assert_int_equal(pn_table_new(&t, NULL), PN_OK);
    finish(t);
    assert_int_equal(pn_table_n_rows(t), 0);
    assert_int_equal(pn_table_n_cols(t), 0);
    pn_table_release(t);
    pn_table_release(NULL);
}

static void columns_of_different_length_are_a_bug_and_the_column_is_named(void **s) {
    (void)s;
    pn_error err = { 0 };
    pn_table *t = NULL;
    assert_int_equal(pn_table_new(&t, NULL), PN_OK);
    pn_table_add(t, "first", PN_COL_I64);
    pn_table_add(t, "second", PN_COL_STR);
    pn_table_put_i64(t, 0, 1);
    pn_table_put_i64(t, 0, 2);
    pn_table_put_str(t, 1, PN_BYTES_LIT("x"));
    assert_int_equal(pn_table_finish(t, &err), PN_EBUG);
    assert_non_null(strstr(err.msg, "second"));
    pn_table_put_null(t, 1);
    assert_int_equal(pn_table_finish(t, &err), PN_OK);
    pn_table_release(t);
}

static void a_table_lives_until_its_last_holder_lets_go(void **s) {
    (void)s;
    int64_t before = pn_live();
    pn_table *t = new_table();
    put_row(t, 5);
    finish(t);
    assert_ptr_equal(pn_table_retain(t), t);
    pn_table_release(t);
    assert_row(t, 0, 5);
    pn_table_release(t);
    assert_int_equal(pn_live(), before);
}

/* --- taking rows */

static pn_table *mixed_table(int64_t n) {                   /* every fourth row is absent */
    pn_table *t = new_table();
    for (int64_t i = 0; i < n; i++) {
        if (i % 4 == 3) put_null_row(t);
        else put_row(t, i);
    }
    finish(t);
    return t;
}

static void taken_rows_come_in_the_order_asked_for(void **s) {
    (void)s;
    static const int64_t rows[] = { 128, 0, 3, 7, 0, 64, 129 };
    pn_table *t = mixed_table(130), *taken = NULL;
    assert_int_equal(pn_table_take(t, rows, PN_COUNT(rows), NULL, &taken, NULL), PN_OK);
    pn_table_release(t);                                    /* what was taken stands by itself */
    assert_int_equal(pn_table_n_rows(taken), PN_COUNT(rows));
    for (size_t k = 0; k < N_KINDS; k++) assert_string_equal(pn_table_col(taken, k)->name, names[k]);
    for (int64_t r = 0; r < (int64_t)PN_COUNT(rows); r++) {
        if (rows[r] % 4 == 3) assert_null_row(taken, r);
        else assert_row(taken, r, rows[r]);
    }
    pn_table_release(taken);
}

static int stop_at(void *arg) { return --*(int *)arg < 0; }

static void taking_many_rows_can_be_stopped(void **s) {
    (void)s;
    enum { MANY = 100000 };
    pn_table *t = mixed_table(10), *taken = NULL;
    int64_t *rows = calloc(MANY, sizeof *rows);
    int64_t live = pn_live();
    for (int polls = 0; polls < 20; polls++) {
        int left = polls;
        pn_tick tick = { stop_at, &left };
        assert_int_equal(pn_table_take(t, rows, MANY, &tick, &taken, NULL), PN_EINTR);
        assert_int_equal(pn_live(), live);
    }
    free(rows);
    pn_table_release(t);
}

static void no_rows_may_be_taken(void **s) {
    (void)s;
    pn_table *t = mixed_table(10), *taken = NULL;
    assert_int_equal(pn_table_take(t, NULL, 0, NULL, &taken, NULL), PN_OK);
    assert_int_equal(pn_table_n_rows(taken), 0);
    assert_int_equal(pn_table_n_cols(taken), N_KINDS);
    pn_table_release(taken);
    pn_table_release(t);
}

static void rows_that_do_not_exist_are_refused(void **s) {
    (void)s;
    static const int64_t wrong[] = { 10, -1, INT64_MAX, INT64_MIN };
    pn_table *t = mixed_table(10), *taken = NULL;
    for (size_t i = 0; i < PN_COUNT(wrong); i++) {
        pn_error err = { 0 };
        int64_t rows[] = { 0, wrong[i] };
        assert_int_equal(pn_table_take(t, rows, 2, NULL, &taken, &err), PN_EINVAL);
        assert_int_equal(err.code, PN_EINVAL);
        assert_null(taken);
    }
    pn_table_release(t);
}

/* --- out of memory */

static pn_status build_and_take(void) {
    static const int64_t rows[] = { 0, 3, 99 };
    pn_table *t = NULL, *taken = NULL;
    pn_error err = { 0 };
    pn_status rc = pn_table_new(&t, &err);
    if (rc == PN_OK) {
        for (size_t k = 0; k < N_KINDS; k++) pn_table_add(t, names[k], kinds[k]);
        for (int64_t i = 0; i < 100; i++) {
            if (i % 4 == 3) put_null_row(t);
            else put_row(t, i);
        }
        rc = pn_table_finish(t, &err);
    }
    if (rc == PN_OK) rc = pn_table_take(t, rows, PN_COUNT(rows), NULL, &taken, &err);
    assert_int_equal(err.code, rc);
    assert_true(rc == PN_OK || !taken);
    pn_table_release(taken);
    pn_table_release(t);
    return rc;
}

static void out_of_memory_is_a_status_and_leaves_nothing(void **s) {
    (void)s;
    int64_t before = pn_live();
    pn_status rc = PN_ENOMEM;
    long n = 1;
    for (; rc == PN_ENOMEM; n++) {
        oom_arm(n);
        rc = build_and_take();
        oom_off();
        assert_true(rc == PN_OK || rc == PN_ENOMEM);
        assert_int_equal(pn_live(), before);
    }
    assert_true(n > 30);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_gives_back_what_was_put), cmocka_unit_test(taking_many_rows_can_be_stopped),
        cmocka_unit_test(numbers_at_their_ends_come_back),
        cmocka_unit_test(absent_cells_are_absent_wherever_they_stand),
        cmocka_unit_test(an_empty_text_is_not_an_absent_one),
        cmocka_unit_test(a_dictionary_holds_each_text_once),
        cmocka_unit_test(a_table_without_rows_keeps_its_columns),
        cmocka_unit_test(a_table_without_columns_has_no_rows),
        cmocka_unit_test(columns_of_different_length_are_a_bug_and_the_column_is_named),
        cmocka_unit_test(a_table_lives_until_its_last_holder_lets_go),
        cmocka_unit_test(taken_rows_come_in_the_order_asked_for),
        cmocka_unit_test(no_rows_may_be_taken),
        cmocka_unit_test(rows_that_do_not_exist_are_refused),
        cmocka_unit_test(out_of_memory_is_a_status_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
