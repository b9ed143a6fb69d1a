"""Sending what waits: batches that follow the link, and one refused item that stops no other."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from perisai_cli.domain.errors import PerisaiError, Problem, TryLater
from perisai_cli.domain.outbox import Claimed
from perisai_cli.domain.period import timestamp
from perisai_cli.sync.client import Answer, Failure, failure
from perisai_cli.sync.pace import Pace
from perisai_cli.sync.ports import Outbox
from perisai_cli.sync.push import Sender, batch_message, outcome_of, received
from perisai_cli.sync.session import Session
from perisai_cli.sync.wire import encoded

HEADERS_OCTETS = 1024
"""What the headers of a request and its answer weigh together, and more."""

_MAX_ASIDE = 20
_TRIES_BEFORE_DOUBT = 3
_MAX_ALONE_IN_A_ROW = 5
# A central that fails at an item, or dies of it behind a gateway; who is busy says so otherwise.
_MAY_BE_AN_ITEM = (500, 502)
# What these refuse is the manner of every batch, so that no item of one can be at fault.
_OF_EVERY_BATCH = ("schema.unknown", "encoding.unknown", "key.missing", "digest.missing")


@dataclass
class Pushed:
    """What a push came to, also when it is cut short.

    Attributes:
        sent: How many records went out and had an answer.
        verdicts: How many came back under each verdict.
        unanswered: How many went out and stay queued: their verdict is missing or ``retry``.
        aside: What the central refuses alone, by id; it stays queued.
        full: The run came to the octets that it was allowed.
    """

    sent: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    aside: list[Problem] = field(default_factory=list)
    full: bool = False

    def drop_aside(self, ids: set[str]) -> None:
        """Take back what was said of these: the central has taken them, or it is said anew."""
        self.aside = [problem for problem in self.aside if problem.id not in ids]


class Delivery:
    """Sends every waiting record once, settling each batch as its answer comes.

    A record whose verdict is missing or ``retry`` stays queued for the next run; this run goes on
    after it, so that none stops the others. Memory does not grow with the queue.
    """

    def __init__(
        self,
        outbox: Outbox,
        session: Session,
        sender: Sender,
        clock: Callable[[], datetime],
        pushed: Pushed,
        max_bytes: int | None = None,
        progress: Callable[[int], None] = lambda _count: None,
    ):
        self._outbox = outbox
        self._session = session
        self._sender = sender
        self._clock = clock
        self._pushed = pushed
        self._max_bytes = max_bytes
        self._progress = progress
        self._pace = Pace()
        self._tries = 0
        self._alone_in_a_row = 0
        self._key = ""
        self._under_key: list[tuple[str, int]] = []

    def run(self) -> None:
        """Send the queue; last, and each by itself, what was refused alone in an earlier run.

        Raises:
            TryLater: the network or the central failed; what was answered before is settled.
            SomethingInTheWay: an answer failed the receipt test.
            SignInAgain: the central does not take this device.
            PerisaiError: ``central.rewound``, or another refusal that is about every batch.
        """
        aside = self._outbox.aside(_MAX_ASIDE)
        after, waiting = "", self._outbox.pending()
        while not self._pushed.full:
            claimed = self._pace.fitting(self._outbox.claim(after, self._pace.next_size))
            if not claimed:
                break
            if self._offer(claimed, max(0, waiting - len(claimed))):
                after, waiting = claimed[-1].id, waiting - len(claimed)
        for record_id in aside:
            self._again_alone(record_id)

    def _again_alone(self, record_id: str) -> None:
        self._pace.suspects = 1
        claimed = self._outbox.claim_aside(record_id)
        while claimed and not self._pushed.full and not self._offer(claimed, 0):
            self._pace.suspects = 1

    def _offer(self, claimed: list[Claimed], left: int) -> bool:
        """Send one batch; return whether it is done with, so that the next follows behind it."""
        key, now = self._key_for(claimed), self._clock()
        content = encoded(batch_message(claimed, left, self._outbox, self._sender, now))
        if self._exceeds(len(content), claimed):
            return False
        answer = self._session.attempt_post("/v1/sync/push", content, key, now)
        if isinstance(answer, Failure):
            return self._failed(answer, claimed)
        if answer.problem is not None and answer.problem.retryable:
            broken = TryLater("central.busy", status=answer.status)
            return self._failed(Failure(broken, answer.status), claimed)
        self._tries, self._under_key = 0, []
        if _refuses_the_batch(answer):
            return self._refused(claimed, failure(answer), answer.status)
        self._settle(answer, key, claimed)
        return True

    def _key_for(self, claimed: list[Claimed]) -> str:
        """Return the key of a batch: its old one, where the very same one is repeated."""
        revisions = [(item.id, item.rev) for item in claimed]
        if revisions != self._under_key:
            self._key, self._under_key = str(uuid.uuid4()), revisions
        return self._key

    def _exceeds(self, octets: int, claimed: list[Claimed]) -> bool:
        """Tell whether a batch would go over what is allowed; the next one is smaller, if any."""
        used = self._session.client.traffic.octets + octets + HEADERS_OCTETS
        if self._max_bytes is None or used <= self._max_bytes:
            return False
        if len(claimed) > 1:
            self._pace.most = len(claimed) // 2
        else:
            self._pushed.full = True
        return True

    def _settle(self, answer: Answer, key: str, claimed: list[Claimed]) -> None:
        response = received(answer, key, claimed)
        outcomes = [
            outcome_of(claimed[result.n].id, claimed[result.n].rev, result)
            for result in response.results
        ]
        now = self._clock()
        state = {"seq": str(response.seq), "token": response.token, "last_success": timestamp(now)}
        self._outbox.settle(outcomes, now, state)
        self._alone_in_a_row = 0
        self._pace.passed(len(claimed), answer.seconds, response.limits)
        verdicts = Counter(outcome.verdict for outcome in outcomes)
        self._pushed.sent += len(claimed)
        self._pushed.drop_aside({item.id for item in claimed})
        self._pushed.verdicts.update(verdicts)
        self._pushed.unanswered += len(claimed) - verdicts.total() + verdicts["retry"]
        self._progress(len(claimed))

    def _failed(self, failed: Failure, claimed: list[Claimed]) -> bool:
        """Decide what a failed attempt means: a bad link, a busy central, or a bad batch."""
        self._tries += 1
        in_doubt = self._pace.suspects or self._tries >= _TRIES_BEFORE_DOUBT
        if failed.status in _MAY_BE_AN_ITEM and in_doubt and self._others_pass():
            return self._refused(claimed, failed.error, failed.status)
        # A link may die once without a batch being too large for it; silence is always too long.
        if failed.cut and (failed.error.code == "network.timeout" or self._tries > 1):
            self._pace.cut(len(claimed))
        self._session.client.pause(failed, self._tries)
        return False

    def _others_pass(self) -> bool:
        """Tell whether the central answers a small request, while it fails at this batch."""
        answer = self._session.attempt_get("/v1/sync/pull?cursor=0&limit=1", self._clock())
        return isinstance(answer, Answer) and answer.status in (200, 304)

    def _refused(self, claimed: list[Claimed], error: PerisaiError, status: int) -> bool:
        """Halve a refused batch; set an item aside that is refused alone.

        Raises:
            PerisaiError: one item after the other is refused, so that it is none of theirs.
        """
        if len(claimed) > 1:
            self._pace.refused(len(claimed), too_large=status == 413)
            return False
        [item] = claimed
        facts: dict[str, str | int] = {"reason": error.code, "status": status}
        problem = Problem("item.refused_alone", None, facts, id=item.id)
        self._outbox.set_aside(item.id, item.rev, problem, self._clock())
        self._pushed.drop_aside({item.id})
        self._pushed.aside.append(problem)
        self._pace.found()
        self._tries = 0
        self._progress(1)
        self._alone_in_a_row += 1
        if self._alone_in_a_row >= _MAX_ALONE_IN_A_ROW:
            raise error
        return True


def _refuses_the_batch(answer: Answer) -> bool:
    """Tell whether an answer refuses a batch for what is in it."""
    problem = answer.problem
    if problem is None or problem.scope not in ("item", "batch"):
        return False
    return problem.code not in _OF_EVERY_BATCH and answer.status in (400, 413, 422)
