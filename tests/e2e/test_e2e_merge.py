"""Agents' books merged by their supervisor: real stores, a real central, the program itself."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command_line import Cli
from field_work import Agent, Office, a_nik, a_worker, enrol
from supervision import FACTS, Supervisor, book_of
from terminal import Terminal

from perisai_cli.storage.dataset_tables import CLEAR_COLUMNS
from perisai_cli.storage.lock import merge_lock
from perisai_cli.storage.merging_tables import SEALED_COLUMNS

NewAgent = Callable[[str], Agent]


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(tmp_path / "supervisor", "", "S-1")


def pay(agent: Cli, member: str) -> str:
    said = agent.run(
        "bayar", "catat", member, "--bulan", "1", "--uang", "received", "--kanal", "cash"
    )
    assert said.code == 0, said
    return str(said.data["id"])


def questions(supervisor: Cli) -> list[dict[str, Any]]:
    return list(supervisor.run("gabung", "pertanyaan").data["items"])


def the_same_home(agent: Agent, folder: Path) -> Cli:
    """Return a copy of an agent's home, as a restored backup or a cloned laptop is one."""
    folder.mkdir()
    copy = Cli(folder)
    shutil.copytree(agent.home, copy.home)
    return copy


def test_what_three_agents_recorded_and_the_central_said_is_what_is_merged(
    office: Office, an_agent: NewAgent, supervisor: Supervisor
) -> None:
    nik = a_nik()
    first, second, third = (an_agent(office.url) for _ in range(3))
    members = enrol(first, a_worker(), a_worker(nik), a_worker(months=3))
    enrol(second, a_worker(nik, income=1900000), a_worker())
    pay(first, members[0])
    said = third.run("sosialisasi", "catat", "--berkas", "-", stdin=json.dumps(
        {"type": "market_visit", "place": "Pasar Uji", "present": 12}))  # fmt: skip
    assert said.code == 0, said
    for agent in (first, second):
        assert agent.sync().code in (0, 3)
    enrol(third, a_worker())
    assert first.run("antrean", "tarik", members[2], "--alasan", "changed_mind", "--yes").code == 0

    for agent in (first, second, third):
        book_of(agent, supervisor)
    said = supervisor.merge(supervisor.folder / "buku")
    assert (said.data["taken"], said.data["books"], said.data["in_dataset"]) == (3, 3, 8)
    facts = supervisor.facts()
    standing = {each["id"]: each["standing"] for table in FACTS for each in facts[table]}
    for agent in (first, second, third):
        for item in agent.run("antrean", "daftar").data["items"]:
            pending = item["pending"] and item["state"] != "withdrawn"
            assert standing.pop(item["id"]) == ("pending" if pending else item["state"])
    assert standing == {}
    assert sorted(standing for standing in {each["standing"] for each in facts["members"]}) == [
        "accepted", "duplicate", "pending", "withdrawn",
    ]  # fmt: skip
    assert {each["agent"] for each in facts["members"]} == {first.name, second.name, third.name}
    [event] = facts["events"]
    assert (event["present"], event["enrolled"], event["agent"]) == (12, 0, third.name)
    [paid] = facts["payments"]
    assert (paid["money"], paid["member"], paid["region"]) == ("received", members[0], "5171")
    assert questions(supervisor) == []  # the central knew the twin already

    again = supervisor.merge(supervisor.folder / "buku")
    assert (again.data["taken"], again.data["known"]) == (0, 3)
    assert supervisor.facts() == facts
    status = supervisor.run("gabung", "status").data
    assert [each["agent"] for each in status["items"]] == sorted(
        (first.name, second.name, third.name)
    )
    assert all(each["age_days"] == 0 for each in status["items"])


