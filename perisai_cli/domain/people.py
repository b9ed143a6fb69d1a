"""A worker as the tool keeps one: normalised, complete, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from perisai_cli.domain.period import Month


@dataclass(frozen=True, slots=True)
class Address:
    """Where a worker lives: free text, and the code of the smallest region known."""

    text: str
    region: str | None = None
    rt: str | None = None
    rw: str | None = None
    village: str | None = None


@dataclass(frozen=True, slots=True)
class Occupation:
    """What a worker does, and where."""

    code: str
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Heir:
    """Someone named to receive a death benefit."""

    name: str
    relationship: str


@dataclass(frozen=True, slots=True)
class Child:
    """A child who may receive a scholarship."""

    name: str
    birth_date: date


@dataclass(frozen=True, slots=True)
class Witness:
    """Who else heard the worker's declaration, such as a village head or another trader."""

    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Attestation:
    """What the worker declared, with the version of the text read out and when (UTC)."""

    working: bool
    critically_ill: bool
    text: str
    at: str
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """The worker's consent to be registered, with text version, time (UTC) and method."""

    given: bool
    method: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker to enrol; field names are those of the JSON that agents and scripts write.

    Attributes:
        income: Declared monthly income in whole rupiah, if it was declared.
        tier: Chosen tier 1-33; the tier that the income implies where none was chosen.
        programs: Programme codes in the order jkk, jkm, jht.
        start: First contribution month.
        months: Number of contribution months, 1-60.
        owner: The worker owns a business and employs others.
    """

    nik: str
    name: str
    birth_date: date
    sex: str
    phone: str | None
    email: str | None
    birth_place: str | None
    address: Address | None
    occupations: tuple[Occupation, ...]
    income: int | None
    tier: int | None
    programs: tuple[str, ...]
    sector: str
    payer: str
    owner: bool
    start: Month
    months: int
    heirs: tuple[Heir, ...]
    children: tuple[Child, ...]
    attestation: Attestation
    consent: Consent

    @property
    def region(self) -> str:
        """Code of the regency where the worker lives; the NIK's where no address says."""
        code = self.address.region if self.address else None
        return (code or self.nik)[:4]

    def as_json(self) -> dict[str, Any]:
        """Return the worker as JSON values, without the fields that hold nothing."""
        members = _members(self)
        members["start"] = str(self.start)
        return members


_PARTS = (Address, Occupation, Heir, Child, Witness, Attestation, Consent, Worker)
_NAMES: dict[type, tuple[str, ...]] = {part: tuple(part.__slots__) for part in _PARTS}


def _members(part: object) -> dict[str, Any]:
    """Return the members that hold something, as JSON values, so that nothing empty is sent."""
    found: dict[str, Any] = {}
    for name in _NAMES[type(part)]:
        value = getattr(part, name)
        if value is not None and value != ():
            found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else _members(value)
