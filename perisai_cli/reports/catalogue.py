"""The reports that there are, by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from perisai_cli.reports.asked import Asked
from perisai_cli.reports.model import Report, Source

_WHERE = {
    "summary": ("enrolled", "report"),
    "contributions": ("contributed", "report"),
    "money": ("money", "report"),
    "due": ("lapsing", "report"),
    "returned": ("sent_back", "returned_report"),
    "quality": ("sent_back", "quality_report"),
    "agents": ("retained", "league_report"),
    "retention": ("retained", "retention_report"),
    "coverage": ("covering", "report"),
    "funnel": ("reached", "report"),
    "relief": ("cliff", "report"),
    "weekly": ("weekly", "report"),
}
NAMES = tuple(_WHERE)
"""Names of the reports that are built from a source's questions."""

SPANS = ("summary", "funnel", "weekly")
"""Reports that look at a span of days of recording; the others tell how all stands on a day."""


def build(name: str, source: Source, asked: Asked) -> Report:
    """Return the report of a name.

    Raises:
        NoRuleInForce: the law holds no value that it needs.
    """
    module, function = _WHERE[name]
    builder: Callable[[Source, Asked], Report] = getattr(
        import_module(f"perisai_cli.reports.{module}"), function
    )
    return builder(source, asked)
