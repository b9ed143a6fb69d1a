"""The book of people: everybody by name, whom somebody looks for, a card, a correction, a copy."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

import cards
import pytest
from command_line import Cli, Said
from field_work import EXAMPLE, Agent, Office, a_nik, a_worker, enrol, ill, item_of
from terminal import Terminal, answered

from perisai_cli.domain.identity import mask_nik

MakeAgent = Callable[[str], Agent]

NAMES = ("Ni Luh Sari", "I Wayan Sudarma", "Ketut Ayu Lestari", "Siti Nurhaliza", "Yosef Kambu")


@pytest.fixture
def village(agent: Cli) -> dict[str, str]:
    """Return the ids of five people by name."""
    ids = enrol(agent, *[a_worker(name=name) for name in NAMES])
    return dict(zip(NAMES, ids, strict=True))


def search(cli: Cli, typed: str, *more: str) -> Said:
    return cli.run("pekerja", "cari", "--berkas", "-", *more, stdin=typed)


def names(said: Said) -> list[str]:
    return [item["name"] for item in said.data["items"]]


def test_everybody_is_listed_by_name_and_no_nik_is_shown(
    agent: Cli, village: dict[str, str]
) -> None:
    said = agent.run("pekerja", "daftar")
    assert (said.code, said.data["count"], said.data["pages"]) == (0, 5, 1)
    assert names(said) == sorted(NAMES)
    by_name = {item["name"]: item["id"] for item in said.data["items"]}
    assert by_name == village
    for item in said.data["items"]:
        assert re.fullmatch(r"5171\*{8}[0-9]{4}", item["nik_masked"])
    for language, words in (("id", "5 orang"), ("en", "5 people")):
        text = agent.run("worker", "list", "--lang", language, as_json=False)
        assert words in text.out
        assert all(name in text.out for name in NAMES)


def test_a_book_that_is_long_comes_in_pages(agent: Cli) -> None:
    enrol(agent, *[a_worker(name=f"Orang {number:02d}") for number in range(45)])
    pages = [agent.run("worker", "list", "--page", str(page)) for page in (1, 2, 3, 4)]
    assert [len(said.data["items"]) for said in pages] == [20, 20, 5, 0]
    assert [name for said in pages for name in names(said)] == [f"Orang {n:02d}" for n in range(45)]
    text = agent.run("pekerja", "daftar", as_json=False).out
    assert "--halaman 2" in text
    for wrong in ("0", "x", "-1", "9" * 30):
        said = agent.run("pekerja", "daftar", "--halaman", wrong)
        assert (said.code, said.codes) == (2, ["page.value"]), wrong


def test_the_book_is_cut_down_by_what_is_not_personal(agent: Cli) -> None:
    address = {"text": "Jl. Laut", "region": "530102"}
    first, _second, _third = enrol(
        agent,
        a_worker(name="Made", occupations=[{"code": "fisher"}]),
        a_worker(name="Komang", address=address),
        a_worker(name="Putu"),
    )
    agent.run("pekerja", "tarik", first, "--yes")
    assert names(agent.run("pekerja", "daftar", "--pekerjaan", "fisher")) == ["Made"]
    assert names(agent.run("worker", "list", "--region", "5301")) == ["Komang"]
    assert names(agent.run("worker", "list", "--region", "51")) == ["Made", "Putu"]
    assert names(agent.run("worker", "list", "--state", "withdrawn")) == ["Made"]
    assert names(search(agent, "putu", "--wilayah", "5301")) == []
    for options, code in (
        (("--pekerjaan", "spy"), "occupation.unknown"),
        (("--wilayah", "5171015708900001"), "region.unknown"),
        (("--keadaan", "lost"), "state.unknown"),
    ):
        said = agent.run("pekerja", "daftar", *options)
        assert (said.code, said.codes) == (2, [code])
        assert "5171015708900001" not in said.out


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Niluh sarii", "Ni Luh Sari"),
        ("sudarma", "I Wayan Sudarma"),
        ("wayan sudrama", "I Wayan Sudarma"),
        ("ketut lestari", "Ketut Ayu Lestari"),
        ("NURHALIZAH", "Siti Nurhaliza"),
        ("yosep kambu", "Yosef Kambu"),
        ("  ayu ", "Ketut Ayu Lestari"),
    ],
)
def test_a_person_is_found_by_part_of_a_name_with_slips(
    agent: Cli, village: dict[str, str], typed: str, found: str
) -> None:
    said = search(agent, typed)
    assert said.code == 0
    assert names(said)[0] == found
    assert said.data["count"] < len(NAMES)


def test_a_person_is_found_by_part_of_the_nik(agent: Cli) -> None:
    nik = a_nik()
    (record_id, _) = enrol(agent, a_worker(nik), a_worker())
    for part in (nik, nik[:6] + " " + nik[6:12], nik[-4:], f"{nik[6:]}\n"):
        found = search(agent, part).data["items"]
        assert record_id in [item["id"] for item in found], part
    assert search(agent, nik).data["count"] == 1
    for short in ("", "a", "12", nik + "1", "!!"):
        said = search(agent, short)
        assert (said.code, said.codes) == (2, ["search.too_short"]), short
    assert agent.run("pekerja", "cari").errors[0]["field"] == "/file"
    assert search(agent, "tidak ada orangnya").data["items"] == []


def test_what_is_looked_for_is_never_taken_from_the_command_line(agent: Cli) -> None:
    for arguments in (("cari", "Sari"), ("cari", "--nama", "Sari"), ("daftar", "Sari")):
        said = agent.run("pekerja", *arguments)
        assert said.code == 2
        assert "Sari" not in said.out


def test_a_terminal_shows_numbers_and_opens_the_card_of_one(
    agent: Cli, village: dict[str, str]
) -> None:
    for command, talk, number, cover in (
        (("pekerja", "cari"), "Nama atau bagian NIK", "Nomor untuk membuka", "BELUM TERLINDUNGI"),
        (("worker", "search", "--lang", "en"), "Name or part of the NIK", "Number to open",
         "NOT YET COVERED"),
    ):  # fmt: skip
        with Terminal(agent, *command) as terminal:
            answered(terminal, (talk, "x"), (talk, "niluh sarii"))
            terminal.wait_for("Ni Luh Sari")
            answered(terminal, (number, "9"), (number, "1"))
            terminal.wait_for(cover)
            answered(terminal, (number, ""), (talk, ""))
            assert terminal.end() == 0


def test_a_card_says_cover_first_and_tells_the_history(office: Office, an_agent: MakeAgent) -> None:
    agent = an_agent(office.url)
    nik = a_nik()
    worker = EXAMPLE | {"nik": nik, "birth_date": f"1990-{nik[8:10]}-17"}
    (record_id,) = enrol(agent, worker)
    before = agent.run("pekerja", "lihat", record_id[-8:])
    assert (before.data["cover"], before.data["assigned"]) == ("not_covered", None)
    agent.sync()
    agent.run("pekerja", "ubah", record_id, "--berkas", "-", stdin='{"months": 2}')
    agent.sync()
    said = agent.run("worker", "show", record_id)
    assert (said.data["cover"], said.data["nik_masked"]) == ("number_given", mask_nik(nik))
    assert "nik" not in said.data["worker"]
    assert [line["action"].rsplit(".")[-1] for line in said.data["history"]] == [
        "recorded", "answered", "corrected", "answered",
    ]  # fmt: skip
    for language, cover, history in (
        ("id", "NOMOR PESERTA SUDAH ADA", "diubah (revisi 2)"),
        ("en", "A MEMBERSHIP NUMBER IS GIVEN", "corrected (revision 2)"),
    ):
        text = agent.run("worker", "show", record_id, "--lang", language, as_json=False).out
        assert text.index("Ni Luh Sari") < text.index(cover) < text.index(history)
        assert "{" not in text
        assert nik not in text


def test_a_correction_keeps_id_and_photo_and_is_sent_again(
    office: Office, an_agent: MakeAgent
) -> None:
    agent = an_agent(office.url)
    (record_id,) = enrol(agent, a_worker())
    photo = agent.folder / "card.jpg"
    photo.write_bytes(cards.jpeg(cards.card()))
    assert agent.run("pekerja", "foto", record_id, str(photo)).code == 0
    agent.sync()
    said = agent.run("worker", "correct", record_id, "--file", "-", stdin='{"name": "Made Baru"}')
    assert (said.code, said.envelope and said.envelope["command"]) == (0, "worker correct")
    assert (said.data["id"], said.data["rev"], said.data["was"]) == (record_id, 3, "accepted")
    shown = agent.run("worker", "show", record_id).data
    assert (shown["worker"]["name"], shown["photo"]["state"]) == ("Made Baru", "sent")
    assert agent.sync().data["accepted"] == 1
    text = agent.run("pekerja", "ubah", record_id, "--berkas", "-", stdin="{}", as_json=False)
    assert "sudah diterima pusat" in text.out
    said = agent.run("pekerja", "tarik", record_id, "--alasan", "changed_mind", "--yes")
    assert (said.data["state"], said.envelope and said.envelope["command"]) == (
        "withdrawn", "worker withdraw",
    )  # fmt: skip
    for given in ('{"name": "X"}', "{}"):
        again = agent.run("pekerja", "ubah", record_id, "--berkas", "-", stdin=given)
        assert (again.code, again.codes) == (2, ["record.not_open"])
    assert agent.run("pekerja", "ubah", record_id).errors[0]["field"] == "/file"


@pytest.mark.parametrize(
    ("command", "talk"),
    [
        (
            ("pekerja", "ubah"),
            [
                ("Nomor baris yang diubah", "3"),
                ("Nama seperti di kartu", "Wayan Baru"),
                ("Nomor baris yang diubah", "13"),
                ("Tempat lahir", "Sanur"),
                ("Nomor baris yang diubah", "15"),
                ("Nama anak", "Putu Kecil"),
                ("Tanggal lahir anak", "2015-02-01"),
                ("Anak lain lagi", "t"),
                ("Nomor baris yang diubah", "99"),
                ("Nomor baris yang diubah", ""),
                ("Simpan perubahan", "y"),
            ],
        ),
        (
            ("worker", "correct", "--lang", "en"),
            [
                ("Number of the line to change", "3"),
                ("Name as on the card", "Wayan Baru"),
                ("Number of the line to change", "13"),
                ("Place of birth", "Sanur"),
                ("Number of the line to change", "15"),
                ("Child's name", "Putu Kecil"),
                ("Child's date of birth", "2015-02-01"),
                ("Another child", "n"),
                ("Number of the line to change", ""),
                ("Record these changes", "y"),
            ],
        ),
    ],
)
def test_a_menu_asks_for_the_lines_that_are_chosen(
    agent: Cli, command: tuple[str, ...], talk: list[tuple[str, str]]
) -> None:
    (record_id,) = enrol(agent, a_worker())
    with Terminal(agent, *command, record_id) as terminal:
        answered(terminal, *talk)
        assert terminal.end() == 0
    worker = agent.run("worker", "show", record_id).data["worker"]
    assert (worker["name"], worker["birth_place"]) == ("Wayan Baru", "Sanur")
    assert worker["children"] == [{"name": "Putu Kecil", "birth_date": "2015-02-01"}]
    assert item_of(agent, record_id)["rev"] == 2


def test_a_menu_that_is_left_changes_nothing(agent: Cli) -> None:
    (record_id,) = enrol(agent, a_worker())
    with Terminal(agent, "pekerja", "ubah", record_id) as terminal:
        terminal.answer("Nomor baris yang diubah", "")
        assert terminal.end() == 2
    assert item_of(agent, record_id)["rev"] == 1


def test_everything_held_of_a_person_comes_out_for_her(office: Office, an_agent: MakeAgent) -> None:
    agent = an_agent(office.url)
    nik = a_nik()
    (record_id, _other) = enrol(agent, ill(a_worker(nik, name="<b>Ni & Luh</b>")), a_worker())
    photo = agent.folder / "card.jpg"
    photo.write_bytes(cards.jpeg(cards.card()))
    agent.run("pekerja", "foto", record_id, str(photo))
    agent.sync()
    file = agent.folder / "data.json"
    said = agent.run(
        "pekerja", "ekspor", record_id, "--keluaran", str(file), "--alasan", "subject_asked"
    )
    assert (said.code, said.data["path"], said.data["format"]) == (0, str(file), "json")
    assert file.stat().st_mode & 0o077 == 0
    whole = json.loads(file.read_text("utf-8"))
    assert (whole["worker"]["nik"], whole["worker"]["name"]) == (nik, "<b>Ni & Luh</b>")
    assert whole["sent"]["body"]["worker"]["nik"] == nik
    assert whole["answer"]["problems"][0]["code"] == "attestation.critically_ill"
    assert base64.b64decode(whole["photos"][0]["base64"]).startswith(b"\xff\xd8")
    assert [line["action"] for line in whole["history"]][-1] == "person.exported"
    assert whole["history"][-1]["facts"] == {"reason": "subject_asked"}
    page = agent.folder / "data.html"
    for language, title in (("id", "Semua data"), ("en", "Everything that is held")):
        said = agent.run(
            "worker", "export", record_id, "--output", str(page), "--reason", "heirs_asked",
            "--lang", language, as_json=False,
        )  # fmt: skip
        assert said.code == 0
        html = page.read_text("utf-8")
        assert title in html
        assert nik in html
        assert "&lt;b&gt;Ni &amp; Luh&lt;/b&gt;" in html
        assert "<b>Ni" not in html
        assert "data:image/jpeg;base64," in html
    streamed = agent.run(
        "worker", "export", record_id, "--output", "-", "--reason", "authority_asked",
        as_json=False, unmasked=True,
    )  # fmt: skip
    assert json.loads(streamed.out)["worker"]["nik"] == nik


def test_a_copy_needs_a_reason_and_a_place(agent: Cli) -> None:
    (record_id,) = enrol(agent, a_worker())
    for options, fault in (
        ((), ("/output", "usage.missing")),
        (("--keluaran", "x.json"), ("/reason", "usage.missing")),
        (("--keluaran", "x.json", "--alasan", "bored"), ("/reason", "export.reason")),
        (("--keluaran", "x.pdf", "--alasan", "subject_asked"), ("/format", "export.format")),
        (("--keluaran", "-", "--alasan", "subject_asked"), ("/output", "report.json_and_stdout")),
    ):
        said = agent.run("pekerja", "ekspor", record_id, *options)
        assert (said.code, said.faults) == (2, {fault})
    lines = agent.run("pekerja", "lihat", record_id).data["history"]
    assert [line["action"] for line in lines] == ["enrolment.recorded"]
    assert not (agent.folder / "x.json").exists()


def test_a_person_who_was_erased_is_in_nobody_s_book(agent: Cli, village: dict[str, str]) -> None:
    gone = village["Yosef Kambu"]
    assert agent.run("pekerja", "hapus", gone, "--alasan", "subject_asked", "--yes").code == 0
    assert agent.run("pekerja", "daftar").data["count"] == 4
    assert search(agent, "yosef").data["count"] == 0
    card = agent.run("pekerja", "lihat", gone)
    assert (card.data["worker"], card.data["cover"]) == ({}, "withdrawn")
    text = agent.run("pekerja", "lihat", gone, as_json=False).out
    assert "Yosef" not in text
