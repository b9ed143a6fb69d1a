"""Every way a command can end other than well.

The tree (exit code in brackets)::

    PerisaiError [1]
    ├── InvalidInput [2]          what was typed or handed over
    ├── NoRuleInForce [4]         the law holds no value for that month
    ├── TryLater [5]              network or central; nothing is lost
    ├── SignInAgain [6]           the central no longer knows this device
    ├── SomethingInTheWay [7]     clock, TLS, a login page
    ├── DiskTrouble [8]           disk full or I/O error
    ├── NoStore [10]              nothing set up here
    ├── StoreLocked [11]          another process holds the lock
    ├── WrongPassphrase [12]
    └── StoreUnusable [13]        damaged, or newer than this version
"""

from __future__ import annotations

import dataclasses
import errno
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_INVALID = 2
EXIT_PARTIAL = 3
EXIT_NO_RULE = 4
EXIT_TRY_LATER = 5
EXIT_SIGN_IN = 6
EXIT_IN_THE_WAY = 7
EXIT_DISK = 8
EXIT_NO_STORE = 10
EXIT_LOCKED = 11
EXIT_PASSPHRASE = 12
EXIT_UNUSABLE = 13
EXIT_BUG = 70
EXIT_INTERRUPTED = 130

CAUSES: dict[int, str] = {
    errno.ENOENT: "no_folder", errno.ENOTDIR: "no_folder",
    errno.EACCES: "not_allowed", errno.EPERM: "not_allowed",
    errno.EROFS: "read_only", errno.EISDIR: "folder", errno.EEXIST: "file",
    errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EFBIG: "too_big",
    errno.ENAMETOOLONG: "long_name",
}  # fmt: skip
"""Why the system refuses a file, by its number; the words are ``file_cause`` in the catalogues."""

EXIT_CODES: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 70, 130)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault or warning: a stable code, where it is, and facts that name no person.

    Attributes:
        code: Stable code such as ``nik.length``; the sentence and the cure live in ``i18n``.
        field: JSON pointer to the value that is at fault, where there is one.
        facts: Values for the sentence's placeholders; never a NIK, a name or a phone number.
        row: Line of the input, counted from 1, where many came in.
        id: Id of the record that it concerns.
        file: Name of the one of several files that it is about, with nothing but letters that show.
    """

    code: str
    field: str | None = None
    facts: dict[str, str | int] = dataclasses.field(default_factory=dict)
    row: int | None = None
    id: str | None = None
    file: str | None = None


_LONG_NUMBER = re.compile(r"\d{6,}|\d(?:[ ._-]?\d){11,}")


def plain_name(path: Path) -> str:
    """Return the name of a file as it may be shown: what moves a cursor or ends a line is ``?``.

    People name files by whom they are about: digits that may be a NIK's or a telephone's are ``…``.
    """
    name = _LONG_NUMBER.sub("…", path.name or str(path))
    return "".join(letter if letter.isprintable() else "?" for letter in name)


class PerisaiError(Exception):
    """The root: carries a code and facts, never a sentence and never personal data."""

    exit_code = EXIT_FAILED
    default_code = "failed"

    def __init__(self, code: str | None = None, *, field: str | None = None, **facts: str | int):
        self.code = code or self.default_code
        self.problems: tuple[Problem, ...] = (Problem(self.code, field, dict(facts)),)
        super().__init__(self.code)

    @classmethod
    def of(cls, problems: tuple[Problem, ...]) -> Self:
        """Return one error that carries all *problems* (at least one)."""
        error = cls(problems[0].code)
        error.problems = problems
        return error


class InvalidInput(PerisaiError):
    """What was typed or handed over can't be used; ``problems`` holds every fault found."""

    exit_code = EXIT_INVALID
    default_code = "input.invalid"


class NoRuleInForce(PerisaiError):
    """No value of a parameter was in force in a month: never 0, never a guess."""

    exit_code = EXIT_NO_RULE
    default_code = "rule.not_in_force"


class TryLater(PerisaiError):
    """Temporary: the network or the central failed; nothing is lost."""

    exit_code = EXIT_TRY_LATER
    default_code = "network.unavailable"


class SignInAgain(PerisaiError):
    """The central refuses this device's key or token."""

    exit_code = EXIT_SIGN_IN
    default_code = "auth.refused"


class SomethingInTheWay(PerisaiError):
    """A wrong clock, a TLS failure, or a page that is not the central."""

    exit_code = EXIT_IN_THE_WAY
    default_code = "network.not_central"


class DiskTrouble(PerisaiError):
    """The disk is full or fails; the last commit is intact."""

    exit_code = EXIT_DISK
    default_code = "disk.trouble"

    @classmethod
    def unwritable(cls, code: str, path: Path, error: BaseException) -> Self:
        """Return what is told of a file that can't be written: its name, and why (``CAUSES``)."""
        number = getattr(error, "errno", None) or 0
        cause = CAUSES.get(number, "other")
        return cls(code, name=plain_name(path), cause=cause, number=number)


class NoStore(PerisaiError):
    """There is no store in this home yet."""

    exit_code = EXIT_NO_STORE
    default_code = "store.none"


class StoreLocked(PerisaiError):
    """Another process holds the lock."""

    exit_code = EXIT_LOCKED
    default_code = "store.locked"


class WrongPassphrase(PerisaiError):
    """The passphrase does not open the store; nothing was changed."""

    exit_code = EXIT_PASSPHRASE
    default_code = "passphrase.wrong"


class StoreUnusable(PerisaiError):
    """The store is damaged or newer than this version; it is left untouched."""

    exit_code = EXIT_UNUSABLE
    default_code = "store.damaged"
