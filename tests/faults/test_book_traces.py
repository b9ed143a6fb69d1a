"""A person in the tables beside her record is exported whole and erased without a trace (I17)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from faults_field import Central, Home, now
from planted import NAME, NIK, PHONE, person, traces, traces_below, traces_in

from perisai_cli.domain.period import timestamp
from perisai_cli.storage.held import BESIDE

BACK = {"number": NIK, "payment_code": PHONE, "reason": "", "note": f"kata {NAME}" * 40}
SAID = {
    "name": NAME, "nik": NIK, "phone": PHONE, "words": f"kata {NAME}" * 40, "facts": {"count": 3},
    "rev": 1, "next": 0, "digest": "", "back": BACK,
}  # fmt: skip
"""Of every table's own members, and more of the person than any of them would hold."""
ROWS = {
    "questions": ("record_id, code, asked_at", lambda of: (of, "guard.shared_phone", now())),
    "carried": ("record_id, portal, state, at", lambda of: (of, "umum", "carried", now())),
    "attendees": (
        "id, event_id, interest, enrolled_id, named, created_at, updated_at",
        lambda of: ("0192f0c1-0000-7000-8000-00000000000a", of, "high", of, 1, now(), now()),
    ),
}
KEYS = {"questions": lambda row: f"{row[0]}|{row[1]}", "carried": lambda row: f"{row[0]}|{row[1]}"}


def plant(home: Home, record_id: str) -> None:
    """Put the person into every table beside the records, sealed as the tool seals there."""
    with home.store() as store, store.connection.transaction():
        for table, (columns, values) in ROWS.items():
            row = [timestamp(v) if hasattr(v, "year") else v for v in values(record_id)]
            place = KEYS.get(table, lambda found: found[0])(row)
            blob = store.vault.seal(table, place, 1, SAID)
            marks = ", ".join("?" * (len(row) + 2))
            store.connection.run(
                f"INSERT INTO {table} ({columns}, schema, envelope) VALUES ({marks})",
                *row, 1, blob,
            )  # fmt: skip


def enrolled(home: Home) -> str:
    ran = home.run("enroll", "--file", "-", "--json", given=json.dumps(person()))
    assert ran.code == 0, ran
    return str(ran.data["id"])


def sealed(home: Home) -> list[bytes]:
    with closing(sqlite3.connect(home.file)) as connection:
        rows = [connection.execute(f"SELECT envelope FROM {table}").fetchall() for table in BESIDE]
    return [row[0] for held in rows for row in held]


def test_what_stands_beside_a_record_is_erased_with_it(home: Home) -> None:
    record = enrolled(home)
    plant(home, record)
    blobs = sealed(home)
    assert len(blobs) == len(BESIDE) == len(ROWS)
    ran = home.run("worker", "erase", record, "--reason", "subject_asked", "--yes", "--json")
    assert (ran.code, ran.data["traces"]) == (0, False)
    assert sealed(home) == []
    whole = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    for blob in blobs:
        assert not [at for at in range(0, len(blob) - 24, 8) if blob[at : at + 24] in whole]
    assert traces_below(home.folder) == {}


def test_what_stands_beside_a_record_is_in_the_person_s_copy(home: Home) -> None:
    record = enrolled(home)
    plant(home, record)
    file = home.folder / "copy.json"
    ran = home.run(
        "worker", "export", record, "--output", str(file), "--reason", "subject_asked", "--json"
    )
    assert ran.code == 0, ran
    assert traces_in(ran.out + ran.err) == []
    whole = json.loads(file.read_text("utf-8"))
    for table in BESIDE:
        assert [each["content"] for each in whole[table]] == [SAID], table
    assert traces_below(home.folder, but=(file,)) == {}
    card = home.run("worker", "show", record)
    assert card.code == 0
    assert NIK not in card.out + card.err


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_the_book_and_the_fixing_leave_no_trace_of_a_person(
    linked: Home, central: Central, flags: tuple[str, ...]
) -> None:
    home = linked
    record = enrolled(home)
    name_only = (NAME, *NAME.split())
    for arguments, given, shown in (
        (("worker", "list"), "", name_only),
        (("worker", "search", "--file", "-"), NIK, name_only),
        (("worker", "search", "--file", "-"), NAME, name_only),
        (("worker", "search", "--file", "-"), f"{NAME} {NIK}", name_only),
        (("worker", "correct", record, "--file", "-"), json.dumps({"phone": PHONE}), ()),
        (("worker", "correct", record, "--file", "-"), json.dumps({"nik": NAME}), ()),
        (("worker", "export", record, "--output", f"/nowhere/{NIK}", "--format", "json",
          "--reason", "subject_asked"), "", ()),
        (("worker", "export", record, "--output", "x.json", "--reason", NIK), "", ()),
        (("worker", "search", NIK), "", ()),
        (("worker", "list", "--region", NIK), "", ()),
        (("worker", "list", "--occupation", NAME), "", ()),
        (("worker", "list", "--page", NIK), "", ()),
        (("queue", "fix", "--code", NIK), "", ()),
        (("queue", "fix", "--code", NAME), "", ()),
        (("queue", "fix", "--from", f"/nowhere/{NAME}.xlsx"), "", ()),
        (("queue", "fix", "--to", f"/nowhere/{NIK}.pdf"), "", ()),
        (("sync",), "", ()),
        (("queue", "fix"), "", ()),
    ):  # fmt: skip
        ran = home.run(*arguments, *flags, given=given)
        assert ran.code in (0, 2, 8), ran
        assert "Traceback" not in ran.err
        said: Any = (ran.out + ran.err).encode()
        assert traces(said, but=shown) == [], (arguments, ran)
    assert traces_below(home.folder) == {}
