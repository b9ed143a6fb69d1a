"""The wizard on real terminals: one person after another, both languages, three sizes."""

from __future__ import annotations

from typing import Any

import pytest
from command_line import Cli, checked_envelope
from field_work import a_nik, a_worker, enrol
from market import CONFIRM, NAMES, first, later
from screen import SIZES, Screen, answered

from perisai_cli.domain.money import rupiah

NO = {"id": "t", "en": "n"}
EACH_TERMINAL = [(size, lang) for size in SIZES for lang in NO]


def recorded(cli: Cli) -> list[dict[str, Any]]:
    """Return the records, oldest first, each with its worker."""
    items = cli.run("antrean", "daftar").data["items"]
    return [item | cli.run("antrean", "lihat", item["id"]).data for item in items]


@pytest.mark.parametrize(("size", "lang"), EACH_TERMINAL)
def test_a_market_is_enrolled_in_any_terminal_and_either_language(
    agent: Cli, size: tuple[int, int], lang: str
) -> None:
    with Screen(agent, "daftar", "--berturut", size=size, lang=lang) as screen:
        answered(screen, *first(a_nik(), NO[lang]), CONFIRM)
        screen.wait_for(screen.words("receipt.not_covered"))
        answered(screen, *later(a_nik(), NO[lang]), CONFIRM)
        screen.answer("ask.nik", "")
        answered(screen, ("in_a_row.finished", ""))
        assert screen.end() == 0
        assert screen.too_long() == []
        assert "\x1b" not in screen.raw, "no colour is needed"
        assert {"id": "2 orang, Rp114.000", "en": "2 person(s), Rp114.000"}[lang] in screen.raw
    one, two = recorded(agent)
    assert (one["state"], two["state"], one["amount"], two["amount"]) == (
        "queued", "queued", 57_000, 57_000,
    )  # fmt: skip
    assert (one["worker"]["name"], two["worker"]["name"]) == NAMES[:2]
    for shared in ("occupations", "income", "programs", "start", "months", "payer"):
        assert two["worker"][shared] == one["worker"][shared]
    assert two["worker"]["occupations"] == [{"code": "fisher", "place": "Pantai Sindhu"}]
    assert [each["worker"]["consent"]["method"] for each in (one, two)] == ["thumbprint"] * 2
    assert one["worker"]["heirs"] == [{"name": "Made Ardi", "relationship": "spouse"}]
    assert two["worker"]["heirs"] == [{"name": "Ketut Arta", "relationship": "child"}]
    assert "address" not in two["worker"], "where one lives is not the neighbour's to say"


def test_declaration_and_consent_are_never_taken_from_enter_or_a_neighbour(agent: Cli) -> None:
    with Screen(agent, "daftar", "--berturut") as screen:
        answered(screen, *first(a_nik()), CONFIRM, *later(a_nik())[:6])
        for key in ("ask.working", "ask.critically_ill", "ask.consent"):
            screen.answer(key, "")
            screen.wait_for("[answer.yes_or_no]")
            screen.answer(key, "t" if key == "ask.critically_ill" else "y")
        answered(screen, CONFIRM)
        screen.wait_for(screen.words("receipt.recorded"))


def test_back_undoes_an_answer_and_enter_takes_it_again(agent: Cli) -> None:
    nik, talk = a_nik(), first(a_nik())
    with Screen(agent, "daftar") as screen:
        answered(screen, ("ask.nik", nik), ("ask.decoded_right", "<"), ("ask.nik", ""))
        answered(screen, ("ask.decoded_right", ""), ("ask.name", "Salah Ketik"))
        answered(screen, ("ask.phone", "<"), ("ask.name", NAMES[0]), *talk[3:6])
        answered(screen, ("ask.region", "<"), ("ask.village", "-"), ("ask.region", ""))
        answered(screen, ("ask.occupation", "<"), ("ask.region", ""), *talk[7:14])
        answered(screen, ("ask.relationship", "<"), ("ask.heir", ""), ("ask.relationship", "8"))
        answered(screen, *talk[15:], ("wizard.confirm", "<"))
        answered(screen, ("ask.consent_method", "3"), CONFIRM)
        assert screen.end() == 0
    (one,) = recorded(agent)
    assert one["worker"]["name"] == NAMES[0]
    assert one["worker"]["address"] == {"text": "Jl. Segara 3", "region": "517101"}
    assert one["worker"]["heirs"] == [{"name": "Made Ardi", "relationship": "other"}]
    assert one["worker"]["consent"]["method"] == "spoken"


