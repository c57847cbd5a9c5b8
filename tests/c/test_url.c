/* One spelling for one address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/pn_alloc.h"
#include "text/pn_url.h"

static pn_buf normal(pn_bytes url) {
    pn_buf b = { 0 };
    pn_url_normalise(&b, url);
    assert_int_equal(b.rc, PN_OK);
    return b;
}

/* Also: the result is its own normal form. */
static void assert_normal(const char *url, const char *want) {
    pn_buf b = normal(pn_bytes_cstr(url)), again = normal(pn_buf_bytes(&b));
    if (!pn_bytes_equal(pn_buf_bytes(&b), pn_bytes_cstr(want))) fail_msg("%s: %.*s", url, (int)b.len, (const char *)b.ptr);
    assert_true(pn_bytes_equal(pn_buf_bytes(&b), pn_buf_bytes(&again)));
    pn_buf_fini(&b);
    pn_buf_fini(&again);
}

static void assert_outlet(const char *url, const char *want) {
    pn_bytes got = pn_url_outlet(pn_bytes_cstr(url));
    if (!pn_bytes_equal(got, pn_bytes_cstr(want))) fail_msg("%s: %.*s", url, (int)got.len, (const char *)got.ptr);
    assert_int_equal(got.ptr == NULL, want == NULL);
}

static void scheme_and_host_are_lower_case_and_the_path_is_not(void **s) {
    (void)s;
    assert_normal("HTTP://WWW.Example.COM/News/Item?Q=A", "http://www.example.com/News/Item?Q=A");
}

static void default_ports_user_info_and_fragments_go(void **s) {
    (void)s;
    assert_normal("http://example.com:80/a", "http://example.com/a");
    assert_normal("https://example.com:443", "https://example.com/");
    assert_normal("https://example.com:/a", "https://example.com/a");
    assert_normal("http://example.com:443/a", "http://example.com:443/a");
    assert_normal("http://example.com:8080/a", "http://example.com:8080/a");
    assert_normal("http://user:pass@example.com/a", "http://example.com/a");
    assert_normal("http://a@b@example.com/a@b", "http://example.com/a@b");
    assert_normal("http://example.com/a#top", "http://example.com/a");
    assert_normal("http://example.com#top", "http://example.com/");
    assert_normal("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a");
}

static void an_empty_path_is_a_slash(void **s) {
    (void)s;
    assert_normal("http://example.com", "http://example.com/");
    assert_normal("http://example.com?a=1", "http://example.com/?a=1");
}

static void escapes_have_one_spelling(void **s) {
    (void)s;
    assert_normal("http://example.com/%7euser/%e4%b8%ad", "http://example.com/~user/%E4%B8%AD");
    assert_normal("http://example.com/%2f%3F%41%2D", "http://example.com/%2F%3FA-");
    assert_normal("http://example.com/100%", "http://example.com/100%25");
    assert_normal("http://example.com/%%34%31", "http://example.com/%2541");
    assert_normal("http://example.com/%2541", "http://example.com/%2541");
    assert_normal("http://example.com/%4", "http://example.com/%254");
    assert_normal("http://example.com/%", "http://example.com/%25");
}

static void blanks_around_are_trimmed(void **s) {
    (void)s;
    assert_normal(" \t http://example.com/a \n", "http://example.com/a");
    assert_normal("http://example.com/a #top", "http://example.com/a");
    assert_normal("  ", "");
    assert_normal("", "");
}

static void what_is_not_understood_stays_as_it_is(void **s) {
    (void)s;
    static const char *const same[] = { "/relative/Path#x", "Relative", "//Example.com/a", "mailto:A@B.example", "file:///Tmp/x",
                                        "http://", "http://:80/", "http://a:b:80/", "http://a b/", "http://user@/x", "://x", "1http://x/" };
    for (size_t i = 0; i < PN_COUNT(same); i++) assert_normal(same[i], same[i]);
}

static void any_bytes_have_a_stable_form(void **s) {
    (void)s;
    static const char alphabet[] = "aA:/?#@%4[]. w\x80";
    uint32_t x = 12345;
    for (int round = 0; round < 20000; round++) {
        uint8_t text[24] = "http://";
        for (size_t i = 7; i < sizeof text; i++) {
            x = x * 1664525u + 1013904223u;
            text[i] = (uint8_t)alphabet[(x >> 16) % (sizeof alphabet - 1)];
        }
        pn_buf b = normal(pn_bytes_of(text, 7 + (size_t)round % 18)), again = normal(pn_buf_bytes(&b));
        assert_true(pn_bytes_equal(pn_buf_bytes(&b), pn_buf_bytes(&again)));
        pn_buf_fini(&b);
        pn_buf_fini(&again);
    }
}

static void the_outlet_is_the_host_without_www(void **s) {
    (void)s;
    assert_outlet("http://www.reuters.com/article/1", "reuters.com");
    assert_outlet("https://news.example.co.uk:8080/", "news.example.co.uk");
    assert_outlet("https://WWW.Example.com/", "Example.com");
    assert_outlet("https://www.", "www.");
    assert_outlet("https://wwwx.com", "wwwx.com");
    assert_outlet("/cs/blog/", NULL);
    assert_outlet("", NULL);
    assert_outlet("mailto:a@b.example", NULL);
}

static void *no_realloc(void *ctx, void *p, size_t n) {
    (void)ctx;
    if (n == 0) free(p);
    return NULL;
}

static void memory_that_runs_out_is_the_status_of_the_buffer(void **s) {
    (void)s;
    pn_alloc_set_for_tests(&(pn_alloc){ no_realloc, NULL });
    pn_buf b = { 0 };
    pn_url_normalise(&b, PN_BYTES_LIT("HTTP://Example.com/%7e"));
    pn_status rc = b.rc;
    pn_buf_fini(&b);
    pn_alloc_set_for_tests(NULL);
    assert_int_equal(rc, PN_ENOMEM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scheme_and_host_are_lower_case_and_the_path_is_not),
        cmocka_unit_test(default_ports_user_info_and_fragments_go),
        cmocka_unit_test(an_empty_path_is_a_slash),
        cmocka_unit_test(escapes_have_one_spelling),
        cmocka_unit_test(blanks_around_are_trimmed),
        cmocka_unit_test(what_is_not_understood_stays_as_it_is),
        cmocka_unit_test(any_bytes_have_a_stable_form),
        cmocka_unit_test(the_outlet_is_the_host_without_www),
        cmocka_unit_test(memory_that_runs_out_is_the_status_of_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
