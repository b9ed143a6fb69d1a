"""What holds for any JSON at all: no crash, no worker with a fault, nobody's data in a message."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worker_examples import EXAMPLE, NOW, TODAY, changed

from perisai_cli.domain.people import Worker
from perisai_cli.domain.period import Month
from perisai_cli.rules.eligibility import Examination, examine
from perisai_cli.rules.law import load_law

LAW = load_law()
unhurried = settings(
    deadline=None,
    max_examples=250,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=30)
    | st.text(st.characters(), max_size=5)
    | st.sampled_from(
        ["jkk", "jkm", "jht", "F", "self", "trader", "2026-12", "1990-08-17", "517101", "0812345678",
         "5171015708900001", "9999-12", "0001-01", "2999-12", "\ud800", "signature", "spouse"]
    )
)  # fmt: skip
names = st.sampled_from(
    [*EXAMPLE, "tier", "owner", "text", "region", "code", "place", "relationship", "working", "at"]
)
any_json = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(names | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=12,
)
any_object = st.dictionaries(names | st.text(max_size=8), any_json, max_size=12)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside *value*."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, child in inner:
        found.append((*path, key))
        if isinstance(child, dict | list):
            found += places(child, (*path, key))
    return found


@st.composite
def near_the_example(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the example with one to three of its values replaced by anything."""
    worker = changed()
    worker["tier"], worker["owner"] = draw(st.none() | st.integers(1, 33)), draw(st.booleans())
    for path in draw(st.lists(st.sampled_from(places(EXAMPLE)), min_size=1, max_size=3)):
        place: Any = worker
        for key in path[:-1]:
            if not isinstance(place, dict | list) or (isinstance(place, list) and key != 0):
                break
            place = place[key] if isinstance(place, list) and place else (
                place.get(key) if isinstance(place, dict) else None
            )  # fmt: skip
        if isinstance(place, dict) or (isinstance(place, list) and place and path[-1] == 0):
            place[path[-1]] = draw(any_json)
    return worker


def check_sound(found: Examination) -> None:
    """Assert what must hold whatever was examined."""
    if found.faults:
        assert found.worker is None
        assert found.quote is None
    else:
        assert found.worker is not None
        assert found.quote is not None
        check_worker(found.worker)
        assert found.quote.total > 0
        again = examine(found.worker.as_json(), TODAY, NOW, LAW)
        assert again.worker == found.worker
        assert again.quote == found.quote
        assert again.worker.as_json() == found.worker.as_json()
    for problem in (*found.faults, *found.warnings):
        assert problem.field is None or problem.field.startswith("/")


def check_worker(worker: Worker) -> None:
    """Assert that a worker is as complete and plain as its class promises."""
    assert len(worker.nik) == 16
    assert worker.nik.isascii()
    assert worker.name == worker.name.strip() != ""
    assert worker.phone or worker.address
    assert {"jkk", "jkm"} <= set(worker.programs)
    assert worker.income is not None or worker.tier is not None
    assert 1 <= worker.months <= 60
    assert Month(2015, 7) <= worker.start
    assert worker.occupations
    assert worker.consent.given
    assert worker.attestation.working


@unhurried
@given(any_object)
def test_no_json_crashes_the_examination(worker: dict[str, Any]) -> None:
    check_sound(examine(worker, TODAY, NOW, LAW))


@unhurried
@given(near_the_example())
def test_no_json_near_a_worker_crashes_it_or_passes_with_a_fault(worker: dict[str, Any]) -> None:
    check_sound(examine(worker, TODAY, NOW, LAW))


good_workers = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Sukarno", "Ni  Luh Sari", "Ame\u0301", "A" * 60]),
        "birth_date": st.dates(TODAY.replace(1962), TODAY.replace(2008)).map(str),
        "sex": st.sampled_from("FM"),
        "phone": st.sampled_from(["081234567890", "+62 812-3456-7890", "62812 3456 789"]),
        "income": st.integers(1, 10**12),
        "programs": st.sampled_from([["jkk", "jkm"], ["jht", "jkm", "jkk"]]),
        "payer": st.sampled_from(["self", "sponsor", "apbn", "village", "dbhcht"]),
        "start": st.integers(0, 600).map(Month(2015, 7).plus).map(str),
        "months": st.integers(1, 60),
        "owner": st.booleans(),
        "occupations": st.lists(
            st.fixed_dictionaries({"code": st.sampled_from(["trader", "driver", "boatman"])}),
            min_size=1,
            max_size=2,
        ),
    },
    optional={"tier": st.integers(1, 33), "email": st.just("sari@desa.id")},
)


