"""The sets of rules installed in a home, and the one of them that is in use.

``rules/active`` names it and holds the SHA-256 of each of its files, so that a calculator proves
the few files that it reads and pays for no others. It takes its place by one rename.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from perisai_cli.domain.errors import DiskTrouble, StoreUnusable
from perisai_cli.rules.law import VERSION, Edition, Law

FOLDER = "rules"
POINTER = "active"
ENVELOPE = "envelope.json"
"""The signed set as it came, beside the files made of it."""

MAX_POINTER = 64 * 1024


class Active(NamedTuple):
    """The set that is in use.

    Attributes:
        folder: Name of its folder below ``rules/``.
        hash: SHA-256 of the content that was signed.
        edition: Version, day and signer.
        files: SHA-256 of each file, by its name without the suffix.
    """

    folder: str
    hash: str
    edition: Edition
    files: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return what ``active`` holds."""
        return {**self._asdict(), "edition": self.edition._asdict()}


class _Verified(Mapping[str, bytes]):
    """The files of an installed set; what is read is what was installed, or an error."""

    def __init__(self, folder: Path, sums: dict[str, str]):
        self._folder = folder
        self._sums = sums

    def __getitem__(self, name: str) -> bytes:
        import hashlib  # only where a set is installed

        octets = _octets(self._folder / f"{name}.toml")
        if hashlib.sha256(octets).hexdigest() != self._sums[name]:
            raise StoreUnusable("rules.damaged")
        return octets

    def __contains__(self, name: object) -> bool:
        return name in self._sums

    def __iter__(self) -> Iterator[str]:
        return iter(self._sums)

    def __len__(self) -> int:
        return len(self._sums)


def read_active(home: Path) -> Active | None:
    """Return which installed set is in use in *home*, or None where none ever was.

    Raises:
        StoreUnusable: ``rules.damaged``: the pointer can't be read as one.
        DiskTrouble: it can't be read at all.
    """
    try:
        with (home / FOLDER / POINTER).open("rb") as file:
            octets = file.read(MAX_POINTER)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DiskTrouble("disk.io", number=error.errno or 0) from None
    try:
        held = json.loads(octets)
        active = Active(**held | {"edition": Edition(**held["edition"])})
        whole = _is_sound(active)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise StoreUnusable("rules.damaged") from None
    if not whole:
        raise StoreUnusable("rules.damaged")
    return active


def _is_sound(active: Active) -> bool:
    edition = active.edition
    texts = (active.folder, active.hash, edition.valid_from, edition.key, *active.files.values())
    return (
        all(isinstance(text, str) for text in texts)
        and type(edition.version) is int
        and active.folder.startswith(f"{edition.version}-{active.hash[:16]}")
        and not set(active.folder) & {"/", "\\", "."}
    )


def installed_law(home: Path) -> Law | None:
    """Return the installed law in use, or None where the package's own is as new or newer.

    Raises:
        StoreUnusable: ``rules.damaged``: it is not whole; no other rates take its place unasked.
    """
    active = read_active(home)
    if active is None or active.edition.version <= VERSION:
        return None
    folder = home / FOLDER / active.folder
    if not folder.is_dir():
        raise StoreUnusable("rules.damaged")
    return Law(_Verified(folder, active.files), active.edition)


def envelope_of(home: Path) -> bytes:
    """Return the signed set in use as it came, unproved.

    Raises:
        StoreUnusable: ``rules.damaged``: it is not there.
    """
    active = read_active(home)
    if active is None:
        raise StoreUnusable("rules.damaged")
    return _octets(home / FOLDER / active.folder / ENVELOPE)


def _octets(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise StoreUnusable("rules.damaged") from None
    except OSError as error:
        raise DiskTrouble("disk.io", number=error.errno or 0) from None


def is_whole(home: Path, active: Active) -> bool:
    """Tell whether every file of a set is there and is what was installed."""
    files = _Verified(home / FOLDER / active.folder, active.files)
    try:
        return all(files[name] is not None for name in files)
    except StoreUnusable:
        return False


def fingerprint(key: str) -> str:
    """Return the short name of a key that two people can compare aloud."""
    import hashlib  # as above

    digest = hashlib.sha256(key.encode("utf-8")).hexdigest()[:16]
    return "-".join(digest[at : at + 4] for at in range(0, 16, 4))
