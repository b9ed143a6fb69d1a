"""What was fetched of a central stays as it was until what takes its place has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli
from field_work import Agent, Answer, Office, Proxy, a_worker, between, enrol, ill
from test_e2e_extract import a_token, agent_of, big_central, held, now, whole, world_of

from perisai_cli.actions import extract
from perisai_cli.actions.central_remote import Office as AsOfficer
from perisai_cli.actions.desk import open_desk
from perisai_cli.actions.extract import fetch_central
from perisai_cli.central.serve import running
from perisai_cli.domain.errors import PerisaiError, SignInAgain, TryLater
from perisai_cli.domain.facts import Member
from perisai_cli.storage.central_copy import CentralCopy, reportable_moment
from perisai_cli.storage.dataset import CENTRAL, Dataset, dataset

REASON = "audit of the wadah"


@pytest.fixture
def supervisor(tmp_path: Path, ready_home: Cli) -> Cli:
    return Agent(tmp_path / "supervisor", "", "S-1", ready=ready_home)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """Return a central of this test's own."""
    with running(tmp_path / "central", clock=now) as address:
        yield Office(address, tmp_path / "central")


@contextmanager
def unpacked(central: str) -> Iterator[Proxy]:
    """Yield a proxy before a central that it asks for plain answers, which have lines."""
    with between(central) as proxy:
        forward = proxy.forward

        def plain(method: str, path: str, headers: dict[str, str], content: bytes) -> Answer:
            return forward(method, path, headers | {"Accept-Encoding": "identity"}, content)

        proxy.forward = plain  # type: ignore[method-assign]
        yield proxy


def beginning(lines: int) -> Callable[..., Answer | None]:
    """Return what lets no more of an extract through than its first lines."""

    def tamper(_method: str, path: str, ask: Callable[[], Answer]) -> Answer | None:
        answer = ask()
        if "extract" not in path or answer.status != 200:
            return answer
        plain = dict(answer.headers) | {"Content-Length": "0"}
        return Answer(200, plain, b"\n".join(answer.content.split(b"\n")[:lines]) + b"\n")

    return tamper


def fails(cli: Cli, url: str, token: str, reason: str | None = None) -> PerisaiError:
    with pytest.raises(PerisaiError) as caught:
        fetch_central(world_of(cli), AsOfficer(url, token, now), reason, max_seconds=1)
    return caught.value


def test_persons_that_do_not_come_leave_the_copy_as_it_was(here: Office, supervisor: Cli) -> None:
    big_central(here, 30)
    token = a_token(here)
    fetch_central(world_of(supervisor), AsOfficer(here.url, token, now))
    before = whole(supervisor)
    asked = ("laporan", "ringkasan", "--dari", "pusat", "--luring")
    report = supervisor.run(*asked)
    assert report.code == 0, report
    assert isinstance(fails(supervisor, "http://127.0.0.1:9", token, REASON), TryLater)
    assert isinstance(fails(supervisor, here.url, "wrong", REASON), SignInAgain)
    with unpacked(here.url) as proxy:
        proxy.tamper = lambda *_asked: None
        fails(supervisor, proxy.url, token, REASON)
        for lines in (1, 2, 29):
            proxy.tamper = beginning(lines)
            fails(supervisor, proxy.url, token, REASON)
    assert whole(supervisor) == before
    assert supervisor.run(*asked).data == report.data
    fetched = fetch_central(world_of(supervisor), AsOfficer(here.url, token, now), REASON)
    assert (fetched.data["records"], fetched.data["fresh"]) == (30, True)
    assert len(whole(supervisor)["persons"]) == 30


def test_a_central_of_another_past_or_name_takes_the_place_only_once_it_tells(
    here: Office, tmp_path: Path, supervisor: Cli
) -> None:
    big_central(here, 30)
    fetch_central(world_of(supervisor), AsOfficer(here.url, a_token(here), now))
    before = whole(supervisor)
    with running(tmp_path / "second", clock=now) as address:
        second = Office(address, tmp_path / "second")
        big_central(second, 5)
        with unpacked(address) as proxy:
            token = a_token(second)
            proxy.tamper = beginning(3)
            fails(supervisor, proxy.url, token)
            rewound = b'{"type":"x","title":"x","status":409,"errors":[{"code":"central.rewound"}]}'
            said = {"Content-Type": "application/problem+json", "Perisai-Protocol": "1"}
            proxy.tamper = lambda *_asked: Answer(409, said, rewound)
            fails(supervisor, proxy.url, token)
            assert len(proxy.asked) >= 4
        assert whole(supervisor) == before
        fetched = fetch_central(world_of(supervisor), AsOfficer(address, token, now))
    assert (len(held(supervisor, "members")), fetched.data["fresh"]) == (5, True)


