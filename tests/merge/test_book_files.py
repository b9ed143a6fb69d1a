"""Books that are none, that were changed on the way, or that say what can't be."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from made_books import Device, Overseer, a_nik, an_id, at, enrolment, event, line, payment
from merge_field import Table

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.protocol.book import read_supervisor_file, supervisor_file
from perisai_cli.protocol.bundle import BundleWriter, Told
from perisai_cli.protocol.bundle_messages import OfficeKey, office_file, read_office_file
from perisai_cli.storage.database import Connection
from perisai_cli.storage.dataset_file import dataset_path, open_dataset
from perisai_cli.storage.dataset_tables import APPLICATION_ID, CLEAR_COLUMNS, migrations

OVERSEER = Overseer()
ONE, TWO = line(an_id(1), enrolment(1)), line(an_id(2), enrolment(2))


@pytest.fixture
def table() -> Table:
    return Table(OVERSEER)


@pytest.mark.parametrize("at_octet", [0, 9, 20, 250, 400, -70, -1])
def test_a_changed_octet_refuses_the_book_and_nothing_of_it_is_taken(
    table: Table, at_octet: int
) -> None:
    book = bytearray(Device(1, "A-1").book(OVERSEER, [ONE, TWO]))
    book[at_octet] ^= 1
    table.merge()
    before = table.dump()
    [code] = table.merge(bytes(book))
    assert code in ("bundle.not_one", "bundle.version", "bundle.damaged", "bundle.signature") or (
        code == "book.other_supervisor"
    )
    assert table.dump() == before


@pytest.mark.parametrize("length", [0, 7, 40, 300, -65, -1])
def test_a_book_that_was_cut_short_is_refused(table: Table, length: int) -> None:
    book = Device(1, "A-1").book(OVERSEER, [ONE, TWO])
    assert table.merge(book[:length]) in (["bundle.not_one"], ["bundle.damaged"])
    assert table.merge(book + b"x") == ["bundle.damaged"]
    assert table.merge(book) == []


def test_a_book_for_another_supervisor_and_a_queue_are_refused(table: Table) -> None:
    device = Device(1, "A-1")
    assert table.merge(device.book(Overseer(), [ONE])) == ["book.other_supervisor"]
    sink = io.BytesIO()
    told = Told("queue", an_id(5), device.id, 0, at(0), OVERSEER.public.fingerprint)
    writer = BundleWriter(sink, told, bytes([9] + [0] * 31), device.key.sign)
    writer.finish()
    assert table.merge(sink.getvalue()) == ["book.not_one"]


def test_a_device_is_known_by_its_first_key_alone(table: Table) -> None:
    known, forged = Device(1, "A-1"), Device(1, "A-1", made=5)
    assert table.merge(known.book(OVERSEER, [ONE])) == []
    assert table.merge(forged.book(OVERSEER, [TWO])) == ["book.other_key"]
    assert table.merge(known.book(OVERSEER, [TWO])) == []


@pytest.mark.parametrize(
    "wrong",
    [
        line(an_id(3), enrolment(3)) | {"hash": "0" * 64},
        line(an_id(3), {"worker": {}}),
        line(an_id(3), enrolment(3, start="2026-13")),
        line(an_id(3), enrolment(3, sector="Ni Luh Sari punya")),
        line(an_id(3), enrolment(3, months=10**7)),
        line(an_id(3), enrolment(3) | {"quote": {"total": -1, "rules": "a", "tier": 1}}),
        line(an_id(3), enrolment(3, programs="jkk jkm")),
        line(an_id(3), enrolment(3, nik="５１７１")),
        line(an_id(3), payment(an_id(1), moved={}), kind="payment"),
        line(an_id(3), payment(an_id(1)), kind="outreach"),
        line(an_id(3), {"event": []}, kind="outreach"),
        line("ffffffff-ffff-7000-8000-000000000001", enrolment(3)),
        line(an_id(3), {"erased": {"at": at(1), "reason": "x"}}, state="withdrawn") | {"erased": False},
    ],
)  # fmt: skip
def test_a_record_that_can_not_be_refuses_its_book_and_leaves_the_others(
    table: Table, wrong: dict[str, Any]
) -> None:
    table.merge(Device(2, "A-2").book(OVERSEER, [TWO]))
    before = table.dump()
    assert table.merge(Device(1, "A-1").book(OVERSEER, [ONE, wrong])) == ["book.record"]
    assert table.dump() == before


def test_a_book_that_holds_more_or_less_than_it_says_is_refused(table: Table) -> None:
    device = Device(1, "A-1")
    assert table.merge(device.book(OVERSEER, [ONE], records=2)) == ["bundle.damaged"]
    assert table.merge(device.book(OVERSEER, [ONE, TWO], records=1)) == ["bundle.damaged"]
    no_person = {"facts": {"day": "2026-09-01"}}
    bare = {name: value for name, value in ONE.items() if name != "body"} | no_person
    assert table.merge(device.book(OVERSEER, [bare])) == ["bundle.damaged"]


def test_a_book_without_persons_tells_the_same_facts_and_nobody(table: Table) -> None:
    told = [
        ONE,
        line(an_id(3), payment(an_id(1)), kind="payment"),
        line(an_id(4), event(30), kind="outreach", enrolled=2, paid=1),
        line(an_id(5), enrolment(5) | {"member": an_id(1)}, kind="reactivation"),
        line(an_id(6), {"withdrawn": {"at": at(1), "reason": "other"}}, state="withdrawn"),
    ]
    whole, bare = Table(OVERSEER), Table(OVERSEER)
    assert whole.merge(Device(1, "A-1").book(OVERSEER, told)) == []
    assert bare.merge(Device(1, "A-1").book(OVERSEER, told, persons=False)) == []
    for each in told:
        assert bare.fact(each["id"]) == whole.fact(each["id"])
    assert "worker" in whole.data.person(an_id(1))
    assert bare.data.person(an_id(1)) == {}


def test_the_two_kinds_of_key_files_are_never_taken_for_each_other() -> None:
    office = OfficeKey(central="c", signing_key=OVERSEER.public.key, office_key=OVERSEER.public.key)
    with pytest.raises(InvalidInput, match="supervisor_key"):
        read_supervisor_file(office_file(office))
    with pytest.raises(InvalidInput, match="office_key"):
        read_office_file(supervisor_file(OVERSEER.public))
    assert read_supervisor_file(supervisor_file(OVERSEER.public)) == OVERSEER.public
    with pytest.raises(InvalidInput, match="supervisor_key"):
        read_supervisor_file(supervisor_file(OVERSEER.public)[:-5])


def test_an_erasure_beats_every_later_revision_and_takes_the_person_along(table: Table) -> None:
    erased = line(
        an_id(1), {"erased": {"at": at(5), "reason": "subject_asked"}}, rev=2, state="withdrawn"
    )
    later = line(an_id(1), enrolment(1, months=6), rev=5)
    copy = Device(1, "A-1")
    assert table.merge(copy.book(OVERSEER, [later])) == []
    assert table.data.person(an_id(1))
    assert table.merge(copy.book(OVERSEER, [erased])) == []
    assert table.data.person(an_id(1)) == {}
    assert table.merge(copy.book(OVERSEER, [line(an_id(1), enrolment(1), rev=9)])) == []
    with pytest.raises(KeyError):  # it counts nowhere, as at the central
        table.fact(an_id(1))
    assert a_nik(1) not in table.dump()


def test_an_older_book_never_takes_an_answer_back(table: Table) -> None:
    device = Device(1, "A-1")
    older = device.book(OVERSEER, [line(an_id(1), enrolment(1), state="held", seq=3)], minutes=50)
    newer = device.book(OVERSEER, [line(an_id(1), enrolment(1), seq=8)], minutes=60)
    waits = line(an_id(1), enrolment(1), state="queued", acked_rev=0, seq=None)
    put_back = device.book(OVERSEER, [waits], minutes=70)
    for books in ([older, newer, put_back], [put_back, newer, older]):
        again = Table(OVERSEER)
        again.merge(*books)
        assert again.fact(an_id(1))["standing"] == "accepted"


def of_format(home: Path, number: int, *statements: str) -> Connection:
    """Return a dataset that was made in an older format, as this version opens it."""
    import sqlite_utils

    path = dataset_path(home, "merged")
    path.parent.mkdir()
    path.touch()
    old = Connection(path)
    old.run(f"PRAGMA application_id = {APPLICATION_ID}")
    with old.transaction():
        migrations.apply(
            sqlite_utils.Database(old.raw, execute_plugins=False), stop_before=AFTER[number]
        )
    for statement in statements:
        old.run(statement)
    old.run(f"PRAGMA user_version = {number}")
    old.close()
    return open_dataset(home, "merged", create=False)


AFTER = {1: "m002_merging", 2: "m003_several_agents", 3: "m004_numbered_answers"}


def test_a_dataset_of_the_first_format_is_brought_up(tmp_path: Path) -> None:
    opened = of_format(tmp_path, 1)
    found = {
        row["name"] for row in opened.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    }
    assert set(CLEAR_COLUMNS) <= found
    opened.close()


def test_a_dataset_of_the_second_format_keeps_its_books_and_variants(tmp_path: Path) -> None:
    opened = of_format(
        tmp_path,
        2,
        f"INSERT INTO books VALUES ('b', 'd', 'A-1', 'W', '5171', '{at(1)}', 1, 1, 1, NULL,"
        f" '{at(1)}', 1, x'00')",
        "INSERT INTO devices VALUES ('d', 'key')",
        "INSERT INTO variants (id, rev, hash, kind, erased, persons, standing, seq, made_at, book,"
        " agent, office, zone, device, fact, schema) VALUES ('r', 2, 'h', 'enrolment', 0, 0,"
        f" 'accepted', 7, '{at(1)}', 'b', 'A-1', 'W', '5171', 'd', '[]', 1)",
    )
    [device] = opened.rows("SELECT agent FROM devices")
    [variant] = opened.rows("SELECT id, rev, agent, since FROM variants")
    opened.close()
    assert (device["agent"], tuple(variant)) == ("A-1", ("r", 2, "A-1", at(1)))


def test_answers_of_the_third_format_keep_the_order_that_they_had(tmp_path: Path) -> None:
    kept = "INSERT INTO answers VALUES ('{}', 'same_person', '[]', 1, '{}', 'S-1', 1, x'00')"
    given = [("c", at(1)), ("a", at(2)), ("b", at(2))]
    opened = of_format(tmp_path, 3, *(kept.format(*each) for each in reversed(given)))
    found = [(row["id"], row["number"]) for row in opened.rows("SELECT * FROM answers")]
    opened.close()
    assert sorted(found, key=lambda each: each[1]) == [("c", 1), ("a", 2), ("b", 3)]
