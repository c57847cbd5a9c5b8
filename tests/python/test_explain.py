"""explain(): how a query was read, what each part finds, and which part is to blame for nothing."""

import pickle
import re

from hypothesis import given
from hypothesis import strategies as st

from pynews import q
from pynews._explain import Part, mixes, read, spelled


def test_every_part_shows_how_many_articles_it_finds(demo):
    lines = demo.search('block* AND (korea OR "land registrar") AND NOT tag:none').explain().split("\n")
    assert lines[0] == f"{len(demo.search('block* AND korea AND NOT tag:none')):,} of 3,000 articles"
    assert lines[1] == 'parsed as block* AND (korea OR "land registrar") AND NOT tag:none'
    rows = [re.fullmatch(r" *([\d,]+)  [ ├└│]*(.+?)(?:   .*)?", line) for line in lines[2:]]
    counts = {row[2]: int(row[1].replace(",", "")) for row in rows}
    assert counts['"land registrar"'] == 0 and counts["korea"] == counts["OR"] == len(demo.search("korea"))
    assert counts["block*"] == len(demo.search("block*")) and counts["NOT"] == len(demo.search("NOT tag:none"))
    assert counts["tag:none"] == len(demo.search("tag:none"))


def test_patterns_show_how_many_words_they_stand_for(demo, make):
    ar = make([{"id": str(i), "title": t} for i, t in enumerate(["rail rails", "railway", "trial", "rial"])])
    assert "rail*   (3 words)" in ar.search("rail*").explain() and "rail~1   (3 words)" in ar.search("rail~1").explain()
    assert "/.rial/   (1 word)" in ar.search("/.rial/").explain() and "rail   (" not in ar.search("rail").explain()
    assert "   (0 words)   ← nothing" in ar.search("zz*").explain()


def test_a_query_that_finds_nothing_says_which_part_is_to_blame(demo):
    assert demo.search("korea AND nobodysword AND absent").explain().endswith("nothing is found because of nobodysword, absent")
    assert demo.search("korea AND NOT korea").explain().endswith("every part finds something, but no article has all of them")
    assert demo.search("korea PRE/1 korea").explain().endswith("nothing is found because of korea PRE/1 korea")
    assert demo.search("korea OR nobodysword").explain().endswith("← nothing")


def test_signs_of_other_systems_are_said_to_be_text(demo):
    for query, said in (
        ("korea -blockchain", "-blockchain is read as blockchain; to leave out what has it, write NOT blockchain"),
        ("korea or blockchain", "or is a word here, and looked for; the operator is OR"),
        ("korea Not blockchain", "Not is a word here, and looked for; the operator is NOT"),
        ("title=korea", "title=korea is read as words; a field has a colon: title:…"),
        ("korea AND (date>2020 OR cbdc)", "date>2020 is read as words; a field has a colon: date:…"),
    ):
        found = demo.search(query)
        assert said in repr(found).split("\n") and said in found.explain().split("\n") and said.split(" is ")[0] in found._repr_mimebundle_()["text/html"].replace("&gt;", ">")
    for query in ("korea NOT blockchain", "korea - blockchain", "covid-19", "title:korea", "a=b", '"korea -blockchain or not"'):
        assert " is read as " not in repr(demo.search(query)) and " is a word " not in demo.search(query).explain()


def test_trends_remark_on_what_their_series_may_mean(demo):
    t = demo.trend(["korea -blockchain", "korea or cbdc", "korea"], "year")
    said = ["-blockchain is read as blockchain; to leave out what has it, write NOT blockchain", "or is a word here, and looked for; the operator is OR"]
    assert repr(t).split("\n")[1:3] == said and all(line in t._repr_mimebundle_()["text/html"] for line in said)
    assert repr(demo.trend("korea", "year")).split("\n")[1].startswith("series ") and repr(demo.trend(by="tag")).split("\n")[1].startswith("series ")


def test_explanations_and_citations_show_themselves_as_they_read(demo):
    for text in (demo.search("korea blockchain").explain(), q("korea").explain(), demo.explain(), demo.cite(), demo.trend("korea").cite(), demo.search("korea").cite()):
        assert isinstance(text, str) and repr(text) == str(text) == pickle.loads(pickle.dumps(text)) and "\\n" not in repr(text)


def test_counts_are_of_the_base_and_of_nothing_else(demo):
    year = demo["2020"]
    assert f"\n{len(year.search('korea'))}  ├ korea" in year.search("korea AND blockchain").explain()
    assert year.explain() == "925 of 925 articles" and demo.explain() == "3,000 of 3,000 articles"


def test_an_expression_explains_itself_without_an_archive(demo):
    assert q("a b OR NOT c").explain() == "parsed as (a AND b) OR NOT c\nOR\n├ AND\n│ ├ a\n│ └ b\n└ NOT\n  └ c"
    assert q.word("korea").explain(demo) == demo.search("korea").explain()


def test_a_long_list_is_cut_where_it_says_so(demo):
    text = demo.search(" OR ".join(f"word{i}" for i in range(1000))).explain()
    assert "└ … and 940 more" in text and text.count("\n") < 70


leaf = st.sampled_from(["a", '"b c"', "tag:x", "d*", "title:(e NEAR/5 f)"])
queries = st.recursive(leaf, lambda x: st.one_of(st.tuples(x, x).map(" AND ".join), st.tuples(x, x).map(" OR ".join), x.map("NOT {}".format), x.map("({})".format)), max_leaves=8)


@given(queries)
def test_the_query_with_all_its_parentheses_reads_back_as_itself(query):
    again = q(spelled(read(query)))

    def shape(part: Part):
        return part.text, [shape(p) for p in part.parts]

    assert shape(read(str(again))) == shape(read(query))


def test_only_an_and_inside_an_or_can_be_read_in_two_ways():
    assert mixes(read("a AND b OR c")) and mixes(read("x AND NOT (a b OR c)")) and not mixes(read("a AND (b OR c)")) and not mixes(read("a OR b OR c"))


def test_cards_show_how_and_beside_or_was_read(demo):
    text = repr(demo.search("korea AND blockchain OR estonia AND land"))
    assert text.split("\n")[1] == "parsed as (korea AND blockchain) OR (estonia AND land)"
    assert "parsed as (korea AND blockchain)" in demo.search("korea AND blockchain OR estonia")._repr_mimebundle_()["text/html"]
    assert "parsed as" not in repr(demo.search("korea AND (blockchain OR estonia)"))


def test_cards_say_when_a_date_narrows_the_count_but_not_the_total(demo):
    line = "date is part of the search: the total is of the whole archive, 2019-01-01 … 2022-04-14 · .filter(…) narrows both"
    found = demo.search("korea AND date:2020")
    assert line in repr(found).split("\n") and "date is part of the search" in found._repr_mimebundle_()["text/html"]
    assert "date is part" not in repr(demo["2020"].search("korea")) and "date is part" not in repr(demo.filter("date:2020").search("korea"))


def test_the_shell_prints_the_same_caret(demo, capsys):
    from pynews._cli import main

    for command in (["search", demo.path, 'korea AND "land'], ["trend", demo.path, 'korea AND "land']):
        assert main(command) != 0
        assert capsys.readouterr().err == 'pynews: this quotation mark is never closed\n  korea AND "land\n            ^\n'


def test_the_shell_explains_a_query(demo, capsys):
    from pynews._cli import main

    assert main(["search", demo.path, "korea AND nobodysword", "--explain"]) == 0
    assert capsys.readouterr().out == demo.search("korea AND nobodysword").explain() + "\n"
