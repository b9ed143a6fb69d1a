"""Questions about fields that the wizard leaves out, because few people need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perisai_cli.cli import answer_checks as checks
from perisai_cli.cli.questions import ask, yes
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import parse_day
from perisai_cli.i18n import text

Answers = dict[str, Any]


def birth_place(answers: Answers) -> None:
    """Ask for the place of birth; ``-`` takes it away."""
    check = checks.place("birth_place", 60, required=False)
    _keep(answers, "birth_place", text("ask.birth_place"), check)


def email(answers: Answers) -> None:
    """Ask for the e-mail address; ``-`` takes it away."""
    check = checks.words("email", 60, required=False)
    _keep(answers, "email", text("ask.email"), check)


def children(answers: Answers) -> None:
    """Ask for the children anew, one after the other; nobody's name takes all of them away."""
    found: list[dict[str, str]] = []
    check = checks.name("child.name", required=False)
    while name := ask(text("ask.child"), check):
        found.append({"name": name, "birth_date": ask(text("ask.child_birth_date"), _day)})
        if not yes(text("ask.another_child"), default=False):
            break
    answers.pop("children", None)
    if found:
        answers["children"] = found


QUESTIONS: dict[str, Callable[[Answers], None]] = {
    "birth_place": birth_place,
    "email": email,
    "children": children,
}
"""Each of these fields and the question that changes it."""


def said(answers: Answers, name: str) -> str:
    """Return what stands in one of these fields, as a person reads it."""
    value = answers.get(name)
    if isinstance(value, list):
        return ", ".join(str(child.get("name", "")) for child in value)
    return str(value or "")


def _keep(answers: Answers, name: str, question: str, check: Callable[[str], str]) -> None:
    value = ask(question, check, answers.get(name))
    answers.pop(name, None)
    if value:
        answers[name] = value


def _day(typed: str) -> str:
    try:
        return parse_day(typed).isoformat()
    except ValueError:
        raise InvalidInput("birth_date.format", field="/children/birth_date") from None
