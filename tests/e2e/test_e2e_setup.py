"""Setting up and unlocking: the store comes whole or not at all, and is never harmed."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import time
from pathlib import Path

import pytest
from command_line import PROFILE, Cli
from field_work import a_worker, enrol, unchanged


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_set_up_makes_a_store_for_its_owner_alone_and_never_twice(cli: Cli) -> None:
    said = cli.run("siapkan", *PROFILE)
    assert (said.code, said.envelope and said.envelope["command"]) == (0, "setup")
    assert {"home": str(cli.home), "agent": "A-017", "region": "5171"}.items() <= said.data.items()
    assert mode_of(cli.home) == 0o700
    assert [path.name for path in cli.home.iterdir()] == ["perisai.db"]
    assert mode_of(cli.store) == 0o600
    with unchanged(cli.store):
        again = cli.run("setup", *PROFILE)
    assert (again.code, again.codes) == (2, ["store.exists"])


def test_missing_answers_are_named_all_at_once_where_nobody_can_be_asked(cli: Cli) -> None:
    said = cli.run("siapkan")
    assert said.code == 2
    assert {fault[0] for fault in said.faults} == {"/agent", "/name", "/office", "/region"}
    said = cli.run("setup", "--agent", "A", "--name", "N", "--office", "O", "--region", "9999")
    assert (said.code, said.faults) == (2, {("/region", "setup.region")})
    assert not cli.home.exists()


@pytest.mark.parametrize(
    ("central", "code"),
    [
        ("http://pusat.contoh.id", "central.plain_http"),
        ("http://192.168.1.10:8765", "central.plain_http"),
        ("ftp://pusat.contoh.id", "central.address"),
        ("pusat", "central.address"),
    ],
)
def test_an_address_that_would_show_niks_is_not_set_up(cli: Cli, central: str, code: str) -> None:
    said = cli.run("siapkan", *PROFILE, "--pusat", central)
    assert (said.code, said.faults) == (2, {("/central", code)})
    assert not cli.home.exists()


def test_without_a_passphrase_nothing_is_made_and_nobody_is_asked(cli: Cli) -> None:
    del cli.environment["PERISAI_PASSPHRASE_FILE"]
    said = cli.run("siapkan", *PROFILE, "--yes")
    assert (said.code, said.codes) == (2, ["passphrase.missing"])
    assert "PERISAI_PASSPHRASE_FILE" in said.errors[0]["remedy"]
    assert not cli.home.exists()


def test_a_passphrase_file_that_is_missing_or_empty_is_named(agent: Cli) -> None:
    agent.passphrase_file.unlink()
    assert agent.run("antrean", "daftar").codes == ["passphrase.file"]
    agent.passphrase_file.write_text("\nkalimat di baris kedua\n", encoding="utf-8")
    said = agent.run("antrean", "daftar")
    assert (said.code, said.codes) == (2, ["passphrase.file"])
    del agent.environment["PERISAI_PASSPHRASE_FILE"]
    said = agent.run("queue", "list")
    assert (said.code, said.codes) == (2, ["passphrase.missing"])


def test_a_passphrase_of_spaces_makes_no_store_and_a_short_one_is_warned_of(cli: Cli) -> None:
    cli.passphrase_file.write_text("   \n", encoding="utf-8")
    said = cli.run("siapkan", *PROFILE)
    assert (said.code, said.codes) == (2, ["passphrase.empty"])
    assert not cli.store.exists()
    cli.passphrase_file.write_text("ñandú 9\r\n", encoding="utf-8")
    said = cli.run("siapkan", *PROFILE)
    assert (said.code, said.warned) == (0, ["passphrase.short"])
    assert cli.run("antrean", "daftar").code == 0


def test_a_wrong_passphrase_exits_12_and_changes_nothing(agent: Cli) -> None:
    enrol(agent, a_worker())
    agent.passphrase_file.write_text("bukan kalimat sandinya\n", encoding="utf-8")
    with unchanged(agent.store):
        said = agent.run("antrean", "daftar")
        assert (said.code, said.codes) == (12, ["passphrase.wrong"])
        assert agent.run("daftar", "--berkas", "-", stdin="{}").code == 12
        assert agent.run("sinkron", "--pusat", "http://127.0.0.1:9").code == 12
    assert agent.run("sinkron", "status").data["pending"] == 1, "counting needs no passphrase"


def test_without_a_store_commands_exit_10_and_make_nothing(cli: Cli) -> None:
    for command in (("antrean", "daftar"), ("sinkron",), ("sync", "status"), ("hari-ini",),
                    ("laporan", "ringkasan"), ("daftar", "--berkas", "-")):  # fmt: skip
        said = cli.run(*command, stdin='{"nik": "x"}')
        assert (said.code, said.codes) == (10, ["store.none"]), command
    assert not cli.home.exists()


def halves(whole: bytes) -> dict[str, bytes]:
    newer = bytearray(whole)
    newer[60:64] = (99).to_bytes(4, "big")
    torn = bytearray(whole)
    torn[4096:] = bytes(len(torn) - 4096)
    return {
        "empty": b"",
        "garbage": bytes(range(256)) * 64,
        "cut in its header": whole[:60],
        "cut after a page": whole[:4096],
        "cut in the middle": whole[: len(whole) // 2],
        "pages of zeros": bytes(torn),
        "newer": bytes(newer),
    }


def test_a_damaged_or_newer_store_exits_13_and_is_left_as_it_is(agent: Cli) -> None:
    enrol(agent, a_worker())
    for kind, content in halves(agent.store.read_bytes()).items():
        agent.store.write_bytes(content)
        with unchanged(agent.store):
            for command in (("antrean", "daftar"), ("daftar", "--berkas", "-")):
                said = agent.run(*command, stdin="{}")
                expected = "store.newer" if kind == "newer" else "store.damaged"
                assert (said.code, said.codes) == (13, [expected]), kind
    with unchanged(agent.store):
        said = agent.run("siapkan", *PROFILE)
    assert (said.code, said.codes) == (2, ["store.exists"])


def test_a_database_of_another_program_is_not_taken_for_a_store(cli: Cli) -> None:
    cli.home.mkdir()
    foreign = sqlite3.connect(cli.store)
    foreign.execute("CREATE TABLE records (id TEXT)")
    foreign.commit()
    foreign.close()
    with unchanged(cli.store):
        said = cli.run("sinkron", "status")
    assert (said.code, said.codes) == (13, ["store.damaged"])


def test_a_store_with_a_part_missing_or_changed_exits_13(agent: Cli) -> None:
    enrol(agent, a_worker(), a_worker())
    whole = agent.store.read_bytes()
    for damage in (
        "DROP TABLE records",
        "DROP TABLE sync_state",
        "DROP TABLE key_slots",
        "DELETE FROM key_slots",
        "UPDATE key_slots SET parameters = 'x'",
        'UPDATE key_slots SET parameters = \'{"kdf": "argon2id"}\'',
        "DELETE FROM sealed",
        "UPDATE sealed SET envelope = x'00'",
        "UPDATE sealed SET envelope = randomblob(90)",
        "ALTER TABLE records RENAME COLUMN rev TO revision",
        "UPDATE records SET device = CAST(x'ff' AS TEXT)",
        "UPDATE records SET envelope = randomblob(900) WHERE id = (SELECT min(id) FROM records)",
        "UPDATE records SET envelope = (SELECT envelope FROM records ORDER BY id DESC)",
    ):
        agent.store.write_bytes(whole)
        hand = sqlite3.connect(agent.store)
        hand.execute(damage)
        hand.commit()
        hand.close()
        with unchanged(agent.store):
            said = agent.run("antrean", "daftar")
        assert (said.code, said.err) == (13, ""), damage
        assert said.codes[0].startswith("store."), damage


def test_a_set_up_that_is_killed_leaves_nothing_or_a_whole_store(tmp_path: Path) -> None:
    for number in range(8):
        folder = tmp_path / f"try-{number}"
        folder.mkdir()
        cli = Cli(folder)
        process = cli.start("siapkan", *PROFILE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while process.poll() is None and not list(cli.home.glob(".new-*")):
            time.sleep(0.001)
        time.sleep(0.02 * number)
        process.kill()
        process.communicate()
        if cli.store.exists():
            assert cli.run("antrean", "daftar").data["count"] == 0
        else:
            cli.set_up()
        left = {path.name for path in cli.home.iterdir()}
        assert left <= {"perisai.db", f".new-{process.pid}.db"}


def test_what_a_killed_set_up_left_is_removed_by_the_next(cli: Cli) -> None:
    cli.home.mkdir()
    (cli.home / ".new-4711.db").write_bytes(b"half a store")
    (cli.home / ".new-4711.db-journal").write_bytes(b"its journal")
    cli.set_up()
    assert [path.name for path in cli.home.iterdir()] == ["perisai.db"]


def test_settings_that_cant_be_read_are_named_by_their_key(agent: Cli) -> None:
    settings = agent.home / "settings.toml"
    for text, key in (("language = 'en'\nlanguages = 1", "languages"), ("[", "toml")):
        settings.write_text(text, encoding="utf-8")
        said = agent.run("sinkron", "status")
        assert (said.code, said.codes) == (2, ["settings.invalid"])
        assert key in said.errors[0]["message"]


def test_flags_go_before_the_environment_and_that_before_the_settings(agent: Cli) -> None:
    def message(*flags: str, **environment: str) -> str:
        said = agent.run("antrean", "lihat", "ffff", *flags, environment=environment)
        assert said.codes == ["record.unknown"]
        return str(said.errors[0]["message"])

    indonesian = message()
    (agent.home / "settings.toml").write_text('language = "en"\n', encoding="utf-8")
    english = message()
    assert indonesian != english
    assert message(PERISAI_LANG="id") == indonesian
    assert message("--bahasa", "en", PERISAI_LANG="id") == english
    assert message("--lang=id", PERISAI_LANG="en") == indonesian
