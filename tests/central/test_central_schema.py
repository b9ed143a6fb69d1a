"""The central's tables: made new, or brought up to date from every version there ever was."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from central_field import Clock, Device, a_body, a_worker, an_item
from sqlalchemy import Connection, MetaData, Table, func, inspect, select

from perisai_cli.central import tables
from perisai_cli.central.database import Database, open_database
from perisai_cli.central.decisions import list_waiting
from perisai_cli.central.engines import make_engine
from perisai_cli.central.schema import MIGRATIONS
from perisai_cli.central.serve import running
from perisai_cli.domain.errors import StoreUnusable

VERSION_1 = Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8")
QUOTED = {3: 57_000, 6: 125_400, 12: 262_200}
"""What the made-up worker of version 1 was quoted, by months."""

STRANGER = "5171015712909999"
"""A made-up NIK that is not in it."""

AT_ONCE = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'central.db'}"
    return str(request.getfixturevalue("postgres_address"))


def of_version_1(path: Path) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)
    return path


def to_revision(connection: Connection, revision: str) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, revision)


def held_of_version_1(folder: Path, address: str) -> None:
    """Put what version 1 held into a database, which has version 1's tables then."""
    old = make_engine(f"sqlite:///{of_version_1(folder / 'old.db')}")
    new = Database(make_engine(address))
    known = MetaData()
    known.reflect(old)
    with old.connect() as source, new.writing() as target:
        to_revision(target, "1")
        for table in known.sorted_tables:
            rows = [row._asdict() for row in source.execute(select(table))]
            there = Table(table.name, MetaData(), autoload_with=target)
            if rows:
                target.execute(there.insert(), rows)
    old.dispose()
    new.close()


def count_of(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def differences(database: Database) -> list[Any]:
    with database.reading() as connection:
        context = MigrationContext.configure(connection)
        return list(compare_metadata(context, tables.metadata))


def all_at_once(work: Callable[[], None]) -> list[Exception]:
    """Do something many times at once; return what went wrong."""
    failures: list[Exception] = []
    together = threading.Barrier(AT_ONCE)

    def one() -> None:
        together.wait()
        try:
            work()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=one) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_the_newest_migration_is_this_version() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [str(tables.SCHEMA_VERSION)]


def test_new_tables_and_migrated_ones_are_what_the_code_says(address: str) -> None:
    migrated = Database(make_engine(address))
    with migrated.writing() as connection:
        to_revision(connection, "head")
    assert differences(migrated) == []
    with migrated.writing() as connection:
        tables.metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
    migrated.close()
    made = open_database(address)
    assert differences(made) == []
    made.close()


def assert_facts_of_version_1(database: Database) -> None:
    """Every record has its facts: a withdrawn one those that stood, one without a form a day."""
    columns = tables.items.c
    wanted = select(
        *(columns.status, columns.day, columns.region, columns.start, columns.months),
        *(columns.codes, columns.changed_seq),
    ).order_by(columns.changed_seq)
    with database.reading() as connection:
        found = [tuple(row) for row in connection.execute(wanted)]
    day, december = "2026-11-22", 2026 * 12 + 11
    assert found == [
        ("rejected", day, None, None, None, "body.malformed", 4),
        ("duplicate", day, "5171", december, 6, "nik.duplicate", 5),
        ("withdrawn", day, "5171", december, 3, None, 7),
        ("accepted", day, "5171", december, 12, None, 8),
        ("accepted", day, "5171", december, 3, None, 9),
    ]


def test_version_1_comes_up_to_date_with_all_that_was_in_it(address: str, tmp_path: Path) -> None:
    held_of_version_1(tmp_path, address)
    database = open_database(address)
    assert differences(database) == []
    with database.reading() as connection:
        counts = {
            table.name: count_of(connection, table)
            for table in tables.metadata.sorted_tables
            if table.name != "server_settings"
        }
        amounts = connection.execute(
            select(tables.items.c.status, tables.items.c.amount).order_by(tables.items.c.id)
        ).all()
    assert {name: count for name, count in counts.items() if count} == {
        "agents": 3, "registration_codes": 1, "devices": 2, "used_nonces": 2, "access_tokens": 2,
        "counters": 2, "commits": 9, "items": 5, "item_versions": 7, "conflicts": 1,
        "nik_claims": 2, "decisions": 1,
    }  # fmt: skip
    assert sorted((status, amount or 0) for status, amount in amounts) == [
        ("accepted", QUOTED[3]), ("accepted", QUOTED[12]), ("duplicate", QUOTED[6]),
        ("rejected", 0), ("withdrawn", QUOTED[3]),
    ]  # fmt: skip
    assert [waiting.status for waiting in list_waiting(database)] == ["duplicate"]
    assert_facts_of_version_1(database)
    database.close()


def test_an_office_goes_on_where_version_1_stopped(tmp_path: Path, http: httpx.Client) -> None:
    of_version_1(tmp_path / "central.db")
    with running(tmp_path, clock=Clock()) as address:
        [result] = Device(http, address=address).sign_in().push(an_item(a_body(a_worker(STRANGER))))
    assert (result["status"], result["seq"]) == ("accepted", 10)
    assert result["assigned"]["kpj"] == "99000000004"


def test_a_step_that_fails_leaves_version_1_as_it_was(tmp_path: Path) -> None:
    path = of_version_1(tmp_path / "central.db")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE officers (in_the_way)")
    with pytest.raises(StoreUnusable):
        open_database(f"sqlite:///{path}")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE officers")
        assert "\n".join(connection.iterdump()) + "\n" == VERSION_1.partition("\n")[2]


def test_many_openings_at_once_bring_it_up_to_date_once(address: str, tmp_path: Path) -> None:
    held_of_version_1(tmp_path, address)
    assert all_at_once(lambda: open_database(address).close()) == []
    database = open_database(address)
    assert differences(database) == []
    database.close()


def test_many_openings_at_once_make_the_tables_once(address: str) -> None:
    assert all_at_once(lambda: open_database(address).close()) == []
    database = open_database(address)
    with database.reading() as connection:
        assert count_of(connection, tables.counters) == 2
        assert inspect(connection).has_table("alembic_version")
    database.close()


def test_a_newer_database_stays_as_it_is_to_the_octet(tmp_path: Path) -> None:
    path = tmp_path / "central.db"
    open_database(f"sqlite:///{path}").close()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE server_settings SET value = '99' WHERE name = 'schema'")
    before = path.read_bytes()
    with pytest.raises(StoreUnusable, match=r"store\.newer"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes() == before
