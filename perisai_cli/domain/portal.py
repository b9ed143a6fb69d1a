"""Portals: which fields an online form has, in order, and how a worker's values are written there.

A portal is known by its field map (``portal_map`` reads the file). Values come from the worker's
JSON alone; nothing here can name a password, for there is no such value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from perisai_cli.domain import terms
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.period import Month, parse_day
from perisai_cli.domain.regions import all_regions

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip
"""Names of the months as forms in Indonesia write them, whatever language the agent reads."""

KINDS: dict[str, str] = {
    "nik": "digits", "name": "text", "birth_place": "text", "birth_date": "date", "sex": "sex",
    "phone": "phone", "email": "text",
    "address.text": "text", "address.rt": "text", "address.rw": "text", "address.village": "text",
    "address.region": "region",
    "occupations.*.code": "occupation", "occupations.*.place": "text",
    "income": "rupiah", "tier": "number", "programs": "programs", "sector": "sector",
    "payer": "payer", "owner": "flag", "start": "month", "months": "number",
    "heirs.*.name": "text", "heirs.*.relationship": "relationship",
    "children.*.name": "text", "children.*.birth_date": "date",
    "attestation.working": "flag", "attestation.critically_ill": "flag", "consent.given": "flag",
}  # fmt: skip
"""Every value that a map may ask for, by its path in the worker's JSON, and of what kind it is."""

CODES: dict[str, tuple[str, ...]] = {
    "sex": ("F", "M"),
    "occupation": tuple(OCCUPATIONS),
    "relationship": terms.RELATIONSHIPS,
    "programs": terms.PROGRAMS,
    "sector": terms.SECTORS,
    "payer": terms.PAYERS,
    "flag": ("true", "false"),
}
"""Kinds whose values are codes of ours: a form has words of its own for them."""

_DAYS = ("dd/mm/yyyy", "dd-mm-yyyy", "yyyy-mm-dd", "mm/dd/yyyy", "ddmmyyyy", "d month yyyy")
_PARTS_OF_DAYS = ("dd", "mm", "yyyy", "month")
_TEXTS = ("as-is", "upper", "lower")

FORMATS: dict[str, tuple[str, ...]] = {
    "digits": ("as-is",),
    "text": _TEXTS,
    "number": ("as-is",),
    "date": (*_DAYS, *_PARTS_OF_DAYS),
    "month": ("mm/yyyy", "yyyy-mm", "mm", "yyyy", "month", "month yyyy"),
    "phone": ("phone-local", "phone-62", "phone-plus"),
    "rupiah": ("rupiah-plain", "rupiah-dots"),
    "region": ("district", "regency", "province", "code"),
}
"""Ways to write each kind that is no code, the usual one first."""

_REGION_DIGITS = {"district": 6, "regency": 4, "province": 2}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes:
        label: What the form calls it.
        value: Path in the worker's JSON, such as ``occupations.0.code``; empty where the person
            chooses by hand what ``note`` says.
        format: One of the ``FORMATS`` of the value's kind; empty for codes.
        table: A code of ours to the form's word for it.
        split: How many signs each box takes where the form parts the value; the last takes the
            rest.
        note: What to look out for at this field.
    """

    label: str
    value: str = ""
    format: str = ""
    table: dict[str, str] = field(default_factory=dict)
    split: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A number that a form gives back: what it is called, and how many signs it has."""

    label: str
    least: int
    most: int
    letters: bool = False


@dataclass(frozen=True, slots=True)
class Portal:
    """One online form.

    Attributes:
        id: Name of the map's file without its ending.
        name: What people call the portal.
        address: Where it is; shown, and opened only when the person says so. May be empty.
        fields: Its fields in order.
        number: The membership number that comes back.
        payment_code: The payment code that comes back.
        digest: Tells one content of the file from another.
        own: Whether the map is the agent's own, and not the general one of the package.
    """

    id: str
    name: str
    address: str
    fields: tuple[Field, ...]
    number: Returned
    payment_code: Returned
    digest: str = ""
    own: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to put into the form.

    Attributes:
        label: What the form calls the field; with ``(1/3)`` where the form parts it.
        value: What goes in; empty where the record holds nothing or the person chooses by hand.
        spoken: The value grouped, for reading aloud and for typing by hand.
        note: What to look out for.
        unmapped: The code that the map has no word for.
    """

    label: str
    value: str
    spoken: str = ""
    note: str = ""
    unmapped: str = ""

    @property
    def silent(self) -> bool:
        """Nothing to do at this field."""
        return not (self.value or self.note or self.unmapped)


def kind_of(path: str) -> str | None:
    """Return the kind of the value at *path* in a worker's JSON; None where there is no such."""
    return KINDS.get(re.sub(r"\.[0-9](?=\.)", ".*", path))


