"""What differs between two sets of rules: which parameter, from when, from which value to which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Parameter, Value

KINDS = ("changed", "added", "removed", "cited")


class Difference(NamedTuple):
    """One value that the newer set holds otherwise than the older one.

    Attributes:
        kind: ``changed`` (another value from that day), ``added`` (none was known for that day),
            ``removed`` (the value is no more), or ``cited`` (only its last day, its source or how
            well it is known differ).
        unit: The parameter's unit.
        old: Value that the older set holds on the first day of the difference, if it holds one.
        new: Value of the newer set; None where it was removed.
    """

    kind: str
    unit: str
    old: Value | None
    new: Value | None

    @property
    def value(self) -> Value:
        """The newer value, or the one that was removed."""
        value = self.new or self.old
        assert value is not None
        return value


def differences(old: Law, new: Law) -> list[Difference]:
    """Return every difference between two laws, in order of names and days."""
    found: list[Difference] = []
    for name in sorted({*old.parameters, *new.parameters}):
        found += _of(old.parameters.get(name), new.parameters.get(name))
    return found


def _of(old: Parameter | None, new: Parameter | None) -> Iterator[Difference]:
    before = {value.since: value for value in old.values} if old else {}
    after = {value.since: value for value in new.values} if new else {}
    unit = next(each.unit for each in (new, old) if each)
    for since in sorted({*before, *after}):
        was, now = before.get(since), after.get(since)
        if was == now:
            continue
        if now is None:
            yield Difference("removed", unit, was, None)
            continue
        held = was or (old.find_day(since) if old else None)
        yield Difference(_kind(held, now), unit, held, now)


def _kind(held: Value | None, now: Value) -> str:
    if held is None:
        return "added"
    same = (held.value, held.status) == (now.value, now.status)
    return "cited" if same else "changed"
