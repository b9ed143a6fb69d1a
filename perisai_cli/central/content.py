"""Reads the content of requests: bounded in size, checked against its digest, unpacked, parsed."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections.abc import AsyncIterator
from typing import TypeVar

from fastapi import Request
from pydantic import ValidationError

from perisai_cli.central.problems import Refusal, invalid
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.messages import MAX_BYTES, Message

M = TypeVar("M", bound=Message)

MAX_SMALL = 16 * 1024
"""Largest content of a message that is not a batch."""

PATIENT_OCTETS = 250
"""Octets that earn a sender one more second; the slowest link worth serving brings 8,000."""

MAX_PASSED_OVER = 8 * 2**20
"""Octets beyond the limit that are still read, for the sake of a sender who waits to be told."""

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


async def read_sealed(request: Request, limit: int) -> bytes:
    """Return octets that are no message, at most *limit*, once their digest proved them whole.

    Raises:
        Refusal: as ``read_batch``.
    """
    digests = _digests(request)
    if not digests:
        raise Refusal("digest.missing")
    return await _read_checked(request, limit, digests)


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
        message = model.model_validate_json(content)
    except ValidationError as error:
        # Without a cause: the error beneath holds the content.
        raise invalid(error) from None
    refuse_twins(content)
    return message


def refuse_twins(content: bytes) -> None:
    """Refuse JSON in which an object names a member twice: readers differ on which one counts.

    *content* is known to be JSON, and not to be nested deeply.

    Raises:
        Refusal: ``request.invalid``.
    """
    json.loads(content, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refusal("request.invalid", "a member stands twice")
    return members


def _digests(request: Request) -> list[str]:
    """Return the SHA-256 digests that a request states; other algorithms are passed over."""
    stated = request.headers.get("Content-Digest", "").split(",")
    return [part.strip() for part in stated if part.strip().startswith("sha-256=")]


async def _read_checked(request: Request, limit: int, digests: list[str]) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("gzip", "identity"):
        raise Refusal("encoding.unknown")
    sent = await read_octets(request, limit)
    if digests and content_digest(sent) not in digests:
        raise Refusal("digest.mismatch")
    return unpack(sent, limit) if encoding == "gzip" else sent


async def read_octets(request: Request, limit: int) -> bytes:
    """Return the content of a request as it was sent.

    Raises:
        Refusal: ``batch.too_large``; ``request.slow``, for a sender who is slower than any link
            that can be worked on.
    """
    content = bytearray()
    received = 0
    async for chunk in _in_time(request):
        received += len(chunk)
        if received <= limit:
            content += chunk
        elif received > limit + MAX_PASSED_OVER:
            raise Refusal("batch.too_large", close=True)
    if received > limit:
        raise Refusal("batch.too_large")
    return bytes(content)


async def _in_time(request: Request) -> AsyncIterator[bytes]:
    """Yield the pieces of a request's content, as long as they keep coming."""
    until = time.monotonic() + request.app.state.central.manner.patience_seconds
    pieces = request.stream()
    while True:
        try:
            async with asyncio.timeout(until - time.monotonic()):
                piece = await anext(pieces, None)
        except TimeoutError:
            raise Refusal("request.slow", close=True) from None
        if piece is None:
            return
        until += len(piece) / PATIENT_OCTETS
        yield piece