def test_a_declaration_that_was_undone_is_asked_again_after_a_loss_of_power(agent: Cli) -> None:
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik()), ("wizard.confirm", "<"), ("ask.consent_method", "<"))
        screen.answer("ask.consent", "<")
        screen.wait_for(screen.words("ask.critically_ill"))
        screen.kill()
    with Screen(agent, "daftar") as screen:
        answered(screen, ("wizard.resume", ""), ("ask.critically_ill", "t"), ("ask.consent", "y"))
        answered(screen, ("ask.consent_method", ""), CONFIRM)
        assert screen.end() == 0


def test_a_line_of_the_card_is_changed_by_its_number_before_recording(agent: Cli) -> None:
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik()))
        screen.wait_for("Made Ardi (suami/istri)")
        answered(screen, ("wizard.confirm", "10"), ("ask.start", ""))
        answered(screen, ("ask.months", "6"), ("wizard.confirm", "99"))
        screen.wait_for("[answer.line]")
        answered(screen, ("wizard.confirm", "3"), ("ask.name", "<"), CONFIRM)
        assert screen.end() == 0
    (one,) = recorded(agent)
    assert (one["worker"]["months"], one["worker"]["name"]) == (6, NAMES[0])


def test_the_last_person_is_changed_under_the_same_id_before_going_on(agent: Cli) -> None:
    with Screen(agent, "daftar", "--berturut") as screen:
        screen.answer("ask.nik", "<")
        screen.wait_for(screen.words("last.none"))
        answered(screen, *first(a_nik()), CONFIRM, *later(a_nik()), CONFIRM)
        answered(screen, ("ask.nik", "<"), ("last.ask", "3"), ("ask.name", NAMES[2]))
        screen.wait_for("revisi 2")
        answered(screen, ("last.ask", "8"), ("ask.income", "5.000.000"))
        screen.wait_for("revisi 3")
        answered(screen, ("last.ask", "3"), ("ask.name", "<"), ("last.ask", "5"))
        answered(screen, ("ask.address", "Br. Taman 1"), ("ask.village", "Sanur"))
        answered(screen, ("ask.region", ""), ("last.ask", "5"), ("ask.address", ""))
        answered(screen, ("ask.village", "-"), ("ask.region", ""), ("last.ask", ""))
        answered(screen, ("ask.nik", ""), ("in_a_row.finished", ""))
        assert screen.end() == 0
    one, two = recorded(agent)
    assert (one["rev"], one["worker"]["name"]) == (1, NAMES[0])
    assert (two["worker"]["name"], two["worker"]["income"]) == (NAMES[2], 5_000_000)
    assert two["worker"]["address"] == {"text": "Br. Taman 1", "region": "517101"}
    assert (two["rev"], two["state"]) == (5, "queued")
    assert f"2 orang, {rupiah(one['amount'] + two['amount'])}" in screen.raw


def test_a_change_that_is_refused_leaves_the_record_as_it_was(agent: Cli) -> None:
    (record_id,) = enrol(agent, a_worker())
    with Screen(agent, "daftar") as screen:
        answered(screen, ("ask.nik", "<"), ("last.ask", "10"), ("ask.start", "2010-01"))
        answered(screen, ("ask.months", ""))
        screen.wait_for(screen.words("last.unchanged"))
        screen.answer("last.ask", "<")
        screen.wait_for(screen.words("ask.nik"))
    (one,) = recorded(agent)
    assert (one["id"], one["rev"]) == (record_id, 1)


