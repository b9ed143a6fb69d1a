"""What a form gives back: a membership number, a payment code, or a refusal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.identity import clean_nik
from perisai_cli.domain.portal import Portal, Returned

BEGUN, CARRIED, AWAITING = "begun", "carried", "awaiting"
REGISTERED, REFUSED = "registered", "refused"

STATES = (BEGUN, CARRIED, AWAITING, REGISTERED, REFUSED)
"""How far a record came at a portal: stopped in the middle; whole, but nothing came back yet; a
payment code but no number; a number; refused."""

REFUSALS = (
    "already_member", "nik_not_found", "name_differs", "birth_date_differs", "age", "phone_used",
    "data_missing", "other",
)  # fmt: skip
"""Why a portal may refuse a record."""

NOTE_LIMIT = 200
_MEMBERS = ("number", "payment_code", "refusal")


@dataclass(frozen=True, slots=True)
class CameBack:
    """What one form gave back; never a refusal and a number at once.

    Attributes:
        number: Membership number, empty where there is none yet.
        payment_code: Code to pay with, empty where there is none.
        reason: One of ``REFUSALS``, empty where it was not refused.
        note: The refusal in free words.
    """

    number: str = ""
    payment_code: str = ""
    reason: str = ""
    note: str = ""

    @property
    def state(self) -> str:
        """How far the record came with this."""
        if self.reason:
            return REFUSED
        if self.number:
            return REGISTERED
        return AWAITING if self.payment_code else CARRIED

    def followed_by(self, later: CameBack) -> CameBack:
        """Return what is known after *later* came back, too; a refusal stands alone.

        What was carried again without anything coming back is no longer refused.
        """
        if later.reason:
            return later
        return CameBack(later.number or self.number, later.payment_code or self.payment_code)

    def loses_number_to(self, later: CameBack) -> bool:
        """Tell whether *later* would take the place of another membership number."""
        return bool(self.number) and (bool(later.reason) or later.number not in ("", self.number))

    def as_json(self) -> dict[str, Any]:
        """Return the members that hold something, as they are kept and printed."""
        return {name: held for name, held in asdict(self).items() if held}


def check_returned(wanted: Returned, typed: object, field: str) -> str:
    """Return a number that came back without the spaces, dots and dashes between its signs.

    Raises:
        InvalidInput: ``returned.signs``, ``returned.length`` or ``returned.zeros``.
    """
    if not isinstance(typed, str):
        raise InvalidInput("returned.text", field=field)
    number = clean_nik(typed).upper()
    signs = number.isascii() and (number.isalnum() if wanted.letters else number.isdigit())
    if not signs:
        raise InvalidInput("returned.signs", field=field)
    if not wanted.least <= len(number) <= wanted.most:
        facts: dict[str, str | int] = {"count": len(number), "least": wanted.least}
        raise InvalidInput("returned.length", field=field, **facts, most=wanted.most)
    if set(number) == {"0"}:
        raise InvalidInput("returned.zeros", field=field)
    return number


def read_return(portal: Portal, loose: dict[str, Any]) -> CameBack:
    """Return what came back from *loose* JSON.

    Raises:
        InvalidInput: a member that is none, nothing at all, a refusal beside a number, or a number
            of another form than the portal's.
    """
    unknown = [name for name in loose if name not in _MEMBERS]
    if unknown:
        raise InvalidInput("returned.member", choices=", ".join(_MEMBERS))
    held = {name: value for name, value in loose.items() if value not in (None, "")}
    if not held:
        raise InvalidInput("returned.nothing", field="/number")
    if "refusal" in held:
        if len(held) > 1:
            raise InvalidInput("returned.both", field="/refusal")
        return _refusal(held["refusal"])
    return _numbers(portal, held)


def _numbers(portal: Portal, held: dict[str, Any]) -> CameBack:
    faults: list[Problem] = []
    found = {"number": "", "payment_code": ""}
    for name, wanted in (("number", portal.number), ("payment_code", portal.payment_code)):
        try:
            if name in held:
                found[name] = check_returned(wanted, held[name], f"/{name}")
        except InvalidInput as error:
            faults += error.problems
    if faults:
        raise InvalidInput.of(tuple(faults))
    return CameBack(**found)


def _refusal(held: object) -> CameBack:
    if not isinstance(held, dict) or set(held) - {"reason", "note"}:
        raise InvalidInput("returned.refusal", field="/refusal")
    reason, note = held.get("reason"), held.get("note") or ""
    if reason not in REFUSALS:
        choices = ", ".join(REFUSALS)
        raise InvalidInput("returned.reason", field="/refusal/reason", choices=choices)
    if not isinstance(note, str) or len(note) > NOTE_LIMIT:
        raise InvalidInput("returned.note", field="/refusal/note", limit=NOTE_LIMIT)
    return CameBack(reason=str(reason), note=" ".join(note.split()))
