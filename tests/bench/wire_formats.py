"""How other field systems would carry the same enrolments: their requests and answers, imitated.

Written from the public descriptions of each wire format and from how the public clients behave;
nothing is copied. Where a format leaves room, the choice is the one that costs the peer less, and
it is named in the docstring. Ids are random, as they are in the field, and every client speaks
with the headers that its own HTTP library sends.
"""

from __future__ import annotations

import gzip
import json
import random
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

Headers = list[tuple[str, str]]
Person = dict[str, Any]

DAY = "2026-11-22"
MOMENT = "2026-11-22T10:00:00.000+08:00"
OKHTTP = "okhttp/4.12.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Mobile Safari/537.36"
)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass
class Call:
    """One request and the answer that the peer's server gives to it."""

    method: str
    path: str
    headers: Headers
    body: bytes = b""
    status: int = 200
    answer_headers: Headers = field(default_factory=list)
    answer: bytes = b""


@dataclass(frozen=True)
class Peer:
    """A system, how its figures stand in the plan that this benchmark answers to, and its calls.

    ``before`` is (requests a record, octets a record, seconds for 100 records) as estimated when
    the wire was designed.
    """

    name: str
    before: tuple[str, str, str]
    calls: Callable[[Sequence[Person], random.Random], Iterable[Call]]


def _uuid(draw: random.Random) -> str:
    return str(uuid.UUID(int=draw.getrandbits(128), version=4))


def _uid(draw: random.Random) -> str:
    """Return an identifier of DHIS2's kind: a letter, then ten letters or digits."""
    return draw.choice(_ALPHABET[:52]) + "".join(draw.choices(_ALPHABET, k=10))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def facts(person: Person) -> dict[str, str]:
    """Return an enrolment as the flat questions and answers of a form; one entry a fact."""
    address, job, heir = person["address"], person["occupations"][0], person["heirs"][0]
    flat = {
        "nik": person["nik"],
        "name": person["name"],
        "birth_date": person["birth_date"],
        "sex": person["sex"],
        "phone": person["phone"],
        "address": address["text"],
        "rt": address["rt"],
        "rw": address["rw"],
        "region": address["region"],
        "occupation": job["code"],
        "work_place": job["place"],
        "income": str(person["income"]),
        "programs": " ".join(person["programs"]),
        "start": person["start"],
        "months": str(person["months"]),
        "heir_name": heir["name"],
        "heir_relationship": heir["relationship"],
        "working": "yes",
        "critically_ill": "no",
        "consent": person["consent"]["method"],
        "quote_total": str(person["total"]),
    }
    for child in person.get("children", []):
        flat |= {"child_name": child["name"], "child_birth_date": child["birth_date"]}
    return flat


# ODK -----------------------------------------------------------------------------------------


def odk_once(people: Sequence[Person], draw: random.Random) -> Iterable[Call]:
    """ODK Collect against a server that answers HEAD with 204 and Location: one HEAD a session."""
    return _odk(people, draw, every_time=False)


def odk(people: Sequence[Person], draw: random.Random) -> Iterable[Call]:
    """OpenRosa as written: HEAD before every submission, then the XForm as multipart."""
    return _odk(people, draw, every_time=True)


def _odk(people: Sequence[Person], draw: random.Random, every_time: bool) -> Iterable[Call]:
    device = quote("collect:" + "".join(draw.choices(_ALPHABET, k=16)))
    key = "".join(draw.choices(_ALPHABET, k=64))
    path = f"/v1/key/{key}/projects/3/submission?deviceID={device}"
    common: Headers = [
        ("X-OpenRosa-Version", "1.0"), ("Date", "Sun, 22 Nov 2026 02:00:00 GMT"),
        ("User-Agent", "org.odk.collect.android/v2025.3.3 Dalvik/2.1.0 (Linux; U; Android 10)"),
        ("Host", "odk.example.org"), ("Connection", "Keep-Alive"), ("Accept-Encoding", "gzip"),
    ]  # fmt: skip
    server: Headers = [
        ("Server", "nginx"), ("Date", "Sun, 22 Nov 2026 02:00:00 GMT"),
        ("Content-Type", "text/xml; charset=utf-8"), ("Connection", "keep-alive"),
        ("X-OpenRosa-Version", "1.0"), ("X-OpenRosa-Accept-Content-Length", "100000000"),
        ("Strict-Transport-Security", "max-age=63072000"), ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"), ("Vary", "Accept-Encoding"),
    ]  # fmt: skip
    for number, person in enumerate(people):
        if every_time or number == 0:
            location = [("Location", f"https://odk.example.org{path}")]
            yield Call("HEAD", path, common, b"", 204, server + location)
        content, kind = _multipart(_xform(person, draw), draw)
        answer = (
            b'<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">'
            b'<message nature="">full submission upload was successful!</message>'
            b"</OpenRosaResponse>"
        )
        yield Call("POST", path, [*common, ("Content-Type", kind)], content, 201, server, answer)


