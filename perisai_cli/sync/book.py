"""An agent's book as a file: how it is written, and how a supervisor reads one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import ValidationError

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.facts import PENDING, Whose
from perisai_cli.protocol.bodies import is_erasure
from perisai_cli.protocol.book import MAX_RECORD, BookManifest, BookRecord, Line, SupervisorKey
from perisai_cli.protocol.book_facts import reduced, state_of
from perisai_cli.protocol.bundle import Bundle, BundleWriter, Sink, Told
from perisai_cli.protocol.canonical import canonical

PERSONAL = ("body", "assigned", "columns")
"""Members of a record that a book without persons does not have."""


def write_book(
    manifest: BookManifest,
    lines: Iterable[Mapping[str, Any]],
    supervisor: SupervisorKey,
    sink: Sink,
    sign: Callable[[bytes], bytes],
) -> None:
    """Write records as one book, one after another; where persons stay out, as their facts."""
    told = Told(
        "book", manifest.bundle, manifest.device, manifest.records, manifest.made_at,
        manifest.supervisor,
    )  # fmt: skip
    writer = BundleWriter(sink, told, base64.b64decode(supervisor.key), sign)
    writer.line(manifest.model_dump(exclude_none=True))
    for line in lines:
        writer.line(line if manifest.persons else _without_person(manifest, line))
    writer.finish()


def _without_person(manifest: BookManifest, line: Mapping[str, Any]) -> dict[str, Any]:
    record = BookRecord.model_validate(line)
    whose = Whose(
        record.id, record.rev, PENDING, manifest.agent, manifest.office, manifest.region
    )  # fmt: skip
    kept = {name: value for name, value in line.items() if name not in PERSONAL}
    return kept | {"state": state_of(record), "facts": reduced(record, whose)}


class Book:
    """A book that came to its supervisor and was proved to be whole and its device's.

    Args:
        file: A seekable file that stands at the book's beginning.
        supervisor: Whom it must be for.
        private_key: The key that opens it.

    Raises:
        InvalidInput: ``bundle.not_one``, ``bundle.version``, ``bundle.damaged``,
            ``bundle.signature``; ``book.not_one``: it is another kind of bundle;
            ``book.other_supervisor``: it is for another.
    """

    def __init__(self, file: BinaryIO, supervisor: SupervisorKey, private_key: X25519PrivateKey):
        self._bundle = Bundle(file)
        self._key = private_key
        self.header = self._bundle.header
        if self.header.kind != "book":
            raise InvalidInput("book.not_one")
        if self.header.office != supervisor.fingerprint:
            raise InvalidInput("book.other_supervisor", theirs=self.header.office)
        self.manifest = self._read_manifest()
        self._bundle.verify(base64.b64decode(self.manifest.public_key))

    def _read_manifest(self) -> BookManifest:
        header = self.header
        try:
            manifest = BookManifest.model_validate_json(next(self._lines()))
        except (ValidationError, StopIteration):
            raise InvalidInput("bundle.damaged") from None
        told = (manifest.bundle, manifest.device, manifest.records, manifest.made_at)
        if told != (header.id, header.device, header.count, header.created_at):
            raise InvalidInput("bundle.damaged")
        if manifest.supervisor != header.office:
            raise InvalidInput("bundle.damaged")
        return manifest

    def _lines(self) -> Iterator[bytes]:
        return self._bundle.lines(self._key)

    def records(self) -> Iterator[Line]:
        """Yield the records, each with its body's canonical JSON, whose hash it really has.

        Raises:
            InvalidInput: ``bundle.damaged``: the device wrote something else than its manifest
                says; ``book.line``: a line is no record; ``book.record_length``: it is longer than
                any record's; ``book.record``: a record can't be.
        """
        lines, count = self._lines(), 0
        next(lines)
        for count, line in enumerate(lines, 1):
            if count > self.manifest.records:
                raise InvalidInput("bundle.damaged")
            if len(line) > MAX_RECORD:
                raise InvalidInput("book.record_length", line=count, limit=MAX_RECORD)
            try:
                record = BookRecord.model_validate_json(line)
            except ValidationError:
                raise InvalidInput("book.line", line=count) from None
            yield Line(record, self._checked(record), len(line))
        if count != self.manifest.records:
            raise InvalidInput("bundle.damaged")

    def _checked(self, record: BookRecord) -> bytes | None:
        """Return the body of a record that comes as its book says: whole, or as facts alone."""
        body = record.body
        if (body is not None, record.facts is None) != (self.manifest.persons,) * 2:
            raise InvalidInput("bundle.damaged")
        if body is None:
            return None
        try:
            octets = canonical(body)
        except ValueError:
            raise InvalidInput("book.record", record=record.id) from None
        fits = hashlib.sha256(octets).hexdigest() == record.hash
        if not fits or is_erasure(body) != record.erased:
            raise InvalidInput("book.record", record=record.id)
        return octets
