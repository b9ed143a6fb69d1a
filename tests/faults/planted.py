"""A person who is planted, and the search for any trace of them in any coding."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from faults_field import a_worker

NIK = "5171016311877351"
NAME = "Zulkarnaini Wedhasmara"
PHONE = "081298701234"
BIRTH_DATE = "1987-11-23"
STREET = "Gang Kembang Sepatu"
HEIR = "Dharmaputra"
CHILD = "Anindhita"

PARTS = (
    NIK,
    NIK[6:12],
    *NAME.split(),
    PHONE[1:],
    PHONE[4:],
    BIRTH_DATE,
    "23-11-1987",
    "23/11/1987",
    "19871123",
    "Kembang Sepatu",
    HEIR,
    CHILD,
)
"""What may not be found anywhere; NIK and phone also without what others share."""

_CODED = (NIK, NAME, PHONE[1:], BIRTH_DATE, STREET)


def person(**changes: Any) -> dict[str, Any]:
    return a_worker(1) | {
        "nik": NIK,
        "name": NAME,
        "birth_place": STREET,
        "birth_date": BIRTH_DATE,
        "phone": PHONE,
        "address": {"text": STREET, "region": "517101"},
        "occupations": [{"code": "trader", "place": STREET}],
        "heirs": [{"name": HEIR, "relationship": "spouse"}],
        "children": [{"name": CHILD, "birth_date": "2015-02-01"}],
        **changes,
    }


def _codings(text: str) -> list[bytes]:
    """Return the octets of a text in every coding that a stray copy may have."""
    plain = text.encode()
    codings = [text.encode("utf-16-le"), text.encode("utf-16-be"), plain.hex().encode()]
    codings.append(plain.hex().upper().encode())
    for shift in range(3):
        # Wherever the text stands in what was coded, these inner signs come out the same.
        signs = base64.b64encode(b"\0" * shift + plain)
        first = (shift * 8 + 5) // 6
        codings.append(signs[first : first + (len(plain) * 8 - (first * 6 - shift * 8)) // 6])
    codings += [coding.replace(b"+", b"-").replace(b"/", b"_") for coding in codings[-3:]]
    return [plain, *codings]


SOUGHT = {part: [part.encode()] for part in PARTS} | {text: _codings(text) for text in _CODED}


def traces(content: bytes, *, but: tuple[str, ...] = ()) -> list[str]:
    """Return which parts of the person stand in *content*, in whatever coding."""
    lower = content.lower()
    return [
        part
        for part, codings in SOUGHT.items()
        if part not in but and any(c in content or c.lower() in lower for c in codings)
    ]


def traces_in(text: str, *, but: tuple[str, ...] = ()) -> list[str]:
    return traces(text.encode(), but=but)


def traces_below(folder: Path, *, but: tuple[Path, ...] = ()) -> dict[str, list[str]]:
    """Return the files below a folder that hold, or are named by, anything of the person."""
    found = {}
    for path in folder.rglob("*"):
        if any(path == each or each in path.parents for each in but):
            continue
        content = path.read_bytes() if path.is_file() else b""
        if seen := traces(content + b"\n" + path.name.encode()):
            found[str(path)] = seen
    return found
