"""Published figures: the packaged ones add up, and a file that breaks the form is refused by line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perisai_cli.domain.coverage import COLUMNS, newest, packaged, read_figures, sums
from perisai_cli.domain.errors import InvalidInput

HEAD = ",".join(COLUMNS)
GOOD = "51,Bali,2025-06,total,897832,1711779,penduduk bekerja (UCJ),52.45,52.45,realisasi,x,M,"


def test_the_region_s_formal_and_informal_members_make_its_total() -> None:
    [found] = [each for each in sums(packaged()) if each.code == "BANUSPA"]
    assert (found.as_of, found.total) == ("2024-12", 2_993_050)
    assert sorted(found.parts) == [1_001_582, 1_991_468]
    assert found.agrees


def test_a_total_that_its_parts_do_not_make_is_told() -> None:
    rows = [
        f"BANUSPA,B,2026-12,{segment},{count},,,,,realisasi,x,M,"
        for segment, count in (("total", 10), ("formal", 6), ("informal", 3))
    ]
    [found] = sums(read_figures([HEAD, *rows]))
    assert not found.agrees


def test_every_packaged_figure_has_a_date_a_source_and_a_percentage_that_it_gives() -> None:
    for figure in packaged():
        assert figure.as_of, figure
        assert figure.source, figure
        if figure.computed is not None and figure.reported is not None:
            assert abs(figure.computed - figure.reported) < Decimal("0.7"), figure


def test_the_newest_figure_of_a_segment_is_found() -> None:
    figure = newest(packaged(), "51", "realisasi", "total")
    assert figure is not None
    assert figure.as_of == "2025-12"
    assert newest(packaged(), "95", "realisasi", "total") is None


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (("897832", "897.832"), "participants"),
        (("897832", "9" * 13), "participants"),
        (("1711779", "-1"), "denominator"),
        (("52.45,52.45", "Infinity,52.45"), "pct_reported"),
        (("52.45,52.45", "NaN,52.45"), "pct_reported"),
        (("realisasi", "rumor"), "kind"),
        (("2025-06", "kemarin"), "as_of"),
        (("2025-06", "2025-13"), "as_of"),
        ((",M,", ",X,"), "confidence"),
        (("realisasi,x,", "realisasi,,"), "source"),
    ],
)
def test_a_row_that_can_t_be_used_names_its_line_and_column(
    change: tuple[str, str], column: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_figures([HEAD, GOOD, GOOD.replace(*change)])
    [problem] = caught.value.problems
    assert problem.code == "coverage.row"
    assert (problem.facts["row"], problem.facts["column"]) == (3, column)


def test_other_columns_are_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_figures(["code;region", "51;Bali"])
    assert caught.value.code == "coverage.columns"