def test_what_neighbours_share_lasts_over_restarts_sealed_and_can_be_changed(agent: Cli) -> None:
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik()), CONFIRM)
        assert screen.end() == 0
    with Screen(agent, "daftar", "--berturut") as screen:
        answered(screen, *later(a_nik())[:4], ("same.ask", "2"), ("ask.place", "-"))
        answered(screen, ("same.ask", "3"), ("ask.income", "<"), ("same.ask", "7"))
        answered(screen, ("ask.consent_method", "1"), ("same.ask", "99"))
        screen.wait_for("[answer.line]")
        answered(screen, *later("")[4:], CONFIRM, ("ask.nik", ""), ("in_a_row.finished", ""))
        assert screen.end() == 0
    two = recorded(agent)[1]
    assert two["worker"]["occupations"] == [{"code": "fisher"}]
    assert two["worker"]["consent"]["method"] == "signature"
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik())[:7], ("ask.occupation", ""), ("ask.place", ""))
        answered(screen, ("ask.income", ""))
        screen.wait_for("[income.value]")
        answered(screen, ("ask.income", "2.000.000"))
        answered(screen, ("ask.jht", ""), ("ask.start", ""), ("ask.months", ""))
        answered(screen, *first("")[13:18], ("ask.consent_method", ""), CONFIRM)
        assert screen.end() == 0
    three = recorded(agent)[2]["worker"]
    assert (three["income"], two["worker"]["income"]) == (2_000_000, 1_500_000)
    assert three["occupations"] == [{"code": "fisher"}]
    assert three["consent"]["method"] == "signature"
    for file in agent.home.rglob("*"):
        assert not file.is_file() or b"Sindhu" not in file.read_bytes()


def test_nothing_of_the_person_before_is_offered_where_nobody_said_neighbour(agent: Cli) -> None:
    other = "517103" + a_nik()[6:]
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik())[:6], ("ask.region", "510306"), *first("")[7:], CONFIRM)
        assert screen.end() == 0
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(other, name=NAMES[1])[:5], ("ask.village", ""), ("ask.region", ""))
        answered(screen, ("ask.occupation", ""), ("ask.place", ""), ("ask.income", ""))
        screen.wait_for("[income.value]")
        answered(screen, ("ask.income", "1.000.000"), *first("")[10:], CONFIRM)
        assert screen.end() == 0
    two = recorded(agent)[1]["worker"]
    assert two["address"] == {"text": "Jl. Segara 3", "region": "517103"}
    assert two["occupations"] == [{"code": "fisher"}]
    assert two["income"] == 1_000_000


@pytest.mark.parametrize(("district", "more"), [("517103", ()), ("517101", (("ask.village", ""),))])
def test_a_neighbours_village_is_never_carried_to_another_district(
    agent: Cli, district: str, more: tuple[tuple[str, str], ...]
) -> None:
    nik = district + a_nik()[6:]
    where = (("ask.address", "Br. Taman"), ("ask.village", ""), ("ask.region", "517103"), *more)
    with Screen(agent, "daftar", "--berturut") as screen:
        answered(screen, *first(a_nik()), CONFIRM, *later(nik)[:3], ("ask.phone", ""), *where)
        answered(screen, *later("")[4:], CONFIRM)
        screen.wait_for(screen.words("receipt.recorded"))
    two = recorded(agent)[1]["worker"]
    assert two["address"] == {"text": "Br. Taman", "region": "517103"}


def test_without_a_telephone_a_later_person_is_asked_where_they_live(agent: Cli) -> None:
    with Screen(agent, "daftar", "--berturut") as screen:
        answered(screen, *first(a_nik()), CONFIRM, *later(a_nik())[:3], ("ask.phone", ""))
        answered(screen, ("ask.address", ""))
        screen.wait_for("[address.text.missing]")
        answered(screen, ("ask.address", "Br. Taman"), ("ask.village", ""), ("ask.region", ""))
        answered(screen, *later("")[4:], CONFIRM)
        screen.wait_for(screen.words("receipt.recorded"))
    two = recorded(agent)[1]["worker"]
    assert two["address"] == {"text": "Br. Taman", "village": "Sanur", "region": "517101"}


def test_birth_date_and_sex_are_typed_where_the_card_differs_from_the_nik(agent: Cli) -> None:
    with Screen(agent, "daftar", lang="en") as screen:
        answered(screen, ("ask.nik", a_nik()), ("ask.decoded_right", "n"))
        answered(screen, ("ask.birth_date", "1991-08-17"), ("ask.sex", "M"))
        answered(screen, *first("", "n")[2:], CONFIRM)
        assert screen.end() == 0
    (one,) = recorded(agent)
    assert (one["worker"]["birth_date"], one["worker"]["sex"]) == ("1991-08-17", "M")


