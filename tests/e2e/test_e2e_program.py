"""The program as a whole: demonstration, day's plan, help, completion, and errors of usage."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
from pathlib import Path

from command_line import Cli, checked_envelope
from field_work import Agent, Office, a_worker, enrol, ill
from terminal import Terminal

from perisai_cli.cli.names import INDONESIAN
from perisai_cli.domain.errors import EXIT_CODES

TABLE = Path(__file__).parents[2] / "docs" / "reference" / "exit-codes.md"


def test_the_demonstration_does_the_main_job_and_cleans_up(cli: Cli) -> None:
    temporary = cli.folder / "tmp"
    temporary.mkdir()
    said = cli.run("coba", environment={"TMPDIR": str(temporary)})
    assert (said.code, said.envelope and said.envelope["command"]) == (0, "demo")
    enrolled, first, second = (
        said.data[name] for name in ("enrolled", "first_sync", "second_sync")
    )
    assert enrolled["count"] == enrolled["accepted"] + enrolled["refused"]
    assert enrolled["refused"] > 0
    assert first["sent"] == enrolled["accepted"] == first["accepted"] + first["held"] + 1
    assert first["duplicate"] + first["needs_fix"] == 1
    assert (second["sent"], second["accepted"], second["pending"]) == (1, 1, 0)
    assert said.data["report"]["rows"] == enrolled["accepted"]
    for word in ("1. Membuat penyimpanan terenkripsi", "tercatat", "diterima"):
        assert word in said.err, "its steps are talk"
    assert not list(temporary.iterdir())
    assert not cli.home.exists()


def test_the_demonstration_speaks_english_too_and_keeps_its_folder_when_asked(cli: Cli) -> None:
    kept = cli.folder / "kept"
    said = cli.run("demo", "--keep", str(kept), "--bahasa", "en", as_json=False)
    assert (said.code, said.err) == (0, "")
    for word in ("encrypted", "recorded", "accepted"):
        assert word in said.out
    for number in range(1, 9):
        assert f"\n{number}. " in f"\n{said.out}"
    assert "{" not in said.out
    assert (kept / "enrollments.csv").read_text(encoding="utf-8").count("\n") > 1
    cli.environment |= {
        "PERISAI_HOME": str(kept / "home"),
        "PERISAI_PASSPHRASE_FILE": str(kept / "passphrase.txt"),
    }
    status = cli.run("sinkron", "status").data
    assert (status["pending"], status["duplicate"], status["needs_fix"]) == (0, 0, 0)
    assert status["accepted"] > 0
    again = cli.run("coba", "--simpan", str(kept))
    assert (again.code, again.codes) == (2, ["demo.folder"])
    assert cli.run("sinkron", "status").data == status


def test_a_demonstration_that_is_stopped_cleans_up_too(cli: Cli) -> None:
    temporary = cli.folder / "tmp"
    temporary.mkdir()
    cli.environment["TMPDIR"] = str(temporary)
    with Terminal(cli, "coba") as terminal:
        terminal.wait_for("2. ")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    assert "Traceback" not in terminal.shown
    assert not list(temporary.iterdir())


def test_the_plan_of_the_day_needs_no_passphrase_and_counts_what_asks(
    tmp_path: Path, ready_home: Cli, office: Office
) -> None:
    agent = Agent(tmp_path / "agent", office.url, ready=ready_home)
    enrol(agent, a_worker(), ill(a_worker()))
    agent.sync()
    enrol(agent, a_worker())
    del agent.environment["PERISAI_PASSPHRASE_FILE"]
    said = agent.run("hari-ini")
    assert (said.code, said.envelope and said.envelope["command"]) == (0, "today")
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", said.data["day"])
    counted = {name: said.data[name] for name in ("unsent", "held", "accepted", "drafts")}
    assert counted == {"unsent": 1, "held": 1, "accepted": 1, "drafts": 0}
    assert sum(said.data["sent_back"].values()) == 0
    assert agent.run().data == said.data, "the bare program shows the same"
    for language in ("id", "en"):
        text = agent.run("today", "--bahasa", language, as_json=False)
        assert (text.code, "{" in text.out) == (0, False)
        assert text.out == agent.run("--bahasa", language, as_json=False).out


def test_the_bare_program_welcomes_where_there_is_no_store(cli: Cli) -> None:
    for language, line in (("id", "perisai siapkan"), ("en", "perisai setup")):
        said = cli.run("--bahasa", language, as_json=False)
        assert (said.code, said.err) == (0, "")
        assert line in said.out
    assert not cli.home.exists()
    assert cli.run().code == 10


def test_errors_of_usage_speak_json_and_name_their_command(agent: Cli) -> None:
    for arguments, command, code in (
        (("antrian",), "perisai", "usage.no_such_command"),
        (("antrean",), "queue", "usage.missing_command"),
        (("antrean", "hapus"), "queue", "usage.no_such_command"),
        (("iuran", "bpu", "--tiers", "1"), "contribution bpu", "usage.no_such_option"),
        (("sinkron", "status", "extra"), "sync status", "usage.extra_argument"),
        (("queue", "show"), "queue show", "usage.missing"),
        (("--bahasa", "en", "queue", "show"), "queue show", "usage.missing"),
        (("--lang", "fr", "queue", "list"), "queue list", "usage.language"),
        (("sync", "--bahasa", "jv"), "sync", "usage.language"),
        (("pusat", "agen"), "central agent", "usage.missing_command"),
        (("pusat", "jalankan", "--port", "65536"), "central serve", "central.port"),
        (("pusat", "jalankan", "--port", "9" * 5000), "central serve", "central.port"),
        (("pusat", "agen", "tambah", "A-1"), "central agent add", "usage.missing"),
        (("completion", "tcsh"), "completion", "completion.shell"),
        (("--nonsense",), "perisai", "usage.no_such_option"),
    ):
        said = agent.run(*arguments)
        assert said.envelope is not None
        assert (said.code, said.envelope["command"], said.codes) == (2, command, [code]), arguments
    text = agent.run("antrian", as_json=False)
    assert (text.code, text.out) == (2, "")
    assert text.err.count("\n") >= 2, "what happened, and what to do next"
    near = agent.run("antrian").errors[0]["remedy"]
    assert "antrean" in near


def test_flags_are_heard_wherever_they_stand(agent: Cli) -> None:
    for arguments in (
        ("--json", "sinkron", "status"),
        ("sinkron", "--json", "status"),
        ("sync", "status", "--json"),
    ):
        said = agent.run(*arguments, as_json=False)
        assert checked_envelope(said.out, 0)["command"] == "sync status"


def paths() -> list[tuple[str, ...]]:
    return [tuple(path.split()) for path in INDONESIAN]


def test_help_lists_each_command_under_the_name_of_the_language(cli: Cli) -> None:
    top = [path[0] for path in paths() if len(path) == 1]
    english = cli.run("--bahasa", "en", "--help", as_json=False).out
    indonesian = cli.run("--help", as_json=False).out
    for name in top:
        assert re.search(rf"^  {re.escape(name)} ", english, re.MULTILINE), name
        assert re.search(rf"^  {re.escape(INDONESIAN[name])} ", indonesian, re.MULTILINE), name
    assert not re.search(r"^  queue ", indonesian, re.MULTILINE)
    assert not re.search(r"^  antrean ", english, re.MULTILINE)
    for code in EXIT_CODES:
        assert re.search(rf"\b{code} \w", english.replace("\n", " ")), code


def test_the_table_of_exit_codes_is_the_programs(cli: Cli) -> None:
    rows = re.findall(r"^\| `?(\d+)`? \|", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert tuple(int(code) for code in rows) == EXIT_CODES


def completed(cli: Cli, line: str, **environment: str) -> list[str]:
    words = line.split(" ")
    said = cli.run(
        as_json=False,
        environment={
            "_PERISAI_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
            **environment,
        },
    )
    assert said.code == 0, said
    return said.out.split()


def test_shells_get_a_script_and_then_the_words_that_fit(cli: Cli) -> None:
    for shell, sign in (
        ("bash", "complete"), ("zsh", "#compdef perisai"), ("fish", "complete --command perisai"),
        ("powershell", "Register-ArgumentCompleter"),
    ):  # fmt: skip
        said = cli.run("pelengkap", shell, as_json=False)
        assert (said.code, sign in said.out) == (0, True)
        assert "_PERISAI_COMPLETE" in said.out
        assert cli.run("completion", shell).data["script"].strip() == said.out.strip()
    assert completed(cli, "perisai an") == ["antrean"]
    assert completed(cli, "perisai qu", PERISAI_LANG="en") == ["queue"]
    assert completed(cli, "perisai antrean ") == ["daftar", "lihat", "perbaiki", "tarik"]
    assert completed(cli, "perisai iuran bpu --pen") == ["--penghasilan"]


def test_a_reader_who_goes_away_is_no_error(agent: Cli) -> None:
    enrol(agent, *[a_worker() for _ in range(300)])
    shell = subprocess.run(
        ["/bin/sh", "-c", f'"{agent.program}" antrean daftar --json | head -c 10'],
        env=agent.environment, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (shell.returncode, shell.stderr) == (0, b"")


def test_a_question_is_asked_on_a_terminal_and_its_answer_obeyed(agent: Cli) -> None:
    (record_id,) = enrol(agent, a_worker())
    for answer, code, state in (("t", 2, "queued"), ("y", 0, "withdrawn")):
        with Terminal(agent, "antrean", "tarik", record_id) as terminal:
            terminal.answer("Tarik catatan ini?", answer)
            assert terminal.end() == code
        assert agent.run("antrean", "lihat", record_id).data["state"] == state


def test_a_central_that_is_started_and_stopped_says_so(cli: Cli) -> None:
    process = cli.start(
        "pusat", "jalankan", "--port", "0", "--data", "d", "--json",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    ready = process.stderr.readline()
    assert b"http://127.0.0.1:" in ready
    port = ready.split(b"http://127.0.0.1:")[1].split()[0].decode()
    taken = cli.run("central", "serve", "--port", port, "--data", "other")
    assert (taken.code, taken.codes) == (1, ["central.unbound"])
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    envelope = json.loads(out)
    assert (envelope["command"], envelope["exit_code"]) == ("central serve", 0)
    hand = sqlite3.connect(cli.folder / "d" / "central.db")
    assert hand.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    hand.close()
    assert cli.run("pusat", "agen", "daftar", "--data", "d").data["count"] == 0
