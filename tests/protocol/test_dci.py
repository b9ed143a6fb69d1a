"""The standard's shape carries our messages there and back without losing a thing."""

import json
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perisai_cli.protocol import dci
from perisai_cli.protocol.messages import MAX_REV, PushRequest, PushResponse

KEY = "4562eb63-3984-4079-b1eb-3979922d308b"
CENTRAL = "urn:uuid:4a6cf2ce"
unhurried = settings(deadline=None, max_examples=60)

ids = st.integers(0, 2**128 - 1).map(lambda number: str(uuid.UUID(int=number)))
texts = st.text(max_size=12)
bodies = st.fixed_dictionaries(
    {"worker": st.dictionaries(texts, texts, max_size=3)},
    optional={
        "captured": st.fixed_dictionaries({"at": st.just("2026-11-22T02:00:00Z")}) | texts,
        "withdrawn": st.fixed_dictionaries({"at": st.just("2026-11-23T02:00:00Z")}),
    },
)
items = st.fixed_dictionaries(
    {
        "id": ids,
        "rev": st.integers(1, MAX_REV),
        "base_rev": st.integers(0, MAX_REV),
        "kind": st.just("enrolment"),
        "body": bodies,
    },
    optional={"hash": st.text("0123456789abcdef", min_size=64, max_size=64)},
)
requests = st.fixed_dictionaries(
    {
        "device": ids,
        "agent": texts,
        "app": texts,
        "schema": st.just(1),
        "client_time": st.just("2026-11-22T02:00:00Z"),
        "pending_after": st.integers(0, 9),
        "items": st.lists(items, min_size=1, max_size=5),
    },
    optional={"seen": st.fixed_dictionaries({"seq": st.integers(0, 99), "token": texts})},
).map(PushRequest.model_validate)

problems = st.fixed_dictionaries(
    {
        "type": st.just("worker.faults"),
        "title": texts,
        "errors": st.lists(
            st.fixed_dictionaries({"code": texts}, optional={"pointer": texts}), max_size=3
        ),
    }
)
ASSIGNED = {"kpj": "99000000001", "payment_code": "CTH99000000001", "sample": True}


@st.composite
def answers(draw: st.DrawFn) -> tuple[PushRequest, PushResponse]:
    request = draw(requests)
    places = draw(st.sets(st.integers(0, len(request.items) - 1)))
    results = [
        {"n": n, "status": draw(st.sampled_from(sorted(dci.STATES)))}
        | draw(st.just({}) | st.builds(lambda each: {"problem": each}, problems))
        | draw(st.sampled_from([{}, {"assigned": ASSIGNED}, {"seq": 7}, {"canonical_id": KEY}]))
        for n in sorted(places)
    ]
    response = {
        "batch": KEY,
        "seq": 7,
        "token": "824e2d6f37bf8b07",
        "durable_seq": 5,
        "server_time": "2026-11-22T02:00:01Z",
        "limits": {"max_items": 500, "max_bytes": 4194304, "encodings": ["gzip"]},
        "digest": "8e" * 32,
        "results": results,
    }
    return request, PushResponse.model_validate(response)


def through_json(document: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps(document)))


@unhurried
@given(requests)
def test_a_batch_comes_back_from_the_standards_shape_as_it_was(request: PushRequest) -> None:
    document = through_json(dci.enrol_request(request, KEY, CENTRAL))
    assert dci.push_request(document) == (KEY, request)


@unhurried
@given(answers())
def test_an_answer_comes_back_as_it_was(pair: tuple[PushRequest, PushResponse]) -> None:
    request, response = pair
    document = through_json(dci.enrol_response(response, request, CENTRAL))
    assert dci.push_response(document, request) == response


@unhurried
@given(answers())
def test_what_no_person_needs_to_look_at_any_more_alone_has_succeeded(
    pair: tuple[PushRequest, PushResponse],
) -> None:
    request, response = pair
    document = dci.enrol_response(response, request, CENTRAL)
    for entry, result in zip(document["message"]["enrol_response"], response.results, strict=True):
        assert entry["reference_id"] == request.items[result.n].id
        assert (entry["status"] == "succ") == (result.status in ("accepted", "unchanged"))
        reason = entry.get("status_reason_code", "")
        assert reason.startswith(f"{entry['status']}.perisai.") or entry["status"] == "succ"


def a_request() -> PushRequest:
    item = {"id": KEY, "rev": 1, "base_rev": 0, "kind": "enrolment", "body": {"worker": {}}}
    return PushRequest.model_validate(
        {
            "device": KEY, "agent": "A-1", "app": "perisai", "schema": 1,
            "client_time": "2026-11-22T02:00:00Z", "pending_after": 0, "items": [item],
        }
    )  # fmt: skip


