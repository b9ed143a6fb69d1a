"""The guard's questions on the terminal: each is answered in the person's own words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from perisai_cli.cli import answer_checks as checks
from perisai_cli.cli.output import sentence, tell
from perisai_cli.cli.questions import ask
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.guard import Question
from perisai_cli.i18n import text

ANSWER_LIMIT = 200


def ask_questions(
    questions: Sequence[Question],
    answered: dict[str, str] | None = None,
    keep: Callable[[dict[str, str]], None] | None = None,
) -> dict[str, str]:
    """Return an answer to each question, by its code.

    Args:
        questions: What is asked; nothing when there is nothing odd.
        answered: Answers given before the program was stopped; they are not asked for again.
        keep: Is handed all answers after each of them.

    Raises:
        GoBack: the person went back to the card.
    """
    given = answered or {}
    answers = {each.code: given[each.code] for each in questions if each.code in given}
    check = checks.words("answer", ANSWER_LIMIT, required=True)
    for question in questions:
        if question.code in answers:
            continue
        tell("? " + sentence("question", Problem(question.code, None, question.facts)))
        answers[question.code] = ask(text("ask.explain"), check)
        if keep is not None:
            keep(answers)
    return answers
