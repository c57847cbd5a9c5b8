#include "page_input.h"

/* ---- the page */

static void a_page_gives_title_date_body_tags_and_related_entries(void **state) {
    (void)state;
    read_only(the_page());
    expect_page(3);
    expect_date(doc->date, "2021-03-03");
    assert_int_equal(doc->date.precision, PN_PREC_DAY);
    expect_text(doc->date_raw, NULL);
    assert_int_equal(doc->modified.day, PN_DAY_NONE);
    assert_true(doc->tags_present && doc->related_present);
    assert_int_equal(doc->n_tags, 0);
    assert_int_equal(doc->n_authors, 0);
    const pn_related *r = doc->related;
    expect_text(r[0].title, T1);
    expect_text(r[0].category, "City Life");
    expect_date(r[0].date, "2021-02-09");
    assert_true(r[0].truncated);
    assert_int_equal(r[0].teaser.len, strlen(E1) - 4);             /* without the blank and the ellipsis */
    expect_text(r[0].url, NULL);
    expect_text(r[2].teaser, E3);
    assert_false(r[2].truncated);
    expect_date(r[2].date, "2021-04-01");
    expect_end();
}

static void fields_the_layout_does_not_have_stay_empty_and_the_source_is_the_callers(void **state) {
    (void)state;
    opts.source = PN_BYTES_LIT("Ellery Post");
    read_only(the_page());
    opts.source = PN_BYTES_NONE;
    expect_text(doc->source, "Ellery Post");
    expect_text(doc->id, NULL); expect_text(doc->url, NULL); expect_text(doc->section, NULL);
    expect_text(doc->language, NULL); expect_text(doc->teaser, NULL); expect_text(doc->extra, NULL);
}

static void every_line_has_its_role(void **state) {
    (void)state;
    read_only(the_page());
    static const int WANT[] = { PN_ROLE_TITLE, PN_ROLE_DATE, PN_ROLE_BODY, PN_ROLE_TAGS_HEADER, PN_ROLE_RELATED_HEADER, PN_ROLE_RELATED };
    assert_int_equal(doc->n_roles, PN_COUNT(WANT));
    for (size_t i = 0; i < PN_COUNT(WANT); i++) assert_int_equal(doc->roles[i].role, WANT[i]);
    assert_int_equal(doc->roles[2].first, 5);
    assert_int_equal(doc->roles[2].n, 5);                          /* blank lines inside count along */
    assert_int_equal(role_at(2), 0);
    assert_int_equal(doc->offset, 0);
    assert_int_equal(doc->length, strlen(page));
}

static void a_later_entry_dates_the_page(void **state) {
    (void)state;
    read_only(the_page());
    expect_text(remark("snapshot_lower_bound")->excerpt, "City Life / April 1, 2021");
    read_only(with(the_page(), "April 1, 2021", "March 3, 2021"));
    assert_false(has("snapshot_lower_bound"));
    assert_int_equal(doc->n_diags, 0);
}

/* ---- the input as a whole */

static void line_ends_and_byte_order_marks_do_not_matter(void **state) {
    (void)state;
    static char raw[16384];
    size_t n = (size_t)snprintf(raw, sizeof raw, "\xEF\xBB\xBF");
    for (const char *p = the_page(); *p; p++) { if (*p == '\n') raw[n++] = '\r'; raw[n++] = *p; }
    open_input(raw, n);
    assert_true(next());
    expect_page(3);
    assert_int_equal(remark("bom_removed")->severity, PN_INFO);
    assert_int_equal(remark("crlf_normalised")->severity, PN_INFO);
    assert_int_equal(doc->length, n);
    n = 0;
    for (const char *p = the_page(); *p; p++) raw[n++] = *p == '\n' ? '\r' : *p;
    open_input(raw, n);
    assert_true(next());
    expect_page(3);
}

static void offsets_are_those_of_the_input_and_not_of_the_cleaned_text(void **state) {
    (void)state;
    static const char TWO[] = "\xEF\xBB\xBF" "A\r\nPublished: Jan. 2, 2020\r\nte\0xt\r\nTags\r\nB\r\nPublished: Jan. 3, 2020\r\nTags\r\nTags\r\n";
    open_input(TWO, sizeof TWO - 1);
    assert_true(next());
    expect_text(doc->body, "text");
    expect_text(remark("nul_removed")->excerpt, "1 bytes");
    uint64_t second = doc->length;
    assert_memory_equal(TWO + second, "B\r\n", 3);
    assert_true(next());
    assert_int_equal(doc->offset, second);
    assert_int_equal(doc->offset + doc->length, sizeof TWO - 1);
    const pn_diag *d = remark("tags_marker_in_body");
    assert_int_equal(d->line, 7);
    assert_memory_equal(TWO + d->offset, "Tags", 4);
}

