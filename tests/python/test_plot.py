"""Pictures: real dates, gaps that stay gaps, partial buckets that look it, foreign text that stays text; with matplotlib and without."""
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET

import pytest

import pynews
from pynews import _plot, _svg

HOSTILE = {"<script>alert(1)</script> & $x^2$": "korea", "_hidden": "cbdc", "韩国 \x1b[31m \u202e": "electric", '"\'><style>': "council"}
SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "desc", "path", "text", "circle"}


@pytest.fixture
def mpl():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Glyph")       # a machine may have no font for a script
        yield matplotlib


@pytest.fixture
def gaps(make):
    days = [d for d in range(1, 29) if d not in (5, 6, 7, 9, 12)]
    return make([{"title": "rain" if d % 2 else "sun", "date": f"2021-03-{d:02d}"} for d in days]).trend("rain", "day")


def tree(svg):
    root = ET.fromstring(str(svg))
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ALLOWED, element.tag
        for name, value in element.attrib.items():
            assert not name.startswith("on") and name not in ("style", "href", "class", "id") and "url(" not in value and "http" not in value
    return root


def words(root):
    return [t.text for t in root.iter(f"{SVG}text")]


def every_trend(demo, make):
    yield from (demo.trend("korea"), demo.trend(HOSTILE, "quarter"), demo.trend(), demo.trend("korea", "week"), demo.trend("velorite", "day"), demo.trend(["korea", "zzz"], "year"))
    yield demo.trend([f"{w}" for w in ("korea", "cbdc", "electric", "council", "harbour", "school", "data", "price", "court")], "quarter")
    yield from (demo.trend("zzz"), demo.trend([]), make([]).trend("x"), make([]).trend(), make([{"title": "x", "date": "2021-03-05"}]).trend("x"), make([{"title": "x"}]).trend("x"))
    yield from (make([{"title": "a", "date": "1600-01-01"}, {"title": "b", "date": "2200-12-31"}]).trend("a", f) for f in ("month", "year"))


# --- without a library


def test_every_trend_becomes_well_formed_svg_of_shapes_and_text_alone(demo, make):
    for t in every_trend(demo, make):
        for value in (None, "share", "count"):
            root = tree(t.plot(backend="svg", value=value))
            assert root.find(f"{SVG}title").text and root.get("role") == "img"
            numbers = [float(n) for c in root.iter(f"{SVG}circle") for n in (c.get("cx"), c.get("cy"))]
            assert all(0 <= n <= 2000 for n in numbers)


def test_an_svg_shows_itself_in_a_notebook_and_saves_itself(demo, tmp_path):
    svg = demo.trend("korea").plot(backend="svg")
    assert svg._repr_svg_() == str(svg) and str(svg).startswith("<svg ") and "korea" in repr(svg) and len(repr(svg)) < 120
    svg.save(tmp_path / "t.svg")
    assert (tmp_path / "t.svg").read_text(encoding="utf-8") == str(svg)
    assert len(str(svg)) < 12_000


def test_axes_have_dates_and_percents_and_the_title_says_what_the_share_is_of(demo):
    root = tree(demo.trend("korea").plot(backend="svg"))
    texts = words(root)
    assert root.find(f"{SVG}title").text == "korea: share of all articles by month"
    assert {"0%", "20%", "40%", "2019", "2020", "2021", "2022", "Jul"} <= set(texts)
    assert any("331 of 3,000 articles (11.0%)" in t and "95% interval" in t for t in texts)
    assert any("2022-04 not wholly covered" in t for t in texts)
    counts = words(tree(demo.trend("korea").plot(backend="svg", value="count")))
    assert "30" in counts and not any(t.endswith("%") for t in counts)


def test_partial_buckets_are_dashed_and_only_they(demo, make):
    def dashed(t):
        return [p for p in tree(t.plot(backend="svg")).iter(f"{SVG}path") if p.get("stroke-dasharray") and p.get("stroke") != _svg.GREY]

    assert len(dashed(demo.trend("korea"))) == 1
    whole = make([{"title": "rain", "date": d} for d in ("2020-01-01", "2020-02-15", "2020-03-31")]).trend("rain")
    assert not any(whole["partial"]) and dashed(whole) == []


