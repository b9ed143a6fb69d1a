"""Reports: files that hold a header and records and nothing else, masked, and true to the queue."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command_line import PASSPHRASE, Cli
from field_work import NAME, PHONE, Agent, Office, a_nik, a_worker, enrol, ill, lines

from perisai_cli.domain.facts import STANDINGS
from perisai_cli.domain.identity import mask_name, mask_nik
from perisai_cli.reports.rows import ENROLLMENTS, UNMASKED
from perisai_cli.storage import journal
from perisai_cli.storage.store import open_store

SUMMARY = [
    "dimension", "key", "label", "records", "amount",
    *(f"{kind}_{standing}" for standing in STANDINGS for kind in ("records", "amount")),
]  # fmt: skip
EVIL = ['=HYPERLINK("http://x")', "+62 Budi", "-1+1|cmd", "@SUM(A1)"]


def report(cli: Cli, *arguments: str, **how: Any) -> Any:
    return cli.run("laporan", *arguments, **how)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def test_a_csv_file_is_a_header_and_records_and_nothing_else(agent: Cli) -> None:
    niks = [a_nik(), a_nik()]
    enrol(agent, *[a_worker(nik) for nik in niks])
    file = agent.folder / "pendaftaran.csv"
    said = report(agent, "pendaftaran", "--output", str(file))
    assert said.code == 0
    assert set(said.data) >= {"rows", "path", "as_of", "source"}
    assert (said.data["rows"], said.data["path"]) == (2, str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    assert content.count(b"\n") == 3
    assert content.endswith(b"\n")
    assert content.split(b"\n")[0].decode().split(",") == list(ENROLLMENTS)
    rows = rows_of(file)
    assert {row["nik"] for row in rows} == {mask_nik(nik) for nik in niks}
    assert {row["name"] for row in rows} == {mask_name(NAME)}
    for row in rows:
        assert (row["state"], row["pending"], row["amount"]) == ("queued", "true", "8400")
        assert (row["programs"], row["sector"], row["start"]) == ("jkk,jkm", "other", "2026-12")
    for secret in (NAME, PHONE, PHONE[1:], *niks):
        assert secret.encode() not in content
    report(agent, "summary", "--output", str(agent.folder / "s.csv"))
    text = (agent.folder / "s.csv").read_text(encoding="utf-8")
    assert text.split("\n")[0].split(",") == SUMMARY


def test_rows_come_in_every_format_and_to_stdout_alone(agent: Cli) -> None:
    ids = enrol(agent, a_worker(), a_worker())
    for kind in ("enrollments", "summary"):
        lists = {}
        for suffix in ("csv", "json", "jsonl"):
            file = agent.folder / f"r.{suffix}"
            assert report(agent, kind, "-o", str(file)).code == 0
            lists[suffix] = file.read_text(encoding="utf-8")
            to_stdout = ("--output", "-") if suffix == "csv" else ("--format", suffix)
            alone = report(agent, kind, *to_stdout, as_json=False)
            assert (alone.code, alone.out) == (0, lists[suffix]), suffix
            assert alone.err, "when it was made and from what stands beside it"
        as_list = json.loads(lists["json"])
        assert as_list == [json.loads(line) for line in lists["jsonl"].splitlines()]
        as_csv = list(csv.DictReader(io.StringIO(lists["csv"], newline="")))
        assert [set(row) for row in as_csv] == [set(row) for row in as_list]
        said = report(agent, kind)
        assert (said.data["rows"], said.data["items"]) == (len(as_list), as_list)
    table = report(agent, "enrollments", as_json=False)
    assert (table.code, "Rp8.400" in table.out) == (0, True)
    for record_id in ids:
        assert record_id[-8:] in table.out
    plain = agent.folder / "no-suffix"
    assert report(agent, "summary", "--output", str(plain), "--format", "jsonl").code == 0
    assert json.loads(plain.read_text(encoding="utf-8").splitlines()[0])["records"] == 2


def test_a_report_of_nothing_is_a_header(agent: Cli) -> None:
    for kind, columns in (("pendaftaran", ENROLLMENTS), ("ringkasan", SUMMARY)):
        alone = report(agent, kind, "--output", "-", as_json=False)
        assert (alone.code, alone.out) == (0, ",".join(columns) + "\n")
        empty = report(agent, kind, "--output", "-", "--format", "json", as_json=False)
        assert json.loads(empty.out) == []
        assert report(agent, kind).data["rows"] == 0
        assert report(agent, kind, "--bahasa", "en", as_json=False).code == 0


def test_what_a_spreadsheet_would_run_is_disarmed(agent: Cli) -> None:
    said = agent.run(
        "daftar", "--berkas", "-", stdin=lines(*[a_worker(name=name) for name in EVIL])
    )
    assert said.data["accepted"] == len(EVIL), said
    file = agent.folder / "evil.csv"
    said = report(agent, "pendaftaran", "--output", str(file), "--unmask", "uji rumus",
                  unmasked=True)  # fmt: skip
    assert said.code == 0
    rows = rows_of(file)
    assert {row["name"] for row in rows} == {f"'{name}" for name in EVIL}
    for row in rows:
        for value in row.values():
            assert not value.startswith(("=", "+", "-", "@", "\t", "\r")), value
    masked = report(agent, "pendaftaran", "--output", "-", as_json=False)
    for row in csv.DictReader(io.StringIO(masked.out, newline="")):
        assert not row["name"].startswith(("=", "+", "-", "@"))


def test_names_are_unmasked_only_for_a_reason_that_the_journal_keeps(agent: Cli) -> None:
    nik = a_nik()
    enrol(agent, a_worker(nik, name='Ni Luh, "Sari" Dewi'))
    for reason in ("", "  ", "x" * 200, f"untuk {nik}"):
        said = report(agent, "enrollments", "--unmask", reason, unmasked=True)
        assert (said.code, said.faults) == (2, {("/unmask", "report.reason")})
    said = report(agent, "pendaftaran", "--buka", "dicek kantor cabang", unmasked=True)
    (row,) = said.data["items"]
    assert set(row) == set(UNMASKED)
    assert (row["nik"], row["name"]) == (nik, 'Ni Luh, "Sari" Dewi')
    file = agent.folder / "open.csv"
    report(agent, "pendaftaran", "--unmask", "Laporan Jumat", "--output", str(file))
    (row,) = rows_of(file)
    assert (row["nik"], row["name"]) == (nik, 'Ni Luh, "Sari" Dewi')
    report(agent, "pendaftaran")
    store = open_store(agent.home, lambda: PASSPHRASE, lambda _store_id: None)
    try:
        assert journal.first_broken(store.connection, store.vault) is None
        kept = store.connection.rows("SELECT facts FROM journal WHERE action = 'report.unmasked'")
        reasons = [json.loads(each["facts"])["reason"] for each in kept]
    finally:
        store.close()
    assert reasons == ["dicek kantor cabang", "Laporan Jumat"]


def test_an_existing_report_is_replaced_whole_or_not_at_all(agent: Cli, tmp_path: Path) -> None:
    enrol(agent, a_worker())
    file = tmp_path / "jumat.csv"
    file.write_text("an older and much longer report\n" * 100, encoding="utf-8")
    hard_link = tmp_path / "kept"
    os.link(file, hard_link)
    assert report(agent, "pendaftaran", "--output", str(file)).code == 0
    assert len(rows_of(file)) == 1
    assert hard_link.read_text(encoding="utf-8").startswith("an older"), "it was never cut in place"
    assert {path.name for path in tmp_path.iterdir()} == {"agent", "jumat.csv", "kept"}


def test_a_pipe_is_written_to_and_a_link_is_followed(agent: Cli) -> None:
    enrol(agent, a_worker())
    pipe = agent.folder / "pipe.csv"
    os.mkfifo(pipe)
    process = agent.start("laporan", "pendaftaran", "-o", str(pipe), stderr=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL)  # fmt: skip
    content = pipe.read_text(encoding="utf-8")
    assert process.wait(60) == 0
    assert content.startswith("id,")
    assert pipe.is_fifo(), "no file took its place"
    through = agent.run(
        "laporan", "pendaftaran", "-o", "/dev/stdout", "--format", "csv", as_json=False
    )
    assert (through.code, through.out.startswith(content)) == (0, True)
    (agent.folder / "real").mkdir()
    link = agent.folder / "link.csv"
    link.symlink_to(agent.folder / "real" / "r.csv")
    assert report(agent, "pendaftaran", "-o", str(link)).code == 0
    assert link.is_symlink()
    assert len(rows_of(agent.folder / "real" / "r.csv")) == 1


def test_what_cant_be_written_says_so_and_leaves_the_old_file(agent: Cli) -> None:
    enrol(agent, a_worker())
    for path in (agent.folder / "none" / "r.csv", agent.passphrase_file / "r.csv"):
        said = report(agent, "pendaftaran", "--output", str(path))
        assert (said.code, said.codes) == (8, ["report.unwritable"]), path
        assert said.errors[0]["message"] == "r.csv tidak dapat ditulis: foldernya tidak ada."
    assert not [path for path in agent.folder.iterdir() if path.name.startswith(".")]
    (agent.folder / "minggu").write_text("penting")
    said = report(agent, "mingguan", "--output", "minggu", "--format", "csv,xlsx")
    assert said.errors[0]["message"] == (
        "minggu tidak dapat ditulis: ada berkas bernama itu, padahal yang diperlukan folder."
    )
    for arguments, field in (
        (("--output", "r.docx"), "/format"),
        (("--output", "r"), "/format"),
        (("--output", "r.csv", "--format", "csv,pdf"), "/format"),
        (("--since", "22-11-2026"), "/since"),
        (("--dari", "tetangga"), "/from"),
        (("--to", "2026-02-30"), "/until"),
    ):
        said = report(agent, "enrollments", *arguments)
        assert (said.code, said.errors[0]["field"]) == (2, field), arguments
    said = report(agent, "summary", "--output", "-")
    assert (said.code, said.codes) == (2, ["report.json_and_stdout"])


def test_a_report_can_be_cut_to_days_of_capture(agent: Cli) -> None:
    enrol(agent, a_worker())
    assert report(agent, "pendaftaran", "--dari", "2020-01-01").data["rows"] == 1
    assert report(agent, "enrollments", "--to", "2020-01-01").data["rows"] == 0
    assert report(agent, "summary", "--from", "2999-01-01").data["rows"] == 0
    inside = ("--from", "2020-01-01", "--to", "2999-01-01")
    assert report(agent, "summary", *inside).data["rows"] > 0


@pytest.fixture
def varied(tmp_path: Path, ready_home: Cli, office: Office) -> Agent:
    """Return an agent with a record in every standing that one device alone can bring about."""
    agent = Agent(tmp_path / "varied", office.url, ready=ready_home)
    enrol(
        agent,
        a_worker(),
        a_worker(occupations=[{"code": "driver"}], start="2026-02", months=2),
        ill(a_worker(programs=["jkk", "jkm", "jht"])),
        a_worker(payer="village"),
    )
    items = agent.run("antrean", "daftar").data["items"]
    agent.run("antrean", "tarik", items[0]["id"], "--yes")
    assert agent.sync().code == 0
    enrol(agent, a_worker(address={"text": "Jl. Laut", "region": "520108"}, months=3))
    return agent


def test_sums_are_kept_apart_by_standing_and_add_up_in_every_dimension(varied: Agent) -> None:
    said = report(varied, "ringkasan")
    rows = said.data["items"]
    dimensions = {row["dimension"] for row in rows}
    assert dimensions == {
        "total",
        "agent",
        "region",
        "program",
        "sector",
        "payer",
        "state",
        "period",
    }
    (whole,) = [row for row in rows if row["dimension"] == "total"]
    assert whole["records"] == 5
    for row in rows:
        for name in ("records", "amount"):
            assert row[name] == sum(row[f"{name}_{standing}"] for standing in STANDINGS)
    for dimension in dimensions:
        mine = [row for row in rows if row["dimension"] == dimension]
        for column in SUMMARY[3:]:
            assert sum(row[column] for row in mine) == whole[column], (dimension, column)
    status = varied.run("sinkron", "status").data
    assert {name: whole[f"records_{name}"] for name in STANDINGS} == {
        name: status[name] for name in STANDINGS
    }
    each = report(varied, "enrollments").data["items"]
    assert sum(row["amount"] for row in each) == whole["amount"]
    accepted = [row for row in each if row["state"] == "accepted"]
    assert all(len(row["membership_number"]) == 11 for row in accepted)
    assert all(row["sample_number"] is True for row in accepted)
    assert sum(row["amount"] for row in accepted) == whole["amount_accepted"]
    assert said.data["last_success"] == status["last_success"]
    for language in ("id", "en"):
        text = varied.run("report", "summary", "--bahasa", language, as_json=False)
        assert (text.code, "{" in text.out) == (0, False)
