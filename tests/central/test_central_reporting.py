"""What reports ask of the central: the same answers on both databases as of a dataset."""

from __future__ import annotations

from typing import Any

from central_field import (
    NOW,
    an_item,
)
from two_offices import CONFIRMED, Scene, a_payment

from perisai_cli.central.reporting import CentralFacts
from perisai_cli.central.tables import items
from perisai_cli.domain.facts import Held, Member, Paid, Returned
from perisai_cli.domain.period import timestamp

DECEMBER = 2026 * 12 + 11


def asked(scene: Scene, sql: str, office: str | None = None, **values: Any) -> list[Any]:
    with CentralFacts(scene.database, office) as facts:
        return list(facts.rows(sql, **values))


def test_each_relation_has_the_columns_of_its_facts(scene: Scene) -> None:
    relations = {"members": Member, "payments": Paid, "returns": Returned, "events": Held}
    for relation, fact in relations.items():
        rows = asked(scene, f"SELECT {', '.join(fact._fields)} FROM {relation}")
        assert rows
        assert all(len(row) == len(fact._fields) for row in rows)


def test_records_count_by_how_they_stand(scene: Scene) -> None:
    sql = "SELECT standing, count(*), sum(amount) FROM members GROUP BY standing ORDER BY standing"
    whole = scene.items["member"]["body"]["quote"]["total"]
    assert asked(scene, sql) == [
        ("accepted", 2, 2 * whole), ("duplicate", 1, whole), ("held", 1, whole),
        ("needs_fix", 1, 0), ("withdrawn", 1, whole),
    ]  # fmt: skip
    assert {type(value) for row in asked(scene, sql) for value in row[1:]} == {int}


def test_a_body_without_its_form_counts_by_standing_alone(scene: Scene) -> None:
    sql = "SELECT day, region, programs, tier, start, months FROM members WHERE id = :id"
    found = asked(scene, sql, id=scene.items["formless"]["id"])
    assert found == [("2026-11-22", "", "", 0, 0, 0)]


def test_a_payment_counts_where_its_member_lives(scene: Scene) -> None:
    sql = "SELECT region, cohort, member_standing, money, again FROM payments WHERE id = :id"
    found = asked(scene, sql, id=scene.items["paid"]["id"])
    assert found == [("5171", DECEMBER, "accepted", "confirmed", 0)]
    assert asked(scene, sql, id=scene.items["lost"]["id"]) == [(None, None, None, "received", 0)]


def test_confirmed_money_covers_its_member(scene: Scene) -> None:
    sql = "SELECT covered, latest FROM members WHERE id = :id"
    assert asked(scene, sql, id=scene.items["member"]["id"]) == [(DECEMBER + 2, DECEMBER)]
    assert asked(scene, sql, id=scene.items["held"]["id"]) == [(0, 0)]


def test_an_office_sees_its_own_agents_alone(scene: Scene) -> None:
    assert asked(scene, "SELECT DISTINCT agent, office FROM members", "W-02") == [("A-2", "W-02")]
    assert asked(scene, "SELECT count(*) FROM payments", "W-02") == [(0,)]
    assert asked(scene, "SELECT count(*) FROM members", "W-09") == [(0,)]
    with CentralFacts(scene.database, "W-09") as facts:
        assert not facts.has_agents


def test_reasons_are_counted_by_code(scene: Scene) -> None:
    with CentralFacts(scene.database) as facts:
        assert facts.reasons() == [
            ("enrolment", "duplicate", "A-1", "5171", "nik.duplicate", 1),
            ("enrolment", "held", "A-1", "5171", "attestation.critically_ill", 1),
            ("enrolment", "needs_fix", "A-1", "", "body.malformed", 1),
        ]


def test_a_question_may_name_parts_of_its_own(scene: Scene) -> None:
    sql = "WITH found AS (SELECT id FROM members) SELECT count(*) FROM found"
    assert asked(scene, sql) == asked(scene, "SELECT count(*) FROM members")
    assert asked(scene, "SELECT 1") == [(1,)]


def test_all_answers_of_a_report_are_of_one_moment(scene: Scene) -> None:
    sql = "SELECT count(*) FROM members"
    with CentralFacts(scene.database) as facts:
        before, at = list(facts.rows(sql)), facts.seq
        scene.one.push(an_item())
        assert (list(facts.rows(sql)), facts.seq) == (before, at)
        assert facts.as_of == timestamp(NOW)
        assert len(facts.central) == 32
    assert asked(scene, sql) == [(before[0][0] + 1,)]


def test_two_questions_can_be_read_side_by_side(scene: Scene) -> None:
    with CentralFacts(scene.database) as facts:
        one, two = facts.rows("SELECT id FROM members"), facts.rows("SELECT id FROM payments")
        pairs = list(zip(one, two, strict=False))
    assert len(pairs) == 3


def test_a_month_that_is_paid_for_twice_is_covered_once(scene: Scene) -> None:
    member = scene.items["member"]["id"]
    later = a_payment(scene.items["held"]["id"], start="2027-01", **CONFIRMED)
    scene.one.push(later)
    with scene.database.writing() as connection:  # as if it had been paid beside the first
        connection.execute(items.update().where(items.c.id == later["id"]).values(member=member))
    sql = "SELECT start, months, again FROM payments WHERE money = 'confirmed' ORDER BY start"
    assert asked(scene, sql) == [(DECEMBER, 3, 0), (DECEMBER + 1, 3, 2)]
    covered = asked(scene, "SELECT covered FROM members WHERE id = :id", id=member)
    assert covered == [(DECEMBER + 3,)]
