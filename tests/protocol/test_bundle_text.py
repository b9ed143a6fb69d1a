"""A bundle's text survives what chats do to it, and names the line that did not."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.protocol.bundle_text import FIRST, LAST, MAX_LINES, OCTETS, from_text, to_text

CONTENT = bytes(range(256)) + b"\0" * 40
TEXT = to_text(CONTENT)

STAMPS = (
    "[22/11 17.03] Made: ", "[17.03, 22/11/2026] +62 812-3456-7890: ", "22/11/26 17.03 - Made Uji: ",
    "22/11/2026, 17:03 - Ni Luh: ", "Made, [22/11/26 17.03]\n", "\u200e[22/11/26 17.03.59] Made Uji: ",
)  # fmt: skip


def between_signs(pick: random.Random, text: str, put: Callable[[], str], chance: float) -> str:
    return "".join(sign + (put() if pick.random() < chance else "") for sign in text)


def mangled(text: str, seed: int) -> str:
    """Return a text as some chat, some hand and some editor leave it."""
    pick = random.Random(seed)
    lines = text.splitlines()
    if pick.random() < 0.5:  # several messages, perhaps out of their order, one sent twice
        cut = pick.randrange(1, len(lines))
        parts = [lines[:cut], lines[cut:]]
        parts += [parts[0]] if pick.random() < 0.3 else []
        pick.shuffle(parts)
        stamp = pick.choice(STAMPS)
        lines = [line for part in parts for line in [stamp + part[0], *part[1:]]]
    if pick.random() < 0.5:
        lines = ["> " + line for line in lines]
    ending = pick.choice(["\n", "\r\n", "\n\n", " \n", "\u00a0\n", "\u2028\n"])
    whole = ending.join(lines)
    blanks = ("\u00a0", " ", "\u200b", "\n", "\r\n", "\n> ", "\u2019", "\u201c", "*", "_", "\u2013")
    head, sign, rest = whole.partition("#")
    rest = between_signs(pick, rest, lambda: pick.choice(blanks), pick.choice([0, 0.01, 0.1]))
    whole = head + sign + rest
    if pick.random() < 0.3:
        whole = re.sub(r"(?<=#)[0-9A-Z]+", lambda found: found[0].lower(), whole)
    if pick.random() < 0.3:
        whole = whole.replace("0", "O").replace("1", pick.choice("Il"))
    greeting = "Pak, ini antrean saya hari ini ya:\n" if pick.random() < 0.5 else ""
    return greeting + whole + ("\nTerima kasih #perisai 100%!" if pick.random() < 0.5 else "")


@settings(max_examples=400)
@given(st.binary(max_size=900), st.integers(0, 2**32))
def test_a_text_comes_back_whole_whatever_a_chat_does_to_it(content: bytes, seed: int) -> None:
    assert from_text(mangled(to_text(content), seed)) == content


@pytest.mark.parametrize("stamp", STAMPS)
def test_a_message_may_be_cut_in_the_middle_of_a_line(stamp: str) -> None:
    for at in range(TEXT.index("#002"), TEXT.index("#004")):
        if TEXT[at - 1] != "#":  # a lone sign at the end of a message is no line yet
            assert from_text(f"{stamp}{TEXT[:at]}\n{stamp}{TEXT[at:]}") == CONTENT, at


def test_a_text_has_clear_marks_and_short_lines_of_plain_signs() -> None:
    first, *lines, last = TEXT.splitlines()
    assert (first, last) == (FIRST, LAST)
    assert all(re.fullmatch(r"#[0-9]{3}[0-9A-Z]{52}", line) for line in lines)
    assert [line[1:4] for line in lines] == [f"{n:03d}" for n in range(1, len(lines) + 1)]


def test_a_text_cut_off_anywhere_names_the_first_line_that_is_not_there() -> None:
    lines = TEXT.splitlines()
    for kept in range(2, len(lines) - 1):
        with pytest.raises(InvalidInput) as caught:
            from_text("\n".join(lines[:kept]))
        assert caught.value.code == "bundle.text_missing"
        facts = caught.value.problems[0].facts
        assert facts == {"line": kept, "count": len(lines) - 2}
    inside = TEXT.index("#003") + 20
    with pytest.raises(InvalidInput) as caught:
        from_text(TEXT[:inside])
    assert (caught.value.code, caught.value.problems[0].facts["line"]) == ("bundle.text_line", 3)


@given(st.data())
def test_a_wrong_sign_is_found_in_its_line(data: st.DataObject) -> None:
    lines = TEXT.splitlines()
    number = data.draw(st.integers(1, len(lines) - 2))
    at = data.draw(st.integers(4, 55))
    sign = data.draw(st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
    line = lines[number]
    if line[at] == sign:
        return
    lines[number] = line[:at] + sign + line[at + 1 :]
    with pytest.raises(InvalidInput) as caught:
        from_text("\n".join(lines))
    assert caught.value.code == "bundle.text_line"
    assert caught.value.problems[0].facts["line"] == number


def test_a_line_that_is_left_out_is_named() -> None:
    for number in range(1, len(TEXT.splitlines()) - 1):
        lines = TEXT.splitlines()
        del lines[number]
        with pytest.raises(InvalidInput) as caught:
            from_text("\n".join(lines))
        assert caught.value.code == "bundle.text_missing"
        assert caught.value.problems[0].facts["line"] == number


def test_a_good_copy_makes_up_for_a_hurt_one() -> None:
    lines = TEXT.splitlines()
    hurt = [*lines[:2], lines[2][:30], *lines[3:]]
    assert from_text("\n".join([*hurt, lines[2]])) == CONTENT


def test_lines_of_two_texts_are_not_put_together() -> None:
    other = to_text(CONTENT[::-1])
    with pytest.raises(InvalidInput, match=r"bundle\.text_mixed"):
        from_text(TEXT + other)


@pytest.mark.parametrize(
    "text", ["", "halo", "#", "# # #", "#pagi semua", "#0", FIRST + "\n" + LAST]
)
def test_another_text_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"bundle\.not_one"):
        from_text(text)


def test_what_does_not_fit_into_the_numbers_is_refused() -> None:
    fits = bytes(MAX_LINES * OCTETS - 4)
    assert from_text(to_text(fits)) == fits
    with pytest.raises(InvalidInput, match=r"bundle\.text_too_long"):
        to_text(fits + b"\0")


@given(st.text(max_size=300))
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    with pytest.raises(InvalidInput):
        from_text("#001" + text)