def test_each_file_is_taken_or_refused_alone(
    an_agent: NewAgent, supervisor: Supervisor, tmp_path: Path, office: Office
) -> None:
    agent, other = an_agent(office.url), Supervisor(tmp_path / "other", "", "S-2")
    enrol(agent, a_worker())
    good = book_of(agent, supervisor)
    octets = good.read_bytes()
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "1-cut.prs").write_bytes(octets[:-70])
    (folder / "2-flipped.prs").write_bytes(octets[:-9] + bytes([octets[-9] ^ 1]) + octets[-8:])
    (folder / "3-none.prs").write_bytes(b"Ni Luh Sari,5171\n")
    assert agent.sync().code == 0
    queue = folder / "4-queue.prs"
    assert agent.run("sinkron", "paket", "ekspor", "--keluaran", str(queue)).code == 0
    stranger = an_agent(office.url)
    book_of(stranger, other)
    shutil.copy(other.folder / "buku" / f"{stranger.folder.name}.prs", folder / "5-other.prs")

    said = supervisor.merge(folder, code=2)
    assert said.codes == [
        "bundle.damaged", "bundle.signature", "bundle.not_one", "book.not_one",
        "book.other_supervisor",
    ]  # fmt: skip
    assert [error["row"] for error in said.errors] == [1, 2, 3, 4, 5]
    shown = supervisor.run("gabung", str(folder), as_json=False).err
    told = [line.split(": ")[0] for line in shown.splitlines() if line.startswith("✗")]
    assert told == [f"✗ {path.name}" for path in sorted(folder.iterdir())]
    assert not supervisor.dataset.exists()

    said = supervisor.merge(folder / "none.prs", good, code=3)
    assert [each["state"] for each in said.data["items"]] == ["refused", "taken"]
    assert said.codes == ["file.unreadable"]
    with closing(sqlite3.connect(supervisor.dataset)) as hand:
        hand.execute("UPDATE devices SET public_key = ?", ("A" * 43 + "=",))
        hand.commit()
    enrol(agent, a_worker())
    assert supervisor.merge(book_of(agent, supervisor, "next"), code=2).codes == ["book.other_key"]
    office_copy = agent.run("sinkron", "paket", "impor", str(good))
    assert office_copy.codes == ["bundle.is_book"]
    settled = supervisor.run(
        "pusat", "paket", "terima", str(good), "--keluaran", "x", "--data", str(office.data)
    )
    assert settled.codes == ["bundle.is_book"]


def test_two_contents_of_one_record_are_asked_and_answered_side_by_side(
    an_agent: NewAgent, supervisor: Supervisor, tmp_path: Path
) -> None:
    agent = an_agent("")
    [record] = enrol(agent, a_worker())
    copy = the_same_home(agent, tmp_path / "copy")
    change = {"phone": "081298765432"}
    for device, fields in ((agent, change), (copy, {"name": "Ni Luh Uji Lain", "months": 2})):
        said = device.run("pekerja", "ubah", record, "--berkas", "-", stdin=json.dumps(fields))
        assert said.code == 0, said
    books = [book_of(agent, supervisor, "one"), book_of(copy, supervisor, "two")]
    said = supervisor.merge(*books)
    assert said.data["questions"] == 1
    assert [each["code"] for each in said.data["warnings"]] == ["merge.number_twice"]
    [question] = questions(supervisor)
    assert question["kind"] == "conflict"
    assert {"/worker/name", "/worker/phone", "/worker/months"} <= set(question["differs"])
    assert {side["values"]["/worker/months"] for side in question["sides"]} == {1, 2}
    assert not any("phone" in field or "name" in field for field in question["sides"][0]["values"])
    shown = supervisor.run("gabung", "pertanyaan", as_json=False).out
    assert "Banyaknya bulan: 1) " in shown
    short = supervisor.run(
        "gabung", "jawab", question["id"][:3], "--pilih", "1", "--alasan", "kartu dilihat"
    )
    assert short.codes == ["merge.no_question"]
    last = supervisor.run(
        "gabung", "jawab", question["id"][-6:], "--pilih", "1", "--alasan", "kartu dilihat"
    )
    assert "4 huruf pertama" in last.errors[0]["remedy"]
    assert supervisor.facts()["members"][0]["standing"] == "conflict"

    refused = supervisor.run(
        "gabung", "jawab", question["id"], "--pilih", "1", "--alasan", "jalan sudah dilihat"
    )
    assert refused.codes == ["merge.reason_names"]  # the name holds this word
    both = supervisor.run("gabung", "jawab", question["id"], "--keduanya", "--alasan", "ya")
    assert both.codes == ["merge.not_both"]
    answered = supervisor.run(
        "gabung", "jawab", question["id"], "--pilih", "2", "--alasan", "kartu dilihat"
    )
    assert (answered.code, answered.data["open"]) == (0, 0)
    assert supervisor.facts()["members"][0]["standing"] == "pending"
    enrol(agent, a_worker())
    supervisor.merge(book_of(agent, supervisor, "three"))
    assert questions(supervisor) == []
    [kept] = supervisor.run("gabung", "pertanyaan", "--dijawab").data["items"]
    assert kept["answer"]["choice"] == 2
    assert kept["answer"]["reason"] == "kartu dilihat"
    back = supervisor.run("gabung", "jawab", question["id"], "--batal", "--alasan", "salah")
    assert (back.code, back.data["open"]) == (0, 1)
    with closing(sqlite3.connect(supervisor.store)) as hand:
        told = [row[0] for row in hand.execute("SELECT action FROM journal ORDER BY seq")]
    assert [each for each in told if "answer" in each] == [
        "merge.answered", "merge.answer_taken_back",
    ]  # fmt: skip


