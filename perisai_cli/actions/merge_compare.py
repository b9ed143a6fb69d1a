"""Bodies beside each other: in which fields they differ, and what of that anybody may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perisai_cli.domain.identity import mask_name, mask_nik
from perisai_cli.domain.occupations import OCCUPATIONS

Body = dict[str, Any]
Flat = dict[str, Any]

_ASIDE = ("captured", "questions", "moved")
_MOMENTS = ("/attestation/at", "/consent/at")
"""Members of a body that differ between any two and tell nothing of who is right."""

_OPEN_TO_SEE = frozenset({
    "programs", "start", "months", "tier", "sector", "payer", "owner", "amount", "total", "money",
    "region", "type", "day", "present", "channel",
})  # fmt: skip
"""Fields whose values tell nobody who a person is, so that they are shown where they differ."""

_WHO = ("name", "nik", "birth_date", "sex", "phone", "address", "income", "heirs")
"""Fields of a worker that tell who it is: of these it is told as well where they are equal."""


def flat(body: Body, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield pointers to the fields of a body, and what stands in them."""
    for name, inner in body.items():
        pointer = f"{before}/{name}"
        if name in _ASIDE or pointer.endswith(_MOMENTS):
            continue
        if isinstance(inner, dict):
            yield from flat(inner, pointer)
        else:
            yield pointer, inner


def different(bodies: Sequence[Body]) -> list[str]:
    """Return pointers to the fields in which bodies differ."""
    fields = [dict(flat(body)) for body in bodies]
    names = {name for each in fields for name in each}
    return sorted(name for name in names if len({_key(each.get(name)) for each in fields}) > 1)


def equal(bodies: Sequence[Body]) -> list[str]:
    """Return pointers to the fields that tell who a worker is, where all say the same."""
    if len(bodies) < 2:
        return []
    base = "/worker" if all("worker" in body for body in bodies) else ""
    workers = [body["worker"] if base else body for body in bodies]
    return [
        f"{base}/{name}"
        for name in _WHO
        if all(worker.get(name) for worker in workers)
        and len({_key(worker[name]) for worker in workers}) == 1
    ]


def seen(sides: Sequence[Flat | None], pointers: Sequence[str], *, unmask: bool) -> list[Flat]:
    """Return for each side what stands in those of these fields that may be shown."""
    shown = [each for each in pointers if unmask or _is_open(each)]
    return [{} if side is None else {each: side.get(each) for each in shown} for side in sides]


def masked(sides: Sequence[Flat | None], pointers: Sequence[str]) -> list[Flat]:
    """Return for each side the other fields: whose contents are equal have the same letter.

    The letter tells nothing but that; before it stands what may be seen of a name or a NIK.
    """
    told: list[Flat] = [{} for _side in sides]
    for pointer in pointers:
        if _is_open(pointer):
            continue
        letters: dict[str, str] = {}
        for side, each in zip(sides, told, strict=True):
            value = None if side is None else side.get(pointer)
            if side is not None and value is None:
                each[pointer] = None
            elif side is not None:
                letter = letters.setdefault(_key(value), _letter(len(letters)))
                each[pointer] = f"{_hint(pointer, value)} ({letter})".strip()
    return told


def _is_open(pointer: str) -> bool:
    return pointer.rsplit("/", 1)[-1] in _OPEN_TO_SEE and "/address/" not in pointer


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _key(value: Any) -> str:
    """Return what is the same for equal values alone, whatever kind they are of."""
    return repr(value)


def _codes(value: Any) -> str:
    """Return the codes of occupations; where the work is done may tell who does it."""
    found = [each.get("code") for each in value if isinstance(each, dict)]
    return " + ".join(each for each in found if each in OCCUPATIONS)


_HINTS: dict[str, Callable[[Any], str]] = {
    "name": lambda value: mask_name(str(value)),
    "nik": lambda value: mask_nik(str(value)),
    "occupations": _codes,
}


def _hint(pointer: str, value: Any) -> str:
    """Return what anybody may see of a personal value; as a rule nothing."""
    hint = _HINTS.get(pointer.removeprefix("/worker").strip("/"))
    return hint(value) if hint else ""
