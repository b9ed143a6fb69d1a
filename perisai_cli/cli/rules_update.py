"""``aturan update`` / ``rules update``: takes newer signed rules, and tells what they change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.cli import output
from perisai_cli.cli.files import opened
from perisai_cli.cli.framework import opt
from perisai_cli.cli.rule_values import in_short, rows_apart, said_doubt
from perisai_cli.cli.world import world
from perisai_cli.i18n import text

Text = str | None


def update(
    central: Annotated[Text, opt("--pusat", "--central", key="central", metavar="URL")] = None,
    source: Annotated[Text, opt("--dari", "--from", key="signed_file", metavar="F")] = None,
    key: Annotated[Text, opt("--kunci", "--key", key="signing_key_file", metavar="F")] = None,
    dry_run: Annotated[bool, opt("--dry-run", "--coba-dulu", key="rules_dry_run")] = False,
) -> int:
    """Take newer signed rules from the central, or from a file."""
    from perisai_cli.actions.rules_update import UpdateOptions, rules_update

    trusted = wiring.first_line(Path(key), "file.unreadable") if key else wiring.trusted_key()
    octets = None if source is None else _whole(source)
    result = rules_update(world(central), UpdateOptions(trusted, octets, dry_run))
    return output.show(result, _lines)


def _whole(name: str) -> bytes:
    """Return a file's octets, one more than a set may have at most."""
    from perisai_cli.protocol.reference import MAX_BYTES

    with opened(name, "--from") as stream:
        return stream.read(MAX_BYTES + 1)


def _lines(data: dict[str, Any]) -> Iterator[str]:
    rules = data["rules"]
    if not data["newer"]:
        yield text("rules_update.nothing_newer", **rules)
        return
    facts = {**rules, "previous": data["previous"], "count": len(data["changes"])}
    yield text("rules_update.would" if data["dry_run"] else "rules_update.done", **facts)
    if data["repaired"]:
        yield text("rules_update.repaired")
    for change in data["changes"]:
        yield from _change_lines(change)
    yield text("rules_update.kept")


def _change_lines(change: dict[str, Any]) -> Iterator[str]:
    """Yield what one value becomes, then where that comes from and how well it is known."""
    unit = change["unit"]
    old, new = (
        "–" if value is None else in_short(value, unit) for value in (change["old"], change["new"])
    )
    span = f"{change['since']} – {change['until'] or '…'}"
    facts = {"name": change["name"], "span": span, "old": old, "new": new}
    yield "  " + text(f"rules_update.line_{change['change']}", **facts)
    yield from (f"      {row}" for row in rows_apart(change["old"], change["new"]))
    cited = {name: change[name] for name in ("regulation", "title", "at", "checked")}
    basis = text(f"basis.{change['basis']}")
    yield "      " + text("rules.cited", **cited, basis=basis)
    if change["basis"] != "law-text":
        yield "      ! " + text("rules_update.weak", basis=basis)
    if change["doubt"]:
        yield "      ! " + said_doubt(change["doubt"])
