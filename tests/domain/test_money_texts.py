"""Rupiah: read strictly, printed as Indonesia prints them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lokal.rupiah import format_rupiah

from perisai_cli.domain.money import MAX_RUPIAH, check_rupiah, parse_rupiah, rupiah

unhurried = settings(deadline=None)


@pytest.mark.parametrize(
    ("amount", "printed"),
    [
        (0, "Rp0"),
        (168, "Rp168"),
        (16800, "Rp16.800"),
        (1000000, "Rp1.000.000"),
        (495129600, "Rp495.129.600"),
        (-8400, "-Rp8.400"),
    ],
)
def test_an_amount_is_printed_with_dots(amount: int, printed: str) -> None:
    assert rupiah(amount) == printed


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("16800", 16800),
        ("16.800", 16800),
        ("Rp16.800", 16800),
        ("Rp 16.800", 16800),
        ("rp16800", 16800),
        ("  Rp1.500.000  ", 1500000),
        ("1", 1),
        ("1.000.000.000.000", MAX_RUPIAH),
    ],
)
def test_what_people_type_is_read(text: str, amount: int) -> None:
    assert parse_rupiah(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "Rp", "0", "Rp0", "-16800", "Rp-16.800", "16,800", "16,8", "Rp16.800,00", "16.8",
        "16.80", "1.6800", "16..800", ".800", "16.800.", "1500.000", "16 800", "16_800", "1e6",
        "16800.00", "16k", "1,5 juta", "USD5", "0.800", "016.800", "٥٠٠٠", "１６８００", "²",
        "1.000.000.000.001", "9" * 5000, "nan", "+5", "RpRp5",
    ],
)  # fmt: skip
def test_what_is_not_plainly_whole_rupiah_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_rupiah(text)


@unhurried
@given(st.integers(1, MAX_RUPIAH))
def test_what_is_printed_is_read_back_and_looks_as_others_print_it(amount: int) -> None:
    assert parse_rupiah(rupiah(amount)) == parse_rupiah(str(amount)) == amount
    assert rupiah(amount) == format_rupiah(amount)


@unhurried
@given(st.text(max_size=12) | st.text("Rp0123456789., -", max_size=14))
def test_any_text_is_a_positive_whole_amount_or_refused(text: str) -> None:
    try:
        amount = parse_rupiah(text)
    except ValueError:
        return
    assert 0 < amount <= MAX_RUPIAH
    digits = "".join(character for character in text if character.isdigit())
    assert int(digits) == amount


@pytest.mark.parametrize("amount", [0, -1, MAX_RUPIAH + 1, 1.0, 1.5, True, "5", None, [5]])
def test_an_amount_that_is_no_whole_positive_number_is_refused(amount: object) -> None:
    with pytest.raises(ValueError):
        check_rupiah(amount)


@pytest.mark.parametrize("amount", [1, MAX_RUPIAH])
def test_the_smallest_and_the_largest_amount_are_taken(amount: int) -> None:
    assert check_rupiah(amount) == amount
