"""Record ids: UUID version 7 (RFC 9562), made once, with the first draft save.

The interpreter has no ``uuid7`` before 3.14, and the layout is six lines.
"""

from __future__ import annotations

import os
import uuid
from datetime import datetime


def new_id(now: datetime) -> str:
    """Return a fresh id whose first 48 bits are *now* in milliseconds, the rest random."""
    milliseconds = int(now.timestamp() * 1000) & (2**48 - 1)
    octets = bytearray(milliseconds.to_bytes(6, "big") + os.urandom(10))
    octets[6] = octets[6] & 0x0F | 0x70
    octets[8] = octets[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(octets)))


def is_id(text: str) -> bool:
    """Tell whether *text* is a UUID version 7 in its canonical form."""
    try:
        parsed = uuid.UUID(text)
    except ValueError:
        return False
    return parsed.version == 7 and str(parsed) == text
