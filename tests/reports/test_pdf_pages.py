"""The PDF of a report: what its pages say, how its tables break, how it looks without colour."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import made_reports as made
import pytest
from papers import facts_of, greys_of, printed_text

from perisai_cli import i18n
from perisai_cli.reports.model import Report, Section
from perisai_cli.reports.pdf import write_pdf
from perisai_cli.reports.shown import PAGE_ROWS

LANDSCAPE, PORTRAIT = "841.89 x 595.276 pts (A4)", "595.276 x 841.89 pts (A4)"


def written(report: Report, folder: Path) -> Path:
    path = folder / "laporan.pdf"
    write_pdf(report, path)
    return path


def flowing(pages: list[str]) -> str:
    """Return the words of all pages, one space between them."""
    return " ".join(" ".join(pages).split())


def test_the_first_page_says_what_it_is_and_every_page_which_it_is(
    tmp_path: Path, spoken: str
) -> None:
    path = written(made.report(origin=made.COPY), tmp_path)
    pages = printed_text(path)
    title, day, source, page = {
        "id": ("Laporan mingguan 2026-W47", "Untuk hari 22 November 2026",
               "1 Januari 2027 00.30 WITA; sumber: pusat Banuspa", "Halaman {} dari {}"),
        "en": ("Weekly report 2026-W47", "For the day 22 November 2026",
               "1 January 2027 00.30 WITA; source: central Banuspa", "Page {} of {}"),
    }[spoken]  # fmt: skip
    assert day in pages[0]
    for number, text in enumerate(pages, 1):
        assert title in text
        assert source in " ".join(text.split())
        assert page.format(number, len(pages)) in text
    facts = facts_of(path)
    assert (facts["Title"], facts["Author"], facts["Encrypted"]) == (title, "perisai", "no")
    assert source in facts["Subject"]
    assert re.search(rb"/Lang \(%s\)" % spoken.encode(), path.read_bytes())


def test_a_table_over_pages_repeats_its_heads_and_leaves_nobody_out(tmp_path: Path) -> None:
    path = written(made.report(made.curves(12)), tmp_path)
    pages = printed_text(path)
    assert len(pages) >= 2
    for page in pages:
        assert re.search(r"Angkatan\s+Bulan ke-\s+Bagian", page)
    rows = sum(
        len(re.findall(r"^ *\w+ 2026 +\d+ +(?:[\d,]+ %|–) *$", page, re.M)) for page in pages
    )
    assert rows == len(list(made.curves(12).rows))


@pytest.mark.parametrize("months", range(18, 30))
def test_a_sum_never_stands_alone_on_a_page(months: int, tmp_path: Path) -> None:
    pages = printed_text(written(made.report(made.stacked(months)), tmp_path))
    [last] = [page for page in pages if "Jumlah" in page]
    before = last.partition("Jumlah")[0].strip().splitlines()[-1]
    assert re.match(r"\w+ 20\d\d ", before.strip())


def test_values_are_said_as_people_read_them_and_the_sum_stands_last(tmp_path: Path) -> None:
    text = flowing(printed_text(written(made.report(made.stacked()), tmp_path)))
    assert "Februari 2025 148 144 118 70 Rp2.486.400" in text
    assert "Jumlah 2.008 1.611 1.144 510 Rp33.734.400" in text
    assert "0 + 33 + 44 + 33" in text
    assert "Diterima: jumlah 2.008; terendah 0 (Januari 2025)" in text
    assert "Catatan yang ditarik tidak dihitung: 3." in text


def test_numbers_stand_at_the_right_of_their_columns(tmp_path: Path) -> None:
    [page] = printed_text(written(made.report(made.provinces()), tmp_path))
    rows = re.findall(r"^ *(?:Bali|Nusa|Papua)\D* [\d.]{7,} .*$", page, re.M)
    assert len(rows) == 9
    assert len({re.search(r"[\d.]{7,}", row).end() for row in rows}) <= 2  # type: ignore[union-attr]


def test_names_are_printed_as_they_are_and_never_taken_for_markup(tmp_path: Path) -> None:
    text = flowing(printed_text(written(made.report(made.named()), tmp_path)))
    for name in (made.FORMULA, made.SCRIPT, made.MARKUP, "Désak Putu Ayu", "Théys Eluay"):
        assert text.count(name) == 2, "in the chart and in the table"
    assert "Ma’ruf–Amin" in text
    assert text.count("W") >= len(made.UNBROKEN)
    assert text.count("Dharmasuputra") >= 2


def test_letters_that_the_faces_lack_are_seen_to_be_missing(tmp_path: Path) -> None:
    pages = printed_text(written(made.report(made.named()), tmp_path))
    text = flowing(pages)
    assert "I Gdé Pitana" in text
    assert "??? 8.638" in text
    assert "dicetak sebagai tanda tanya" in text
    plain = written(made.report(made.named(made.NAMES[:4])), tmp_path)
    assert "tanda tanya" not in flowing(printed_text(plain))


@pytest.mark.parametrize(
    "sign", [*map(chr, range(32)), "\x7f", "\u200b", "\u2028", "\ud7ff", "😀", "&", "<"]
)
def test_any_sign_in_a_name_gives_a_pdf(sign: str, tmp_path: Path) -> None:
    text = flowing(printed_text(written(made.report(made.named((f"Siti{sign}Aminah",))), tmp_path)))
    assert "Siti" in text
    assert "Aminah" in text


def test_a_table_too_wide_for_the_paper_lies_on_its_side(tmp_path: Path) -> None:
    sections = made.stacked(), made.long(60), made.curves()
    facts = facts_of(written(made.report(*sections), tmp_path))
    sizes = [facts[f"Page {number} size"] for number in range(1, int(facts["Pages"]) + 1)]
    assert sizes == [PORTRAIT, LANDSCAPE, LANDSCAPE, PORTRAIT, PORTRAIT]


def test_a_table_wider_than_any_paper_becomes_a_block_for_each_row(tmp_path: Path) -> None:
    section = made.stacked(3)
    columns = section.columns * 4
    wide = Section("enrolled_month", columns, section.rows)
    path = written(made.report(wide), tmp_path)
    assert facts_of(path)["Page 1 size"] == PORTRAIT
    text = flowing(printed_text(path))
    for month in ("Januari", "Februari", "Maret"):
        assert text.count(f"Bulan: {month} 2025") == 4


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    first = written(made.report(), tmp_path).read_bytes()
    i18n.use_language("en")
    assert written(made.report(), tmp_path).read_bytes() != first
    i18n.use_language("id")
    assert written(made.report(), tmp_path).read_bytes() == first


def test_without_data_it_is_one_page_that_says_so(tmp_path: Path) -> None:
    sections = [made.empty(section) for section in made.report().sections]
    path = tmp_path / "kosong.pdf"
    assert write_pdf(made.report(*sections, origin=made.EMPTY), path) == 0
    [page] = printed_text(path)
    assert page.count("Belum ada data.") == len(sections)
    assert "Belum ada catatan di sumber ini: gabungan 0 buku agen." in page


def test_a_long_section_prints_its_first_rows_and_says_where_all_of_them_are(
    tmp_path: Path,
) -> None:
    path = tmp_path / "panjang.pdf"
    assert write_pdf(made.report(made.long(PAGE_ROWS + 500)), path) == PAGE_ROWS
    pages = printed_text(path)
    assert "Di sini hanya 2.000 baris pertama" in pages[-1]
    for page in pages:
        assert re.search(r"Nama\s+Nama wilayah", page)


def test_forty_agents_are_one_chart_on_one_page(tmp_path: Path) -> None:
    section = made.named(tuple(f"A-{number:03}" for number in range(40)))
    first, *_ = printed_text(written(made.report(section), tmp_path))
    assert all(f"A-{number:03}" in first for number in range(40))


def test_fills_and_shades_differ_without_colour(tmp_path: Path) -> None:
    path = written(made.report(made.stacked(1), made.provinces()), tmp_path)
    width, height, points = greys_of(path, 1, 144)
    assert (width, height) == (1191, 1684)
    rows = [points[row * width : (row + 1) * width] for row in range(height)]
    dark = min(min(row) for row in rows)
    assert dark < 60, "there is ink"
    from perisai_cli.reports.pdf_drawing import _FILLS

    shades = [_grey(_FILLS[f"s{step}"]) for step in range(5)]
    assert all(after < before - 0.08 for before, after in itertools.pairwise(shades))
    assert _grey(_FILLS["f2"]) - _grey(_FILLS["f0"]) > 0.3


def _grey(colour: object) -> float:
    red, green, blue = (getattr(colour, name) for name in ("red", "green", "blue"))
    return float(0.299 * red + 0.587 * green + 0.114 * blue)
