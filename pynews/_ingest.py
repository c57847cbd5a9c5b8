"""Inputs into a writer: kinds, chunks, problems, progress, and the report at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal

from pynews import _core, _feeds, _fieldnames, _inputs, _resume, _tables
from pynews._errors import PynewsError, UnsupportedError
from pynews._inputs import Input, Raw
from pynews._progress import Meter, meter
from pynews._report import Report, place_of
from pynews._resume import AT_ONCE, Place, Sum, key_of, length_of, name_of, options_text

Progress = bool | None | Callable[[int, int | None], None]
OnError = Literal["raise", "skip", "collect"]
When = str | dt.date

CHUNK = 4 << 20                  # bytes of JSON lines handed to the core at a time
LINE_LIMIT = 64 << 20            # a longer line is no article: it is skipped and counted
PAGE_LIMIT = 2 << 30             # a text input is read whole
READABLE = ("text", "jsonl", "json_array", "empty")
KINDS = (*READABLE[:3], *_tables.TABLE_KINDS, "feed")
INFO, WARNING, ERROR = 0, 1, 2


def options_of(fields: Mapping[str, str] | None, source: str | None, base_date: When | None, day_first: bool = False) -> _core._Options:
    """Options of an ingest as the core takes them."""
    day = None
    if base_date is not None:
        date = dt.date.fromisoformat(base_date) if isinstance(base_date, str) else base_date
        day = date.toordinal() - dt.date(1970, 1, 1).toordinal()
    _fieldnames.check(fields or {})
    return (source, day, day_first, tuple((str(k), str(v)) for k, v in (fields or {}).items()))


def job_of(inputs: Any, kind: str | None, fields: Mapping[str, str] | None, source: str | None, base_date: When | None) -> bytes | None:
    """The name of this work for the next one that goes on with it; None where inputs cannot be read again."""
    return _resume.job_of(inputs, options_text(kind, options_of(fields, source, base_date)))


def ingest(
    writer: _core.Writer,
    inputs: Any,
    *,
    kind: str | None,
    fields: Mapping[str, str] | None,
    source: str | None,
    base_date: When | None,
    progress: Progress,
    on_error: OnError,
) -> Report:
    """Everything `inputs` stands for into the writer, one commit, its report. The writer is closed in every case."""
    try:
        if on_error not in ("raise", "skip", "collect"):
            raise ValueError("on_error is 'raise', 'skip' or 'collect'")
        if kind is not None and kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(map(repr, KINDS))}, not {kind!r}")
        job = _Job(writer, kind, options_of(fields, source, base_date), on_error, job_of(inputs, kind, fields, source, base_date) is not None)
        job.run(list(_inputs.find(inputs)) if _is_listable(inputs) else _inputs.find(inputs), progress)
        with meter(False if callable(progress) else progress, None, "merging") as bar:
            writer.commit(bar.reach)
        return job.report()
    finally:
        writer.close()


def _is_listable(inputs: Any) -> bool:
    """Paths are listed first, so that progress knows how much there is; generators are not."""
    return not isinstance(inputs, Iterable) or isinstance(inputs, (str, bytes)) or _tables.is_table(inputs) or _all_paths(inputs)


def _all_paths(inputs: Any) -> bool:
    return isinstance(inputs, (list, tuple)) and not any(isinstance(i, Mapping) for i in inputs)


class _Job:
    """One ingest under way."""

    def __init__(self, writer: _core.Writer, kind: str | None, options: _core._Options, on_error: OnError, can_resume: bool) -> None:
        self.writer, self.kind, self.options, self.on_error = writer, kind, options, on_error
        self.n_inputs = self.n_bytes = self.n_unchanged = 0
        self.can_resume, place = can_resume, writer.place()
        self.resumed, self.place = place is not None, Place.unpack(place or b"")
        self.looked = _fieldnames.Looked(())               # for names of the caller's own in the present input
        self.read_wholly = True                            # the present input, up to its end
        self.storing = False                               # still so after an error: the archive failed, not the input

    def run(self, inputs: Iterable[Input], progress: Progress) -> None:
        total = _total(inputs)
        with meter(progress, total, "reading") as bar:
            for each in inputs:
                self.take(each, bar)

    def report(self) -> Report:
        rows = self.writer.report()
        if self.on_error == "skip":
            rows = rows.take(b"")
        return Report(rows, self.writer.summary(), self.writer.counts(), self.n_inputs, self.n_bytes, self.n_unchanged, self.resumed)

    # --- one input

    def take(self, each: Input, bar: Meter) -> None:
        self.n_inputs += 1
        self.looked = _fieldnames.Looked(self.options[3])
        self.take_kind(each, bar)
        for name in self.looked.missing if self.looked.began else ():
            self.note(each, "field_not_found", WARNING, excerpt=f"{name}: no record has a field of this name")

    def take_kind(self, each: Input, bar: Meter) -> None:
        if each.problem is not None:
            self.note(each, each.problem, INFO if each.problem in ("hidden_file", "own_archive") else ERROR)
        elif each.records is not None:
            self.records(each, bar)
        elif each.table is not None:
            self.rows(each, each.table, bar)
        else:
            self.stream(each, bar)

    def records(self, each: Input, bar: Meter) -> None:
        line, offset = 1, 0
        for chunk, n in _inputs.json_lines(each.records or ()):
            self.add("jsonl", each, chunk, offset, line)
            line, offset = line + n, offset + len(chunk)
            bar.advance(len(chunk))

    def rows(self, each: Input, table: Any, bar: Meter, left_out: Collection[int] = ()) -> None:
        """Rows of a table, those of a file counted as they stand in it: with those that were left out."""
        row, offset, reader = 1, 0, _tables.rows_of(table)
        columns = reader.columns()
        if columns and not _fieldnames.make_articles(columns, self.options):
            self.read_wholly = False
            self.note(each, "no_known_columns", ERROR, excerpt=_fieldnames.unusable(columns))
            return
        for lines, n, repaired in _tables.chunks(reader):
            parts = _tables.numbered(lines, n, row, left_out)
            for part, first in parts:
                self.add("jsonl", each, part, offset, first)
                offset += len(part)
            begin, row = row, parts[-1][1] + parts[-1][0].count(b"\n")
            if repaired:
                self.note(each, "not_utf8_decoded_as_cp1252", WARNING, 0, f"{repaired} texts in the rows {begin} to {row - 1}")
            bar.advance(len(lines) if each.table is not None else 0)

    def table_file(self, each: Input, kind: str, peeked: _inputs.Peeked, bar: Meter) -> None:
        """A file of rows. Where it can be gone to and fro in, the library gets the file itself."""
        own = each.open() if each.path is not None and not peeked.layers else None
        left_out: set[int] = set()

        def leave_out(row: int, why: str) -> None:
            left_out.add(row)
            self.note(each, "bad_row", ERROR, 0, f"row {row}: {why}")

        try:
            self.rows(each, _tables.open_table(kind, own or peeked, leave_out), bar, left_out)
        except UnsupportedError as e:
            self.lacks(each, e)
        except ValueError as e:
            if self.storing:
                raise
            self.read_wholly = False
            self.note(each, "bad_table", ERROR, excerpt=str(e))
        finally:
            if own is not None:
                each.close(own)

    def feed(self, each: Input, peeked: Raw) -> None:
        """A feed, read whole; where its compression is damaged, what lies before that."""
        data, damage = _inputs.read_before_damage(peeked, _feeds.FEED_LIMIT + 1)
        if len(data) > _feeds.FEED_LIMIT:
            self.read_wholly = False
            self.note(each, "input_too_large", ERROR, _feeds.FEED_LIMIT)
            return
        try:
            feed = _feeds.Feed(bytes(data))
        except UnsupportedError as e:
            self.lacks(each, e)
            return
        self.entries(each, feed)
        if damage is not None:
            raise damage

    def entries(self, each: Input, feed: _feeds.Feed) -> None:
        if feed.problem is not None:
            self.read_wholly = len(feed) > 0
            self.note(each, "broken_feed", WARNING if len(feed) else ERROR, excerpt=feed.problem)
        elif not len(feed):
            self.note(each, "feed_without_entries", WARNING)
        for reason in feed.lost:
            self.note(each, "broken_entry", ERROR, excerpt=reason)
        line, offset = 1, 0
        for lines, n in _inputs.json_lines(feed.records()):
            self.add("jsonl", each, lines, offset, line)
            line, offset = line + n, offset + len(lines)

    def lacks(self, each: Input, e: UnsupportedError) -> None:
        """An input for which a package is missing."""
        self.read_wholly = False
        if self.on_error == "raise":
            raise e
        self.note(each, "unsupported_kind", ERROR, excerpt=str(e))

    def stream(self, each: Input, bar: Meter) -> None:
        before = bar.done
        try:
            content = self.content(each)
            raw = each.open()
        except OSError as e:
            self.note(each, "cannot_open", ERROR, excerpt=e.strerror)
            return
        try:
            if self.is_unchanged(each, content):
                self.n_unchanged += 1
            else:
                self.read(each, raw, content, bar)
        finally:
            each.close(raw)
        bar.advance(max(0, (each.size or 0) - (bar.done - before)))

    def read(self, each: Input, raw: Raw, content: Sum, bar: Meter) -> None:
        reader = _Counted(raw, bar, None if content.length else content)
        self.read_wholly = True
        try:
            self.unpacked(each, reader)
        except _ChangedError:
            again = each.open()
            try:
                self.unpacked(each, _Counted(again, bar, None))
            finally:
                each.close(again)
        if each.path is not None and self.read_wholly:
            reader.drain()
            self.finish(key_of(content))

    # --- inputs that were read before

    def content(self, each: Input) -> Sum:
        """The hash of a file, where it is small or one of its length was read before; else nothing yet: it is taken while reading."""
        content = Sum(options_text(self.kind or ("csv" if _inputs.is_named_csv(each.name) else None), self.options))
        if each.path is not None and each.size and (each.size <= AT_ONCE or self.writer.knows(length_of(each.size))):
            with open(each.path, "rb", buffering=0) as f:
                while data := f.read(CHUNK):
                    content.update(data)
        return content

    def is_unchanged(self, each: Input, content: Sum) -> bool:
        return each.path is not None and content.length > 0 and self.writer.knows(key_of(content))

    def finish(self, key: bytes) -> None:
        self.storing = True
        self.writer.finish_input(key)
        self.storing = False
        self.set_aside(b"")

    def set_aside(self, place: bytes) -> None:
        """How far this came is kept, where enough was done since the last time."""
        if self.can_resume and self.writer.is_due():
            self.storing = True
            self.writer.set_aside(place)
            self.storing = False

    def go_on(self, each: Input, peeked: Raw, prefix: Sum) -> tuple[int, int]:
        """Where reading lines begins: behind what an interrupted run has read of this input, if that is still the same."""
        place = self.place
        if place is None or each.path is None or name_of(each.name) != place.name:
            return 0, 1
        self.place = None
        self.looked.missing.clear()                        # they may stand in what was read before
        while prefix.length < place.offset and (data := peeked.read(min(CHUNK, place.offset - prefix.length))):
            prefix.update(data)
        if prefix.digest() != place.digest:
            raise _ChangedError
        return place.offset, place.line

    def unpacked(self, each: Input, reader: _Counted) -> None:
        try:
            kind, peeked = _inputs.open_unpacked(reader)
            kind = self.kind or ("csv" if kind == "text" and _inputs.is_named_csv(each.name) else kind)
            if kind in ("jsonl", "json_array", "csv") and _inputs.is_utf16(peeked.head):
                self.note(each, "utf16_input", INFO)
                peeked = _inputs.as_utf8(peeked)
            if kind == "jsonl":
                self.lines(each, peeked, Sum())
            elif kind in _tables.TABLE_KINDS:
                self.table_file(each, kind, peeked, reader.bar)
            elif kind == "feed":
                self.feed(each, peeked)
            elif kind in READABLE:
                self.whole(each, kind, peeked)
            else:
                self.refuse(each, kind)
        except _inputs.DamagedInputError as e:
            self.read_wholly = False
            self.note(each, "damaged_compression", ERROR, reader.done, str(e))
        except OSError as e:
            if self.storing:
                raise
            self.read_wholly = False
            self.note(each, "cannot_read", ERROR, reader.done, e.strerror or str(e))

    def refuse(self, each: Input, kind: str) -> None:
        self.read_wholly = False
        if self.on_error == "raise":
            raise UnsupportedError(f"{each.name}: {kind} cannot be read; text pages, JSON lines, tables and feeds can")
        self.note(each, "unsupported_kind", ERROR, excerpt=kind)

    def whole(self, each: Input, kind: str, peeked: Raw) -> None:
        """An input read whole; where its compression is damaged, what lies before that."""
        data, damage = _inputs.read_before_damage(peeked, PAGE_LIMIT + 1) if kind != "empty" else (bytearray(), None)
        if len(data) > PAGE_LIMIT:
            self.read_wholly = False
            self.note(each, "input_too_large", ERROR, PAGE_LIMIT)
            return
        self.add(kind, each, data, 0, 1)
        if damage is not None:
            raise damage

    def lines(self, each: Input, peeked: Raw, prefix: Sum) -> None:
        """JSON lines chunk by chunk: whole lines go to the core, the rest waits for the next chunk."""
        (offset, line), rest, skipping, name = self.go_on(each, peeked, prefix), b"", False, name_of(each.name)
        try:
            while data := peeked.read(CHUNK):
                rest += data
                end = rest.rfind(b"\n") + 1
                if skipping and end:
                    cut = rest.index(b"\n") + 1
                    prefix.update(rest[:cut])
                    offset, line, rest, end, skipping = offset + cut, line + 1, rest[cut:], end - cut, False
                elif skipping:
                    prefix.update(rest)
                    offset, rest = offset + len(rest), b""
                elif not end and len(rest) > LINE_LIMIT:
                    self.note(each, "article_too_large", ERROR, offset)
                    prefix.update(rest)
                    offset, rest, skipping = offset + len(rest), b"", True
                if end:
                    self.add("jsonl", each, memoryview(rest)[:end], offset, line)
                    prefix.update(memoryview(rest)[:end])
                    offset, line, rest = offset + end, line + rest.count(b"\n", 0, end), rest[end:]
                    if each.path is not None:
                        self.set_aside(Place(name, prefix.digest(), offset, line).pack())
        except BaseException as e:
            if self.storing or not isinstance(e, (_inputs.DamagedInputError, OSError)):
                rest = b""                                 # only what lies before damage is worth storing
            raise
        finally:
            if rest and not skipping:
                self.add("jsonl", each, rest, offset, line)

    # --- to the core

    def add(self, kind: str, each: Input, data: bytes | bytearray | memoryview, offset: int, line: int) -> None:
        self.n_bytes += len(data)
        if kind != "text":
            self.looked.at(data)
        self.storing = True
        self.writer.add(kind, each.name, data, self.options, offset, line)
        self.storing = False
        if self.on_error == "raise" and self.writer.counts()["skipped"]:
            self.complain()

    def note(self, each: Input, code: str, severity: int, offset: int = 0, excerpt: str | None = None) -> None:
        self.writer.note(each.name, code, severity, offset, excerpt, severity == ERROR)
        if severity == ERROR and self.on_error == "raise":
            self.complain()

    def complain(self) -> None:
        rows = self.writer.report()
        at = len(rows) - 1
        cell = {name: rows.column(i).values()[at] for i, name in enumerate(rows.columns)}
        raise PynewsError(f"{place_of(cell)}: {cell['code']}" + (f" ({cell['excerpt']})" if cell["excerpt"] else ""))


class _ChangedError(Exception):
    """What was read of an input by an interrupted run is not what is there now."""


class _Counted:
    """A raw stream that tells the meter how far it is, and sums what is read up."""

    def __init__(self, raw: Raw, bar: Meter, content: Sum | None) -> None:
        self._raw, self.bar, self._content, self.done = raw, bar, content, 0

    def read(self, n: int = -1, /) -> bytes:
        data = self._raw.read(n)
        self.done += len(data)
        self.bar.advance(len(data))
        if self._content is not None:
            self._content.update(data)
        return data

    def drain(self) -> None:
        """Reads what nobody wanted."""
        while self.read(CHUNK):
            pass

    def readable(self) -> bool:
        return True

    @property
    def closed(self) -> bool:
        return False


def _total(inputs: Iterable[Input]) -> int | None:
    """Bytes of all inputs, where that can be known before they are read."""
    if not isinstance(inputs, list):
        return None
    sizes = []
    for each in inputs:
        try:
            sizes.append(0 if each.problem else each.size)
        except OSError:
            sizes.append(0)
    return None if None in sizes else sum(size or 0 for size in sizes)
