"""``pekerja ekspor``: everything held of one person, for the person herself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli.actions import person_export
from perisai_cli.cli import output
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.invocation import current
from perisai_cli.cli.person_page import page
from perisai_cli.cli.queue_words import short
from perisai_cli.cli.worker_group import RecordId, Text, app
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text


@command(app, "worker export")
def worker_export(
    record_id: RecordId,
    file: Annotated[Text, opt("--output", "--keluaran", "-o", key="export_to", metavar="F")] = None,
    reason: Annotated[
        Text, opt("--alasan", "--reason", key="export_reason", metavar="CODE")
    ] = None,
    form: Annotated[Text, opt("--format", key="export_format", metavar="json|html")] = None,
) -> int:
    """Write everything held of one person to a file, for the person herself."""
    for given, named in ((file, "--output"), (reason, "--reason")):
        if not given:
            raise InvalidInput("usage.missing", field=named)
    if current().json and file == person_export.STDOUT:
        raise InvalidInput("report.json_and_stdout", field="--output")
    result = person_export.worker_export(world(), record_id, file or "", reason or "", form, page)
    if file == person_export.STDOUT:
        output.tell(text("export.whole"))
        return result.exit_code
    return output.show(result, _written_lines)


def _written_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("export.written", id=short(data["id"]), path=data["path"])
    yield text("export.whole")
