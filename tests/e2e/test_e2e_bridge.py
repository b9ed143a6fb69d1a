"""Records are carried into a form from a terminal, and what came back is kept, by the program alone."""

from __future__ import annotations

import base64
import json
import re
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli
from field_work import EXAMPLE, Agent, Office, a_nik, a_worker, enrol, ill, unchanged
from terminal import Terminal

PUT = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
NUMBER = "26112200001"
PROMPT = "Enter/</s/r/q"


def whole(nik: str, **changes: Any) -> dict[str, Any]:
    return EXAMPLE | {"nik": nik, "birth_date": f"1990-{nik[8:10]}-17"} | changes


def put_into_clipboard(shown: str) -> list[str]:
    return [base64.b64decode(coded).decode() for coded in PUT.findall(shown)]


class Carrier(Terminal):
    """A terminal that remembers all that it was sent, escapes and all."""

    def __init__(self, cli: Cli, *arguments: str):
        self.everything = ""
        super().__init__(cli, *arguments)

    def _more(self) -> bool:
        before = len(self.shown)
        more = super()._more()
        self.everything += self.shown[before:]
        return more

    def key(self, typed: str = "", times: int = 1) -> None:
        for _ in range(times):
            self.answer(PROMPT, typed)

    def to_the_end(self) -> None:
        """Press Enter until the form is full."""
        while True:
            while PROMPT not in self.shown and "Pilih:" not in self.shown:
                assert self._more(), self.shown
            if PROMPT not in self.shown:
                return
            self.key()


def listed(cli: Cli, *more: str) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in cli.run("jembatan", "daftar", *more).data["items"]}


def a_map(cli: Cli, name: str, content: str) -> None:
    folder = cli.home / "portals"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(content, encoding="utf-8")


SHORT = """name = "Portal uji"
[[fields]]
label = "NIK"
value = "nik"
[[fields]]
label = "Nama"
value = "name"
[[fields]]
label = "Surel"
value = "email"
[[fields]]
label = "Kelamin"
value = "sex"
table = { F = "Wanita", M = "Pria" }
"""


def test_every_value_goes_to_the_clipboard_of_the_terminal_in_the_order_of_the_map(
    agent: Cli,
) -> None:
    nik = a_nik()
    [record] = enrol(agent, whole(nik))
    with Carrier(agent, "jembatan", "bawa", "--lewat", "osc52") as terminal:
        terminal.to_the_end()
        terminal.answer("Pilih", "1")
        terminal.answer("Nomor peserta (KPJ)", "2611 2200 001")
        terminal.answer("sekali lagi", NUMBER)
        terminal.answer("Enter bila tidak ada", "888000123")
        terminal.wait_for("bernomor peserta")
        assert terminal.end() == 0
        put = put_into_clipboard(terminal.everything)
        assert "Papan klip sudah dibersihkan" in terminal.everything
        assert "belum dicocokkan dengan formulir resmi" in terminal.everything
        assert "Email: kosong, dilewati" in terminal.everything
    assert put[:4] == [nik, "NI LUH SARI", "DENPASAR", f"17/{nik[8:10]}/1990"]
    assert "081234567890" in put
    assert "Kota Denpasar" in put
    assert put[-2:] == ["Suami/Istri", " "], "at the end nothing of a person is left in it"
    item = listed(agent)[record]
    assert (item["state"], item["number"], item["payment_code"]) == (
        "registered",
        NUMBER,
        "888000123",
    )
    shown = agent.run("antrean", "lihat", record).data
    assert [each["number"] for each in shown["portals"]] == [NUMBER]
    assert "2611 2200 001" in agent.run("queue", "show", record, "--lang", "en", as_json=False).out


def test_the_place_is_kept_by_every_way_to_stop(agent: Cli) -> None:
    a_map(agent, "uji", SHORT)
    [record] = enrol(agent, whole(a_nik()))
    carry = ("jembatan", "bawa", record, "--portal", "uji", "--lewat", "print")
    with Carrier(agent, *carry) as terminal:
        terminal.key("s")
        terminal.wait_for("[2/4] Nama")
        terminal.key("q")
        assert terminal.end() == 0
    with Carrier(agent, *carry) as terminal:
        terminal.wait_for("Dilanjutkan dari kolom 2")
        terminal.key("r")
        terminal.wait_for("[2/4] Nama")
        terminal.key("<")
        terminal.wait_for("[1/4] NIK")
        terminal.key(times=2)
        terminal.wait_for("[4/4] Kelamin")
        terminal.wait_for("Wanita")
        terminal.process.kill()
    assert listed(agent, "--portal", "uji")[record]["state"] == "begun"
    with Carrier(agent, *carry) as terminal:
        terminal.wait_for("Dilanjutkan dari kolom 4")
        terminal.wait_for(PROMPT)
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    a_map(agent, "uji", SHORT + '[[fields]]\nlabel = "Baru"\nvalue = "months"\n')
    with Carrier(agent, *carry) as terminal:
        terminal.wait_for("mulai dari kolom pertama")
        terminal.wait_for("[1/5] NIK")
        terminal.key("q")
        assert terminal.end() == 0


