"""The command line: the same answers as the module's, errors in one plain line, honest exit statuses."""
import csv
import io
import json
import os
import re
import subprocess
import sys
import time

import pytest

import pynews
from pynews import _cli

GOOD = [{"id": f"n-{i}", "title": f"Title {i}", "date": f"2020-0{1 + i % 9}-05", "body": "Rain fell.", "tags": ["t"], "extra_field": i} for i in range(30)]
COMMANDS = ("build", "add", "info", "search", "kwic", "trend", "tags", "export", "delete", "compact", "related", "parse", "verify", "repair", "inspect")


def lines(records):
    return "".join(json.dumps(r) + "\n" for r in records)


@pytest.fixture
def run(capsys):
    """run(*words): (exit status, standard output, standard error)."""

    def call(*words):
        status = _cli.main([str(w) for w in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return status, out, err

    return call


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.jsonl"
    path.write_text(lines(GOOD))
    return path


@pytest.fixture
def archive(tmp_path, good):
    path = tmp_path / "a.pna"
    pynews.build(path, good, progress=False).close()
    return path


# --- what it does


def test_build_add_and_info_tell_what_happened(run, tmp_path, good):
    status, out, err = run("build", tmp_path / "a.pna", good, "--quiet", "--source", "Post", "--field", "extra_field=-")
    assert (status, err) == (0, "") and "30 articles" in out and "30 stored" in out
    (tmp_path / "more.jsonl").write_text(lines([{**GOOD[0], "body": "New."}, GOOD[1], {"title": "N", "date": "2021-01-01"}]))
    status, out, err = run("add", tmp_path / "a.pna", tmp_path / "more.jsonl", "--quiet", "--source", "Post", "--field", "extra_field=-")
    assert (status, err) == (0, "") and "1 stored · 1 replaced · 1 duplicate" in out
    status, out, err = run("info", tmp_path / "a.pna")
    assert (status, err) == (0, "") and "31 articles · 2020-01-05 … 2021-01-01" in out and "Post 31" in out and ".search(" not in out
    status, out, err = run("info", tmp_path / "a.pna", "--json")
    facts = json.loads(out)
    assert status == 0 and facts["articles"] == 31 and facts["sources"] == {"Post": 31} and facts["tags"] == {"t": 30} and facts["first"] == "2020-01-05" and facts["generation"] == 2


def test_skipped_records_are_said_on_standard_error_and_strict_makes_them_a_status(run, tmp_path, good):
    (tmp_path / "bad.jsonl").write_text('{"title": "A"}\n{"broken\n')
    status, out, err = run("build", tmp_path / "1.pna", good, tmp_path / "bad.jsonl", "--quiet")
    assert status == 0 and "1 of 32 records were skipped" in err and "bad.jsonl at byte 23: bad_json" in out
    status, out, err = run("build", tmp_path / "2.pna", good, tmp_path / "bad.jsonl", "--quiet", "--strict", "--json")
    report = json.loads(out)
    assert status == 3 and report["skipped"] == 1 and report["stored"] == 31 and [r["code"] for r in report["remarks"] if r["severity"] == "error"] == ["bad_json"]
    assert len(pynews.open(tmp_path / "2.pna")) == 31


def test_search_shows_the_newest_and_says_how_many_there_are(run, archive):
    status, out, err = run("search", archive, "rain", "-n", "3")
    assert (status, err) == (0, "") and out.startswith("30 articles of 30 (100%)   rain\n") and "3 of 30 shown" in out and out.count("2020-09-05") == 3
    status, out, err = run("search", archive, "rain", "-n", "2", "--json")
    answer = json.loads(out)
    assert status == 0 and (answer["count"], answer["of"], answer["query"]) == (30, 30, "rain") and [a["date"] for a in answer["articles"]] == ["2020-09-05"] * 2
    assert run("search", archive, "nothing")[:2] == (0, "0 articles of 30 (0%)   nothing\n")


def test_trend_gives_a_table_csv_json_and_pictures(run, demo, tmp_path):
    status, out, err = run("trend", demo.path, "korea", "--freq", "quarter")
    row = next(line for line in out.split("\n") if line.startswith("2020-Q3"))
    assert (status, err) == (0, "") and row.split()[:4] == ["2020-Q3", "64", "236", "27.1%"] and "█" in row
    status, out, err = run("trend", demo.path, "korea", "cbdc", "--freq", "year")
    assert status == 0 and [line.split()[:2] for line in out.split("\n") if line.startswith("2019 ")] == [["2019", "913"]]
    status, out, err = run("trend", demo.path, "korea", "--csv")
    assert out == demo.trend("korea").to_csv() and len(list(csv.reader(io.StringIO(out)))) == 41
    status, out, err = run("trend", demo.path, "--json", "--freq", "year")
    answer = json.loads(out)
    assert answer["series"] == ["all articles"] and [r["total"] for r in answer["rows"]] == demo.trend(freq="year")["total"].to_list() and answer["rows"][3]["partial"] is True
    status, out, err = run("trend", demo.path, "korea", "--plot", tmp_path / "k.svg")
    assert status == 0 and "k.svg" in err and (tmp_path / "k.svg").read_text().startswith("<svg")
    pytest.importorskip("matplotlib")
    assert run("trend", demo.path, "korea", "--plot", tmp_path / "k.png")[0] == 0 and (tmp_path / "k.png").read_bytes().startswith(b"\x89PNG")
    status, out, err = run("trend", demo.path, "korea", "--plot", tmp_path / "k.docx")
    assert (status, out) == (1, "") and err.startswith("pynews: ") and err.count("\n") == 1


def test_trend_takes_names_denominators_and_filters_as_in_python(run, demo):
    status, out, err = run("trend", demo.path, "--by", "tag", "--top", 3, "--share-of", "tagged", "--freq", "year", "--csv")
    assert (status, err) == (0, "") and out == demo.trend(by="tag", top=3, share_of="tagged", freq="year").to_csv()
    status, out, err = run("trend", demo.path, "korea", "cbdc", "--filter", "tag:Blockchain", "--filter", "date:2020..", "--level", "0.9", "--json")
    t = demo.filter("tag:Blockchain", "date:2020..").trend(["korea", "cbdc"], level=0.9)
    answer = json.loads(out)
    assert (status, err, answer["level"], answer["series"]) == (0, "", 0.9, t.series) and [r["upper"] for r in answer["rows"]] == t["upper"].to_list()
    status, out, err = run("trend", demo.path, "--search", "korea", "--by", "sections", "--freq", "year")
    assert (status, err) == (0, "") and out.startswith("Trend  share of all articles by year\n") and "Adoption" in out
    assert run("trend", demo.path, "--search", "korea", "--by", "section", "--csv")[1] == demo.search("korea").trend(by="section").to_csv()
    assert run("trend", demo.path, "korea", "--filter", "tag:Blockchain", "--share-of", "archive", "--csv")[1] == demo.filter("tag:Blockchain").trend("korea", share_of="archive").to_csv()


def test_trend_refuses_what_python_refuses(run, demo):
    for words, call in (
        (("--by", "tagg"), lambda: demo.trend(by="tagg")),
        (("--share-of", "tag"), lambda: demo.trend(share_of="tag")),
        (("--by", "tag", "--top", "0"), lambda: demo.trend(by="tag", top=0)),
        (("korea", "--level", "3"), lambda: demo.trend("korea", level=3)),
        (("--filter", "tag:Blokchain"), lambda: demo.filter("tag:Blokchain").trend()),
        (("--filter", "(korea"), lambda: demo.filter("(korea").trend()),
    ):
        with pytest.raises((pynews.PynewsError, ValueError)) as refused:
            call()
        assert run("trend", demo.path, *words) == (1, "", f"pynews: {refused.value}\n"), words
    status, out, err = run("trend", demo.path, "korea", "--by", "tag")
    assert (status, out) == (1, "") and "not both" in err and "--search" in err


def test_options_stand_anywhere(run, demo):
    want = run("trend", demo.path, "korea", "cbdc", "--freq", "year")
    assert want[0] == 0
    for words in ((demo.path, "--freq", "year", "korea", "cbdc"), (demo.path, "korea", "--freq", "year", "cbdc"), ("--freq", "year", demo.path, "korea", "cbdc")):
        assert run("trend", *words) == want, words
    assert run("related", demo.path, "-n", 3, "korea") == run("related", demo.path, "korea", "-n", 3)


def test_tags_counts_names_as_python_does(run, demo, archive):
    status, out, err = run("tags", demo.path, "korea", "--by", "sections", "-n", 2)
    first = demo.search("korea").counts("section")[0]
    assert (status, err) == (0, "") and out.splitlines()[1].split()[:2] == [first["name"], str(first["count"])] and out.endswith("2 of 3 shown · -n 3 shows all\n")
    assert run("tags", demo.path, "--csv")[1] == demo.counts("tag").to_csv()
    answer = json.loads(run("tags", demo.path, "korea", "--json")[1])
    assert answer["of"] == 331 and answer["counts"] == list(demo.search("korea").counts("tag"))
    assert run("tags", archive, "--by", "author")[:2] == (0, "none of these articles carries such a name\n")
    assert "there is no field 'tagg'" in run("tags", archive, "--by", "tagg")[2]


def test_export_writes_files_that_are_read_back(run, demo, tmp_path):
    found = demo.search("korea AND blockchain")
    status, out, err = run("export", demo.path, tmp_path / "k.jsonl", "korea AND blockchain")
    assert (status, err) == (0, "") and out == f"{tmp_path / 'k.jsonl'}: {len(found)} articles\n"
    pynews.build(tmp_path / "k.pna", tmp_path / "k.jsonl", progress=False)
    assert [a.to_dict() for a in pynews.open(tmp_path / "k.pna")] == [a.to_dict() for a in found]
    assert run("export", demo.path, "-", "korea AND blockchain")[1] == (tmp_path / "k.jsonl").read_text()
    assert run("export", demo.path, tmp_path / "k.csv", "korea AND blockchain", "--columns", "date, title")[0] == 0
    assert (tmp_path / "k.csv").read_text() == found.table(["date", "title"]).to_csv()
    pytest.importorskip("pyarrow")
    assert run("export", demo.path, tmp_path / "all.parquet")[1].endswith(": 3,000 articles\n")
    assert len(pynews.build(tmp_path / "p.pna", tmp_path / "all.parquet", progress=False)) == 3000


def test_export_refuses_other_names_and_columns(run, demo, tmp_path):
    for words in (("k.xlsx",), ("korea",), ("k.jsonl", "--columns", "title"), (tmp_path / "k.csv", "--columns", "titel"), (tmp_path / "no" / "k.csv",), (tmp_path / "k.csv", "(korea")):
        status, out, err = run("export", demo.path, *words)
        assert (status, out) == (1, "") and err.startswith("pynews: "), words
    assert not (tmp_path / "k.csv").exists()


def test_related_shows_counts_and_what_is_linked_to_most(run, demo):
    g = demo.search("korea").related
    status, out, err = run("related", demo.path, "korea", "-n", 3)
    assert (status, err) == (0, "") and f"{g.links:,} links · {g.resolved:,} resolved · {g.dangling_links:,} dangling" in out
    assert max(row["in_degree"] for row in g.nodes if row["archived"]) == int(re.search(r"^ *(\d+) ", out.split("linked  date")[1].split("\n")[1]).group(1))
    status, out, _ = run("related", demo.path, "korea", "--csv", "edges")
    assert status == 0 and len(list(csv.DictReader(io.StringIO(out)))) == g.links
    status, out, _ = run("related", demo.path, "--json")
    assert status == 0 and json.loads(out)["resolved"] == demo.related.resolved


def test_parse_prints_pages_and_its_json_is_read_back_the_same(run, tmp_path, demo):
    page = "Rail line opens\n\nPublished at: Aug. 20, 2020\n\nTrains ran on time.\n\nSecond paragraph.\n\nTags\nRail\nRelated Posts\n"
    (tmp_path / "p.txt").write_text(page)
    status, out, err = run("parse", tmp_path / "p.txt")
    assert (status, err) == (0, "") and out.startswith("Rail line opens\ndate      2020-08-20\n") and "Second paragraph." in out
    ids = [a.id for a in demo][::500]
    originals = [demo.article(i) for i in ids]
    (tmp_path / "all.jsonl").write_text("".join(json.dumps(_cli._as_dict(a)) + "\n" for a in originals))
    status, out, err = run("parse", tmp_path / "all.jsonl", "--json")
    again = [json.loads(line) for line in out.splitlines()]
    assert again == [_cli._as_dict(a) for a in originals] and again[0]["id"] == ids[0] and again[0]["related"]


def test_parse_goes_on_after_a_file_it_cannot_read(run, tmp_path, good):
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7\n" + bytes(100))
    status, out, err = run("parse", tmp_path / "nowhere", tmp_path / "x.pdf", good, "--json")
    assert status == 1 and len(out.splitlines()) == 30 and len(err.splitlines()) == 2 and "nowhere" in err and "pdf" in err


def test_verify_and_inspect_look_at_the_files(run, archive, tmp_path):
    status, out, err = run("verify", archive)
    assert (status, err) == (0, "") and "every file is sound, 30 articles" in out
    status, out, err = run("inspect", archive)
    assert (status, err) == (0, "") and len(out.splitlines()) > 3
    for name in os.listdir(archive):
        if name != "writer.lock":
            assert run("inspect", archive / name)[0] == 0
    [segment] = [p for p in archive.iterdir() if p.suffix == ".doc"]
    raw = bytearray(segment.read_bytes())
    raw[len(raw) // 3] ^= 4
    segment.write_bytes(raw)
    status, out, err = run("verify", archive)
    assert (status, out) == (1, "") and segment.name in err and err.count("\n") == 1


# --- what goes wrong


def test_every_error_is_one_plain_line_and_status_one(run, tmp_path, archive, good):
    (tmp_path / "empty").mkdir()
    for words in (("info", tmp_path / "nowhere"), ("search", tmp_path / "empty", "x"), ("build", archive, good), ("build", tmp_path / "n.pna", tmp_path / "nothing*"), ("add", tmp_path / "nowhere", good),
                  ("trend", archive, "x", "--freq", "fortnight"), ("inspect", good), ("inspect", tmp_path / "nowhere"), ("build", tmp_path / "n.pna", good, "--field", "a=nonsense"),
                  ("build", tmp_path / "n.pna", good, "--base-date", "soon"), ("info", "bad\x1b[31m\nname")):  # fmt: skip
        status, out, err = run(*words)
        assert (status, out) == (1, "") and err.startswith("pynews: ") and len(err.rstrip("\n").splitlines()) <= 2 and "\x1b" not in err, words
    assert not (tmp_path / "n.pna").exists()


def test_query_errors_point_at_the_place(run, archive):
    status, out, err = run("search", archive, 'rain "open')
    assert (status, out) == (1, "") and err == 'pynews: this quotation mark is never closed\n  rain "open\n       ^\n'


def test_wrong_usage_is_status_two(run, archive, capsys):
    for words in ((), ("nonsense",), ("search", archive), ("search", archive, "x", "-n", "-3"), ("search", archive, "x", "-n", "many"), ("build", "x", "y", "--field", "nonsense")):
        with pytest.raises(SystemExit) as stop:
            _cli.main([str(w) for w in words])
        assert stop.value.code == 2
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples_that_parse(command, capsys):
    with pytest.raises(SystemExit) as stop:
        _cli.main([command, "--help"])
    text = capsys.readouterr().out
    assert stop.value.code == 0 and "examples:\n" in text
    examples = [line.strip() for line in text.split("examples:\n")[1].splitlines() if line.strip()]
    assert examples
    for example in examples:
        import shlex

        words = shlex.split(re.split(r" (?:>|&&) ", example.split("| ")[-1])[0])
        assert words[:2] == ["pynews", command]
        assert _cli._parser().parse_args(words[1:]).run


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit):
        _cli.main(["--version"])
    assert capsys.readouterr().out == f"pynews {pynews.__version__}\n"


def test_a_query_that_the_shell_cut_into_words_is_told_how_to_keep_together(archive, capsys):
    for command, words, query in (("search", ("bird", "flu"), "bird flu"), ("kwic", ("bird", "flu", "-n", "3"), "bird flu"), ("delete", ("new", "bird", "flu"), "new bird flu")):
        with pytest.raises(SystemExit) as stop:
            _cli.main([command, str(archive), *words])
        assert stop.value.code == 2 and f"stands in quotation marks: '{query}'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        _cli.main(["search", str(archive), "bird", "--nonsense"])
    assert capsys.readouterr().err.endswith("error: unrecognized arguments: --nonsense\n")


def test_an_empty_input_is_named_as_the_reason_why_nothing_was_stored(run, tmp_path):
    (tmp_path / "empty.txt").write_text("")
    status, _, err = run("build", tmp_path / "a.pna", tmp_path / "empty.txt", "--quiet")
    assert status == 1 and "nothing was stored: 1 skipped (empty_input 1); first in empty.txt" in err


def test_a_snapshot_that_is_kept_is_asked_by_its_name_or_its_note(run, archive):
    with pynews.open(archive, "a") as ar:
        ar.pin("first draft")
        ar.delete("id:n-1")
    for name in ("v1", "first draft"):
        assert run("info", archive, "--at", name, "--json")[1].count('"articles": 30') == 1
        assert run("search", archive, "rain", "--at", name)[1].startswith("30 articles of 30")
        assert "30" in run("trend", archive, "--at", name, "--freq", "year")[1] and run("kwic", archive, "rain", "--at", name)[1].startswith("concordance of rain: 30 hits")
        assert "30 articles" in run("related", archive, "--at", name)[1]
    assert run("search", archive, "rain")[1].startswith("29 articles of 29")
    status, out, err = run("search", archive, "rain", "--at", "draft")
    assert (status, out) == (1, "") and "there is no snapshot 'draft'" in err and "first draft" in err


def test_one_article_is_one_article(run, tmp_path):
    (tmp_path / "one.jsonl").write_text(lines(GOOD[:1]))
    assert run("build", tmp_path / "a.pna", tmp_path / "one.jsonl", "--quiet")[1].startswith(f"{tmp_path / 'a.pna'}: 1 article\n")


def test_output_cannot_steer_a_terminal(run, tmp_path):
    evil = "\x1b]0;x\x07\x1b[31m\u202e"
    (tmp_path / "e.jsonl").write_text(lines([{"title": evil, "body": f"rain {evil}\n\n{evil}", "tags": [evil], "source": evil, "section": evil, "date": "2020-01-01", "related": [{"title": evil}]}]) + '{"\x1b[31m\n')
    outputs = [run("build", tmp_path / "e.pna", tmp_path / "e.jsonl", "--quiet"), run("info", tmp_path / "e.pna"), run("search", tmp_path / "e.pna", "rain"), run("parse", tmp_path / "e.jsonl"),
               run("inspect", tmp_path / "e.pna"), run("trend", tmp_path / "e.pna", "rain\x1b[31m")]  # fmt: skip
    for status, out, err in outputs:
        assert status == 0 and not set("\x1b\x07\u202e") & set(out + err)


# --- as a process


def test_python_m_is_the_same_and_a_reader_that_goes_away_is_quiet(demo, plain_cli):
    command = [sys.executable, "-m", "pynews", "trend", demo.path, "korea", "--freq", "day", "--csv"]
    whole = subprocess.run(command, env=plain_cli, capture_output=True, text=True, encoding="utf-8")
    assert whole.returncode == 0 and whole.stdout == demo.trend("korea", "day").to_csv()
    child = subprocess.Popen(command, env=plain_cli, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.close()
    assert child.stderr.read() == b"" and child.wait() == 141
    child.stderr.close()


def test_standard_input_can_be_read(tmp_path, plain_cli, good):
    with open(good, "rb") as f:
        done = subprocess.run([sys.executable, "-m", "pynews", "parse", "-", "--json"], env=plain_cli, stdin=f, capture_output=True)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 30
    with open(good, "rb") as f:
        done = subprocess.run([sys.executable, "-m", "pynews", "build", str(tmp_path / "i.pna"), "-"], env=plain_cli, stdin=f, capture_output=True)
    assert done.returncode == 0 and len(pynews.open(tmp_path / "i.pna")) == 30


def test_an_ascii_terminal_gets_escapes_and_no_traceback(demo, plain_cli):
    done = subprocess.run([sys.executable, "-m", "pynews", "info", demo.path], env={**plain_cli, "PYTHONIOENCODING": "ascii"}, capture_output=True)
    assert done.returncode == 0 and done.stderr == b"" and b"\\u2585" in done.stdout


def test_help_is_there_at_once(plain_cli):
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-X", "importtime", "-m", "pynews", "--help"], env=plain_cli, capture_output=True, text=True)
    assert done.returncode == 0 and time.monotonic() - began < 10
    for heavy in ("numpy", "pandas", "matplotlib", "polars", "pyarrow", "tqdm"):
        assert f" {heavy}\n" not in done.stderr, heavy


def test_json_of_search_is_in_the_order_of_its_text(run, tmp_path):
    pages = [{"id": str(i), "title": f"ferry {i}", **({"date": f"2020-0{i}-01"} if i % 3 else {})} for i in range(1, 8)]
    pynews.build(tmp_path / "a.pna", pages, progress=False).close()
    _, shown, _ = run("search", tmp_path / "a.pna", "ferry", "-n", 7)
    _, out, _ = run("search", tmp_path / "a.pna", "ferry", "-n", 7, "--json")
    titles = [a["title"] for a in json.loads(out)["articles"]]
    assert titles == re.findall(r"ferry [0-9]", shown) and titles[0] == "ferry 7" and {titles[-1], titles[-2]} == {"ferry 3", "ferry 6"}


def test_where_nothing_could_be_stored_the_status_is_one_and_the_way_on_is_said(run, tmp_path):
    (tmp_path / "odd.jsonl").write_text('{"Kopf": "a"}\n' * 3)
    status, out, err = run("build", tmp_path / "x.pna", tmp_path / "odd.jsonl", "--quiet")
    assert status == 1 and "0 articles" in out
    assert "nothing was stored: 3 skipped (empty_record 3); first in odd.jsonl" in err and "--field Heading=title" in err and "x.pna is there and empty: go on with pynews add" in err
    assert run("add", tmp_path / "x.pna", tmp_path / "odd.jsonl", "--quiet", "--field", "Kopf=title")[0] == 0
