"""Newer rules, from a central over HTTP or as a file: taken whole, or nothing changes."""

from __future__ import annotations

import gzip
import itertools
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli, Said
from field_work import Agent, Answer, Clock, Office, Proxy, a_worker, between, enrol, item_of
from signed_rules import (
    FLAT_PRICE,
    NEWER,
    Signer,
    dearer,
    dearer_from,
    file_of,
    folder_of_rules,
)
from test_e2e_calculator import HEAVY, modules_of

from perisai_cli.actions import central_reference
from perisai_cli.actions.rules_update import UpdateOptions, rules_update
from perisai_cli.central.reference import office_day, public_key
from perisai_cli.central.serve import open_central, running
from perisai_cli.domain.errors import PerisaiError, TryLater
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.reference import MAX_BYTES
from perisai_cli.rules.law import VERSION, packaged_law
from perisai_cli.wiring import throwaway_app

_folders = itertools.count()
PRICE_OF_A_MONTH = ("iuran", "bpu", "--lapisan", "1", "--mulai")


@contextmanager
def an_office(folder: Path) -> Iterator[Office]:
    """Yield a central of this test's own, whose books and publications no other test sees."""
    clock = Clock()
    data = folder / "office"
    data.mkdir(parents=True)
    with running(data, clock=clock) as url:
        yield Office(url, data, clock)


@pytest.fixture
def own_office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


def publish(office: Office, valid_from: str | None = None, **changed: str) -> Any:
    """Publish the package's rules with some files replaced; return what is said of the set."""
    folder = folder_of_rules(office.data / f"rules-{next(_folders)}", **changed)
    return central_reference.publish(office.data, "rules", folder, valid_from, office.clock).data


def key_of(cli: Cli, office: Office) -> str:
    """Return a file with the central's key, as the office hands it out."""
    database = open_central(office.data)
    path = cli.folder / "office.key"
    path.write_text(public_key(database) + "\n", encoding="utf-8")
    database.close()
    return str(path)


def month_price(cli: Cli, month: str) -> int:
    said = cli.run(*PRICE_OF_A_MONTH, month)
    assert said.code == 0, said
    return int(said.data["totals"]["by_program"]["jkm"])


def home_of(cli: Cli) -> dict[str, bytes]:
    """Return every file below ``rules`` of a home."""
    found = (path for path in sorted((cli.home / "rules").rglob("*")) if path.is_file())
    return {str(path.relative_to(cli.home)): path.read_bytes() for path in found}


def kept(cli: Cli, record_id: str) -> dict[str, Any]:
    """Return what the store, the queue and the report say of a record's money."""
    hand = sqlite3.connect(cli.store)
    row = hand.execute("SELECT amount, rules, rev FROM records WHERE id = ?", (record_id,))
    stored = row.fetchone()
    hand.close()
    shown = cli.run("antrean", "lihat", record_id).data
    reported = cli.run("laporan", "pendaftaran").data["items"]
    [line] = [item for item in reported if item["id"] == record_id]
    return {"stored": stored, "shown": shown["amount"], "reported": line["amount"]}


def test_stored_amounts_outlive_newer_rules_and_the_central_takes_both(
    own_office: Office, an_agent: Callable[[str], Agent], tmp_path: Path
) -> None:
    agent = an_agent(own_office.url)
    nobody = a_worker(months=3)
    assert agent.sync().code == 0
    [old] = enrol(agent, nobody)
    before = kept(agent, old)
    publish(own_office, jkm=dearer())
    said = agent.run("aturan", "update")
    assert said.code == 0, said
    assert (said.data["updated"], said.data["previous"]) == (True, VERSION)
    [change] = said.data["changes"]
    assert (change["name"], change["old"], change["new"]) == (FLAT_PRICE, 6800, 7800)
    [new] = enrol(agent, a_worker(months=3))
    after = kept(agent, new)
    assert kept(agent, old) == before
    assert before["stored"][1] == packaged_law().digest
    assert after["stored"][1] == said.data["rules"]["digest"] != packaged_law().digest
    assert after["stored"][0] > before["stored"][0]
    synced = agent.sync()
    assert (synced.code, synced.data["accepted"]) == (0, 2), synced
    assert kept(agent, old) == before
    assert kept(agent, new) == after