def test_one_person_with_two_agents_counts_once_when_it_is_said_so(
    an_agent: NewAgent, supervisor: Supervisor
) -> None:
    nik = a_nik()
    one, two = an_agent(""), an_agent("")
    [first], [second] = enrol(one, a_worker(nik)), enrol(two, a_worker(nik))
    payments = [pay(one, first), pay(two, second)]
    supervisor.merge(book_of(one, supervisor), book_of(two, supervisor))
    [question] = questions(supervisor)
    assert question["kind"] == "same_person"
    assert nik not in json.dumps(question)
    first_side = question["sides"][0]["id"]
    answer = ("--pilih", "1", "--alasan", "orang yang sama")
    assert supervisor.run("gabung", "jawab", question["id"], *answer).data["open"] == 1
    standing = {each["id"]: each["standing"] for each in supervisor.facts()["members"]}
    assert standing.pop(first_side) == "pending"
    assert set(standing.values()) == {"duplicate"}

    [twice] = questions(supervisor)
    assert twice["kind"] == "month_twice"
    assert {side["id"] for side in twice["sides"]} == set(payments)
    shown = supervisor.run("gabung", "pertanyaan", as_json=False)
    assert "Rp8.400" in shown.out
    assert "month_twice" not in shown.out
    assert supervisor.run("gabung", "jawab", twice["id"], *answer).data["open"] == 0
    standing = {each["id"]: each["standing"] for each in supervisor.facts()["payments"]}
    assert standing == {twice["sides"][0]["id"]: "pending", twice["sides"][1]["id"]: "duplicate"}

    undone = supervisor.run("gabung", "jawab", question["id"], "--batal", "--alasan", "keliru")
    assert undone.data["open"] == 1
    assert {each["standing"] for each in supervisor.facts()["payments"]} == {"pending"}


def test_a_person_at_a_terminal_is_asked_before_members_change_hands(
    an_agent: NewAgent, supervisor: Supervisor
) -> None:
    leaver, taker = an_agent(""), an_agent("")
    for agent in (leaver, taker):
        enrol(agent, a_worker())
    supervisor.merge(book_of(leaver, supervisor), book_of(taker, supervisor))
    before = supervisor.facts()
    given = ("--dari", leaver.name, "--ke", taker.name, "--semua", "--alasan", "berhenti")
    nobody = supervisor.run("gabung", "serahkan", *given)
    assert (nobody.code, nobody.codes) == (2, ["confirm.missing"])
    assert "semua anggota" in nobody.errors[0]["message"]
    for typed, code in (("", 2), ("y", 0)):
        assert supervisor.facts() == before
        with Terminal(supervisor, "gabung", "serahkan", *given) as terminal:
            terminal.answer("Serahkan semua anggota", typed)
            assert terminal.end() == code
    assert supervisor.facts() != before


