"""What an officer does at a central over HTTP: see what waits, and decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from perisai_cli.actions.app import Result
from perisai_cli.domain.errors import InvalidInput, SignInAgain

APP = "perisai-officer"
SECONDS = 30
_PAGE = 500
_ITEM_CODES = ("record.unknown", "decision.not_waiting", "decision.nik_taken")


class Office(NamedTuple):
    """A central as an officer reaches it: its address, the officer's token, and the clock here."""

    address: str
    token: str
    clock: Callable[[], datetime]


def list_waiting(office: Office) -> Result:
    """Return the records that wait at a central; none of them names a person.

    Raises:
        SignInAgain: the token is refused.
        TryLater: the central does not answer.
    """
    from perisai_cli.protocol.office import WaitingPage

    items: list[dict[str, Any]] = []
    cursor, more = "", True
    while more:
        path = f"/v1/office/waiting?after={cursor}&limit={_PAGE}"
        page = WaitingPage.model_validate(_ask(office, path))
        items += [record.model_dump(exclude={"seq", "device"}) for record in page.items]
        cursor, more = page.cursor, page.more
    return Result("central waiting", {"count": len(items), "items": items})


def decide(office: Office, record_id: str, verdict: str, reason: str | None) -> Result:
    """Decide a record at a central; an id may be cut down to its end where one waiting has it.

    Raises:
        InvalidInput: the verdict, the reason or the record can't be used.
        SignInAgain: the token is refused.
        TryLater: the central does not answer.
    """
    from perisai_cli.protocol.office import REFUSED_FOR, VERDICTS, DecideResponse

    if verdict not in VERDICTS:
        raise InvalidInput("decision.verdict", choices=", ".join(VERDICTS))
    if verdict == "rejected" and reason not in REFUSED_FOR:
        raise InvalidInput("decision.reason", choices=", ".join(REFUSED_FOR))
    whole = _whole_id(office, record_id)
    message = {"id": whole, "verdict": verdict}
    if verdict == "rejected":
        message["reason"] = str(reason)
    answer = DecideResponse.model_validate(_ask(office, "/v1/office/decide", message))
    decision = answer.decision
    decided = {"id": decision.id, "rev": decision.rev, "status": decision.status}
    return Result("central decide", decided)


def _whole_id(office: Office, record_id: str) -> str:
    from perisai_cli.domain.ids import is_id

    if is_id(record_id):
        return record_id
    waiting = list_waiting(office).data["items"]
    ends = [each["id"] for each in waiting if each["id"].endswith(record_id.lower())]
    if len(record_id) < 4 or len(ends) != 1:
        raise InvalidInput("record.unknown")
    return str(ends[0])


def _ask(office: Office, path: str, message: dict[str, Any] | None = None) -> Any:
    """Return the content of a central's answer to an officer."""
    from perisai_cli.sync.client import Client, Link, failure

    headers = {"Authorization": f"Bearer {office.token}"}
    with Client(office.address, Link(SECONDS, office.clock), APP).open() as client:
        answer = client.post(path, message, headers) if message else client.get(path, headers)
    if answer.status == 200:
        return answer.content
    if answer.problem is not None and answer.problem.code in _ITEM_CODES:
        other = answer.problem.detail or ""
        raise InvalidInput(answer.problem.code, canonical_id=other)
    error = failure(answer)
    raise as_officer(error) if isinstance(error, SignInAgain) else error


def as_officer(error: SignInAgain) -> SignInAgain:
    """Return what a refused token is to an officer, who has no device to sign in again."""
    return SignInAgain("token.refused") if error.code == "auth.refused" else error
