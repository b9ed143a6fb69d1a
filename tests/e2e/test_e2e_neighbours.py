"""What a later person takes from the one before: days go by, options come first, old drafts open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command_line import PASSPHRASE, Cli
from field_work import a_nik, a_worker
from market import CONFIRM, first, later
from screen import Screen, answered

from perisai_cli import wiring
from perisai_cli.actions.app import App
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.enroll import record_ready
from perisai_cli.actions.neighbours import is_enough, keep_for_neighbours, of_neighbours
from perisai_cli.storage.day import day_so_far, last_recorded


def on(home: Path, day: int, month: int, hour: int = 1) -> App:
    """Return the world of a home at an hour (UTC) of a day of 2026."""
    moment = datetime(2026, month, day, hour, tzinfo=UTC)
    return wiring.throwaway_app(home, PASSPHRASE, "")._replace(clock=lambda: moment)


@pytest.fixture
def desk(agent: Cli) -> Iterator[Desk]:
    """Return an open desk in November 2026 where one worker was recorded."""
    with open_desk(on(agent.home, 22, 11)) as desk:
        ready = desk.examine(a_worker(months=3, address={"text": "Br. 1", "village": "Sanur"}))
        record_ready(desk, ready)
        keep_for_neighbours(desk, ready.finished.worker)
        yield desk


def test_only_what_neighbours_share_is_kept_and_nothing_of_the_person(desk: Desk) -> None:
    shared = of_neighbours(desk)
    assert shared == {
        "occupations": [{"code": "trader"}], "income": 1_000_000, "programs": ["jkk", "jkm"],
        "start": "2026-12", "months": 3, "payer": "self", "village": "Sanur",
        "method": "signature",
    }  # fmt: skip
    assert is_enough(shared)
    assert not is_enough({name: shared[name] for name in ("occupations", "programs", "months")})


def test_a_first_month_that_has_gone_by_is_not_offered(desk: Desk, agent: Cli) -> None:
    with open_desk(on(agent.home, 31, 12, hour=15)) as later_desk:
        assert of_neighbours(later_desk)["start"] == "2026-12"
    with open_desk(on(agent.home, 31, 12, hour=17)) as later_desk:  # 1 January in Bali
        assert "start" not in of_neighbours(later_desk)


def test_the_day_is_counted_by_who_stands_recorded_and_who_pays(desk: Desk) -> None:
    begun = datetime(2026, 11, 21, 16, tzinfo=UTC)
    first_amount = day_so_far(desk.store.connection, begun).rupiah
    for changes in ({"payer": "apbn"}, {}):
        record_ready(desk, desk.examine(a_worker(**changes)))
    day = day_so_far(desk.store.connection, begun)
    assert (day.people, day.rupiah) == (3, first_amount + 8_400)
    assert day_so_far(desk.store.connection, datetime(2026, 11, 22, 16, tzinfo=UTC)).people == 0
    last = last_recorded(desk.store.connection)
    assert last == max(record.summary.id for record in desk.records.each())


def test_an_empty_store_has_no_day_and_nobody_last(agent: Cli) -> None:
    with open_desk(on(agent.home, 22, 11)) as desk:
        day = day_so_far(desk.store.connection, datetime(2026, 1, 1, tzinfo=UTC))
        assert (day.people, day.rupiah) == (0, 0)
        assert last_recorded(desk.store.connection) is None
        assert of_neighbours(desk) == {}


def test_options_of_the_command_go_before_what_neighbours_share(agent: Cli) -> None:
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik()), CONFIRM)
        assert screen.end() == 0
    options = ("--pekerjaan", "courier", "--bulan", "6", "--program", "jkk,jkm,jht")
    with Screen(agent, "daftar", "--berturut", *options) as screen:
        answered(screen, *later(a_nik())[:4])
        screen.wait_for("kurir; sektor transportasi")
        screen.wait_for("JKK, JKM, JHT")
        screen.wait_for("mulai 2026-12, 6 bulan")


def test_a_draft_of_an_earlier_version_is_gone_through_again_with_enter(agent: Cli) -> None:
    nik = a_nik()
    draft = json.loads(json.dumps(a_worker(nik, name="Ni Luh Lama"))) | {"wizard_step": 6}
    with open_desk(on(agent.home, 22, 11)) as desk, desk.store.connection.transaction():
        desk.records.save_draft("01930000-0000-7000-8000-000000000001", draft, desk.app.clock())
    with Screen(agent, "daftar") as screen:
        answered(screen, ("wizard.resume", ""), ("ask.nik", ""), ("ask.decoded_right", ""))
        answered(screen, ("ask.name", ""), ("ask.phone", ""), ("ask.address", ""))
        answered(screen, ("ask.occupation", ""), ("ask.place", ""), ("ask.income", ""))
        answered(screen, ("ask.jht", ""), ("ask.start", ""), ("ask.months", ""))
        answered(screen, *first("")[13:], CONFIRM)
        assert screen.end() == 0
    assert agent.run("antrean", "daftar").data["items"][0]["state"] == "queued"
