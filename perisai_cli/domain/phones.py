"""Indonesian mobile numbers: 08… with 10 to 13 digits, kept as +62…."""

from __future__ import annotations

import re

from perisai_cli.domain.errors import InvalidInput

_SEPARATORS = str.maketrans("", "", " .-()\u00a0")
_NORMAL = re.compile(r"\+628[0-9]{8,11}")
_ANY_NUMBER = re.compile(r"(?:\+?62|0)8[0-9]{8,}")


def normalise_phone(text: str) -> str:
    """Return *text* as ``+628…``.

    Raises:
        InvalidInput: ``phone.letter`` (a letter such as O for zero), ``phone.several`` (more than
            one number in the field), ``phone.format``.
    """
    if _NORMAL.fullmatch(text):
        return text
    if any(character.isalpha() for character in text):
        raise InvalidInput("phone.letter")
    if re.search(r"[/,;&]", text) or len(_ANY_NUMBER.findall(text)) > 1:
        raise InvalidInput("phone.several")
    plain = text.translate(_SEPARATORS)
    if plain.startswith("+62"):
        plain = "0" + plain[3:]
    elif plain.startswith("62"):
        plain = "0" + plain[2:]
    if re.fullmatch(r"08[0-9]{8,11}", plain, re.ASCII) is None:
        raise InvalidInput("phone.format")
    return "+62" + plain[1:]
