"""Nothing of a planted person is found where it does not belong (I12)."""

from __future__ import annotations

import base64
import contextlib
import copy
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import planted
import pytest
from faults_field import HERE, Central, Home, HomeMaker, Ran, a_worker, ended, now
from planted import NAME, NIK, person, traces, traces_below, traces_in
from proxy import Proxy, hold

from perisai_cli.storage.migrations import CLEAR_COLUMNS, SEALED_COLUMNS
from perisai_cli.storage.records import Records

MASKED = "5171********7351"
ANOTHER = a_worker(2)

SHOWN = (
    *NAME.split(), NAME, planted.PHONE[1:], planted.PHONE[4:], planted.BIRTH_DATE,
    planted.STREET, "Kembang Sepatu", planted.HEIR, planted.CHILD,
)  # fmt: skip
"""What ``queue show`` is for; never the NIK."""


def says_nothing(ran: Ran, *, but: tuple[str, ...] = ()) -> None:
    assert traces_in(ran.out, but=but) == []
    assert traces_in(ran.err, but=but) == []
    assert "Traceback" not in ran.err


def a_draft(home: Home) -> None:
    with home.store() as store, store.connection.transaction():
        records = Records(store, "A-UJI", store.device.id)
        records.save_draft("0192f0c1-0000-7000-8000-000000000001", person(), now())


