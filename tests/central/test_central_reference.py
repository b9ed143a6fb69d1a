"""What the central publishes: signed, tagged, kept for ever, and what it judges by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_field import NOW, PROTOCOL, TODAY, Clock, Device, a_worker, an_item
from signed_rules import dearer, dearer_from, rules_with

from perisai_cli.central.database import Database
from perisai_cli.central.reference import (
    KEPT_LAWS,
    Shelf,
    keep_packaged,
    list_sets,
    public_key,
    publish,
)
from perisai_cli.central.serve import open_central, running
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.protocol.bodies import enrolment_body
from perisai_cli.protocol.canonical import body_hash, canonical, content_digest
from perisai_cli.protocol.reference import NAMES, Name, ReferenceSet, opened_set
from perisai_cli.protocol.reference_content import packaged_content, rules_files
from perisai_cli.rules import law as law_module
from perisai_cli.rules.eligibility import examine
from perisai_cli.rules.law import VERSION, Edition, Law, packaged_law


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "office"


@pytest.fixture
def database(data: Path) -> Iterator[Database]:
    opened = open_central(data)
    keep_packaged(opened, NOW)
    yield opened
    opened.close()


@pytest.fixture
def own_clock() -> Clock:
    return Clock()


@pytest.fixture
def own(data: Path, database: Database, own_clock: Clock) -> Iterator[str]:
    with running(data, clock=own_clock) as at:
        yield at


def priced_at(database: Database, price: int, since: date | None = None) -> ReferenceSet:
    return publish(database, "rules", rules_with(jkm=dearer(price)), since, Clock())


def quoted_under(law: Law, more: int = 0) -> dict[str, Any]:
    """Return an item priced under a law, and off by some rupiah."""
    examined = examine(a_worker(), TODAY, NOW, law)
    assert examined.worker
    assert examined.quote
    body = enrolment_body(examined.worker, examined.quote, law.digest, TODAY, NOW)
    body["quote"]["total"] += more
    return an_item(body)


def law_at(price: int) -> Law:
    return Law(rules_files(rules_with(jkm=dearer(price))))


def verdict(device: Device, item: dict[str, Any]) -> tuple[str, str | None]:
    [result] = device.push(item)
    return result["status"], result.get("problem", {}).get("type")


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_is_given_out_signed_from_the_start(
    http: httpx.Client, address: str, shared_database: Database, name: Name
) -> None:
    answer = http.get(f"{address}/v1/ref/{name}", headers=PROTOCOL | {"Accept-Encoding": ""})
    assert answer.status_code == 200
    assert answer.headers["Content-Digest"] == content_digest(answer.content)
    found = opened_set(answer.content, name, public_key(shared_database))
    assert found.content == packaged_content(name)
    assert (found.version, found.valid_from) == (VERSION, "2026-11-22")
    assert answer.headers["ETag"] == found.etag


def test_the_digest_is_of_what_goes_over_the_wire(http: httpx.Client, address: str) -> None:
    asked = PROTOCOL | {"Accept-Encoding": "gzip"}
    with http.stream("GET", f"{address}/v1/ref/rules", headers=asked) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Digest"] == content_digest(raw)
    assert len(raw) < 25_000


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ("{tag}", 304), ('"other", {tag}', 304), ("{strong}", 304), ('"other"', 200), ("", 200),
        ("2026112201", 200),
    ],
)  # fmt: skip
def test_who_shows_the_tag_is_told_that_nothing_is_newer(
    http: httpx.Client, address: str, shown: str, status: int
) -> None:
    tag = http.get(f"{address}/v1/ref/reasons", headers=PROTOCOL).headers["ETag"]
    said = shown.format(tag=tag, strong=tag.removeprefix("W/"))
    answer = http.get(f"{address}/v1/ref/reasons", headers=PROTOCOL | {"If-None-Match": said})
    assert (answer.status_code, answer.headers["ETag"]) == (status, tag)
    assert status == 200 or not answer.content


@pytest.mark.parametrize("name", ["prices", "Rules", "rules.json", "%00", "r%C3%BCles"])
def test_another_kind_is_not_there(http: httpx.Client, address: str, name: str) -> None:
    answer = http.get(f"{address}/v1/ref/{name}", headers=PROTOCOL)
    assert (answer.status_code, answer.json()["code"]) == (404, "route.unknown")


def test_the_protocol_header_is_asked_for_and_no_token(http: httpx.Client, address: str) -> None:
    assert http.get(f"{address}/v1/ref/rules").json()["code"] == "protocol.version"
    assert http.post(f"{address}/v1/ref/rules", headers=PROTOCOL).status_code == 405


def test_a_published_set_is_given_out_at_once_by_a_central_that_runs(
    http: httpx.Client, own: str, database: Database
) -> None:
    before = http.get(f"{own}/v1/ref/rules", headers=PROTOCOL).headers["ETag"]
    made = priced_at(database, 7800)
    answer = http.get(f"{own}/v1/ref/rules", headers=PROTOCOL | {"If-None-Match": before})
    assert opened_set(answer.content, "rules", public_key(database)) == made
    assert made.version == VERSION + 1


def test_versions_rise_with_the_day_and_within_it(database: Database) -> None:
    clock = Clock()
    versions = [publish(database, "rules", rules_with(jkm=dearer(7800)), None, clock).version]
    versions.append(publish(database, "rules", rules_with(jkm=dearer(7900)), None, clock).version)
    clock.forward(days=40)
    versions.append(publish(database, "rules", rules_with(jkm=dearer(8000)), None, clock).version)
    clock.forward(days=-400)
    versions.append(publish(database, "rules", rules_with(jkm=dearer(8100)), None, clock).version)
    assert versions == [VERSION + 1, VERSION + 2, 2027010101, 2027010102]


def test_what_is_unfit_or_the_same_is_not_published(database: Database) -> None:
    before = list_sets(database, NOW)
    for name, content, code in (
        ("rules", packaged_content("rules"), "reference.same"),
        ("rules", rules_with(jkm="x"), "reference.content"),
        ("regions", {"regions": []}, "reference.content"),
        ("reasons", packaged_content("reasons") | {"decision": [0.5]}, "reference.content"),
    ):
        kind = next(known for known in NAMES if known == name)
        with pytest.raises(InvalidInput) as told:
            publish(database, kind, content, None, Clock())
        assert told.value.code == code
    assert list_sets(database, NOW) == before


def test_a_set_for_a_later_day_waits_for_it(
    http: httpx.Client, own: str, database: Database, own_clock: Clock
) -> None:
    made = priced_at(database, 7800, TODAY + timedelta(days=10))
    answer = http.get(f"{own}/v1/ref/rules", headers=PROTOCOL)
    assert answer.json()["version"] == VERSION
    own_clock.forward(days=9)
    assert http.get(f"{own}/v1/ref/rules", headers=PROTOCOL).json()["version"] == VERSION
    own_clock.forward(days=1)
    assert http.get(f"{own}/v1/ref/rules", headers=PROTOCOL).json()["version"] == made.version


def test_an_amount_is_computed_again_under_the_rules_it_was_quoted_under(
    http: httpx.Client, own: str, database: Database
) -> None:
    device = Device(http, address=own).sign_in()
    priced_at(database, 7800)
    priced_at(database, 7900)
    for law in (packaged_law(), law_at(7800), law_at(7900)):
        assert verdict(device, quoted_under(law)) == ("accepted", None)
        assert verdict(device, quoted_under(law, more=100)) == ("rejected", "quote.mismatch")


def test_an_amount_under_rules_never_published_here_is_compared_with_the_present_ones(
    http: httpx.Client, own: str, database: Database
) -> None:
    device = Device(http, address=own).sign_in()
    priced_at(database, 7800)
    sent, computed = (quoted_under(law_at(price)) for price in (8800, 7800))
    [result] = device.push(sent)
    assert (result["status"], result["problem"]["type"]) == ("rejected", "quote.other_rules")
    assert result["problem"]["errors"][0]["facts"] == {
        "sent": sent["body"]["quote"]["total"],
        "computed": computed["body"]["quote"]["total"],
    }
    same_total = rules_with(jkm=dearer(7800) + "\n# another text\n")
    assert verdict(device, quoted_under(Law(rules_files(same_total)))) == ("accepted", None)


def test_a_central_of_a_newer_package_publishes_it_and_still_knows_the_former(
    data: Path, database: Database, http: httpx.Client
) -> None:
    """The former package's rules are a version like any other, so what they priced is accepted."""
    made = priced_at(database, 7800)
    former = Law(rules_files(made.content), Edition(made.version, made.valid_from, None))
    later = publish(database, "rules", packaged_content("rules"), None, Clock())
    assert later.version == made.version + 1
    with running(data, clock=Clock()) as address:
        device = Device(http, address=address).sign_in()
        assert verdict(device, quoted_under(former)) == ("accepted", None)
        assert verdict(device, quoted_under(packaged_law())) == ("accepted", None)