def test_lines_break_where_nothing_was_published(gaps):
    picture = _plot._picture(gaps, "share", None)
    [line] = picture.lines
    joined = [places for places, dashed in _plot.runs(line, picture.partial)]
    assert joined == [[0, 1, 2, 3], [9, 10], list(range(12, 28))] and _plot.dots(line, picture.partial) == [7]
    assert list(_plot.bands(line)) == [[0, 1, 2, 3], [7], [9, 10], list(range(12, 28))]
    assert any("gaps: 5 days without news" in t for t in words(tree(gaps.plot(backend="svg"))))


def test_foreign_text_stays_text(demo):
    root = tree(demo.trend(HOSTILE, "quarter").plot(backend="svg", title="<b>&\x00"))
    texts = words(root)
    assert "<script>alert(1)</script> $x$…"[:10] in " ".join(texts) and "\x1b" not in str(root.itertext()) and "<b>&\\x00" in texts
    assert "<script" not in str(demo.trend(HOSTILE, "quarter").plot(backend="svg"))


def test_labels_are_kept_apart_and_in_order():
    assert _plot.spread([0.0, 0.0, 0.0], 1) == [-1.0, 0.0, 1.0] and _plot.spread([5, 1], 2) == [5, 1] and _plot.spread([], 1) == []
    placed = _plot.spread([3, 1, 1.5, 2, 9], 1)
    assert sorted(range(5), key=placed.__getitem__) == [1, 2, 3, 0, 4]
    ordered = sorted(placed)
    assert all(b - a >= 1 - 1e-9 for a, b in zip(ordered, ordered[1:], strict=False))


@pytest.mark.parametrize("top,whole,expected", [(0.45, False, [0, 0.1, 0.2, 0.3, 0.4]), (112, True, [0, 25, 50, 75, 100]), (1, True, [0, 1]), (0.003, False, [0, 0.001, 0.002, 0.003]), (1.0, False, [0, 0.2, 0.4, 0.6, 0.8, 1])])
def test_upright_axes_have_round_values(top, whole, expected):
    assert _svg.nice(top, whole) == pytest.approx(expected)


def test_dates_below_the_axis_are_few_round_and_name_their_year(demo, make):
    for first, last, freq in (("2020-01-05", "2020-01-25", "day"), ("2020-11-05", "2021-01-08", "day"), ("2019-03-01", "2019-12-31", "month"), ("1950-05-05", "2021-01-01", "year"),
                              ("2001-01-01", "2009-01-01", "week"), ("1600-01-01", "2200-01-01", "month")):  # fmt: skip
        t = make([{"title": "a", "date": first}, {"title": "b", "date": last}]).trend("a", freq)
        ticks = _svg.ticks(_plot._picture(t, None, None))
        assert 2 <= len(ticks) <= 11 and [d for d, _ in ticks] == sorted({d for d, _ in ticks})
        assert str(ticks[0][0].year) in ticks[0][1] and ticks[0][0] >= t["date"][0] and len({name for _, name in ticks}) > 1


def test_what_cannot_be_drawn_is_said(demo):
    t = demo.trend("korea")
    with pytest.raises(ValueError, match="backend"):
        t.plot(backend="excel")
    with pytest.raises(ValueError, match="value"):
        t.plot(value="shares")
    with pytest.raises(TypeError, match="colour"):
        t.plot(backend="svg", colour="red")
    with pytest.raises(TypeError, match="ax"):
        t.plot(backend="svg", ax=None)


