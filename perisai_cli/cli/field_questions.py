"""Questions about fields that the wizard leaves out, because few people need them."""

from __future__ import annotations

from typing import Any

from perisai_cli.cli.questions import ask, yes
from perisai_cli.domain import terms
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import parse_day
from perisai_cli.i18n import text

Answers = dict[str, Any]
_LIMIT = 60


def birth_place(answers: Answers) -> None:
    """Ask for the place of birth; an empty answer takes it away."""
    _keep(answers, "birth_place", ask(text("ask.birth_place"), _words))


def email(answers: Answers) -> None:
    """Ask for the e-mail address; an empty answer takes it away."""
    _keep(answers, "email", ask(text("ask.email"), _words))


def payer(answers: Answers) -> None:
    """Ask who pays, by number."""
    codes = terms.PAYERS
    listed = ", ".join(f"{n} {text(f'payer_value.{code}')}" for n, code in enumerate(codes, 1))

    def check(typed: str) -> str:
        if typed in codes:
            return typed
        if typed.isascii() and typed.isdigit() and 1 <= int(typed[:5]) <= len(codes):
            return codes[int(typed) - 1]
        raise InvalidInput("answer.number", choices=f"1–{len(codes)}")

    answers["payer"] = ask(text("ask.payer", choices=listed), check)


def children(answers: Answers) -> None:
    """Ask for the children anew, one after the other."""
    found: list[dict[str, str]] = []
    while name := ask(text("ask.child"), _words):
        found.append({"name": name, "birth_date": ask(text("ask.child_birth_date"), _day)})
        if not yes(text("ask.another_child"), default=False):
            break
    answers.pop("children", None)
    if found:
        answers["children"] = found


def _keep(answers: Answers, name: str, value: str) -> None:
    answers.pop(name, None)
    if value:
        answers[name] = value


def _words(typed: str) -> str:
    words = " ".join(typed.split())
    if len(words) > _LIMIT:
        raise InvalidInput("any.length", limit=_LIMIT)
    return words


def _day(typed: str) -> str:
    try:
        return parse_day(typed).isoformat()
    except ValueError:
        raise InvalidInput("child.birth_date.format") from None
