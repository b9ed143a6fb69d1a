"""Measures every report of a made-up region against hand-written SQL on the same file.

For each size a home is set up, its dataset of merged books is filled with a region of 400 members
an agent and about two payments a member (``tests/region``), and worked out. Then each report is
built by a whole process (start of the interpreter, opening of the file, all rows made, nothing
written), and the aggregates that it tells are asked of the same file by the ``sqlite3`` shell in
SQL written from the reports' definitions alone. The weekly is run as the program itself too, with
its passphrase: one flat file, then everything a folder is given. Sides take turns and the median of
the rounds is told.

The shell prices nothing: what a month costs is no column of the file. Its question for a report
that tells prices therefore stops at the groups that a price is asked for.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/region_reports.py FOLDER [ROUNDS [MEMBERS ...]]

A million members take about 1.5 GB below FOLDER, which are removed again.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

from processes import SECRET, Used, environment, used

DAY, MONTH, WEEK = "2026-11-22", 24322, "2026-W47"
EACH = 400
REPORTS = (
    "summary", "contributions", "money", "due", "returned", "quality", "agents", "retention",
    "coverage", "funnel", "relief",
)  # fmt: skip

OPEN = "standing IN ('accepted', 'pending', 'held')"
PAID = f"money = 'confirmed' AND {OPEN} AND member_standing = 'accepted'"
STATE = f"""CASE
    WHEN latest > {MONTH} AND NOT EXISTS (SELECT 1 FROM payments AS p WHERE p.member = members.id
        AND p.money = 'confirmed' AND p.{OPEN} AND p.start <= {MONTH}) THEN 'ahead'
    WHEN covered = 0 AND start > {MONTH} THEN 'not_begun' WHEN covered = 0 THEN 'never'
    WHEN covered > {MONTH} THEN 'active' WHEN covered = {MONTH} THEN 'ending'
    WHEN covered >= {MONTH} - 3 THEN 'grace' || ({MONTH} - covered) ELSE 'lapsed' END"""
WISH = "programs, tier, sector, payer, owner"
RELIEVED = f"{OPEN} AND covered >= {MONTH} - 3 OR {OPEN} AND covered = 0 AND start > {MONTH}"


def protected(after: int) -> str:
    """Return the sum that counts members protected so many months after their first."""
    return (
        f"sum(cohort + {after} BETWEEN start + again AND start + months - 1"
        f" AND cohort + {after} < {MONTH})"
    )


def by(table: str, *groups: str, where: str = "1") -> str:
    """Return a question for records and rupiah by some groups."""
    keys = ", ".join(groups)
    return f"SELECT {keys}, count(*), sum(amount) FROM {table} WHERE {where} GROUP BY {keys};"


COVER = "members INDEXED BY members_cover"
KEPT = "payments INDEXED BY payments_kept"
"""The shell's planner takes other indexes by itself, and is many times slower with them."""
PROTECTED = f"""SELECT agent, cohort, {", ".join(f"{protected(after)} AS p{after}" for after in range(13))}
    FROM {KEPT} WHERE {PAID} GROUP BY agent, cohort"""
ONCE = {"agents": 1}

