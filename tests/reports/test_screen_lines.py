"""A report in a terminal: the columns that fit, bars of blocks, and plain signs where there are none."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import made_reports as made
import pytest
from rich.cells import cell_len

from perisai_cli.cli.report_lines import section_lines
from perisai_cli.reports.model import Chart, Section
from perisai_cli.reports.screen import SCREEN_ROWS, Bars, Curves, chart

Shown = Callable[..., list[str]]


class Screen(io.TextIOWrapper):
    """A stdout of an encoding, a terminal or not."""

    def __init__(self, encoding: str, *, terminal: bool):
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Return a way to show a section on a screen of some width and encoding."""

    def show(
        section: Section, width: int = 80, encoding: str = "utf-8", *, terminal: bool = False
    ) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setattr(sys, "stdout", Screen(encoding, terminal=terminal))
        return list(section_lines(section))

    return show


SECTIONS = [
    made.stacked(), made.pairs(), made.curves(), made.provinces(), made.long(9),
    made.named(tuple(name for name in made.NAMES if name[0] != "\u1b13")),
]  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.key)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_tables_and_charts_are_never_wider_than_the_screen(
    width: int, section: Section, shown: Shown, spoken: str
) -> None:
    lines = shown(replace(section, notes=()), width)
    told = [line for line in lines if "tidak muat" in line or "do not fit" in line]
    assert all(cell_len(line) <= width for line in lines if line not in told)
    assert len(told) <= 1


def test_on_60_columns_the_chart_s_numbers_stay_and_the_others_are_named(shown: Shown) -> None:
    lines = shown(made.stacked(), 60)
    assert lines[2].split() == ["Bulan", "Diterima", "Menunggu", "Ditahan", "Dikembalikan"]
    [told] = [line for line in lines if "tidak muat" in line]
    assert told.strip() == (
        "Kolom lain tidak muat di layar ini: Rp diterima; Rp menunggu; Rp ditahan; Rp dikembalikan."
        " Semuanya ada di berkas: tambahkan --output laporan.xlsx"
    )
    wide = shown(made.stacked(), 140)
    assert "Rp dikembalikan" in wide[2]
    assert not [line for line in wide if "tidak muat" in line]
    narrow = shown(made.long(2), 60)
    assert {"Nomor", "Nama"} <= set(narrow[2].split())


def test_the_sum_stands_last_and_notes_stand_below(shown: Shown) -> None:
    lines = shown(made.stacked(), 140)
    [total] = [line for line in lines if "Jumlah" in line]
    assert total.split()[:5] == ["Jumlah", "2.008", "1.611", "1.144", "510"]
    assert lines[0] == "Pendaftaran menurut bulan pencatatan"
    assert lines[-1] == "  Catatan yang ditarik tidak dihitung: 3."


def test_parts_of_a_bar_have_signs_of_their_own_and_are_not_summed(shown: Shown) -> None:
    lines = shown(made.stacked(), 100)
    legend = lines.index("  █ Diterima  ▓ Menunggu  ▒ Ditahan  ░ Dikembalikan")
    march = next(line for line in lines[legend:] if "Maret 2025" in line)
    assert march.endswith("296 + 255 + 192 + 10")
    assert march.count("█") == pytest.approx(296 * 40 / 753, abs=1)
    assert march.count("▓") == pytest.approx(255 * 40 / 753, abs=1)
    assert "753" not in "\n".join(lines)


def test_long_parts_leave_their_numbers_to_the_table(shown: Shown) -> None:
    section = made.stacked()
    money = Chart("stacked", "month", ("amount_accepted", "amount_pending", "amount_held"))
    lines = shown(replace(section, chart=money), 60)
    assert not [line for line in lines if " + " in line]
    assert [line for line in lines if "▓" in line]


def test_a_terminal_without_blocks_has_plain_signs(shown: Shown) -> None:
    for section in SECTIONS[:4]:
        lines = shown(section, 80, "cp1252")
        drawn = "\n".join(lines)
        assert not set("█▓▒░▁▂▃▄▅▆▇▏▎▍▌▋▊▉") & set(drawn)
        assert "#" in drawn
    assert "█" in "\n".join(shown(made.stacked(), 80, "cp437")), "the old DOS letters have these"
    assert "▇" not in "\n".join(shown(made.curves(), 80, "cp437"))


def test_without_colour_nothing_but_text_comes_out(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    for section in SECTIONS:
        assert "\x1b[3" not in "".join(shown(section, 80, terminal=True))
        assert "\x1b" not in "".join(shown(section, 80))


def test_names_are_never_taken_for_markup(shown: Shown) -> None:
    text = "\n".join(shown(made.named((made.MARKUP, made.SCRIPT, "[red]x", "\\[b]")), 120))
    for name in (made.MARKUP[:20], made.SCRIPT, "[red]x", "\\[b]"):
        assert text.count(name) == 2


def test_a_line_is_shown_in_steps_with_its_ends(shown: Shown) -> None:
    lines = shown(made.curves(), 80)
    assert "  Bagian; Bulan ke- 0 – 12" in lines
    [march] = [line for line in lines if line.startswith("     Maret 2026 ")]
    assert march.endswith("100,00 % → 48,40 %")
    steps = march[len("     Maret 2026 ") :][:13]
    assert steps[4] == " ", "a month that is not known"
    assert steps[0] == "█"


def test_without_data_it_says_so(shown: Shown, spoken: str) -> None:
    lines = shown(made.empty(made.stacked()))
    assert lines[1] == {"id": "  Belum ada data.", "en": "  No data yet."}[spoken]
    assert len(lines) == 4


def test_a_long_section_is_cut_and_says_so(shown: Shown) -> None:
    lines = shown(made.long(SCREEN_ROWS + 1), 200)
    assert lines[-1] == "  Di sini hanya 200 baris pertama; semuanya ada di berkas CSV atau XLSX."


def test_a_section_to_a_few_bars_as_plain_values() -> None:
    bars = chart(made.pairs())
    assert isinstance(bars, Bars)
    assert [(bar.label, bar.numbers, bar.parts[0]) for bar in bars.bars] == [
        ("peserta sendiri, Rp diterima", "Rp12.600.000", 1),
        ("peserta sendiri, Rp menunggu", "-Rp3.150.000", 0),
        (bars.bars[2].label, "Rp8.400", Decimal(8_400) / 12_600_000),
        (bars.bars[3].label, "Rp0", 0),
    ]
    curves = chart(made.curves())
    assert isinstance(curves, Curves)
    assert (curves.curves[2].heights[4], curves.curves[0].heights[0]) == (None, 1)
    assert chart(made.long(3)) is None
