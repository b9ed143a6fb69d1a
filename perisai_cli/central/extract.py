"""Gives out the extract: pages of records in the order of their last change, never all at once.

Every page is of one moment and ends with a mark from which an interrupted reader asks on. Numbers
of commits become visible in their order, so nothing that changes meanwhile is passed over: it
comes again behind the marks. Persons go out only after it is written down to whom and why.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, tuple_, update

from perisai_cli.central.commits import last_commit
from perisai_cli.central.core import Central
from perisai_cli.central.database import Database
from perisai_cli.central.erasure import ERASED
from perisai_cli.central.keys import setting
from perisai_cli.central.officers import Officer
from perisai_cli.central.tables import agents, commits, disclosures, item_versions, items
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.extract import LAST_ID, Begin, End, Mark

PAGE = 1000
_LEVEL = 6
_GZIP = 16 + zlib.MAX_WBITS

_KNOWN = (
    items.c.id, items.c.rev, items.c.status, items.c.kind, items.c.agent, agents.c.office,
    items.c.day, items.c.codes, items.c.changed_seq, items.c.region, items.c.programs, items.c.tier,
    items.c.start, items.c.months, items.c.sector, items.c.payer, items.c.owner, items.c.amount,
    items.c.rules, items.c.quality, items.c.member, items.c.money, items.c.moved, items.c.type,
    items.c.present, items.c.interested,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        officer: By whom; a supervisor is given one office's records.
        after: A cursor; empty from the beginning.
        limit: Most records in the answer; None for all.
        reason: Why persons are asked for; None without them.
    """

    officer: Officer
    after: str
    limit: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Page:
    rows: list[Row[Any]]
    end: End


def open_extract(central: Central, asked: Asked) -> Iterator[bytes]:
    """Return the lines of an extract, a page at a time; its first page is read before it returns.

    Raises:
        PerisaiError: the database is in trouble.
    """
    first = _page(central.database, asked, asked.after, asked.limit)
    with central.database.reading() as connection:
        begin = Begin(
            extract=1,
            central=setting(connection, "central_id"),
            office=asked.officer.office,
            persons=asked.reason is not None,
        )
    return _told(central, asked, begin, first)