def test_nothing_is_collected_from_one_whom_the_state_pays_for(agent: Cli) -> None:
    with Screen(agent, "daftar", "--berturut", "--pembayar", "apbn") as screen:
        answered(screen, *first(a_nik()))
        screen.wait_for(screen.words("amount.nothing"))
        answered(screen, CONFIRM)
        screen.wait_for("1 orang, Rp0")


def test_without_consent_enter_throws_the_answers_away(agent: Cli) -> None:
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik())[:-2], ("ask.consent", "t"))
        screen.wait_for("[consent.refused]")
        answered(screen, ("wizard.mend", "t"), ("wizard.drop_draft", ""))
        assert screen.end() == 0
    assert recorded(agent) == []


def test_who_can_not_be_enrolled_is_told_of_at_once_and_left_out(agent: Cli) -> None:
    old = a_nik()[:10] + "409999"
    with Screen(agent, "daftar", "--berturut") as screen:
        answered(screen, ("ask.nik", old), ("ask.decoded_right", ""))
        screen.wait_for("[age.too_old]")
        answered(screen, ("wizard.leave_now", ""), ("wizard.drop_draft", ""))
        screen.wait_for(screen.words("wizard.not_recorded"))
        answered(screen, *first(a_nik())[:3], ("ask.phone", "!"), ("wizard.drop_draft", "t"))
        answered(screen, ("ask.nik", ""), ("in_a_row.finished", ""))
        assert screen.end() == 0
    (draft,) = recorded(agent)
    assert (draft["state"], draft["worker"]["name"]) == ("draft", NAMES[0])


def test_who_is_not_too_old_after_all_looks_at_the_card_again(agent: Cli) -> None:
    old = a_nik()[:10] + "409999"
    with Screen(agent, "daftar", lang="en") as screen:
        answered(screen, ("ask.nik", old), ("ask.decoded_right", ""), ("wizard.leave_now", "n"))
        answered(screen, ("ask.nik", a_nik()), ("ask.decoded_right", "n"))
        answered(screen, ("ask.birth_date", "2020-08-17"))
        screen.wait_for("[age.too_young]")
        answered(screen, ("wizard.leave_now", "n"), ("ask.decoded_right", ""))
        answered(screen, *first("", "n")[2:], CONFIRM)
        assert screen.end() == 0
    (one,) = recorded(agent)
    assert one["worker"]["birth_date"][:4] == "1990"


def test_correcting_a_birth_date_tells_of_the_age_and_ends_nothing(agent: Cli) -> None:
    (record_id,) = enrol(agent, a_worker())
    with Screen(agent, "pekerja", "ubah", record_id) as screen:
        answered(screen, ("book.ask_field", "2"), ("ask.decoded_right", "t"))
        answered(screen, ("ask.birth_date", "1940-08-17"))
        screen.wait_for("[age.too_old]")
        screen.answer("ask.sex", "P")
        screen.wait_for(screen.words("book.ask_field"))


def test_who_gives_up_the_telephone_on_the_card_is_asked_where_they_live(agent: Cli) -> None:
    (record_id,) = enrol(agent, a_worker())
    with Screen(agent, "daftar") as screen:
        answered(screen, ("ask.nik", "<"), ("last.ask", "4"), ("ask.phone", "-"))
        answered(screen, ("ask.address", "Br. Taman"), ("last.ask", ""))
        screen.wait_for(screen.words("ask.nik"))
    (one,) = recorded(agent)
    assert (one["id"], one["rev"], one["worker"]["address"]) == (
        record_id,
        2,
        {"text": "Br. Taman"},
    )
    assert "phone" not in one["worker"]


def test_a_question_explains_itself_and_the_keys(agent: Cli) -> None:
    with Screen(agent, "daftar", "--berturut", size=(40, 20)) as screen:
        for key, about in (("ask.nik", "about.nik"), ("ask.decoded_right", "about.decoded")):
            screen.answer(key, "?")
            screen.wait_for(screen.words("keys.back"))
            screen.wait_for(screen.words(about))
            screen.answer(key, a_nik() if key == "ask.nik" else "")
        screen.wait_for(screen.words("ask.name"))
        assert screen.too_long() == []


