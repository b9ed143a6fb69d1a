"""A bundle as text that survives being pasted into a chat.

Every line begins with ``#`` and its number, and ends with a checksum of its own, so that a line
that was hurt can be named. Letters and digits that look alike count as the same; whatever an
application puts between them is passed over: line breaks, spaces, quoting, senders and times.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from perisai_cli.domain.errors import InvalidInput

FIRST, LAST = "PERISAI 1 MULAI", "PERISAI 1 SELESAI"
"""What stands above and below the lines, for people; a reader of the text does without."""

OCTETS = 30
"""Octets of content in a line."""

MAX_LINES = 999
MAX_TEXT = 512 * 1024
"""Longest text that is read, in characters, with all that a chat put around it."""

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)} | {"O": 0, "I": 1, "L": 1}
_DATA = OCTETS * 8 // 5
_CHECK = 4
_LENGTH = 4

# What messengers put before a message that is copied or sent on: "[22/11 17.03] Made: ",
# "Made, [22/11/26 17.03]" and "22/11/26 17.03 - Made: ".
_STAMPS = re.compile(
    r"^[^\n#\[]{0,60}, \[[^\]\[\n]{1,40}\]:?"
    r"|^[^\w\n#\[]*\[[^\]\[\n]{1,40}\][^:\n#]{0,60}:"
    r"|^[^\w\n#]*\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?,? \d{1,2}[.:]\d{2}(?:[.:]\d{2})?"
    r"(?: ?[AP]M)? - [^:\n#]{1,60}:",
    re.MULTILINE,
)


def to_text(content: bytes) -> str:
    """Return *content* as numbered lines between a first and a last mark.

    Raises:
        InvalidInput: ``bundle.text_too_long``.
    """
    framed = len(content).to_bytes(_LENGTH, "big") + content
    count = -(-len(framed) // OCTETS)
    if count > MAX_LINES:
        raise InvalidInput("bundle.text_too_long")
    padded = framed.ljust(count * OCTETS, b"\0")
    lines = [
        _line(number + 1, padded[number * OCTETS : (number + 1) * OCTETS])
        for number in range(count)
    ]
    return "\n".join([FIRST, *lines, LAST]) + "\n"


def _line(number: int, content: bytes) -> str:
    value = int.from_bytes(content, "big")
    data = "".join(_SIGNS[value >> shift & 31] for shift in range(OCTETS * 8 - 5, -1, -5))
    return f"#{number:03d}{data}{_check(number, content)}"


def _check(number: int, content: bytes) -> str:
    digest = hashlib.sha256(b"perisai line 1\n" + number.to_bytes(2, "big") + content).digest()
    value = int.from_bytes(digest[:3], "big") >> 4
    return "".join(_SIGNS[value >> shift & 31] for shift in (15, 10, 5, 0))


def from_text(text: str) -> bytes:
    """Return what a text holds, however it was pasted.

    Raises:
        InvalidInput: ``bundle.not_one``: no line of a bundle is in it; ``bundle.text_line``: a line
            was hurt; ``bundle.text_missing``: lines are missing; ``bundle.text_mixed``: lines of
            two texts.
    """
    good, hurt = _found(text)
    if not good:
        raise (
            InvalidInput("bundle.text_line", line=min(hurt))
            if hurt
            else InvalidInput("bundle.not_one")
        )
    if 1 not in good:
        raise _gap(1, hurt, 1)
    size = int.from_bytes(good[1][:_LENGTH], "big")
    count = -(-(size + _LENGTH) // OCTETS)
    for number in range(1, min(count, MAX_LINES + 1) + 1):
        if number not in good:
            raise _gap(number, hurt, count)
    whole = b"".join(good[number] for number in range(1, count + 1))
    return whole[_LENGTH : _LENGTH + size]


def _gap(number: int, hurt: set[int], count: int) -> InvalidInput:
    """Return the error for a line that is not there whole."""
    if number in hurt:
        return InvalidInput("bundle.text_line", line=number)
    return InvalidInput("bundle.text_missing", line=number, count=max(number, count))


def _found(text: str) -> tuple[dict[int, bytes], set[int]]:
    """Return the lines that are whole by number, and the numbers of those that seem to be hurt."""
    good: dict[int, bytes] = {}
    hurt: set[int] = set()
    plain = unicodedata.normalize("NFKC", text[:MAX_TEXT])
    for piece in _STAMPS.sub("", plain).upper().split("#")[1:]:
        values = [_VALUES[sign] for sign in piece if sign in _VALUES][: 3 + _DATA + _CHECK]
        if len(values) < 3 or max(values[:3]) > 9:
            continue
        number = values[0] * 100 + values[1] * 10 + values[2]
        content = _content(number, values[3:])
        if content is None:
            hurt.add(number)
        elif good.setdefault(number, content) != content:
            raise InvalidInput("bundle.text_mixed", line=number)
    return good, hurt


def _content(number: int, values: list[int]) -> bytes | None:
    """Return the content of a line's signs if its checksum says that they are right."""
    if len(values) != _DATA + _CHECK:
        return None
    whole = 0
    for value in values[:_DATA]:
        whole = whole << 5 | value
    content = whole.to_bytes(OCTETS, "big")
    check = [_VALUES[sign] for sign in _check(number, content)]
    return content if values[_DATA:] == check else None
