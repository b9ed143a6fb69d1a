"""The field maps of a home: the general one of the package, and the agent's own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from perisai_cli import domain
from perisai_cli.actions.app import App, Result
from perisai_cli.actions.whole_file import whole_file
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.portal import Field, Portal
from perisai_cli.domain.portal_map import MAX_OCTETS, NAME, read_portal

GENERAL = "umum"
"""The map that comes with the package. Its order is a sensible one, not that of an official form,
which could not be seen."""

FOLDER = "portals"
_SUFFIX = ".toml"


def portal_named(home: Path, name: str) -> Portal:
    """Return the portal of this name; the agent's own map goes before the package's.

    Raises:
        InvalidInput: ``portal.unknown``, or every fault of the map.
    """
    path = _paths(home).get(name)
    if path is None:
        raise InvalidInput("portal.unknown", field="--portal", choices=", ".join(_paths(home)))
    try:
        with path.open("rb") as file:
            octets = file.read(MAX_OCTETS + 1)
    except OSError:
        raise InvalidInput("portal.unreadable", field="--portal") from None
    return read_portal(octets, name, own=path.parent == home / FOLDER)


def _paths(home: Path) -> dict[str, Path]:
    """Return every map by its name, the general one first."""
    package = Path(domain.__file__).with_name(FOLDER) / f"{GENERAL}{_SUFFIX}"
    own = sorted((home / FOLDER).glob(f"*{_SUFFIX}"))
    return {GENERAL: package} | {each.stem: each for each in own if NAME.fullmatch(each.stem)}


def bridge_maps(app: App) -> Result:
    """Return every map that there is, and what is wrong with those that can't be used."""
    items: list[dict[str, Any]] = []
    faults: list[Problem] = []
    for name in _paths(app.home):
        try:
            portal = portal_named(app.home, name)
        except InvalidInput as error:
            items.append({"id": name, "usable": False, "own": True, "faults": len(error.problems)})
            faults += [_named(problem, name) for problem in error.problems]
            continue
        told = {"name": portal.name, "fields": len(portal.fields), "address": portal.address}
        items.append({"id": name, "usable": True, "own": portal.own} | told)
    code = 3 if faults else 0
    status = "partial" if faults else "success"
    data = {"count": len(items), "folder": str(app.home / FOLDER), "items": items}
    return Result("bridge map", data, tuple(faults), status=status, exit_code=code)


def _named(problem: Problem, name: str) -> Problem:
    return Problem(problem.code, None, problem.facts, problem.row, name)


def bridge_map(app: App, name: str) -> Result:
    """Return one map, field by field.

    Raises:
        InvalidInput: ``portal.unknown``, or every fault of the map.
    """
    portal = portal_named(app.home, name)
    data = {
        "id": portal.id,
        "name": portal.name,
        "own": portal.own,
        "address": portal.address,
        "fields": [_field(each) for each in portal.fields],
        "number": asdict(portal.number),
        "payment_code": asdict(portal.payment_code),
    }
    return Result("bridge map", data)


def _field(each: Field) -> dict[str, Any]:
    held = {"label": each.label, "value": each.value or None, "format": each.format or None}
    more = {"table": each.table, "split": list(each.split), "note": each.note}
    return held | {name: value for name, value in more.items() if value}


def bridge_example(app: App, name: str) -> Result:
    """Write the general map under another name, for the agent to change; nothing is overwritten.

    Raises:
        InvalidInput: ``portal.name`` or ``portal.exists``.
        DiskTrouble: the file can't be written.
    """
    if not NAME.fullmatch(name):
        raise InvalidInput("portal.name", field="--portal")
    path = app.home / FOLDER / f"{name}{_SUFFIX}"
    if path.exists():
        raise InvalidInput("portal.exists", field="--portal")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    example = _paths(app.home / "-")[GENERAL].read_text(encoding="utf-8")
    with whole_file(path) as file:
        file.write(example)
    return Result("bridge map", {"id": name, "path": str(path), "written": True})