def test_one_person_after_another_oldest_first_and_only_those_who_may_go(agent: Cli) -> None:
    a_map(agent, "uji", SHORT)
    first, second, sick, gone = enrol(agent, a_worker(), a_worker(), ill(a_worker()), a_worker())
    assert agent.run("antrean", "tarik", gone, "--yes").code == 0
    with Carrier(
        agent, "bridge", "carry", "--portal", "uji", "--via", "print", "--lang", "en"
    ) as t:
        t.wait_for("2 to carry")
        for record, last in ((first, False), (second, True)):
            t.wait_for(record[-8:])
            t.key(times=2)
            t.key()
            t.answer("Choose", "4")
            t.wait_for("filled in, no answer yet")
            if not last:
                t.answer("Next person?", "")
        assert t.end() == 0
        assert put_into_clipboard(t.everything) == []
    found = listed(agent, "--portal", "uji")
    assert {record: each["state"] for record, each in found.items()} == dict.fromkeys(
        (first, second), "carried"
    )
    for record, code in ((sick, "bridge.officer_first"), (gone, "bridge.not_open")):
        with Terminal(agent, "jembatan", "bawa", record) as terminal:
            terminal.wait_for(code)
            assert terminal.end() == 2
    with Terminal(agent, "jembatan", "bawa", first, "--portal", "uji", "--lewat", "print") as t:
        t.answer("Bawa lagi?", "t")
        assert t.end() == 2


def test_what_is_typed_wrong_is_asked_again_and_a_number_of_another_is_questioned(
    agent: Cli,
) -> None:
    first, second = enrol(agent, a_worker(), a_worker())
    kept = agent.run(
        "jembatan", "catat", first, "--berkas", "-", stdin=json.dumps({"number": NUMBER})
    )
    assert (kept.code, kept.data["state"]) == (0, "registered")
    with Carrier(agent, "jembatan", "catat", second) as t:
        t.answer("Pilih", "1")
        t.answer("Nomor peserta (KPJ)", "123")
        t.wait_for("returned.length")
        t.answer("Nomor peserta (KPJ)", NUMBER)
        t.answer("sekali lagi", "26112200002")
        t.wait_for("returned.typed_differs")
        t.answer("Nomor peserta (KPJ)", NUMBER)
        t.answer("sekali lagi", NUMBER)
        t.answer("Enter bila tidak ada", "")
        t.wait_for(first[-8:])
        t.answer("Tetap dicatat?", "t")
        t.answer("Pilih", "3")
        t.answer("Mengapa ditolak? Pilih", "1")
        t.answer("Kata-kata dari portal", "terdaftar [b]lewat[/b] toko")
        assert t.end() == 0
        assert "ditolak portal" in t.everything
        assert "[b]lewat[/b]" in t.everything
    assert listed(agent)[second]["refusal"] == {
        "reason": "already_member",
        "note": "terdaftar [b]lewat[/b] toko",
    }


def test_a_script_lists_and_records_and_never_carries(agent: Cli) -> None:
    first, second = enrol(agent, a_worker(), a_worker())
    for arguments in (("jembatan", "bawa"), ("bridge", "carry", first, "--via", "page")):
        said = agent.run(*arguments)
        assert (said.code, said.codes) == (2, ["bridge.needs_terminal"])
        assert "--json" in said.errors[0]["remedy"]
        assert agent.run(*arguments, as_json=False).code == 2
    bare = agent.run("jembatan", "catat", first)
    assert (bare.code, bare.errors[0]["field"]) == (2, "/file")

    def record(record_id: str, back: object, *more: str) -> Any:
        return agent.run(
            "bridge", "record", record_id, "--file", "-", *more, stdin=json.dumps(back)
        )

    said = record(first, {"payment_code": "8880-0012"})
    assert (said.data["state"], said.data["payment_code"]) == ("awaiting", "88800012")
    said = record(first, {"number": NUMBER})
    assert (said.data["state"], said.data["payment_code"]) == ("registered", "88800012")
    with unchanged(agent.store):
        taken = record(second, {"number": NUMBER})
        assert (taken.code, taken.codes) == (2, ["bridge.number_taken"])
        other = record(first, {"number": "26112200002"})
        assert (other.code, other.codes) == (2, ["bridge.differs"])
        assert record(first, {"number": "1"}).codes == ["returned.length"]
        assert record(first, []).code == 2
        assert record("00000000", {"number": NUMBER}).codes == ["record.unknown"]
        assert record(first, {"number": NUMBER}, "--portal", "tiada").codes == ["portal.unknown"]
    sure = record(second, {"number": NUMBER}, "--yes")
    assert (sure.code, sure.warned) == (0, ["bridge.number_taken"])
    data = agent.run("bridge", "list", "--state", "registered,refused").data
    assert (data["count"], data["totals"]["registered"], data["totals"]["waiting"]) == (2, 2, 0)
    assert agent.run("bridge", "list", "--state", "lost").codes == ["state.unknown"]
    for language in ("id", "en"):
        told = agent.run("bridge", "list", "--lang", language, as_json=False)
        assert "2611 2200 001" in told.out


