"""Files for others to read, which are there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from perisai_cli.actions.leftovers import new_unfinished, sweep
from perisai_cli.domain.errors import DiskTrouble, InvalidInput

# What is carried through from somebody's file comes out as it went in, even where it is no UTF-8.
_ERRORS = "surrogateescape"


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Yield a file that takes its name only when it is whole; only its owner may read it.

    A pipe or a device such as ``/dev/stdout`` is written to: a file must never take its place.

    Raises:
        DiskTrouble: ``report.unwritable``; no half file is left under its name.
    """
    with _told_of("report.unwritable", path):
        if _is_special(path):
            with path.open("w", encoding="utf-8", errors=_ERRORS, newline="") as file:
                yield file
            return
        with (
            _unfinished(path) as unfinished,
            unfinished.open("w", encoding="utf-8", errors=_ERRORS, newline="") as file,
        ):
            yield file


@contextmanager
def whole_octets(path: Path) -> Iterator[BinaryIO]:
    """Yield a file of octets that takes its name only when all of it is on the disk.

    Only its owner may read it. A pipe or a device is written to, as with ``whole_file``.

    Raises:
        DiskTrouble: ``bundle.unwritable``; no half file is left under its name.
    """
    with _told_of("bundle.unwritable", path):
        if _is_special(path):
            with path.open("wb") as file:
                yield file
            return
        with _unfinished(path) as unfinished, unfinished.open("wb") as file:
            yield file


@contextmanager
def whole_path(path: Path) -> Iterator[Path]:
    """Yield the path of an empty file beside *path*, for a writer that opens its files itself.

    What it has become takes the name *path* when all of it is on the disk; only its owner may read
    it, before and after.

    Raises:
        InvalidInput: ``report.special``, for a pipe or a device: such a writer goes back in its
            file, and puts a new one in its place.
        DiskTrouble: ``report.unwritable``; no half file is left under its name.
    """
    with _told_of("report.unwritable", path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        if _is_special(path):
            raise InvalidInput("report.special")
        with _unfinished(path) as unfinished:
            yield unfinished


@contextmanager
def _told_of(code: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskTrouble.unwritable(code, path, error) from None


def _is_special(path: Path) -> bool:
    """Tell whether there is something at *path* that no file may replace."""
    return path.exists() and not path.is_file()


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """Yield a hidden file beside *path*, which takes its name once all of it is on the disk."""
    final = path.resolve()
    sweep(final.parent)
    with new_unfinished(final.parent) as unfinished:
        yield unfinished
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.chmod(0o600)  # a writer may have put a file of its own in its place
        unfinished.replace(final)
        _keep_name(final.parent)


def _keep_name(folder: Path) -> None:
    """Make the names in a folder durable; Windows keeps them in a journal of its own."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