@contextlib.contextmanager
def a_reader(home: Home) -> Iterator[None]:
    """Keep the write-ahead log from being folded into the file, so that it can be searched too."""
    with contextlib.closing(sqlite3.connect(home.file)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM meta").fetchall()
        yield
        connection.rollback()


def test_the_search_finds_a_person_in_every_coding() -> None:
    for shift in range(4):
        coded = base64.b64encode(b"x" * shift + NIK.encode() + b"xyz")
        assert NIK in traces(coded)
        assert NIK in traces(base64.urlsafe_b64encode(b"x" * shift + NIK.encode()))
    assert NIK in traces(NIK.encode("utf-16-le"))
    assert NIK in traces(NIK.encode().hex().encode())
    assert NAME in traces(b"..." + NAME.encode("utf-16-be") + b"...")
    assert traces(b"5171********7351 N. L. S. 517101") == []


def test_no_command_leaves_a_trace_of_a_person(
    linked: Home, central: Central, a_home: HomeMaker
) -> None:
    home = linked
    a_draft(home)
    one, fixed = json.dumps(person()), json.dumps({"phone": planted.PHONE, "income": 1900000})
    many = "\n".join([one, json.dumps(person(nik=NIK[:-1])), json.dumps(ANOTHER)])
    with a_reader(home):
        enrolled = home.run("enroll", "--file", "-", "--json", given=one)
        assert enrolled.code == 0, enrolled
        record = enrolled.data["id"]
        for arguments, given in (
            (("enroll", "--file", "-"), many),
            (("enroll", "--file", "-"), json.dumps(person(birth_date="1987-11-24", income=-1))),
            (("enroll", "--file", "-", "--json"), one),
            (("queue", "list"), ""),
            (("queue", "list", "--json"), ""),
            (("queue", "fix", record, "--file", "-"), fixed),
            (("queue", "fix", record, "--file", "-"), json.dumps({"heirs": NAME})),
            (("sync", "--dry-run"), ""),
            (("sync",), ""),
            (("sync", "status"), ""),
            (("report", "enrollments"), ""),
            (("report", "enrollments", "--output", "masked.csv"), ""),
            (("report", "enrollments", "--output", "masked.json"), ""),
            (("report", "summary", "--json"), ""),
            (("today",), ""),
            (("queue", "withdraw", record, "--yes"), ""),
            (("sync", "--json"), ""),
        ):
            ran = home.run(*arguments, given=given)
            assert ran.code in (0, 2, 3), ran
            says_nothing(ran)
        shown = home.run("queue", "show", record, "--json")
        assert shown.data["nik_masked"] == MASKED
        assert shown.data["worker"]["name"] == NAME
        says_nothing(shown, but=SHOWN)
        says_nothing(home.run("queue", "show", record), but=SHOWN)
        assert (home.path / "perisai.db-wal").stat().st_size
        assert NIK in json.dumps(
            [body for [body] in central.rows("SELECT body FROM item_versions")]
        )
        assert traces_below(home.folder) == {}
    assert traces_below(home.folder) == {}


def test_an_unmasked_report_shows_the_person_and_nothing_else_does(home: Home) -> None:
    assert home.run("enroll", "--file", "-", given=json.dumps(person())).code == 0
    said = home.run("report", "enrollments", "--unmask", "rapat", "--output", "open.csv")
    assert said.code == 0
    says_nothing(said)
    report = home.folder / "open.csv"
    assert NIK in report.read_text(encoding="utf-8")
    assert report.stat().st_mode & 0o077 == 0
    assert traces_below(home.folder, but=(report,)) == {}


def test_the_demonstration_leaves_nothing_behind(tmp_path: Path) -> None:
    home = Home(tmp_path / "curious")
    ran = home.run("demo")
    assert ran.code == 0, ran
    assert list(home.temporary.iterdir()) == []
    samples = (HERE.parents[1] / "perisai_cli" / "actions" / "samples").glob("*.jsonl")
    people = [json.loads(line) for path in samples for line in path.read_text().splitlines()]
    for known in people:
        if isinstance(known.get("nik"), str) and len(known["nik"]) == 16:
            assert known["nik"] not in ran.out + ran.err


def _places(loose: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value, and of one new key in every object."""
    if path:
        yield path
    if isinstance(loose, dict):
        yield (*path, NIK)
        for name, value in loose.items():
            yield from _places(value, (*path, name))
    elif isinstance(loose, list):
        for index, value in enumerate(loose):
            yield from _places(value, (*path, index))


def _misplaced() -> Iterator[dict[str, Any]]:
    """Yield people with the NIK and the name in every place where they do not belong."""
    whole = a_worker(3, address={"text": "x", "region": "517101"})
    whole |= {"heirs": [{"name": "x", "relationship": "spouse"}]}
    whole |= {"children": [{"name": "x", "birth_date": "2015-02-01"}], "tier": 1, "payer": "self"}
    whole |= {"start": "2026-12", "sector": "other", "email": "a@b.id"}
    for path in _places(whole):
        for wrong in (NIK, int(NIK), [NAME], {NIK: NAME}, f"{NAME} {NIK}"):
            loose = copy.deepcopy(whole)
            inner = loose
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = wrong
            yield loose


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_what_stands_in_a_wrong_place_is_never_repeated(home: Home, flags: tuple[str, ...]) -> None:
    wrong = list(_misplaced())
    assert len(wrong) > 150
    given = "\n".join(json.dumps(loose) for loose in wrong)
    ran = home.run("enroll", "--file", "-", *flags, given=given)
    assert ran.code == 3, ran.err[-500:]
    says_nothing(ran)
    assert traces_below(home.folder) == {}


@pytest.mark.parametrize(
    "given",
    [
        f'{{"nik": "{NIK}", "name": "{NAME}"',
        f'["{NIK}"]',
        f'"{NIK}"',
        NIK,
        f"nik,name\n{NIK},{NAME}\n",
        f'{{"{NIK}": 1, "{NIK}": 2}}',
        f'{{"nik": "{NIK}\ud800"}}',
    ],
)
def test_input_that_is_no_json_is_never_repeated(home: Home, given: str) -> None:
    (home.folder / "in.txt").write_bytes(given.encode("utf-8", "surrogatepass"))
    for arguments in (("enroll",), ("enroll", "--json"), ("queue", "fix", "abcd1234")):
        ran = home.run(*arguments, "--file", "in.txt")
        assert ran.code in (2, 3), ran
        says_nothing(ran)


@pytest.mark.parametrize(
    "arguments",
    [
        (NIK,),
        (NAME,),
        ("enroll", NIK),
        ("enroll", "--nik", NIK),
        ("enroll", f"--nik={NIK}"),
        ("enroll", f"--{NIK}"),
        ("enroll", "--months", NIK),
        ("enroll", "--occupation", NAME),
        ("enroll", "--file", f"/nowhere/{NAME}.json"),
        ("queue", NIK),
        ("queue", "show", NIK),
        ("queue", "list", "--state", NAME),
        ("queue", "withdraw", NIK, "--yes", "--reason", NAME),
        ("report", "enrollments", "--unmask", NIK),
        ("report", "enrollments", "--from", NIK),
        ("report", NAME),
        ("contribution", "bpu", "--income", NIK),
        ("contribution", "bpu", "--tier", NIK),
        ("completion", NIK),
        ("sync", "--max-time", NIK),
        ("--bahasa", NIK, "today"),
    ],
)
def test_a_command_line_that_is_refused_is_not_repeated(
    home: Home, arguments: tuple[str, ...]
) -> None:
    ran = home.run(*arguments, "--json")
    assert ran.code == 2, ran
    assert NIK not in ran.out + ran.err
    assert NAME not in ran.out + ran.err


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("sqlite3.connect", ("enroll", "--file", "-")),
        ("sqlite3.connect/handle", ("enroll", "--file", "-")),
        ("sqlite3.connect", ("queue", "list")),
        ("socket.__new__", ("sync",)),
        ("tempfile.mkdtemp", ("demo",)),
    ],
)
@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_a_crash_tells_its_kind_and_place_and_nothing_of_the_person(
    linked: Home, flags: tuple[str, ...], event: str, arguments: tuple[str, ...]
) -> None:
    broken = {
        "PYTHONPATH": f"{HERE / 'crash'}:{HERE.parents[1]}",
        "PERISAI_CRASH_AT": event,
        "PERISAI_CRASH_SAYS": f"{NIK} {NAME}",
    }
    assert linked.run("enroll", "--file", "-", given=json.dumps(ANOTHER)).code == 0
    ran = linked.run(*arguments, *flags, given=json.dumps(person()), **broken)
    assert ran.code == 70, ran
    assert "ValueError" in ran.out + ran.err
    says_nothing(ran)
    if flags:
        assert ran.codes == ["bug"]
    assert traces_below(linked.folder) == {}


def test_a_running_sync_shows_nothing_to_other_users_of_the_machine(
    a_home: HomeMaker, central: Central
) -> None:
    with Proxy(central.address) as proxy:
        home = a_home(proxy.address)
        assert home.run("enroll", "--file", "-", given=json.dumps(person())).code == 0
        release = proxy.next("/v1/sync/push", hold)
        process = home.start("sync", "--json")
        assert release.reached.wait(60)
        about = Path(f"/proc/{process.pid}")
        for name in ("cmdline", "environ", "comm", "maps"):
            assert traces((about / name).read_bytes()) == []
            assert home.secret.read_bytes().strip() not in (about / name).read_bytes()
        opened = [str(link.readlink()) for link in (about / "fd").iterdir()]
        assert any(name.endswith("perisai.db") for name in opened)
        assert not [name for name in opened if "/tmp/" in name and "deleted" in name]
        assert traces_below(home.folder) == {}
        assert subprocess.run(
            ["ps", "-o", "args=", "-p", str(process.pid)], capture_output=True, check=True
        ).stdout.count(b"sync")
        release.go.set()
        ran = ended(process)
    assert (ran.code, ran.data["accepted"]) == (0, 1)
    says_nothing(ran)


def test_a_served_central_writes_nobody_into_its_log(a_home: HomeMaker, tmp_path: Path) -> None:
    office = Home(tmp_path / "office")
    process = office.start("central", "serve", "--port", "0", "--data", "books")
    try:
        assert process.stderr is not None
        heard = process.stderr.readline()
        address = heard[heard.index("http://") :].split()[0].rstrip(".,;")
        home = a_home(address)
        lines = [json.dumps(person()), json.dumps(ANOTHER)]
        assert home.run("enroll", "--file", "-", given="\n".join(lines)).code == 0
        assert home.run("sync").code == 0
        twin = a_home(address)
        assert twin.run("enroll", "--file", "-", given=json.dumps(person(income=1900000))).code == 0
        assert twin.run("sync", "--json").data["duplicate"] == 1
        book = f"{office.folder}/books"
        [[record]] = sqlite_rows(home, "SELECT id FROM records ORDER BY id LIMIT 1")
        listed = office.run("central", "agent", "list", "--data", book)
        says_nothing(listed)
        says_nothing(office.run("central", "decide", record, "rejected", "--data", book))
    finally:
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert traces_in(heard + err + out) == []


def sqlite_rows(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(home.file)) as connection:
        return connection.execute(sql).fetchall()


def test_every_column_is_named_clear_or_sealed(home: Home) -> None:
    tables = {
        name
        for [name] in sqlite_rows(home, "SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith(("sqlite_", "_sqlite_"))
    }
    assert tables == set(CLEAR_COLUMNS)
    for table in tables:
        columns = {row[1] for row in sqlite_rows(home, f"PRAGMA table_info({table})")}
        assert columns - SEALED_COLUMNS == CLEAR_COLUMNS[table]
    sealed = [row[1] for row in sqlite_rows(home, "PRAGMA table_info(records)")]
    assert set(sealed) >= SEALED_COLUMNS


def test_no_clear_column_holds_anything_of_a_person(linked: Home, central: Central) -> None:
    home = linked
    a_draft(home)
    many = [person(), ANOTHER, a_worker(5, attestation={"working": True, "critically_ill": True})]
    given = "\n".join(json.dumps(loose) for loose in many)
    ran = home.run("enroll", "--file", "-", "--json", given=given)
    assert ran.code == 0, ran
    assert home.run("sync", "--json").code == 0
    first = ran.data["items"][0]["id"]
    fixed = home.run(
        "queue", "fix", first, "--file", "-", given=json.dumps({"phone": planted.PHONE})
    )
    assert fixed.code == 0, fixed
    assert home.run("sync", "--json").code == 0
    assert home.run("queue", "withdraw", first, "--yes", "--reason", "wrong_person").code == 0
    filled = 0
    for table, columns in CLEAR_COLUMNS.items():
        for row in sqlite_rows(home, f"SELECT {', '.join(sorted(columns))} FROM {table}"):
            for value in row:
                seen = value if isinstance(value, bytes) else str(value).encode()
                assert traces(seen) == [], (table, row)
                filled += 1
    assert filled > 100
    for row in sqlite_rows(home, "SELECT envelope, reply, nik_index FROM records"):
        assert traces(b"\n".join(value for value in row if value is not None)) == []
    assert traces_in(str(sqlite_rows(home, "SELECT * FROM _sqlite_migrations"))) == []
