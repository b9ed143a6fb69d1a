"""Puts the real world in the actions' hands.

This is the only module that reads the clock, the environment and the home folder, and the only one
that opens a store for the actions.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from perisai_cli import __version__
from perisai_cli.actions.app import App
from perisai_cli.domain.errors import DiskTrouble, InvalidInput
from perisai_cli.settings import BadSettings, Settings, read_settings

if TYPE_CHECKING:
    from perisai_cli.rules.law import Law
    from perisai_cli.storage.store import Store

_KEYRING_SERVICE = "perisai"
_SAFE_KEYRINGS = ("Windows", "macOS", "SecretService", "kwallet", "libsecret")
_MAX_PASSPHRASE_FILE = 4096


class Asked(NamedTuple):
    """What the command line itself said about the world, and how to ask a person.

    Attributes:
        ask_passphrase: Asks on the terminal; None where nobody can be asked.
        central: Address given as a flag.
        authority: PEM file of the one authority to trust, given as a flag.
    """

    ask_passphrase: Callable[[], str] | None = None
    central: str | None = None
    authority: str | None = None


def typed_path(typed: str) -> Path:
    """Return a path as somebody typed it, ``~`` being a home.

    Where nobody has the home that it names, that is the name itself, as a shell leaves it: whoever
    reads it tells that there is no such file.
    """
    return Path(os.path.expanduser(typed))  # noqa: PTH111 - pathlib's raises


def home_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the home: ``PERISAI_HOME``, else the platform's data folder for this program.

    Raises:
        InvalidInput: ``home.nobody``: it begins with ``~`` and the name of nobody.
    """
    if named := environment.get("PERISAI_HOME"):
        if str(home := typed_path(named)).startswith("~"):
            raise InvalidInput("home.nobody", field="PERISAI_HOME")
        return home
    import platformdirs

    return Path(platformdirs.user_data_dir("perisai", appauthor=False))


def settings(home: Path) -> Settings:
    """Return the settings of *home*.

    Raises:
        InvalidInput: ``settings.invalid``, with the key at fault.
    """
    try:
        return read_settings(home)
    except BadSettings as error:
        raise InvalidInput("settings.invalid", key=str(error)) from None
    except OSError as error:
        raise DiskTrouble("disk.io", number=error.errno or 0) from None