def test_an_amount_that_differs_under_its_own_rules_is_a_problem_on_the_item(
    own_office: Office, an_agent: Callable[[str], Agent]
) -> None:
    agent = an_agent(own_office.url)
    assert agent.sync().code == 0
    key = key_of(agent, own_office)
    publish(own_office, jkm=dearer())
    assert agent.run("aturan", "update").code == 0
    [right] = enrol(agent, a_worker())
    stranger = Signer()
    forged = agent.folder / "forged.json"
    forged.write_bytes(stranger.rules(jkm=dearer(9800)))
    assert agent.run("aturan", "update", "--dari", str(forged)).codes == ["reference.other_key"]
    foreign = stranger.key_file(agent.folder)
    assert agent.run("aturan", "update", "--dari", str(forged), "--kunci", foreign).code == 0
    [wrong] = enrol(agent, a_worker())
    assert agent.sync().code == 3
    assert item_of(agent, right)["state"] == "accepted"
    problems = item_of(agent, wrong)["problems"]
    assert [problem["code"] for problem in problems] == ["quote.other_rules"]
    assert problems[0]["facts"]["sent"] - problems[0]["facts"]["computed"] == 1000
    # The office's own rules come back in spite of their lower number, and the cure works.
    key_of_office = Path(key).read_text(encoding="utf-8")
    (agent.folder / "again.key").write_text(key_of_office, encoding="utf-8")
    assert agent.run("aturan", "update").data["updated"]
    fixed = agent.run("antrean", "perbaiki", wrong, "--berkas", "-", stdin="{}")
    assert fixed.code == 0, fixed
    assert agent.sync().code == 0
    assert item_of(agent, wrong)["state"] == "accepted"


def test_both_sides_of_a_new_price_s_first_month(own_office: Office, cli: Cli) -> None:
    key = key_of(cli, own_office)
    publish(own_office, jkm=dearer_from("2028-03-01", "2028-02-29"))
    said = cli.run("aturan", "update", "--kunci", key, "--pusat", own_office.url)
    assert said.code == 0, said
    assert (month_price(cli, "2028-02"), month_price(cli, "2028-03")) == (6800, 7800)
    shown = cli.run("aturan", "lihat", FLAT_PRICE, "--pada", "2028-02-29").data
    assert (shown["on"]["value"], shown["rules"]["source"]) == (6800, "installed")
    assert (
        cli.run("aturan", "lihat", FLAT_PRICE, "--pada", "2028-03-01").data["on"]["value"] == 7800
    )
    [rewritten, dearer_one] = said.data["changes"]
    assert (rewritten["change"], rewritten["until"]) == ("cited", "2028-02-29")
    assert (dearer_one["change"], dearer_one["since"]) == ("changed", "2028-03-01")
    assert dearer_one["basis"] == "secondary"


def test_a_set_is_given_out_from_its_first_day_on(own_office: Office, cli: Cli) -> None:
    key = key_of(cli, own_office)
    later = office_day(own_office.clock()) + timedelta(days=1)
    made = publish(own_office, later.isoformat(), jkm=dearer())
    ask = ("aturan", "update", "--kunci", key, "--pusat", own_office.url)
    assert cli.run(*ask).data["newer"] is False
    own_office.clock.ahead = timedelta(days=1)
    said = cli.run(*ask)
    assert (said.code, said.data["rules"]["version"]) == (0, made["version"])


def test_the_office_publishes_lists_and_exports_by_the_program(cli: Cli) -> None:
    data = ("--data", "office")
    folder = str(folder_of_rules(cli.folder / "rules", jkm=dearer()))
    made = cli.run("pusat", "acuan", "terbitkan", "rules", "--dari", folder, *data)
    assert made.code == 0, made
    assert made.data["version"] > VERSION
    again = cli.run("central", "reference", "publish", "rules", "--from", folder, *data)
    assert (again.code, again.codes) == (2, ["reference.same"])
    listed = cli.run("pusat", "acuan", "daftar", *data).data
    used = [(each["name"], each["version"]) for each in listed["items"] if each["in_force"]]
    assert used == [
        ("occupations", VERSION), ("reasons", VERSION), ("regions", VERSION),
        ("rules", made.data["version"]),
    ]  # fmt: skip
    assert listed["fingerprint"] == made.data["fingerprint"]
    unfit = str(folder_of_rules(cli.folder / "unfit", jkm=dearer(7001)))
    refused = cli.run("pusat", "acuan", "terbitkan", "rules", "--dari", unfit, *data)
    assert (refused.code, refused.codes) == (2, ["reference.content"])
    for faulty, code in (
        (("terbitkan", "prices", "--dari", folder), "reference.unknown"),
        (("terbitkan", "rules"), "usage.missing"),
        (("terbitkan", "regions", "--dari", "nowhere"), "file.unreadable"),
        (("terbitkan", "rules", "--dari", folder, "--berlaku", "soon"), "day.format"),
        (("ekspor", "rules"), "usage.missing"),
    ):
        assert cli.run("pusat", "acuan", *faulty, *data).codes == [code]


