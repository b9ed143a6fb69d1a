"""A card's photo from the agent's file to the office's decision, by the program alone."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import cards
import pytest
from command_line import Cli
from field_work import Agent, a_worker, enrol, item_of, unchanged

SAYS = cards.PLANTED.split()


@pytest.fixture(scope="module")
def strict_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A central that asks for the photo of the card."""
    folder = tmp_path_factory.mktemp("strict-office")
    process = Cli(folder).start(
        "pusat", "jalankan", "--port", "0", "--data", "data", "--wajib-foto",
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    found = re.search(r"http://127\.0\.0\.1:[0-9]+", process.stderr.readline().decode())
    assert found
    yield found[0]
    process.send_signal(signal.SIGTERM)
    process.stderr.close()
    assert process.wait(30) == 0


def a_file(agent: Cli, content: bytes, name: str = "kartu.jpg") -> str:
    path = agent.folder / name
    path.write_bytes(content)
    return str(path)


def test_an_enrolment_is_accepted_once_its_photo_is_there(
    strict_office: str, an_agent: Callable[[str], Agent]
) -> None:
    agent = an_agent(strict_office)
    [record] = enrol(agent, a_worker())
    first = agent.sync()
    assert (first.code, first.data["held"], first.data["photos_pending"]) == (0, 1, 0)
    assert [each["code"] for each in item_of(agent, record)["problems"]] == ["photo.missing"]
    said = agent.run("pekerja", "foto", record, a_file(agent, cards.jpeg(cards.card())))
    assert said.code == 0
    assert (said.data["rev"], said.data["state"], said.data["pending"]) == (2, "queued", 1)
    assert said.data["photo"]["state"] == "waiting"
    dear = agent.sync("--tanpa-foto")
    assert (dear.data["held"], dear.data["photos_sent"], dear.data["photos_pending"]) == (1, 0, 1)
    assert dear.data["bytes_up"] < 5000
    assert [each["code"] for each in item_of(agent, record)["problems"]] == ["photo.awaited"]
    assert agent.run("sinkron", "status").data["photos"] == {"waiting": 1, "arrived": 0}
    last = agent.sync()
    assert (last.data["photos_sent"], last.data["pulled"], last.data["photos_pending"]) == (1, 1, 0)
    assert last.data["bytes_up"] > said.data["photo"]["size"]
    shown = agent.run("queue", "show", record[-8:]).data
    assert (shown["state"], shown["photo"]["state"]) == ("accepted", "sent")
    assert shown["assigned"]["kpj"]
    for lang, words in (("id", "sudah sampai di pusat"), ("en", "arrived at the central")):
        told = agent.run("queue", "show", record, "--lang", lang, as_json=False)
        assert words in told.out
    assert "1 sampai, 0 menunggu" in agent.run("sync", "status", as_json=False).out
    assert agent.sync().data["requests"] == 1


def test_a_photo_stays_closed_and_its_metadata_goes_nowhere(agent: Cli) -> None:
    [record] = enrol(agent, a_worker())
    temporary = agent.folder / "temporary"
    temporary.mkdir()
    for content in (cards.jpeg(cards.card()), cards.png(cards.card(seed=2))):
        said = agent.run(
            "worker", "photo", record, a_file(agent, content),
            environment={"TMPDIR": str(temporary)},
        )  # fmt: skip
        assert said.code == 0
        assert not [part for part in SAYS if part in said.out + said.err]
    (agent.folder / "kartu.jpg").unlink()
    assert list(temporary.iterdir()) == []
    for path in (path for path in agent.folder.rglob("*") if path.is_file()):
        held = path.read_bytes()
        assert not [part for part in (*SAYS, "JFIF", "Exif") if part.encode() in held], path


def test_the_same_photo_again_is_no_new_revision(agent: Cli) -> None:
    [record] = enrol(agent, a_worker())
    file = a_file(agent, cards.jpeg(cards.card()))
    assert agent.run("worker", "photo", record, file).data["rev"] == 2
    assert agent.run("worker", "photo", record, file).data["rev"] == 2
    piped = agent.run("worker", "photo", record, "-", stdin=Path(file).read_bytes())
    assert piped.data["rev"] == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7", "photo.not_image"),
        (cards.jpeg(cards.card())[:20_000], "photo.damaged"),
        (cards.jpeg(cards.card((300, 200))), "photo.too_small"),
        (b"\xff\xd8\xff" + bytes(33 * 2**20), "photo.file_size"),
    ],
)
def test_what_can_t_be_used_is_refused_and_nothing_changes(
    content: bytes, code: str, agent: Cli
) -> None:
    [record] = enrol(agent, a_worker())
    file = a_file(agent, content)
    with unchanged(agent.store):
        refused = agent.run("pekerja", "foto", record, file)
        assert (refused.code, refused.codes) == (2, [code])
        missing = agent.run("pekerja", "foto", record, file + ".not-there")
        assert missing.codes == ["file.unreadable"]


def test_a_photo_belongs_to_an_open_record(agent: Cli) -> None:
    [record] = enrol(agent, a_worker())
    file = a_file(agent, cards.jpeg(cards.card()))
    assert agent.run("pekerja", "foto", "ffffffff", file).codes == ["record.unknown"]
    assert agent.run("antrean", "tarik", record, "--yes").code == 0
    assert agent.run("pekerja", "foto", record, file).codes == ["record.not_open"]


def test_what_a_central_was_told_to_ask_for_holds_until_it_is_told_otherwise(
    tmp_path: Path, an_agent: Callable[[str], Agent]
) -> None:
    office = Cli(tmp_path)
    for options, verdict in (
        (["--require-photo"], "held"),
        ([], "held"),
        (["--no-require-photo"], "accepted"),
    ):
        process = office.start(
            "central", "serve", "--port", "0", "--data", "data", *options, stderr=subprocess.PIPE
        )
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:[0-9]+", process.stderr.readline().decode())
        assert found
        agent = an_agent(found[0])
        enrol(agent, a_worker())
        assert agent.sync().data[verdict] == 1
        process.send_signal(signal.SIGTERM)
        process.stderr.close()
        assert process.wait(30) == 0
