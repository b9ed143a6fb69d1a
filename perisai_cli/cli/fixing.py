"""Correcting what came back on the terminal: only what is at fault is asked, one after another."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.came_back import came_back, explained, grouped
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.queue import correct, open_to_change, refuse_other_kinds, withdraw
from perisai_cli.cli import names, output
from perisai_cli.cli.asking import Interview
from perisai_cli.cli.correcting import ask_lines
from perisai_cli.cli.edit_last import differences
from perisai_cli.cli.output import problem_lines, sentence, tell
from perisai_cli.cli.questions import LEAVES_PERSON, GoBack, LeaveOut, ask, keys_are, yes
from perisai_cli.cli.queue_words import fixed_lines, withdrawn_lines
from perisai_cli.cli.wizard import MEMBER_STEPS, ask_again
from perisai_cli.domain.errors import EXIT_DONE, EXIT_PARTIAL, InvalidInput, Problem
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import language, text
from perisai_cli.storage.records import Record

_AS_IT_IS = ("quote.", "revision.", "body.", "hash.", "item.", "internal")
"""Beginnings of the codes that a new revision of the same words mends, priced anew."""

_ELSEWHERE = "photo."
"""Beginning of the codes that a photo mends, which is no answer to a question."""

_OF_PROBLEM = ("code", "field", "facts")

STOP, FIX, SKIP, WITHDRAW = "0", "1", "2", "3"


def fix(app: App, record_id: str) -> Result:
    """Show a record's problems, ask for the fields that they name, and record the correction.

    Raises:
        InvalidInput: the id is unknown, or what was typed still has faults.
    """
    with open_desk(app) as desk:
        record = explained(desk.records.record(record_id))
        refuse_other_kinds(record)
        open_to_change(record)
        problems = record.problems
        for problem in problems:
            tell(*problem_lines(problem))
        return _asked_and_corrected(desk, record, problems, copy.deepcopy(record.worker))


def _asked_and_corrected(
    desk: Desk, record: Record, problems: tuple[Problem, ...], answers: dict[str, Any]
) -> Result:
    """Ask for the fields at fault, and record the next revision of the record.

    Where no field is, either nothing has to be typed at all, or the person says which it is.
    """
    asking = Interview(desk, answers, record.summary.id, {})
    asked = tuple(problem for problem in problems if _member(problem) in MEMBER_STEPS)
    if asked:
        ask_again(asking, asked)
    elif problems and all(problem.code.startswith(_AS_IT_IS) for problem in problems):
        tell(text("fixing.nothing_to_ask"))
    else:
        ask_lines(asking)
        if asking.answers == record.worker:
            raise InvalidInput("correction.nothing")
    return correct(desk, record, differences(record.worker, asking.answers))


def _member(problem: Problem) -> str:
    return (problem.field or "/").split("/")[1]


def fix_one_by_one(app: App, codes: tuple[str, ...]) -> int:
    """Go through what came back, one person after another; return 3 where some is left, else 0."""
    with open_desk(app) as desk, keys_are(LEAVES_PERSON):
        groups, count = grouped(came_back(desk, codes))
        output.say(*group_lines({"count": count, "groups": groups}))
        done: Counter[str] = Counter()
        for number, record_id in enumerate([each.summary.id for each in came_back(desk, codes)], 1):
            chosen = _one(desk, record_id, text("fixing.n_of_m", number=number, count=count))
            if chosen == STOP:
                break
            done[chosen] += 1
    if not count:
        return EXIT_DONE
    left = count - done[FIX] - done[WITHDRAW]
    output.say("", text("fixing.done", fixed=done[FIX], withdrawn=done[WITHDRAW], left=left))
    if done[FIX] or done[WITHDRAW]:
        output.say("→ " + names.spoken("sync", language()))
    return EXIT_PARTIAL if left else EXIT_DONE


def _one(desk: Desk, record_id: str, place: str) -> str:
    """Show one person's problems and do what is chosen, until it is done, skipped or stopped."""
    record = explained(desk.records.record(record_id))
    tell("", place, *person_lines(record))
    problems, answers = record.problems, copy.deepcopy(record.worker)
    while True:
        for problem in problems:
            tell(*problem_lines(problem))
        try:
            done = _chosen(desk, record, problems, answers)
        except GoBack:
            continue
        except LeaveOut:
            return SKIP
        except InvalidInput as error:
            problems = error.problems
        else:
            if done is not None:
                return done


def _chosen(
    desk: Desk, record: Record, problems: tuple[Problem, ...], answers: dict[str, Any]
) -> str | None:
    """Ask what to do with a record and do it; return the choice once it is done."""
    chosen = ask(text("fixing.choose"), _choice)
    if chosen == FIX and all(each.code.startswith(_ELSEWHERE) for each in problems):
        return SKIP
    if chosen == FIX:
        _corrected(desk, record, problems, answers)
    if chosen == WITHDRAW and not _withdrawn(desk, record):
        return None
    return chosen


def _choice(typed: str) -> str:
    chosen = typed or FIX
    if chosen not in (STOP, FIX, SKIP, WITHDRAW):
        raise InvalidInput("answer.number", choices="0–3")
    return chosen


def _corrected(
    desk: Desk, record: Record, problems: tuple[Problem, ...], answers: dict[str, Any]
) -> None:
    before = record.summary.amount
    result = _asked_and_corrected(desk, record, problems, answers)
    _tell_warnings(result)
    total = result.data["quote"]["total"]
    if before is not None and before != total:
        tell(text("book.new_price", old=rupiah(before), new=rupiah(total)))
    output.say(*fixed_lines(result.data))


def _withdrawn(desk: Desk, record: Record) -> bool:
    if not yes(text("queue.confirm_withdraw"), default=False):
        return False
    twice = any(problem.code == "nik.duplicate" for problem in record.problems)
    reason = "entered_twice" if twice else "other"
    result = withdraw(desk, record, reason)
    _tell_warnings(result)
    output.say(*withdrawn_lines(result.data))
    return True


def _tell_warnings(result: Result) -> None:
    for warning in result.warnings or ():
        tell(f"! {sentence('warning', warning)}")


def person_lines(record: Record) -> Iterator[str]:
    """Yield who a record is of, in one or two short lines."""
    worker = record.worker
    job = (worker.get("occupations") or [{}])[0]
    yield f"{worker.get('name', '–')} · NIK {mask_nik(str(worker.get('nik', '')))}"
    place = job.get("place") or (worker.get("address") or {}).get("village")
    if place:
        yield f"  {place}"
    if record.summary.canonical_id:
        yield "  " + text("queue.canonical", id=record.summary.canonical_id)


def group_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield what came back by reason, each with its cure, and what to type next."""
    if not data["count"]:
        yield text("today.nothing_back")
        return
    yield text("fixing.heading", count=data["count"])
    for group in data["groups"]:
        first, cure = problem_lines(Problem(**{name: group[name] for name in _OF_PROBLEM}))
        yield f"{group['count']} × {first.removeprefix('✗ ')}"
        yield cure
