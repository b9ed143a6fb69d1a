"""Takes agents' books into the merged dataset: what each says joins what was known before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.fact_forms import HEAD
from perisai_cli.domain.facts import Fact, Held, Member, Whose, standing_of
from perisai_cli.domain.outbox import ENROLMENT
from perisai_cli.protocol.book import BookManifest, BookRecord, Line
from perisai_cli.protocol.book_facts import fact_of, restored, state_of, worker_of
from perisai_cli.storage import handovers, merge_answers, variants
from perisai_cli.storage.dataset import Dataset
from perisai_cli.storage.variant_rows import PUT, VariantRows
from perisai_cli.storage.variants import Variant, VariantKey
from perisai_cli.storage.vault import Vault

SCHEMA = 1
_CHUNK, _CHUNK_SIZE = 500, 4 * 2**20
"""Records that are taken at a time, and octets of their lines; bodies in memory weigh more."""

_THIS = "id = ? AND agent = ? AND rev = ? AND hash = ?"
_LATER = f"UPDATE variants SET made_at = ?, book = ? WHERE {_THIS}"  # noqa: S608 - our names
_DROP = f"DELETE FROM variants WHERE {_THIS}"  # noqa: S608 - our names
_COUNT = "INSERT OR REPLACE INTO counted VALUES (?, ?, ?, ?, ?, 0, ?)"

Counting = tuple[Variant, str, dict[str, Any] | None]
"""A variant that counts, how its record stands, and the body where it is at hand."""


class Merging:
    """A merged dataset that books are taken into, within the caller's transaction."""

    def __init__(self, dataset: Dataset, vault: Vault):
        self._dataset = dataset
        self._connection = dataset.connection
        self._vault = vault
        self._rows = VariantRows(dataset.connection, vault)
        self._answers = merge_answers.choices(dataset)
        self._handed = handovers.takers(dataset)

    # Books

    def known_book(self, bundle: str) -> bool:
        """Tell whether a book was taken before."""
        return self._connection.row("SELECT 1 FROM books WHERE id = ?", bundle) is not None

    def admit(self, manifest: BookManifest, latest: str) -> bool:
        """Return whether a book's device is new, once it may come in.

        Args:
            manifest: What the book says of itself.
            latest: The latest moment at which a book can have been made.

        Raises:
            InvalidInput: ``book.other_key``, ``book.other_agent``: the device was known by another
                key, or as another agent's, before; ``book.future``: it was made later than now.
        """
        row = self._connection.row("SELECT * FROM devices WHERE device = ?", manifest.device)
        if row is not None and row["public_key"] != manifest.public_key:
            raise InvalidInput("book.other_key", device=manifest.device)
        if row is not None and row["agent"] != manifest.agent:
            raise InvalidInput("book.other_agent", known=row["agent"], told=manifest.agent)
        if manifest.made_at > latest:
            raise InvalidInput("book.future", made_at=manifest.made_at)
        return row is None

    def number_taken(self, manifest: BookManifest) -> bool:
        """Tell whether another book of the device has the same number: its store was copied."""
        sql = "SELECT 1 FROM books WHERE device = ? AND number = ? AND id <> ?"
        row = self._connection.row(sql, manifest.device, manifest.number, manifest.bundle)
        return row is not None

    @contextmanager
    def whole_book(self) -> Iterator[None]:
        """Take one book wholly or not at all."""
        self._connection.run("SAVEPOINT book")
        try:
            yield
        except InvalidInput:  # anything else undoes the whole merge
            self._connection.run("ROLLBACK TO book")
            self._connection.run("RELEASE book")
            raise
        self._connection.run("RELEASE book")

    def take(self, manifest: BookManifest, lines: Iterable[Line]) -> Iterator[int]:
        """Take a book, yielding after each few hundred records how many there were.

        Each record comes with its body's canonical JSON, which is what is kept of it.

        Raises:
            InvalidInput: ``book.record``, or as the *lines* do.
        """
        newest = manifest.last_success or ""
        for chunk in _chunks(lines):
            newest = max(newest, *(line.record.changed_at for line in chunk))
            self._take(manifest, chunk)
            yield len(chunk)
        self._connection.run(
            "INSERT INTO devices (device, public_key, agent) VALUES (?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            manifest.device, manifest.public_key, manifest.agent,
        )  # fmt: skip
        self._connection.run(
            "INSERT INTO books (id, device, agent, office, region, made_at, number, records,"
            " persons, last_success, newest, schema, envelope)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            manifest.bundle, manifest.device, manifest.agent, manifest.office, manifest.region,
            manifest.made_at, manifest.number, manifest.records, int(manifest.persons),
            manifest.last_success, min(newest, manifest.made_at), SCHEMA,
            self._vault.seal("merged:book", manifest.bundle, SCHEMA, {"name": manifest.name}),
        )  # fmt: skip

    # Records

    def _take(self, manifest: BookManifest, lines: Sequence[Line]) -> None:
        known = self._rows.known([line.record.id for line in lines])
        before = {each: dict(group) for each, group in known.items()}
        bodies: dict[tuple[str, VariantKey], dict[str, Any] | None] = {}
        for line, octets, _size in lines:
            group = known.setdefault(line.id, {})
            there = group.get((manifest.agent, line.rev, line.hash))
            told = self._variant(manifest, line, octets, there)
            group[told.key] = told if there is None else variants.joined(there, told)
            bodies[line.id, told.key] = line.body
        self._settle(known, before, bodies)

    def _settle(
        self,
        known: dict[str, dict[VariantKey, Variant]],
        before: dict[str, dict[VariantKey, Variant]],
        bodies: dict[tuple[str, VariantKey], dict[str, Any] | None],
    ) -> None:
        """Write what changed of these records, and count them anew where anything did."""
        dropped, written, later, counting = [], [], [], []
        for record_id, group in known.items():
            found, old = variants.still_counting(group.values()), before.get(record_id, {})
            kept = {each.key for each in found}
            dropped += [(record_id, *key) for key in old if key not in kept]
            changed = {each.key for each in found if _differs(old.get(each.key), each)}
            written += [each for each in found if each.key in changed]
            later += [
                (each.made_at, each.book, record_id, *each.key)
                for each in found
                if each.key not in changed and old[each.key].book != each.book
            ]
            if changed or len(kept) != len(old):
                counted, standing = variants.chosen(found, self._answers)
                counting.append((counted, standing, bodies.get((record_id, counted.key))))
                self._leave_other_tables(counted, [*old.values(), *found])
        self._connection.run_many(_DROP, dropped)
        self._connection.run_many(PUT, map(self._rows.row, written))
        self._connection.run_many(_LATER, later)
        self._count(counting, {each for each, group in before.items() if group})

    def count_again(self, record_id: str) -> None:
        """Count one record anew, after a question about it was answered."""
        group = self._rows.known([record_id]).get(record_id, {})
        if group:
            self._answers = merge_answers.choices(self._dataset)
            found = variants.still_counting(group.values())
            counted, standing = variants.chosen(found, self._answers)
            self._leave_other_tables(counted, found)
            self._count([(counted, standing, None)], {record_id})

    def _leave_other_tables(self, counted: Variant, known: Sequence[Variant]) -> None:
        """Take a record out of the tables of other kinds that it may have counted as."""
        if {each.kind for each in known} - {counted.kind}:
            self._dataset.remove([counted.id])

    def _count(self, counting: Sequence[Counting], there_before: set[str]) -> None:
        """Let these variants be what reports see of their records."""
        facts, persons, bare = [], [], []
        # What was erased counts nowhere, as at the central.
        self._dataset.remove([variant.id for variant, *_ in counting if variant.erased])
        for variant, standing, body in counting:
            if not variant.erased:
                facts.append(self._fact(variant, standing))
            told = self._person(variant, body)
            if told:
                persons.append((variant.id, told))
            elif variant.id in there_before:
                bare.append((variant.id,))
        self._connection.run_many("DELETE FROM persons WHERE id = ?", bare)
        # Whom it stood in for is told anew (``merge_answers.settle``).
        counted = [(variant.id,) for variant, *_ in counting if variant.id in there_before]
        self._connection.run_many("DELETE FROM stood_in WHERE id = ?", counted)
        self._dataset.put(facts)
        self._dataset.put_persons(persons)
        self._connection.run_many(
            _COUNT,
            (
                (each.id, each.kind, each.rev, each.hash, standing, each.nik_index)
                for each, standing, _body in counting
            ),
        )

    def _fact(self, variant: Variant, standing: str) -> Fact:
        whose = Whose(
            variant.id, variant.rev, standing, variant.agent, variant.office, variant.zone
        )
        fact = restored(variant.kind, whose, variant.fact)
        if isinstance(fact, Held):
            return fact
        taker = self._handed.get(fact.id if isinstance(fact, Member) else fact.member)
        return fact if taker is None else fact._replace(agent=taker)

    def _person(self, variant: Variant, body: dict[str, Any] | None) -> dict[str, Any]:
        """Return what concerns the member of a record; nothing once it was erased."""
        if variant.erased:
            return {}
        if body is None:
            body = self._rows.body(variant)
        told = {"worker": worker_of(variant.kind, body), "assigned": variant.reply.get("assigned")}
        told["codes"] = variant.reply.get("codes")
        return {name: value for name, value in told.items() if value}

    def body(self, variant: Variant) -> dict[str, Any]:
        """Return the body of a variant; empty where no book brought it."""
        return self._rows.body(variant)

    def of_record(self, record_id: str) -> list[Variant]:
        """Return the variants of a record that may count, in the order of their hashes."""
        group = self._rows.known([record_id]).get(record_id, {})
        return variants.still_counting(group.values()) if group else []

    def _variant(
        self,
        manifest: BookManifest,
        line: BookRecord,
        octets: bytes | None,
        there: Variant | None,
    ) -> Variant:
        """Return a record of a book as a variant; a body that is *there* already stays there."""
        standing = standing_of(state_of(line), pending=line.pending)
        assert standing is not None  # a book holds no drafts
        whose = Whose(
            line.id, line.rev, standing, manifest.agent, manifest.office, manifest.region
        )  # fmt: skip
        fact, nik_index = fact_of(line, whose), self._nik_index(line)
        body = None if there is not None and there.persons else octets
        seq = 0 if line.pending else line.seq or 0
        return Variant(
            id=line.id,
            rev=line.rev,
            hash=line.hash,
            kind=line.kind,
            erased=line.erased,
            standing=standing,
            seq=seq,
            made_at=manifest.made_at,
            since=manifest.made_at,
            book=manifest.bundle,
            agent=manifest.agent,
            office=manifest.office,
            zone=manifest.region,
            device=manifest.device,
            fact=list(fact[HEAD:]),
            persons=body is not None,
            nik_index=nik_index,
            envelope=None
            if body is None
            else self._rows.sealed(line.id, line.rev, line.hash, body),
            reply=_reply(line),
        )

    def _nik_index(self, line: BookRecord) -> bytes | None:
        nik = worker_of(line.kind, line.body or {}).get("nik")
        return self._vault.blind_index(nik) if nik and line.kind == ENROLMENT else None


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield lines by the few hundred, and fewer where they are long: they stand in memory."""
    chunk: list[Line] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += line.size
        if len(chunk) == _CHUNK or size > _CHUNK_SIZE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _differs(old: Variant | None, new: Variant) -> bool:
    return old is None or old.said != new.said


def _reply(line: BookRecord) -> dict[str, Any]:
    """Return what the central gave and said; nothing where that is nothing."""
    if not (line.assigned or line.codes):
        return {}
    given = (line.seq or 0) if line.assigned else 0
    return {"assigned": line.assigned, "given": given, "codes": sorted(line.codes)}
