/* Shares and their bands.  The expected values were worked out with 60 decimal digits, from the formulas of the header and the series of erf. */
#include "unit.h"
#include <math.h>
#include "stats/pn_wilson.h"

/* Within 1e-12 of the value, however small it is. */
static void assert_close(double got, double want) {
    if (!(fabs(got - want) <= 1e-12 * fabs(want))) fail_msg("%.17g, not %.17g", got, want);
}

static void z_is_exact_for_the_usual_levels(void **state) {
    (void)state;
    assert_close(pn_normal_z(0.5), 0.6744897501960817432022);
    assert_close(pn_normal_z(0.8), 1.281551565544600593487);
    assert_close(pn_normal_z(0.9), 1.644853626951472822511);
    assert_close(pn_normal_z(0.95), 1.959963984540053855604);
    assert_close(pn_normal_z(0.99), 2.575829303548900453857);
    assert_close(pn_normal_z(0.999), 3.290526731491894543339);
}

/* What counts is the tail of the level as a double, which is less sharp than the decimal number. */
static void z_is_exact_where_the_level_is_close_to_one(void **state) {
    (void)state;
    assert_close(pn_normal_z(0.9999999), 5.326723886480143561974);
    assert_close(pn_normal_z(0.999999999999), 7.130509892879272447283);
}

static void z_is_exact_where_the_level_is_close_to_zero(void **state) {
    (void)state;
    assert_close(pn_normal_z(0.01), 0.01253346950806926342201);
    assert_close(pn_normal_z(0.0001), 0.0001253314140596669068);
}

static void z_grows_with_the_level_and_always_comes_to_an_end(void **state) {
    (void)state;
    double before = 0;
    for (int i = 1; i < 1000; i++) {
        double z = pn_normal_z(i / 1000.0);
        assert_true(z > before);
        before = z;
    }
    assert_true(isfinite(pn_normal_z(nextafter(1, 0))));
    assert_true(pn_normal_z(nextafter(1, 0)) > 8);
    assert_true(pn_normal_z(1e-9) > 0);
    assert_true(pn_normal_z(5e-324) >= 0);
}

static const struct { uint64_t k, n; double level, lower, upper; } bands[] = {
    { 1, 2, 0.95, 9.45312057342307110464E-02, 9.05468794265769316709E-01 },
    { 3, 10, 0.5, 2.12714862840378632347E-01, 4.04690749387489057121E-01 },
    { 3, 10, 0.9, 1.26876583903197837078E-01, 5.58300204130165012018E-01 },
    { 3, 10, 0.95, 1.07791267406301016774E-01, 6.03221852538854630410E-01 },
    { 3, 10, 0.99, 7.95663165230657692950E-02, 6.79975320798897442387E-01 },
    { 3, 10, 0.9999999, 2.69961914976328681837E-02, 8.68766530208013421088E-01 },
    { 81, 263, 0.95, 2.55288519878274222652E-01, 3.66209576982800044664E-01 },
    { 15, 148, 0.95, 6.23863995307362764753E-02, 1.60487241723308027286E-01 },
    { 1, 29, 0.95, 6.11321429276266009589E-03, 1.71755218793202879546E-01 },
    { 1, 1433345, 0.95, 1.23155674419947371040E-07, 3.95223661790496850766E-06 },
    { 716672, 1433345, 0.95, 4.99181106947829855702E-01, 5.00818195385300035660E-01 },
    { 1433344, 1433345, 0.95, 9.99996047763382134299E-01, 9.99999876844325563674E-01 },
    { 1, 4294967295, 0.95, 4.11003257570162699431E-11, 1.31897029044297765049E-09 },
    { UINT64_C(1) << 52, UINT64_C(1) << 53, 0.95, 4.99999989674211831048E-01, 5.00000010325788113441E-01 },
};

static void bands_are_those_of_the_formula(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bands / sizeof *bands; i++) {
        double lower, upper;
        pn_wilson(bands[i].k, bands[i].n, pn_normal_z(bands[i].level), &lower, &upper);
        assert_close(lower, bands[i].lower);
        assert_close(upper, bands[i].upper);
    }
}

static void nothing_and_everything_end_exactly_at_0_and_1(void **state) {
    (void)state;
    double lower, upper, z = pn_normal_z(0.95);
    pn_wilson(0, 20, z, &lower, &upper);
    assert_true(lower == 0);
    assert_close(upper, 1.61125158052819378307E-01);
    pn_wilson(10, 10, z, &lower, &upper);
    assert_close(lower, 7.22467200137110743263E-01);
    assert_true(upper == 1);
    pn_wilson(0, 1, z, &lower, &upper);
    assert_true(lower == 0);
    assert_close(upper, 7.93450685622762663662E-01);
    pn_wilson(1, 1, z, &lower, &upper);
    assert_close(lower, 2.06549314377237391849E-01);
    assert_true(upper == 1);
}

static void a_band_holds_its_share_and_stays_inside_0_and_1(void **state) {
    (void)state;
    static const uint64_t sizes[] = { 1, 2, 3, 7, 100, 12345 };
    static const double levels[] = { 0.001, 0.5, 0.95, 0.9999999 };
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
            for (uint64_t k = 0, n = sizes[s], step = n / 100 + 1; k <= n; k += step) {
                double lower, upper, share = (double)k / (double)n;
                pn_wilson(k, n, pn_normal_z(levels[l]), &lower, &upper);
                assert_true(0 <= lower && lower <= share && share <= upper && upper <= 1);
                assert_true(lower < upper);
            }
}

static void the_band_of_the_others_is_the_mirror_image(void **state) {
    (void)state;
    double z = pn_normal_z(0.95), lower, upper, other_lower, other_upper;
    for (uint64_t k = 1; k < 50; k++) {
        pn_wilson(k, 50, z, &lower, &upper);
        pn_wilson(50 - k, 50, z, &other_lower, &other_upper);
        assert_true(fabs(lower - (1 - other_upper)) < 1e-15);
        assert_true(fabs(upper - (1 - other_lower)) < 1e-15);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(z_is_exact_for_the_usual_levels),
        cmocka_unit_test(z_is_exact_where_the_level_is_close_to_one),
        cmocka_unit_test(z_is_exact_where_the_level_is_close_to_zero),
        cmocka_unit_test(z_grows_with_the_level_and_always_comes_to_an_end),
        cmocka_unit_test(bands_are_those_of_the_formula),
        cmocka_unit_test(nothing_and_everything_end_exactly_at_0_and_1),
        cmocka_unit_test(a_band_holds_its_share_and_stays_inside_0_and_1),
        cmocka_unit_test(the_band_of_the_others_is_the_mirror_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
