"""What a user points at, as named streams of bytes: paths, folders, globs, open files, bytes, dicts, compressed or not."""

from __future__ import annotations

import bz2
import codecs
import glob
import gzip
import io
import json
import lzma
import os
import stat
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pynews import _core, _tables
from pynews._errors import PynewsError

HEAD = 4096                      # bytes that tell the kind
COMPRESSED = {"gzip", "bzip2", "xz", "zstd"}
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
TOLD_IN_UTF16 = ("jsonl", "json_array", "feed", "html", "binary")     # what the mark does not make a text page
NESTING = 2                      # a .gz inside a .zst is read, deeper is a bomb
RECORDS_AT_ONCE = 2000           # dicts turned into JSON lines at a time
PIECE = 1 << 20                  # bytes taken from a decompressor at a time


class Raw(Protocol):
    """What a stream needs to offer."""

    def read(self, n: int = -1, /) -> bytes: ...


@dataclass
class Input:
    """One input: its name in reports, and how to open it."""

    name: str
    path: str | None = None
    data: bytes | None = None
    stream: Raw | None = None
    records: Iterable[Mapping[str, Any]] | None = None
    table: Any = None                # offers an Arrow stream
    problem: str | None = None       # a code: this is not an input, and why

    @property
    def size(self) -> int | None:
        """Bytes as they lie on disk or in memory, where that is known."""
        if self.path is not None:
            return os.stat(self.path).st_size
        return None if self.data is None else len(self.data)

    def open(self) -> Raw:
        if self.path is not None:
            return open(self.path, "rb", buffering=1 << 20)
        if self.stream is not None:
            return self.stream
        return io.BytesIO(self.data or b"")

    def close(self, raw: Raw) -> None:
        """Close what `open` opened; a stream of the caller stays open."""
        if self.stream is None and isinstance(raw, io.IOBase):
            raw.close()


def find(inputs: Any) -> Iterator[Input]:
    """Every input the argument of build and add stands for, in a fixed order.

    Raises
    ------
    FileNotFoundError
        For a path or pattern that names nothing.
    TypeError
        For what cannot be an input.
    """
    if isinstance(inputs, (str, os.PathLike)):
        yield from _of_path(os.fspath(inputs))
    elif isinstance(inputs, (bytes, bytearray, memoryview)):
        yield Input("<bytes>", data=bytes(inputs))
    elif hasattr(inputs, "read"):
        yield Input(os.path.basename(str(getattr(inputs, "name", ""))) or "<stream>", stream=_binary(inputs))
    elif _tables.is_table(inputs):
        yield Input("<table>", table=inputs)
    elif isinstance(inputs, Mapping):
        yield Input("<records>", records=[inputs])
    elif isinstance(inputs, Iterable):
        yield from _of_items(inputs)
    else:
        raise TypeError(f"cannot read articles from {type(inputs).__name__}: give a path, bytes, an open file, a table or dicts")


def _binary(stream: Any) -> Raw:
    if isinstance(stream, io.TextIOBase):
        raise TypeError("the file is open for text: open it with mode 'rb'")
    return stream  # type: ignore[no-any-return]


def _of_items(items: Iterable[Any]) -> Iterator[Input]:
    """A list of inputs; dicts that follow each other are one input, so that a generator of them streams."""
    iterator = iter(items)
    for item in iterator:
        if isinstance(item, Mapping):
            run = _Run(item, iterator)
            yield Input("<records>", records=run)
            if run.after is not None:
                yield from find(run.after)
        else:
            yield from find(item)


class _Run:
    """Dicts from an iterator until something else comes, which is kept in `after`."""

    def __init__(self, first: Mapping[str, Any], rest: Iterator[Any]) -> None:
        self.first, self.rest, self.after = first, rest, None

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        yield self.first
        for item in self.rest:
            if not isinstance(item, Mapping):
                self.after = item
                return
            yield item


def _of_path(path: str) -> Iterator[Input]:
    if os.path.isdir(path):
        yield from _of_folder(path)
    elif os.path.exists(path):
        yield _of_file(path, os.path.basename(path))
    else:
        found = sorted(glob.glob(path, recursive=True))
        if not found:
            web = "://" in path
            raise FileNotFoundError(2, "nothing is fetched: save what is there, and give the file" if web else "no such file or folder", path)
        for each in found:
            yield from _of_path(each)


