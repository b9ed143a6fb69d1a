"""Field maps: what they may say, how a worker's values are written, and what may come back."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perisai_cli import domain
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.people import Worker
from perisai_cli.domain.portal import CODES, FORMATS, KINDS, Portal, Returned, steps_of
from perisai_cli.domain.portal_map import MAX_OCTETS, read_portal
from perisai_cli.domain.portal_return import CameBack, check_returned, read_return

GENERAL = Path(domain.__file__).with_name("portals") / "umum.toml"

WORKER: dict[str, Any] = {
    "nik": "5171015708900001", "name": "Ni Luh Sari", "birth_date": "1990-08-07", "sex": "F",
    "phone": "+6281234567890", "start": "2026-12", "months": 3, "income": 1500000, "owner": False,
    "programs": ["jkk", "jkm"], "occupations": [{"code": "trader", "place": "Pasar"}],
    "address": {"text": "Jalan Segara Ayu nomor tiga belas", "region": "517101"},
    "children": [{"name": "Putu", "birth_date": "2015-02-01"}],
}  # fmt: skip


def a_map(fields: str, top: str = "") -> bytes:
    return f'name = "Uji"\n{top}\n{fields}'.encode()


def a_field(value: str, more: str = "") -> bytes:
    return a_map(f'[[fields]]\nlabel = "L"\nvalue = "{value}"\n{more}')


def read(octets: bytes) -> Portal:
    return read_portal(octets, "uji")


def written(value: str, more: str = "", **changes: Any) -> list[str]:
    return [step.value for step in steps_of(read(a_field(value, more)), WORKER | changes)]


def faults(octets: bytes) -> list[Problem]:
    with pytest.raises(InvalidInput) as caught:
        read(octets)
    return list(caught.value.problems)


def test_the_general_map_asks_for_no_more_than_a_worker_has_and_has_a_word_for_every_code() -> None:
    portal = read_portal(GENERAL.read_bytes(), "umum", own=False)
    assert portal.address == ""
    assert (portal.number.least, portal.number.most) == (11, 11)
    for field in portal.fields:
        kind = KINDS.get(field.value.replace(".0.", ".*."))
        assert kind
        assert set(field.table) == set(CODES.get(kind, ())), field.label
    assert not [step for step in steps_of(portal, WORKER) if step.unmapped]


def test_every_path_that_a_map_may_name_is_a_field_of_a_worker() -> None:
    assert {path.partition(".")[0] for path in KINDS} <= set(Worker.__dataclass_fields__)
    assert set(KINDS.values()) == set(FORMATS) | set(CODES)


@pytest.mark.parametrize(
    ("value", "more", "expected"),
    [
        ("nik", "", "5171015708900001"),
        ("nik", "split = [6, 6, 4]", ["517101", "570890", "0001"]),
        ("name", 'format = "upper"', "NI LUH SARI"),
        ("birth_date", "", "07/08/1990"),
        ("birth_date", 'format = "yyyy-mm-dd"', "1990-08-07"),
        ("birth_date", 'format = "d month yyyy"', "7 Agustus 1990"),
        ("birth_date", 'format = "dd"', "07"),
        ("birth_date", 'format = "month"', "Agustus"),
        ("start", "", "12/2026"),
        ("start", 'format = "month yyyy"', "Desember 2026"),
        ("phone", "", "081234567890"),
        ("phone", 'format = "phone-62"', "6281234567890"),
        ("phone", 'format = "phone-plus"', "+6281234567890"),
        ("income", "", "1500000"),
        ("income", 'format = "rupiah-dots"', "1.500.000"),
        ("sex", 'table = { F = "P", M = "L" }', "P"),
        ("owner", 'table = { true = "Ya", false = "Tidak" }', "Tidak"),
        ("programs", 'table = { jkk = "JKK", jkm = "JKM" }', "JKK, JKM"),
        ("address.region", "", "Denpasar Selatan"),
        ("address.region", 'format = "regency"', "Kota Denpasar"),
        ("address.region", 'format = "province"', "Bali"),
        ("address.text", "split = [18, 30]", ["Jalan Segara Ayu", "nomor tiga belas"]),
        ("children.0.birth_date", "", "01/02/2015"),
        ("children.1.name", "", ""),
        ("email", "", ""),
    ],
)
def test_a_value_is_written_as_the_form_wants_it(
    value: str, more: str, expected: str | list[str]
) -> None:
    assert written(value, more) == ([expected] if isinstance(expected, str) else expected)


def test_long_numbers_are_grouped_for_reading_aloud_and_copied_as_they_are() -> None:
    [step] = steps_of(read(a_field("nik")), WORKER)
    assert (step.value, step.spoken) == ("5171015708900001", "5171 0157 0890 0001")
    [step] = steps_of(read(a_field("income")), WORKER)
    assert (step.value, step.spoken) == ("1500000", "1 500 000")


def test_a_code_without_a_word_is_left_to_the_person_and_never_guessed() -> None:
    [step] = steps_of(read(a_field("sex", 'table = { M = "L" }')), WORKER)
    assert (step.value, step.unmapped, step.silent) == ("", "F", False)


def test_a_region_that_is_known_by_its_regency_alone_leaves_the_district_empty() -> None:
    assert written("address.region", address={"text": "x", "region": "5171"}) == [""]


def test_a_pasted_value_presses_no_enter_and_moves_no_terminal() -> None:
    assert written("name", name="Ni\r\nLuh\x1b[2J\tSari\u202e") == ["Ni Luh [2J Sari"]


@given(st.text(max_size=120), st.lists(st.integers(1, 40), min_size=2, max_size=5))
@example("12345678", [4, 4])
def test_parting_a_value_loses_none_of_its_signs(name: str, sizes: list[int]) -> None:
    parts = written("name", f"split = {sizes}", name=name)
    whole = written("name", name=name)[0]
    assert "".join(parts).replace(" ", "") == whole.replace(" ", "")


SECRETS = [
    "Password", "kata sandi", "Kata_Sandi", "Sandi portal", "PIN", "Kode OTP", "captcha",
    "Username", "user-id", "Nama pengguna", "login", "passcode", "kode verifikasi",
]  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
def test_a_map_that_asks_for_anything_of_a_log_in_is_refused(secret: str) -> None:
    for octets in (
        a_map(f'[[fields]]\nlabel = "{secret}"\nvalue = "nik"'),
        a_map(f'[[fields]]\nlabel = "L"\nnote = "isi {secret} Anda"'),
        a_map(f'[[fields]]\nlabel = "L"\nvalue = "{secret}"'),
        a_field("sex", f'table = {{ F = "{secret}" }}'),
        a_field("nik", f'\n[number]\nlabel = "{secret}"'),
    ):
        assert "portal.secret" in {fault.code for fault in faults(octets)}, octets


@pytest.mark.parametrize("word", ["Pinjaman", "Lokasi kerja", "Tanggal masuk kerja", "Sandingan"])
def test_words_that_only_look_like_a_log_in_are_taken(word: str) -> None:
    read(a_map(f'[[fields]]\nlabel = "{word}"\nvalue = "name"'))


@pytest.mark.parametrize(
    ("octets", "code", "key", "line"),
    [
        (a_field("passport"), "portal.value_unknown", "fields[0].value", 5),
        (a_field("nik.0"), "portal.value_unknown", "fields[0].value", 5),
        (a_field("attestation.text"), "portal.value_unknown", "fields[0].value", 5),
        (a_field("occupations.12.code"), "portal.value_unknown", "fields[0].value", 5),
        (a_field("nik", 'format = "upper"'), "portal.format_unknown", "fields[0].format", 6),
        (a_field("start", 'format = "dd/mm/yyyy"'), "portal.format_unknown", "fields[0].format", 6),
        (a_field("nik", "format = 7"), "portal.format_unknown", "fields[0].format", 6),
        (a_field("sex"), "portal.table_missing", "fields[0].table", 3),
        (a_field("nik", 'table = { a = "b" }'), "portal.table", "fields[0].table", 6),
        (a_field("sex", 'table = { X = "b" }'), "portal.key_unknown", "fields[0].table.?", 6),
        (a_field("sex", "table = { F = 1 }"), "portal.text", "fields[0].table", 6),
        (a_field("nik", "split = [4]"), "portal.split", "fields[0].split", 6),
        (a_field("nik", "split = [0, 4]"), "portal.split", "fields[0].split", 6),
        (a_field("nik", "split = 4"), "portal.split", "fields[0].split", 6),
        (a_field("nik", "colour = 1"), "portal.key_unknown", "fields[0].?", 6),
        (a_map('[[fields]]\nlabel = "L"'), "portal.missing", "fields[0].value", 3),
        (a_map('[[fields]]\nvalue = "nik"'), "portal.missing", "fields[0].label", 3),
        (a_map('[[fields]]\nlabel = ""\nvalue = "nik"'), "portal.missing", "fields[0].label", 4),
        (a_map(""), "portal.no_fields", "fields", 1),
        (a_map("fields = 3"), "portal.no_fields", "fields", 3),
        (a_field("nik", "[number]\ndigits = 0"), "portal.digits", "number.digits", 7),
        (a_field("nik", "[number]\ndigits = [9, 3]"), "portal.digits", "number.digits", 7),
        (a_field("nik", "[number]\nletters = 1"), "portal.letters", "number.letters", 7),
        (a_map('[[fields]]\nlabel="L"\nvalue="nik"', "number = 11"), "portal.returned", "number", 2),
        (a_map('[[fields]]\nlabel="L"\nvalue="nik"', 'address = "http://a.id"'), "portal.address", "address", 2),
        (a_map('[[fields]]\nlabel="L"\nvalue="nik"', 'address = "https://a:b@c.id"'), "portal.address", "address", 2),
        (a_map('[[fields]]\nlabel="L"\nvalue="nik"', 'address = "https://[a"'), "portal.address", "address", 2),
        (a_map('[[fields]]\nlabel="L"\nvalue="nik"', 'address = "javascript:1"'), "portal.address", "address", 2),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_its_key(octets: bytes, code: str, key: str, line: int) -> None:
    [fault] = faults(octets)
    assert (fault.code, fault.facts["key"], fault.facts["line"], fault.row) == (
        code,
        key,
        line,
        line,
    )


def test_all_faults_are_told_at_once() -> None:
    octets = a_field("nik", 'format = "upper"\n[[fields]]\nlabel = "PIN"\nvalue = "pin"')
    assert [(fault.code, fault.row) for fault in faults(octets)] == [
        ("portal.format_unknown", 6), ("portal.secret", 8), ("portal.secret", 9),
        ("portal.value_unknown", 9),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("octets", "line"),
    [(b'name = "a"\nname = "b"', 2), (b"name = \n", 1), (b'a = "\xff"', 1), (b"\n\n[[", 3)],
)
def test_what_is_no_toml_names_its_line(octets: bytes, line: int) -> None:
    [fault] = faults(octets)
    assert (fault.code, fault.row) == ("portal.toml", line)


@given(st.binary(max_size=400))
@example(b"a" * (MAX_OCTETS + 1))
@example(b"[" * 5000)
def test_whatever_is_in_a_file_it_is_a_map_or_it_is_told_why_not(octets: bytes) -> None:
    with contextlib.suppress(InvalidInput):  # anything else fails the test
        read(octets)


PORTAL = read(a_field("nik"))


@pytest.mark.parametrize(
    "typed", ["26112200001", "2611-2200-001", " 2611 2200 001 ", "26.112200001"]
)
def test_a_number_is_kept_without_what_people_write_between(typed: str) -> None:
    assert read_return(PORTAL, {"number": typed}) == CameBack(number="26112200001")


@pytest.mark.parametrize(
    ("loose", "code"),
    [
        ({}, "returned.nothing"),
        ({"number": ""}, "returned.nothing"),
        ({"number": 26112200001}, "returned.text"),
        ({"number": "2611220000"}, "returned.length"),
        ({"number": "261122000O1"}, "returned.signs"),
        ({"number": "٢٦١١٢٢٠٠٠٠١"}, "returned.signs"),
        ({"number": "0" * 11}, "returned.zeros"),
        ({"kpj": "26112200001"}, "returned.member"),
        ({"number": "26112200001", "refusal": {"reason": "age"}}, "returned.both"),
        ({"refusal": "no"}, "returned.refusal"),
        ({"refusal": {"reason": "because"}}, "returned.reason"),
        ({"refusal": {"reason": ["age"]}}, "returned.reason"),
        ({"refusal": {"reason": "age", "note": "x" * 201}}, "returned.note"),
    ],
)
def test_what_can_t_have_come_back_is_refused(loose: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_return(PORTAL, loose)
    assert caught.value.code == code


def test_letters_are_taken_where_the_map_says_so() -> None:
    wanted = Returned("Kode", 4, 8, letters=True)
    assert check_returned(wanted, "ab-12", "/payment_code") == "AB12"


def test_a_later_answer_loses_no_number_of_an_earlier_one() -> None:
    code, number = CameBack(payment_code="888001"), CameBack(number="26112200001")
    both = code.followed_by(number)
    assert (both.number, both.payment_code, both.state) == ("26112200001", "888001", "registered")
    assert both.followed_by(CameBack()) == both
    refused = CameBack(reason="age")
    assert refused.followed_by(CameBack()).state == "carried"
    assert both.loses_number_to(refused)
    assert both.loses_number_to(CameBack(number="26112200002"))
    assert not both.loses_number_to(number)
