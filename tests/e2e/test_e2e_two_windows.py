"""One draft in two windows: whoever records it first has recorded it, and the other is told so."""

from __future__ import annotations

import pytest
from command_line import Cli
from field_work import a_nik
from market import CONFIRM, first
from screen import Screen, answered


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_draft_that_was_recorded_in_another_window_stays_as_it_was_recorded(
    agent: Cli, lang: str
) -> None:
    talk = first(a_nik(), {"id": "t", "en": "n"}[lang])
    with Screen(agent, "daftar", lang=lang) as begun:
        answered(begun, *talk)
        begun.wait_for(begun.words("wizard.confirm"))
        begun.kill()
    with Screen(agent, "daftar", lang=lang) as one, Screen(agent, "daftar", lang=lang) as other:
        for window in (one, other):
            window.answer("wizard.resume", "")
            window.wait_for(window.words("wizard.confirm"))
        one.type("\r")
        assert one.end() == 0
        recorded = agent.run("antrean", "daftar").data["items"]
        other.type("\r")
        other.wait_for(other.words("error.worker.recorded_meanwhile"))
        assert other.end() == 2
        assert "[worker.recorded_meanwhile]" in other.raw
        assert recorded[0]["id"][-8:] in other.raw
    assert agent.run("antrean", "daftar").data["items"] == recorded
    assert [item["state"] for item in recorded] == ["queued"]


def test_answers_changed_in_the_second_window_change_nothing_that_was_recorded(agent: Cli) -> None:
    with Screen(agent, "daftar") as begun:
        answered(begun, *first(a_nik()))
        begun.wait_for(begun.words("wizard.confirm"))
        begun.kill()
    with Screen(agent, "daftar") as one, Screen(agent, "daftar") as other:
        for window in (one, other):
            window.answer("wizard.resume", "")
            window.wait_for(window.words("wizard.confirm"))
        one.type("\r")
        assert one.end() == 0
        (recorded,) = agent.run("antrean", "daftar").data["items"]
        whole = agent.run("antrean", "lihat", recorded["id"]).data
        other.type("10\r")
        answered(other, ("ask.start", "2027-02"), ("ask.months", ""), CONFIRM)
        assert other.end() == 2
    assert agent.run("antrean", "lihat", recorded["id"]).data == whole
