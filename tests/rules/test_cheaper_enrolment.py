"""What makes many enrolments cheap changes no result: quotes kept, JSON written without a copy."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worker_examples import GONE, NOW, TODAY, changed

from perisai_cli.domain.people import Worker
from perisai_cli.domain.terms import PAYERS, SECTORS
from perisai_cli.rules.contribution import quote_bpu
from perisai_cli.rules.eligibility import examine, request_of
from perisai_cli.rules.law import load_law

LAW = load_law()


def copied(worker: Worker) -> Any:
    """Return a worker's JSON the long way: the whole copied, then pruned."""
    return pruned(asdict(worker) | {"start": str(worker.start)})


def pruned(value: Any) -> Any:
    if isinstance(value, dict):
        pairs = ((key, pruned(inner)) for key, inner in value.items())
        return {key: inner for key, inner in pairs if inner not in (None, [], {}) and inner != ()}
    if isinstance(value, list | tuple):
        return [pruned(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


wishes = st.fixed_dictionaries(
    {
        "income": st.one_of(st.just(GONE), st.integers(1, 40_000_000)),
        "tier": st.one_of(st.just(GONE), st.integers(1, 33)),
        "programs": st.sampled_from([["jkk", "jkm"], ["jht", "jkm", "jkk"]]),
        "start": st.builds("{:04d}-{:02d}".format, st.integers(2020, 2030), st.integers(1, 12)),
        "months": st.integers(1, 24),
        "sector": st.sampled_from(SECTORS),
        "payer": st.sampled_from(PAYERS),
        "owner": st.booleans(),
    }
).filter(lambda wish: (wish["income"], wish["tier"]) != (GONE, GONE))


@settings(deadline=None, max_examples=150)
@given(wishes)
def test_a_quote_that_was_kept_is_the_quote_of_the_request(wish: dict[str, Any]) -> None:
    loose = without_gone(wish)
    for _ in range(2):  # the second is the one that was kept
        seen = examine(loose, TODAY, NOW, LAW)
        assert seen.worker is not None, seen.faults
        assert seen.quote == quote_bpu(request_of(seen.worker, LAW), LAW)
        assert seen.worker.as_json() == copied(seen.worker)


def without_gone(wish: dict[str, Any]) -> dict[str, Any]:
    whole = changed(**{name: value for name, value in wish.items() if value is not GONE})
    for name, value in wish.items():
        if value is GONE:
            whole.pop(name, None)
    return whole


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"address": GONE},
        {"phone": GONE, "email": "a@b.c"},
        {"heirs": [], "children": []},
        {"occupations": [{"code": "trader"}, {"code": "driver", "place": "Sanur"}]},
        {"attestation__critically_ill": True},
    ],
)
def test_a_worker_s_json_is_what_a_pruned_copy_is(changes: dict[str, Any]) -> None:
    seen = examine(changed(**changes), TODAY, NOW, LAW)
    assert seen.worker is not None
    assert seen.worker.as_json() == copied(seen.worker)
    assert list(seen.worker.as_json()) == list(copied(seen.worker))