def test_the_update_is_told_in_both_languages_with_what_it_rests_on(
    own_office: Office, cli: Cli
) -> None:
    key = key_of(cli, own_office)
    publish(own_office, jkm=dearer_from("2027-03-01", "2027-02-28"))
    ask = ("aturan", "update", "--kunci", key, "--pusat", own_office.url, "--dry-run")
    told = cli.run(*ask, as_json=False).out
    assert "Rp6.800 menjadi Rp7.800" in told
    assert "sumber sekunder" in told
    assert "2027-03-01" in told
    english = cli.run("--bahasa", "en", *ask, as_json=False).out
    assert "Rp6.800 becomes Rp7.800" in english
    assert "PP 44/2015, Pasal 20 ayat (3)" in english
    assert not (cli.home / "rules").exists()
    assert month_price(cli, "2027-03") == 6800


def test_a_table_s_changed_rows_are_told(own_office: Office, cli: Cli) -> None:
    key = key_of(cli, own_office)
    text = file_of("jkk")
    row = "1_000_000, 10_000]"
    assert row in text
    publish(own_office, jkk=text.replace(row, "1_000_000, 10_500]", 1))
    told = cli.run("aturan", "update", "--kunci", key, "--pusat", own_office.url, as_json=False).out
    assert "- 1  0  1000000  10000\n" in told
    assert "+ 1  0  1000000  10500\n" in told


def test_the_second_asking_costs_one_small_answer(own_office: Office, cli: Cli) -> None:
    key = key_of(cli, own_office)
    with between(own_office.url) as proxy:
        seen: list[tuple[int, int]] = []

        def count(_method: str, _path: str, ask: Callable[[], Answer]) -> Answer:
            answer = ask()
            seen.append((answer.status, len(answer.content)))
            return answer

        proxy.tamper = count
        ask = ("aturan", "update", "--kunci", key, "--pusat", proxy.url)
        assert cli.run(*ask).data["newer"] is False
        publish(own_office, jkm=dearer())
        assert cli.run(*ask).data["updated"] is True
        assert cli.run(*ask).data["newer"] is False
    assert [status for status, _ in seen] == [304, 200, 304]
    assert seen[0][1] == seen[2][1] == 0
    assert seen[1][1] < 25_000


def test_nothing_newer_is_said_and_exits_with_0(own_office: Office, cli: Cli) -> None:
    key = key_of(cli, own_office)
    said = cli.run("aturan", "update", "--kunci", key, "--pusat", own_office.url, as_json=False)
    assert (said.code, said.out) == (
        0,
        f"Tidak ada aturan yang lebih baru; tetap versi {VERSION}.\n",
    )


def test_a_file_carries_the_same_set_to_who_has_no_network(
    own_office: Office, cli: Cli, tmp_path: Path
) -> None:
    key = key_of(cli, own_office)
    made = publish(own_office, jkm=dearer())
    folder = str(own_office.data)
    exported = cli.run("pusat", "acuan", "ekspor", "rules", "-o", "rules.json", "--data", folder)
    assert exported.data["version"] == made["version"]
    octets = (cli.folder / "rules.json").read_bytes()
    said = cli.run("aturan", "update", "--dari", "-", "--kunci", key, stdin=octets)
    assert (said.code, said.data["updated"]) == (0, True), said
    again = cli.run("aturan", "update", "--dari", "rules.json", "--kunci", key)
    assert (again.code, again.data["newer"]) == (0, False)
    checked = cli.run("aturan", "periksa").data["rules"]
    assert checked["verified"] is True
    assert checked["signed_by"] == made["fingerprint"]
    assert month_price(cli, "2027-01") == 7800


