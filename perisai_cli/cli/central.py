"""``pusat`` / ``central``: the reference central API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import central as actions
from perisai_cli.actions import central_remote as remote
from perisai_cli.cli import (
    central_bundle,
    central_office,
    central_questions,
    central_report,
    output,
    tables,
)
from perisai_cli.cli.central_options import (
    DATA,
    Address,
    Data,
    Text,
    limit,
    office_from,
    proxies,
    where,
)
from perisai_cli.cli.central_reference import references
from perisai_cli.cli.central_register import registers
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

app = group("central")
agents = group("central agent")
app.add_typer(agents)
central_office.add_to(app)
central_questions.add_to(app)
central_report.add_to(app)
app.add_typer(central_bundle.bundles)
app.add_typer(central_bundle.deposits)
app.add_typer(references)
app.add_typer(registers)

At = Annotated[Text, opt("--pusat", "--central", key="office_central", metavar="URL")]
TokenFile = Annotated[
    Text, opt("--berkas-tanda-masuk", "--token-file", key="token_file", metavar="F")
]


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
    log: Annotated[bool, opt("--catat", "--log", key="log_requests")] = False,
    metrics: Annotated[bool, opt("--metrik", "--metrics", key="metrics")] = False,
    device_limit: Annotated[
        Text, opt("--batas-perangkat", "--device-limit", key="device_limit", metavar="N")
    ] = None,
    address_limit: Annotated[
        Text, opt("--batas-alamat", "--address-limit", key="address_limit", metavar="N")
    ] = None,
    proxy: Annotated[Text, opt("--proksi", "--proxy", key="proxy", metavar="ADDRESS")] = None,
    require_photo: Annotated[
        bool | None,
        opt(
            "--wajib-foto/--tak-wajib-foto",
            "--require-photo/--no-require-photo",
            key="require_photo",
        ),
    ] = None,
) -> int:
    """Serve the central API until Ctrl-C."""
    if not (port.isascii() and port.isdigit() and len(port) < 6):
        raise InvalidInput("central.port", field="--port")
    asked = {
        "device_a_minute": limit(device_limit, "--device-limit"),
        "address_a_minute": limit(address_limit, "--address-limit"),
        "show_metrics": metrics or None,
        "proxies": proxies(proxy),
    }
    kept = where(data, database)
    result = actions.serve_central(
        host,
        int(port),
        kept,
        wiring.now,
        _announced(kept),
        codes_only=codes_only,
        log_requests=log,
        require_photo=require_photo,
        manner={name: value for name, value in asked.items() if value is not None},
    )
    return output.show(result, lambda _data: [text("central.stopped")])


def _announced(kept: actions.Where) -> Callable[[str, bool], None]:
    """Return what tells the address, and whether new agents may come alone."""

    def ready(url: str, alone: bool) -> None:
        output.tell(text("central.ready", url=url, data=actions.told(kept)))
        if alone:
            output.tell(text("central.self_registration"))

    return ready


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
    result = actions.add_agent(where(data, database), agent, name or agent, office, wiring.now)
    return output.show(result, _added_lines)


@command(agents, "central agent list")
def agent_list(data: Data = DATA, database: Address = None) -> int:
    """List the agents that the central knows."""
    return output.show(actions.list_agents(where(data, database)), _agent_lines)


@command(app, "central key")
def key(
    to: Annotated[Text, opt("--output", "--keluaran", "-o", key="key_output", metavar="F")] = None,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Show the office's key and its fingerprint."""
    return central_bundle.show_key(where(data, database), to)


@command(app, "central waiting")
def waiting(
    data: Data = DATA, database: Address = None, central: At = None, token_file: TokenFile = None
) -> int:
    """List the records that wait for an officer."""
    if central is None:
        result = actions.list_waiting(where(data, database))
    else:
        result = remote.list_waiting(office_from(central, token_file))
    return output.show(result, _waiting_lines)


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
    central: At = None,
    token_file: TokenFile = None,
) -> int:
    """Decide a record that waits for an officer."""
    if central is None:
        result = actions.decide(where(data, database), record_id, verdict, reason, wiring.now)
    else:
        result = remote.decide(office_from(central, token_file), record_id, verdict, reason)
    return output.show(result, _decided_lines)


def _added_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("central.agent_added", **data)
    yield text("central.agent_added_hint")


def _decided_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("central.decided", id=data["id"][-8:], status=text(f"decision.{data['status']}"))


def _waiting_lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("central.none_waiting")
        return
    heading = [text(f"central.col_{name}") for name in ("record", "status", "agent", "codes")]
    rows = [
        [item["id"][-8:], text(f"state.{item['status']}"), item["agent"], _why(item)]
        for item in data["items"]
    ]
    yield from tables.table(heading, rows, whole=(0,))


def _why(item: dict[str, Any]) -> str:
    """Return why a record waits, and whether the guard's questions about it were answered."""
    codes = list(item["codes"])
    if item["asked"]:
        asked = {"asked": item["asked"], "unanswered": item["unanswered"]}
        key = "central.unanswered" if item["unanswered"] else "central.all_answered"
        codes.append(text(key, **asked))
    return ", ".join(codes)


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
