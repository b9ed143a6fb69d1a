"""What a central says of a database in trouble, and of addresses that it does not take."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from central_field import a_nik
from command_line import Cli
from postgres import Cluster
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from perisai_cli.central.database import Database, open_database
from perisai_cli.central.serve import open_central
from perisai_cli.central.tables import items
from perisai_cli.domain.errors import (
    DiskTrouble,
    InvalidInput,
    StoreLocked,
    StoreUnusable,
    TryLater,
)

SECRET = "rahasia-sekali"


@pytest.fixture
def database(postgres_address: str) -> Iterator[Database]:
    opened = open_database(postgres_address)
    yield opened
    opened.close()


def test_each_test_has_an_empty_database_of_its_own(
    postgres: Cluster, postgres_address: str
) -> None:
    with psycopg.connect(postgres_address) as connection:
        connection.execute("CREATE TABLE here (n integer)")
    other = postgres.make()
    with psycopg.connect(other) as connection:
        found = connection.execute("SELECT to_regclass('here')").fetchone()
    postgres.drop(other)
    assert found == (None,)


def write(database: Database, *statements: str) -> None:
    with database.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (f"postgresql://office:{SECRET}@127.0.0.1/perisai", "central.database_password"),
        (f"postgresql://127.0.0.1/perisai?password={SECRET}", "central.database_password"),
        ("mysql://127.0.0.1/perisai", "central.database"),
        ("sqlite:///central.db", "central.database"),
        ("postgresql://127.0.0.1", "central.database"),
        ("central.db", "central.database"),
        ("", "central.database"),
    ],
)
def test_an_address_that_is_not_taken_is_a_usage_error(address: str, code: str) -> None:
    with pytest.raises(InvalidInput, match=code) as caught:
        open_central(address)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("command", [("jalankan",), ("agen", "daftar")])
def test_a_password_in_the_arguments_is_refused(command: tuple[str, ...], cli: Cli) -> None:
    address = f"postgresql://office:{SECRET}@127.0.0.1/perisai"
    said = cli.run("pusat", *command, "--database", address)
    assert (said.code, said.codes) == (2, ["central.database_password"])
    assert SECRET not in said.out + said.err
    assert "PGPASSFILE" in said.errors[0]["remedy"]


@pytest.mark.parametrize("command", [("jalankan", "--port", "0"), ("menunggu",)])
def test_a_database_that_is_away_is_to_be_tried_later(command: tuple[str, ...], cli: Cli) -> None:
    said = cli.run("pusat", *command, "--database", "postgresql://127.0.0.1:1/perisai")
    assert (said.code, said.codes) == (5, ["central.database_away"])


def test_a_file_of_another_kind_is_left_as_it_is(cli: Cli) -> None:
    folder = cli.folder / "data"
    folder.mkdir()
    (folder / "central.db").write_bytes(b"not a database at all" * 100)
    said = cli.run("pusat", "menunggu", "--data", "data")
    assert (said.code, said.codes) == (13, ["store.damaged"])
    assert (folder / "central.db").read_bytes() == b"not a database at all" * 100


def test_a_full_disk_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'central.db'}")
    with database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(DiskTrouble, match=r"disk\.full"), database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE big AS SELECT randomblob(1000000)")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM counters").scalar() == 2
    database.close()


def test_a_locked_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "central.db"
    database = open_database(f"sqlite:///{path}")
    with database.reading() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match=r"central\.database_locked"), database.writing():
            pytest.fail("two are writing at once")
    database.close()


def test_a_locked_row_is_said(database: Database, postgres_address: str) -> None:
    with psycopg.connect(postgres_address) as other:
        other.execute("LOCK counters")
        with pytest.raises(StoreLocked, match=r"central\.database_locked"):
            write(database, "SET LOCAL lock_timeout = '1ms'", "UPDATE counters SET value = 0")


@pytest.mark.parametrize(
    ("condition", "kind", "code"),
    [
        ("disk_full", DiskTrouble, "disk.full"),
        ("io_error", DiskTrouble, "disk.io"),
        ("read_only_sql_transaction", DiskTrouble, "disk.readonly"),
        ("data_corrupted", StoreUnusable, "store.damaged"),
        ("too_many_connections", TryLater, "central.database_away"),
        ("admin_shutdown", TryLater, "central.database_away"),
    ],
)
def test_what_postgresql_fails_with_is_said_in_our_words(
    condition: str, kind: type[Exception], code: str, database: Database
) -> None:
    with pytest.raises(kind, match=code), database.writing() as connection:
        connection.exec_driver_sql(f"DO $$ BEGIN RAISE {condition}; END $$")


def test_a_lost_connection_costs_one_transaction(database: Database) -> None:
    stop = "SELECT pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(TryLater, match=r"central\.database_away"):
        write(database, "UPDATE counters SET value = 7", stop)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT max(value) FROM counters").scalar() != 7


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.reading() as reader:
        before = reader.exec_driver_sql("SELECT sum(value) FROM counters").scalar()
        with database.writing() as writer:
            writer.exec_driver_sql("UPDATE counters SET value = value + 1")
        assert reader.exec_driver_sql("SELECT sum(value) FROM counters").scalar() == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_value_stands_in_an_errors_text(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = f"sqlite:///{tmp_path / 'central.db'}"
    if kind == "postgresql":
        address = str(request.getfixturevalue("postgres_address"))
    database, nik = open_database(address), a_nik()
    row = {"id": "1", "rev": 1, "hash": nik, "status": nik, "kind": nik, "agent": "-",
           "device": "-", "canonical_id": nik}  # fmt: skip
    with pytest.raises(IntegrityError) as caught, database.writing() as connection:
        connection.execute(insert(items), [row])
    assert nik not in f"{caught.value} {caught.value.orig} {caught.value!r}"
    database.close()
