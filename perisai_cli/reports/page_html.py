"""A report as one page for a browser: a file that needs nothing else, online or beside it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.i18n import language, text
from perisai_cli.i18n.catalogue import sentence
from perisai_cli.reports import words
from perisai_cli.reports.charts import picture
from perisai_cli.reports.model import NUMBERS, Kind, Report, Section
from perisai_cli.reports.page_svg import FILLS, svg
from perisai_cli.reports.shown import PAGE_ROWS, head_of, shown

if TYPE_CHECKING:
    import jinja2

WIDE = 8
"""A table with more columns than these is printed on paper that lies on its side."""

_PARTS = Path(__file__).with_name("page")
_WORDS = ("contents", "no_rows", "total", "to_contents")
_SCRIPT_WORDS = ("filter", "sort_hint", "rows_shown", "dark", "light")
_DATES: frozenset[Kind] = frozenset({"day", "month", "moment"})
_CLASSES: dict[Kind, str] = {
    **dict.fromkeys(NUMBERS, "n"),
    **dict.fromkeys(_DATES, "d"),
    "text": "t",
    "code": "t",
}
"""Kinds of columns to the classes of the style sheet."""


def write_html(report: Report, path: Path) -> int:
    """Write *report* as a page in the user's language; return how many rows it shows.

    The same report in the same language gives the same bytes.

    Raises:
        OSError: the file can't be written.
    """
    template = _environment().get_template("report.html")
    sections = [shown(section, PAGE_ROWS) for section in report.sections]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(template.generate(_facts(report, sections)))
    return sum(len(list(section.rows)) for section in sections)


def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PARTS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )


def _facts(report: Report, sections: list[Section]) -> dict[str, Any]:
    """Return all that the template shows; only parts of our own are markup."""
    from markupsafe import Markup

    style, script = _part("report.css"), _part("report.js")
    return {
        "language": language(),
        "policy": _policy(style, script),
        "style": Markup(style),  # noqa: S704 - the file beside this one
        "script": Markup(script),  # noqa: S704 - the same
        "fills": Markup(FILLS),  # noqa: S704 - a constant
        "title": words.title(report),
        "for_day": text("report_page.for_day", day=words.day(report.day)),
        "as_of": words.as_of(report.origin),
        "words": {
            name: sentence(language(), f"report_page.{name}") for name in _WORDS + _SCRIPT_WORDS
        },
        "script_words": _SCRIPT_WORDS,
        "sections": list(_sections(sections)),
        "said": words.said,
        "heading": words.heading,
        "classes": _CLASSES,
        "raw": NUMBERS | _DATES,
        "wide": WIDE,
    }


def _sections(sections: list[Section]) -> Iterator[dict[str, Any]]:
    from markupsafe import Markup

    for number, section in enumerate(sections, 1):
        title = words.title(section)
        drawn = picture(section)
        yield {
            "number": number,
            "title": title,
            "table": text("report_page.table", title=title),
            "columns": section.columns,
            "head": head_of(section),
            "rows": section.rows,
            "total": section.total,
            "notes": [words.note(note) for note in section.notes],
            "svg": drawn and Markup(svg(drawn, title, number)),  # noqa: S704 - escaped by svg
            "told": drawn and drawn.told,
            "left_out": drawn and drawn.left_out,
        }


def _part(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return rules that let the page use its own style and script, and nothing from outside."""
    rules = (
        "default-src 'none'",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(rules)


def _hash(part: str) -> str:
    digest = hashlib.sha256(part.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
