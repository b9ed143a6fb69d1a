"""Prints what a campaign counted: schedules, steps, kills, faults by kind, kill points by call.

Tests say it with ``record_property``: whole numbers under one name are summed over all tests, and
what is under ``table`` is printed as it is.
"""

from __future__ import annotations

from collections import Counter
from typing import Any


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """Print the counts of a campaign; a default run has none to tell."""
    if "slow" not in (config.option.markexpr or "").replace("not slow", ""):
        return
    passed = terminalreporter.stats.get("passed", [])
    told = [each for report in passed for each in report.user_properties]
    counts: Counter[str] = Counter()
    for name, value in told:
        if isinstance(value, int):
            counts[name] += value
    if told:
        terminalreporter.section("what was counted")
    for name, count in sorted(counts.items()):
        terminalreporter.write_line(f"{count:>10,}  {name}")
    for table in sorted(str(value) for name, value in told if name == "table"):
        terminalreporter.write_line(table)
