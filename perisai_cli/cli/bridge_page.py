"""The bridge as a page in the agent's own browser, for those who work with a mouse.

Messages come in through ``bridge_serve``; here they are answered, one after another, in the
thread that holds the store. The page's address holds a token that opens it once; from then on a
secret that the page alone knows goes with each message.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from perisai_cli.actions.bridge import Bridge, Passage
from perisai_cli.cli.bridge_serve import Loopback
from perisai_cli.cli.output import sentence, tell
from perisai_cli.domain.errors import InvalidInput, PerisaiError, Problem
from perisai_cli.domain.identity import clean_nik, mask_nik
from perisai_cli.domain.portal_return import REFUSALS, CameBack, read_return
from perisai_cli.i18n import language, text
from perisai_cli.i18n.catalogue import sentence as words_of

IDLE_SECONDS = 15 * 60
"""The page closes by itself when nothing was done in it for so long; the place is kept."""

WORDS = (
    "heading", "person", "general", "fields", "copy", "copy_again", "copied", "copy_failed",
    "copy_next", "back", "finished_fields", "empty", "unmapped", "result", "result_help",
    "number_again", "reason", "note", "choose", "save", "save_nothing", "sure", "saved",
    "next_person", "stop", "over", "over_help", "gone", "gone_help", "cleared", "clear_by_hand",
    "keys", "resumed",
)  # fmt: skip
"""Sentences of the page, by their names in the catalogue."""


class Session:
    """What the page can ask for, and what it is told."""

    def __init__(self, bridge: Bridge, record_ids: list[str], idle: float = IDLE_SECONDS):
        self._bridge = bridge
        self._ids = record_ids
        self._idle = idle
        self._place = 0
        self._passage: Passage | None = bridge.passage(record_ids[0])
        self._secret = secrets.token_urlsafe(32)
        self._opened = False
        self._saved = False
        self.token = secrets.token_urlsafe(32)
        self.done: list[dict[str, str]] = []

    @property
    def over(self) -> bool:
        """Nothing is left to be carried, or the person stopped."""
        return self._passage is None

    def answer(self, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return the HTTP status and the answer to one message of the page."""
        wanted, given = str(message.get("do")), str(message.get("secret", ""))
        if wanted == "open":
            return self._open(given)
        if not self._opened or not _same(given, self._secret):
            return 403, {}
        ways: dict[str, Callable[[], dict[str, Any]]] = {
            "view": self._view,
            "reached": lambda: self._reached(message),
            "returned": lambda: self._returned(message),
            "stop": self._stop,
            "ping": lambda: {"over": self.over},
        }
        if wanted not in ways:
            return 400, {}
        try:
            return 200, ways[wanted]()
        except PerisaiError as error:
            return 200, {"problems": [_told(problem) for problem in error.problems]}

    def _open(self, given: str) -> tuple[int, dict[str, Any]]:
        """Open the page, once: whoever comes second with the same token is turned away.

        The page itself may be loaded anew, for it knows the secret then.
        """
        if not _same(given, self._secret if self._opened else self.token):
            return 403, {}
        self._opened = True
        words = {name: words_of(language(), f"bridge_page.{name}") for name in WORDS}
        reasons = [[code, text(f"portal_refusal.{code}")] for code in REFUSALS]
        portal = self._bridge.portal
        fixed = {
            "language": language(),
            "words": words,
            "reasons": reasons,
            "portal": portal.name,
            "own": portal.own,
            "idle": self._idle,
            "number": portal.number.label,
            "payment_code": portal.payment_code.label,
        }
        return 200, {"secret": self._secret, "fixed": fixed} | self._view()

    def _view(self) -> dict[str, Any]:
        if self._saved:
            self._next_person()
        passage = self._passage
        if passage is None:
            remaining = len(self._ids) - len(self.done)
            return {"over": True, "carried": len(self.done), "remaining": remaining}
        worker = passage.record.worker
        return {
            "over": False,
            "person": {
                "name": worker["name"],
                "nik": mask_nik(worker["nik"]),
                "place": self._place + 1,
                "count": len(self._ids),
            },
            "at": passage.crossing.next,
            "steps": [asdict(step) | {"silent": step.silent} for step in passage.steps],
        }

    def _reached(self, message: dict[str, Any]) -> dict[str, Any]:
        step = message.get("step")
        passage = self._passage
        if passage is not None and type(step) is int and 0 <= step < len(passage.steps):
            self._passage = self._bridge.reached(passage, step)
        return {}

    def _returned(self, message: dict[str, Any]) -> dict[str, Any]:
        """Keep what came back; the number is typed twice, and questioned where it is another's."""
        passage, held = self._passage, message.get("back")
        if passage is None or not isinstance(held, dict):
            return {}
        again = clean_nik(str(held.pop("number_again", ""))).upper()
        back = read_return(self._bridge.portal, held) if any(held.values()) else CameBack()
        if again != back.number:
            raise InvalidInput("returned.typed_differs", field="/number_again")
        doubts = self._bridge.doubts(passage.id, back)
        if doubts and message.get("sure") is not True:
            return {"doubts": [_told(doubt) for doubt in doubts]}
        crossing = self._bridge.crossed(passage, back)
        self.done.append({"id": passage.id, "state": crossing.state})
        self._saved = True
        last = self._place + 1 == len(self._ids)
        return {"saved": text(f"portal_state.{crossing.state}"), "last": last}

    def _next_person(self) -> None:
        self._place += 1
        self._saved = False
        left = self._place < len(self._ids)
        self._passage = self._bridge.passage(self._ids[self._place]) if left else None

    def _stop(self) -> dict[str, Any]:
        self._passage, self._saved = None, False
        return self._view()


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8"), wanted.encode("utf-8"))


def _told(problem: Problem) -> dict[str, str]:
    message = f"{sentence('error', problem)} {sentence('remedy', problem)}"
    return {"field": (problem.field or "").rpartition("/")[2], "message": message}


def carry_by_page(
    bridge: Bridge,
    record_ids: list[str],
    show: Callable[[str], bool],
    idle: float = IDLE_SECONDS,
) -> dict[str, Any]:
    """Serve the page until it is done, nothing happens in it, or Ctrl-C; return what was done.

    *show* opens an address in the browser, and tells whether it could.
    """
    session = Session(bridge, record_ids, idle)
    with Loopback() as server:
        address = f"{server.address}/#{session.token}"
        tell(text("bridge.page_at"), f"  {address}", text("bridge.page_stop"))
        if not show(address):
            tell(text("bridge.not_opened"))
        try:
            _talk(server, session, idle)
        except KeyboardInterrupt:
            tell(text("bridge.stopped"))
    done = session.done
    return {
        "portal": bridge.portal.id,
        "carried": len(done),
        "remaining": len(record_ids) - len(done),
        "items": done,
    }


def _talk(server: Loopback, session: Session, idle: float) -> None:
    ends = time.monotonic() + idle
    while not session.over:
        asked = server.next(ends - time.monotonic())
        if asked is None:
            tell(text("bridge.page_idle", minutes=int(idle // 60)))
            return
        asked.reply(*session.answer(asked.message))
        if asked.message.get("do") != "ping":
            ends = time.monotonic() + idle
