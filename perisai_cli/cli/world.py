"""The world for one command: built by ``wiring``, with a person to ask where there is one."""

from __future__ import annotations

from perisai_cli import wiring
from perisai_cli.actions.app import App
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text


def world(central: str | None = None, authority: str | None = None) -> App:
    """Return the world for this call."""
    return wiring.build_app(asked(central)._replace(authority=authority))


def asked(central: str | None = None) -> wiring.Asked:
    """Return what the command line says about the world, and how to ask for the passphrase."""
    interactive = wiring.is_interactive()
    return wiring.Asked(_ask_passphrase if interactive else None, central)


def _ask_passphrase() -> str:
    from perisai_cli.cli.passphrases import typed_passphrase

    return typed_passphrase(text("ask.passphrase") + " ")


def new_passphrase() -> str:
    """Return a new passphrase: from its file, or asked for twice.

    Raises:
        InvalidInput: it was typed differently the second time, or there is nowhere to take it from.
        KeyboardInterrupt: the person stopped.
    """
    from perisai_cli.cli.passphrases import typed_passphrase

    if not wiring.is_interactive() or wiring.passphrase_file_named():
        return wiring.passphrase(asked())
    first = typed_passphrase(text("ask.new_passphrase") + " ")
    if typed_passphrase(text("ask.passphrase_again") + " ") != first:
        raise InvalidInput("passphrase.differs")
    return first
