"""Amounts are drawn so that they can be read back, as wide as the terminal allows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perisai_cli.cli.big import big
from perisai_cli.domain.money import rupiah


def read_back(lines: list[str], scale: int) -> str:
    """Return what is drawn, column by column: shapes stand apart by blank columns."""
    width = max(map(len, lines))
    rows = [line.ljust(width)[2::scale] for line in lines]
    shapes = [[""] * len(rows)]
    for column in zip(*rows, strict=True):
        if not "".join(column).strip():
            shapes.append([""] * len(rows))
        else:
            shapes[-1] = [part + cell for part, cell in zip(shapes[-1], column, strict=True)]
    signs = {tuple(shape_of(sign)): sign for sign in "0123456789"}
    return "".join(signs.get(tuple(shape), ".") for shape in shapes)


def shape_of(digit: str) -> list[str]:
    """Return the five rows of one digit, small: the last of a number that is drawn small."""
    drawn = big(int("1" + digit), 12)
    rows = [line.ljust(max(map(len, drawn)))[2:] for line in drawn]
    return [row[4:].ljust(3) for row in rows]


@given(st.integers(min_value=1, max_value=99_999_999), st.integers(min_value=40, max_value=140))
def test_any_amount_reads_back_and_fits(amount: int, width: int) -> None:
    lines = big(amount, width)
    assert len(lines) == 5
    assert max(map(len, lines)) <= width
    assert read_back(lines, 2 if wide(lines) else 1) == rupiah(amount).removeprefix("Rp")


def wide(lines: list[str]) -> bool:
    """Tell whether every cell is drawn twice."""
    return all(line[2::2] == line[3::2].ljust(len(line[2::2])) for line in lines)


def test_only_plain_signs_are_used_and_a_terminal_too_narrow_has_the_usual_form() -> None:
    assert set("".join(big(1_234_567_890, 120))) <= {"#", " "}
    assert big(1_234_567, 20) == ["Rp1.234.567"]
    assert len(set(map(tuple, (shape_of(digit) for digit in "0123456789")))) == 10