def test_a_withdrawal_among_what_is_fetched_at_once_leaves_no_person(
    here: Office, tmp_path: Path, supervisor: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an earlier line told of a record goes when a later one, in the same batch, is silent."""
    monkeypatch.setattr(extract, "BATCH", 10**6)
    agent = agent_of(here, tmp_path, "A-091")
    ids = enrol(agent, ill(a_worker()), ill(a_worker()))
    assert agent.sync().code == 0
    token = a_token(here)
    with unpacked(here.url) as proxy:

        def tamper(_method: str, _path: str, ask: Callable[[], Answer]) -> Answer:
            """Tell all again behind what was told first, as where it changed meanwhile."""
            first = ask()
            begin, *lines, end = first.content.rstrip(b"\n").split(b"\n")
            assert (
                agent.run("antrean", "tarik", ids[0], "--alasan", "entered_twice", "--yes").code
                == 0
            )
            assert agent.sync().code == 0
            later = ask().content.rstrip(b"\n").split(b"\n")
            mark = end.replace(b'"end":true,', b"").replace(b'"more":false,', b"")
            mark = mark[: mark.index(b',"as_of"')] + b"}"
            return Answer(200, first.headers, b"\n".join([begin, *lines, mark, *later[1:], b""]))

        proxy.tamper = tamper
        fetched = fetch_central(world_of(supervisor), AsOfficer(proxy.url, token, now), REASON)
    assert fetched.data["records"] == 4
    persons: dict[str, Any] = whole(supervisor)["persons"]
    assert "worker" in persons[ids[1]]
    assert "worker" not in persons.get(ids[0], {})


class Meanwhile(Dataset):
    """A dataset into which somebody else puts records whenever a reckoning is done."""

    def __init__(self, kept: Dataset, put: list[Callable[[], None]]):
        vars(self).update(vars(kept))
        self._put = put

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with super().transaction():
            yield
        if self._put:
            self._put.pop()()


def test_whoever_reports_while_a_fetch_runs_sees_nothing_that_waits(
    here: Office, supervisor: Cli
) -> None:
    big_central(here, 3)
    fetch_central(world_of(supervisor), AsOfficer(here.url, a_token(here), now))
    with open_desk(world_of(supervisor)) as desk:
        vault = desk.store.vault
        home = supervisor.home
        first = sorted(held(supervisor, "members"))[0]

        def batch(number: int) -> Callable[[], None]:
            def put() -> None:
                fact = Member(*first)._replace(id=f"{number}{first[0][1:]}")
                with CentralCopy(home, vault) as copy, copy.transaction():
                    copy.put([fact], {}, [], persons=False)

            return put

        batch(7)()
        batches = [batch(8), batch(9)]
        kept = Meanwhile(dataset(home, CENTRAL, vault), batches)
        with reportable_moment(kept):
            batch(6)()
            asked = "SELECT count(*), count(covered) FROM members"
            assert list(kept.rows(asked, {})) == [(6, 6)]
        with reportable_moment(kept):
            assert list(kept.rows(asked, {})) == [(7, 7)]
        kept.close()
    assert batches == []


def test_a_moment_is_the_one_at_which_it_begins(here: Office, supervisor: Cli) -> None:
    big_central(here, 2)
    fetch_central(world_of(supervisor), AsOfficer(here.url, a_token(here), now))
    with open_desk(world_of(supervisor)) as desk:
        one, other = (dataset(supervisor.home, CENTRAL, desk.store.vault) for _ in range(2))
        with one.one_moment():
            with other.transaction():
                other.keep("as_of", "later")
            assert one.kept("as_of") != "later"
        one.close()
        other.close()
