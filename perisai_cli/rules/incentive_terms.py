"""The amounts that an incentive is counted with: those published, or an office's own agreement.

The law leaves the amounts to the cooperation agreement between BPJS Ketenagakerjaan and the office
(Peraturan BPJS Ketenagakerjaan 1/2023, Pasal 11), so an office's own go before what was published.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.money import MAX_RUPIAH
from perisai_cli.domain.period import Month
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Source, Value
from perisai_cli.rules.rounding import is_exact

_PLACE = "settings.toml [incentive]"
_WHOLE = {
    "per_new_2": MAX_RUPIAH,
    "per_new_3": MAX_RUPIAH,
    "least_new": 100_000,
    "months_first": 600,
    "months_later": 600,
}
_PERCENT = ("share_first", "share_later", "office_bonus")
_PARTS = {
    "per_new": ("per_new_2", "per_new_3"),
    "least_new": ("least_new",),
    "shares": ("share_first", "share_later"),
    "share_months": ("months_first", "months_later"),
    "office_bonus": ("office_bonus",),
}
"""A parameter of the scheme of 2022 to the keys that stand for its parts."""


class Agreement(NamedTuple):
    """What an office agreed instead of the published amounts.

    Attributes:
        name: The agreement as it is cited.
        since: First day on which it holds; a month goes by its own first day.
        amounts: Its amounts by key; what it does not name stays as published.
    """

    name: str
    since: date
    amounts: dict[str, int | Decimal]


def read_agreement(table: Mapping[str, Any] | None) -> Agreement | None:
    """Return the agreement that the settings' table ``incentive`` holds; None without one.

    Raises:
        InvalidInput: ``settings.invalid``, with the key at fault.
    """
    if table is None:
        return None
    name, since = table.get("agreement"), table.get("since")
    if not isinstance(name, str) or not name.strip() or len(name) > 100:
        raise _unfit("agreement")
    if type(since) is not date:  # a TOML date with a time of day is a date, too
        raise _unfit("since")
    amounts = {key: _amount(key, table[key]) for key in table if key not in ("agreement", "since")}
    return Agreement(name.strip(), since, amounts)


def _amount(key: str, typed: Any) -> int | Decimal:
    """Return a whole amount, or a percentage as a fraction."""
    exact = type(typed) in (int, Decimal) and Decimal(typed).is_finite()
    if key in _PERCENT and exact and 0 < typed <= 100:
        return Decimal(typed) / 100
    if key in _WHOLE and type(typed) is int and 0 < typed <= _WHOLE[key]:
        return typed
    raise _unfit(key if key in _WHOLE or key in _PERCENT else "")


def _unfit(key: str) -> InvalidInput:
    """Return the error that names a key of the table, or the table where the key is unknown."""
    return InvalidInput("settings.invalid", key=f"incentive.{key}".rstrip("."))


class Terms:
    """The amounts of one scheme in one month."""

    def __init__(
        self, scheme: str, month: Month | None, law: Law, agreement: Agreement | None = None
    ):
        self._scheme, self._month, self._law = scheme, month, law
        early = agreement and month and month.first_day() < agreement.since
        self._agreement = None if scheme == "2018" or early else agreement

    def value(self, name: str) -> Value:
        """Return the value of this scheme's parameter *name*, the agreement's before the published.

        Raises:
            NoRuleInForce: the scheme did not hold in the month.
        """
        parameter = self._law.parameter(f"incentive.scheme_{self._scheme}_{name}")
        published = parameter.on(self._month) if self._month else parameter.values[-1]
        own = self._agreement
        if own is None or not set(_PARTS.get(name, ())) & set(own.amounts):
            return published
        return published._replace(
            since=own.since,
            until=None,
            value=_put_in(name, published.value, own.amounts),
            basis="derived",
            checked=own.since,
            source=Source("agreement", own.name, own.name, _PLACE, "entered by the office"),
            at=_PLACE,
            doubt="incentive_own_agreement",
        )

    def rounding(self, exact: Decimal) -> tuple[Value, ...]:
        """Return the value by which *exact* is rounded; nothing where it is whole."""
        rule = self._law.parameter("rounding.percentages").values[-1]
        return () if is_exact(exact) else (rule,)


def _put_in(name: str, published: Any, amounts: dict[str, int | Decimal]) -> Any:
    """Return a published value with the agreement's parts put in."""
    keys = _PARTS[name]
    if len(keys) == 1:
        return amounts[keys[0]]
    old = [part[1] if isinstance(part, tuple) else part for part in published]
    new = [amounts.get(key, part) for key, part in zip(keys, old, strict=True)]
    if isinstance(published[0], tuple):
        return tuple((pair[0], part) for pair, part in zip(published, new, strict=True))
    return tuple(new)
