"""``pusat`` / ``central``: the reference central API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import central as actions
from perisai_cli.cli import output, tables
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

app = group("central")
agents = group("central agent")
app.add_typer(agents)

Text = str | None
Data = Annotated[str, opt("--data", key="data", metavar="DIR")]
Address = Annotated[Text, opt("--basis-data", "--database", key="database", metavar="URL")]
DATA = "./perisai-central"


@app.callback()
def central() -> None:
    """Run the reference central API; the commands below say how."""


@agents.callback()
def agent() -> None:
    """Keep the central's agents."""


@command(app, "central serve")
def serve(
    data: Data = DATA,
    database: Address = None,
    port: Annotated[str, opt("--port", key="port", metavar="N")] = "8765",
    host: Annotated[str, opt("--host", key="host", metavar="ADDRESS")] = "127.0.0.1",
    codes_only: Annotated[bool, opt("--wajib-kode", "--codes-only", key="codes_only")] = False,
) -> int:
    """Serve the central API until Ctrl-C."""
    if not (port.isascii() and port.isdigit() and len(port) < 6):
        raise InvalidInput("central.port", field="--port")

    where = _where(data, database)

    def ready(url: str, alone: bool) -> None:
        output.tell(text("central.ready", url=url, data=actions.told(where)))
        if alone:
            output.tell(text("central.self_registration"))

    result = actions.serve_central(host, int(port), where, wiring.now, ready, codes_only=codes_only)
    return output.show(result, lambda _data: [text("central.stopped")])


@command(agents, "central agent add")
def agent_add(
    agent: Annotated[str, typer.Argument(metavar="ID", help=text("option.agent"))],
    name: Annotated[Text, opt("--nama", "--name", key="agent_name", metavar="N")] = None,
    office: Annotated[Text, opt("--kantor", "--office", key="office", metavar="ID")] = None,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Add an agent and print its one-time registration code."""
    if not office:
        raise InvalidInput("usage.missing", field="--office")
    result = actions.add_agent(_where(data, database), agent, name or agent, office, wiring.now)
    return output.show(result, _added_lines)


@command(agents, "central agent list")
def agent_list(data: Data = DATA, database: Address = None) -> int:
    """List the agents that the central knows."""
    return output.show(actions.list_agents(_where(data, database)), _agent_lines)


@command(app, "central waiting")
def waiting(data: Data = DATA, database: Address = None) -> int:
    """List the records that wait for an officer."""
    return output.show(actions.list_waiting(_where(data, database)), _waiting_lines)


@command(app, "central decide")
def decide(
    record_id: Annotated[str, typer.Argument(metavar="ID", help=text("option.record_id"))],
    verdict: Annotated[
        str, typer.Argument(metavar="accepted|rejected", help=text("option.decision"))
    ],
    reason: Annotated[
        Text, opt("--alasan", "--reason", key="decision_reason", metavar="CODE")
    ] = None,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Decide a record that waits for an officer."""
    result = actions.decide(_where(data, database), record_id, verdict, reason, wiring.now)
    return output.show(result, lambda decided: [text("central.decided", **decided)])


def _where(data: str, database: str | None) -> actions.Where:
    """Return the database's address where one was given, else the folder."""
    return Path(data) if database is None else database


def _added_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("central.agent_added", **data)
    yield text("central.agent_added_hint")


def _waiting_lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("central.none_waiting")
        return
    heading = [text(f"central.col_{name}") for name in ("record", "status", "agent", "codes")]
    rows = [
        [item["id"][-8:], text(f"state.{item['status']}"), item["agent"], ", ".join(item["codes"])]
        for item in data["items"]
    ]
    yield from tables.table(heading, rows, whole=(0,))


def _agent_lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("central.no_agents")
        return
    heading = [text(f"central.col_{name}") for name in ("agent", "name", "office", "devices")]
    rows = [
        [item["agent"], item["name"], item["office"], str(item["devices"])]
        for item in data["items"]
    ]
    yield from tables.table(heading, rows, right=(3,))
