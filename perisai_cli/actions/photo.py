"""Puts the photo of a worker's card to the worker's record; it travels after the record."""

from __future__ import annotations

import hashlib

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import open_desk
from perisai_cli.actions.picture import clean_photo
from perisai_cli.actions.queue import refuse_other_kinds
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.storage.attachments import WAITING, Photos


def worker_photo(app: App, record_id: str, content: bytes) -> Result:
    """Keep the photo in a file's *content*, made small and clean, under the record's next revision.

    The same photo again changes nothing. Another one takes its place.

    Raises:
        InvalidInput: the id is unknown, the record is a draft or withdrawn, or the file is no
            photo that can be used; nothing was changed.
    """
    photo = clean_photo(content)
    sha256 = hashlib.sha256(photo).hexdigest()
    with open_desk(app) as desk:
        record = desk.records.record(record_id)
        refuse_other_kinds(record)
        summary = record.summary
        if summary.state in (outbox.DRAFT, outbox.WITHDRAWN):
            raise InvalidInput("record.not_open", field="/id", state=summary.state)
        photos, rev, state = Photos(desk.store), summary.rev, summary.state
        held = photos.held(record)
        standing = WAITING
        if held is not None and held.sha256 == sha256:
            standing = held.state
        else:
            with desk.store.connection.transaction():
                now = app.clock()
                rev, state = desk.records.next_rev(summary), outbox.QUEUED
                photos.attach(record, sha256, photo, rev, now)
        pending = desk.answers.pending()
    told = {"sha256": sha256, "size": len(photo), "state": standing}
    data = {"id": summary.id, "rev": rev, "state": state, "photo": told, "pending": pending}
    return Result("worker photo", data)
