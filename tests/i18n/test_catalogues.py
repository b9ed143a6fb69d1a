"""Both catalogues say the same things; every code, key and family of the source has its words."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from perisai_cli import i18n
from perisai_cli.actions.bridge import LIST_STATES
from perisai_cli.actions.funnel import STAGES
from perisai_cli.central.decisions import REASONS
from perisai_cli.central.judging import TITLES
from perisai_cli.central.officers import ROLES
from perisai_cli.central.problems import KINDS
from perisai_cli.cli import field_questions, names, person_page
from perisai_cli.cli.bridge_page import WORDS
from perisai_cli.cli.output import field_label, problem_json, problem_lines, sentence
from perisai_cli.cli.stopping import KEPT, UNASKED, UNKEPT
from perisai_cli.domain import errors, outreach, terms
from perisai_cli.domain.coverage import CONFIDENCES, packaged
from perisai_cli.domain.errors import CAUSES, PerisaiError, Problem
from perisai_cli.domain.facts import QUALITY, STANDINGS
from perisai_cli.domain.guard import REASONS as REASONS_GIVEN
from perisai_cli.domain.ledger import MONEY
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.outbox import ATTENTION, ENROLMENT, STATES
from perisai_cli.domain.outbox import KINDS as RECORD_KINDS
from perisai_cli.domain.portal_return import REFUSALS
from perisai_cli.domain.portal_return import STATES as PORTAL_STATES
from perisai_cli.i18n import catalogue, text
from perisai_cli.protocol.office import SUSPENDED_FOR
from perisai_cli.reports.contributed import UNSPLIT
from perisai_cli.rules import cover
from perisai_cli.rules.changes import KINDS as KINDS_OF_CHANGE
from perisai_cli.rules.contribution import BEARERS
from perisai_cli.rules.parameter import BASES, UNITS
from perisai_cli.storage.answers import COUNTS

HOUSE = Path(i18n.__file__).parents[1]
FILES = sorted(HOUSE.rglob("*.py"))
CODE = re.compile(r"[a-z_]+(\.[a-z_]+)+")

ERRORS = {
    name
    for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, PerisaiError | Problem)
}
RAISERS = ERRORS | {"Refusal", "problem_of", "problem_answer", "fault", "_apart", "first_line"}
"""Calls that hold codes among their arguments; a name such as ``code`` may hold one, too."""
HOLDERS = {"code", "default_code", "disk"}

READ = {
    "text": ("missing", "format", "length"),
    "parsed": ("missing", "format", "length"),
    "choice": ("missing", "unknown"),
    "flag": ("missing", "format"),
    "whole": ("value",),
    "inner": ("missing", "format"),
    "each": ("format", "too_many"),
}
"""A method of ``Reading`` to the last parts of the codes that it makes."""

# Words that are the same in both languages: names, terms of law, and lines made of facts alone.
SAME = {
    "coverage_segment.formal", "coverage_segment.informal",
    "award.line", "award.line_worked", "bridge.col_nik", "bridge.col_portal", "bridge.portal",
    "consent_method.digital", "field.address.rt",
    "field.address.rw", "field.nik", "field.shell", "queue.col_nik", "quote.month",
    "report_col.nik", "program_value.jkk", "program_value.jkm",
    "program_value.jht", "month_name.4", "month_name.9", "month_name.11", "payment.col_nik", "demo.back", "rules.name", "rules.heading", "unit.rupiah",
}  # fmt: skip

OTHER_KINDS = [kind for kind in RECORD_KINDS if kind != ENROLMENT]

CLOSED = {
    "occupation": set(OCCUPATIONS),
    "relationship": set(terms.RELATIONSHIPS),
    "consent_method": set(terms.CONSENT_METHODS),
    "sex_value": {"F", "M"},
    "sector_value": set(terms.SECTORS),
    "payer_value": set(terms.PAYERS),
    "owner_value": {"true", "false"},
    "state": {*STATES, "waiting"},
    "decision": {"accepted", "rejected"},
    "standing": set(COUNTS),
    "kind": set(RECORD_KINDS),
    "event_type": set(outreach.EVENT_TYPES),
    "topic": set(outreach.TOPICS),
    "material": set(outreach.MATERIALS),
    "interest": set(outreach.INTERESTS),
    "month_name": {str(month) for month in range(1, 13)},
    "program_value": {*terms.PROGRAMS, UNSPLIT},
    "report_finding": {*QUALITY, "month_paid_twice", "payment_without_member"},
    "report_confidence": set(CONFIDENCES),
    "coverage_segment": {figure.segment for figure in packaged()},
    "coverage_label": {figure.label for figure in packaged() if figure.label},
    "standing_short": set(STANDINGS),
    "money": set(MONEY),
    "cover_state": set(cover.STATES),
    "basis": set(BASES),
    "basis_short": set(BASES),
    "unit": set(UNITS),
    "command": set(names.INDONESIAN),
    "help_of": {*names.INDONESIAN, "perisai"},
    "role": set(ROLES),
    "suspended_for": set(SUSPENDED_FOR),
    "bridge_page": set(WORDS),
    "portal_state": set(LIST_STATES),
    "portal_refusal": set(REFUSALS),
    "guard_reason": {reason for reasons in REASONS_GIVEN.values() for reason in reasons},
    "guard_short": set(REASONS_GIVEN),
    "file_cause": {*CAUSES.values(), "other"},
    "stopped": {UNASKED, KEPT, UNKEPT},
}
"""Sections that hold exactly one sentence for each name of a list in the source."""

OPEN = {
    "ask.setup_": {"agent", "name", "office", "region", "central"},
    "award.due_": {"report", "claim", "payment"},
    "award.entitled_": {
        "medical",
        "aids_for_teeth_ears_eyes",
        "return_to_work",
        "home_care",
        "prosthesis",
    },
    "benefit.": {
        "lump_sum",
        "periodic",
        "funeral",
        "short_membership",
        "scholarship",
        "death",
        "total_disability",
        "partial_disability",
        "functional_disability",
        "temporary",
        "temporary_later",
        "temporary_days",
        "transport_land",
        "transport_sea",
        "transport_air",
        "jht_balance",
        "jht_contributions",
        "jht_development",
        "jht_housing",
        "jht_partial",
        "jp_old_age",
        "jp_disability",
        "jp_widow",
        "jp_child",
        "jp_parent",
        "jkp_months_1_6",
        "jkp_months_1_3",
        "jkp_months_4_6",
    },
    "error.record.kind_": set(OTHER_KINDS),
    "remedy.record.kind_": set(OTHER_KINDS),
    "cover.state_": set(cover.STATES),
    "payment.col_": {"id", "nik", "start", "months", "amount", "money"},
    "payment.now_": set(MONEY),
    "due.col_": {"id", "name", "state", "due", "amount"},
    "cover.because_": set(cover.STATES),
    "cover.then_": set(cover.STATES),
    "family.": {
        "first_months",
        "death",
        "death_at_once",
        "death_later",
        "accident_death",
        "accident_total",
    },
    "heir.": {"spouse_or_child", "blood_second_degree", "sibling", "parent_in_law", "will"},
    "incentive.line_": {
        "acquisition",
        "contributions",
        "contributions_later",
        "office_share",
    },
    "bill_line.": {
        "jkp_government",
        "jkp_from_jkk",
        "jkp_from_jkm",
        "pmi_departure",
        "pmi_package",
        "pmi_extra",
    },
    "bearer.": {*BEARERS.values(), "government"},
    "bridge.back_": {"number", "code", "refusal", "nothing"},
    "bridge.col_": {"id", "nik", "state", "back", "map", "portal", "fields"},
    "bundle.col_": {"id", "device", "octets", "at", "settled"},
    "central.col_": {
        *("agent", "office", "name", "devices", "officer", "role", "revoked", "device"),
        "suspended",
    },
    "reference.col_": {"name", "version", "since", "used"},
    "rules_update.line_": set(KINDS_OF_CHANGE),
    "import.reason_": {"name", "content", "saved", "told"},
    "import.skipped_": {"blank", "total", "heading", "note"},
    "import.doubt_": {"rounded", "p_is_man"},
    "import.": {"mend", "here", "changed", "twice", "perhaps_members", "near_age_limit"},
    "keys.": {"enter", "back", "clear", "leave", "leave_all", "help", "stop", "stop_unkept"},
    "queue.photo_": {"waiting", "sending", "sent"},
    "queue.col_": {"id", "nik", "state", "amount", "problem"},
    "standing_short.": {"accepted", "pending"},
    "welcome.line_": set("12345"),
    "book.cover_": {"not_covered", "number_given", "withdrawn", "active", "grace", "lapsed"},
    "book.": {"payment", "reactivation"},
    "came_back.": set(ATTENTION),
    "export.part_": {"data", "photo", "sent", *person_page.PARTS},
    "fixing.book_": {"sheet", "explanation", "rows"},
    "history.": {
        *("recorded", "corrected", "withdrawn", "erased", "answered", "refused_alone"),
        *("attached", "sent", "lost", "ahead", "exported", "question_answered"),
        *(f"portal_{state}" for state in PORTAL_STATES),
        *(f"attendee_{what}" for what in ("added", "postponed", "enrolled")),
    },
    "ask_event.": {"place", "day", "region"},
    "field.": {
        *field_questions.QUESTIONS,
        "type",
        "place",
        "day",
        "region",
        "present",
        "topics",
        "materials",
        "interest",
    },
    "outreach.col_": {
        "id",
        "day",
        "place",
        "present",
        "interested",
        "name",
        "phone",
        "interest",
        "next",
        "due",
    },
    "today.": {
        *("follow_ups", "names_to_forget", "money_in_hand", "money_promised"),
        *("cover_ended", "cover_ends_this_month"),
    },
    "funnel.": set(STAGES),
    "funnel.short_": set(STAGES),
    "reconcile.": {"missing_there", "differs", "state", "only_there"},
    "reconcile.col_": {"here", "there"},
    "sync.": {"accepted", "held", "duplicate", "needs_fix", "conflict"},
}
"""Beginnings of keys that the source completes with these names, beside other sentences."""


@cache
def whole(language: str) -> dict[str, dict[str, str]]:
    path = Path(catalogue.__file__).with_name(f"{language}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def sentences(language: str) -> dict[str, str]:
    return {
        f"{section}.{key}": words
        for section, held in whole(language).items()
        for key, words in held.items()
    }


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(*called: str, below: str = "") -> Iterator[ast.Call]:
    """Yield the calls to functions and methods of these names."""
    for path in FILES:
        if not path.is_relative_to(HOUSE / below):
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
                if name in called:
                    yield node


def texts_in(node: ast.AST) -> Iterator[str]:
    """Yield the whole texts in *node*, but for pieces of f-strings and keys of sentences."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr) or getattr(getattr(node, "func", None), "id", "") == "text":
        return
    for each in ast.iter_child_nodes(node):
        yield from texts_in(each)