def test_the_package_s_own_are_published_once(database: Database) -> None:
    before = list_sets(database, NOW)
    keep_packaged(database, NOW + timedelta(days=1))
    assert list_sets(database, NOW) == before
    assert [(each.name, each.version, each.in_force) for each in before] == [
        (name, VERSION, True) for name in sorted(NAMES)
    ]


def test_before_the_first_day_of_all_the_first_set_is_used(database: Database) -> None:
    priced_at(database, 7800)
    assert Shelf(database).laws(NOW - timedelta(days=4000)).current.edition.version == VERSION
    head = Shelf(database).head("rules", NOW - timedelta(days=4000))
    assert head is not None
    assert head.version == VERSION


def test_only_a_few_laws_are_held_and_all_are_found(database: Database) -> None:
    made = [priced_at(database, 7000 + 100 * number) for number in range(1, KEPT_LAWS + 4)]
    laws = Shelf(database).laws(NOW)
    digests = [Law(rules_files(each.content)).digest for each in made]
    for _ in range(2):
        for digest in (*digests, packaged_law().digest):
            assert laws.of(digest).digest == digest
    assert laws.of("0" * 16) is laws.current
    assert laws.current.digest == digests[-1]


def test_rules_of_another_program_are_not_judged_by(database: Database) -> None:
    made = priced_at(database, 7800)
    content = json.loads(canonical(made.content))
    del content["files"]["due"]
    with database.writing() as connection:
        from sqlalchemy import update

        from perisai_cli.central.tables import reference_data

        wanted = update(reference_data).where(reference_data.c.version == made.version)
        held = {"content": canonical(content), "hash": body_hash(content)}
        connection.execute(wanted.values(held))
    laws = Shelf(database).laws(NOW)
    assert laws.current is law_module.packaged_law()
    assert laws.of(Law(rules_files(content)).digest) is laws.current


def test_a_price_from_a_later_month_is_judged_on_both_of_its_sides(
    http: httpx.Client, own: str, database: Database
) -> None:
    content = rules_with(jkm=dearer_from("2027-03-01", "2027-02-28"))
    made = publish(database, "rules", content, None, Clock())
    law = Law(rules_files(made.content))
    device = Device(http, address=own).sign_in()
    totals = []
    for start in ("2027-02", "2027-03"):
        examined = examine(a_worker(start=start), TODAY, NOW, law)
        assert examined.worker
        assert examined.quote
        totals.append(examined.quote.total)
        body = enrolment_body(examined.worker, examined.quote, law.digest, TODAY, NOW)
        assert verdict(device, an_item(body)) == ("accepted", None)
    assert totals[1] > totals[0]
