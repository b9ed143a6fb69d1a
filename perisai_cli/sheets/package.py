"""The zip archive that XLSX and ODS files are, opened with limits, its XML read as a stream.

What is inside was written by anyone: sizes are checked before a byte is unpacked, entities are
refused, and nothing outside the archive is ever opened.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.parsers import expat

from perisai_cli.domain.errors import InvalidInput

MAX_ENTRIES = 5000
MAX_SHEET = 768 << 20
"""Octets of one sheet when unpacked: a million rows of twenty columns take about as many."""
MAX_PART = 32 << 20
"""Octets of any part that is kept in memory, such as the styles."""
MAX_RATIO = 150
"""How many times larger an unpacked part may be; a real sheet grows 5 to 60 times."""
_FREE_OF_RATIO = 8 << 20
MAX_ATTRIBUTES, MAX_DEPTH = 256, 100
MAX_ELEMENTS = 50_000_000
"""Elements of one part: a bomb of short ones would be small enough and still take minutes."""
MAX_TEXT = 1 << 20
"""Characters in one cell; Excel allows 32,767."""
_CHUNK = 1 << 16

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, UnicodeError, KeyError, IndexError,
    OverflowError, ValueError, RuntimeError, OSError,
)  # fmt: skip
"""What reading a damaged archive raises, by the libraries beneath and by our own readers."""


@contextmanager
def damage_told() -> Iterator[None]:
    """Turn whatever a damaged file raises into ``sheet.damaged``.

    Raises:
        InvalidInput: ``sheet.damaged``, or what was raised inside.
    """
    try:
        yield
    except _DAMAGE:
        raise InvalidInput("sheet.damaged") from None


class Package:
    """An open archive."""

    def __init__(self, path: Path):
        with damage_told():
            self._zip = zipfile.ZipFile(path)
            entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            self.close()
            raise InvalidInput("sheet.too_large")
        self._entries = {each.filename.lstrip("/"): each for each in entries}

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def size(self, name: str) -> int:
        """Return how many octets a part has when unpacked; 0 for one that is not there."""
        entry = self._entries.get(name)
        return entry.file_size if entry else 0

    def chunks(self, name: str, limit: int = MAX_SHEET) -> Iterator[bytes]:
        """Yield the octets of a part, unpacked a little at a time.

        Raises:
            InvalidInput: ``sheet.too_large``, ``sheet.password``, ``sheet.damaged``.
        """
        with damage_told():
            entry = self._entries[name]
            self._check(entry, limit)
            with self._zip.open(entry) as part:
                yield from _pieces(part, entry.file_size)

    def _check(self, entry: zipfile.ZipInfo, limit: int) -> None:
        if entry.flag_bits & 1:
            raise InvalidInput("sheet.password")
        grown = entry.file_size > max(entry.compress_size, 1) * MAX_RATIO
        if entry.file_size > limit or (grown and entry.file_size > _FREE_OF_RATIO):
            raise InvalidInput("sheet.too_large")

    def whole(self, name: str) -> bytes:
        """Return a small part whole."""
        return b"".join(self.chunks(name, MAX_PART))

    def parse(
        self, name: str, start: Start, end: End, text: Text | None = None, limit: int = MAX_SHEET
    ) -> Iterator[None]:
        """Parse a part, yielding after each piece of it so that what was made can be taken.

        Elements come by their local names, attributes as they are written.
        """
        with damage_told():
            parser = _parser(start, end, text)
            for chunk in self.chunks(name, limit):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
            yield


def _pieces(part: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield *part*, which may hold less than the *size* that the archive declares, never more."""
    left = size
    while chunk := part.read(min(_CHUNK, left)):
        left -= len(chunk)
        yield chunk
    if left:
        raise EOFError


def _parser(start: Start, end: End, text: Text | None) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    local: dict[str, str] = {}
    depth = count = 0

    def refuse(*_: object) -> None:
        # A spreadsheet needs no document type, and one can hold entities that grow without end.
        raise InvalidInput("sheet.entities")

    def local_name(name: str) -> str:
        if len(local) > MAX_PART >> 10:
            raise InvalidInput("sheet.too_large")
        found = local[name] = name.rpartition(":")[2]
        return found

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth += 1
        count += 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise InvalidInput("sheet.too_large")
        start(local.get(name) or local_name(name), attributes)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(local[name])

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    if text is not None:
        parser.CharacterDataHandler = text
    return parser
