"""Reads the field map of a portal from TOML, strictly: every fault is found, with line and key.

What a map may not do is written here: ask for a value that a worker's record does not have, or name
anything that a log-in needs.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.portal import CODES, FORMATS, Field, Portal, Returned, kind_of

MAX_OCTETS = 64 * 1024
MAX_FIELDS = 100
MAX_TEXT = 200
MAX_SIGNS = 40
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
"""Form of a map's file name without its ending."""

_TOP = frozenset({"name", "address", "fields", "number", "payment_code"})
_FIELD = frozenset({"label", "value", "format", "table", "split", "note"})
_RETURNED = frozenset({"label", "digits", "letters"})
_USUAL = {"number": ("Nomor peserta (KPJ)", 11, 11), "payment_code": ("Kode iuran", 6, 20)}

_SECRET = re.compile(
    r"\b(pass(word|phrase|code)?|pass key|pwd|kata ?sandi|sandi|pin|otp|captcha|token|log ?in|"
    r"sign ?in|user ?(name|id)?|nama ?pengguna|kode (verifikasi|otp|rahasia|keamanan))\b",
    re.IGNORECASE,
)
"""What belongs to a log-in: the agent does that alone, and nothing here takes part in it."""


class _Reader:
    """One map under way: what was found wrong, and where its keys stand."""

    def __init__(self, text: str):
        self.faults: list[Problem] = []
        self._lines = _lines_of(text)

    def fault(self, code: str, key: str, **facts: str | int) -> None:
        """Keep a fault of *key*, such as ``fields[2].format``."""
        self._keep(code, key, self._line(key), facts)

    def keys(self, table: dict[str, Any], allowed: frozenset[str], section: str = "") -> None:
        """Refuse keys that no map has; they are told by their line, and never repeated."""
        within = f"{section}." if section else ""
        for name in table:
            if name not in allowed:
                line = self._line(f"{within}{name}")
                choices = ", ".join(sorted(allowed))
                self._keep("portal.key_unknown", f"{within}?", line, {"choices": choices})

    def _keep(self, code: str, key: str, line: int, facts: Mapping[str, str | int]) -> None:
        known: dict[str, str | int] = {"key": key, "line": line}
        self.faults.append(Problem(code, None, known | dict(facts), line))

    def _line(self, key: str) -> int:
        """Return the line of a key, or of the nearest thing around it."""
        section, _, last = key.rpartition(".")
        found = self._lines.get((section, last)) or self._lines.get((key, ""))
        return found or (self._line(section) if section else 1)

    def text(self, table: dict[str, Any], name: str, key: str, *, required: bool = False) -> str:
        """Return a short text of one line; empty where there is none."""
        held = table.get(name, "")
        if not isinstance(held, str) or len(held) > MAX_TEXT or not held.isprintable():
            self.fault("portal.text", key, limit=MAX_TEXT)
            return ""
        if not held.strip() and (required or name in table):
            self.fault("portal.missing", key)
        if _SECRET.search(held.replace("_", " ").replace("-", " ")):
            self.fault("portal.secret", key)
        return held.strip()


def _lines_of(text: str) -> dict[tuple[str, str], int]:
    """Return the line of each section and of each key in it, for pointing to a fault."""
    found: dict[tuple[str, str], int] = {}
    section, fields = "", -1
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*\[\[\s*fields\s*]]", line):
            fields += 1
            section = f"fields[{fields}]"
            found[section, ""] = number
        elif heading := re.match(r"\s*\[\s*([a-z_.]+)\s*]", line):
            section = heading[1].replace("fields.", f"fields[{fields}].")
            found[section, ""] = number
        elif key := re.match(r"""\s*["']?([^\s"'=]+)["']?\s*=""", line):
            found.setdefault((section, key[1]), number)
    return found


def read_portal(octets: bytes, name: str, *, own: bool = True) -> Portal:
    """Return the portal whose map is *octets*; *name* is that of its file, without the ending.

    Raises:
        InvalidInput: every fault of the map, each with its line.
    """
    table, text = _toml(octets)
    reader = _Reader(text)
    reader.keys(table, _TOP)
    portal = Portal(
        id=name,
        name=reader.text(table, "name", "name", required=True),
        address=_address(reader, table),
        fields=_fields(reader, table.get("fields")),
        number=_returned(reader, table, "number"),
        payment_code=_returned(reader, table, "payment_code"),
        digest=hashlib.sha256(octets).hexdigest()[:16],
        own=own,
    )
    if reader.faults:
        raise InvalidInput.of(tuple(reader.faults))
    return portal


