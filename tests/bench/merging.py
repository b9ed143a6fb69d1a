"""Measures merging: forty agents' books of 2,000 records each, as a whole process.

The books are written beforehand by the protocol's own writer, straight from made-up people, not by
forty stores: 1,150 enrolments, 800 payments, 30 reactivations and 20 events each, a tenth of them
waiting, a twentieth held or sent back. Run from the root of the checkout::

    PYTHONPATH=tests:tests/merge .venv/bin/python tests/bench/merging.py [AGENTS] [RECORDS]
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from processes import PROGRAM, environment, used

NOWHERE = "http://127.0.0.1:1"


def make(folder: Path, agents: int, records: int) -> None:
    """Set the supervisor's store up and write the books (in a process of its own)."""
    from made_books import Device, Overseer
    from main_line import a_home
    from people import people

    from perisai_cli.actions.merge_key import show_key, supervisor_of

    app = a_home(folder / "home", NOWHERE)
    show_key(app, folder / "key.txt")  # type: ignore[arg-type]
    with app.store() as store:  # type: ignore[attr-defined]
        supervisor = supervisor_of(store)
    overseer = Overseer(supervisor.private, supervisor.public)
    (folder / "books").mkdir()
    everyone = people(agents * records)
    for number in range(1, agents + 1):
        device = Device(number, f"A-{number:03d}")
        lines = list(_records(random.Random(number), number, records, everyone))
        book = device.book(overseer, lines)
        (folder / "books" / f"{device.agent}.prs").write_bytes(book)


def _records(draw: random.Random, agent: int, count: int, everyone: Any) -> Any:
    from made_books import an_id, enrolment, event, line, payment

    members, first = [], agent * 10_000
    for number in range(first, first + count):
        part, record_id = (number - first) / count, an_id(number)
        standing = _standing(draw)
        if part < 0.575:
            members.append(record_id)
            worker = next(everyone) | {"start": "2026-10", "sector": "other", "payer": "self"}
            body = enrolment(number, worker.pop("nik"), **worker)
            given = {"kpj": f"{number:011d}", "payment_code": "1234", "sample": True}
            yield line(record_id, body, **standing, assigned=given)
        elif part < 0.975:
            member = members[(number - first) % len(members)]
            body = payment(member, "2026-10" if part < 0.9 else "2026-12", draw.choice([1, 2]))
            yield line(record_id, body, kind="payment", **standing)
        elif part < 0.99:
            body = enrolment(number) | {"member": draw.choice(members)}
            yield line(record_id, body, kind="reactivation", **standing)
        else:
            yield line(record_id, event(30), kind="outreach", **standing, enrolled=3, paid=1)


def _standing(draw: random.Random) -> dict[str, Any]:
    place = draw.random()
    if place < 0.1:
        return {"state": "queued", "acked_rev": 0, "seq": None}
    if place < 0.13:
        return {"state": "held", "codes": ["health.declared"]}
    if place < 0.15:
        return {"state": "needs_fix", "codes": ["nik.date"]}
    return {}


def main() -> None:
    """Make the books in one process, merge them in others, and print what each took."""
    if sys.argv[1:2] == ["make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
        return
    agents, records = (int(each) for each in (sys.argv[1:] or ["40", "2000"]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = [sys.executable, __file__, "make", name, str(agents), str(records)]
        subprocess.run(made, check=True)
        octets = sum(path.stat().st_size for path in (folder / "books").iterdir())
        print(f"{agents} books of {records}: {octets / agents / records:.0f} octets a record")
        command = [*PROGRAM, "merge", str(folder / "books"), "--json"]
        for what in ("first merge", "the same books again"):
            begun = time.perf_counter()
            ran = used(command, environment(folder / "home"), folder / "out.json")
            assert ran.data["refused"] == 0
            print(
                f"{what}: {ran.seconds:.1f} s, processor {ran.cpu:.1f} s, peak"
                f" {ran.mebibytes:.0f} MiB, {ran.data['in_dataset']} records,"
                f" {ran.data['questions']} questions ({time.perf_counter() - begun:.1f} s)"
            )
        size = (folder / "home" / "datasets" / "merged.db").stat().st_size / 2**20
        print(f"dataset: {size:.0f} MiB")


if __name__ == "__main__":
    main()
