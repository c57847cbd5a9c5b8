"""Tables as inputs: whatever offers an Arrow stream, and the files that pyarrow or polars turn into one."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator
from typing import Any

from pynews import _core
from pynews._errors import UnsupportedError

TABLE_KINDS = ("parquet", "arrow", "csv")
CHUNK = 4 << 20                  # bytes of JSON lines handed to the core at a time
CSV_BLOCK = 64 << 20             # bytes in which a row of CSV must end
CSV_HEAD = 64 << 10
DELIMITERS = ",;\t|"
CURE = 'pip install "pynews[arrow]" (or "pynews[polars]") brings a reader'

BadRow = Callable[[int, str], None]      # number of the row in the file, why


def is_table(thing: Any) -> bool:
    """Whether it offers its rows as an Arrow stream: frames of pandas, polars, DuckDB, tables of pyarrow, our own results."""
    return hasattr(thing, "__arrow_c_stream__") and not isinstance(thing, type)


def rows_of(table: Any) -> _core.ArrowRows:
    """The rows of a table, to be read once."""
    return _core.arrow_rows(table.__arrow_c_stream__())


def chunks(reader: _core.ArrowRows) -> Iterator[tuple[bytes, int, int]]:
    """JSON lines of a table in chunks: the bytes, how many rows they are, how many texts were read as windows-1252 in part."""
    while True:
        lines, n, repaired = reader.next(CHUNK)
        if n == 0:
            return
        yield lines, n, repaired


def numbered(lines: bytes, n: int, row: int, left_out: Collection[int]) -> list[tuple[bytes, int]]:
    """Lines of `n` rows that begin at a row of the file, parted where rows were left out of it: each part with the row of its first line."""
    if not left_out:
        return [(lines, row)]
    parts, at = [], 0
    while n:
        while row in left_out:
            row += 1
        begin, first = at, row
        while n and row not in left_out:
            at, row, n = lines.index(b"\n", at) + 1, row + 1, n - 1
        parts.append((lines[begin:at], first))
    return parts


def open_table(kind: str, stream: Any, bad_row: BadRow) -> Any:
    """A binary stream of a table file as something that offers an Arrow stream.

    Raises
    ------
    UnsupportedError
        If neither pyarrow nor polars is installed.
    OSError, ValueError
        If the file is no such table.
    """
    try:
        import pyarrow
    except ImportError:
        return _by_polars(kind, stream)
    del pyarrow
    return {"parquet": _parquet, "arrow": _ipc, "csv": _csv}[kind](stream, bad_row)


# --- pyarrow


def _parquet(stream: Any, bad_row: BadRow) -> Any:
    import pyarrow
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(_seekable(stream))
    return pyarrow.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(batch_size=4096))


def _ipc(stream: Any, bad_row: BadRow) -> Any:
    import pyarrow
    import pyarrow.ipc

    file = pyarrow.ipc.open_file(_seekable(stream))
    return pyarrow.RecordBatchReader.from_batches(file.schema, (_whole(file.get_batch(i)) for i in range(file.num_record_batches)))


def _whole(batch: Any) -> Any:
    """A batch of a file of unknown origin: every offset in it is looked at before it is used."""
    batch.validate(full=True)
    return batch


def _csv(stream: Any, bad_row: BadRow) -> Any:
    """Every column as text: numbers and dates are for the rules of fields to read, and an id '007' stays one."""
    import pyarrow
    import pyarrow.csv

    head, names, delimiter = _csv_head(stream)

    def skip(row: Any) -> str:
        bad_row(row.number or 0, f"{row.actual_columns} columns where the header has {row.expected_columns}")
        return "skip"

    return pyarrow.csv.open_csv(
        _Prefixed(head, stream),
        read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=CSV_BLOCK, column_names=names, skip_rows=0),
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pyarrow.csv.ConvertOptions(
            check_utf8=False, column_types=dict.fromkeys(names, pyarrow.string()), strings_can_be_null=False, quoted_strings_can_be_null=False
        ),
    )


class _Prefixed(io.RawIOBase):
    """A stream with bytes put back in front of it."""

    def __init__(self, head: bytes, rest: Any) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        n = len(buffer)
        data = self._head[:n] or self._rest.read(n)
        self._head = self._head[n:]
        buffer[: len(data)] = data
        return len(data)


def _csv_head(stream: Any) -> tuple[bytes, list[str], str]:
    """What stands behind the header line, the names of the columns, and the sign between columns."""
    head = stream.read(CSV_HEAD)
    while len(head) < CSV_HEAD and (more := stream.read(CSV_HEAD - len(head))):
        head += more
    head = head.removeprefix(b"\xef\xbb\xbf")
    end = _end_of_record(head)
    line = head[:end].decode(errors="replace").rstrip("\r\n")
    delimiter = max(DELIMITERS, key=line.count)
    names = next(csv.reader([line], delimiter=delimiter), [])
    if len(set(names)) < len(names):
        raise ValueError(f"the header names a column twice: {line[:200]}")
    if not names:
        raise ValueError("there is no header line")
    return head[end:], names, delimiter


def _end_of_record(head: bytes) -> int:
    """Where the first record ends: at a line end outside of quotation marks."""
    at = 0
    while at < len(head):
        end = head.find(b"\n", at) + 1 or len(head)
        if head.count(b'"', 0, end) % 2 == 0:
            return end
        at = end
    return len(head)


# --- polars


def _by_polars(kind: str, stream: Any) -> Any:
    try:
        import polars
    except ImportError:
        raise UnsupportedError(f"{kind} is read through pyarrow or polars, and neither is installed: {CURE}") from None
    data = io.BytesIO(stream.read())
    if kind == "csv":
        head, names, delimiter = _csv_head(data)
        rest = io.BytesIO(head + data.read())
        return polars.read_csv(
            rest, has_header=False, new_columns=names, separator=delimiter, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=False
        )
    return polars.read_parquet(data) if kind == "parquet" else polars.read_ipc(data)


def _seekable(stream: Any) -> Any:
    """The file itself where it can be gone to and fro in, else all of it in memory."""
    return stream if getattr(stream, "seekable", bool)() else io.BytesIO(stream.read())
