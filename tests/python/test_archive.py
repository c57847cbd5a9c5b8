"""Archives: every kind of input goes in, exactly what was read comes out, whatever else is in the way."""
import bz2
import datetime as dt
import gzip
import io
import json
import lzma
import os
import random
import shutil
import stat
import subprocess
import threading

import pytest

import pynews

ROOT = os.geteuid() == 0
PAGE = "Rail line opens\n\nPublished at: Aug. 20, 2020\n\nTrains ran on time.\n\nTags\nRail\nRelated Posts\n"
RECORDS = [
    {"id": f"n-{i}", "title": f"Title {i}", "date": f"2020-{1 + i % 12:02d}-{1 + i % 28:02d}", "body": f"Body of number {i}, rain and wind.", "tags": ["even"] if i % 2 == 0 else []}
    for i in range(40)
]


def lines(records):
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()


def zstd_of(data):
    done = subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True)
    assert done.returncode == 0
    return done.stdout


def zstd_of_or_skip(data):
    if not shutil.which("zstd"):
        pytest.skip("the zstd program is not installed")
    return zstd_of(data)


PACK = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zstd_of_or_skip}


def adds_up(report):
    assert report.read == report.stored + report.replaced + report.duplicate + report.skipped
    assert sum(report.summary["count"]) >= len(report)
    return report


def counts(report):
    adds_up(report)
    return report.stored, report.replaced, report.duplicate, report.skipped


def ids(articles):
    return [a.id for a in articles]


def whole(articles):
    return [a._fields for a in articles]


# --- what goes in


def test_dicts_come_out_as_articles_in_chronological_order(make):
    ar = make(RECORDS)
    assert len(ar) == 40 and counts(ar.report) == (40, 0, 0, 0)
    assert [a.date for a in ar] == sorted(dt.date.fromisoformat(r["date"]) for r in RECORDS)
    a = ar.article("n-7")
    assert (a.title, a.body, a.date, a.tags) == ("Title 7", "Body of number 7, rain and wind.", dt.date(2020, 8, 8), ())
    assert ar.article("n-8").tags == ("even",)


def test_places_count_from_both_ends_and_iteration_follows_them(make):
    ar = make(RECORDS)
    assert [ar[i].id for i in range(len(ar))] == ids(ar) == [ar[i - len(ar)].id for i in range(len(ar))]
    for place in (40, -41, 10**30):
        with pytest.raises(IndexError):
            ar[place]
    with pytest.raises(ValueError, match="a date is"):
        ar["n-7"]
    with pytest.raises((TypeError, AttributeError)):
        ar[1.5]


def test_an_article_is_in_its_archive_by_itself_by_id_and_by_url(make):
    ar = make([{"id": "a", "title": "A", "url": "https://Example.com/A?utm_source=x#top"}, {"title": "B"}])
    assert "a" in ar and ar[0] in ar and ar[1] in ar and "b" not in ar and "" not in ar
    assert ar.article("https://Example.com/A?utm_source=x#top").id == "a"
    with pytest.raises(KeyError):
        ar.article("nobody")


def test_a_path_a_folder_a_glob_a_list_bytes_and_an_open_file_are_the_same_input(tmp_path, make):
    folder = tmp_path / "pages"
    (folder / "b").mkdir(parents=True)
    (folder / "a.txt").write_text(PAGE)
    (folder / "b" / "c.jsonl").write_bytes(lines(RECORDS))
    file, other = folder / "a.txt", folder / "b" / "c.jsonl"
    expected = sorted(ids(make([file, other])))
    assert len(expected) == 41
    with open(file, "rb") as first, open(other, "rb", buffering=0) as second:
        kinds = [folder, str(folder), [str(file), other], (other, file), [folder / "b", file], [PAGE.encode(), lines(RECORDS)], [bytearray(PAGE.encode()), *RECORDS],
                 str(folder / "**" / "*.*"), [first, second], [io.BytesIO(PAGE.encode()), other], iter([file, other]), {file: None, other: None}.keys()]  # fmt: skip
        for inputs in kinds:
            ar = make(inputs)
            assert sorted(ids(ar)) == expected, inputs
            assert counts(ar.report) == (41, 0, 0, 0)


