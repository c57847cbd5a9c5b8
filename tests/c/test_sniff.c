/* What an input is, by its first bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "parse/pn_sniff.h"

static void assert_kind(const char *bytes, size_t n, pn_kind want) {
    uint8_t *exact = malloc(n ? n : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, n);
    pn_kind got = pn_sniff(pn_bytes_of(exact, n));
    free(exact);
    if (got != want) fail_msg("%.40s: %s instead of %s", bytes, pn_kind_name(got), pn_kind_name(want));
}
#define IS(literal, kind) assert_kind(literal, sizeof(literal) - 1, kind)

static void nothing_and_blanks_are_empty(void **s) {
    (void)s;
    IS("", PN_KIND_EMPTY);
    IS(" \r\n\t", PN_KIND_EMPTY);
    IS("\xEF\xBB\xBF\n", PN_KIND_EMPTY);
    assert_int_equal(pn_sniff(PN_BYTES_NONE), PN_KIND_EMPTY);
    char blanks[4097];
    memset(blanks, ' ', sizeof blanks);
    assert_kind(blanks, 4095, PN_KIND_EMPTY);
    assert_kind(blanks, 4096, PN_KIND_TEXT);
    assert_kind(blanks, 4097, PN_KIND_TEXT);
}

static void compressed_inputs_are_known_by_their_signature(void **s) {
    (void)s;
    IS("\x1F\x8B\x08\x00", PN_KIND_GZIP);
    IS("BZh9\x31\x41\x59\x26\x53\x59", PN_KIND_BZIP2);
    IS("BZh1\x17\x72\x45\x38\x50\x90", PN_KIND_BZIP2);
    IS("\xFD" "7zXZ\0", PN_KIND_XZ);
    IS("\x28\xB5\x2F\xFD", PN_KIND_ZSTD);
    IS("\x5E\x2A\x4D\x18\x04\0\0\0", PN_KIND_ZSTD);
    IS("BZh9 is a name", PN_KIND_TEXT);
    IS("\x1F\x8B", PN_KIND_BINARY);
}

static void what_is_not_read_is_named(void **s) {
    (void)s;
    IS("PK\3\4....", PN_KIND_ZIP);
    IS("PK\5\6", PN_KIND_ZIP);
    IS("%PDF-1.7", PN_KIND_PDF);
    IS("PAR1", PN_KIND_PARQUET);
    IS("ARROW1\0\0", PN_KIND_ARROW);
    IS("WARC/1.0\r\n", PN_KIND_WARC);
    IS("filedesc://x.arc", PN_KIND_WARC);
    IS("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", PN_KIND_BINARY);
    IS("\x7F" "ELF\2\1\1\0\0\0\0\0", PN_KIND_BINARY);
}

static void html_and_xml_are_known_in_any_case_of_letters(void **s) {
    (void)s;
    IS("<!DOCTYPE html>", PN_KIND_HTML);
    IS("\n  <HTML lang=en>", PN_KIND_HTML);
    IS("\xEF\xBB\xBF<?xml version=\"1.0\"?>", PN_KIND_HTML);
    IS("<!-- a page -->", PN_KIND_HTML);
    IS("<SRD> to form unit", PN_KIND_TEXT);
    IS("<", PN_KIND_TEXT);
}

static void feeds_are_told_by_their_first_element(void **s) {
    (void)s;
    IS("<rss version=\"2.0\"><channel>", PN_KIND_FEED);
    IS("\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- <html> -->\n<feed\nxmlns=\"x\">", PN_KIND_FEED);
    IS("<?xml version='1.0'?><?xml-stylesheet href='a'?><rdf:RDF xmlns:rdf='x'>", PN_KIND_FEED);
    IS("<!DOCTYPE rss [ <!ENTITY a \"b\"> ]>\n<RSS>", PN_KIND_FEED);
    IS("<!DOCTYPE rss PUBLIC \"a\" \"b\"><rss", PN_KIND_FEED);
    IS("<feedback>", PN_KIND_TEXT);
    IS("<?xml version='1.0'?><feeds>", PN_KIND_HTML);
    IS("<!DOCTYPE html><html><rss>", PN_KIND_HTML);
    IS("<!-- <rss> ", PN_KIND_HTML);
    IS("<!DOCTYPE rss [ <rss>", PN_KIND_HTML);
    IS("<?xml <rss>", PN_KIND_HTML);
    IS("The tag <rss> in a text", PN_KIND_TEXT);
}

static void lines_of_objects_and_one_array_are_told_apart(void **s) {
    (void)s;
    IS("{\"title\": \"x\"}\n", PN_KIND_JSONL);
    IS("\xEF\xBB\xBF\n { \"title\"", PN_KIND_JSONL);
    IS("{}\n{}", PN_KIND_JSONL);
    IS("[{\"title\"", PN_KIND_JSON_ARRAY);
    IS("[\n  {\n", PN_KIND_JSON_ARRAY);
    IS("[]", PN_KIND_JSON_ARRAY);
    IS("{\n  \"title\": \"x\"\n}\n", PN_KIND_JSON_ARRAY);
}

static void text_that_starts_with_a_bracket_is_text(void **s) {
    (void)s;
    IS("[Seoul] Bank opens", PN_KIND_TEXT);
    IS("{name} opens", PN_KIND_TEXT);
    IS("{", PN_KIND_TEXT);
    IS("[", PN_KIND_TEXT);
}

static void pages_of_text_are_text_whatever_their_encoding(void **s) {
    (void)s;
    IS("How blockchain\nPublished at: Aug. 20, 2020\n", PN_KIND_TEXT);
    IS("caf\xE9 au lait", PN_KIND_TEXT);
    IS("\xFF\xFEH\0i\0", PN_KIND_TEXT);
    IS("\xFE\xFF\0H\0i", PN_KIND_TEXT);
    IS("One NUL in a long line of text\0 is repaired later on", PN_KIND_TEXT);
}

static void every_start_of_an_input_has_a_kind(void **s) {
    (void)s;
    static const char text[] = "\xEF\xBB\xBF [ { \"a\" : 1 } ]";
    for (size_t n = 0; n < sizeof text; n++) assert_string_not_equal(pn_kind_name(pn_sniff(pn_bytes_of(text, n))), "unknown");
}

static void kinds_have_names(void **s) {
    (void)s;
    assert_string_equal(pn_kind_name(PN_KIND_EMPTY), "empty");
    assert_string_equal(pn_kind_name(PN_KIND_JSON_ARRAY), "json_array");
    assert_string_equal(pn_kind_name(PN_KIND_BINARY), "binary");
    assert_string_equal(pn_kind_name((pn_kind)99), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_and_blanks_are_empty),
        cmocka_unit_test(compressed_inputs_are_known_by_their_signature),
        cmocka_unit_test(what_is_not_read_is_named),
        cmocka_unit_test(html_and_xml_are_known_in_any_case_of_letters),
        cmocka_unit_test(feeds_are_told_by_their_first_element),
        cmocka_unit_test(lines_of_objects_and_one_array_are_told_apart),
        cmocka_unit_test(text_that_starts_with_a_bracket_is_text),
        cmocka_unit_test(pages_of_text_are_text_whatever_their_encoding),
        cmocka_unit_test(every_start_of_an_input_has_a_kind),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
