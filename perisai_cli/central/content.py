"""Reads the content of requests: bounded in size, checked against its digest, unpacked, parsed."""

from __future__ import annotations

import zlib
from typing import TypeVar

from fastapi import Request
from pydantic import ValidationError

from perisai_cli.central.problems import Refusal, invalid
from perisai_cli.protocol.blobs import MAX_CHUNK
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.messages import MAX_BYTES, Message

M = TypeVar("M", bound=Message)

MAX_SMALL = 16 * 1024
"""Largest content of a message that is not a batch."""

_GZIP = 16 + zlib.MAX_WBITS


async def read_message(request: Request, model: type[M]) -> M:
    """Return the message of a request that is not a batch; its digest is checked if it has one.

    Raises:
        Refusal: as ``read_batch``, or it breaks the message's form.
    """
    return parse(await _read_checked(request, MAX_SMALL, _digests(request)), model)


async def read_batch(request: Request) -> bytes:
    """Return the content of a batch, unpacked, once its digest proved that it came whole.

    Raises:
        Refusal: an unknown encoding, no digest or another one, too large, or broken gzip.
    """
    digests = _digests(request)
    if not digests:
        raise Refusal("digest.missing")
    return await _read_checked(request, MAX_BYTES, digests)


async def read_chunk(request: Request) -> bytes:
    """Return a chunk of a photo once its digest proved that it came whole.

    Raises:
        Refusal: as ``read_batch``.
    """
    digests = _digests(request)
    if not digests:
        raise Refusal("digest.missing")
    return await _read_checked(request, MAX_CHUNK, digests)


def unpack(content: bytes, limit: int = MAX_BYTES) -> bytes:
    """Return gzip data unpacked, without ever making more than *limit* bytes and one.

    Raises:
        Refusal: ``batch.too_large`` or ``encoding.broken``.
    """
    unpacker = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpacker.decompress(content, limit + 1)
    except zlib.error as error:
        raise Refusal("encoding.broken") from error
    if len(unpacked) > limit:
        raise Refusal("batch.too_large")
    if not unpacker.eof or unpacker.unused_data:
        raise Refusal("encoding.broken")
    return unpacked


def parse(content: bytes, model: type[M]) -> M:
    """Return the message in JSON *content*.

    Raises:
        Refusal: it breaks the message's form; the refusal repeats nothing of it.
    """
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        # Without a cause: the error beneath holds the content.
        raise invalid(error) from None


def _digests(request: Request) -> list[str]:
    """Return the SHA-256 digests that a request states; other algorithms are passed over."""
    stated = request.headers.get("Content-Digest", "").split(",")
    return [part.strip() for part in stated if part.strip().startswith("sha-256=")]


async def _read_checked(request: Request, limit: int, digests: list[str]) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("gzip", "identity"):
        raise Refusal("encoding.unknown")
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise Refusal("batch.too_large")
    sent = bytes(content)
    if digests and content_digest(sent) not in digests:
        raise Refusal("digest.mismatch")
    return unpack(sent, limit) if encoding == "gzip" else sent