def _xform(person: Person, draw: random.Random) -> bytes:
    rows = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in facts(person).items())
    return (
        "<?xml version='1.0' ?>"
        '<data id="perisai_enrolment" version="2026112201"'
        ' xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"'
        ' xmlns:orx="http://openrosa.org/xforms" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<start>{MOMENT}</start><end>{MOMENT}</end><today>{DAY}</today>{rows}"
        f"<meta><instanceID>uuid:{_uuid(draw)}</instanceID>"
        f"<instanceName>{escape(person['name'])}</instanceName></meta></data>"
    ).encode()


def _multipart(content: bytes, draw: random.Random) -> tuple[bytes, str]:
    boundary = _uuid(draw)
    head = (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="xml_submission_file"; filename="Enrolment.xml"\r\n'
        "Content-Type: text/xml; charset=utf-8\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    ).encode()
    body = head + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


# CommCare ------------------------------------------------------------------------------------


def commcare(people: Sequence[Person], draw: random.Random) -> Iterable[Call]:
    """CommCare on Android: one form a POST, as the body; the case block repeats the properties."""
    application, user = draw.randbytes(16).hex(), draw.randbytes(16).hex()
    device = "commcare_" + _uuid(draw)
    headers: Headers = [
        ("Authorization", "Basic YWdlbi4wMTdAcGVyaXNhaS5jb21tY2FyZWhxLm9yZzpyYWhhc2lhLTEyMzQ="),
        ("X-OpenRosa-Version", "3.0"), ("X-OpenRosa-DeviceId", device),
        ("X-CommCareHQ-LastSyncToken", draw.randbytes(16).hex()),
        ("Date", "Sun, 22 Nov 2026 02:00:00 GMT"), ("Content-Type", "text/xml"),
        ("Host", "www.commcarehq.org"), ("Connection", "Keep-Alive"),
        ("Accept-Encoding", "gzip"), ("User-Agent", OKHTTP),
    ]  # fmt: skip
    server: Headers = [
        ("Server", "nginx"), ("Date", "Sun, 22 Nov 2026 02:00:00 GMT"),
        ("Content-Type", "text/xml; charset=utf-8"), ("Connection", "keep-alive"),
        ("Vary", "Accept-Language, Cookie"), ("Content-Language", "en"),
        ("X-OpenRosa-Version", "3.0"), ("X-Frame-Options", "DENY"),
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
    ]  # fmt: skip
    answer = (
        b"<?xml version='1.0' encoding='UTF-8'?>"
        b'<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        b'<message nature="submit_success">   \xe2\x88\x9a   </message></OpenRosaResponse>'
    )
    path = f"/a/perisai/receiver/{application}/"
    for person in people:
        body = _commcare_form(person, draw, user, device)
        yield Call("POST", path, headers, body, 201, server, answer)


def _commcare_form(person: Person, draw: random.Random, user: str, device: str) -> bytes:
    flat = facts(person)
    rows = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in flat.items())
    kept = "".join(
        f"<n0:{name}>{escape(text)}</n0:{name}>" for name, text in flat.items() if name != "name"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<data uiVersion="1" version="12" name="Enrolment"'
        ' xmlns:jrm="http://dev.commcarehq.org/jr/xforms"'
        f' xmlns="http://openrosa.org/formdesigner/{_uuid(draw).upper()}">{rows}'
        f'<n0:case case_id="{_uuid(draw)}" date_modified="{MOMENT}" user_id="{user}"'
        ' xmlns:n0="http://commcarehq.org/case/transaction/v2">'
        f"<n0:create><n0:case_name>{escape(person['name'])}</n0:case_name>"
        f"<n0:owner_id>{user}</n0:owner_id><n0:case_type>worker</n0:case_type></n0:create>"
        f"<n0:update>{kept}</n0:update></n0:case>"
        '<n1:meta xmlns:n1="http://openrosa.org/jr/xforms">'
        f"<n1:deviceID>{device}</n1:deviceID><n1:timeStart>{MOMENT}</n1:timeStart>"
        f"<n1:timeEnd>{MOMENT}</n1:timeEnd><n1:username>agen.017</n1:username>"
        f"<n1:userID>{user}</n1:userID><n1:instanceID>{_uuid(draw)}</n1:instanceID>"
        '<n2:appVersion xmlns:n2="http://commcarehq.org/xforms">CommCare Android, version'
        ' "2.57.1"(480012). App v12. CommCare Version 2.57.1. Build 480012</n2:appVersion>'
        "<n1:drift>0</n1:drift></n1:meta></data>"
    ).encode()


