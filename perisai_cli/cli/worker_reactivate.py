"""``pekerja aktifkan``: a member whose cover lapsed."""

from __future__ import annotations

from typing import Annotated

import typer

from perisai_cli.cli import output, reactivation
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.worker_group import Text, app
from perisai_cli.i18n import text


@command(app, "worker reactivate")
def worker_reactivate(
    record_id: Annotated[Text, typer.Argument(metavar="ID", help=text("option.member"))] = None,
    months: Annotated[Text, opt("--bulan", "--months", key="months", metavar="1-60")] = None,
    start: Annotated[Text, opt("--mulai", "--start", key="start", metavar="YYYY-MM")] = None,
    file: Annotated[Text, opt("--berkas", "--file", key="reactivate_file", metavar="F")] = None,
) -> int:
    """Reactivate a member whose cover lapsed."""
    result = reactivation.reactivate(record_id, file, months, start)
    return output.show(result, reactivation.lines)
