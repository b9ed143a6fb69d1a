"""The wizard: one worker by questions; every answer is kept at once, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.contribution import quote_json
from perisai_cli.actions.desk import Desk, Ready, open_desk
from perisai_cli.actions.enroll import record_ready
from perisai_cli.cli import quotes
from perisai_cli.cli.asking import Answers, Interview
from perisai_cli.cli.output import problem_lines, sentence, tell
from perisai_cli.cli.questions import interview, yes
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.ids import new_id
from perisai_cli.i18n import text

_STEP = "wizard_step"
MEMBER_STEPS = {
    "nik": "nik", "birth_date": "birth_date", "sex": "sex", "name": "name", "phone": "phone",
    "address": "address", "occupations": "occupations", "sector": "occupations",
    "income": "income", "tier": "income", "programs": "programs", "start": "period",
    "months": "period", "heirs": "heirs", "attestation": "attestation", "consent": "consent",
}  # fmt: skip


def enrol_by_questions(app: App, defaults: Answers) -> Result | None:
    """Ask about one worker and record it; None when the person decides not to.

    Raises:
        KeyboardInterrupt: the person stopped; the draft is kept and offered next time.
    """
    with open_desk(app) as desk:
        tell(text("wizard.hint"))
        asking, start = _begin(desk, defaults)

        def keep(next_step: int) -> None:
            with desk.store.connection.transaction():
                content = asking.answers | {_STEP: next_step}
                desk.records.save_draft(asking.record_id, content, app.clock())

        interview(asking.steps(), start, keep)
        ready = _agreed(desk, asking)
        if ready is None or not _card_confirmed(ready):
            if yes(text("wizard.drop_draft"), default=False):
                with desk.store.connection.transaction():
                    desk.records.drop_draft(asking.record_id)
            return None
        return record_ready(desk, ready)


def _begin(desk: Desk, defaults: Answers) -> tuple[Interview, int]:
    """Return the interview to hold and its first step; an unfinished one, if it is wanted."""
    for draft in list(desk.records.each((outbox.DRAFT,))):
        answers = dict(draft.worker)
        step = answers.pop(_STEP, 0)
        who = answers.get("name") or mask_nik(str(answers.get("nik", "")))
        at = draft.summary.updated_at
        if yes(text("wizard.resume", who=who, at=at), default=True):
            return Interview(desk, answers, draft.summary.id, defaults), step
        if yes(text("wizard.drop_draft"), default=False):
            with desk.store.connection.transaction():
                desk.records.drop_draft(draft.summary.id)
    fixed: Answers = {
        name: defaults[name] for name in ("payer", "sector", "tier") if name in defaults
    }
    return Interview(desk, fixed, new_id(desk.app.clock()), defaults), 0


def _agreed(desk: Desk, asking: Interview) -> Ready | None:
    """Return the worker once nothing is at fault, asking again what is; None to leave it so."""
    while True:
        try:
            return desk.examine(asking.answers, asking.record_id)
        except InvalidInput as error:
            for problem in error.problems:
                tell(*problem_lines(problem))
            if not yes(text("wizard.mend"), default=True):
                return None
            ask_again(asking, error.problems)


def ask_again(asking: Interview, problems: tuple[Problem, ...]) -> None:
    """Ask once more for each field that a problem points to."""
    members = [(problem.field or "/nik").split("/")[1] for problem in problems]
    steps = dict.fromkeys(MEMBER_STEPS.get(member, "nik") for member in members)
    interview([getattr(asking, step) for step in steps])


def _card_confirmed(ready: Ready) -> bool:
    """Show the whole of it with its price and ask whether to record it."""
    tell(*card(ready))
    for warning in ready.warnings:
        tell(f"! {sentence('warning', warning)}")
    return yes(text("wizard.confirm"), default=True)


def card(ready: Ready) -> Iterator[str]:
    """Yield the summary card of a worker: who, what, and what it costs."""
    worker: dict[str, Any] = ready.finished.worker
    jobs = ", ".join(text(f"occupation.{job['code']}") for job in worker["occupations"])
    address = worker.get("address", {})
    place = ", ".join(address[part] for part in ("text", "village") if part in address)
    yield ""
    yield text("wizard.card")
    for label, value in (
        ("NIK", ready.nik_masked),
        (text("field.name"), worker["name"]),
        (text("field.birth_date"), worker["birth_date"]),
        (text("field.sex"), text(f"sex_value.{worker['sex']}")),
        (text("field.phone"), worker.get("phone", "–")),
        (text("field.address"), place or "–"),
        (text("field.occupations"), jobs),
    ):
        yield f"  {label:<18} {value}"
    yield from quotes.summary(quote_json(ready.quote))
