"""Every number says where it comes from: sums name all they were summed from, and what was made of a trend says how."""
import pytest

import pynews

PAGES = [{"id": f"x{i}", "title": "Rain", "date": f"2019-0{1 + i}-05", "text": "Rain in Korea." if i % 2 else "Fog."} for i in range(6)]


@pytest.fixture
def other(make):
    return make(PAGES, name="other.pna")


def test_a_sum_names_every_archive_snapshot_and_query(demo, other):
    cited = (demo.trend({"K": "korea"}, "year") + other.trend({"K": "korea OR fog"}, "year")).cite()
    first, *archives = cited.split("\n")
    assert "K 337 of 3,006" in first and "sum of [1] all articles: 3,000 of 3,000 articles, with K = korea + [2] all articles: 6 of 6 articles, with K = korea OR fog." in first
    for n, ar, line in zip((1, 2), (demo, other), archives, strict=True):
        info = ar._snapshot.info()
        assert line.startswith(f"[{n}] pynews ") and info["fingerprint"] in line and info["archive"] in line and f"snapshot v{info['generation']}" in line


def test_a_sum_of_parts_of_one_snapshot_names_it_once(demo):
    cited = (demo["2019"].trend("korea", "year") + demo["2020"].search("electric").trend("korea", "year")).cite()
    first, *archives = cited.split("\n")
    assert len(archives) == 1 and archives[0].startswith("pynews ")
    assert "; sum of date:2019: 913 of 913 articles + date:2020 AND electric: 121 of 925 articles." in first


def test_sums_of_sums_keep_all_their_parts(demo, other):
    a, b, c = (demo[year].trend("korea", "month") for year in ("2019", "2020", "2021"))
    cited = ((a + b).resample("year") + c.resample("year")).smooth(3).cite()
    assert cited.count("resample('year')") == 3 and "; smooth(3, center=True, how='mean')" in cited and "articles (resample('year')) + " in cited
    assert len(((a + b) + other.trend("korea", "month")).cite().split("\n")) == 3


def test_a_sum_is_cited_in_its_tables_and_parts(demo, other):
    t = demo.trend({"K": "korea", "E": "electric"}, "year") + other.trend({"K": "korea", "E": "electric"}, "year")
    for table in (t.wide(), t.unplaced, t.entropy(), t[1:3], t.smooth(3), t.changepoints()):
        assert len(table.cite().split("\n")) == 3, table.cite()


MADE = {
    "resample('year')": lambda t: t.resample("year"),
    "smooth(5, center=False, how='ewm')": lambda t: t.smooth(5, center=False, how="ewm"),
    "cumulative()": lambda t: t.cumulative(),
    "change(12, relative=True)": lambda t: t.change(12, relative=True),
    "rebase(100, at='2020-08')": lambda t: t.rebase(at="2020-08"),
    "deseason('month-of-year')": lambda t: t.deseason(),
    "difference('K', 'E')": lambda t: t.difference("K", "E"),
    "ratio('K', 'E')": lambda t: t.ratio("K", "E"),
    "wide('count')": lambda t: t.wide("count"),
    "bursts(s=2, gamma=1, levels=1)": lambda t: t.bursts(),
    "changepoints(penalty='bic')": lambda t: t.changepoints(),
    "anomalies(alpha=0.05)": lambda t: t.anomalies(0.05),
    "entropy()": lambda t: t.entropy(),
    "lead_lag('K', 'E', max_lag=7, detrend='diff', seed=0)": lambda t: t.lead_lag("K", "E"),
}


@pytest.mark.parametrize("step", MADE)
def test_what_is_made_of_a_trend_says_how(demo, step):
    made = MADE[step](demo.trend({"K": "korea", "E": "electric"}, "month"))
    first, second = made.cite().split("\n")
    assert step in first and "with K = korea, E = electric" in first and demo._snapshot.info()["fingerprint"] in second


def test_a_table_of_a_trend_says_of_which(demo):
    first = demo.trend({"K": "korea", "E": "electric"}, "month").resample("year").wide("count").cite().split("\n")[0]
    assert "4 rows: date, K, E" in first and "wide('count') of: Trend by year, share of all articles, 95% bands: K 331 of 3,000, E 417 of 3,000; resample('year'); of all" in first


def test_series_by_names_say_of_which_field(demo):
    assert "articles, series by tag." in demo.trend(by="tag", top=2, freq="year").cite()


def test_the_articles_of_a_point_say_which_they_are(demo):
    assert demo.trend("korea").at("2020-08").cite().startswith("Articles of date:2020-08 AND korea: 27 of 80 articles.")
    assert demo.trend("korea", "year").cumulative().at("2020").cite().startswith("Articles of korea · up to year 2020: 208 of 1,838 articles.")
    assert demo.trend("korea", "weekday").at("Friday").cite().startswith("Articles of korea · weekday Friday: 46 of 530 articles.")


