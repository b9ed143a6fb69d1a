"""``siapkan`` / ``setup``: makes the encrypted store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions.setup import check_free, checked_profile, set_up
from perisai_cli.cli import output, questions
from perisai_cli.cli.framework import command, opt, single
from perisai_cli.cli.invocation import current
from perisai_cli.cli.world import new_passphrase, world
from perisai_cli.i18n import text

app = single("setup")

Text = str | None
_QUESTIONS = ("agent", "name", "office", "region", "central")


@command(app, "setup")
def setup(
    agent: Annotated[Text, opt("--agent", key="agent", metavar="ID")] = None,
    name: Annotated[Text, opt("--nama", "--name", key="agent_name", metavar="N")] = None,
    office: Annotated[Text, opt("--kantor", "--office", key="office", metavar="ID")] = None,
    region: Annotated[Text, opt("--wilayah", "--region", key="region", metavar="5171")] = None,
    central: Annotated[Text, opt("--pusat", "--central", key="central", metavar="URL")] = None,
    keyring: Annotated[bool, opt("--simpan-kunci", "--keyring", key="keyring")] = False,
) -> int:
    """Make the encrypted store of this agent."""
    the_world = world(central)
    check_free(the_world)
    given = {
        "agent": agent,
        "name": name,
        "office": office,
        "region": region,
        "central": central or the_world.central,
    }
    if wiring.is_interactive() and not current().yes:
        given = _asked(given)
    profile = checked_profile(given)
    keep = wiring.keep_key if keyring else None
    return output.show(set_up(the_world, profile, new_passphrase(), keep), _lines)


def _asked(given: dict[str, Text]) -> dict[str, Text]:
    """Return the answers with the missing ones asked for, each checked as it is typed."""
    answers = dict(given)
    missing = [name for name in _QUESTIONS if answers[name] is None]

    def asker(name: str) -> Callable[[], None]:
        def step() -> None:
            answers[name] = questions.ask(text(f"ask.setup_{name}"), _check(name))

        return step

    questions.interview([asker(name) for name in missing])
    return answers


def _check(name: str) -> Callable[[str], str]:
    """Return a check of one answer of the profile, the others taken as good."""
    good = {"agent": "-", "name": "-", "office": "-", "region": "5171", "central": ""}

    def check(typed: str) -> str:
        checked_profile({**good, name: typed})
        return typed

    return check


def _lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("setup.done", home=data["home"])
    yield text("setup.keep_passphrase")
    if data["keyring"]:
        yield text("setup.keyring")
    if not data["central"]:
        yield text("setup.no_central")
    yield text("setup.next")
