"""How a photo travels: named by its hash, in chunks from an offset, resumable after any cut.

``HEAD /v1/blob/{sha256}`` tells how much the central has, ``PUT /v1/blob/{sha256}?offset=n`` hands
it the octets from there on. The names of the headers are those of the IETF's resumable uploads.
"""

from __future__ import annotations

from pydantic import Field

from perisai_cli.protocol.messages import Message, Sha256

OFFSET_HEADER = "Upload-Offset"
LENGTH_HEADER = "Upload-Length"
COMPLETE_HEADER = "Upload-Complete"

MAX_CHUNK = 64 * 1024
"""Most octets of a photo that one request carries."""


class BlobStanding(Message):
    """How much of a photo the central has; ``seq`` and ``token`` name its newest commit.

    A chunk that does not fit ``offset`` changes nothing: the answer tells where to go on.
    """

    sha256: Sha256
    offset: int = Field(ge=0)
    size: int = Field(ge=1)
    complete: bool
    seq: int = Field(ge=0)
    token: str = Field(max_length=64)


def blob_path(sha256: str) -> str:
    """Return the address of a photo."""
    return f"/v1/blob/{sha256}"
