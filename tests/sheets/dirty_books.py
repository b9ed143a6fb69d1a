"""Dirty workbooks as associations send them, each with what every one of its rows must become.

An outcome is the reason why a row holds no person, or the members, faults and warnings that a
person must have: members not named may be anything, faults and warnings are exactly these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sheet_books import MAN, WOMAN, Grid

BORN = date(1990, 8, 17)
PAPUA = 9103011708909999


@dataclass(frozen=True)
class Holds:
    """A person: some members, all faults, all warnings."""

    members: dict[str, Any] = field(default_factory=dict)
    faults: set[str] = field(default_factory=set)
    warnings: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Dirty:
    """A dirty sheet and the outcome of its rows by number; rows not named hold no person."""

    name: str
    rows: Grid
    outcomes: dict[int, Holds | str]
    kinds: tuple[str, ...] = ("csv", "xlsx", "ods")


BASE = ("NIK", "Nama", "Tgl Lahir", "L/P")
SARI = (WOMAN, "Ni Luh Sari", "17-08-1990", "P")
MADE = (MAN, "I Made Ardi", "17-08-1990", "L")


def with_column(heading: str, *cells: Any) -> Grid:
    """Return a sheet of women that differ in one more column."""
    return [
        (*BASE, heading),
        *(
            (f"{WOMAN[:12]}{9999 - n:04d}", "Ni Luh Sari", "17-08-1990", "P", cell)
            for n, cell in enumerate(cells)
        ),
    ]


def with_nik(*cells: Any) -> Grid:
    return [BASE, *((cell, "Ni Luh Sari", "17-08-1990", "P") for cell in cells)]


def with_birth(*cells: Any, nik: str = WOMAN) -> Grid:
    return [BASE, *((nik, "Ni Luh Sari", cell, "P") for cell in cells)]


def born(*, warned: str | None = None, day: str = "1990-08-17") -> Holds:
    return Holds({"birth_date": day}, set(), {warned} if warned else set())


def fault(code: str) -> Holds:
    return Holds({}, {code})


def member(name: str, value: Any, *warnings: str) -> Holds:
    return Holds({name: value}, set(), set(warnings))


def each(*outcomes: Holds | str, first: int = 2) -> dict[int, Holds | str]:
    return dict(enumerate(outcomes, first))


DIRTY = [
    Dirty("clean", [BASE, SARI, MADE], each(Holds({"nik": WOMAN, "sex": "F", "name": "Ni Luh Sari"}), Holds({"nik": MAN, "sex": "M"}))),
    Dirty("titles above the heading", [["DAFTAR PEDAGANG PASAR"], ["Tahun 2026"], [], BASE, SARI], {1: "heading", 2: "heading", 4: "heading", 5: Holds({"nik": WOMAN})}),
    Dirty("letterhead in other columns", [[None, None, "DINAS KOPERASI"], [None, None, "Jl. Melati 5, Telp 0361-224455"], BASE, SARI], {3: "heading", 4: Holds({"nik": WOMAN})}),
    Dirty("blank rows between people", [BASE, SARI, [], [None, None], MADE], {2: Holds({"nik": WOMAN}), 5: Holds({"nik": MAN})}),
    Dirty("columns numbered below the heading", [BASE, [1, 2, 3, 4], SARI], {2: "heading", 3: Holds({"nik": WOMAN})}),
    Dirty("columns numbered in brackets", [BASE, ["(1)", "(2)", "(3)", "(4)"], SARI], {2: "heading", 3: Holds({"nik": WOMAN})}),
    Dirty("a heading of two rows", [["No", "NIK", "Nama", "Alamat", None, None, "Ahli Waris", None], [None, None, None, "RT", "RW", "Desa", "Nama", "Hubungan"], [1, WOMAN, "Sari", "003", "005", "Sanur", "Made", "Suami"]], {3: Holds({"heirs": [{"name": "Made", "relationship": "spouse"}], "address": {"text": "Sanur", "rt": "003", "rw": "005", "village": "Sanur"}}, set(), {"sex.from_nik", "birth_date.from_nik"})}),
    Dirty("no heading at all", [SARI, MADE], each(Holds({"nik": WOMAN, "birth_date": "1990-08-17", "sex": "F"}), Holds({"name": "I Made Ardi"}), first=1)),
    Dirty("the heading once more in the middle", [BASE, SARI, BASE, MADE], {2: Holds({"nik": WOMAN}), 3: "heading", 4: Holds({"nik": MAN})}),
    Dirty("a total at the end", [(*BASE, "Penghasilan"), (*SARI, 1500000), ("JUMLAH", None, None, None, 1500000)], {2: Holds({"income": 1500000}), 3: "total"}),
    Dirty("a total in the second column", [(*BASE, "Penghasilan"), (*SARI, 1500000), (None, "TOTAL 1 ORANG", None, None, 1500000)], {2: Holds({"income": 1500000}), 3: "total"}),
    Dirty("names of groups between people", [BASE, ["Pasar Badung"], SARI, [None, "Kelompok Mina Segara"], MADE], {2: "note", 3: Holds({"nik": WOMAN}), 4: "note", 5: Holds({"nik": MAN})}),
    Dirty("a signature below", [BASE, SARI, [], ["Denpasar, 1 November 2026"], [None, "Ketua Kelompok"]], {2: Holds({"nik": WOMAN}), 4: "note", 5: "note"}),
    Dirty("rows numbered in advance", [("No", *BASE), (1, *SARI), (2,), ("3.",)], {2: Holds({"nik": WOMAN}), 3: "blank", 4: "blank"}),
    Dirty("columns that nobody reads", [("No", *BASE, "Ibu Kandung", "No KK", "Ket"), (1, *SARI, "Ni Wayan", "5171010101010001", "baru")], each(Holds({"nik": WOMAN, "name": "Ni Luh Sari"}))),
    Dirty("a NIK of fifteen digits kept by Excel", with_nik(5171015708909990), each(fault("nik.rounded")), ("xlsx", "ods")),
    Dirty("a NIK of Papua typed as a number", with_nik(PAPUA - 1), each(fault("nik.rounded")), ("ods",)),
    Dirty("a NIK as a number that is whole", with_nik(int(WOMAN)), each(Holds({"nik": WOMAN})), ("xlsx", "ods")),
    Dirty("a column of NIKs that all end with 0", with_nik(*(f"51710157089099{n}0" for n in range(6))), each(*[fault("nik.rounded")] * 6)),
    Dirty("a NIK in scientific notation", with_nik("5,17102E+15", "5.17102E+15", "5.1710157089E15"), each(*[fault("nik.scientific")] * 3)),
    Dirty("NIKs behind an apostrophe, with spaces, dots, dashes, as a formula", with_nik("'" + WOMAN, "5171 0157 0890 9999", "517101.570890.9999", "517101-570890-9999", f'="{WOMAN}"', WOMAN + ".0", f" {WOMAN}\u00a0"), each(*[Holds({"nik": WOMAN})] * 7), ("csv",)),
    Dirty("letters for digits that the birth date proves", with_nik("517IO157O8909999", "5171o15708909999"), each(*[member("nik", WOMAN, "nik.letters_mended")] * 2)),
    Dirty("letters for digits that nothing proves", [("NIK", "Nama", "Tgl Lahir"), ("5171O157O8909999", "Sari", None), ("5171O157O8909999", "Sari", "18-08-1990"), ("517101S7089O9999", "Sari", None)], each(Holds({"name": "Sari"}, {"nik.letters"}), fault("nik.letters"), fault("nik.characters"))),
    Dirty("NIKs too short, too long, impossible", with_nik("517101570890999", "51710157089099991", "5171019908909999", "5171015708900000", "5100015708909999"), each(fault("nik.length"), fault("nik.length"), fault("nik.date"), fault("nik.serial"), fault("nik.region"))),
    Dirty("a person without a NIK", [BASE, (None, "Ni Luh Sari", "17-08-1990", "P")], each(Holds({"name": "Ni Luh Sari", "birth_date": "1990-08-17"}))),
    Dirty("days in every writing", with_birth("17 Agustus 1990", "17-Agu-90", "17/8/1990", "1990-08-17", "17.08.90", "17 Agt 1990", "Jumat, 17 Agustus 1990", "17081990", "August 17, 1990", "17-08-1990 00:00:00", "17  Agustus  1990"), each(*[born()] * 11)),
    Dirty("days as Excel counts them", with_birth(33102, "33102"), each(born(warned="birth_date.serial"), born(warned="birth_date.serial"))),
    Dirty("days as real dates", with_birth(BORN), each(born())),
    Dirty("days with the month first", with_birth("08/17/1990"), each(born(warned="birth_date.month_first"))),
    Dirty("two readings that the NIK decides", with_birth("04/03/1990", "03/04/1990", nik="5171014304909999"), each(born(day="1990-04-03", warned="birth_date.month_first"), born(day="1990-04-03"))),
    Dirty("two readings that nothing decides", with_birth("05/06/1990"), each(born(day="1990-06-05", warned="birth_date.day_first"))),
    Dirty("a date that American settings turned round", with_birth(date(1990, 3, 4), nik="5171014304909999"), each(born(day="1990-04-03", warned="birth_date.swapped")), ("xlsx", "ods")),
    Dirty("a year of two digits that the NIK decides not", with_birth("17-08-52", "17-08-05"), each(born(day="1952-08-17", warned="birth_date.century"), born(day="2005-08-17", warned="birth_date.century"))),
    Dirty("days that are none", with_birth("31-02-1990", "tidak tahu", "1990", "32 Agustus 1990"), each(*[fault("birth_date.format")] * 4)),
    Dirty("place and date in one cell", [("NIK", "Nama", "TTL"), (WOMAN, "Sari", "Denpasar, 17-08-1990"), (WOMAN, "Sari", "Kab. Badung / 17 Agustus 1990"), (WOMAN, "Sari", "Denpasar 17/8/90"), (WOMAN, "Sari", "Denpasar")], each(*[Holds({"birth_place": place, "birth_date": "1990-08-17"}, set(), {"sex.from_nik"}) for place in ("Denpasar", "Kab. Badung", "Denpasar")], Holds({"birth_place": "Denpasar"}, {"birth_date.format"}, {"sex.from_nik"}))),
    Dirty("phones in every writing", with_column("No HP", "081234567890", "+6281234567890", "6281234567890", "0812-3456-7890", "(0812) 3456 7890", "+62 812 3456 7890", "'081234567890", "WA: 081234567890", "0062 81234567890"), each(*[member("phone", "+6281234567890")] * 9)),
    Dirty("phones that lost their zero", with_column("No HP", 81234567890, "812-3456-7890"), each(*[member("phone", "+6281234567890", "phone.zero_added")] * 2)),
    Dirty("phones that can't be used", with_column("Telp", "0812-3456-7890/0813-1111-2222", "O81234567890", "0361 224455", "8,12346E+11"), each(fault("phone.several"), fault("phone.letter"), fault("phone.format"), fault("phone.scientific"))),
    Dirty("a dash for nothing", with_column("No HP", "-", "tidak ada", "N/A"), each(Holds({}), fault("phone.letter"), Holds({}))),
    Dirty("sums in every writing", with_column("Penghasilan", "Rp 1.500.000,00", "1,5 jt", "1500000", "Rp1.500.000,-", "1.5 juta", "1.500.000", "1,500,000.00", "1500 ribu", "1500rb", "Rp. 1.500.000/bulan", "1500000.0", "± 1.500.000"), each(*[member("income", 1500000)] * 12)),
    Dirty("sums as numbers", with_column("Upah", 1500000, 50000), each(member("income", 1500000), member("income", 50000, "income.small")), ("xlsx", "ods")),
    Dirty("sums that mean two", with_column("Pendapatan", "1.500", "1.500 jt", "1-2 juta", "500.000 s/d 1.000.000", "banyak", "0", "1500000,50"), each(fault("income.ambiguous"), fault("income.ambiguous"), fault("income.range"), fault("income.range"), *[fault("income.value")] * 3)),
    Dirty("sexes in every writing", [("NIK", "Nama", "Jenis Kelamin"), *((WOMAN, "Sari", cell) for cell in ("P", "Perempuan", "wanita", "PR", "F", "x"))], each(*[Holds({"sex": "F"}, set(), {"birth_date.from_nik"})] * 5, Holds({}, {"sex.unknown"}, {"birth_date.from_nik"}))),
    Dirty("P for pria beside W for wanita", [("NIK", "Nama", "P/W"), (MAN, "Made", "P"), (WOMAN, "Sari", "W")], each(Holds({"sex": "M"}, set(), {"birth_date.from_nik"}), Holds({"sex": "F"}, set(), {"birth_date.from_nik"}))),
    Dirty("nothing but NIK and name", [("NIK", "Nama"), (WOMAN, "Sari")], each(Holds({"sex": "F", "birth_date": "1990-08-17"}, set(), {"sex.from_nik", "birth_date.from_nik"}))),
    Dirty("occupations in the field's words", with_column("Pekerjaan", "Nelayan", "pedagang ikan", "Ojol", "PEDAGANG SAYUR KELILING", "nelyan", "penjahit"), each(*[member("occupations", [{"code": code}]) for code in ("fisher", "fish_worker", "motorcycle_taxi", "trader", "fisher", "tailor")])),
    Dirty("two occupations in a cell", with_column("Profesi", "petani / nelayan", "Petani dan pedagang", "petani, astronot"), each(member("occupations", [{"code": "farmer"}, {"code": "fisher"}]), member("occupations", [{"code": "farmer"}, {"code": "trader"}]), member("occupations", [{"code": "farmer"}], "occupation.part"))),
    Dirty("an occupation that nobody knows", with_column("Pekerjaan", "astronot"), each(fault("occupation.not_recognised"))),
    Dirty("places of work", [(*BASE, "Pekerjaan", "Pasar"), (*SARI, "Pedagang", "Pasar Sindhu")], each(member("occupations", [{"code": "trader", "place": "Pasar Sindhu"}]))),
    Dirty("an address in pieces", [(*BASE, "Alamat", "RT/RW", "Desa/Kel", "Kec.", "Kab/Kota"), (*SARI, "Jl. Segara 3", "3/5", "Sanur", "Denpasar Selatan", "Denpasar")], each(member("address", {"text": "Jl. Segara 3", "rt": "003", "rw": "005", "village": "Sanur", "region": "517101"}))),
    Dirty("a district that nobody knows", [(*BASE, "Alamat", "Kecamatan"), (*SARI, "Jl. Segara 3", "Densel")], each(member("address", {"text": "Jl. Segara 3, Densel"}, "address.region_not_found"))),
    Dirty("names with titles and invisible letters", [("NIK", "Nama", "Tgl Lahir", "L/P"), *((WOMAN, name, "17-08-1990", "P") for name in ("dr. Hj. Ni\u00a0Luh  Sari, S.Pd. ", "\u200bI Gusti Ayu\ufeff", "Siti"))], each(*[member("name", name) for name in ("dr. Hj. Ni Luh Sari, S.Pd.", "I Gusti Ayu", "Siti")])),
    Dirty("a number where the name should be", [BASE, (WOMAN, "12345", "17-08-1990", "P")], each(fault("name.no_letters"))),
    Dirty("programmes and months", [(*BASE, "Program", "Bulan", "Mulai"), *((*SARI, program, months, start) for program, months, start in (("JKK, JKM", 3, "Desember 2026"), ("JKK+JKM+JHT", "3 bulan", "2026-12"), ("3 program", 3, "12/2026"), ("BPJS", 1, "Des")))], each(Holds({"programs": ["jkk", "jkm"], "months": 3, "start": "2026-12"}), Holds({"programs": ["jkk", "jkm", "jht"], "months": 3, "start": "2026-12"}), Holds({"programs": ["jkk", "jkm", "jht"], "start": "2026-12"}), Holds({"start": "2026-12"}, {"programs.not_recognised"}, {"start.year"}))),
    Dirty("errors where values should be", [(*BASE, "No HP"), (WOMAN, "#REF!", "17-08-1990", "P", "#N/A")], each(Holds({"nik": WOMAN}, {"cell.error"}))),
    Dirty("headings in English, in another order", [("Phone number", "Sex", "Full name", "Date of birth", "National ID", "Occupation", "Monthly income"), ("081234567890", "Female", "Sari", "1990-08-17", WOMAN, "fisherman", 1500000)], each(Holds({"nik": WOMAN, "phone": "+6281234567890", "income": 1500000, "occupations": [{"code": "fisher"}]}))),
    Dirty("headings misspelt", [("NOMER INDUK KEPENDUDUKAN", "Nama Lengkp", "Tgl. Lahr", "Jenis Kelamn", "Pekerjan"), (*SARI, "nelayan")], each(Holds({"nik": WOMAN, "birth_date": "1990-08-17", "occupations": [{"code": "fisher"}]}))),
    Dirty("columns known by what they hold", [("Kolom A", "Kolom B", "Nama", "Kolom D"), (WOMAN, "081234567890", "Sari", "17-08-1990")], each(Holds({"nik": WOMAN, "phone": "+6281234567890", "birth_date": "1990-08-17"}, set(), {"sex.from_nik"}))),
    Dirty("the hidden column of an earlier correction", [("perisai_id", *BASE), ("0193a5f0-aaaa-7bbb-8ccc-0123456789ab", *SARI), ("abc?", *MADE)], each(Holds({"nik": WOMAN}), Holds({"nik": MAN}, set(), {"identity.unusable"}))),
    Dirty("everything at once", [["DAFTAR ANGGOTA KUB MINA SEGARA"], [], ("No.", "No. KTP", "Nama Sesuai KTP", "Tempat/Tgl Lahir", "L/P", "HP/WA", "Pekerjaan", "Penghasilan/bln", "Nama Ibu Kandung", "Ahli Waris", "Hub."), ("1", WOMAN, " NI LUH SARI ", "Denpasar, 17 Agustus 1990", "P", "81234567890", "Pedagang ikan", "Rp 1.500.000,-", "X", "I Made", "Suami"), ["Dermaga Kedonganan"], ("2", "5,17101E+15", "I Made", "Badung, 08/17/1990", "L", "0812.3456.7890", "nelayan/petani", "2jt", "X", "-", "-"), [None, "JUMLAH", None, None, None, None, None, "3.500.000"], ["Mengetahui, Ketua"]], {1: "heading", 3: "heading", 4: Holds({"nik": WOMAN, "name": "NI LUH SARI", "birth_place": "Denpasar", "income": 1500000, "heirs": [{"name": "I Made", "relationship": "spouse"}]}, set(), {"phone.zero_added"}), 5: "note", 6: Holds({"birth_place": "Badung", "income": 2000000, "occupations": [{"code": "fisher"}, {"code": "farmer"}]}, {"nik.scientific"}, {"birth_date.month_first"}), 7: "total", 8: "note"}),
]  # fmt: skip