# DHIS2 ---------------------------------------------------------------------------------------

_ATTRIBUTES = 10


def dhis2(people: Sequence[Person], draw: random.Random) -> Iterable[Call]:
    """DHIS2's tracker import: a POST of 50, two looks at its job, then the report.

    Who the person is becomes attributes, the enrolment's own facts one event with data values. The
    client waits a second before its first look and two between looks; two looks is a quick server.
    """
    flat = facts(people[0]) | {"child_name": "", "child_birth_date": ""}
    codes = {name: _uid(draw) for name in flat}
    place = {name: _uid(draw) for name in ("type", "program", "stage", "unit")}
    request: Headers = [
        ("Authorization", "Basic YWdlbi4wMTc6cmFoYXNpYS0xMjM0"), ("Host", "dhis2.example.org"),
        ("User-Agent", "com.dhis2/1.12.0/3.2.0/Android_29"), ("Connection", "Keep-Alive"),
        ("Accept-Encoding", "gzip"),
    ]  # fmt: skip
    server: Headers = [
        ("Server", "nginx"), ("Date", "Sun, 22 Nov 2026 02:00:00 GMT"),
        ("Content-Type", "application/json"), ("Connection", "keep-alive"),
        ("Cache-Control", "no-cache, private"), ("X-Content-Type-Options", "nosniff"),
        ("X-XSS-Protection", "1; mode=block"), ("X-Frame-Options", "SAMEORIGIN"),
        ("Strict-Transport-Security", "max-age=15768000"), ("Vary", "Accept-Encoding"),
    ]  # fmt: skip
    kind = ("Content-Type", "application/json; charset=UTF-8")
    for start in range(0, len(people), 50):
        entities = [_entity(person, draw, codes, place) for person in people[start : start + 50]]
        job = _uid(draw)
        accepted = {
            "httpStatus": "OK", "httpStatusCode": 200, "status": "OK",
            "message": "Tracker job added",
            "response": {
                "responseType": "TrackerJob", "id": job,
                "location": f"https://dhis2.example.org/api/tracker/jobs/{job}",
            },
        }  # fmt: skip
        where = "/api/tracker?async=true&atomicMode=OBJECT&importStrategy=CREATE_AND_UPDATE"
        sent = _json({"trackedEntities": entities})
        yield Call("POST", where, [*request, kind], sent, 200, server, _json(accepted))
        for done in (False, True):
            yield _dhis2_look(job, done, request, server)
        report, packed = _zipped(_json(_dhis2_report(entities)))
        where = f"/api/tracker/jobs/{job}/report"
        yield Call("GET", where, request, b"", 200, server + packed, report)


