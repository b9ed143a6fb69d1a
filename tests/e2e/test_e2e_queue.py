"""The queue as an agent works it: listing, showing, correcting, withdrawing; NIKs stay masked."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest
from command_line import PASSPHRASE, Cli, Said
from field_work import EXAMPLE, NAME, PHONE, a_nik, a_worker, enrol, item_of, lines, without
from terminal import Terminal, answered

from perisai_cli.domain.identity import mask_nik


def fix(cli: Cli, record_id: str, changes: dict[str, Any] | str) -> Said:
    content = changes if isinstance(changes, str) else json.dumps(changes)
    return cli.run("antrean", "perbaiki", record_id, "--berkas", "-", stdin=content)


def test_the_queue_lists_what_was_recorded_oldest_first(agent: Cli) -> None:
    empty = agent.run("antrean", "daftar")
    assert empty.data == {"count": 0, "items": []}
    assert agent.run("antrean", as_json=False).code == 2
    niks = [a_nik() for _ in range(3)]
    ids = enrol(agent, *[a_worker(nik) for nik in niks])
    said = agent.run("queue", "list")
    assert (said.code, said.data["count"]) == (0, 3)
    masked = {record_id: mask_nik(nik) for record_id, nik in zip(ids, niks, strict=True)}
    assert [item["id"] for item in said.data["items"]] == sorted(ids)
    assert {item["id"]: item["nik_masked"] for item in said.data["items"]} == masked
    for item in said.data["items"]:
        assert {"id", "rev", "kind", "state", "nik_masked", "problems"} <= set(item)
        assert (item["rev"], item["kind"], item["state"]) == (1, "enrolment", "queued")
        assert item["problems"] == []
    assert NAME not in said.out
    text = agent.run("antrean", "daftar", as_json=False)
    for record_id, nik in zip(ids, niks, strict=True):
        assert record_id[-8:] in text.out
        assert mask_nik(nik) in text.out


def test_the_queue_can_be_cut_down_to_some_states(agent: Cli) -> None:
    first, _second = enrol(agent, a_worker(), a_worker())
    agent.run("antrean", "tarik", first, "--yes")
    assert agent.run("antrean", "daftar", "--keadaan", "withdrawn").data["count"] == 1
    assert agent.run("queue", "list", "--state", "queued, withdrawn").data["count"] == 2
    assert agent.run("queue", "list", "--state", "held").data["count"] == 0
    said = agent.run("queue", "list", "--state", "queued,lost")
    assert (said.code, said.faults) == (2, {("/state", "state.unknown")})


def test_a_record_is_found_by_either_end_of_its_id_when_that_is_enough(agent: Cli) -> None:
    first, second = enrol(agent, a_worker(), a_worker())
    assert agent.run("antrean", "lihat", first[-8:]).data["id"] == first
    assert agent.run("queue", "show", f" {second.upper()} ").data["id"] == second
    said = agent.run("queue", "show", first[:8])
    assert (said.code, said.codes) == (2, ["record.ambiguous"])
    for unknown in ("0" * 8, "xyz", "", "abc", "%", "____", "ÿ" * 9):
        said = agent.run("antrean", "lihat", unknown)
        assert (said.code, said.codes) == (2, ["record.unknown"]), unknown
    bare = agent.run("antrean", "lihat")
    assert (bare.code, bare.codes) == (2, ["usage.missing"])


def test_a_record_is_shown_whole_but_for_its_nik(agent: Cli) -> None:
    nik = a_nik()
    worker = EXAMPLE | {"nik": nik, "birth_date": f"1990-{nik[8:10]}-17"}
    (record_id,) = enrol(agent, worker)
    shown = agent.run("antrean", "lihat", record_id)
    assert "nik" not in shown.data["worker"]
    assert shown.data["nik_masked"] == mask_nik(nik)
    assert shown.data["worker"]["name"] == "Ni Luh Sari"
    for language in ("id", "en"):
        text = agent.run("queue", "show", record_id, "--lang", language, as_json=False)
        assert text.code == 0
        for value in (mask_nik(nik), "Ni Luh Sari", "Sanur", "Rp1.500.000", "I Made Ardi"):
            assert value in text.out, value
        assert "{" not in text.out


def test_a_correction_changes_what_it_names_and_nothing_else(agent: Cli) -> None:
    nik = a_nik()
    worker = EXAMPLE | {"nik": nik, "birth_date": f"1990-{nik[8:10]}-17"}
    (record_id,) = enrol(agent, worker)
    before = agent.run("antrean", "lihat", record_id).data
    said = fix(agent, record_id, {"address": {"village": "Renon", "rt": None}, "email": "a@b.id"})
    assert (said.code, said.envelope and said.envelope["command"]) == (0, "queue fix")
    assert (said.data["rev"], said.data["state"], said.data["id"]) == (2, "queued", record_id)
    assert said.data["quote"]["total"] == before["amount"]
    after = agent.run("antrean", "lihat", record_id).data
    changed = {"address", "email"}
    assert after["worker"]["address"] == {
        "text": "Jl. Segara 3", "rw": "005", "village": "Renon", "region": "517101",
    }  # fmt: skip
    assert after["worker"]["email"] == "a@b.id"
    assert without(after["worker"], *changed) == without(before["worker"], "address")
    file = agent.folder / "fix.json"
    file.write_text("\ufeff" + json.dumps({"income": 5_000_000, "months": 1}, indent=1), "utf-8")
    said = agent.run("queue", "fix", record_id, "--file", str(file))
    assert (said.code, said.data["rev"]) == (0, 3)
    assert said.data["tier"] > 4, "the tier follows the income"
    assert fix(agent, record_id, {"tier": 2}).data["tier"] == 2
    said = fix(agent, record_id, {"income": 6_000_000})
    assert (said.data["tier"], "tier.below_income" in said.warned) == (2, True), "but a chosen one"
    assert fix(agent, record_id, {"tier": None}).data["tier"] > 4
    assert agent.run("sinkron", "status").data["pending"] == 1


def test_a_new_occupation_brings_its_sector_unless_another_is_named(agent: Cli) -> None:
    (record_id,) = enrol(agent, a_worker())
    fix(agent, record_id, {"occupations": [{"code": "driver"}], "start": "2027-02"})
    shown = agent.run("antrean", "lihat", record_id).data
    assert (shown["worker"]["sector"], shown["amount"]) == ("transport", 8_400)
    said = fix(agent, record_id, {"occupations": [{"code": "driver"}], "sector": "other"})
    assert (said.data["quote"]["total"], "sector.differs" in said.warned) == (16_800, True)
    said = fix(agent, record_id, {"occupations": [{"code": "courier"}]})
    assert said.data["quote"]["total"] == 16_800, "a sector that was chosen stays"


def test_a_correction_with_faults_changes_nothing_and_tells_all(agent: Cli) -> None:
    other = a_nik()
    record_id, _ = enrol(agent, a_worker(), a_worker(other))
    said = fix(agent, record_id, {"phone": "12", "income": None, "programs": ["jht"], "sex": "X"})
    assert said.code == 2
    assert said.faults == {
        ("/phone", "phone.format"), ("/income", "income.missing"),
        ("/programs", "programs.jkk_and_jkm"), ("/sex", "sex.unknown"),
    }  # fmt: skip
    said = fix(agent, record_id, {"nik": other})
    assert (said.code, said.faults) == (2, {("/nik", "worker.already_here")})
    for content, code in (
        ("", "input.empty"),
        ("{", "json.syntax"),
        ("[{}]", "json.one_wanted"),
        ('{"months": 2}\n{"months": 3}\n', "json.one_wanted"),
        ("7", "json.one_wanted"),
    ):
        said = fix(agent, record_id, content)
        assert (said.code, said.codes[0][:4]) == (2, code[:4]), content
    for arguments in ((), ("--berkas", "none.json")):
        said = agent.run("antrean", "perbaiki", record_id, *arguments)
        assert (said.code, said.errors[0]["field"]) == (2, "/file")
    assert fix(agent, "0" * 12, {}).codes == ["record.unknown"]
    item = item_of(agent, record_id)
    assert (item["rev"], item["state"]) == (1, "queued")


def test_a_withdrawal_is_confirmed_and_final(agent: Cli) -> None:
    nik = a_nik()
    (record_id,) = enrol(agent, a_worker(nik))
    said = agent.run("antrean", "tarik", record_id)
    assert (said.code, said.codes) == (2, ["confirm.missing"])
    assert "--yes" in said.errors[0]["remedy"]
    said = agent.run("antrean", "tarik", record_id, "--alasan", "bored", "--yes")
    assert (said.code, said.faults) == (2, {("/reason", "withdrawal.reason")})
    assert item_of(agent, record_id)["rev"] == 1
    said = agent.run("queue", "withdraw", record_id, "--reason", "entered_twice", "--yes")
    assert (said.code, said.data["state"], said.data["rev"]) == (0, "withdrawn", 2)
    assert said.data["nik_masked"] == mask_nik(nik)
    again = agent.run("queue", "withdraw", record_id, "--yes")
    assert (again.code, again.codes) == (2, ["record.not_open"])
    assert fix(agent, record_id, {"months": 2}).codes == ["record.not_open"]
    shown = agent.run("antrean", "lihat", record_id).data
    assert (shown["state"], shown["rev"], shown["nik_masked"]) == ("withdrawn", 2, mask_nik(nik))


@pytest.fixture
def talk() -> list[tuple[str, str]]:
    """Return what the wizard asks after the NIK, in order, and what is typed."""
    return [
        ("Nama seperti di kartu", NAME),
        ("Nomor telepon", PHONE),
        ("Alamat", ""),
        ("Pekerjaan", "nelayan"),
        ("Tempat bekerja", "Pantai"),
        ("Penghasilan", "1.500.000"),
        ("JHT", ""),
        ("Bulan iuran pertama", "2026-12"),
        ("Berapa bulan", "2"),
        ("ahli waris", ""),
        ("masih bekerja?", "y"),
        ("sakit kritis?", "t"),
        ("setuju?", "y"),
        ("Cara setuju", "1"),
    ]


def test_a_wizard_that_is_stopped_keeps_its_answers_and_offers_them_again(
    agent: Cli, talk: list[tuple[str, str]]
) -> None:
    nik = a_nik()
    with Terminal(agent, "daftar") as terminal:
        answered(terminal, ("NIK", "123"), ("NIK", nik), ("Cocok", ""), *talk[:1])
        terminal.wait_for(talk[1][0])
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    (draft,) = agent.run("antrean", "daftar").data["items"]
    assert (draft["state"], draft["rev"], draft["nik_masked"]) == ("draft", 0, mask_nik(nik))
    assert sum(agent.run("sinkron", "status").data[name] for name in ("pending", "accepted")) == 0
    said = fix(agent, draft["id"], {"months": 2})
    assert (said.code, said.codes) == (2, ["record.not_open"])
    assert agent.run("hari-ini").data["drafts"] == 1
    with Terminal(agent, "daftar") as terminal:
        answered(terminal, ("Lanjutkan?", "y"), *talk[1:])
        terminal.answer("Catat pendaftaran ini?", "")
        terminal.wait_for("TERCATAT")
        assert terminal.end() == 0
    item = item_of(agent, draft["id"])
    assert (item["state"], item["rev"], item["amount"]) == ("queued", 1, 11_400 + 22_800)
    worker = agent.run("antrean", "lihat", draft["id"]).data["worker"]
    assert (worker["name"], worker["birth_date"][:4], worker["sex"]) == (NAME, "1990", "F")
    assert worker["occupations"] == [{"code": "fisher", "place": "Pantai"}]


def test_a_passphrase_is_asked_on_a_terminal_and_never_shown(agent: Cli) -> None:
    del agent.environment["PERISAI_PASSPHRASE_FILE"]
    with Terminal(agent, "antrean", "daftar") as terminal:
        terminal.answer("Kata sandi", PASSPHRASE)
        terminal.wait_for("Tidak ada catatan")
        assert terminal.end() == 0
        assert PASSPHRASE not in terminal.shown


def test_rows_that_came_in_many_are_withdrawn_one_by_one(agent: Cli) -> None:
    said = agent.run("daftar", "--berkas", "-", stdin=lines(a_worker(), a_worker()))
    for item in said.data["items"]:
        assert agent.run("antrean", "tarik", item["id"][-8:], "--yes").code == 0
    assert agent.run("hari-ini").data["unsent"] == 2, "their withdrawals wait for the central"
