"""Brings the central's tables to this version, whatever was there: nothing, older ones, or these.

The version of a database stands twice: in ``server_settings``, where every perisai looks for it,
and in Alembic's own table. Databases of version 1 know only the first.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
)

from perisai_cli.central import tables
from perisai_cli.central.keys import setting
from perisai_cli.domain.errors import StoreUnusable

FIRST_NUMBER = 99_000_000_001
"""First membership number; the 99 marks samples, since only BPJS issues real ones."""

MIGRATIONS = Path(__file__).with_name("migrations")

_ONE_AT_A_TIME = 7_355_608
"""Key of PostgreSQL's advisory lock under which tables are made and altered."""

_alembic_version = Table(
    "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True)
)


def is_ready(connection: Connection) -> bool:
    """Tell whether a database has exactly the tables of this version.

    Raises:
        StoreUnusable: ``store.newer`` when a later version of the central has written it.
    """
    known = _version(connection)
    if known > tables.SCHEMA_VERSION:
        raise StoreUnusable("store.newer")
    return known == tables.SCHEMA_VERSION and inspect(connection).has_table("alembic_version")


def make_ready(connection: Connection) -> None:
    """Make the tables, or bring older ones up to this version with all that is in them.

    The transaction must be one that writes; of many processes at once, one does the work.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    if is_ready(connection):
        return
    known = _version(connection)
    if known == 0:
        tables.metadata.create_all(connection)
        _first_rows(connection)
        _stamp(connection, tables.SCHEMA_VERSION)
        return
    if not inspect(connection).has_table("alembic_version"):
        _stamp(connection, known)
    _migrate(connection)


def _version(connection: Connection) -> int:
    """Return the version of a database's tables; 0 where there are none."""
    if not inspect(connection).has_table("server_settings"):
        return 0
    return int(setting(connection, "schema"))


def _first_rows(connection: Connection) -> None:
    schema = {"name": "schema", "value": str(tables.SCHEMA_VERSION)}
    connection.execute(insert(tables.server_settings), schema)
    first = [{"name": "seq", "value": 0}, {"name": "number", "value": FIRST_NUMBER - 1}]
    connection.execute(insert(tables.counters), first)


def _stamp(connection: Connection, version: int) -> None:
    """Tell Alembic which of its revisions a database stands at."""
    _alembic_version.create(connection)
    connection.execute(insert(_alembic_version), {"version_num": str(version)})


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")
