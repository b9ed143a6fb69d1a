"""The user's language, for the workbook of what came back."""

from __future__ import annotations

from collections.abc import Mapping

from perisai_cli.cli import output
from perisai_cli.domain.errors import Problem
from perisai_cli.i18n import known, text


class FixWords:
    """Speaks for ``actions.fix_workbook``."""

    def sentences(self, problem: Problem) -> tuple[str, ...]:
        """Return what is wrong and what cures it."""
        return output.sentence("error", problem), output.sentence("remedy", problem)

    def heading(self, field: str) -> str:
        """Return the heading of a field's column, one that the tool reads again."""
        return text(f"field.{field}")

    def sheet(self) -> Mapping[str, str]:
        """Return name and lines of the first sheet, and the name of the other."""
        names = ("sheet", "explanation", "rows")
        return {name: text(f"fixing.book_{name}") for name in names}

    def code(self, family: str, code: str) -> str:
        """Return a code as people say it."""
        key = f"{family}.{code}"
        return text(key) if known(key) else code