RAW: dict[str, list[str]] = {
    "summary": [
        by("members", each, "standing")
        for each in ("region", "agent", "programs", "sector", "payer", "substr(day, 1, 7)")
    ],
    "contributions": [
        by("payments", "money", "standing", "programs", "payer", "sector", "tier", "owner", "start", "months")
    ],
    "money": [
        f"""SELECT money, standing, age, sum(n), sum(a) FROM (
            SELECT money, standing, moved, count(*) AS n, sum(amount) AS a, CASE
                WHEN julianday('{DAY}') - julianday(moved) <= 3 THEN 3
                WHEN julianday('{DAY}') - julianday(moved) <= 7 THEN 7
                WHEN julianday('{DAY}') - julianday(moved) <= 14 THEN 14
                WHEN julianday('{DAY}') - julianday(moved) <= 30 THEN 30 ELSE 31 END AS age
            FROM payments GROUP BY money, standing, moved) GROUP BY 1, 2, 3;""",
        f"""SELECT author, money, standing, sum(amount), min(moved) FROM payments
            WHERE {OPEN} GROUP BY author, money, standing;""",
    ],
    "due": [
        f"""SELECT agent, standing, {STATE} AS state, count(*) FROM {COVER} WHERE {OPEN}
            GROUP BY 1, 2, 3;""",
        f"""SELECT standing, {WISH}, {STATE} AS state, count(*) FROM {COVER} WHERE {OPEN}
            GROUP BY standing, {WISH}, state;""",
    ],
    "returned": [
        by("members", "standing"), by("payments", "standing"), by("returns", "standing"),
        "SELECT standing, count(*) FROM events GROUP BY standing;",
    ],
    "quality": [
        """SELECT quality, standing, count(*) FROM members WHERE standing <> 'withdrawn'
            GROUP BY quality, standing;""",
        f"""SELECT standing, count(*) FROM payments INDEXED BY payments_twice
            WHERE again > 0 AND money = 'confirmed' AND {OPEN} GROUP BY standing;""",
        "SELECT standing, count(*) FROM payments WHERE member_standing IS NULL GROUP BY standing;",
    ],
    "agents": [
        f"""SELECT agent, start, sum(standing = 'accepted'), count(*) FROM members WHERE {OPEN}
            GROUP BY agent, start;""",
        f"""SELECT agent, {", ".join(map(protected, (1, 3, 6)))} FROM {KEPT} WHERE {PAID}
            GROUP BY agent;""",
    ],
    "retention": [
        """SELECT start, count(*) FROM members INDEXED BY members_cohort
            WHERE standing = 'accepted' GROUP BY start;""",
        f"""SELECT cohort, {", ".join(f"sum(p{after})" for after in range(13))} FROM (
            {PROTECTED}) GROUP BY cohort;""",
    ],
    "coverage": [
        f"""SELECT region, count(*) FROM {COVER}
            WHERE standing = 'accepted' AND covered >= {MONTH} GROUP BY region;"""
    ],
    "funnel": [
        """SELECT agent, standing, count(*), sum(present), sum(interested), sum(enrolled), sum(paid)
            FROM events WHERE standing <> 'withdrawn' GROUP BY agent, standing;"""
    ],
    "relief": [
        f"SELECT {key}, standing, {WISH}, count(*) FROM {COVER} WHERE {RELIEVED} GROUP BY {key}, standing, {WISH};"
        for key in ("region", "agent")
    ],
}  # fmt: skip
RAW["weekly"] = [
    by("members", "agent", "standing", where=f"day BETWEEN '2026-11-16' AND '{DAY}'"),
    *(
        question
        for name in REPORTS
        if name != "retention"
        for question in RAW[name][: ONCE.get(name)]
    ),
    f"{PROTECTED};",
]
"""The league and the curves are told from one question there."""