def test_reports_name_files_below_the_folder_and_never_what_lies_above(tmp_path, make):
    (tmp_path / "pages" / "deep").mkdir(parents=True)
    (tmp_path / "pages" / "deep" / "x.jsonl").write_bytes(b'{"broken\n' + lines(RECORDS[:1]))
    ar = make(tmp_path / "pages")
    assert set(ar.report["input"]) == {"pages/deep/x.jsonl"}
    assert ar[0].origin[0] == "pages/deep/x.jsonl"


def test_a_generator_of_dicts_streams_and_is_read_once(make):
    seen = []

    def source():
        for i in range(5000):
            seen.append(i)
            yield {"id": str(i), "title": f"T{i}", "date": dt.date(2020, 1, 1) + dt.timedelta(days=i % 300)}

    ar = make(source())
    assert len(ar) == 5000 and seen == list(range(5000))


def test_values_of_other_libraries_are_taken(make):
    np = pytest.importorskip("numpy")
    pd = pytest.importorskip("pandas")
    ar = make([{"title": "T", "date": pd.Timestamp("2020-08-20"), "tags": {"b", "a"}, "n": np.int64(7), "body": "x"}])
    assert (ar[0].date, ar[0].tags, dict(ar[0].extra)) == (dt.date(2020, 8, 20), ("a", "b"), {"n": 7})


@pytest.mark.parametrize("suffix", PACK)
def test_compressed_files_are_known_by_their_content(suffix, tmp_path, make):
    path = tmp_path / "input.anything"
    path.write_bytes(PACK[suffix](lines(RECORDS)))
    assert ids(make(path)) == ids(make(RECORDS))


def test_compression_twice_is_read_and_deeper_is_refused(tmp_path, make):
    once = gzip.compress(lines(RECORDS))
    assert len(make([bz2.compress(once)])) == 40
    deep = make([gzip.compress(bz2.compress(once)), *RECORDS[:1]])
    assert counts(deep.report) == (1, 0, 0, 1)
    assert deep.report["code"].to_list() == ["unsupported_kind"]


