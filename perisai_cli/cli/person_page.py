"""What is held of one person, as a page that she can read and print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from perisai_cli.cli.queue_words import facts
from perisai_cli.i18n import known, language, text

_STYLE = (
    "body{font-family:sans-serif;max-width:44em;margin:1em auto;padding:0 1em;line-height:1.4}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #777;padding:.3em;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}img{max-width:100%}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere}"
)
PARTS = ("record", "answer", "payments", "questions", "carried", "attendees", "history")
"""What is shown as it is kept, after the data in words."""


def page(whole: dict[str, Any]) -> Iterator[str]:
    """Yield the pieces of the page: her data in words, then every other thing that is held."""
    title = escape(text("export.title"))
    yield f'<!DOCTYPE html><html lang="{language()}"><head><meta charset="utf-8">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
    about = {"at": whole["made_at"], **whole["held_by"]}
    yield f"<p>{escape(text('export.about', **about))}</p>"
    yield from _section("data", _table(facts(whole["worker"])))
    for photo in whole["photos"]:
        source = f"data:{escape(photo['media'])};base64,{photo['base64']}"
        alt = escape(text("field.attachments"))
        yield from _section("photo", iter([f'<img alt="{alt}" src="{source}">']))
    for name in PARTS:
        if whole[name]:
            yield from _section(name, _rows(whole[name]))
    sent = json.dumps(whole["sent"], ensure_ascii=False, indent=1)
    yield from _section("sent", iter([f"<pre>{escape(sent)}</pre>"]))
    yield "</body></html>\n"


def _section(name: str, pieces: Iterator[str]) -> Iterator[str]:
    yield f"<h2>{escape(text(f'export.part_{name}'))}</h2>"
    yield from pieces


def _rows(held: Any) -> Iterator[str]:
    """Yield a table of each object that is held, under the names by which it is kept."""
    for each in held if isinstance(held, list) else [held]:
        yield from _table((_label(name), _value(value)) for name, value in each.items())
        yield "<br>"


def _label(name: str) -> str:
    key = f"field.{name}"
    return text(f"field.{name}") if known(key) else name


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(pairs: Any) -> Iterator[str]:
    yield "<table>"
    for label, value in pairs:
        yield f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>"
    yield "</table>"
