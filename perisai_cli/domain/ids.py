"""Record ids: UUID version 7 (RFC 9562), made once, with the first draft save.

The interpreter has no ``uuid7`` before 3.14, and the layout is six lines.
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(now: datetime) -> str:
    """Return a fresh id that sorts by *now* to a fraction of a millisecond; 62 bits are random.

    The twelve bits after the milliseconds hold their fraction (RFC 9562, method 3), so that the
    workers of one import keep the order of their rows.
    """
    microseconds = int(now.timestamp() * 1_000_000)
    milliseconds, fraction = divmod(microseconds, 1000)
    octets = bytearray((milliseconds & (2**48 - 1)).to_bytes(6, "big") + os.urandom(10))
    octets[6:8] = (0x7000 | fraction * 4096 // 1000).to_bytes(2, "big")
    octets[8] = octets[8] & 0x3F | 0x80
    written = octets.hex()
    return "-".join((written[:8], written[8:12], written[12:16], written[16:20], written[20:]))


def is_id(text: str) -> bool:
    """Tell whether *text* is a UUID version 7 in its canonical form."""
    try:
        parsed = uuid.UUID(text)
    except ValueError:
        return False
    return parsed.version == 7 and str(parsed) == text


def moment_of(record_id: str) -> datetime:
    """Return the moment (UTC, to the millisecond) at which a record's id was made.

    It stands in the id itself, so that every device and every central tells the same one.
    """
    milliseconds = int(record_id[:8] + record_id[9:13], 16)
    return _EPOCH + timedelta(milliseconds=milliseconds)
