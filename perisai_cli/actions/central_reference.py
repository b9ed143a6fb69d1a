"""Publishes the central's reference data, lists them, and writes one set to a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from perisai_cli.actions.app import Result
from perisai_cli.actions.central import Where, central_database
from perisai_cli.actions.options import Options
from perisai_cli.actions.whole_file import whole_file
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.regions import COLUMNS
from perisai_cli.protocol.reference import MAX_BYTES, NAMES, Name
from perisai_cli.protocol.reference_content import BadContent, rules_content
from perisai_cli.rules.installed import fingerprint


def kind_of(name: str) -> Name:
    """Return the kind of reference data that was typed.

    Raises:
        InvalidInput: ``reference.unknown``.
    """
    for known in NAMES:
        if name == known:
            return known
    raise InvalidInput("reference.unknown", choices=", ".join(NAMES))


def publish(
    data: Where, name: str, source: Path, valid_from: str | None, clock: Callable[[], datetime]
) -> Result:
    """Check a folder of parameter files, a table or a JSON file, and publish it as a new version.

    Raises:
        InvalidInput: it can't be read, breaks the form, or is what was published last.
    """
    kind, options = kind_of(name), Options()
    day = options.day("valid_from", valid_from)
    options.check()
    content = _read(kind, source)
    with central_database(data, new=True) as database:
        from perisai_cli.central import reference

        made = reference.publish(database, kind, content, day, clock)
    published = {"name": made.name, "version": made.version, "valid_from": made.valid_from}
    published |= {"hash": made.hash, "key": made.key, "fingerprint": fingerprint(made.key)}
    return Result("central reference publish", published)


def list_sets(data: Where, clock: Callable[[], datetime]) -> Result:
    """Return every published set and the key that signs them."""
    with central_database(data, new=True) as database:
        from perisai_cli.central import reference

        reference.keep_packaged(database, clock())
        key = reference.public_key(database)
        listed = reference.list_sets(database, clock())
    items = [
        {
            "name": each.name,
            "version": each.version,
            "hash": each.hash,
            "valid_from": each.valid_from,
            "published_at": each.published_at,
            "in_force": each.in_force,
        }
        for each in listed
    ]
    head = {"count": len(items), "key": key, "fingerprint": fingerprint(key)}
    return Result("central reference list", head | {"items": items})


def export(data: Where, name: str, output: Path, clock: Callable[[], datetime]) -> Result:
    """Write the set in force to a file, as devices without a network take it in.

    Raises:
        InvalidInput: ``reference.unknown``.
        DiskTrouble: the file can't be written.
    """
    kind = kind_of(name)
    with central_database(data, new=True) as database:
        from perisai_cli.central import reference

        reference.keep_packaged(database, clock())
        head = reference.Shelf(database).head(kind, clock())
        assert head is not None  # the package's own at least
        octets = reference.signed_octets_of(database, head)
    with whole_file(output) as file:
        file.write(octets.decode("utf-8"))
    written = {"name": head.name, "version": head.version, "valid_from": head.valid_from}
    return Result("central reference export", written | {"path": str(output)})


def _read(kind: Name, source: Path) -> dict[str, Any]:
    """Return what a folder or a file holds, as far as it has the form of its kind."""
    try:
        if kind == "rules":
            return rules_content({path.stem: _octets(path) for path in source.glob("*.toml")})
        text = _octets(source).decode("utf-8-sig")
        if kind == "regions":
            return {"regions": _rows(text)}
        held = json.loads(text)
    except OSError:
        raise InvalidInput("file.unreadable", field="--from") from None
    except BadContent as error:
        raise InvalidInput("reference.content", part=error.args[0], why=error.args[1]) from None
    except (ValueError, RecursionError):
        raise InvalidInput("reference.content", part=kind, why="not in form") from None
    return held if isinstance(held, dict) else {kind: held}


def _octets(path: Path) -> bytes:
    with path.open("rb") as file:
        octets = file.read(MAX_BYTES + 1)
    if len(octets) > MAX_BYTES:
        raise BadContent(path.name, "too large")
    return octets


def _rows(text: str) -> list[list[str]]:
    lines = csv.DictReader(io.StringIO(text))
    if tuple(lines.fieldnames or ()) != COLUMNS:
        raise BadContent("regions", f"the columns are {', '.join(COLUMNS)}")
    return [[row[name] or "" for name in COLUMNS] for row in lines]
