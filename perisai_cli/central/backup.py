"""Copies a central's SQLite file while it serves; PostgreSQL has its own tools for that."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from perisai_cli.domain.errors import StoreUnusable


def copy_database(source: Path, into: Path) -> int:
    """Return the number of the last commit in a copy, which is one moment of *source*.

    Args:
        source: The central's file; who writes to it meanwhile is not disturbed.
        into: An empty file that only its owner may read.

    Raises:
        StoreUnusable: ``backup.damaged``: the copy does not pass SQLite's own examination.
        OSError: it can't be written.
    """
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(into)) as copy:
            live.execute("BEGIN")  # one moment, however long the copying takes
            live.execute("SELECT 1 FROM commits").fetchone()
            live.backup(copy)
            live.execute("ROLLBACK")
            # The copy travels alone: a journal beside it would stay behind.
            copy.execute("PRAGMA journal_mode = DELETE").fetchone()
            [(examined,)] = copy.execute("PRAGMA integrity_check(1)").fetchall()
            if examined != "ok":
                raise StoreUnusable("backup.damaged")
            [(seq,)] = copy.execute("SELECT coalesce(max(seq), 0) FROM commits").fetchall()
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from None
    except sqlite3.DatabaseError:
        raise StoreUnusable("backup.damaged") from None
    return int(seq)
