"""Files for others to read, which are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from perisai_cli.domain.errors import DiskTrouble

# What is carried through from somebody's file comes out as it went in, even where it is no UTF-8.
_ERRORS = "surrogateescape"

# Windows would write its own line ends into a file not opened as binary.
_FLAGS = os.O_CREAT | os.O_WRONLY | os.O_TRUNC | getattr(os, "O_BINARY", 0)


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Yield a file that takes its name only when it is whole; only its owner may read it.

    A pipe or a device such as ``/dev/stdout`` is written to: a file must never take its place.

    Raises:
        DiskTrouble: ``report.unwritable``; no half file is left under its name.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", errors=_ERRORS, newline="") as file:
                yield file
            return
        final = path.resolve()
        unfinished = final.with_name(f".{final.name}.{os.getpid()}")
        descriptor = os.open(unfinished, _FLAGS, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors=_ERRORS, newline="") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(final)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise DiskTrouble("report.unwritable", number=error.errno or 0) from None


@contextmanager
def whole_octets(path: Path) -> Iterator[BinaryIO]:
    """Yield a file of octets that takes its name only when all of it is on the disk.

    Only its owner may read it. A pipe or a device is written to, as with ``whole_file``.

    Raises:
        DiskTrouble: ``bundle.unwritable``; no half file is left under its name.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        final = path.resolve()
        unfinished = final.with_name(f".{final.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(unfinished, _FLAGS, 0o600), "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(final)
            _keep_name(final.parent)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise DiskTrouble("bundle.unwritable", number=error.errno or 0) from None


def _keep_name(folder: Path) -> None:
    """Make the names in a folder durable; Windows keeps them in a journal of its own."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