def test_a_revision_cannot_name_another_record_than_its_reference() -> None:
    document = dci.enrol_request(a_request(), KEY, CENTRAL)
    other = tampered(document, "message/enrol_request/0/revision/id", str(uuid.UUID(int=1)))
    assert dci.push_request(other)[1].items[0].id == KEY


def tampered(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed = through_json(document)
    place = changed
    *steps, last = path.split("/")
    for step in steps:
        place = place[int(step)] if isinstance(place, list) else place[step]
    key = int(last) if isinstance(place, list) else last
    if value is None:
        del place[key]
    else:
        place[key] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("header", None),
        ("message", None),
        ("header/action", "search"),
        ("header/meta", None),
        ("header/total_count", 2),
        ("header/sender_id", "somebody else"),
        ("header/meta/schema", None),
        ("message/transaction_id", None),
        ("message/enrol_request", "all of them"),
        ("message/enrol_request/0/reference_id", None),
        ("message/enrol_request/0/revision", None),
        ("message/enrol_request/0/data", None),
        ("message/enrol_request/0/revision/rev", 0),
        ("message/enrol_request/0", "all of it"),
    ],
)
def test_a_message_that_is_not_a_batch_is_refused(path: str, value: Any) -> None:
    document = dci.enrol_request(a_request(), KEY, CENTRAL)
    with pytest.raises(ValueError):
        dci.push_request(tampered(document, path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("header/action", "enrol"),
        ("header/meta/digest", None),
        ("message/enrol_response", "all of them"),
        ("message/enrol_response/0", "all of it"),
        ("message/enrol_response/0/reference_id", CENTRAL),
        ("message/enrol_response/0/reference_id", None),
        ("message/enrol_response/0/status", None),
        ("message/enrol_response/0/status", "succ"),
        ("message/enrol_response/0/data/n", 1),
        ("message/enrol_response/0/data", None),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(path: str, value: Any) -> None:
    request = a_request()
    response = PushResponse.model_validate(
        {
            "batch": KEY, "seq": 1, "token": "t", "durable_seq": 1, "server_time": "now",
            "limits": {"max_items": 1, "max_bytes": 1, "encodings": []}, "digest": "0" * 64,
            "results": [{"n": 0, "status": "held"}],
        }
    )  # fmt: skip
    document = dci.enrol_response(response, request, CENTRAL)
    with pytest.raises(ValueError):
        dci.push_response(tampered(document, path, value), request)


WORKER = {
    "nik": "5171015708900001",
    "name": "Sukarni",
    "birth_date": "1990-08-17",
    "sex": "F",
    "phone": "081234567890",
    "address": {"text": "Jl. Segara 3", "rt": "003", "rw": "005", "village": "Sanur", "region": "517101"},
}  # fmt: skip


def test_a_person_of_one_name_has_no_surname_and_stays_whole() -> None:
    person = dci.person(WORKER)
    assert person["name"] == {"given_name": "Sukarni"}
    assert dci.full_name(person["name"]) == "Sukarni"
    assert dci.full_name(dci.person(WORKER | {"name": "Ni Luh Sari"})["name"]) == "Ni Luh Sari"


def test_a_registrys_name_in_parts_becomes_one() -> None:
    assert dci.full_name({"given_name": "Maria", "surname": "da Silva"}) == "Maria da Silva"
    assert dci.full_name({"surname": "Soeharto", "given_name": None}) == "Soeharto"
    with pytest.raises(ValueError):
        dci.full_name({"given_name": " ", "prefix": "Ibu"})


def test_a_person_holds_what_the_standard_has_a_place_for() -> None:
    person = dci.person(WORKER | {"email": "a@example.org"})
    assert person["identifier"] == [
        {"identifier_type": "NIK", "identifier_value": "5171015708900001"}
    ]
    assert person["address"] == [
        {
            "address_line1": "Jl. Segara 3, RT 003 RW 005, Sanur",
            "country_code": "ID",
            "region_code": "517101",
        }
    ]
    assert person["phone_number"] == ["+6281234567890"]
    assert person["email"] == ["a@example.org"]
    assert person["sex"] == "female"


def test_a_person_of_whom_little_is_known_has_no_empty_members() -> None:
    little = {name: WORKER[name] for name in ("nik", "name", "birth_date", "sex")}
    assert set(dci.person(little)) == {"identifier", "name", "sex", "birth_date"}
    bare = dci.person(little | {"address": {"text": "Pasar Oeba"}, "phone": "+6281234567890"})
    assert bare["address"] == [{"address_line1": "Pasar Oeba", "country_code": "ID"}]
    assert bare["phone_number"] == ["+6281234567890"]