def _toml(octets: bytes) -> tuple[dict[str, Any], str]:
    if len(octets) > MAX_OCTETS:
        raise InvalidInput("portal.too_large", limit=MAX_OCTETS // 1024)
    try:
        text = octets.decode("utf-8-sig")
        return tomllib.loads(text), text
    except UnicodeDecodeError as error:
        line = octets[: error.start].count(b"\n") + 1
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else octets.count(b"\n") + 1
    raise InvalidInput.of((Problem("portal.toml", None, {"line": line}, line),))


def _address(reader: _Reader, table: dict[str, Any]) -> str:
    address = reader.text(table, "address", "address") if "address" in table else ""
    try:
        parts = urlsplit(address)
        fits = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:  # brackets that hold no address
        fits = False
    if address and (not fits or parts.query or parts.fragment or " " in address):
        reader.fault("portal.address", "address")
    return address


def _fields(reader: _Reader, held: Any) -> tuple[Field, ...]:
    if not isinstance(held, list) or not held or not all(isinstance(each, dict) for each in held):
        reader.fault("portal.no_fields", "fields")
        return ()
    if len(held) > MAX_FIELDS:
        reader.fault("portal.too_many", "fields", limit=MAX_FIELDS)
        return ()
    return tuple(_field(reader, each, f"fields[{index}]") for index, each in enumerate(held))


def _field(reader: _Reader, table: dict[str, Any], at: str) -> Field:
    reader.keys(table, _FIELD, at)
    label = reader.text(table, "label", f"{at}.label", required=True)
    note = reader.text(table, "note", f"{at}.note") if "note" in table else ""
    value = reader.text(table, "value", f"{at}.value") if "value" in table else ""
    kind = kind_of(value)
    if not value and not note:
        reader.fault("portal.missing", f"{at}.value")
    elif value and kind is None:
        reader.fault("portal.value_unknown", f"{at}.value")
    return Field(
        label=label,
        value=value,
        format=_format(reader, table, kind, at),
        table=_table(reader, table.get("table"), kind, at),
        split=_split(reader, table, kind, at),
        note=note,
    )


def _format(reader: _Reader, table: dict[str, Any], kind: str | None, at: str) -> str:
    if "format" not in table:
        return ""
    form, allowed = table["format"], FORMATS.get(kind or "", ())
    if not isinstance(form, str) or form not in allowed:
        choices = ", ".join(allowed) or "table"
        reader.fault("portal.format_unknown", f"{at}.format", choices=choices)
        return ""
    return form


def _table(reader: _Reader, held: Any, kind: str | None, at: str) -> dict[str, str]:
    codes = CODES.get(kind or "", ())
    if held is None:
        if codes:
            reader.fault("portal.table_missing", f"{at}.table", choices=", ".join(codes))
        return {}
    if not codes or not isinstance(held, dict) or not held:
        reader.fault("portal.table", f"{at}.table")
        return {}
    reader.keys(held, frozenset(codes), f"{at}.table")
    return {code: reader.text(held, code, f"{at}.table", required=True) for code in held}


def _split(reader: _Reader, table: dict[str, Any], kind: str | None, at: str) -> tuple[int, ...]:
    held = table.get("split", [])
    whole = isinstance(held, list) and all(
        type(each) is int and 1 <= each <= MAX_TEXT for each in held
    )
    fits = whole and ("split" not in table or (2 <= len(held) <= 10 and kind not in CODES))
    if not fits or (held and kind is None):
        reader.fault("portal.split", f"{at}.split")
        return ()
    return tuple(held)


def _returned(reader: _Reader, table: dict[str, Any], name: str) -> Returned:
    label, least, most = _USUAL[name]
    held = table.get(name, {})
    if not isinstance(held, dict):
        reader.fault("portal.returned", name)
        return Returned(label, least, most)
    reader.keys(held, _RETURNED, name)
    if "label" in held:
        label = reader.text(held, "label", f"{name}.label", required=True)
    digits = held.get("digits", [least, most])
    ends = digits if isinstance(digits, list) else [digits, digits]
    whole = len(ends) == 2 and all(type(each) is int for each in ends)
    if not whole or not 1 <= ends[0] <= ends[1] <= MAX_SIGNS:
        reader.fault("portal.digits", f"{name}.digits", limit=MAX_SIGNS)
        ends = [least, most]
    if type(held.get("letters", False)) is not bool:
        reader.fault("portal.letters", f"{name}.letters")
    return Returned(label, ends[0], ends[1], held.get("letters") is True)
