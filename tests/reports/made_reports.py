"""Reports made by hand: empty, tiny, long, and with the names that break renderers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from perisai_cli.reports.model import Chart, Column, Note, Origin, Report, Row, Section

FORMULA = "=cmd|' /C calc'!A0"
SCRIPT = "<script>alert(1)</script>"
MARKUP = "[/bold] Siti <b>tebal</b> & 'kawan'"
LONG = "I Gusti Ngurah Agung Putra Mahendra Wirayudha Kusumajaya Pranawa Adnyana Dharmasuputra " * 2
UNBROKEN = "W" * 120
NAMES = (
    "Ni Wayan Sukrawati", "Désak Putu Ayu", "Yohana Yoani Wenda", "Théys Eluay", "Ma’ruf–Amin",
    "I Gdé Pitāna", "ᬓ᭄ᬢᬸᬢ᭄", "王小明", FORMULA, SCRIPT, MARKUP, LONG.strip(), UNBROKEN,
)  # fmt: skip

STORE = Origin("store", "banuspa-0007", "2026-11-22T16:30:00Z")
COPY = Origin("central", "Banuspa", "2026-12-31T16:30:00Z", "2026-12-31T17:10:00Z")
EMPTY = Origin("merged", "0", "")
PROVINCES = ("51", "52", "53", "91", "92", "93", "94", "95", "96")

_APART = ("accepted", "pending", "held", "refused")
_RECORDS = tuple(Column(f"records_{name}", "count") for name in _APART)
_AMOUNTS = tuple(Column(f"amount_{name}", "rupiah") for name in _APART)


def stacked(count: int = 12) -> Section:
    """Return months with counts and rupiah apart, a stacked chart, a sum and notes."""
    columns = (Column("month", "month"), *_RECORDS, *_AMOUNTS)
    rows: list[Row] = []
    for place in range(count):
        row: Row = {"month": f"{2025 + place // 12}-{place % 12 + 1:02}"}
        for order, name in enumerate(_APART):
            row[f"records_{name}"] = (place * 37 + order * 11) % 97 * (4 - order)
            row[f"amount_{name}"] = int(row[f"records_{name}"]) * 16_800  # type: ignore[arg-type]
        rows.append(row)
    total: Row = {"month": None}
    for column in columns[1:]:
        total[column.name] = sum(int(row[column.name]) for row in rows)  # type: ignore[arg-type]
    chart = Chart("stacked", "month", tuple(column.name for column in _RECORDS))
    notes = (Note("amount_is_quoted"), Note("withdrawn_left_out", {"count": 3}))
    return Section("enrolled_month", columns, rows, total, chart, notes)


def named(names: tuple[str, ...] = NAMES) -> Section:
    """Return one row a name, with a bar for each and a number that is not known."""
    columns = (Column("agent", "text"), _RECORDS[0], Column("oldest_cash", "day"))
    rows: list[Row] = [
        {
            "agent": name,
            "records_accepted": None if place == 1 else place * 1_234,
            "oldest_cash": None if place % 2 else f"2026-11-{place % 30 + 1:02}",
        }
        for place, name in enumerate(names)
    ]
    return Section(
        "enrolled_agent", columns, rows, chart=Chart("bar", "agent", ("records_accepted",))
    )


def pairs() -> Section:
    """Return a bar chart of two measures in rupiah, one of them below zero."""
    columns = (Column("payer", "code", "payer_value"), *_AMOUNTS[:2])
    rows: list[Row] = [
        {"payer": "self", "amount_accepted": 12_600_000, "amount_pending": -3_150_000},
        {"payer": "apbd", "amount_accepted": 8_400, "amount_pending": 0},
    ]
    return Section(
        "enrolled_payer",
        columns,
        rows,
        chart=Chart("bar", "payer", ("amount_accepted", "amount_pending")),
    )


def curves(cohorts: int = 5) -> Section:
    """Return what is left of cohorts month by month; younger cohorts know fewer months."""
    columns = (
        Column("cohort", "month"), Column("month_after", "count"), Column("share", "percent"),
    )  # fmt: skip
    rows: list[Row] = []
    for cohort in range(cohorts):
        left = Decimal(100)
        for month in range(13 - cohort):
            unknown = (cohort, month) == (2, 4)
            rows.append(
                {
                    "cohort": f"2026-{cohort % 12 + 1:02}",
                    "month_after": month,
                    "share": None if unknown else left.quantize(Decimal("0.01")),
                }
            )
            left *= Decimal("0.97") - Decimal("0.02") * cohort
    return Section(
        "retention", columns, rows, chart=Chart("line", "month_after", ("share",), "cohort")
    )


def provinces() -> Section:
    """Return the nine provinces with a share each, one of them unknown."""
    columns = (
        Column("province", "code", "region"), Column("records_accepted", "count"),
        Column("share", "percent"),
    )  # fmt: skip
    rows: list[Row] = [
        {
            "province": code,
            "records_accepted": (place + 1) * 117_345,
            "share": None if code == "95" else Decimal("4.37") * (place * 5 % 9 + 1),
        }
        for place, code in enumerate(PROVINCES)
    ]
    return Section(
        "coverage_provinces", columns, rows, chart=Chart("tiles", "province", ("share",))
    )


def long(count: int) -> Section:
    """Return a section of as many rows as asked for, wide as the list of enrolments is."""
    texts = ("id", "name", "region_name", "occupation", "problems")
    columns = (
        *(Column(name, "text") for name in texts), Column("start", "month"),
        Column("recorded_at", "moment"), Column("months", "count"), Column("amount", "rupiah"),
        Column("tier", "count"), Column("payer", "code", "payer_value"),
    )  # fmt: skip
    rows: list[Row] = [
        {
            "id": f"0193a5b2-7c44-7{place:03x}-8000-{place:012x}",
            "name": NAMES[place % 11],
            "region_name": "Denpasar Selatan, Kota Denpasar, Bali",
            "occupation": "trader",
            "problems": "nik.length" if place % 3 else "",
            "start": "2026-12",
            "recorded_at": "2026-12-31T15:30:00Z",
            "months": place % 12 + 1,
            "amount": 16_800 * (place % 12 + 1),
            "tier": 1,
            "payer": "self",
        }
        for place in range(count)
    ]
    return Section("enrollments", columns, rows)


def empty(section: Section) -> Section:
    """Return the section as a store with no record gives it."""
    return replace(section, rows=[], total=None)


def report(*sections: Section, origin: Origin = STORE) -> Report:
    """Return a report of sections; without any, of one in each form."""
    made = sections or (stacked(), named(), pairs(), curves(), provinces(), long(30))
    return Report("weekly", "2026-11-22", origin, made, facts={"week": "2026-W47"})