def preferred_language(asked: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """Return the language to speak: flag, then ``PERISAI_LANG``, then settings, then Indonesian."""
    named = asked or environment.get("PERISAI_LANG")
    if not named:
        named = settings(home_folder(environment)).language
    return named if named in ("id", "en") else "id"


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def use_rules_of_home() -> None:
    """Let every later look at the law find the set that is installed in the home, if one is."""
    from perisai_cli.rules import chosen

    chosen.choose(_installed_law)


def use_rules_of_package() -> None:
    """Let every later look at the law find the package's own set: for a throw-away home."""
    from perisai_cli.rules import chosen

    chosen.choose(lambda: None)


def trusted_key() -> str | None:
    """Return the signing key that the settings name for newer rules, if they name one."""
    return settings(home_folder()).rules_key


def _installed_law(environment: Mapping[str, str] = os.environ) -> Law | None:
    home = home_folder(environment)
    if not (home / "rules" / "active").exists():  # one stat; what reads it is imported after that
        return None
    from perisai_cli.rules.installed import installed_law

    return installed_law(home)


def build_app(asked: Asked, environment: Mapping[str, str] = os.environ) -> App:
    """Return the world for one command."""
    home = home_folder(environment)
    chosen = settings(home)
    central = asked.central or environment.get("PERISAI_CENTRAL") or chosen.central
    authority = Path(asked.authority) if asked.authority else None
    if authority is None and chosen.central_ca:
        authority = home / typed_path(chosen.central_ca)
    typed = cache(lambda: passphrase(asked, environment))  # a command may open the store twice
    return App(
        home=home,
        clock=now,
        unlock=lambda: _unlock(home, typed),
        central=central,
        version=f"perisai/{__version__}",
        authority=authority,
        metered=bool(chosen.metered),
    )


def _unlock(home: Path, typed: Callable[[], str]) -> Store:
    from perisai_cli.storage.store import open_store

    return open_store(home, typed, kept_key)


def passphrase(asked: Asked, environment: Mapping[str, str] = os.environ) -> str:
    """Return the passphrase from its file, else from the person at the terminal.

    Raises:
        InvalidInput: ``passphrase.missing``: no file is named and nobody can be asked;
            ``passphrase.file``: the file can't be read or its first line is empty.
    """
    named = environment.get("PERISAI_PASSPHRASE_FILE")
    if not named:
        if asked.ask_passphrase is None:
            raise InvalidInput("passphrase.missing", field="PERISAI_PASSPHRASE_FILE")
        return asked.ask_passphrase()
    return first_line(Path(named), "passphrase.file")


def first_line(path: Path, code: str) -> str:
    """Return the first line of a small secret file.

    Raises:
        InvalidInput: *code*: the file can't be read or its first line is empty.
    """
    try:
        with path.expanduser().open(encoding="utf-8-sig") as file:
            line = file.readline(_MAX_PASSPHRASE_FILE).rstrip("\r\n")
    except (OSError, RuntimeError, UnicodeDecodeError):
        raise InvalidInput(code) from None
    if not line:
        raise InvalidInput(code)
    return line


def kept_key(store_id: str) -> bytes | None:
    """Return the vault key that the system's keyring holds for this store, if it holds one.

    Only where the owner asked for it at set-up; ``PERISAI_KEYRING=off`` leaves it unasked.
    """
    if os.environ.get("PERISAI_KEYRING") == "off" or not (home_folder() / ".keyring").exists():
        return None
    keyring = _safe_keyring()
    try:
        kept = keyring.get_password(_KEYRING_SERVICE, store_id) if keyring else None
        return bytes.fromhex(kept) if kept else None
    except _keyring_failures():  # locked, cancelled, or holding something else
        return None  # the passphrase opens the store all the same


def keep_key(store_id: str, vault_key: bytes) -> bool:
    """Put the vault key in the system's keyring; return whether there is a safe one to hold it."""
    keyring = _safe_keyring()
    if keyring is None:
        return False
    try:
        keyring.set_password(_KEYRING_SERVICE, store_id, vault_key.hex())
    except _keyring_failures():  # the caller tells that nothing was kept
        return False
    (home_folder() / ".keyring").touch(mode=0o600)
    return True


def _keyring_failures() -> tuple[type[Exception], ...]:
    """Return the ways in which a keyring that is there can still fail."""
    from keyring.errors import KeyringError

    return KeyringError, OSError, RuntimeError, ValueError


def _safe_keyring() -> Keyring | None:
    """Return the best of the system's own keyrings; never one that keeps secrets in a plain file.

    The library's own choice may be such a file, or a chain that holds one.
    """
    try:
        from keyring.backend import get_all_keyring
    except ImportError:
        return None
    names = {f"keyring.backends.{name}" for name in _SAFE_KEYRINGS}
    safe = [ring for ring in get_all_keyring() if type(ring).__module__ in names]
    return max(safe, key=lambda ring: ring.priority, default=None)


if TYPE_CHECKING:
    from keyring.backend import KeyringBackend as Keyring


def is_interactive() -> bool:
    """Tell whether a person is at the terminal to be asked."""
    streams: tuple[TextIO | None, ...] = (sys.stdin, sys.stderr)  # None where it was closed
    return all(stream is not None and stream.isatty() for stream in streams)


def completion_asked(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether it is a shell that calls, to complete a line."""
    return "_PERISAI_COMPLETE" in environment


def passphrase_file_named(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether a file is named to take the passphrase from."""
    return bool(environment.get("PERISAI_PASSPHRASE_FILE"))


def throwaway_app(home: Path, passphrase_text: str, central: str) -> App:
    """Return the world of a throw-away home, which asks nobody and uses no keyring."""

    def unlock() -> Store:
        from perisai_cli.storage.store import open_store

        return open_store(home, lambda: passphrase_text, lambda _store_id: None)

    return App(home, now, unlock, central, f"perisai/{__version__}")
