"""``pekerja daftar``, ``cari``, ``lihat``, ``ubah``, ``tarik``: the people in the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions import book
from perisai_cli.cli import cards, correcting, looking_up, output, questions
from perisai_cli.cli.files import one_object, opened
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.invocation import current
from perisai_cli.cli.queue_words import short, withdrawn_lines
from perisai_cli.cli.worker_group import RecordId, Text, app
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text

States = Annotated[Text, opt("--keadaan", "--state", key="state", metavar="STATE,…")]
Region = Annotated[Text, opt("--wilayah", "--region", key="book_region", metavar="CODE")]
Occupation = Annotated[
    Text, opt("--pekerjaan", "--occupation", key="book_occupation", metavar="CODE")
]
Page = Annotated[Text, opt("--halaman", "--page", key="page", metavar="N")]

_MAX_OCTETS = 4096


@command(app, "worker list")
def worker_list(
    state: States = None, region: Region = None, occupation: Occupation = None, page: Page = None
) -> int:
    """List the people by name."""
    wanted = _wanted(state, region, occupation)
    return output.show(book.worker_list(world(), wanted, _number(page)), cards.list_lines)


@command(app, "worker search")
def worker_search(
    file: Annotated[Text, opt("--berkas", "--file", key="search_file", metavar="F")] = None,
    state: States = None,
    region: Region = None,
    occupation: Occupation = None,
    page: Page = None,
) -> int:
    """Find a person by part of the name or of the NIK, which never come by options."""
    wanted = _wanted(state, region, occupation)
    if file is not None:
        result = book.worker_search(world(), _typed(file), wanted, _number(page))
        return output.show(result, cards.list_lines)
    if not wiring.is_interactive():
        raise InvalidInput("usage.missing", field="--file")
    if current().json:
        typed = questions.ask(text("book.ask_words"), str)
        return output.show(book.worker_search(world(), typed, wanted, 1), cards.list_lines)
    return looking_up.look_up(world(), wanted)


@command(app, "worker show")
def worker_show(record_id: RecordId) -> int:
    """Show one person's card."""
    return output.show(book.worker_show(world(), record_id), cards.card_lines)


@command(app, "worker correct")
def worker_correct(
    record_id: RecordId,
    file: Annotated[Text, opt("--berkas", "--file", key="fix_file", metavar="F")] = None,
) -> int:
    """Correct any field of one person's record; it is sent again under the same id."""
    if file is not None:
        result = book.worker_correct(world(), record_id, one_object(file))
    elif wiring.is_interactive():
        result = correcting.correct_by_menu(world(), record_id)
    else:
        raise InvalidInput("usage.missing", field="--file")
    return output.show(result, _corrected_lines)


@command(app, "worker withdraw")
def worker_withdraw(
    record_id: RecordId,
    reason: Annotated[
        str, opt("--alasan", "--reason", key="withdraw_reason", metavar="CODE")
    ] = "other",
) -> int:
    """Withdraw one person's record; the central is told at the next sync."""
    the_world = world()
    if not questions.confirmed(text("queue.confirm_withdraw")):
        raise InvalidInput("confirm.no")
    return output.show(book.worker_withdraw(the_world, record_id, reason), withdrawn_lines)


def _wanted(state: Text, region: Text, occupation: Text) -> book.Wanted:
    states = tuple(part.strip() for part in state.split(",")) if state else ()
    return book.Wanted(states, region or "", occupation or "")


def _number(page: Text) -> int:
    if page is None:
        return 1
    if not (page.isascii() and page.isdigit() and len(page) <= 5):
        raise InvalidInput("page.value", field="/page")
    return int(page)


def _typed(file: str) -> str:
    """Return the first line of a file that holds what is looked for."""
    with opened(file) as stream:
        line = stream.readline(_MAX_OCTETS)
    try:
        return line.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise InvalidInput("file.unreadable", field="--file") from None


def _corrected_lines(data: dict[str, Any]) -> Iterator[str]:
    total = rupiah(data["quote"]["total"])
    yield text("queue.fixed", id=short(data["id"]), rev=data["rev"], total=total)
    if data["was"] == "accepted":
        yield text("book.was_accepted")
