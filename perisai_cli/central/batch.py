"""Settles a batch in one transaction: new records as sets, whatever touches older ones in turn.

The result is the same as if each item had come alone, in order: a run of new records ends where an
item needs to see what the run leaves behind, be it the same record or the same person again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from perisai_cli.central import claims, erasure, photos
from perisai_cli.central.commits import Commit
from perisai_cli.central.engines import among
from perisai_cli.central.judging import Laws
from perisai_cli.central.kinds import is_numbered
from perisai_cli.central.rows import new_item_row, version_row
from perisai_cli.central.tables import item_versions, items
from perisai_cli.central.upsert import (
    Arrival,
    answer_again,
    answer_first,
    new_numbers,
    settle,
    verdict_on,
)
from perisai_cli.protocol.messages import Assigned, ItemResult

_VERSION = (
    item_versions.c.id,
    item_versions.c.rev,
    item_versions.c.hash,
    item_versions.c.status,
    item_versions.c.canonical_id,
    item_versions.c.problem,
    item_versions.c.seq,
)


def answer_repeats(
    connection: Connection, arrivals: Sequence[Arrival]
) -> tuple[list[ItemResult], list[Arrival]]:
    """Return the answers to revisions that stand already, and the arrivals that are to be settled.

    A repeat beside another revision of its record is left to be settled in its turn.
    """
    records, versions = _standing(connection, arrivals)
    known: list[tuple[Arrival, Row[Any], Any]] = []
    new: set[str] = set()
    for arrival in arrivals:
        record = records.get(arrival.item.id)
        version = versions.get((arrival.item.id, arrival.item.rev))
        whose = (arrival.sender.agent, arrival.item.kind)
        ours = record is not None and (record.agent, record.kind) == whose
        ours = ours and not erasure.concerns(arrival, record)
        if ours and record is not None and version is not None and version.hash == arrival.hash:
            known.append((arrival, record, version))
        else:
            new.add(arrival.item.id)
    answers = [answer_again(*found) for found in known if found[0].item.id not in new]
    return answers, [arrival for arrival in arrivals if arrival.item.id in new]


def settle_batch(
    connection: Connection, arrivals: Sequence[Arrival], laws: Laws
) -> list[ItemResult]:
    """Return the verdict on each arrival, in order, once the database holds what they stand for.

    Args:
        connection: A transaction that writes, and commits all of it or nothing.
        arrivals: What came in one batch, already judged or quick to judge.
        laws: The rules to judge by.

    Raises:
        Raced: another process stored one of the records at this moment.
        IntegrityError: likewise.
    """
    commit = Commit(connection, arrivals[0].now)
    results: list[ItemResult] = []
    for run in _runs(arrivals, _locked(connection, arrivals), laws):
        if isinstance(run, Arrival):
            results.append(settle(connection, run, laws, commit))
        else:
            results += _store(connection, run, laws, commit)
    return results


def _standing(
    connection: Connection, arrivals: Sequence[Arrival]
) -> tuple[dict[str, Row[Any]], dict[tuple[str, int], Any]]:
    """Return the records that arrivals belong to, and how their known revisions stand."""
    ids = {arrival.item.id for arrival in arrivals}
    found = select(items).where(among(connection, items.c.id, ids))
    records = {row.id: row for row in connection.execute(found)}
    if not records:
        return {}, {}
    wanted = select(*_VERSION).where(among(connection, item_versions.c.id, records))
    return records, {(row.id, row.rev): row for row in connection.execute(wanted)}


def _locked(connection: Connection, arrivals: Sequence[Arrival]) -> set[str]:
    """Return which records are there already, and keep others from changing them meanwhile."""
    ids = {arrival.item.id for arrival in arrivals}
    found = select(items.c.id).where(among(connection, items.c.id, ids)).order_by(items.c.id)
    return set(connection.scalars(found.with_for_update()))


def _runs(
    arrivals: Sequence[Arrival], known: set[str], laws: Laws
) -> Iterator[Arrival | list[Arrival]]:
    """Yield runs of new records and single arrivals of others, in order."""
    run: list[Arrival] = []
    niks: set[str] = set()
    seen = set(known)
    for arrival in arrivals:
        judged, again = arrival.judgement(laws), arrival.item.id in seen
        nik = judged.nik
        again = again or bool(judged.months) or erasure.concerns(arrival, None)
        if run and (again or nik in niks):
            yield run
            run, niks = [], set()
        seen.add(arrival.item.id)
        if again:
            yield arrival
            continue
        run.append(arrival)
        if nik is not None:
            niks.add(nik)
    if run:
        yield run


def _store(
    connection: Connection, run: list[Arrival], laws: Laws, commit: Commit
) -> list[ItemResult]:
    """Store a run of records, all new and of different people, by one statement a table."""
    judged = photos.judged_all(
        connection, [(arrival.item, arrival.judgement(laws)) for arrival in run]
    )
    pairs = zip(judged, run, strict=True)
    wanted = {each.nik: arrival.item.id for each, arrival in pairs if each.nik is not None}
    holders = claims.claim_all(connection, wanted)
    verdicts = [verdict_on(each, holders.get(each.nik or "")) for each in judged]
    numbered = [
        verdict.status == "accepted" and is_numbered(arrival.item.kind)
        for verdict, arrival in zip(verdicts, run, strict=True)
    ]
    given = iter(new_numbers(commit, sum(numbered)))
    numbers = [next(given) if each else None for each in numbered]
    settled = list(zip(run, verdicts, numbers, strict=True))
    seq = commit.seq
    connection.execute(insert(items), [new_item_row(*each, seq) for each in settled])
    for arrival, each in zip(run, judged, strict=True):
        if each.status != "rejected":
            photos.keep_named(connection, arrival.item.id, arrival.item.body)
    versions = [version_row(arrival, verdict, seq) for arrival, verdict, _ in settled]
    connection.execute(insert(item_versions), versions)
    return [
        answer_first(arrival, verdict, seq, Assigned.model_validate(given) if given else None)
        for arrival, verdict, given in settled
    ]
