"""The group ``gabung`` / ``merge``: a word that is none of its commands is a file to merge."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import typer

from perisai_cli.cli import names
from perisai_cli.cli.framework import Group
from perisai_cli.cli.invocation import LANGUAGE_OPTIONS
from perisai_cli.i18n import text

FILES = "files"
"""The command that does what the group does with files; it has no name of its own."""


class MergeGroup(Group):
    """A group that hands files over to its own command for them."""

    path = "merge"
    _explaining = False

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of either name, or the one for files."""
        return self.commands.get(FILES) if cmd_name == FILES else super().get_command(ctx, cmd_name)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; where the first word is no command, all of them are for files."""
        first = _first_word(args)
        if first is not None and not self._is_command(ctx, first):
            args = [FILES, *args]
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed

    def _is_command(self, ctx: Any, word: str) -> bool:
        """Tell whether a word is a command's name, or so like one that it was meant to be."""
        if word != FILES and self.get_command(ctx, word) is not None:
            return True
        below = names.children(self.path)
        like = difflib.get_close_matches(word, [*below, *below.values()], cutoff=0.75)
        return bool(like) and names.plain_word(word) is not None and not Path(word).exists()

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return the pieces of the usage line: files, or a command."""
        return [text("help.options_piece"), text("help.files_or_command")]

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options; in the help, those of files."""
        files = self.commands.get(FILES)
        if self._explaining and files is not None:
            return list(files.get_params(ctx))
        return list(super().get_params(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write what files are merged with, then the commands."""
        self._explaining = True
        try:
            super().format_options(ctx, formatter)
        finally:
            self._explaining = False


def _first_word(args: list[str]) -> str | None:
    """Return the first argument that is no option, unless help is asked for before it."""
    before = ""
    for argument in args:
        value_of, before = before, argument
        if argument in ("-h", "--help"):
            return None
        if value_of in LANGUAGE_OPTIONS or (argument.startswith("-") and argument != "-"):
            continue
        return argument
    return None


app = typer.Typer(
    name="merge",
    cls=MergeGroup,
    help=text("help_of.merge"),
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def merge() -> None:
    """Merge agents' books; the commands below say what else."""
