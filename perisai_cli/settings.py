"""The settings file of a home: what a person sets once. Flags and environment come before it."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

FILE_NAME = "settings.toml"
_LANGUAGES = ("id", "en")
_KINDS: dict[str, type] = {"incentive": dict, "metered": bool}


class BadSettings(Exception):
    """The file is not TOML, or has a key or a value that it can't have."""


class Settings(NamedTuple):
    """What a settings file may hold.

    Attributes:
        language: ``id`` or ``en``.
        central: Address of the central API, in place of the one given at set-up.
        incentive: The office's own incentive amounts, unchecked; ``rules`` knows their keys.
        central_ca: PEM file of the one authority that the central's certificate must be from.
        metered: Whether every octet of the network costs.
    """

    language: str | None = None
    central: str | None = None
    incentive: dict[str, Any] | None = None
    central_ca: str | None = None
    metered: bool | None = None


def read_settings(home: Path) -> Settings:
    """Return the settings of *home*; all unset where there is no file.

    Raises:
        BadSettings: the file can't be read as settings; the argument names the key at fault.
    """
    try:
        text = (home / FILE_NAME).read_text(encoding="utf-8")
        table = tomllib.loads(text, parse_float=Decimal)
    except FileNotFoundError:
        return Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise BadSettings("toml") from None
    for key, value in table.items():
        kind = _KINDS.get(key, str)
        if key not in Settings._fields or not isinstance(value, kind):
            raise BadSettings(key)
    if table.get("language") not in (None, *_LANGUAGES):
        raise BadSettings("language")
    return Settings(**table)
