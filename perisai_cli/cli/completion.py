"""``pelengkap`` / ``completion``: prints the script that lets a shell complete commands."""

from __future__ import annotations

from typing import Annotated

import typer

from perisai_cli.actions.app import Result
from perisai_cli.cli import output
from perisai_cli.cli.framework import command, single
from perisai_cli.cli.invocation import current
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

app = single("completion")

SHELLS = ("bash", "zsh", "fish", "powershell")


@command(app, "completion")
def completion(
    shell: Annotated[str, typer.Argument(metavar="|".join(SHELLS), help=text("option.shell"))],
) -> int:
    """Print the completion script of a shell."""
    from typer._completion_shared import get_completion_script

    if shell not in SHELLS:
        raise InvalidInput("completion.shell", field="/shell", choices=", ".join(SHELLS))
    script = get_completion_script(
        prog_name="perisai", complete_var="_PERISAI_COMPLETE", shell=shell
    )
    if current().json:
        return output.show(Result("completion", {"script": script}), lambda _data: ())
    output.hand_over(script)
    return 0