static void utf16_is_decoded_and_offsets_are_those_of_the_text(void **state) {
    (void)state;
    static char raw[16384];
    size_t n = 0, letters = 0;
    raw[n++] = (char)0xFF; raw[n++] = (char)0xFE;
    const char *text = with(with(with(with(the_page(), "\xE2\x80\x9C", "'"), "\xE2\x80\x9D", "'"), "\xE2\x80\x99", "'"), " \xE2\x80\xA6", "...");
    text = with(text, " \xE2\x80\xA6", "...");
    for (const char *p = text; *p; p++, letters++) { raw[n++] = *p; raw[n++] = 0; }
    open_input(raw, n);
    assert_true(next());
    expect_text(doc->title, TITLE);
    assert_int_equal(doc->n_related, 3);
    assert_true(doc->related[0].truncated);
    assert_true(has("utf16_input"));
    assert_int_equal(doc->length, letters);
}

static void windows_1252_is_decoded_and_named(void **state) {
    (void)state;
    read_only("T\nPublished: May 1, 2020\nfine\ncaf\xE9 \x93x\x94\n");
    expect_text(doc->body, "fine\n\ncaf\xC3\xA9 \xE2\x80\x9Cx\xE2\x80\x9D");
    assert_int_equal(remark("not_utf8_decoded_as_cp1252")->line, 4);
    assert_int_equal(doc->length, input_len);
}

static void mojibake_is_repaired_or_suspected_and_replacement_characters_are_reported(void **state) {
    (void)state;
    read_only(with(the_page(), "\xE2\x80\x99", "\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2"));        /* the line holds right quotes too */
    assert_true(has("mojibake_suspected"));
    read_only("It\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2s\nPublished: May 1, 2020\nx\n");
    expect_text(doc->title, "It\xE2\x80\x99s");
    expect_text(remark("mojibake_repaired")->excerpt, "1 lines");
    read_only("T\nPublished: May 1, 2020\nx \xEF\xBF\xBD y\n");
    assert_int_equal(remark("replacement_characters")->line, 3);
    expect_text(doc->body, "x \xEF\xBF\xBD y");
}

static void an_input_cut_inside_a_character_keeps_what_is_whole(void **state) {
    (void)state;
    read_only("Caf\xC3\xA9\nPublished: May 1, 2020\nwas cut her\xC3");
    expect_text(doc->body, "was cut her");
    assert_int_equal(remark("truncated_input")->severity, PN_WARN);
}

static void blanks_of_any_kind_and_characters_without_width_do_not_hide_a_marker(void **state) {
    (void)state;
    const char *text = with(the_page(), "Published at: March 3,", "Published\xC2\xA0" "at:\xE2\x80\x89 \xE2\x80\x8BMarch\xC2\xA0" "3,");
    text = with(with(with(text, "\nTags\n", "\n\tTags \n"), "Related Posts", "Rela\xC2\xADted\xE3\x80\x80Posts"), "City Life / Feb.", "City\xE2\x80\x8B Life\xC2\xA0/ Feb.");
    read_only(text);
    expect_page(3);
    expect_text(doc->related[0].category, "City\xE2\x80\x8B Life");        /* matched without, kept with */
}

static void text_keeps_zero_width_characters_and_has_single_blanks(void **state) {
    (void)state;
    read_only("\xEF\xBB\xBF" "T\nPublished: May 1, 2020\na  b\xC2\xA0 \t c\xE2\x80\x8B d    \n\xE2\x80\x8B\nseven.. \xC2\xA0 eight  nine\n\xEF\xBB\xBF" "e\n");
    expect_text(doc->body, "a b c\xE2\x80\x8B d\n\n\xE2\x80\x8B\n\nseven.. eight nine\n\ne");
}

static void an_empty_input_is_one_skipped_record(void **state) {
    (void)state;
    static const char *const EMPTY[] = { "", "\n", "\n\n \xC2\xA0\n\t\r\n", "\f", "\xEF\xBB\xBF" };
    for (size_t i = 0; i < PN_COUNT(EMPTY); i++) {
        read_first(EMPTY[i]);
        assert_true(doc->skipped);
        assert_true(has("empty_input"));
        assert_int_equal(doc->length, strlen(EMPTY[i]));
        expect_end();
    }
    close_input();
    assert_int_equal(pn_page_text_source(PN_BYTES_NONE, NULL, &source, NULL), PN_OK);
    assert_true(next());
    assert_true(doc->skipped);
}

