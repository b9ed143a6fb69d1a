"""The office on PostgreSQL: officers, devices, pages, figures and what a copy holds."""

from __future__ import annotations

from datetime import datetime

import pytest
from central_field import NOW

from perisai_cli.central.agents import put_agent
from perisai_cli.central.database import Database, open_database
from perisai_cli.central.devices import (
    list_devices,
    restore_device,
    suspend_device,
    whole_id,
)
from perisai_cli.central.durability import mark_durable
from perisai_cli.central.metrics import Metrics
from perisai_cli.central.office import agent_page, device_page, waiting_page
from perisai_cli.central.officers import add_officer, list_officers, officer_of, revoke_officer
from perisai_cli.central.problems import Refusal
from perisai_cli.central.tables import devices
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import timestamp


def now() -> datetime:
    return NOW


def two_devices(database: Database) -> list[str]:
    ids = sorted(new_id(NOW) for _ in range(2))
    made = {"agent": "A-1", "region": "5171", "registered_at": timestamp(NOW)}
    rows = [made | {"device": each, "public_key": b"0" * 32} for each in ids]
    with database.writing() as connection:
        put_agent(connection, "A-1", "Agen", "DPS", NOW)
        connection.execute(devices.insert(), rows)
    return ids


def test_what_the_office_does_it_does_on_postgresql_too(postgres_address: str) -> None:
    database = open_database(postgres_address)
    try:
        one, two = two_devices(database)
        token = add_officer(database, "P-1", "Ketut", "officer", now)
        token = add_officer(database, "P-1", "Ketut", "admin", now)
        assert officer_of(database, f"Bearer {token}").role == "admin"
        assert suspend_device(database, whole_id(database, one[-12:]), "lost", now).suspended_at
        assert b'perisai_devices{state="suspended"} 1.0' in Metrics().text(database)
        assert [each.suspended_for for each in list_devices(database)] == ["lost", None]
        assert restore_device(database, one).suspended_at is None
        page = device_page(database, "", 1)
        assert ([each.device for each in page.items], page.more) == ([one], True)
        assert [each.device for each in device_page(database, page.cursor, 1).items] == [two]
        assert [each.devices for each in agent_page(database, "", 10).items] == [2]
        assert waiting_page(database, f"3/{one}", 10).items == []
        mark_durable(database, 0)
        with pytest.raises(InvalidInput, match=r"durable\.value"):
            mark_durable(database, 1)
        revoke_officer(database, "P-1", now)
        assert [each.revoked_at for each in list_officers(database)] == [timestamp(NOW)]
        with pytest.raises(Refusal, match=r"auth\.refused"):
            officer_of(database, f"Bearer {token}")
    finally:
        database.close()