def test_the_key_may_stand_in_the_settings(own_office: Office, cli: Cli) -> None:
    key = Path(key_of(cli, own_office)).read_text(encoding="utf-8").strip()
    publish(own_office, jkm=dearer())
    cli.home.mkdir(exist_ok=True)
    settings = f'central = "{own_office.url}"\nrules_key = "{key}"\n'
    (cli.home / "settings.toml").write_text(settings, encoding="utf-8")
    assert cli.run("aturan", "update").data["updated"] is True
    (cli.home / "settings.toml").write_text(settings.replace(key, Signer().key), encoding="utf-8")
    publish(own_office, jkm=dearer(7900))
    assert cli.run("aturan", "update").codes == ["reference.other_key"]


def test_without_any_key_nothing_is_taken(own_office: Office, cli: Cli, agent: Cli) -> None:
    assert cli.run("aturan", "update", "--pusat", own_office.url).code == 10
    never_synced = agent.run("aturan", "update", "--pusat", own_office.url)
    assert (never_synced.code, never_synced.codes) == (2, ["rules.no_key"])
    missing = cli.run("aturan", "update", "--kunci", "nowhere", "--pusat", own_office.url)
    assert missing.codes == ["file.unreadable"]
    none = cli.run("aturan", "update", "--kunci", key_of(cli, own_office))
    assert none.code in (2, 10)
    assert not (cli.home / "rules").exists()


def saying(content: bytes, **headers: str) -> Callable[[str, str, Callable[[], Answer]], Answer]:
    """Return a tamperer that puts other content in place of the central's, with its digest."""

    def tamper(_method: str, _path: str, ask: Callable[[], Answer]) -> Answer:
        answer = ask()
        plain = answer.without("content-encoding").without("content-digest")
        named = {"Content-Digest": content_digest(content)} | headers
        kept_headers = {name: value for name, value in named.items() if value}
        return Answer(200, plain.headers | kept_headers, content)

    return tamper


STRANGER = Signer()
BOMB = gzip.compress(b" " * (64 * 2**20), compresslevel=9)


@pytest.mark.parametrize(
    ("content", "headers", "codes"),
    [
        pytest.param(STRANGER.rules(jkm=dearer()), {}, {"reference.other_key"}, id="another key"),
        pytest.param(b"{}", {}, {"reference.malformed"}, id="unsigned"),
        pytest.param(b"", {}, {"reference.malformed"}, id="empty"),
        pytest.param(b"<html>Wi-Fi</html>", {}, {"reference.malformed"}, id="a page"),
        pytest.param(b"{}", {"Content-Digest": "sha-256=:AA==:"}, {"reference.hash"}, id="digest"),
        pytest.param(b"x" * (MAX_BYTES + 1), {}, {"reference.too_big"}, id="huge"),
        pytest.param(BOMB, {"Content-Encoding": "gzip"}, {"reference.too_big"}, id="a bomb"),
        pytest.param(
            b"\x1f\x8bxx", {"Content-Encoding": "gzip"}, {"reference.malformed"}, id="cut"
        ),
        pytest.param(b"{}", {"Content-Encoding": "br"}, {"reference.malformed"}, id="an encoding"),
        pytest.param(b"{}", {"Perisai-Protocol": "2"}, {"network.not_central"}, id="a protocol"),
    ],
)
def test_what_comes_tampered_with_changes_nothing(
    office: Office,
    cli: Cli,
    proxy: Proxy,
    content: bytes,
    headers: dict[str, str],
    codes: set[str],
) -> None:
    key = key_of(cli, office)
    genuine = Signer()
    (cli.folder / "genuine").mkdir()
    installed = cli.folder / "installed.json"
    installed.write_bytes(genuine.rules(jkm=dearer(7000)))
    taken = cli.run("aturan", "update", "--dari", str(installed), "--kunci",
                    genuine.key_file(cli.folder / "genuine"))  # fmt: skip
    assert taken.code == 0, taken
    before = home_of(cli)
    tamper = saying(content, **headers)
    proxy.tamper = tamper
    said = cli.run("aturan", "update", "--kunci", key, "--pusat", proxy.url)
    assert (said.code, set(said.codes)) == (7, codes), said
    assert home_of(cli) == before
    assert month_price(cli, "2027-01") == 7000