/* ---- tags */

static void tags_stand_in_lines_behind_commas_or_behind_hashes(void **state) {
    (void)state;
    read_only(with(the_page(), "Tags\n", "Tags\nNight Life\nBooks\nPort Ellery\n"));
    expect_page(3);
    TAGS("Night Life", "Books", "Port Ellery");
    assert_int_equal(role_at(12), PN_ROLE_TAG);
    read_only(with(the_page(), "Tags\n", "Tags\nNight Life, Books; Port Ellery | Ferry \xE2\x80\xA2 Sea \xC2\xB7 Air\n"));
    expect_page(3);
    TAGS("Night Life", "Books", "Port Ellery", "Ferry", "Sea", "Air");
    read_only(with(the_page(), "Tags\n", "Tags\n#Books #Night #C#\n"));
    TAGS("Books", "Night", "C#");
}

static void tags_may_follow_their_label_in_its_line(void **state) {
    (void)state;
    static const char *const LABELS[] = { "Tags:", "TAG :", "Keywords:", "Topics:", "Filed under:", "Tagged with:", "Tagged:" };
    for (size_t i = 0; i < PN_COUNT(LABELS); i++) {
        char line[80];
        snprintf(line, sizeof line, "%s Night Life, Books.\n", LABELS[i]);
        read_only(with(the_page(), "Tags\n", line));
        expect_page(3);
        TAGS("Night Life", "Books");
        assert_int_equal(remark("tags_inline")->severity, PN_INFO);
    }
}

static void a_long_line_of_short_tags_is_still_tags(void **state) {
    (void)state;
    read_only(with(the_page(), "Tags\n", "Tags\nNight Life, Old Ferry Hall, Books, Port Ellery, Town Council, Nurses, Dock Workers, Students, Winter Roofs, Late Hours, Mara Quill\n"));
    expect_page(3);
    assert_int_equal(doc->n_tags, 11);
}

static void a_repeated_tag_counts_once_in_its_first_spelling(void **state) {
    (void)state;
    read_only(with(the_page(), "Tags\n", "TAGS:\nBooks\nbooks\nReader\xE2\x80\x99s Corner\nreader's corner\nB\xC3\xBC" "cher\nB\xC3\x9C" "CHER\nSea\n"));
    TAGS("Books", "Reader\xE2\x80\x99s Corner", "B\xC3\xBC" "cher", "Sea");
}

static void a_tag_keeps_its_full_stop_unless_it_ends_a_list(void **state) {
    (void)state;
    read_only(with(the_page(), "Tags\n", "Tags\nU.S.\nInc.\nBooks, Sea.\nCourts, U.S.\n"));
    TAGS("U.S.", "Inc.", "Books", "Sea", "Courts");
}

static void a_header_without_tags_differs_from_no_header(void **state) {
    (void)state;
    read_only(the_page());
    assert_true(doc->tags_present);
    assert_false(has("no_tags_section"));
    read_only(with(the_page(), "Tags\n", ""));
    expect_page(3);
    assert_false(doc->tags_present);
    assert_int_equal(remark("no_tags_section")->severity, PN_INFO);
}

static void a_tag_of_many_words_is_suspect(void **state) {
    (void)state;
    read_only(with(the_page(), "Tags\n", "Tags\nOne two three four five six seven eight nine\n"));
    assert_int_equal(doc->n_tags, 1);
    assert_int_equal(remark("tag_suspect")->line, 12);
    read_only(with(the_page(), "Tags\n", "Tags\nOne two three four five six seven eight\n"));
    assert_false(has("tag_suspect"));
}

static void the_word_tags_in_the_text_stays_text(void **state) {
    (void)state;
    read_only(with(the_page(), "Librarians expect", "Tags\n\nLibrarians expect"));
    assert_int_equal(doc->n_related, 3);
    assert_true(doc->tags_present);
    assert_int_equal(role_at(7), PN_ROLE_BODY);
    assert_int_equal(remark("tags_marker_in_body")->line, 7);
}

/* ---- related entries */

static void a_page_may_end_before_its_related_block_or_inside_it(void **state) {
    (void)state;
    read_only(before(the_page(), "Related Posts"));
    expect_page(0);
    assert_false(doc->related_present);
    assert_true(doc->tags_present);
    assert_true(has("no_related_section"));
    read_only(before(the_page(), T1));
    expect_page(0);
    assert_true(doc->related_present);
    assert_false(has("no_related_section"));
    read_only(before(the_page(), "Tags"));
    expect_page(0);
    assert_false(doc->related_present || doc->tags_present);
}