def test_a_leavers_members_are_handed_over_and_stay_so(
    an_agent: NewAgent, supervisor: Supervisor
) -> None:
    leaver, taker = an_agent(""), an_agent("")
    members = enrol(leaver, a_worker(), a_worker(), a_worker())
    payment = pay(leaver, members[0])
    enrol(taker, a_worker())
    supervisor.merge(book_of(leaver, supervisor), book_of(taker, supervisor))
    given = ("--dari", leaver.name, "--ke", taker.name, "--alasan", "berhenti", "--yes")
    said = supervisor.run("gabung", "serahkan", *given, members[0][-8:], members[1])
    assert (said.code, said.data["members"]) == (0, 2)
    unknown = supervisor.run("gabung", "serahkan", *given, "0192f0c1")
    assert unknown.codes == ["merge.no_member"]
    assert "perisai laporan pendaftaran --dari gabungan" in unknown.errors[0]["remedy"]
    none = supervisor.run("gabung", "jejak", "abc")
    assert (none.codes, none.errors[0]["field"]) == (["merge.no_handover"], "/handover")
    told = supervisor.run("gabung", "jejak", "7", as_json=False).err
    assert "Nomor serah terima" in told
    handed = supervisor.run("gabung", "serahkan", *given, members[0])
    assert handed.codes == ["merge.not_theirs"]

    def agents() -> dict[str, tuple[str, str]]:
        facts = supervisor.facts()
        rows = [*facts["members"], *facts["payments"]]
        return {each["id"]: (each["agent"], each["author"]) for each in rows}

    assert agents()[members[0]] == agents()[payment] == (taker.name, leaver.name)
    assert agents()[members[2]] == (leaver.name, leaver.name)
    change = json.dumps({"phone": "081298765432"})
    assert leaver.run("pekerja", "ubah", members[0], "--berkas", "-", stdin=change).code == 0
    supervisor.merge(book_of(leaver, supervisor, "later"))
    assert agents()[members[0]] == agents()[payment] == (taker.name, leaver.name)

    path = supervisor.folder / "daftar.csv"
    onward = ("--dari", taker.name, "--ke", "A-900", "--alasan", "pindah", "--keluaran", str(path),
              "--yes")  # fmt: skip
    slip = supervisor.run("gabung", "serahkan", *onward, members[0])
    assert (slip.code, slip.codes, path.exists()) == (2, ["merge.unknown_agent"], False)
    onward = (*onward, "--agen-baru")
    said = supervisor.run("gabung", "serahkan", *onward, members[0])
    assert said.code == 0
    masked = path.read_text(encoding="utf-8")
    assert "N. L. U. J." in masked
    assert "5171" in masked
    trail = supervisor.run("gabung", "jejak").data["items"]
    assert [(each["from"], each["to"]) for each in trail] == [
        (leaver.name, taker.name), (taker.name, "A-900"),
    ]  # fmt: skip
    opened = supervisor.run(
        "gabung", "jejak", "2", "--keluaran", str(path), "--buka", "untuk agen baru", "--yes"
    )
    assert opened.data["items"][0]["ids"] == [members[0]]
    assert "Ni Luh Uji Jalan" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    book = path.with_suffix(".xlsx")
    assert supervisor.run("gabung", "jejak", "2", "--keluaran", str(book)).code == 0
    sheet = openpyxl.load_workbook(book)["Peserta diserahkan"]
    assert [cell.value for cell in sheet[1]][:3] == ["Nomor", "NIK", "Nama"]
    assert sheet["C2"].value == "N. L. U. J."
    wrong = supervisor.run("gabung", "jejak", "2", "--keluaran", str(path.with_suffix(".txt")))
    assert wrong.codes == ["report.format"]


