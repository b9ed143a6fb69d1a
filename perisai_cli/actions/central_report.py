"""Makes reports from a central's own tables, on the machine that has its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.actions.central import Where, central_database
from perisai_cli.actions.report_files import forms_of
from perisai_cli.actions.report_wish import Wish, asked_of, figures_of
from perisai_cli.actions.reporting import Delivered, deliver
from perisai_cli.domain.coverage import Figure, packaged
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.reports import catalogue
from perisai_cli.reports.model import Origin

if TYPE_CHECKING:
    from perisai_cli.central.reporting import CentralFacts

CENTRAL = "central"


class CentralSource:
    """A central's facts as reports ask them; every answer is of the same moment."""

    def __init__(self, facts: CentralFacts, office: str | None):
        self._facts = facts
        self._origin = Origin(CENTRAL, facts.central, facts.as_of, office=office or "")

    @property
    def origin(self) -> Origin:
        """Where the numbers come from."""
        return self._origin

    def rows(self, sql: str, **values: str | int) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question."""
        return self._facts.rows(sql, **values)

    def reasons(self) -> list[tuple[str, str, str, str, str, int]]:
        """Return why records were held or sent back, counted."""
        return self._facts.reasons()


def make_central_report(
    data: Where, office: str | None, wish: Wish, clock: Callable[[], datetime]
) -> Delivered:
    """Build a report from a central's database and deliver it.

    Args:
        data: The central's folder, or the address of its database.
        office: The office whose agents' records are looked at; None for all.
        wish: What report, one of ``catalogue.NAMES``, and where it goes.
        clock: Returns the present moment.

    Raises:
        InvalidInput: ``office.unknown``; a day, the week, the format or the figures can't be used;
            ``central.no_data``.
        NoRuleInForce: the law holds no value that the report needs.
        DiskTrouble: a file can't be written; no half file is left under its name.
    """
    forms = forms_of(wish)
    with central_database(data) as database:
        from perisai_cli.central.reference import office_day
        from perisai_cli.central.reporting import CentralFacts

        asked = asked_of(wish, office_day(clock()), _figures(data, wish))
        with CentralFacts(database, office) as facts:
            if office is not None and not facts.has_agents:
                raise InvalidInput("office.unknown", field="--office")
            report = catalogue.build(wish.name, CentralSource(facts, office), asked)
            return deliver("central report", wish, forms, report)


def _figures(data: Where, wish: Wish) -> tuple[Figure, ...]:
    """Return the published figures: of a file that was named or is kept here, or the packaged."""
    if isinstance(data, Path):
        return figures_of(data, wish)
    return packaged() if wish.figures is None else figures_of(wish.figures.parent, wish)
