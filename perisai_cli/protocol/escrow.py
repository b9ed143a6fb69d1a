"""Handing a queue over as it is: the answer to a deposit, and how much one may hold."""

from __future__ import annotations

from perisai_cli.protocol.messages import Message, RecordId

MAX_ESCROW = 8 * 2**20
"""Largest deposit, in octets."""

ESCROW_RECORDS = 5000
"""Records that a device puts in one deposit; a longer queue becomes several."""


class EscrowResponse(Message):
    """The deposit lies at the central; ``received_at`` is when it first came."""

    id: RecordId
    size: int
    received_at: str
    server_time: str
