"""The office's extract of its members: keyed, cut-down hashes that answer «perhaps» or «not here».

A member's NIK becomes the first bits of its HMAC-SHA256 under a key that only the office and its
devices have. The bits are so few that, for each 128 to 256 people who are no members, one has
the bits of a member: a list of hits is never a list of members. The file is

* a line of canonical JSON: its header, signed by the central, with the SHA-256 of the rest;
* where each bucket begins, 4 octets for each and 4 for the end (little-endian);
* the hashes' last 16 bits, in order within their bucket, 2 octets each.

The bucket is the bits before the last 16, so that a look-up reads one bucket and no more.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import struct
from array import array
from collections.abc import Callable, Iterable
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from perisai_cli.domain.errors import SomethingInTheWay
from perisai_cli.protocol.canonical import canonical
from perisai_cli.protocol.messages import Message, Sha256

KEY_BYTES = 32
SPARE_BITS = 7
"""Bits beyond those that number the members: of as many others, one in 2**7 or fewer is taken
for a member."""
MOST_BITS = 32
MAX_MEMBERS = 2 ** (MOST_BITS - SPARE_BITS)
MAX_HEADER = 1024
MAX_BYTES = 16 * 2**20
"""Largest file, in octets: some eight million members."""

_REST_BITS = 16
_STARTS = struct.Struct("<I")
_RESTS = struct.Struct("<H")
_PARTS = 256

Octets = bytes | memoryview


class Header(Message):
    """What a file says of itself.

    Attributes:
        kind: Always ``register``.
        form: Version of the file's form.
        version: Number of the extract; a later one has a higher.
        made: Day on which it was made, as people there date it.
        members: How many members went into it.
        bits: How many bits of each hash it keeps.
        key_id: Which key the hashes are under; tells nothing of the key.
        sha256: Of all that follows the header's line.
        signer: The central's signing key (Ed25519, base64).
        signature: Of ``signed_octets``, base64; a reader trusts a signer that it knew before.
    """

    kind: Literal["register"] = "register"
    form: Literal[1] = 1
    version: int = Field(ge=1, le=2**53 - 1, strict=True)
    made: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    members: int = Field(ge=1, le=MAX_MEMBERS, strict=True)
    bits: int = Field(ge=1, le=MOST_BITS, strict=True)
    key_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    sha256: Sha256
    signer: str = Field(min_length=44, max_length=44)
    signature: str = Field(default="", max_length=88)

    def signed_octets(self) -> bytes:
        """Return what the central signs."""
        unsigned = self.model_dump(exclude={"signature"})
        return b"perisai-register\n" + canonical(unsigned)

    def line(self) -> bytes:
        """Return the header as it stands in the file."""
        return canonical(self.model_dump()) + b"\n"

    @property
    def etag(self) -> str:
        """The tag by which a device asks whether there is a newer one."""
        return etag_of(self.version, self.sha256)


class RegisterKey(Message):
    """The key of the hashes as the central hands it to a device that has signed in."""

    key_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    key: str = Field(pattern=r"^[0-9a-f]{64}$")


def etag_of(version: int, sha256: str) -> str:
    """Return the entity tag of an extract."""
    return f'"{version}-{sha256[:16]}"'


def key_id(key: bytes) -> str:
    """Return the short name of a key; the key can't be found from it."""
    return hashlib.sha256(b"perisai-register-key\n" + key).hexdigest()[:16]


def hashed(key: bytes, nik: str) -> int:
    """Return the first 32 bits of a NIK's hash, of which a file keeps the first few."""
    return int.from_bytes(hmac.digest(key, nik.encode("ascii"), "sha256")[:4], "big")


def bits_for(members: int) -> int:
    """Return how many bits of each hash are kept for so many members."""
    return min((members - 1).bit_length() + SPARE_BITS, MOST_BITS)