static void a_header_alone_counts_at_the_end_even_without_tags_and_above_a_rule(void **state) {
    (void)state;
    read_only(with(before(the_page(), T1), "Tags\n", ""));
    expect_page(0);
    assert_true(doc->related_present);
    read_only(with(with(before(the_page(), T1), "Tags\n", ""), "Related Posts\n", "Related Posts\n------\n"));
    expect_page(0);
    assert_true(doc->related_present);
}

static void other_headings_of_the_block_are_known(void **state) {
    (void)state;
    static const char *const NAMES[] = { "Related Articles", "related stories:", "You may also like", "More news", "Recommended", "Recommended articles", "Read next", "See also" };
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        read_only(with(the_page(), "Related Posts", NAMES[i]));
        expect_page(3);
    }
}

static void an_entry_may_lack_its_category(void **state) {
    (void)state;
    read_only(with(the_page(), "Reading / Nov.", "/ Nov."));
    expect_page(3);
    expect_text(doc->related[1].category, NULL);
    expect_date(doc->related[1].date, "2020-11-30");
    assert_int_equal(remark("related_without_category")->severity, PN_INFO);
    read_only(with(the_page(), "Reading / Nov.", "Nov."));
    expect_page(3);
    expect_text(doc->related[1].category, NULL);
}

static void a_category_may_hold_slashes_and_is_split_off_at_the_last_one_with_blanks(void **state) {
    (void)state;
    read_only(with(the_page(), "Reading / Nov.", "Books / Night / Nov."));
    expect_text(doc->related[1].category, "Books / Night");
    read_only(with(the_page(), "Reading / Nov.", "Books/Night / Nov."));
    expect_text(doc->related[1].category, "Books/Night");
    read_only(with(the_page(), "Reading / Nov. 30, 2020", "Reading / 11/30/2020"));
    expect_text(doc->related[1].category, "Reading");
    read_only(with(the_page(), "Reading / Nov. 30, 2020", "Reading/Nov. 30, 2020"));
    assert_int_equal(doc->n_related, 2);
}

static void a_date_without_its_day_ends_no_entry(void **state) {
    (void)state;
    read_only(with(the_page(), T2 "\n", T2 " / May 2020\n"));
    expect_page(3);
    expect_text(doc->related[1].title, T2 " / May 2020");
}

static void an_entry_may_lack_its_teaser_or_its_title(void **state) {
    (void)state;
    read_only(with(the_page(), E2 "\n", ""));
    expect_page(3);
    expect_text(doc->related[1].title, T2);
    expect_text(doc->related[1].teaser, NULL);
    read_only(with(the_page(), T2 "\n" E2 "\n", ""));
    expect_page(3);
    expect_text(doc->related[1].title, NULL);
    expect_text(doc->related[1].category, "Reading");
    assert_int_equal(remark("related_without_title")->severity, PN_WARN);
}

static void a_teaser_in_two_lines_is_joined(void **state) {
    (void)state;
    read_only(with(the_page(), "A study of nine towns ", "A study of nine towns\n\n"));
    expect_page(3);
    assert_int_equal(doc->related[1].teaser.len, strlen(E2) - 4);
    assert_true(has("related_teaser_multiline"));
}

static void every_spelling_of_the_ellipsis_marks_a_cut_teaser(void **state) {
    (void)state;
    static const char *const DOTS[] = { "\xE2\x80\xA6", " ...", "....", " [\xE2\x80\xA6]", "[...]", " &hellip;", " [&hellip;]" };
    for (size_t i = 0; i < PN_COUNT(DOTS); i++) {
        read_only(with(the_page(), " \xE2\x80\xA6\nReading", with(with("x@\nReading", "x", ""), "@", DOTS[i])));
        assert_true(doc->related[1].truncated);
        assert_int_equal(doc->related[1].teaser.len, strlen(E2) - 4);
    }
    static const char *const WHOLE[] = { ".", "..", "]", "" };
    for (size_t i = 0; i < PN_COUNT(WHOLE); i++) {
        read_only(with(the_page(), " \xE2\x80\xA6\nReading", with(with("x@\nReading", "x", ""), "@", WHOLE[i])));
        assert_false(doc->related[1].truncated);
        assert_int_equal(doc->related[1].teaser.len, strlen(E2) - 4 + strlen(WHOLE[i]));
    }
}

static void a_last_entry_may_have_lost_its_date(void **state) {
    (void)state;
    read_only(with(with(the_page(), "\nCity Life / April 1, 2021", ""), E3, E1));
    expect_page(3);
    expect_text(doc->related[2].title, T3);
    assert_int_equal(doc->related[2].date.day, PN_DAY_NONE);
    assert_true(has("related_without_date"));
}

