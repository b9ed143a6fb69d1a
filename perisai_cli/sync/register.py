"""Asks the central for its extract of members and the key to it, with this device's authority."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from perisai_cli.domain.errors import PerisaiError, SomethingInTheWay
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.messages import PROTOCOL, PROTOCOL_HEADER
from perisai_cli.protocol.register import MAX_BYTES, RegisterKey, key_id
from perisai_cli.sync.client import failure
from perisai_cli.sync.session import Session


def fetch_key(session: Session, now: datetime) -> bytes:
    """Return the key of the hashes.

    Raises:
        PerisaiError: ``register.none``: the office has made no extract.
        SignInAgain: the central does not take this device.
        SomethingInTheWay: what came is no key.
        TryLater: the network or the central failed.
    """
    answer = session.get("/v1/register/key", {}, now)
    if answer.status != 200:
        raise failure(answer)
    try:
        message = RegisterKey.model_validate(answer.content)
    except ValidationError:
        raise SomethingInTheWay("register.malformed") from None
    key = bytes.fromhex(message.key)
    if key_id(key) != message.key_id:
        raise SomethingInTheWay("register.malformed")
    return key


def fetch_register(session: Session, etag: str | None, now: datetime) -> bytes | None:
    """Return the extract, unproved, or None when *etag* is its tag.

    Raises:
        TryLater: no answer, or a part of one.
        PerisaiError: ``central.refused``.
        SomethingInTheWay: something else than a central answers, more than ``MAX_BYTES`` come, or
            the content is not what its digest says.
    """
    headers = session.authorised(now) | ({"If-None-Match": etag} if etag else {})
    headers |= {"Accept-Encoding": "identity"}
    with session.client.streamed("/v1/register", headers) as response:
        status, found = response.status_code, response.headers
        if found.get(PROTOCOL_HEADER) != PROTOCOL or (status == 304 and etag is None):
            raise SomethingInTheWay("network.not_central", status=status)
        if status not in (200, 304):
            raise PerisaiError("central.refused", status=status, reason=response.reason_phrase)
        if status == 304:
            return None
        raw = bytearray()
        for part in response.iter_raw():
            raw += part
            if len(raw) > MAX_BYTES:
                raise SomethingInTheWay("register.malformed")
    octets = bytes(raw)
    if found.get("Content-Digest") != content_digest(octets):
        raise SomethingInTheWay("register.damaged")
    return octets
