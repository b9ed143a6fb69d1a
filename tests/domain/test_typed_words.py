"""Names and places as they are typed: what is nobody's name, and whose number has no place there."""

import pytest

from perisai_cli.domain.typed_words import name_fault, place_fault, word_faults


@pytest.mark.parametrize(
    "name",
    [
        "Ni Luh Sari", "I Ketut 2", "Orang 44", "Y", "O", "R. A. Kartini, S.Pd.", "Ma'ruf", "D'Aq",
        "Siti Nur-Aini", "Sitti Amé", "ᬦᬶᬮᬸᬄ", "ᮞᮛᮤ", "山田", "Anggota 1234567", "Putu 2015",
    ],
)  # fmt: skip
def test_a_name_has_a_letter_of_some_script(name: str) -> None:
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("1", "no_letters"), ("!!!", "no_letters"), ("-", "no_letters"), ("12345", "no_letters"),
        ("5171041106959905", "no_letters"), ("5171 0411 0695 9905", "no_letters"),
        ("08123450O905", "digits"), ("0812345O90", "digits"), ("5171O4IIO6959905", "digits"),
        ("Sari 5171041106959905", "digits"), ("Sari 0812-3450-905", "digits"),
        ("Sari ٠٨١٢٣٤٥٠٩٠٥", "digits"), ("Sari 12345678", "digits"),
    ],
)  # fmt: skip
def test_a_number_or_signs_alone_are_no_name(name: str, fault: str) -> None:
    assert name_fault(name) == fault


@pytest.mark.parametrize(
    "place",
    [
        "Jl. Segara 3", "Jl. Sunset Road 1234 80361", "Br. Kaja 003/005, 80228", "Los 12 No. 345",
        "Jl. By Pass Ngurah Rai 88, 80228", "Gg. 5 No. 12", "123", "Blok A-12 Km 7,5", "Pasar 2000",
    ],
)  # fmt: skip
def test_a_place_may_hold_house_numbers_and_a_post_code(place: str) -> None:
    assert place_fault(place) is None


@pytest.mark.parametrize(
    "place",
    [
        "5171041106959905", "5171 0411 0695 9905", "51.71.04.110695.9905", "HP 0812-3450-905",
        "Jl. Segara 3 081234509050", "17081990", "08123450O905", "rumah 0812 345 0905",
    ],
)  # fmt: skip
def test_a_place_holds_nobodys_number(place: str) -> None:
    assert place_fault(place) == "digits"


def test_each_fault_says_where_it_lies_whatever_else_is_wrong() -> None:
    number = "5171041106959905"
    loose = {
        "name": number, "birth_place": number, "nik": 7, "children": "none",
        "address": {"text": number, "village": number, "rt": number},
        "occupations": [{"place": "Pasar"}, {"place": number}],
        "heirs": [{"name": "1"}, {"name": 1}, {"name": " "}],
        "attestation": {"witness": {"name": number, "role": number}},
    }  # fmt: skip
    assert {(fault.code, fault.field, *fault.facts) for fault in word_faults(loose)} == {
        ("name.no_letters", "/name"),
        ("birth_place.digits", "/birth_place"),
        ("address.text.digits", "/address/text"),
        ("address.village.digits", "/address/village"),
        ("occupation.place.digits", "/occupations/1/place"),
        ("heir.name.no_letters", "/heirs/0/name"),
        ("witness.name.no_letters", "/attestation/witness/name"),
        ("witness.role.digits", "/attestation/witness/role"),
    }


def test_words_that_a_record_holds_already_bar_no_correction_of_others() -> None:
    held = {"name": "5171041106959905", "heirs": [{"name": "1"}]}
    assert word_faults(held | {"phone": "081234567890"}, held) == []
    (fault,) = word_faults(held | {"name": "5171041106959906"}, held)
    assert fault.code == "name.no_letters"