def _of_folder(folder: str) -> Iterator[Input]:
    """Files below a folder, sorted by name; names in reports begin with the folder's own, never above it."""
    top = os.path.basename(os.path.abspath(folder))
    for here, folders, files in os.walk(folder):
        folders.sort()
        if any(name.startswith("MANIFEST-") for name in files):
            folders.clear()
            yield Input(_name(top, folder, here), problem="own_archive")
            continue
        for name in sorted(files):
            path = os.path.join(here, name)
            shown = _name(top, folder, path)
            yield Input(shown, problem="hidden_file") if name.startswith(".") else _of_file(path, shown)


def _name(top: str, folder: str, path: str) -> str:
    return _printable(os.path.join(top, os.path.relpath(path, folder)))


def _printable(name: str) -> str:
    """File names are bytes: those that are not text are shown with escapes."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _of_file(path: str, name: str) -> Input:
    try:
        regular = stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return Input(_printable(name), problem="cannot_open")
    return Input(_printable(name), path=path) if regular else Input(_printable(name), problem="not_a_file")


# --- streams


class ZstdReader(io.RawIOBase):
    """Decompresses a zstd stream through the core."""

    def __init__(self, raw: Raw) -> None:
        self._raw, self._stream = raw, _core.zstd_stream()
        self._left, self._at_end, self._eof = b"", True, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        while True:
            if not self._left and not self._eof:
                self._left = self._raw.read(1 << 17)
                self._eof = not self._left
            if self._eof and self._at_end:
                return 0
            out, used, self._at_end = self._stream.read(self._left, len(view))
            self._left = self._left[used:]
            if out:
                view[: len(out)] = out
                return len(out)
            if self._eof:
                raise EOFError("the zstd stream ends in the middle")


class Peeked:
    """A stream whose first bytes were looked at."""

    def __init__(self, raw: Raw) -> None:
        self._raw, self.head = raw, _read_up_to(raw, HEAD)
        self._pending = self.head
        self.layers = 0                  # of compression that were taken off

    def read(self, n: int = -1, /) -> bytes:
        if n < 0:
            pending, self._pending = self._pending, b""
            return pending + self._raw.read()
        if self._pending:
            out, self._pending = self._pending[:n], self._pending[n:]
            return out
        return self._raw.read(n)

    def readable(self) -> bool:
        return True

    @property
    def closed(self) -> bool:
        return False


def _read_up_to(raw: Raw, n: int) -> bytes:
    """`n` bytes, or all there are: a stream may give less at a time."""
    out = b""
    while len(out) < n:
        more = raw.read(n - len(out))
        if not more:
            break
        out += more
    return out


class DamagedInputError(PynewsError):
    """A compressed input that ends too early or does not hold what it must."""


class Unpacked:
    """The content of a compressed stream. What lies before damage is given first, then the damage is raised."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._damage: str | None = None

    def read(self, n: int = -1, /) -> bytes:
        parts: list[bytes] = []
        left = n
        while left and (piece := self._piece(PIECE if n < 0 else min(left, PIECE), bool(parts) and n >= 0)):
            parts.append(piece)
            left -= len(piece) if n >= 0 else 0
        return b"".join(parts)

    def _piece(self, n: int, may_wait: bool) -> bytes:
        """Up to `n` bytes; nothing at the end, or at damage that can wait until the next read."""
        if self._damage is None:
            try:
                return bytes(self._stream.read1(n))
            except (EOFError, lzma.LZMAError, zlib.error, PynewsError) as e:
                self._damage = str(e)
            except OSError as e:
                if e.errno is not None:
                    raise
                self._damage = str(e)
        if may_wait:
            return b""
        raise DamagedInputError(self._damage)

    def readable(self) -> bool:
        return True

    @property
    def closed(self) -> bool:
        return False


def read_before_damage(raw: Raw, n: int) -> tuple[bytearray, DamagedInputError | None]:
    """Up to `n` bytes; where the compression is damaged, what lies before and the damage."""
    data = bytearray()
    try:
        while len(data) < n and (piece := raw.read(min(PIECE, n - len(data)))):
            data += piece
    except DamagedInputError as e:
        return data, e
    return data, None