def test_a_table_is_cited_by_the_call_that_made_it(demo):
    found = demo.search("korea")
    cited = {
        "Counts by section, 3 rows: ": demo.counts("section"),
        "Counts by section and tag, top 1, 1 row: ": demo.counts(["section", "tag"], top=1),
        "Concordance, sorted by R1, of korea, 344 rows: ": found.kwic("korea", sort="R1"),
        "Words that begin with 'blo', 2 rows: ": demo.words.prefix("blo"),
        "Health, ": found.health(),
        "List of articles, 331 rows: ": found.table(),
        "Related links: edges, ": found.related.edges,
        "Nodes by pagerank, damping 0.85, ": found.related.pagerank(),
        "Mixing of links by section, ": found.related.mixing(),
        "Threads of related links, ": found.related.threads(),
    }
    for begin, table in cited.items():
        assert table.cite().startswith(begin), table.cite()
        assert "korea: 331 of 3,000" in table.cite() or "all articles: 3,000 of 3,000" in table.cite()


def said(found):
    return found.cite().split("\n")[0].removeprefix("Articles of ")


def test_what_no_query_can_say_is_said_in_words_and_stays_with_what_is_made_of_it(demo):
    korea, best = demo.search("korea"), demo.search("korea").top(10)
    assert said(best) == "korea · the best 10 by BM25: 10 of 3,000 articles."
    assert said(demo.top(3, by="newest")) == "the 3 newest: 3 of 3,000 articles." and "the 5 most linked: 5 of" in said(demo.top(5, by="linked"))
    assert said(demo.sample(40, seed=2)) == "a sample of 40, seed 2: 40 of 3,000 articles."
    assert said(demo.sample(40, stratify="month")) == "a sample of 40, seed 0, by month: 40 of 3,000 articles."
    assert said(best.search("rail")).startswith("korea AND rail · the best 10 by BM25:")
    assert said(best.sample(3)) == "korea · the best 10 by BM25 · a sample of 3, seed 0: 3 of 3,000 articles."
    assert said(korea - best) == "korea · without (korea · the best 10 by BM25): 321 of 3,000 articles."
    assert said(korea - demo) == "korea · without all articles: 0 of 3,000 articles."
    assert said(korea - demo.search("cbdc")).startswith("korea AND NOT cbdc:")
    assert said(best & demo.search("rail")).startswith("korea AND rail · the best 10 by BM25:")
    assert said(best | demo.search("rail")).startswith("korea OR rail · (korea · the best 10 by BM25) or (rail):")
    assert "; of a sample of 40, seed 0: 40 of 3,000 articles." in demo.sample(40).trend("korea", "year").cite()
    graph = korea.related
    assert said(graph.threads().articles(0)).startswith("thread 1 of related links of (korea): ") and said(graph.threads().articles(-1)).startswith(f"thread {len(graph.threads())} of")
    assert said(graph.articles).startswith("related links of (korea) and what they mean: ") and "of all articles" in said(demo.related.articles)


def test_another_base_does_not_forget_what_selected_the_articles(demo):
    tagged = demo.filter(tag="Blockchain")
    assert said(tagged.rebase(demo)) == "tag:Blockchain: 133 of 3,000 articles." and tagged.rebase(demo).query == "tag:Blockchain"
    assert said(tagged.search("korea").rebase(demo)).startswith("tag:Blockchain AND korea:")
    assert "; of tag:Blockchain: 133 of 3,000 articles." in tagged.trend("korea", "year", share_of="archive").cite()
    assert "; of tag:Blockchain AND NOT tag:none: 133 of 133 articles." in tagged.trend("korea", "year", share_of="tagged").cite()


def test_labels_are_named_wherever_they_narrowed(demo):
    ar = pynews.open(demo.path)
    ar.attach("desk", {a.id: "ea\nst" if "Korea" in a.body else "other" for a in ar["2020-08"]})
    east, rail = ar.filter(desk="ea\nst"), ar.search("rail")
    assert said(east & rail).startswith("rail · desk ea st: ") and said(east | rail).startswith("(desk ea st) or (rail): ")
    assert said(east.top(3, by="newest")) == "desk ea st · the 3 newest: 3 of 27 articles." and said(east | ar).startswith("all articles: 3,000 of")
    assert said(east.trend("korea").at("2020-08")).startswith("date:2020-08 AND korea · desk ea st: 27 of 27")
    assert ar.counts("desk").articles(1).filter(tag="Blockchain")._fixed_base()._within == ""
    assert east.trend("korea", share_of="tagged")._of == "articles of desk ea\nst with NOT tag:none"


def test_running_sums_are_cited_with_where_they_arrive(demo):
    assert "cumulative share of all articles, 95% bands: korea 331 of 3,000; cumulative(); of" in demo.trend("korea", "year").cumulative().cite()