def test_cash_in_a_leavers_hand_is_not_handed_over_with_the_members(
    an_agent: NewAgent, supervisor: Supervisor
) -> None:
    leaver, taker = an_agent(""), an_agent("")
    [member] = enrol(leaver, a_worker())
    cash = leaver.run("bayar", "catat", member, "--uang", "received", "--kanal", "cash")
    assert cash.code == 0, cash
    enrol(taker, a_worker())
    supervisor.merge(book_of(leaver, supervisor), book_of(taker, supervisor))
    given = ("--dari", leaver.name, "--ke", taker.name, "--alasan", "berhenti", "--semua", "--yes")
    assert supervisor.run("gabung", "serahkan", *given).code == 0
    said = supervisor.run("laporan", "mingguan", "--dari", "merged")
    assert said.code == 0, said
    items = said.data["sections"]["money_by_agent"]["items"]
    told = {row["agent"]: row["amount_received"] for row in items}
    assert told == {leaver.name: cash.data["amount"]}


def test_a_hand_over_whose_list_can_not_be_written_gives_nothing(
    an_agent: NewAgent, supervisor: Supervisor
) -> None:
    leaver = an_agent("")
    [member] = enrol(leaver, a_worker(name="Wayan Tanamkembang"))
    supervisor.merge(book_of(leaver, supervisor))
    before = supervisor.facts()
    given = (
        "--dari",
        leaver.name,
        "--ke",
        "A-900",
        "--semua",
        "--alasan",
        "berhenti",
        "--agen-baru",
        "--yes",
    )
    nowhere = str(supervisor.folder / "none" / "daftar.csv")
    said = supervisor.run("gabung", "serahkan", *given, "--keluaran", nowhere)
    assert (said.code, said.codes) == (8, ["report.unwritable"])
    assert supervisor.facts() == before
    assert supervisor.run("gabung", "jejak").data["items"] == []

    path = str(supervisor.folder / "daftar.csv")
    naming = ("--buka", "untuk Tanamkembang")
    said = supervisor.run("gabung", "serahkan", *given, "--keluaran", path, *naming)
    assert said.codes == ["merge.reason_names"]
    assert supervisor.facts() == before
    said = supervisor.run("gabung", "serahkan", *given, "--keluaran", path)
    assert (said.code, said.data["members"]) == (0, 1)
    assert member in Path(path).read_text(encoding="utf-8")
    said = supervisor.run("gabung", "jejak", "1", "--keluaran", path, *naming, "--yes")
    assert said.codes == ["merge.reason_names"]