@pytest.mark.parametrize(
    ("typed", "code"), [(b"\x1b[A", "answer.keys"), (b"Ni\x1b[DLuh", "answer.keys"),
                        (b"Ni \xff\xfe", "answer.letters")],
)  # fmt: skip
def test_keys_that_are_no_letters_are_refused_and_asked_again(
    agent: Cli, typed: bytes, code: str
) -> None:
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik())[:2])
        screen.wait_for(screen.words("ask.name"))
        screen.process.send(typed + b"\r")
        screen.wait_for(f"[{code}]")
        answered(screen, *first("")[2:], CONFIRM)
        assert screen.end() == 0
    assert recorded(agent)[0]["worker"]["name"] == NAMES[0]


@pytest.mark.parametrize("key", [b"\x03", b"\x04"], ids=["ctrl-c", "end of input"])
def test_who_stops_a_queue_is_told_what_is_kept(agent: Cli, key: bytes) -> None:
    with Screen(agent, "daftar", "--berturut") as screen:
        answered(screen, *first(a_nik()), CONFIRM, *later(a_nik())[:3])
        screen.wait_for(screen.words("ask.phone"))
        screen.process.send(key)
        screen.wait_for("Tersimpan: 1 orang, Rp57.000 hari ini")
        screen.wait_for("[interrupted]")
        screen.wait_for("jawaban yang belum selesai ditawarkan lagi")
        assert screen.end() == 130


def test_a_script_that_listens_gets_one_document(agent: Cli) -> None:
    document = agent.folder / "out.json"
    line = f"exec {agent.program} daftar --berturut --json --lang id >{document}"
    with Screen(agent, "-c", line, program="/bin/sh") as screen:
        answered(screen, *first(a_nik()), CONFIRM, *later(a_nik()), CONFIRM)
        answered(screen, ("ask.nik", ""), ("in_a_row.finished", ""))
        assert screen.end() == 0
    envelope = checked_envelope(document.read_text(encoding="utf-8"), 0)
    assert (envelope["command"], envelope["status"]) == ("enroll", "success")
    assert {name: envelope["data"][name] for name in ("count", "accepted", "refused", "pending")} == {
        "count": 2, "accepted": 2, "refused": 0, "pending": 2,
    }  # fmt: skip
    assert [item["quote"]["total"] for item in envelope["data"]["items"]] == [57_000, 57_000]


def test_back_where_nothing_was_asked_before_is_said_and_asked_again(agent: Cli) -> None:
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik())[:3])
        screen.wait_for(screen.words("ask.phone"))
        screen.kill()
    with Screen(agent, "daftar") as screen:
        screen.answer("wizard.resume", "<")
        screen.wait_for(screen.words("keys.first"))
        answered(screen, ("wizard.resume", ""), *first("")[3:-2], ("ask.consent", "t"))
        answered(screen, ("wizard.mend", "<"), ("ask.consent", "y"), ("ask.consent_method", "<"))
        answered(screen, ("ask.consent", "y"), ("ask.consent_method", ""))
        answered(screen, CONFIRM)
        assert screen.end() == 0
    (record_id,) = [item["id"] for item in agent.run("antrean", "daftar").data["items"]]
    with Screen(agent, "antrean", "tarik", record_id) as screen:
        answered(screen, ("queue.confirm_withdraw", "<"), ("queue.confirm_withdraw", "t"))
        assert screen.end() == 2


@pytest.mark.parametrize("encoding", ["cp437", "cp1252", "ascii"])
def test_a_terminal_of_an_old_encoding_shows_plain_signs(agent: Cli, encoding: str) -> None:
    with Screen(agent, "daftar", environment={"PYTHONIOENCODING": encoding}) as screen:
        screen.encoding = encoding
        screen.answer("ask.nik", "123")
        screen.wait_for("[nik.length]")
        screen.wait_for(screen.words("ask.nik"))
        if encoding != "cp1252":
            assert "x NIK" in screen.raw
            assert "-> " in screen.raw
        assert "?" not in screen.raw.partition("NIK (16")[2]