def test_without_matplotlib_svg_is_drawn_and_asking_for_it_says_how_to_get_it(demo, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert isinstance(demo.trend("korea").plot(), _svg.Svg)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        demo.trend("korea").plot(backend="matplotlib")


# --- matplotlib


def test_every_trend_is_drawn_by_matplotlib_without_a_warning(mpl, demo, make, tmp_path):
    for i, t in enumerate(every_trend(demo, make)):
        ax = t.plot(backend="matplotlib", value=(None, "share", "count")[i % 3])
        ax.figure.savefig(tmp_path / f"{i}.png", dpi=40)
        assert (tmp_path / f"{i}.png").stat().st_size > 1500


def test_matplotlib_gets_real_dates_real_shares_and_says_what_they_are(mpl, demo):
    from matplotlib.dates import num2date

    t = demo.trend("korea")
    ax = t.plot()
    solid, dashed = ax.lines[0], ax.lines[1]
    assert [num2date(x).date() for x in mpl.dates.date2num(solid.get_xdata())] == t["date"].to_list()[:-1]
    assert list(solid.get_ydata()) == t["share"].to_list()[:-1]
    assert dashed.get_linestyle() != "-" and list(dashed.get_ydata()) == t["share"].to_list()[-2:]
    assert ax.get_title(loc="left") == "korea: share of all articles by month" and ax.get_ylim()[0] == 0
    ax.figure.canvas.draw()
    assert any(label.get_text() == "15%" for label in ax.get_yticklabels()) and any(label.get_text() == "2021" for label in ax.get_xticklabels())
    assert "2022-04 not wholly covered" in " ".join(text.get_text() for text in ax.texts)


def test_the_counts_can_be_drawn_and_are_the_default_for_all_articles(mpl, demo):
    assert list(demo.trend("korea").plot(value="count").lines[0].get_ydata()) == demo.trend("korea")["count"].to_list()[:-1]
    ax = demo.trend().plot()
    assert list(ax.lines[0].get_ydata()) == demo.trend()["count"].to_list()[:-1] and ax.get_title(loc="left") == "All articles by month"


def test_it_draws_into_the_axes_it_is_given_and_leaves_the_others_alone(mpl, demo):
    from matplotlib.figure import Figure

    one, other = Figure().subplots(1, 2)
    before = dict(mpl.rcParams)
    assert demo.trend(["korea", "cbdc"]).plot(ax=one, title="Mine") is one
    assert one.get_title(loc="left") == "Mine" and one.get_legend() is not None
    assert not other.lines and not other.collections and dict(mpl.rcParams) == before


def test_series_are_named_and_dollar_signs_are_not_mathematics(mpl, demo, tmp_path):
    ax = demo.trend(HOSTILE, "quarter").plot()
    names = [text.get_text() for text in ax.texts]
    assert any("$x^2$" in n or n.startswith("<script>") for n in names) and "_hidden" in names
    many = demo.trend([*"abcdefghij"], "year").plot()
    assert [text.get_text() for text in many.get_legend().get_texts()] == [*"abcdefghij"]
    for drawn in (ax, many):
        drawn.figure.savefig(tmp_path / "x.png", dpi=40)


CHILD = """
import sys, pynews
t = pynews.demo().trend("korea")
ax = t.plot()
ax.figure.savefig(sys.argv[1])
assert "matplotlib.pyplot" not in sys.modules, "a script that does not use pyplot does not get it"
import matplotlib; matplotlib.use("agg")
from matplotlib import pyplot
ax = t.plot(figsize=(5, 2))
assert pyplot.gcf() is ax.figure and tuple(ax.figure.get_size_inches()) == (5, 2), "who uses pyplot finds the figure there"
"""


def test_pyplot_is_used_where_it_is_in_use_and_not_loaded_where_it_is_not(mpl, demo, plain_cli, tmp_path):
    done = subprocess.run([sys.executable, "-c", CHILD, str(tmp_path / "x.png")], env={**plain_cli, "MPLBACKEND": "agg"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert pynews.__name__ == "pynews"


# --- what was made of trends, buckets that come again, areas, events


def _pictures(t, **kw):
    """Both drawings; the SVG's text and the matplotlib axes."""
    pytest.importorskip("matplotlib")
    return str(t.plot(backend="svg", **kw)), t.plot(backend="matplotlib", **kw)


def test_every_kind_of_trend_is_drawn_by_both(demo):
    t = demo.trend({"K": "korea", "C": "cbdc"})
    trends = [demo.trend("korea", f) for f in ("week", "weekday", "month-of-year", "hour-of-day", "hour")]
    trends += [t.smooth(3), t.change(12), t.change(1, relative=True), t.rebase(), t.cumulative(), demo.trend("korea", of="words"), demo.trend("zzz").change()]
    for made in trends:
        svg, ax = _pictures(made)
        marks = [e for e in ET.fromstring(svg).iter() if e.tag.endswith(("path", "polyline", "rect", "polygon"))]
        ax.figure.canvas.draw()
        assert len(made) == 0 or len(marks) >= len(made.series) and len(ax.lines) + len(ax.patches) + len(ax.collections) >= len(made.series), made


def test_buckets_that_come_again_are_bars_with_their_names_and_intervals(demo):
    t = demo.trend({"K": "korea", "C": "cbdc"}, "weekday")
    svg, ax = _pictures(t)
    assert len(ax.patches) == 14 and [label.get_text() for label in ax.get_xticklabels()] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert all(f">{name}</text>" in svg for name in ("Mon", "Sun", "K", "C")) and svg.count('fill-opacity=".75"') == 14
    heights = [patch.get_height() for patch in ax.patches]
    assert heights == pytest.approx(t["share"].to_list())
    for kw in ({"kind": "area"}, {"events": {"2020-01-01": "x"}}):
        with pytest.raises(ValueError, match="comes again"):
            t.plot(backend="svg", **kw)


def test_areas_stand_on_each_other_and_their_sum_fits(demo):
    t = demo.trend(by="tag", top=4, freq="quarter", share_of="tagged")
    picture = _plot._picture(t, None, None, "area")
    sums = [sum(t[i + k * t._n]["share"] for k in range(4)) for i in range(t._n)]
    assert picture.stacked()[-1][2] == pytest.approx(sums) and picture.top >= max(sums)
    svg, ax = _pictures(t, kind="area")
    assert len(ax.collections) == 4 and "stand on each other" in svg and "hatched: 2022-Q2" in svg
    with pytest.raises(ValueError, match="area"):
        t.plot(kind="pie")


def test_events_are_lines_with_names_that_do_not_touch(demo):
    t = demo.trend("korea")
    events = {"2020-07-01": "Summit", "2020-08-15": "Second summit", "2022-03": "<b>End</b>", "1999-01-01": "Long ago"}
    svg, ax = _pictures(t, events=events)
    assert ">Summit</text>" in svg and ">Second summit</text>" in svg and "&lt;b&gt;End" in svg and "Long ago" not in svg
    rows = {e.name: e.row for e in _plot._picture(t, None, None, "line", events).events}
    assert rows["Summit"] != rows["Second summit"]
    assert len([line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_xdata()[0] == line.get_xdata()[1]]) == 3
    bursts = demo.trend({"velorite": "velorite"}, "day").bursts()
    assert [e.name for e in _plot._picture(t, None, None, "line", bursts).events] == ["velorite"]
    many = _plot._picture(t, None, None, "line", [f"2020-01-{d:02d}" for d in range(1, 20)])
    assert len(many.events) == 19 and any("too many" in note for note in many.notes)
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"date": pandas.to_datetime(["2020-07-01"]), "label": ["Summit"]})
    assert [(e.day.isoformat()[:10], e.name) for e in _plot._picture(t, None, None, "line", frame).events] == [("2020-07-01", "Summit")]
    with pytest.raises(TypeError, match="date"):
        t.plot(backend="svg", events=[(3, "x")])


def test_falls_are_drawn_below_zero(demo):
    t = demo.trend("korea").change(12)
    picture = _plot._picture(t, None, None)
    assert picture.bottom < min(v for v in t["share"] if v is not None) < 0 < picture.top and list(picture.bars(False)) == []
    assert picture.label(-0.2) == "-20 pp" and picture.label(0.2) == "+20 pp"
    svg, ax = _pictures(t)
    assert "-20 pp" in svg and ax.get_ylim()[0] == picture.bottom


def test_the_grey_bars_have_no_axis_and_say_so(demo):
    for value in ("share", "count"):
        picture = _plot._picture(demo.trend("korea", "year"), value, None)
        [note] = [n for n in picture.notes if n.startswith("grey")]
        assert note.startswith("grey, on a scale of its own: all articles, up to ") and note in str(_svg.draw(picture))
        assert max(part for _, part in [*picture.bars(False), *picture.bars(True)]) == 1


def test_an_svg_is_not_written_into_a_file_of_another_kind(demo, tmp_path):
    picture = demo.trend("korea", "year").plot(backend="svg")
    for name in ("x.png", "x.PDF", "x.jpg"):
        with pytest.raises(ValueError, match="ends in .svg"):
            picture.save(tmp_path / name)
        assert not (tmp_path / name).exists()
    for name in ("x.svg", "x.SVG", "x"):
        picture.save(tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8") == str(picture)


def test_files_hold_plain_colours_and_notebooks_get_their_own(demo, tmp_path):
    graph, trend = demo.related.plot(backend="svg"), demo.trend("korea", "year").plot(backend="svg")
    for picture in (graph, trend):
        picture.save(tmp_path / "p.svg")
        text = (tmp_path / "p.svg").read_text(encoding="utf-8")
        assert text == str(picture) and "var(" not in text
    assert "fill:#fff" in str(graph) and graph._repr_svg_().count("var(--jp-") == str(graph).count("#fff") + str(graph).count("#333")
