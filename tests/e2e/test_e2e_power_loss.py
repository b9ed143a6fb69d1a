"""Power lost while any answer of the wizard is being typed: that answer alone is lost."""

from __future__ import annotations

from typing import Any

from command_line import Cli
from field_work import a_nik
from market import CONFIRM, Talk, first, later
from screen import Screen, answered

QUEUE = ("daftar", "--berturut")


def workers(cli: Cli) -> list[dict[str, Any]]:
    """Return the workers of all records, drafts too, oldest first."""
    items = cli.run("antrean", "daftar").data["items"]
    return [dict(cli.run("antrean", "lihat", item["id"]).data["worker"]) for item in items]


def told(worker: dict[str, Any]) -> dict[str, Any]:
    """Return what was answered, without the moments at which it was."""
    promises = {
        name: {part: said for part, said in worker[name].items() if part != "at"}
        for name in ("attestation", "consent")
    }
    return worker | promises


def enrol_with_a_loss_at_every_answer(cli: Cli, talk: Talk, so_far: str) -> None:
    """Hold an interview in which the power goes at every question, once half of it is typed."""
    whole = (*talk, CONFIRM)
    with Screen(cli, *QUEUE) as screen:
        screen.wait_for(so_far)
        lose_power_at(screen, whole[0])
    for index, (key, typed) in enumerate(whole):
        with Screen(cli, *QUEUE) as screen:
            if index:
                screen.answer("wizard.resume", "")
            screen.answer(key, typed)
            lose_power_at(screen, (*whole, ("ask.nik", "517"))[index + 1])


def lose_power_at(screen: Screen, asked: tuple[str, str]) -> None:
    """Type half an answer once its question stands there, and take the power away."""
    key, typed = asked
    screen.wait_for(screen.words(key))
    screen.type((typed or "entah")[: max(1, len(typed) // 2)])
    screen.kill()


def test_the_first_person_loses_no_answer_but_the_one_being_typed(agent: Cli) -> None:
    enrol_with_a_loss_at_every_answer(agent, first(a_nik()), "0 orang, Rp0")
    with Screen(agent, "daftar") as screen:  # the same talk without a loss; nothing is left over
        answered(screen, *first(a_nik()), CONFIRM)
        assert screen.end() == 0
    one, two = workers(agent)
    assert told(one) == told(two)


def test_a_later_person_loses_no_answer_and_the_counter_goes_on(agent: Cli) -> None:
    with Screen(agent, *QUEUE) as screen:
        answered(screen, *first(a_nik()), CONFIRM)
        screen.wait_for(screen.words("receipt.not_covered"))
        screen.kill()
    enrol_with_a_loss_at_every_answer(agent, later(a_nik()), "1 orang, Rp57.000")
    with Screen(agent, *QUEUE) as screen:
        screen.wait_for("2 orang, Rp114.000")
        screen.kill()
    one, two = workers(agent)
    for shared in ("occupations", "income", "programs", "start", "months", "consent"):
        same = told(one)[shared] == told(two)[shared]
        assert same, shared
    assert two["heirs"] == [{"name": "Ketut Arta", "relationship": "child"}]


def test_a_changed_line_is_on_the_disk_once_it_is_answered(agent: Cli) -> None:
    with Screen(agent, *QUEUE) as screen:
        answered(screen, *first(a_nik()), CONFIRM, *later(a_nik())[:4], ("same.ask", "5"))
        answered(screen, ("ask.start", "2027-01"))
        screen.wait_for(screen.words("ask.months"))
        screen.kill()
    with Screen(agent, *QUEUE) as screen:
        answered(screen, ("wizard.resume", ""))
        screen.wait_for("mulai 2027-01, 3 bulan")
        answered(screen, *later("")[4:], ("wizard.confirm", "10"), ("ask.start", "2027-02"))
        screen.wait_for(screen.words("ask.months"))
        screen.kill()
    with Screen(agent, *QUEUE) as screen:
        answered(screen, ("wizard.resume", ""), CONFIRM, ("ask.nik", "<"), ("last.ask", "3"))
        answered(screen, ("ask.name", "Nama Baru"), ("last.ask", "4"))
        screen.wait_for(screen.words("ask.phone"))
        screen.kill()
    two = workers(agent)[1]
    assert (two["start"], two["months"], two["name"]) == ("2027-02", 3, "Nama Baru")