def written_codes() -> set[str]:
    """Return the codes that stand in the source as they are."""
    found = {*KINDS, *TITLES, *(f"officer.{reason}" for reason in REASONS)}
    found |= {f"setup.{name}_missing" for name in ("agent", "name", "office")}
    for call in calls(*RAISERS, "parsed"):
        found |= {held for held in texts_in(call) if CODE.fullmatch(held)}
    for call in calls(*ERRORS):
        found |= {held for part in call.args[:1] for held in texts_in(part) if held.isidentifier()}
    for node in (node for path in FILES for node in ast.walk(tree_of(path))):
        if isinstance(node, ast.Assign) and HOLDERS & {getattr(t, "id", "") for t in node.targets}:
            found |= {held for held in texts_in(node.value) if CODE.fullmatch(held)}
    return found - families()


def families() -> set[str]:
    """Return the beginnings of codes that a ``Reading`` is given."""
    return {call.args[1].value for call in calls(*READ, below="domain") if is_reading(call)}


def is_reading(call: ast.Call) -> bool:
    named = len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    receiver = getattr(getattr(call.func, "value", None), "id", "")
    return named and receiver in ("reading", "inner")


def has_words(code: str) -> bool:
    here = whole("id")
    return code in here["warning"] or (code in here["error"] and code in here["remedy"])


