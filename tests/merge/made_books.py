"""Books made without a store: what devices hand over, written by the protocol's own writer."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from perisai_cli.protocol.bodies import is_erasure, is_withdrawal
from perisai_cli.protocol.book import BookManifest, SupervisorKey
from perisai_cli.protocol.bundle import BundleWriter, Told
from perisai_cli.protocol.canonical import body_hash
from perisai_cli.sync.book import write_book

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)


def an_id(number: int, at: datetime = BEGIN) -> str:
    """Return the id of record *number*, made so many minutes after the beginning."""
    moment = int((at + timedelta(minutes=number)).timestamp() * 1000)
    octets = moment.to_bytes(6, "big").hex()
    return f"{octets[:8]}-{octets[8:]}-7000-8000-{number:012x}"


def at(minutes: int) -> str:
    """Return the moment so many minutes after the beginning, as text."""
    return (BEGIN + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def a_nik(number: int) -> str:
    """Return a made-up NIK."""
    return f"51710157{1 + number // 9000 % 12:02d}90{number % 9000 + 1:04d}"


def enrolment(number: int, nik: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return the body of an enrolment."""
    nik = nik or a_nik(number)
    worker = {
        "nik": nik, "name": f"Ni Luh Uji {number}", "birth_date": f"1990-{nik[8:10]}-17",
        "sex": "F", "phone": "081234567891", "occupations": [{"code": "trader"}],
        "income": 1000000, "programs": ["jkk", "jkm"], "sector": "other", "payer": "self",
        "start": "2026-10", "months": 3,
    } | changes  # fmt: skip
    return {
        "worker": worker,
        "quote": {"total": 50400, "rules": "ab12", "tier": 1},
        "captured": {"at": at(number), "day": "2026-09-01"},
    }


def payment(member: str, start: str = "2026-10", months: int = 1, **changes: Any) -> dict[str, Any]:
    """Return the body of a confirmed payment."""
    facts = {
        "member": member, "start": start, "months": months, "programs": ["jkk", "jkm"], "tier": 1,
        "sector": "other", "payer": "self", "money": "confirmed", "channel": "pos",
        "moved": {"confirmed": at(9)},
    } | changes  # fmt: skip
    return {"payment": facts, "amount": 16800 * months, "rules": "ab12"}


def event(present: int) -> dict[str, Any]:
    """Return the body of an event."""
    told = {"type": "market_visit", "place": "Pasar Uji", "day": "2026-09-02", "region": "5171"}
    return {"event": told | {"present": present}, "attendees": {"now": 2, "later": 1}}


def line(
    record_id: str,
    body: dict[str, Any],
    *,
    rev: int = 1,
    kind: str = "enrolment",
    state: str = "accepted",
    acked_rev: int | None = None,
    seq: int | None = 7,
    **more: Any,
) -> dict[str, Any]:
    """Return a record as a book has it; accepted, unless it is told otherwise."""
    emptied = is_withdrawal(body) or is_erasure(body)
    columns = {"region": "5171", "programs": "jkk,jkm", "tier": 1, "start": "2026-10"}
    columns |= {"months": 3, "sector": "other", "payer": "self", "amount": 50400, "rules": "ab12"}
    whole = {
        "id": record_id, "rev": rev, "kind": kind, "state": state,
        "acked_rev": rev if acked_rev is None else acked_rev, "seq": seq,
        "created_at": at(0), "changed_at": at(rev), "hash": body_hash(body), "body": body,
        "erased": is_erasure(body) or None, "columns": columns if emptied else None,
    } | more  # fmt: skip
    return {name: value for name, value in whole.items() if value is not None}


@dataclass
class Overseer:
    """Whom books are for, with the key that opens them."""

    private: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    known: SupervisorKey | None = None

    @property
    def public(self) -> SupervisorKey:
        if self.known is not None:
            return self.known
        key = base64.b64encode(self.private.public_key().public_bytes_raw()).decode()
        return SupervisorKey(supervisor="S-1", office="W-03", key=key)


@dataclass
class Device:
    """A device that makes books."""

    number: int
    agent: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    made: int = 0

    @property
    def id(self) -> str:
        return an_id(900_000 + self.number)

    def book(
        self,
        overseer: Overseer,
        lines: Sequence[dict[str, Any]],
        *,
        minutes: int = 60,
        persons: bool = True,
        **changes: Any,
    ) -> bytes:
        """Return a book of these records, made so many minutes after the beginning."""
        manifest = self._manifest(overseer, lines, minutes, persons=persons, **changes)
        sink = io.BytesIO()
        write_book(manifest, lines, overseer.public, sink, self.key.sign)
        return sink.getvalue()

    def made_of(self, overseer: Overseer, lines: Sequence[dict[str, Any]], **changes: Any) -> bytes:
        """Return a book of these lines as they are, whatever the program would write."""
        persons = changes.pop("persons", True)
        manifest = self._manifest(overseer, lines, 60, persons=persons, **changes)
        told = Told(
            "book", manifest.bundle, self.id, manifest.records, manifest.made_at,
            manifest.supervisor,
        )  # fmt: skip
        sink = io.BytesIO()
        writer = BundleWriter(sink, told, base64.b64decode(overseer.public.key), self.key.sign)
        for each in (manifest.model_dump(exclude_none=True), *lines):
            writer.line(each)
        writer.finish()
        return sink.getvalue()

    def _manifest(
        self,
        overseer: Overseer,
        lines: Sequence[dict[str, Any]],
        minutes: int,
        *,
        persons: bool,
        **changes: Any,
    ) -> BookManifest:
        self.made += 1
        public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        told: dict[str, Any] = {
            "bundle": an_id(1_000_000 + self.number * 1000 + self.made), "agent": self.agent,
            "name": "Made Uji", "office": "W-03", "region": "5171", "device": self.id,
            "public_key": public, "supervisor": overseer.public.fingerprint,
            "made_at": at(minutes), "number": self.made, "records": len(lines),
            "persons": persons, "last_success": at(minutes - 1), "app": "perisai/test",
        } | changes  # fmt: skip
        return BookManifest(**told)
