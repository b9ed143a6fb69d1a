"""A bundle opens whole, as it was made and for whom it was made, or it does not open at all."""

from __future__ import annotations

import base64
import io
import json
import os
import tracemalloc
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bundle import CHUNK, MAGIC, Bundle, BundleWriter, Told, batch_key
from perisai_cli.protocol.bundle_messages import OfficeKey
from perisai_cli.protocol.messages import MAX_BYTES

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
OFFICE, DEVICE = X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
PUBLIC = DEVICE.public_key().public_bytes_raw()
FINGERPRINT = "12345 67890 12345 67890 12345 67890"
MESSAGES: list[dict[str, Any]] = [{"n": 0}, {"text": "Ni Luh \n Uji"}, {"many": [1, 2, 3]}]


def made(messages: list[dict[str, Any]], kind: str = "queue") -> bytes:
    told = Told(kind, new_id(NOW), new_id(NOW), len(messages), timestamp(NOW), FINGERPRINT)
    sink = io.BytesIO()
    writer = BundleWriter(sink, told, OFFICE.public_key().public_bytes_raw(), DEVICE.sign)
    for message in messages:
        writer.line(message)
    writer.finish()
    return sink.getvalue()


def opened(content: bytes, key: X25519PrivateKey = OFFICE, public: bytes = PUBLIC) -> list[Any]:
    bundle = Bundle(io.BytesIO(content))
    bundle.verify(public)
    return [json.loads(line) for line in bundle.lines(key)]