static void a_date_that_cannot_be_ends_its_entry_and_is_reported(void **state) {
    (void)state;
    read_only(with(the_page(), "Nov. 30, 2020", "Nov. 31, 2020"));
    expect_page(3);
    expect_text(doc->related[1].category, "Reading");
    assert_int_equal(doc->related[1].date.day, PN_DAY_NONE);
    assert_true(has("impossible_date"));
}

static void what_follows_the_block_is_trailer(void **state) {
    (void)state;
    char text[16384];
    snprintf(text, sizeof text, "%s\n\nBack to top\nCopyright 2022\n", the_page());
    read_only(text);
    expect_page(3);
    assert_true(has("trailer_text"));
    assert_int_equal(doc->roles[doc->n_roles - 1].role, PN_ROLE_TRAILER);
    snprintf(text, sizeof text, "%s\n----\nBack to top\n", the_page());
    read_only(text);
    expect_page(3);
    assert_int_equal(doc->roles[doc->n_roles - 2].role, PN_ROLE_SEPARATOR);
    assert_int_equal(doc->roles[doc->n_roles - 1].role, PN_ROLE_TRAILER);
}

static void the_block_is_the_best_of_several_headers(void **state) {
    (void)state;
    read_only(with(the_page(), "Librarians expect", "Related Posts\n\nLibrarians expect"));
    assert_int_equal(doc->n_related, 3);
    assert_int_equal(role_at(7), PN_ROLE_BODY);
    assert_int_equal(remark("related_marker_ambiguous")->line, 14);
    assert_int_equal(remark("related_marker_in_body")->line, 7);
    char text[16384];
    snprintf(text, sizeof text, "%s\nRead more\n", the_page());
    read_only(text);
    expect_page(3);
    read_only(with(before(the_page(), "Tags"), "Librarians expect", "Read more\n\nLibrarians expect"));
    assert_false(doc->related_present);
    assert_true(has("related_marker_in_body"));
}

static void a_dated_place_in_the_text_stays_text(void **state) {
    (void)state;
    read_only(with(the_page(), "Librarians expect", "Port Ellery / March 2, 2021\n\nLibrarians expect"));
    assert_int_equal(doc->n_related, 3);
    assert_int_equal(role_at(7), PN_ROLE_BODY);
}

/* ---- head */

static void bylines_above_and_below_the_date_become_authors(void **state) {
    (void)state;
    read_only(with(the_page(), "\nPublished", "\nBy Ada North\n\nPublished"));
    expect_page(3);
    assert_int_equal(doc->n_authors, 1);
    expect_text(doc->authors[0], "Ada North");
    read_only(with(the_page(), "2021\n", "2021\nAuthors: Ada North, Bo Lund and Cy Wade\n"));
    expect_page(3);
    assert_int_equal(doc->n_authors, 3);
    expect_text(doc->authors[2], "Cy Wade");
    read_only(with(the_page(), "2021\n", "2021\nwritten by Ada North & Bo Lund; Cy Anders, and Di Ark\n"));
    assert_int_equal(doc->n_authors, 4);
    expect_text(doc->authors[2], "Cy Anders");
    expect_text(doc->authors[3], "Di Ark");
    read_only(with(with(the_page(), "\nPublished", "\nBy Ada North\nReported by Bo Lund\nPublished"), "2021\n", "2021\nStory by Cy Wade\n"));
    expect_page(3);
    assert_int_equal(doc->n_authors, 3);
}

static void a_first_sentence_with_by_is_no_byline(void **state) {
    (void)state;
    static const char *const SENTENCES[] = { "By dawn the hall was full and nobody wanted to go home again", "By 2025 all nine towns will follow", "By Friday everyone knew it." };
    for (size_t i = 0; i < PN_COUNT(SENTENCES); i++) {
        char text[256];
        snprintf(text, sizeof text, "T\nPublished: May 1, 2020\n%s\nmore\n", SENTENCES[i]);
        read_only(text);
        assert_int_equal(doc->n_authors, 0);
    }
    read_only("T\nPublished: May 1, 2020\nby ada\nmore\n");
    expect_text(doc->authors[0], "ada");
}

