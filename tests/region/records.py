"""What the made-up region consists of, before any of it is a body or a fact of the package."""

from __future__ import annotations

from typing import NamedTuple


class Agent(NamedTuple):
    """An agent.

    Attributes:
        number: From 0 on.
        name: The agent's id.
        office: Id of the office.
        zone: Regency of the agent, by which its clock goes.
    """

    number: int
    name: str
    office: str
    zone: str


class Wish(NamedTuple):
    """What is insured: programmes, tier, sector, payer, and whether the member employs others."""

    programs: tuple[str, ...]
    tier: int
    sector: str
    payer: str
    owner: bool


class Payment(NamedTuple):
    """Money for some months; ``moved`` are its states so far, each with its moment."""

    id: str
    agent: Agent
    standing: str
    moment: int
    member: str
    wish: Wish
    start: int
    months: int
    amount: int
    moved: tuple[tuple[str, int], ...]
    codes: tuple[str, ...]

    @property
    def money(self) -> str:
        """The state that the money is in."""
        return self.moved[-1][0]


class Return(NamedTuple):
    """A member who had lapsed and comes back."""

    id: str
    agent: Agent
    standing: str
    moment: int
    member: str
    wish: Wish
    start: int
    months: int
    amount: int
    codes: tuple[str, ...]


class Member(NamedTuple):
    """An enrolment, with its money and its returns.

    Attributes:
        number: Count of all members of the region before this one; the person is made of it.
        region: District of the address.
        nik_region: District in the NIK.
        flaws: Names of the findings about the person's data.
        place: Regency where the member counts: the NIK's where there is no address.
    """

    id: str
    agent: Agent
    standing: str
    moment: int
    number: int
    region: str
    nik_region: str
    place: str
    flaws: tuple[str, ...]
    wish: Wish
    start: int
    months: int
    amount: int
    codes: tuple[str, ...]
    payments: tuple[Payment, ...]
    returns: tuple[Return, ...]


class Event(NamedTuple):
    """An event: who came, and what became of them as the agent's own device knows it."""

    id: str
    agent: Agent
    standing: str
    moment: int
    region: str
    type: str
    day: int
    present: int
    attendees: tuple[tuple[str, int], ...]
    enrolled: int
    paid: int
    codes: tuple[str, ...]
