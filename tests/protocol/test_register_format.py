"""The extract of members: everyone in it is found, others rarely, and nothing of a NIK is in it."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from perisai_cli.domain.errors import SomethingInTheWay
from perisai_cli.protocol.register import (
    SPARE_BITS,
    Gathering,
    Header,
    Register,
    bits_for,
    hashed,
    key_id,
    signed_register,
)

KEY = bytes(range(32))
OTHER_KEY = bytes(reversed(range(32)))
SIGNER = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
PUBLIC = base64.b64encode(SIGNER.public_key().public_bytes_raw()).decode("ascii")

niks = st.integers(0, 10**16 - 1).map("{:016d}".format)


def made_of(members: Iterable[str], key: bytes = KEY) -> bytes:
    """Return the whole file of these members."""
    gathering = Gathering(key)
    for nik in members:
        gathering.add(nik)
    count, bits, body = gathering.packed()
    header = Header(
        version=2026112201,
        made="2026-11-22",
        members=count,
        bits=bits,
        key_id=key_id(key),
        sha256=hashlib.sha256(body).hexdigest(),
        signer=PUBLIC,
    )
    return signed_register(
        header, body, lambda octets: base64.b64encode(SIGNER.sign(octets)).decode("ascii")
    )


def some_niks(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [f"{chance.randrange(10**16):016d}" for _ in range(count)]


@given(st.lists(niks, min_size=1, max_size=300))
def test_every_member_is_found(members: list[str]) -> None:
    register = Register(made_of(members))
    assert all(register.perhaps(KEY, nik) for nik in members)
    assert register.header.members <= len(set(members))


@given(st.lists(niks, min_size=1, max_size=300), st.lists(niks, max_size=100))
def test_a_hit_is_exactly_a_hash_that_some_member_has_too(
    members: list[str], asked: list[str]
) -> None:
    register = Register(made_of(members))
    shift = 32 - register.header.bits
    held = {hashed(KEY, nik) >> shift for nik in members}
    for nik in asked:
        assert register.perhaps(KEY, nik) == (hashed(KEY, nik) >> shift in held)


@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 5000, 70_000])
def test_strangers_are_taken_for_members_as_rarely_as_it_is_written(count: int) -> None:
    register = Register(made_of(some_niks(count, 1)))
    expected = count / 2**register.header.bits
    assert 2 ** -(SPARE_BITS + 1) < expected <= 2**-SPARE_BITS
    asked = 40_000
    hits = sum(register.perhaps(KEY, nik) for nik in some_niks(asked, 2))
    spread = 6 * (asked * expected) ** 0.5
    assert abs(hits - asked * expected) < spread


@pytest.mark.parametrize(("count", "most"), [(250, 4), (1_000, 3), (10_000, 2.1), (70_000, 2.02)])
def test_a_member_takes_less_than_four_octets(count: int, most: float) -> None:
    assert len(made_of(some_niks(count, 3))) / count <= most


def test_the_bits_follow_the_number_of_members() -> None:
    assert [bits_for(count) for count in (1, 2, 3, 1000, 1024, 1025, 10**6)] == [
        7, 8, 9, 17, 17, 18, 27,
    ]  # fmt: skip


def test_a_member_twice_is_one_member_and_the_order_changes_nothing() -> None:
    members = some_niks(400, 4)
    assert made_of(members) == made_of([*reversed(members), *members])


def test_nothing_of_a_nik_stands_in_the_file() -> None:
    members = some_niks(300, 5)
    octets = made_of(members)
    for nik in members:
        assert nik.encode() not in octets
        assert hashlib.sha256(nik.encode()).digest()[:4] not in octets
        assert int(nik).to_bytes(7, "big") not in octets
    assert KEY not in octets
    assert KEY.hex().encode() not in octets


def test_without_the_key_members_are_found_no_more_often_than_strangers() -> None:
    members = some_niks(5000, 6)
    register = Register(made_of(members))
    hits = sum(register.perhaps(OTHER_KEY, nik) for nik in members)
    assert hits < 5000 * 2**-SPARE_BITS * 2


def test_a_later_extract_under_the_same_key_takes_the_same_strangers_for_members() -> None:
    members = some_niks(3000, 7)
    first = Register(made_of(members))
    second = Register(made_of([*members, *some_niks(900, 8)]))
    assert first.header.bits == second.header.bits
    for nik in some_niks(20_000, 9):
        assert second.perhaps(KEY, nik) or not first.perhaps(KEY, nik)


def test_a_file_that_lost_or_changed_anything_is_refused() -> None:
    octets = made_of(some_niks(70_000, 10))
    chance = random.Random(11)
    for place in (*range(0, 400, 7), *(chance.randrange(len(octets)) for _ in range(60))):
        changed = bytearray(octets)
        changed[place] ^= 1 << chance.randrange(8)
        with pytest.raises(SomethingInTheWay):
            Register(bytes(changed)).check_signature(PUBLIC)
    for end in (0, 1, 100, len(octets) // 2, len(octets) - 1):
        with pytest.raises(SomethingInTheWay):
            Register(octets[:end])
    with pytest.raises(SomethingInTheWay):
        Register(octets + b"\x00")


def test_only_the_signer_that_is_trusted_is_believed() -> None:
    register = Register(made_of(["5171015708900001"]))
    register.check_signature(PUBLIC)
    stranger = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32).public_key().public_bytes_raw()
    with pytest.raises(SomethingInTheWay) as caught:
        register.check_signature(base64.b64encode(stranger).decode("ascii"))
    assert caught.value.code == "register.other_key"


@given(st.binary(max_size=400))
def test_any_octets_are_refused_in_words(octets: bytes) -> None:
    with pytest.raises(SomethingInTheWay) as caught:
        Register(octets)
    assert caught.value.code.startswith("register.")