@unhurried
@given(good_workers)
def test_every_good_worker_passes_and_reads_back_the_same(members: dict[str, Any]) -> None:
    found = examine(EXAMPLE | members, TODAY, NOW, LAW)
    assert found.faults == ()
    check_sound(found)


ONE_FAULT = {
    "nik": ("12", {("nik.length", "/nik")}),
    "name": ("", {("name.missing", "/name")}),
    "birth_date": ("never", {("birth_date.format", "/birth_date")}),
    "sex": ("X", {("sex.unknown", "/sex")}),
    "phone": ("12", {("phone.format", "/phone")}),
    "email": ("@", {("email.format", "/email")}),
    "address": (3, {("address.format", "/address")}),
    "occupations": ([{"code": 1}], {("occupation.unknown", "/occupations/0/code")}),
    "income": (1.5, {("income.value", "/income")}),
    "tier": (99, {("tier.value", "/tier")}),
    "programs": (["jkk"], {("programs.jkk_and_jkm", "/programs")}),
    "sector": ("sea", {("sector.unknown", "/sector")}),
    "payer": ("uncle", {("payer.unknown", "/payer")}),
    "owner": (7, {("owner.format", "/owner")}),
    "start": ("soon", {("start.format", "/start")}),
    "months": (0, {("months.value", "/months")}),
    "heirs": (
        [{}],
        {
            ("heir.name.missing", "/heirs/0/name"),
            ("heir.relationship.missing", "/heirs/0/relationship"),
        },
    ),
    "children": ("Putu", {("children.format", "/children")}),
    "attestation": ([], {("attestation.format", "/attestation")}),
    "consent": (
        {"given": False},
        {("consent.refused", "/consent/given"), ("consent.method.missing", "/consent/method")},
    ),
}


@unhurried
@given(st.sets(st.sampled_from(sorted(ONE_FAULT)), min_size=1))
def test_any_set_of_faults_is_reported_whole(wrong: set[str]) -> None:
    worker = changed() | {name: ONE_FAULT[name][0] for name in wrong}
    found = examine(worker, TODAY, NOW, LAW)
    expected = set().union(*(ONE_FAULT[name][1] for name in wrong))
    assert {(fault.code, fault.field) for fault in found.faults} == expected


SECRETS = ("5171015708907777", "Zainuddin", "081299887766", "1299887766", "7654321", "Mawarsari")
spoilt = st.sampled_from(["", "x", "O", "!", "\u0000", "0", "/", " 1", "\ud800", "9" * 80])


@unhurried
@given(st.data())
def test_no_message_holds_a_nik_a_name_a_phone_or_a_wage(data: st.DataObject) -> None:
    secret = st.sampled_from(SECRETS)
    grains = st.builds("".join, st.tuples(spoilt, secret, spoilt)) | st.just(7654321)
    worker = changed(
        nik="5171015708907777", name="Zainuddin", phone="081299887766", income=7654321,
        heirs=[{"name": "Mawarsari", "relationship": "spouse"}],
    )  # fmt: skip
    for member in data.draw(st.sets(st.sampled_from(sorted(worker)))):
        grain = data.draw(grains)
        shapes = [grain, [grain], {"text": grain, "region": grain, "at": grain, "given": grain}]
        worker[member] = data.draw(st.sampled_from(shapes))
    if data.draw(st.booleans()):
        worker[data.draw(grains.map(str))] = data.draw(grains)
    found = examine(worker, TODAY, NOW, LAW)
    said = repr(found.faults) + repr(found.warnings)
    for each in SECRETS:
        assert each not in said