class Gathering:
    """Collects the hashes of members that come one by one: four octets for each, in parts."""

    def __init__(self, key: bytes):
        self._key = key
        self._parts = [array("I") for _ in range(_PARTS)]

    def add(self, nik: str) -> None:
        """Take in a member's NIK, sixteen digits; a second time changes nothing."""
        found = hashed(self._key, nik)
        self._parts[found >> (MOST_BITS - 8)].append(found)

    def packed(self) -> tuple[int, int, bytes]:
        """Return how many members there are, the bits kept of each, and the body of the file."""
        for index, part in enumerate(self._parts):
            self._parts[index] = array("I", sorted(set(part)))
        members = sum(map(len, self._parts))
        bits = bits_for(max(members, 1))
        shift = MOST_BITS - bits
        return members, bits, _body((each >> shift for part in self._parts for each in part), bits)


def _body(hashes: Iterable[int], bits: int) -> bytes:
    """Return ordered hashes as starts of buckets and rests, each hash once."""
    starts, rests = array("I", [0]), bytearray()
    last, count = -1, 0
    for each in hashes:
        if each == last:
            continue
        last = each
        while len(starts) <= each >> _REST_BITS:
            starts.append(count)
        rests += _RESTS.pack(each & 0xFFFF)
        count += 1
    while len(starts) <= _buckets(bits):
        starts.append(count)
    return b"".join(map(_STARTS.pack, starts)) + bytes(rests)


def _buckets(bits: int) -> int:
    return 1 << max(bits - _REST_BITS, 0)


def signed_register(header: Header, body: bytes, sign: Callable[[bytes], str]) -> bytes:
    """Return the whole file; *sign* is the private half of the header's signer."""
    signed = header.model_copy(update={"signature": sign(header.signed_octets())})
    return signed.line() + body


class Register:
    """A file that is open for looking up; the octets may be mapped, and one bucket is read."""

    def __init__(self, octets: Octets):
        """Take a file whose form is sound.

        Raises:
            SomethingInTheWay: ``register.malformed`` or ``register.damaged``.
        """
        held = memoryview(octets)
        self.header, size = _header(bytes(held[:MAX_HEADER]))
        self._body = held[size:]
        self._rests = _STARTS.size * (_buckets(self.header.bits) + 1)
        if len(self._body) < self._rests:
            raise SomethingInTheWay("register.malformed")
        self._starts = struct.unpack_from(f"<{self._rests // _STARTS.size}I", self._body)
        in_order = self._starts[0] == 0 and all(
            low <= high for low, high in itertools.pairwise(self._starts)
        )
        if not in_order or len(self._body) != self._rests + _RESTS.size * self._starts[-1]:
            raise SomethingInTheWay("register.malformed")
        if hashlib.sha256(self._body).hexdigest() != self.header.sha256:
            raise SomethingInTheWay("register.damaged")

    def check_signature(self, signer: str) -> None:
        """Check that the central with this signing key (Ed25519, base64) made the file.

        Raises:
            SomethingInTheWay: ``register.other_key`` or ``register.signature``.
        """
        import base64

        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if self.header.signer != signer:
            raise SomethingInTheWay("register.other_key")
        try:
            signature = base64.b64decode(self.header.signature, validate=True)
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signer, validate=True))
            public.verify(signature, self.header.signed_octets())
        except (InvalidSignature, ValueError):
            raise SomethingInTheWay("register.signature") from None

    def perhaps(self, key: bytes, nik: str) -> bool:
        """Tell whether a NIK of sixteen digits may be a member's; False is certain.

        *key* must be the one that ``header.key_id`` names.
        """
        kept = hashed(key, nik) >> (MOST_BITS - self.header.bits)
        bucket, rest = kept >> _REST_BITS, kept & 0xFFFF
        low, end = self._starts[bucket], self._starts[bucket + 1]
        high = end
        while low < high:
            middle = (low + high) // 2
            (there,) = _RESTS.unpack_from(self._body, self._rests + _RESTS.size * middle)
            if there < rest:
                low = middle + 1
            else:
                high = middle
        if low == end:
            return False
        (found,) = _RESTS.unpack_from(self._body, self._rests + _RESTS.size * low)
        return bool(found == rest)


def _header(begin: bytes) -> tuple[Header, int]:
    line, end, _ = begin.partition(b"\n")
    try:
        header = Header.model_validate(json.loads(line))
    except (ValidationError, ValueError, RecursionError):
        raise SomethingInTheWay("register.malformed") from None
    if not end or header.line() != line + end:
        raise SomethingInTheWay("register.malformed")
    return header, len(line) + 1
