"""The law as the calculators see it: parameters by name, read from their files when asked for.

A calculator that needs three programmes does not pay for the rest; ``checked_law`` reads all.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from perisai_cli.rules.checking import (
    BadParameterFile,
    read_parameter,
    read_relief,
    read_source,
)
from perisai_cli.rules.parameter import Parameter, Relief, Source

_FOLDER = Path(__file__).with_name("parameters")
_SOURCES = "sources"
_RELIEFS = "relief"


class Law:
    """All parameters and reliefs of one folder: a TOML file a programme, and ``sources.toml``.

    Reading raises ``BadParameterFile`` where a file breaks the form.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._programmes: dict[str, dict[str, Parameter]] = {}

    def parameter(self, name: str) -> Parameter:
        """Return the parameter with this dotted *name*, such as ``jkm.bpu_flat``."""
        return self._programme(name.partition(".")[0])[name]

    def _programme(self, programme: str) -> dict[str, Parameter]:
        if programme not in self._programmes:
            self._programmes[programme] = {
                f"{programme}.{name}": read_parameter(f"{programme}.{name}", table, self.sources)
                for name, table in self._table(programme).items()
            }
        return self._programmes[programme]

    def _table(self, name: str) -> dict[str, Any]:
        text = (self._folder / f"{name}.toml").read_text(encoding="utf-8")
        return tomllib.loads(text, parse_float=Decimal)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The regulations and pages that values rest on, by key."""
        return {key: read_source(key, table) for key, table in self._table(_SOURCES).items()}

    @cached_property
    def reliefs(self) -> tuple[Relief, ...]:
        """The reliefs, whether in force or past."""
        parameters = self._programme(_RELIEFS)
        return tuple(
            read_relief(name, table, parameters)
            for name, table in self._table(_RELIEFS).items()
            if "programs" in table
        )

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Every parameter of every file, by name."""
        names = [path.stem for path in sorted(self._folder.glob("*.toml"))]
        if _SOURCES not in names:
            raise BadParameterFile(_SOURCES, "missing")
        whole: dict[str, Parameter] = {}
        for name in names:
            if name != _SOURCES:
                whole |= self._programme(name)
        return whole

    @cached_property
    def digest(self) -> str:
        """The name of this very version: the same on every platform, another for another text."""
        import hashlib  # a calculator that prints an amount does not pay for it

        texts = [path.read_bytes() for path in sorted(self._folder.glob("*.toml"))]
        joined = b"\0".join(text.replace(b"\r\n", b"\n") for text in texts)
        return hashlib.sha256(joined).hexdigest()[:16]


@cache
def load_law(folder: Path = _FOLDER) -> Law:
    """Return the law in *folder*; its files are read when they are asked for."""
    return Law(folder)


def checked_law(folder: Path = _FOLDER) -> Law:
    """Return the law in *folder*, every file of it read and checked.

    Raises:
        BadParameterFile: a file breaks the form.
    """
    law = Law(folder)
    if (folder / f"{_RELIEFS}.toml").exists():
        _ = law.reliefs
    _ = law.parameters
    return law
