"""Carries records into a form from the terminal: one field at a time, then what came back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perisai_cli.actions.bridge import Bridge, Passage
from perisai_cli.cli.bridge_clip import Way
from perisai_cli.cli.output import problem_lines, sentence, tell
from perisai_cli.cli.questions import GoBack, ask, yes
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.portal import Step, grouped
from perisai_cli.domain.portal_return import NOTE_LIMIT, REFUSALS, CameBack, check_returned
from perisai_cli.i18n import text

NEXT, SKIP, REPEAT, QUIT = "", "s", "r", "q"


class Stopped(Exception):
    """The person typed ``q``: the place is kept."""


def carry(bridge: Bridge, record_ids: list[str], way: Way) -> dict[str, Any]:
    """Carry the records one after another until the person stops; return what was done."""
    done: list[dict[str, str]] = []
    if record_ids:
        tell(text("bridge.keys"))
        if way.name == "osc52":
            tell(text("bridge.escape_doubt"))
    try:
        for number, record_id in enumerate(record_ids, 1):
            if number > 1 and not yes(text("bridge.next_person"), default=True):
                break
            passage = bridge.passage(record_id)
            tell("", _heading(passage, number, len(record_ids)))
            back = _one(bridge, passage, way)
            held = bridge.crossed(passage, back)
            tell(text("bridge.kept", state=text(f"portal_state.{held.state}")))
            done.append({"id": passage.id, "state": held.state})
    except Stopped:
        tell(text("bridge.stopped"))
    finally:
        if way.clear():
            tell(text("bridge.cleared"))
    remaining = len(record_ids) - len(done)
    return {"portal": bridge.portal.id, "carried": len(done), "remaining": remaining, "items": done}


def _heading(passage: Passage, number: int, count: int) -> str:
    worker = passage.record.worker
    facts = {"name": worker["name"], "nik": mask_nik(worker["nik"])}
    return text("bridge.person", number=number, count=count, id=passage.id[-8:], **facts)


def _one(bridge: Bridge, passage: Passage, way: Way) -> CameBack:
    """Put in one worker's values, and ask what came back.

    Raises:
        Stopped: the person stops; the place is kept.
    """
    index = passage.crossing.next
    if passage.fresh:
        tell(text("bridge.fresh"))
    elif index:
        tell(text("bridge.resumed", number=index + 1))
    skipped: list[str] = []
    while True:
        index = _walk(bridge, passage, way, index, skipped)
        if skipped:
            tell(text("bridge.skipped", labels=", ".join(dict.fromkeys(skipped))))
        try:
            return ask_back(bridge, passage.id)
        except GoBack:
            index = _before(passage.steps, index)


def _walk(bridge: Bridge, passage: Passage, way: Way, index: int, skipped: list[str]) -> int:
    """Hand over the steps from *index* on; return the number after the last."""
    steps = passage.steps
    while index < len(steps):
        step = steps[index]
        if step.silent:
            tell(text("bridge.empty", label=step.label))
            index += 1
            continue
        bridge.reached(passage, index)
        try:
            typed = _handed(step, index + 1, len(steps), way)
        except GoBack:
            index = _before(steps, index)
            continue
        if typed == QUIT:
            raise Stopped
        if typed == SKIP:
            skipped.append(step.label)
        index += typed != REPEAT
    return index


def _before(steps: tuple[Step, ...], index: int) -> int:
    """Return the number of the last step before *index* that has anything to do."""
    return next((at for at in range(index - 1, -1, -1) if not steps[at].silent), 0)


def _handed(step: Step, number: int, count: int, way: Way) -> str:
    """Show one value and put it into the clipboard; return what the person typed."""
    tell("", f"[{number}/{count}] {step.label}")
    if step.value:
        way.put(step.value)
        tell("", f"      {step.spoken or step.value}", "")
    if step.unmapped:
        tell("  " + text("bridge.unmapped", code=step.unmapped))
    if step.note:
        tell(f"  {step.note}")
    prompts = {"clipboard": text("bridge.copied"), "osc52": text("bridge.escaped")}
    prompt = prompts.get(way.name) if step.value else None
    return ask(prompt or text("bridge.typed"), _key)


def _key(typed: str) -> str:
    word = typed.lower()
    if word not in (NEXT, SKIP, REPEAT, QUIT):
        raise InvalidInput("answer.bridge_key")
    return word


def ask_back(bridge: Bridge, record_id: str) -> CameBack:
    """Ask what the portal gave back for a record, until it is complete and sure.

    Raises:
        GoBack: ``<`` was typed at the first question.
    """
    ways: tuple[Callable[[Bridge], CameBack], ...] = (_number, _code, _refusal, _nothing)
    while True:
        tell("", text("bridge.what_back"))
        for place, name in enumerate(("number", "code", "refusal", "nothing"), 1):
            tell(f"  {place}  {text(f'bridge.back_{name}')}")
        chosen = ask(text("bridge.choose"), lambda typed: _choice(typed, len(ways)))
        try:
            back = ways[chosen - 1](bridge)
        except GoBack:
            continue
        doubts = bridge.doubts(record_id, back)
        for doubt in doubts:
            tell(f"! {sentence('error', doubt)}")
        if not doubts or yes(text("bridge.sure"), default=False):
            return back


def _choice(typed: str, count: int) -> int:
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= count):
        raise InvalidInput("answer.choice", count=count)
    return int(typed)


def _number(bridge: Bridge) -> CameBack:
    wanted = bridge.portal.number
    while True:
        number = ask(wanted.label, lambda typed: check_returned(wanted, typed, "/number"))
        again = ask(
            text("bridge.type_again", label=wanted.label),
            lambda typed: check_returned(wanted, typed, "/number"),
        )
        if number == again:
            break
        tell(*problem_lines(InvalidInput("returned.typed_differs").problems[0]))
    tell(f"  {wanted.label}: {grouped(number)}")
    code = bridge.portal.payment_code
    payment = ask(
        text("bridge.optional", label=code.label),
        lambda typed: check_returned(code, typed, "/payment_code") if typed else "",
    )
    return CameBack(number=number, payment_code=payment)


def _code(bridge: Bridge) -> CameBack:
    wanted = bridge.portal.payment_code
    code = ask(wanted.label, lambda typed: check_returned(wanted, typed, "/payment_code"))
    tell(f"  {wanted.label}: {grouped(code)}")
    return CameBack(payment_code=code)


def _refusal(_bridge: Bridge) -> CameBack:
    for place, reason in enumerate(REFUSALS, 1):
        tell(f"  {place}  {text(f'portal_refusal.{reason}')}")
    chosen = ask(text("bridge.why"), lambda typed: _choice(typed, len(REFUSALS)))
    note = ask(text("bridge.in_words"), _note)
    return CameBack(reason=REFUSALS[chosen - 1], note=note)


def _note(typed: str) -> str:
    if len(typed) > NOTE_LIMIT:
        raise InvalidInput("returned.note", limit=NOTE_LIMIT)
    return typed


def _nothing(_bridge: Bridge) -> CameBack:
    return CameBack()