def test_what_was_refused_and_corrected_comes_up_again(agent: Cli) -> None:
    [record] = enrol(agent, a_worker())
    back = json.dumps({"refusal": {"reason": "name_differs"}})
    assert agent.run("jembatan", "catat", record, "--berkas", "-", stdin=back).code == 0
    with Terminal(agent, "jembatan", "bawa") as terminal:
        terminal.wait_for("0 orang untuk dibawa")
        assert terminal.end() == 0
    changes = json.dumps({"name": "Ni Luh Benar"})
    assert agent.run("antrean", "perbaiki", record, "--berkas", "-", stdin=changes).code == 0
    assert listed(agent)[record]["corrected_since"] is True
    with Carrier(agent, "jembatan", "bawa", "--lewat", "print") as terminal:
        terminal.wait_for("1 orang untuk dibawa")
        terminal.key()
        terminal.wait_for("NI LUH BENAR")
        terminal.key("q")
        assert terminal.end() == 0


def test_a_record_that_the_central_sent_back_is_settled_before_it_is_carried(
    office: Office, an_agent: Any
) -> None:
    nik = a_nik()
    for state, code in (("accepted", None), ("duplicate", "bridge.settle_first")):
        agent: Agent = an_agent(office.url)
        [record] = enrol(agent, a_worker(nik))
        assert agent.sync().data[state] == 1
        with Carrier(agent, "jembatan", "bawa", record, "--lewat", "print") as terminal:
            if code is None:
                terminal.key("q")
            assert terminal.end() == (0 if code is None else 2)
            assert (code or "Berhenti") in terminal.everything


@pytest.fixture
def helpers(agent: Cli) -> Path:
    """Return the folder where helper programs of a made-up computer write what they were given."""
    folder = agent.folder / "helpers"
    folder.mkdir()
    agent.environment["PATH"] = f"{folder}:{agent.environment['PATH']}"
    return folder


def a_helper(folder: Path, name: str, code: int = 0) -> None:
    script = folder / name
    script.write_text(
        f'#!/bin/sh\nprintf "%s " "$0" "$@" >> {folder}/argv\nenv >> {folder}/environment\n'
        f"cat >> {folder}/{name}.got\nprintf '|' >> {folder}/{name}.got\nexit {code}\n"
    )
    script.chmod(0o755)


def test_a_helper_program_gets_the_values_through_its_stdin_alone(
    agent: Cli, helpers: Path
) -> None:
    a_map(agent, "uji", SHORT)
    a_helper(helpers, "wl-copy", code=1)
    a_helper(helpers, "xclip")
    nik = a_nik()
    enrol(agent, a_worker(nik, name="Ni Luh Planted"))
    with Carrier(agent, "jembatan", "bawa", "--portal", "uji") as terminal:
        terminal.to_the_end()
        terminal.answer("Pilih", "4")
        assert terminal.end() == 0
        assert put_into_clipboard(terminal.everything) == []
    assert (helpers / "xclip.got").read_text() == f" |{nik}|Ni Luh Planted|Wanita| |"
    seen = (helpers / "argv").read_text() + (helpers / "environment").read_text()
    assert nik not in seen
    assert "Planted" not in seen


def test_windows_reads_its_own_coding(agent: Cli, helpers: Path) -> None:
    a_map(agent, "uji", SHORT)
    a_helper(helpers, "clip.exe")
    enrol(agent, a_worker(name="Zoë"))
    with Carrier(agent, "jembatan", "bawa", "--portal", "uji", "--lewat", "clipboard") as terminal:
        terminal.key()
        terminal.key("q")
        assert terminal.end() == 0
    got = (helpers / "clip.exe.got").read_bytes().split(b"|")
    assert got[2].decode("utf-16") == "Zoë"


