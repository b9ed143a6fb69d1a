"""Charts as shapes and as SVG: true lengths, numbers beside them, and the same in words."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar
from xml.etree import ElementTree

import made_reports as made
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perisai_cli.reports.charts import picture
from perisai_cli.reports.drawing import WIDTH, Block, Dot, Picture, Shape, Stroke, Words, cut, reach
from perisai_cli.reports.figures import BARS, round_down, round_up
from perisai_cli.reports.model import Chart, Column, Row, Section
from perisai_cli.reports.page_svg import svg
from perisai_cli.reports.tiles import PLACES

S = TypeVar("S", bound=Shape)

ALL = {
    "stacked": made.stacked(), "bar": made.named(), "pairs": made.pairs(),
    "line": made.curves(), "tiles": made.provinces(),
}  # fmt: skip
each_chart = pytest.mark.parametrize("section", ALL.values(), ids=ALL)


def drawn(section: Section) -> Picture:
    found = picture(section)
    assert found is not None
    return found


def of(kind: type[S], found: Picture) -> list[S]:
    return [shape for shape in found.shapes if isinstance(shape, kind)]


def words_of(found: Picture) -> list[str]:
    return [words.text for words in of(Words, found)]


def bars(numbers: list[int | Decimal | None], kind: str = "count") -> Section:
    columns = (Column("agent", "text"), Column("records", kind))  # type: ignore[arg-type]
    rows: list[Row] = [{"agent": f"A-{n:03}", "records": each} for n, each in enumerate(numbers)]
    return Section("returned", columns, rows, chart=Chart("bar", "agent", ("records",)))


@each_chart
def test_a_chart_is_an_image_with_a_title_and_the_same_in_words(
    section: Section, spoken: str
) -> None:
    found = drawn(section)
    root = ElementTree.fromstring(svg(found, "Judul <&>", 7))
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == ["t7", "d7"]
    title, told = root.find("title"), root.find("desc")
    assert title is not None
    assert told is not None
    assert (title.text, told.text) == ("Judul <&>", found.told)
    assert found.told.endswith(".")
    assert "–" not in found.told.replace("Ma’ruf–Amin", "")


@each_chart
def test_nothing_is_drawn_outside_the_picture(section: Section) -> None:
    found = drawn(section)
    for block in of(Block, found):
        assert 0 <= block.x <= block.x + block.width <= WIDTH + 0.1
        assert 0 <= block.y <= block.y + block.height <= found.height + 0.1
    for words in of(Words, found):
        wide = reach(words.text, words.size)
        left = words.x - {"start": 0, "middle": wide / 2, "end": wide}[words.anchor]
        assert left > -1
        assert left + wide < WIDTH + 1
        assert words.y <= found.height
    for x, y in (point for stroke in of(Stroke, found) for point in stroke.points):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= found.height


@each_chart
def test_bars_and_tiles_never_overlap(section: Section) -> None:
    blocks = of(Block, drawn(section))
    for one, other in itertools.combinations(blocks, 2):
        across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
        down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
        assert across < 0.8 or down < 0.1


def test_twelve_bars_take_less_than_two_kilobytes() -> None:
    assert len(svg(drawn(bars([n * 1_234_567 for n in range(12)])), "Judul", 1)) < 2_000


def test_a_bar_is_as_long_as_its_number_and_the_number_stands_beside_it() -> None:
    found = drawn(bars([400, 100, None, 0]))
    long, short = of(Block, found)
    assert long.width == pytest.approx(4 * short.width)
    assert words_of(found)[1:] == ["A-000", "400", "A-001", "100", "A-002", "–", "A-003", "0"]
    assert found.told == "Catatan: jumlah 500; terendah 0 (A-003), tertinggi 400 (A-000)."


def test_a_number_below_zero_stands_on_the_other_side() -> None:
    swatches = of(Block, drawn(made.pairs()))
    blocks = [block for block in swatches if block.height != 10]
    assert {block.fill for block in blocks} == {"f0", "f1"}
    [minus] = [block for block in blocks if block.fill == "f1"]
    [plus, small] = [block for block in blocks if block.fill == "f0"]
    assert minus.x + minus.width == pytest.approx(plus.x) == pytest.approx(small.x)


def test_percentages_are_never_added_up() -> None:
    found = drawn(bars([Decimal("50"), Decimal("12.5")], "percent"))
    assert found.told == "Catatan: terendah 12,50 % (A-001), tertinggi 50,00 % (A-000)."
    assert drawn(bars([7, 7])).told == "Catatan: semuanya 7 (2 angka)."
    assert drawn(bars([7, None])).told == "Catatan: hanya 7 (A-000)."


def test_the_parts_of_a_stacked_bar_are_told_apart_and_never_summed() -> None:
    found = drawn(made.stacked(2))
    said = words_of(found)
    assert said[:4] == ["Diterima", "Menunggu", "Ditahan", "Dikembalikan"]
    assert said[5::2] == ["0 + 33 + 44 + 33", "148 + 144 + 118 + 70"]
    assert "480" not in " ".join(said) + found.told
    swatches = of(Block, found)[:4]
    assert len({swatch.fill for swatch in swatches}) == 4
    parts = [block for block in of(Block, found)[4:] if block.y > 40]
    ends = [(part.x + part.width, after.x) for part, after in itertools.pairwise(parts)]
    assert all(end == pytest.approx(begin) for end, begin in ends)


def test_long_parts_have_a_scale_instead_of_numbers() -> None:
    section = made.stacked(3)
    chart = Chart("stacked", "month", ("amount_accepted", "amount_pending", "amount_held"))
    found = drawn(replace(section, chart=chart))
    assert words_of(found)[-1] == "= Rp10.000.000"
    assert not any("+" in words for words in words_of(found))
    scale = of(Stroke, found)[-1].points
    longest = max(block.x + block.width for block in of(Block, found))
    assert scale[0][0] < scale[-1][0] <= longest


def test_rows_of_one_name_are_one_bar() -> None:
    section = bars([3, 4, None])
    same = [row | {"agent": "A-001"} for row in section.rows]
    found = drawn(replace(section, rows=same))
    assert words_of(found)[1:] == ["A-001", "7"]


@pytest.mark.parametrize(
    ("section", "most"), [(bars(list(range(99))), BARS), (made.named(made.NAMES * 9), 13)]
)
def test_more_bars_than_fit_are_left_to_the_table(section: Section, most: int) -> None:
    found = drawn(section)
    rows = len({row["agent"] for row in section.rows})
    assert ("baris lain tidak digambar" in found.left_out) == (rows > most)
    assert found.height < 900


def test_of_many_months_the_last_are_drawn() -> None:
    said = words_of(drawn(made.stacked(60)))
    assert "Desember 2029" in said
    assert "Januari 2025" not in said


def test_long_names_stand_above_their_bars() -> None:
    found = drawn(made.named())
    labels = [words for words in of(Words, found)[1:] if words.x == 0]
    assert len(labels) == len(made.NAMES)
    assert made.MARKUP in [label.text for label in labels]
    assert any(label.text.startswith("WWW") and label.text.endswith("…") for label in labels)


def test_a_line_breaks_where_a_number_is_not_known_and_carries_its_name() -> None:
    found = drawn(made.curves())
    pieces = [stroke.series for stroke in of(Stroke, found) if len(stroke.points) > 2]
    assert [pieces.count(series) for series in range(5)] == [1, 1, 2, 1, 1]
    assert words_of(found)[-5:] == [
        "Januari 2026", "Februari 2026", "Maret 2026", "April 2026", "Mei 2026",
    ]  # fmt: skip
    assert "100,00 %" in words_of(found)
    names = of(Words, found)[-5:]
    assert all(after.y - one.y >= 13 for one, after in itertools.pairwise(names))
    assert "Januari 2026: dari 100,00 % (0) menjadi 69,38 % (12)." in found.told


def test_of_many_lines_eight_are_drawn_from_first_to_last() -> None:
    found = drawn(made.curves(11))
    assert {dot.series for dot in of(Dot, found)} == set(range(8))
    names = words_of(found)[-8:]
    assert {"Januari 2026", "November 2026"} <= set(names)
    assert found.left_out == "8 dari 11 garis digambar; semuanya ada di tabel."


def test_measures_without_a_series_are_lines_of_their_own() -> None:
    chart = Chart("line", "month", ("records_accepted", "records_pending"))
    found = drawn(replace(made.stacked(), chart=chart))
    assert words_of(found)[-2:] == ["Diterima", "Menunggu"] or words_of(found)[-2:] == [
        "Menunggu",
        "Diterima",
    ]


def test_the_nine_provinces_lie_about_where_they_are() -> None:
    assert set(PLACES) == set(made.PROVINCES)
    assert len(set(PLACES.values())) == 9
    west = ["51", "52", "53", "93"]
    assert sorted(west, key=lambda code: PLACES[code][0]) == west
    assert {PLACES[code][1] for code in west} == {2}, "the south"
    assert PLACES["96"] < PLACES["92"] < PLACES["91"], "the north coast of Papua"
    found = drawn(made.provinces())
    assert [block.fill for block in of(Block, found)].count("unknown") == 1
    assert {"34,96 %", "4,37 %", "–"} <= set(words_of(found))
    shades = {words.text: words.tone for words in of(Words, found)}
    assert (shades["34,96 %"], shades["4,37 %"]) == ("paper", "ink")


def test_a_province_without_a_row_is_as_unknown_as_one_without_a_number() -> None:
    section = made.provinces()
    few = [row for row in section.rows if row["province"] in ("51", "91")]
    assert [b.fill for b in of(Block, drawn(replace(section, rows=few)))].count("unknown") == 7


@each_chart
def test_without_numbers_there_is_no_chart(section: Section) -> None:
    assert section.chart is not None
    assert picture(made.empty(section)) is None
    unknown = [row | dict.fromkeys(section.chart.values, None) for row in section.rows]
    assert picture(replace(section, rows=unknown)) is None
    nothing = [row | dict.fromkeys(section.chart.values, 0) for row in section.rows]
    assert picture(replace(section, rows=nothing)) is not None


@given(
    st.lists(st.integers(-(10**15), 10**15) | st.none(), min_size=1, max_size=60),
    st.text(max_size=80),
)
def test_any_numbers_and_names_give_a_picture_that_is_whole(
    numbers: list[int | None], name: str
) -> None:
    section = bars(list(numbers))
    rows = [row | {"agent": f"{name}{place}"} for place, row in enumerate(section.rows)]
    found = picture(replace(section, rows=rows))
    if found is None:
        assert set(numbers) == {None}
        return
    for block in of(Block, found):
        assert block.x >= 0
        assert block.x + block.width <= WIDTH + 0.1
    assert svg(found, name, 1).count("<text") == len(of(Words, found))


@given(st.decimals(min_value=0, max_value=10**15, places=2))
def test_an_axis_ends_at_a_round_number_not_far_above(number: Decimal) -> None:
    top = round_up(number)
    assert number <= top <= max(number * 2, Decimal(2))
    if number >= 1:
        assert round_down(number) <= number < round_down(number) * 10


@given(st.text(), st.integers(0, 400))
def test_what_is_cut_fits(text: str, room: int) -> None:
    kept = cut(text, room)
    assert kept == text or kept.endswith("…")
    assert reach(kept) <= max(room, reach("…"))
