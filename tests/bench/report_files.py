"""Writes one large table with the program's writers and with what others would take instead.

A SQLite file with a table ``members`` as a dataset has it (the columns
of ``domain/facts.Member`` and the month that cover lasts to; believable values from a seed) is read
with the question of the report on enrolments, 17 columns that name nobody. Each side is a whole
process, in turn with its peer, so that a drifting machine does the same to both:

* CSV: ``write_flat`` beside ``sqlite3 -csv -header FILE "SELECT ..."``, the shell;
* XLSX: ``write_xlsx`` (first sheet, kinds of cells, filters, text looked through) beside one call
  of ``rustpy_xlsxwriter.write_worksheet`` on a generator of dicts from the same query;
* Parquet: ``write_parquet`` beside DuckDB's ``COPY ... TO (FORMAT parquet)`` of the same question,
  put to the same SQLite file through DuckDB's own reader of them; and, to know what the reading
  costs, beside ``COPY`` alone from a table that DuckDB holds already in its own format, which
  flatters it: our side always reads SQLite and starts Python.

Each figure is a whole process: the start of the interpreter is in it, the peak of its memory is its
own. DuckDB is no dependency of the project: ``pip install duckdb-extension-sqlite-scanner`` before,
which brings the DuckDB that it belongs to. The other two come with
``pip install 'perisai[reports,parquet]'``; the shell is the package ``sqlite3`` of the system.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/report_files.py [ROWS [ROUNDS]]
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from processes import Used, used

ROWS, ROUNDS = 1_000_000, 3
COLUMNS = (
    "id", "rev", "standing", "agent", "author", "office", "day", "region", "programs", "tier",
    "start", "months", "sector", "payer", "owner", "amount", "rules", "quality", "covered",
)  # fmt: skip
INTEGERS = ("rev", "tier", "start", "months", "owner", "amount", "quality", "covered")
MONTH = "printf('%04d-%02d', {0} / 12, {0} % 12 + 1) AS {1}"
ASKED = (
    "id", "day", "standing", "agent", "author", "office", "region", "programs", "tier",
    MONTH.format("start", "start"), "months", "sector", "payer", "owner", "amount", "rules",
    "CASE WHEN covered > 0 THEN " + MONTH.format("covered", "").replace(" AS ", "") + " END AS covered_until",
)  # fmt: skip
NAMES = tuple(asked.split()[-1] for asked in ASKED)
QUERY = f"SELECT {', '.join(ASKED)} FROM members ORDER BY id"
NUMBERS = ("tier", "months", "owner", "amount")

OURS = """
import sqlite3, sys
from pathlib import Path
from perisai_cli.reports.model import Column, Origin, Report, Section, Streamed
source, target, query, *names = sys.argv[1:]
kinds = {"tier": "count", "months": "count", "amount": "rupiah", "start": "month", "day": "day",
    "covered_until": "month"}
words = {"standing": "standing_short", "sector": "sector_value", "payer": "payer_value",
    "programs": "programs", "region": "region"}
columns = tuple(Column(name, kinds.get(name, "code"), words.get(name)) for name in names)
def read():
    return sqlite3.connect(f"file:{source}?mode=ro", uri=True).execute(query)
def lines():
    arrays = f"SELECT json_array({', '.join(names)}) FROM ({query})"
    return (line for (line,) in sqlite3.connect(f"file:{source}?mode=ro", uri=True).execute(arrays))
section = Section("enrollments", columns, Streamed(names, read, None, lines))
report = Report("enrollments", "2026-11-22", Origin("merged", "40", "2026-11-22T10:00:00Z"), [section])
form = Path(target).suffix
if form == ".csv":
    from perisai_cli.reports.formats import write_flat
    with open(target, "w", encoding="utf-8", newline="") as file:
        print(write_flat(report, "csv", file))
elif form == ".xlsx":
    from perisai_cli.reports.workbook import write_xlsx
    print(write_xlsx(report, Path(target)))
else:
    from perisai_cli.reports.parquet import write_parquet
    print(write_parquet(report, Path(target)))
"""

PLAIN_XLSX = """
import sqlite3, sys
import rustpy_xlsxwriter
source, target, query, *names = sys.argv[1:]
rows = sqlite3.connect(f"file:{source}?mode=ro", uri=True).execute(query)
rustpy_xlsxwriter.write_worksheet((dict(zip(names, row)) for row in rows), target, sheet_name="Data")
"""

DUCK_LOAD = """
import duckdb, sys
source, target, types = sys.argv[1:]
duckdb.connect(target).execute(
    f"CREATE TABLE members AS SELECT * FROM read_csv('{source}', header = true, types = {types})")
