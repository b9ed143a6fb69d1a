"""What the four kinds of reference data hold, and what each must keep to be published or used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.regions import all_regions
from perisai_cli.domain.terms import DECISION_REASONS, SECTORS, WITHDRAWAL_REASONS
from perisai_cli.protocol.reference import Name
from perisai_cli.rules.checking import BadParameterFile
from perisai_cli.rules.guard import guarded_law
from perisai_cli.rules.law import Edition, Law, packaged_law

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_REGION = re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}")
_MAX_ROWS = 20_000


class BadContent(ValueError):
    """Content that can't be published or used; the arguments say what of it and why."""


@cache
def packaged_content(name: Name) -> dict[str, Any]:
    """Return the package's own data of one kind."""
    if name == "rules":
        return rules_content(dict(packaged_law().files))
    if name == "regions":
        regions = all_regions().values()
        return {"regions": [[r.code, r.name, r.retired_after, r.successor] for r in regions]}
    if name == "occupations":
        return {"occupations": dict(OCCUPATIONS)}
    return {"decision": list(DECISION_REASONS), "withdrawal": list(WITHDRAWAL_REASONS)}


def rules_content(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return parameter files by name as the content of a set of rules; line ends become one kind.

    Raises:
        BadContent: a file is not UTF-8.
    """
    try:
        texts = {name: octets.decode("utf-8") for name, octets in files.items()}
    except UnicodeDecodeError:
        raise BadContent("files", "not UTF-8") from None
    return {"files": {name: text.replace("\r\n", "\n") for name, text in texts.items()}}


def rules_files(content: dict[str, Any]) -> dict[str, bytes]:
    """Return the parameter files in a content, by name, unchecked but for their form.

    Raises:
        BadContent: it is not the content of a set of rules.
    """
    files = content.get("files")
    if set(content) != {"files"} or not isinstance(files, dict):
        raise BadContent("files", "missing")
    if not all(isinstance(text, str) for text in files.values()):
        raise BadContent("files", "not text")
    return {name: text.encode("utf-8") for name, text in files.items()}


def law_of(content: dict[str, Any], edition: Edition) -> Law:
    """Return the law in a content that was checked before.

    Raises:
        BadContent: it is not the content of a set of rules.
    """
    return Law(rules_files(content), edition)


def check_content(name: Name, content: dict[str, Any]) -> None:
    """Check that *content* can be used for *name*.

    Raises:
        BadContent: what of it can't, and why.
    """
    if name == "rules":
        try:
            guarded_law(rules_files(content))
        except BadParameterFile as error:
            raise BadContent(*(str(each) for each in error.args)) from None
    elif name == "regions":
        _check_regions(content)
    elif name == "occupations":
        _check_occupations(content)
    else:
        _check_reasons(content)


def _check_regions(content: dict[str, Any]) -> None:
    rows = content.get("regions")
    if set(content) != {"regions"} or not isinstance(rows, list) or len(rows) > _MAX_ROWS:
        raise BadContent("regions", "missing, or too many")
    known: set[str] = set()
    for row in rows:
        shaped = isinstance(row, list) and len(row) == 4 and all(isinstance(c, str) for c in row)
        if not shaped or not _REGION.fullmatch(row[0]) or not row[1] or row[0] in known:
            raise BadContent("regions", "a row is out of form, or a code stands twice")
        if len(row[0]) > 2 and row[0][:-2] not in known:
            raise BadContent(row[0], "stands before the region that it lies in")
        known.add(row[0])
    gone = set(all_regions()) - known
    if gone:
        raise BadContent(min(gone), "missing; a region is retired, never taken out")


def _check_occupations(content: dict[str, Any]) -> None:
    held = content.get("occupations")
    if set(content) != {"occupations"} or not isinstance(held, dict):
        raise BadContent("occupations", "missing")
    for code, sector in held.items():
        if not _CODE.fullmatch(code) or sector not in SECTORS:
            raise BadContent(code, "a code out of form, or an unknown sector")
    gone = set(OCCUPATIONS) - set(held)
    if gone:
        raise BadContent(min(gone), "missing; devices hold it")


def _check_reasons(content: dict[str, Any]) -> None:
    known = {"decision": DECISION_REASONS, "withdrawal": WITHDRAWAL_REASONS}
    if set(content) != set(known):
        raise BadContent("reasons", "decision and withdrawal are wanted")
    for kind, codes in known.items():
        held = content[kind]
        shaped = isinstance(held, list) and all(isinstance(code, str) for code in held)
        if not shaped or not all(_CODE.fullmatch(code) for code in held):
            raise BadContent(kind, "a code out of form")
        if len(set(held)) != len(held) or not set(codes) <= set(held):
            raise BadContent(kind, "a code stands twice, or one that devices hold is missing")
