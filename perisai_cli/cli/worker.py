"""``pekerja`` / ``worker``: the book of people; its commands register from here."""

from __future__ import annotations

from perisai_cli.cli import (
    worker_book,
    worker_card,
    worker_export,
    worker_questions,
    worker_reactivate,
)
from perisai_cli.cli.worker_group import app

worker_questions.add_to(app)

__all__ = ["app", "worker_book", "worker_card", "worker_export", "worker_reactivate"]
