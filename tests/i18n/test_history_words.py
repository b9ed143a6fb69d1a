"""Every line that any code writes into the journal about a record has its words in the history."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from perisai_cli import i18n
from perisai_cli.cli.cards import happening
from perisai_cli.domain import outbox, portal_return

HOUSE = Path(i18n.__file__).parents[1]
PIECES = {
    "kind": outbox.KINDS,
    "entry.kind": outbox.KINDS,
    "row['kind']": outbox.KINDS,
    "crossing.state": portal_return.STATES,
}
"""What stands between braces in the action of a line, and all that it may be."""


def lines_about_records() -> Iterator[ast.expr]:
    """Yield the action of each line that names its record."""
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "journal"
            if called and any(each.arg == "record_id" for each in node.keywords):
                yield node.args[1]


def actions_of(action: ast.expr) -> Iterator[str]:
    """Yield the actions that an expression may come to."""
    if isinstance(action, ast.Constant):
        yield str(action.value)
        return
    assert isinstance(action, ast.JoinedStr), ast.unparse(action)
    [piece] = [part for part in action.values if isinstance(part, ast.FormattedValue)]
    braced = ast.unparse(piece.value)
    for name in PIECES[braced]:
        yield ast.literal_eval(ast.unparse(action)[1:].replace("{" + braced + "}", name))


def test_every_action_of_the_journal_about_a_record_has_words_in_both_languages() -> None:
    found = {action for line in lines_about_records() for action in actions_of(line)}
    assert {
        "payment.corrected", "reactivation.answered", "outreach.withdrawn", "portal.refused",
        "question.answered", "answer.lost", "photo.attached", "person.exported", "payment.erased",
    } <= found  # fmt: skip
    before = i18n.language()
    for language in i18n.LANGUAGES:
        i18n.use_language(language)
        assert {action for action in found if happening(action) is None} == set()
    i18n.use_language(before)


def test_an_answer_to_the_guard_is_not_told_as_an_answer_of_the_central() -> None:
    assert happening("question.answered") == "history.question_answered"
    assert happening("payment.answered") == "history.answered"
    assert happening("nothing.of_the_kind") is None
