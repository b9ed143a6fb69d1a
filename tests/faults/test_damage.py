"""A store that was changed behind the tool's back is told from a sound one, and left as it is."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable

import pytest
from faults_field import Home

Damage = Callable[[sqlite3.Connection], object]

COMMANDS = (("queue", "list"), ("report", "enrollments"), ("sync",))


def swap_envelopes(connection: sqlite3.Connection) -> None:
    [(one, first), (two, second)] = connection.execute("SELECT id, envelope FROM records")
    for record, envelope in ((one, second), (two, first)):
        connection.execute("UPDATE records SET envelope = ? WHERE id = ?", (envelope, record))


def _flipped(place: int) -> Damage:
    def flip(connection: sqlite3.Connection) -> None:
        record, envelope = connection.execute("SELECT id, envelope FROM records").fetchone()
        changed = bytearray(envelope)
        changed[place] ^= 1
        connection.execute("UPDATE records SET envelope = ? WHERE id = ?", (bytes(changed), record))

    return flip


def _run(sql: str) -> Damage:
    return lambda connection: connection.execute(sql)


ROW_DAMAGE: dict[str, Damage] = {
    "two rows' envelopes swapped": swap_envelopes,
    "a bit of the nonce": _flipped(0),
    "a bit of the content": _flipped(40),
    "the last bit of the tag": _flipped(-1),
    "an envelope cut short": _run("UPDATE records SET envelope = substr(envelope, 1, 60)"),
    "an envelope shorter than its nonce": _run("UPDATE records SET envelope = x'0102'"),
    "an empty envelope": _run("UPDATE records SET envelope = x''"),
    "another schema": _run("UPDATE records SET schema = 2"),
    "an envelope of the profile": _run(
        "UPDATE records SET envelope = (SELECT envelope FROM sealed WHERE name = 'profile')"
    ),
    "an id that was changed": _run(
        "UPDATE records SET id = 'ffffffff' || substr(id, 9) WHERE id = (SELECT min(id) FROM records)"
    ),
}


def damaged(home: Home, damage: Damage) -> dict[str, bytes]:
    """Damage a store of two records; return its files."""
    home.enroll(range(1, 3))
    with contextlib.closing(sqlite3.connect(home.file)) as connection:
        with connection:
            damage(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return home.files()


@pytest.mark.parametrize("name", ROW_DAMAGE)
def test_a_damaged_row_is_named_and_left_as_it_is(linked: Home, name: str) -> None:
    before = damaged(linked, ROW_DAMAGE[name])
    for arguments in COMMANDS:
        ran = linked.run(*arguments, "--json")
        assert (ran.code, ran.codes) == (13, ["store.row_damaged"]), ran
        assert linked.files() == before


STORE_DAMAGE: dict[str, tuple[Damage, int, str]] = {
    "the wrapped key": (
        _run("UPDATE key_slots SET wrapped = zeroblob(60)"), 12, "passphrase.wrong",
    ),
    "an unknown derivation": (
        _run("""UPDATE key_slots SET parameters = '{"kdf": "quantum"}'"""), 13, "store.newer",
    ),
    "a newer format": (_run("PRAGMA user_version = 99"), 13, "store.newer"),
    "another program's file": (_run("PRAGMA application_id = 7"), 13, "store.damaged"),
    "the profile": (
        _run("UPDATE sealed SET envelope = zeroblob(80) WHERE name = 'profile'"),
        13, "store.row_damaged",
    ),
    "a table that is gone": (_run("DROP TABLE meta"), 13, "store.damaged"),
    "parameters that are no JSON": (
        _run("UPDATE key_slots SET parameters = '{'"), 13, "store.damaged",
    ),
    "parameters without a cost": (
        _run("""UPDATE key_slots SET parameters = '{"kdf": "argon2id"}'"""), 13, "store.damaged",
    ),
    "no key slot": (_run("DELETE FROM key_slots"), 13, "store.no_slot"),
    "no profile": (_run("DELETE FROM sealed"), 13, "store.damaged"),
    "the records' table gone": (_run("DROP TABLE records"), 13, "store.damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", STORE_DAMAGE)
def test_a_damaged_store_is_told_and_left_as_it_is(home: Home, name: str) -> None:
    damage, code, expected = STORE_DAMAGE[name]
    before = damaged(home, damage)
    ran = home.run("queue", "list", "--json")
    assert (ran.code, ran.codes) == (code, [expected]), ran
    assert home.files() == before


@pytest.mark.parametrize("size", [0, 10, 99, 100, 4096, 20000])
def test_a_store_cut_short_is_told_and_left_as_it_is(home: Home, size: int) -> None:
    damaged(home, lambda _connection: None)
    home.file.write_bytes(home.file.read_bytes()[:size])
    before = home.files()
    ran = home.run("queue", "list", "--json")
    assert (ran.code, ran.codes) == (13, ["store.damaged"]), ran
    assert home.files() == before


def test_scrambled_pages_are_told_and_left_as_they_are(home: Home) -> None:
    damaged(home, lambda _connection: None)
    content = bytearray(home.file.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 200] = b"\xa5" * 200
    home.file.write_bytes(content)
    before = home.files()
    ran = home.run("queue", "list", "--json")
    assert (ran.code, ran.codes) == (13, ["store.damaged"]), ran
    assert home.files() == before


def test_one_damaged_row_does_not_stop_the_next_worker(home: Home) -> None:
    damaged(home, _flipped(40))
    home.enroll(range(3, 4))
    with home.store() as store:
        row = store.connection.row("SELECT count(*) FROM records")
        assert row is not None
        assert row[0] == 3