static void an_update_has_its_own_line_or_shares_the_date_line(void **state) {
    (void)state;
    read_only(with(the_page(), "2021\n", "2021\nUpdated at: March 4, 2021, 2:05 p.m.\n"));
    expect_page(3);
    expect_date(doc->modified, "2021-03-04T14:05");
    read_only(with(the_page(), "Published at: March 3, 2021", "Published on March 3, 2021 | Last updated: March 5, 2021"));
    expect_page(3);
    expect_date(doc->modified, "2021-03-05");
    read_only(with(the_page(), "Published at: March 3, 2021", "Published on March 3, 2021 \xE2\x80\xA2 Updated: March 1, 2021"));
    expect_page(3);
    assert_int_equal(remark("modified_before_published")->severity, PN_WARN);
}

static void date_lines_are_read_in_many_forms(void **state) {
    (void)state;
    static const char *const FORMS[][2] = {
        { "Published at: March 3, 2021, 2:05 p.m.", "2021-03-03T14:05" }, { "Published: March 3, 2021, noon", "2021-03-03T12:00" },
        { "Posted on 3 March 2021", "2021-03-03" }, { "Date: 2021-03-03T14:05:09Z", "2021-03-03T14:05:09Z" },
        { "First published \xE2\x80\x93 Wednesday, March 3rd 2021", "2021-03-03" }, { "Publication date: 3-Mar-2021", "2021-03-03" },
        { "PUBLISHED MARCH 3, 2021", "2021-03-03" }, { "Created on 2021-03-03 14:05:09+02:00", "2021-03-03T14:05:09+02:00" },
        { "Date published - 3 March 2021", "2021-03-03" }, { "Pub date: Mar 3 2021", "2021-03-03" } };
    for (size_t i = 0; i < PN_COUNT(FORMS); i++) {
        read_only(with(the_page(), "Published at: March 3, 2021", FORMS[i][0]));
        expect_page(3);
        expect_date(doc->date, FORMS[i][1]);
    }
}

static void day_and_month_that_could_be_exchanged_follow_the_option_and_are_reported(void **state) {
    (void)state;
    const char *text = with(the_page(), "March 3, 2021", "03/04/2021");
    read_only(text);
    expect_date(doc->date, "2021-03-04");
    expect_text(doc->date_raw, "03/04/2021");
    assert_int_equal(remark("ambiguous_day_month")->line, 3);
    opts.dates.day_first = true;
    read_only(text);
    opts.dates.day_first = false;
    expect_date(doc->date, "2021-04-03");
}

static void zones_that_are_unknown_or_have_several_meanings_are_reported(void **state) {
    (void)state;
    read_only(with(the_page(), "March 3, 2021", "March 3, 2021, 14:05 IST"));
    assert_true(has("tz_ambiguous"));
    expect_text(doc->date_raw, "March 3, 2021, 14:05 IST");
    read_only(with(the_page(), "March 3, 2021", "March 3, 2021, 14:05 QQT"));
    assert_true(has("tz_unknown"));
}

static void a_date_that_cannot_be_read_leaves_the_article_undated_with_its_text(void **state) {
    (void)state;
    static const char *const BAD[][2] = { { "Feb. 30, 2021", "impossible_date" }, { "0001-01-01", "sentinel_date" }, { "May 1, 1492", "date_out_of_range" },
        { "yesterday", "relative_date_unresolved" }, { "3 Blursday 2021", "date_not_understood" }, { "May 1, 2020 - May 3, 2020", "date_range" } };
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        read_only(with(the_page(), "March 3, 2021", BAD[i][0]));
        expect_text(doc->title, TITLE);
        assert_int_equal(doc->date.day, PN_DAY_NONE);
        expect_text(doc->date_raw, BAD[i][0]);
        assert_int_equal(remark(BAD[i][1])->line, 3);
        expect_body(P1, P2, P3);
    }
}

static void a_labelled_month_dates_the_head_of_a_page_but_nothing_else(void **state) {
    (void)state;
    read_only(with(the_page(), "March 3, 2021", "March 2021"));
    expect_date(doc->date, "2021-03");
    expect_body(P1, P2, P3);
    read_only(with(the_page(), "Librarians expect", "Published in May 2020\n\nLibrarians expect"));
    expect_date(doc->date, "2021-03-03");
    assert_int_equal(role_at(7), PN_ROLE_BODY);
}

static void a_page_without_a_date_line_takes_its_first_line_as_title(void **state) {
    (void)state;
    read_only(with(the_page(), "Published at: March 3, 2021\n\n", ""));
    expect_text(doc->title, TITLE);
    expect_body(P1, P2, P3);
    assert_int_equal(doc->n_related, 3);
    assert_int_equal(doc->date.day, PN_DAY_NONE);
    assert_int_equal(remark("missing_date")->severity, PN_WARN);
}