def test_a_central_that_gives_no_rules_out_or_lies_about_the_tag_changes_nothing(
    office: Office, tmp_path: Path, proxy: Proxy
) -> None:
    app = throwaway_app(tmp_path / "home", "", proxy.url)
    ask = UpdateOptions(key=STRANGER.key)
    proxy.tamper = lambda _method, _path, through: replace(through(), status=404)
    with pytest.raises(PerisaiError) as told:
        rules_update(app, ask)
    assert (told.value.code, told.value.exit_code) == ("central.refused", 1)
    rules_update(app, UpdateOptions(STRANGER.key, STRANGER.rules(jkm=dearer())))
    (app.home / "rules" / "active").write_bytes(b"?")
    proxy.tamper = lambda _method, _path, through: replace(through(), status=304, content=b"")
    with pytest.raises(PerisaiError) as told:
        rules_update(app, ask)
    assert (told.value.code, told.value.exit_code) == ("network.not_central", 7)


def test_an_answer_that_breaks_off_is_tried_again_later(
    office: Office, tmp_path: Path, proxy: Proxy
) -> None:
    proxy.tamper = lambda _method, _path, _ask: None
    options = UpdateOptions(key=STRANGER.key, max_seconds=0.5)
    with pytest.raises(TryLater):
        rules_update(throwaway_app(tmp_path / "home", "", proxy.url), options)
    assert not (tmp_path / "home").exists()


def test_an_older_version_replayed_is_refused(own_office: Office, cli: Cli) -> None:
    key = key_of(cli, own_office)
    publish(own_office, jkm=dearer())
    with between(own_office.url) as proxy:
        ask = ("aturan", "update", "--kunci", key, "--pusat", proxy.url)
        recorded: list[Answer] = []

        def record(_method: str, _path: str, through: Callable[[], Answer]) -> Answer:
            recorded.append(through())
            return recorded[-1]

        proxy.tamper = record
        assert cli.run(*ask).data["updated"] is True
        publish(own_office, jkm=dearer(7900))
        assert cli.run(*ask).data["updated"] is True
        before = home_of(cli)
        proxy.tamper = lambda _method, _path, _ask: recorded[0]
        said = cli.run(*ask)
        assert (said.code, said.codes) == (7, ["reference.rollback"])
        assert home_of(cli) == before
    assert month_price(cli, "2027-01") == 7900


def damaged_in(cli: Cli, how: str) -> None:
    active = json.loads((cli.home / "rules" / "active").read_bytes())
    folder = cli.home / "rules" / active["folder"]
    if how == "a file is changed":
        (folder / "jkm.toml").write_text(dearer(1), encoding="utf-8")
    elif how == "a file is gone":
        (folder / "jkm.toml").unlink()
    elif how == "the pointer is noise":
        (cli.home / "rules" / "active").write_bytes(b"\x00\xff")
    elif how == "the pointer leads elsewhere":
        text = json.dumps(active | {"folder": f"{active['folder'][:27]}/.."})
        (cli.home / "rules" / "active").write_text(text, encoding="utf-8")
    else:
        folder.rename(folder.with_name("elsewhere"))


@pytest.mark.parametrize(
    "how",
    [
        "a file is changed",
        "a file is gone",
        "the pointer is noise",
        "the pointer leads elsewhere",
        "the folder is gone",
    ],
)
def test_damaged_rules_are_an_error_until_they_are_taken_again(
    own_office: Office, cli: Cli, how: str
) -> None:
    key = key_of(cli, own_office)
    publish(own_office, jkm=dearer())
    ask = ("aturan", "update", "--kunci", key, "--pusat", own_office.url)
    assert cli.run(*ask).data["updated"] is True
    damaged_in(cli, how)
    said = cli.run(*PRICE_OF_A_MONTH, "2027-01")
    assert (said.code, said.codes) == (13, ["rules.damaged"]), said
    assert "aturan update" in said.errors[0]["remedy"]
    assert cli.run("aturan", "periksa").codes == ["rules.damaged"]
    repaired = cli.run(*ask)
    assert (repaired.code, repaired.data["repaired"]) == (0, True), repaired
    assert month_price(cli, "2027-01") == 7800
    assert cli.run("aturan", "periksa").data["rules"]["verified"] is True