def unpack(raw: Raw, kind: str) -> Raw:
    """The content of a compressed stream."""
    stream: Any = raw            # the library asks for more than it uses
    if kind == "gzip":
        return Unpacked(gzip.GzipFile(fileobj=stream))
    if kind == "bzip2":
        return Unpacked(bz2.BZ2File(stream))
    if kind == "xz":
        return Unpacked(lzma.LZMAFile(stream))
    return Unpacked(io.BufferedReader(ZstdReader(raw), 1 << 18))


class Utf16:
    """The content of a stream that begins with a mark of UTF-16, as UTF-8. What is no character becomes U+FFFD."""

    def __init__(self, raw: Raw) -> None:
        self._raw, self._decoder, self._left = raw, codecs.getincrementaldecoder("utf-16")("replace"), bytearray()
        self._at_end = False
        self._damage: DamagedInputError | None = None

    def read(self, n: int = -1, /) -> bytes:
        while not (self._at_end or self._damage) and (n < 0 or len(self._left) < n):
            data, self._damage = read_before_damage(self._raw, PIECE)
            self._at_end = not data and self._damage is None
            self._left += self._decoder.decode(data, self._at_end).encode()
        if self._damage is not None and not self._left:
            raise self._damage
        out = bytes(self._left if n < 0 else self._left[:n])
        del self._left[: len(out)]
        return out

    def readable(self) -> bool:
        return True

    @property
    def closed(self) -> bool:
        return False


def is_utf16(head: bytes) -> bool:
    """Whether a mark of UTF-16 stands in front."""
    return head.startswith(UTF16)


def kind_of(head: bytes) -> str:
    """The kind of an input by its first bytes, whether they are UTF-8 or UTF-16. A text page stays as it is: the core decodes it."""
    if not is_utf16(head):
        return _core.sniff(head)
    told = _core.sniff(codecs.getincrementaldecoder("utf-16")("replace").decode(head[:HEAD]).encode())
    return told if told in TOLD_IN_UTF16 else "text"


def open_unpacked(raw: Raw) -> tuple[str, Peeked]:
    """Kind and stream of an input, with up to NESTING layers of compression taken off."""
    peeked = Peeked(raw)
    kind = kind_of(peeked.head)
    for layers in range(1, NESTING + 1):
        if kind not in COMPRESSED:
            break
        peeked = Peeked(unpack(peeked, kind))
        peeked.layers = layers
        kind = kind_of(peeked.head)
    return kind, peeked


def as_utf8(peeked: Peeked) -> Peeked:
    """A stream in UTF-16 as one in UTF-8, which counts as unpacked: nobody may read the file instead."""
    made = Peeked(Utf16(peeked))
    made.layers = peeked.layers + 1
    return made


def is_named_csv(name: str) -> bool:
    """Whether the name says CSV: the content of such a file looks like any text."""
    stem, ending = os.path.splitext(name.lower())
    if ending in (".gz", ".bz2", ".xz", ".zst"):
        ending = os.path.splitext(stem)[1]
    return ending in (".csv", ".tsv")


def json_lines(records: Iterable[Mapping[str, Any]]) -> Iterator[tuple[bytes, int]]:
    """Dicts as chunks of JSON lines, each with the number of its records. What JSON does not know is written as text."""
    lines: list[str] = []
    for record in records:
        lines.append(json.dumps(_without_nan(record), ensure_ascii=False, default=_plain))
        if len(lines) == RECORDS_AT_ONCE:
            yield _encode(lines), len(lines)
            lines = []
    if lines:
        yield _encode(lines), len(lines)


def _without_nan(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with nothing where a data frame has its mark for nothing."""
    return {name: None if isinstance(value, float) and value != value else value for name, value in record.items()}


def _encode(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode(errors="backslashreplace")


def _plain(value: Any) -> Any:
    """Dates, paths, numpy numbers, sets and tuples of other libraries."""
    if type(value).__name__ in ("NaTType", "NAType"):      # what pandas has where there is nothing
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