static void a_page_without_a_title_is_kept_and_reported(void **state) {
    (void)state;
    read_only(strstr(the_page(), "Published"));
    expect_text(doc->title, NULL);
    expect_body(P1, P2, P3);
    assert_int_equal(remark("missing_title")->severity, PN_ERROR);
    read_only("Tags\nA\nB\n");
    expect_text(doc->title, NULL);
    assert_true(has("missing_title") && has("missing_date") && has("empty_body"));
    read_only("----\n====\n");
    assert_true(has("missing_title"));
    assert_int_equal(role_at(2), PN_ROLE_PREAMBLE);
}

static void a_second_date_line_in_the_head_is_reported_and_the_first_counts(void **state) {
    (void)state;
    read_only(with(the_page(), "2021\n", "2021\nPosted: March 9, 2021\n"));
    expect_page(3);
    assert_int_equal(remark("duplicate_date")->line, 4);
    assert_int_equal(role_at(4), PN_ROLE_DATE);
}

static void a_published_sentence_in_the_text_stays_text(void **state) {
    (void)state;
    read_only(with(the_page(), "Librarians expect", "Published on Feb. 1, 2021\n\nLibrarians expect"));
    expect_text(doc->title, TITLE);
    assert_int_equal(doc->n_related, 3);
    assert_int_equal(role_at(7), PN_ROLE_BODY);
    expect_end();
}

static void what_stands_above_the_title_is_preamble(void **state) {
    (void)state;
    char text[16384];
    snprintf(text, sizeof text, "The Ellery Post\nHome\nNews\n\n%s", the_page());
    read_only(text);
    expect_page(3);
    assert_int_equal(remark("preamble_text")->line, 1);
    assert_int_equal(role_at(3), PN_ROLE_PREAMBLE);
    assert_int_equal(role_at(5), PN_ROLE_TITLE);
    assert_int_equal(doc->offset, 0);
}

static void a_long_title_is_reported_and_a_very_long_line_is_none(void **state) {
    (void)state;
    char text[2048];
    snprintf(text, sizeof text, "%0*d\nPublished: May 1, 2020\nx\n", 201, 7);
    read_only(text);
    assert_int_equal(doc->title.len, 201);
    assert_true(has("title_long"));
    snprintf(text, sizeof text, "%0*d\nPublished: May 1, 2020\nx\n", 301, 7);
    read_only(text);
    expect_text(doc->title, NULL);
}

/* ---- body */

static void each_line_is_a_paragraph(void **state) {
    (void)state;
    char text[16384];
    size_t n = 0;
    for (const char *p = the_page(); *p; p++)
        if (!(p[0] == '\n' && p[1] == '\n')) text[n++] = *p;
    text[n] = 0;
    read_only(text);
    expect_page(3);
}

static void hard_wrapped_text_is_joined_up_to_blank_lines(void **state) {
    (void)state;
    read_only("T\nPublished: May 1, 2020\n\n"
              "The council of the town has met again in the old hall and talked about the\nroof, the shelves and the hours until late at night, when the last of its nine\n"
              "members went home through the rain.\n\n"
              "Nobody had expected that the money would be enough for a second lamp at the\ndoor, and yet the treasurer found it under the heading of harbour lights, which\n"
              "had been paid for twice in the same year without anyone who noticed it until\nTuesday.\n");
    assert_int_equal(remark("hard_wrapped")->line, 4);
    assert_non_null(strstr((const char *)doc->body.ptr, "about the roof, the"));
    size_t breaks = 0;
    for (size_t i = 0; i + 1 < doc->body.len; i++) breaks += doc->body.ptr[i] == '\n';
    assert_int_equal(breaks, 2);
}

static void rules_inside_the_last_text_are_text(void **state) {
    (void)state;
    read_only("T\nPublished: May 1, 2020\na\n-----\nb\n-----\n");
    expect_text(doc->body, "a\n\n-----\n\nb\n\n-----");
}

