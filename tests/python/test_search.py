"""Search: what stands in a text is found by the words and phrases it stands there with, in any writing; everything else is said where it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews

TEXTS = {
    "en": "Daegu’s Covid-19 plan costs $48.2 billion. The U.S. economy isn't growing, said O'Brien; C++ and C# developers disagree.",
    "fr": "L’économie d'aujourd'hui n’est pas celle qu’on croyait, où l’été fut très chaud à Orléans.",
    "de": "Die Größe der Straße überraschte Frau Müller-Lüdenscheidt; Österreichs Höhenzüge blieben unberührt.",
    "tr": "İstanbul'da ılık rüzgâr, ığdır çayı ve şeker: DİYARBAKIR ışıl ışıl güneşli.",
    "el": "Η κυβέρνηση της Ελλάδας ανακοίνωσε νέα μέτρα για την οικονομία το 2020.",
    "ru": "Правительство России объявило о новых мерах поддержки экономики, ёлки и ежи довольны.",
    "ar": "أعلنت الحكومة المصرية عن إجراءات جديدة لدعم الاقتصاد في عام ٢٠٢٠ بَعْدَ اجتماعٍ طويل.",
    "hi": "भारत सरकार ने अर्थव्यवस्था के लिए नई योजना की घोषणा की और किसानों ने स्वागत किया।",
    "ko": "대구시는 블록체인 기술을 활용한 새로운 계획을 발표했다. 한국은행은 금리를 동결했다.",
}
UNSPACED = {
    "zh": "韩国大邱市政府今天宣布了一项新的区块链计划，投资额达到四十八亿韩元。",
    "ja": "日本銀行はデジタル通貨の実証実験を始めると発表した。ガギグゲゴとパピプペポ。",
    "th": "รัฐบาลไทยประกาศมาตรการใหม่เพื่อสนับสนุนเศรษฐกิจดิจิทัล",
}
ALL = {**TEXTS, **UNSPACED}


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    records = [{"id": name, "title": f"Title {name}", "body": text, "date": "2020-08-20"} for name, text in ALL.items()]
    with pynews.build(tmp_path_factory.mktemp("texts") / "t.pna", records, progress=False) as ar:
        yield ar


def ids(articles):
    return [a.id for a in articles]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', " ") + '"'


# --- what is found


def test_every_word_of_every_text_finds_its_text(texts):
    for name, text in ALL.items():
        for word in text.split() if name in TEXTS else list(text.rstrip("。")):
            if pynews.words(word):
                assert name in ids(texts.search(word)), (name, word)


@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_any_slice_at_word_boundaries_is_found_as_a_phrase(texts, name, data):
    tokens = TEXTS[name].split(" ")
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first + 1, len(tokens)))
    piece = " ".join(tokens[first:last])
    assert name in ids(texts.search(quoted(piece))), piece


@given(st.sampled_from(sorted(UNSPACED)), st.data())
def test_any_substring_of_an_unspaced_text_is_found(texts, name, data):
    text = UNSPACED[name]
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, min(len(text), first + 12)))
    piece = text[first:last]
    if name == "th" and (pynews.words(piece) == [] or not starts_a_cluster(text, first) or not starts_a_cluster(text, last)):
        return                   # half a sign (a vowel without its consonant) is not asked for
    if pynews.words(piece):
        assert name in ids(texts.search(piece)) and name in ids(texts.search(quoted(piece))), piece


def starts_a_cluster(text, at):
    """Whether a Thai sign begins here: not a mark above or below, nor the vowel that belongs to the sign before."""
    return at >= len(text) or not ("\u0e31" == text[at] or "\u0e33" <= text[at] <= "\u0e3a" or "\u0e47" <= text[at] <= "\u0e4e")


def test_a_phrase_in_another_order_or_with_something_between_is_not_found(texts):
    assert ids(texts.search('"covid 19 plan"')) == ["en"]
    for phrase in ('"plan covid 19"', '"covid plan"', '"19 covid"', '"costs billion"'):
        assert ids(texts.search(phrase)) == [], phrase
    assert ids(texts.search("区块链计划")) == ["zh"] and ids(texts.search("链块区")) == [] and ids(texts.search("韩国计划")) == []


def test_case_accents_and_kinds_of_quotation_marks_do_not_matter(texts):
    for query in ("DAEGU", "daegu's", "Daegu’s", '"Covid 19"', "covid-19", "“covid 19”", "„covid 19“", "«covid 19»", "COVID–19", "48.2", "c++", "u.s"):
        assert "en" in ids(texts.search(query)), query
    for query in ("strasse", "STRASSE", "größe", "uberraschte", "muller-ludenscheidt", "osterreichs"):
        assert "de" in ids(texts.search(query)), query
    for query in ("economie", "ÉCONOMIE", "l'économie", "aujourd'hui", "ete"):
        assert "fr" in ids(texts.search(query)), query
    assert "el" in ids(texts.search("ΚΥΒΕΡΝΗΣΗ")) and "ru" in ids(texts.search("РОССИИ"))


def test_words_are_joined_by_and_whether_it_is_written_or_not(demo):
    both = ids(demo.search("korea blockchain"))
    assert both == ids(demo.search("korea AND blockchain")) == ids(demo.search("blockchain AND korea")) == ids(demo.search("korea").search("blockchain"))
    one, other = set(ids(demo.search("korea"))), set(ids(demo.search("blockchain")))
    assert set(both) == one & other and len(both) == 68


def test_the_words_of_operators_in_small_letters_are_words(make):
    ar = make([{"id": "a", "title": "this and that or not"}, {"id": "b", "title": "this that"}])
    assert ids(ar.search("this and that")) == ["a"] and ids(ar.search("or not")) == ["a"]


def test_search_agrees_with_reading_every_article(demo):
    articles = [(a.id, pynews.words(f"{a.title}\n\n{a.body}")) for a in demo]
    for query in ("korea", "velorite", "council", "the", "harbour blockchain", "nobodysword"):
        wanted = pynews.words(query)
        assert ids(demo.search(query)) == [i for i, words in articles if set(wanted) <= set(words)], query


def test_a_search_keeps_the_base_and_the_order(demo):
    found = demo.search("korea")
    assert found.base is demo and found.search("blockchain").base is demo
    assert [a.date for a in found] == sorted(a.date for a in found)
    assert found.search("blockchain").query == "korea AND blockchain"
    assert all(a in found and a in demo for a in list(found)[:20])
    first = next(a for a in demo if a.id not in set(ids(found)))
    assert first not in found and first.id not in found
    with pytest.raises(KeyError):
        found.article(first.id)


def test_title_and_body_are_one_text_but_no_phrase_goes_across(make):
    ar = make([{"title": "Heavy rain", "body": "Falls tonight."}])
    assert len(ar.search("rain falls")) == 1 and len(ar.search('"rain falls"')) == 0 and len(ar.search('"heavy rain"')) == 1


def test_tags_sections_and_related_titles_are_not_words(make):
    ar = make([{"title": "T", "body": "B", "tags": ["zebra"], "section": "gnu", "related": [{"title": "okapi"}], "authors": ["Ann Yak"]}])
    assert [len(ar.search(w)) for w in ("zebra", "gnu", "okapi", "yak")] == [0, 0, 0, 0]


# --- what is wrong

WRONG = [
    ("", 0, "there is no word in this query", ""),
    ("   ", 0, None, None),
    ("?!", 0, None, None),
    ('korea "digital curr', 6, "this quotation mark is never closed", "        ^"),
    ('韩国 "x', 3, "this quotation mark is never closed", "       ^"),
    ("AND", 0, "AND and OR need something on both sides", "  ^"),
    ("korea AND", 6, "something to search for is missing behind this", "        ^"),
    ("korea AND AND rain", 10, "AND and OR need something on both sides", "            ^"),
    ("korea OR", 6, "something to search for is missing behind this", "        ^"),
    ("NOT", 0, "something to search for is missing behind this", "  ^"),
    ("(korea", 0, "this parenthesis is never closed", "  ^"),
    ("korea)", 5, "this parenthesis was never opened", "       ^"),
    ("* korea", 0, "a pattern needs a letter beside * and ?", "  ^"),
    ('korea ""', 6, "there is no word to search for here", "        ^"),
    ("korea tag:", 6, "a name is missing behind the colon", "        ^"),
    ("x" * 200 + " AND", None, None, None),
]


@pytest.mark.parametrize("query,position,message,caret", WRONG)
def test_an_error_says_where_and_what(demo, query, position, message, caret):
    with pytest.raises(pynews.QuerySyntaxError) as raised:
        demo.search(query)
    e = raised.value
    assert isinstance(e, ValueError) and isinstance(e, pynews.PynewsError) and e.query == query and 0 <= e.position <= len(query)
    if position is not None:
        assert e.position == position
    if message is not None:
        assert e.message == message
    if caret:
        assert str(e).split("\n")[1:3] == ["  " + query, caret]
    assert all(len(line) < 200 for line in str(e).split("\n"))


def test_trends_check_their_queries_too(demo):
    for queries in ('"open', ["korea", '"open'], {"Name": '"open'}):
        with pytest.raises(pynews.QuerySyntaxError):
            demo.trend(queries)


def test_a_limit_is_an_error_and_never_a_shortened_answer(demo):
    for query in ("word " * 1025, "x" * 65537, "a b " * 20000):
        with pytest.raises(pynews.QuerySyntaxError) as raised:
            demo.search(query)
        assert raised.value.limit
    assert len(demo.search("korea " * 1024)) == len(demo.search("korea"))


def test_what_is_no_text_is_a_type_error(demo):
    for wrong in (None, 7, b"korea", ["korea"]):
        with pytest.raises(TypeError):
            demo.search(wrong)


def test_half_a_character_is_an_error_of_the_query(demo):
    with pytest.raises(pynews.QuerySyntaxError) as raised:
        demo.search("korea \ud800")
    assert raised.value.position == 6 and str(raised.value)


SIGNS = st.one_of(st.text(), st.text(alphabet=' "“”()*:~^?-+&|!/\\\'’ANDORT韩국ไทเaé1.', max_size=40), st.lists(st.sampled_from(["AND", "OR", "NOT", '"', "korea", "(", ")", "韩国"])).map(" ".join))


@given(SIGNS)
def test_no_text_raises_anything_but_a_syntax_error(demo, query):
    try:
        found = demo.search(query)
    except pynews.QuerySyntaxError as e:
        assert 0 <= e.position <= len(query) and str(e) and e.query == query[: len(e.query)]
    else:
        assert 0 <= len(found) <= len(demo)
        assert len(demo.trend(query, "year")) == 4


@given(st.text(max_size=60))
def test_any_text_in_quotes_finds_an_article_made_of_it(tmp_path_factory, text):
    text = "".join(c for c in text if c not in '"\\' and not "\ud800" <= c <= "\udfff")
    if not pynews.words(text):
        return
    with pynews.build(tmp_path_factory.mktemp("any") / "a.pna", [{"id": "x", "title": "T", "body": text}], progress=False) as ar:
        if pynews.words(ar[0].body) == pynews.words(text):
            assert ids(ar.search(quoted(text))) == ["x"], text
