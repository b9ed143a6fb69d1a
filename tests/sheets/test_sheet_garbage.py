"""Whatever is in a file, it is read as people or refused with a code: never another exception.

``pytest -m slow tests/sheets/test_sheet_garbage.py`` runs ten thousand files of each kind.
"""

from __future__ import annotations

import random
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from dirty_books import DIRTY
from sheet_books import csv_bytes, read_all, write

from perisai_cli.domain.errors import InvalidInput

FEW, MANY = 300, 10_000
HEADS = (b"", b"", b"PK\x03\x04", b"NIK,Nama\n", b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"NIK;Nama;Tgl Lahir\n5171011708909999;")  # fmt: skip


def outcome(path: Path, held: bytes) -> str:
    """Return the code of a refusal, or ``read``."""
    path.write_bytes(held)
    try:
        read_all(path)
    except InvalidInput as error:
        return error.code
    return "read"


def noise(chance: random.Random) -> bytes:
    """Return random octets, some of them after a beginning that looks like a spreadsheet."""
    alphabet = chance.choice((bytes(range(256)), b"0123456789,;\"'\n\r\tNIKama -/.\x00\xff"))
    return chance.choice(HEADS) + bytes(chance.choices(alphabet, k=chance.randrange(600)))


def damaged(chance: random.Random, whole: bytes) -> bytes:
    """Return a file cut, with bits turned, or with a piece of it moved."""
    octets = bytearray(whole)
    for _ in range(chance.choice((1, 1, 3, 20))):
        octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
    start, length = chance.randrange(len(octets)), chance.randrange(1, 60)
    way = chance.randrange(4)
    if way == 1:
        del octets[start:]
    elif way == 2:
        del octets[start : start + length]
    elif way == 3:
        octets[start:start] = octets[-length:]
    return bytes(octets)


def damaged_inside(chance: random.Random, whole: bytes) -> bytes:
    """Return an archive that is sound, with one part of it damaged."""
    with zipfile.ZipFile(BytesIO(whole)) as old:
        parts = {each: old.read(each) for each in old.namelist()}
    hurt = chance.choice([each for each in parts if parts[each]])
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as new:
        for name, octets in parts.items():
            new.writestr(name, damaged(chance, octets) if name == hurt else octets)
    return held.getvalue()


def run(folder: Path, count: int) -> set[str]:
    chance = random.Random(count)
    dirty = next(each for each in DIRTY if each.name == "everything at once")
    whole = {
        kind: write(folder / f"whole.{kind}", dirty.rows).read_bytes()
        for kind in ("xlsx", "ods", "csv")
    }
    whole["utf16"] = csv_bytes(dirty.rows, ";", "utf-16")
    told: set[str] = set()
    for number in range(count):
        kind = ("xlsx", "ods", "csv", "utf16")[number % 4]
        told.add(outcome(folder / "noise", noise(chance)))
        told.add(outcome(folder / "damaged", damaged(chance, whole[kind])))
        if kind in ("xlsx", "ods"):
            told.add(outcome(folder / "inside", damaged_inside(chance, whole[kind])))
    return told


def test_hundreds_of_random_and_damaged_files_are_read_or_refused_by_code(tmp_path: Path) -> None:
    assert {"read", "sheet.damaged", "sheet.not_one"} <= run(tmp_path, FEW)


@pytest.mark.slow
def test_ten_thousand_random_and_damaged_files_are_read_or_refused_by_code(tmp_path: Path) -> None:
    assert {"read", "sheet.damaged", "sheet.not_one"} <= run(tmp_path, MANY)