def _entity(
    person: Person, draw: random.Random, codes: dict[str, str], place: dict[str, str]
) -> dict[str, Any]:
    flat = list(facts(person).items())
    common = {"createdAtClient": MOMENT, "updatedAtClient": MOMENT, "orgUnit": place["unit"]}
    entity, enrollment = _uid(draw), _uid(draw)
    attributes = [
        {"attribute": codes[name], "value": text, "createdAt": MOMENT, "updatedAt": MOMENT}
        for name, text in flat[:_ATTRIBUTES]
    ]
    values = [
        {"dataElement": codes[name], "value": text, "providedElsewhere": False}
        for name, text in flat[_ATTRIBUTES:]
    ]
    event = common | {
        "event": _uid(draw), "enrollment": enrollment, "program": place["program"],
        "programStage": place["stage"], "status": "COMPLETED", "occurredAt": DAY,
        "dataValues": values,
    }  # fmt: skip
    enrolled = common | {
        "enrollment": enrollment, "trackedEntity": entity, "program": place["program"],
        "enrolledAt": DAY, "occurredAt": DAY, "status": "ACTIVE", "followUp": False,
        "attributes": [], "events": [event],
    }  # fmt: skip
    return common | {
        "trackedEntity": entity, "trackedEntityType": place["type"], "deleted": False,
        "attributes": attributes, "enrollments": [enrolled],
    }  # fmt: skip


def _dhis2_look(job: str, done: bool, request: Headers, server: Headers) -> Call:
    said = [{"uid": job, "level": "INFO", "category": "TRACKER_IMPORT_JOB", "time": MOMENT,
             "message": "Import complete with OK" if done else "Tracker import started",
             "completed": done, "id": job}]  # fmt: skip
    return Call("GET", f"/api/tracker/jobs/{job}", request, b"", 200, server, _json(said))


def _dhis2_report(entities: list[dict[str, Any]]) -> dict[str, Any]:
    def part(kind: str, uids: list[str]) -> dict[str, Any]:
        stats = {"created": len(uids), "updated": 0, "deleted": 0, "ignored": 0, "total": len(uids)}
        reports = [
            {"trackerType": kind, "uid": uid, "index": number, "errorReports": []}
            for number, uid in enumerate(uids)
        ]
        return {"trackerType": kind, "stats": stats, "objectReports": reports}

    enrolled = [entity["enrollments"][0] for entity in entities]
    events = [each["events"][0]["event"] for each in enrolled]
    kinds = {
        "TRACKED_ENTITY": part("TRACKED_ENTITY", [each["trackedEntity"] for each in entities]),
        "ENROLLMENT": part("ENROLLMENT", [each["enrollment"] for each in enrolled]),
        "EVENT": part("EVENT", events),
    }
    total = {name: sum(each["stats"][name] for each in kinds.values())
             for name in ("created", "updated", "deleted", "ignored", "total")}  # fmt: skip
    return {
        "status": "OK", "validationReport": {"errorReports": [], "warningReports": []},
        "stats": total, "bundleReport": {"typeReportMap": kinds},
    }  # fmt: skip


def _zipped(content: bytes) -> tuple[bytes, Headers]:
    return gzip.compress(content, mtime=0), [("Content-Encoding", "gzip")]


# CHT -----------------------------------------------------------------------------------------


def cht_today(people: Sequence[Person], draw: random.Random) -> Iterable[Call]:
    """CHT today: PouchDB's replication in batches of 100, with its checkpoint kept at home only."""
    return _cht(people, draw, checkpoint_there=False)


def cht(people: Sequence[Person], draw: random.Random) -> Iterable[Call]:
    """CouchDB's replication as written: the checkpoint is read and kept at the server as well."""
    return _cht(people, draw, checkpoint_there=True)


