"""The messages of the office: what officers see, and what they decide.

No message holds a whole NIK, a name, a day of birth, a phone number or an address; answers to the
guard's questions are the agents' own words, from which the tool keeps long numbers out.
"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from perisai_cli.domain.outbox import Kind
from perisai_cli.protocol.messages import Decision, ItemProblem, Message, RecordId
from perisai_cli.protocol.questions import AskedQuestion

SuspendedFor = Literal["lost", "stolen", "left", "other"]
OfficerVerdict = Literal["accepted", "rejected"]
RefusedFor = Literal["not_working", "ill_before", "wrong_person", "other"]

SUSPENDED_FOR: tuple[str, ...] = get_args(SuspendedFor)
"""Why a device is suspended; ``left`` when its agent no longer works for the office."""

VERDICTS: tuple[str, ...] = get_args(OfficerVerdict)
REFUSED_FOR: tuple[str, ...] = get_args(RefusedFor)


class WaitingRecord(Message):
    """A record that waits for an officer; it names no person."""

    seq: int
    id: RecordId
    rev: int
    kind: Kind
    status: Literal["held", "duplicate"]
    agent: str
    device: str
    canonical_id: RecordId | None = None
    codes: list[str]
    received_at: str
    asked: int = Field(default=0, description="Questions of the guard about it.")
    unanswered: int = Field(default=0, description="Those that the agent has not answered yet.")


class WaitingPage(Message):
    """Records that wait, oldest first; ``cursor`` begins the next page where there is ``more``."""

    items: list[WaitingRecord]
    cursor: str
    more: bool


class Side(Message):
    """What an officer may see of one record; members that the record lacks are left out."""

    id: RecordId
    rev: int
    kind: Kind
    status: str
    agent: str
    device: str
    received_at: str
    captured_day: str | None = None
    nik_masked: str | None = None
    name_masked: str | None = None
    region: str | None = None
    occupations: list[str] | None = None
    programs: list[str] | None = None
    payer: str | None = None
    start: str | None = None
    months: int | None = None
    tier: int | None = None
    total: int | None = None
    critically_ill: bool | None = None
    consent_method: str | None = None
    witness_masked: str | None = None
    witness_role: str | None = None
    questions: list[AskedQuestion] | None = None


class OfficeRecord(Message):
    """One record to decide about, beside the one that it doubles.

    ``differs`` names the members of the worker that are not the same on both sides.
    """

    record: Side
    problem: ItemProblem | None = None
    beside: Side | None = None
    differs: list[str] | None = None


class DecideRequest(Message):
    """An officer's verdict on a record; a refusal needs a reason of the list."""

    id: RecordId
    verdict: OfficerVerdict
    reason: RefusedFor | None = None


class DecideResponse(Message):
    """The decision as its device will hear of it, and who made it."""

    decision: Decision
    officer: str


class OfficeAgent(Message):
    """An agent, and how many devices are registered for them."""

    agent: str
    name: str
    office: str
    added_at: str
    devices: int
    waiting_code: bool


class AgentList(Message):
    """Agents in order of id; ``cursor`` begins the next page where there is ``more``."""

    items: list[OfficeAgent]
    cursor: str
    more: bool


class OfficeDevice(Message):
    """A device, and whether it is suspended, since when and why."""

    device: RecordId
    agent: str
    region: str
    registered_at: str
    suspended_at: str | None = None
    suspended_for: SuspendedFor | None = None


class DeviceList(Message):
    """Devices in order of id; ``cursor`` begins the next page where there is ``more``."""

    items: list[OfficeDevice]
    cursor: str
    more: bool


class SuspendRequest(Message):
    """Suspend a device, and why."""

    device: RecordId
    reason: SuspendedFor


class RestoreRequest(Message):
    """Hear a device again."""

    device: RecordId = Field(description="The device to restore.")
