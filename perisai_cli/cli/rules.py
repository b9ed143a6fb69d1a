"""``aturan`` / ``rules``: what the calculators rest on, and how well each number is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import rules as actions
from perisai_cli.cli import output, tables
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.rule_values import in_short, rows_of, said_doubt
from perisai_cli.cli.rules_update import update
from perisai_cli.i18n import language, text

app = group("rules")

WIDE = 80
"""Columns from which a table has room for what a value rests on."""

On = Annotated[str | None, opt("--pada", "--on", key="on", metavar="YYYY-MM-DD")]
Name = Annotated[str, typer.Argument(metavar="NAME", help=text("option.parameter"))]


@app.callback()
def rules() -> None:
    """Look the law up; the commands below say how."""


@command(app, "rules list")
def list_(on: On = None) -> int:
    """List every parameter with its value."""
    return output.show(actions.rules_list(on, wiring.now()), _list_lines)


@command(app, "rules show")
def show(name: Name, on: On = None) -> int:
    """Show one parameter's history."""
    return output.show(actions.rules_show(name, on), _show_lines)


@command(app, "rules check")
def check(on: On = None) -> int:
    """Tell what rests on what, what changes soon and what is missing."""
    result = actions.rules_check(wiring.home_folder(), on, wiring.now(), language())
    return output.show(result, _check_lines)


command(app, "rules update")(update)


def _list_lines(data: dict[str, Any]) -> Iterator[str]:
    wide = tables.width() >= WIDE
    heading = [text("rules.name"), text("rules.value")]
    heading += [text("rules.since"), text("rules.source"), text("rules.basis")] if wide else []
    rows = []
    for item in data["items"]:
        row = [item["name"], in_short(item["value"], item["unit"])]
        marked = _marked(item)
        rows.append([*row, _span(item), item["regulation"], marked] if wide else row)
    yield text("rules.on", day=data["on"], count=data["count"])
    yield _edition(data["rules"])
    yield from tables.table(heading, rows, whole=(0,))
    yield text("rules.marked")


def _show_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("rules.heading", name=data["name"], unit=text(f"unit.{data['unit']}"))
    yield _edition(data["rules"])
    if "on" in data:
        short = in_short(data["on"]["value"], data["unit"])
        yield text("rules.value_on", day=data["on"]["day"], value=short)
    for value in data["values"]:
        yield ""
        yield f"{_span(value)}: {in_short(value['value'], data['unit'])}"
        yield from (f"    {row}" for row in rows_of(value["value"]))
        basis = text(f"basis.{value['basis']}")
        facts = {key: value[key] for key in ("regulation", "title", "at", "checked")}
        yield "  " + text("rules.cited", **facts, basis=basis)
        yield f"  {value['address']}"
        if value["doubt"]:
            yield "  ! " + said_doubt(value["doubt"])


def _check_lines(data: dict[str, Any]) -> Iterator[str]:
    yield _edition(data["rules"])
    if data["rules"]["verified"]:
        yield text("rules.verified")
    yield text("rules.changing", day=data["on"], count=len(data["changing"]))
    for each in data["changing"]:
        key = "rules.ends" if each["change"] == "ends" else "rules.begins"
        yield "  " + text(key, day=each["day"], name=each["name"], regulation=each["regulation"])
    yield ""
    yield text("rules.old", count=len(data["old"]))
    for each in data["old"]:
        yield f"  {each['name']} ({each['checked']})"
    yield ""
    yield text("rules.weak", count=len(data["weak"]))
    rows = [[each["name"], each["since"], _marked(each)] for each in data["weak"]]
    yield from tables.table(
        [text("rules.name"), text("rules.since"), text("rules.basis")], rows, whole=(0, 1)
    )
    yield text("rules.marked")
    yield ""
    yield text("rules.not_modelled", count=len(data["not_modelled"]))
    for gap in data["not_modelled"]:
        yield f"  {gap['key']}: {gap['reason']} [law.md {gap['item']}]"


def _edition(rules: dict[str, Any]) -> str:
    return text("rules.installed" if rules["signed_by"] else "rules.packaged", **rules)


def _span(value: dict[str, Any]) -> str:
    return f"{value['since']} – {value['until'] or '…'}"


def _marked(item: dict[str, Any]) -> str:
    """Return how well a value is known, in a word or two; what is in doubt carries a mark."""
    return text(f"basis_short.{item['basis']}") + (" !" if item["doubt"] else "")