def _cht(people: Sequence[Person], draw: random.Random, checkpoint_there: bool) -> Iterable[Call]:
    request: Headers = [
        ("Host", "cht.example.org"), ("Connection", "keep-alive"), ("Accept", "application/json"),
        ("User-Agent", CHROME), ("Content-Type", "application/json"),
        ("sec-ch-ua", '"Chromium";v="142", "Not.A/Brand";v="24"'), ("sec-ch-ua-mobile", "?1"),
        ("sec-ch-ua-platform", '"Android"'), ("Origin", "https://cht.example.org"),
        ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"), ("Referer", "https://cht.example.org/"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Accept-Language", "id-ID,id;q=0.9,en;q=0.8"),
        ("Cookie", "AuthSession=" + "".join(draw.choices(_ALPHABET, k=52)) + "; locale=id; login=force"),
    ]  # fmt: skip
    server: Headers = [
        ("Server", "nginx"), ("Date", "Sun, 22 Nov 2026 02:00:00 GMT"),
        ("Content-Type", "application/json"), ("Connection", "keep-alive"),
        ("X-Couch-Request-ID", draw.randbytes(5).hex()), ("X-CouchDB-Body-Time", "0"),
        ("Cache-Control", "must-revalidate"), ("Vary", "Accept-Encoding"),
    ]  # fmt: skip
    checkpoint = f"/medic/_local/{draw.randbytes(16).hex()}"
    greeting = {"couchdb": "Welcome", "version": "3.4.2", "uuid": draw.randbytes(16).hex(),
                "features": [], "vendor": {"name": "The Apache Software Foundation"}}  # fmt: skip
    yield Call("GET", "/medic/", request, b"", 200, server, _json(greeting))
    if checkpoint_there:
        missing = _json({"error": "not_found", "reason": "missing"})
        yield Call("GET", checkpoint, request, b"", 404, server, missing)
    documents = [_document(person, draw) for person in people]
    for start in range(0, len(documents), 100):
        batch = documents[start : start + 100]
        asked = _json({each["_id"]: [each["_rev"]] for each in batch})
        lacking = {each["_id"]: {"missing": [each["_rev"]]} for each in batch}
        told, packed = _zipped(_json(lacking))
        yield Call("POST", "/medic/_revs_diff", request, asked, 200, server + packed, told)
        docs = _json({"docs": batch, "new_edits": False})
        yield Call("POST", "/medic/_bulk_docs", request, docs, 201, server, b"[]\n")
        if checkpoint_there:
            last = start + len(batch)
            note = {
                "session_id": _uuid(draw).upper(), "_id": checkpoint[7:],
                "history": [{"last_seq": last, "session_id": _uuid(draw).upper()}],
                "replicator": "pouchdb", "version": 1, "last_seq": last,
            }  # fmt: skip
            kept = _json({"ok": True, "id": checkpoint[7:], "rev": "0-1"})
            yield Call("PUT", checkpoint, request, _json(note), 201, server, kept)


def _document(person: Person, draw: random.Random) -> dict[str, Any]:
    rev = draw.randbytes(16).hex()
    return {
        "_id": _uuid(draw), "_rev": f"1-{rev}", "type": "contact", "contact_type": "worker",
        "parent": {"_id": "9c5bd9b4-6c1c-4b5e-9a40-5d6f0a6d7a11",
                   "parent": {"_id": "0d7cf3b8-86a5-4f3b-8a44-2f6a0b8c6f52"}},
        "reported_date": 1795312800000, "patient_id": str(draw.randrange(10**5, 10**6)),
        "meta": {"created_by": "agen017", "created_by_person_uuid": "5d6f0a6d-8c1c-4b5e-9a40-9c5bd9b47a11",
                 "created_by_place_uuid": "9c5bd9b4-6c1c-4b5e-9a40-5d6f0a6d7a11"},
        **facts(person), "_revisions": {"start": 1, "ids": [rev]},
    }  # fmt: skip


# Simple --------------------------------------------------------------------------------------


def simple(people: Sequence[Person], draw: random.Random) -> Iterable[Call]:
    """Simple's patient sync: gzip JSON, up to 500 in one POST; the answer names no record.

    What its patient has no member for rides in the business identifier's metadata, which is text.
    """
    request: Headers = [
        ("X-USER-ID", _uuid(draw)), ("X-FACILITY-ID", _uuid(draw)),
        ("X-SYNC-REGION-ID", _uuid(draw)),
        ("Authorization", f"Bearer {draw.randbytes(32).hex()}"),
        ("X-APP-VERSION", "2026.11.01"), ("X-TIMEZONE-OFFSET", "28800"),
        ("Content-Encoding", "gzip"), ("Content-Type", "application/json; charset=UTF-8"),
        ("Host", "api.simple.example.org"), ("Connection", "Keep-Alive"),
        ("Accept-Encoding", "gzip"), ("User-Agent", OKHTTP),
    ]  # fmt: skip
    server: Headers = [
        ("Server", "nginx"), ("Date", "Sun, 22 Nov 2026 02:00:00 GMT"),
        ("Content-Type", "application/json; charset=utf-8"), ("Connection", "keep-alive"),
        ("X-Frame-Options", "SAMEORIGIN"), ("X-Content-Type-Options", "nosniff"),
        ("X-Request-Id", _uuid(draw)), ("X-Runtime", "0.412345"),
        ("ETag", f'W/"{draw.randbytes(16).hex()}"'),
        ("Cache-Control", "max-age=0, private, must-revalidate"), ("Vary", "Accept"),
    ]  # fmt: skip
    for start in range(0, len(people), 500):
        patients = [_patient(person, draw) for person in people[start : start + 500]]
        body = gzip.compress(_json({"patients": patients}), mtime=0)
        answer = _json({"errors": []})
        yield Call("POST", "/api/v4/patients/sync", request, body, 200, server, answer)