def test_a_signed_set_altered_on_the_disk_is_found_by_the_check(
    own_office: Office, cli: Cli
) -> None:
    key = key_of(cli, own_office)
    publish(own_office, jkm=dearer())
    assert cli.run("aturan", "update", "--kunci", key, "--pusat", own_office.url).code == 0
    [envelope] = (cli.home / "rules").glob("*/envelope.json")
    envelope.write_bytes(envelope.read_bytes().replace(b"7800", b"7801"))
    assert month_price(cli, "2027-01") == 7800
    assert cli.run("aturan", "periksa").codes == ["rules.damaged"]


def test_rules_that_lack_what_the_program_needs_say_so(cli: Cli) -> None:
    signer = Signer()
    (cli.folder / "set.json").write_bytes(signer.rules(jkm=dearer()))
    key = signer.key_file(cli.folder)
    assert cli.run("aturan", "update", "--dari", "set.json", "--kunci", key).code == 0
    pointer = cli.home / "rules" / "active"
    active = json.loads(pointer.read_bytes())
    del active["files"]["jkm"]
    pointer.write_text(json.dumps(active), encoding="utf-8")
    said = cli.run(*PRICE_OF_A_MONTH, "2027-01")
    assert (said.code, said.codes) == (13, ["rules.incomplete"])


def test_two_updates_at_once_leave_the_newer_rules_whole(cli: Cli) -> None:
    signer = Signer()
    key = signer.key_file(cli.folder)
    for number in range(4):
        octets = signer.rules(NEWER + number, jkm=dearer(7000 + 100 * number))
        (cli.folder / f"set-{number}.json").write_bytes(octets)
    said: dict[int, Said] = {}

    def update(number: int) -> None:
        said[number] = cli.run("aturan", "update", "--dari", f"set-{number}.json", "--kunci", key)

    threads = [threading.Thread(target=update, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said[3].code == 0, said
    assert {each.code for each in said.values()} <= {0, 7}
    assert {code for each in said.values() for code in each.codes} <= {"reference.rollback"}
    assert month_price(cli, "2027-01") == 7300
    assert cli.run("aturan", "periksa").data["rules"]["verified"] is True


def test_the_demo_does_not_use_what_is_installed(cli: Cli) -> None:
    signer = Signer()
    (cli.folder / "set.json").write_bytes(signer.rules(jkm=dearer()))
    key = signer.key_file(cli.folder)
    assert cli.run("aturan", "update", "--dari", "set.json", "--kunci", key).code == 0
    assert cli.run("coba").code == 0


def test_a_new_doubt_without_words_here_breaks_nothing(cli: Cli) -> None:
    signer = Signer()
    doubted = dearer().replace('at = "Pasal 20 ayat (3)"', 'at = "x"\ndoubt = "from_tomorrow"', 1)
    (cli.folder / "set.json").write_bytes(signer.rules(jkm=doubted))
    key = signer.key_file(cli.folder)
    ask = ("aturan", "update", "--dari", "set.json", "--kunci", key)
    for said in (
        cli.run(*ask, as_json=False),
        cli.run("aturan", "lihat", FLAT_PRICE, as_json=False),
        cli.run(*PRICE_OF_A_MONTH, "2027-01", "--jelaskan", as_json=False),
    ):
        assert said.code == 0, said
        assert "from_tomorrow" in said.out


def test_a_calculator_with_installed_rules_imports_nothing_heavy(cli: Cli) -> None:
    signer = Signer()
    (cli.folder / "set.json").write_bytes(signer.rules(jkm=dearer()))
    key = signer.key_file(cli.folder)
    assert cli.run("aturan", "update", "--dari", "set.json", "--kunci", key).code == 0
    modules = modules_of(cli, *PRICE_OF_A_MONTH, "2027-01")
    assert "perisai_cli.rules.installed" in modules
    assert not modules & (HEAVY | {"filelock", "perisai_cli.rules.guard"})


def test_a_calculator_without_installed_rules_does_not_even_import_what_reads_them(
    cli: Cli,
) -> None:
    modules = modules_of(cli, *PRICE_OF_A_MONTH, "2027-01")
    assert "perisai_cli.rules.installed" not in modules