WHOLE = made(MESSAGES)
NOISE = [{"noise": base64.b64encode(os.urandom(CHUNK // 2)).decode()} for _ in range(6)]
LONG = made(NOISE)


def refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        opened(content)
    assert caught.value.code in {
        "bundle.not_one", "bundle.version", "bundle.damaged", "bundle.signature",
    }  # fmt: skip


def frames(content: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Return a bundle's prefix, its chunks with their lengths, and its signature."""
    at = len(MAGIC) + 3
    at += int.from_bytes(content[at - 2 : at], "big")
    prefix, found, last = content[:at], [], False
    while not last:
        number = int.from_bytes(content[at : at + 4], "big")
        last, size = bool(number >> 31), number & (1 << 31) - 1
        found.append(content[at : at + 4 + size])
        at += 4 + size
    return prefix, found, content[at:]


def test_what_was_written_is_read_in_its_order() -> None:
    assert opened(WHOLE) == MESSAGES
    assert opened(LONG) == NOISE
    assert len(frames(LONG)[1]) > 2
    assert opened(made([])) == []


def test_the_header_tells_a_courier_nothing_but_what_it_must() -> None:
    header = Bundle(io.BytesIO(WHOLE)).header
    assert set(header.model_dump()) == {
        "kind", "id", "device", "count", "created_at", "office", "key",
    }  # fmt: skip


@given(st.data())
def test_one_changed_bit_anywhere_is_seen(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from([WHOLE, LONG]))
    at = data.draw(st.integers(0, len(content) - 1))
    bit = data.draw(st.integers(0, 7))
    refused(content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :])


def test_every_octet_of_a_small_bundle_counts() -> None:
    for at in range(len(WHOLE)):
        refused(WHOLE[:at] + bytes([WHOLE[at] ^ 0x20]) + WHOLE[at + 1 :])


def test_a_bundle_cut_short_anywhere_is_seen() -> None:
    for at in range(len(WHOLE)):
        refused(WHOLE[:at])


def test_chunks_that_are_left_out_doubled_swapped_or_added_are_seen() -> None:
    prefix, chunks, signature = frames(LONG)
    first, second, *rest = chunks
    for wrong in (
        [second, first, *rest],
        [second, *rest],
        [first, first, second, *rest],
        [first],
        chunks[:-1],
        [*chunks, chunks[-1]],
    ):
        refused(prefix + b"".join(wrong) + signature)
    refused(LONG + b"\0")


def test_chunks_are_bound_to_their_place_even_without_the_signature() -> None:
    prefix, chunks, _signature = frames(LONG)
    first, second, *rest = chunks
    as_last = (int.from_bytes(first[:4], "big") | 1 << 31).to_bytes(4, "big") + first[4:]
    for wrong in ([second, first, *rest], [as_last]):
        with pytest.raises(InvalidInput) as caught:
            list(Bundle(io.BytesIO(prefix + b"".join(wrong))).lines(OFFICE))
        assert caught.value.code == "bundle.damaged"


def test_the_header_of_another_bundle_opens_nothing() -> None:
    other, _, _ = frames(made(MESSAGES))
    _, chunks, signature = frames(WHOLE)
    refused(other + b"".join(chunks) + signature)
    with pytest.raises(InvalidInput):
        list(Bundle(io.BytesIO(other + b"".join(chunks))).lines(OFFICE))


def test_another_key_neither_opens_nor_vouches() -> None:
    with pytest.raises(InvalidInput, match="damaged"):
        opened(WHOLE, key=X25519PrivateKey.generate())
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(InvalidInput, match="signature"):
        opened(WHOLE, public=stranger)


def test_a_key_of_low_order_is_refused() -> None:
    prefix, chunks, signature = frames(WHOLE)
    key = Bundle(io.BytesIO(WHOLE)).header.key.encode()
    weak = prefix.replace(key, base64.b64encode(bytes(32)))
    with pytest.raises(InvalidInput, match="damaged"):
        list(Bundle(io.BytesIO(weak + b"".join(chunks) + signature)).lines(OFFICE))


def test_a_newer_format_is_named_and_not_read() -> None:
    newer = WHOLE[: len(MAGIC)] + b"\x02" + WHOLE[len(MAGIC) + 1 :]
    with pytest.raises(InvalidInput) as caught:
        Bundle(io.BytesIO(newer))
    assert caught.value.code == "bundle.version"
    assert caught.value.problems[0].facts == {"found": 2, "known": 1}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", MAGIC[:4], MAGIC.replace(b"\r\n", b"\n")])
def test_another_file_is_not_taken_for_one(content: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"bundle\.not_one"):
        Bundle(io.BytesIO(content))


def test_a_long_bundle_costs_no_memory() -> None:
    def write(lines: int) -> int:
        told = Told("queue", new_id(NOW), new_id(NOW), lines, timestamp(NOW), FINGERPRINT)
        with Path(os.devnull).open("wb") as nowhere:
            tracemalloc.start()
            writer = BundleWriter(
                nowhere, told, OFFICE.public_key().public_bytes_raw(), DEVICE.sign
            )
            for number in range(lines):
                writer.line(NOISE[number % 6])
            writer.finish()
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return peak

    assert write(60) < 2 * write(6)


def test_a_bomb_goes_off_in_small_pieces() -> None:
    bomb = made([{"zeros": "0" * (8 * MAX_BYTES)}])
    assert len(bomb) < MAX_BYTES
    with pytest.raises(InvalidInput, match="damaged"):
        opened(bomb)


def test_a_batch_s_key_can_only_be_made_with_the_secret_and_for_its_items() -> None:
    items = [(new_id(NOW), 1, "0" * 64), (new_id(NOW), 2, "1" * 64)]
    key = batch_key(b"s" * 32, items)
    assert key == batch_key(b"s" * 32, items)
    others = {batch_key(b"t" * 32, items), batch_key(b"s" * 32, items[:1])}
    others.add(batch_key(b"s" * 32, [items[0], (items[1][0], 3, items[1][2])]))
    assert len(others - {key}) == 3
    assert uuid.UUID(key).version == 4


def test_offices_have_fingerprints_of_their_own() -> None:
    def key(seed: int) -> OfficeKey:
        plain = base64.b64encode(bytes([seed]) * 32).decode()
        return OfficeKey(central="c", signing_key=plain, office_key=plain)

    assert len({key(seed).fingerprint for seed in range(50)}) == 50