"""

DUCK_COPY = """
import duckdb, sys
source, target = sys.argv[1:]
duckdb.connect(source, read_only=True).execute(f"COPY members TO '{target}' (FORMAT parquet)")
"""

DUCK_SCAN = """
import sys
from pathlib import Path
import duckdb, duckdb_extension_sqlite_scanner
source, target, query = sys.argv[1:]
[reader] = Path(duckdb_extension_sqlite_scanner.__file__).parent.rglob("*.duckdb_extension")
database = duckdb.connect()
database.execute(f"LOAD '{reader}'")
database.execute(f"ATTACH '{source}' AS theirs (TYPE sqlite, READ_ONLY)")
database.execute("USE theirs")
database.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")
"""


def members(count: int) -> Iterator[tuple[str | int, ...]]:
    """Yield made-up members in the order of their ids, the same ones each time."""
    chance = random.Random(6)
    regions = ("5171", "5103", "5108", "5201", "5271", "5301", "5371", "9103", "9171", "9271")
    standings = ("accepted",) * 17 + ("pending", "held", "needs_fix")
    for number in range(count):
        agent = f"banuspa-{chance.randrange(400):04d}"
        months = chance.choice((1, 1, 1, 3, 6, 12))
        yield (
            f"0193{number:08x}"[:8] + f"-{number % 65536:04x}-7{chance.randrange(4096):03x}-8"
            f"{chance.randrange(4096):03x}-{chance.getrandbits(48):012x}",
            chance.choice((1, 1, 1, 2)), chance.choice(standings), agent, agent,
            f"wadah-{chance.randrange(40):02d}",
            f"2026-{chance.randrange(1, 12):02d}-{chance.randrange(1, 29):02d}",
            chance.choice(regions), chance.choice(("jkk,jkm", "jkk,jkm", "jht,jkk,jkm")),
            chance.randrange(1, 8) * 500_000, 24_311 + chance.randrange(14), months,
            chance.choice(("other", "fisher", "trader", "transport", "farmer")),
            chance.choice(("self", "self", "self", "village", "apbd")), chance.randrange(2),
            16_800 * months, "2026.11.1", chance.randrange(512), chance.choice((0, 24_322, 24_323)),
        )  # fmt: skip


def make(path: Path, count: int) -> None:
    """Write the SQLite file."""
    database = sqlite3.connect(path)
    types = (f"{name} {'INTEGER' if name in INTEGERS else 'TEXT'} NOT NULL" for name in COLUMNS)
    database.execute(f"CREATE TABLE members ({', '.join(types)}, PRIMARY KEY (id)) WITHOUT ROWID")
    marks = ", ".join("?" * len(COLUMNS))
    with database:
        database.executemany(f"INSERT OR REPLACE INTO members VALUES ({marks})", members(count))
    database.close()


class Bench:
    """The folder of a run and the processes in it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.source = folder / "members.db"
        self._env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
        types = {name: "BIGINT" if name in NUMBERS else "VARCHAR" for name in NAMES}
        self._types = str(types | {"day": "DATE"})

    def _python(self, program: str, *arguments: str | Path) -> Used:
        command = [sys.executable, "-c", program, *map(str, arguments)]
        return used(command, self._env, self.folder / "said")

    def ours(self, suffix: str) -> Used:
        return self._python(OURS, self.source, self.folder / f"ours.{suffix}", QUERY, *NAMES)

    def shell(self) -> Used:
        shell = shutil.which("sqlite3")
        assert shell, "the sqlite3 shell is not installed"
        command = [shell, "-csv", "-header", str(self.source), QUERY]
        return used(command, self._env, self.folder / "shell.csv")

    def plain_xlsx(self) -> Used:
        return self._python(PLAIN_XLSX, self.source, self.folder / "plain.xlsx", QUERY, *NAMES)

    def load_duck(self) -> None:
        self._python(DUCK_LOAD, self.folder / "shell.csv", self.folder / "duck.db", self._types)

    def duck_copy(self) -> Used:
        return self._python(DUCK_COPY, self.folder / "duck.db", self.folder / "copy.parquet")

    def duck_scan(self) -> Used:
        whole = QUERY.replace("/ 12", "// 12")  # how DuckDB writes the division of whole numbers
        return self._python(DUCK_SCAN, self.source, self.folder / "scan.parquet", whole)


def median(runs: list[Used]) -> str:
    """Return the cells of one side: median of the times with its span, largest peak."""
    seconds = [run.seconds for run in runs]
    peak = max(run.mebibytes for run in runs)
    middle = statistics.median(seconds)
    return f"{middle:.2f} s ({min(seconds):.2f}-{max(seconds):.2f}) | {peak:.0f} MiB"


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    with tempfile.TemporaryDirectory() as made:
        bench = Bench(Path(made))
        make(bench.source, count)
        bench.shell()
        bench.load_duck()
        libraries = ("xlsxwriter", "rustpy-xlsxwriter", "pyarrow", "duckdb")
        print(", ".join(f"{name} {version(name)}" for name in libraries))
        print(f"{count} rows of {len(NAMES)} columns, {rounds} rounds\n")
        print(
            "| file | ours | peak | peer | its time | its peak | ratio | of processor time | goal |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        pairs = (
            ("CSV", "csv", "sqlite3 shell", bench.shell, "4"),
            ("XLSX", "xlsx", "rustpy, one call", bench.plain_xlsx, "1.3"),
            ("Parquet", "parquet", "DuckDB COPY, SQLite file", bench.duck_scan, "2"),
            ("Parquet", "parquet", "DuckDB COPY, own table", bench.duck_copy, "-"),
        )
        for name, suffix, peer, run, goal in pairs:
            turns = [(bench.ours(suffix), run()) for _ in range(rounds)]
            ratio = statistics.median(ours.seconds / its.seconds for ours, its in turns)
            work = statistics.median(ours.cpu / its.cpu for ours, its in turns)
            ours, its = [each[0] for each in turns], [each[1] for each in turns]
            sides = f"{median(ours)} | {peer} | {median(its)}"
            print(f"| {name} | {sides} | {ratio:.2f} | {work:.2f} | {goal} |", flush=True)


if __name__ == "__main__":
    main()
