"""Phone numbers: one way to keep them, and what is refused rather than guessed."""

import re

import phonenumbers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lokal.phone import normalize_phone as oracle_normalise

from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.phones import normalise_phone

unhurried = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    "written",
    [
        "081234567890",
        "0812 3456 7890",
        "0812-3456-7890",
        "0812.3456.7890",
        "(0812) 3456 7890",
        "+6281234567890",
        "+62 812-3456-7890",
        "6281234567890",
        "62 812 3456 7890",
        "0812\u00a03456\u00a07890",
    ],
)
def test_every_common_way_of_writing_comes_out_alike(written: str) -> None:
    assert normalise_phone(written) == "+6281234567890"


@pytest.mark.parametrize(
    ("written", "kept"),
    [("0812345678", "+62812345678"), ("0812345678901", "+62812345678901")],
)
def test_ten_to_thirteen_digits_are_taken(written: str, kept: str) -> None:
    assert normalise_phone(written) == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("O81234567890", "phone.letter"),
        ("08123456789o", "phone.letter"),
        ("0812345678l0", "phone.letter"),
        ("tidak ada", "phone.letter"),
        ("081234567890/081234567891", "phone.several"),
        ("081234567890, 081234567891", "phone.several"),
        ("081234567890; 081234567891", "phone.several"),
        ("081234567890 & 081234567891", "phone.several"),
        ("081234567890 081234567891", "phone.several"),
        ("081234567890 +6281234567891", "phone.several"),
        ("081234567", "phone.format"),
        ("08123456789012", "phone.format"),
        ("0361234567", "phone.format"),
        ("02112345678", "phone.format"),
        ("81234567890", "phone.format"),
        ("+81234567890", "phone.format"),
        ("+62", "phone.format"),
        ("", "phone.format"),
        ("٠٨١٢٣٤٥٦٧٨٩٠", "phone.format"),
        ("０８１２３４５６７８９０", "phone.format"),
        ("08123456789²", "phone.format"),
        ("0812_3456_7890", "phone.format"),
    ],
)
def test_what_is_not_one_mobile_number_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        normalise_phone(written)
    assert caught.value.code == code
    assert caught.value.exit_code == 2


digits = st.integers(8, 11).flatmap(
    lambda size: st.text("0123456789", min_size=size, max_size=size)
)


@unhurried
@given(digits, st.sampled_from(["08", "+628", "+62 8", "(08)"]))
def test_two_other_normalisers_agree(rest: str, beginning: str) -> None:
    written = beginning + rest
    kept = normalise_phone(written)
    assert kept == oracle_normalise(written)
    parsed = phonenumbers.parse(written, "ID")
    assert kept == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@unhurried
@given(digits)
def test_what_is_kept_is_kept_again(rest: str) -> None:
    kept = normalise_phone("08" + rest)
    assert normalise_phone(kept) == normalise_phone(kept[1:]) == kept


@unhurried
@given(st.text(max_size=25) | st.text("0862+ -()/,O", max_size=30))
def test_any_text_is_a_number_or_refused_without_repeating_it(text: str) -> None:
    try:
        kept = normalise_phone(text)
    except InvalidInput as error:
        refusal = Problem(error.code)
        known = error.code in {"phone.letter", "phone.several", "phone.format"}
        ok = known and error.problems == (refusal,)
    else:
        ok = re.fullmatch(r"\+628[0-9]{8,11}", kept) is not None
    assert ok