def _patient(person: Person, draw: random.Random) -> dict[str, Any]:
    flat = facts(person)
    at = f"2026-11-22T0{draw.randrange(10)}:{draw.randrange(60):02}:{draw.randrange(60):02}.{draw.randrange(1000):03}Z"
    times = {"created_at": at, "updated_at": at, "deleted_at": None}
    own = ("nik", "name", "birth_date", "sex", "phone", "address")
    rest = {name: text for name, text in flat.items() if name not in own}
    return {
        "id": _uuid(draw), "full_name": flat["name"],
        "gender": "female" if flat["sex"] == "F" else "male",
        "date_of_birth": flat["birth_date"], "age": None, "age_updated_at": None,
        "status": "active", "recorded_at": at, "reminder_consent": "granted",
        "deleted_reason": None, "registration_facility_id": "8d2a5a64-6c1c-4b5e-9a40-5d6f0a6d7a11",
        "assigned_facility_id": "8d2a5a64-6c1c-4b5e-9a40-5d6f0a6d7a11", **times,
        "address": {"id": _uuid(draw), "street_address": flat["address"],
                    "village_or_colony": None, "zone": None, "district": "Denpasar",
                    "state": "Bali", "country": "Indonesia", **times},
        "phone_numbers": [{"id": _uuid(draw), "number": flat["phone"], "phone_type": "mobile",
                           "active": True, **times}],
        "business_identifiers": [{
            "id": _uuid(draw), "identifier": flat["nik"], "identifier_type": "indonesia_nik",
            "metadata_version": "org.simple.perisai.meta.v1", "metadata": _json(rest).decode(),
            **times}],
    }  # fmt: skip


# openIMIS ------------------------------------------------------------------------------------


def openimis(people: Sequence[Person], draw: random.Random) -> Iterable[Call]:
    """openIMIS by GraphQL: family, policy and premium are three mutations, each asked after once.

    A mutation is only taken note of; whether it worked stands in the mutation's log.
    """
    cookie = (
        "JWT="
        + "".join(draw.choices(_ALPHABET, k=240))
        + "; csrftoken="
        + "".join(draw.choices(_ALPHABET, k=32))
    )
    request: Headers = [
        ("Host", "imis.example.org"), ("Connection", "keep-alive"),
        ("Content-Type", "application/json"), ("Accept", "*/*"), ("User-Agent", CHROME),
        ("sec-ch-ua", '"Chromium";v="142", "Not.A/Brand";v="24"'), ("sec-ch-ua-mobile", "?1"),
        ("sec-ch-ua-platform", '"Android"'), ("Origin", "https://imis.example.org"),
        ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"), ("Referer", "https://imis.example.org/front/insuree/families/family"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Accept-Language", "id-ID,id;q=0.9,en;q=0.8"), ("Cookie", cookie),
    ]  # fmt: skip
    server: Headers = [
        ("Server", "nginx"), ("Date", "Sun, 22 Nov 2026 02:00:00 GMT"),
        ("Content-Type", "application/json"), ("Connection", "keep-alive"),
        ("Vary", "Accept-Language, Cookie, Origin"), ("Content-Language", "en"),
        ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ]  # fmt: skip
    for person in people:
        family = _uuid(draw).upper()
        policy = _uuid(draw).upper()
        steps = (
            ("createFamily", _family(person), "families{family{uuid}}", {"families": [{"family": {"uuid": family}}]}),
            ("createPolicy", _policy(person, draw), "policies{policy{uuid}}", {"policies": [{"policy": {"uuid": policy}}]}),
            ("createPremium", _premium(person, policy, draw), "premiums{premium{uuid}}", {"premiums": [{"premium": {"uuid": _uuid(draw).upper()}}]}),
        )  # fmt: skip
        for name, values, wanted, told in steps:
            for sent, answer in _mutation(name, values, wanted, told, draw):
                yield Call("POST", "/api/graphql", request, sent, 200, server, answer)


