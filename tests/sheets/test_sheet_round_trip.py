"""Any valid people, written in any shape that is read, come back as the same people."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sheet_books import TODAY, csv_bytes, only_people, write_ods, write_xlsx

from perisai_cli.domain.enrolment import read_worker

MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")  # fmt: skip

HEADINGS: dict[str, tuple[str, ...]] = {
    "nik": ("NIK", "No. KTP", "Nomor Induk Kependudukan", "NATIONAL ID", "No KTP / NIK", "nik ktp"),
    "name": ("Nama", "NAMA LENGKAP", "Full name", "Nama Peserta", "Nama Lengkp"),
    "birth_date": ("Tgl Lahir", "Tanggal Lahir", "Date of birth", "TGL. LAHIR", "Tanggal Lhir"),
    "sex": ("L/P", "JK", "Jenis Kelamin", "Sex", "Gender"),
    "phone": ("No HP", "No. HP/WA", "Telepon", "Phone number", "Nomor WhatsApp"),
    "occupation": ("Pekerjaan", "Jenis Pekerjaan", "Occupation", "Profesi"),
    "place": ("Pasar", "Lokasi Usaha", "Workplace", "Tempat Kerja"),
    "income": ("Penghasilan", "Upah", "Monthly income", "Penghasilan per bulan", "Pendapatan/bln"),
    "address": ("Alamat", "Alamat Rumah", "Address"),
    "programs": ("Program", "Programs", "Jenis Program"),
    "months": ("Jumlah Bulan", "Months", "Lama Bulan"),
}
OCCUPATIONS = {"trader": ("Pedagang", "trader", "dagang"), "fisher": ("Nelayan", "FISHER", "penangkap ikan"), "motorcycle_taxi": ("Ojek", "ojol", "tukang ojek"), "tailor": ("Penjahit", "tailor")}  # fmt: skip
SEXES = {"M": ("L", "Laki-laki", "PRIA", "M", "Lk"), "F": ("P", "Perempuan", "Female", "Pr")}


@dataclass(frozen=True)
class Shape:
    """How a spreadsheet is written."""

    kind: str
    headings: dict[str, str]
    order: tuple[str, ...]
    days: str
    phones: str
    sums: str
    sexes: int
    titled: bool
    delimiter: str
    encoding: str


letters = st.sampled_from("abdeghiklmnoprstuwy")
words = st.text(letters, min_size=2, max_size=9).map(str.title).filter(lambda w: w.lower() not in ("na", "null", "none", "nihil"))  # fmt: skip
names = st.lists(words, min_size=1, max_size=4).map(" ".join)
texts = st.lists(words, min_size=2, max_size=3).map(" ".join)


@st.composite
def workers(draw: st.DrawFn) -> dict[str, Any]:
    """Return a worker in the members of a worker's JSON."""
    born = draw(st.dates(date(1963, 1, 1), date(2008, 1, 1)))
    sex = draw(st.sampled_from(("F", "M")))
    serial = draw(st.integers(1, 9998))
    nik = f"517101{born.day + (40 if sex == 'F' else 0):02d}{born:%m%y}{serial // 10:03d}{serial % 9 + 1}"
    return {
        "nik": nik,
        "name": draw(names),
        "birth_date": born.isoformat(),
        "sex": sex,
        "phone": "+628" + draw(st.text("0123456789", min_size=9, max_size=10)),
        "address": {"text": draw(texts)},
        "occupations": [{"code": draw(st.sampled_from(sorted(OCCUPATIONS))), "place": draw(texts)}],
        "income": draw(st.integers(20, 4000)) * 5000,
        "programs": draw(st.sampled_from((["jkk", "jkm"], ["jkk", "jkm", "jht"]))),
        "months": draw(st.integers(1, 60)),
    }


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    return Shape(
        kind=draw(st.sampled_from(("csv", "xlsx", "ods"))),
        headings={field: draw(st.sampled_from(said)) for field, said in HEADINGS.items()},
        order=tuple(draw(st.permutations(sorted(HEADINGS)))),
        days=draw(st.sampled_from(("iso", "numbers", "dots", "words", "short", "cell"))),
        phones=draw(st.sampled_from(("zero", "plus", "dashes", "bare"))),
        sums=draw(st.sampled_from(("plain", "grouped", "rp", "cents", "number"))),
        sexes=draw(st.integers(0, 3)),
        titled=draw(st.booleans()),
        delimiter=draw(st.sampled_from((",", ";", "\t", "|"))),
        encoding=draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252"))),
    )


def day_cell(form: str, day: date) -> Any:
    return {
        "iso": day.isoformat(),
        "numbers": f"{day.day}/{day.month}/{day.year}",
        "dots": f"{day:%d.%m.%y}",
        "words": f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        "short": f"{day.day}-{MONTHS[day.month - 1][:3]}-{day:%y}",
        "cell": day,
    }[form]


def phone_cell(form: str, phone: str) -> str:
    rest = phone[3:]
    return {"zero": "0" + rest, "plus": phone, "dashes": f"0{rest[:3]}-{rest[3:7]}-{rest[7:]}", "bare": rest}[form]  # fmt: skip


def sum_cell(form: str, amount: int) -> Any:
    grouped = f"{amount:,}".replace(",", ".")
    return {"plain": str(amount), "grouped": grouped, "rp": f"Rp {grouped},-", "cents": f"Rp{grouped},00", "number": amount}[form]  # fmt: skip


def row_of(worker: dict[str, Any], shape: Shape) -> list[Any]:
    (occupation,) = worker["occupations"]
    said = OCCUPATIONS[occupation["code"]]
    cells = {
        "nik": worker["nik"],
        "name": worker["name"],
        "birth_date": day_cell(shape.days, date.fromisoformat(worker["birth_date"])),
        "sex": SEXES[worker["sex"]][shape.sexes],
        "phone": phone_cell(shape.phones, worker["phone"]),
        "occupation": said[shape.sexes % len(said)],
        "place": occupation["place"],
        "income": sum_cell(shape.sums, worker["income"]),
        "address": worker["address"]["text"],
        "programs": ", ".join(worker["programs"]).upper(),
        "months": worker["months"],
    }
    return [cells[field] for field in shape.order]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(workers(), min_size=1, max_size=6), shapes())
def test_people_written_in_any_shape_come_back_the_same(
    people: list[dict[str, Any]], shape: Shape
) -> None:
    rows: list[list[Any]] = [["DAFTAR PESERTA"], []] if shape.titled else []
    rows += [[shape.headings[field] for field in shape.order]]
    rows += [row_of(each, shape) for each in people]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people"
        if shape.kind == "csv":
            path.write_bytes(csv_bytes(rows, shape.delimiter, shape.encoding))
        else:
            (write_xlsx if shape.kind == "xlsx" else write_ods)(path, {"Anggota": rows})
        found = only_people(path)
    assert [each.faults for each in found] == [()] * len(people)
    assert [each.loose for each in found] == people


@settings(max_examples=60, deadline=None)
@given(workers())
def test_what_is_read_is_what_the_reading_of_a_worker_takes(worker: dict[str, Any]) -> None:
    promises = {
        "attestation": {"working": True, "critically_ill": False},
        "consent": {"given": True, "method": "signature"},
    }
    read, faults, _ = read_worker(worker | promises, TODAY, datetime(2026, 11, 22, tzinfo=UTC))
    assert faults == []
    assert read is not None
    assert read.nik == worker["nik"]
