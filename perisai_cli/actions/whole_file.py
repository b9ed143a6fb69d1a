"""Files for others to read, which are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from perisai_cli.domain.errors import DiskTrouble


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Yield a file that takes its name only when it is whole; only its owner may read it.

    Raises:
        DiskTrouble: ``report.unwritable``; no half file is left under its name.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(
                descriptor, "w", encoding="utf-8", errors="surrogateescape", newline=""
            ) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise DiskTrouble("report.unwritable", number=error.errno or 0) from None
