"""What the guard asked all agents, as the office counts it; never a verdict."""

from __future__ import annotations

from perisai_cli.actions.app import Result
from perisai_cli.actions.central import Where, central_database


def count_questions(data: Where) -> Result:
    """Return how often each agent was asked and answered, by code, and their standing records."""
    with central_database(data) as database:
        from perisai_cli.central.questions import question_counts

        counts = question_counts(database)
    told = counts.model_dump()
    return Result("central questions", {"count": len(counts.items), **told})