def steps_of(portal: Portal, worker: dict[str, Any]) -> tuple[Step, ...]:
    """Return everything to be put into the form for one worker, in the form's order."""
    return tuple(step for each in portal.fields for step in _steps(each, worker))


def _steps(wanted: Field, worker: dict[str, Any]) -> list[Step]:
    held = value_at(worker, wanted.value) if wanted.value else None
    if held is None:
        return [Step(wanted.label, "", note="" if wanted.value else wanted.note)]
    kind = kind_of(wanted.value) or "text"
    if kind in CODES:
        return [_coded(wanted, held)]
    written = _plain(_written(kind, wanted.format or FORMATS[kind][0], held))
    parts = _parted(written, wanted.split)
    if len(parts) == 1:
        return [Step(wanted.label, written, _spoken(kind, written), wanted.note)]
    return [
        Step(f"{wanted.label} ({number}/{len(parts)})", part, part, wanted.note)
        for number, part in enumerate(parts, 1)
    ]


def value_at(worker: dict[str, Any], path: str) -> Any:
    """Return the value at *path* of a worker's JSON; None where the worker has none."""
    held: Any = worker
    for name in path.split("."):
        if isinstance(held, list):
            held = held[int(name)] if int(name) < len(held) else None
        elif isinstance(held, dict):
            held = held.get(name)
        else:
            return None
    return held


def _coded(wanted: Field, held: Any) -> Step:
    flag = isinstance(held, bool)
    codes = held if isinstance(held, list) else [str(held).lower() if flag else held]
    unknown = [str(code) for code in codes if code not in wanted.table]
    words = ", ".join(wanted.table[code] for code in codes if code in wanted.table)
    if unknown:
        return Step(wanted.label, "", note=wanted.note, unmapped=", ".join(unknown))
    return Step(wanted.label, words, words, wanted.note)


def _written(kind: str, form: str, held: Any) -> str:
    if kind == "date":
        return _day(form, parse_day(held))
    if kind == "month":
        return _day(form, Month.parse(held).first_day())
    if kind == "phone":
        national = str(held).removeprefix("+62")
        return {"phone-local": "0", "phone-62": "62", "phone-plus": "+62"}[form] + national
    if kind == "rupiah":
        return rupiah(held).removeprefix("Rp") if form == "rupiah-dots" else str(held)
    if kind == "region":
        return _region(form, held)
    written = str(held)
    return {"upper": written.upper(), "lower": written.lower()}.get(form, written)


def _day(form: str, day: date) -> str:
    values = {
        "yyyy": f"{day.year:04d}",
        "month": MONTHS[day.month - 1],
        "mm": f"{day.month:02d}",
        "dd": f"{day.day:02d}",
        "d": str(day.day),
    }
    return re.sub("yyyy|month|mm|dd|d", lambda found: values[found[0]], form)


def _region(form: str, code: str) -> str:
    """Return a region's name at the level that the form asks for; empty where it is not known."""
    if form == "code":
        return code
    size = _REGION_DIGITS[form]
    known = all_regions().get(code[:size]) if len(code) >= size else None
    return known.name if known else ""


def _plain(written: str) -> str:
    """Return a value on one line: what is pasted may not press Enter or move a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in written).split())


def _parted(written: str, split: tuple[int, ...]) -> list[str]:
    """Return a value in the boxes of a form: digits to the sign, words whole where they fit."""
    parts, rest = [], written
    for size in split[:-1]:
        cut = size
        if len(rest) > size and " " in rest[: size + 1]:
            cut = rest[: size + 1].rindex(" ") or size
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [part for part in (*parts, rest) if part] or [written]


def _spoken(kind: str, written: str) -> str:
    """Return digits in groups that can be read aloud; other values stay as they are."""
    plus = "+" if written.startswith("+") else ""
    digits = written.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()) or len(digits) < 5:
        return written
    if kind == "rupiah":
        return f"{int(digits):,}".replace(",", " ")
    return plus + grouped(digits) if kind in ("digits", "phone") else written


def grouped(number: str) -> str:
    """Return a long number in groups of four, for reading aloud."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
