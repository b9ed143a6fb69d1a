"""Another program can read a bundle from the reference page alone: this is one, made of its words."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import io
import json
import uuid
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from perisai_cli.protocol.bundle import BundleWriter, Told, batch_key
from perisai_cli.protocol.bundle_messages import OfficeKey, office_file
from perisai_cli.protocol.bundle_text import to_text

RECORD = "01a2036d-2cab-7c98-8330-f29c6a1e5fd7"
FINGERPRINT = "12345 67890 12345 67890 12345 67890"


def read(content: bytes, private: X25519PrivateKey, public: bytes) -> tuple[Any, list[Any]]:
    """Return a bundle's header and messages as docs/reference/bundle.md says."""
    assert content[:9] == bytes.fromhex("89505253 0D0A1A0A 01")
    size = int.from_bytes(content[9:11], "big")
    prefix, at = content[: 11 + size], 11 + size
    header = json.loads(prefix[11:])
    signed = hashlib.sha256(b"perisai bundle 1\n" + content[:-64]).digest()
    Ed25519PublicKey.from_public_bytes(public).verify(content[-64:], signed)
    sender, recipient = base64.b64decode(header["key"]), private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(sender))
    info = b"perisai/bundle/1/" + header["kind"].encode()
    box = AESGCM(HKDF(SHA256(), 32, salt=sender + recipient, info=info).derive(shared))
    packed, number, last = b"", 0, False
    while not last:
        length = int.from_bytes(content[at : at + 4], "big")
        last, length = bool(length & 0x80000000), length & 0x7FFFFFFF
        nonce = number.to_bytes(11, "big") + (b"\1" if last else b"\0")
        packed += box.decrypt(nonce, content[at + 4 : at + 4 + length], prefix)
        at, number = at + 4 + length, number + 1
    assert at == len(content) - 64
    lines = gzip.decompress(packed).decode().split("\n")
    assert lines.pop() == ""
    return header, [json.loads(line) for line in lines]


def read_text(text: str) -> bytes:
    """Return what a text that nothing happened to holds."""
    signs, whole = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", b""
    first, *lines, last = text.splitlines()
    assert (first, last) == ("PERISAI 1 MULAI", "PERISAI 1 SELESAI")
    for number, line in enumerate(lines, 1):
        assert line[:4] == f"#{number:03d}"
        bits = "".join(f"{signs.index(sign):05b}" for sign in line[4:])
        content = int(bits[:240], 2).to_bytes(30, "big")
        proof = hashlib.sha256(b"perisai line 1\n" + number.to_bytes(2, "big") + content).digest()
        assert bits[240:] == f"{int.from_bytes(proof[:3], 'big'):024b}"[:20]
        whole += content
    return whole[4 : 4 + int.from_bytes(whole[:4], "big")]


def test_a_bundle_is_laid_out_as_the_reference_says() -> None:
    office, device = X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    messages = [
        {"first": 1},
        *({"noise": hashlib.sha512(bytes([n])).hexdigest() * 9} for n in range(200)),
    ]
    told = Told("queue", RECORD, RECORD, 200, "2026-11-22T08:00:00Z", FINGERPRINT)
    sink = io.BytesIO()
    writer = BundleWriter(sink, told, office.public_key().public_bytes_raw(), device.sign)
    for message in messages:
        writer.line(message)
    writer.finish()
    header, found = read(sink.getvalue(), office, device.public_key().public_bytes_raw())
    assert found == messages
    assert {name: header[name] for name in ("kind", "id", "count", "office")} == {
        "kind": "queue", "id": RECORD, "count": 200, "office": FINGERPRINT,
    }  # fmt: skip
    assert read_text(to_text(sink.getvalue()[:20000])) == sink.getvalue()[:20000]


def test_a_batch_s_key_and_an_office_s_fingerprint_are_as_the_reference_says() -> None:
    items = [(RECORD, 1, "0" * 64)]
    plain = json.dumps(items, separators=(",", ":")).encode()
    digest = hmac.digest(b"s" * 32, plain, "sha256")[:16]
    assert batch_key(b"s" * 32, items) == str(uuid.UUID(bytes=digest, version=4))
    key = base64.b64encode(b"k" * 32).decode()
    told = f'{{"central":"c","office_key":"{key}","signing_key":"{key}"}}'.encode()
    office = OfficeKey(central="c", office_key=key, signing_key=key)
    assert office_file(office) == bytes.fromhex("5052534B45590001") + told
    number = int.from_bytes(hashlib.sha256(b"perisai office 1\n" + told).digest(), "big") % 10**30
    assert office.fingerprint.replace(" ", "") == f"{number:030d}"
