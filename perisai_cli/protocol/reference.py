"""Reference data as they travel: a named, numbered set, its hash, and the central's signature.

A set is one canonical JSON document, the same as the answer of ``/v1/ref/…`` and as a file. Every
octet of it is bound: the content by its hash, the rest by the signature, the form by being the
canonical one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError

from perisai_cli.domain.errors import SomethingInTheWay
from perisai_cli.protocol.canonical import body_hash, canonical
from perisai_cli.protocol.messages import Message, Sha256
from perisai_cli.rules.installed import fingerprint

Name = Literal["rules", "regions", "occupations", "reasons"]
NAMES: tuple[Name, ...] = get_args(Name)
MAX_VERSION = 2**53 - 1
MAX_BYTES = 4 * 2**20
"""Largest set, in octets, as a file and after decompression."""

Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class ReferenceSet(Message):
    """One version of one kind of reference data, signed.

    ``hash`` is the SHA-256 of the canonical JSON of ``content``; ``key`` is the Ed25519 key whose
    ``signature`` of ``signed_octets`` this is, both base64. The reader trusts a key that it knew
    before, never the one that the set names.
    """

    name: Name
    version: int = Field(ge=1, le=MAX_VERSION, strict=True)
    valid_from: Day
    hash: Sha256
    content: dict[str, Any]
    key: str = Field(min_length=44, max_length=44)
    signature: str = Field(min_length=88, max_length=88)

    def octets(self) -> bytes:
        """Return the set as it is sent and stored in a file."""
        return canonical(self.model_dump())

    @property
    def etag(self) -> str:
        """The tag by which a device asks whether there is anything newer."""
        return etag_of(self.version, self.hash)


def etag_of(version: int, content_hash: str) -> str:
    """Return the entity tag of a set: weak, since a compressed answer has the same one."""
    return f'W/"{version}-{content_hash[:16]}"'


def signed_octets(name: str, version: int, valid_from: str, content_hash: str) -> bytes:
    """Return the octets that the central signs; the first line keeps them apart from all others."""
    return f"perisai-reference\n{name}\n{version}\n{valid_from}\n{content_hash}".encode()


def signed_set(
    name: Name,
    version: int,
    valid_from: str,
    content: dict[str, Any],
    key: str,
    sign: Callable[[bytes], bytes],
) -> ReferenceSet:
    """Return *content* as a signed set; *sign* is the private half of *key*."""
    content_hash = body_hash(content)
    signature = sign(signed_octets(name, version, valid_from, content_hash))
    return ReferenceSet(
        name=name,
        version=version,
        valid_from=valid_from,
        hash=content_hash,
        content=content,
        key=key,
        signature=base64.b64encode(signature).decode("ascii"),
    )


def opened_set(octets: bytes, name: Name, key: str) -> ReferenceSet:
    """Return the set in *octets* once everything about it is proved.

    Args:
        octets: What came, uncompressed.
        name: The kind of data that was asked for.
        key: The signing key that is trusted (Ed25519, base64).

    Raises:
        SomethingInTheWay: ``reference.too_big``, ``reference.malformed``, ``reference.other_name``,
            ``reference.hash``, ``reference.other_key`` or ``reference.signature``.
    """
    if len(octets) > MAX_BYTES:
        raise SomethingInTheWay("reference.too_big")
    found = _read(octets)
    if found.name != name:
        raise SomethingInTheWay("reference.other_name")
    if body_hash(found.content) != found.hash:
        raise SomethingInTheWay("reference.hash")
    if found.key != key:
        facts = {"found": fingerprint(found.key), "trusted": fingerprint(key)}
        raise SomethingInTheWay("reference.other_key", **facts)
    _check_signature(found)
    return found


def _read(octets: bytes) -> ReferenceSet:
    try:
        held = json.loads(octets)
        found = ReferenceSet.model_validate(held)
        whole = canonical(held) == octets
    except (ValidationError, ValueError, RecursionError):
        raise SomethingInTheWay("reference.malformed") from None
    if not whole:
        raise SomethingInTheWay("reference.malformed")
    return found


def _check_signature(found: ReferenceSet) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    message = signed_octets(found.name, found.version, found.valid_from, found.hash)
    try:
        signature = base64.b64decode(found.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(key_octets(found.key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise SomethingInTheWay("reference.signature") from None
    if base64.b64encode(signature).decode("ascii") != found.signature:
        raise SomethingInTheWay("reference.signature")  # spare bits of its last sign are set


def key_octets(key: str) -> bytes:
    """Return the 32 octets of a base64 key.

    Raises:
        ValueError: it is none, or not written in the one way there is.
    """
    octets = base64.b64decode(key, validate=True)
    if len(octets) != 32 or base64.b64encode(octets).decode("ascii") != key:
        raise ValueError("key")
    return octets


def key_text(octets: bytes) -> str:
    """Return a key of 32 octets as base64."""
    return base64.b64encode(octets).decode("ascii")
