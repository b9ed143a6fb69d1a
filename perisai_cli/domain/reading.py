"""A reader of loose JSON that collects every fault instead of stopping at the first."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from perisai_cli.domain.errors import InvalidInput, Problem

T = TypeVar("T")

MAX_TEXT = 200


class Reading:
    """One object under reading: its members, where it stands, and the faults found so far.

    Every method that reads notes a fault under the member's JSON pointer and returns None, so that
    a caller can go on and report all faults at once. A member that is null is a member not given.
    """

    def __init__(self, members: dict[str, Any], problems: list[Problem], pointer: str = ""):
        self.members = members
        self.problems = problems
        self.pointer = pointer

    def fault(self, code: str, member: str | None = None, **facts: str | int) -> None:
        """Note a fault of *member* (or of the whole object)."""
        at = self.pointer if member is None else f"{self.pointer}/{member}"
        self.problems.append(Problem(code, at or None, dict(facts)))

    def _given(self, member: str, default: Any) -> Any:
        value = self.members.get(member)
        return default if value is None else value

    def text(
        self, member: str, code: str, *, required: bool = False, limit: int = MAX_TEXT
    ) -> str | None:
        """Return a member's text, trimmed and NFC; faults are ``code.missing|format|length``."""
        value = self.members.get(member)
        if value is None or value == "":
            if required:
                self.fault(f"{code}.missing", member)
            return None
        if not isinstance(value, str):
            self.fault(f"{code}.format", member)
            return None
        clean = " ".join(value.split())
        if not clean.isascii():
            clean = unicodedata.normalize("NFC", clean)
        if not clean and required:
            self.fault(f"{code}.missing", member)
        elif not clean.isprintable() and _has_controls(clean):
            self.fault(f"{code}.format", member)
        elif len(clean) > limit:
            self.fault(f"{code}.length", member, limit=limit)
        else:
            return clean or None
        return None

    def parsed(
        self, member: str, code: str, parse: Callable[[str], T], *, required: bool = False
    ) -> T | None:
        """Return *parse* of a member's text; a ValueError of it is the fault ``code.format``."""
        known = len(self.problems)
        text = self.text(member, code, required=required)
        if text is None or len(self.problems) > known:
            return None
        try:
            return parse(text)
        except InvalidInput as error:
            self.fault(error.code, member, **error.problems[0].facts)
        except ValueError:
            self.fault(f"{code}.format", member)
        return None

    def choice(
        self, member: str, code: str, choices: Sequence[str], default: str | None = None
    ) -> str | None:
        """Return a member that must be one of *choices*; faults are ``code.missing|unknown``."""
        value = self._given(member, default)
        if value is None:
            self.fault(f"{code}.missing", member)
        elif value not in choices:
            self.fault(f"{code}.unknown", member, choices=", ".join(choices))
        else:
            return str(value)
        return None

    def flag(self, member: str, code: str, default: bool | None = None) -> bool | None:
        """Return a member that must be true or false."""
        value = self._given(member, default)
        if isinstance(value, bool):
            return value
        self.fault(f"{code}.missing" if value is None else f"{code}.format", member)
        return None

    def whole(
        self, member: str, code: str, low: int, high: int, default: int | None = None
    ) -> int | None:
        """Return a member that must be a whole number from *low* to *high*."""
        value = self._given(member, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(f"{code}.value", member, low=low, high=high)
            return None
        return value

    def inner(self, member: str, code: str, *, required: bool = False) -> Reading | None:
        """Return the reading of a member that must be an object."""
        value = self.members.get(member)
        if isinstance(value, dict):
            return Reading(value, self.problems, f"{self.pointer}/{member}")
        if value is not None:
            self.fault(f"{code}.format", member)
        elif required:
            self.fault(f"{code}.missing", member)
        return None

    def each(self, member: str, code: str, limit: int) -> list[Reading]:
        """Return the readings of a member that must be a list of at most *limit* objects."""
        value = self._given(member, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fault(f"{code}.format", member)
            return []
        if len(value) > limit:
            self.fault(f"{code}.too_many", member, limit=limit)
            return []
        return [
            Reading(item, self.problems, f"{self.pointer}/{member}/{index}")
            for index, item in enumerate(value)
        ]


def _has_controls(text: str) -> bool:
    """Tell whether a text holds a character of Unicode's category C, such as a control."""
    return any(unicodedata.category(character)[0] == "C" for character in text)
