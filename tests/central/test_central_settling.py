"""A batch settled as a set comes to what its items come to one by one, whatever is in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from central_field import NOW, Clock, Device, a_body, a_worker, an_event
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import Cluster
from sqlalchemy import delete, select, update

from perisai_cli.central import tables
from perisai_cli.central.core import Central
from perisai_cli.central.database import Database, open_database
from perisai_cli.central.push import push
from perisai_cli.central.reference import Shelf
from perisai_cli.central.sessions import register
from perisai_cli.central.upsert import Sender
from perisai_cli.protocol.bodies import withdrawal_body
from perisai_cli.protocol.messages import ItemResult, PushRequest, RegisterRequest
from perisai_cli.rules.law import load_law

PEOPLE = [f"517101571290{serial:04d}" for serial in (9001, 9002, 9003)]
RECORDS = [f"01a20000-0000-7000-8000-00000000000{n}" for n in range(5)]
AGENTS = ("A-1", "A-2")
COMPARED = (tables.items, tables.item_versions, tables.conflicts, tables.nik_claims)

BODIES: list[dict[str, Any]] = [
    a_body(a_worker(nik, months=months)) for nik in PEOPLE for months in (1, 2)
]
BODIES.append(a_body(a_worker(PEOPLE[0], attestation={"working": True, "critically_ill": True})))
BODIES.append(BODIES[0] | {"quote": BODIES[0]["quote"] | {"total": 1}})
BODIES.append(BODIES[2] | {"quote": "nothing"})
BODIES.append(withdrawal_body("mistake", NOW))
BODIES += [an_event(number)["body"] for number in (1, 2)]

an_arrival = st.fixed_dictionaries(
    {
        "id": st.sampled_from(RECORDS),
        "rev": st.integers(1, 3),
        "base_rev": st.integers(0, 2),
        "kind": st.sampled_from(("enrolment", "enrolment", "outreach")),
        "body": st.sampled_from(BODIES),
    }
)
a_batch = st.tuples(st.sampled_from(AGENTS), st.lists(an_arrival, max_size=8))


class Office:
    """A central and two devices, spoken to without HTTP, for it is asked very often."""

    def __init__(self, database: Database):
        self.central = Central(
            database, Clock(), Shelf(database), load_law(), self_registration=True
        )
        self.senders: dict[str, Sender] = {}
        for number, agent in enumerate(AGENTS):
            device = Device(None, agent)  # type: ignore[arg-type]
            message = RegisterRequest(
                agent=agent, agent_name=agent, office="DPS", region="5171",
                device=f"01a20000-0000-7000-8000-00000000010{number}", public_key=device.public_key,
            )  # fmt: skip
            register(self.central, message)
            self.senders[agent] = Sender(message.device, agent, "5171")

    def push(self, agent: str, items: Sequence[dict[str, Any]]) -> list[ItemResult]:
        sender = self.senders[agent]
        batch = PushRequest.model_validate(
            {
                "device": sender.device, "agent": agent, "app": "t", "schema": 1,
                "client_time": "", "pending_after": 0, "items": list(items),
            }
        )  # fmt: skip
        return push(self.central, batch, "key", sender, NOW).results

    def clear(self) -> None:
        """Forget every record; agents and devices stay."""
        counters = tables.counters
        with self.central.database.writing() as connection:
            for table in (*COMPARED[:0:-1], tables.items, tables.commits):
                connection.execute(delete(table))
            connection.execute(
                update(counters).where(counters.c.name == "number").values(value=99_000_000_000)
            )

    def rows(self) -> list[list[tuple[Any, ...]]]:
        """Return everything that is kept, but for numbers of commits and keys made at random."""
        with self.central.database.reading() as connection:
            found = [
                [
                    tuple(value for name, value in row._asdict().items() if name not in _RANDOM)
                    for row in connection.execute(select(table).order_by(*table.primary_key))
                ]
                for table in COMPARED
            ]
        return [sorted(rows, key=repr) for rows in found]


_RANDOM = ("seq", "changed_seq", "nik_key")


def told(results: Sequence[ItemResult]) -> list[dict[str, Any]]:
    return [result.model_dump(exclude={"n", "seq"}) for result in results]


@contextmanager
def two_offices(first: str, second: str) -> Iterator[tuple[Office, Office]]:
    databases = [open_database(address) for address in (first, second)]
    try:
        yield Office(databases[0]), Office(databases[1])
    finally:
        for database in databases:
            database.close()


def compare(
    batches: Sequence[tuple[str, list[dict[str, Any]]]], one: Office, other: Office
) -> None:
    for agent, items in batches:
        whole = one.push(agent, items)
        assert [result.n for result in whole] == list(range(len(items)))
        single = list(itertools.chain(*(other.push(agent, [item]) for item in items)))
        assert told(whole) == told(single)
    assert one.rows() == other.rows()


def searched(examples: int, one: Office, other: Office) -> None:
    """Search for batches that two offices answer differently, each time from the beginning."""

    @given(st.lists(a_batch, min_size=1, max_size=4))
    @settings(max_examples=examples, deadline=None)
    def differ(batches: list[tuple[str, list[dict[str, Any]]]]) -> None:
        one.clear()
        other.clear()
        compare(batches, one, other)

    differ()


def test_a_batch_as_a_set_is_its_items_one_by_one(tmp_path: Path) -> None:
    paths = [f"sqlite:///{tmp_path / name}.db" for name in ("set", "single")]
    with two_offices(*paths) as offices:
        searched(50, *offices)


def test_on_postgresql_a_set_is_its_items_too(postgres: Cluster) -> None:
    addresses = [postgres.make() for _ in range(2)]
    with two_offices(*addresses) as offices:
        searched(12, *offices)
    for address in addresses:
        postgres.drop(address)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_set_that_the_database_refuses_is_settled_item_by_item(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = f"sqlite:///{tmp_path / 'central.db'}"
    if kind == "postgresql":
        address = str(request.getfixturevalue("postgres_address"))
    database = open_database(address)
    office = Office(database)
    poisoned = RECORDS[1]
    with database.writing() as connection:
        connection.exec_driver_sql(_REFUSES[kind][0].format(poisoned))
        for statement in _REFUSES[kind][1:]:
            connection.exec_driver_sql(statement)
    batch = [
        {"id": id_, "rev": 1, "base_rev": 0, "kind": "enrolment", "body": body}
        for id_, body in zip(RECORDS[:3], (BODIES[0], BODIES[2], BODIES[4]), strict=True)
    ]
    results = office.push("A-1", batch)
    assert [result.status for result in results] == ["accepted", "retry", "accepted"]
    assert [r.assigned.kpj for r in results if r.assigned] == ["99000000001", "99000000002"]
    database.close()


_REFUSES = {
    "sqlite": [
        """CREATE TRIGGER poison BEFORE INSERT ON items WHEN NEW.id = '{}'
        BEGIN SELECT RAISE(ABORT, 'poison'); END"""
    ],
    "postgresql": [
        """CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.id = '{}' THEN RAISE check_violation; END IF; RETURN NEW; END $$""",
        "CREATE TRIGGER poison BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION poison()",
    ],
}
