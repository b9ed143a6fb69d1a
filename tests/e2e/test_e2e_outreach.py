"""Events: recorded, sent without a name, followed up, counted to the end, forgotten in time."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bundle_work import Desk, export, take_in
from command_line import Cli, Said
from field_work import Agent, Office, Proxy, a_worker, enrol, standing
from terminal import Terminal, answered

NewAgent = Callable[[str], Agent]

NAME, OTHER_NAME = "Wayan Zulkarnaini Wedhasmara", "Ketut Anindhita"
PHONE = "081298701234"
MARKET = {
    "type": "market_visit",
    "place": "Pasar Kedonganan",
    "present": 40,
    "topics": ["jkk", "jkm"],
    "materials": [{"code": "brochure", "count": 30}],
}
"""An event as a script writes it; day and region are the agent's."""


def day(offset: int = 0) -> str:
    """Return the local day of the agents, who work in Denpasar."""
    return (datetime.now(UTC) + timedelta(hours=8, days=offset)).date().isoformat()


def an_event(cli: Cli, **changes: Any) -> str:
    said = cli.run("sosialisasi", "catat", "--berkas", "-", stdin=json.dumps(MARKET | changes))
    assert said.code == 0, said
    return str(said.data["id"])


def someone(name: str = NAME, **changes: Any) -> dict[str, Any]:
    came = {"consent": True, "name": name, "phone": PHONE, "interest": "later", "follow_up": day()}
    return came | changes


NOBODY = {"consent": False, "interest": "no"}


def attend(cli: Cli, event: str, *people: dict[str, Any]) -> Said:
    lines = "".join(json.dumps(person) + "\n" for person in people)
    return cli.run("sosialisasi", "hadir", event, "--berkas", "-", stdin=lines)


def shown(cli: Cli, event: str) -> dict[str, Any]:
    return dict(cli.run("sosialisasi", "lihat", event).data)


def due(cli: Cli, *more: str) -> list[dict[str, Any]]:
    return list(cli.run("sosialisasi", "tindak-lanjut", *more).data["items"])


def funnel(cli: Cli, *more: str) -> Any:
    return cli.run("sosialisasi", "corong", *more).data


def made_older(cli: Cli, days: int) -> None:
    """Let everybody have been written down so many days ago."""
    then = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with closing(sqlite3.connect(cli.store)) as hand:
        hand.execute("UPDATE attendees SET created_at = ?", (then,))
        hand.commit()


def found_below(cli: Cli, *sought: str) -> list[str]:
    """Return which texts any file of a home holds."""
    held = b"".join(path.read_bytes() for path in cli.home.rglob("*") if path.is_file())
    return [text for text in sought if text.encode() in held]


def test_an_event_is_recorded_sent_corrected_and_withdrawn_like_any_record(
    office: Office, an_agent: NewAgent
) -> None:
    agent = an_agent(office.url)
    event = an_event(agent)
    enrol(agent, a_worker())
    assert agent.sync().code == 0
    assert standing(agent) == {"accepted": 2}
    changed = agent.run("sosialisasi", "ubah", event, "--berkas", "-", stdin='{"present": 44}')
    assert (changed.code, changed.data["rev"], changed.data["present"]) == (0, 2, 44)
    assert agent.sync().data["accepted"] == 1
    assert agent.run("sinkron", "rekonsiliasi").data["equal"] is True
    assert agent.run("antrean", "tarik", event, "--yes").data["kind"] == "outreach"
    assert agent.sync().code == 0
    assert standing(agent) == {"accepted": 1, "withdrawn": 1}
    reconciled = agent.run("sinkron", "rekonsiliasi").data
    assert reconciled["equal"] is True
    assert reconciled["others"]["outreach"]["withdrawn"]["there"] == {"records": 1, "amount": 0}
    assert agent.run("sosialisasi", "daftar").data["items"] == []


def test_enrolment_reports_and_sums_know_nothing_of_events(agent: Cli) -> None:
    an_event(agent)
    [record] = enrol(agent, a_worker())
    rows = agent.run("laporan", "pendaftaran").data["items"]
    assert [row["id"] for row in rows] == [record]
    summary = agent.run("laporan", "ringkasan").data["items"]
    assert {row["records"] for row in summary if row["dimension"] == "total"} == {1}