def fill_home(home: Path, members: int) -> None:
    """Set up a home and fill its dataset of merged books; tell what each step took."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from datetime import date

    from region.filling import fill
    from region.region import Region

    from perisai_cli import wiring
    from perisai_cli.actions.setup import checked_profile, set_up
    from perisai_cli.storage.dataset import MERGED, dataset

    app = wiring.throwaway_app(home, SECRET, "")
    answers = {"agent": "A-1", "name": "Agen", "office": "W-1", "region": "5171", "central": ""}
    set_up(app, checked_profile(answers), SECRET, None)
    region = Region(2026, members // EACH, EACH, date.fromisoformat(DAY))
    with app.store() as store:
        kept = dataset(home, MERGED, store.vault, create=True)
        begun = time.perf_counter()
        fill(kept, region, derive=False)
        filled = time.perf_counter()
        with kept.transaction():
            kept.derive()
        derived = time.perf_counter()
        counts = dict(kept.rows("SELECT 'payments', count(*) FROM payments", {}))
        kept.close()
    print(json.dumps({"fill": filled - begun, "derive": derived - filled, **counts}))


def build_report(home: Path, name: str) -> None:
    """Build a report and make all of its rows."""
    from datetime import date

    from perisai_cli.actions.report_sources import DatasetSource
    from perisai_cli.domain.coverage import packaged
    from perisai_cli.reports.asked import FIRST, LAST, Asked
    from perisai_cli.reports.catalogue import build
    from perisai_cli.reports.model import Origin
    from perisai_cli.rules.law import load_law
    from perisai_cli.storage.dataset import MERGED, dataset
    from perisai_cli.storage.vault import Vault

    class Unsealed(DatasetSource):
        """A source whose reasons, which are sealed, are not asked for."""

        def reasons(self) -> list[tuple[str, str, str, str, str, int]]:
            return []

    since, until = FIRST, LAST
    if name == "weekly":
        since, until = date(2026, 11, 16), date.fromisoformat(DAY)
    kept = dataset(home, MERGED, Vault(bytes(32)))
    source = Unsealed(kept, Origin("merged", "", ""))
    asked = Asked(date.fromisoformat(DAY), since, until, load_law(), packaged(), WEEK)
    report = build(name, source, asked)
    print(sum(1 for section in report.sections for _ in section.rows))
    kept.close()


def measured(folder: Path, members: int, rounds: int) -> dict[str, Used]:
    """Fill a home, time every report, print the table and return what each report took."""
    home = folder / f"home-{members}" / "perisai"
    home.parent.mkdir(parents=True)
    env = environment(home)
    out = folder / "out"
    me = [sys.executable, __file__]
    filled = used([*me, "fill", str(home), str(members)], env, out)
    told = json.loads(out.read_text())
    file = home / "datasets" / "merged.db"
    print(
        f"\n{members:,} members, {told['payments']:,} payments: filled in {told['fill']:.0f} s,"
        f" worked out in {told['derive']:.0f} s, peak {filled.mebibytes:.0f} MiB,"
        f" file {file.stat().st_size / 1e6:,.0f} MB\n\n| report | perisai s | MiB | SQL s | MiB | × |"
        "\n|---|---|---|---|---|---|"
    )
    taken: dict[str, Used] = {}
    for name in (*REPORTS, "weekly"):
        script = folder / "raw.sql"
        script.write_text("\n".join(RAW[name]))
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(used([*me, "build", str(home), name], env, out))
            theirs.append(used(["/usr/bin/sqlite3", str(file), f".read {script}"], env, out))
        taken[name] = middle(ours)
        row(name, taken[name], middle(theirs))
    for form in ("csv", "xlsx", "pdf", "html"):
        asked = ["report", "weekly", "--from", "merged", "--week", WEEK, "--output"]
        path = folder / f"weekly.{form}"
        command = [sys.executable, "-m", "perisai_cli", *asked, str(path)]
        row(
            f"weekly, the program, {form}", middle([used(command, env, out) for _ in range(rounds)])
        )
    shutil.rmtree(home.parent)
    return taken


def growth(by_size: dict[int, dict[str, Used]]) -> None:
    """Print what a million members take in each report, by size: level where cost is linear."""
    sizes = list(by_size)
    print("\n| seconds a million members | " + " | ".join(f"{size:,}" for size in sizes) + " |")
    print("|---" * (len(sizes) + 1) + "|")
    for name in (*REPORTS, "weekly"):
        rates = [f"{by_size[size][name].seconds * 1e6 / size:.2f}" for size in sizes]
        peaks = [f"{by_size[size][name].mebibytes:.0f} MiB" for size in sizes]
        told = " | ".join(f"{rate}, {peak}" for rate, peak in zip(rates, peaks, strict=True))
        print(f"| {name} | {told} |")


def row(name: str, ours: Used, theirs: Used | None = None) -> None:
    """Print a row of the table."""
    told = "- | - | -"
    if theirs:
        told = (
            f"{theirs.seconds:.2f} | {theirs.mebibytes:.0f} | {ours.seconds / theirs.seconds:.2f}"
        )
    print(f"| {name} | {ours.seconds:.2f} | {ours.mebibytes:.0f} | {told} |", flush=True)


def middle(runs: list[Used]) -> Used:
    """Return the run whose time is the median."""
    times = sorted(run.seconds for run in runs)
    return next(run for run in runs if run.seconds == times[len(times) // 2])


def main() -> None:
    """Take the command line apart."""
    if sys.argv[1] == "fill":
        fill_home(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "build":
        build_report(Path(sys.argv[2]), sys.argv[3])
    else:
        rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
        sizes = [int(size) for size in sys.argv[3:]] or [250_000, 1_000_000, 3_000_000]
        growth({size: measured(Path(sys.argv[1]), size, rounds) for size in sizes})


if __name__ == "__main__":
    main()
