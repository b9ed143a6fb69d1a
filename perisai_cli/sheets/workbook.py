"""What a workbook says about itself before its rows: sheets, date system, formats, shared texts."""

from __future__ import annotations

import posixpath
import re
from array import array
from datetime import date
from typing import NamedTuple

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.sheets.numbers import FIRST_DAY_1900, FIRST_DAY_1904, shows_days
from perisai_cli.sheets.package import MAX_PART, MAX_TEXT, Package

MAX_SHEETS = 500
MAX_SHARED = 4_000_000
MAX_SHARED_OCTETS = 96 << 20
"""How many texts a workbook may share among its cells, and their octets, which stay in memory."""
MAX_FORMATS = 65_536
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Sheet(NamedTuple):
    """A sheet: its name, the part of the archive that holds it, whether nobody sees it."""

    name: str
    part: str
    hidden: bool


def plain_text(text: str) -> str:
    """Return a text without the escapes that stand for characters XML can't hold."""
    return _ESCAPED.sub(_unescaped, text) if "_x" in text else text


def _unescaped(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return found[0] if "\ud800" <= character <= "\udfff" else character


class Contents:
    """The parts of a workbook that are read when it is opened.

    Attributes:
        sheets: The sheets that hold cells, in their order.
        first_day: Day 0 of its serial dates.
        shared: Where its shared texts are; None where it has none.
        styles: Where its formats are; None where it has none.
    """

    def __init__(self, package: Package):
        self._package = package
        main = self._targets("_rels/.rels", "").get("officeDocument", [""])[0]
        if main not in package:
            raise InvalidInput("sheet.not_one")
        folder, name = posixpath.split(main)
        rels = f"{folder}/_rels/{name}.rels"
        self._by_id: dict[str, str] = {}
        targets = self._targets(rels, folder)
        self.shared = next(iter(targets.get("sharedStrings", [])), None)
        self.styles = next(iter(targets.get("styles", [])), None)
        self._listed: list[tuple[str, str, bool]] = []
        self.first_day: date = FIRST_DAY_1900
        for _ in package.parse(main, self._main, lambda _: None, limit=MAX_PART):
            pass
        self.sheets = tuple(
            Sheet(name, self._by_id[found], hidden)
            for name, found, hidden in self._listed
            if self._by_id[found] in targets.get("worksheet", ())
        )

    def _targets(self, rels: str, folder: str) -> dict[str, list[str]]:
        """Return the parts that a list of relations names, by kind; outer ones are not followed."""
        found: dict[str, list[str]] = {}

        def start(name: str, said: dict[str, str]) -> None:
            if name != "Relationship" or said.get("TargetMode") == "External":
                return
            target = posixpath.normpath(posixpath.join("/", folder, said["Target"])).lstrip("/")
            found.setdefault(said.get("Type", "").rpartition("/")[2], []).append(target)
            if folder:
                self._by_id[said.get("Id", "")] = target

        if rels in self._package:
            for _ in self._package.parse(rels, start, lambda _: None, limit=MAX_PART):
                pass
        return found

    def _main(self, name: str, said: dict[str, str]) -> None:
        if name == "workbookPr" and said.get("date1904", "0") in ("1", "true", "on"):
            self.first_day = FIRST_DAY_1904
        elif name == "sheet":
            at = next((said[key] for key in said if key.rpartition(":")[2] == "id"), "")
            self._listed.append((said["name"], at, said.get("state", "visible") != "visible"))
            if len(self._listed) > MAX_SHEETS:
                raise InvalidInput("sheet.too_large")


def day_styles(package: Package, part: str | None) -> frozenset[int]:
    """Return the indexes of the cell formats that show numbers as days."""
    if part is None or part not in package:
        return frozenset()
    patterns: dict[int, str] = {}
    used: list[int] = []
    _read_formats(package, part, patterns, used)
    return frozenset(
        index for index, number in enumerate(used) if shows_days(number, patterns.get(number))
    )


def _read_formats(package: Package, part: str, patterns: dict[int, str], used: list[int]) -> None:
    """Read the patterns of number formats by id, and the id that each cell format uses."""
    inside = False

    def start(name: str, said: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            patterns[int(said.get("numFmtId", 0))] = said.get("formatCode", "")
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            used.append(int(said.get("numFmtId", 0)))
            if len(used) > MAX_FORMATS:
                raise InvalidInput("sheet.too_large")

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    for _ in package.parse(part, start, end, limit=MAX_PART):
        pass


class SharedTexts:
    """The texts that cells share, as one run of octets: a name costs its letters and eight more."""

    def __init__(self, package: Package, part: str | None):
        self._octets = bytearray()
        self._ends = array("Q", [0])
        self._pieces: list[str] = []
        self._reading = self._spelling = False
        self._length = 0
        if part is not None and part in package:
            for _ in package.parse(part, self._start, self._end, self._text):
                pass

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name == "t":
            self._reading = not self._spelling
        elif name == "rPh":  # how a Japanese text is spoken, no part of it
            self._spelling = True

    def _text(self, text: str) -> None:
        if self._reading:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > MAX_TEXT:
                raise InvalidInput("sheet.too_large")

    def _end(self, name: str) -> None:
        if name == "t":
            self._reading = False
        elif name == "rPh":
            self._spelling = False
        elif name == "si":
            self._octets += plain_text("".join(self._pieces)).encode("utf-8", "surrogatepass")
            self._ends.append(len(self._octets))
            self._pieces.clear()
            self._length = 0
            if len(self._ends) > MAX_SHARED or len(self._octets) > MAX_SHARED_OCTETS:
                raise InvalidInput("sheet.too_large")

    def __getitem__(self, index: int) -> str:
        if index < 0:
            raise IndexError
        return self._octets[self._ends[index] : self._ends[index + 1]].decode("utf-8", "replace")
