"""An association's list: looked at first, recorded when told to, handed back where it needs mending."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
from pathlib import Path

import openpyxl
import pytest
from command_line import Cli
from field_work import PHONE, a_worker, enrol, unchanged
from lists import (
    FOR_ALL,
    HEADINGS,
    NAME,
    PROMISES,
    a_list,
    a_nik,
    a_row,
    accept,
    counts,
    look,
    mended,
    recorded,
    workbook_rows,
)
from terminal import Terminal


def test_a_dry_run_counts_everything_and_keeps_nothing(agent: Cli) -> None:
    same = a_row()
    name = a_list(
        agent,
        same,
        a_row(),
        a_row(NIK="517101570890001"),
        a_row(**{"No HP": "O81234567890"}),
        same | {"No": "5"},
        same | {"Nama Lengkap": "Ni Luh Lain"},
        {"No": "Jumlah", "Nama Lengkap": "6", "NIK": "", "Tgl Lahir": "", "L/P": "", "No HP": ""},
    )
    with unchanged(agent.store):
        said = look(agent, name)
    assert said.code == 3
    assert counts(said) == {"ready": 2, "mend": 3, "twice": 1}
    assert said.data["amount"] == 2 * 8400
    assert said.data["recorded"] == said.data["pending"] == 0
    assert said.data["skipped"]["total"] == 1
    assert said.data["needs"] == ["attested", "consent"]
    assert {fault["code"] for fault in said.data["faults"]} == {
        "nik.length", "phone.letter", "import.nik_twice",
    }  # fmt: skip
    assert [item["row"] for item in said.data["items"]] == [4, 5, 7]
    assert said.data["fix"] is None


def test_the_mapping_says_what_each_column_is_taken_for_and_why(agent: Cli) -> None:
    name = a_list(agent, a_row(Agama="Hindu"))
    [table] = look(agent, name).data["tables"]
    assert table["heading_rows"] == [1, 1]
    taken = {column["heading"]: (column["field"], column["reason"]) for column in table["columns"]}
    assert taken["NIK"] == ("nik", "name")
    assert taken["Tgl Lahir"] == ("birth_date", "name")
    assert taken["Agama"][0] is None


def test_nothing_is_accepted_before_the_promises_are_stated_and_that_is_told_once(
    agent: Cli,
) -> None:
    name = a_list(agent, *(a_row() for _ in range(5)))
    with unchanged(agent.store):
        said = agent.run("impor", name, *FOR_ALL, "--terima")
    assert said.code == 2
    assert said.faults == {("/attested", "import.attested"), ("/consent", "import.consent")}
    assert len(said.errors) == 2


def test_the_way_of_consent_is_told_in_the_words_of_the_list(agent: Cli) -> None:
    name = a_list(agent, a_row(), a_row())
    told = ("impor", name, *FOR_ALL, "--terima", "--pernyataan", "--persetujuan")
    assert agent.run(*told, "bisik-bisik").faults == {("/consent", "import.consent_method")}
    assert agent.run(*told, "cap-jempol").data["recorded"] == 2


def test_accepted_rows_are_recorded_with_their_promises_and_their_text(agent: Cli) -> None:
    nik = a_nik()
    said = accept(agent, a_list(agent, a_row(nik)), "--tempat", "Pasar Badung", "--bulan", "3")
    assert said.code == 0
    assert counts(said) == {"ready": 1}
    assert said.data["recorded"] == said.data["pending"] == 1
    [item] = said.data["items"]
    assert item["standing"] == "recorded"
    worker = agent.run("antrean", "lihat", item["id"]).data["worker"]
    assert worker["name"] == NAME
    assert worker["phone"] == "+6281234567890"
    assert worker["occupations"] == [{"place": "Pasar Badung", "code": "trader"}]
    assert worker["months"] == 3
    assert worker["attestation"]["text"] == "attestation-list-1"
    assert worker["consent"]["text"] == "consent-list-1"
    assert worker["consent"]["method"] == "signature"
    assert worker["consent"]["at"]


def test_an_accepted_list_raises_the_guard_s_questions_and_names_the_command(agent: Cli) -> None:
    rows = [a_row() for _ in range(3)]
    name = a_list(agent, *rows)
    looked = look(agent, name)
    assert (looked.data["items"], looked.data["questions"]) == ([], 0)
    said = accept(agent, name)
    assert said.code == 0
    assert said.data["recorded"] == 3
    assert said.data["questions"] == 1  # the third of one telephone, asked about once
    third = said.data["items"][2]
    [question] = third["questions"]
    assert (question["code"], question["facts"]) == ("guard.shared_phone", {"count": 3})
    assert question["answer"] is None
    assert "guard.shared_phone" in {warning["code"] for warning in third["warnings"]}
    [waiting] = agent.run("pekerja", "pertanyaan").data["items"]
    assert waiting["id"] == third["id"]
    again = agent.run("impor", name, *FOR_ALL, "--terima", *PROMISES, as_json=False)
    assert "Ada 1 pertanyaan yang belum dijawab: perisai pekerja jawab" in again.out


def test_a_long_list_with_one_telephone_is_asked_about_a_few_times(agent: Cli) -> None:
    said = accept(agent, a_list(agent, *(a_row() for _ in range(105))))
    asked = [question for item in said.data["items"] for question in item["questions"]]
    shared = [each for each in asked if each["code"] == "guard.shared_phone"]
    assert [each["facts"]["count"] for each in shared] == [3, 9, 27, 81]
    assert [each["code"] for each in asked].count("guard.burst") == 1
    assert said.data["questions"] == len(asked)


def test_the_same_file_again_enrols_nobody_twice(agent: Cli) -> None:
    name = a_list(agent, *(a_row() for _ in range(7)))
    assert counts(accept(agent, name)) == {"ready": 7}
    again = accept(agent, name)
    assert again.code == 0
    assert counts(again) == {"here": 7}
    assert again.data["recorded"] == 0
    assert again.data["items"] == []
    assert len(recorded(agent)) == 7


def test_other_data_for_a_nik_that_is_here_is_told_apart_and_changes_nothing(agent: Cli) -> None:
    nik = a_nik()
    [before] = enrol(agent, a_worker(nik, name=NAME, phone=PHONE))
    said = accept(agent, a_list(agent, a_row(nik, **{"No HP": "081299999999"})))
    assert said.code == 3
    assert counts(said) == {"changed": 1}
    [item] = said.data["items"]
    assert item["id"] == before
    assert [warning["code"] for warning in item["warnings"]] == ["import.differs"]
    assert "phone" in item["warnings"][0]["message"]
    assert agent.run("antrean", "lihat", before).data["worker"]["phone"] == "+62" + PHONE[1:]


def test_some_refused_is_3_all_refused_is_2(agent: Cli) -> None:
    good, bad = a_row(), a_row(NIK="1")
    assert accept(agent, a_list(agent, good, bad)).code == 3
    assert accept(agent, a_list(agent, bad)).code == 2
    assert len(recorded(agent)) == 1


def test_rows_to_mend_come_back_marked_and_re_enter_under_their_ids(agent: Cli) -> None:
    rows = [a_row() for _ in range(4)]
    right = rows[1]["NIK"]
    rows[1]["NIK"] = right[:15]
    rows[2]["No HP"] = "0812/0813"
    name = a_list(agent, *rows)
    first = accept(agent, name, "--fix", "fix.xlsx")
    assert first.code == 3
    assert counts(first) == {"ready": 2, "mend": 2}
    fix = agent.folder / "fix.xlsx"
    assert stat.S_IMODE(fix.stat().st_mode) == 0o600
    heading, *back = workbook_rows(fix)
    assert heading == [*HEADINGS, "perisai", "perisai_id"]
    assert [row[:6] for row in back] == [[row[each] for each in HEADINGS] for row in rows[1:3]]
    ids = [row[-1] for row in back]
    after = mended(fix, {"C2": right, "F3": "081234567899"})
    second = accept(agent, after.name)
    assert second.code == 0, second
    assert counts(second) == {"ready": 2}
    assert [item["id"] for item in second.data["items"]] == ids
    assert counts(accept(agent, after.name)) == {"here": 2}
    assert len(recorded(agent)) == 4


def test_a_mark_says_in_the_language_of_the_user_what_cures_it(agent: Cli) -> None:
    name = a_list(agent, a_row(NIK="517101570890001"))
    agent.run("--lang", "en", "import", name, "--occupation", "trader", "--income", "1000000",
              "--fix", "fix.xlsx")  # fmt: skip
    book = openpyxl.load_workbook(agent.folder / "fix.xlsx")
    assert book.sheetnames[0] == "Read me first"
    sheet = book.worksheets[1]
    assert "15" in sheet["C2"].comment.text
    assert "\n" in sheet["C2"].comment.text
    assert sheet["G2"].value.startswith("✗ NIK: ")


def test_a_column_that_everyone_needs_and_the_list_lacks_is_added_for_filling_in(
    agent: Cli,
) -> None:
    row = a_row()
    del row["No HP"]
    name = a_list(agent, row)
    said = agent.run("impor", name, "--fix", "fix.xlsx")
    assert said.code == 2
    heading, back = workbook_rows(agent.folder / "fix.xlsx")
    assert heading[5:] == ["Telepon", "Pekerjaan", "Penghasilan", "perisai", "perisai_id"]
    after = mended(
        agent.folder / "fix.xlsx", {"F2": "081234567890", "G2": "Nelayan", "H2": 1500000}
    )
    again = agent.run("impor", after.name, "--terima", *PROMISES)
    assert again.code == 0, again
    assert [item["id"] for item in again.data["items"]] == [back[-1]]


@pytest.mark.parametrize("forged", ["abcdef01", "01a204a2-0aa6-48e9-87e6-05fd0ae43051"])
def test_a_forged_identity_is_refused_and_said(agent: Cli, forged: str) -> None:
    said = accept(agent, a_list(agent, a_row(perisai_id=forged)))
    assert said.code == 2
    assert [fault["code"] for fault in said.data["faults"]] == ["import.identity"]
    assert recorded(agent) == []


def test_an_identity_is_nobody_else_s(agent: Cli) -> None:
    [taken] = enrol(agent, a_worker())
    fresh = "01a204a2-0aa6-78e9-87e6-05fd0ae43051"
    said = accept(
        agent,
        a_list(
            agent,
            a_row(perisai_id=taken),
            a_row(perisai_id=fresh),
            a_row(perisai_id=fresh),
        ),
    )
    assert counts(said) == {"ready": 1, "mend": 2}
    assert {fault["code"] for fault in said.data["faults"]} == {
        "import.identity_used", "import.identity_twice",
    }  # fmt: skip
    assert sorted(item["id"] for item in recorded(agent)) == sorted([taken, fresh])


def test_all_rows_come_back_when_asked(agent: Cli) -> None:
    name = a_list(agent, a_row(), a_row(NIK="1"))
    look(agent, name, "--fix", "fix.xlsx", "--semua")
    _, first, second = workbook_rows(agent.folder / "fix.xlsx")
    assert not first[6]
    assert second[6].startswith("✗ NIK")


def test_nothing_that_is_there_is_written_over_unasked(agent: Cli) -> None:
    name = a_list(agent, a_row())
    (agent.folder / "fix.xlsx").write_bytes(b"another's work")
    with unchanged(agent.folder / "fix.xlsx"):
        assert look(agent, name, "--fix", "fix.xlsx").codes == ["confirm.missing"]
    assert look(agent, name, "--fix", "fix.xlsx", "--yes").code == 0
    (agent.folder / f"{(nik := a_nik())}.xlsx").write_bytes(b"another's work")
    said = look(agent, name, "--fix", f"{nik}.xlsx")
    assert (said.codes, nik in said.out + said.err) == (["confirm.missing"], False)
    assert look(agent, "fix.xlsx", "--fix", "fix.xlsx", "--yes").codes == ["import.fix_is_source"]
    assert look(agent, name, "--fix", "fix.csv").codes == ["import.fix_suffix"]


def test_formulas_in_a_list_stay_text_on_the_way_back(agent: Cli) -> None:
    name = a_list(agent, a_row(NIK="1", **{"Nama Lengkap": '=HYPERLINK("http://x","y")'}))
    look(agent, name, "--fix", "fix.xlsx")
    cell = openpyxl.load_workbook(agent.folder / "fix.xlsx").worksheets[1]["B2"]
    assert cell.data_type != "f"
    assert cell.value == '=HYPERLINK("http://x","y")'


def test_what_the_agent_says_of_a_column_goes_and_is_known_the_next_time(agent: Cli) -> None:
    def listed() -> str:
        return a_list(agent, a_row(Lapak="Blok A"))

    told = look(agent, listed(), "--kolom", "Lapak=occupations.place")
    [table] = told.data["tables"]
    assert table["columns"][-1] == {
        "heading": "Lapak", "field": "occupations.place", "reason": "told", "doubt": None,
    }  # fmt: skip
    [table] = look(agent, listed()).data["tables"]
    assert table["columns"][-1]["field"] == "occupations.place"
    assert table["columns"][-1]["reason"] == "saved"
    held = "".join(map(str, sqlite3.connect(agent.store).execute("SELECT name FROM sealed")))
    assert "Lapak" not in held
    assert b"Lapak" not in agent.store.read_bytes()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Lapak", "import.column_format"),
        ("Lapak=shoe_size", "import.field_unknown"),
        ("Sepatu=name", "import.no_such_heading"),
    ],
)
def test_a_column_that_is_none_is_told(agent: Cli, said: str, code: str) -> None:
    assert look(agent, a_list(agent, a_row(Lapak="Blok A")), "--kolom", said).codes == [code]


def test_one_sheet_of_several_can_be_chosen(agent: Cli) -> None:
    book = openpyxl.Workbook()
    for name in ("Nelayan", "Pedagang"):
        row = a_row()
        sheet = book.create_sheet(name)
        sheet.append(list(row))
        sheet.append(list(row.values()))
    book.save(agent.folder / "two.xlsx")
    assert look(agent, "two.xlsx").data["people"] == 2
    assert look(agent, "two.xlsx", "--lembar", "Nelayan").data["people"] == 1
    assert look(agent, "two.xlsx", "--lembar", "Petani").codes == ["import.no_such_sheet"]


def test_a_file_without_people_is_told(agent: Cli) -> None:
    (agent.folder / "prices.csv").write_text("fish;price\ntuna;50000\n", encoding="utf-8")
    assert look(agent, "prices.csv").codes == ["import.no_people"]
    assert look(agent, "none.csv").code == 2
    assert agent.run("impor").codes == ["usage.missing"]


def test_the_summary_can_be_read_aloud_and_holds_no_nik_and_no_name(agent: Cli) -> None:
    name = a_list(agent, a_row(), a_row(NIK="517101570890001"))
    said = agent.run("impor", name, *FOR_ALL, as_json=False)
    assert said.code == 3
    assert "1 siap didaftarkan, iurannya Rp8.400" in said.out
    assert "1 perlu diperbaiki" in said.out
    assert "belum ada yang disimpan" in said.out
    assert "--terima" in said.out
    assert "N. L. U. I." in said.out
    assert NAME not in said.out + said.err
    english = agent.run("--lang", "en", "import", name, as_json=False)
    assert "nothing is kept yet" in english.out


def test_on_a_terminal_a_bar_comes_and_goes_and_the_summary_fits(agent: Cli) -> None:
    name = a_list(agent, *(a_row() for _ in range(250)))
    with Terminal(agent, "impor", name, *FOR_ALL) as terminal:
        code = terminal.end()
    assert code == 0
    assert "200" in terminal.shown
    assert "250 siap didaftarkan" in terminal.shown


@pytest.mark.parametrize(("language", "option"), [("id", "--contoh"), ("en", "--template")])
def test_the_empty_workbook_once_filled_in_is_read_whole(
    agent: Cli, language: str, option: str
) -> None:
    said = agent.run("--lang", language, "impor", option, "empty.xlsx")
    assert said.code == 0
    book = openpyxl.load_workbook(agent.folder / "empty.xlsx")
    sheet = book.worksheets[1]
    woman, job, kin = ("P", "nelayan", "suami atau istri")
    if language == "en":
        woman, job, kin = ("F", "fisher", "spouse")
    nik = a_nik()
    filled = [nik, NAME, "Denpasar", "17-08-1990", woman, "081234567890", "Jl. Segara 3", "003",
              "005", "Sanur", "Denpasar Selatan", "Denpasar", job, "Pantai Sanur", 1500000,
              "I Made Ardi", kin]  # fmt: skip
    assert len(filled) == sheet.max_column
    for column, value in enumerate(filled, 1):
        sheet.cell(2, column).value = value
    assert sheet.column_dimensions["A"].number_format == "@"
    assert len(sheet.data_validations.dataValidation) == 4
    book.save(agent.folder / "filled.xlsx")
    done = agent.run("impor", "filled.xlsx", "--terima", *PROMISES)
    assert done.code == 0, done
    [table] = done.data["tables"]
    assert None not in [column["field"] for column in table["columns"]]
    worker = agent.run("antrean", "lihat", done.data["items"][0]["id"]).data["worker"]
    assert worker["address"]["region"].startswith("5171")
    assert worker["heirs"] == [{"name": "I Made Ardi", "relationship": "spouse"}]
    assert worker["income"] == 1500000
    assert worker["occupations"] == [{"code": "fisher", "place": "Pantai Sanur"}]


def test_an_empty_file_of_json_is_still_one_document(agent: Cli) -> None:
    name = a_list(agent)
    (agent.folder / name).write_text(";".join(HEADINGS) + "\n", encoding="utf-8")
    said = look(agent, name)
    assert said.data["people"] == 0
    assert json.loads(said.out)["data"]["items"] == []


def test_no_nik_or_name_of_a_list_stands_in_the_home(agent: Cli) -> None:
    row = a_row()
    accept(agent, a_list(agent, row, a_row(NIK="1")), "--fix", "fix.xlsx")
    for path in Path(agent.home).rglob("*"):
        if path.is_file():
            assert row["NIK"].encode() not in path.read_bytes()
            assert NAME.encode() not in path.read_bytes()


@pytest.mark.parametrize("more", [(), ("--fix", "fix.xlsx"), ("--terima", *PROMISES)])
def test_memory_hardly_grows_with_the_rows(agent: Cli, more: tuple[str, ...]) -> None:
    def most(rows: int) -> int:
        """Return the most kibibytes that an import of so many rows takes; a tenth have faults."""
        people = (a_row(NIK=f"517101570790{n:04d}" if n % 10 else "1") for n in range(1, rows))
        name = a_list(agent, a_row(), *people)
        asked = ("impor", name, *FOR_ALL, *more, "--json", "--yes")
        process = agent.start(*asked, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 3
        return int(used.ru_maxrss)

    few, many = most(300), most(4000)
    assert many - few < 8 * 1024, (few, many)
