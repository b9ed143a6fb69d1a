"""A bundle: messages of the protocol in one file, encrypted to whom they are for, and signed.

The layout stands octet by octet in ``docs/reference/bundle.md``. A file is read and written in
chunks, so that its length costs no memory. Whoever only carries it reads the header and no more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import ValidationError

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.protocol.bundle_messages import FORMAT, Header
from perisai_cli.protocol.canonical import canonical
from perisai_cli.protocol.messages import MAX_BYTES

MAGIC = b"\x89PRS\r\n\x1a\n"
"""First octets of every bundle; a line end that something changed on the way shows in them."""

CHUNK = 64 * 1024
"""Octets of content in each chunk but the last."""

MAX_HEADER = 1024
SIGNATURE = 64
_TAG = 16
_LAST = 1 << 31
_LENGTH = 4
_SIGNED_AS = b"perisai bundle 1\n"
_MAX_LINE = MAX_BYTES + 64 * 1024


class Sink(Protocol):
    """Where a bundle is written to."""

    def write(self, content: bytes, /) -> Any:
        """Write octets."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a header tells beside the key: ``kind`` is ``queue``, ``answer`` or ``book``."""

    kind: str
    id: str
    device: str
    count: int
    created_at: str
    office: str


class BundleWriter:
    """Writes one bundle, line by line; it is none before ``finish``."""

    def __init__(self, sink: Sink, told: Told, recipient: bytes, sign: Callable[[bytes], bytes]):
        ephemeral = X25519PrivateKey.generate()
        public = ephemeral.public_key().public_bytes_raw()
        header = asdict(told) | {"key": base64.b64encode(public).decode("ascii")}
        self._sink = sink
        self._sign = sign
        self._hash = hashlib.sha256(_SIGNED_AS)
        self._packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
        self._waiting = bytearray()
        self._prefix = _prefix(canonical(header))
        to = X25519PublicKey.from_public_bytes(recipient)
        self._box = _box(ephemeral.exchange(to), public, recipient, told.kind)
        self._number = 0
        self._write(self._prefix)

    def line(self, message: Mapping[str, Any]) -> None:
        """Write one message; only whole chunks go out."""
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":")) + "\n"
        self._waiting += self._packer.compress(text.encode("utf-8"))
        while len(self._waiting) > CHUNK:
            self._chunk(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        """Write what is left, marked as the end, and the signature over all of it."""
        self._waiting += self._packer.flush()
        while len(self._waiting) > CHUNK:
            self._chunk(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        self._chunk(bytes(self._waiting), last=True)
        self._sink.write(self._sign(self._hash.digest()))

    def _chunk(self, content: bytes, *, last: bool) -> None:
        sealed = self._box.encrypt(_nonce(self._number, last=last), content, self._prefix)
        self._number += 1
        self._write((len(sealed) | (_LAST if last else 0)).to_bytes(_LENGTH, "big") + sealed)

    def _write(self, content: bytes) -> None:
        self._hash.update(content)
        self._sink.write(content)


class Bundle:
    """A bundle that came from somewhere: its header is read, the rest is yet to be believed.

    Args:
        file: A seekable file that stands at the bundle's beginning.

    Raises:
        InvalidInput: ``bundle.not_one``, ``bundle.version`` or ``bundle.damaged``.
    """

    def __init__(self, file: BinaryIO):
        self._file = file
        self._begin = file.tell()
        if file.read(len(MAGIC)) != MAGIC:
            raise InvalidInput("bundle.not_one")
        version, length = self._whole(1)[0], int.from_bytes(self._whole(2), "big")
        if version != FORMAT:
            raise InvalidInput("bundle.version", found=version, known=FORMAT)
        if length > MAX_HEADER:
            raise InvalidInput("bundle.damaged")
        text = self._whole(length)
        try:
            self.header = Header.model_validate_json(text)
        except ValidationError:
            raise InvalidInput("bundle.damaged") from None
        self._prefix = _prefix(text)

    def verify(self, public_key: bytes) -> None:
        """Return if every octet of the file is as the holder of this Ed25519 key signed it.

        Raises:
            InvalidInput: ``bundle.damaged``: cut short, or with something behind its end;
                ``bundle.signature``: changed, or signed by another.
        """
        signed = hashlib.sha256(_SIGNED_AS + self._prefix)
        for frame, _last in self._frames():
            signed.update(frame)
        signature = self._whole(SIGNATURE)
        if self._file.read(1):
            raise InvalidInput("bundle.damaged")
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed.digest())
        except (InvalidSignature, ValueError):
            raise InvalidInput("bundle.signature") from None

    def lines(self, private_key: X25519PrivateKey) -> Iterator[bytes]:
        """Yield the messages, each as its JSON, from the first one on.

        Raises:
            InvalidInput: ``bundle.damaged``: it was changed, reordered or cut, or is not for this
                key.
        """
        unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        waiting = bytearray()
        for content in self._contents(private_key):
            for unpacked in _bit_by_bit(unpacker, content):
                waiting += unpacked
                yield from _whole_lines(waiting)
        if waiting or not unpacker.eof or unpacker.unused_data:
            raise InvalidInput("bundle.damaged")

    def _contents(self, private_key: X25519PrivateKey) -> Iterator[bytes]:
        public = base64.b64decode(self.header.key)
        own = private_key.public_key().public_bytes_raw()
        try:
            shared = private_key.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError:  # a key of low order
            raise InvalidInput("bundle.damaged") from None
        box = _box(shared, public, own, self.header.kind)
        for number, (frame, last) in enumerate(self._frames()):
            try:
                yield box.decrypt(_nonce(number, last=last), frame[_LENGTH:], self._prefix)
            except InvalidTag:
                raise InvalidInput("bundle.damaged") from None

    def _frames(self) -> Iterator[tuple[bytes, bool]]:
        """Yield each chunk with its length before it, and whether it says that it is the last."""
        at, last = self._begin + len(self._prefix), False
        while not last:
            # Others may read from the same file between two chunks.
            self._file.seek(at)
            length = self._whole(_LENGTH)
            number = int.from_bytes(length, "big")
            last, size = bool(number & _LAST), number & ~_LAST
            if not _TAG <= size <= CHUNK + _TAG:
                raise InvalidInput("bundle.damaged")
            frame = length + self._whole(size)
            at += len(frame)
            yield frame, last

    def _whole(self, size: int) -> bytes:
        content = self._file.read(size)
        if len(content) < size:
            raise InvalidInput("bundle.damaged")
        return content


def _prefix(header: bytes) -> bytes:
    return MAGIC + bytes([FORMAT]) + len(header).to_bytes(2, "big") + header


def _box(shared: bytes, ephemeral: bytes, recipient: bytes, kind: str) -> AESGCM:
    info = f"perisai/bundle/1/{kind}".encode()
    return AESGCM(HKDF(SHA256(), 32, ephemeral + recipient, info).derive(shared))


def _nonce(number: int, *, last: bool) -> bytes:
    """Return a chunk's nonce: its place and whether it is the end, so that neither can change."""
    return number.to_bytes(11, "big") + bytes([last])


def _bit_by_bit(unpacker: Any, content: bytes) -> Iterator[bytes]:
    """Yield *content* unpacked, never more of it at once than the longest line may have."""
    more = True
    while more:
        try:
            unpacked = unpacker.decompress(content, _MAX_LINE)
        except zlib.error:
            raise InvalidInput("bundle.damaged") from None
        yield unpacked
        content = unpacker.unconsumed_tail
        more = bool(content) or len(unpacked) == _MAX_LINE


def _whole_lines(waiting: bytearray) -> Iterator[bytes]:
    """Take the whole lines out of *waiting*, and leave the piece behind them."""
    end = waiting.rfind(b"\n")
    if end < 0:
        if len(waiting) > _MAX_LINE:
            raise InvalidInput("bundle.damaged")
        return
    whole = bytes(waiting[:end])
    del waiting[: end + 1]
    yield from whole.split(b"\n")


def batch_key(secret: bytes, receipts: Sequence[tuple[str, int, str]]) -> str:
    """Return a batch's key: an HMAC, in the form of a UUID, over (id, rev, hash) of its items.

    Only who holds the *secret* can make it, so an answer that names a key and its items proves by
    itself that just these items were in the batch; nobody need remember them.
    """
    named = canonical([list(receipt) for receipt in receipts])
    return str(uuid.UUID(bytes=hmac.digest(secret, named, "sha256")[:16], version=4))
