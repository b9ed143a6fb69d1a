"""Published figures: the packaged ones add up, and a file that breaks the form is refused by line."""

from __future__ import annotations

import re
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


def test_a_packaged_remark_that_is_a_sentence_is_there_in_both_languages() -> None:
    alike = {each.note for each in packaged() if each.note and not each.note_en}
    names = {"2024: 63725", "2024: 60000", "SE Bangda 500.11.2/9602", "Rakortekrenbang 2024"}
    assert alike == names
    ours = re.compile(r"juta|miliar|Maret|jakon|dari|yang|[0-9],[0-9]{1,2}\b|[0-9]\.[0-9]{3}")
    for figure in packaged():
        assert figure.note != figure.note_en or not figure.note
        assert ours.search(figure.note_en) is None, figure.note_en


def test_an_office_s_file_may_have_its_remarks_in_english_too() -> None:
    [plain] = read_figures([HEAD, f"{GOOD}catatan"])
    [both] = read_figures([f"{HEAD},note_en", f"{GOOD}catatan,remark"])
    assert (plain.note, plain.note_en) == ("catatan", "")
    assert (both.note, both.note_en) == ("catatan", "remark")
    [short] = read_figures([f"{HEAD},note_en", f"{GOOD}catatan"])
    assert (short.note, short.note_en) == ("catatan", "")
    for head in (f"note_en,{HEAD}", f"{HEAD},note_en,note_fr", f"{HEAD},note_id"):
        with pytest.raises(InvalidInput, match=r"coverage\.columns"):
            read_figures([head, GOOD])


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


@pytest.mark.parametrize(
    ("lines", "missing", "unknown"),
    [
        (["code;region", "51;Bali"], ", ".join(COLUMNS), 1),
        (["5171015708900001,Ni Luh Sari,081234567890,Denpasar"], ", ".join(COLUMNS), 4),
        ([HEAD.replace("note", "remark"), GOOD], "note", 1),
        ([], ", ".join(COLUMNS), 0),
    ],
)
def test_other_columns_are_counted_and_never_repeated(
    lines: list[str], missing: str, unknown: int
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_figures(lines)
    [problem] = caught.value.problems
    facts = {"columns": HEAD, "missing": missing, "unknown": unknown}
    assert (problem.code, problem.facts) == ("coverage.columns", facts)
