"""Typer in two languages: groups that import a command only when asked, help that is translated.

Typer keeps its own copy of click and translates a few strings of it; the classes here override the
places where those strings are written, and nothing else.
"""

from __future__ import annotations

import difflib
import gc
import importlib
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from perisai_cli.cli import names
from perisai_cli.cli.stopping import Stopped
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import language, text

F = TypeVar("F", bound=Callable[..., Any])

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class ReaderGone(Exception):
    """Nobody reads any more (``| head``). Typer would end a ``BrokenPipeError`` by exit code 1."""


def global_options() -> list[TyperOption]:
    """Return the options that every command takes; ``invocation.begin`` has read them already."""
    flag: dict[str, Any] = {"is_flag": True, "expose_value": False, "default": False}
    return [
        TyperOption(param_decls=["--json"], help=text("option.json"), **flag),
        TyperOption(param_decls=["--yes"], help=text("option.yes"), **flag),
        TyperOption(
            param_decls=["--bahasa", "--lang"],
            expose_value=False,
            metavar="id|en",
            help=text("option.language"),
        ),
    ]


def _collect_garbage() -> None:
    """Turn the collector on, passing over what start-up made: all of it lives to the end."""
    gc.freeze()
    gc.enable()


class _Translated:
    """The parts of a command's help that Typer writes in English."""

    path = ""
    """English path of the command, empty for the program itself."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line under its translated heading."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        program = names.spoken(self.path, language()) if self.path else "perisai"
        formatter.write_usage(program, pieces, prefix=f"{text('help.usage')}: ")

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the pieces of the usage line, placeholders translated."""
        pieces: list[str] = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        options = text("help.options_piece")
        return [options if piece == "[OPTIONS]" else piece.strip("{}") for piece in pieces]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, options and commands under their translated headings."""
        rows: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for parameter in self.get_params(ctx):  # type: ignore[attr-defined]
            record = parameter.get_help_record(ctx)
            if record is not None:
                name, line = record
                line = line.replace("[required]", text("help.required"))
                line = line.replace("[default:", text("help.default"))
                rows[parameter.param_type_name].append((name, line))
        for kind, heading in (("argument", "help.arguments"), ("option", "help.options")):
            if rows[kind]:
                with formatter.section(text(heading)):
                    formatter.write_dl(rows[kind])

    def get_help_option(self, ctx: Any) -> Any:
        """Return the help option with its translated line."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = text("option.help")
        return option


class Command(_Translated, TyperCommand):
    """A command that takes the global options and speaks the user's language."""

    def __init__(self, name: str | None, **settings: Any):
        settings["params"] = [*(settings.get("params") or []), *global_options()]
        settings["rich_markup_mode"] = None
        settings["context_settings"] = CONTEXT | (settings.get("context_settings") or {})
        super().__init__(name, **settings)

    def invoke(self, ctx: Any) -> Any:
        """Run the command, with the garbage collector that start-up went without."""
        _collect_garbage()
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise Stopped(stop) from None


class Group(_Translated, TyperGroup):
    """A group that knows its commands by both names."""

    def __init__(self, **settings: Any):
        settings["params"] = [*(settings.get("params") or []), *global_options()]
        settings["rich_markup_mode"] = None
        settings["context_settings"] = CONTEXT | (settings.get("context_settings") or {})
        settings["subcommand_metavar"] = text("help.command_piece")
        super().__init__(**settings)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands in the user's language, in their natural order."""
        prefix = f"{self.path} " if self.path else ""
        return [names.shown(f"{prefix}{name}", language()) for name in names.children(self.path)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of either name, or None."""
        english = names.english_of(self.path, cmd_name)
        return None if english is None else self.load(english)

    def load(self, english: str) -> Any:
        """Return the command with this English name."""
        return self.commands.get(english)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that was typed.

        Raises:
            InvalidInput: ``usage.no_such_command``, with the nearest names there are.
        """
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            below = names.children(self.path)
            near = difflib.get_close_matches(args[0], [*below, *below.values()])
            shown = ", ".join(near or self.list_commands(ctx))
            raise InvalidInput("usage.no_such_command", field=names.plain_word(args[0]), near=shown)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was typed.

        Raises:
            InvalidInput: ``usage.missing_command``: none was, and the group does nothing alone.
        """
        if not ctx._protected_args and not self.invoke_without_command:
            raise InvalidInput("usage.missing_command", commands=", ".join(self.list_commands(ctx)))
        if not ctx._protected_args:
            _collect_garbage()
        return super().invoke(ctx)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, then the commands with a line each; no command is imported for it."""
        super().format_options(ctx, formatter)
        prefix = f"{self.path} " if self.path else ""
        rows = [
            (names.shown(prefix + name, language()), text(f"command.{prefix}{name}"))
            for name in names.children(self.path)
        ]
        with formatter.section(text("help.commands")):
            formatter.write_dl(rows)
        if not self.path:
            formatter.write_paragraph()
            formatter.write_text(text("help.exit_codes"))


class Root(Group):
    """The program itself: imports the module of a command only when it is asked for."""

    def __init__(self, bare: Callable[[], int], **settings: Any):
        super().__init__(**settings)
        self._bare = bare

    def load(self, english: str) -> Any:
        """Return a top-level command, importing its module."""
        module = importlib.import_module(names.TOP_LEVEL[english])
        return typer.main.get_command(module.app)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was typed; without one, what the program does when it is bare.

        Raises:
            ReaderGone: who read what is written went away.
        """
        try:
            return super().invoke(ctx) if ctx._protected_args else self._bare()
        except BrokenPipeError:
            raise ReaderGone from None


def opt(*declarations: str, key: str, metavar: str | None = None) -> Any:
    """Return an option of both names whose help line is the sentence ``option.key``."""
    return typer.Option(*declarations, metavar=metavar, help=text(f"option.{key}"))


def group(path: str, **settings: Any) -> typer.Typer:
    """Return a Typer for the group at *path* (English, such as ``queue``)."""
    cls = type("GroupAt", (Group,), {"path": path})
    return typer.Typer(
        name=path.rsplit(" ", 1)[-1],
        cls=cls,
        help=text(f"help_of.{path}"),
        add_completion=False,
        rich_markup_mode=None,
        **settings,
    )


def command(app: typer.Typer, path: str) -> Callable[[F], F]:
    """Return the decorator that makes a function the command at *path* of *app*."""
    cls = type("CommandAt", (Command,), {"path": path})
    return app.command(path.rsplit(" ", 1)[-1], cls=cls, help=text(f"help_of.{path}"))


def single(path: str) -> typer.Typer:
    """Return a Typer that holds one top-level command and nothing else."""
    return typer.Typer(name=path, add_completion=False, rich_markup_mode=None)
