"""An erasure searches the database's files, and the database stays locked by those who use it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from faults_field import Home, HomeMaker

PASSER_BY = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM sqlite_schema').fetchall(); c.close()"
"""Another process that looks into the database and goes away, as any command of the office does."""


def passes_by(database: Path) -> None:
    subprocess.run([sys.executable, "-c", PASSER_BY, str(database)], check=True)


def served(folder: Path, home: Home) -> tuple[subprocess.Popen[str], str]:
    central = home.start("central", "serve", "--port", "0", "--data", str(folder))
    assert central.stderr is not None
    told = central.stderr.readline()
    return central, "http://" + told.split("http://")[1].split()[0].rstrip("/.")


@pytest.mark.skipif(os.name == "nt", reason="locks belong to the handle there")
def test_what_a_central_answered_after_an_erasure_outlives_its_death(
    tmp_path: Path, a_home: HomeMaker
) -> None:
    folder = tmp_path / "office"
    central, address = served(folder, a_home())
    database = folder / "central.db"
    try:
        home = a_home(address)
        [first, _second] = home.enroll(range(1, 3))
        assert home.run("sync", "--json").code == 0
        erase = ("worker", "erase", first, "--reason", "subject_asked", "--yes", "--json")
        assert home.run(*erase).code == 0
        assert home.run("sync", "--json").code == 0
        passes_by(database)
        home.enroll(range(3, 4))
        answered = home.run("sync", "--json")
        assert (answered.code, answered.data["accepted"]) == (0, 1)
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("SELECT count(*) FROM items").fetchone() == (3,)
    finally:
        central.send_signal(signal.SIGKILL)
        central.communicate()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM items").fetchone() == (3,)


def test_a_search_for_traces_leaves_the_locks_of_an_open_store(tmp_path: Path) -> None:
    program = (
        "import sqlite3, sys\n"
        "from pathlib import Path\n"
        "from perisai_cli.domain.traces import holds_any\n"
        "path = Path(sys.argv[1])\n"
        "c = sqlite3.connect(path, isolation_level=None)\n"
        "c.execute('PRAGMA journal_mode = WAL')\n"
        "c.execute('CREATE TABLE kept (n)')\n"
        "files = [each for each in path.parent.iterdir()]\n"
        "assert not holds_any(files, [b'x' * 24])\n"
        "assert not holds_any(files, [b'x' * 24])\n"
        "print('ready', flush=True)\n"
        "input()\n"
        "c.execute('INSERT INTO kept VALUES (1)')\n"
        "print('kept', flush=True)\n"
        "input()\n"
    )
    path = tmp_path / "store.db"
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        passes_by(path)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "kept\n"
        process.kill()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]
