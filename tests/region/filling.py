"""Fills a dataset with a made-up region, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from perisai_cli.storage.dataset import Dataset
from region.facts import facts
from region.records import Event, Member, Payment, Return
from region.region import Region

PAGE = 5_000


def fill(dataset: Dataset, region: Region, *, derive: bool = True) -> int:
    """Put a region into a dataset in one transaction; return how many enrolments it has."""
    return fill_with(dataset, region.all_records(), derive=derive)


def fill_with(dataset: Dataset, records: Iterable[Member | Event], *, derive: bool = True) -> int:
    """Put records into a dataset in one transaction; return how many enrolments they hold."""
    count, records = 0, iter(records)
    with dataset.transaction():
        while page := list(islice(records, PAGE)):
            dataset.put(facts(page))
            dataset.put_persons(reasons(page))
            count += sum(isinstance(record, Member) for record in page)
        if derive:
            dataset.derive()
    return count


def reasons(records: Iterable[Member | Event]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield why records were held or sent back, by record id."""
    for record in records:
        told: tuple[Member | Event | Payment | Return, ...] = (record,)
        if isinstance(record, Member):
            told = (record, *record.payments, *record.returns)
        for each in told:
            if each.codes:
                yield each.id, {"codes": list(each.codes)}
