"""What the fault tests share: an agent's home, made-up workers, and a look into the central's books."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from perisai_cli.actions.app import App
from perisai_cli.actions.enroll import enroll_many
from perisai_cli.central.serve import running
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.storage.database import Connection
from perisai_cli.storage.store import Profile, Store, create_store
from perisai_cli.wiring import throwaway_app

HERE = Path(__file__).parent
HOUSE = HERE.parents[1]
PASSPHRASE = "kalimat sandi untuk uji coba"
PROFILE = Profile("A-UJI", "Agen Uji", "W-UJI", "5171", "")
PATIENCE = 120
"""Seconds after which a command of ours counts as hung; nothing is measured by it."""

_RECEIPT = re.compile(r'"id": "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
_CHEAP = {"kdf": "argon2id", "memory_kib": 32, "iterations": 1, "lanes": 4}


def now() -> datetime:
    return datetime.now(UTC)


def a_worker(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return made-up worker *number*; each number has a NIK of its own."""
    month = 1 + number // 9000
    worker = {
        "nik": f"51710157{month:02d}90{number % 9000 + 1:04d}",
        "name": f"Ni Luh Uji {number}",
        "birth_date": f"1990-{month:02d}-17",
        "sex": "F",
        "phone": "081234567890",
        "occupations": [{"code": "trader", "place": "Pasar Sindhu"}],
        "income": 1500000,
        "programs": ["jkk", "jkm"],
        "months": 3,
        "attestation": {"working": True, "critically_ill": False},
        "consent": {"given": True, "method": "signature"},
    }
    return worker | changes


