"""The central on PostgreSQL: the tests' own cluster, and what differs from SQLite."""

from __future__ import annotations

import psycopg
from postgres import Cluster


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
