/* Tables side by side, in the order of a column. */
#include "unit.h"
#include "model/pn_table.h"
#include "oom.h"

static pn_table *numbers(const char *name, pn_col_kind kind, const double *v, size_t n) {
    pn_table *t = NULL;
    if (pn_table_new(&t, NULL) != PN_OK) return NULL;
    pn_table_add(t, name, kind);
    for (size_t i = 0; i < n; i++) {
        if (v[i] < 0) pn_table_put_null(t, 0);
        else if (kind == PN_COL_F64) pn_table_put_f64(t, 0, v[i]);
        else pn_table_put_i64(t, 0, (int64_t)v[i]);
    }
    if (pn_table_finish(t, NULL) == PN_OK) return t;
    pn_table_release(t);
    return NULL;
}

static const double some[] = { 3, -1, 1, 3, 2, -1, 1 };         /* below 0: null */

static void equal_rows_keep_their_order_and_nulls_come_last(void **state) {
    (void)state;
    static const int64_t up[] = { 2, 6, 4, 0, 3, 1, 5 }, down[] = { 0, 3, 4, 2, 6, 1, 5 };
    static const pn_col_kind kinds[] = { PN_COL_F64, PN_COL_I64 };
    int64_t rows[7];
    for (size_t k = 0; k < 2; k++) {
        pn_table *t = numbers("n", kinds[k], some, 7);
        assert_int_equal(pn_table_order(t, 0, false, rows, NULL, NULL), PN_OK);
        assert_memory_equal(rows, up, sizeof up);
        assert_int_equal(pn_table_order(t, 0, true, rows, NULL, NULL), PN_OK);
        assert_memory_equal(rows, down, sizeof down);
        pn_table_release(t);
    }
}

static void tables_stand_side_by_side(void **state) {
    (void)state;
    static const int64_t rows[] = { 6, 0 };
    pn_table *a = numbers("a", PN_COL_I64, some, 7), *b = numbers("b", PN_COL_F64, some, 7), *c = numbers("c", PN_COL_F64, some, 6), *out = NULL;
    assert_int_equal(pn_table_beside(a, b, rows, 2, NULL, &out, NULL), PN_OK);
    assert_int_equal(pn_table_n_cols(out), 2);
    assert_int_equal(pn_table_n_rows(out), 2);
    assert_string_equal(pn_table_col(out, 1)->name, "b");
    assert_int_equal(pn_col_i64(pn_table_col(out, 0), 0), 1);
    assert_true(pn_col_f64(pn_table_col(out, 1), 1) == 3);
    pn_table_release(out);
    out = NULL;
    assert_int_equal(pn_table_beside(b, b, rows, 2, NULL, &out, NULL), PN_OK);         /* one name, one column */
    assert_int_equal(pn_table_n_cols(out), 1);
    pn_table_release(out);
    out = NULL;
    assert_int_equal(pn_table_beside(a, c, rows, 1, NULL, &out, NULL), PN_EINVAL);
    assert_null(out);
    pn_table_release(a);
    pn_table_release(b);
    pn_table_release(c);
}

static void only_numbers_have_an_order(void **state) {
    (void)state;
    int64_t rows[7];
    pn_table *t = numbers("day", PN_COL_DATE, some, 7);
    assert_int_equal(pn_table_order(t, 0, false, rows, NULL, NULL), PN_EINVAL);
    assert_int_equal(pn_table_order(t, 1, false, rows, NULL, NULL), PN_EINVAL);
    pn_table_release(t);
}

static void no_memory_is_a_status(void **state) {
    (void)state;
    static const int64_t rows[] = { 6, 0 };
    pn_table *a = numbers("a", PN_COL_I64, some, 7), *out = NULL;
    int64_t order[7], live = pn_live();
    for (long n = 1; oom_arm(n), pn_table_beside(a, a, rows, 2, NULL, &out, NULL) == PN_ENOMEM; n++) assert_int_equal(pn_live(), live);
    oom_off();
    pn_table_release(out);
    oom_arm(1);
    assert_int_equal(pn_table_order(a, 0, false, order, NULL, NULL), PN_ENOMEM);
    oom_off();
    pn_table_release(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_rows_keep_their_order_and_nulls_come_last),
        cmocka_unit_test(tables_stand_side_by_side),
        cmocka_unit_test(only_numbers_have_an_order),
        cmocka_unit_test(no_memory_is_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
