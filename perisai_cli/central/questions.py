"""How often the guard asked, by agent and code: counts for the office, with no rank and no verdict.

Bodies are read one by one, for this is asked seldom; no column or table is kept for it.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Text, cast, func, select

from perisai_cli.central.database import Database
from perisai_cli.central.tables import item_versions, items
from perisai_cli.protocol.bodies import questions_of
from perisai_cli.protocol.questions import AgentQuestions, QuestionCounts

_STANDING = ("accepted", "held", "duplicate")
_PAGE = 500


def question_counts(database: Database) -> QuestionCounts:
    """Return the counts of every agent's standing records."""
    versions = item_versions.c
    same = (versions.id == items.c.id) & (versions.rev == items.c.rev)
    standing = items.c.status.in_(_STANDING)
    told = cast(versions.body, Text).like('%"questions"%')
    wanted = select(items.c.agent, versions.body).join(item_versions, same).where(standing, told)
    totals = select(items.c.agent, func.count()).where(standing).group_by(items.c.agent)
    asked: Counter[tuple[str, str]] = Counter()
    answered: Counter[tuple[str, str]] = Counter()
    with database.reading() as connection:
        records = {agent: int(count) for agent, count in connection.execute(totals)}
        for agent, body in connection.execute(wanted.execution_options(yield_per=_PAGE)):
            for question in questions_of(body):
                key = (agent, question["code"])
                asked[key] += 1
                answered[key] += question.get("answer") is not None
    counts = [
        AgentQuestions(agent=agent, code=code, asked=count, answered=answered[agent, code])
        for (agent, code), count in sorted(asked.items())
    ]
    return QuestionCounts(items=counts, records=records)
