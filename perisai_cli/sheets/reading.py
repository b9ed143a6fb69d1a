"""Opens any spreadsheet by what is in it, whatever its name ends with."""

from __future__ import annotations

import struct
from pathlib import Path

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.sheets.delimited import CsvBook
from perisai_cli.sheets.model import Book
from perisai_cli.sheets.ods import OdsBook
from perisai_cli.sheets.package import Package
from perisai_cli.sheets.xlsx import XlsxBook

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNINGS: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    ("sheet.pdf", (b"%PDF",)),
    ("sheet.picture", (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")),
    ("sheet.archive", (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")),
    ("sheet.document", (b"{\\rtf",)),
    ("sheet.old_excel", (b"\x09\x08", b"\x09\x04\x06", b"\x09\x02\x06", b"\x09\x00\x04")),
    ("sheet.database", (b"SQLite format 3",)),
)
_PAGES = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<meta", b"<style")
_TEXT_CONTROLS = bytes({*range(32)} - {9, 10, 11, 12, 13, 26})


def open_book(path: Path) -> Book:
    """Return the spreadsheet in *path*, to be closed after use (it works with ``with``).

    Raises:
        InvalidInput: ``file.unreadable``, ``input.empty``, or a code ``sheet.…`` that says what
            the file is instead and how to make a spreadsheet of it.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head.startswith(b"PK"):
            return _zipped(path)
        _refuse_others(path, head)
        return CsvBook(path)
    except OSError:
        raise InvalidInput("file.unreadable") from None


def _zipped(path: Path) -> Book:
    """Return the XLSX or ODS file in *path*, told apart by the parts they have."""
    package = Package(path)
    try:
        if "[Content_Types].xml" in package:
            if "xl/workbook.bin" in package:
                raise InvalidInput("sheet.binary")
            if "word/document.xml" in package or "ppt/presentation.xml" in package:
                raise InvalidInput("sheet.document")
            kind: type[XlsxBook | OdsBook] = XlsxBook
        elif "mimetype" in package:
            kind = _open_document(package)
        elif "Index/Document.iwa" in package or "Index.zip" in package:
            raise InvalidInput("sheet.binary")
        else:
            raise InvalidInput("sheet.archive")
    finally:
        package.close()
    return kind(path)


def _open_document(package: Package) -> type[OdsBook]:
    if b"spreadsheet" not in package.whole("mimetype"):
        raise InvalidInput("sheet.document")
    return OdsBook


def _refuse_others(path: Path, head: bytes) -> None:
    """Raise what *head* shows the file to be, if it is no text that could hold rows."""
    if head.startswith(_OLE):
        raise InvalidInput(_inside_ole(path, head))
    for code, beginnings in _BEGINNINGS:
        if head.startswith(beginnings):
            raise InvalidInput(code)
    if head[4:8] == b"ftyp":
        raise InvalidInput("sheet.picture")
    _refuse_other_texts(head.removeprefix(b"\xef\xbb\xbf").lstrip())
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) * 4 > len(head)
    if not wide and sum(head.count(control) for control in _TEXT_CONTROLS) * 100 > len(head):
        raise InvalidInput("sheet.not_one")


def _refuse_other_texts(plain: bytes) -> None:
    if plain[:10].lower().startswith(_PAGES):
        raise InvalidInput("sheet.page")
    if plain.startswith((b'{"', b"{\n", b"[{", b"{ ")):
        raise InvalidInput("sheet.json")
    if not plain:
        raise InvalidInput("input.empty")


def _inside_ole(path: Path, head: bytes) -> str:
    """Return what an OLE file is: a workbook behind a password, an old one, or something else."""
    try:
        (shift,) = struct.unpack_from("<H", head, 30)
        (sector,) = struct.unpack_from("<I", head, 48)
    except struct.error:
        return "sheet.damaged"
    with path.open("rb") as file:
        file.seek(min((sector + 1) << min(shift, 12), 1 << 40))
        directory = file.read(_HEAD)
    if "EncryptedPackage".encode("utf-16-le") in directory:
        return "sheet.password"
    names = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
    return "sheet.old_excel" if any(name in directory for name in names) else "sheet.document"