def test_a_compressed_dump_of_pages_cut_short_gives_the_pages_before(make):
    pages = "".join(f"Headline number {i * 7919} of many\n\nPublished at: Aug. {i % 28 + 1}, 2020\n\nBody {i * 104729}.\n\nTags\n\nRain\n\n\n" for i in range(400)).encode()
    whole = make([pages])
    packed = gzip.compress(pages)
    ar = make([packed[: len(packed) * 2 // 3]])
    assert 200 < len(ar) < len(whole) == 400
    assert {a.title for a in ar} <= {a.title for a in whole} and "damaged_compression" in ar.report["code"].to_list()



@pytest.mark.parametrize("suffix", PACK)
def test_a_compressed_file_cut_short_gives_what_can_be_read_and_one_error(suffix, make):
    random.seed(3)
    records = [{"id": str(i), "title": "".join(random.choices("abcdefgh ", k=300))} for i in range(6000)]
    packed = PACK[suffix](lines(records))
    whole_count = len(records)
    for cut in (20, len(packed) // 2, len(packed) - 1):
        ar = make([packed[:cut], {"id": "after", "title": "After"}])
        adds_up(ar.report)
        assert "after" in ar and ar.report.skipped >= 1
        assert ar.report.stored <= whole_count + 1
        if cut == len(packed) // 2 and suffix != ".bz2":
            assert ar.report.stored > 100, "what lies before the damage is there"


@pytest.mark.parametrize("suffix", PACK)
def test_any_damage_of_a_compressed_file_is_a_remark_and_never_a_traceback(suffix, make):
    packed = bytearray(PACK[suffix](lines(RECORDS)))
    random.seed(5)
    for _ in range(25):
        damaged = bytearray(packed)
        for _ in range(random.choice((1, 3))):
            damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
        ar = make([bytes(damaged), {"id": "after", "title": "After"}])
        adds_up(ar.report)
        assert "after" in ar


def test_what_is_no_file_costs_a_remark_and_never_blocks(tmp_path, make):
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.jsonl").write_bytes(lines(RECORDS[:2]))
    (folder / ".hidden.jsonl").write_bytes(lines(RECORDS[2:3]))
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.bin").write_bytes(b"\x7fELF\0\0\0\0" + bytes(200))
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "dangling").symlink_to(folder / "nowhere")
    (folder / "loop").symlink_to(folder)
    make([{"title": "inner"}], name="mixed/inner.pna").close()
    ar = make(folder)
    adds_up(ar.report)
    assert sorted(ids(ar)) == ["n-0", "n-1"]
    remarks = dict(zip((os.path.basename(name) for name in ar.report["input"]), ar.report["code"], strict=True))
    assert remarks["pipe.jsonl"] == "not_a_file" and remarks["dangling"] == "cannot_open"
    assert remarks[".hidden.jsonl"] == "hidden_file" and remarks["inner.pna"] == "own_archive"
    assert remarks["binary.bin"] == remarks["image.png"] == "unsupported_kind"


@pytest.mark.skipif(ROOT, reason="the superuser can read everything")
def test_an_unreadable_file_costs_itself(tmp_path, make):
    path = tmp_path / "locked.jsonl"
    path.write_bytes(lines(RECORDS))
    path.chmod(0)
    try:
        ar = make([path, *RECORDS[:1]])
    finally:
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert counts(ar.report) == (1, 0, 0, 1) and ar.report["code"].to_list() == ["cannot_open"]


def test_a_file_that_fails_while_it_is_read_costs_itself(make):
    class Failing(io.RawIOBase):
        given = False

        def readable(self):
            return True

        def read(self, n=-1):
            if self.given:
                raise OSError(5, "Input/output error")
            self.given = True
            return lines(RECORDS[:3])

    ar = make([Failing(), {"id": "after", "title": "After"}])
    adds_up(ar.report)
    assert "after" in ar and "cannot_read" in ar.report["code"].to_list()


def test_an_empty_folder_and_an_empty_list_make_an_empty_archive(tmp_path, make):
    (tmp_path / "nothing").mkdir()
    for inputs in (tmp_path / "nothing", [], iter(())):
        ar = make(inputs)
        assert len(ar) == 0 and list(ar) == [] and not ar and counts(ar.report) == (0, 0, 0, 0)
        assert len(ar.search("x")) == 0 and ar.trend("x").shape == (0, 8)


def test_file_names_that_are_not_text_are_shown_with_escapes(tmp_path, make):
    folder = os.fsencode(tmp_path / "names")
    os.mkdir(folder)
    try:
        with open(os.path.join(folder, b"caf\xe9.jsonl"), "wb") as f:
            f.write(b'{"broken\n' + lines(RECORDS[:1]))
    except OSError:
        pytest.skip("this file system takes only names that are text")
    ar = make(os.fsdecode(folder))
    assert ar.report["input"].to_list() == ["names/caf\\xe9.jsonl"] and len(ar) == 1


def test_inputs_that_cannot_be_are_named_at_once(tmp_path, make):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        make(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        make(str(tmp_path / "*.txt"))
    with pytest.raises(TypeError, match="int"):
        make(17)
    with pytest.raises(TypeError, match="rb"):
        make(io.StringIO("{}"))
    for wrong in ({"on_error": "ignore"}, {"kind": "pdf"}, {"fields": {"x": "nonsense"}}, {"base_date": "soon"}):
        with pytest.raises(ValueError):
            make(RECORDS, **wrong)
    assert [p.name for p in tmp_path.iterdir()] == [], "nothing is left of an archive that was not made"


# --- what a mistake costs


def test_one_bad_record_costs_one_record(make):
    raw = lines(RECORDS[:20]) + b'{"title": "cut\n' + b"[1, 2]\n" + b"\xff\xfe\n" + lines(RECORDS[20:])
    ar = make(raw, kind="jsonl")
    assert counts(ar.report) == (40, 0, 0, 3)
    assert ids(ar) == ids(make(RECORDS))
    assert set(ar.report["line"]) == {21, 22, 23}
    starts = [0]
    for line in raw.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    assert all(starts[line - 1] <= offset < starts[line] for line, offset in zip(ar.report["line"], ar.report["offset"], strict=True))


def test_places_of_mistakes_are_right_far_into_a_long_file(make, monkeypatch):
    from pynews import _ingest

    monkeypatch.setattr(_ingest, "CHUNK", 1000)
    raw = lines(RECORDS) * 3 + b'{"broken\n' + lines(RECORDS[:1])
    ar = make(raw)
    [row] = [r for r in ar.report if r["severity"] == "error"]
    assert row["line"] == 121 and len(lines(RECORDS)) * 3 <= row["offset"] < len(lines(RECORDS)) * 3 + 9
    assert counts(ar.report) == (40, 0, 81, 1)


def test_a_line_too_long_is_skipped_and_the_next_one_read(make, monkeypatch):
    from pynews import _ingest

    monkeypatch.setattr(_ingest, "LINE_LIMIT", 5000)
    monkeypatch.setattr(_ingest, "CHUNK", 1000)
    raw = lines(RECORDS[:2]) + json.dumps({"title": "x" * 20000}).encode() + b"\n" + lines(RECORDS[2:4])
    ar = make(raw, kind="jsonl")
    assert counts(ar.report) == (4, 0, 0, 1) and "article_too_large" in ar.report["code"].to_list()
    ends = [i for i, byte in enumerate(raw) if byte == ord("\n")]
    assert sorted(a.origin[1] for a in ar) == [0, ends[0] + 1, ends[2] + 1, ends[3] + 1], "places behind it are right"


def test_a_record_of_too_many_names_costs_itself_and_says_why(make):
    def named(n, **more):
        return {"title": "T", "date": "2020-01-01", "tags": [f"t{i}" for i in range(n)], "authors": ["A B"], **more}

    ar = make([named(65_535, id="fits"), named(65_536, id="large"), named(1, id="small")])
    assert counts(ar.report) == (2, 0, 0, 1) and ids(ar) == ["fits", "small"]
    [row] = ar.report
    assert row["code"] == "article_too_large" and row["excerpt"].startswith("more than 65,536 tags, authors and related entries")
    assert len(ar.tags) == 65_535


def test_a_page_of_too_many_names_is_skipped_by_parse_and_build_alike(make):
    def page(n):
        related = "".join(f"Title {i}\nA teaser of some words about it.\nNews / Jan. {1 + i % 28}, 2020\n" for i in range(n))
        return f"The title of a page\n\nPublished at: Jan. 5, 2020\n\nSome words of its body, and a few more.\n\nTags\nRelated Posts\n{related}".encode()

    ar = make([page(100), page(66_000)])
    assert counts(ar.report) == (1, 0, 0, 1) and len(ar[0].related) == 100
    [row] = [r for r in ar.report if r["severity"] == "error"]
    assert (row["code"], row["line"], row["offset"]) == ("article_too_large", 1, 0) and row["excerpt"].startswith("more than 65,536")
    with pytest.raises(pynews.PynewsError, match="article_too_large"):
        pynews.parse(page(66_000))


def test_on_error_collect_lists_skip_counts_and_raise_stores_nothing(tmp_path, make):
    raw = lines(RECORDS[:5]) + b'{"broken\n' + lines(RECORDS[5:])
    collected, skipped = make(raw, on_error="collect"), make(raw, on_error="skip")
    assert counts(collected.report) == counts(skipped.report) == (40, 0, 0, 1)
    assert len(collected.report) == 1 and len(skipped.report) == 0 and skipped.report.summary["count"].to_list() == [1]
    with pytest.raises(pynews.PynewsError, match="bad_json"):
        make(raw, name="raised.pna", on_error="raise")
    assert not (tmp_path / "raised.pna").exists()
    with pytest.raises(pynews.UnsupportedError, match="pdf"):
        make([b"%PDF-1.7\n" + bytes(100)], name="raised.pna", on_error="raise")
    before, files = ids(collected), sorted(os.listdir(collected.path))
    with pytest.raises(pynews.PynewsError):
        collected.add([b'{"broken\n', *RECORDS[:1], {"id": "new", "title": "N"}], kind="jsonl", on_error="raise")
    assert ids(pynews.open(collected.path)) == before and sorted(os.listdir(collected.path)) == files


def test_an_exception_of_a_generator_passes_and_leaves_nothing(tmp_path, make):
    def source():
        yield RECORDS[0]
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        make(source(), name="gone.pna")
    assert not (tmp_path / "gone.pna").exists()


# --- the same article again


def test_within_one_build_the_same_is_a_duplicate_and_other_content_replaces(make):
    again = {**RECORDS[3], "body": "Other words."}
    ar = make([*RECORDS, RECORDS[2], again, again])
    assert counts(ar.report) == (40, 1, 2, 0)
    assert len(ar) == 40 and ar.article("n-3").body == "Other words."


def test_across_add_the_same_is_a_duplicate_and_other_content_replaces(make):
    ar = make(RECORDS)
    assert counts(ar.add(RECORDS)) == (0, 0, 40, 0)
    report = ar.add([{**RECORDS[5], "body": "Entirely new words."}, {"id": "n-40", "title": "New", "date": "2021-01-01"}])
    assert counts(report) == (1, 1, 0, 0) and ar.report is report
    assert len(ar) == 41 and ar.article("n-5").body == "Entirely new words." and ar[-1].id == "n-40"
    assert ids(ar.search('"entirely new words"')) == ["n-5"] and "n-5" not in ar.search('"body of number 5"')
    assert sum(ar.trend("rain")["count"]) == 39 and sum(ar.trend()["count"]) == 41
    ar.verify()


def test_titles_and_dates_alone_never_replace(make):
    ar = make([{"title": "Same", "date": "2020-01-01", "body": b} for b in ("one", "two")])
    assert len(ar) == 2 and counts(ar.report) == (2, 0, 0, 0)


def test_the_url_is_the_key_where_there_is_no_id(make):
    ar = make([{"title": "A", "url": "http://example.com/a"}, {"title": "A2", "url": "https://www.example.com/a#x"}, {"title": "B", "url": "http://example.com/b"}])
    adds_up(ar.report)
    assert ar.report.stored + ar.report.replaced == 3


# --- life of an archive


def test_build_never_touches_what_exists(tmp_path, make):
    make(RECORDS, name="there.pna")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("there.pna", "folder", "file"):
        with pytest.raises(FileExistsError):
            make(RECORDS, name=name)
    assert (tmp_path / "folder" / "mine.txt").read_text() == (tmp_path / "file").read_text() == "mine"
    assert len(pynews.open(tmp_path / "there.pna")) == 40


def test_opening_what_is_no_archive_says_so(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    for name in ("nowhere", "empty"):
        with pytest.raises(FileNotFoundError):
            pynews.open(tmp_path / name)
    with pytest.raises(OSError):
        pynews.open(tmp_path / "file")


def test_a_closed_archive_says_so_and_what_was_taken_lives_on(make):
    ar = make(RECORDS)
    found, article, table = ar.search("rain"), ar[0], ar.trend("rain")
    ar.close()
    ar.close()
    for ask in (lambda: len(ar), lambda: ar[0], lambda: ar.search("x"), lambda: ar.trend("x"), lambda: len(found), lambda: next(iter(found)), lambda: ar.add([]),
                lambda: ar.verify(), lambda: ar.snapshot, lambda: "n-0" in ar, lambda: ar.article("n-0")):  # fmt: skip
        with pytest.raises(ValueError, match="closed"):
            ask()
    assert article.title and sum(table["count"]) == 40 and "closed" in repr(ar)


def test_the_context_closes_it(make):
    with make(RECORDS) as ar:
        assert len(ar) == 40
    with pytest.raises(ValueError, match="closed"):
        len(ar)


def test_a_reader_keeps_its_snapshot_while_another_adds(make):
    writer = make(RECORDS)
    reader = pynews.open(writer.path)
    found = reader.search("rain")
    before = whole(reader)
    for i in range(5):
        writer.add([{"id": f"x-{i}", "title": "More rain"}, {**RECORDS[i], "body": "Changed, rain."}])
        assert (len(reader), len(found), whole(reader)) == (40, 40, before)
    assert len(writer) == 45 and len(pynews.open(writer.path)) == 45
    assert reader.snapshot == "v1" and writer.snapshot == "v6"


def test_an_earlier_generation_that_is_kept_can_be_opened(make):
    ar = make(RECORDS)
    ar.add([{"id": "new", "title": "New"}])
    assert ar.snapshot == "v2"
    assert len(pynews.open(ar.path, at="v1")) == 40 and len(pynews.open(ar.path, at="v2")) == 41
    with pytest.raises((FileNotFoundError, pynews.ArchiveError)):
        pynews.open(ar.path, at="v9")
    for wrong in ("1", "v0", "v", "v-1", "v1.5", "v99999999999", "vv1", "v²"):
        with pytest.raises(pynews.UnknownNameError, match="there are 'v1', 'v2'|did you mean"):
            pynews.open(ar.path, at=wrong)


def test_two_writers_exclude_each_other_and_the_message_names_the_first(make):
    ar = make(RECORDS)
    inside, proceed, failed = threading.Event(), threading.Event(), []

    def slowly():
        inside.set()
        proceed.wait(20)
        yield {"id": "slow", "title": "Slow"}

    thread = threading.Thread(target=lambda: failed.append(pynews.open(ar.path, "a").add(slowly())))
    thread.start()
    try:
        assert inside.wait(20)
        with pytest.raises(pynews.ArchiveLockedError, match=str(os.getpid())):
            ar.add(RECORDS[:1])
    finally:
        proceed.set()
        thread.join()
    assert len(pynews.open(ar.path)) == 41


def test_mapped_and_read_files_give_the_same(demo):
    other = pynews.open(demo.path, mmap=False)
    assert len(other) == len(demo)
    assert whole(other.search("korea")) == whole(demo.search("korea"))
    assert other.trend(["korea", "cbdc"], "week").to_dict() == demo.trend(["korea", "cbdc"], "week").to_dict()
    other.verify()


def test_segments_change_nothing_that_can_be_seen(make, demo):
    """What a small memory writes as many segments answers as what lies in one, in the same order."""
    random.seed(11)
    words = ["rain", "wind", "snow", "sun", "korea", "韩国", "größe"] + [f"filler{i}" for i in range(3000)]
    dates = ["2020", "2020-05", None] + [f"202{i % 3}-0{1 + i % 9}-1{i % 10}" for i in range(90)] + ["2020-05-05T10:00:00Z", "2020-05-05T09:00:00+05:00"]
    records = [{"id": str(i), "title": " ".join(random.choices(words, k=6)), "date": random.choice(dates), "body": " ".join(random.choices(words, k=250)), "tags": random.sample(words, 2)}
               for i in range(3000)]  # fmt: skip
    records += [{**records[i], "body": "Replaced rain."} for i in range(0, 3000, 100)]
    many, one = make(records, memory=1 << 20), make(records)
    assert many._snapshot.info()["segments"] > 2 and one._snapshot.info()["segments"] == 1
    assert counts(many.report) == counts(one.report) == (3000, 30, 0, 0)
    assert ids(many) == ids(one) and whole(many) == whole(one)
    for query in ("rain", "rain wind", '"rain wind"', "韩国", "grosse", "größe", "nothing"):
        assert ids(many.search(query)) == ids(one.search(query)), query
    for freq in ("day", "month", "year"):
        a, b = many.trend(["rain", "rain wind", "korea"], freq), one.trend(["rain", "rain wind", "korea"], freq)
        assert a.to_dict() == b.to_dict() and a.unplaced.to_dict() == b.unplaced.to_dict()
    many.verify()


def test_several_adds_answer_as_one_build(make):
    one = make(RECORDS)
    parts = make(RECORDS[:1])
    for i in range(1, 40, 13):
        parts.add(RECORDS[i : i + 13])
    assert ids(parts) == ids(one) and parts.trend("rain", "week").to_dict() == one.trend("rain", "week").to_dict()


def test_nothing_of_the_core_is_left_behind(tmp_path, make):
    from pynews import _core

    make(RECORDS).close()
    before = _core.live()
    ar = make(RECORDS)
    found = ar.search("rain")
    list(found), ar.trend("rain"), ar.add(RECORDS), repr(ar)
    ar.report = ar._selection = found = None
    ar.close()
    del ar, found
    make_list = make.__closure__
    assert make_list is not None
    for cell in make_list:
        if isinstance(cell.cell_contents, list):
            cell.cell_contents.clear()
    assert _core.live() == before


def test_options_reach_every_article(make):
    ar = make([{"t2": "Own", "places": ["x"], "date": "2020-01-01"}], source="The Post", fields={"t2": "title", "places": "-"})
    assert (ar[0].title, ar[0].source, dict(ar[0].extra)) == ("Own", "The Post", {})
    near = make([{"title": "T", "date": "yesterday"}], base_date="2020-08-20")
    assert near[0].date == dt.date(2020, 8, 19)
    assert make([{"title": "T", "date": "yesterday"}], base_date=dt.date(2020, 8, 20))[0].date == dt.date(2020, 8, 19)


def test_progress_of_a_callable_ends_at_the_whole(tmp_path):
    told = []
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(RECORDS) * 50)
    pynews.build(tmp_path / "p.pna", path, progress=lambda done, total: told.append((done, total)))
    assert told and told[-1] == (path.stat().st_size, path.stat().st_size) and told == sorted(told)


def test_real_articles_go_in_and_come_out_whole(data_file, make):
    path = data_file("monero.jsonl.xz")
    with lzma.open(path) as f:
        records = [json.loads(line) for line in f]
    ar = make(path)
    adds_up(ar.report)
    assert ar.report.read == len(records) and len(ar) == ar.report.stored
    by_id = {str(r["id"]): r for r in records}
    assert all(a.title == by_id[a.id]["title"].strip() for a in ar if a.id in by_id)
    ar.verify()
