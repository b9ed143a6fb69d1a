"""Enrolling from JSON: one worker or many, every fault at once, nothing personal in what is said."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from command_line import Cli
from field_work import EXAMPLE, NAME, a_nik, a_worker, enrol, ill, lines, without


def one(cli: Cli, worker: dict[str, Any] | str | bytes, *more: str) -> Any:
    content = json.dumps(worker) if isinstance(worker, dict) else worker
    return cli.run("daftar", "--berkas", "-", *more, stdin=content)


def test_the_worker_of_the_contract_is_recorded_and_priced(agent: Cli) -> None:
    said = one(agent, EXAMPLE)
    assert (said.code, said.envelope["command"]) == (0, "enroll")
    expected = {"id", "rev", "state", "nik_masked", "tier", "base", "quote", "questions"}
    expected |= {"warnings", "pending"}
    assert set(said.data) == expected
    assert (said.data["rev"], said.data["state"], said.data["pending"]) == (1, "queued", 1)
    assert said.data["nik_masked"] == "5171********0001"
    # Tier of 1.5 million; JKK and JKM halved in December 2026, whole from January 2027.
    quote = said.data["quote"]
    assert quote["total"] == quote["totals"]["member"] == 8000 + 3400 + 2 * (16000 + 6800)
    assert quote["totals"]["by_month"] == {"2026-12": 11400, "2027-01": 22800, "2027-02": 22800}
    assert quote["totals"]["by_program"] == {"jkk": 40000, "jkm": 17000}
    assert len(quote["lines"]) == 6
    assert EXAMPLE["nik"] not in said.out
    assert EXAMPLE["name"] not in said.out
    shown = agent.run("antrean", "lihat", said.data["id"]).data
    sent = without(EXAMPLE, "nik", "email", "phone", "attestation", "consent")
    assert sent.items() <= shown["worker"].items()
    assert shown["worker"]["phone"] == "+6281234567890"
    assert set(shown["worker"]["consent"]) == {"given", "method", "text", "at"}


def test_the_receipt_says_recorded_and_not_yet_covered_in_both_languages(agent: Cli) -> None:
    for language, recorded, not_covered in (
        ("id", "TERCATAT", "BELUM terlindungi"),
        ("en", "RECORDED", "NOT yet covered"),
    ):
        said = agent.run(
            "daftar", "--berkas", "-", "--bahasa", language, stdin=json.dumps(a_worker()),
            as_json=False,
        )  # fmt: skip
        assert said.code == 0
        assert recorded.lower() in said.out.lower()
        assert not_covered.lower() in said.out.lower()
        assert NAME not in said.out + said.err
        many = agent.run(
            "enroll", "--file", "-", "--bahasa", language, stdin=lines(a_worker(), a_worker()),
            as_json=False,
        )  # fmt: skip
        assert many.code == 0
        assert not_covered.lower() in many.out.lower()


def test_bad_rows_never_stop_the_good_ones(agent: Cli) -> None:
    nik = a_nik()
    rows = [
        json.dumps(a_worker(nik)),
        "{ not json",
        "",
        json.dumps(a_worker(nik)),
        json.dumps(a_worker(income=0, months=61)),
        "[1, 2]",
        "null",
        json.dumps(a_worker()),
        '{"nik": "1", "nik": "2"}',
        json.dumps(a_worker(name="x" * 70_000)),
    ]
    said = one(agent, "\n".join(rows))
    assert (said.code, said.envelope["status"]) == (3, "partial")
    assert {"count": 9, "accepted": 2, "refused": 7}.items() <= said.data.items()
    assert [item["row"] for item in said.data["items"]] == [1, 8]
    for item in said.data["items"]:
        assert {"id", "rev", "state", "nik_masked", "tier", "base", "quote"} <= set(item)
    assert {(error["row"], error["code"]) for error in said.errors} == {
        (2, "json.syntax"),
        (4, "worker.already_here"),
        (5, "income.value"),
        (5, "months.value"),
        (6, "json.not_object"),
        (7, "json.syntax"),
        (9, "json.syntax"),
        (10, "json.too_long"),
    }
    assert said.data["pending"] == 2
    assert agent.run("queue", "list").data["count"] == 2


def test_a_bad_first_row_does_not_swallow_the_others(agent: Cli) -> None:
    for first in ("{", "[", "{}", '{"nik": "517', '["nik"', "not json", "\x00"):
        said = one(agent, f"{first}\n" + lines(a_worker(), a_worker()))
        assert (said.code, said.data["accepted"], said.data["refused"]) == (3, 2, 1), first
        assert {error["row"] for error in said.errors} == {1}
        assert [item["row"] for item in said.data["items"]] == [2, 3]
    file = agent.folder / "rows.jsonl"
    file.write_text("{\n\n" + lines(a_worker(), a_worker()), encoding="utf-8")
    said = agent.run("daftar", "--berkas", str(file))
    assert (said.code, [item["row"] for item in said.data["items"]]) == (3, [3, 4])


def test_a_long_pipe_is_cut_into_rows_where_its_lines_end(agent: Cli) -> None:
    filler = json.dumps({"note": "x" * 60_000})
    rows = ["", "{ not json", "", *[filler] * 75, "", json.dumps(a_worker())]
    said = one(agent, "\n".join(rows))
    assert (said.code, said.data["count"], said.data["accepted"]) == (3, 77, 1)
    assert said.data["items"][0]["row"] == len(rows)
    assert {error["row"] for error in said.errors if error["code"] == "json.syntax"} == {2}
    assert {error["row"] for error in said.errors} == {2, *range(4, 79)}


def test_when_every_row_is_refused_the_exit_code_says_so(agent: Cli) -> None:
    said = one(agent, "{}\n{}\n")
    assert (said.code, said.envelope["status"]) == (2, "error")
    assert {"count": 2, "accepted": 0, "refused": 2, "items": []}.items() <= said.data.items()
    assert {error["row"] for error in said.errors} == {1, 2}


def test_all_faults_of_a_worker_are_told_at_once_by_pointer(agent: Cli) -> None:
    bad = EXAMPLE | {
        "nik": "5171014013900001",
        "name": "",
        "birth_date": "1990-02-30",
        "sex": "X",
        "phone": "08l234567890",
        "email": "x",
        "address": {"text": "Jl.", "region": "9999"},
        "occupations": [{"code": "trader"}, {"code": "spy"}],
        "income": 1500000.5,
        "tier": 34,
        "programs": ["jkk", "jhp"],
        "sector": "sea",
        "payer": "nobody",
        "start": "2026-13",
        "months": "3",
        "heirs": [{"name": "A", "relationship": "friend"}],
        "children": [{"name": "B", "birth_date": "2999-01-01"}],
        "attestation": {"working": False},
        "consent": {"given": False, "method": "wink"},
    }
    said = one(agent, bad)
    assert (said.code, said.envelope["status"]) == (2, "error")
    assert {field for field, _code in said.faults} == {
        "/nik", "/name", "/birth_date", "/sex", "/phone", "/email", "/address/region",
        "/occupations/1/code", "/income", "/tier", "/programs/1", "/sector", "/payer", "/start",
        "/months", "/heirs/0/relationship", "/children/0/birth_date", "/attestation/working",
        "/attestation/critically_ill", "/consent/given", "/consent/method",
    }  # fmt: skip
    for value in ("5171014013900001", "08l234567890", "1990-02-30", "Jl."):
        assert value not in said.out
    said = one(agent, {})
    assert {field for field, _code in said.faults} == {
        "/nik", "/name", "/birth_date", "/sex", "/phone", "/occupations", "/income", "/programs",
        "/attestation", "/consent",
    }  # fmt: skip
    assert agent.run("queue", "list").data["count"] == 0


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"nik": 5171015708900001}, ("/nik", "nik.format")),
        ({"nik": "517101570890000"}, ("/nik", "nik.length")),
        ({"nik": "51710157089000O1"}, ("/nik", "nik.characters")),
        ({"nik": "٥١٧١٠١٥٧٠٨٩٠٠٠٠١"}, ("/nik", "nik.characters")),
        ({"nik": "5171015708900000"}, ("/nik", "nik.serial")),
        ({"programs": ["jkk"]}, ("/programs", "programs.jkk_and_jkm")),
        ({"birth_date": "1951-01-01"}, ("/birth_date", "age.too_old")),
        ({"birth_date": "2020-01-01"}, ("/birth_date", "age.too_young")),
        ({"start": "2010-01"}, ("/start", "rule.not_in_force")),
        ({"occupations": [{"code": "trader"}] * 3}, ("/occupations", "occupations.too_many")),
        ({"income": 10**15}, ("/income", "income.value")),
        ({"income": -1}, ("/income", "income.value")),
        ({"income": True}, ("/income", "income.value")),
        ({"name": "Ni Luh \u202eiraS"}, ("/name", "name.format")),
        ({"name": "Ni \ud800"}, ("/name", "name.format")),
        ({"phone": None, "address": None}, ("/phone", "contact.missing")),
    ],
)
def test_a_single_fault_has_its_code_and_pointer(
    agent: Cli, change: dict[str, Any], fault: tuple[str, str]
) -> None:
    said = one(agent, EXAMPLE | change)
    exit_code = 4 if fault[1] == "rule.not_in_force" else 2
    assert (said.code, said.faults) == (exit_code, {fault})


def test_content_that_is_no_worker_is_refused_as_a_whole(agent: Cli) -> None:
    deep = '{"a": ' * 5000 + "1" + "}" * 5000
    for content, code in (
        (b"", "input.empty"),
        (b" \n\t\r\n", "input.empty"),
        (b"\xef\xbb\xbf", "input.empty"),
        (b'{"name": "\xff\xfe"}', "json.syntax"),
        (b"42", "json.not_object"),
        (deep.encode(), "json.syntax"),
        (b'{"income": ' + b"9" * 5000 + b"}", "json.syntax"),
        (b'{"name": "' + b"a" * 2**20 + b'"}', "json.too_long"),
        (b'{"nik": "5171015708900001", "nik": "5171015708900001"}', "json.syntax"),
    ):
        said = one(agent, content)
        assert (said.code, said.codes) == (2, [code]), content[:40]
    said = one(agent, b'{"income": NaN, "months": Infinity, "tier": 1e400}')
    assert said.code == 2
    assert {("/income", "income.value"), ("/months", "months.value")} <= said.faults
    assert agent.run("queue", "list").data["count"] == 0


def test_one_worker_may_be_written_in_any_shape_of_json(agent: Cli) -> None:
    for form in (
        lambda text: "\ufeff" + text,
        lambda text: text.replace(", ", ",\r\n"),
        lambda text: json.dumps(json.loads(text), indent=4) + "\n\n",
        lambda text: "\n\n" + text,
        lambda text: json.dumps(json.loads(text), indent=4).replace("\n", "\r\n"),
    ):
        said = one(agent, form(json.dumps(a_worker())))
        assert (said.code, said.data.get("state")) == (0, "queued"), said
    file = agent.folder / "worker.json"
    file.write_text(json.dumps(a_worker(), indent=2), encoding="utf-8")
    assert agent.run("enroll", "--file", "worker.json").data["pending"] == 6


def test_many_workers_may_come_as_lines_or_as_a_list(agent: Cli) -> None:
    crlf = lines(a_worker(), a_worker()).replace("\n", "\r\n")
    for content in (
        "\ufeff" + crlf,
        json.dumps([a_worker(), a_worker()]),
        json.dumps([a_worker(), a_worker()], indent=2),
        json.dumps(
            [a_worker(heirs=[{"name": "Ardi", "relationship": "spouse"}] * 9) for _ in "ab"]
        ),
    ):
        said = one(agent, content)
        assert (said.code, said.data["accepted"]) == (0, 2), said
    whole = json.dumps([a_worker() for _ in range(250)])
    assert len(whole) > 64 * 1024
    said = one(agent, whole)
    assert (said.code, said.data["accepted"]) == (0, 250), said


def test_the_same_nik_is_refused_however_it_is_written(agent: Cli) -> None:
    nik = a_nik()
    (first,) = enrol(agent, a_worker(nik))
    spaced = f"{nik[:6]} {nik[6:12]}-{nik[12:]}"
    said = one(agent, a_worker(nik) | {"nik": spaced})
    assert (said.code, said.faults) == (2, {("/nik", "worker.already_here")})
    assert first in said.errors[0]["message"]
    assert f"perisai pekerja lihat {first[-8:]}" in said.errors[0]["remedy"]
    assert agent.run("pekerja", "lihat", first[-8:]).data["id"] == first


def test_a_record_that_was_withdrawn_frees_its_nik(agent: Cli) -> None:
    nik = a_nik()
    (first,) = enrol(agent, a_worker(nik))
    assert agent.run("antrean", "tarik", first, "--yes").code == 0
    (second,) = enrol(agent, a_worker(nik))
    assert second != first


def test_options_stand_for_what_the_worker_does_not_say(agent: Cli) -> None:
    bare = without(a_worker(), "programs", "occupations", "start")
    options = ("--program", "JKK,jkm, jht", "--bulan", "2", "--mulai", "2026-12",
               "--pekerjaan", "driver", "--pembayar", "apbn")  # fmt: skip
    said = one(agent, bare, *options)
    assert said.code == 0
    assert set(said.data["quote"]["totals"]["by_month"]) == {"2026-12", "2027-01"}
    assert set(said.data["quote"]["totals"]["by_program"]) == {"jkk", "jkm", "jht"}
    assert said.data["quote"]["totals"]["government"] == said.data["quote"]["total"]
    worker = agent.run("antrean", "lihat", said.data["id"]).data["worker"]
    assert (worker["sector"], worker["payer"]) == ("transport", "apbn")
    own = one(agent, a_worker(months=1, payer=None), *options)
    assert set(own.data["quote"]["totals"]["by_month"]) == {"2026-12"}
    assert agent.run("antrean", "lihat", own.data["id"]).data["worker"]["sector"] == "other"
    nulls = one(agent, a_worker() | {"months": None, "payer": None}, *options)
    assert nulls.data["quote"]["totals"]["by_month"].keys() == {"2026-12", "2027-01"}
    assert nulls.data["quote"]["totals"]["government"] == nulls.data["quote"]["total"]
    for wrong in ("x", "0", "61", "9" * 5000, "-1", "3.0"):
        said = one(agent, a_worker(), "--bulan", wrong)
        assert (said.code, said.faults) == (2, {("/months", "months.value")}), wrong


def test_personal_data_is_never_taken_from_the_command_line(agent: Cli) -> None:
    nik = a_nik()
    for arguments in (
        ("daftar", "--nik", nik),
        ("daftar", f"--nik={nik}"),
        ("enroll", "--name", "Ni Luh", "--file", "-"),
        ("daftar", "--telepon", "0812"),
        ("daftar", nik),
        (nik,),
        (f"--{nik}",),
        ("antrean", nik),
        ("antrean", "lihat", nik),
        ("antrean", "daftar", "--keadaan", nik),
        ("daftar", "--berkas", "-", "--pembayar", nik),
        ("daftar", "--berkas", nik),
    ):
        said = agent.run(*arguments, stdin=json.dumps(a_worker()))
        assert (said.code, said.envelope and said.envelope["status"]) == (2, "error"), arguments
        assert nik not in said.out + said.err
    assert nik not in agent.run(nik, as_json=False).err
    assert agent.run("queue", "list").data["count"] == 0


def test_the_wizard_is_not_begun_where_nobody_sits(agent: Cli) -> None:
    said = agent.run("daftar", stdin=json.dumps(a_worker()))
    assert (said.code, said.faults) == (2, {("/file", "usage.missing")})
    process = agent.start(
        "daftar", "--json", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.communicate(timeout=60)
    assert process.returncode == 2


def test_a_closed_stdin_is_a_usage_error_too(agent: Cli) -> None:
    closed = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" daftar --json <&-', str(agent.program)],
        env=agent.environment, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert closed.returncode == 2, closed


def test_a_file_that_cant_be_read_is_named_by_its_option(agent: Cli) -> None:
    for name in ("none.json", ".", "~nobody-at-all/x.json", "x" * 300):
        said = agent.run("daftar", "--berkas", name)
        assert (said.code, said.faults) == (2, {("/file", "file.unreadable")}), name


def test_what_is_doubtful_is_warned_of_and_never_blocks(agent: Cli) -> None:
    nik = a_nik()
    doubtful = ill(a_worker(nik)) | {
        "sex": "M",
        "birth_date": "1962-05-05",
        "income": 5_000_000,
        "tier": 1,
        "occupations": [{"code": "boatman"}, {"code": "fisher"}],
        "address": {"text": "Jl. Lama", "region": "517199"},
        "start": "2026-01",
        "favourite": "durian",
    }
    said = one(agent, doubtful)
    assert said.code == 0
    assert {
        "nik.sex_differs", "nik.birth_date_differs", "age.near_limit", "tier.below_income",
        "sector.doubt", "sector.two_jobs", "region.unknown_district", "attestation.critically_ill",
        "start.past", "field.unknown",
    } <= set(said.warned)  # fmt: skip
    many = one(agent, lines(ill(a_worker()), a_worker(sex="M")))
    per_row = [[each["code"] for each in item["warnings"]] for item in many.data["items"]]
    assert "attestation.critically_ill" in per_row[0]
    assert "nik.sex_differs" in per_row[1]
    text = agent.run("daftar", "--berkas", "-", stdin=json.dumps(ill(a_worker())), as_json=False)
    assert text.err.startswith("!")
