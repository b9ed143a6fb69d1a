"""What a set of rules must keep before anybody computes with it: the package's and others' alike.

The form of each file is ``checking``'s; here is what holds between values, and that this program
finds all that it asks for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from perisai_cli.domain.period import Month
from perisai_cli.rules.checking import BadParameterFile
from perisai_cli.rules.law import Law, checked_law, packaged_law
from perisai_cli.rules.parameter import Relief, whole

MAX_FILES = 64
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def guarded_law(files: Mapping[str, bytes]) -> Law:
    """Return the law of *files* by name, once it keeps all that the package's own keeps.

    Raises:
        BadParameterFile: it does not; the arguments say which name and what is wrong.
    """
    if not 0 < len(files) <= MAX_FILES:
        raise BadParameterFile("files", "none, or too many")
    for name in files:
        if not _NAME.fullmatch(name):
            raise BadParameterFile("files", "a name that is none")
    try:
        law = checked_law(files)
    except BadParameterFile:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise BadParameterFile("files", f"not in form ({type(error).__name__})") from None
    for check in (_holds_all_parameters, _cites_every_source, _has_one_tier_table, _stays_whole):
        check(law)
    return law


def missing_parameter(law: Law) -> str | None:
    """Return the first parameter that this program asks for and would not find in *law*."""
    for name, known in packaged_law().parameters.items():
        found = law.parameters.get(name)
        if found is None or found.unit != known.unit:
            return name
    return None


def _holds_all_parameters(law: Law) -> None:
    name = missing_parameter(law)
    if name is not None:
        raise BadParameterFile(name, "missing, or of another unit")


def _cites_every_source(law: Law) -> None:
    cited = {value.source.key for each in law.parameters.values() for value in each.values}
    for key in set(law.sources) - cited:
        raise BadParameterFile(f"sources.{key}", "cited by no value")
    for parameter in law.parameters.values():
        for value in parameter.values:
            if not (isinstance(value.at, str) and value.at):
                raise BadParameterFile(parameter.name, "no place in its source")
            if parameter.unit.startswith("rupiah/month") and value.since.day != 1:
                raise BadParameterFile(parameter.name, "does not begin with a month")


def _has_one_tier_table(law: Law) -> None:
    """Refuse a law in which JKK and JHT disagree about the bands of income and their bases."""
    tables = [
        [(value.since, value.until, [row[:3] for row in value.value]) for value in each.values]
        for each in (law.parameter("jkk.bpu_tiers"), law.parameter("jht.bpu_tiers"))
    ]
    if tables[0] != tables[1]:
        raise BadParameterFile("jht.bpu_tiers", "other bands or bases than jkk.bpu_tiers")


def _stays_whole(law: Law) -> None:
    """Refuse a relief that leaves a fraction of a rupiah, or outlasts its excluded payers."""
    prices = [row[3] for value in law.parameter("jkk.bpu_tiers").values for row in value.value]
    prices += [value.value for value in law.parameter("jkm.bpu_flat").values]
    for relief in law.reliefs:
        for share in relief.share.values:
            try:
                for price in prices:
                    whole(price * (1 - Decimal(share.value)))
            except ArithmeticError:
                raise BadParameterFile(relief.code, "leaves a fraction of a rupiah") from None
            _names_payers_throughout(relief, share.since, share.until)


def _names_payers_throughout(relief: Relief, since: date, until: date | None) -> None:
    if relief.excluded_payers is None:
        return
    months = [Month.of(day) for day in (since, until) if day is not None]
    if until is None or not all(relief.excluded_payers.find(month) for month in months):
        raise BadParameterFile(relief.code, "excluded payers do not hold as long as the relief")
