"""``impor`` / ``import``: a spreadsheet of workers, examined first and recorded when told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.cli import import_talk, names, output, questions
from perisai_cli.cli.enroll import given_for_all
from perisai_cli.cli.files import is_file_there
from perisai_cli.cli.framework import command, opt, single
from perisai_cli.cli.invocation import current
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput, plain_name
from perisai_cli.domain.money import parse_rupiah
from perisai_cli.i18n import language, text

app = single("import")

Text = str | None
_TIERS = range(1, 34)


@command(app, "import")
def import_(
    file: Annotated[
        Text, typer.Argument(metavar="F", help=text("option.import_file"), show_default=False)
    ] = None,
    accept: Annotated[bool, opt("--terima", "--accept", key="import_accept")] = False,
    fix: Annotated[Text, opt("--fix", "--perbaikan", key="import_fix", metavar="F.xlsx")] = None,
    everything: Annotated[bool, opt("--semua", "--all", key="import_all")] = False,
    column: Annotated[
        list[str] | None, opt("--kolom", "--column", key="import_column", metavar="H=F")
    ] = None,
    sheet: Annotated[Text, opt("--lembar", "--sheet", key="import_sheet", metavar="S")] = None,
    attested: Annotated[bool, opt("--pernyataan", "--attested", key="import_attested")] = False,
    consent: Annotated[
        Text, opt("--persetujuan", "--consent", key="import_consent", metavar="METHOD")
    ] = None,
    program: Annotated[Text, opt("--program", key="program", metavar="jkk,jkm[,jht]")] = None,
    months: Annotated[Text, opt("--bulan", "--months", key="months", metavar="1-60")] = None,
    start: Annotated[Text, opt("--mulai", "--start", key="start", metavar="YYYY-MM")] = None,
    occupation: Annotated[
        Text, opt("--pekerjaan", "--occupation", key="occupation", metavar="CODE")
    ] = None,
    place: Annotated[Text, opt("--tempat", "--place", key="import_place", metavar="P")] = None,
    payer: Annotated[Text, opt("--pembayar", "--payer", key="payer", metavar="PAYER")] = None,
    income: Annotated[Text, opt("--penghasilan", "--income", key="income", metavar="N")] = None,
    tier: Annotated[Text, opt("--lapisan", "--tier", key="tier", metavar="1-33")] = None,
    template: Annotated[
        Text, opt("--contoh", "--template", key="import_template", metavar="F.xlsx")
    ] = None,
) -> int:
    """Import a spreadsheet of workers: a dry run unless told to accept."""
    if template is not None:
        return _template(template)
    if file is None:
        raise InvalidInput("usage.missing", field="F")
    from perisai_cli.actions.importing import ImportOptions

    for_all = given_for_all(program, months, start, occupation, payer)
    options = ImportOptions(
        path=wiring.typed_path(file),
        told=dict(_told(each) for each in column or ()),
        sheet=sheet,
        for_all=for_all | _money(income, tier) | ({"place": place} if place else {}),
        attested=attested,
        consent=consent,
        accept=accept,
        fix=_free(fix),
        everything=everything,
    )
    return _run(options)


def _run(options: Any) -> int:
    from perisai_cli.actions.importing import import_file

    sink = import_talk.Written() if current().json else import_talk.Told(options.path)
    words = import_talk.SpokenWords()
    return sink.finish(lambda: import_file(world(), options, words, sink))


def _told(said: str) -> tuple[str, str]:
    """Return heading and field of ``Heading=field``."""
    heading, equals, field = said.rpartition("=")
    if not (equals and heading.strip()):
        raise InvalidInput("import.column_format", field="--column")
    return heading.strip(), field.strip()


def _money(income: Text, tier: Text) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if income is not None:
        try:
            given["income"] = parse_rupiah(income)
        except ValueError:
            raise InvalidInput("income.value", field="/income") from None
    if tier is not None:
        if not (tier.isascii() and tier.isdigit() and int(tier[:3]) in _TIERS):
            raise InvalidInput("tier.value", field="/tier", low=1, high=33)
        given["tier"] = int(tier)
    return given


def _free(name: Text) -> Path | None:
    """Return where a workbook may be written: over a file that is there only after a yes.

    Raises:
        InvalidInput: ``confirm.missing`` or ``confirm.no``; the file is as it was.
    """
    if name is None:
        return None
    path = wiring.typed_path(name)
    if path.suffix.lower() != ".xlsx":
        raise InvalidInput("import.fix_suffix", field="--fix")
    if is_file_there(path) and not questions.confirmed(
        text("import.overwrite", name=plain_name(path))
    ):
        raise InvalidInput("confirm.no")
    return path


def _template(name: str) -> int:
    from perisai_cli.actions.import_template import write_template

    path = _free(name)
    assert path is not None
    heading, words = import_talk.SpokenWords().heading, import_talk.template_words()
    result = write_template(path, heading, words)
    return output.show(result, _template_lines)


def _template_lines(data: dict[str, Any]) -> Iterator[str]:
    command_line = f"{names.spoken('import', language())} {Path(data['template']).name}"
    yield text("import.template_written", path=data["template"])
    yield text("import.template_next", command=command_line)