def test_who_came_is_counted_on_the_wire_and_named_nowhere(
    proxy: Proxy, an_agent: NewAgent
) -> None:
    agent = an_agent(proxy.url)
    event = an_event(agent)
    bodies: list[bytes] = []
    forward = proxy.forward

    def listen(method: str, path: str, headers: dict[str, str], content: bytes) -> Any:
        bodies.append(content)
        return forward(method, path, {**headers, "Accept-Encoding": "identity"}, content)

    proxy.forward = listen  # type: ignore[method-assign]
    said = attend(agent, event, someone(), someone(OTHER_NAME, interest="now"), NOBODY)
    assert (said.code, said.data["accepted"], said.data["rev"]) == (0, 3, 2)
    assert agent.sync().code == 0
    sent = b"".join(_unpacked(body) for body in bodies)
    assert b'"attendees":{"now":1,"later":1,"no":1}' in sent.replace(b" ", b"")
    planted = (*NAME.split(), *OTHER_NAME.split(), PHONE, PHONE[1:], f"+62{PHONE[1:]}")
    assert [text for text in planted if text.encode() in sent] == []
    assert found_below(agent, *planted) == []
    people = shown(agent, event)["people"]
    assert [(each["name"], each["phone"], each["interest"]) for each in people] == [
        (NAME, f"+62{PHONE[1:]}", "later"),
        (OTHER_NAME, f"+62{PHONE[1:]}", "now"),
        (None, None, "no"),
    ]


def _unpacked(body: bytes) -> bytes:
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def test_the_central_s_files_name_nobody_who_came(office: Office, an_agent: NewAgent) -> None:
    agent = an_agent(office.url)
    event = an_event(agent)
    attend(agent, event, someone())
    assert agent.sync().code == 0
    held = b"".join(path.read_bytes() for path in office.data.rglob("*") if path.is_file())
    assert b"Pasar Kedonganan" in held
    assert [text for text in (*NAME.split(), PHONE[1:]) if text.encode() in held] == []


def test_events_and_enrolments_travel_in_one_bundle(
    tmp_path_factory: pytest.TempPathFactory, ready_home: Cli
) -> None:
    folder = tmp_path_factory.mktemp("by-file")
    agent, desk = (
        Agent(folder / "agent", "http://127.0.0.1:9", ready=ready_home),
        Desk(folder / "d"),
    )
    event, [record] = an_event(agent), enrol(agent, a_worker())
    attend(agent, event, someone(), NOBODY)
    queue = export(agent, "queue.perisai", "--office-key", str(desk.key_file()))
    answer = desk.accept(queue, "--admit")
    take_in(agent, answer)
    assert standing(agent) == {"accepted": 2}
    take_in(agent, desk.accept(queue))
    assert standing(agent) == {"accepted": 2}
    items = {item["id"]: item for item in agent.run("antrean", "daftar").data["items"]}
    assert (items[event]["kind"], items[event]["rev"]) == ("outreach", 2)
    assert agent.run("antrean", "lihat", record).data["assigned"]["kpj"]
    assert agent.run("antrean", "lihat", event).data["assigned"] is None


def test_a_bad_line_stops_no_other_and_the_same_person_is_written_down_once(agent: Cli) -> None:
    event = an_event(agent)
    said = attend(
        agent,
        event,
        someone(),
        someone(OTHER_NAME, phone="0812"),
        NOBODY | {"name": OTHER_NAME},
        someone(interest="perhaps"),
        someone(NAME.upper()),
        NOBODY,
        NOBODY,
        {"interest": "now"},
        someone(OTHER_NAME, nik="5171015708900001"),
    )
    assert (said.code, said.data["accepted"], said.data["refused"]) == (3, 3, 6)
    assert [(error["row"], error["code"]) for error in said.errors] == [
        (2, "phone.format"),
        (3, "attendee.consent.needed"),
        (4, "attendee.interest.unknown"),
        (5, "attendee.already_here"),
        (8, "attendee.consent.missing"),
        (9, "event.unknown_member"),
    ]
    assert NAME not in said.out + said.err
    assert OTHER_NAME not in said.out + said.err
    again = attend(agent, event, someone())
    assert (again.code, again.codes) == (2, ["attendee.already_here"])
    assert shown(agent, event)["rev"] == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"place": "Rumah 5171 0157 0890 0001"}, "event.place.digits"),
        ({"place": ""}, "event.place.missing"),
        ({"day": day(2)}, "event.day.format"),
        ({"present": None}, "event.present.missing"),
        ({"present": -1}, "event.present.value"),
        ({"type": "party"}, "event.type.unknown"),
        ({"region": "9999"}, "region.unknown"),
        ({"materials": [{"code": "form"}, {"code": "form"}]}, "event.materials.twice"),
        ({"topics": "jkk"}, "event.topics.unknown"),
        ({"attendees": [{"name": NAME}]}, "event.unknown_member"),
    ],
)
def test_an_event_with_a_fault_is_refused_and_nothing_is_recorded(
    agent: Cli, change: dict[str, Any], code: str
) -> None:
    said = agent.run("sosialisasi", "catat", "--berkas", "-", stdin=json.dumps(MARKET | change))
    assert (said.code, said.codes) == (2, [code])
    assert agent.run("antrean", "daftar").data["count"] == 0


