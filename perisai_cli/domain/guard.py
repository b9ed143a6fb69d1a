"""What the guard may ask about a record: questions with a recorded answer, never verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Question:
    """Something about a record that the agent is asked to explain.

    Attributes:
        code: Stable code such as ``guard.shared_phone``; the sentence lives in ``i18n``.
        facts: Values for the sentence's placeholders; they name no person.
    """

    code: str
    facts: dict[str, str | int] = field(default_factory=dict)