def _mutation(
    name: str, values: str, wanted: str, told: dict[str, Any], draw: random.Random
) -> list[tuple[bytes, bytes]]:
    mark, internal = _uuid(draw), _uuid(draw)
    asked = (
        f'mutation {{\n  {name}(\n    input: {{\n      clientMutationId: "{mark}"\n'
        f'      clientMutationLabel: "{name}"\n{values}\n    }}\n  ) {{\n'
        "    clientMutationId\n    internalId\n  }\n}"
    )
    taken = {"data": {name: {"clientMutationId": mark, "internalId": internal}}}
    look = (
        f'{{\n  mutationLogs(clientMutationId: "{mark}")\n  {{\n    edges{{node{{id,status,error,'
        f"clientMutationId,clientMutationLabel,{wanted}}}}}\n  }}\n}}"
    )
    node = {"id": f"TXV0YXRpb25Mb2dHUUxUeXBlOg{internal[:8]}", "status": 2, "error": None,
            "clientMutationId": mark, "clientMutationLabel": name, **told}  # fmt: skip
    log = {"data": {"mutationLogs": {"edges": [{"node": node}]}}}
    return [(_json({"query": asked}), _json(taken)), (_json({"query": look}), _json(log))]


def _family(person: Person) -> str:
    flat = facts(person)
    rest = {
        name: text
        for name, text in flat.items()
        if name not in ("nik", "name", "birth_date", "sex", "phone", "address")
    }
    names = flat["name"].rsplit(" ", 1)
    # One name stands where two are demanded.
    return (
        f'      headInsuree: {{\n        chfId: "{flat["nik"]}"\n        lastName: "{names[-1]}"\n'
        f'        otherNames: "{names[0]}"\n        genderId: "{flat["sex"]}"\n'
        f'        dob: "{flat["birth_date"]}"\n        head: true\n        phone: "{flat["phone"]}"\n'
        f'        currentAddress: "{flat["address"]}"\n        cardIssued: false\n'
        f"        jsonExt: {json.dumps(_json(rest).decode(), ensure_ascii=False)}\n      }}\n"
        f'      locationId: 4711\n      poverty: false\n      address: "{flat["address"]}"'
    )


def _policy(person: Person, draw: random.Random) -> str:
    return (
        f'      enrollDate: "{DAY}"\n      startDate: "{person["start"]}-01"\n'
        f'      expiryDate: "2027-05-31"\n      value: "{person["total"]}.00"\n      stage: "N"\n'
        f"      status: 1\n      productId: 12\n      familyId: {draw.randrange(10**5, 10**6)}\n"
        "      officerId: 17"
    )


def _premium(person: Person, policy: str, draw: random.Random) -> str:
    return (
        f'      receipt: "R-{draw.randrange(10**5, 10**6)}"\n      payDate: "{DAY}"\n'
        '      payType: "C"\n      isPhotoFee: false\n      action: "ENFORCE"\n'
        f'      amount: "{person["total"]}.00"\n      policyUuid: "{policy}"'
    )


PEERS = (
    Peer("openIMIS, three mutations and their logs", ("6", "7,525", "485"), openimis),
    Peer("ODK, HEAD each time", ("2", "2,610", "164"), odk),
    Peer("ODK Collect, one HEAD a session", ("–", "–", "–"), odk_once),
    Peer("CommCare", ("1", "3,164", "113"), commcare),
    Peer("DHIS2 tracker, batches of 50", ("0.08", "3,272", "59"), dhis2),
    Peer("CHT, checkpoint at both ends", ("0.08", "1,802", "35"), cht),
    Peer("CHT today, checkpoint at home", ("–", "–", "–"), cht_today),
    Peer("Simple, gzip, 500 a request", ("0.04", "461", "9"), simple),
)
