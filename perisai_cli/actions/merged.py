"""The merged dataset of a supervisor, open beside the supervisor's own store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from perisai_cli.actions.app import App, Result
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import mask_name, mask_nik
from perisai_cli.storage import handovers, merge_answers
from perisai_cli.storage.dataset import MERGED, Dataset, dataset
from perisai_cli.storage.store import Store


class Merged(NamedTuple):
    """A merged dataset and the store of whoever keeps it."""

    app: App
    store: Store
    data: Dataset

    @property
    def by(self) -> str:
        """Who decides."""
        return self.store.profile.agent

    def worker(self, record_id: str) -> dict[str, Any]:
        """Return the worker of a record; empty where no book told of it."""
        found: dict[str, Any] = self.data.person(record_id).get("worker") or {}
        return found


def shown(worker: dict[str, Any], *, unmask: bool) -> dict[str, str | None]:
    """Return a worker as may be shown without a reason, with *unmask* also in full."""
    if not worker:
        return {"name_masked": None, "nik_masked": None}
    name, nik = str(worker.get("name", "")), str(worker.get("nik", ""))
    whole: dict[str, str | None] = {"name": name, "nik": nik} if unmask else {}
    return {"name_masked": mask_name(name), "nik_masked": mask_nik(nik)} | whole


@contextmanager
def open_merged(app: App) -> Iterator[Merged]:
    """Yield the merged dataset.

    Raises:
        InvalidInput: ``dataset.none``: nothing was merged yet.
    """
    with app.store() as store:
        data = dataset(app.home, MERGED, store.vault)
        try:
            if not handovers.has_books(data):
                raise InvalidInput("dataset.none", name=MERGED)
            yield Merged(app, store, data)
        finally:
            data.close()


def merge_status(app: App) -> Result:
    """Return the newest book of each device with its age, and how many questions are open."""
    from perisai_cli.protocol.book import device_fingerprint

    with open_merged(app) as merged:
        data, now = merged.data, app.clock()
        items = [
            {
                "agent": each.agent,
                "office": each.office,
                "device": each.device,
                "fingerprint": device_fingerprint(each.public_key),
                "made_at": each.made_at,
                "age_days": _days(each.made_at, now),
                "number": each.number,
                "records": each.records,
                "persons": each.persons,
                "last_success": each.last_success,
                "books": each.books,
            }
            for each in handovers.newest_books(data)
        ]
        counted: dict[str, Any] = {
            "as_of": data.kept("as_of"),
            "read_at": data.kept("read_at"),
            "questions": merge_answers.open_count(data),
            "handovers": len(handovers.handovers(data, merged.store.vault)),
        }
    return Result("merge status", {"count": len(items), **counted, "items": items})


def _days(at: str, now: datetime) -> int:
    return max(0, (now - datetime.fromisoformat(at)).days)
