"""CSV files: encoding, delimiter and first line worked out, then read a row at a time."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.sheets.model import Cell, SheetRow
from perisai_cli.sheets.opened import MAX_COLUMNS, Opened

SAMPLE = 1 << 16
MAX_LINE = 1 << 20
DELIMITERS = ";,\t|"
MAX_LINES_IN_CELL = 30
_CHUNK = 1 << 20


class CsvBook(Opened):
    """An open CSV file: one sheet without a name, its rows counted as Excel counts them."""

    kind = "csv"
    sheets: tuple[str, ...] = ("",)

    def __init__(self, path: Path):
        self._file = path.open("rb")
        self.encoding = encoding_of(self._file)
        with self._text() as text:
            first = text.readline(SAMPLE)
            rest = text.read(SAMPLE)
        self._named = _named_delimiter(first)
        sample = rest if self._named else first + rest
        self.delimiter = self._named or delimiter_of(sample)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _text(self) -> io.TextIOWrapper:
        """Return the text from its beginning; closing it leaves the file open."""
        self._file.seek(0)
        copy = io.BufferedReader(_Unclosed(self._file))
        return io.TextIOWrapper(copy, self.encoding, errors="replace", newline=None)

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """Yield the rows; a cell is a text, or None where it is empty.

        Raises:
            InvalidInput: ``sheet.quote`` where a quotation mark is not closed, ``sheet.too_wide``,
                ``sheet.damaged``.
        """
        if sheet not in self.sheets:
            raise KeyError(sheet)
        with self._text() as text:
            if self._named:
                text.readline(MAX_LINE)
            lines = _bounded(text)
            reader = csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True)
            number = widest = 0
            try:
                for number, row in enumerate(reader, 1):
                    if reader.line_num > number and any("\n" in cell for cell in row):
                        self._check_quotes(row, number, widest)
                    if len(row) > MAX_COLUMNS:
                        raise InvalidInput("sheet.too_wide", limit=MAX_COLUMNS)
                    widest = max(widest, len(row))
                    yield SheetRow(number, _cells(row))
            except csv.Error:
                raise InvalidInput("sheet.quote", number=number + 1) from None
            except UnicodeError:
                raise InvalidInput("sheet.damaged") from None

    def _check_quotes(self, row: list[str], number: int, usual: int) -> None:
        """Refuse a cell that swallowed rows: a person would vanish in it without a word."""
        many = max(2, usual // 2)
        for cell in row:
            lines = cell.split("\n")[1:]
            if len(lines) > MAX_LINES_IN_CELL or any(
                line.count(self.delimiter) >= many for line in lines
            ):
                raise InvalidInput("sheet.quote", number=number)


def _cells(row: list[str]) -> tuple[Cell, ...]:
    if "" not in row:
        return tuple(row)
    count = len(row)
    while count and not row[count - 1]:
        count -= 1
    return tuple([cell or None for cell in row[:count]])


class _Unclosed(io.RawIOBase):
    """A file that stays open when what reads it is closed."""

    def __init__(self, file: io.BufferedReader):
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        return self._file.readinto(buffer)  # type: ignore[arg-type]


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield the lines of a text, none of them endless."""
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise InvalidInput("sheet.too_large")
        yield line


def encoding_of(file: io.BufferedReader) -> str:
    """Return the encoding of a text: by its mark, by its zeros, or by reading it as UTF-8."""
    file.seek(0)
    head = file.read(SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 > len(head) and min(even, odd) * 20 < max(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk := file.read(_CHUNK):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            # One bad octet among many good ones is damage in UTF-8, not another encoding.
            text = chunk.decode("utf-8", "replace")
            wrong = text.count("\ufffd")
            good = sum(1 for each in text if each > "\x7f") - wrong
            return "utf-8-sig" if good > 3 * wrong else "cp1252"
    return "utf-8-sig"


def _named_delimiter(first: str) -> str:
    """Return the delimiter that a first line ``sep=;`` names, which Excel shows to nobody."""
    line = first.strip("\r\n\ufeff")
    return line[4] if len(line) == 5 and line[:4].lower() == "sep=" else ""


def delimiter_of(sample: str) -> str:
    """Return the delimiter by which most lines of *sample* have equally many cells."""
    best, most = ",", 0
    whole = sample.rpartition("\n")[0] or sample
    for mark in DELIMITERS:
        try:
            widths = Counter(
                len(row) for row in csv.reader(whole.split("\n")[:200], delimiter=mark)
            )
        except csv.Error:
            continue
        worth = max((count * (width - 1) for width, count in widths.items()), default=0)
        if worth > most:
            best, most = mark, worth
    return best
