"""What a record's state becomes: every small case, every order of answers."""

import itertools
from collections.abc import Iterator

import pytest

from perisai_cli.domain.outbox import (
    ACCEPTED,
    CONFLICT,
    DUPLICATE,
    HELD,
    NEEDS_FIX,
    QUEUED,
    STATES,
    VERDICTS,
    WITHDRAWN,
    Standing,
    next_state,
)

FIRST = Standing(1, 0, QUEUED)
LAST_REV = 3
DECISIONS = tuple(verdict for verdict in VERDICTS if verdict not in ("retry", "unchanged"))


def edited(standing: Standing, state: str = QUEUED) -> Standing:
    """Return what an edit (or a withdrawal) makes of a record: the next revision, unanswered."""
    return Standing(standing.rev + 1, standing.acked_rev, state)


def answers(standing: Standing) -> Iterator[tuple[int, str]]:
    return itertools.product(range(1, standing.rev + 1), VERDICTS)


def reachable() -> set[Standing]:
    """Return every standing that edits, withdrawals and answers lead to, up to three revisions."""
    known, fresh = {FIRST}, [FIRST]
    while fresh:
        standing = fresh.pop()
        following = {next_state(standing, rev, verdict) for rev, verdict in answers(standing)}
        if standing.rev < LAST_REV:
            following |= {edited(standing), edited(standing, WITHDRAWN)}
        fresh += following - known
        known |= following
    return known


REACHABLE = sorted(reachable(), key=repr)


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        ("accepted", ACCEPTED),
        ("unchanged", ACCEPTED),
        ("held", HELD),
        ("duplicate", DUPLICATE),
        ("rejected", NEEDS_FIX),
        ("conflict", CONFLICT),
    ],
)
def test_a_verdict_settles_the_revision_it_answers(verdict: str, state: str) -> None:
    after = next_state(FIRST, 1, verdict)
    assert after == Standing(1, 1, state)
    assert not after.pending


def test_retry_changes_nothing_anywhere() -> None:
    for standing in REACHABLE:
        for rev in range(1, standing.rev + 1):
            assert next_state(standing, rev, "retry") == standing


def test_the_acknowledged_revision_never_falls_and_never_passes_the_local_one() -> None:
    assert len(REACHABLE) == 6 + 10 + 12
    for standing in REACHABLE:
        assert 0 <= standing.acked_rev <= standing.rev
        assert standing.state in STATES
        for rev, verdict in answers(standing):
            after = next_state(standing, rev, verdict)
            assert after.rev == standing.rev
            assert standing.acked_rev <= after.acked_rev <= after.rev


def test_an_edit_in_flight_is_never_marked_sent() -> None:
    for standing in REACHABLE:
        for rev, verdict in answers(standing):
            if rev < standing.rev and standing.pending:
                after = next_state(standing, rev, verdict)
                assert after.pending
                assert after.state == standing.state


def test_a_late_answer_to_an_older_revision_never_touches_a_settled_one() -> None:
    for standing in REACHABLE:
        for rev, verdict in answers(standing):
            if rev < standing.acked_rev:
                assert next_state(standing, rev, verdict) == standing


def test_what_is_pending_is_queued_or_a_withdrawal_and_what_is_settled_is_not_queued() -> None:
    for standing in REACHABLE:
        assert standing.pending == (standing.acked_rev < standing.rev)
        if standing.pending:
            assert standing.state in (QUEUED, WITHDRAWN)
        else:
            assert standing.state != QUEUED


def test_an_answer_heard_twice_is_an_answer_heard_once() -> None:
    for standing in REACHABLE:
        for rev, verdict in answers(standing):
            once = next_state(standing, rev, verdict)
            assert next_state(once, rev, verdict) == once


def heard(standing: Standing, said: tuple[tuple[int, str], ...]) -> Standing:
    for rev, verdict in said:
        standing = next_state(standing, rev, verdict)
    return standing


@pytest.mark.parametrize("state", [QUEUED, WITHDRAWN])
@pytest.mark.parametrize("decisions", list(itertools.product(DECISIONS, repeat=2)))
def test_answers_converge_in_any_order_partly_late_or_twice(
    state: str, decisions: tuple[str, str]
) -> None:
    """The central decides once for a revision, then says so again, or ``unchanged``, or ``retry``."""
    standing = edited(FIRST, state)
    said = [(1, decisions[0]), (2, decisions[1]), (2, "unchanged"), (1, "unchanged"), (2, "retry")]
    ends = {heard(standing, order) for order in itertools.permutations(said)}
    ends |= {heard(standing, order * 2) for order in itertools.permutations(said[:3])}
    assert ends == {heard(standing, (said[1],))}


def test_an_edit_before_or_after_the_answer_to_the_first_revision_comes_to_the_same() -> None:
    for verdict in DECISIONS:
        before = edited(next_state(FIRST, 1, verdict))
        after = next_state(edited(FIRST), 1, verdict)
        assert before == after == Standing(2, 1, QUEUED)


@pytest.mark.parametrize("decision", DECISIONS)
def test_unchanged_never_hides_a_verdict_that_is_known(decision: str) -> None:
    settled = next_state(FIRST, 1, decision)
    assert next_state(settled, 1, "unchanged") == settled


def test_a_withdrawal_that_was_taken_stays_withdrawn() -> None:
    withdrawn = edited(next_state(FIRST, 1, "accepted"), WITHDRAWN)
    assert withdrawn.pending
    for verdict in ("accepted", "unchanged"):
        assert next_state(withdrawn, 2, verdict) == Standing(2, 2, WITHDRAWN)


@pytest.mark.parametrize("verdict", ["", "ok", "ACCEPTED", "queued", "withdrawn"])
def test_an_unknown_verdict_is_refused(verdict: str) -> None:
    with pytest.raises(ValueError):
        next_state(FIRST, 1, verdict)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_an_answer_for_a_revision_never_made_is_refused(verdict: str) -> None:
    with pytest.raises(ValueError):
        next_state(FIRST, 2, verdict)
