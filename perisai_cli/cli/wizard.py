"""The wizard: workers by questions; every answer is kept at once, so that nothing is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.contribution import quote_json
from perisai_cli.actions.desk import Ready, open_desk
from perisai_cli.actions.enroll import record_ready
from perisai_cli.actions.neighbours import keep_for_neighbours
from perisai_cli.cli import card, output, quotes
from perisai_cli.cli.asking import Answers, Interview
from perisai_cli.cli.big import big
from perisai_cli.cli.guarding import ask_questions, ask_witness
from perisai_cli.cli.output import problem_lines, sentence, tell
from perisai_cli.cli.questions import (
    SHORT,
    GoBack,
    LeaveOut,
    ask,
    decided,
    interview,
    yes,
    yes_or_no,
)
from perisai_cli.cli.sitting import Asked, Sitting
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text

MEMBER_STEPS: dict[str, tuple[str, ...]] = card.STEPS | {
    "sex": ("sex",),
    "birth_date": ("birth_date",),
    "occupations": ("occupations", "place"),
    "sector": ("occupations", "place"),
    "tier": ("income",),
    "months": ("start", "months"),
    "attestation": ("working", "critically_ill"),
    "consent": ("consent", "method"),
}
"""The questions that mend a fault, by the member of the worker's JSON that it points to."""

_FIELDS = tuple(card.STEPS)
_END = "end"
"""Where a draft stands whose questions are all answered."""


def enrol_by_questions(app: App, options: Answers) -> Result | None:
    """Ask about one worker and record it; None when the person decides not to.

    Raises:
        Kept: the person stopped; the draft is kept and offered next time.
    """
    with open_desk(app) as desk:
        tell(text("wizard.hint"))
        sitting = Sitting(desk, options, short=False)
        with sitting.keeping():
            return enrol_one(sitting, sitting.unfinished() or sitting.next_person())


def enrol_one(sitting: Sitting, asked: Asked) -> Result | None:
    """Hold one interview to its end and record the worker; None when it is not to be recorded."""
    try:
        return _held(sitting, asked)
    except LeaveOut:
        _left(sitting, asked.asking, drop=True)
        return None


def _held(sitting: Sitting, asked: Asked) -> Result | None:
    asking = asked.asking
    steps = asking.steps()
    names = [step.__name__ for step in steps]

    def keep(index: int) -> None:
        step = names[index] if index < len(names) else _END
        sitting.keep(asked._replace(step=step))

    asking.save = lambda: sitting.keep(asked._replace(step="same"))
    at = len(steps) if asked.step == _END else 0
    interview(steps, names.index(asked.step) if asked.step in names else at, keep)
    while True:
        try:
            ready = _agreed(asking, lambda: keep(len(steps)))
            if ready is None or not _card_confirmed(sitting, asked, ready):
                consent = asking.answers.get("consent") or {}
                _left(sitting, asking, drop=not consent.get("given", True))
                return None
            explained = _explained(sitting, asked, ready)
            ready = _witnessed(sitting, asked, ready)
        except _Changed:
            keep(len(steps))
        except GoBack:
            interview(steps, len(steps) - 1, keep, back=True)
        else:
            result = record_ready(sitting.desk, ready, explained)
            keep_for_neighbours(sitting.desk, ready.finished.worker)
            return result


def _left(sitting: Sitting, asking: Interview, *, drop: bool) -> None:
    """Leave a worker unrecorded; *drop* is what Enter does with the answers."""
    if "nik" in asking.answers and decided(text("wizard.drop_draft"), default=drop):
        sitting.drop(asking.record_id)


def _explained(sitting: Sitting, asked: Asked, ready: Ready) -> dict[str, str]:
    """Return the answers to what the guard asks; each is kept at once, as any answer."""

    def keep(answers: dict[str, str]) -> None:
        asked.explained.update(answers)
        sitting.keep(asked._replace(step=_END))

    return ask_questions(sitting.desk.questions(ready), asked.explained, keep)