def test_other_commands_say_where_events_are_worked(agent: Cli) -> None:
    event, [record] = an_event(agent), enrol(agent, a_worker())
    fixed = agent.run("antrean", "perbaiki", event, "--berkas", "-", stdin="{}")
    assert (fixed.code, fixed.codes) == (2, ["record.kind_outreach"])
    for command in (("lihat", record), ("hadir", record, "--berkas", "-")):
        said = agent.run("sosialisasi", *command, stdin=json.dumps(NOBODY))
        assert (said.code, said.codes) == (2, ["record.no_event"])
    item = agent.run("antrean", "lihat", event).data
    assert (item["nik_masked"], item["worker"]) == (None, {})
    assert item["content"]["event"]["place"] == "Pasar Kedonganan"


def test_follow_ups_show_in_the_day_s_plan_and_end_with_their_outcome(agent: Cli) -> None:
    event, [record] = an_event(agent), enrol(agent, a_worker())
    names = [f"Orang {letter}" for letter in "ABCD"]
    attend(agent, event, *(someone(name) for name in names), someone("Nanti", follow_up=day(5)))
    assert agent.run("hari-ini").data["follow_ups"] == 4
    listed = due(agent)
    assert [each["name"] for each in listed] == names
    assert {each["place"] for each in listed} == {"Pasar Kedonganan"}
    assert len(due(agent, "--sampai", day(5))) == 5
    first, second, third, fourth = (each["id"][-8:] for each in listed)
    command = ("sosialisasi", "tindak-lanjut")
    assert agent.run(*command, first, "--terdaftar", record[-8:]).data["enrolled_id"] == record
    assert agent.run(*command, second, "--tunda", day(9)).data["follow_up"] == day(9)
    assert agent.run(*command, third, "--tidak-berminat").data["outcome"] == "not_interested"
    assert [each["id"][-8:] for each in due(agent)] == [fourth]
    assert agent.run("hari-ini").data["follow_ups"] == 1
    people = {each["id"][-8:]: each for each in shown(agent, event)["people"]}
    assert people[first] | {"id": ""} == {
        "id": "", "name": None, "phone": None, "interest": "later", "follow_up": None,
        "enrolled_id": record,
    }  # fmt: skip
    assert (people[second]["name"], people[second]["follow_up"]) == (names[1], day(9))
    assert (people[third]["name"], people[third]["follow_up"]) == (None, None)
    again = agent.run(*command, third, "--tunda", day(3))
    assert (again.code, again.codes) == (2, ["attendee.closed"])
    assert shown(agent, event)["rev"] == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--terdaftar", "abcd", "--tidak-berminat"), "follow_up.one_outcome"),
        ((), "follow_up.one_outcome"),
        (("--tunda", "besok"), "attendee.follow_up.format"),
        (("--tunda", day(-1)), "attendee.follow_up.format"),
        (("--terdaftar", "EVENT"), "attendee.no_enrolment"),
        (("--terdaftar", "ffffffff"), "record.unknown"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(
    agent: Cli, arguments: tuple[str, ...], code: str
) -> None:
    event = an_event(agent)
    attend(agent, event, someone())
    [kept] = due(agent)
    given = [event if each == "EVENT" else each for each in arguments]
    said = agent.run("sosialisasi", "tindak-lanjut", kept["id"], *given)
    assert (said.code, said.codes) == (2, [code])
    assert due(agent) == [kept]
    other = agent.run("sosialisasi", "tindak-lanjut", "ffffffff", "--tidak-berminat")
    assert other.codes == ["attendee.unknown"]


def test_the_funnel_counts_each_person_once_and_says_when_nobody_can_know_who_paid(
    agent: Cli,
) -> None:
    here, there = an_event(agent, day=day(-3)), an_event(agent, place="Desa Serangan", present=2)
    one, two, gone = enrol(agent, a_worker(), a_worker(), a_worker())
    attend(agent, here, someone("A"), someone("B", interest="now"), someone("C"), NOBODY)
    attend(agent, there, someone("A"), someone("D"), NOBODY)
    records = {("Pasar Kedonganan", "A"): one, ("Pasar Kedonganan", "B"): two,
               ("Pasar Kedonganan", "C"): gone, ("Desa Serangan", "A"): one}  # fmt: skip
    for each in due(agent):
        if record := records.get((each["place"], each["name"])):
            agent.run("sosialisasi", "tindak-lanjut", each["id"], "--terdaftar", record)
    agent.run("antrean", "tarik", gone, "--yes")
    told = funnel(agent)
    assert told["total"] == {"attended": 43, "interested": 5, "enrolled": 2, "paid": None}
    assert told["payments_recorded"] is False
    reached = {item["place"]: [item[stage] for stage in told["total"]] for item in told["items"]}
    assert reached == {"Pasar Kedonganan": [40, 3, 2, None], "Desa Serangan": [3, 2, 1, None]}
    assert funnel(agent, "--dari", day(-1))["total"]["enrolled"] == 1
    assert funnel(agent, "--sampai", day(-1))["count"] == 1
    assert agent.run("sosialisasi", "corong", "--dari", "kemarin").codes == ["day.format"]
    pay(agent, one)
    assert funnel(agent)["total"]["paid"] == 1
    assert {item["paid"] for item in funnel(agent)["items"]} == {1}
    for state in ("needs_fix", "duplicate", "conflict", "withdrawn"):
        with closing(sqlite3.connect(agent.store)) as hand:
            hand.execute("UPDATE records SET state = ? WHERE kind = 'payment'", (state,))
            hand.commit()
        assert funnel(agent)["total"]["paid"] == 0, state


def pay(cli: Cli, member: str) -> None:
    """Let the store hold a confirmed payment for a member, as its clear columns tell of one."""
    with closing(sqlite3.connect(cli.store)) as hand:
        hand.execute(
            "INSERT INTO records (id, kind, rev, state, schema, author, device, created_at,"
            " updated_at, amount, member_id, money, envelope) SELECT"
            " '01a20000-0000-7000-8000-000000000001', 'payment', 1, 'queued', schema, author,"
            " device, created_at, updated_at, 16800, id, 'confirmed', envelope"
            " FROM records WHERE id = ?",
            (member,),
        )
        hand.commit()


def test_names_of_those_who_never_enrolled_are_forgotten_in_time_without_a_trace(
    agent: Cli,
) -> None:
    event = an_event(agent)
    waiting = someone("Masih Menunggu", follow_up=day(3))
    attend(agent, event, someone(follow_up=None), waiting, NOBODY)
    assert agent.run("hari-ini").data["names_to_forget"] == 0
    made_older(agent, 91)
    assert agent.run("hari-ini").data["names_to_forget"] == 1
    with closing(sqlite3.connect(agent.store)) as hand:
        sealed = [row[0] for row in hand.execute("SELECT envelope FROM attendees ORDER BY id")]
    refused = agent.run("sosialisasi", "lupakan")
    assert (refused.code, refused.codes) == (2, ["confirm.missing"])
    said = agent.run("sosialisasi", "lupakan", "--yes")
    assert (said.data["forgotten"], said.data["traces"]) == (1, False)
    held = b"".join(path.read_bytes() for path in agent.home.rglob("*") if path.is_file())
    assert [piece in held for piece in sealed] == [False, True, True]
    people = shown(agent, event)["people"]
    assert [each["name"] for each in people] == [None, "Masih Menunggu", None]
    assert [each["interest"] for each in people] == ["later", "later", "no"]
    assert shown(agent, event)["attendees"] == {"later": 2, "no": 1}
    assert agent.run("hari-ini").data["names_to_forget"] == 0
    one = agent.run("sosialisasi", "lupakan", people[1]["id"], "--yes")
    assert one.data["forgotten"] == 1
    assert agent.run("sosialisasi", "lupakan", "--hari", "0", "--yes").data["forgotten"] == 0
    both = agent.run("sosialisasi", "lupakan", people[1]["id"], "--hari", "3", "--yes")
    assert both.codes == ["forget.one_or_days"]


def test_an_event_that_is_erased_takes_those_who_came_with_it(agent: Cli) -> None:
    event = an_event(agent)
    attend(agent, event, someone())
    erased = agent.run("pekerja", "hapus", event, "--alasan", "not_needed", "--yes")
    assert (erased.code, erased.data["traces"]) == (0, False)
    with closing(sqlite3.connect(agent.store)) as hand:
        assert hand.execute("SELECT count(*) FROM attendees").fetchone() == (0,)
    assert due(agent) == []


TALK = {
    "id": (
        ("catat", "hadir"),
        [("Jenis kegiatan", "1"), ("Tempat", "HP 081234567890"), ("Tempat", "Pasar Badung"),
         ("Hari (", ""), ("Kode wilayah", ""), ("Berapa orang", "banyak"), ("Berapa orang", "25"),
         ("Yang dibicarakan", "1 2"), ("Bahan", "1x20 4x5")],
        [("Orang ke-1", "y"), ("Nama panggilan", "Made [/b] Uji"), ("Nomor HP", PHONE),
         ("Minat", "2"), ("Hubungi lagi", "0"), ("Orang ke-2", "t"), ("Minat", "4"),
         ("Orang ke-3", "")],
        "2 orang dicatat",
    ),
    "en": (
        ("record", "attend"),
        [("Kind of event", "1"), ("Place", "HP 081234567890"), ("Place", "Pasar Badung"),
         ("Day (", ""), ("Code of the region", ""), ("How many people", "many"),
         ("How many people", "25"), ("What was spoken", "1 2"), ("Materials", "1x20 4x5")],
        [("Person 1", "y"), ("What they are called", "Made [/b] Uji"), ("Phone number", PHONE),
         ("Interest", "2"), ("When to ask again", "0"), ("Person 2", "n"), ("Interest", "4"),
         ("Person 3", "")],
        "People written down: 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", TALK)
@pytest.mark.parametrize("columns", ["60", "80"])
def test_an_event_and_those_who_came_are_written_down_on_a_terminal(
    agent: Cli, language: str, columns: str
) -> None:
    agent.environment |= {"PERISAI_LANG": language, "COLUMNS": columns}
    (record, attending), about_it, about_them, told = TALK[language]
    with Terminal(agent, "outreach", record) as terminal:
        answered(terminal, *about_it)
        assert terminal.end() == 0
    [event] = agent.run("sosialisasi", "daftar").data["items"]
    assert (event["type"], event["place"], event["day"]) == ("market_visit", "Pasar Badung", day())
    assert (event["present"], event["topics"]) == (25, ["jkk", "jkm"])
    assert event["materials"] == [{"code": "brochure", "count": 20}, {"code": "form", "count": 5}]
    with Terminal(agent, "outreach", attending, event["id"]) as terminal:
        answered(terminal, *about_them)
        terminal.wait_for(told)
        assert terminal.end() == 0
    people = shown(agent, event["id"])["people"]
    assert [(each["name"], each["interest"]) for each in people] == [
        ("Made [/b] Uji", "later"),
        (None, "no"),
    ]
    assert people[0]["follow_up"] == day()


def test_a_correction_on_a_terminal_offers_what_is_held(agent: Cli) -> None:
    event = an_event(agent)
    with Terminal(agent, "sosialisasi", "ubah", event) as terminal:
        answered(
            terminal, ("Jenis kegiatan", ""), ("[Pasar Kedonganan]", "Pasar Jimbaran"),
            ("Hari (", ""), ("Kode wilayah", ""), ("[40]", ""), ("[1 2]", ""), ("[1x30]", ""),
        )  # fmt: skip
        assert terminal.end() == 0
    kept = shown(agent, event)
    assert kept["place"] == "Pasar Jimbaran"
    assert {name: kept[name] for name in MARKET} == MARKET | {"place": "Pasar Jimbaran"}


def test_whoever_was_typed_in_before_the_power_went_is_kept(agent: Cli) -> None:
    event = an_event(agent)
    with Terminal(agent, "sosialisasi", "hadir", event) as terminal:
        answered(
            terminal, ("Orang ke-1", "y"), ("Nama panggilan", NAME), ("Nomor HP", ""),
            ("Minat", "1"), ("Hubungi lagi", ""), ("Orang ke-2", "y"),
        )  # fmt: skip
        terminal.wait_for("Nama panggilan")
        terminal.process.kill()
    assert [each["name"] for each in shown(agent, event)["people"]] == [NAME]


def test_where_nobody_can_answer_the_missing_file_is_named(agent: Cli) -> None:
    event = an_event(agent)
    for command in (("catat",), ("ubah", event), ("hadir", event)):
        said = agent.run("sosialisasi", *command)
        assert (said.code, said.codes) == (2, ["usage.missing"])
