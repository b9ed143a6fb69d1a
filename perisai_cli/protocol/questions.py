"""The guard's questions on the wire: in the bodies of enrolments, and before officers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from perisai_cli.domain.guard import MAX_ANSWER
from perisai_cli.protocol.messages import Message

MAX_QUESTIONS = 32
"""Questions that one body may tell; a newer version may ask what this one does not know."""

QuestionCode = Annotated[str, Field(pattern=r"^guard\.[a-z_]{1,40}$")]
Moment = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]


class AskedQuestion(Message):
    """What the guard asked about a record, and the agent's answer once there is one.

    ``answer`` is the code of a common reason or the agent's own words.
    """

    code: QuestionCode
    asked_at: Moment
    answer: str | None = Field(default=None, min_length=1, max_length=MAX_ANSWER)
    answered_at: Moment | None = None


class AgentQuestions(Message):
    """How often an agent's standing records were asked about, and answered for, by one code.

    A count and nothing else: no rank, no score and no verdict.
    """

    agent: str
    code: QuestionCode
    asked: int
    answered: int


class QuestionCounts(Message):
    """The counts of all agents, in order of agent and code, and the records there were."""

    items: list[AgentQuestions]
    records: dict[str, int] = Field(description="Standing records by agent.")
