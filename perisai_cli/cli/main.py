"""The one door from the command line: language first, then the command, then one error boundary."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from perisai_cli import i18n, wiring
from perisai_cli.cli import boundary, invocation, names, output, signs
from perisai_cli.domain.errors import EXIT_INTERRUPTED, InvalidInput


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; no exception leaves this function."""
    boundary.open_streams()
    for stream in (sys.stdout, sys.stderr):
        signs.use_signs_of(stream)
    asked = invocation.begin(arguments)
    command = named_command(arguments)
    try:
        i18n.use_language(_language(asked.language))
        wiring.use_rules_of_home()
        code = _dispatch(list(arguments))
        sys.stdout.flush()  # a full disk shows here, while the exit code can still tell of it
    except BrokenPipeError:
        boundary.silence(1)  # the reader went away (``| head``): nothing more can be said
        return 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the boundary
        with boundary.deaf():
            return boundary.tell_failure(*boundary.failure_of(error), command)
    return code


def _language(asked: str | None) -> str:
    if asked is not None and asked not in i18n.LANGUAGES:
        raise InvalidInput("usage.language", field="--bahasa", choices=", ".join(i18n.LANGUAGES))
    return wiring.preferred_language(asked)


def _dispatch(arguments: list[str]) -> int:
    from perisai_cli.cli.framework import CONTEXT, ReaderGone, Root

    if wiring.completion_asked():
        from typer._completion_classes import completion_init

        completion_init()  # Typer knows no shell before
    root = Root(
        _today,
        name="perisai",
        help=i18n.text("help_of.perisai"),
        invoke_without_command=True,
        context_settings=CONTEXT,
    )
    root.params[:0] = _version_option()
    usage_errors = _usage_errors()
    try:
        outcome = root.main(arguments, prog_name="perisai", standalone_mode=False)
    except usage_errors as error:
        raise _ours(error) from None
    except ReaderGone:
        raise BrokenPipeError from None
    if outcome == EXIT_INTERRUPTED:
        raise KeyboardInterrupt
    return outcome if isinstance(outcome, int) else 0


def _today() -> int:
    """Do what the bare program does: show the day's plan, or how to begin."""
    from perisai_cli.cli.today import welcome_or_today

    return welcome_or_today()


def _version_option() -> list[Any]:
    from typer.core import TyperOption

    option = TyperOption(
        param_decls=["--version", "--versi", "-V"],
        is_flag=True,
        expose_value=False,
        help=i18n.text("option.version"),
        callback=_print_version,
        is_eager=True,
    )
    return [option]


def _print_version(_context: Any, _parameter: Any, value: bool) -> None:
    if value:
        from perisai_cli import __version__

        output.say(f"perisai {__version__}")
        raise SystemExit(0)


def _usage_errors() -> type[Exception]:
    """Return the root of Typer's own usage errors, wherever this version keeps it."""
    import typer

    root: type[Exception] = typer.BadParameter.__mro__[1]
    return root


def _ours(error: Exception) -> InvalidInput:
    """Return a usage error of Typer's as one of ours, without repeating what was typed."""
    kind = type(error).__name__
    option = getattr(error, "option_name", None)
    if kind == "NoSuchOption":
        near = ", ".join(getattr(error, "possibilities", None) or ()) or "--help"
        typed = names.plain_word(option or "")
        return InvalidInput("usage.no_such_option", field=typed, near=near)
    if kind == "BadOptionUsage":
        return InvalidInput("usage.option_needs_value", field=option)
    if kind == "MissingParameter":
        parameter = getattr(error, "param", None)
        return InvalidInput("usage.missing", field=_shown(parameter))
    return InvalidInput("usage.extra_argument")


def _shown(parameter: Any) -> str:
    """Return an option, or an argument as the help names it."""
    if parameter is None:
        return "–"
    is_argument = getattr(parameter, "param_type_name", "") == "argument"
    return str((is_argument and parameter.metavar) or parameter.opts[0])


def named_command(arguments: Sequence[str]) -> str:
    """Return the English name of the command that the arguments call, as far as it is known."""
    path, before = "", ""
    for argument in arguments:
        value_of, before = before, argument
        if argument.startswith("-") or value_of in invocation.LANGUAGE_OPTIONS:
            continue
        english = names.english_of(path, argument)
        if english is None:
            break
        path = f"{path} {english}".strip()
    return path or "perisai"