@pytest.fixture(params=i18n.LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    before = i18n.language()
    i18n.use_language(request.param)
    yield request.param
    i18n.use_language(before)


def test_both_catalogues_have_the_same_sections_and_keys_in_the_same_order() -> None:
    assert list(whole("en")) == list(whole("id"))
    assert list(sentences("en")) == list(sentences("id"))


def test_both_catalogues_have_the_same_placeholders() -> None:
    english = sentences("en")
    assert {
        key: (placeholders(words), placeholders(english[key]))
        for key, words in sentences("id").items()
        if placeholders(words) != placeholders(english[key])
    } == {}


def test_a_placeholder_is_a_plain_name(spoken: str) -> None:
    found = {name for words in sentences(spoken).values() for name in placeholders(words)}
    assert {name for name in found if not name.isidentifier()} == set()


def test_a_section_read_alone_says_what_the_whole_file_says(spoken: str) -> None:
    for key, words in sentences(spoken).items():
        assert catalogue.sentence(spoken, key) == words


def test_no_sentence_is_empty_or_holds_a_tab_or_ends_a_line_with_space(spoken: str) -> None:
    for key, words in sentences(spoken).items():
        assert words.strip(), key
        assert "\t" not in words, key
        assert all(line == line.rstrip() for line in words.split("\n")), key


def test_no_english_sentence_is_the_indonesian_one_but_for_a_few_terms() -> None:
    english = sentences("en")
    same = {key for key, words in sentences("id").items() if words == english[key]}
    assert same == SAME


def test_the_scan_finds_codes_of_every_kind() -> None:
    found = written_codes()
    assert {"nik.length", "bug", "disk.full", "quote.mismatch", "relief.dbhcht"} <= found
    assert {"months.value", "passphrase.file", "hash.mismatch", "json.not_object"} <= found
    assert {"name", "occupation", "consent.method", "moment", "heirs"} <= families()


def test_every_code_in_the_source_says_what_happened_and_what_to_do() -> None:
    assert {code for code in written_codes() if not has_words(code)} == set()


def test_every_code_that_reading_makes_has_words_of_its_own_or_of_its_family() -> None:
    for call in filter(is_reading, calls(*READ, below="domain")):
        for last in READ[call.func.attr]:  # type: ignore[attr-defined]
            assert has_words(f"{call.args[1].value}.{last}") or has_words(f"any.{last}")  # type: ignore[attr-defined]


def test_every_error_has_a_remedy() -> None:
    assert list(whole("id")["error"]) == list(whole("id")["remedy"])


def test_every_doubt_of_the_law_and_of_a_region_has_a_warning() -> None:
    laws = (HOUSE / "rules" / "parameters").glob("*.toml")
    doubts = {
        found for law in laws for found in re.findall(r'^doubt = "(\w+)"', law.read_text(), re.M)
    }
    assert doubts
    wanted = {f"doubt.{doubt}" for doubt in doubts}
    for doubt in ("unknown", "retired"):
        wanted |= {f"region.{doubt}_district", f"nik.region_{doubt}"}
    assert wanted <= set(whole("id")["warning"])


def test_every_question_of_the_guard_has_its_sentence_which_asks() -> None:
    for language in i18n.LANGUAGES:
        asked = {key: words for key, words in whole(language)["warning"].items() if "guard." in key}
        assert set(asked) == set(REASONS_GIVEN)
        assert all(words.endswith("?") for words in asked.values())


def test_a_code_takes_the_words_of_its_family_or_says_that_it_has_none(spoken: str) -> None:
    here = whole(spoken)["error"]
    too_long = Problem("name.length", "/name", {"limit": 60})
    assert sentence("error", too_long) == here["any.length"].format(limit=60)
    assert sentence("error", Problem("nik.length", "/nik", {"count": 15})) == here[
        "nik.length"
    ].format(count=15)
    assert "from.tomorrow" in sentence("error", Problem("from.tomorrow"))
    assert "field.length" in sentence("warning", Problem("field.length"))


def test_a_fact_may_have_any_name(spoken: str) -> None:
    assert "language" in sentence("error", Problem("settings.invalid", None, {"key": "language"}))


@pytest.mark.parametrize("code", ["from.tomorrow", "nik.duplicate", "report.unwritable"])
def test_facts_of_a_central_are_its_own_whatever_their_names(spoken: str, code: str) -> None:
    """They come with a verdict, are kept with the record and told each time that it is shown."""
    facts: dict[str, str | int] = {
        "cause": "deceased", "number": "x", "file": "f", "name": "n", "question": 1, "section": "s",
    }  # fmt: skip
    problem = Problem(code, "/nik", facts, row=7)
    told = problem_json(problem)
    assert told.keys() == {"code", "message", "remedy", "field", "row"}
    assert text("output.row", row=7) in problem_lines(problem)[0]


def test_every_pointer_to_a_field_has_a_label(spoken: str) -> None:
    pointers = {"/since", "/until"}
    for call in calls(*ERRORS):
        held = [*call.args[1:2], *(each.value for each in call.keywords if each.arg == "field")]
        pointers |= {
            found
            for part in held
            for found in texts_in(part)
            if found.startswith("/") and found != "/"
        }
    assert len(pointers) > 20
    assert {pointer for pointer in pointers if field_label(pointer) == pointer} == set()


@pytest.mark.parametrize("section", CLOSED)
def test_a_section_of_names_holds_all_of_them_and_no_other(section: str) -> None:
    assert set(whole("id")[section]) == CLOSED[section]


def test_every_key_that_the_command_line_asks_for_exists() -> None:
    held = sentences("id")
    asked = {key for call in calls("text", "known", below="cli") for key in keys_of(call)}
    asked |= {
        f"option.{word.value.value}"
        for call in calls("opt")
        for word in call.keywords
        if word.arg == "key"
    }  # type: ignore[attr-defined]
    asked |= {
        f"demo.{found}"
        for call in calls("step")
        for part in call.args[:1]
        for found in texts_in(part)
    }
    asked |= {begin + name for begin, endings in OPEN.items() for name in endings}
    assert len(asked) > 150
    assert asked - set(held) == set()


def keys_of(call: ast.Call) -> Iterator[str]:
    """Yield the keys in a call: a text, or one text or the other."""
    first = call.args[0]
    if isinstance(first, ast.Constant):
        yield first.value
    elif isinstance(first, ast.IfExp):
        yield from (
            each.value for each in (first.body, first.orelse) if isinstance(each, ast.Constant)
        )


def test_every_key_that_the_command_line_completes_is_of_a_known_family() -> None:
    known = {*OPEN, *(f"{section}." for section in CLOSED), "option.", "demo.", "warning.doubt."}
    found = {
        call.args[0].values[0].value  # type: ignore[attr-defined]
        for call in calls("text", "known", below="cli")
        if isinstance(call.args[0], ast.JoinedStr)
    }
    assert found <= known


def test_a_command_line_in_a_sentence_is_in_the_language_of_the_sentence(spoken: str) -> None:
    for key, words in sentences(spoken).items():
        for line in re.findall(r"perisai((?: [a-z-]+)+)", words):
            path = ""
            for word in line.split():
                english = names.english_of(path, word)
                if english is None:
                    break
                path = f"{path} {english}".strip()
                assert word == names.shown(path, spoken), key


def test_an_option_in_a_sentence_exists(spoken: str) -> None:
    there = {"--help", "--yes", "--json"} | {
        part.value for call in calls("opt") for part in call.args if isinstance(part, ast.Constant)
    }
    for key, words in sentences(spoken).items():
        assert set(re.findall(r"--[a-z][a-z-]+", words)) <= there, key
