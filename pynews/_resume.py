"""Work that goes on where it stopped: what names it, which inputs were read before, and how far the current one was read."""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass
from typing import Any

from pynews import _core

BLOCK = 1 << 20                  # bytes hashed at a time
AT_ONCE = 64 << 20               # a file up to here is hashed before it is read
PLACE = struct.Struct("<16s16sQQ")


class Sum:
    """A hash of bytes that come in pieces of any size."""

    def __init__(self, start: bytes = b"") -> None:
        self._chain, self._rest = _core.hash128(start), bytearray()
        self.length = 0

    def update(self, data: bytes | memoryview) -> None:
        self.length += len(data)
        self._rest += data
        while len(self._rest) >= BLOCK:
            self._chain = _core.hash128(self._chain + _core.hash128(self._rest[:BLOCK]))
            del self._rest[:BLOCK]

    def digest(self) -> bytes:
        return _core.hash128(self._chain + _core.hash128(self._rest))


def options_text(kind: str | None, options: _core._Options) -> bytes:
    """How inputs are read: the same input read otherwise may give other articles."""
    from pynews import __version__

    return json.dumps([__version__, kind, options]).encode()


def job_of(inputs: Any, options: bytes) -> bytes | None:
    """A name for the work of reading these paths this way; None where an input cannot be read again from the start."""
    paths = [inputs] if isinstance(inputs, (str, os.PathLike)) else inputs
    if not isinstance(paths, (list, tuple)) or not all(isinstance(path, (str, os.PathLike)) for path in paths):
        return None
    names = [os.path.abspath(os.fsdecode(os.fspath(path))) for path in paths]
    return _core.hash128(options + json.dumps(names).encode())


def key_of(content: Sum) -> bytes:
    """The key of an input that was read to its end: its length, and its content with the options."""
    return length_of(content.length) + content.digest()[:12]


def length_of(n: int) -> bytes:
    return struct.pack("<I", n & 0xFFFFFFFF)


@dataclass
class Place:
    """How far an input of lines was read: the bytes before, their hash, and the number of the next line."""

    name: bytes
    digest: bytes
    offset: int
    line: int

    def pack(self) -> bytes:
        return PLACE.pack(self.name, self.digest, self.offset, self.line)

    @staticmethod
    def unpack(data: bytes) -> Place | None:
        return Place(*PLACE.unpack(data)) if len(data) == PLACE.size else None


def name_of(name: str) -> bytes:
    return _core.hash128(name.encode(errors="surrogatepass"))