def an_event(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return made-up event *number*."""
    return {
        "type": "market_visit",
        "place": f"Pasar Uji {number}",
        "day": "2026-11-02",
        "present": 40 + number,
        "topics": ["jkk"],
    } | changes


def niks(numbers: range) -> list[str]:
    return [a_worker(number)["nik"] for number in numbers]


def json_lines(numbers: range) -> str:
    return "".join(json.dumps(a_worker(number)) + "\n" for number in numbers)


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code (negative: the signal) and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        whole: dict[str, Any] = json.loads(self.out)
        return whole

    @property
    def data(self) -> Any:
        return self.document["data"]

    @property
    def codes(self) -> list[str]:
        return [error["code"] for error in self.document["errors"]]

    @property
    def receipts(self) -> list[str]:
        """Ids on stdout, be it whole or cut short."""
        return _RECEIPT.findall(self.out)


class _Receipts:
    """Keeps the ids of workers that none may be refused."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def accepted(self, item: dict[str, Any], warnings: tuple[Problem, ...]) -> None:
        self.ids.append(item["id"])

    def refused(self, problems: tuple[Problem, ...]) -> None:
        raise InvalidInput.of(problems)


class Home:
    """One agent's home, reached by the command line as a process or by the actions in this one."""

    def __init__(self, folder: Path, central: str = ""):
        self.folder = folder
        self.path = folder / "home"
        self.central = central
        self.temporary = folder / "tmp"
        self.temporary.mkdir(parents=True)
        self.secret = folder / "secret.txt"
        self.secret.write_text(PASSPHRASE + "\n", encoding="utf-8")

    @property
    def file(self) -> Path:
        return self.path / "perisai.db"

    def environment(self, **more: str) -> dict[str, str]:
        """Return the whole environment of a command: nothing of ours leaks into it."""
        plain = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "TMPDIR": str(self.temporary),
            "PERISAI_HOME": str(self.path),
            "PERISAI_PASSPHRASE_FILE": str(self.secret),
            "PERISAI_KEYRING": "off",
            "PERISAI_LANG": "en",
            "PYTHONPATH": str(HOUSE),
            "PYTHONUNBUFFERED": "1",
        }
        if self.central:
            plain["PERISAI_CENTRAL"] = self.central
        return plain | more

    def start(
        self, *arguments: str, program: Sequence[str] = ("-m", "perisai_cli"), **more: str
    ) -> subprocess.Popen[str]:
        """Start a command and return its process."""
        return subprocess.Popen(
            [sys.executable, *program, *arguments],
            env=self.environment(**more),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(
        self,
        *arguments: str,
        given: str = "",
        program: Sequence[str] = ("-m", "perisai_cli"),
        **more: str,
    ) -> Ran:
        """Run a command to its end."""
        return ended(self.start(*arguments, program=program, **more), given)

    @property
    def app(self) -> App:
        """The world of this home for the actions."""
        return throwaway_app(self.path, PASSPHRASE, self.central)

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        with self.app.store() as store:
            yield store

    def enroll(self, numbers: range, **changes: Any) -> list[str]:
        """Enrol workers and return their ids."""
        receipts = _Receipts()
        lines = ((number, a_worker(number, **changes)) for number in numbers)
        enroll_many(self.app, lines, {}, receipts)
        return receipts.ids

    def files(self) -> dict[str, bytes]:
        """Return the content of every file of the home but the lock, which never has any."""
        return {
            str(path.relative_to(self.path)): path.read_bytes()
            for path in sorted(self.path.rglob("*"))
            if path.is_file() and path.name != "sync.lock"
        }


def ended(process: subprocess.Popen[str], given: str = "") -> Ran:
    """Return how a started command ended."""
    with process:
        try:
            out, err = process.communicate(given, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Ran(process.returncode, out, err)


def make_template(folder: Path) -> Path:
    """Make one store whose passphrase costs next to nothing to try, and keep its key beside it."""
    key = create_store(folder, PROFILE, PASSPHRASE, now())
    path = folder / "perisai.db"
    cheapen(path, key)
    (folder / "vault.key").write_bytes(key)
    return path


def cheapen(path: Path, key: bytes) -> None:
    """Wrap a store's key anew under the same passphrase, so that it costs next to nothing to try.

    The slot says how its key is derived, so a store with a cheap one is as good a store; a real
    derivation takes longer than all the rest of a command, a thousand times over in these tests.
    """
    salt, nonce = os.urandom(16), os.urandom(12)
    wrapping = Argon2id(salt=salt, length=32, iterations=1, lanes=4, memory_cost=32)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        [[store_id]] = connection.execute("SELECT value FROM meta WHERE key = 'store_id'")
        box = AESGCM(wrapping.derive(PASSPHRASE.encode()))
        wrapped = nonce + box.encrypt(nonce, key, store_id.encode())
        connection.execute(
            "UPDATE key_slots SET parameters = ?, salt = ?, wrapped = ?",
            (json.dumps(_CHEAP), salt, wrapped),
        )


class HomeMaker:
    """Gives out homes whose store is a copy of one that was made once."""

    def __init__(self, template: Path, folder: Path):
        self._template = template
        self._folder = folder
        self._made = 0

    def __call__(self, central: str = "", under: Path | None = None) -> Home:
        self._made += 1
        home = Home((under or self._folder) / f"agent-{self._made}", central)
        home.path.mkdir(mode=0o700)
        shutil.copy(self._template, home.file)
        return home


class Central:
    """A real central on loopback and a look into its database."""

    def __init__(self, folder: Path, address: str):
        self.folder = folder
        self.address = address

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.folder / "central.db")) as connection:
            return connection.execute(sql).fetchall()

    def niks(self) -> list[str]:
        """Return the NIK of every live record, each as often as it occurs."""
        found = self.rows(
            "SELECT body FROM item_versions JOIN items USING (id, rev)"
            " WHERE items.status <> 'withdrawn'"
        )
        return sorted(json.loads(body)["worker"]["nik"] for [body] in found)

    def versions(self) -> dict[tuple[str, int], str]:
        """Return the hash of every revision that it holds."""
        found = self.rows("SELECT id, rev, hash FROM item_versions")
        return {(record, rev): digest for record, rev, digest in found}

    def statuses(self) -> dict[str, tuple[int, str]]:
        """Return the revision and the status of every record."""
        found = self.rows("SELECT id, rev, status FROM items")
        return {record: (rev, status) for record, rev, status in found}

    def conflicts(self) -> int:
        return int(self.rows("SELECT count(*) FROM conflicts")[0][0])


@contextlib.contextmanager
def a_central(folder: Path) -> Iterator[Central]:
    """Yield a central with an empty database of its own, over real HTTP."""
    with running(folder, clock=now) as address:
        yield Central(folder, address)


def local_hashes(store: Store) -> dict[str, tuple[int, int, str]]:
    """Return revision, answered revision and hash of each record of a store."""
    rows = store.connection.rows("SELECT * FROM records WHERE state <> 'draft'")
    return {
        row["id"]: (
            row["rev"],
            row["acked_rev"],
            store.vault.open("records", row["id"], row["schema"], row["envelope"])["hash"],
        )
        for row in rows
    }


def sent_and_not_there(store: Store, central: Central) -> list[str]:
    """Return what the store calls sent although the central does not hold it so (I4)."""
    held = central.versions()
    wrong = []
    for record, (rev, acked, digest) in local_hashes(store).items():
        there = held.get((record, acked))
        if acked and (there is None or (acked == rev and there != digest)):
            wrong.append(record)
    return wrong


def is_sound(connection: Connection) -> bool:
    """Tell whether SQLite finds nothing wrong in a store's file."""
    row = connection.row("PRAGMA integrity_check")
    return row is not None and row[0] == "ok"


def standing(data: Mapping[str, Any]) -> dict[str, int]:
    """Return the counters of a status that are not zero."""
    return {name: count for name, count in data.items() if isinstance(count, int) and count}
