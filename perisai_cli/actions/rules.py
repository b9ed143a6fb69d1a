"""Shows the law's parameters: all of them, one with its history, and what to look at again."""

from __future__ import annotations

import difflib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from perisai_cli.actions.app import Result
from perisai_cli.actions.options import Options, placed
from perisai_cli.domain.errors import SomethingInTheWay, StoreUnusable
from perisai_cli.domain.period import local_day
from perisai_cli.rules import registry
from perisai_cli.rules.installed import fingerprint
from perisai_cli.rules.law import Law, load_law
from perisai_cli.rules.parameter import Parameter, Value

_HOME_REGION = "51"  # the calculators' day is Bali's; --pada sets another


def rules_list(on: str | None, now: datetime) -> Result:
    """Return every parameter that holds a value on a day, with that value.

    Raises:
        InvalidInput: ``day.format``.
    """
    day = _day(on, now)
    parameters = load_law().parameters
    held = {name: parameters[name].find_day(day) for name in sorted(parameters)}
    items = [_listed(parameters[name], value) for name, value in held.items() if value]
    data = {"on": day.isoformat(), "count": len(items), "items": items}
    return Result("rules list", data | {"rules": rules_json(load_law())})


@placed("/on")
def rules_show(name: str, on: str | None) -> Result:
    """Return a parameter's whole history, and its value on a day when one is given.

    Raises:
        InvalidInput: ``parameter.unknown``, with the nearest names there are; ``day.format``.
        NoRuleInForce: no value was in force on that day.
    """
    options = Options()
    day = options.day("on", on)
    parameters = load_law().parameters
    if name not in parameters:
        near = difflib.get_close_matches(name, parameters) or [
            each for each in sorted(parameters) if name and name in each
        ]
        options.fault("parameter.unknown", "name", near=", ".join(near[:5]) or "–")
    options.check()
    parameter = parameters[name]
    data: dict[str, Any] = {
        "name": name,
        "unit": parameter.unit,
        "values": [value_json(value) for value in parameter.values],
    }
    data["rules"] = rules_json(load_law())
    if day is not None:
        data["on"] = {"day": day.isoformat(), **value_json(parameter.on_day(day))}
    return Result("rules show", data)


def rules_check(home: Path, on: str | None, now: datetime, language: str) -> Result:
    """Return what rests on less than the law's text, is old, will change, or is missing.

    Raises:
        InvalidInput: ``day.format``.
        StoreUnusable: ``rules.damaged``: an installed set is not what its key signed.
    """
    day = _day(on, now)
    law = load_law()
    verified = _verified(home, law)
    changes = [
        {"day": each.day.isoformat(), "change": each.kind, **_short(each.value)}
        for each in registry.changing(law, day)
    ]
    data = {
        "on": day.isoformat(),
        "rules": rules_json(law) | {"verified": verified},
        "weak": [_short(value) for value in registry.weak(law)],
        "old": [_short(value) for value in registry.old(law, day)],
        "changing": changes,
        "not_modelled": [
            {"key": gap.key, "item": gap.item, "reason": gap.reasons[language]}
            for gap in registry.gaps()
        ],
    }
    return Result("rules check", data)


def rules_json(law: Law) -> dict[str, Any]:
    """Return which set of rules a law is and who signed it, as JSON values."""
    key = law.edition.key
    return {
        "version": law.edition.version,
        "digest": law.digest,
        "valid_from": law.edition.valid_from,
        "source": "package" if key is None else "installed",
        "signed_by": None if key is None else fingerprint(key),
    }


def _verified(home: Path, law: Law) -> bool:
    """Tell whether the signature of an installed set was checked; the package's own has none."""
    if law.edition.key is None:
        return False
    from perisai_cli.protocol.reference import opened_set
    from perisai_cli.protocol.reference_content import rules_files
    from perisai_cli.rules.installed import envelope_of

    try:
        found = opened_set(envelope_of(home), "rules", law.edition.key)
        same = rules_files(found.content) == dict(law.files)
    except (SomethingInTheWay, ValueError):
        raise StoreUnusable("rules.damaged") from None
    if not same or found.version != law.edition.version:
        raise StoreUnusable("rules.damaged")
    return True


def _day(on: str | None, now: datetime) -> date:
    options = Options()
    day = options.day("on", on)
    options.check()
    return day or local_day(now, _HOME_REGION)


def _listed(parameter: Parameter, held: Value) -> dict[str, Any]:
    value = value_json(held)
    return {
        "name": parameter.name,
        "unit": parameter.unit,
        **{key: value[key] for key in value if key not in ("status", "title", "address")},
    }


def _short(value: Value) -> dict[str, Any]:
    whole = value_json(value)
    kept = ("since", "until", "basis", "regulation", "at", "checked", "doubt")
    return {"name": value.parameter, **{key: whole[key] for key in kept}}


def value_json(value: Value) -> dict[str, Any]:
    """Return a value with all that it rests on, as JSON values; rates are exact texts."""
    return {
        "value": plain(value.value),
        "since": value.since.isoformat(),
        "until": value.until.isoformat() if value.until else None,
        "status": value.status,
        "basis": value.basis,
        "regulation": value.source.short,
        "title": value.source.title,
        "address": value.source.address,
        "at": value.at,
        "checked": value.checked.isoformat(),
        "doubt": value.doubt,
    }


def plain(value: object) -> Any:
    """Return the value of a parameter as JSON: a rate is a text, since a float is not exact."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value
