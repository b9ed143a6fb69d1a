"""Asks the central for reference data: one request, bounded in what it may bring."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from perisai_cli.domain.errors import PerisaiError, SomethingInTheWay
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.messages import PROTOCOL, PROTOCOL_HEADER
from perisai_cli.protocol.reference import MAX_BYTES, Name
from perisai_cli.sync.client import Client

_GZIP = 16 + zlib.MAX_WBITS


def fetch_reference(client: Client, name: Name, etag: str | None) -> bytes | None:
    """Return the set that the central has in force, unproved, or None when *etag* is its tag.

    Raises:
        TryLater: no answer, or a part of one.
        PerisaiError: ``central.refused``, as by a central that is too old to give any out.
        SomethingInTheWay: something else than a central answers, more than ``MAX_BYTES`` come, or
            the content is not what its digest says.
    """
    headers = {"If-None-Match": etag} if etag else {}
    with client.streamed(f"/v1/ref/{name}", headers) as response:
        status, found = response.status_code, response.headers
        if found.get(PROTOCOL_HEADER) != PROTOCOL or (status == 304 and etag is None):
            raise SomethingInTheWay("network.not_central", status=status)
        if status not in (200, 304):
            raise PerisaiError("central.refused", status=status, reason=response.reason_phrase)
        if status == 304:
            return None
        raw = _bounded(response.iter_raw())
    if found.get("Content-Digest", content_digest(raw)) != content_digest(raw):
        raise SomethingInTheWay("reference.hash")
    encoding = found.get("Content-Encoding", "identity")
    if encoding == "identity":
        return raw
    if encoding != "gzip":
        raise SomethingInTheWay("reference.malformed")
    return _unpacked(raw)


def _bounded(parts: Iterator[bytes]) -> bytes:
    raw = bytearray()
    for part in parts:
        raw += part
        if len(raw) > MAX_BYTES:
            raise SomethingInTheWay("reference.too_big")
    return bytes(raw)


def _unpacked(raw: bytes) -> bytes:
    """Return what a gzip stream holds, never unpacking more than is taken."""
    unpacking = zlib.decompressobj(_GZIP)
    try:
        plain = unpacking.decompress(raw, MAX_BYTES + 1)
    except zlib.error:
        raise SomethingInTheWay("reference.malformed") from None
    if len(plain) > MAX_BYTES:
        raise SomethingInTheWay("reference.too_big")
    if not unpacking.eof or unpacking.unused_data:
        raise SomethingInTheWay("reference.malformed")
    return plain