static void a_line_of_more_than_a_mebibyte_is_kept_and_reported(void **state) {
    (void)state;
    size_t n = (1u << 20) + 1, head = 25;
    char *text = malloc(head + n + 1);
    assert_non_null(text);
    memcpy(text, "T\nPublished: May 1, 2020\n", head);
    memset(text + head, 'x', n);
    open_input(text, head + n - 1);
    assert_true(next());
    assert_false(has("line_too_long"));
    open_input(text, head + n);
    assert_true(next());
    assert_int_equal(doc->body.len, n);
    assert_int_equal(remark("line_too_long")->line, 3);
    assert_int_equal(remark("line_too_long")->excerpt.len, 120);
    close_input();
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_gives_title_date_body_tags_and_related_entries),
        cmocka_unit_test(fields_the_layout_does_not_have_stay_empty_and_the_source_is_the_callers),
        cmocka_unit_test(every_line_has_its_role),
        cmocka_unit_test(a_later_entry_dates_the_page),
        cmocka_unit_test(line_ends_and_byte_order_marks_do_not_matter),
        cmocka_unit_test(offsets_are_those_of_the_input_and_not_of_the_cleaned_text),
        cmocka_unit_test(utf16_is_decoded_and_offsets_are_those_of_the_text),
        cmocka_unit_test(windows_1252_is_decoded_and_named),
        cmocka_unit_test(mojibake_is_repaired_or_suspected_and_replacement_characters_are_reported),
        cmocka_unit_test(an_input_cut_inside_a_character_keeps_what_is_whole),
        cmocka_unit_test(blanks_of_any_kind_and_characters_without_width_do_not_hide_a_marker),
        cmocka_unit_test(text_keeps_zero_width_characters_and_has_single_blanks),
        cmocka_unit_test(an_empty_input_is_one_skipped_record),
        cmocka_unit_test(tags_stand_in_lines_behind_commas_or_behind_hashes),
        cmocka_unit_test(tags_may_follow_their_label_in_its_line),
        cmocka_unit_test(a_long_line_of_short_tags_is_still_tags),
        cmocka_unit_test(a_repeated_tag_counts_once_in_its_first_spelling),
        cmocka_unit_test(a_tag_keeps_its_full_stop_unless_it_ends_a_list),
        cmocka_unit_test(a_header_without_tags_differs_from_no_header),
        cmocka_unit_test(a_tag_of_many_words_is_suspect),
        cmocka_unit_test(the_word_tags_in_the_text_stays_text),
        cmocka_unit_test(a_page_may_end_before_its_related_block_or_inside_it),
        cmocka_unit_test(a_header_alone_counts_at_the_end_even_without_tags_and_above_a_rule),
        cmocka_unit_test(other_headings_of_the_block_are_known),
        cmocka_unit_test(an_entry_may_lack_its_category),
        cmocka_unit_test(a_category_may_hold_slashes_and_is_split_off_at_the_last_one_with_blanks),
        cmocka_unit_test(a_date_without_its_day_ends_no_entry),
        cmocka_unit_test(an_entry_may_lack_its_teaser_or_its_title),
        cmocka_unit_test(a_teaser_in_two_lines_is_joined),
        cmocka_unit_test(every_spelling_of_the_ellipsis_marks_a_cut_teaser),
        cmocka_unit_test(a_last_entry_may_have_lost_its_date),
        cmocka_unit_test(a_date_that_cannot_be_ends_its_entry_and_is_reported),
        cmocka_unit_test(what_follows_the_block_is_trailer),
        cmocka_unit_test(the_block_is_the_best_of_several_headers),
        cmocka_unit_test(a_dated_place_in_the_text_stays_text),
        cmocka_unit_test(bylines_above_and_below_the_date_become_authors),
        cmocka_unit_test(a_first_sentence_with_by_is_no_byline),
        cmocka_unit_test(an_update_has_its_own_line_or_shares_the_date_line),
        cmocka_unit_test(date_lines_are_read_in_many_forms),
        cmocka_unit_test(day_and_month_that_could_be_exchanged_follow_the_option_and_are_reported),
        cmocka_unit_test(zones_that_are_unknown_or_have_several_meanings_are_reported),
        cmocka_unit_test(a_date_that_cannot_be_read_leaves_the_article_undated_with_its_text),
        cmocka_unit_test(a_labelled_month_dates_the_head_of_a_page_but_nothing_else),
        cmocka_unit_test(a_page_without_a_date_line_takes_its_first_line_as_title),
        cmocka_unit_test(a_page_without_a_title_is_kept_and_reported),
        cmocka_unit_test(a_second_date_line_in_the_head_is_reported_and_the_first_counts),
        cmocka_unit_test(a_published_sentence_in_the_text_stays_text),
        cmocka_unit_test(what_stands_above_the_title_is_preamble),
        cmocka_unit_test(a_long_title_is_reported_and_a_very_long_line_is_none),
        cmocka_unit_test(each_line_is_a_paragraph),
        cmocka_unit_test(hard_wrapped_text_is_joined_up_to_blank_lines),
        cmocka_unit_test(rules_inside_the_last_text_are_text),
        cmocka_unit_test(a_line_of_more_than_a_mebibyte_is_kept_and_reported),
    };
    return cmocka_run_group_tests(tests, NULL, close_last);
}
