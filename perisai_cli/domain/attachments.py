"""What a photo that goes with a record may be."""

from __future__ import annotations

CARD = "card"
"""Kind of the photo of a worker's identity card."""

KINDS = (CARD,)
MEDIA = "image/jpeg"

MAX_OCTETS = 256 * 1024
"""Largest photo that travels; what perisai makes is far below it."""

MAX_ATTACHMENTS = 4
"""Most photos that one revision may name."""
