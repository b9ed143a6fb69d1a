"""``jembatan`` / ``bridge``: carries records into an online form, and what comes back home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import bridge as actions
from perisai_cli.actions import portals
from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import open_desk
from perisai_cli.cli import bridge_clip, bridge_walk, output, questions, tables
from perisai_cli.cli.bridge_lines import example_lines, list_lines, map_lines, record_lines
from perisai_cli.cli.files import one_object
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.invocation import current
from perisai_cli.cli.stopping import Unkept
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.portal import Portal
from perisai_cli.domain.portal_return import BEGUN, CameBack
from perisai_cli.i18n import text

app = group("bridge")

Text = str | None
Wanted = Annotated[str, opt("--portal", key="portal", metavar="NAME")]


@app.callback()
def bridge() -> None:
    """Carry records into an online form; the commands below say how."""


@command(app, "bridge carry")
def bridge_carry(
    record_id: Annotated[Text, typer.Argument(metavar="ID", help=text("option.carry_id"))] = None,
    portal: Wanted = portals.GENERAL,
    via: Annotated[
        Text, opt("--lewat", "--via", key="bridge_via", metavar="|".join(bridge_clip.WAYS))
    ] = None,
) -> int:
    """Carry records into a form, one at a time."""
    if current().json or not wiring.is_interactive():
        raise InvalidInput("bridge.needs_terminal")
    the_world = world()
    form = portals.portal_named(the_world.home, portal)
    page = via == "page"
    way = bridge_clip.Printed() if page else bridge_clip.chosen_way(via)
    _introduce(form)
    with open_desk(the_world) as desk:
        crossing = actions.Bridge(desk, form)
        ids = [_named(crossing, record_id)] if record_id else crossing.waiting()
        output.tell(text("bridge.how_many", count=len(ids)))
        if page and ids:
            import webbrowser

            from perisai_cli.cli.bridge_page import carry_by_page

            data = carry_by_page(crossing, ids, webbrowser.open)
        else:
            data = bridge_walk.carry(crossing, ids, way)
    return output.show(Result("bridge carry", data), _carried_lines)


def _named(crossing: actions.Bridge, record_id: str) -> str:
    """Return the id of the record that is asked for; one that was carried before is confirmed."""
    passage = crossing.passage(record_id)
    held = passage.crossing
    told = text(f"portal_state.{held.state}")
    if held.state != BEGUN and not questions.confirmed(
        text("bridge.again", state=told, at=held.at[:10])
    ):
        raise InvalidInput("confirm.no")
    return passage.id


def _introduce(form: Portal) -> None:
    """Say which form it is, and offer to open its address: nothing is opened without asking."""
    output.tell(text("bridge.portal", name=form.name))
    if not form.own:
        output.tell(text("bridge.general"))
    if form.address:
        output.tell(f"  {form.address}")
        if questions.yes(text("bridge.open_address"), default=False):
            import webbrowser

            if not webbrowser.open(form.address):
                output.tell(text("bridge.not_opened"))


@command(app, "bridge list")
def bridge_list(
    portal: Wanted = portals.GENERAL,
    state: Annotated[Text, opt("--keadaan", "--state", key="bridge_state", metavar="STATE,…")] = (
        None
    ),
) -> int:
    """List what waits to be carried, and what came back."""
    states = tuple(part.strip() for part in state.split(",")) if state else ()
    return output.show(actions.bridge_list(world(), portal, states), list_lines)


@command(app, "bridge record")
def bridge_record(
    record_id: Annotated[str, typer.Argument(metavar="ID", help=text("option.record_id"))],
    file: Annotated[Text, opt("--berkas", "--file", key="return_file", metavar="F")] = None,
    portal: Wanted = portals.GENERAL,
) -> int:
    """Keep what a portal gave back for a record."""
    the_world = world()
    if file is None and not wiring.is_interactive():
        raise InvalidInput("usage.missing", field="--file")
    if file is not None:
        loose = one_object(file)
        result = actions.bridge_record(the_world, record_id, portal, loose, sure=current().yes)
    else:
        result = _asked(the_world, record_id, portal)
    return output.show(result, record_lines)


def _asked(the_world: App, record_id: str, portal: str) -> Result:
    """Ask what came back, and keep it."""
    form = portals.portal_named(the_world.home, portal)
    with open_desk(the_world) as desk:
        crossing = actions.Bridge(desk, form)
        crossing.doubts(record_id, CameBack())  # an unknown id is told before anything is asked
        try:
            back = bridge_walk.ask_back(crossing, record_id)
        except questions.GoBack:
            raise Unkept from None
        return actions.record_back(crossing, record_id, back)


@command(app, "bridge map")
def bridge_map(
    name: Annotated[Text, typer.Argument(metavar="NAME", help=text("option.map_name"))] = None,
    example: Annotated[bool, opt("--contoh", "--example", key="map_example")] = False,
) -> int:
    """Show the field maps, or one of them, or write an example to change."""
    if name is None and example:
        raise InvalidInput("usage.missing", field="NAME")
    if name is None:
        return output.show(portals.bridge_maps(world()), _maps_lines)
    if example:
        return output.show(portals.bridge_example(world(), name), example_lines)
    return output.show(portals.bridge_map(world(), name), map_lines)


def _maps_lines(data: dict[str, Any]) -> Iterator[str]:
    heading = [text(f"bridge.col_{name}") for name in ("map", "portal", "fields")]
    rows = [
        [each["id"], each["name"], str(each["fields"])]
        if each["usable"]
        else [each["id"], text("bridge.unusable", count=each["faults"]), "–"]
        for each in data["items"]
    ]
    yield from tables.table(heading, rows, right=(2,), whole=(0,))
    yield text("bridge.folder", folder=data["folder"])


def _carried_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("bridge.done", carried=data["carried"], remaining=data["remaining"])
