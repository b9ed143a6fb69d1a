"""The extract of a central: what reports need of its records, a line each, in order of change.

The first line is a ``Begin``. A record is ``[kind, facts]`` or ``[kind, facts, more]``: its facts
in the order of the tuples of ``domain/facts.py``, and beside them why it is held or was sent back
(``codes``) and, where persons were asked for, its ``worker`` and the numbers ``assigned`` to it. A
record that was erased is ``["erased", id]``. Now and then a ``Mark`` says from where to ask on, and
the last line is an ``End``: an extract without it was cut.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import Field, TypeAdapter

from perisai_cli.domain.facts import Fact, Held, Member, Paid, Returned
from perisai_cli.protocol.messages import Message

PATH = "/v1/office/extract"
MEDIA_TYPE = "application/x-ndjson"
CURSOR = r"^([0-9]{1,18}/[0-9a-f-]{36})?$"
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""No record's id comes after this one: a cursor at the end of a commit."""

ERASED = "erased"
FACTS: dict[str, type[Fact]] = {
    "enrolment": Member, "payment": Paid, "reactivation": Returned, "outreach": Held,
}  # fmt: skip
MAX_LINE = 2**20
"""Octets of the longest line that is taken."""


class Begin(Message):
    """Which central gives the extract, of which office's agents (None for all), with persons?"""

    extract: Literal[1]
    central: str = Field(max_length=64)
    office: str | None = Field(default=None, max_length=64)
    persons: bool


class Mark(Message):
    """Everything up to the cursor has been told; the commit is the newest there was by then."""

    cursor: str = Field(pattern=CURSOR)
    seq: int = Field(ge=0)
    token: str = Field(max_length=64)


class End(Mark):
    """The last line.

    Attributes:
        end: Tells it from a mark.
        more: Whether the asked limit was reached before the newest commit.
        as_of: When the newest commit was made (UTC); empty before the first.
        agents: The agents that a supervisor sees now; whoever is not among them has left.
    """

    end: Literal[True]
    more: bool
    as_of: str = Field(max_length=40)
    agents: list[str] | None = None


def fact_of(kind: str, facts: list[Any]) -> Fact:
    """Return the facts in a line.

    Raises:
        KeyError: there is no such kind.
        ValidationError: they are not what facts of this kind are.
    """
    return _adapter(kind).validate_python(facts)


@cache
def _adapter(kind: str) -> TypeAdapter[Fact]:
    return TypeAdapter(FACTS[kind])
