"""Canonical JSON: byte for byte what RFC 8785 asks, and nothing that has no form here."""

import base64
import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perisai_cli.protocol.canonical import body_hash, canonical, content_digest, receipt_digest

unhurried = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text()
    | st.text('\x00\x01\x08\t\n\x0b\x0c\r\x1f\x20"\\/\x7f\x80\u2028\u2029\ufeff\U0001f600é')
)
keys = st.text(st.characters(max_codepoint=127), max_size=6)
float_free = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)
objects = st.dictionaries(keys, float_free, max_size=6)


@unhurried
@given(float_free)
def test_the_form_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@unhurried
@given(objects, st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(body: dict[str, Any], random: Any) -> None:
    shuffled = list(body.items())
    random.shuffle(shuffled)
    assert canonical(dict(shuffled)) == canonical(body)
    assert body_hash(dict(shuffled)) == hashlib.sha256(rfc8785.dumps(body)).hexdigest()


@pytest.mark.parametrize(
    "value",
    [1.0, 0.1, float("nan"), float("inf"), {"a": 1.5}, [1.0], {"a": [{"b": -0.0}]}, [[[2.5]]]],
)
def test_a_float_is_refused_wherever_it_hides(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical(value)


@pytest.mark.parametrize("value", [{"é": 1}, {"a": {"ключ": 1}}, [{"\U0001f600": 1}], {1: 2}])
def test_a_key_that_is_not_ascii_text_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical(value)


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ValueError):
        canonical({"name": "\ud800"})


def test_true_and_one_have_forms_of_their_own() -> None:
    assert canonical([True, 1, None, "1"]) == b'[true,1,null,"1"]'


@unhurried
@given(st.lists(st.tuples(st.text("0123456789abcdef-"), st.integers(1, 99), st.text("0af"))))
def test_a_receipt_digest_depends_on_every_part_and_the_order(
    receipts: list[tuple[str, int, str]],
) -> None:
    form = rfc8785.dumps([list(receipt) for receipt in receipts])
    assert receipt_digest(receipts) == receipt_digest(iter(receipts))
    assert receipt_digest(receipts) == hashlib.sha256(form).hexdigest()


def test_a_content_digest_is_written_as_rfc_9530_does() -> None:
    assert content_digest(b'{"hello": "world"}\n') == (
        "sha-256=:"
        + base64.b64encode(hashlib.sha256(b'{"hello": "world"}\n').digest()).decode()
        + ":"
    )
    # The example of RFC 9530, section 2.
    assert content_digest(b'{"hello": "world"}\n').startswith(
        "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9"
    )
