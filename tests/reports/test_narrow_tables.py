"""Tables on terminals of any width: a number, an amount, a month or an id is never cut."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from perisai_cli.cli import tables
from perisai_cli.domain.money import rupiah

NUMBERS = st.one_of(
    st.integers(0, 10**12).map(rupiah),
    st.integers(0, 10**6).map(str),
    st.dates().map(str),
    st.dates().map(lambda day: f"{day:%Y-%m}"),
    st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
    st.from_regex(r"[0-9]{4}\*{8}[0-9]{4}", fullmatch=True),
)
WORDS = st.text(
    st.characters(categories=("L", "Zs", "P"), max_codepoint=0x24F), max_size=60
) | st.sampled_from(["menunggu dikirim", "perlu diperbaiki", "Ni Luh Putu Sari Dewi", ""])
HEADINGS = st.sampled_from(["NIK", "Nomor", "Keadaan", "Jumlah iuran", "Lapisan penghasilan"])


@st.composite
def drawn(draw: st.DrawFn) -> tuple[list[str], list[list[str]], tuple[int, ...], tuple[int, ...]]:
    """Return headings and rows, which columns are numbers, and which of those stand right."""
    kinds = draw(st.lists(st.booleans(), min_size=1, max_size=8))
    cells = [NUMBERS if number else WORDS for number in kinds]
    rows = draw(st.lists(st.tuples(*cells).map(list), min_size=1, max_size=4))
    numbers = [place for place, number in enumerate(kinds) if number]
    right = draw(st.sets(st.sampled_from(numbers))) if numbers else set()
    heading = [draw(HEADINGS) for _ in kinds]
    return heading, rows, tuple(numbers), tuple(sorted(right))


def lines_of(
    width: int, heading: Sequence[str], rows: Sequence[Sequence[str]], right: tuple[int, ...]
) -> list[str]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COLUMNS", str(width))
        return list(tables.table(heading, rows, right=right))


@given(drawn(), st.integers(20, 120))
def test_every_number_stands_whole_in_one_line(
    made: tuple[list[str], list[list[str]], tuple[int, ...], tuple[int, ...]], width: int
) -> None:
    heading, rows, numbers, right = made
    words = " ".join(lines_of(width, heading, rows, right)).split()
    for row in rows:
        for place in numbers:
            assert row[place] in words
            words.remove(row[place])  # the same number twice stands there twice


@given(drawn(), st.integers(20, 120))
def test_every_word_that_has_room_stands_whole(
    made: tuple[list[str], list[list[str]], tuple[int, ...], tuple[int, ...]], width: int
) -> None:
    heading, rows, _, right = made
    lines = lines_of(width, heading, rows, right)
    shown = " ".join(lines).split()
    headings = heading if any("──" in line for line in lines) else []  # a block has no blank lines
    words = [word for cell in (*headings, *itertools.chain(*rows)) for word in cell.split()]
    short = [word for word in words if cell_len(word) <= 20]
    assert all(any(word in piece for piece in shown) for word in short)


@given(drawn(), st.integers(20, 120))
def test_a_table_is_never_wider_than_the_terminal(
    made: tuple[list[str], list[list[str]], tuple[int, ...], tuple[int, ...]], width: int
) -> None:
    heading, rows, _, right = made
    lines = lines_of(width, heading, rows, right)
    if any("──" in line for line in lines):  # else blocks, whose lines are broken as any talk
        assert all(cell_len(line) <= width for line in lines)


def test_a_row_without_room_becomes_a_block_of_lines() -> None:
    rows = [["ab12cd34", "", "Rp34.200"], ["cd34ab12", "belum", "Rp16.800"]]
    assert lines_of(20, ["Nomor", "Keadaan", "Jumlah"], rows, (2,)) == [
        "Nomor: ab12cd34", "Jumlah: Rp34.200", "",
        "Nomor: cd34ab12", "Keadaan: belum", "Jumlah: Rp16.800",
    ]  # fmt: skip
