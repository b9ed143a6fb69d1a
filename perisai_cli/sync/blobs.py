"""Sending the photos that wait: in chunks, each acknowledged, going on where a cut left off."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from perisai_cli.domain.errors import SomethingInTheWay
from perisai_cli.protocol.blobs import (
    COMPLETE_HEADER,
    MAX_CHUNK,
    OFFSET_HEADER,
    BlobStanding,
    blob_path,
)
from perisai_cli.sync.client import Answer, failure
from perisai_cli.sync.ports import Photo, PhotoBox
from perisai_cli.sync.session import Session

_FIRST_CHUNK = 32 * 1024
_MIN_CHUNK = 8 * 1024
_QUICK, _SLOW = 3.0, 8.0

_PASSED_OVER = ("blob.unknown", "blob.size", "route.unknown")
"""What makes this run leave a photo waiting and go on with the next."""


@dataclass
class _Pace:
    """How much goes into one request: a few seconds' worth, so that a cut repeats little."""

    octets: int = _FIRST_CHUNK

    def took(self, seconds: float) -> None:
        if seconds < _QUICK:
            self.octets = min(MAX_CHUNK, self.octets * 2)
        elif seconds > _SLOW:
            self.octets = max(_MIN_CHUNK, self.octets // 2)


def send_photos(box: PhotoBox[Photo], session: Session, clock: Callable[[], datetime]) -> int:
    """Send every waiting photo, oldest first; return how many the central now holds whole.

    Each chunk's answer is kept before the next one goes, so that a run that is cut goes on there.
    One that the central does not take stays waiting and stops no other.

    Raises:
        TryLater: the network or the central failed; what was acknowledged is kept.
        SomethingInTheWay: an answer is not a central's.
    """
    box.drop_replaced()
    sent, pace = 0, _Pace()
    photo = box.next_waiting(None)
    while photo is not None:
        content = box.content(photo)
        if content is not None:
            sent += _send(box, photo, content, session, clock, pace)
        photo = box.next_waiting(photo)
    return sent


def _send(
    box: PhotoBox[Photo],
    photo: Photo,
    content: bytes,
    session: Session,
    clock: Callable[[], datetime],
    pace: _Pace,
) -> bool:
    offset = photo.offset
    if photo.begun:
        offset, whole = _reached(session, photo.sha256, len(content), clock())
        if whole:
            box.reached(photo, len(content), clock(), whole=True, state={})
            return True
    fallen_back = False
    while True:
        standing = _hand_in(session, photo.sha256, content, offset, clock(), pace)
        if standing is None:
            return False
        whole = standing.complete
        seen = {"seq": str(standing.seq), "token": standing.token} if whole else {}
        box.reached(photo, standing.offset, clock(), whole=whole, state=seen)
        if whole:
            return True
        if standing.offset <= offset:
            # The central was put back, or dropped what it had: once more from there, not for ever.
            if fallen_back:
                return False
            fallen_back = True
        offset = standing.offset


def _hand_in(
    session: Session, sha256: str, content: bytes, offset: int, now: datetime, pace: _Pace
) -> BlobStanding | None:
    """Return how a photo stands after its next chunk; None where the central does not take it."""
    begun = time.monotonic()
    path = f"{blob_path(sha256)}?offset={offset}"
    answer = session.put(path, content[offset : offset + pace.octets], now)
    pace.took(time.monotonic() - begun)
    if answer.status == 200:
        return _standing(answer, sha256, len(content))
    code = answer.problem.code if answer.problem else ""
    if code == "blob.mismatch":  # all of it was dropped
        size = len(content)
        return BlobStanding(sha256=sha256, offset=0, size=size, complete=False, seq=0, token="")
    if code in _PASSED_OVER:
        return None
    raise failure(answer)


def _reached(session: Session, sha256: str, size: int, now: datetime) -> tuple[int, bool]:
    """Return how much of a photo the central says it has, and whether that is all of it."""
    answer = session.head(blob_path(sha256), now)
    told = answer.headers.get(OFFSET_HEADER, "")
    offset = int(told) if answer.status == 200 and told.isascii() and told.isdigit() else 0
    if offset > size:
        return 0, False
    return offset, offset == size and answer.headers.get(COMPLETE_HEADER) == "?1"


def _standing(answer: Answer, sha256: str, size: int) -> BlobStanding:
    """Return what the central says of a photo if it speaks of this one.

    Raises:
        SomethingInTheWay: it does not; nothing in it is believed.
    """
    try:
        standing = BlobStanding.model_validate(answer.content)
    except ValidationError:
        raise SomethingInTheWay("network.bad_receipt") from None
    ours = (standing.sha256, standing.size) == (sha256, size) and standing.offset <= size
    if not ours or standing.complete != (standing.offset == size):
        raise SomethingInTheWay("network.bad_receipt")
    return standing
