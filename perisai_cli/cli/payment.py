"""``bayar`` / ``payment``: the ledger of money promised, received, remitted and confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import payment as actions
from perisai_cli.actions.app import Result
from perisai_cli.actions.payment import Wish
from perisai_cli.cli import output, tables
from perisai_cli.cli.files import one_object
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.invocation import current
from perisai_cli.cli.questions import ask, decided
from perisai_cli.cli.queue import short
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.ledger import (
    CONFIRMED,
    MONEY,
    PROMISED,
    RECEIVED,
    REFERENCE_LIMIT,
    REMITTED,
)
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text

app = group("payment")

Text = str | None
MemberId = Annotated[str, typer.Argument(metavar="ID", help=text("option.member"))]
PaymentId = Annotated[str, typer.Argument(metavar="ID", help=text("option.payment"))]
Channel = Annotated[Text, opt("--kanal", "--channel", key="channel", metavar="CODE")]
File = Annotated[Text, opt("--berkas", "--file", key="reference_file", metavar="F")]


@app.callback()
def payment() -> None:
    """Keep the ledger; the commands below say how."""


@command(app, "payment record")
def payment_record(
    member: MemberId,
    months: Annotated[Text, opt("--bulan", "--months", key="months", metavar="1-60")] = None,
    start: Annotated[Text, opt("--mulai", "--start", key="start", metavar="YYYY-MM")] = None,
    money: Annotated[Text, opt("--uang", "--money", key="money", metavar="STATE")] = None,
    channel: Channel = None,
    file: File = None,
) -> int:
    """Record money for a member's next months."""
    wish = Wish(start, months, money, channel, _reference(file, wanted=money == CONFIRMED))
    result = actions.payment_record(world(), member, wish, _go_on)
    return output.show(result, _lines_beside(result, _recorded_lines))


@command(app, "payment receive")
def payment_receive(payment: PaymentId, channel: Channel = None) -> int:
    """Record that promised money is in the agent's hand."""
    return _move(payment, Wish(money=RECEIVED, channel=channel))


@command(app, "payment remit")
def payment_remit(payment: PaymentId, channel: Channel = None, file: File = None) -> int:
    """Record that money was paid in at a channel."""
    return _move(
        payment, Wish(money=REMITTED, channel=channel, reference=_reference(file, wanted=False))
    )


@command(app, "payment confirm")
def payment_confirm(payment: PaymentId, channel: Channel = None, file: File = None) -> int:
    """Record the channel's own reference: the money arrived."""
    wish = Wish(money=CONFIRMED, channel=channel, reference=_reference(file, wanted=True))
    return _move(payment, wish)


@command(app, "payment list")
def payment_list(
    money: Annotated[Text, opt("--uang", "--money", key="money_states", metavar="STATE,…")] = None,
    member: Annotated[Text, opt("--anggota", "--member", key="member", metavar="ID")] = None,
) -> int:
    """List payments and how far their money has come."""
    states = tuple(part.strip() for part in money.split(",")) if money else ()
    return output.show(actions.payment_list(world(), states, member), _list_lines)


def _move(payment: str, wish: Wish) -> int:
    result = actions.payment_move(world(), payment, wish)
    return output.show(result, _lines_beside(result, _moved_lines))


def _go_on(warning: Problem) -> bool:
    """Ask a person whether to record the money all the same; without one it is recorded."""
    if current().yes or not wiring.is_interactive():
        return True
    output.tell(f"! {output.sentence('warning', warning)}")
    return decided(text("payment.go_on"), default=False)


def _lines_beside(
    result: Result, lines: Callable[[dict[str, Any], str], Iterable[str]]
) -> Callable[[dict[str, Any]], Iterable[str]]:
    """Return *lines* with what comes next: another thing where the person was sent back."""
    data = result.data
    back = any(warning.code == "payment.sent_back" for warning in result.warnings or ())
    back = back and data["money"] in (PROMISED, RECEIVED)
    following = "payment.back_" if back else "payment.now_"
    return lambda told: lines(told, text(following + data["money"], id=short(data["id"])))


def _reference(file: Text, *, wanted: bool) -> Text:
    """Return a channel's reference: from a file, else typed on the terminal where it is wanted.

    It never comes by an option: members pay by their NIK, and an option stands in the shell's
    history.
    """
    if file is not None:
        held = one_object(file)
        reference = held.get("reference")
        if not isinstance(reference, str) or set(held) != {"reference"}:
            raise InvalidInput("reference.format", field="/reference", limit=REFERENCE_LIMIT)
        return reference
    if wanted and wiring.is_interactive():
        return ask(text("ask.reference"), str)
    return None


def _recorded_lines(data: dict[str, Any], following: str) -> Iterator[str]:
    yield text("payment.recorded", id=short(data["id"]), **_facts(data))
    yield following
    yield text("receipt.pending", pending=data["pending"])


def _moved_lines(data: dict[str, Any], following: str) -> Iterator[str]:
    yield text("payment.moved", id=short(data["id"]), rev=data["rev"], **_facts(data))
    yield following
    yield text("receipt.pending", pending=data["pending"])


def _facts(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "nik": data["nik_masked"],
        "amount": rupiah(data["amount"]),
        "start": data["start"],
        "months": data["months"],
        "money": text(f"money.{data['money']}"),
    }


def _list_lines(data: dict[str, Any]) -> Iterator[str]:
    if data["items"]:
        columns = ("id", "nik", "start", "months", "amount", "money")
        rows = [
            [
                short(item["id"]),
                item["nik_masked"],
                item["start"],
                str(item["months"]),
                rupiah(item["amount"]),
                text(f"money.{item['money']}"),
            ]
            for item in data["items"]
        ]
        heading = [text(f"payment.col_{name}") for name in columns]
        yield from tables.table(heading, rows, right=(3, 4), whole=(0, 1, 2))
    for money in MONEY:
        summed = data["sums"][money]
        facts = {"count": summed["count"], "amount": rupiah(summed["amount"])}
        yield text("payment.sum", money=text(f"money.{money}"), **facts)
    yield text("payment.only_confirmed")