def packed(pages: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pages as gzip, each to its end, so that whoever is cut off has whole pages."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for page in pages:
        yield packer.compress(page) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


def _told(central: Central, asked: Asked, begin: Begin, page: _Page) -> Iterator[bytes]:
    disclosure = _Disclosure(central, asked)
    left, before = asked.limit, [begin.model_dump_json(exclude_none=True)]
    while True:
        disclosure.add(len(page.rows))
        lines = before + [_line(row, persons=begin.persons) for row in page.rows]
        last = page.end if not page.end.more or left == len(page.rows) else _mark(page.end)
        lines += [last.model_dump_json(exclude_none=True), ""]
        yield "\n".join(lines).encode()
        if last is page.end or central.life.stopping:
            return  # a central that stops is asked on where its reader stands
        left = None if left is None else left - len(page.rows)
        before = []
        page = _page(central.database, asked, page.end.cursor, left)


def _mark(end: End) -> Mark:
    return Mark(cursor=end.cursor, seq=end.seq, token=end.token)


def _page(database: Database, asked: Asked, after: str, left: int | None) -> _Page:
    """Return the records that changed after a cursor, as many as a page holds."""
    size = PAGE if left is None else min(PAGE, left)
    with database.reading() as connection:
        rows = list(connection.execute(_wanted(asked, after).limit(size + 1)))
        last, as_of = last_commit(connection), _as_of(connection)
        seen = _seen(connection, asked.officer.office)
    more = len(rows) > size
    del rows[size:]
    cursor = f"{rows[-1].changed_seq}/{rows[-1].id}" if more else f"{last.seq}/{LAST_ID}"
    end = End(
        end=True, cursor=cursor, more=more, seq=last.seq, token=last.token, as_of=as_of, agents=seen
    )
    return _Page(rows, end)


def _wanted(asked: Asked, after: str) -> Select[Any]:
    seq, _, record_id = after.partition("/")
    place = tuple_(items.c.changed_seq, items.c.id)
    columns = [*_KNOWN]
    if asked.reason is not None:
        columns += [items.c.kpj, items.c.payment_code, item_versions.c.body]
    wanted = select(*columns).join(agents, agents.c.agent == items.c.agent)
    if asked.reason is not None:
        same = (item_versions.c.id == items.c.id) & (item_versions.c.rev == items.c.rev)
        wanted = wanted.outerjoin(item_versions, same)
    if asked.officer.office is not None:
        wanted = wanted.where(agents.c.office == asked.officer.office)
    if seq:
        wanted = wanted.where(place > tuple_(int(seq), record_id))
    return wanted.order_by(items.c.changed_seq, items.c.id)


def _as_of(connection: Connection) -> str:
    newest = select(commits.c.committed_at).order_by(commits.c.seq.desc()).limit(1)
    return connection.scalar(newest) or ""


def _seen(connection: Connection, office: str | None) -> list[str] | None:
    if office is None:
        return None
    wanted = select(agents.c.agent).where(agents.c.office == office)
    return list(connection.scalars(wanted.order_by(agents.c.agent)))


def _line(row: Row[Any], *, persons: bool) -> str:
    """Return the line of a record."""
    if row.status == ERASED:
        return json.dumps([ERASED, row.id])
    standing = "needs_fix" if row.status == "rejected" else row.status
    head = [row.id, row.rev, standing, row.agent, row.agent, row.office, row.day]
    more: dict[str, Any] = {"codes": row.codes.split(",")} if row.codes else {}
    if persons:
        more |= _person(row)
    told: list[Any] = [row.kind, head + _TAILS[row.kind](row)]
    return json.dumps([*told, more] if more else told, ensure_ascii=False, separators=(",", ":"))


def _person(row: Row[Any]) -> dict[str, Any]:
    """Return whom a record is about, as far as its current body names somebody."""
    worker = row.body.get("worker") if row.body else None
    told = {"worker": worker} if isinstance(worker, dict) else {}
    if row.kpj is not None:
        told["assigned"] = {"kpj": row.kpj, "payment_code": row.payment_code}
    return told


def _wish(row: Row[Any]) -> list[Any]:
    return [
        row.programs or "", row.tier or 0, row.start or 0, row.months or 0, row.sector or "",
        row.payer or "", row.owner or 0, _amount(row), row.rules or "",
    ]  # fmt: skip


def _amount(row: Row[Any]) -> int:
    """Return what a record carries; nothing where its body has not the form of its kind."""
    return 0 if row.months is None else row.amount or 0


_TAILS: dict[str, Callable[[Row[Any]], list[Any]]] = {
    "enrolment": lambda row: [row.region or "", *_wish(row), row.quality or 0],
    "payment": lambda row: [
        row.member or "", *_wish(row), row.money or "", row.moved or row.day
    ],
    "reactivation": lambda row: [
        row.member or "", row.start or 0, row.months or 0, _amount(row)
    ],
    "outreach": lambda row: [
        row.region or "", row.type or "", row.present or 0, row.interested or 0, None, None
    ],
}  # fmt: skip


class _Disclosure:
    """What is written down about persons that are handed out, before they are."""

    def __init__(self, central: Central, asked: Asked):
        self._database = central.database
        self._id: str | None = None
        if asked.reason is None:
            return
        now = central.clock()
        self._id = new_id(now)
        row: dict[str, Any] = {"id": self._id, "officer": asked.officer.officer}
        row |= {"reason": asked.reason.strip(), "at": timestamp(now), "records": 0}
        with self._database.writing() as connection:
            connection.execute(insert(disclosures), row)

    def add(self, records: int) -> None:
        """Count records that are about to go out."""
        if self._id is None or not records:
            return
        counted = update(disclosures).where(disclosures.c.id == self._id)
        with self._database.writing() as connection:
            connection.execute(counted.values(records=disclosures.c.records + records))
