"""Going on after a conflict: the next revision rests on the newest one that the central told of."""

from __future__ import annotations

from perisai_cli.domain.outbox import THEIRS
from perisai_cli.storage import replies
from perisai_cli.storage.store import Store


def newest_revision(store: Store, record_id: str, rev: int) -> int:
    """Return the newest revision of a record that is known here: the central's, or this store's.

    Where the central's is newer, the record is moved up to it, inside the caller's transaction, as
    if that revision had left from here: the next one is made with both versions in mind.
    """
    row = store.connection.row("SELECT * FROM records WHERE id = ?", record_id)
    assert row is not None  # found by the caller, and nothing finalised is deleted
    told = (problem.facts.get("theirs") for problem in replies.opened(store.vault, row).problems
            if problem.code == THEIRS)  # fmt: skip
    theirs = max((each for each in told if isinstance(each, int)), default=0)
    if theirs <= rev:
        return rev
    store.connection.run(
        "UPDATE records SET rev = ?, sent_rev = ? WHERE id = ?", theirs, theirs, record_id
    )
    return theirs