def _witnessed(sitting: Sitting, asked: Asked, ready: Ready) -> Ready:
    """Return the worker with whoever heard the declaration, where something about it is asked."""
    declared = asked.asking.answers["attestation"]
    odd = declared["critically_ill"] or sitting.desk.questions(ready)
    if "witness" in declared or not odd:
        return ready
    ask_witness(asked.asking.answers)
    sitting.keep(asked._replace(step=_END))
    return sitting.desk.examine(asked.asking.answers, asked.asking.record_id)


def _agreed(asking: Interview, after: Callable[[], None]) -> Ready | None:
    """Return the worker once nothing is at fault, asking again what is; None to leave it so."""
    while True:
        try:
            return asking.desk.examine(asking.answers, asking.record_id)
        except InvalidInput as error:
            for problem in error.problems:
                tell(*problem_lines(problem))
            if not yes(text("wizard.mend"), default=True):
                return None
            ask_again(asking, error.problems, after)


def ask_again(
    asking: Interview, problems: tuple[Problem, ...], after: Callable[[], None] | None = None
) -> None:
    """Ask once more for each field that a problem points to."""
    members = [(problem.field or "/nik").split("/")[1] for problem in problems]
    names = dict.fromkeys(
        step for member in members for step in MEMBER_STEPS.get(member, MEMBER_STEPS["nik"])
    )
    asking.doubted = set(members)
    steps = [getattr(asking, name) for name in names]
    interview(steps, after=None if after is None else lambda _next: after())
    asking.doubted = set()


class _Changed(Exception):
    """A line of the card was asked again: it is to be examined anew."""


def _card_confirmed(sitting: Sitting, asked: Asked, ready: Ready) -> bool:
    """Show the whole of it with its price and ask whether to record it.

    Raises:
        _Changed: a line was changed by its number.
        GoBack: the last question is to be asked again.
    """
    tell(*(_brief(ready) if sitting.short else _whole(ready)))
    _warn(sitting, ready)
    tell(*to_collect(ready))
    lines = card.lines(ready.finished.worker) if sitting.short else ()
    question = f"{text('wizard.confirm')} {text('ask.yes_no_default_yes')}"
    chosen = ask(question, _yes_or_line, about=(text("about.confirm"), *lines), room=SHORT)
    if isinstance(chosen, bool):
        return chosen
    card.change(asked.asking, chosen, lambda: sitting.keep(asked._replace(step=_END)))
    raise _Changed


def _yes_or_line(typed: str) -> bool | str:
    """Return yes or no, or the field whose line is to be changed; Enter is yes."""
    if typed.isdigit():
        return card.chosen(_FIELDS, typed)
    return yes_or_no(typed, default=True)


def _warn(sitting: Sitting, ready: Ready) -> None:
    """Show what is doubtful; what the law's text makes so, for everyone, only once a sitting."""
    for warning in ready.warnings:
        said = f"! {sentence('warning', warning)}"
        if said not in sitting.told:
            tell(said)
        if warning in ready.quote.warnings:
            sitting.told.add(said)


def _whole(ready: Ready) -> Iterator[str]:
    """Yield the summary card of a worker: who, what, and what it costs."""
    yield from ("", text("wizard.card"))
    yield from card.lines(ready.finished.worker)
    yield from quotes.summary(quote_json(ready.quote), enrolling=True)


def _brief(ready: Ready) -> Iterator[str]:
    """Yield who it is and what each month costs: what must be looked at once more in a queue."""
    worker: dict[str, Any] = ready.finished.worker
    sex = text(f"sex_value.{worker['sex']}")
    yield ""
    yield f"{worker['name']}, {worker['birth_date']}, {sex}, {ready.nik_masked}"
    yield from quotes.spans(quote_json(ready.quote))


def to_collect(ready: Ready) -> Iterator[str]:
    """Yield what the worker pays, large; and where someone else pays, that nothing is collected."""
    collected = ready.quote.totals()["member"]
    if not collected:
        payer = text(f"payer_value.{ready.finished.payer}")
        yield text("amount.nothing", total=rupiah(ready.quote.total), payer=payer)
        return
    yield from ("", text("amount.collect", total=rupiah(collected)), "")
    yield from big(collected, output.columns(sys.stderr))
    yield ""
