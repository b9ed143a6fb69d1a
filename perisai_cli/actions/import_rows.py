"""One row of a spreadsheet after the other: ready, to mend, here already, or twice in the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from perisai_cli.actions.desk import Desk, Ready
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.identity import NIK_LENGTH, clean_nik
from perisai_cli.domain.ids import is_id, new_id
from perisai_cli.sheets.model import Person
from perisai_cli.storage.known import Known

READY = "ready"
MEND = "mend"
HERE = "here"
CHANGED = "changed"
TWICE = "twice"
STANDINGS = (READY, MEND, HERE, CHANGED, TWICE)
"""What a row can come to; each row comes to one of them."""

_COMPARED = (
    "name", "birth_place", "birth_date", "sex", "phone", "email", "address", "occupations",
    "income", "tier", "heirs", "children",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A row and what it came to.

    Attributes:
        person: The row as it was read.
        standing: One of ``STANDINGS``.
        identity: The id that its record has, or gets when it is recorded.
        nik: Sixteen digits where the row holds as many, else empty; shown only through
            ``mask_nik``.
        ready: The examined worker, where the standing is ``ready``.
        faults: What is to be mended, where the standing is ``mend``.
        warnings: What else there is to say of it.
        perhaps_member: This device has reason to think that the person is a member already.
        other: Where the same NIK stands: a record's id, or a row of this file.
    """

    person: Person
    standing: str
    identity: str
    nik: str
    ready: Ready | None = None
    faults: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    perhaps_member: bool = False
    other: str | int | None = None


class Examiner:
    """Looks at rows one by one; of each ready row it keeps some two hundred octets, and no name."""

    def __init__(self, desk: Desk, for_all: dict[str, Any]):
        self._desk = desk
        self._place = for_all.get("place")
        self._for_all = {name: value for name, value in for_all.items() if name != "place"}
        # A look into an empty store is dear a hundred thousand times over.
        self._store = Known(desk.store)
        self._holds_any = self._store.any()
        self._niks: dict[int, tuple[int, int]] = {}
        self._identities: set[str] = set()

    def look(self, person: Person) -> Seen:
        """Return what a row comes to; nothing is recorded."""
        nik = _sixteen_digits(person.loose)
        if nik and self._holds_any:
            known = self._known(person, nik)
            if known is not None:
                return known
        faults, ready = self._examined(person)
        faults = (*faults, *self._doubtful_identity(person.identity))
        identity = self._identity(person, ready)
        if faults or ready is None:
            return Seen(person, MEND, identity, nik, None, faults, person.warnings)
        return self._once(person, nik, identity, ready)

    def _examined(self, person: Person) -> tuple[tuple[Problem, ...], Ready | None]:
        """Return every fault of a row once, and the worker where there is none."""
        try:
            ready = self._desk.examine(self._filled(person.loose), person.identity)
        except InvalidInput as error:
            told = {problem.field for problem in person.faults}
            more = (problem for problem in error.problems if problem.field not in told)
            return (*person.faults, *more), None
        return person.faults, ready

    def _filled(self, loose: dict[str, Any]) -> dict[str, Any]:
        """Return a row with what holds for all rows where it says nothing itself."""
        missing = {n: value for n, value in self._for_all.items() if loose.get(n) is None}
        if "income" in missing and loose.get("tier") is not None:
            del missing["income"]
        if "tier" in missing and loose.get("income") is not None:
            del missing["tier"]
        whole = loose | missing
        for promise in ("attestation", "consent"):
            if promise in loose and promise in self._for_all:
                whole[promise] = {**self._for_all[promise], **loose[promise]}
        works = whole.get("occupations")
        if self._place and isinstance(works, list):
            whole["occupations"] = [{"place": self._place} | work for work in works]
        return whole

    def _known(self, person: Person, nik: str) -> Seen | None:
        """Return what a row comes to whose NIK is in the store, or None where it is not."""
        known = self._store.worker(nik)
        if known is None:
            return None
        _, ready = self._examined(person)
        differs = ready is not None and _differences(person.loose, ready, known.worker)
        standing = CHANGED if differs else HERE
        doubt = Problem("import.differs", None, {"fields": ", ".join(differs)}) if differs else None
        warnings = (doubt,) if doubt else ()
        return Seen(person, standing, known.id, nik, None, (), warnings, other=known.id)

    def _doubtful_identity(self, identity: str | None) -> tuple[Problem, ...]:
        """Return the fault of an id that no correction gave, or that is in use already."""
        if identity is None:
            return ()
        if not is_id(identity):
            return (Problem("import.identity"),)
        if identity in self._identities:
            return (Problem("import.identity_twice"),)
        self._identities.add(identity)
        if self._holds_any and self._store.record(identity):
            return (Problem("import.identity_used"),)
        return ()

    def _identity(self, person: Person, ready: Ready | None) -> str:
        if ready is not None:
            return ready.finished.id
        kept = person.identity
        return kept if kept and is_id(kept) else new_id(self._desk.app.clock())

    def _once(self, person: Person, nik: str, identity: str, ready: Ready) -> Seen:
        """Return a ready row, unless one before it has the same NIK."""
        content = hash(repr(person.loose))
        first = self._niks.get(int(nik))
        if first is None:
            self._niks[int(nik)] = (person.row, content)
            perhaps = any(warning.code == "member.perhaps" for warning in ready.warnings)
            warnings = (*person.warnings, *ready.warnings)
            return Seen(person, READY, identity, nik, ready, (), warnings, perhaps)
        row, before = first
        if before == content:
            return Seen(person, TWICE, identity, nik, other=row)
        fault = Problem("import.nik_twice", "/nik", {"other": row})
        return Seen(person, MEND, identity, nik, None, (fault,), person.warnings, other=row)


def _sixteen_digits(loose: dict[str, Any]) -> str:
    written = loose.get("nik")
    digits = clean_nik(written) if isinstance(written, str) else ""
    return digits if len(digits) == NIK_LENGTH and digits.isascii() and digits.isdigit() else ""


def _differences(loose: dict[str, Any], ready: Ready, kept: dict[str, Any]) -> list[str]:
    """Return the members that a row states and that the record holds otherwise."""
    now = ready.finished.worker
    return [
        name
        for name in _COMPARED
        if name in loose and _comparable(name, now.get(name)) != _comparable(name, kept.get(name))
    ]


def _comparable(name: str, value: Any) -> Any:
    """Return a member as far as a list can contradict it: where one works may be said for all."""
    if name == "occupations" and isinstance(value, list):
        return [work["code"] for work in value]
    return value