def test_without_any_clipboard_it_is_said_which_ways_remain(agent: Cli) -> None:
    agent.environment["PATH"] = str(agent.folder / "nothing")
    enrol(agent, a_worker())
    with Terminal(agent, "jembatan", "bawa", "--lewat", "clipboard") as terminal:
        terminal.wait_for("bridge.no_clipboard")
        assert terminal.end() == 2
    with Carrier(agent, "jembatan", "bawa") as terminal:
        terminal.key("q")
        assert terminal.end() == 0
        assert len(put_into_clipboard(terminal.everything)) == 2


def test_an_address_is_shown_and_opened_only_when_the_person_says_so(agent: Cli) -> None:
    a_map(agent, "uji", 'address = "https://portal.contoh.id/daftar"\n' + SHORT)
    browser = agent.folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" >> {agent.folder}/opened\n')
    browser.chmod(0o755)
    agent.environment["BROWSER"] = str(browser)
    enrol(agent, a_worker())
    for said in ("", "y"):
        assert not (agent.folder / "opened").exists()
        with Carrier(agent, "jembatan", "bawa", "--portal", "uji", "--lewat", "print") as terminal:
            terminal.wait_for("https://portal.contoh.id/daftar")
            terminal.answer("Buka alamat itu", said)
            terminal.key("q")
            assert terminal.end() == 0
    assert (agent.folder / "opened").read_text() == "https://portal.contoh.id/daftar\n"


def test_maps_are_made_from_the_example_checked_and_never_overwritten(agent: Cli) -> None:
    made = agent.run("jembatan", "peta", "portal-saya", "--contoh")
    path = Path(made.data["path"])
    assert (made.code, path.stat().st_mode & 0o077) == (0, 0)
    with unchanged(path):
        again = agent.run("bridge", "map", "portal-saya", "--example")
        assert (again.code, again.codes) == (2, ["portal.exists"])
    for bad in ("../x", "PORTAL", "a b", "", "a" * 31):
        said = agent.run("bridge", "map", "--example", bad)
        assert said.codes == ["portal.name"], bad
    maps = agent.run("jembatan", "peta").data
    assert [(each["id"], each["own"]) for each in maps["items"]] == [
        ("umum", False),
        ("portal-saya", True),
    ]
    shown = agent.run("jembatan", "peta", "portal-saya").data
    assert shown["fields"][0] == {"label": "NIK", "value": "nik", "format": None}
    path.write_text(SHORT + '[[fields]]\nlabel = "Kata sandi"\nvalue = "password"\n')
    said = agent.run("jembatan", "peta")
    assert (said.code, {error["row"] for error in said.errors}) == (3, {16, 17})
    assert set(said.codes) == {"portal.secret", "portal.value_unknown"}
    with Terminal(agent, "jembatan", "bawa", "--portal", "portal-saya") as terminal:
        terminal.wait_for("portal.secret")
        assert terminal.end() == 2
    for language in ("id", "en"):
        for arguments in ((), ("umum",)):
            told = agent.run("bridge", "map", *arguments, "--lang", language, as_json=False)
            assert "{" not in told.out + told.err


def test_what_came_back_is_sealed_and_goes_with_an_erasure(agent: Cli) -> None:
    nik, note = a_nik(), "Nyoman Planted menolak"
    first, second = enrol(agent, a_worker(nik), a_worker())
    for record, back in (
        (first, {"number": NUMBER}),
        (second, {"refusal": {"reason": "other", "note": note}}),
    ):
        said = agent.run("jembatan", "catat", record, "--berkas", "-", stdin=json.dumps(back))
        assert said.code == 0
    for file in (each for each in agent.home.rglob("*") if each.is_file()):
        held = file.read_bytes()
        assert not [each for each in (NUMBER, "Planted", nik) if each.encode() in held], file
    hand = sqlite3.connect(agent.store)
    [[sealed]] = hand.execute(
        "SELECT envelope FROM carried WHERE record_id = ?", (first,)
    ).fetchall()
    facts = hand.execute("SELECT action, facts FROM journal WHERE action LIKE 'portal%'").fetchall()
    hand.close()
    assert facts == [
        ("portal.registered", '{"portal": "umum"}'),
        ("portal.refused", '{"portal": "umum"}'),
    ]
    said = agent.run("pekerja", "hapus", first, "--alasan", "subject_asked", "--yes")
    assert (said.code, said.data["traces"]) == (0, False)
    assert first not in listed(agent)
    assert all(sealed[12:40] not in each.read_bytes() for each in agent.home.rglob("*.db*"))
