"""Variants as rows of the merged dataset: their facts clear, what concerns a person sealed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from perisai_cli.storage.database import Connection
from perisai_cli.storage.variants import Variant, VariantKey
from perisai_cli.storage.vault import Vault

SCHEMA = 1
_TABLE, _REPLY = "merged:variant", "merged:reply"
_COLUMNS = (
    "id", "rev", "hash", "kind", "erased", "standing", "seq", "made_at", "since", "book", "agent",
    "office", "zone", "device", "fact", "persons", "nik_index", "envelope", "reply", "schema",
)  # fmt: skip
PUT = (
    f"INSERT OR REPLACE INTO variants ({', '.join(_COLUMNS)})"  # noqa: S608 - our names
    f" VALUES ({', '.join('?' * len(_COLUMNS))})"
)
"""Puts a variant in place of what was kept under its key."""


class VariantRows:
    """The rows of variants in one dataset."""

    def __init__(self, connection: Connection, vault: Vault):
        self._connection = connection
        self._vault = vault

    def known(self, ids: Sequence[str]) -> dict[str, dict[VariantKey, Variant]]:
        """Return the variants of records, by the record's id and the variant's key."""
        marks = ", ".join("?" * len(ids))
        sql = f"SELECT * FROM variants WHERE id IN ({marks})"  # noqa: S608 - marks
        known: dict[str, dict[VariantKey, Variant]] = {}
        for row in self._connection.rows(sql, *ids):
            values = {name: row[name] for name in _COLUMNS[:-1]}
            name = _name(row["id"], row["rev"], row["hash"])
            sealed = row["reply"]
            values["reply"] = (
                {} if sealed is None else self._vault.open(_REPLY, name, row["schema"], sealed)
            )
            values["fact"] = json.loads(row["fact"])
            values |= {flag: bool(row[flag]) for flag in ("erased", "persons")}
            variant = Variant(**values)
            known.setdefault(variant.id, {})[variant.key] = variant
        return known

    def row(self, variant: Variant) -> tuple[Any, ...]:
        """Return a variant as ``PUT`` takes it."""
        name = _name(variant.id, variant.rev, variant.hash)
        return (
            variant.id, variant.rev, variant.hash, variant.kind, int(variant.erased),
            variant.standing, variant.seq, variant.made_at, variant.since, variant.book,
            variant.agent, variant.office, variant.zone, variant.device, json.dumps(variant.fact),
            int(variant.persons), variant.nik_index, variant.envelope,
            self._vault.seal(_REPLY, name, SCHEMA, variant.reply) if variant.reply else None,
            SCHEMA,
        )  # fmt: skip

    def sealed(self, record_id: str, rev: int, digest: str, body: bytes) -> bytes:
        """Return the canonical JSON of a body as it is kept."""
        return self._vault.seal_octets(_TABLE, _name(record_id, rev, digest), SCHEMA, body)

    def body(self, variant: Variant) -> dict[str, Any]:
        """Return the body of a variant; empty where no book brought it."""
        if variant.envelope is None:
            return {}
        name = _name(variant.id, variant.rev, variant.hash)
        return self._vault.open(_TABLE, name, SCHEMA, variant.envelope)


def _name(record_id: str, rev: int, digest: str) -> str:
    return f"{record_id}:{rev}:{digest}"