def test_two_first_merges_at_once_lose_nothing(an_agent: NewAgent, supervisor: Supervisor) -> None:
    agents = [an_agent("") for _ in range(2)]
    for agent in agents:
        enrol(agent, a_worker())
    good = book_of(agents[0], supervisor)
    bad = supervisor.folder / "bad.prs"
    bad.write_bytes(good.read_bytes()[:-70])
    with merge_lock(supervisor.home):
        said = supervisor.merge(good, code=11)
        assert said.codes == ["merge.locked"]
    assert not supervisor.dataset.exists()
    lines = [[sys.executable, "-m", "perisai_cli", "gabung", str(path)] for path in (bad, good)]
    for _ in range(4):
        running = [
            subprocess.Popen(each, env=supervisor.environment, cwd=supervisor.folder,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for each in lines
        ]  # fmt: skip
        codes = [each.wait() for each in running]
        assert codes[0] in (2, 11)
        assert codes[1] in (0, 11)
        if codes[1] == 0:
            break
    supervisor.merge(good)
    assert len(supervisor.facts()["members"]) == 1


def test_a_known_device_that_names_another_agent_is_refused(
    an_agent: NewAgent, supervisor: Supervisor, tmp_path: Path
) -> None:
    agent = an_agent("")
    [record] = enrol(agent, a_worker())
    copy = the_same_home(agent, tmp_path / "copy")
    supervisor.merge(book_of(agent, supervisor))
    with closing(sqlite3.connect(supervisor.dataset)) as hand:
        hand.execute("UPDATE devices SET agent = 'A-999'")
        hand.commit()
    enrol(agent, a_worker())
    said = supervisor.merge(book_of(copy, supervisor, "copy"), code=2)
    assert said.codes == ["book.other_agent"]
    assert [each["id"] for each in supervisor.facts()["members"]] == [record]


def test_the_first_supervisor_stays_until_the_digits_of_another_are_typed(
    an_agent: NewAgent, supervisor: Supervisor, tmp_path: Path
) -> None:
    agent, other = an_agent(""), Supervisor(tmp_path / "other", "", "S-2")
    out = ("laporan", "buku", "--keluaran", str(tmp_path / "b.prs"), "--yes")
    assert agent.run(*out).codes == ["book.no_supervisor"]
    book_of(agent, supervisor)
    assert (
        agent.run(*out).data["supervisor"] == supervisor.run("gabung", "kunci").data["fingerprint"]
    )
    new = (*out, "--kunci-penyelia", str(other.key))
    digits = other.run("gabung", "kunci").data["fingerprint"]
    refused = agent.run(*new)
    assert refused.codes == ["book.new_supervisor"]
    wrong = agent.run(*new, "--kunci-baru", "12345")
    assert wrong.codes == ["book.new_digits"]
    assert digits not in refused.out + refused.err + wrong.out + wrong.err
    assert agent.run(*new, "--kunci-baru", digits.replace(" ", "-")).code == 0
    assert agent.run(*out).data["supervisor"] == digits
    assert other.merge(tmp_path / "b.prs").data["taken"] == 1
    assert agent.run("sinkron", "paket", "ekspor", "--keluaran", "q", "--kunci-kantor",
                     str(supervisor.key)).codes == ["bundle.office_key"]  # fmt: skip


def test_a_plan_changes_nothing_and_a_merge_needs_a_key(
    an_agent: NewAgent, supervisor: Supervisor
) -> None:
    agent = an_agent("")
    enrol(agent, a_worker())
    bare = agent.run("gabung", "nothing.prs")
    assert bare.codes == ["merge.no_key"]
    plan = agent.run("laporan", "buku", "--dry-run", "--kunci-penyelia", str(supervisor.key)).data
    assert (plan["records"], plan["kinds"]) == (1, {"enrolment": 1})
    assert agent.run("laporan", "buku", "--dry-run").codes == ["book.no_supervisor"]
    book = book_of(agent, supervisor)
    planned = supervisor.merge(book, "--dry-run")
    assert (planned.data["taken"], planned.data["in_dataset"]) == (1, 1)
    assert not supervisor.dataset.exists()
    supervisor.merge(book)
    before = supervisor.facts()
    enrol(agent, a_worker())
    planned = supervisor.merge(book_of(agent, supervisor, "next"), "--dry-run")
    assert planned.data["in_dataset"] == 2
    assert supervisor.facts() == before
    assert supervisor.run("gabung", "statu").codes == ["usage.no_such_command"]
    assert supervisor.run("gabung", str(supervisor.home)).codes == ["merge.empty_folder"]
    assert supervisor.run("gabung").codes == ["usage.missing_command"]


def test_nothing_of_a_person_is_readable_in_the_supervisors_home(
    an_agent: NewAgent, supervisor: Supervisor
) -> None:
    planted = a_worker(name="Wayan Tanamkembang", phone="081277665544")
    agent = an_agent("")
    [record] = enrol(agent, planted)
    pay(agent, record)
    book = book_of(agent, supervisor)
    supervisor.merge(book)
    other = an_agent("")
    enrol(other, planted)
    supervisor.merge(book_of(other, supervisor))
    [question] = questions(supervisor)
    answer = ("--pilih", "1", "--alasan", "orang yang sama")
    assert supervisor.run("gabung", "jawab", question["id"], *answer).code == 0
    sought = [planted["nik"], planted["nik"][4:12], "Tanamkembang", "77665544", "1990-"]
    files = [path for path in supervisor.home.rglob("*") if path.is_file()]
    assert supervisor.dataset in files
    for path in [*files, *(supervisor.folder / "buku").iterdir()]:
        content = path.read_bytes()
        assert not [each for each in sought if each.encode() in content], path
    with closing(sqlite3.connect(supervisor.dataset)) as hand:
        tables = {
            row[0] for row in hand.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        }
        assert {each for each in tables if not each.startswith(("sqlite_", "_"))} == set(
            CLEAR_COLUMNS
        )
        for table, clear in CLEAR_COLUMNS.items():
            columns = {row[1] for row in hand.execute(f"PRAGMA table_info({table})")}
            assert columns - SEALED_COLUMNS == clear

    said = agent.run("pekerja", "hapus", record, "--alasan", "subject_asked", "--yes")
    assert said.code == 0, said
    supervisor.merge(book_of(agent, supervisor, "after"))
    assert record not in [each["id"] for each in supervisor.facts()["members"]]
    assert questions(supervisor) == []


def killed(supervisor: Supervisor, book: Path, number: int) -> int:
    """Kill a merge at one of its points, or at none; return how many points it has."""
    kill_at = Path(__file__).parents[1] / "faults" / "kill_at.py"
    command = [sys.executable, str(kill_at), str(number), "points", "gabung", str(book)]
    done = subprocess.run(command, env=supervisor.environment, cwd=supervisor.folder,
                          capture_output=True, check=False)  # fmt: skip
    assert done.returncode == (-signal.SIGKILL if number else 0), done
    return 0 if number else len((supervisor.folder / "points").read_text().splitlines())


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
def test_a_first_merge_that_is_killed_leaves_nothing_to_report_from(
    an_agent: NewAgent, supervisor: Supervisor, share: float
) -> None:
    agent = an_agent("")
    enrol(agent, a_worker())
    book = book_of(agent, supervisor)
    backup = supervisor.folder / "backup"
    shutil.copytree(supervisor.home, backup)
    points = killed(supervisor, book, 0)
    after = supervisor.facts()
    shutil.rmtree(supervisor.home)
    shutil.copytree(backup, supervisor.home)
    killed(supervisor, book, int(points * share))
    asked = (
        ("laporan", "ringkasan", "--dari", "gabungan"),
        ("gabung", "status"),
        ("gabung", "pertanyaan"),
    )
    for each in asked:
        assert supervisor.run(*each).codes == ["dataset.none"], each
    (supervisor.folder / "bad.prs").write_text("no book")
    assert supervisor.run("gabung", "bad.prs").code == 2
    for each in asked:
        assert supervisor.run(*each).codes == ["dataset.none"], each
    supervisor.merge(book)
    assert supervisor.facts() == after


@pytest.mark.parametrize("share", [0.15, 0.6, 0.98])
def test_who_kills_a_merge_finds_the_dataset_as_before_or_after(
    an_agent: NewAgent, supervisor: Supervisor, share: float
) -> None:
    first, second = an_agent(""), an_agent("")
    enrol(first, a_worker(), a_worker())
    [member] = enrol(second, a_worker())
    pay(second, member)
    supervisor.merge(book_of(first, supervisor))
    before = supervisor.facts()
    book = book_of(second, supervisor)
    backup = supervisor.folder / "backup"
    shutil.copytree(supervisor.home, backup)

    points = killed(supervisor, book, 0)
    after = supervisor.facts()
    assert points > 40
    shutil.rmtree(supervisor.home)
    shutil.copytree(backup, supervisor.home)
    killed(supervisor, book, int(points * share))
    assert supervisor.facts() in (before, after)
    supervisor.merge(book)
    assert supervisor.facts() == after


def test_a_name_that_no_file_can_have_is_refused_alone(
    an_agent: NewAgent, supervisor: Supervisor
) -> None:
    agent = an_agent("")
    enrol(agent, a_worker())
    good = book_of(agent, supervisor)
    long = supervisor.folder / ("x" * 300 + ".prs")
    said = supervisor.merge(long, "~nobody-of-that-name/b.prs", good, code=3)
    assert [each["state"] for each in said.data["items"]] == ["refused", "refused", "taken"]
    assert said.codes == ["file.unreadable", "file.unreadable"]
    told = agent.run("laporan", "buku", "--keluaran", str(long), "--yes")
    assert (told.code, told.codes) == (8, ["bundle.unwritable"])
    assert "namanya terlalu panjang" in told.errors[0]["message"]
